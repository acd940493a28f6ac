/* What one leg of a call takes on its peer and in its cluster, and gives back. Written out in
 * place: most of what a call costs is this. */
#ifndef PEERPLAN_SIM_LEG_H
#define PEERPLAN_SIM_LEG_H

#include "sim/engine/state.h"

static inline uint32_t leg_local(uint32_t peers, uint32_t leg)
{
    return peers >> (4 * leg) & 15;
}

struct leg_change {
    int64_t units, drop, rms; /* drop: of the peer's key, in steps */
};

static inline void leg_shift(struct simulation *sim, struct cluster_state *cluster, uint32_t local,
                             struct leg_change change)
{
    struct peer_load *peer = &cluster->peers[local];
    uint64_t since = since_base(sim);
    meter_change(&peer->units, change.units, since);
    cluster->units.used += change.units;
    cluster->keys[local] -= change.drop * KEY_STEP;
    if (change.rms) {
        meter_change(&cluster->rms, change.rms, since);
        peer->rms += change.rms;
    }
}

static inline void leg_take(struct simulation *sim, struct cluster_state *cluster, uint32_t local,
                            const struct leg *leg, int64_t sign)
{
    leg_shift(
        sim, cluster, local,
        (struct leg_change){sign * leg->units[local], sign * leg->drops[local], sign * leg->rms});
    cluster->peers[local].sessions += sign;
}

/* Encrypted signalling sessions of a leg: most have none to count. */
static inline bool session_free(const struct simulation *sim, const struct leg *leg, uint32_t local)
{
    return leg->session == SESSION_NONE ||
           registrations_session_free(sim->registrations,
                                      sim->scenario->clusters[leg->cluster].first_peer + local,
                                      leg->session);
}

static inline void session_change(struct simulation *sim, const struct leg *leg, uint32_t local,
                                  int change)
{
    if (__builtin_expect(leg->session != SESSION_NONE, 0))
        registrations_session(sim->registrations,
                              sim->scenario->clusters[leg->cluster].first_peer + local,
                              leg->session, change, sim->now);
}

static inline void leg_give(struct simulation *sim, struct cluster_state *cluster, uint32_t local,
                            const struct leg *leg)
{
    leg_take(sim, cluster, local, leg, -1);
    session_change(sim, leg, local, -1);
}

static inline void ledger_change(struct simulation *sim, const struct leg *leg, int64_t change)
{
    if (!sim->ledger || !change)
        return;
    struct ledger_use *use = &sim->ledger[leg->ledger];
    use->used += change;
    use->area -= (uint64_t)change * since_base(sim);
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

static inline bool setup_allowed(const struct peer_load *peer, nanos now)
{
    return peer->setup_gap == 0 || peer->setup_due - now <= peer->setup_burst;
}

static inline void setup_count(struct peer_load *peer, nanos now)
{
    if (!peer->setup_gap)
        return;
    peer->setup_due = (peer->setup_due > now ? peer->setup_due : now) + peer->setup_gap;
    if (peer->setup_due - now > peer->setup_burst) /* the next one has to wait so long */
        peer->setup_full += peer->setup_due - now - peer->setup_burst;
}

/* Once it is sure that an admitted call stays. */
static inline void legs_note(struct simulation *sim, const struct variant *v, uint32_t peers,
                             uint8_t turn_place)
{
    const struct leg *leg = &sim->plan->legs[v->first_leg];
    for (uint32_t i = 0; i < v->holding_legs; i++, leg++) {
        uint32_t local = leg_local(peers, i);
        if (local == LEG_UNUSED)
            continue;
        struct cluster_state *cluster = &sim->clusters[leg->cluster];
        cluster->peers[local].admitted++;
        setup_count(&cluster->peers[local], sim->now);
        leg_rose(sim, cluster, local, leg);
        ledger_change(sim, leg, leg->rms);
        if (i == v->turn_leg) {
            uint32_t server = turn_place & 15u;
            meter_rose(sim, &cluster->peers[server].turn, leg->cluster,
                       sim->scenario->clusters[leg->cluster].first_peer + server);
            meter_rose(sim, &cluster->turn, leg->cluster, NONE);
        }
    }
    for (uint32_t i = 0; i < v->pipe_count; i++)
        meter_rose(sim, &sim->pipes[sim->plan->pipe_index[v->first_pipe + i]], NONE, NONE);
}

/* All that a call holds. */
static inline void legs_release(struct simulation *sim, const struct variant *v, uint32_t peers)
{
    const struct leg *leg = &sim->plan->legs[v->first_leg];
    for (uint32_t i = 0; i < v->holding_legs; i++, leg++) {
        uint32_t local = leg_local(peers, i);
        if (local == LEG_UNUSED)
            continue;
        struct cluster_state *cluster = &sim->clusters[leg->cluster];
        leg_give(sim, cluster, local, leg);
        leg_fell(sim, cluster, local, leg);
        ledger_change(sim, leg, -leg->rms);
    }
}

/* A call in set-up connects: what its legs held becomes what they hold in progress, on the same
 * peers. */
static inline void legs_convert(struct simulation *sim, const struct variant *from,
                                const struct variant *to, uint32_t peers)
{
    const struct leg *old = &sim->plan->legs[from->first_leg],
                     *new = &sim->plan->legs[to->first_leg];
    for (uint32_t i = 0; i < from->holding_legs; i++, old++, new ++) {
        uint32_t local = leg_local(peers, i);
        if (local == LEG_UNUSED)
            continue;
        int64_t units = new->units[local] - old->units[local], rms = new->rms - old->rms;
        leg_shift(sim, &sim->clusters[new->cluster], local,
                  (struct leg_change){units, new->drops[local] - old->drops[local], rms});
        const struct leg *held = old->rms ? old : new;
        if (units > 0 || rms > 0)
            leg_rose(sim, &sim->clusters[new->cluster], local, held);
        if (units < 0 || rms < 0)
            leg_fell(sim, &sim->clusters[new->cluster], local, held);
        ledger_change(sim, held, rms);
    }
}

#endif
