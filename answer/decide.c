#include "answer/decide.h"

#include <math.h>
#include <stdlib.h>

#include "answer/goals.h"
#include "sim/study/refine.h"

static bool stopped(const struct experiment_options *options)
{
    return options->stop && atomic_load(options->stop) != 0;
}

/* Replications in all for the next look; `have` where no more are worth it. */
static size_t next_look(const struct answer *answer, size_t have, size_t most)
{
    double more = answer_more_replications(answer), wanted = (double)have + more;
    if (!(more > 0) || have >= most || wanted > 2 * (double)most)
        return have;
    double next = (double)have + fmax(ceil(1.3 * more), (double)have);
    return next < (double)most ? (size_t)next : most;
}

static bool add_replications(const struct scenario *scenario,
                             const struct experiment_options *options, size_t next,
                             struct results *results, struct errors *errors)
{
    struct experiment_options part = *options;
    struct results more = {0};
    part.part = true; /* what is rare is asked for once they are together */
    part.first = (uint32_t)results->replications;
    part.replications = (int)(next - results->replications);
    bool ok = experiment_run(scenario, &part, &more, errors);
    if (!ok && stopped(options))
        return true; /* none of them was complete */
    if (ok && !results_append(results, &more, more.replications))
        ok = errors_no_memory(errors);
    return ok && refine_results(scenario, options, results, errors);
}

static void free_set(struct survival_set *set)
{
    free(set->down);
    free(set->blocked);
}

static bool run_sets_again(const struct scenario *scenario,
                           const struct experiment_options *options, size_t replications,
                           struct judged_run *run, struct errors *errors)
{
    struct experiment_options whole = *options;
    double away = run->results.traits.away;
    whole.replications = (int)replications;
    for (size_t i = 0; i < run->survival.count && !stopped(options); i++) {
        struct survival_set *set = &run->survival.sets[i], again;
        const struct peers_down down = {set->down, set->down_count};
        if (!goals_set_open(scenario, set, away))
            continue;
        if (!survival_run_set(scenario, &whole, down, &again, errors))
            return false;
        if (again.replications == 0)
            return true;
        free_set(set);
        *set = again;
    }
    return true;
}

bool decide(const struct scenario *scenario, const struct experiment_options *options,
            const struct decide_options *how, struct judged_run *run, struct errors *errors)
{
    struct results *results = &run->results;
    const struct answer_sources sources = {.results = results, .survival = &run->survival};
    for (;;) {
        if (!answer_make(&run->answer, scenario, &sources))
            return errors_no_memory(errors);
        size_t next = next_look(&run->answer, results->replications, how->most);
        if (next == results->replications || stopped(options))
            return true;
        answer_release(&run->answer);
        if (how->goes_on)
            how->goes_on(how->context, next);
        if (!add_replications(scenario, options, next, results, errors) ||
            !run_sets_again(scenario, options, next, run, errors))
            return false;
        if (stopped(options))
            results->interrupted = true;
    }
}

void judged_run_release(struct judged_run *run)
{
    answer_release(&run->answer);
    survival_release(&run->survival);
    results_release(&run->results);
}
