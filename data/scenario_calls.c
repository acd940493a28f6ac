/* Classes of calls: where they come in and go to, what they take; traces. Load and holding times:
 * scenario_load.c. */
#include <inttypes.h>
#include <string.h>

#include "data/scenario_reader.h"
#include "model/scenario_make.h"

/* ---- Where calls come in ---- */

/* The cluster a call enters when nothing says it: the only one there is. */
static uint32_t only_cluster(struct reader *r, const struct node *place)
{
    if (r->s->cluster_count == 1)
        return 0;
    if (r->s->cluster_count > 1)
        reader_error(r, place, "there are several clusters: say in 'via' which one calls enter");
    return 0;
}

/* The cluster that the origin implies, checked against the one that is stated, if any. */
static uint32_t agree(struct reader *r, const struct schema_record *record, uint32_t implied,
                      const char *key, const char *verb)
{
    uint32_t stated;
    bool known = reader_refer(r, record, "cluster", &stated);
    if (implied == NONE)
        return known ? stated : NONE;
    if (known && stated != implied)
        reader_error(r, record_node(record, "cluster"), "%s '%s' %s cluster '%s', not '%s'", key,
                     record_text(record, key), verb, r->s->clusters[implied].name,
                     r->s->clusters[stated].name);
    return implied;
}

static void via_zone(struct reader *r, const struct schema_record *record, struct via *via)
{
    via->origin = ORIGIN_ZONE;
    if (!reader_refer(r, record, "zone", &via->zone))
        return;
    uint32_t cluster = agree(r, record, r->s->zones[via->zone].cluster, "zone", "leads to");
    bool silent = cluster == NONE && !record_stated(record, "cluster");
    via->cluster = cluster != NONE ? cluster : silent ? only_cluster(r, record->node) : 0;
}

static void via_endpoints(struct reader *r, const struct schema_record *record, struct via *via)
{
    via->origin = ORIGIN_ENDPOINTS;
    if (!reader_refer(r, record, "endpoints", &via->endpoints))
        return;
    uint32_t cluster =
        agree(r, record, r->s->endpoints[via->endpoints].cluster, "endpoints", "register to");
    via->cluster = cluster != NONE ? cluster : 0;
}

static void via_peer(struct reader *r, const struct schema_record *record, struct via *via)
{
    via->origin = ORIGIN_PEER;
    if (reader_refer(r, record, "peer", &via->peer))
        via->cluster = agree(r, record, r->s->peers[via->peer].cluster, "peer", "is of");
}

static void via_cluster(struct reader *r, const struct schema_record *record, struct via *via)
{
    uint32_t cluster;
    if (reader_refer(r, record, "cluster", &cluster))
        via->cluster = cluster;
    else if (!record_stated(record, "cluster"))
        via->cluster = only_cluster(r, record->node);
}

static void reader_via(struct reader *r, const struct node *node, const struct node *owner,
                       struct via *via)
{
    static const struct {
        const char *key, *keys;
        void (*read)(struct reader *r, const struct schema_record *record, struct via *via);
    } origins[] = {
        {"zone", "zone cluster", via_zone},
        {"endpoints", "endpoints cluster", via_endpoints},
        {"peer", "peer cluster", via_peer},
        {"cluster", "cluster", via_cluster},
    };
    struct schema_record record;
    *via = (struct via){
        .origin = ORIGIN_CLUSTER, .zone = NONE, .cluster = 0, .endpoints = NONE, .peer = NONE};
    if (!node) {
        via->cluster = only_cluster(r, owner);
        return;
    }
    schema_read(BLOCK_VIA, &r->tree, node, &record, NULL);
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        if (!record_stated(&record, origins[i].key))
            continue;
        char what[64];
        snprintf(what, sizeof what, "beside '%s'", origins[i].key);
        if (reader_only(r, &record, origins[i].keys, what))
            origins[i].read(r, &record, via);
        return;
    }
    if (node->kind == NODE_MAPPING && node->count == 0)
        reader_error(r, node, "'via' is empty");
}

/* ---- Where they go ---- */

static void read_to(struct reader *r, const struct node *node, struct call_class *call)
{
    struct schema_record record;
    call->target_zone = call->target_endpoints = NONE;
    if (!node)
        return;
    schema_read(BLOCK_TO, &r->tree, node, &record, NULL);
    if (reader_refer(r, &record, "zone", &call->target_zone)) {
        reader_only(r, &record, "zone", "beside 'zone'");
        call->target = TARGET_ZONE;
    } else if (reader_refer(r, &record, "endpoints", &call->target_endpoints)) {
        call->target = TARGET_ENDPOINTS;
    }
}

/* ---- Pipes ---- */

static bool passed_before(const struct call_class *call, uint32_t pipe)
{
    for (uint32_t i = 0; i < call->pipe_count; i++)
        if (call->pipes[i] == pipe)
            return true;
    return false;
}

static void add_pipe(struct reader *r, const struct node *name, const struct node *bits,
                     struct call_class *call)
{
    static const struct schema_row row = {.key = "pipes", .type = TYPE_BITS};
    struct schema_value value = {.integer = call->bandwidth};
    uint32_t pipe;
    if (!reader_refer_node(r, BLOCK_PIPE, name, &pipe))
        return;
    if (passed_before(call, pipe)) {
        reader_error(r, name, "pipe '%s' is listed twice", name->text);
        return;
    }
    if (bits && !schema_read_scalar(&row, &r->tree, bits, &value, NULL))
        return;
    const struct pipe *limit = &r->s->pipes[pipe];
    if (limit->when_full == PIPE_REFUSE && value.integer > limit->per_call)
        reader_error(r, bits ? bits : name,
                     "every call would be refused: %" PRId64 " bit/s, pipe '%s' allows %" PRId64
                     " per call",
                     value.integer, name->text, limit->per_call);
    if (!bits && call->bandwidth == 0)
        reader_error(r, name, "pipe '%s' needs a bit rate, here or as 'bandwidth' of the class",
                     name->text);
    call->pipes[call->pipe_count] = pipe;
    call->pipe_bits[call->pipe_count++] = value.integer;
}

static void read_pipes(struct reader *r, const struct node *node, struct call_class *call)
{
    if (!node || node->kind == NODE_SCALAR || r->s->pipe_count == 0) {
        for (const struct node *n = node ? node->first : NULL; n; n = n->next)
            add_pipe(r, n->key ? n->key : n, NULL, call);
        return;
    }
    uint32_t room = node->count < r->s->pipe_count ? node->count : r->s->pipe_count;
    call->pipes = reader_alloc(r, room, sizeof *call->pipes);
    call->pipe_bits = reader_alloc(r, room, sizeof *call->pipe_bits);
    for (const struct node *n = node->first; n && call->pipes && call->pipe_bits; n = n->next)
        add_pipe(r, n->key ? n->key : n, n->key ? n : NULL, call);
}

/* ---- Classes ---- */

static void read_redial(struct reader *r, const struct node *node, struct call_class *call)
{
    struct schema_record record;
    if (!node)
        return;
    schema_read(BLOCK_REDIAL, &r->tree, node, &record, NULL);
    bool fixed = record_choice(&record, "distribution", 0) == 1;
    call->redial_probability = record_real(&record, "probability", 0);
    call->redial_after = (double)record_integer(&record, "after", 0) / (double)SECOND;
    call->redial_law = fixed ? LAW_DETERMINISTIC : LAW_EXPONENTIAL;
    call->redial_dropped = record_yes(&record, "dropped", false);
    if (call->redial_probability == 1 && fixed && call->redial_after < 1)
        reader_error(r, node, "callers that always try again within a second never end");
}

static void read_takes(const struct schema_record *record, struct call_class *call)
{
    static const int64_t halves[] = {0, 1, 2, 4}; /* of the choices 0, 0.5, 1, 2 */
    int rms = record_choice(record, "rms", -1);
    call->units = record_integer(record, "units", call->units);
    call->rms_halves = rms < 0 ? call->rms_halves : halves[rms];
    call->turn = record_integer(record, "turn", call->turn);
    call->bandwidth = record_integer(record, "bandwidth", 0);
    call->media_traverses = record_yes(record, "media-traverses", call->media_traverses);
    call->setup = record_integer(record, "setup", 0);
    call->goal = record_real(record, "goal", 0);
    call->goal_stated = record_stated(record, "goal");
    call->ice = record_real(record, "ice", 0);
    call->reserve = record_integer(record, "reserve", 0);
    call->reserve_rms = record_integer(record, "reserve-rms", 0);
}

static void read_load(struct reader *r, const struct schema_record *record, struct call_class *call)
{
    const struct node *arrivals = record_node(record, "arrivals");
    const struct node *holding = record_node(record, "holding");
    uint32_t traces;
    /* Where only a trace says how long calls last, the law is never drawn from. */
    struct holding any = call->holding;
    if (holding && !reader_holding(r, holding, &call->holding))
        call->holding = any;
    if (arrivals) {
        reader_arrivals(r, arrivals, call);
        if (!holding)
            reader_error(r, record->node, "'holding' is missing in class '%s'", call->name);
    } else if (!reader_list(&r->root, "traces", &traces)) {
        reader_error(r, record->node, "class '%s' has no arrivals, and there is no trace",
                     call->name);
    }
}

static void read_class(struct reader *r, const struct node *node, struct call_class *call)
{
    struct schema_record record;
    schema_read(BLOCK_CLASS, &r->tree, node, &record, NULL);
    const char *name = record_text(&record, "name");
    *call = class_make(reader_strdup(r, name ? name : ""));
    call->media = (enum media)record_choice(&record, "media", (int)call->media);
    call->service = (enum service)record_choice(&record, "service", (int)call->service);
    call->protocol = (enum protocol)record_choice(&record, "protocol", (int)call->protocol);
    call->selection = (enum selection)(record_choice(&record, "selection", -1) + 1);
    read_takes(&record, call);
    reader_via(r, record_node(&record, "via"), node, &call->via);
    read_to(r, record_node(&record, "to"), call);
    read_load(r, &record, call);
    read_redial(r, record_node(&record, "redial"), call);
    read_pipes(r, record_node(&record, "pipes"), call);
    reader_passage(r, node, call);
}

static void note_services(struct reader *r)
{
    char list[256] = "";
    size_t used = 0, count = 0;
    for (int service = 0; service < SERVICE_COUNT; service++) {
        bool present = false;
        for (uint32_t i = 0; i < r->s->class_count && !present; i++)
            present = (int)r->s->classes[i].service == service;
        if (!present)
            continue;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", count++ ? ", " : "",
                                 service_name((enum service)service));
    }
    if (count > 1)
        reader_note(
            r, "services are mixed (%s): the table's figures hold for one service at a time", list);
}

void reader_classes(struct reader *r)
{
    struct scenario *s = r->s;
    uint32_t count, index = 0;
    const struct node *list = reader_list(&r->root, "calls", &count);
    s->classes = reader_alloc(r, count, sizeof *s->classes);
    if (!s->classes)
        return;
    s->class_count = count;
    for (const struct node *n = list ? list->first : NULL; n; n = n->next)
        read_class(r, n, &s->classes[index++]);
    note_services(r);
}

/* ---- Traces ---- */

void reader_traces(struct reader *r)
{
    struct scenario *s = r->s;
    uint32_t index = 0;
    const struct node *list = reader_list(&r->root, "traces", &s->trace_count);
    s->traces = reader_alloc(r, s->trace_count, sizeof *s->traces);
    for (const struct node *n = list && s->traces ? list->first : NULL; n; n = n->next) {
        struct schema_record record;
        struct trace *trace = &s->traces[index++];
        schema_read(BLOCK_TRACE, &r->tree, n, &record, NULL);
        const char *file = record_text(&record, "file");
        const struct node *via = record_node(&record, "via");
        trace->file = reader_strdup(r, file ? file : "");
        if (file && !workload_input(r->workload, file))
            r->starved = true;
        trace->has_via = via != NULL;
        trace->scale = record_real(&record, "scale", 1);
        if (via)
            reader_via(r, via, n, &trace->via);
    }
    if (s->trace_count > 0 && s->class_count == 0 && list)
        reader_error(r, list->key, "a trace needs classes that its rows can name");
}
