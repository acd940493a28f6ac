/* The short way of a call.
 *
 * Most calls take units, and perhaps RMS, on one peer, the one with most available, and nothing
 * about them is remarkable: no limit is met, no new peak, no alarm. For them the general way
 * (sim/engine/admission.h) comes to a few dozen instructions, written out here. Whatever is
 * remarkable is left to the general way; tests hold the two against each other.
 */
#ifndef PEERPLAN_SIM_QUICK_H
#define PEERPLAN_SIM_QUICK_H

#include "sim/engine/calls.h"
#include "sim/engine/choice.h"

static inline void quick_offer(struct simulation *sim, uint32_t k, struct class_state *class,
                               nanos holding)
{
    struct cluster_state *cluster = class->cluster;
    if (__builtin_expect(!cluster->settled, 0)) {
        call_offer(sim, k, holding, -1, NULL);
        return;
    }
    uint32_t local = most_available(cluster);
    struct peer_load *peer = &cluster->peers[local];
    int64_t units = class->units, rms = class->rms;
    int64_t on_peer = peer->units.used + units, in_cluster = cluster->units.used + units;
    if (__builtin_expect((on_peer >= peer->units.alert_up) |
                             (in_cluster >= cluster->units.alert_up) | (sim->free_count == 0) |
                             (class->in_progress == class->peak),
                         0) ||
        (rms && ((cluster->rms.used + rms >= cluster->rms.alert_up) |
                 (peer->rms + rms > peer->rms_limit)))) {
        call_offer_at(sim, k, local, holding);
        return;
    }
    uint64_t since = since_base(sim);
    uint32_t slot = sim->free_slots[--sim->free_count];
    peer->units.used = on_peer;
    peer->units.area -= (uint64_t)units * since;
    peer->admitted++;
    cluster->units.used = in_cluster;
    cluster->keys[local] -= units * KEY_STEP;
    if (rms) {
        meter_change(&cluster->rms, rms, since);
        peer->rms += rms;
    }
    class->offered++;
    class->in_progress++;
    class->area -= since;
    sim->calls[slot] = (struct call){k, local};
    tournament_add(&sim->ends, slot, end_of_call(sim, holding));
}

/* The call that is the first to end, in this slot. */
static inline void quick_end(struct simulation *sim, uint32_t slot, uint32_t local,
                             struct class_state *class)
{
    struct cluster_state *cluster = class->cluster;
    struct peer_load *peer = &cluster->peers[local];
    int64_t units = class->units, rms = class->rms;
    uint64_t since = since_base(sim);
    tournament_take(&sim->ends);
    sim->free_slots[sim->free_count++] = slot;
    class->in_progress--;
    class->area += since;
    peer->units.used -= units;
    peer->units.area += (uint64_t)units * since;
    cluster->units.used -= units;
    cluster->keys[local] += units * KEY_STEP;
    if (rms) {
        meter_change(&cluster->rms, -rms, since);
        peer->rms -= rms;
    }
    if (__builtin_expect((peer->units.used < peer->units.alert_down) |
                             (cluster->units.used < cluster->units.alert_down) |
                             (cluster->rms.used < cluster->rms.alert_down),
                         0))
        calls_note_fall(sim, cluster, local);
}

/* The call that is the first to end does. */
static inline void end_first(struct simulation *sim)
{
    uint32_t slot = tournament_next_slot(&sim->ends);
    struct call call = sim->calls[slot];
    if (call.variant < sim->scenario->class_count &&
        sim->classes[call.variant].path >= CALL_PATH_QUICK_BATCHES)
        quick_end(sim, slot, call.peers, &sim->classes[call.variant]);
    else
        call_end(sim, slot);
}

#endif
