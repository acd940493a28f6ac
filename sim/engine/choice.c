#include "sim/engine/choice.h"

/* The one of `mask` with most available (sign 1) or least (sign -1). mask is not empty. */
static uint32_t extreme(struct cluster_state *cluster, uint8_t mask, int64_t sign)
{
    const struct order *order = draw_order(cluster);
    int64_t most = INT64_MIN;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        int64_t key = sign * cluster->keys[i] + order->ranks[i];
        if (mask >> i & 1 && key > most)
            most = key;
    }
    return order_peer(order, most);
}

/* One of them, each as likely. */
static uint32_t any_of(uint8_t mask, struct stream *stream)
{
    uint32_t left = mask;
    for (uint64_t skip = stream_below(stream, (uint64_t)__builtin_popcount(left)); skip; skip--)
        left &= left - 1;
    return (uint32_t)__builtin_ctz(left);
}

/* One of them by its weight; where none has any, each as likely. */
static uint32_t any_by_weight(const struct leg *leg, uint8_t mask, struct stream *stream)
{
    double sum = 0;
    uint32_t last = NONE;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        sum += mask >> i & 1 ? leg->weights[i] : 0;
    if (!(sum > 0))
        return any_of(mask, stream);
    double left = stream_uniform(stream) * sum;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX && left >= 0; i++) {
        if (!(mask >> i & 1) || !(leg->weights[i] > 0))
            continue;
        last = i;
        left -= leg->weights[i];
    }
    return last;
}

static uint8_t fitting(const struct cluster_state *cluster, const struct leg *leg, uint8_t mask)
{
    unsigned fit = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        fit |= (unsigned)peer_fits(&cluster->peers[i], leg->wants[i]) << i;
    return mask & (uint8_t)fit;
}

static uint32_t in_turn(struct cluster_state *cluster, uint8_t mask)
{
    for (uint32_t i = 0;; i++) {
        uint32_t peer = (cluster->turn_next + i) % cluster->peer_count;
        if (mask >> peer & 1) {
            cluster->turn_next = (uint8_t)((peer + 1) % cluster->peer_count);
            return peer;
        }
    }
}

/* Applies the policy to the candidates. Policies that try several peers choose among those that can
 * take the call. */
static uint32_t apply_policy(struct cluster_state *cluster, const struct leg *leg, uint8_t mask)
{
    switch (leg->policy) {
    case SELECT_FIRST_FIT:
        return (uint32_t)__builtin_ctz(mask);
    case SELECT_BEST_FIT:
        return extreme(cluster, mask, -1);
    case SELECT_RANDOM:
    case SELECT_RANDOM_FIT:
    case SELECT_SRV:
        return leg->weighted ? any_by_weight(leg, mask, &cluster->choice)
                             : any_of(mask, &cluster->choice);
    case SELECT_ROUND_ROBIN:
        return in_turn(cluster, mask);
    default:
        return extreme(cluster, mask, 1);
    }
}

uint32_t choice_among(struct cluster_state *cluster, const struct leg *leg, uint32_t *causes)
{
    uint8_t mask = leg->candidates & cluster->choosable;
    if (leg->dead_next)
        mask &= (uint8_t)~cluster->undetected;
    for (uint32_t t = 0; t < leg->tier_count; t++)
        if (mask & leg->tiers[t]) {
            mask &= leg->tiers[t];
            break;
        }
    if (!mask) {
        *causes |= 1u << CAUSE_NO_PEER;
        return NONE;
    }
    if (leg->several) {
        uint8_t fit = fitting(cluster, leg, mask);
        if (!fit) {
            *causes |= 1u << CAUSE_PEER_UNITS;
            return NONE;
        }
        mask = fit;
    }
    uint32_t local = apply_policy(cluster, leg, mask);
    if (cluster->undetected >> local & 1) {
        *causes |= 1u << CAUSE_NO_PEER;
        return NONE;
    }
    return local;
}
