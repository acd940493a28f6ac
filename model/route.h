/* The route of one call, as each peer that it passes would show it.
 *
 * The chapter's rules (X14.2, "About the Cluster Subzone" and "Neighboring Between Expressway
 * Clusters"): a call enters a cluster at one peer; that peer delivers it to its own registration,
 * to the peer that holds the registration, or to an external zone. Between two peers of a cluster a
 * call passes the Cluster Subzone during set-up, which is gone from the route once the call is
 * established. A call through a zone passes the Default Subzone on the receiving peer. With call
 * signalling optimization an H.323 call does not appear on the receiving peer when another peer
 * holds the registration.
 */
#ifndef PEERPLAN_MODEL_ROUTE_H
#define PEERPLAN_MODEL_ROUTE_H

#include "model/scenario.h"

#define ROUTE_HOPS_MAX 16

/* One cluster that the call passes: where it enters, where it leaves, and what lies on either side.
 */
struct route_stage {
    uint32_t cluster;
    const char *from; /* the zone it comes through; NULL: from an endpoint registered to `enters` */
    const char *to;   /* the zone it leaves through; NULL: to an endpoint registered to `leaves` */
    uint32_t enters;  /* peer */
    uint32_t leaves;  /* peer; the same as `enters` when one peer does all */
};

struct route_hop {
    uint32_t peer;
    char text[160];        /* "Branch Office -> Default Subzone -> Cluster Subzone" during set-up */
    char established[160]; /* after it */
    bool media;            /* media of the call is on this peer, when it traverses peers at all */
};

struct route {
    struct route_hop hops[ROUTE_HOPS_MAX];
    uint32_t hop_count;
};

/* Adds the hops of a stage. optimized: H.323 with call signalling optimization on. */
void route_add(struct route *route, const struct route_stage *stage, bool optimized);

#endif
