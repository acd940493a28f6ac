#include "answer/confirm.h"

#include <math.h>
#include <string.h>

static bool wants(const struct estimate_row *row)
{
    return row->badge == BADGE_SIMULATE && row->hour < 0;
}

bool confirm_wanted(const struct estimate *estimate)
{
    for (size_t i = 0; i < estimate->count; i++)
        if (wants(&estimate->rows[i]))
            return true;
    return false;
}

/* ---- Rows ---- */

static bool weighted_over_failures(const struct estimate *estimate)
{
    for (size_t i = 0; i < estimate->count; i++)
        if (estimate->rows[i].down < 0)
            return true;
    return false;
}

static size_t metric_of_row(const struct results *results, const struct estimate_row *row)
{
    for (size_t m = 0; m < results->metric_count; m++) {
        const struct metric *metric = &results->metrics[m];
        if (strcmp(metric->metric, row->metric) == 0 && strcmp(metric->name, row->name) == 0 &&
            strcmp(scope_name(metric->scope), row->scope) == 0)
            return m;
    }
    return SIZE_MAX;
}

static void take_over(struct estimate_row *row, struct interval found,
                      const struct refined *refined)
{
    if (isnan(found.value))
        return;
    row->value = found.value;
    row->low = found.low;
    row->high = found.high;
    row->badge = BADGE_SIMULATED;
    row->formula = !refined || refined->obstacle    ? "simulation"
                   : refined->by == REFINED_CONTROL ? "simulation, control"
                                                    : "simulation, conditional";
}

static void from_results(struct estimate_row *row, const struct results *results)
{
    size_t metric = metric_of_row(results, row);
    if (metric == SIZE_MAX)
        return;
    const struct refined *refined = results_refined(results, metric);
    take_over(row, results_interval(results, metric, 0), refined);
}

/* The worst of the sets with so many peers down. */
static void from_sets(struct estimate_row *row, const struct scenario *scenario,
                      const struct survival *survival)
{
    struct interval worst = {NAN, NAN, NAN};
    if (strcmp(row->scope, "class") != 0 || strcmp(row->metric, "blocked_fraction") != 0)
        return;
    for (uint32_t k = 0; k < scenario->class_count; k++)
        for (size_t i = 0; strcmp(scenario->classes[k].name, row->name) == 0 && i < survival->count;
             i++) {
            const struct survival_set *set = &survival->sets[i];
            if ((int)set->down_count == row->down &&
                !(set->blocked[k].value <= worst.value && set->blocked[k].high <= worst.high))
                worst = set->blocked[k];
        }
    take_over(row, worst, NULL);
}

static void mend_rows(const struct scenario *scenario, const struct results *results,
                      const struct survival *survival, struct estimate *estimate)
{
    int whole = weighted_over_failures(estimate) ? -1 : 0;
    for (size_t i = 0; i < estimate->count; i++) {
        struct estimate_row *row = &estimate->rows[i];
        if (!wants(row))
            continue;
        if (row->down == whole)
            from_results(row, results);
        else if (row->down > 0)
            from_sets(row, scenario, survival);
    }
}

/* ---- The simulation ---- */

static bool simulate(const struct scenario *scenario, const struct experiment_options *options,
                     struct judged_run *run, struct errors *errors)
{
    uint32_t down = answer_peers_down(scenario);
    size_t stated = options->replications > 0 ? (size_t)options->replications
                                              : (size_t)scenario->run.replications;
    const struct decide_options how = {.most = DECIDE_TIMES * stated};
    bool ok = experiment_run(scenario, options, &run->results, errors);
    if (ok && down > 0)
        ok = survival_run(scenario, options, down, &run->survival, errors);
    return ok && decide(scenario, options, &how, run, errors);
}

bool confirm_estimate(const struct scenario *scenario, const struct experiment_options *options,
                      struct estimate *estimate, struct judged_run *run, struct errors *errors)
{
    const struct answer_sources sources = {
        .estimate = estimate, .results = &run->results, .survival = &run->survival};
    answer_release(&run->answer);
    bool ok = simulate(scenario, options, run, errors);
    answer_release(&run->answer);
    if (ok && !answer_make(&run->answer, scenario, &sources))
        ok = errors_no_memory(errors);
    if (ok)
        mend_rows(scenario, &run->results, &run->survival, estimate);
    return ok;
}
