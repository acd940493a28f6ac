#include "sim/study/experiment.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/base/arena.h"
#include "model/formulas/batch.h"
#include "sim/study/control.h"
#include "sim/study/precision.h"
#include "sim/study/refine.h"
#include "sim/engine/simulation.h"
#include "sim/engine/steady.h"
#include "sim/study/trace_peaks.h"
#include "sim/study/warmup.h"

#define SERIES_VALUES_MAX                                                                          \
    ((size_t)1 << 27) /* 512 MiB of series; a longer interval is taken rather than more */
#define REPLICATIONS_CAP 10000

/* What the threads share. Replications finish in any order and are taken over in theirs. */
struct experiment {
    const struct plan *plan;
    const struct experiment_options *options;
    struct simulation_options each;       /* of every replication */
    struct simulation_options first;      /* of the first one: its traces are watched */
    struct surplus_limit *surplus_limits; /* of the controls, in the results' arena */
    struct trace_peaks peaks;
    struct trace_source watched;
    struct results *results;
    nanos warmup;
    atomic_uint next;
    atomic_uint planned;
    pthread_mutex_t lock;                 /* guards all below */
    struct replication_outcome *outcomes; /* by replication */
    bool *done;
    uint32_t room, completed, next_check;
    bool failed;
    struct errors errors;
    struct precision_state precision; /* at the last look */
};

static bool make_room(struct experiment *e, uint32_t replication)
{
    if (replication < e->room)
        return true;
    uint32_t room = e->room ? e->room : 64;
    while (room <= replication)
        room *= 2;
    struct replication_outcome *outcomes = realloc(e->outcomes, room * sizeof *outcomes);
    if (outcomes)
        e->outcomes = outcomes;
    bool *done = realloc(e->done, room * sizeof *done);
    if (done)
        e->done = done;
    double **rows = realloc(e->results->rows, room * sizeof *rows);
    if (rows)
        e->results->rows = rows;
    float **series = realloc(e->results->series_values, room * sizeof *series);
    if (series)
        e->results->series_values = series;
    if (!outcomes || !done || !rows || !series)
        return false;
    for (uint32_t i = e->room; i < room; i++)
        done[i] = false;
    e->room = room;
    return true;
}

/* Is it precise enough, and if not, when to look again? */
static void look(struct experiment *e)
{
    bool before = e->precision.reached;
    if (!controls_expect(e->plan, e->results))
        e->failed = true;
    e->precision = precision_reached(e->plan->scenario, e->results, e->options->precision);
    if (e->precision.reached && (before || !e->precision.coarse))
        atomic_store(&e->planned, e->completed);
    e->next_check = (uint32_t)precision_next_look(&e->precision, e->completed);
    e->precision.needed = fmax(e->precision.needed, e->next_check); /* for no look comes before */
}

/* Takes over replications in order, and asks whether they are enough. Called with the lock held. */
static void take_over(struct experiment *e)
{
    struct results *r = e->results;
    while (e->completed < e->room && e->done[e->completed] &&
           e->completed < atomic_load(&e->planned)) {
        r->rows[e->completed] = e->outcomes[e->completed].tallies;
        r->series_values[e->completed] = e->outcomes[e->completed].series;
        r->events += e->outcomes[e->completed].events;
        r->replications = ++e->completed;
        if (e->options->precision > 0 && e->completed >= e->next_check)
            look(e);
    }
    if (e->options->progress) {
        struct progress progress = {
            e->completed,          atomic_load(&e->planned), r->events, e->precision.class_index,
            e->precision.relative, e->precision.needed};
        e->options->progress(e->options->progress_context, &progress);
    }
}

static void free_outcome(struct replication_outcome *outcome)
{
    free(outcome->tallies);
    free(outcome->series);
    free(outcome->alarms);
}

static bool run_one(struct experiment *e, struct simulation *sim, uint32_t replication,
                    struct errors *errors)
{
    struct results *r = e->results;
    struct replication_outcome outcome = {
        .tallies = calloc(r->tally_count + r->control_count + 1, sizeof(double)),
        .series = calloc(r->intervals * r->series_columns + 1, sizeof(float)),
    };
    bool ok = outcome.tallies && outcome.series;
    if (!ok)
        errors_no_memory(errors);
    outcome.over = ok && r->control_count > 0 ? outcome.tallies + r->tally_count : NULL;
    const struct replication_span span = {.replication = e->options->first + replication,
                                          .warmup = e->warmup,
                                          .length = e->plan->scenario->run.length,
                                          .interval = r->interval};
    ok = ok && simulation_run(sim, &span, &outcome, errors);
    pthread_mutex_lock(&e->lock);
    if (ok && make_room(e, replication)) {
        e->outcomes[replication] = outcome;
        e->done[replication] = true;
        take_over(e);
    } else {
        free_outcome(&outcome);
        e->failed = e->failed || errors->failures > 0;
        ok = false;
    }
    pthread_mutex_unlock(&e->lock);
    return ok;
}

static void *work(void *context)
{
    struct experiment *e = context;
    struct errors errors;
    errors_init(&errors);
    uint32_t replication = atomic_fetch_add(&e->next, 1);
    const struct simulation_options *options = replication == 0 ? &e->first : &e->each;
    struct simulation *sim =
        simulation_new(e->plan, options, e->results->seed, e->results->series_columns);
    if (!sim)
        errors_no_memory(&errors);
    while (sim && !(e->options->stop && atomic_load(e->options->stop))) {
        if (replication >= atomic_load(&e->planned) || !run_one(e, sim, replication, &errors))
            break;
        if (replication == 0)
            e->peaks.watching = false;
        replication = atomic_fetch_add(&e->next, 1);
    }
    simulation_free(sim);
    pthread_mutex_lock(&e->lock);
    if (errors.failures && !e->errors.failures) { /* one thread's errors are enough */
        errors_release(&e->errors);
        e->errors = errors;
        e->failed = true;
        atomic_store(&e->planned, 0);
    } else {
        errors_release(&errors);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

static uint32_t jobs_wanted(const struct experiment_options *options, uint32_t planned)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t jobs = options->jobs > 0 ? (uint32_t)options->jobs
                    : processors > 0  ? (uint32_t)processors
                                      : 1;
    return jobs < planned ? jobs : planned;
}

/* Runs on the caller's thread and on jobs - 1 further ones; fewer when threads cannot be had. */
static void run_threads(struct experiment *e, uint32_t jobs)
{
    pthread_t *threads = calloc(jobs, sizeof *threads);
    uint32_t started = 0;
    while (threads && started + 1 < jobs && pthread_create(&threads[started], NULL, work, e) == 0)
        started++;
    work(e);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
}

/* Alarms in order of replication; what was run beyond the last replication that counts is thrown
 * away. */
static void gather(struct experiment *e)
{
    struct results *r = e->results;
    size_t alarms = 0;
    for (uint32_t i = 0; i < e->completed; i++)
        alarms += e->outcomes[i].alarm_count;
    r->alarms = calloc(alarms + 1, sizeof *r->alarms);
    for (uint32_t i = 0; i < e->room; i++) {
        if (!e->done[i])
            continue;
        struct replication_outcome *o = &e->outcomes[i];
        if (i >= e->completed) {
            free_outcome(o);
            continue;
        }
        for (size_t a = 0; r->alarms && a < o->alarm_count; a++)
            r->alarms[r->alarm_count++] = o->alarms[a];
        r->alarms_dropped += o->alarms_dropped + (r->alarms ? 0 : o->alarm_count);
        free(o->alarms);
    }
}

/* The interval as stated, doubled while the series of all replications would not fit into memory.
 */
static void set_intervals(const struct scenario *scenario, struct results *results,
                          uint32_t planned)
{
    nanos interval = scenario->run.interval > 0 ? scenario->run.interval : 15 * MINUTE;
    size_t row = (results->series_columns + 1) * planned;
    while ((size_t)((scenario->run.length - 1) / interval + 1) > SERIES_VALUES_MAX / row &&
           interval < scenario->run.length)
        interval *= 2;
    results->interval = interval;
    results->intervals = (size_t)((scenario->run.length - 1) / interval + 1);
}

struct simulation_options experiment_simulation(const struct experiment_options *options)
{
    return (struct simulation_options){.down = options->down,
                                       .down_count = options->down_count,
                                       .traces = options->traces,
                                       .calls = options->calls,
                                       .stop = options->stop};
}

static bool add_constant(struct results *results, struct metric metric, double value, double half)
{
    metric.kind = METRIC_CONSTANT;
    metric.scale = value;
    metric.half = half;
    return isnan(value) || results_add(results, metric);
}

static bool add_laws(const struct scenario *scenario, struct results *results)
{
    bool ok = true;
    for (uint32_t k = 0; ok && k < scenario->class_count; k++) {
        const struct call_class *call = &scenario->classes[k];
        struct metric metric = metric_of(METRIC_CLASS_PEAKEDNESS, k, call->name);
        if (call->arrivals.batch_count > 0)
            ok = add_constant(results, metric, arrivals_peakedness(&call->arrivals), 0);
    }
    return ok;
}

static bool lay_out(const struct plan *plan, struct results *results)
{
    struct layout layout = {.arena = results->arena};
    bool made = layout_make(&layout, plan, plan->scenario->run.length);
    results->metrics = layout.metrics;
    results->metric_count = layout.metric_count;
    results->tally_count = layout.tally_count;
    results->series = layout.series;
    results->series_count = layout.series_count;
    results->series_columns = layout.series_columns;
    results->scripted = layout.events;
    results->scripted_count = layout.event_count;
    return made;
}

static bool prepare(const struct plan *plan, const struct experiment_options *options,
                    struct results *results, uint32_t planned, struct warmup *warmup,
                    struct errors *errors)
{
    *results = (struct results){.arena = arena_new()};
    results->seed = options->seed_given ? options->seed : plan->scenario->run.seed;
    if (!results->arena ||
        !traits_make(plan->scenario, options->down, options->down_count, &results->traits) ||
        !lay_out(plan, results) || !add_laws(plan->scenario, results) || !results_index(results)) {
        return errors_no_memory(errors);
    }
    if (!warmup_choose(plan, options, results->seed, warmup, errors))
        return false;
    results->warmup = warmup->length;
    results->warmup_reason = warmup->reason;
    results->measured = (double)plan->scenario->run.length / (double)SECOND;
    const struct control_setting setting = {options->down, options->down_count, results->warmup};
    if (options->method != METHOD_PLAIN && !controls_make(plan, &setting, results))
        return errors_no_memory(errors);
    results->steady_obstacle = plan->scenario->run.steady ? steady_obstacle(plan) : NULL;
    set_intervals(plan->scenario, results, planned);
    return true;
}

static uint32_t replications_planned(const struct scenario *scenario,
                                     const struct experiment_options *options)
{
    int stated = options->replications > 0 ? options->replications : scenario->run.replications;
    if (options->precision > 0)
        stated = options->replications_max > 0 ? options->replications_max : REPLICATIONS_CAP;
    return stated > 0 ? (uint32_t)stated : 1;
}

/* ---- Peakedness ---- */

static bool list_surplus_limits(struct experiment *e)
{
    struct results *r = e->results;
    e->surplus_limits = arena_alloc(r->arena, r->control_count + 1, sizeof *e->surplus_limits);
    for (uint32_t i = 0; e->surplus_limits && i < r->control_count; i++)
        e->surplus_limits[i] = r->controls[i].limit;
    return e->surplus_limits != NULL;
}

/* Every replication replays the same rows: those of the first tell all. */
static bool watch_traces(struct experiment *e)
{
    const struct scenario *scenario = e->plan->scenario;
    e->each = e->first = experiment_simulation(e->options);
    e->each.surplus_limits = e->first.surplus_limits = e->surplus_limits;
    e->each.surplus_count = e->first.surplus_count = e->results->control_count;
    if (scenario->trace_count == 0 || !e->options->traces)
        return true;
    if (!trace_peaks_init(&e->peaks, scenario, e->options->traces))
        return false;
    e->watched = trace_peaks_source(&e->peaks);
    e->first.traces = &e->watched;
    e->peaks.watching = true;
    return true;
}

/* A half that is not known is none; one of 0 is as good as that. */
static bool add_figure(struct results *results, struct metric busiest, struct metric peakedness,
                       struct peakedness_figure figure)
{
    double half = isnan(figure.half) ? 0 : fmax(figure.half, 1e-300);
    if (figure.calls == 0)
        return true;
    return add_constant(results, busiest, figure.busiest, 0) &&
           add_constant(results, peakedness, figure.value, half);
}

static bool add_records(struct experiment *e)
{
    const struct scenario *s = e->plan->scenario;
    bool ok = true;
    for (uint32_t k = 0; ok && e->peaks.rows && k < s->class_count; k++) {
        const char *name = s->classes[k].name;
        if (s->classes[k].arrivals.batch_count == 0) /* else the law says it */
            ok = add_figure(e->results, metric_of(METRIC_CLASS_BUSIEST_HOUR_ERLANGS, k, name),
                            metric_of(METRIC_CLASS_PEAKEDNESS, k, name),
                            trace_peaks_class(&e->peaks, k));
    }
    for (uint32_t c = 0; ok && e->peaks.rows && c < s->cluster_count; c++) {
        const char *name = s->clusters[c].name;
        ok = add_figure(e->results, metric_of(METRIC_CLUSTER_BUSIEST_HOUR_UNITS, c, name),
                        metric_of(METRIC_CLUSTER_PEAKEDNESS, c, name),
                        trace_peaks_cluster(&e->peaks, c));
    }
    return ok && results_index(e->results);
}

bool experiment_run(const struct scenario *scenario, const struct experiment_options *options,
                    struct results *results, struct errors *errors)
{
    struct plan plan;
    struct warmup warmup;
    uint32_t planned = replications_planned(scenario, options);
    *results = (struct results){0};
    if (!plan_init(&plan, scenario, errors))
        return false;
    struct experiment e = {.plan = &plan,
                           .options = options,
                           .results = results,
                           .precision = {.class_index = NONE, .relative = NAN, .needed = NAN},
                           .next_check = STATISTICS_REPLICATIONS_MIN};
    bool ok =
        prepare(&plan, options, results, options->precision > 0 ? 64 : planned, &warmup, errors);
    if (ok && !(list_surplus_limits(&e) && watch_traces(&e)))
        ok = errors_no_memory(errors);
    if (ok) {
        e.warmup = warmup.length;
        atomic_init(&e.next, 0);
        atomic_init(&e.planned, planned);
        pthread_mutex_init(&e.lock, NULL);
        errors_init(&e.errors);
        run_threads(&e, jobs_wanted(options, planned));
        gather(&e);
        results->interrupted =
            options->stop && atomic_load(options->stop) && e.completed < atomic_load(&e.planned);
        for (size_t i = 0; i < e.errors.count; i++) {
            const struct error *item = &e.errors.items[i];
            errors_add(errors, item->code, item->file, item->line, item->column, "%s",
                       item->message);
            if (item->source)
                errors_set_source(errors, item->source, strlen(item->source));
        }
        ok = !e.failed && results->replications > 0;
        if (ok && !add_records(&e))
            ok = errors_no_memory(errors);
        if (!ok && errors->failures == 0 && !results->interrupted)
            errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "no replication was completed");
        ok = ok && (options->part || refine_results(scenario, options, results, errors));
        errors_release(&e.errors);
        pthread_mutex_destroy(&e.lock);
    }
    trace_peaks_release(&e.peaks);
    free(e.outcomes);
    free(e.done);
    plan_release(&plan);
    if (!ok)
        results_release(results);
    return ok;
}
