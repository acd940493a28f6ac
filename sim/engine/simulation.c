#include "sim/engine/simulation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/licences.h"
#include "sim/engine/quick.h"
#include "sim/engine/steady.h"
#include "sim/engine/tallies.h"

void simulation_schedule(struct simulation *sim, nanos time, enum agenda_rank rank,
                         enum agenda_kind kind, uint32_t subject, uint64_t argument)
{
    if (!agenda_add(&sim->agenda, time, rank, kind, subject, argument))
        sim->failed = true;
    if (time < sim->next_other)
        sim->next_other = time;
}

/* --- Books
 * -------------------------------------------------------------------------------------------------------
 */

static void close_meter(struct meter *meter, uint64_t since)
{
    double area = (double)(meter->area + (uint64_t)meter->used * since);
    meter->integral += area;
    meter->interval += area;
    meter->area = 0;
}

static void close_books(struct simulation *sim)
{
    uint64_t since = (uint64_t)(sim->now - sim->base);
    for (uint32_t c = 0; c < sim->scenario->cluster_count; c++) {
        struct cluster_state *cluster = &sim->clusters[c];
        for (uint32_t i = 0; i < cluster->peer_count; i++)
            cluster->units.area += cluster->peers[i].units.area;
        close_meter(&cluster->units, since);
        close_meter(&cluster->rms, since);
        close_meter(&cluster->turn, since);
        for (uint32_t i = 0; i < cluster->peer_count; i++) {
            close_meter(&cluster->peers[i].units, since);
            close_meter(&cluster->peers[i].turn, since);
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

static void measure_meter(struct meter *meter, nanos now)
{
    meter->integral = meter->interval = 0;
    meter->peak = meter->used;
    meter->full_time = 0;
    if (meter->full_since != FOREVER)
        meter->full_since = now;
    meter_aim(meter);
}

static void measure_peer(struct simulation *sim, struct peer_state *peer)
{
    measure_meter(&peer->units, sim->now);
    measure_meter(&peer->turn, sim->now);
    peer->admitted = 0;
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

/* The measured period begins: whatever was counted so far is forgotten, what is in progress stays.
 */
static void begin_measuring(struct simulation *sim)
{
    close_books(sim);
    sim->measuring = true;
    for (uint32_t c = 0; c < sim->scenario->cluster_count; c++) {
        struct cluster_state *cluster = &sim->clusters[c];
        measure_meter(&cluster->units, sim->now);
        measure_meter(&cluster->rms, sim->now);
        measure_meter(&cluster->turn, sim->now);
        memset(cluster->up_time, 0, sizeof cluster->up_time);
        cluster->up_since = sim->now;
        for (uint32_t i = 0; i < cluster->peer_count; i++)
            measure_peer(sim, &cluster->peers[i]);
        repeat_alarms(sim, c);
    }
    for (uint32_t k = 0; k < sim->scenario->class_count; k++)
        measure_class(&sim->classes[k]);
    for (uint32_t e = 0; sim->ledger && e < sim->plan->ledger_count; e++) {
        sim->ledger[e].integral = sim->ledger[e].interval = 0;
        sim->ledger[e].peak = sim->ledger[e].used;
    }
    for (uint32_t p = 0; p < sim->scenario->pipe_count; p++)
        measure_meter(&sim->pipes[p], sim->now);
    configurations_repeat(&sim->configurations, sim->now);
    if (sim->registrations)
        registrations_measure(sim->registrations, sim->now);
}

static void end_interval(struct simulation *sim, nanos length)
{
    close_books(sim);
    if (sim->series)
        tallies_interval(sim, length, sim->series + sim->series_columns * sim->series_index);
    sim->series_index++;
}

static void finish_meter(struct meter *meter, nanos now)
{
    if (meter->full_since != FOREVER)
        meter->full_time += now - meter->full_since;
}

static void finish(struct simulation *sim)
{
    close_books(sim);
    for (uint32_t c = 0; c < sim->scenario->cluster_count; c++) {
        struct cluster_state *cluster = &sim->clusters[c];
        finish_meter(&cluster->units, sim->now);
        finish_meter(&cluster->rms, sim->now);
        cluster->up_time[__builtin_popcount(cluster->live)] += sim->now - cluster->up_since;
        for (uint32_t i = 0; i < cluster->peer_count; i++) {
            struct peer_state *peer = &cluster->peers[i];
            peer->up_time += peer->state & AWAY_ANY ? 0 : sim->now - peer->state_since;
            peer->drain_time += !(peer->state & AWAY_ANY) && peer->state & DRAIN_ANY
                                    ? sim->now - peer->state_since
                                    : 0;
        }
    }
    for (uint32_t p = 0; p < sim->scenario->pipe_count; p++)
        finish_meter(&sim->pipes[p], sim->now);
    if (sim->registrations)
        registrations_finish(sim->registrations, sim->now);
    calls_close_log(sim);
    sim->finished = true;
}

/* --- Arrivals
 * ----------------------------------------------------------------------------------------------------
 */

static int64_t batch_size(const struct arrivals *arrivals, double u)
{
    double sum = 0;
    for (uint32_t i = 0; i + 1 < arrivals->batch_count; i++) {
        sum += arrivals->batch_probabilities[i];
        if (u < sum)
            return arrivals->batch_sizes[i];
    }
    return arrivals->batch_sizes[arrivals->batch_count - 1];
}

static void class_goes_on(struct simulation *sim, struct class_state *class)
{
    if (class->finite)
        source_draw_idle(&class->source, sim->now);
    else
        source_advance(&class->source);
    tournament_move(&sim->arrivals,
                    class->source.next < SLOT_EMPTY ? class->source.next : SLOT_EMPTY);
}

static void batch_arrives(struct simulation *sim, uint32_t k)
{
    struct class_state *class = &sim->classes[k];
    const struct arrivals *arrivals = class->source.arrivals;
    int64_t calls =
        arrivals->batch_count ? batch_size(arrivals, stream_uniform(&class->streams->batch)) : 1;
    for (int64_t i = 0; i < calls; i++)
        call_offer(sim, k, sampler_next(&class->sampler), -1, NULL);
}

/* Of many classes the next one is seldom in the nearest cache. */
static inline void fetch_class(const struct simulation *sim, uint32_t k)
{
    const struct class_state *class = &sim->classes[k];
    if (k >= sim->scenario->class_count)
        return;
    __builtin_prefetch(class);
    __builtin_prefetch(&class->source);
    __builtin_prefetch(&class->sampler);
}

static inline void class_arrives(struct simulation *sim, uint32_t k)
{
    struct class_state *class = &sim->classes[k];
    if (__builtin_expect(class->single,
                         1)) { /* its next arrival first: what comes next hangs on it */
        source_advance(&class->source);
        tournament_move(&sim->arrivals,
                        class->source.next < SLOT_EMPTY ? class->source.next : SLOT_EMPTY);
        fetch_class(sim, tournament_next_slot(&sim->arrivals));
        quick_offer(sim, k, class, sampler_next(&class->sampler));
    } else {
        batch_arrives(sim, k);
        class_goes_on(sim, class);
    }
}

/* Reads the next row of a trace; rows before the start are passed over by the reader. */
static void trace_next(struct simulation *sim, uint32_t t)
{
    struct trace_state *trace = &sim->traces[t];
    int status = sim->options->traces->next(trace->cursor, &trace->row);
    if (status < 0)
        sim->failed = true;
    trace->ended = status <= 0;
    tournament_set(&sim->arrivals, sim->scenario->class_count + t,
                   trace->ended ? SLOT_EMPTY : trace->row.start);
}

static void trace_arrives(struct simulation *sim, uint32_t t)
{
    const struct trace_row *row = &sim->traces[t].row;
    call_offer(sim, plan_trace_variant(sim->plan, t, row->class_index, row->media), row->duration,
               row->bandwidth, row->id);
    trace_next(sim, t);
}

static void arrive(struct simulation *sim)
{
    uint32_t leaf = tournament_next_slot(&sim->arrivals);
    if (__builtin_expect(leaf < sim->scenario->class_count, 1))
        class_arrives(sim, leaf);
    else
        trace_arrives(sim, leaf - sim->scenario->class_count);
}

static void end(struct simulation *sim)
{
    uint32_t slot = tournament_next_slot(&sim->ends);
    struct call call = sim->calls[slot];
    if (call.variant < sim->scenario->class_count && sim->classes[call.variant].quick)
        quick_end(sim, slot, call.peers, &sim->classes[call.variant]);
    else
        call_end(sim, slot);
}

/* --- The loop
 * ----------------------------------------------------------------------------------------------------
 */

static void handle(struct simulation *sim, const struct agenda_event *event, nanos interval)
{
    switch (event->kind) {
    case EVENT_BOOKS:
        close_books(sim);
        simulation_schedule(sim, sim->now + BOOKS_LONGEST, RANK_EDGE, EVENT_BOOKS, 0, 0);
        break;
    case EVENT_MEASURE:
        begin_measuring(sim);
        break;
    case EVENT_INTERVAL:
        end_interval(sim, interval);
        simulation_schedule(sim, sim->now + interval, RANK_EDGE, EVENT_INTERVAL, 0, 0);
        break;
    case EVENT_END:
        end_interval(sim, sim->now % interval ? sim->now % interval : interval);
        finish(sim);
        break;
    case EVENT_REDIAL:
        call_redial(sim, event->argument);
        break;
    default:
        outages_event(sim, event);
        break;
    }
}

static nanos registrations_due(const struct simulation *sim)
{
    return sim->registrations ? registrations_next(sim->registrations) : FOREVER;
}

static nanos horizon_of(const struct simulation *sim)
{
    return sim->ends.horizon < sim->arrivals.horizon ? sim->ends.horizon : sim->arrivals.horizon;
}

static void note_next_other(struct simulation *sim)
{
    nanos next = agenda_next(&sim->agenda), due = registrations_due(sim), horizon = horizon_of(sim);
    next = next < due ? next : due;
    sim->next_other = next < horizon ? next : horizon;
}

/* Something rarer than a call: an entry of the agenda, or, at the same time after it, a
 * registration. */
static void other(struct simulation *sim, nanos interval)
{
    nanos due = registrations_due(sim);
    if (sim->now == horizon_of(sim)) {
        tournament_rebase(&sim->ends, sim->now);
        tournament_rebase(&sim->arrivals, sim->now);
    } else if (agenda_next(&sim->agenda) <= due) {
        sim->events++;
        struct agenda_event event = agenda_take(&sim->agenda);
        handle(sim, &event, interval);
    } else {
        sim->events++;
        registrations_step(sim->registrations);
        sim->failed = sim->failed || registrations_failed(sim->registrations);
    }
    note_next_other(sim);
}

static bool stopped(const struct simulation *sim)
{
    return sim->options->stop && atomic_load_explicit(sim->options->stop, memory_order_relaxed);
}

/* What fails is seen at the next event that is not a call's; there is always one. */
static void loop(struct simulation *sim, nanos interval)
{
    uint64_t events = 0;
    note_next_other(sim);
    for (;;) {
        nanos ends = tournament_next_time(&sim->ends),
              arrival = tournament_next_time(&sim->arrivals);
        nanos due = sim->next_other;
        if (ends <= due && ends <= arrival) {
            sim->now = ends;
            end(sim);
        } else if (arrival < due) {
            sim->now = arrival;
            arrive(sim);
        } else {
            sim->now = due;
            other(sim, interval);
            if (sim->finished || sim->failed || stopped(sim))
                break;
            continue;
        }
        events++;
    }
    sim->events += events;
}

/* --- Life cycle
 * --------------------------------------------------------------------------------------------------
 */

static void reset_meter(struct meter *meter, int64_t limit, enum watched what, bool counts_full)
{
    *meter = (struct meter){.limit = limit,
                            .counts_full = counts_full,
                            .full_since = counts_full && limit <= 0 ? 0 : FOREVER};
    watch_init(&meter->watch, limit, what);
    meter_aim(meter);
}

static int64_t ample(int64_t limit)
{
    return limit > AMPLE ? AMPLE : limit;
}

static void reset_peer(struct simulation *sim, const struct peer *peer, struct peer_state *state,
                       enum watched sessions)
{
    const struct platform *platform = &sim->scenario->platforms[peer->platform];
    bool ports = platform->turn_ports && !peer->turn_multiplexing && platform->turn < AMPLE;
    *state = (struct peer_state){
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
    reset_meter(&state->units, ample(platform->units), sessions, false);
    reset_meter(&state->turn, ample(platform->turn), WATCH_TURN, false);
}

enum node_figure { NODE_UNITS, NODE_RMS, NODE_TURN };

static int64_t sum_over_peers(const struct simulation *sim, uint32_t c, enum node_figure figure)
{
    int64_t sum = 0;
    const struct cluster *cluster = &sim->scenario->clusters[c];
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        const struct platform *p =
            &sim->scenario->platforms[sim->scenario->peers[cluster->first_peer + i].platform];
        sum += ample(figure == NODE_UNITS ? p->units : figure == NODE_RMS ? p->rms : p->turn);
    }
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
    struct platform node = scenario_cluster_node(s, c);
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
    int64_t capacity =
        ample(scenario_cluster_limit(s, c, node.rms, sum_over_peers(sim, c, NODE_RMS)));
    int64_t pool = pool_size(sim, c);
    state->rms_capacity = capacity == AMPLE ? AMPLE : 2 * capacity;
    int64_t cap = ample(scenario_cluster_units(s, c));
    state->cap = cap < sum_over_peers(sim, c, NODE_UNITS) ? cap : AMPLE;
    reset_meter(&state->units, cap, sessions, true);
    bool licences = cluster->licensed[LICENCE_RMS] && pool <= capacity;
    reset_meter(&state->rms, licences ? 2 * pool : state->rms_capacity,
                licences ? WATCH_RMS_LICENCES : WATCH_RMS_CAPACITY, true);
    reset_meter(&state->turn,
                ample(scenario_cluster_limit(s, c, node.turn, sum_over_peers(sim, c, NODE_TURN))),
                WATCH_TURN, false);
    stream_init(&state->choice, sim->seed, sim->replication, PURPOSE_CHOICE,
                random_name(cluster->name));
    lots_init(&state->ties, &sim->orders[cluster->peer_count], sim->seed, sim->replication,
              random_name(cluster->name));
}

static bool is_plain(const struct simulation *sim, const struct call_class *call)
{
    return call->arrivals.kind != ARRIVALS_SOURCES && call->setup == 0 &&
           call->redial_probability <= 0 && !sim->logging;
}

static void reset_class(struct simulation *sim, uint32_t k)
{
    struct class_state *class = &sim->classes[k];
    struct source source = class->source;
    struct sampler sampler = class->sampler;
    const char *name = sim->scenario->classes[k].name;
    uint64_t index = random_name(name);
    *class = (struct class_state){
        .source = source, .sampler = sampler, .streams = &sim->class_streams[k]};
    class->plain = is_plain(sim, &sim->scenario->classes[k]);
    class->finite = sim->scenario->classes[k].arrivals.kind == ARRIVALS_SOURCES;
    sampler_reset(&class->sampler, sim->seed, sim->replication, index);
    stream_init(&class->streams->batch, sim->seed, sim->replication, PURPOSE_BATCH, index);
    stream_init(&class->streams->redial, sim->seed, sim->replication, PURPOSE_REDIAL, index);
    stream_init(&class->streams->origin, sim->seed, sim->replication, PURPOSE_ORIGIN, index);
    stream_init(&class->streams->target, sim->seed, sim->replication, PURPOSE_TARGET, index);
    source_reset(&class->source, sim->seed, sim->replication, index, sim->start,
                 steady_holds_rates(sim->plan));
    nanos next = class->source.next < SLOT_EMPTY ? class->source.next : SLOT_EMPTY;
    tournament_set(&sim->arrivals, k, next);
}

static void forward_alarm(void *context, nanos time, int id, bool raised, uint32_t cluster,
                          uint32_t peer, const char *text)
{
    struct simulation *sim = context;
    nanos now = sim->now;
    sim->now = time;
    alarm_raise(sim, id, raised, cluster, peer, text);
    sim->now = now;
}

static bool open_traces(struct simulation *sim)
{
    for (uint32_t t = 0; t < sim->scenario->trace_count; t++) {
        sim->traces[t] = (struct trace_state){0};
        if (!sim->options->traces)
            return false;
        sim->traces[t].cursor =
            sim->options->traces->open(sim->options->traces->context, t, sim->errors);
        if (!sim->traces[t].cursor)
            return false;
        trace_next(sim, t);
    }
    return !sim->failed;
}

static void close_traces(struct simulation *sim)
{
    for (uint32_t t = 0; t < sim->scenario->trace_count; t++) {
        if (sim->traces[t].cursor)
            sim->options->traces->close(sim->traces[t].cursor);
        sim->traces[t].cursor = NULL;
    }
}

static bool reset(struct simulation *sim, nanos warmup, nanos length, nanos interval)
{
    const struct scenario *s = sim->scenario;
    sim->start = sim->now = sim->base = -warmup;
    sim->length = length;
    sim->measuring = sim->finished = sim->failed = false;
    sim->events = 0;
    sim->series_index = 0;
    sim->alarms = NULL;
    sim->alarm_count = sim->alarm_room = 0;
    sim->alarms_dropped = 0;
    agenda_clear(&sim->agenda);
    tournament_clear(&sim->arrivals, sim->start);
    calls_reset(sim);
    for (uint32_t c = 0; c < s->cluster_count; c++)
        reset_cluster(sim, c);
    for (uint32_t p = 0; p < s->pipe_count; p++) {
        reset_meter(&sim->pipes[p], ample(s->pipes[p].total), WATCH_NOTHING, true);
        sim->pipes[p].changed = sim->start;
    }
    for (uint32_t k = 0; k < s->class_count; k++)
        reset_class(sim, k);
    for (uint32_t e = 0; sim->ledger && e < sim->plan->ledger_count; e++)
        sim->ledger[e] = (struct ledger_use){0};
    calls_note_quick(sim);
    simulation_schedule(sim, 0, RANK_EDGE, EVENT_MEASURE, 0, 0);
    simulation_schedule(sim, sim->start + BOOKS_LONGEST, RANK_EDGE, EVENT_BOOKS, 0, 0);
    simulation_schedule(sim, length, RANK_EDGE, EVENT_END, 0,
                        0); /* before an interval that ends then */
    simulation_schedule(sim, interval, RANK_EDGE, EVENT_INTERVAL, 0, 0);
    struct alarm_sink sink = {sim, forward_alarm};
    configurations_reset(&sim->configurations, sim->start, sink);
    sim->configuration_due = FOREVER;
    if (sim->registrations) {
        registrations_reset(sim->registrations, sim->seed, sim->replication, sim->start,
                            sim->options->down, sim->options->down_count, sink);
    }
    outages_reset(sim);
    if (sim->steady && !steady_fill(sim))
        return false;
    return open_traces(sim) &&
           (!sim->logging || call_log_open(&sim->log, sim->options->calls, sim->replication));
}

bool simulation_run(struct simulation *sim, uint32_t replication, nanos warmup, nanos length,
                    nanos interval, struct replication_outcome *outcome, struct errors *errors)
{
    sim->replication = replication;
    sim->errors = errors;
    sim->series = outcome->series;
    size_t failures = errors->failures;
    bool ok = reset(sim, warmup, length, interval);
    if (ok)
        loop(sim, interval);
    close_traces(sim);
    ok = ok && sim->finished && !sim->failed;
    if (ok && outcome->tallies)
        tallies_collect(sim, outcome->tallies);
    if (!ok && sim->log.handle)
        call_log_close(&sim->log, sim->now, false);
    if (!ok && !stopped(sim) && errors->failures == failures)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0,
                   "replication %u could not be finished: out of memory, or a call "
                   "record could not be written",
                   replication + 1);
    outcome->events = sim->events;
    outcome->alarms = sim->alarms;
    outcome->alarm_count = sim->alarm_count;
    outcome->alarms_dropped = sim->alarms_dropped;
    sim->alarms = NULL;
    return ok;
}

/* Gaps and holding times of a class made at once: many, unless that many classes would crowd them
 * out of the caches. */
static uint32_t draws_ahead(uint32_t classes)
{
    return classes <= 8 ? DRAWS_AHEAD_MOST : classes <= 64 ? 32 : 16;
}

static bool allocate(struct simulation *sim)
{
    const struct scenario *s = sim->scenario;
    size_t ahead = ((size_t)s->class_count + 1) * draws_ahead(s->class_count);
    agenda_init(&sim->agenda);
    call_log_init(&sim->log);
    sim->clusters = calloc(s->cluster_count + 1, sizeof *sim->clusters);
    sim->classes = calloc(s->class_count + 1, sizeof *sim->classes);
    sim->class_streams = calloc(s->class_count + 1, sizeof *sim->class_streams);
    sim->gaps_ahead = calloc(ahead, sizeof *sim->gaps_ahead);
    sim->holdings_ahead = calloc(ahead, sizeof *sim->holdings_ahead);
    sim->pipes = calloc(s->pipe_count + 1, sizeof *sim->pipes);
    sim->traces = calloc(s->trace_count + 1, sizeof *sim->traces);
    if (!sim->clusters || !sim->classes || !sim->class_streams || !sim->gaps_ahead ||
        !sim->holdings_ahead || !sim->pipes || !sim->traces)
        return false;
    if (sim->plan->ledger_moves &&
        !(sim->ledger = calloc(sim->plan->ledger_count, sizeof *sim->ledger)))
        return false;
    for (uint32_t n = 0; n <= CLUSTER_PEERS_MAX; n++)
        if (!orders_init(&sim->orders[n], n))
            return false;
    if (!configurations_init(&sim->configurations, s))
        return false;
    if (s->endpoints_count && !(sim->registrations = registrations_new(s)))
        return false;
    return tournament_init(&sim->arrivals, s->class_count + s->trace_count + 1) &&
           calls_init(sim) && outages_init(sim);
}

struct simulation *simulation_new(const struct plan *plan, const struct simulation_options *options,
                                  uint64_t seed, size_t series_columns)
{
    struct simulation *sim = calloc(1, sizeof *sim);
    if (!sim)
        return NULL;
    sim->plan = plan;
    sim->scenario = plan->scenario;
    sim->options = options;
    sim->seed = seed;
    sim->series_columns = series_columns;
    sim->logging = options->calls;
    sim->steady = plan->scenario->run.steady && !steady_obstacle(plan);
    if (!allocate(sim)) {
        simulation_free(sim);
        return NULL;
    }
    nanos offset = ((plan->scenario->run.start_unix % 86400) + 86400) % 86400 * SECOND;
    uint32_t room = draws_ahead(plan->scenario->class_count);
    for (uint32_t k = 0; k < plan->scenario->class_count; k++) {
        const struct call_class *call = &plan->scenario->classes[k];
        source_init(&sim->classes[k].source, &call->arrivals, offset,
                    sim->gaps_ahead + (size_t)k * room, room);
        sampler_init(&sim->classes[k].sampler, &call->holding,
                     sim->holdings_ahead + (size_t)k * room, room);
    }
    return sim;
}

void simulation_free(struct simulation *sim)
{
    if (!sim)
        return;
    agenda_release(&sim->agenda);
    for (uint32_t n = 0; n <= CLUSTER_PEERS_MAX; n++)
        orders_release(&sim->orders[n]);
    calls_release(sim);
    outages_release(sim);
    tournament_release(&sim->arrivals);
    registrations_free(sim->registrations);
    configurations_release(&sim->configurations);
    call_log_release(&sim->log);
    free(sim->clusters);
    free(sim->classes);
    free(sim->class_streams);
    free(sim->gaps_ahead);
    free(sim->holdings_ahead);
    free(sim->pipes);
    free(sim->ledger);
    free(sim->traces);
    free(sim->alarms);
    free(sim);
}
