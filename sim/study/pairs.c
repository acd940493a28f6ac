#include "sim/study/pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/control.h"
#include "sim/study/refine.h"

/* ---- One window for both ---- */

struct runner {
    const struct pairs_options *options;
    struct scenario sides[2]; /* copies that share everything but the warm-up */
    int replications;
    uint64_t seed;
    struct results *results; /* of either side; complete pairs only */
    bool aligned[2];         /* its warm-up is the other side's */
    size_t before;           /* replications of both sides that were run before this part */
    uint64_t events;
};

static bool stopped(const struct runner *runner)
{
    return runner->options->stop && atomic_load(runner->options->stop) != 0;
}

static struct experiment_options options_of(const struct runner *runner, int side)
{
    return (struct experiment_options){
        .jobs = runner->options->jobs,
        .replications = runner->replications,
        .seed_given = true,
        .seed = runner->seed,
        .traces = runner->options->traces[side],
        .down = runner->options->down[side],
        .down_count = runner->options->down_count[side],
        .stop = runner->options->stop,
    };
}

static bool warmup_of(const struct runner *runner, int side, nanos *warmup, struct errors *errors)
{
    const struct run *run = &runner->sides[side].run;
    *warmup = run->warmup_kind == WARMUP_STATED ? run->warmup : 0;
    if (run->warmup_kind != WARMUP_AUTO)
        return true;
    struct experiment_options options = options_of(runner, side);
    struct results pilot = {0};
    options.replications = 1;
    bool ok = experiment_run(&runner->sides[side], &options, &pilot, errors);
    *warmup = pilot.warmup;
    results_release(&pilot);
    return ok || stopped(runner);
}

static bool align(struct runner *runner, struct errors *errors)
{
    nanos warmups[2];
    for (int side = 0; side < 2; side++)
        if (!warmup_of(runner, side, &warmups[side], errors))
            return false;
    nanos longest = warmups[0] > warmups[1] ? warmups[0] : warmups[1];
    for (int side = 0; side < 2; side++) {
        struct run *run = &runner->sides[side].run;
        if (run->warmup_kind != WARMUP_AUTO && warmups[side] == longest)
            continue;
        runner->aligned[side] = longest > 0;
        run->warmup_kind = longest > 0 ? WARMUP_STATED : WARMUP_NONE;
        run->warmup = longest;
    }
    return true;
}

/* ---- Running in pairs ---- */

static void show_progress(void *context, const struct progress *progress)
{
    struct runner *runner = context;
    struct progress whole = *progress;
    whole.replications += runner->before;
    whole.events += runner->events;
    whole.planned = 2 * (size_t)runner->replications;
    runner->options->progress(runner->options->progress_context, &whole);
}

static bool run_part(struct runner *runner, int side, uint32_t first, int count,
                     struct results *part, struct errors *errors)
{
    struct experiment_options options = options_of(runner, side);
    options.first = first;
    options.replications = count;
    options.progress = runner->options->progress ? show_progress : NULL;
    options.progress_context = runner;
    bool ok = experiment_run(&runner->sides[side], &options, part, errors);
    runner->before += part->replications;
    runner->events += part->events;
    return ok;
}

/* False when a run failed, not when it was stopped. */
static bool run_pair(struct runner *runner, uint32_t first, int count, struct errors *errors)
{
    struct results parts[2] = {0};
    bool ok = true;
    for (int side = 0; ok && side < 2 && !stopped(runner); side++)
        ok = run_part(runner, side, first, count, &parts[side], errors);
    size_t complete = parts[0].replications < parts[1].replications ? parts[0].replications
                                                                    : parts[1].replications;
    for (int side = 0; side < 2; side++) {
        if (complete == 0) {
            results_release(&parts[side]);
        } else if (!results_append(&runner->results[side], &parts[side], complete)) {
            return errors_no_memory(errors);
        }
    }
    return ok || stopped(runner);
}

/* Parts of a tenth of the replications, and not so large that much is lost. */
static bool run_all(struct runner *runner, struct errors *errors)
{
    enum { PARTS = 10, PART_MOST = 64 };
    int wanted = runner->replications, done = 0;
    bool ok = true;
    while (ok && done < wanted && !stopped(runner)) {
        int left = wanted - done, part = (wanted + PARTS - 1) / PARTS;
        int most = part < PART_MOST ? part : PART_MOST, count = most < left ? most : left;
        ok = run_pair(runner, (uint32_t)done, count, errors);
        done += count;
    }
    return ok;
}

bool pairs_run(const struct scenario *const sides[2], const struct pairs_options *options,
               struct results results[2], struct errors *errors)
{
    int most = sides[0]->run.replications > sides[1]->run.replications ? sides[0]->run.replications
                                                                       : sides[1]->run.replications;
    struct runner runner = {
        .options = options,
        .sides = {*sides[0], *sides[1]},
        .replications = options->replications > 0 ? options->replications : most,
        .seed = options->seed_given ? options->seed : sides[0]->run.seed,
        .results = results,
    };
    results[0] = results[1] = (struct results){0};
    bool ok = align(&runner, errors) && run_all(&runner, errors);
    for (int side = 0; side < 2; side++) {
        if (results[side].replications > 0 && runner.aligned[side])
            results[side].warmup_reason = "the longer one of both scenarios";
        results[side].interrupted = stopped(&runner);
        struct experiment_options with = options_of(&runner, side);
        with.method = METHOD_AUTO;
        ok = ok && (results[side].replications == 0 ||
                    refine_results(sides[side], &with, &results[side], errors));
    }
    return ok;
}

/* ---- Comparing ---- */

static enum pair_seen judge(const struct paired *paired)
{
    struct interval d = paired->difference;
    if (d.value == 0 && d.low == 0 && d.high == 0)
        return PAIR_SAME;
    return d.low > 0 || d.high < 0 ? PAIR_CHANGE : PAIR_NOT_YET;
}

static double more_needed(struct interval d, size_t replications)
{
    double half = (d.high - d.low) / 2;
    return fmax(statistics_count_needed(replications, half, fabs(d.value)) - (double)replications,
                1);
}

/* Values that a scenario states, or that were measured on its records. */
static void compare_stated(struct pairs *pairs, struct pair *pair)
{
    pair->stated = true;
    pair->paired.difference = (struct interval){pair->value_b - pair->value_a, NAN, NAN};
    pair->paired.saved = NAN;
    pair->seen = pair->value_a == pair->value_b ? PAIR_SAME : PAIR_CHANGE;
    pairs->items[pairs->count++] = *pair;
}

static bool is_refined(const struct results *results, size_t metric, enum refining by)
{
    const struct refined *refined = results_refined(results, metric);
    return refined && !refined->obstacle && refined->by == by;
}

/* As each side's own figure is made. */
static bool linear_of(const struct results *results, size_t metric, size_t replications,
                      double *linear)
{
    if (replications == results->replications && is_refined(results, metric, REFINED_CONTROL) &&
        control_values(results, metric, linear))
        return true;
    return results_linear(results, metric, replications, linear);
}

/* Where one side was not counted: both were drawn from the same samples, whatever that saves. */
static void compare_refined(const struct pairs *pairs, struct pair *pair)
{
    struct interval a = results_interval(pairs->a, pair->a, pairs->replications);
    struct interval b = results_interval(pairs->b, pair->b, pairs->replications);
    double difference = b.value - a.value;
    bool alike = a.value == b.value && a.low == b.low && a.high == b.high;
    if (alike && judge(&pair->paired) == PAIR_SAME) /* counted and drawn: one and the same */
        return;
    pair->paired.difference =
        (struct interval){difference, difference - hypot(b.value - b.low, a.high - a.value),
                          difference + hypot(b.high - b.value, a.value - a.low)};
    pair->paired.saved = NAN;
}

/* Nothing where there is no figure, such as a share of no calls. */
static void compare_measured(struct pairs *pairs, struct pair *pair, double *linear_a,
                             double *linear_b)
{
    if (!linear_of(pairs->a, pair->a, pairs->replications, linear_a) ||
        !linear_of(pairs->b, pair->b, pairs->replications, linear_b))
        return;
    pair->paired = statistics_paired(linear_b, linear_a, pairs->replications);
    if (is_refined(pairs->a, pair->a, REFINED_CONDITIONAL) ||
        is_refined(pairs->b, pair->b, REFINED_CONDITIONAL))
        compare_refined(pairs, pair);
    pair->seen = judge(&pair->paired);
    if (pair->seen == PAIR_NOT_YET)
        pair->more = more_needed(pair->paired.difference, pairs->replications);
    pairs->items[pairs->count++] = *pair;
}

static void compare_metric(struct pairs *pairs, size_t a, size_t b, double *linear_a,
                           double *linear_b)
{
    struct pair pair = {
        .a = a,
        .b = b,
        .value_a = results_interval(pairs->a, a, pairs->replications).value,
        .value_b = results_interval(pairs->b, b, pairs->replications).value,
    };
    bool stated_a = pairs->a->metrics[a].kind == METRIC_CONSTANT;
    bool stated_b = pairs->b->metrics[b].kind == METRIC_CONSTANT;
    if (stated_a && stated_b)
        compare_stated(pairs, &pair);
    else
        compare_measured(pairs, &pair, linear_a, linear_b);
}

bool pairs_make(struct pairs *pairs, const struct results *a, const struct results *b)
{
    size_t least = a->replications < b->replications ? a->replications : b->replications;
    *pairs = (struct pairs){.a = a, .b = b, .replications = least};
    pairs->items = calloc(a->metric_count + 1, sizeof *pairs->items);
    double *linear_a = calloc(least + 1, sizeof *linear_a),
           *linear_b = calloc(least + 1, sizeof *linear_b);
    bool ok = pairs->items && linear_a && linear_b && least > 0;
    for (size_t i = 0; ok && i < a->metric_count; i++) {
        const struct metric *m = &a->metrics[i];
        bool spare = strcmp(m->metric, metric_info(METRIC_RUN_SPARE_ERLANGS)->name) == 0;
        bool own = m->scope == SCOPE_EVENT || (m->scope == SCOPE_RUN && !spare);
        size_t other = own ? SIZE_MAX : results_find(b, m->scope, m->name, m->metric);
        if (other != SIZE_MAX)
            compare_metric(pairs, i, other, linear_a, linear_b);
    }
    free(linear_a);
    free(linear_b);
    return ok;
}

void pairs_release(struct pairs *pairs)
{
    free(pairs->items);
    *pairs = (struct pairs){0};
}

const struct metric *pair_metric(const struct pairs *pairs, const struct pair *pair)
{
    return &pairs->a->metrics[pair->a];
}
