#include "sim/engine/order.h"

#include <stdlib.h>

struct order order_lowest(void)
{
    struct order order = {0};
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++) {
        order.ranks[i] = (uint8_t)(7 - i);
        order.peers[7 - i] = (uint8_t)i;
    }
    return order;
}

/* Order number `code`, its digits to falling bases choosing who has the next rank among those left
 * (Lehmer code). */
static struct order decode(uint32_t code, uint32_t peers)
{
    struct order order = {0};
    uint32_t left[CLUSTER_PEERS_MAX];
    for (uint32_t i = 0; i < peers; i++)
        left[i] = i;
    for (uint32_t rank = 0; rank < peers; rank++) {
        uint32_t digit = code % (peers - rank), peer = left[digit];
        code /= peers - rank;
        left[digit] = left[peers - rank - 1];
        order.ranks[peer] = (uint8_t)rank;
        order.peers[rank] = (uint8_t)peer;
    }
    return order;
}

bool orders_init(struct orders *orders, uint32_t peers)
{
    orders->count = 1;
    for (uint32_t i = 2; i <= peers; i++)
        orders->count *= i;
    orders->all = calloc(orders->count, sizeof *orders->all);
    for (uint32_t code = 0; orders->all && code < orders->count; code++)
        orders->all[code] = decode(code, peers);
    return orders->all;
}

void orders_release(struct orders *orders)
{
    free(orders->all);
    *orders = (struct orders){0};
}

void tie_draws_init(struct tie_draws *draws, const struct orders *orders, uint64_t seed,
                    uint32_t replication, uint64_t index)
{
    draws->at = TIE_DRAWS_AHEAD;
    draws->orders = orders;
    stream_init(&draws->stream, seed, replication, PURPOSE_TIES, index);
}

void tie_draws_refill(struct tie_draws *draws)
{
    uint64_t numbers[TIE_DRAWS_AHEAD / 2], count = draws->orders->count;
    stream_draws(&draws->stream, numbers, TIE_DRAWS_AHEAD / 2);
    for (uint32_t i = 0; i < TIE_DRAWS_AHEAD / 2; i++) {
        draws->ahead[2 * i] = (uint16_t)((numbers[i] & UINT32_MAX) * count >> 32);
        draws->ahead[2 * i + 1] = (uint16_t)((numbers[i] >> 32) * count >> 32);
    }
    draws->at = 0;
}
