#include "sim/engine/admission.h"

#include "sim/engine/choice.h"
#include "sim/engine/leg.h"

/* ---- one leg ---- */

static uint32_t check_cluster(const struct cluster_state *cluster, const struct leg *leg,
                              int64_t units)
{
    uint32_t causes = (uint32_t)(cluster->units.used + units > cluster->cap) << CAUSE_CLUSTER_CAP;
    causes |= (uint32_t)(leg->rms > 0 && cluster->rms.used + leg->rms_wants > cluster->rms.limit)
              << CAUSE_RMS;
    return causes;
}

static uint32_t check_peer(const struct peer_load *peer, const struct leg *leg, int64_t wants)
{
    uint32_t causes = (uint32_t)!peer_fits(peer, wants) << CAUSE_PEER_UNITS;
    causes |= (uint32_t)(leg->rms > 0 && peer->rms + leg->rms > peer->rms_limit) << CAUSE_RMS;
    return causes;
}

/* ---- TURN relays ---- */

static bool turn_fits(const struct peer_load *peer, uint32_t port, int64_t relays)
{
    return peer->ports[port] + relays <= peer->port_limit;
}

static uint32_t turn_port(const struct peer_load *peer, struct stream *stream)
{
    return peer->port_count > 1 ? (uint32_t)stream_below(stream, peer->port_count) : 0;
}

/* On the call's own peer, or, when that server is full, on the one with most free relays. Place:
 * peer | port << 4. */
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
            const struct peer_load *peer = &cluster->peers[i];
            if (cluster->live >> i & 1 && peer->turn.limit - peer->turn.used > most) {
                most = peer->turn.limit - peer->turn.used;
                server = i;
            }
        }
        port = turn_port(&cluster->peers[server], stream);
        if (!turn_fits(&cluster->peers[server], port, leg->turn))
            return false;
    }
    uint64_t since = since_base(sim);
    cluster->peers[server].ports[port] += leg->turn;
    meter_change(&cluster->peers[server].turn, leg->turn, since);
    meter_change(&cluster->turn, leg->turn, since);
    *place = (uint8_t)(server | port << 4);
    return true;
}

static void turn_give(struct simulation *sim, const struct leg *leg, uint8_t place)
{
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    struct peer_load *peer = &cluster->peers[place & 15];
    uint64_t since = since_base(sim);
    peer->ports[place >> 4] -= leg->turn;
    meter_change(&peer->turn, -leg->turn, since);
    meter_change(&cluster->turn, -leg->turn, since);
    meter_fell(sim, &peer->turn, leg->cluster,
               sim->scenario->clusters[leg->cluster].first_peer + (place & 15u));
    meter_fell(sim, &cluster->turn, leg->cluster, NONE);
}

/* ---- bandwidth ---- */

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

/* ---- all legs ---- */

/* One call being admitted: what is known of its ends, and what it was given so far. */
struct attempt {
    const struct variant *v;
    const struct leg *legs;
    struct class_state *class;
    struct call_ends ends;
    uint32_t peers; /* 4-bit indices */
    uint32_t causes;
};

static bool of_origin(const struct leg *leg)
{
    return leg->kind == LEG_ORIGIN || leg->kind == LEG_ORIGIN_CORE;
}

/* The device at the leg's end of the call, drawn once. */
static uint32_t device_of(struct simulation *sim, struct attempt *a, const struct leg *leg)
{
    uint32_t *device = of_origin(leg) ? &a->ends.origin : &a->ends.target;
    struct class_streams *streams = a->class->streams;
    if (*device == NONE)
        *device =
            registrations_pick(sim->registrations, leg->population,
                               stream_u64(of_origin(leg) ? &streams->origin : &streams->target));
    return *device;
}

unsigned admission_ends_away(struct simulation *sim, const struct variant *v)
{
    struct attempt a = {.v = v, .class = &sim->classes[v->class_index], .ends = NO_ENDS};
    unsigned away = 0;
    for (uint32_t i = v->first_leg; i < v->first_leg + v->leg_count; i++) {
        const struct leg *leg = &sim->plan->legs[i];
        unsigned end = leg->kind == LEG_ORIGIN   ? PATH_ORIGIN_AWAY
                       : leg->kind == LEG_TARGET ? PATH_TARGET_AWAY
                                                 : 0;
        if (!end)
            continue;
        uint32_t peer =
            registrations_peer(sim->registrations, leg->population, device_of(sim, &a, leg));
        if (peer != NONE && sim->scenario->peers[peer].cluster != leg->cluster)
            away |= end;
    }
    sim->ends_drawn = a.ends;
    return away & v->may_be_away;
}

/* The peer of a leg at which its device is registered, local, or NONE with the cause. */
static uint32_t registered_peer(struct simulation *sim, struct attempt *a, const struct leg *leg)
{
    bool core = leg->kind == LEG_ORIGIN_CORE || leg->kind == LEG_TARGET_CORE;
    uint32_t device = device_of(sim, a, leg);
    uint32_t peer = core ? registrations_core(sim->registrations, leg->population, device)
                         : registrations_peer(sim->registrations, leg->population, device);
    if (peer == NONE) {
        a->causes |= 1u << CAUSE_UNREGISTERED;
        if (leg->kind == LEG_ORIGIN) { /* who is called learns nothing */
            registrations_call_noticed(sim->registrations, leg->population, device, sim->now);
            if (registrations_next(sim->registrations) < sim->next_other)
                sim->next_other = registrations_next(sim->registrations);
        }
        return NONE;
    }
    uint32_t local = peer - sim->scenario->clusters[leg->cluster].first_peer;
    bool taken = leg->kind == LEG_ORIGIN || (leg->takes && !leg->both_needed);
    if (taken && !(sim->clusters[leg->cluster].live >> local & 1)) {
        a->causes |= 1u << CAUSE_NO_PEER;
        return NONE;
    }
    return local;
}

static void untake(struct simulation *sim, const struct variant *v, uint32_t peers)
{
    for (uint32_t i = 0; i < v->holding_legs; i++) {
        const struct leg *leg = &sim->plan->legs[v->first_leg + i];
        if (leg_local(peers, i) != LEG_UNUSED)
            leg_give(sim, &sim->clusters[leg->cluster], leg_local(peers, i), leg);
    }
}

/* A leg of the same cluster before this one is held on this peer. */
static bool held_there(const struct attempt *a, const struct leg *leg, uint32_t local)
{
    for (uint32_t i = 0; &a->legs[i] < leg; i++)
        if (a->legs[i].cluster == leg->cluster && leg_local(a->peers, i) == local)
            return true;
    return false;
}

/* A peer that stands for all where none can be chosen: the first candidate, else the first. */
static uint32_t any_candidate(const struct leg *leg)
{
    return (uint32_t)__builtin_ctz(leg->candidates | 1u << CLUSTER_PEERS_MAX) % CLUSTER_PEERS_MAX;
}

/* Where a leg goes, local; NONE with the cause. */
static uint32_t peer_of_leg(struct simulation *sim, struct attempt *a, const struct leg *leg,
                            uint32_t number)
{
    if (__builtin_expect(sim->placed != UINT32_MAX, 0) &&
        leg_local(sim->placed, number) != LEG_UNUSED)
        return leg_local(sim->placed, number);
    return leg->kind == LEG_CHOOSE ? choice_peer(&sim->clusters[leg->cluster], leg, &a->causes)
                                   : registered_peer(sim, a, leg);
}

/* Chooses, checks and takes one leg; its 4-bit index. Takes even what does not fit: the caller
 * gives all back at once. */
static uint32_t admit_leg(struct simulation *sim, struct attempt *a, const struct leg *leg,
                          uint32_t number)
{
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    uint32_t local = peer_of_leg(sim, a, leg, number);
    if (!leg->takes || (leg->both_needed && held_there(a, leg, local)))
        return LEG_UNUSED;
    uint32_t alike = local != NONE ? local : any_candidate(leg);
    a->causes |= check_cluster(cluster, leg, leg->units[alike]);
    if (local == NONE)
        return LEG_UNUSED;
    a->causes |= check_peer(&cluster->peers[local], leg, leg->wants[local]);
    a->causes |= (uint32_t)!setup_allowed(&cluster->peers[local], sim->now) << CAUSE_SETUP_RATE;
    a->causes |= (uint32_t)!session_free(sim, leg, local) << CAUSE_ENCRYPTED;
    leg_take(sim, cluster, local, leg, 1);
    session_change(sim, leg, local, 1);
    return local;
}

static uint32_t admit_all(struct simulation *sim, const struct variant *v, int64_t bandwidth,
                          struct holdings *out)
{
    struct attempt a = {.v = v,
                        .legs = &sim->plan->legs[v->first_leg],
                        .class = &sim->classes[v->class_index],
                        .ends = sim->ends_drawn};
    const struct leg *leg = a.legs;
    for (uint32_t i = 0; i < v->leg_count; i++, leg++)
        a.peers |= admit_leg(sim, &a, leg, i) << (4 * i);
    bool turn = false, pipes = false;
    if (v->turn_leg != NONE && leg_local(a.peers, v->turn_leg) != LEG_UNUSED) {
        turn = turn_take(sim, &a.legs[v->turn_leg], leg_local(a.peers, v->turn_leg),
                         &a.class->streams->target, &out->turn_place);
        a.causes |= (uint32_t)!turn << CAUSE_TURN;
    }
    if (v->pipe_count) {
        pipes = pipes_take(sim, v, bandwidth, out->pipe_use);
        a.causes |= (uint32_t)!pipes << CAUSE_BANDWIDTH;
    }
    out->peers = a.peers;
    if (a.causes) {
        untake(sim, v, a.peers);
        if (turn)
            turn_give(sim, &a.legs[v->turn_leg], out->turn_place);
        if (pipes)
            pipes_give(sim, v, out->pipe_use);
    }
    return a.causes;
}

/* The same for the common case, once the peer is chosen: no relays, no pipes. */
uint32_t admission_try_at(struct simulation *sim, const struct leg *leg, uint32_t local,
                          struct holdings *out)
{
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    struct peer_load *peer = &cluster->peers[local];
    uint32_t causes = check_cluster(cluster, leg, leg->units[local]) |
                      check_peer(peer, leg, leg->wants[local]) |
                      (uint32_t)!setup_allowed(peer, sim->now) << CAUSE_SETUP_RATE;
    if (causes)
        return causes;
    leg_take(sim, cluster, local, leg, 1);
    out->peers = local;
    return 0;
}

static inline uint32_t admit_sole(struct simulation *sim, const struct variant *v,
                                  struct holdings *out)
{
    const struct leg *leg = &sim->plan->legs[v->first_leg];
    struct cluster_state *cluster = &sim->clusters[leg->cluster];
    uint32_t causes = 0, local = choice_peer(cluster, leg, &causes);
    if (__builtin_expect(local == NONE, 0))
        return causes | check_cluster(cluster, leg, leg->units[any_candidate(leg)]);
    return admission_try_at(sim, leg, local, out);
}

uint32_t admission_try(struct simulation *sim, const struct variant *v, int64_t bandwidth,
                       struct holdings *out)
{
    return __builtin_expect(v->sole, 1) ? admit_sole(sim, v, out)
                                        : admit_all(sim, v, bandwidth, out);
}

void admission_give_relays(struct simulation *sim, const struct variant *v, uint8_t turn_place)
{
    turn_give(sim, &sim->plan->legs[v->first_leg + v->turn_leg], turn_place);
}

void admission_give_pipes(struct simulation *sim, const struct variant *v, const int64_t *use)
{
    pipes_give(sim, v, use);
}
