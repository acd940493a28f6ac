/* Calls: the choice of a peer, admission against every limit, release, cuts and redials. */
#include "sim/engine/quick.h"

#include <stdlib.h>
#include <string.h>

/* Masks of up to six bits: the places of the set bits, and, last, how many there are. */
static const uint8_t mask_bits[64][CLUSTER_PEERS_MAX + 1] = {
    {0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 1}, {1, 0, 0, 0, 0, 0, 1}, {0, 1, 0, 0, 0, 0, 2},
    {2, 0, 0, 0, 0, 0, 1}, {0, 2, 0, 0, 0, 0, 2}, {1, 2, 0, 0, 0, 0, 2}, {0, 1, 2, 0, 0, 0, 3},
    {3, 0, 0, 0, 0, 0, 1}, {0, 3, 0, 0, 0, 0, 2}, {1, 3, 0, 0, 0, 0, 2}, {0, 1, 3, 0, 0, 0, 3},
    {2, 3, 0, 0, 0, 0, 2}, {0, 2, 3, 0, 0, 0, 3}, {1, 2, 3, 0, 0, 0, 3}, {0, 1, 2, 3, 0, 0, 4},
    {4, 0, 0, 0, 0, 0, 1}, {0, 4, 0, 0, 0, 0, 2}, {1, 4, 0, 0, 0, 0, 2}, {0, 1, 4, 0, 0, 0, 3},
    {2, 4, 0, 0, 0, 0, 2}, {0, 2, 4, 0, 0, 0, 3}, {1, 2, 4, 0, 0, 0, 3}, {0, 1, 2, 4, 0, 0, 4},
    {3, 4, 0, 0, 0, 0, 2}, {0, 3, 4, 0, 0, 0, 3}, {1, 3, 4, 0, 0, 0, 3}, {0, 1, 3, 4, 0, 0, 4},
    {2, 3, 4, 0, 0, 0, 3}, {0, 2, 3, 4, 0, 0, 4}, {1, 2, 3, 4, 0, 0, 4}, {0, 1, 2, 3, 4, 0, 5},
    {5, 0, 0, 0, 0, 0, 1}, {0, 5, 0, 0, 0, 0, 2}, {1, 5, 0, 0, 0, 0, 2}, {0, 1, 5, 0, 0, 0, 3},
    {2, 5, 0, 0, 0, 0, 2}, {0, 2, 5, 0, 0, 0, 3}, {1, 2, 5, 0, 0, 0, 3}, {0, 1, 2, 5, 0, 0, 4},
    {3, 5, 0, 0, 0, 0, 2}, {0, 3, 5, 0, 0, 0, 3}, {1, 3, 5, 0, 0, 0, 3}, {0, 1, 3, 5, 0, 0, 4},
    {2, 3, 5, 0, 0, 0, 3}, {0, 2, 3, 5, 0, 0, 4}, {1, 2, 3, 5, 0, 0, 4}, {0, 1, 2, 3, 5, 0, 5},
    {4, 5, 0, 0, 0, 0, 2}, {0, 4, 5, 0, 0, 0, 3}, {1, 4, 5, 0, 0, 0, 3}, {0, 1, 4, 5, 0, 0, 4},
    {2, 4, 5, 0, 0, 0, 3}, {0, 2, 4, 5, 0, 0, 4}, {1, 2, 4, 5, 0, 0, 4}, {0, 1, 2, 4, 5, 0, 5},
    {3, 4, 5, 0, 0, 0, 3}, {0, 3, 4, 5, 0, 0, 4}, {1, 3, 4, 5, 0, 0, 4}, {0, 1, 3, 4, 5, 0, 5},
    {2, 3, 4, 5, 0, 0, 4}, {0, 2, 3, 4, 5, 0, 5}, {1, 2, 3, 4, 5, 0, 5}, {0, 1, 2, 3, 4, 5, 6},
};

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

static uint32_t nth_of(uint8_t mask, struct stream *stream)
{
    return mask_bits[mask][stream_below(stream, mask_bits[mask][CLUSTER_PEERS_MAX])];
}

static bool fits(const struct peer_state *peer, int64_t units)
{
    return peer->units.limit - peer->units.used >= units && peer->sessions < peer->sessions_limit;
}

static uint8_t fitting(const struct cluster_state *cluster, const struct leg *leg, uint8_t mask)
{
    unsigned fit = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        fit |= (unsigned)fits(&cluster->peers[i], leg->units[i]) << i;
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
        return nth_of(mask, &cluster->choice);
    case SELECT_ROUND_ROBIN:
        return in_turn(cluster, mask);
    default:
        return extreme(cluster, mask, 1);
    }
}

static uint32_t choose_among(struct cluster_state *cluster, const struct leg *leg, uint32_t *causes)
{
    uint8_t mask = leg->candidates & cluster->choosable;
    if (leg->dead_next)
        mask &= (uint8_t)~cluster->ghosts;
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
    if (cluster->ghosts >> local & 1) {
        *causes |= 1u << CAUSE_NO_PEER;
        return NONE;
    }
    return local;
}

/* The peer chosen for a leg (local), or NONE with the cause. */
static inline uint32_t choose(struct cluster_state *cluster, const struct leg *leg,
                              uint32_t *causes)
{
    return leg->keyed && cluster->straight ? most_available(cluster)
                                           : choose_among(cluster, leg, causes);
}

/* --- One leg's books
 * --------------------------------------------------------------------------------------------- */

static uint32_t check_cluster(const struct cluster_state *cluster, const struct leg *leg,
                              int64_t units)
{
    uint32_t causes = (uint32_t)(cluster->units.used + units > cluster->cap) << CAUSE_CLUSTER_CAP;
    causes |= (uint32_t)(leg->rms > 0 && cluster->rms.used + leg->rms > cluster->rms.limit)
              << CAUSE_RMS;
    return causes;
}

static uint32_t check_peer(const struct peer_state *peer, const struct leg *leg, int64_t units)
{
    uint32_t causes = (uint32_t)!fits(peer, units) << CAUSE_PEER_UNITS;
    causes |= (uint32_t)(leg->rms > 0 && peer->rms + leg->rms > peer->rms_limit) << CAUSE_RMS;
    return causes;
}

void meter_aim(struct meter *meter)
{
    const struct watch *watch = &meter->watch;
    int64_t up = meter->peak + 1 < watch->up ? meter->peak + 1 : watch->up;
    int64_t full =
        meter->counts_full && meter->full_since == FOREVER ? meter->limit : meter->limit + 1;
    meter->alert_up = full < up ? full : up;
    if (meter->watch.armed)
        meter->alert_up = INT64_MIN;
    meter->alert_down =
        meter->full_since != FOREVER && meter->limit > watch->down ? meter->limit : watch->down;
}

void meter_alert(struct simulation *sim, struct meter *meter, uint32_t cluster, uint32_t peer)
{
    if (meter->used > meter->peak)
        meter->peak = meter->used;
    if (meter->counts_full && meter->used >= meter->limit && meter->full_since == FOREVER) {
        meter->full_since = sim->now;
    } else if (meter->used < meter->limit && meter->full_since != FOREVER) {
        meter->full_time += sim->now - meter->full_since;
        meter->full_since = FOREVER;
    }
    if (meter->used >= meter->watch.up || meter->used < meter->watch.down)
        watch_check(sim, &meter->watch, meter->used, cluster, peer);
    if (meter->watch.armed)
        outages_check_key(sim, peer);
    meter_aim(meter);
}

static inline void shift(struct simulation *sim, struct cluster_state *cluster, uint32_t local,
                         int64_t units, int64_t rms, int64_t sessions)
{
    struct peer_state *peer = &cluster->peers[local];
    uint64_t since = (uint64_t)(sim->now - sim->base);
    meter_change(&peer->units, units, since);
    cluster->units.used += units;
    peer->sessions += sessions;
    cluster->keys[local] -= (cluster->sessions ? sessions : units) * KEY_STEP;
    if (rms) {
        meter_change(&cluster->rms, rms, since);
        peer->rms += rms;
    }
}

static inline void take(struct simulation *sim, struct cluster_state *cluster, uint32_t local,
                        const struct leg *leg, int64_t sign)
{
    shift(sim, cluster, local, sign * leg->units[local], sign * leg->rms, sign);
}

static inline void ledger_change(struct simulation *sim, const struct leg *leg, int64_t change)
{
    if (!sim->ledger || !change)
        return;
    struct ledger_use *use = &sim->ledger[leg->ledger];
    use->used += change;
    use->area -= (uint64_t)change * (uint64_t)(sim->now - sim->base);
    if (use->used > use->peak)
        use->peak = use->used;
}

static inline void leg_rose(struct simulation *sim, struct cluster_state *cluster, uint32_t local,
                            const struct leg *leg)
{
    meter_rose(sim, &cluster->peers[local].units, leg->cluster,
               sim->scenario->clusters[leg->cluster].first_peer + local);
    meter_rose(sim, &cluster->units, leg->cluster, NONE);
    if (leg->rms)
        meter_rose(sim, &cluster->rms, leg->cluster, NONE);
}

static inline void leg_fell(struct simulation *sim, struct cluster_state *cluster, uint32_t local,
                            const struct leg *leg)
{
    meter_fell(sim, &cluster->peers[local].units, leg->cluster,
               sim->scenario->clusters[leg->cluster].first_peer + local);
    meter_fell(sim, &cluster->units, leg->cluster, NONE);
    if (leg->rms)
        meter_fell(sim, &cluster->rms, leg->cluster, NONE);
}

void calls_note_fall(struct simulation *sim, struct cluster_state *cluster, uint32_t local)
{
    uint32_t index = (uint32_t)(cluster - sim->clusters);
    meter_fell(sim, &cluster->peers[local].units, index,
               sim->scenario->clusters[index].first_peer + local);
    meter_fell(sim, &cluster->units, index, NONE);
    meter_fell(sim, &cluster->rms, index, NONE);
}

/* --- TURN relays
 * -------------------------------------------------------------------------------------------------
 */

static bool turn_fits(const struct peer_state *peer, uint32_t port, int64_t relays)
{
    return peer->ports[port] + relays <= peer->port_limit;
}

static uint32_t turn_port(const struct peer_state *peer, struct stream *stream)
{
    return peer->port_count > 1 ? (uint32_t)stream_below(stream, peer->port_count) : 0;
}

/* The call's own peer, or, when that server is full, the one with most free relays. Place: peer |
 * port << 4. */
static bool turn_take(struct simulation *sim, const struct leg *leg, uint32_t local,
                      struct stream *stream, uint8_t *place)
{
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    if (cluster->turn.used + leg->turn > cluster->turn.limit)
        return false;
    uint32_t server = local, port = turn_port(&cluster->peers[server], stream);
    if (!turn_fits(&cluster->peers[server], port, leg->turn)) {
        int64_t most = INT64_MIN;
        for (uint32_t i = 0; i < cluster->peer_count; i++) {
            const struct peer_state *peer = &cluster->peers[i];
            if (cluster->live >> i & 1 && peer->turn.limit - peer->turn.used > most) {
                most = peer->turn.limit - peer->turn.used;
                server = i;
            }
        }
        port = turn_port(&cluster->peers[server], stream);
        if (!turn_fits(&cluster->peers[server], port, leg->turn))
            return false;
    }
    uint64_t since = (uint64_t)(sim->now - sim->base);
    cluster->peers[server].ports[port] += leg->turn;
    meter_change(&cluster->peers[server].turn, leg->turn, since);
    meter_change(&cluster->turn, leg->turn, since);
    *place = (uint8_t)(server | port << 4);
    return true;
}

static void turn_give(struct simulation *sim, const struct leg *leg, uint8_t place)
{
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    struct peer_state *peer = &cluster->peers[place & 15];
    uint64_t since = (uint64_t)(sim->now - sim->base);
    peer->ports[place >> 4] -= leg->turn;
    meter_change(&peer->turn, -leg->turn, since);
    meter_change(&cluster->turn, -leg->turn, since);
    meter_fell(sim, &peer->turn, leg->cluster,
               sim->scenario->clusters[leg->cluster].first_peer + (place & 15u));
    meter_fell(sim, &cluster->turn, leg->cluster, NONE);
}

/* --- Set-up rate
 * -------------------------------------------------------------------------------------------------
 */

static bool setup_allowed(const struct peer_state *peer, nanos now)
{
    return peer->setup_gap == 0 || peer->setup_due - now <= peer->setup_burst;
}

static void setup_count(struct peer_state *peer, nanos now)
{
    if (peer->setup_gap)
        peer->setup_due = (peer->setup_due > now ? peer->setup_due : now) + peer->setup_gap;
}

/* --- Pipes
 * -------------------------------------------------------------------------------------------------------
 */

/* What the call gets on a pipe, or -1: refused. Downspeeding gives what the pipe and its per-call
 * limit leave. */
static int64_t pipe_grant(const struct pipe *pipe, const struct meter *meter, int64_t wanted)
{
    int64_t grant = wanted, room = meter->limit - meter->used;
    if (pipe->when_full == PIPE_DOWNSPEED) {
        grant = grant < pipe->per_call ? grant : pipe->per_call;
        grant = grant < room ? grant : room;
        int64_t floor = pipe->floor < wanted ? pipe->floor : wanted;
        return grant >= floor && grant > 0 ? grant : wanted == 0 ? 0 : -1;
    }
    return wanted <= pipe->per_call && wanted <= room ? wanted : -1;
}

static bool pipes_take(struct simulation *sim, const struct variant *v, int64_t bandwidth,
                       int64_t *use)
{
    const struct plan *plan = sim->plan;
    for (uint32_t i = 0; i < v->pipe_count; i++) {
        uint32_t index = plan->pipe_index[v->first_pipe + i];
        int64_t wanted = bandwidth >= 0 ? bandwidth : plan->pipe_bits[v->first_pipe + i];
        use[i] = pipe_grant(&sim->scenario->pipes[index], &sim->pipes[index], wanted);
        if (use[i] < 0)
            return false;
    }
    for (uint32_t i = 0; i < v->pipe_count; i++) {
        struct meter *meter = &sim->pipes[plan->pipe_index[v->first_pipe + i]];
        pipe_change(meter, use[i], sim->now);
    }
    return true;
}

static void pipes_give(struct simulation *sim, const struct variant *v, const int64_t *use)
{
    for (uint32_t i = 0; i < v->pipe_count; i++) {
        struct meter *meter = &sim->pipes[sim->plan->pipe_index[v->first_pipe + i]];
        pipe_change(meter, -use[i], sim->now);
        meter_fell(sim, meter, NONE, NONE);
    }
}

/* --- Admission
 * ---------------------------------------------------------------------------------------------------
 */

/* What an admission holds besides the nibbles of its peers. */
struct holdings {
    uint32_t peers;
    uint8_t turn_place;
    int64_t *pipe_use; /* scratch or the slot's own */
};

/* The registered peer of a leg's endpoint, local, or NONE with the cause. */
static uint32_t registered_peer(struct simulation *sim, const struct leg *leg,
                                struct class_state *class, uint32_t *causes)
{
    struct stream *stream =
        leg->kind == LEG_ORIGIN ? &class->streams->origin : &class->streams->target;
    uint32_t endpoint = registrations_pick(sim->registrations, leg->population, stream_u64(stream));
    uint32_t peer = registrations_peer(sim->registrations, leg->population, endpoint);
    if (peer == NONE) {
        *causes |= 1u << CAUSE_UNREGISTERED;
        if (leg->kind == LEG_ORIGIN) { /* who is called learns nothing */
            registrations_call_noticed(sim->registrations, leg->population, endpoint, sim->now);
            if (registrations_next(sim->registrations) < sim->next_other)
                sim->next_other = registrations_next(sim->registrations);
        }
        return NONE;
    }
    uint32_t local = peer - sim->scenario->clusters[leg->cluster].first_peer;
    if (leg->kind == LEG_ORIGIN && !(sim->clusters[leg->cluster].live >> local & 1)) {
        *causes |= 1u << CAUSE_NO_PEER;
        return NONE;
    }
    return local;
}

static uint32_t leg_local(uint32_t peers, uint32_t leg)
{
    return peers >> (4 * leg) & 15;
}

static void untake(struct simulation *sim, const struct variant *v, uint32_t peers)
{
    for (uint32_t i = 0; i < v->holding_legs; i++) {
        const struct leg *leg = &sim->plan->legs[v->first_leg + i];
        if (leg_local(peers, i) != LEG_UNUSED)
            take(sim, &sim->clusters[leg->cluster], leg_local(peers, i), leg, -1);
    }
}

/* Chooses, checks and takes one leg; its nibble. Takes even what does not fit: the caller gives all
 * back at once. */
static uint32_t admit_leg(struct simulation *sim, const struct leg *leg, struct class_state *class,
                          uint32_t entry, uint32_t entry_cluster, uint32_t *causes)
{
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    uint32_t local = leg->kind == LEG_CHOOSE ? choose(cluster, leg, causes)
                                             : registered_peer(sim, leg, class, causes);
    if (!leg->takes || (leg->kind == LEG_TARGET && local == entry && leg->cluster == entry_cluster))
        return LEG_UNUSED;
    int64_t units =
        leg->units[local != NONE ? local : (uint32_t)__builtin_ctz(leg->candidates | 64u) % 6];
    *causes |= check_cluster(cluster, leg, units);
    if (local == NONE)
        return LEG_UNUSED;
    *causes |= check_peer(&cluster->peers[local], leg, units);
    *causes |= (uint32_t)!setup_allowed(&cluster->peers[local], sim->now) << CAUSE_SETUP_RATE;
    take(sim, cluster, local, leg, 1);
    return local;
}

static uint32_t admit_all(struct simulation *sim, const struct variant *v, int64_t bandwidth,
                          struct holdings *out)
{
    struct class_state *class = &sim->classes[v->class_index];
    const struct leg *legs = &sim->plan->legs[v->first_leg];
    uint32_t causes = 0, peers = 0;
    for (uint32_t i = 0; i < v->leg_count; i++)
        peers |= admit_leg(sim, &legs[i], class, leg_local(peers, 0), legs[0].cluster, &causes)
                 << (4 * i);
    bool turn = false, pipes = false;
    if (legs[0].turn > 0 && leg_local(peers, 0) != LEG_UNUSED) {
        turn = turn_take(sim, &legs[0], leg_local(peers, 0), &class->streams->target,
                         &out->turn_place);
        causes |= (uint32_t)!turn << CAUSE_TURN;
    }
    if (v->pipe_count) {
        pipes = pipes_take(sim, v, bandwidth, out->pipe_use);
        causes |= (uint32_t)!pipes << CAUSE_BANDWIDTH;
    }
    out->peers = peers;
    if (causes) {
        untake(sim, v, peers);
        if (turn)
            turn_give(sim, &legs[0], out->turn_place);
        if (pipes)
            pipes_give(sim, v, out->pipe_use);
    }
    return causes;
}

/* The same for the common case, once the peer is chosen: no relays, no pipes. */
static inline uint32_t admit_at(struct simulation *sim, const struct leg *leg, uint32_t local,
                                struct holdings *out)
{
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    struct peer_state *peer = &cluster->peers[local];
    uint32_t causes = check_cluster(cluster, leg, leg->units[local]) |
                      check_peer(peer, leg, leg->units[local]) |
                      (uint32_t)!setup_allowed(peer, sim->now) << CAUSE_SETUP_RATE;
    if (causes)
        return causes;
    take(sim, cluster, local, leg, 1);
    out->peers = local;
    return 0;
}

static inline uint32_t admit_simple(struct simulation *sim, const struct variant *v,
                                    struct holdings *out)
{
    const struct leg *leg = &sim->plan->legs[v->first_leg];
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    uint32_t causes = 0, local = choose(cluster, leg, &causes);
    if (__builtin_expect(local == NONE, 0))
        return causes |
               check_cluster(cluster, leg,
                             leg->units[(uint32_t)__builtin_ctz(leg->candidates | 64u) % 6]);
    return admit_at(sim, leg, local, out);
}

static void note_admitted(struct simulation *sim, const struct variant *v,
                          const struct holdings *held)
{
    for (uint32_t i = 0; i < v->holding_legs; i++) {
        const struct leg *leg = &sim->plan->legs[v->first_leg + i];
        uint32_t local = leg_local(held->peers, i);
        if (local == LEG_UNUSED)
            continue;
        struct cluster_state *cluster = &sim->clusters[leg->cluster];
        cluster->peers[local].admitted++;
        setup_count(&cluster->peers[local], sim->now);
        leg_rose(sim, cluster, local, leg);
        ledger_change(sim, leg, leg->rms);
        if (i == 0 && leg->turn) {
            uint32_t server = held->turn_place & 15u;
            meter_rose(sim, &cluster->peers[server].turn, leg->cluster,
                       sim->scenario->clusters[leg->cluster].first_peer + server);
            meter_rose(sim, &cluster->turn, leg->cluster, NONE);
        }
    }
    for (uint32_t i = 0; i < v->pipe_count; i++)
        meter_rose(sim, &sim->pipes[sim->plan->pipe_index[v->first_pipe + i]], NONE, NONE);
}

/* --- Slots
 * -------------------------------------------------------------------------------------------------------
 */

static bool resize_slots(struct simulation *sim, uint32_t from, uint32_t to)
{
    const struct plan *plan = sim->plan;
    struct call *calls = realloc(sim->calls, to * sizeof *calls);
    uint32_t *free_slots = calls ? realloc(sim->free_slots, to * sizeof *free_slots) : NULL;
    sim->calls = calls ? calls : sim->calls;
    sim->free_slots = free_slots ? free_slots : sim->free_slots;
    if (!free_slots)
        return false;
    if (plan->has_setup) {
        struct connecting *connecting = realloc(sim->connecting, to * sizeof *connecting);
        if (!connecting)
            return false;
        sim->connecting = connecting;
        for (uint32_t slot = from; slot < to; slot++)
            connecting[slot].variant = NONE;
    }
    if (plan->has_turn) {
        uint8_t *turn = realloc(sim->turn_place, to);
        if (!turn)
            return false;
        sim->turn_place = turn;
    }
    if (sim->pipes_max) {
        int64_t *use = realloc(sim->pipe_use, (size_t)to * (sim->pipes_max + 1) * sizeof *use);
        if (!use)
            return false;
        sim->pipe_use = use;
    }
    if (sim->logging) {
        uint64_t *places = realloc(sim->log_place, to * sizeof *places);
        if (!places)
            return false;
        sim->log_place = places;
    }
    for (uint32_t slot = to; slot-- > from;)
        sim->free_slots[sim->free_count++] = slot;
    return true;
}

bool calls_init(struct simulation *sim)
{
    for (uint32_t v = 0; v < sim->plan->variant_count; v++)
        if (sim->plan->variants[v].pipe_count > sim->pipes_max)
            sim->pipes_max = sim->plan->variants[v].pipe_count;
    sim->pipe_scratch = calloc(sim->pipes_max + 1, sizeof *sim->pipe_scratch);
    if (!sim->pipe_scratch)
        return false;
    return tournament_init(&sim->ends, 64) && resize_slots(sim, 0, sim->ends.leaves);
}

/* The ids of redials that never came to be. */
static void forget_waiting(struct simulation *sim)
{
    for (uint32_t place = 0; place < sim->waiting_count; place++)
        free((char *)sim->waiting[place].offer.id);
}

void calls_release(struct simulation *sim)
{
    forget_waiting(sim);
    tournament_release(&sim->ends);
    free(sim->calls);
    free(sim->free_slots);
    free(sim->connecting);
    free(sim->turn_place);
    free(sim->pipe_use);
    free(sim->pipe_scratch);
    free(sim->log_place);
    free(sim->waiting);
}

void calls_reset(struct simulation *sim)
{
    tournament_clear(&sim->ends, sim->start);
    sim->free_count = 0;
    for (uint32_t slot = sim->ends.leaves; slot-- > 0;)
        sim->free_slots[sim->free_count++] = slot;
    for (uint32_t slot = 0; sim->connecting && slot < sim->ends.leaves; slot++)
        sim->connecting[slot].variant = NONE;
    forget_waiting(sim);
    sim->waiting_count = 0;
    sim->waiting_free = NONE;
}

/* What a call takes of its pipes and, behind that, the bandwidth that it asked for. */
static int64_t *slot_pipes(struct simulation *sim, uint32_t slot)
{
    return &sim->pipe_use[(size_t)slot * (sim->pipes_max + 1)];
}

static uint32_t slot_new(struct simulation *sim)
{
    if (__builtin_expect(sim->free_count == 0, 0)) {
        uint32_t leaves = sim->ends.leaves;
        if (!tournament_grow(&sim->ends, sim->now) ||
            !resize_slots(sim, leaves, sim->ends.leaves)) {
            sim->failed = true;
            return NONE;
        }
        if (sim->ends.horizon < sim->next_other)
            sim->next_other = sim->ends.horizon;
    }
    return sim->free_slots[--sim->free_count];
}

/* --- A call's life
 * -----------------------------------------------------------------------------------------------
 */

static void class_changes(struct simulation *sim, struct class_state *class, int64_t change)
{
    class->in_progress += change;
    class->area -= (uint64_t)change * (uint64_t)(sim->now - sim->base);
}

/* Takes a slot; NONE when memory is out. */
static uint32_t begin(struct simulation *sim, uint32_t variant, nanos holding,
                      const struct holdings *held)
{
    const struct variant *v = &sim->plan->variants[variant];
    struct class_state *class = &sim->classes[v->class_index];
    uint32_t slot = slot_new(sim);
    if (__builtin_expect(slot == NONE, 0))
        return NONE;
    note_admitted(sim, v, held);
    class_changes(sim, class, 1);
    if (class->in_progress > class->peak)
        class->peak = class->in_progress;
    sim->calls[slot] = (struct call){variant, held->peers};
    tournament_add(&sim->ends, slot,
                   sim->now + holding); /* neither exceeds TIME_MAX by much: no overflow */
    if (sim->plan->has_turn)
        sim->turn_place[slot] = held->turn_place;
    if (v->pipe_count)
        memcpy(slot_pipes(sim, slot), held->pipe_use, v->pipe_count * sizeof(int64_t));
    return slot;
}

/* Which classes may take the short way. */
void calls_note_quick(struct simulation *sim)
{
    for (uint32_t k = 0; k < sim->scenario->class_count; k++) {
        const struct variant *v = &sim->plan->variants[k];
        const struct leg *leg = &sim->plan->legs[v->first_leg];
        struct class_state *class = &sim->classes[k];
        struct cluster_state *cluster = &sim->clusters[leg->cluster];
        bool alike = true; /* peers of one platform take the same units for a call */
        for (uint32_t i = 1; i < cluster->peer_count; i++)
            alike = alike && leg->units[i] == leg->units[0];
        class->cluster = cluster;
        class->units = leg->units[0];
        class->rms =
            cluster->rms.limit < AMPLE ? leg->rms : 0; /* what nothing limits is shown nowhere */
        class->quick = class->plain && v->simple && !sim->ledger && leg->keyed && alike &&
                       !cluster->counts_more && !cluster->sessions;
        class->single = class->quick && !sim->scenario->classes[k].arrivals.batch_count;
    }
}

/* --- Around an attempt
 * ------------------------------------------------------------------------------------------- */

static void source_freed(struct simulation *sim, uint32_t class_index)
{
    struct class_state *class = &sim->classes[class_index];
    if (!class->finite)
        return;
    source_set_idle(&class->source, sim->now, class->source.idle + 1);
    tournament_set(&sim->arrivals, class_index, class->source.next);
}

static struct waiting *waiting_new(struct simulation *sim)
{
    if (sim->waiting_free != NONE) {
        struct waiting *waiting = &sim->waiting[sim->waiting_free];
        sim->waiting_free = waiting->next_free;
        return waiting;
    }
    if (sim->waiting_count == sim->waiting_room) {
        uint32_t room = sim->waiting_room ? sim->waiting_room * 2 : 64;
        struct waiting *waiting = realloc(sim->waiting, room * sizeof *waiting);
        if (!waiting)
            return NULL;
        sim->waiting = waiting;
        sim->waiting_room = room;
    }
    return &sim->waiting[sim->waiting_count++];
}

/* A call without luck tries again with the class's probability, for all that it asked for. False:
 * it gives up. */
static bool redials(struct simulation *sim, const struct offer *offer, bool fresh)
{
    uint32_t k = sim->plan->variants[offer->variant].class_index;
    const struct call_class *call = &sim->scenario->classes[k];
    struct class_state *class = &sim->classes[k];
    if (call->redial_probability <= 0)
        return false;
    double luck = stream_uniform(&class->streams->redial),
           wait = stream_exponential(&class->streams->redial);
    if (luck >= call->redial_probability)
        return false;
    struct waiting *waiting = waiting_new(sim);
    if (!waiting) {
        sim->failed = true;
        return false;
    }
    *waiting = (struct waiting){.offer = *offer, .fresh = fresh, .next_free = NONE};
    waiting->offer.id = offer->id ? strdup(offer->id) : NULL;
    double mean = call->redial_after * (double)SECOND;
    nanos after = nanos_round(call->redial_law == LAW_EXPONENTIAL ? mean * wait : mean);
    simulation_schedule(sim, sim->now + after, RANK_REDIAL, EVENT_REDIAL, k,
                        (uint64_t)(waiting - sim->waiting));
    return true;
}

static void count_causes(struct class_state *class, uint32_t causes)
{
    if ((causes & (causes - 1)) == 0)
        class->cause_only[__builtin_ctz(causes)]++;
    for (uint32_t left = causes; left; left &= left - 1)
        class->cause[__builtin_ctz(left)]++;
}

/* One attempt; its causes of refusal, 0 when admitted. */
static uint32_t attempt(struct simulation *sim, uint32_t variant, nanos holding, int64_t bandwidth,
                        uint32_t *slot)
{
    const struct variant *v = &sim->plan->variants[variant];
    struct holdings held = {.pipe_use = sim->pipe_scratch};
    uint32_t causes = __builtin_expect(v->simple, 1) ? admit_simple(sim, v, &held)
                                                     : admit_all(sim, v, bandwidth, &held);
    if (__builtin_expect(!causes, 1))
        *slot = begin(sim, variant, holding, &held);
    return causes;
}

/* An attempt with everything that a class may ask for around it: set-up, record, what to redial
 * with. */
static uint32_t attempt_fully(struct simulation *sim, const struct offer *offer)
{
    const struct plan *plan = sim->plan;
    const struct variant *v = &plan->variants[offer->variant];
    nanos setup = v->setup_time;
    uint32_t slot = NONE;
    uint64_t place =
        sim->logging ? call_log_begin(&sim->log, offer->id, v->class_index, sim->now) : 0;
    uint32_t causes = v->setup != NONE ? attempt(sim, v->setup, setup, offer->bandwidth, &slot)
                                       : attempt(sim, offer->variant, offer->holding + setup,
                                                 offer->bandwidth, &slot);
    if (causes && sim->logging)
        call_log_end(&sim->log, place, OUTCOME_BLOCKED, sim->now, causes, NONE);
    if (slot == NONE)
        return causes;
    if (v->setup != NONE)
        sim->connecting[slot] =
            (struct connecting){offer->variant, sim->now + setup + offer->holding};
    if (v->pipe_count)
        slot_pipes(sim, slot)[sim->pipes_max] = offer->bandwidth;
    if (sim->logging) {
        const struct leg *leg = &plan->legs[v->first_leg];
        sim->log_place[slot] = place;
        call_log_peer(&sim->log, place,
                      sim->scenario->clusters[leg->cluster].first_peer +
                          leg_local(sim->calls[slot].peers, 0));
    }
    return causes;
}

/* The first attempt of a call was in vain: it redials or is lost. */
static void call_refused(struct simulation *sim, struct class_state *class, uint32_t causes,
                         const struct offer *offer)
{
    class->blocked++;
    count_causes(class, causes);
    if (!redials(sim, offer, true))
        class->lost++;
    else if (class->finite)
        source_set_idle(&class->source, sim->now, class->source.idle - 1);
}

void call_offer(struct simulation *sim, uint32_t variant, nanos holding, int64_t bandwidth,
                const char *id)
{
    uint32_t slot = NONE, k = variant < sim->scenario->class_count
                                  ? variant
                                  : sim->plan->variants[variant].class_index;
    struct class_state *class = &sim->classes[k];
    const struct offer offer = {variant, holding, bandwidth, id};
    class->offered++;
    uint32_t causes = class->plain ? attempt(sim, variant, holding, bandwidth, &slot)
                                   : attempt_fully(sim, &offer);
    if (causes)
        call_refused(sim, class, causes, &offer);
    else if (class->finite)
        source_set_idle(&class->source, sim->now, class->source.idle - 1);
}

void call_offer_at(struct simulation *sim, uint32_t variant, uint32_t local, nanos holding)
{
    struct class_state *class = &sim->classes[variant];
    struct holdings held = {0};
    class->offered++;
    uint32_t causes =
        admit_at(sim, &sim->plan->legs[sim->plan->variants[variant].first_leg], local, &held);
    if (causes)
        call_refused(sim, class, causes, &(struct offer){variant, holding, -1, NULL});
    else
        begin(sim, variant, holding, &held);
}

void call_redial(struct simulation *sim, uint64_t place)
{
    struct waiting *waiting = &sim->waiting[place];
    struct offer offer = waiting->offer;
    bool fresh = waiting->fresh;
    waiting->offer.id = NULL;
    waiting->next_free = sim->waiting_free;
    sim->waiting_free = (uint32_t)place;
    uint32_t k = sim->plan->variants[offer.variant].class_index;
    struct class_state *class = &sim->classes[k];
    class->redials++;
    if (attempt_fully(sim, &offer)) {
        class->redials_blocked++;
        if (!redials(sim, &offer, fresh)) {
            class->lost += fresh;
            source_freed(sim, k);
        }
    }
    free((char *)offer.id);
}

/* Gives back all that a slot holds and frees it. */
static void release_slot(struct simulation *sim, uint32_t slot)
{
    const struct plan *plan = sim->plan;
    struct call call = sim->calls[slot];
    const struct variant *v = &plan->variants[call.variant];
    for (uint32_t i = 0; i < v->holding_legs; i++) {
        const struct leg *leg = &plan->legs[v->first_leg + i];
        uint32_t local = leg_local(call.peers, i);
        if (local == LEG_UNUSED)
            continue;
        struct cluster_state *cluster = &sim->clusters[leg->cluster];
        take(sim, cluster, local, leg, -1);
        leg_fell(sim, cluster, local, leg);
        ledger_change(sim, leg, -leg->rms);
    }
    class_changes(sim, &sim->classes[v->class_index], -1);
    tournament_empty(&sim->ends, slot);
    sim->free_slots[sim->free_count++] = slot;
    if (__builtin_expect(v->simple, 1))
        return;
    if (plan->has_turn && plan->legs[v->first_leg].turn)
        turn_give(sim, &plan->legs[v->first_leg], sim->turn_place[slot]);
    if (v->pipe_count)
        pipes_give(sim, v, slot_pipes(sim, slot));
}

/* The call connects: what it held during set-up becomes what it holds in progress, on the same
 * peers. */
static void connect(struct simulation *sim, uint32_t slot)
{
    struct connecting *connecting = &sim->connecting[slot];
    struct call *call = &sim->calls[slot];
    const struct variant *from = &sim->plan->variants[call->variant],
                         *to = &sim->plan->variants[connecting->variant];
    for (uint32_t i = 0; i < from->holding_legs; i++) {
        const struct leg *old = &sim->plan->legs[from->first_leg + i],
                         *new = &sim->plan->legs[to->first_leg + i];
        uint32_t local = leg_local(call->peers, i);
        if (local == LEG_UNUSED)
            continue;
        shift(sim, &sim->clusters[new->cluster], local, new->units[local] - old->units[local],
              new->rms - old->rms, 0);
        const struct leg *held = old->rms ? old : new;
        leg_rose(sim, &sim->clusters[new->cluster], local, held);
        leg_fell(sim, &sim->clusters[new->cluster], local, held);
        ledger_change(sim, held, new->rms - old->rms);
    }
    call->variant = connecting->variant;
    connecting->variant = NONE;
    tournament_move(&sim->ends, connecting->end);
}

void call_end(struct simulation *sim, uint32_t slot)
{
    uint32_t k = sim->plan->variants[sim->calls[slot].variant].class_index;
    if (sim->connecting && sim->connecting[slot].variant != NONE) {
        connect(sim, slot);
        return;
    }
    release_slot(sim, slot);
    if (sim->classes[k].plain)
        return;
    if (sim->logging)
        call_log_end(&sim->log, sim->log_place[slot], OUTCOME_COMPLETED, sim->now, 0,
                     sim->log.ring[sim->log_place[slot] % sim->log.room].record.peer);
    source_freed(sim, k);
}

static bool touches(const struct simulation *sim, uint32_t slot, uint32_t cluster, uint32_t local)
{
    const struct variant *v = &sim->plan->variants[sim->calls[slot].variant];
    for (uint32_t i = 0; i < v->holding_legs; i++)
        if (sim->plan->legs[v->first_leg + i].cluster == cluster &&
            leg_local(sim->calls[slot].peers, i) == local)
            return true;
    return sim->plan->has_turn && sim->plan->legs[v->first_leg].turn &&
           sim->plan->legs[v->first_leg].cluster == cluster &&
           (sim->turn_place[slot] & 15u) == local;
}

/* What a call that is cut would redial with: the holding time that is left, all of it when it was
 * not yet connected. */
static struct offer rest_of(struct simulation *sim, uint32_t slot)
{
    struct offer offer = {.variant = sim->calls[slot].variant, .bandwidth = -1};
    nanos next = tournament_time(&sim->ends, slot);
    offer.holding = next - sim->now;
    if (sim->connecting && sim->connecting[slot].variant != NONE) {
        offer.variant = sim->connecting[slot].variant;
        offer.holding = sim->connecting[slot].end - next;
        sim->connecting[slot].variant = NONE;
    }
    if (sim->plan->variants[offer.variant].pipe_count)
        offer.bandwidth = slot_pipes(sim, slot)[sim->pipes_max];
    return offer;
}

/* A peer is gone: every call with media or relays on it is cut. */
void calls_cut(struct simulation *sim, uint32_t cluster, uint32_t local)
{
    for (uint32_t slot = 0; slot < sim->ends.leaves; slot++) {
        if (tournament_time(&sim->ends, slot) == SLOT_EMPTY || !touches(sim, slot, cluster, local))
            continue;
        struct offer offer = rest_of(sim, slot);
        uint32_t k = sim->plan->variants[offer.variant].class_index;
        release_slot(sim, slot);
        sim->classes[k].dropped++;
        uint64_t place = sim->logging ? sim->log_place[slot] : 0;
        char *id = sim->logging ? call_log_id(&sim->log, place) : NULL;
        offer.id = id;
        if (sim->logging)
            call_log_end(&sim->log, place, OUTCOME_DROPPED, sim->now, 0,
                         sim->log.ring[place % sim->log.room].record.peer);
        if (!sim->scenario->classes[k].redial_dropped || !redials(sim, &offer, false))
            source_freed(sim, k);
        free(id);
    }
}

void calls_close_log(struct simulation *sim)
{
    if (sim->logging && !call_log_close(&sim->log, sim->now, !sim->failed))
        sim->failed = true;
}
