/* Which peer of a cluster gets a call: the policy of the leg, applied to the peers that take part.
 *
 * Sources: the policies of the product are most-available (neighbour and traversal zones), srv and
 * round-robin (domain of the design, "Calls"); the others are for what-if questions.
 */
#ifndef PEERPLAN_SIM_CHOICE_H
#define PEERPLAN_SIM_CHOICE_H

#include "sim/engine/state.h"

/* The order that breaks the ties of this choice. It is drawn whether there is a tie or not. */
static inline const struct order *draw_order(struct cluster_state *cluster)
{
    return cluster->random_ties ? tie_draws_next(&cluster->ties) : &cluster->lowest;
}

/* The place of the greatest key. No branch depends on whose it is; places without a peer never win.
 */
static inline uint32_t most_available(struct cluster_state *cluster)
{
    const struct order *order = draw_order(cluster);
    int64_t most = cluster->keys[0] + order->ranks[0];
#pragma GCC unroll 6
    for (uint32_t i = 1; i < CLUSTER_PEERS_MAX; i++) {
        int64_t key = cluster->keys[i] + order->ranks[i];
        most = key > most ? key : most;
    }
    return order_peer(order, most);
}

/* The peer (its place in the cluster) that the policy chooses, or NONE with the cause. */
uint32_t choice_among(struct cluster_state *cluster, const struct leg *leg, uint32_t *causes);

/* The same, quickly in the common case. */
static inline uint32_t choice_peer(struct cluster_state *cluster, const struct leg *leg,
                                   uint32_t *causes)
{
    return leg->keyed && cluster->settled ? most_available(cluster)
                                          : choice_among(cluster, leg, causes);
}

/* Whether a peer can take a call of so many units. */
static inline bool peer_fits(const struct peer_load *peer, int64_t units)
{
    return peer->units.limit - peer->units.used >= units && peer->sessions < peer->sessions_limit;
}

#endif
