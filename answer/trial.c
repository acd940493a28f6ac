#include "answer/trial.h"

#include <stdlib.h>

#include "answer/decide.h"
#include "sim/study/experiment.h"

#define TELLING_SETS 4096 /* more are not looked at one by one */

static bool stopped(const struct trial_options *options)
{
    return options->stop && atomic_load(options->stop) != 0;
}

/* Nothing that was simulated says anything but yes; sets that were not are left out. */
static bool so_far(const struct answer *answer)
{
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        if (row->verdict == VERDICT_NO ||
            (row->basis == BASIS_SIMULATED && row->verdict == VERDICT_UNDECIDED))
            return false;
    }
    return true;
}

/* The sets of peers down one by one, the one that told something the last time first, until one
 * does not say yes. False when a run failed. */
static bool run_until_told(const struct scenario *s, const struct trial_options *options,
                           const struct experiment_options *how, struct judged_run *run,
                           struct errors *errors)
{
    uint32_t down = answer_peers_down(s);
    struct survival *survival = &run->survival;
    size_t count = survival_sets(s->peer_count, down), first = *options->telling_set;
    first = first < count ? first : 0;
    struct answer_sources sources = {.results = &run->results, .survival = survival};
    uint32_t *set = calloc(down, sizeof *set);
    bool ok = set && (survival->sets = calloc(count, sizeof *survival->sets)), yes = true;
    for (size_t n = 0; ok && yes && count && n <= count && !stopped(options); n++) {
        size_t wanted = n == 0 ? first : n - 1;
        struct answer answer = {0};
        if (n > 0 && wanted == first)
            continue;
        for (uint32_t i = 0; i < down; i++)
            set[i] = i;
        for (size_t i = 0; i < wanted; i++)
            survival_next(s->peer_count, down, set);
        struct survival_set *next = &survival->sets[survival->count];
        ok = survival_run_set(s, how, (struct peers_down){set, down}, next, errors);
        if (!ok || next->replications == 0)
            break;
        survival->count++;
        ok = answer_make(&answer, s, &sources);
        yes = so_far(&answer);
        if (ok && !yes)
            *options->telling_set = wanted;
        answer_release(&answer);
    }
    free(set);
    return ok;
}

static void show(const struct trial_options *options, const struct scenario *scenario,
                 const struct answer_sources *made, const struct answer *answer)
{
    struct trial_sources sources = {scenario, made->results, made->survival, made->estimate};
    if (options->seen)
        options->seen(options->seen_context, &sources, answer);
}

static enum trial_outcome simulate(const struct trial_scenario *made,
                                   const struct trial_options *options, struct answer *answer)
{
    const struct scenario *s = &made->scenario;
    struct judged_run run = {0};
    struct errors errors;
    struct experiment_options how = {.method = options->plain ? METHOD_PLAIN : METHOD_DECIDE,
                                     .jobs = options->jobs,
                                     .replications = options->replications,
                                     .seed_given = options->seed_given,
                                     .seed = options->seed,
                                     .traces = made->traces.context ? &made->traces : NULL,
                                     .stop = options->stop};
    enum trial_outcome outcome = TRIAL_NOT_BUILT;
    errors_init(&errors);
    uint32_t down = answer_peers_down(s);
    bool ok = experiment_run(s, &how, &run.results, &errors);
    if (ok && down > 0 && !stopped(options))
        ok = options->telling_set && survival_sets(s->peer_count, down) <= TELLING_SETS
                 ? run_until_told(s, options, &how, &run, &errors)
                 : survival_run(s, &how, down, &run.survival, &errors);
    if (ok && !stopped(options)) { /* with nothing to add it makes the answer */
        const struct decide_options until = {.most = options->most};
        outcome = decide(s, &how, &until, &run, &errors) ? TRIAL_JUDGED : TRIAL_FAILED;
        struct answer_sources sources = {.results = &run.results, .survival = &run.survival};
        if (outcome == TRIAL_JUDGED && !stopped(options))
            show(options, s, &sources, &run.answer);
    }
    if (stopped(options))
        outcome = TRIAL_STOPPED;
    if (outcome == TRIAL_JUDGED) {
        *answer = run.answer;
        run.answer = (struct answer){0};
    }
    if (options->events)
        *options->events += run.results.events * (1 + run.survival.count);
    judged_run_release(&run);
    errors_release(&errors);
    return outcome;
}

static enum trial_outcome estimate(const struct scenario *s, const struct trial_options *options,
                                   struct answer *answer)
{
    struct estimate_options how = {.preview = options->preview, .judged_only = !options->seen};
    struct estimate made;
    struct answer_sources sources = {.estimate = &made, .preview = options->preview};
    bool ok = estimate_make(s, &how, &made);
    ok = ok && answer_make(answer, s, &sources);
    if (ok)
        show(options, s, &sources, answer);
    else
        answer_release(answer);
    estimate_release(&made);
    return ok ? TRIAL_JUDGED : TRIAL_FAILED;
}

enum trial_outcome trial_judge_made(const struct trial_scenario *made,
                                    const struct trial_options *options, struct answer *answer)
{
    *answer = (struct answer){0};
    if (stopped(options))
        return TRIAL_STOPPED;
    return options->simulate ? simulate(made, options, answer)
                             : estimate(&made->scenario, options, answer);
}

enum trial_outcome trial_judge(const struct trial_maker *maker, const char *const *settings,
                               size_t count, const struct trial_options *options,
                               struct answer *answer)
{
    struct trial_scenario made = {.own = NULL};
    *answer = (struct answer){0};
    if (stopped(options))
        return TRIAL_STOPPED;
    if (!maker->make(maker->context, settings, count, &made))
        return TRIAL_NOT_BUILT;
    enum trial_outcome outcome = trial_judge_made(&made, options, answer);
    maker->release(maker->context, &made);
    return outcome;
}
