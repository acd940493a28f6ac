#include "sim/engine/simulation.h"

#include <stdlib.h>

#include "sim/engine/calls.h"
#include "sim/engine/measuring.h"
#include "sim/engine/outages.h"
#include "sim/engine/quick.h"
#include "sim/engine/reset.h"
#include "sim/engine/steady.h"
#include "sim/engine/tallies.h"

static unsigned rank_of(enum agenda_kind kind)
{
    return kind <= EVENT_LAST_EDGE ? 0 : kind <= EVENT_LAST_PEER ? 1 : 2;
}

void simulation_schedule(struct simulation *sim, nanos time, enum agenda_kind kind,
                         uint32_t subject, uint64_t argument)
{
    if (time == FOREVER) /* it never happens */
        return;
    if (!agenda_add(&sim->agenda, rank_of(kind),
                    (struct agenda_event){
                        .time = time, .kind = kind, .subject = subject, .argument = argument}))
        sim->failed = true;
    if (time < sim->next_other)
        sim->next_other = time;
}

/* ---- arrivals ---- */

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
    if (k >= sim->fetched_classes)
        return;
    __builtin_prefetch(class);
    __builtin_prefetch(&class->source);
    __builtin_prefetch(&class->sampler);
}

static inline void class_arrives(struct simulation *sim, uint32_t k)
{
    struct class_state *class = &sim->classes[k];
    if (__builtin_expect(class->path == CALL_PATH_QUICK,
                         1)) { /* its next arrival first: what comes next hangs on it */
        source_advance(&class->source);
        tournament_move(&sim->arrivals,
                        class->source.next < SLOT_EMPTY ? class->source.next : SLOT_EMPTY);
        if (sim->fetched_classes)
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

/* ---- the loop ---- */

static void handle(struct simulation *sim, const struct agenda_event *event, nanos interval)
{
    switch (event->kind) {
    case EVENT_CLOSE:
        measuring_close(sim);
        simulation_schedule(sim, time_after(sim->now, CLOSE_LATEST), EVENT_CLOSE, 0, 0);
        break;
    case EVENT_MEASURE:
        measuring_begin(sim);
        break;
    case EVENT_INTERVAL:
        measuring_interval(sim, interval);
        simulation_schedule(sim, time_after(sim->now, interval), EVENT_INTERVAL, 0, 0);
        break;
    case EVENT_END:
        measuring_interval(sim, sim->now % interval ? sim->now % interval : interval);
        measuring_finish(sim);
        break;
    case EVENT_SETTLED: /* a look at what happens, nothing that does */
        sim->events--;
        scripted_check(sim, event->subject);
        break;
    case EVENT_SURPLUS_END:
        sim->events--;
        surplus_end(sim, event->subject);
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

/* Events between two looks at the flag: some hundredths of a second. */
#define LOOK_EVERY ((uint64_t)1 << 19)

/* Up to so many calls' events more; false when it is over. What fails is seen at the next event
 * that is not a call's; there is always one. */
static bool loop_for(struct simulation *sim, nanos interval, uint64_t *events, uint64_t until)
{
    uint64_t count = *events;
    bool goes_on = true;
    while (goes_on && count < until) {
        nanos ends = tournament_next_time(&sim->ends),
              arrival = tournament_next_time(&sim->arrivals);
        nanos due = sim->next_other;
        if (ends <= due && ends <= arrival) {
            sim->now = ends;
            end_first(sim);
        } else if (arrival < due) {
            sim->now = arrival;
            arrive(sim);
        } else {
            sim->now = due;
            other(sim, interval);
            goes_on = !(sim->finished || sim->failed);
            continue;
        }
        count++;
    }
    *events = count;
    return goes_on;
}

static void loop(struct simulation *sim, nanos interval)
{
    uint64_t events = 0;
    note_next_other(sim);
    while (loop_for(sim, interval, &events, events + LOOK_EVERY) && !stopped(sim))
        ;
    sim->events += events;
}

/* ---- life cycle ---- */

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

static bool start(struct simulation *sim, const struct replication_span *span)
{
    reset_state(sim, span->warmup, span->length);
    reset_schedule(sim, span->interval);
    if (sim->steady && !steady_fill(sim))
        return false;
    return open_traces(sim) &&
           (!sim->logging || call_log_open(&sim->log, sim->options->calls, sim->replication));
}

bool simulation_run(struct simulation *sim, const struct replication_span *span,
                    struct replication_outcome *outcome, struct errors *errors)
{
    sim->replication = span->replication;
    sim->errors = errors;
    sim->series = outcome->series;
    size_t failures = errors->failures;
    bool ok = start(sim, span);
    if (ok)
        loop(sim, span->interval);
    close_traces(sim);
    ok = ok && sim->finished && !sim->failed;
    if (ok && outcome->tallies)
        tallies_collect(sim, outcome->tallies);
    if (ok && outcome->over)
        surplus_collect(sim, outcome->over);
    if (!ok && sim->log.handle)
        call_log_close(&sim->log, sim->now, false);
    if (!ok && !stopped(sim) && errors->failures == failures) {
        if (sim->log.error)
            errors_add(errors, ERROR_IO, NULL, 0, 0, "records of calls could not be written: %s",
                       strerror(sim->log.error));
        else
            errors_no_memory(errors);
    }
    outcome->events = sim->events;
    outcome->alarms = sim->alarms;
    outcome->alarm_count = sim->alarm_count;
    outcome->alarms_dropped = sim->alarms_dropped;
    sim->alarms = NULL;
    return ok;
}

/* Gaps and holding times of a class made at once: many, unless that many classes would crowd them
 * out of the caches. */
#define CLASSES_FEW 8

static uint32_t draws_ahead(uint32_t classes)
{
    return classes <= CLASSES_FEW ? DRAWS_AHEAD_MOST : classes <= 64 ? 32 : 16;
}

static bool allocate(struct simulation *sim)
{
    const struct scenario *s = sim->scenario;
    sim->fetched_classes = s->class_count <= CLASSES_FEW ? 0 : s->class_count;
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
    sim->scripted_states = calloc(sim->plan->script.count + 1, sizeof *sim->scripted_states);
    if (!sim->clusters || !sim->classes || !sim->class_streams || !sim->gaps_ahead ||
        !sim->holdings_ahead || !sim->pipes || !sim->traces || !sim->scripted_states)
        return false;
    if (sim->options->surplus_count > 0 &&
        !(sim->surpluses = calloc(sim->options->surplus_count, sizeof *sim->surpluses)))
        return false;
    if (sim->plan->ledger_moves &&
        !(sim->ledger = calloc(sim->plan->ledger_count, sizeof *sim->ledger)))
        return false;
    for (uint32_t n = 0; n <= CLUSTER_PEERS_MAX; n++)
        if (!orders_init(&sim->orders[n], n))
            return false;
    if (!configurations_init(&sim->configurations, s))
        return false;
    if (((s->endpoints_count && !sim->options->calls_only) || sim->plan->counts_sessions) &&
        (!(sim->registrations = registrations_new(s)) ||
         !registrations_follow(sim->registrations, sim->plan->script.count)))
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
    sim->ends_drawn = NO_ENDS;
    sim->placed = UINT32_MAX; /* nowhere: the policies choose */
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
    free(sim->scripted_states);
    free(sim->surpluses);
    free(sim->alarms);
    free(sim);
}
