#include "tui/pins.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metrics.h"
#include "tui/background.h"

#define PIN_CAP    64 /* replications of a pin by itself */
#define PAIR_FIRST 4
#define PAIR_CAP   64

/* ---- Values ---- */

void pairing_free(struct pairing *pairing)
{
    if (!pairing)
        return;
    for (size_t i = 0; i < pairing->count; i++)
        free(pairing->rows[i].name);
    free(pairing->rows);
    free(pairing);
}

void pin_release(struct pin *pin)
{
    free(pin->label);
    free(pin->text);
    free(pin->states);
    job_done(pin->job);
    standing_free(pin->standing);
    pairing_free(pin->pairing);
    *pin = (struct pin){0};
}

static void work_release(struct job *job)
{
    struct pins_work *work = job->context;
    job_done(work->present);
    for (int i = 0; i < work->count; i++)
        job_done(work->pins[i]);
    free(work);
}

struct job *pins_job(struct job *present, struct job *const *pins, int count)
{
    struct pins_work *work = calloc(1, sizeof *work);
    if (!work)
        return NULL;
    work->present = job_use(present);
    for (int i = 0; i < count; i++)
        work->pins[work->count++] = job_use(pins[i]);
    return job_new(work, work_release, present->generation, present->threads);
}

/* ---- Pairs ---- */

/* Shares of what people judge by weigh by themselves, the rest relative to its size, less. */
static double weight_of(const struct pair *pair, const struct metric *metric)
{
    double d = fabs(pair->paired.difference.value), size = fabs(pair->value_a);
    if (pair->seen != PAIR_CHANGE || isnan(d))
        return 0;
    size = fabs(pair->value_b) > size ? fabs(pair->value_b) : size;
    double relative = size > 0 ? d / size : 0;
    bool headline = metric->scope == SCOPE_CLASS && !strcmp(metric->metric, "blocked_fraction");
    return headline ? 10 + 1e3 * d : relative;
}

static bool take_pair(struct difference *row, const struct pairs *pairs, const struct pair *pair)
{
    const struct metric *m = pair_metric(pairs, pair);
    enum metric_id id = metric_find(m->scope, m->metric);
    *row = (struct difference){.scope = m->scope,
                               .name = strdup(m->name ? m->name : ""),
                               .metric = id < METRIC_COUNT ? metric_info(id)->name : "",
                               .unit = id < METRIC_COUNT ? metric_info(id)->unit : "",
                               .pin = pair->value_a,
                               .present = pair->value_b,
                               .difference = pair->paired.difference,
                               .seen = pair->seen,
                               .weight = weight_of(pair, m)};
    return row->name != NULL;
}

/* In equal weight, the order of the results stays. */
static int by_weight(const void *a, const void *b)
{
    const struct difference *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->seen != y->seen)
        return (x->seen == PAIR_SAME) - (y->seen == PAIR_SAME);
    if (x->scope != y->scope)
        return x->scope < y->scope ? -1 : 1;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->metric, y->metric);
}

static struct pairing *pairing_of(const struct results results[2])
{
    struct pairs pairs;
    struct pairing *pairing = calloc(1, sizeof *pairing);
    bool ok = pairs_make(&pairs, &results[0], &results[1]) && pairing &&
              (pairing->rows = calloc(pairs.count + 1, sizeof *pairing->rows));
    for (size_t i = 0; ok && i < pairs.count; i++)
        if ((ok = take_pair(&pairing->rows[pairing->count], &pairs, &pairs.items[i])))
            pairing->count++;
    if (ok) {
        pairing->replications = pairs.replications;
        qsort(pairing->rows, pairing->count, sizeof *pairing->rows, by_weight);
    } else {
        pairing_free(pairing);
        pairing = NULL;
    }
    pairs_release(&pairs);
    return pairing;
}

static const struct trace_source *traces_of(const struct job *job)
{
    return job->scenario.trace_count ? &job->traces : NULL;
}

static bool pair_up(struct worker *worker, const struct job *job, const struct job *pin,
                    const struct job *present, int replications)
{
    const struct scenario *const sides[] = {&pin->scenario, &present->scenario};
    struct pairs_options options = {.jobs = job->threads,
                                    .replications = replications,
                                    .traces = {traces_of(pin), traces_of(present)},
                                    .down = {pin->down, present->down},
                                    .down_count = {pin->down_count, present->down_count},
                                    .stop = worker_stop(worker)};
    struct results results[2];
    struct errors errors;
    struct news report = {.subject = pin->generation};
    errors_init(&errors);
    bool ok = pairs_run(sides, &options, results, &errors) && !atomic_load(worker_stop(worker));
    if (ok)
        report.pairing = pairing_of(results);
    if (report.pairing) {
        report.pairing->pin = pin->generation;
        report.pairing->present = present->generation;
        worker_publish(worker, job, report);
        worker_wait_taken(worker);
    }
    for (int side = 0; side < 2; side++)
        results_release(&results[side]);
    errors_release(&errors);
    return ok;
}

/* ---- The pin by itself ---- */

static void tell_pin(struct worker *worker, const struct job *job, const struct job *pin,
                     struct standing *standing)
{
    if (!standing)
        return;
    worker_publish(worker, job,
                   (struct news){.subject = pin->generation, .pin_standing = standing});
    worker_wait_taken(worker);
}

static void complete_pin(struct worker *worker, const struct job *job, const struct job *pin,
                         const struct simulator *simulation)
{
    struct results *latest = found_latest(pin);
    bool enough = latest && latest->replications >= PIN_CAP / 2;
    results_let_go(latest);
    tell_pin(worker, job, pin, found_now(pin));
    if (enough || atomic_load(worker_stop(worker)))
        return;
    struct estimate estimate = {0};
    struct estimate_options options = {.out = pin->out, .out_count = pin->out_count};
    if (estimate_make(&pin->scenario, &options, &estimate))
        tell_pin(worker, job, pin, found_estimate(pin, &estimate, false));
    struct errors errors;
    struct results *results = results_shared_new();
    struct experiment_options run = {.method = METHOD_AUTO,
                                     .jobs = job->threads,
                                     .replications = PIN_CAP,
                                     .down = pin->down,
                                     .down_count = pin->down_count,
                                     .traces = traces_of(pin),
                                     .stop = worker_stop(worker)};
    errors_init(&errors);
    bool ok = results && simulation->run(&pin->scenario, &run, results, &errors) &&
              !atomic_load(worker_stop(worker));
    if (ok)
        tell_pin(worker, job, pin, found_results(pin, results, true));
    else
        results_let_go(results);
    errors_release(&errors);
}

void background_pins(struct worker *worker, const struct job *job, void *context)
{
    const struct pins_work *work = job->context;
    bool go = true;
    for (int i = 0; i < work->count; i++)
        complete_pin(worker, job, work->pins[i], context);
    for (int replications = PAIR_FIRST; go && replications <= PAIR_CAP; replications *= 4)
        for (int i = 0; go && i < work->count; i++)
            if (work->pins[i]->generation != work->present->generation)
                go = pair_up(worker, job, work->pins[i], work->present, replications);
}
