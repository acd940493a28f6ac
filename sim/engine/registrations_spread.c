/* Where endpoints are at the start: evenly or by weights, within the limits, at random phases. */
#include "sim/engine/registrants.h"

/* A group that is spread over the peers that are open to it. */
struct spreading {
    struct registrations *registrations;
    const struct registrant_group *group;
    uint8_t open;
    nanos now;
};

/* Peers that are up and part of the cluster. */
static uint8_t open_peers(const struct registrations *r, const struct registrant_group *group,
                          nanos now)
{
    unsigned members = registrant_members(r, group->cluster, now);
    for (uint8_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        if (members >> i & 1 && !registrar_up(&r->registrar, registrant_peer_index(r, group, i)))
            members &= ~(1u << i);
    return (uint8_t)members;
}

/* Weights of a group's peers: as stated where a peer of some weight is up, else even. */
static double spread_weights(const struct registrations *r, const struct registrant_group *group,
                             uint8_t open, double weights[CLUSTER_PEERS_MAX])
{
    const double *stated =
        group->home == NONE ? r->scenario->endpoints[group->population].spread : NULL;
    double sum = 0;
    for (int i = 0; i < CLUSTER_PEERS_MAX; i++)
        sum += weights[i] = stated && open >> i & 1 ? stated[i] : 0;
    if (sum > 0)
        return sum;
    for (int i = 0; i < CLUSTER_PEERS_MAX; i++)
        weights[i] = open >> i & 1;
    return __builtin_popcount(open);
}

/* Deals in turn by weight: every peer's share is right to within one endpoint at any moment. */
static uint8_t deal(double credit[CLUSTER_PEERS_MAX], const double weights[CLUSTER_PEERS_MAX],
                    double sum)
{
    uint8_t best = NO_PEER;
    for (uint8_t i = 0; i < CLUSTER_PEERS_MAX; i++) {
        credit[i] += weights[i];
        if (weights[i] > 0 && (best == NO_PEER || credit[i] > credit[best]))
            best = i;
    }
    if (best != NO_PEER)
        credit[best] -= sum;
    return best;
}

/* Peers that the other flows of this endpoint sit on. */
static uint8_t siblings(const struct registrations *r, const struct registrant_group *group,
                        uint32_t id)
{
    unsigned set = 0;
    uint32_t first = id - (id - group->first) % group->flows;
    for (uint32_t i = first; i < id; i++)
        if (r->registrants[i].state == REGISTRANT_HELD)
            set |= 1u << r->registrants[i].peer;
    return (uint8_t)set;
}

/* A further flow goes to any other peer. */
static uint8_t any_of(const struct registrations *r, const struct registrant_group *group,
                      uint32_t id, uint8_t set)
{
    if (!set)
        return NO_PEER;
    uint64_t bits = registrant_draw(r, group, id, 3);
    for (uint64_t k = bits % (unsigned)__builtin_popcount(set); k > 0; k--)
        set = (uint8_t)(set & (set - 1));
    return (uint8_t)__builtin_ctz(set);
}

/* The wanted peer if it has room, else the emptiest that has; NO_PEER. */
static uint8_t with_room(const struct spreading *s, uint32_t id, uint8_t wanted, uint8_t set)
{
    const struct registrations *r = s->registrations;
    const struct registrant_group *group = s->group;
    struct claim claim = registrant_claim(r, group, id);
    bool licensed = !registrant_flow_held(r, group, id);
    uint8_t best = NO_PEER;
    int64_t least = INT64_MAX;
    for (; set; set = (uint8_t)(set & (set - 1))) {
        uint8_t peer = (uint8_t)__builtin_ctz(set);
        uint32_t index = registrant_peer_index(r, group, peer);
        if (!registrar_admits(&r->registrar, index, &claim, licensed, s->now) ||
            !registrar_keeps_up(&r->registrar, index, &claim))
            continue;
        if (peer == wanted)
            return peer;
        if (registrations_count(r, index) < least) {
            least = registrations_count(r, index);
            best = peer;
        }
    }
    return best;
}

/* Behind an edge: the least loaded core peer, if it has room. */
static bool core_with_room(const struct spreading *s, uint32_t id, uint8_t *core)
{
    const struct registrations *r = s->registrations;
    const struct registrant_group *group = s->group;
    *core = NO_PEER;
    if (group->core == NONE)
        return true;
    struct claim claim = registrant_claim(r, group, id);
    return registrant_core_choose(r, group, id, s->now, core) &&
           registrar_admits(&r->registrar, registrant_core_index(r, group, *core), &claim, false,
                            s->now) &&
           registrar_keeps_up(&r->registrar, registrant_core_index(r, group, *core), &claim);
}

static void place(const struct spreading *s, uint32_t id, uint8_t wanted)
{
    struct registrations *r = s->registrations;
    const struct registrant_group *group = s->group;
    struct registrant *registrant = &r->registrants[id];
    uint8_t set = (uint8_t)(s->open & ~siblings(r, group, id)), core;
    if ((id - group->first) % group->flows)
        wanted = any_of(r, group, id, set);
    uint8_t peer = with_room(s, id, wanted, set);
    if (peer != NO_PEER && core_with_room(s, id, &core)) {
        registrant_hold(r, id, peer, core, s->now);
        registrant->mark = (uint32_t)(registrant_draw(r, group, id, 0) >> 32);
        return;
    }
    registrant->peer = wanted;
    registrant->state = REGISTRANT_SEEKING;
    registrant->tried = s->open ? TRIED_FULL : 0;
    registrant_rest(r, id, s->now, random_unit(registrant_draw(r, group, id, 1)));
}

static void spread_group(struct registrations *r, const struct registrant_group *group, nanos now)
{
    const struct spreading spreading = {r, group, open_peers(r, group, now), now};
    double weights[CLUSTER_PEERS_MAX], own[CLUSTER_PEERS_MAX] = {0};
    double sum = spread_weights(r, group, spreading.open, weights);
    bool stated = group->home == NONE && r->scenario->endpoints[group->population].spread;
    double *credit = stated ? own : r->clusters[group->cluster].credit;
    int64_t count = r->scenario->endpoints[group->population].count;
    uint32_t id = group->first;
    for (int64_t i = 0; i < count; i++) {
        uint8_t wanted = deal(credit, weights, sum);
        for (uint32_t flow = 0; flow < group->flows; flow++)
            place(&spreading, id++, wanted);
    }
}

/* Devices of whose own peers nobody is there are at their refuge. */
void registrations_spread(struct registrations *r, nanos now)
{
    for (uint32_t i = 0; i < r->group_count; i++) {
        const struct registrant_group *group = &r->groups[i];
        if (group->home == NONE && group->refuge != NONE &&
            registrant_nobody_there(r, group->cluster, now))
            spread_group(r, &r->groups[group->refuge], now);
        if (group->home == NONE)
            spread_group(r, group, now);
    }
}
