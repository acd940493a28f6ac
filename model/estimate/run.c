#include "model/estimate/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/day.h"
#include "model/estimate/gaps.h"
#include "model/estimate/groups.h"
#include "model/load.h"
#include "model/estimate/script.h"
#include "model/estimate/span.h"
#include "model/path.h"

#define PIECES_MAX    20000 /* of a run; what changes oftener is not followed */
#define EXACT_MOST    400   /* milliseconds of exact solutions in time */
#define EXACT_PREVIEW 5
#define MOVED         0.02 /* share of the load by which it may move unseen */

int run_hours(const struct scenario *s)
{
    if (!load_varies(s))
        return 0;
    int64_t hours = (s->run.length + HOUR - 1) / HOUR;
    return hours < 1 ? 1 : hours < HOURS_MAX ? (int)hours : HOURS_MAX;
}

/* ---- a run that falls into pieces ---- */

struct course {
    const struct scenario *scenario;
    const struct run_request *request;
    struct script script;
    struct network network;          /* with the peers of now, */
    struct solution busiest;         /* at loads that are never exceeded */
    double *peaks;                   /* owned, by class: these loads */
    double *before;                  /* owned scratch, by class */
    struct loads *loads, *own_loads; /* the request's, or owned */
    struct groups groups;
    enum doubt *doubts; /* owned, by class */
    bool *devices;      /* owned, by cluster: calls depend on where devices are registered there */
    struct bound bound;
    struct memo memo;
    struct day day;
    struct day_flow *flows; /* owned, by flow of the network */
    struct totals *run, *hours;
    int hour_count;
    nanos shortest; /* piece that is followed */
    bool gaps;      /* devices lose their peer by the script */
    bool coarse;    /* rates change within a piece */
};

#define STEADY_HOLDS 20 /* after which nobody can tell how it began */

/* Nothing comes before this: of a steady start, nothing that is not forgotten. */
static nanos course_start(const struct scenario *s)
{
    double longest = 0;
    if (!s->run.steady)
        return s->run.warmup_kind == WARMUP_STATED ? -s->run.warmup : 0;
    for (uint32_t k = 0; k < s->class_count; k++)
        longest = fmax(longest, load_hold(&s->classes[k]));
    return -(nanos)fmin(STEADY_HOLDS * longest * (double)SECOND, (double)TIME_MAX);
}

static void note_devices(struct course *c, const struct call_class *call)
{
    const struct scenario *s = c->scenario;
    uint32_t ends[2] = {call->via.origin == ORIGIN_ENDPOINTS ? call->via.endpoints : NONE,
                        call->target == TARGET_ENDPOINTS ? call->target_endpoints : NONE};
    for (int i = 0; i < 2; i++) {
        if (ends[i] == NONE)
            continue;
        const struct endpoints *e = &s->endpoints[ends[i]];
        uint32_t core = path_core(s, e, e->cluster);
        c->devices[e->cluster] = true;
        if (core != NONE)
            c->devices[core] = true;
    }
}

static bool course_init(struct course *c, const struct scenario *s, const struct run_request *q)
{
    double most = q->preview ? EXACT_PREVIEW : EXACT_MOST;
    bool possible = !span_redials(s);
    c->scenario = s;
    c->request = q;
    c->shortest = s->run.length / PIECES_MAX + 1;
    c->peaks = malloc(((size_t)s->class_count + 1) * sizeof *c->peaks);
    c->doubts = calloc((size_t)s->class_count + 1, sizeof *c->doubts);
    c->devices = calloc((size_t)s->cluster_count + 1, sizeof *c->devices);
    c->before = calloc((size_t)s->class_count + 1, sizeof *c->before);
    c->own_loads = q->loads ? NULL : loads_new(s);
    c->loads = q->loads ? q->loads : c->own_loads;
    if (!c->peaks || !c->doubts || !c->devices || !c->before || !c->loads ||
        !groups_init(&c->groups, s) || !day_init(&c->day, s, q->scale, possible ? most : 0) ||
        !script_init(&c->script, s, q->away, course_start(s)))
        return false;
    for (uint32_t k = 0; k < s->class_count; k++)
        c->peaks[k] = q->scale * (s->classes[k].arrivals.kind == ARRIVALS_RATE
                                      ? load_highest(&s->classes[k])
                                      : load_stationary(&s->classes[k]));
    for (uint32_t k = 0; k < s->class_count; k++) {
        note_devices(c, &s->classes[k]);
        c->gaps = c->gaps || gaps_happen(s, &s->classes[k]);
    }
    script_advance(&c->script, course_start(s));
    script_forget(&c->script); /* whoever went before, no call was there */
    return true;
}

static void course_release(struct course *c)
{
    script_release(&c->script);
    memo_clear(&c->memo);
    bound_release(&c->bound);
    network_release(&c->network);
    solution_release(&c->busiest);
    day_release(&c->day);
    groups_release(&c->groups);
    loads_free(c->own_loads);
    free(c->before);
    free(c->peaks);
    free(c->doubts);
    free(c->devices);
    free(c->flows);
}

/* Steps that exact solutions will take, at least. */
static double steps_ahead(const struct scenario *s)
{
    double steps = (double)(s->run.length / HOUR) + 1, most = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct rate_steps *r = &s->classes[k].arrivals.steps;
        double days = r->daily ? (double)s->run.length / (double)DAY : 1;
        most = fmax(most, days * (double)r->count);
    }
    return steps + most;
}

/* The network of the peers that are there now. */
static bool course_enter(struct course *c, bool first)
{
    memo_clear(&c->memo);
    c->memo = (struct memo){.network = &c->network, .classes = c->scenario->class_count};
    bound_release(&c->bound);
    network_release(&c->network);
    solution_release(&c->busiest);
    free(c->flows);
    c->flows = NULL;
    c->bound = (struct bound){.scenario = c->scenario,
                              .network = &c->network,
                              .away = c->script.away,
                              .down = c->request->away,
                              .peaks = c->peaks,
                              .loads = c->loads,
                              .scale = c->request->scale};
    if (!network_init(&c->network, c->scenario, c->script.away, c->script.unlicensed) ||
        !solution_init(&c->busiest, c->scenario, &c->network, c->peaks, EFFORT_PREVIEW))
        return false;
    c->flows = malloc(((size_t)c->network.flow_count + 1) * sizeof *c->flows);
    return c->flows && day_enter(&c->day, &c->network, &c->busiest, first,
                                 first ? steps_ahead(c->scenario) : 0);
}

/* The end of the piece that begins at t: the next hour, change of a rate, or change of peers. */
static nanos piece_end(struct course *c, nanos t)
{
    const struct scenario *s = c->scenario;
    nanos end = t < 0 ? 0 : (t / HOUR + 1) * HOUR, stop = s->run.length, rate = FOREVER;
    end = end < stop ? end : stop;
    end = script_next(&c->script) < end ? script_next(&c->script) : end;
    for (uint32_t k = 0; k < s->class_count; k++) {
        nanos from, to;
        if (s->classes[k].arrivals.steps.count < 2)
            continue;
        load_step(s, &s->classes[k], t, &from, &to);
        rate = to < rate ? to : rate;
    }
    if (rate < end && rate - t < c->shortest) {
        c->coarse = true;
        rate = t + c->shortest;
    }
    return rate < end ? rate : end;
}

/* The share of the load that is another at the end; -1: out of memory. */
static double moved(const struct course *c, nanos from, nanos to)
{
    double change = 0, all = 0;
    const struct load *a = loads_of(c->loads, from, from, from);
    for (uint32_t k = 0; a && k < c->scenario->class_count; k++)
        c->before[k] = a[k].at;
    const struct load *b = a ? loads_of(c->loads, to, to, to) : NULL;
    if (!b)
        return -1;
    for (uint32_t k = 0; k < c->scenario->class_count; k++) {
        change += fabs(c->before[k] - b[k].at);
        all += fmax(c->before[k], b[k].at);
    }
    return all > 0 ? change / all : 0;
}

static double quickest_hold(const struct scenario *s)
{
    double least = INFINITY;
    for (uint32_t k = 0; k < s->class_count; k++)
        if (s->classes[k].arrivals.kind != ARRIVALS_NONE)
            least = fmin(least, load_hold(&s->classes[k]));
    return least;
}

static bool add_spans(struct course *c, struct totals *to, struct span span, int parts)
{
    nanos from = span.from, length = span.to - span.from;
    for (int i = 0; i < parts; i++) {
        span.from = from + length / parts * i;
        span.to = i + 1 < parts ? span.from + length / parts : from + length;
        span.at = span.from + (span.to - span.from) / 2;
        if (!span_add(to, c->scenario, &c->network, &span))
            return false;
    }
    return true;
}

/* The load moves fastest at the beginning of a piece: spans that grow, the fewer the less it
 * moves. */
static bool follow_load(struct course *c, struct totals *to, struct span span)
{
    nanos begin = span.from, end = span.to;
    double first = fmin(0.5 * quickest_hold(c->scenario) * (double)SECOND, (double)TIME_MAX);
    nanos step = first < 1 ? 1 : (nanos)first;
    while (begin < end) {
        nanos stop = end - begin < step + step / 2 ? end : begin + step;
        double change = moved(c, begin, stop);
        if (change < 0)
            return false;
        while (stop < end && change < MOVED && moved(c, begin, end) < MOVED)
            stop = end;
        span.from = begin;
        span.to = stop;
        if (!add_spans(c, to, span, c->request->preview || change < 0.2 ? 1 : 2))
            return false;
        begin = stop;
        step *= 2;
    }
    return true;
}

/* In whose clusters somebody came or went lately. */
static void find_doubts(struct course *c, nanos at)
{
    const struct scenario *s = c->scenario;
    for (uint32_t k = 0; k < s->class_count; k++)
        c->doubts[k] = c->coarse ? DOUBT_COARSE : DOUBT_NONE;
    for (uint32_t cluster = 0; !c->coarse && cluster < s->cluster_count; cluster++) {
        bool moved = c->devices[cluster] && c->script.changed[cluster] != -FOREVER;
        enum doubt doubt = moved                                              ? DOUBT_MOVED
                           : script_unsettled(&c->script, cluster, at, true)  ? DOUBT_THINNED
                           : script_unsettled(&c->script, cluster, at, false) ? DOUBT_UNSETTLED
                                                                              : DOUBT_NONE;
        for (uint32_t k = 0; doubt && k < s->class_count; k++)
            if (c->groups.classes[k] == c->groups.clusters[cluster] && c->doubts[k] < doubt)
                c->doubts[k] = doubt;
    }
}

/* A piece of the run, or of its warm-up, in which only exact solutions move on. */
static bool add_piece(struct course *c, nanos from, nanos to)
{
    const struct scenario *s = c->scenario;
    if (!day_step(&c->day, from, to, c->flows))
        return false;
    if (from < 0)
        return true;
    int hour = (int)(from / HOUR);
    struct totals *into = c->hours && hour < c->hour_count ? &c->hours[hour] : c->run;
    bool follow = !c->day.all;
    find_doubts(c, from);
    bound_move(&c->bound, from, to);
    struct span span = {.from = from,
                        .to = to,
                        .at = from + (to - from) / 2,
                        .scale = c->request->scale,
                        .effort = c->request->preview ? EFFORT_PREVIEW : EFFORT_ROUGH,
                        .doubts = c->doubts,
                        .bound = c->request->figures_only && !c->gaps ? NULL : &c->bound,
                        .memo = &c->memo,
                        .loads = c->loads,
                        .exact = c->flows,
                        .busiest = &c->busiest,
                        .all_exact = !follow};
    return follow ? follow_load(c, into, span) : span_add(into, s, &c->network, &span);
}

static bool course_run(struct course *c)
{
    nanos t = course_start(c->scenario), stop = c->scenario->run.length;
    bool done = course_enter(c, true);
    while (done && t < stop) {
        if (script_next(&c->script) <= t) {
            script_advance(&c->script, t);
            done = course_enter(c, false);
        }
        nanos end = piece_end(c, t);
        done = done && add_piece(c, t, end);
        t = end;
    }
    return done;
}

/* ---- a run of one piece ---- */

/* Peers and licences that are away are so from before the start to after the end. */
static bool stationary_run(const struct scenario *s, const struct run_request *q,
                           struct totals *run)
{
    struct network network = {0};
    struct script script;
    struct bound bound = {.scenario = s, .network = &network};
    double *loads = malloc(((size_t)s->class_count + 1) * sizeof *loads);
    struct span span = {.to = s->run.length,
                        .stationary = true,
                        .scale = q->scale,
                        .bound = q->figures_only ? NULL : &bound,
                        .effort = q->preview ? EFFORT_PREVIEW : EFFORT_EXACT};
    bool done = script_init(&script, s, q->away, course_start(s)) && loads;
    for (uint32_t k = 0; done && k < s->class_count; k++)
        loads[k] = q->scale * load_stationary(&s->classes[k]);
    if (done)
        script_advance(&script, course_start(s));
    bound.away = script.away;
    bound.peaks = loads;
    done = done && network_init(&network, s, script.away, script.unlicensed) &&
           span_add(run, s, &network, &span);
    bound_release(&bound);
    network_release(&network);
    script_release(&script);
    free(loads);
    return done;
}

/* With so many away, does anybody else, or a licence, come or go during the run? */
static bool someone_moves(const struct scenario *s, const struct run_request *q, bool *moves)
{
    struct script script;
    bool done = script_init(&script, s, q->away, course_start(s));
    if (done) {
        script_advance(&script, course_start(s));
        *moves = script_next(&script) < s->run.length;
    }
    script_release(&script);
    return done;
}

bool run_totals(const struct scenario *s, const struct run_request *q, struct totals *run,
                struct totals *hours)
{
    int count = hours ? run_hours(s) : 0, made = 0;
    bool moves = false;
    if (!totals_init(run, s))
        return false;
    while (made < count && totals_init(&hours[made], s))
        made++;
    bool done = made == count && someone_moves(s, q, &moves);
    if (done && !moves && !load_varies(s)) {
        done = stationary_run(s, q, run);
    } else if (done) {
        struct course c = {.run = run, .hours = hours, .hour_count = count};
        done = course_init(&c, s, q) && course_run(&c);
        course_release(&c);
        for (int h = 0; done && h < count; h++)
            totals_merge(run, &hours[h], s);
    }
    if (done)
        return true;
    for (int h = 0; h < made; h++)
        totals_release(&hours[h]);
    totals_release(run);
    return false;
}

static double goal_of(const struct scenario *s, uint32_t class_index)
{
    const struct call_class *call = &s->classes[class_index];
    return call->goal_stated ? call->goal : s->goals.blocking;
}

#define SAME 1e-9 /* relative difference of figures that are equally bad */

/* The order of the file decides nothing: of classes that are equally bad it is the one that more
 * calls of are refused, then the first by name. */
static bool worse(const struct scenario *s, const struct totals *run, uint32_t a, uint32_t b)
{
    double more = run->classes[a].blocked, most = run->classes[b].blocked;
    if (fabs(more - most) > SAME * fabs(most))
        return more > most;
    return strcmp(s->classes[a].name, s->classes[b].name) < 0;
}

double run_excess(const struct scenario *s, const struct totals *run, uint32_t *worst)
{
    double highest = -1;
    *worst = NONE;
    for (uint32_t k = 0; k < s->class_count; k++) {
        double b = class_blocking(&run->classes[k]), goal = goal_of(s, k);
        double excess = goal > 0 ? b / goal : b > 0 ? INFINITY : b;
        bool same = *worst != NONE && fabs(excess - highest) <= SAME * highest;
        if (same ? worse(s, run, k, *worst) : excess > highest)
            *worst = k;
        highest = excess > highest ? excess : highest;
    }
    return highest;
}
