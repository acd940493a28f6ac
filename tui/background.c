#include "tui/background.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/outlook.h"

#define FIRST_BATCH 2
#define DEFAULT_CAP 1024
#define PRECISION   0.05

bool background_good_enough(const struct scenario *scenario, const struct results *results)
{
    double goal = scenario->goals.stated ? scenario->goals.blocking : 0.01;
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope != SCOPE_CLASS || strcmp(m->metric, "blocked_fraction") != 0)
            continue;
        struct interval v = results_interval(results, i, 0);
        double half = (v.high - v.low) / 2;
        if (!(half <= PRECISION * v.value) && !(v.high < goal / 10))
            return false;
    }
    return true;
}

static void publish_failure(struct worker *worker, const struct job *job,
                            const struct errors *errors)
{
    struct report report = {.finished = true};
    snprintf(report.message, sizeof report.message, "%s",
             errors->count ? errors->items[0].message : "the simulation failed");
    worker_publish(worker, job, report);
}

/* One batch; false when the job is over. */
static bool run_batch(struct worker *worker, const struct job *job,
                      const struct simulation *simulation, int replications, int cap)
{
    struct errors errors;
    struct results *results = calloc(1, sizeof *results);
    struct experiment_options options = {.jobs = job->threads,
                                         .replications = replications,
                                         .down = job->down,
                                         .down_count = job->down_count,
                                         .traces = job->scenario.trace_count ? &job->traces : NULL,
                                         .stop = worker_stop(worker)};
    errors_init(&errors);
    bool ok = results && simulation->run(&job->scenario, &options, results, &errors);
    bool stopped = atomic_load(worker_stop(worker)) != 0;
    bool more =
        ok && !stopped && replications < cap && !background_good_enough(&job->scenario, results);
    if (ok && !stopped) {
        worker_publish(worker, job, (struct report){.results = results, .finished = !more});
        results = NULL;
    } else if (!stopped) {
        publish_failure(worker, job, &errors);
    }
    if (ok)
        worker_results_free(results);
    else
        free(results);
    errors_release(&errors);
    return more;
}

void background_simulate(struct worker *worker, const struct job *job, void *context)
{
    int cap = job->cap > 0 ? job->cap : DEFAULT_CAP;
    int batch = FIRST_BATCH < cap ? FIRST_BATCH : cap;
    while (run_batch(worker, job, context, batch, cap))
        batch = batch * 2 < cap ? batch * 2 : cap;
}

static void estimate(struct worker *worker, const struct job *job, bool preview)
{
    struct outlook *answer = calloc(1, sizeof *answer);
    if (!answer)
        return;
    outlook_make(answer, &job->scenario, job->out, job->out_count, preview);
    worker_publish(worker, job, (struct report){.answer = answer, .finished = true});
}

void background_preview(struct worker *worker, const struct job *job, void *context)
{
    (void)context;
    estimate(worker, job, true);
}

void background_estimate(struct worker *worker, const struct job *job, void *context)
{
    (void)context;
    estimate(worker, job, false);
}
