/* One resource as the formulas see it: a number of places, and how many a call of each flow takes.
 *
 * Peers and caps are reduced to calls where all calls have one size, else to units divided by their
 * common factor. Private to the estimate.
 */
#ifndef PEERPLAN_MODEL_ESTIMATE_LANE_H
#define PEERPLAN_MODEL_ESTIMATE_LANE_H

#include "model/estimate/network.h"
#include "model/formulas/fragmentation.h"

struct lane {
    uint32_t resource;
    int64_t total; /* in the resource's own measure */
    int64_t places, divisor;
    bool one_size;
    bool fragmented; /* two-place calls need the acceptance */
    double acceptance[FRAGMENTATION_PEERS_MAX + 1];
    int acceptance_count;
    int peers, cap, rms; /* who refuses, as in resource_outcome */
    int64_t peer_places; /* of the smallest peer */
    const char *reason;
};

/* amounts and rms of the flows that use it; share: of two-place calls among them, for
 * fragmentation. */
struct lane lane_make(const struct resource *resource, uint32_t index, const struct need *needs,
                      int count, const double *loads);

#endif
