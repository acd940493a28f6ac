#include "answer/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer/scaled.h"
#include "answer/thresholds.h"
#include "model/base/arena.h"

#define ROUNDS       48
#define DAY_OF_MONTH (1 / FORECAST_MONTH)

/* One question: at which month does a figure reach its target? */
struct quest {
    const struct forecast_options *options;
    struct forecast *forecast;
    struct scaled load;
    double *classes, *populations; /* owned; factors */
    int shift;                     /* within the band of growth */
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
    scaled_set_others(&q->load, otherwise);
}

/* ---- Solving ---- */

static bool over(const struct quest *q)
{
    return q->forecast->failed || q->forecast->stopped;
}

static struct reading read_at(struct quest *q, const struct threshold *t, double share,
                              double months, bool exact)
{
    struct reading reading = {.limit = "", .value = NAN, .blocked = NAN};
    struct threshold_look look = {q->load.scenario, q->options, share, exact};
    set_month(q, months);
    if (over(q) || threshold_read(t, &look, &reading))
        return reading;
    if (q->options->stop && atomic_load(q->options->stop))
        q->forecast->stopped = true;
    else
        q->forecast->failed = true;
    return reading;
}

/* The month in which it is reached; INFINITY: not within the bounds. Replays are worth the day, not
 * the second. */
static double solve(struct quest *q, const struct threshold *t, double share,
                    struct reading *reading)
{
    double low = 0, high = q->options->months;
    double grain = q->load.scenario->trace_count > 0 ? DAY_OF_MONTH / 2 : 1e-10;
    *reading = read_at(q, t, share, 0, true);
    if (reading->reached || over(q))
        return 0;
    *reading = read_at(q, t, share, high, false);
    if (!reading->reached)
        return INFINITY;
    for (int round = 0; round < ROUNDS && high - low > grain && !over(q); round++) {
        double middle = low + (high - low) / 2;
        struct reading there = read_at(q, t, share, middle, false);
        if (there.reached) {
            high = middle;
            *reading = there;
        } else {
            low = middle;
        }
    }
    return high;
}

/* ---- Events ---- */

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

static void ask(struct quest *q, const struct threshold *t, const char *event, double share)
{
    struct reading reading, other;
    double months = solve(q, t, share, &reading);
    struct forecast_event e = {
        .event = event,
        .cluster = t->name,
        .limit = reading.limit,
        .months = months,
        .earliest = NAN,
        .latest = NAN,
        .value = reading.value,
        .basis = reading.basis,
    };
    if (has_band(q->load.scenario)) {
        q->shift = 1;
        e.earliest = solve(q, t, share, &other);
        q->shift = -1;
        e.latest = solve(q, t, share, &other);
        q->shift = 0;
        if (e.earliest > e.latest) { /* less load is what brings it about */
            double swap = e.earliest;
            e.earliest = e.latest;
            e.latest = swap;
        }
    }
    if (!over(q) && (isfinite(months) || isfinite(e.earliest)))
        add(q->forecast, e);
}

/* Neither a count that reaches something nor a goal that is judged. */
static bool nothing_to_judge(struct quest *q, const struct threshold *thresholds, size_t count)
{
    bool nothing = count > 0;
    for (size_t i = 0; i < count && nothing; i++)
        nothing = thresholds[i].kind != THRESHOLD_COUNTED;
    for (size_t i = 0; i < count && nothing && !over(q); i++)
        if (thresholds[i].kind == THRESHOLD_GOAL)
            nothing = read_at(q, &thresholds[i], 1, 0, true).nothing;
    return nothing;
}

static void ask_all(struct quest *q, const struct threshold *thresholds, size_t count)
{
    for (size_t i = 0; i < count && !over(q); i++) {
        const struct threshold *t = &thresholds[i];
        if (t->kind == THRESHOLD_GOAL) {
            ask(q, t, t->down ? "goal-down" : "goal", 1);
            continue;
        }
        ask(q, t, "alarm-90", 0.9);
        if (t->kind == THRESHOLD_COUNTED && !t->rate)
            ask(q, t, "limit", 1);
    }
}

static int by_date(const void *left, const void *right)
{
    const struct forecast_event *a = left, *b = right;
    if (a->months != b->months)
        return a->months < b->months ? -1 : 1;
    return strcmp(a->event, b->event);
}

const struct forecast_event *forecast_first(const struct forecast *f)
{
    return f->count > 0 && isfinite(f->events[0].months) ? &f->events[0] : NULL;
}

/* ---- Lines ---- */

static void draw(struct quest *q, const struct threshold *t, struct forecast_line *line)
{
    bool goal = t->kind == THRESHOLD_GOAL;
    *line = (struct forecast_line){
        .name = t->name,
        .metric = !goal     ? limit_name(t->limit)
                  : t->down ? "blocked_down"
                            : "blocked",
        .size = goal ? q->load.scenario->goals.blocking : t->size,
        .values = arena_alloc(q->forecast->arena, (size_t)q->forecast->months, sizeof(double)),
    };
    q->forecast->failed = q->forecast->failed || !line->values;
    for (int m = 0; m < q->forecast->months && !over(q); m++) {
        struct reading reading = read_at(q, t, 1, m, true);
        line->values[m] = goal ? reading.blocked : reading.value;
        line->basis = reading.basis;
    }
}

static void draw_all(struct quest *q, const struct threshold *thresholds, size_t count)
{
    struct forecast *f = q->forecast;
    f->months = (int)floor(q->options->months) + 1;
    f->lines = arena_alloc(f->arena, count + 1, sizeof *f->lines);
    f->failed = f->failed || !f->lines;
    for (size_t i = 0; i < count && !over(q); i++) {
        if (thresholds[i].kind == THRESHOLD_GOAL && q->load.scenario->class_count == 0)
            continue;
        draw(q, &thresholds[i], &f->lines[f->line_count]);
        f->line_count += !over(q);
    }
}

bool forecast_make(struct scenario *scenario, const struct forecast_options *options,
                   struct forecast *forecast)
{
    size_t count = 0;
    *forecast = (struct forecast){.scenario = scenario,
                                  .from = options->from,
                                  .bound = options->months,
                                  .arena = arena_new()};
    struct quest q = {
        .options = options,
        .forecast = forecast,
        .classes = calloc(scenario->class_count + (size_t)1, sizeof(double)),
        .populations = calloc(scenario->endpoints_count + (size_t)1, sizeof(double)),
    };
    const struct threshold *thresholds =
        forecast->arena ? thresholds_list(scenario, forecast->arena, &count) : NULL;
    bool load = scaled_init(&q.load, scenario);
    forecast->failed = !load || !q.classes || !q.populations || !thresholds;
    if (!forecast->failed)
        forecast->nothing = nothing_to_judge(&q, thresholds, count);
    if (!forecast->failed && !forecast->nothing) {
        ask_all(&q, thresholds, count);
        draw_all(&q, thresholds, count);
    }
    if (load)
        scaled_set_all(&q.load, 1);
    if (forecast->count > 0)
        qsort(forecast->events, forecast->count, sizeof *forecast->events, by_date);
    scaled_release(&q.load);
    free(q.classes);
    free(q.populations);
    return !forecast->failed;
}

void forecast_release(struct forecast *forecast)
{
    free(forecast->events);
    arena_free(forecast->arena);
    *forecast = (struct forecast){0};
}

const char *forecast_date(const struct forecast *f, double months,
                          char buffer[static FORECAST_DATE_SIZE])
{
    struct tm parts;
    if (!isfinite(months))
        return "";
    time_t seconds = (time_t)(f->from + (int64_t)floor(months * FORECAST_MONTH * 86400));
    if (!gmtime_r(&seconds, &parts) ||
        strftime(buffer, FORECAST_DATE_SIZE, "%Y-%m-%d", &parts) == 0)
        return "";
    return buffer;
}
