/* Where the arrivals of one class come from: a Poisson process of piecewise constant rate (single
 * calls or batches), a finite population, or a trace.
 *
 * Rates are exact at the edges of steps: what is drawn is the integrated rate until the next
 * arrival, which is then spent over the steps. A finite population spends it at its present rate,
 * so a change of the number of idle sources needs no new draw.
 */
#ifndef PEERPLAN_SIM_SOURCE_H
#define PEERPLAN_SIM_SOURCE_H

#include "model/scenario.h"
#include "sim/engine/random.h"

struct arrivals_source {
    nanos next;  /* time of the next arrival; FOREVER: none */
    nanos after; /* of the one after it, where rates are given: worked out before it is needed */
    double gap;  /* mean nanoseconds between arrivals at the present rate; INFINITY: rate 0 */
    nanos until; /* end of the present step */
    struct exponentials gaps;
    uint32_t step;
    nanos day_offset; /* time of day of the scenario's time 0 */
    int64_t idle;     /* finite population */
    double hazard;    /* integrated rate left, as of `since` */
    nanos since;
    const struct arrivals *arrivals; /* borrowed */
};

/* `ahead` and `room` as exponentials_init takes them. */
void source_init(struct arrivals_source *source, const struct arrivals *arrivals, nanos day_offset,
                 double *ahead, uint32_t room);
/* The random gaps of a replication; source_start follows. */
void source_reset(struct arrivals_source *source, uint64_t seed, uint32_t replication,
                  uint64_t index);
/* `held`: the rates of time 0 hold from the start until then, else those of their own time. */
void source_start(struct arrivals_source *source, nanos start, bool held);

/* Arrivals (or batches) per second at a time; 0 where no rates are given. */
double source_rate_at(const struct arrivals_source *source, nanos time);
/* The same, and when that rate ends; far away where it does not. */
double source_rate_until(const struct arrivals_source *source, nanos time, nanos *until);

void source_next_step(struct arrivals_source *source, nanos from,
                      double hazard); /* spends over the edge of a step */
void source_set_idle(struct arrivals_source *source, nanos now, int64_t idle);
void source_draw_idle(struct arrivals_source *source,
                      nanos now); /* a finite population's next call */

/* Moves on to the next arrival at given rates. */
static inline void source_advance(struct arrivals_source *source)
{
    nanos from = source->next = source->after;
    double hazard = exponentials_next(&source->gaps);
    double wait = hazard * source->gap + 0.5;
    if (__builtin_expect(wait < (double)(source->until - from), 1))
        source->after = from + (nanos)wait;
    else
        source_next_step(source, from, hazard);
}

#endif
