/* How many calls of a class are refused at most, whatever formulas know.
 *
 * Without redials the calls in progress are a part of those that the same arrivals would leave in
 * progress without limits, and these are independent Poisson numbers (batches: at most as many
 * bundles as big as the largest; sources that hold exponentially: less than Poisson). A call is
 * refused only where that use exceeds a limit which it meets. Where it may be sent to any of
 * several peers all of it counts against each of them, unless its way of choosing finds a free peer
 * wherever one is. The bound holds at every load that is not above the given one. Private to the
 * estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_BOUND_H
#define PEERPLAN_MODEL_ESTIMATE_BOUND_H

#include "model/estimate/network.h"

struct bound {
    const struct scenario *scenario;
    const struct network *network; /* of the peers that are there */
    const uint8_t *away;           /* by cluster */
    const double *loads;           /* by class; borrowed */
    double *refused;               /* owned, by class; NULL: not worked out yet */
};

/* Share of its calls at most; 1 where nothing is known. */
double bound_of(struct bound *bound, uint32_t class_index);
void bound_release(struct bound *bound);

#endif
