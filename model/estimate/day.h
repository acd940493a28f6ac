/* The exact solution in time, for classes that have one: one size of Poisson calls, one exponential
 * holding time. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_DAY_H
#define PEERPLAN_MODEL_ESTIMATE_DAY_H

#include "model/estimate/network.h"
#include "model/estimate/totals.h"

/* Replaces what was approximated over hours (spans of equal length that follow each other from
 * `from`) by it. False when out of memory. */
bool day_exact(struct totals *hours, int count, const struct scenario *scenario,
               const struct network *network, nanos from, nanos length);

#endif
