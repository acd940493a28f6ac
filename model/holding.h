/* What holding times leave in progress, by their distribution.
 *
 * Calls of rate 1 that began within the last u seconds leave the integral of P(holding > v) for v
 * from 0 to u in progress, whatever the distribution.
 */
#ifndef PEERPLAN_MODEL_HOLDING_H
#define PEERPLAN_MODEL_HOLDING_H

#include "model/scenario.h"

/* The integral of P(holding > v) for v from 0 to u, seconds: the mean load that calls of rate 1 of
 * the last u seconds leave. Tends to the mean holding time. */
double holding_integral(const struct holding *holding, double u);

/* Its own integral from 0 to u: the mean load times u while calls of rate 1 fill an empty system.
 */
double holding_integral_twice(const struct holding *holding, double u);

#endif
