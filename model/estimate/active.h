/* Which limits can refuse a call at all, and which of them are coupled by calls that need both.
 * Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_ACTIVE_H
#define PEERPLAN_MODEL_ESTIMATE_ACTIVE_H

#include "model/estimate/solve.h"

/* Sets `active` and `component` of every resource. Left out is what refuses with a probability
 * below a bound that `effort` gives: by Chernoff's bound, which holds for the limited system too by
 * Harris' inequality. */
void active_find(const struct scenario *scenario, const struct network *network,
                 const double *loads, enum effort effort, struct resource_outcome *resources);

#endif
