/* Which peers are the worst to lose. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_WORST_SET_H
#define PEERPLAN_MODEL_ESTIMATE_WORST_SET_H

#include "model/estimate/run.h"

/* Fills `away` with the worst set of `down` peers to lose, beside those of `out` (NULL: nobody);
 * false when out of memory. down 0: `out`. Sets are ranked by the coarser form, without further
 * failures. */
bool worst_set(const struct scenario *scenario, int down, const struct run_request *request,
               const uint8_t *out, uint8_t *away);

#endif
