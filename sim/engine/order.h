/* Orders of the peers of a cluster, to break ties by: all of them, so that a random one is one
 * table row.
 *
 * In an order each peer has a rank 0..n-1. Adding its rank to eight times what a peer has available
 * makes a key whose greatest is the peer with most available, first in the order among those that
 * tie; the last three bits of the key name it. Uniform orders give uniform choices, without a
 * branch that depends on who ties.
 */
#ifndef PEERPLAN_SIM_ORDER_H
#define PEERPLAN_SIM_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/capacity.h"
#include "sim/engine/random.h"

struct order {
    uint8_t ranks[8]; /* of peer i */
    uint8_t peers[8]; /* of rank r */
};

struct orders {
    struct order *all; /* owned */
    uint32_t count;    /* peers! */
};

/* Every order of so many peers; false when out of memory. */
bool orders_init(struct orders *orders, uint32_t peers);
void orders_release(struct orders *orders);
struct order order_lowest(void); /* the one in which the lowest place wins */

#define TIE_DRAWS_AHEAD 64

/* Orders drawn at random, a few ahead. A random number serves two: 32 bits choose among at most
 * 720.
 */
struct tie_draws {
    uint32_t at;                     /* of ahead */
    uint16_t ahead[TIE_DRAWS_AHEAD]; /* places in orders->all */
    const struct orders *orders;     /* borrowed */
    struct stream stream;
};

void tie_draws_init(struct tie_draws *draws, const struct orders *orders, uint64_t seed,
                    uint32_t replication, uint64_t index);
void tie_draws_refill(struct tie_draws *draws);

static inline const struct order *tie_draws_next(struct tie_draws *draws)
{
    if (__builtin_expect(draws->at == TIE_DRAWS_AHEAD, 0))
        tie_draws_refill(draws);
    return &draws->orders->all[draws->ahead[draws->at++]];
}

static inline uint32_t order_peer(const struct order *order, int64_t key)
{
    return order->peers[key & 7];
}

#endif
