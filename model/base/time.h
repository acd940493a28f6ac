/* Time: instants and durations in nanoseconds, from a scenario's time 0. Sums saturate.
 *
 * An instant or duration of FOREVER never comes, or never ends: whatever is added to it or taken
 * from it, it stays so. Everything else lies within +-292 years; a sum beyond that is FOREVER (or
 * -FOREVER), never a wrapped number. Instants are added to and subtracted by these functions only;
 * tests/test_layers.c looks for raw + and - on the clock.
 */
#ifndef PEERPLAN_BASE_TIME_H
#define PEERPLAN_BASE_TIME_H

#include <stdint.h>

typedef int64_t nanos;

#define SECOND   INT64_C(1000000000)
#define MINUTE   (60 * SECOND)
#define HOUR     (60 * MINUTE)
#define DAY      (24 * HOUR)
#define FOREVER  INT64_MAX         /* never, or without end */
#define TIME_MAX (100 * 366 * DAY) /* the longest duration a scenario may state */

/* The instant a duration after (or, negative, before) another. */
static inline nanos time_after(nanos instant, nanos duration)
{
    nanos sum;
    if (instant == FOREVER || duration == FOREVER)
        return FOREVER;
    if (__builtin_add_overflow(instant, duration, &sum))
        return duration > 0 ? FOREVER : -FOREVER;
    return sum;
}

/* The duration from one instant to a later one; FOREVER since what never began. */
static inline nanos time_since(nanos now, nanos then)
{
    nanos passed;
    if (now == FOREVER || then == -FOREVER)
        return FOREVER;
    if (__builtin_sub_overflow(now, then, &passed))
        return then < 0 ? FOREVER : -FOREVER;
    return passed;
}

/* Nearest nanoseconds; beyond what counts as time, FOREVER. */
static inline nanos time_rounded(double nanoseconds)
{
    if (!(nanoseconds < 9.2e18))
        return FOREVER;
    return nanoseconds > -9.2e18 ? (nanos)(nanoseconds + (nanoseconds < 0 ? -0.5 : 0.5)) : -FOREVER;
}

#endif
