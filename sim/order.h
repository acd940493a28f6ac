/* Orders of the peers of a cluster, to break ties by: all of them, so that a random one is one table row.
 *
 * In an order each peer has a rank 0..n-1. Adding its rank to eight times what a peer has available makes a key whose
 * greatest is the peer with most available, first in the order among those that tie; the last three bits of the key name
 * it. Uniform orders give uniform choices, without a branch that depends on who ties.
 */
#ifndef PEERPLAN_SIM_ORDER_H
#define PEERPLAN_SIM_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/capacity.h"

struct order {
    uint64_t ranks; /* byte i: the rank of peer i */
    uint64_t peers; /* byte r: the peer of rank r */
};

struct orders {
    struct order *all; /* owned */
    uint32_t count;    /* peers! */
};

/* Every order of so many peers; false when out of memory. */
bool orders_init(struct orders *orders, uint32_t peers);
void orders_release(struct orders *orders);
struct order order_lowest(void); /* the one in which the lowest place wins */

static inline int64_t order_rank(const struct order *order, uint32_t peer)
{
    return (int64_t)(order->ranks >> (8 * peer) & 7);
}

static inline uint32_t order_peer(const struct order *order, int64_t key)
{
    return (uint32_t)(order->peers >> (8 * ((uint64_t)key & 7)) & 7);
}

#endif
