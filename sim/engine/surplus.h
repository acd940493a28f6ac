/* How long the system without limits would be over a limit, beside the real one.
 *
 * If nothing were limited, a call that is refused would go on: until its end it is kept in mind as
 * surplus, which takes part in nothing. What is in use and the surplus together are the system
 * without limits; of Poisson calls the probability that it has reached a threshold is known
 * exactly, so that the time for which it had is a control variate for refusals
 * (sim/study/control.h).
 *
 * It is asked of a meter whether used + surplus >= threshold: while there is surplus the level at
 * which it looks moves down, and a call still compares once. Only for runs in which nothing but
 * calls changes what is in use: no peer goes or comes, no call redials.
 */
#ifndef PEERPLAN_SIM_SURPLUS_H
#define PEERPLAN_SIM_SURPLUS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

/* A threshold of what a cluster has in use. */
struct surplus_limit {
    uint32_t cluster;
    bool of_rms; /* halves; else units */
    int64_t threshold;
};

struct surplus {
    int64_t threshold, amount;
    nanos over_since; /* FOREVER: it is not */
    nanos over_time;
};

struct simulation;
struct meter;

/* By the options of the simulation, after its meters were reset. */
void surplus_reset(struct simulation *sim);
/* A call of this variant was refused that would have ended then; and it would end now. */
void surplus_add(struct simulation *sim, uint32_t variant, nanos end);
void surplus_end(struct simulation *sim, uint32_t variant);

/* Is it over the threshold, now that one of the two changed? */
void surplus_look(struct surplus *surplus, int64_t used, nanos now);

void surplus_measure(struct simulation *sim);
/* Seconds over each threshold since measuring began, at its end. */
void surplus_collect(const struct simulation *sim, double *seconds);

#endif
