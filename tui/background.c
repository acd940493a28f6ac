#include "tui/background.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/next_step.h"
#include "tui/trials.h"

#define FIRST_MS    150 /* that all wait for a first answer */
#define FIRST_BATCH 2
#define DEFAULT_CAP 1024
#define SETS_CAP    256 /* replications of a set */
#define SETS_MOST   4096
#define PRECISION   0.05

/* ---- Estimates ---- */

static void estimate(struct worker *worker, const struct job *job, bool preview)
{
    struct estimate estimate = {0};
    struct estimate_options options = {
        .preview = preview, .out = job->out, .out_count = job->out_count};
    struct news report = {0};
    if (estimate_make(&job->scenario, &options, &estimate))
        report.standing = found_estimate(job, &estimate, preview);
    else
        estimate_release(&estimate);
    if (report.standing)
        worker_publish(worker, job, report);
}

/* The first answer has the processors to itself, unless it takes longer than anybody waits. */
static void let_the_first_go_first(struct worker *worker, const struct job *job)
{
    for (int i = 0; i < FIRST_MS && !found_anything(job) && !atomic_load(worker_stop(worker)); i++)
        worker_rest(worker, 1);
}

void background_preview(struct worker *worker, const struct job *job, void *context)
{
    (void)context;
    estimate(worker, job, true);
}

void background_estimate(struct worker *worker, const struct job *job, void *context)
{
    (void)context;
    let_the_first_go_first(worker, job);
    estimate(worker, job, false);
}

/* ---- The simulation ---- */

bool background_good_enough(const struct answer *answer)
{
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        if (row->goal != GOAL_BLOCKING || row->down_count > 0 || row->basis != BASIS_SIMULATED)
            continue;
        double half = (row->value.high - row->value.low) / 2;
        bool known = half <= PRECISION * row->value.value || row->value.high < row->limit / 10;
        if (!known || row->verdict == VERDICT_UNDECIDED)
            return false;
    }
    return true;
}

static void publish_failure(struct worker *worker, const struct job *job,
                            const struct errors *errors)
{
    struct news report = {.finished = true};
    snprintf(report.message, sizeof report.message, "%s",
             errors->count ? errors->items[0].message : "the simulation failed");
    worker_publish(worker, job, report);
}

static struct experiment_options options_of(struct worker *worker, const struct job *job,
                                            int replications, enum method method)
{
    return (struct experiment_options){.method = method,
                                       .jobs = job->threads,
                                       .replications = replications,
                                       .down = job->down,
                                       .down_count = job->down_count,
                                       .traces = job->scenario.trace_count ? &job->traces : NULL,
                                       .stop = worker_stop(worker)};
}

/* Hands over what a batch has brought; false when counting has come to its end. */
static bool publish_batch(struct worker *worker, const struct job *job, struct results *results,
                          bool most, bool refined)
{
    struct news report = {.results = results_use(results), .finished = refined};
    report.standing = found_results(job, results, refined);
    bool more = report.standing && !most && !background_good_enough(&report.standing->answer);
    worker_publish(worker, job, report);
    return more;
}

/* One batch; false when there is to be no larger one; *failed when there is to be none at all. */
static bool run_batch(struct worker *worker, const struct job *job,
                      const struct simulator *simulation, struct experiment_options options,
                      bool *failed)
{
    struct errors errors;
    struct results *results = results_shared_new();
    int cap = job->cap > 0 ? job->cap : DEFAULT_CAP;
    bool refined = options.method == METHOD_AUTO, more = false;
    errors_init(&errors);
    bool ok = results && simulation->run(&job->scenario, &options, results, &errors);
    bool stopped = atomic_load(worker_stop(worker)) != 0;
    if (ok && !stopped)
        more = publish_batch(worker, job, results, options.replications >= cap, refined);
    else
        results_let_go(results);
    if (!ok && !stopped)
        publish_failure(worker, job, &errors);
    errors_release(&errors);
    *failed = !ok || stopped;
    return more;
}

/* Counts in growing batches; what is rare is refined once at the end, as `run` does it. */
void background_simulate(struct worker *worker, const struct job *job, void *context)
{
    int cap = job->cap > 0 ? job->cap : DEFAULT_CAP;
    int batch = FIRST_BATCH < cap ? FIRST_BATCH : cap;
    bool failed;
    let_the_first_go_first(worker, job);
    while (run_batch(worker, job, context, options_of(worker, job, batch, METHOD_PLAIN), &failed))
        batch = batch * 2 < cap ? batch * 2 : cap;
    if (failed)
        return;
    worker_wait_taken(worker);
    run_batch(worker, job, context, options_of(worker, job, batch, METHOD_AUTO), &failed);
}

/* ---- Sets of peers down ---- */

struct set {
    uint32_t *down; /* owned; ascending */
    double worst;   /* share of its goal that the worst class refuses; NAN: not simulated yet */
    bool decided;
};

struct sets {
    struct set *items; /* owned */
    size_t count;
    uint32_t size;
};

static void sets_release(struct sets *sets)
{
    for (size_t i = 0; sets->items && i < sets->count; i++)
        free(sets->items[i].down);
    free(sets->items);
}

static bool takes_calls(const struct job *job, uint32_t peer)
{
    for (uint32_t i = 0; i < job->out_count; i++)
        if (job->out[i] == peer)
            return false;
    return true;
}

/* All sets of so many of the peers that take calls. */
static bool sets_list(struct sets *sets, const struct job *job)
{
    int goal = job->scenario.goals.survive;
    uint32_t *peers = calloc(job->scenario.peer_count + 1, sizeof *peers), count = 0;
    uint32_t *set = calloc((size_t)(goal > 0 ? goal : 1) + 1, sizeof *set);
    *sets = (struct sets){.size = goal > 0 ? (uint32_t)goal : 1};
    for (uint32_t p = 0; peers && p < job->scenario.peer_count; p++)
        if (takes_calls(job, p))
            peers[count++] = p;
    size_t all = count >= sets->size ? survival_sets(count, sets->size) : 0;
    bool ok = peers && set && all > 0 && all <= SETS_MOST &&
              (sets->items = calloc(all, sizeof *sets->items));
    for (uint32_t i = 0; ok && i < sets->size; i++)
        set[i] = i;
    for (bool more = ok; more; more = ok && survival_next(count, sets->size, set)) {
        struct set *item = &sets->items[sets->count++];
        *item = (struct set){.down = calloc(sets->size, sizeof *item->down), .worst = NAN};
        ok = item->down != NULL;
        for (uint32_t i = 0; ok && i < sets->size; i++)
            item->down[i] = peers[set[i]];
    }
    free(peers);
    free(set);
    return ok;
}

static int worst_first(const void *a, const void *b)
{
    const struct set *x = a, *y = b;
    if (x->worst != y->worst && !(isnan(x->worst) && isnan(y->worst)))
        return x->worst > y->worst ? -1 : 1;
    for (uint32_t i = 0;; i++) /* sets differ: in the order of their peers */
        if (x->down[i] != y->down[i])
            return x->down[i] < y->down[i] ? -1 : 1;
}

/* How the set came off, by the answer that was just made of it. */
static void look_at_set(struct set *set, uint32_t size, const struct job *job,
                        const struct standing *standing)
{
    for (size_t n = 0;; n++) {
        const struct judged *row = standing_set(standing, n);
        if (!row)
            return;
        if (!standing_is_set(row, &job->scenario, set->down, size))
            continue;
        set->worst = row->limit > 0 ? row->value.value / row->limit : row->value.value;
        set->decided = row->verdict == VERDICT_YES || row->verdict == VERDICT_NO;
        return;
    }
}

/* False when the job is to be dropped, or failed. */
static bool run_set(struct worker *worker, const struct job *job, const struct sets *sets,
                    struct set *item, int replications)
{
    struct errors errors;
    struct survival_set set = {0};
    struct news report = {0};
    struct experiment_options options = options_of(worker, job, replications, METHOD_DECIDE);
    errors_init(&errors);
    bool ok = survival_run_set(&job->scenario, &options,
                               (struct peers_down){item->down, sets->size}, &set, &errors) &&
              set.replications > 0;
    if (ok)
        report.standing = found_set(job, set, sets->count);
    if (report.standing) {
        look_at_set(item, sets->size, job, report.standing);
        worker_publish(worker, job, report);
    }
    errors_release(&errors);
    return ok && atomic_load(worker_stop(worker)) == 0;
}

/* The state as it is comes first: without it nothing is known of sets. */
static bool wait_for_results(struct worker *worker, const struct job *job)
{
    struct results *results;
    while (!(results = found_latest(job))) {
        if (atomic_load(worker_stop(worker)))
            return false;
        worker_rest(worker, 5);
    }
    results_let_go(results);
    return true;
}

void background_sets(struct worker *worker, const struct job *job, void *context)
{
    struct sets sets;
    (void)context;
    bool go = sets_list(&sets, job) && wait_for_results(worker, job);
    bool left = true;
    for (int replications = FIRST_BATCH; go && left && replications <= SETS_CAP;
         replications *= 2) {
        left = false;
        for (size_t i = 0; go && i < sets.count; i++) {
            if (sets.items[i].decided)
                continue;
            go = run_set(worker, job, &sets, &sets.items[i], replications);
            left = left || !sets.items[i].decided;
        }
        qsort(sets.items, sets.count, sizeof *sets.items, worst_first);
    }
    sets_release(&sets);
}

/* ---- The next step ---- */

#define STEP_REPLICATIONS 30 /* at most; a scenario may ask for fewer */

static void seek_step(struct worker *worker, const struct job *job, const struct answer *answer)
{
    struct results *results = found_latest(job);
    struct trial_maker maker = trials_maker(job->trials);
    int wanted = job->scenario.run.replications;
    struct trial_options options = {.simulate = true,
                                    .jobs = job->threads,
                                    .replications =
                                        wanted < STEP_REPLICATIONS ? wanted : STEP_REPLICATIONS,
                                    .spent = results ? results->events : 0,
                                    .stop = worker_stop(worker)};
    struct next_step step;
    bool ok = next_step_find(&job->scenario, answer, &maker, &options, &step);
    if (ok && *step.words && !atomic_load(worker_stop(worker))) {
        struct news report = {.standing = found_next_step(job, &step)};
        if (report.standing)
            worker_publish(worker, job, report);
    }
    next_step_release(&step);
    results_let_go(results);
}

void background_next_step(struct worker *worker, const struct job *job, void *context)
{
    (void)context;
    while (!found_finished(job) && !atomic_load(worker_stop(worker)))
        worker_rest(worker, 20);
    if (!job->trials || atomic_load(worker_stop(worker)))
        return;
    struct standing *standing = found_now(job);
    if (standing && standing->answer.verdict == VERDICT_NO)
        seek_step(worker, job, &standing->answer);
    standing_free(standing);
}
