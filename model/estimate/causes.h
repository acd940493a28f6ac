/* Why calls are refused: the causes of a flow's calls from what its needs lack. Private to the
 * estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_CAUSES_H
#define PEERPLAN_MODEL_ESTIMATE_CAUSES_H

#include "model/estimate/solve.h"
#include "model/estimate/totals.h"

/* Adds the causes of `calls` calls of a flow to its class. */
void causes_add(struct class_total *total, const struct network *network,
                const struct solution *solution, uint32_t flow, double calls);

#endif
