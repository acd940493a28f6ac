#include "model/estimate/day.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/causes.h"
#include "model/estimate/load.h"
#include "model/estimate/solve.h"
#include "model/estimate/span.h"
#include "model/formulas/day_load.h"

#define DAY_WORK_MAX 3e8 /* jumps x states of an exact solution in time: about a second */

struct day {
    const struct scenario *scenario;
    const struct network *network;
    const struct solution *solution;
    uint32_t component;
    const bool *exact;         /* by class: every flow of it has an exact solution in time */
    nanos start, from, length; /* of the past that counts; of the first hour; of an hour */
    int hours;
    struct load_step *steps;
    int *hour; /* of each step, -1: before the first */
    nanos *at; /* beginning of each */
    int count, room;
};

static double component_rate(const struct day *d, nanos t, nanos *end)
{
    double rate = 0;
    for (uint32_t f = 0; f < d->network->flow_count; f++) {
        if (d->solution->flows[f].component != d->component)
            continue;
        nanos begin, stop;
        rate += d->network->flows[f].share *
                load_step(d->scenario, &d->scenario->classes[d->network->flows[f].class_index], t,
                          &begin, &stop);
        *end = stop < *end ? stop : *end;
    }
    return rate;
}

static bool day_append(struct day *d, nanos at, nanos end, double rate, int hour)
{
    if (d->count == d->room) {
        int room = d->room ? 2 * d->room : 256;
        struct load_step *steps = realloc(d->steps, (size_t)room * sizeof *steps);
        d->steps = steps ? steps : d->steps;
        int *hours = realloc(d->hour, (size_t)room * sizeof *hours);
        d->hour = hours ? hours : d->hour;
        nanos *times = realloc(d->at, (size_t)room * sizeof *times);
        d->at = times ? times : d->at;
        if (!steps || !hours || !times)
            return false;
        d->room = room;
    }
    d->steps[d->count] = (struct load_step){(double)(end - at) / (double)SECOND, rate};
    d->at[d->count] = at;
    d->hour[d->count++] = hour;
    return true;
}

static bool day_steps(struct day *d, double *work, double servers, double hold)
{
    nanos stop = d->from + d->hours * d->length;
    for (nanos t = d->start; t < stop;) {
        int hour = t < d->from ? -1 : (int)((t - d->from) / d->length);
        nanos end = hour < 0 ? d->from : d->from + (hour + 1) * d->length;
        end = end < stop ? end : stop;
        double rate = component_rate(d, t, &end);
        *work += (rate + servers / hold) * (double)(end - t) / (double)SECOND * servers;
        *work += (double)d->network->flow_count;
        if (*work > DAY_WORK_MAX || !day_append(d, t, end, rate, hour))
            return false;
        t = end;
    }
    return true;
}

/* Puts the results of a step to the classes of its hour: `full` is the share of calls refused in
 * it. */
static void day_put(const struct day *d, struct totals *hour, int step, const struct day_step *out)
{
    double full = out->offered > 0 ? out->blocked / out->offered : 0;
    double seconds = d->steps[step].duration;
    for (uint32_t f = 0; f < d->network->flow_count; f++) {
        const struct flow_outcome *o = &d->solution->flows[f];
        const struct flow *flow = &d->network->flows[f];
        if (o->component != d->component || !d->exact[flow->class_index])
            continue;
        nanos begin, end;
        double rate = flow->share * load_step(d->scenario, &d->scenario->classes[flow->class_index],
                                              d->at[step], &begin, &end);
        double part = d->steps[step].rate > 0 ? rate / d->steps[step].rate : 0;
        struct class_total *c = &hour->classes[flow->class_index];
        c->blocked += rate * seconds * full;
        causes_add(c, d->network, d->solution, f,
                   o->blocking > 0 ? rate * seconds * full / o->blocking : 0);
        c->call_seconds += out->busy * seconds * part;
    }
}

static void day_clear(const struct day *d, struct totals *hours)
{
    for (int h = 0; h < d->hours; h++)
        for (uint32_t k = 0; k < d->scenario->class_count; k++) {
            struct class_total *c = &hours[h].classes[k];
            if (!d->exact[k])
                continue;
            bool simulate = c->badge == BADGE_SIMULATE;
            c->blocked = c->blocked_low = c->blocked_high = c->lost = c->attempts_blocked =
                c->call_seconds = 0;
            memset(c->cause, 0, sizeof c->cause);
            memset(c->only, 0, sizeof c->only);
            c->binding_calls = 0;
            c->badge = simulate ? c->badge : BADGE_EXACT;
            c->formula = "birth-death equations in time";
        }
}

static void day_close(const struct day *d, struct totals *hours)
{
    for (int h = 0; h < d->hours; h++)
        for (uint32_t k = 0; k < d->scenario->class_count; k++)
            if (d->exact[k]) {
                struct class_total *c = &hours[h].classes[k];
                c->blocked_low = c->blocked_high = c->lost = c->attempts_blocked = c->blocked;
            }
}

static bool day_component(struct day *d, struct totals *hours, int64_t servers, double hold)
{
    double work = 0, *state = NULL;
    struct day_step *out = NULL;
    bool done = day_steps(d, &work, (double)servers, hold);
    if (done) {
        state = calloc((size_t)servers + 1, sizeof *state);
        out = calloc((size_t)d->count + 1, sizeof *out);
        done = state && out;
    }
    if (done) {
        state[0] = 1;
        done = day_load_exact(servers, hold, d->steps, d->count, state, out);
    }
    for (int i = 0; done && i < d->count; i++)
        if (d->hour[i] >= 0 && d->hour[i] < d->hours)
            day_put(d, &hours[d->hour[i]], i, &out[i]);
    free(state);
    free(out);
    free(d->steps);
    free(d->hour);
    free(d->at);
    d->steps = NULL;
    d->hour = NULL;
    d->at = NULL;
    d->count = d->room = 0;
    return done;
}

/* The work of all components together must be bearable, or all stay approximate. */
static bool day_is_bearable(const struct scenario *s, const struct network *n,
                            const struct solution *solution, int hours, nanos length)
{
    double work = 0, seconds = (double)hours * (double)length / (double)SECOND;
    bool any = false;
    for (uint32_t f = 0; f < n->flow_count; f++) {
        const struct flow_outcome *o = &solution->flows[f];
        if (o->servers <= 0)
            continue;
        double hold = s->classes[n->flows[f].class_index].holding.mean;
        work += 2 * (double)o->servers / hold * seconds * (double)o->servers;
        any = true;
    }
    return any && work < DAY_WORK_MAX;
}

/* Each class's largest load over the hours, so that no limit is left out that binds in one of them.
 */
static void peak_loads(const struct scenario *s, nanos from, nanos length, int hours, double *loads)
{
    for (uint32_t k = 0; k < s->class_count; k++)
        for (int h = 0; h < hours; h++)
            loads[k] = fmax(loads[k], load_at(s, &s->classes[k], from + h * length + length / 2));
}

static void find_exact(const struct network *n, const struct solution *solution, uint32_t classes,
                       bool *exact)
{
    for (uint32_t k = 0; k < classes; k++)
        exact[k] = false;
    for (uint32_t f = 0; f < n->flow_count; f++)
        exact[n->flows[f].class_index] = true;
    for (uint32_t f = 0; f < n->flow_count; f++)
        if (solution->flows[f].servers <= 0)
            exact[n->flows[f].class_index] = false;
}

static bool day_solve(struct day *d, struct totals *hours, bool *seen)
{
    bool done = true;
    day_clear(d, hours);
    for (uint32_t f = 0; done && f < d->network->flow_count; f++) {
        const struct flow_outcome *o = &d->solution->flows[f];
        uint32_t k = d->network->flows[f].class_index;
        if (!d->exact[k] || seen[o->component])
            continue;
        seen[o->component] = true;
        d->component = o->component;
        done = day_component(d, hours, o->servers, d->scenario->classes[k].holding.mean);
    }
    day_close(d, hours);
    return done;
}

bool day_exact(struct totals *hours, int count, const struct scenario *s, const struct network *n,
               nanos from, nanos length)
{
    double *loads = calloc((size_t)s->class_count + 1, sizeof *loads);
    bool *exact = calloc((size_t)s->class_count + 1, sizeof *exact);
    bool *seen = calloc((size_t)n->resource_count + 1, sizeof *seen);
    struct solution solution = {0};
    bool done = loads && exact && seen;
    if (done) {
        peak_loads(s, from, length, count, loads);
        done = solution_init(&solution, s, n, loads, EFFORT_PREVIEW);
    }
    if (done && !span_redials(s) && !s->run.steady &&
        day_is_bearable(s, n, &solution, count, length)) {
        find_exact(n, &solution, s->class_count, exact);
        struct day d = {.scenario = s,
                        .network = n,
                        .solution = &solution,
                        .exact = exact,
                        .from = from,
                        .start = s->run.warmup_kind == WARMUP_STATED ? from - s->run.warmup : from,
                        .length = length,
                        .hours = count};
        done = day_solve(&d, hours, seen);
    }
    solution_release(&solution);
    free(loads);
    free(exact);
    free(seen);
    return done;
}
