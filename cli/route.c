/* peerplan route: the path of one call, peer by peer, and what it takes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "data/scenario_file.h"
#include "model/base/safe_text.h"
#include "model/path.h"
#include "model/route.h"
#include "model/base/similar.h"
#include "reports/rows.h"

enum {
    KEY_FROM = 'f',
    KEY_TO = 't',
    KEY_CLASS = 'c',
    KEY_AT = 'a',
    KEY_MEDIA = 'm',
    KEY_PROTOCOL = 'p',
    KEY_JSON = 0x100
};

struct options {
    const char *scenario, *from, *to, *class, *at, *media, *protocol;
    bool json;
};

static const char *const medias[] = {"audio", "video"};
static const char *const protocols[] = {"sip", "h323", "interworked"};

static const char *known(const char *what, const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return word;
    exit(command_unknown(what, word, words, count));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case KEY_FROM:
        options->from = arg;
        return 0;
    case KEY_TO:
        options->to = arg;
        return 0;
    case KEY_CLASS:
        options->class = arg;
        return 0;
    case KEY_AT:
        options->at = arg;
        return 0;
    case KEY_MEDIA:
        options->media = known("media", arg, medias, sizeof medias / sizeof *medias);
        return 0;
    case KEY_PROTOCOL:
        options->protocol = known("protocol", arg, protocols, sizeof protocols / sizeof *protocols);
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->scenario)
            argp_error(state, "one scenario at a time: '%s' is too many", arg);
        options->scenario = arg;
        return 0;
    case ARGP_KEY_END:
        if (!options->scenario || !options->from || !options->to)
            argp_error(state, "a scenario, --from and --to are needed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* One end of the call: endpoints (held by a peer), or a zone. */
struct end {
    uint32_t endpoints, zone, peer; /* NONE where it does not apply */
};

/* The call that is asked for. */
struct question {
    const struct scenario *scenario;
    const struct options *options;
    struct end from, to;
};

static uint32_t find_peer(const struct scenario *s, const char *name)
{
    for (uint32_t p = 0; p < s->peer_count; p++)
        if (strcmp(s->peers[p].name, name) == 0)
            return p;
    return NONE;
}

/* Where most endpoints of a population are registered; the first of several. */
static uint32_t usual_peer(const struct scenario *s, uint32_t endpoints)
{
    const struct endpoints *e = &s->endpoints[endpoints];
    const struct cluster *c = &s->clusters[e->cluster];
    uint32_t best = 0;
    for (uint32_t i = 1; e->spread && i < c->peer_count; i++)
        if (e->spread[i] > e->spread[best])
            best = i;
    return c->first_peer + best;
}

static bool holds(const struct scenario *s, uint32_t peer, uint32_t cluster)
{
    return peer != NONE && s->peers[peer].cluster == cluster;
}

/* What is not known, and what may have been meant. The names are borrowed. */
static void say_unknown(const char *what, const char *word, const char *const *names, size_t count)
{
    const char *meant = names ? similar_find(word, names, count) : NULL;
    message_line("route: %s '%s'%s%s%s", what, word, meant ? "; did you mean '" : "",
                 meant ? meant : "", meant ? "'?" : "");
}

static void say_unknown_end(const struct scenario *s, const char *word)
{
    const char **names = calloc(s->zone_count + s->endpoints_count + 1, sizeof *names);
    size_t count = 0;
    for (uint32_t z = 0; names && z < s->zone_count; z++)
        names[count++] = s->zones[z].name;
    for (uint32_t e = 0; names && e < s->endpoints_count; e++)
        names[count++] = s->endpoints[e].name;
    say_unknown("no zone and no endpoints are called", word, names, count);
    free(names);
}

static void say_unknown_peer(const struct scenario *s, const char *word)
{
    const char **names = calloc(s->peer_count + 1, sizeof *names);
    for (uint32_t p = 0; names && p < s->peer_count; p++)
        names[p] = s->peers[p].name;
    say_unknown("the scenario has no peer", word, names, s->peer_count);
    free(names);
}

static void say_unknown_class(const struct scenario *s, const char *word)
{
    const char **names = calloc(s->class_count + 1, sizeof *names);
    for (uint32_t k = 0; names && k < s->class_count; k++)
        names[k] = s->classes[k].name;
    say_unknown("the scenario has no class", word, names, s->class_count);
    free(names);
}

/* "rooms", "rooms@e2", "internet". */
static bool find_end(const struct scenario *s, const char *text, struct end *end)
{
    const char *at = strrchr(text, '@');
    size_t length = at ? (size_t)(at - text) : strlen(text);
    *end = (struct end){NONE, NONE, NONE};
    for (uint32_t z = 0; z < s->zone_count; z++)
        if (strcmp(s->zones[z].name, text) == 0)
            end->zone = z;
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        if (strlen(s->endpoints[e].name) == length &&
            strncmp(s->endpoints[e].name, text, length) == 0)
            end->endpoints = e;
    if (end->zone != NONE)
        return true;
    if (end->endpoints == NONE) {
        say_unknown_end(s, text);
        return false;
    }
    end->peer = at ? find_peer(s, at + 1) : usual_peer(s, end->endpoints);
    if (holds(s, end->peer, s->endpoints[end->endpoints].cluster))
        return true;
    message_line("route: '%s' is no peer of the cluster that '%.*s' register to", at + 1,
                 (int)length, text);
    return false;
}

/* Where a call from outside enters: the zone's own cluster, the one that a class names, the edge
 * before the target. */
static uint32_t entry_cluster(const struct scenario *s, const struct end *from, uint32_t target)
{
    if (from->endpoints != NONE)
        return s->endpoints[from->endpoints].cluster;
    if (s->zones[from->zone].cluster != NONE)
        return s->zones[from->zone].cluster;
    for (uint32_t k = 0; k < s->class_count; k++)
        if (s->classes[k].via.origin == ORIGIN_ZONE && s->classes[k].via.zone == from->zone)
            return s->classes[k].via.cluster;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (target != NONE && s->clusters[c].role == ROLE_EDGE &&
            s->clusters[c].traversal == target)
            return c;
    return target != NONE ? target : 0;
}

static bool matches(const struct call_class *call, const struct question *q)
{
    const struct end *from = &q->from, *to = &q->to;
    bool origin =
        from->endpoints != NONE
            ? call->via.origin == ORIGIN_ENDPOINTS && call->via.endpoints == from->endpoints
            : call->via.origin == ORIGIN_ZONE && call->via.zone == from->zone;
    bool target = to->endpoints != NONE
                      ? call->target == TARGET_ENDPOINTS && call->target_endpoints == to->endpoints
                      : call->target != TARGET_ENDPOINTS;
    return origin && target;
}

static bool choose_class(const struct question *q, struct call_class *call)
{
    const struct scenario *s = q->scenario;
    const struct options *o = q->options;
    bool found = false;
    *call = (struct call_class){.name = "route",
                                .media = MEDIA_VIDEO,
                                .units = -1,
                                .rms_halves = -1,
                                .turn = -1,
                                .media_traverses = true};
    call->service = q->from.endpoints == NONE || q->to.endpoints == NONE   ? SERVICE_B2B
                    : s->endpoints[q->from.endpoints].access == ACCESS_MRA ? SERVICE_MRA
                                                                           : SERVICE_INTRACLUSTER;
    for (uint32_t k = s->class_count; k-- > 0;)
        if (o->class ? strcmp(s->classes[k].name, o->class) == 0 : matches(&s->classes[k], q)) {
            *call = s->classes[k];
            found = true;
        }
    if (o->class && !found)
        say_unknown_class(s, o->class);
    if (o->media)
        call->media = strcmp(o->media, "audio") == 0 ? MEDIA_AUDIO : MEDIA_VIDEO;
    if (o->protocol)
        call->protocol = strcmp(o->protocol, "h323") == 0          ? PROTOCOL_H323
                         : strcmp(o->protocol, "interworked") == 0 ? PROTOCOL_INTERWORKED
                                                                   : PROTOCOL_SIP;
    return found || !o->class;
}

/* The zone between two clusters: one of traversal that leads to either, or one of neighbours that
 * leads to the second. */
static const char *link_name(const struct scenario *s, uint32_t from, uint32_t to)
{
    bool traversal = s->clusters[from].traversal == to || s->clusters[to].traversal == from;
    if (from == to)
        return "Unified CM"; /* MRA to MRA: both ends are registered behind it */
    for (uint32_t z = 0; z < s->zone_count; z++) {
        const struct zone *zone = &s->zones[z];
        if (traversal
                ? zone->kind == ZONE_TRAVERSAL && (zone->cluster == to || zone->cluster == from)
                : zone->kind == ZONE_NEIGHBOUR && zone->cluster == to)
            return zone->name;
    }
    return traversal ? "Traversal Zone" : "Neighbour Zone";
}

/* The peer of a leg: where the end is registered, else the one of --at, else the first listed. */
static uint32_t peer_of(const struct question *q, const struct leg *leg)
{
    const struct scenario *s = q->scenario;
    const char *at = q->options->at;
    const struct cluster *c = &s->clusters[leg->cluster];
    uint8_t candidates = leg->tier_count ? leg->tiers[0] : leg->candidates;
    if (leg->kind == LEG_ORIGIN || leg->kind == LEG_TARGET)
        return leg->kind == LEG_ORIGIN ? q->from.peer : q->to.peer;
    uint32_t stated = at ? find_peer(s, at) : NONE;
    if (holds(s, stated, leg->cluster))
        return stated;
    for (uint32_t i = 0; i < c->peer_count; i++)
        if (candidates >> i & 1)
            return c->first_peer + i;
    return c->first_peer;
}

static int64_t units_at(const struct scenario *s, const struct leg *leg, uint32_t peer)
{
    return leg->units[peer - s->clusters[leg->cluster].first_peer];
}

static void print_demand(const struct scenario *s, const struct leg *leg, uint32_t peer)
{
    int64_t units = units_at(s, leg, peer);
    printf("     takes %" PRId64 " unit%s", units, units == 1 ? "" : "s");
    if (leg->rms)
        printf(", %.15g RMS", (double)leg->rms / 2);
    else
        printf(", no RMS");
    if (leg->turn)
        printf(", %" PRId64 " TURN relays", leg->turn);
    printf("\n");
}

static void put_safe(const char *text)
{
    safe_text_put(stdout, text, strlen(text));
}

static void print_hop(const struct scenario *s, const struct route_hop *hop, uint32_t number,
                      const struct leg *taken)
{
    printf("%3u  ", number);
    put_safe(s->peers[hop->peer].name);
    fputs(" (", stdout);
    put_safe(s->clusters[s->peers[hop->peer].cluster].name);
    fputs(")\n     ", stdout);
    put_safe(hop->text);
    if (strcmp(hop->text, hop->established) != 0) {
        fputs("\n     once established: ", stdout);
        put_safe(hop->established);
    }
    putchar('\n');
    if (taken)
        print_demand(s, taken, hop->peer);
    else
        printf("     takes nothing: signalling only\n");
}

#define HOP_COLUMNS "hop,cluster,peer,route,established,units,rms,turn_relays"

static void put_hop(struct table *rows, const struct scenario *s, const struct route_hop *hop,
                    uint32_t number, const struct leg *taken)
{
    table_count(rows, number);
    table_text(rows, s->clusters[s->peers[hop->peer].cluster].name);
    table_text(rows, s->peers[hop->peer].name);
    table_text(rows, hop->text);
    table_text(rows, hop->established);
    table_count(rows, taken ? units_at(s, taken, hop->peer) : 0);
    table_number(rows, taken ? (double)taken->rms / 2 : 0);
    table_count(rows, taken ? taken->turn : 0);
}

static void show_hop(const struct scenario *s, const struct route_hop *hop, uint32_t number,
                     const struct leg *taken, struct table *rows)
{
    taken = taken && taken->takes ? taken : NULL;
    if (rows)
        put_hop(rows, s, hop, number, taken);
    else
        print_hop(s, hop, number, taken);
}

static const char *end_name(const struct scenario *s, const struct end *end)
{
    return end->zone != NONE ? s->zones[end->zone].name : s->endpoints[end->endpoints].name;
}

static void print_head(const struct scenario *s, const struct call_class *call,
                       enum protocol protocol, const struct end *from, const struct end *to)
{
    static const char *const names[] = {"SIP", "H.323", "interworked", "SIP and H.323"};
    put_safe(end_name(s, from));
    fputs(" to ", stdout);
    put_safe(end_name(s, to));
    printf(": %s, %s, service %s\n\n", call->media == MEDIA_AUDIO ? "audio" : "video",
           names[protocol], service_name(call->service));
}

static void print_foot(const struct scenario *s, const struct call_class *call)
{
    for (uint32_t i = 0; i < call->pipe_count; i++) {
        printf("\nand %.6g Mbit/s of pipe ", (double)call->pipe_bits[i] / 1e6);
        put_safe(s->pipes[call->pipes[i]].name);
        putchar('\n');
    }
    putchar('\n');
    put_safe(s->table);
    fputs(" (", stdout);
    put_safe(s->table_source);
    puts("); guideline figures, not guaranteed");
}

/* The leg after this one is on the same cluster and belongs to it: the call is passed on from the
 * peer that received it to the one of the device. */
static bool passed_on(const struct leg *leg, const struct leg *next)
{
    return next->cluster == leg->cluster && next->kind != LEG_CHOOSE &&
           (next->both_needed || !leg->takes);
}

/* rows: filled; NULL: printed. */
static void show_legs(const struct question *q, const struct path *path, struct table *rows)
{
    const struct scenario *s = q->scenario;
    uint32_t number = 0;
    for (uint32_t i = 0, next; i < path->count; i = next) {
        const struct leg *leg = &path->legs[i], *leaves = NULL;
        struct route route = {0};
        struct route_stage stage = {.cluster = leg->cluster};
        next = i + 1;
        if (next < path->count && passed_on(leg, &path->legs[next]))
            leaves = &path->legs[next++];
        stage.from = i > 0                  ? link_name(s, path->legs[i - 1].cluster, leg->cluster)
                     : q->from.zone != NONE ? s->zones[q->from.zone].name
                                            : NULL;
        stage.to = next < path->count   ? link_name(s, leg->cluster, path->legs[next].cluster)
                   : q->to.zone != NONE ? s->zones[q->to.zone].name
                                        : NULL;
        stage.enters = peer_of(q, leg);
        stage.leaves = leaves ? peer_of(q, leaves) : stage.enters;
        bool drops_out = leaves && !leg->takes;
        route_add(&route, &stage, drops_out);
        show_hop(s, &route.hops[0], ++number, drops_out ? leaves : leg, rows);
        if (route.hop_count > 1)
            show_hop(s, &route.hops[1], ++number, leaves, rows);
    }
}

/* Returns the exit code. */
static int show_route(const struct question *q, const struct path *path,
                      const struct call_class *call)
{
    const struct scenario *s = q->scenario;
    if (!q->options->json) {
        print_head(s, call, path->protocol, &q->from, &q->to);
        show_legs(q, path, NULL);
        print_foot(s, call);
        return 0;
    }
    struct report_rows rows;
    bool ok = report_rows_begin(&rows, stdout, "answer", s);
    if (ok) {
        table_begin(&rows.table, "route", HOP_COLUMNS);
        show_legs(q, path, &rows.table);
    }
    return report_rows_end(&rows, ok) ? 0 : ERROR_SOFTWARE;
}

/* A protocol that is asked for is that of both ends. */
static int make_route(const struct question *q, const struct call_class *call)
{
    const struct scenario *s = q->scenario;
    struct scenario spoken = *s;
    struct path path;
    spoken.endpoints = calloc(s->endpoints_count + 1, sizeof *spoken.endpoints);
    if (!spoken.endpoints)
        return ERROR_SOFTWARE;
    for (uint32_t e = 0; e < s->endpoints_count; e++) {
        spoken.endpoints[e] = s->endpoints[e];
        if (q->options->protocol && call->protocol != PROTOCOL_INTERWORKED)
            spoken.endpoints[e].protocol = call->protocol;
    }
    int code = ERROR_DATA;
    if (path_make(&path, &spoken, call, &call->via))
        code = show_route(q, &path, call);
    else
        message_line("route: the call passes more than %d clusters", LEGS_MAX - 1);
    free(spoken.endpoints);
    return code;
}

static int route(const struct scenario *s, const struct options *o)
{
    struct question q = {.scenario = s, .options = o};
    struct call_class call;
    if (!find_end(s, o->from, &q.from) || !find_end(s, o->to, &q.to) || !choose_class(&q, &call))
        return ERROR_USAGE;
    const struct end from = q.from, to = q.to;
    if (o->at && find_peer(s, o->at) == NONE) {
        say_unknown_peer(s, o->at);
        return ERROR_USAGE;
    }
    call.via = (struct via){.origin = from.endpoints != NONE ? ORIGIN_ENDPOINTS : ORIGIN_ZONE,
                            .zone = from.zone,
                            .endpoints = from.endpoints,
                            .peer = NONE};
    call.target = to.endpoints != NONE ? TARGET_ENDPOINTS : TARGET_ZONE;
    call.target_endpoints = to.endpoints;
    call.target_zone = to.zone;
    call.via.cluster =
        entry_cluster(s, &from, to.endpoints != NONE ? s->endpoints[to.endpoints].cluster : NONE);
    return make_route(&q, &call);
}

static const char doc[] =
    "Prints the path of one call, peer by peer, as each peer would show it during set-up and "
    "after, with the units, RMS "
    "and relays that it takes there.\n\n"
    "Examples:\n"
    "  peerplan route edge-core.yaml --from internet --to rooms\n"
    "  peerplan route office.yaml --from phones@peer1 --to phones@peer2 --media audio\n"
    "\v"
    "Where more than one peer could receive the call, the first listed does; --at names another "
    "one.";

int command_route(int argc, char **argv)
{
    static const struct argp_option arguments[] = {
        {"from", KEY_FROM, "A", 0, "Who calls: endpoints, ENDPOINTS@PEER, or a zone", 0},
        {"to", KEY_TO, "B", 0, "Who is called: endpoints, ENDPOINTS@PEER, or a zone", 0},
        {"at", KEY_AT, "PEER", 0,
         "The peer that receives a call from a zone; default: the first listed", 0},
        {"class", KEY_CLASS, "NAME", 0, "Media, service and licences as this class of the scenario",
         0},
        {"media", KEY_MEDIA, "audio|video", 0, "Default: the class's, else video", 0},
        {"json", KEY_JSON, NULL, 0, "Print one JSON document instead of the text", 0},
        {"protocol", KEY_PROTOCOL, "sip|h323|interworked", 0, "Default: the class's, else sip", 0},
        {0},
    };
    static const struct argp argp = {arguments, parse, "SCENARIO", doc, NULL, NULL, NULL};
    struct options options = {0};
    struct scenario scenario;
    struct errors errors;
    command_parse(&argp, argc, argv, 0, &options);
    errors_init(&errors);
    bool ok = scenario_read(options.scenario, &scenario, &errors);
    int code = message_errors(&errors);
    if (ok)
        code = route(&scenario, &options);
    scenario_release(&scenario);
    errors_release(&errors);
    return code;
}
