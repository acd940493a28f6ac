#include "model/load.h"

#include <math.h>
#include <stdlib.h>

#include "model/holding.h"

#define STEPS_BACK 20000 /* of the past that can still matter */
#define FORGOTTEN  1e-12

static bool constant(const struct call_class *call)
{
    const struct rate_steps *s = &call->arrivals.steps;
    return call->arrivals.kind != ARRIVALS_RATE ||
           (s->count == 1 && (s->daily || s->times[0] <= 0));
}

#define SETTLES 12 /* holding times after which nothing is left of an empty start */
#define IN_WAVES                                                                                   \
    100 /* the same of calls that all last about as long: what came together where all             \
           was full ends together, and again and again */

static double settling(const struct call_class *call)
{
    const struct holding *h = &call->holding;
    bool narrow = h->law == LAW_DETERMINISTIC || (h->law == LAW_ERLANG && h->k > 4) ||
                  ((h->law == LAW_GAMMA || h->law == LAW_LOGNORMAL) && h->cv < 0.5);
    return (narrow ? IN_WAVES : SETTLES) * load_hold(call);
}

bool load_varies(const struct scenario *s)
{
    double longest = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        if (!constant(&s->classes[k]))
            return true;
        longest = fmax(longest, settling(&s->classes[k]));
    }
    bool settles =
        s->run.steady || s->run.warmup_kind == WARMUP_AUTO ||
        (s->run.warmup_kind == WARMUP_STATED && (double)s->run.warmup > longest * (double)SECOND);
    for (uint32_t p = 0; p < s->peer_count; p++)
        if ((s->peers[p].joins > 0 && s->peers[p].joins < s->run.length) ||
            (s->peers[p].leaves > 0 && s->peers[p].leaves < s->run.length))
            return true;
    return s->step_count > 0 || !settles;
}

double load_hold(const struct call_class *call)
{
    return call->holding.mean + (double)call->setup / (double)SECOND;
}

double load_residual(const struct call_class *call)
{
    const struct holding *h = &call->holding;
    double square = 0, sum = 0, mean = load_hold(call);
    switch (h->law) {
    case LAW_EXPONENTIAL:
        return mean;
    case LAW_DETERMINISTIC:
        return mean / 2;
    case LAW_ERLANG:
        return mean * (1 + 1.0 / h->k) / 2;
    case LAW_GAMMA:
    case LAW_LOGNORMAL:
        return mean * (1 + h->cv * h->cv) / 2;
    case LAW_HYPEREXPONENTIAL:
        for (uint32_t i = 0; i < h->count; i++) {
            square += 2 * h->probabilities[i] * h->means[i] * h->means[i];
            sum += h->probabilities[i] * h->means[i];
        }
        break;
    case LAW_EMPIRICAL:
        for (uint32_t i = 0; i < h->count; i++) {
            square += h->means[i] * h->means[i];
            sum += h->means[i];
        }
        break;
    }
    return sum > 0 ? square / sum / 2 : mean;
}

double load_rate(const struct call_class *call)
{
    const struct arrivals *a = &call->arrivals;
    if (a->kind == ARRIVALS_SOURCES)
        return a->idle_mean > 0 ? (double)a->sources / a->idle_mean : 0;
    if (a->kind != ARRIVALS_RATE || a->steps.count == 0)
        return 0;
    return a->steps.rates[0] * arrivals_mean_batch(a);
}

double load_stationary(const struct call_class *call)
{
    double offered = load_rate(call) * load_hold(call);
    if (call->arrivals.kind != ARRIVALS_SOURCES)
        return offered;
    return call->arrivals.sources > 0 ? offered / (1 + load_hold(call) / call->arrivals.idle_mean)
                                      : 0;
}

double load_highest(const struct call_class *call)
{
    double highest = 0;
    for (uint32_t i = 0; i < call->arrivals.steps.count; i++)
        highest = fmax(highest, call->arrivals.steps.rates[i]);
    return highest * arrivals_mean_batch(&call->arrivals) * load_hold(call);
}

static double daily_step(const struct rate_steps *s, nanos t, nanos day_offset, nanos *begin,
                         nanos *end)
{
    nanos clock = (t + day_offset) % DAY;
    clock += clock < 0 ? DAY : 0;
    int64_t i = rate_steps_find(s, clock);
    nanos midnight = t - clock, last = (nanos)s->count - 1;
    *begin = i >= 0 ? midnight + s->times[i] : midnight;
    *end = i < last ? midnight + s->times[i + 1] : midnight + DAY;
    return s->rates[i >= 0 ? i : last];
}

double load_step(const struct scenario *scenario, const struct call_class *call, nanos t,
                 nanos *begin, nanos *end)
{
    const struct rate_steps *s = &call->arrivals.steps;
    double batch = arrivals_mean_batch(&call->arrivals);
    *begin = -TIME_MAX;
    *end = TIME_MAX;
    if (call->arrivals.kind != ARRIVALS_RATE || s->count == 0)
        return 0;
    nanos offset = (scenario->run.start_unix % 86400) * SECOND;
    if (s->daily && s->count > 1)
        return batch * daily_step(s, t, offset, begin, end);
    if (s->daily)
        return batch * s->rates[0];
    int64_t i = rate_steps_find(s, t < 0 ? 0 : t);
    if (i + 1 < (int64_t)s->count)
        *end = s->times[i + 1];
    if (i >= 0 && s->times[i] > 0)
        *begin = s->times[i];
    return i >= 0 ? batch * s->rates[i] : 0;
}

/* Nothing comes before this. */
static nanos origin(const struct scenario *s)
{
    if (s->run.steady)
        return -TIME_MAX;
    return s->run.warmup_kind == WARMUP_STATED ? -s->run.warmup : 0;
}

/* What calls of rate 1 of the last `age` seconds leave in progress, and its integral over age. */
static double in_progress(const struct call_class *call, double age)
{
    double setup = (double)call->setup / (double)SECOND;
    return age <= setup ? age : setup + holding_integral(&call->holding, age - setup);
}

static double in_progress_integral(const struct call_class *call, double age)
{
    double setup = (double)call->setup / (double)SECOND;
    return age <= setup ? age * age / 2
                        : setup * setup / 2 + setup * (age - setup) +
                              holding_integral_twice(&call->holding, age - setup);
}

#define CLOSE 1.05 /* of a bound to what it bounds */
#define PARTS 8    /* of a time in which the load is bounded */

#define AGES_SIZE 4096 /* a power of two */

/* What was worked out for an age: steps begin at few distances from the moments that are asked for.
 */
struct age {
    nanos key; /* + 1; 0: free */
    double once, twice;
};

void ages_release(struct ages *ages)
{
    free(ages->table);
    *ages = (struct ages){0};
}

static struct age age_of(const struct call_class *call, struct ages *ages, nanos age)
{
    struct age *at = NULL;
    double seconds = (double)age / (double)SECOND;
    if (!ages->table)
        ages->table = calloc(AGES_SIZE, sizeof *ages->table);
    if (ages->table)
        at = &ages->table[((uint64_t)age * UINT64_C(0x9E3779B97F4A7C15)) >> 40 & (AGES_SIZE - 1)];
    if (at && at->key == age + 1)
        return *at;
    struct age made = {age + 1, in_progress(call, seconds), in_progress_integral(call, seconds)};
    if (at)
        *at = made;
    return made;
}

double load_at(const struct scenario *scenario, const struct call_class *call, nanos t,
               struct ages *ages)
{
    if (call->arrivals.kind == ARRIVALS_SOURCES)
        return load_stationary(call);
    double sum = 0, hold = load_hold(call), younger = 0;
    nanos at = t, start = origin(scenario);
    for (int i = 0; i < STEPS_BACK && at > start; i++) {
        nanos begin, end;
        double rate = load_step(scenario, call, at - 1, &begin, &end);
        begin = begin > start ? begin : start;
        double older = age_of(call, ages, t - begin).once;
        sum += rate * (older - younger);
        if (hold - older < FORGOTTEN * hold)
            break;
        younger = older;
        at = begin;
    }
    return sum;
}

/* A rate over begin .. end leaves, over from .. to (end <= from, or end == to): second differences
 * of the integral. */
double load_mean(const struct scenario *scenario, const struct call_class *call, nanos from,
                 nanos to, struct ages *ages)
{
    double sum = 0, hold = load_hold(call), seconds = (double)(to - from) / (double)SECOND;
    nanos at = to, start = origin(scenario);
    if (call->arrivals.kind == ARRIVALS_SOURCES || to <= from)
        return load_at(scenario, call, from, ages);
    for (int i = 0; i < STEPS_BACK && at > start; i++) {
        nanos begin, end;
        double rate = load_step(scenario, call, at - 1, &begin, &end);
        begin = begin > start ? begin : start;
        const nanos distances[] = {to - begin, from - begin, to - at, from - at};
        double part[4];
        for (int k = 0; k < 4; k++)
            part[k] = distances[k] > 0 ? age_of(call, ages, distances[k]).twice : 0;
        sum += rate * (part[0] - part[1] - part[2] + part[3]);
        if (begin <= from && hold - age_of(call, ages, from - begin).once < FORGOTTEN * hold)
            break;
        at = begin;
    }
    return sum / seconds;
}

/* What this rate and the one before it leave at most, and what is older: that can only be less than
 * the highest rate would have left by now. */
static double top_of_rates(const struct scenario *scenario, const struct call_class *call,
                           nanos from)
{
    nanos begin, end, before, start = origin(scenario);
    double highest = load_highest(call), hold = load_hold(call);
    double rate = load_step(scenario, call, from, &begin, &end), last = rate, old = 0;
    if (begin > start) {
        last = load_step(scenario, call, begin - 1, &before, &end);
        double age = (double)(begin - (before > start ? before : start)) / (double)SECOND;
        old = before > start ? highest * (1 - in_progress(call, age) / hold) : 0;
    }
    return fmin(highest, fmax(rate, last) * hold + fmax(0, old));
}

/* Of a part of the time: what was there at its beginning becomes less, what this rate leaves more.
 */
double load_top(const struct scenario *scenario, const struct call_class *call, nanos from,
                nanos to, struct ages *ages)
{
    double rough = top_of_rates(scenario, call, from), top = 0, own = 0;
    double least = fmax(load_at(scenario, call, from, ages), load_at(scenario, call, to, ages));
    if (rough < CLOSE * least || call->arrivals.steps.count < 2)
        return rough;
    nanos begin, end;
    double rate = load_step(scenario, call, from, &begin, &end);
    for (int i = 0; i < PARTS; i++) {
        nanos at = from + (to - from) / PARTS * i;
        double age = (double)((to - from) / PARTS * (i + 1) + PARTS) / (double)SECOND;
        double then = rate * in_progress(call, age);
        top = fmax(top, load_at(scenario, call, at, ages) - own + then);
        own = then;
    }
    return fmin(rough, top);
}

double load_offered(const struct scenario *scenario, const struct call_class *call, nanos from,
                    nanos to)
{
    if (call->arrivals.kind == ARRIVALS_SOURCES)
        return NAN;
    double sum = 0;
    while (from < to) {
        nanos begin, end;
        double rate = load_step(scenario, call, from, &begin, &end);
        end = end < to ? end : to;
        sum += rate * (double)(end - from) / (double)SECOND;
        from = end;
    }
    return sum;
}
