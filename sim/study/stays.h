/* Refusals while peers that fail at random are away.
 *
 * With a peer away limits are often reached, and to condition on that (sim/study/conditional.h)
 * saves nothing. A set of peers S stays away from a failure or a return until the next: entered
 * from a neighbouring set as often as it is left for it (each peer's chain is reversible), for an
 * exponential time of rate v = the sum of its changes. So the share of calls refused while S is
 * away is
 *
 *     P(S) E[integral of v exp(-v a) r(a) da],   r(a) the share refused at age a of the stay,
 *
 * the length of a stay integrated out. A sample replays calls over some holding times before the
 * entry and then through ages up to a few 1 / v, or until calls in progress have long been
 * replaced: the last ages stand for all later ones. Sets are sampled where that takes most off the
 * variance; their sum has a normal interval.
 *
 * For loads that are constant and have been for ever, and peers of one cluster that fail.
 */
#ifndef PEERPLAN_SIM_STAYS_H
#define PEERPLAN_SIM_STAYS_H

#include "sim/study/workers.h"

struct stays {
    double share, variance; /* of the class's calls that are refused meanwhile; its variance */
    uint64_t samples;
    bool failed, interrupted;
};

/* Sets that are to be sampled so are left out of the reach: their number, at most 255. */
uint32_t stays_choose(struct reach *reach);

/* Samples them to this relative half-width at 95 %, or until the engine's events are used up (0: as
 * many as it takes). */
struct stays stays_run(struct workers *workers, const struct reach *reach, double precision,
                       uint64_t events);

#endif
