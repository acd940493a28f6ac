#include "model/busiest.h"

#include <math.h>
#include <stdlib.h>

#include "model/load.h"

static bool varies(const struct call_class *call)
{
    return call->arrivals.kind == ARRIVALS_RATE && call->arrivals.steps.count > 1;
}

/* When a step begins in the run: of daily rates on its second day. */
static nanos step_begin(const struct scenario *s, const struct rate_steps *steps, uint32_t i)
{
    nanos midnight = (s->run.start_unix % 86400) * SECOND;
    return steps->daily ? (steps->times[i] - midnight + DAY) % DAY + DAY : steps->times[i];
}

static double hour_load(const struct scenario *s, const struct call_class *call, nanos from,
                        struct ages *ages)
{
    if (!varies(call))
        return load_stationary(call);
    nanos to = from + HOUR, begin, end;
    double load = load_offered(s, call, from, to) / 3600 * load_hold(call);
    for (nanos at = from; at < to; at = end) {
        load_step(s, call, at, &begin, &end);
        load = fmax(load, load_at(s, call, end < to ? end : to, ages));
    }
    return load;
}

double busiest_erlangs(const struct scenario *s, const struct call_class *call)
{
    struct ages ages = {0};
    const struct rate_steps *steps = &call->arrivals.steps;
    double most = varies(call) ? 0 : load_stationary(call);
    for (uint32_t i = 0; varies(call) && i < steps->count; i++)
        most = fmax(most, hour_load(s, call, step_begin(s, steps, i), &ages));
    ages_release(&ages);
    return most;
}

static int compare_times(const void *a, const void *b)
{
    nanos x = *(const nanos *)a, y = *(const nanos *)b;
    return x < y ? -1 : x > y;
}

/* Beginnings of all steps, each once; owned, NULL when out of memory. */
static nanos *list_times(const struct scenario *s, size_t *count)
{
    size_t room = 1;
    for (uint32_t k = 0; k < s->class_count; k++)
        room += varies(&s->classes[k]) ? s->classes[k].arrivals.steps.count : 0;
    nanos *times = calloc(room, sizeof *times);
    *count = 0;
    for (uint32_t k = 0; times && k < s->class_count; k++) {
        const struct rate_steps *steps = &s->classes[k].arrivals.steps;
        for (uint32_t i = 0; varies(&s->classes[k]) && i < steps->count; i++)
            times[(*count)++] = step_begin(s, steps, i);
    }
    if (!times)
        return NULL;
    qsort(times, *count, sizeof *times, compare_times);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || times[i] != times[kept - 1])
            times[kept++] = times[i];
    *count = kept;
    return times;
}

bool busiest_load(const struct scenario *s, nanos *at, double *erlangs)
{
    size_t count;
    nanos *times = list_times(s, &count), busiest = 0;
    struct ages *ages = calloc(s->class_count + (size_t)1, sizeof *ages);
    bool ok = times && ages;
    double most = -1;
    for (size_t i = 0; ok && i < count; i++) {
        double sum = 0;
        for (uint32_t k = 0; k < s->class_count; k++)
            sum += hour_load(s, &s->classes[k], times[i], &ages[k]);
        if (sum > most) {
            most = sum;
            busiest = times[i];
        }
    }
    for (uint32_t k = 0; ok && erlangs && k < s->class_count; k++)
        erlangs[k] = hour_load(s, &s->classes[k], busiest, &ages[k]);
    for (uint32_t k = 0; ages && k < s->class_count; k++)
        ages_release(&ages[k]);
    free(ages);
    free(times);
    *at = count > 0 ? (busiest + (s->run.start_unix % 86400) * SECOND) % DAY : 0;
    return ok;
}
