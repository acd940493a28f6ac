#include "sim/engine/source.h"

#include <math.h>

#define NO_END (FOREVER / 2) /* of a step: differences to it do not overflow */

void source_init(struct arrivals_source *source, const struct arrivals *arrivals, nanos day_offset,
                 double *ahead, uint32_t room)
{
    *source =
        (struct arrivals_source){.next = FOREVER, .arrivals = arrivals, .day_offset = day_offset};
    exponentials_init(&source->gaps, ahead, room);
}

static double gap_of_rate(double rate)
{
    return rate > 0 ? (double)SECOND / rate : INFINITY;
}

static void enter_daily_step(struct arrivals_source *source, nanos now)
{
    const struct rate_steps *steps = &source->arrivals->steps;
    nanos clock = time_after(now, source->day_offset) % DAY;
    if (clock < 0)
        clock += DAY;
    int64_t step = rate_steps_find(steps, clock);
    uint32_t next = (uint32_t)(step + 1);
    source->step = step < 0 ? steps->count - 1 : (uint32_t)step; /* yesterday's last goes on */
    source->gap = gap_of_rate(steps->rates[source->step]);
    source->until = time_after(now, (next < steps->count ? steps->times[next] : DAY) - clock);
}

/* Before the first step nothing comes, but a rate that holds from time 0 also holds while warming
 * up. */
static void enter_single_step(struct arrivals_source *source, nanos now)
{
    const struct rate_steps *steps = &source->arrivals->steps;
    int64_t step = rate_steps_find(steps, now < 0 ? 0 : now);
    uint32_t next = (uint32_t)(step + 1);
    source->step = step < 0 ? steps->count : (uint32_t)step;
    source->gap = step < 0 ? INFINITY : gap_of_rate(steps->rates[step]);
    source->until = next < steps->count ? steps->times[next] : NO_END;
}

static void enter_step(struct arrivals_source *source, nanos now)
{
    if (source->arrivals->steps.count ==
        1) { /* one step: the same at all times, unless it begins later */
        source->gap = gap_of_rate(source->arrivals->steps.rates[0]);
        source->until = NO_END;
        if (source->arrivals->steps.daily || source->arrivals->steps.times[0] <= 0)
            return;
    }
    if (source->arrivals->steps.daily)
        enter_daily_step(source, now);
    else
        enter_single_step(source, now);
}

void source_next_step(struct arrivals_source *source, nanos from, double hazard)
{
    uint32_t barren = 0; /* steps of rate 0 passed in a row */
    if (from == FOREVER)
        return;
    for (;;) {
        double wait = hazard * source->gap + 0.5;
        if (wait < (double)(source->until - from)) {
            source->after = from + (nanos)wait;
            return;
        }
        if (source->until > TIME_MAX || barren > source->arrivals->steps.count + 2) {
            source->after = FOREVER;
            return;
        }
        barren = isinf(source->gap) ? barren + 1 : 0;
        hazard -= isinf(source->gap) ? 0 : (double)(source->until - from) / source->gap;
        if (hazard < 0)
            hazard = 0;
        from = source->until;
        enter_step(source, from);
    }
}

double source_rate_until(const struct arrivals_source *source, nanos time, nanos *until)
{
    struct arrivals_source then = {
        .arrivals = source->arrivals, .day_offset = source->day_offset, .until = NO_END};
    if (source->arrivals->kind == ARRIVALS_RATE)
        enter_step(&then, time);
    *until = then.until;
    return source->arrivals->kind == ARRIVALS_RATE ? (double)SECOND / then.gap : 0;
}

double source_rate_at(const struct arrivals_source *source, nanos time)
{
    nanos until;
    return source_rate_until(source, time, &until);
}

static void spend(struct arrivals_source *source, nanos now)
{
    double rate = (double)source->idle / (source->arrivals->idle_mean * (double)SECOND);
    source->hazard -= (double)(time_since(now, source->since)) * rate;
    if (source->hazard < 0)
        source->hazard = 0;
    source->since = now;
}

static void place(struct arrivals_source *source)
{
    double wait =
        source->hazard * source->arrivals->idle_mean * (double)SECOND / (double)source->idle + 0.5;
    source->next =
        source->idle > 0 && wait < (double)TIME_MAX ? source->since + (nanos)wait : FOREVER;
}

void source_set_idle(struct arrivals_source *source, nanos now, int64_t idle)
{
    spend(source, now);
    source->idle = idle;
    place(source);
}

void source_draw_idle(struct arrivals_source *source, nanos now)
{
    source->since = now;
    source->hazard = exponentials_next(&source->gaps);
    place(source);
}

void source_reset(struct arrivals_source *source, uint64_t seed, uint32_t replication,
                  uint64_t index)
{
    exponentials_reset(&source->gaps, seed, replication, PURPOSE_GAP, index);
}

void source_start(struct arrivals_source *source, nanos start, bool held)
{
    source->next = FOREVER;
    source->after = start;
    if (source->arrivals->kind == ARRIVALS_SOURCES) {
        source->idle = source->arrivals->sources;
        source_draw_idle(source, start);
    } else if (source->arrivals->kind == ARRIVALS_RATE) {
        enter_step(source, held && start < 0 ? 0 : start);
        if (held && start < 0)
            source->until = 0;
        source_advance(source); /* from the start to the first */
        source_advance(source);
    }
}
