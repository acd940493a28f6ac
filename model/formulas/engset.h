/* Engset's formula: calls from a finite number of sources, one unit each, on a full-availability
 * group.
 *
 * An idle source calls at a constant rate; a refused source is idle again at once. `alpha` is the
 * rate of an idle source times the mean holding time. Holds for every law of holding and of idle
 * time (Engset 1918). Time congestion is the share of time all servers are busy; call congestion
 * the share of calls refused, which is what a user meets: the time congestion that one source less
 * would see. Error below 1e-13 relative; 0 sources never block.
 */
#ifndef PEERPLAN_MODEL_ENGSET_H
#define PEERPLAN_MODEL_ENGSET_H

#include <stdint.h>

struct engset {
    double time_congestion, call_congestion;
    double busy;    /* mean calls in progress */
    double offered; /* calls a mean holding time, refused ones included */
};

/* sources, servers >= 0, alpha >= 0 (asserted). */
struct engset engset(int64_t sources, int64_t servers, double alpha);

/* Natural logarithm of the time congestion; -INFINITY where it is impossible (fewer sources than
 * servers). */
double engset_log(int64_t sources, int64_t servers, double alpha);

#endif
