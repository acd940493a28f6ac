#include "answer/trial.h"

#include "sim/study/experiment.h"

static bool stopped(const struct trial_options *options)
{
    return options->stop && atomic_load(options->stop) != 0;
}

enum trial_outcome trial_simulate(const struct trial_scenario *made,
                                  const struct trial_options *options, struct answer *answer,
                                  uint64_t *events)
{
    const struct scenario *s = &made->scenario;
    struct results results = {0};
    struct survival survival = {0};
    struct errors errors;
    struct experiment_options run = {.jobs = options->jobs,
                                     .replications = options->replications,
                                     .seed_given = options->seed_given,
                                     .seed = options->seed,
                                     .traces = made->traces.context ? &made->traces : NULL,
                                     .stop = options->stop};
    enum trial_outcome outcome = TRIAL_NOT_BUILT;
    errors_init(&errors);
    uint32_t down = s->goals.survive > 0 ? (uint32_t)s->goals.survive : 0;
    bool ok = experiment_run(s, &run, &results, &errors);
    if (ok && down > 0 && !stopped(options))
        ok = survival_run(s, &run, down, NULL, NULL, &survival, &errors);
    if (stopped(options)) {
        outcome = TRIAL_STOPPED;
    } else if (ok) {
        struct answer_sources sources = {.results = &results, .survival = &survival};
        outcome = answer_make(answer, s, &sources) ? TRIAL_JUDGED : TRIAL_FAILED;
        if (outcome != TRIAL_JUDGED)
            answer_release(answer);
    }
    if (events)
        *events += results.events * (1 + survival.count);
    survival_release(&survival);
    results_release(&results);
    errors_release(&errors);
    return outcome;
}

enum trial_outcome trial_estimate(const struct scenario *s, bool preview, struct answer *answer)
{
    struct estimate_options options = {.preview = preview};
    struct estimate made;
    struct answer_sources sources = {.estimate = &made, .preview = preview};
    bool ok = estimate_make(s, &options, &made);
    ok = ok && answer_make(answer, s, &sources);
    if (!ok)
        answer_release(answer);
    estimate_release(&made);
    return ok ? TRIAL_JUDGED : TRIAL_FAILED;
}

enum trial_outcome trial_judge(const struct trial_maker *maker, const char *const *settings,
                               size_t count, const struct trial_options *options,
                               struct answer *answer, uint64_t *events)
{
    struct trial_scenario made = {.own = NULL};
    *answer = (struct answer){0};
    if (stopped(options))
        return TRIAL_STOPPED;
    if (!maker->make(maker->context, settings, count, &made))
        return TRIAL_NOT_BUILT;
    enum trial_outcome outcome = options->simulate
                                     ? trial_simulate(&made, options, answer, events)
                                     : trial_estimate(&made.scenario, options->preview, answer);
    maker->release(maker->context, &made);
    return outcome;
}
