/* How much load is to spare. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_SPARE_H
#define PEERPLAN_MODEL_ESTIMATE_SPARE_H

#include "model/estimate/run.h"

/* The factor of the whole load at which the worst class just meets the goal, with the peers of the
 * request away (its scale is not used); NAN when there is none between 1/1000 and 1000, or memory
 * ran out. `at_one`: run_excess() at factor 1; `changes`: the load changes with time. */
double spare_factor(const struct scenario *scenario, const struct run_request *request,
                    bool changes, double at_one);

#endif
