#include "sim/engine/reset.h"

#include "model/licences.h"
#include "model/limits.h"
#include "sim/engine/calls.h"
#include "sim/engine/outages.h"
#include "sim/engine/steady.h"

static int64_t ample(int64_t limit)
{
    return limit > AMPLE ? AMPLE : limit;
}

static void reset_peer(struct simulation *sim, const struct peer *peer, struct peer_load *state,
                       enum watched sessions)
{
    const struct platform *platform = &sim->scenario->platforms[peer->platform];
    bool ports = platform->turn_ports && !peer->turn_multiplexing && platform->turn < AMPLE;
    *state = (struct peer_load){
        .sessions_limit = ample(peer->max_sessions),
        .rms_limit = ample(platform->rms) == AMPLE ? AMPLE : 2 * platform->rms,
        .port_count = ports ? TURN_PORTS : 1,
        .port_limit = ports ? platform->turn / TURN_PORTS : ample(platform->turn),
        .setup_gap = peer->setup_rate > 0 ? nanos_round((double)SECOND / peer->setup_rate) : 0,
        .setup_burst =
            peer->setup_rate > 1 ? nanos_round((double)SECOND * (1 - 1 / peer->setup_rate)) : 0,
        .setup_due = -FOREVER / 2,
        .lost_since = FOREVER,
        .state_since = sim->start,
    };
    meter_reset(&state->units, ample(platform->units), sessions, false);
    meter_reset(&state->turn, ample(platform->turn), WATCH_TURN, false);
}

static int64_t units_over_peers(const struct simulation *sim, uint32_t c)
{
    int64_t sum = 0;
    const struct cluster *cluster = &sim->scenario->clusters[c];
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        sum += ample(
            sim->scenario->platforms[sim->scenario->peers[cluster->first_peer + i].platform].units);
    return ample(sum);
}

static int64_t pool_size(const struct simulation *sim, uint32_t c)
{
    return sim->scenario->clusters[c].licensed[LICENCE_RMS]
               ? ample(licences_installed(sim->scenario, c, LICENCE_RMS))
               : AMPLE;
}

static void reset_cluster(struct simulation *sim, uint32_t c)
{
    const struct scenario *s = sim->scenario;
    const struct cluster *cluster = &s->clusters[c];
    struct cluster_state *state = &sim->clusters[c];
    enum watched sessions = (sim->plan->carries[c] & ~CARRIES_RMS) == CARRIES_OTHER
                                ? WATCH_NON_TRAVERSAL
                                : WATCH_TRAVERSAL;
    *state = (struct cluster_state){
        .sessions = cluster->available == AVAILABLE_SESSIONS,
        .random_ties = cluster->ties == TIES_RANDOM,
        .peer_count = cluster->peer_count,
        .live = (uint8_t)((1u << cluster->peer_count) - 1),
        .choosable = (uint8_t)((1u << cluster->peer_count) - 1),
        .up_since = sim->start,
        .lowest = order_lowest(),
    };
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        reset_peer(sim, &s->peers[cluster->first_peer + i], &state->peers[i], sessions);
        state->counts_more = state->counts_more || state->peers[i].sessions_limit < AMPLE ||
                             state->peers[i].setup_gap;
    }
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        state->keys[i] = -NOT_CHOOSABLE;
    outages_set_choosable(sim, c);
    int64_t capacity = ample(limit_of_cluster(s, c, LIMIT_RMS));
    int64_t pool = pool_size(sim, c);
    state->rms_capacity = capacity == AMPLE ? AMPLE : 2 * capacity;
    int64_t cap = ample(scenario_cluster_units(s, c));
    state->cap = cap < units_over_peers(sim, c) ? cap : AMPLE;
    meter_reset(&state->units, cap, sessions, true);
    bool licences = cluster->licensed[LICENCE_RMS] && pool <= capacity;
    meter_reset(&state->rms, licences ? 2 * pool : state->rms_capacity,
                licences ? WATCH_RMS_LICENCES : WATCH_RMS_CAPACITY, true);
    meter_reset(&state->turn, ample(limit_of_cluster(s, c, LIMIT_TURN_RELAYS)), WATCH_TURN, false);
    stream_init(&state->choice, sim->seed, sim->replication, PURPOSE_CHOICE,
                random_name(cluster->name));
    tie_draws_init(&state->ties, &sim->orders[cluster->peer_count], sim->seed, sim->replication,
                   random_name(cluster->name));
}

static void reset_class(struct simulation *sim, uint32_t k)
{
    struct class_state *class = &sim->classes[k];
    struct arrivals_source source = class->source;
    struct sampler sampler = class->sampler;
    const char *name = sim->scenario->classes[k].name;
    uint64_t index = random_name(name);
    *class = (struct class_state){
        .source = source, .sampler = sampler, .streams = &sim->class_streams[k]};
    class->finite = sim->scenario->classes[k].arrivals.kind == ARRIVALS_SOURCES;
    sampler_reset(&class->sampler, sim->seed, sim->replication, index);
    stream_init(&class->streams->batch, sim->seed, sim->replication, PURPOSE_BATCH, index);
    stream_init(&class->streams->redial, sim->seed, sim->replication, PURPOSE_REDIAL, index);
    stream_init(&class->streams->origin, sim->seed, sim->replication, PURPOSE_ORIGIN, index);
    stream_init(&class->streams->target, sim->seed, sim->replication, PURPOSE_TARGET, index);
    stream_init(&class->streams->ice, sim->seed, sim->replication, PURPOSE_ICE, index);
    source_reset(&class->source, sim->seed, sim->replication, index);
    source_start(&class->source, sim->start, steady_holds_rates(sim->plan));
    nanos next = class->source.next < SLOT_EMPTY ? class->source.next : SLOT_EMPTY;
    tournament_set(&sim->arrivals, k, next);
}

static void forward_alarm(void *context, const struct alarm *alarm)
{
    alarm_keep(context, alarm);
}

void reset_state(struct simulation *sim, nanos warmup, nanos length)
{
    const struct scenario *s = sim->scenario;
    sim->start = sim->now = sim->base = -warmup;
    sim->length = length;
    sim->measuring = sim->finished = sim->failed = false;
    sim->events = 0;
    sim->series_index = 0;
    sim->alarms = NULL;
    sim->alarm_count = sim->alarm_capacity = 0;
    sim->alarms_dropped = 0;
    sim->scripted = NONE;
    for (uint32_t i = 0; i < sim->plan->script.count; i++)
        sim->scripted_states[i] = (struct scripted_state){.settled = FOREVER};
    agenda_clear(&sim->agenda);
    tournament_clear(&sim->arrivals, sim->start);
    calls_reset(sim);
    for (uint32_t c = 0; c < s->cluster_count; c++)
        reset_cluster(sim, c);
    for (uint32_t p = 0; p < s->pipe_count; p++) {
        meter_reset(&sim->pipes[p], ample(s->pipes[p].total), WATCH_NOTHING, true);
        sim->pipes[p].changed = sim->start;
    }
    for (uint32_t k = 0; k < s->class_count; k++)
        reset_class(sim, k);
    for (uint32_t e = 0; sim->ledger && e < sim->plan->ledger_count; e++)
        sim->ledger[e] = (struct ledger_use){0};
    calls_set_paths(sim);
    struct alarm_sink sink = {sim, forward_alarm};
    configurations_reset(&sim->configurations, sim->start, sink);
    sim->configuration_due = FOREVER;
    if (sim->registrations) {
        registrations_reset(sim->registrations,
                            &(struct registrations_start){.seed = sim->seed,
                                                          .replication = sim->replication,
                                                          .time = sim->start,
                                                          .down = sim->options->down,
                                                          .down_count = sim->options->down_count,
                                                          .alarms = sink});
    }
    outages_reset(sim);
    surplus_reset(sim);
}

void reset_schedule(struct simulation *sim, nanos interval)
{
    simulation_schedule(sim, 0, EVENT_MEASURE, 0, 0);
    simulation_schedule(sim, sim->start + CLOSE_LATEST, EVENT_CLOSE, 0, 0);
    simulation_schedule(sim, sim->length, EVENT_END, 0, 0); /* before an interval that ends then */
    simulation_schedule(sim, interval, EVENT_INTERVAL, 0, 0);
    outages_schedule(sim);
}
