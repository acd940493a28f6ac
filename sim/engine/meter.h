/* A number with a limit: how much of it is used, over time.
 *
 * The time integral of a number n is kept as a wrapping sum. A change of n by d at time t subtracts
 * d * (t - base); when the interval is closed at T the integral since base is area + n * (T -
 * base), exact modulo 2^64, then area = 0 and base = T. Intervals are closed often enough
 * (CLOSE_LATEST) that it never exceeds 64 bits. A change costs one multiplication and one
 * subtraction, and sums are exact. (Bits times nanoseconds have no room in 64 bits: pipes integrate
 * at every change.)
 *
 * alert_up and alert_down are the levels at which anything else than the area changes (a new peak,
 * full or no longer, an alarm), so that a call usually compares once; alert_up is at most limit +
 * 1, so that what stays below it is within the limit too.
 */
#ifndef PEERPLAN_SIM_METER_H
#define PEERPLAN_SIM_METER_H

#include "sim/engine/watch.h"

#define CLOSE_LATEST HOUR

struct meter {
    int64_t used;
    uint64_t area; /* since the base; of a cluster's units the sum over its peers, taken then */
    int64_t alert_up, alert_down;
    int64_t limit; /* AMPLE: none */
    int64_t peak;
    double integral;  /* closed intervals of the measured period, unit-nanoseconds */
    double interval;  /* of the present interval of the series */
    bool counts_full; /* how long it is full is asked for: used >= limit */
    uint32_t surplus; /* number of that of the simulation, from 1; 0: not asked for (surplus.h) */
    nanos full_since, full_time;
    nanos changed; /* pipes: integrals are kept up to here */
    struct watch watch;
};
_Static_assert(sizeof(struct meter) == 128, "a power of two: a call finds them by shifts");

void meter_reset(struct meter *meter, int64_t limit, enum watched what, bool counts_full);
/* Sets the alert levels after limit, peak or watch were changed. */
void meter_aim(const struct simulation *sim, struct meter *meter);
/* A level was reached: a new peak, full or no longer, an alarm. */
void meter_alert(struct simulation *sim, struct meter *meter, uint32_t cluster, uint32_t peer);

/* The time since the base goes into the integrals; the measured period begins; it is over. */
void meter_close(struct meter *meter, uint64_t since_base);
void meter_measure(const struct simulation *sim, struct meter *meter);
void meter_finish(struct meter *meter, nanos now);

/* `used` changes; since_base is the time since the base. meter_rose or _fell afterwards, once what
 * was changed stays so. */
static inline void meter_change(struct meter *meter, int64_t change, uint64_t since_base)
{
    meter->used += change;
    meter->area -= (uint64_t)change * since_base;
}

static inline void meter_rose(struct simulation *sim, struct meter *meter, uint32_t cluster,
                              uint32_t peer)
{
    if (__builtin_expect(meter->used >= meter->alert_up, 0))
        meter_alert(sim, meter, cluster, peer);
}

static inline void meter_fell(struct simulation *sim, struct meter *meter, uint32_t cluster,
                              uint32_t peer)
{
    if (__builtin_expect(meter->used < meter->alert_down, 0))
        meter_alert(sim, meter, cluster, peer);
}

/* The same for a pipe, never changed after now. */
static inline void pipe_change(struct meter *pipe, int64_t change, nanos now)
{
    double area = (double)pipe->used * (double)(now - pipe->changed);
    pipe->integral += area;
    pipe->interval += area;
    pipe->changed = now;
    pipe->used += change;
}

#endif
