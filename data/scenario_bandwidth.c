/* Bandwidth of a scenario: pipes, subzones, and the links between subzones and zones. */
#include <inttypes.h>
#include <string.h>

#include "data/scenario_reader.h"

/* ---- Pipes ---- */

/* A limit of a subzone is a pipe that its calls pass. */
static uint32_t add_pipe(struct reader *r, const struct subzone *subzone, const char *what,
                         int64_t total)
{
    char *name = arena_printf(r->s->arena, "%s %s", subzone->name, what);
    if (total == CAPACITY_UNLIMITED || !name) {
        r->starved = r->starved || !name;
        return NONE;
    }
    r->s->pipes[r->s->pipe_count] = (struct pipe){
        .name = name, .total = total, .per_call = subzone->per_call, .when_full = PIPE_REFUSE};
    return r->s->pipe_count++;
}

void reader_pipes(struct reader *r)
{
    struct scenario *s = r->s;
    uint32_t index = 0, count;
    const struct node *list = reader_list(&r->root, "pipes", &count);
    s->pipes = reader_alloc(r, count + 2 * (size_t)s->subzone_count, sizeof *s->pipes);
    for (const struct node *n = list && s->pipes ? list->first : NULL; n; n = n->next) {
        struct schema_record record;
        schema_read(BLOCK_PIPE, &r->tree, n, &record, NULL);
        const char *name = record_text(&record, "name");
        s->pipes[index++] = (struct pipe){
            .name = reader_strdup(r, name ? name : ""),
            .total = record_integer(&record, "total", 0),
            .per_call = record_integer(&record, "per-call", CAPACITY_UNLIMITED),
            .floor = record_integer(&record, "floor", 0),
            .when_full = (enum pipe_full)record_choice(&record, "when-full", PIPE_REFUSE),
        };
    }
    s->pipe_count = s->pipes ? index : 0;
    for (uint32_t i = 0; s->pipes && i < s->subzone_count; i++) {
        struct subzone *subzone = &s->subzones[i];
        subzone->within_pipe = add_pipe(r, subzone, "within", subzone->within);
        subzone->from_pipe = add_pipe(r, subzone, "from", subzone->from);
    }
}

/* ---- Items of clusters ---- */

/* The items of a list that every cluster may have, one cluster after another. */
static const struct node *cluster_list(const struct node *cluster, const char *key)
{
    const struct node *list = node_get(cluster, key);
    return list && list->kind == NODE_SEQUENCE ? list : NULL;
}

static uint32_t count_items(struct reader *r, const char *key)
{
    uint32_t clusters, count = 0;
    const struct node *list = reader_list(&r->root, "clusters", &clusters);
    for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
        const struct node *items = cluster_list(n, key);
        count += items ? items->count : 0;
    }
    return count;
}

/* ---- Subzones ---- */

static void read_subzone(struct reader *r, const struct node *node, uint32_t cluster)
{
    struct schema_record record;
    schema_read(BLOCK_SUBZONE, &r->tree, node, &record, NULL);
    const char *name = record_text(&record, "name");
    r->s->subzones[r->s->subzone_count++] = (struct subzone){
        .name = reader_strdup(r, name ? name : ""),
        .cluster = cluster,
        .within = record_integer(&record, "within", CAPACITY_UNLIMITED),
        .from = record_integer(&record, "from", CAPACITY_UNLIMITED),
        .per_call = record_integer(&record, "per-call", CAPACITY_UNLIMITED),
        .within_pipe = NONE,
        .from_pipe = NONE,
    };
}

void reader_subzones(struct reader *r)
{
    struct scenario *s = r->s;
    uint32_t clusters, index = 0;
    const struct node *list = reader_list(&r->root, "clusters", &clusters);
    s->subzones = reader_alloc(r, count_items(r, "subzones"), sizeof *s->subzones);
    for (const struct node *n = list && s->subzones ? list->first : NULL;
         n && index < s->cluster_count; n = n->next, index++) {
        const struct node *items = cluster_list(n, "subzones");
        s->clusters[index].first_subzone = s->subzone_count;
        for (const struct node *i = items ? items->first : NULL; i; i = i->next)
            read_subzone(r, i, index);
        s->clusters[index].subzone_count = s->subzone_count - s->clusters[index].first_subzone;
    }
}

/* ---- Links ---- */

static void unknown_end(struct reader *r, const struct node *node)
{
    char quoted[QUOTED_MAX];
    reader_error(r, node,
                 "unknown end '%s': a subzone of this cluster, a zone, default or traversal",
                 schema_quote(node->text, quoted));
}

static void read_end(struct reader *r, const struct schema_record *record, const char *key,
                     struct link *link)
{
    int end = *key - 'a';
    const char *text = record_text(record, key);
    const struct node *node = record_node(record, key);
    link->ends[end] = NONE;
    if (!text)
        return;
    const struct name *name = names_find(r->names, text);
    if (!name && strcmp(text, "default") == 0) {
        link->kinds[end] = LINK_DEFAULT;
    } else if (!name && strcmp(text, "traversal") == 0) {
        link->kinds[end] = LINK_TRAVERSAL;
    } else if (name && (name->kind == BLOCK_SUBZONE || name->kind == BLOCK_ZONE)) {
        link->kinds[end] = name->kind == BLOCK_ZONE ? LINK_ZONE : LINK_SUBZONE;
        link->ends[end] = name->index;
        if (name->kind == BLOCK_SUBZONE && r->s->subzones &&
            r->s->subzones[name->index].cluster != link->cluster)
            unknown_end(r, node);
    } else {
        unknown_end(r, node);
    }
}

static void read_link(struct reader *r, const struct node *node, uint32_t cluster)
{
    struct schema_record record;
    struct link link = {.cluster = cluster};
    schema_read(BLOCK_LINK, &r->tree, node, &record, NULL);
    read_end(r, &record, "a", &link);
    read_end(r, &record, "b", &link);
    if (record_text(&record, "a") && record_text(&record, "b") &&
        strcmp(record_text(&record, "a"), record_text(&record, "b")) == 0)
        reader_error(r, node, "a link has two different ends");
    const struct node *pipes = record_node(&record, "pipes");
    if (pipes && pipes->kind == NODE_SEQUENCE && pipes->count > LINK_PIPES_MAX)
        reader_error(r, pipes, "a link has at most two pipes");
    for (const struct node *n = pipes ? pipes->first : NULL; n; n = n->next) {
        uint32_t pipe;
        if (reader_refer_node(r, BLOCK_PIPE, n, &pipe) && link.pipe_count < LINK_PIPES_MAX)
            link.pipes[link.pipe_count++] = pipe;
    }
    r->s->links[r->s->link_count++] = link;
}

void reader_links(struct reader *r)
{
    struct scenario *s = r->s;
    uint32_t clusters, index = 0;
    const struct node *list = reader_list(&r->root, "clusters", &clusters);
    s->links = reader_alloc(r, count_items(r, "links"), sizeof *s->links);
    for (const struct node *n = list && s->links ? list->first : NULL;
         n && index < s->cluster_count; n = n->next, index++) {
        const struct node *items = cluster_list(n, "links");
        s->clusters[index].first_link = s->link_count;
        for (const struct node *i = items ? items->first : NULL; i; i = i->next)
            read_link(r, i, index);
        s->clusters[index].link_count = s->link_count - s->clusters[index].first_link;
    }
}

/* ---- What a class passes ---- */

/* Where a call begins or ends, as far as bandwidth goes. */
struct place {
    bool known; /* else outside, of which nothing is said */
    enum link_end kind;
    uint32_t index, cluster;
};

static struct place place_of_endpoints(const struct scenario *s, uint32_t endpoints)
{
    const struct endpoints *e = &s->endpoints[endpoints];
    bool named = e->subzone != NONE;
    return (struct place){.known = e->cluster != NONE,
                          .kind = named ? LINK_SUBZONE : LINK_DEFAULT,
                          .index = e->subzone,
                          .cluster = e->cluster};
}

static struct place place_of_zone(uint32_t zone, uint32_t cluster)
{
    return (struct place){.known = true, .kind = LINK_ZONE, .index = zone, .cluster = cluster};
}

static void find_places(const struct scenario *s, const struct call_class *call,
                        struct place places[2])
{
    places[0] = places[1] = (struct place){.known = false};
    if (call->via.origin == ORIGIN_ENDPOINTS && call->via.endpoints != NONE)
        places[0] = place_of_endpoints(s, call->via.endpoints);
    else if (call->via.origin == ORIGIN_ZONE && call->via.zone != NONE)
        places[0] = place_of_zone(call->via.zone, call->via.cluster);
    if (call->target == TARGET_ENDPOINTS)
        places[1] = place_of_endpoints(s, call->target_endpoints);
    else if (call->target == TARGET_ZONE)
        places[1] = place_of_zone(call->target_zone, call->via.cluster);
}

static bool is_end(const struct link *link, int end, enum link_end kind, uint32_t index)
{
    return link->kinds[end] == kind &&
           (kind == LINK_DEFAULT || kind == LINK_TRAVERSAL || link->ends[end] == index);
}

static const struct link *find_link(const struct scenario *s, uint32_t cluster,
                                    const struct place *a, const struct place *b)
{
    const struct cluster *c = &s->clusters[cluster];
    for (uint32_t i = 0; i < c->link_count; i++) {
        const struct link *link = &s->links[c->first_link + i];
        if ((is_end(link, 0, a->kind, a->index) && is_end(link, 1, b->kind, b->index)) ||
            (is_end(link, 1, a->kind, a->index) && is_end(link, 0, b->kind, b->index)))
            return link;
    }
    return NULL;
}

struct passage {
    struct reader *r;
    struct call_class *call;
    const struct node *node; /* the class */
    uint32_t capacity;       /* of the arrays of the class */
    uint32_t stated;         /* pipes of the file; those of subzones come behind them */
};

static void pass(struct passage *p, uint32_t pipe)
{
    struct call_class *call = p->call;
    for (uint32_t i = 0; i < call->pipe_count; i++)
        if (call->pipes[i] == pipe)
            return; /* stated, or passed already */
    if (pipe == NONE || call->pipe_count == p->capacity)
        return;
    const struct pipe *limit = &p->r->s->pipes[pipe];
    if (call->bandwidth == 0)
        reader_error(p->r, p->node, "'bandwidth' is missing in class '%s', which passes '%s'",
                     call->name, limit->name);
    else if (pipe < p->stated && limit->when_full == PIPE_REFUSE &&
             call->bandwidth > limit->per_call)
        reader_error(p->r, p->node,
                     "every call would be refused: %" PRId64 " bit/s, '%s' allows %" PRId64
                     " per call",
                     call->bandwidth, limit->name, limit->per_call);
    call->pipes[call->pipe_count] = pipe;
    call->pipe_bits[call->pipe_count++] = call->bandwidth;
}

static void pass_link(struct passage *p, const struct link *link)
{
    for (uint32_t i = 0; link && i < link->pipe_count; i++)
        pass(p, link->pipes[i]);
}

/* Over a direct link, else by way of the traversal subzone, else of the default subzone. */
static void pass_links(struct passage *p, const struct place places[2])
{
    const struct scenario *s = p->r->s;
    uint32_t cluster = places[0].cluster;
    const struct link *direct = find_link(s, cluster, &places[0], &places[1]);
    pass_link(p, direct);
    for (int by = LINK_TRAVERSAL; !direct && by >= (int)LINK_DEFAULT; by--) {
        const struct place middle = {.known = true, .kind = (enum link_end)by, .index = NONE};
        const struct link *first = find_link(s, cluster, &places[0], &middle);
        const struct link *second = find_link(s, cluster, &middle, &places[1]);
        if (!first || !second)
            continue;
        pass_link(p, first);
        pass_link(p, second);
        return;
    }
    if (!direct)
        reader_error(p->r, p->node, "no link leads from where class '%s' begins to where it ends",
                     p->call->name);
}

static bool make_room(struct passage *p)
{
    struct call_class *call = p->call;
    p->capacity = call->pipe_count + 2 + 2 * LINK_PIPES_MAX;
    uint32_t *pipes = reader_alloc(p->r, p->capacity, sizeof *pipes);
    int64_t *bits = reader_alloc(p->r, p->capacity, sizeof *bits);
    if (!pipes || !bits)
        return false;
    if (call->pipe_count > 0) {
        memcpy(pipes, call->pipes, call->pipe_count * sizeof *pipes);
        memcpy(bits, call->pipe_bits, call->pipe_count * sizeof *bits);
    }
    call->pipes = pipes;
    call->pipe_bits = bits;
    return true;
}

void reader_passage(struct reader *r, const struct node *node, struct call_class *call)
{
    struct passage p = {.r = r, .call = call, .node = node};
    struct scenario *s = r->s;
    struct place places[2];
    reader_list(&r->root, "pipes", &p.stated);
    if ((s->subzone_count == 0 && s->link_count == 0) || !s->pipes || !make_room(&p))
        return;
    find_places(s, call, places);
    bool both = places[0].known && places[1].known && places[0].cluster == places[1].cluster;
    bool inside = both && places[0].kind == places[1].kind && places[0].index == places[1].index;
    for (int end = 0; end < (inside ? 1 : 2); end++)
        if (places[end].known && places[end].kind == LINK_SUBZONE) {
            const struct subzone *subzone = &s->subzones[places[end].index];
            pass(&p, inside ? subzone->within_pipe : subzone->from_pipe);
            if (call->bandwidth > subzone->per_call)
                reader_error(r, node,
                             "every call would be refused: %" PRId64
                             " bit/s, subzone '%s' allows %" PRId64 " per call",
                             call->bandwidth, subzone->name, subzone->per_call);
        }
    if (both && !inside && s->clusters[places[0].cluster].link_count > 0)
        pass_links(&p, places);
}
