/* How often each set of a cluster's peers is down by random outages. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_PEERS_UP_H
#define PEERPLAN_MODEL_ESTIMATE_PEERS_UP_H

#include "model/scenario.h"

/* Probabilities of all sets of a cluster's peers that fail (bit i: its peer i), beside those of
 * `away`, which do not fail any more: 2^peers of them. On average over the run; peers are up when
 * it, or its warm-up, starts. */
void peers_up_law(const struct scenario *scenario, uint32_t cluster, unsigned away, double *law);

/* Can any of its peers that are not away (by cluster; NULL: none is) fail? */
bool peers_up_fail(const struct scenario *scenario, uint32_t cluster, const uint8_t *away);

/* Why weighting by this law is no more than an orientation, or NULL. */
const char *peers_up_reason(const struct scenario *scenario, uint32_t cluster);

/* Seconds that a peer is away, in the mean, by its shortest kind of outage; INFINITY without any.
 */
double peers_up_repair(const struct scenario *scenario, uint32_t cluster);

#endif
