/* How much load is to spare, and the smallest step that would do when the goals are missed. Private
 * to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_ADVICE_H
#define PEERPLAN_MODEL_ESTIMATE_ADVICE_H

#include "model/estimate/run.h"

/* The factor of the whole load at which the worst class just meets the goal, with the peers of the
 * request away (its scale is not used); NAN when there is none between 1/1000 and 1000, or memory
 * ran out. `at_one`: the worst blocking at factor 1; `changes`: the load changes with time. */
double advice_spare(const struct scenario *scenario, const struct run_request *request,
                    bool changes, double at_one);

/* The smallest number of further peers of the cluster with which the goals are met (0: none up to
 * six in all), and of further RMS on it (0: none). False when out of memory. */
bool advice_more_peers(const struct scenario *scenario, uint32_t cluster, int *more);
bool advice_more_rms(const struct scenario *scenario, uint32_t cluster, int64_t *more);

#endif
