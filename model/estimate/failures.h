/* Peers that fail at random: figures weighted over the number of peers up. Private to the estimate.
 */
#ifndef PEERPLAN_MODEL_ESTIMATE_FAILURES_H
#define PEERPLAN_MODEL_ESTIMATE_FAILURES_H

#include "model/estimate/rows.h"
#include "model/estimate/run.h"

/* Adds the weighted rows and sets *run's blocking to the weighted one; nothing without random
 * outages. False when out of memory. Clusters fail independently; what two of them do at once is
 * added, not multiplied. */
bool failures_weigh(struct maker *m, struct totals *run);

#endif
