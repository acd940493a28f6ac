/* The licence pool of a cluster: what is installed on which peer, and what a lost peer leaves
 * behind.
 *
 * Rich media session, room and desktop licences serve the whole cluster, wherever they are
 * installed: the pool is their sum. (Feature keys are not pooled: each peer needs its own.)
 * Licences of a peer that is away stay in the pool for a grace, 14 days with option keys, and then
 * leave it until the peer is back; with smart licensing no such rule is stated, and the grace is
 * FOREVER. Licences on the cluster as a whole never leave. A pool that shrinks cuts no call in
 * progress: new calls wait until the use is below it.
 *
 * Sources: Administrator Guide X14.2, "Clustering and Peers" (the pool, and the example of four
 * peers with 750 desktop licences and 250 sessions of which any one may be out); "Licensing" of the
 * same guide (14 days).
 */
#ifndef PEERPLAN_MODEL_LICENCES_H
#define PEERPLAN_MODEL_LICENCES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

/* What one peer brings. */
struct licence_share {
    int64_t installed;
    nanos away_since; /* when the peer was lost; FOREVER while it is there */
};

/* Licences in the pool at a time: what lies on the cluster, and the shares of the peers that are
 * there or have been away for less than the grace. now >= away_since of every peer that is away. */
int64_t licence_pool_size(const struct licence_share *shares, uint32_t count, int64_t on_cluster,
                          nanos grace, nanos now);

const char *licence_name(enum licence kind); /* "rms", "desktop", "room" */

/* All licences of a kind that a scenario installs in a cluster, on peers and on the cluster as a
 * whole. */
int64_t licences_installed(const struct scenario *scenario, uint32_t cluster, enum licence kind);

/* The peer has no option key of a kind that others of its cluster have (licensing: pak). */
bool licence_key_missing(const struct scenario *scenario, uint32_t peer, enum licence kind);
/* All peers of the cluster that hold licences of the kind are among those `away` (bit i: its peer
 * i). */
bool licence_holders_out(const struct scenario *scenario, uint32_t cluster, enum licence kind,
                         unsigned away);
/* The alarm of a peer that needs a licence and has no key: to be ignored while the pool serves it,
 * but not when the only peers that hold the licences are out ("Clustering and Peers", option keys).
 * The product's id, and what is said. */
int licence_key_alarm(enum licence kind);
const char *licence_key_text(enum licence kind, bool holders_out);

#endif
