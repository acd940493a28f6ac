#include "sim/engine/measuring.h"

#include <string.h>

#include "model/limits.h"
#include "sim/engine/calls.h"
#include "sim/engine/outages.h"
#include "sim/engine/tallies.h"

void measuring_close(struct simulation *sim)
{
    uint64_t since = since_base(sim);
    for (uint32_t c = 0; c < sim->scenario->cluster_count; c++) {
        struct cluster_state *cluster = &sim->clusters[c];
        for (uint32_t i = 0; i < cluster->peer_count; i++)
            cluster->units.area += cluster->peers[i].units.area;
        meter_close(&cluster->units, since);
        meter_close(&cluster->rms, since);
        meter_close(&cluster->turn, since);
        for (uint32_t i = 0; i < cluster->peer_count; i++) {
            meter_close(&cluster->peers[i].units, since);
            meter_close(&cluster->peers[i].turn, since);
        }
    }
    for (uint32_t k = 0; k < sim->scenario->class_count; k++) {
        struct class_state *class = &sim->classes[k];
        double area = (double)(class->area + (uint64_t) class->in_progress * since);
        class->integral += area;
        class->interval += area;
        class->area = 0;
    }
    for (uint32_t e = 0; sim->ledger && e < sim->plan->ledger_count; e++) {
        struct ledger_use *use = &sim->ledger[e];
        double area = (double)(use->area + (uint64_t)use->used * since);
        use->integral += area;
        use->interval += area;
        use->area = 0;
    }
    for (uint32_t p = 0; p < sim->scenario->pipe_count; p++)
        pipe_change(&sim->pipes[p], 0, sim->now);
    sim->base = sim->now;
}

static void measure_peer(struct simulation *sim, struct peer_load *peer)
{
    meter_measure(sim, &peer->units);
    meter_measure(sim, &peer->turn);
    peer->admitted = 0;
    peer->setup_full = 0;
    peer->up_time = peer->drain_time = 0;
    peer->state_since = sim->now;
}

static void measure_class(struct class_state *class)
{
    class->offered = class->blocked = class->dropped = class->redials = class->redials_blocked =
        class->lost = 0;
    class->integral = class->interval = 0;
    class->interval_offered = class->interval_blocked = class->interval_no_rms = 0;
    class->peak = class->in_progress;
    memset(class->cause, 0, sizeof class->cause);
    memset(class->cause_only, 0, sizeof class->cause_only);
}

/* Alarms that stood while the run warmed up stand at its beginning. */
static void repeat_alarms(struct simulation *sim, uint32_t c)
{
    struct cluster_state *cluster = &sim->clusters[c];
    if (limit_accounts(&sim->scenario->clusters[c], LIMIT_PROVISIONING) >=
        limit_of_cluster(sim->scenario, c, LIMIT_PROVISIONING))
        alarm_raise(sim, (struct alarm){.id = 30018,
                                        .raised = true,
                                        .cluster = c,
                                        .peer = NONE,
                                        .text = "as many provisioned devices as a cluster holds"});
    watch_repeat(sim, &cluster->units.watch, c, NONE);
    watch_repeat(sim, &cluster->rms.watch, c, NONE);
    watch_repeat(sim, &cluster->turn.watch, c, NONE);
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        uint32_t peer = sim->scenario->clusters[c].first_peer + i;
        watch_repeat(sim, &cluster->peers[i].units.watch, c, peer);
        watch_repeat(sim, &cluster->peers[i].turn.watch, c, peer);
        outages_repeat(sim, peer);
    }
}

void measuring_begin(struct simulation *sim)
{
    measuring_close(sim);
    sim->measuring = true;
    calls_measure(sim);
    for (uint32_t c = 0; c < sim->scenario->cluster_count; c++) {
        struct cluster_state *cluster = &sim->clusters[c];
        meter_measure(sim, &cluster->units);
        meter_measure(sim, &cluster->rms);
        meter_measure(sim, &cluster->turn);
        memset(cluster->up_time, 0, sizeof cluster->up_time);
        cluster->pool = (struct pool_size){.start = cluster->rms.limit, .since = sim->now};
        cluster->up_since = sim->now;
        for (uint32_t i = 0; i < cluster->peer_count; i++)
            measure_peer(sim, &cluster->peers[i]);
        repeat_alarms(sim, c);
    }
    for (uint32_t k = 0; k < sim->scenario->class_count; k++)
        measure_class(&sim->classes[k]);
    surplus_measure(sim);
    for (uint32_t e = 0; sim->ledger && e < sim->plan->ledger_count; e++) {
        sim->ledger[e].integral = sim->ledger[e].interval = 0;
        sim->ledger[e].peak = sim->ledger[e].used;
    }
    for (uint32_t p = 0; p < sim->scenario->pipe_count; p++)
        meter_measure(sim, &sim->pipes[p]);
    configurations_repeat(&sim->configurations, sim->now);
    if (sim->registrations)
        registrations_measure(sim->registrations, sim->now);
}

void measuring_interval(struct simulation *sim, nanos length)
{
    measuring_close(sim);
    if (sim->series)
        tallies_interval(sim, length, sim->series + sim->series_columns * sim->series_index);
    sim->series_index++;
}

void measuring_pool(struct cluster_state *cluster, nanos now)
{
    struct pool_size *size = &cluster->pool;
    size->area += (double)cluster->rms.limit * ((double)time_since(now, size->since) / SECOND);
    size->changed = size->changed || cluster->rms.limit != size->start;
    size->since = now;
}

void measuring_finish(struct simulation *sim)
{
    measuring_close(sim);
    calls_give_up(sim);
    for (uint32_t c = 0; c < sim->scenario->cluster_count; c++) {
        struct cluster_state *cluster = &sim->clusters[c];
        meter_finish(&cluster->units, sim->now);
        meter_finish(&cluster->rms, sim->now);
        measuring_pool(cluster, sim->now);
        cluster->up_time[__builtin_popcount(cluster->live)] +=
            time_since(sim->now, cluster->up_since);
        for (uint32_t i = 0; i < cluster->peer_count; i++) {
            struct peer_load *peer = &cluster->peers[i];
            peer->up_time += peer->state & AWAY_ANY ? 0 : time_since(sim->now, peer->state_since);
            peer->drain_time += !(peer->state & AWAY_ANY) && peer->state & DRAIN_ANY
                                    ? time_since(sim->now, peer->state_since)
                                    : 0;
        }
    }
    for (uint32_t p = 0; p < sim->scenario->pipe_count; p++)
        meter_finish(&sim->pipes[p], sim->now);
    if (sim->registrations)
        registrations_finish(sim->registrations, sim->now);
    scripted_finish(sim);
    calls_close_log(sim);
    sim->finished = true;
}
