/* Inputs that have no effect: what a scenario states and nothing takes notice of. Each is said, and
 * noted in every result; in a strict reading it is an error. */
#include <inttypes.h>
#include <string.h>

#include "data/quantity.h"
#include "data/scenario_reader.h"
#include "model/busiest.h"

static void no_effect(struct reader *r, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void no_effect(struct reader *r, const struct node *node, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (r->strict) {
        reader_error(r, node, "%s", message);
        return;
    }
    reader_warn(r, node, "%s", message);
    errors_set_important(r->errors);
}

/* ---- Behind the end ---- */

/* What stands at `key` of a mapping happens when the run has ended. */
static void check_time(struct reader *r, const struct node *node, enum schema_block block,
                       const char *key, const char *what)
{
    char length[64];
    struct schema_value value;
    nanos at;
    const struct node *stated = node_get(node, key);
    if (!stated || !schema_read_scalar(schema_row(block, key), &r->tree, stated, &value, NULL) ||
        !reader_resolve_time(r, &value, &at) || at < r->s->run.length)
        return;
    no_effect(r, stated, "%s at %s has no effect: the run ends after %s", what, stated->text,
              quantity_print_duration(r->s->run.length, length, sizeof length));
}

static void check_times(struct reader *r)
{
    static const struct {
        const char *list;
        enum schema_block block;
        const char *what;
    } lists[] = {{"outages", BLOCK_OUTAGE, "the outage"},
                 {"upgrades", BLOCK_UPGRADE, "the upgrade"},
                 {"changes", BLOCK_CHANGE, "the change"}};
    uint32_t count;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct node *list = reader_list(&r->root, lists[i].list, &count);
        for (const struct node *n = list ? list->first : NULL; n; n = n->next)
            check_time(r, n, lists[i].block, "at", lists[i].what);
    }
    const struct node *clusters = reader_list(&r->root, "clusters", &count);
    for (const struct node *c = clusters ? clusters->first : NULL; c; c = c->next) {
        const struct node *peers = node_get(c, "peers");
        for (const struct node *n = peers ? peers->first : NULL; n; n = n->next) {
            check_time(r, n, BLOCK_PEER, "joins", "that the peer joins");
            check_time(r, n, BLOCK_PEER, "leaves", "that the peer leaves");
        }
    }
}

/* ---- What nothing uses ---- */

/* Marks, one for each item of a list. */
struct used {
    bool *clusters, *platforms, *zones, *endpoints, *pipes, *subzones;
};

static void use(bool *marks, uint32_t index)
{
    if (index != NONE)
        marks[index] = true;
}

static void use_via(const struct used *used, const struct scenario *s, const struct via *via)
{
    use(used->clusters, via->cluster);
    if (via->origin == ORIGIN_ZONE)
        use(used->zones, via->zone);
    if (via->origin == ORIGIN_ENDPOINTS)
        use(used->endpoints, via->endpoints);
    if (via->origin == ORIGIN_ZONE && via->zone != NONE)
        use(used->clusters, s->zones[via->zone].fallback);
}

static void use_classes(const struct used *used, const struct scenario *s)
{
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        use_via(used, s, &call->via);
        if (call->target == TARGET_ZONE)
            use(used->zones, call->target_zone);
        if (call->target == TARGET_ENDPOINTS)
            use(used->endpoints, call->target_endpoints);
        for (uint32_t i = 0; i < call->pipe_count; i++)
            use(used->pipes, call->pipes[i]);
    }
    for (uint32_t t = 0; t < s->trace_count; t++)
        if (s->traces[t].has_via)
            use_via(used, s, &s->traces[t].via);
}

static void use_rest(const struct used *used, const struct scenario *s)
{
    for (uint32_t p = 0; p < s->peer_count; p++)
        use(used->platforms, s->peers[p].platform);
    for (uint32_t e = 0; e < s->endpoints_count; e++) {
        use(used->subzones, s->endpoints[e].subzone);
        use(used->clusters, s->endpoints[e].cluster);
        use(used->clusters, s->endpoints[e].fallback);
    }
    for (uint32_t z = 0; z < s->zone_count; z++)
        if (used->zones[z])
            use(used->clusters, s->zones[z].cluster);
    for (uint32_t c = 0; c < s->cluster_count; c++) /* the traversal zone between edge and core */
        for (uint32_t z = 0; s->clusters[c].traversal != NONE && z < s->zone_count; z++)
            if (s->zones[z].kind == ZONE_TRAVERSAL &&
                s->zones[z].cluster == s->clusters[c].traversal)
                use(used->zones, z);
    for (uint32_t l = 0; l < s->link_count; l++)
        for (int end = 0; end < 2; end++) {
            if (s->links[l].kinds[end] == LINK_ZONE)
                use(used->zones, s->links[l].ends[end]);
            if (s->links[l].kinds[end] == LINK_SUBZONE)
                use(used->subzones, s->links[l].ends[end]);
        }
    /* a cluster that another one leads to is used when that one is, as often as it takes */
    for (uint32_t round = 0; round < 8; round++)
        for (uint32_t c = 0; c < s->cluster_count; c++)
            if (used->clusters[c])
                use(used->clusters, s->clusters[c].traversal);
}

static void name_unused(struct reader *r, const char *key, const bool *marks, const char *what,
                        const char *rest)
{
    uint32_t count, index = 0;
    const struct node *list = reader_list(&r->root, key, &count);
    for (const struct node *n = list ? list->first : NULL; n; n = n->next, index++) {
        const struct node *name = node_get(n, "name");
        if (!marks[index] && name)
            no_effect(r, name, "%s '%s'%s", what, name->text, rest);
    }
}

static void check_use(struct reader *r)
{
    const struct scenario *s = r->s;
    struct used used = {
        .clusters = reader_alloc(r, s->cluster_count, sizeof(bool)),
        .platforms = reader_alloc(r, s->platform_count, sizeof(bool)),
        .zones = reader_alloc(r, s->zone_count, sizeof(bool)),
        .endpoints = reader_alloc(r, s->endpoints_count, sizeof(bool)),
        .pipes = reader_alloc(r, s->pipe_count, sizeof(bool)),
        .subzones = reader_alloc(r, s->subzone_count, sizeof(bool)),
    };
    if (r->starved)
        return;
    use_classes(&used, s);
    use_rest(&used, s);
    name_unused(r, "platforms", used.platforms, "no peer has the platform", "");
    if (s->class_count == 0)
        return; /* what matters are registrations */
    name_unused(r, "clusters", used.clusters, "nothing uses the cluster", "");
    name_unused(r, "zones", used.zones, "no call passes the zone", "");
    if (s->step_count == 0 && s->outage_count == 0) /* else who loses a peer matters */
        name_unused(r, "endpoints", used.endpoints, "no class has calls from or to the endpoints",
                    ", they only register");
    name_unused(r, "pipes", used.pipes, "no class passes the pipe", "");
}

/* ---- More calls than devices ---- */

/* Calls in progress that a class has on average at its busiest, if none is refused; quickly: at
 * most, as if its highest rate went on. */
static double most_erlangs(const struct scenario *s, const struct call_class *call, bool quickly)
{
    if (call->arrivals.kind == ARRIVALS_SOURCES)
        return (double)call->arrivals.sources;
    return quickly ? call_erlangs(call) : busiest_erlangs(s, call);
}

/* Adds the calls of a class to those of its ends; says so where they become too many. */
static bool add_ends(struct reader *r, uint32_t k, double *calls, const struct node *said_at)
{
    const struct scenario *s = r->s;
    const struct call_class *call = &s->classes[k];
    uint32_t ends[2] = {call->via.origin == ORIGIN_ENDPOINTS ? call->via.endpoints : NONE,
                        call->target == TARGET_ENDPOINTS ? call->target_endpoints : NONE};
    bool too_many = false;
    for (int end = 0; end < 2; end++) {
        if (ends[end] == NONE || (end == 1 && ends[0] == ends[1]))
            continue;
        const struct endpoints *e = &s->endpoints[ends[end]];
        double before = calls[ends[end]];
        calls[ends[end]] += most_erlangs(s, call, !said_at) * (ends[0] == ends[1] ? 2 : 1);
        if (calls[ends[end]] <= (double)e->count || before > (double)e->count)
            continue;
        too_many = true;
        if (said_at)
            no_effect(r, said_at,
                      "about %.0f calls at once are offered to endpoints '%s', which are only "
                      "%" PRId64 " devices",
                      calls[ends[end]], e->name, e->count);
    }
    return too_many;
}

static void check_devices(struct reader *r)
{
    const struct scenario *s = r->s;
    uint32_t count;
    const struct node *list = reader_list(&r->root, "calls", &count);
    double *most = reader_alloc(r, s->endpoints_count, sizeof *most);
    double *calls = reader_alloc(r, s->endpoints_count, sizeof *calls);
    bool perhaps = false;
    for (uint32_t k = 0; most && k < s->class_count; k++)
        perhaps = add_ends(r, k, most, NULL) || perhaps;
    const struct node *n = list ? list->first : NULL;
    for (uint32_t k = 0; perhaps && n && calls && k < s->class_count; k++, n = n->next) {
        const struct node *arrivals = node_get(n, "arrivals");
        add_ends(r, k, calls, arrivals ? arrivals : n);
    }
}

void reader_effects(struct reader *r)
{
    check_times(r);
    check_use(r);
    check_devices(r);
}
