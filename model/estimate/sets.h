/* Sets of peers that are down together, and which of them is the worst to lose. Masks by cluster:
 * bit i: its peer i. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_SETS_H
#define PEERPLAN_MODEL_ESTIMATE_SETS_H

#include "model/scenario.h"

#define SETS_MAX    64   /* of a cluster's peers */
#define SETS_OF_TWO 1024 /* of so many peers of two clusters */

/* Sets of `down` peers that may be the worst to lose, beside those of `out` (NULL: nobody), which
 * are in every set: at most `room` rows of cluster_count masks are written. */
int sets_of(const struct scenario *scenario, int down, const uint8_t *out, uint8_t *masks,
            int room);

/* Peers of one kind are interchangeable: no figure would change if they changed places. kinds[i]:
 * the first peer of the cluster that peer i is like. */
void sets_kinds(const struct scenario *scenario, uint32_t cluster, uint8_t *kinds);
/* The set of as many peers of each kind that stands for all of them. */
unsigned sets_standing_for(const uint8_t *kinds, int peers, unsigned mask);

#endif
