#include "answer/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/design.h"
#include "answer/scaled.h"
#include "model/at_rest.h"

#define ROUNDS 48

/* One question: at which month does a figure reach its target? */
struct quest {
    struct scaled load;
    double *classes, *populations; /* owned; factors */
    int shift;                     /* within the band of growth */
    bool failed;
};

double forecast_factor(const struct growth *growth, double months, int shift)
{
    return pow(1 + growth->rate + shift * growth->band, months / growth->months);
}

static const struct growth *general(const struct scenario *s)
{
    for (uint32_t g = 0; g < s->growth_count; g++)
        if (s->growths[g].class_index == NONE && s->growths[g].endpoints == NONE)
            return &s->growths[g];
    return NULL;
}

/* The load of a month. */
static void set_month(struct quest *q, double months)
{
    struct scenario *s = q->load.scenario;
    const struct growth *all = general(s);
    double otherwise = all ? forecast_factor(all, months, q->shift) : 1;
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        q->populations[e] = otherwise;
    for (uint32_t k = 0; k < s->class_count; k++) /* per endpoint: with their population */
        q->classes[k] = s->classes[k].arrivals.per_endpoint ? 1 : otherwise;
    for (uint32_t g = 0; g < s->growth_count; g++) {
        const struct growth *growth = &s->growths[g];
        if (growth->class_index != NONE)
            q->classes[growth->class_index] = forecast_factor(growth, months, q->shift);
        if (growth->endpoints != NONE)
            q->populations[growth->endpoints] = forecast_factor(growth, months, q->shift);
    }
    scaled_set(&q->load, q->classes, q->populations);
    for (uint32_t e = 0; e < s->endpoints_count; e++) /* devices that are there in full */
        s->endpoints[e].count =
            (int64_t)floor((double)q->load.counts[e] * q->populations[e] * (1 + 1e-12));
}

/* --- Figures ---- */

enum figure { FIGURE_COUNTED, FIGURE_UNITS, FIGURE_GOAL, FIGURE_GOAL_DOWN };

struct threshold {
    enum figure figure;
    enum limit limit;
    uint32_t cluster;
    double size;  /* of the limit */
    double share; /* of it */
};

struct reading {
    bool reached;
    double value;
    const char *limit;
    enum basis basis;
};

static void read_counted(struct quest *q, const struct threshold *t, struct reading *reading)
{
    struct at_rest rest = {0};
    struct limit_entry entry = {.limit = t->limit, .holder = HELD_BY_CLUSTER, .index = t->cluster};
    if (!at_rest_count(q->load.scenario, NULL, 0, NONE, &rest))
        q->failed = true;
    else
        reading->value = at_rest_use(&rest, &entry);
    reading->reached = reading->value >= t->share * t->size;
    reading->limit = limit_name(t->limit);
    reading->basis = BASIS_COUNTED;
    at_rest_release(&rest);
}

/* 95 % of the use of a Poisson number of calls of each class, as a normal law has it. */
static void read_units(struct quest *q, const struct threshold *t, struct reading *reading)
{
    const struct scenario *s = q->load.scenario;
    struct platform node = scenario_cluster_node(s, t->cluster);
    double mean = 0, variance = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        double units = (double)scenario_call_units(s, &s->classes[k], &node);
        double erlangs = call_erlangs(&s->classes[k]);
        if (!limits_class_crosses(s, &s->classes[k], t->cluster))
            continue;
        mean += erlangs * units;
        variance += erlangs * units * units;
    }
    reading->value = mean + 1.6448536269514722 * sqrt(variance);
    reading->reached = reading->value >= t->share * t->size;
    reading->limit = limit_name(t->limit);
    reading->basis = BASIS_APPROXIMATE;
}

static void read_goal(struct quest *q, const struct threshold *t, struct reading *reading)
{
    const struct scenario *s = q->load.scenario;
    struct estimate_options options = {.preview = true};
    struct estimate estimate = {0};
    struct answer answer = {0};
    struct answer_sources sources = {.estimate = &estimate, .preview = true};
    if (estimate_make(s, &options, &estimate) && answer_make(&answer, s, &sources)) {
        const struct judged *row =
            answer_worst(&answer, GOAL_BLOCKING, t->figure == FIGURE_GOAL_DOWN);
        reading->reached = row && row->value.value > row->limit;
        reading->basis = row ? row->basis : BASIS_NONE;
        reading->limit = design_binding(&answer);
        reading->value = scaled_erlangs(&q->load);
    } else {
        q->failed = true;
    }
    answer_release(&answer);
    estimate_release(&estimate);
}

static struct reading read_at(struct quest *q, const struct threshold *t, double months)
{
    struct reading reading = {.limit = "", .value = NAN};
    set_month(q, months);
    if (t->figure == FIGURE_COUNTED)
        read_counted(q, t, &reading);
    else if (t->figure == FIGURE_UNITS)
        read_units(q, t, &reading);
    else
        read_goal(q, t, &reading);
    return reading;
}

/* The month in which it is reached; INFINITY: not within the bounds. */
static double solve(struct quest *q, const struct threshold *t, double bound,
                    struct reading *reading)
{
    double low = 0, high = bound;
    *reading = read_at(q, t, 0);
    if (reading->reached || q->failed)
        return 0;
    *reading = read_at(q, t, bound);
    if (!reading->reached)
        return INFINITY;
    for (int round = 0; round < ROUNDS && high - low > 1e-10 && !q->failed; round++) {
        double middle = low + (high - low) / 2;
        struct reading there = read_at(q, t, middle);
        if (there.reached) {
            high = middle;
            *reading = there;
        } else {
            low = middle;
        }
    }
    return high;
}

/* --- Events ---- */

static void add(struct forecast *f, struct forecast_event event)
{
    if (f->count == f->capacity) {
        size_t more = f->capacity ? 2 * f->capacity : 16;
        struct forecast_event *grown = realloc(f->events, more * sizeof *grown);
        if (!grown) {
            f->failed = true;
            return;
        }
        f->events = grown;
        f->capacity = more;
    }
    f->events[f->count++] = event;
}

static bool has_band(const struct scenario *s)
{
    for (uint32_t g = 0; g < s->growth_count; g++)
        if (s->growths[g].band > 0)
            return true;
    return false;
}

static void ask(struct quest *q, struct forecast *f, const struct threshold *t, const char *event,
                double bound)
{
    struct reading reading, other;
    const struct scenario *s = q->load.scenario;
    double months = solve(q, t, bound, &reading);
    struct forecast_event e = {
        .event = event,
        .cluster = t->cluster == NONE ? "" : s->clusters[t->cluster].name,
        .limit = reading.limit,
        .months = months,
        .earliest = NAN,
        .latest = NAN,
        .value = reading.value,
        .basis = reading.basis,
    };
    if (isinf(months) && !has_band(s))
        return;
    if (has_band(s)) {
        q->shift = 1;
        e.earliest = solve(q, t, bound, &other);
        q->shift = -1;
        e.latest = solve(q, t, bound, &other);
        q->shift = 0;
        if (isinf(months) && isinf(e.earliest))
            return;
    }
    add(f, e);
}

static bool is_counted(enum limit limit)
{
    return limit == LIMIT_REGISTRATIONS || limit == LIMIT_MRA_REGISTRATIONS ||
           limit == LIMIT_ENCRYPTED_SESSIONS || limit == LIMIT_DESKTOP || limit == LIMIT_ROOM;
}

/* What a cluster holds of a limit, and its peers together; the smaller. INFINITY: none. */
static double size_of(const struct limits *limits, const struct scenario *s, enum limit limit,
                      uint32_t cluster, bool *used)
{
    double whole = INFINITY, sum = 0;
    bool peers = false;
    *used = false;
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit_entry *e = &limits->entries[i];
        bool of_peer = e->holder == HELD_BY_PEER && s->peers[e->index].cluster == cluster;
        bool of_cluster =
            (e->holder == HELD_BY_CLUSTER || e->holder == HELD_BY_POOL) && e->index == cluster;
        bool same = e->limit == limit || (limit == LIMIT_UNITS && e->limit == LIMIT_CLUSTER_CAP);
        if (!same || (!of_peer && !of_cluster))
            continue;
        *used = *used || e->used;
        if (of_cluster)
            whole = fmin(whole, e->size);
        else
            sum += e->size;
        peers = peers || of_peer;
    }
    return fmin(whole, peers ? sum : INFINITY);
}

static void ask_limits(struct quest *q, struct forecast *f, double bound)
{
    const struct scenario *s = q->load.scenario;
    struct limits limits = {0};
    if (!limits_list(s, &limits)) {
        q->failed = true;
        return;
    }
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (int l = 0; l < LIMIT_COUNT; l++) {
            bool used, counted = is_counted((enum limit)l);
            struct threshold t = {.figure = counted ? FIGURE_COUNTED : FIGURE_UNITS,
                                  .limit = (enum limit)l,
                                  .cluster = c,
                                  .share = 0.9};
            if (!counted && l != LIMIT_UNITS)
                continue;
            t.size = size_of(&limits, s, t.limit, c, &used);
            if (!used || isinf(t.size) || t.size >= (double)CAPACITY_UNLIMITED / 2)
                continue;
            ask(q, f, &t, "alarm-90", bound);
            t.share = 1;
            if (counted)
                ask(q, f, &t, "limit", bound);
        }
    limits_release(&limits);
}

static int by_date(const void *left, const void *right)
{
    const struct forecast_event *a = left, *b = right;
    if (a->months != b->months)
        return a->months < b->months ? -1 : 1;
    return strcmp(a->event, b->event);
}

bool forecast_make(struct scenario *scenario, int64_t from, double months,
                   struct forecast *forecast)
{
    struct quest q = {
        .classes = calloc(scenario->class_count + (size_t)1, sizeof(double)),
        .populations = calloc(scenario->endpoints_count + (size_t)1, sizeof(double)),
    };
    *forecast = (struct forecast){.scenario = scenario, .from = from, .bound = months};
    q.failed = !scaled_init(&q.load, scenario) || !q.classes || !q.populations;
    if (!q.failed) {
        struct threshold goal = {.figure = FIGURE_GOAL, .cluster = NONE};
        ask_limits(&q, forecast, months);
        if (scenario->class_count > 0)
            ask(&q, forecast, &goal, "goal", months);
        goal.figure = FIGURE_GOAL_DOWN;
        if (scenario->class_count > 0 && scenario->goals.survive > 0)
            ask(&q, forecast, &goal, "goal-down", months);
        scaled_set_all(&q.load, 1);
    }
    if (forecast->count > 0)
        qsort(forecast->events, forecast->count, sizeof *forecast->events, by_date);
    forecast->failed = forecast->failed || q.failed;
    scaled_release(&q.load);
    free(q.classes);
    free(q.populations);
    return !forecast->failed;
}

void forecast_release(struct forecast *forecast)
{
    free(forecast->events);
    *forecast = (struct forecast){0};
}
