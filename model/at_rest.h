/* Devices at rest: who is registered once things have settled, and which limit keeps the others
 * out. Counted, not simulated.
 *
 * Populations find their places in the order of the file, each device at the peer that its spread
 * wants, else at the emptiest that has room: within the registrations, MRA registrations, encrypted
 * sessions and refreshes of the peers that are there, the same of the core peers behind an edge,
 * factor x node of both clusters, and the pool of its licence. That is the state in which a
 * simulation starts with these peers down (sim/engine/registrations.h). Licences of a peer that is
 * down stay in the pool, but where the cluster's grace is 0. Where no peer of their cluster is
 * there devices register to their fallback.
 *
 * How many find a place does not depend on chance, but for softphones that may or may not have IM
 * (im: between 0 and 1, two encrypted sessions): there the mean is counted with.
 */
#ifndef PEERPLAN_MODEL_AT_REST_H
#define PEERPLAN_MODEL_AT_REST_H

#include "model/limits.h"

struct at_rest_population {
    int64_t devices, out; /* all, and those that no peer takes */
    /* what keeps them out, where out > 0: LIMIT_COUNT: no peer is there */
    enum limit limit;
    enum limit_holder holder;
    uint32_t index; /* cluster, or one of the peers that are full */
    bool chance;    /* the number is a mean */
    uint32_t at; /* the cluster they register to: their fallback's where none of their own is there
                  */
};

struct at_rest_node { /* a peer, or a cluster as a whole */
    int64_t registrations, mra;
    double sessions;  /* encrypted */
    double refreshes; /* requests a second */
    int64_t licences[LICENCE_COUNT];
    int64_t provisioning, findme, phonebook; /* of a cluster, as stated */
};

struct at_rest {
    struct at_rest_population *populations; /* owned, by population */
    struct at_rest_node *peers, *clusters;  /* owned */
};

/* At the start of the run, with the peers `down` (scenario indices) away. around: only populations
 * that meet those of this cluster somewhere, the others count as without devices; NONE: all. False
 * when out of memory; release in any case. */
bool at_rest_count(const struct scenario *scenario, const uint32_t *down, uint32_t down_count,
                   uint32_t around, struct at_rest *rest);
void at_rest_release(struct at_rest *rest);

/* What a node holds against this limit; NAN where devices at rest do not draw on it. */
double at_rest_use(const struct at_rest *rest, const struct limit_entry *entry);

#endif
