/* Set-ups a second: calls that a peer refuses because too many came just before.
 *
 * Where calls reach a peer as a Poisson stream (bound to it, drawn at random, or the only peer
 * there) what its bucket refuses is known; exactly, where nothing else refuses any of them. It
 * fills and empties within seconds: of a load that changes, the rate of the moment counts.
 *
 * Where calls choose among several such peers the bucket of each is never fuller than one that all
 * calls fill. As long as that is hardly ever full nothing is refused in the whole run, but for a
 * probability that is known, and everything is as without such limits. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_PACE_H
#define PEERPLAN_MODEL_ESTIMATE_PACE_H

#include "model/estimate/span.h"
#include "model/estimate/trust.h"

/* Adds to a solution what the set-up rates refuse of offered[class] fresh calls in the span. False
 * when out of memory. */
bool pace_add(const struct scenario *scenario, const struct network *network,
              const struct span *span, const double *offered, struct solution *solution);

/* Of a flow with a paced peer. */
struct trust trust_paced(const struct scenario *scenario, const struct flow *flow,
                         const struct flow_outcome *outcome, const struct span *span);

#endif
