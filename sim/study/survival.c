#include "sim/study/survival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/confidence.h"
#include "sim/study/precision.h"
#include "sim/study/refine.h"

#define EVENTS_WORTH_A_LOOK 500000

size_t survival_sets(uint32_t peers, uint32_t down)
{
    uint64_t sets = 1;
    if (down > peers)
        return 0;
    for (uint32_t i = 0; i < down; i++) {
        sets = sets * (peers - i) / (i + 1); /* exact at every step */
        if (sets > UINT64_C(1) << 40)
            return SIZE_MAX;
    }
    return sets;
}

bool survival_next(uint32_t peers, uint32_t down, uint32_t *set)
{
    for (uint32_t i = down; i-- > 0;) {
        if (set[i] + (down - i) >= peers)
            continue;
        set[i]++;
        for (uint32_t j = i + 1; j < down; j++)
            set[j] = set[j - 1] + 1;
        return true;
    }
    return false;
}

static void set_release(struct survival_set *set)
{
    free(set->down);
    free(set->blocked);
    free(set->units);
}

void survival_release(struct survival *survival)
{
    for (size_t i = 0; i < survival->count; i++)
        set_release(&survival->sets[i]);
    free(survival->sets);
    *survival = (struct survival){0};
}

static bool set_init(struct survival_set *set, const struct scenario *scenario,
                     struct peers_down down)
{
    *set = (struct survival_set){.down_count = down.count};
    set->down = calloc(down.count + 1, sizeof *set->down);
    set->blocked = calloc(scenario->class_count + 1, sizeof *set->blocked);
    if (!set->down || !set->blocked) {
        set_release(set);
        return false;
    }
    memcpy(set->down, down.peers, down.count * sizeof *down.peers);
    return true;
}

/* The curves of the clusters, for who shows them. False: out of memory. */
static bool set_fill_units(struct survival_set *set, const struct scenario *scenario,
                           const struct results *results)
{
    size_t n = set->intervals = results->intervals;
    set->units = calloc((size_t)scenario->cluster_count * n + 1, sizeof *set->units);
    for (size_t i = 0; set->units && i < results->series_count; i++) {
        const struct series *series = &results->series[i];
        if (series->scope != SCOPE_CLUSTER || strcmp(series->metric, "units") != 0)
            continue;
        for (size_t k = 0; k < n; k++)
            set->units[series->index * n + k] = (float)results_span(results, i, k, k + 1).value;
    }
    return set->units;
}

static void set_fill(struct survival_set *set, const struct scenario *scenario,
                     const struct results *results)
{
    set->replications = results->replications;
    for (uint32_t c = 0; c < scenario->class_count; c++) {
        size_t metric =
            results_find(results, SCOPE_CLASS, scenario->classes[c].name, "blocked_fraction");
        struct confidence confidence = {.interval = {NAN, NAN, NAN}};
        if (metric != SIZE_MAX)
            confidence = confidence_of(results, metric);
        set->blocked[c] = confidence.interval;
        set->batches = confidence.batches > set->batches ? confidence.batches : set->batches;
    }
}

/* A set, and who is away besides; owned. */
static uint32_t *join(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count)
{
    uint32_t *all = calloc((size_t)a_count + b_count + 1, sizeof *all);
    if (all && a_count)
        memcpy(all, a, a_count * sizeof *all);
    if (all && b_count)
        memcpy(all + a_count, b, b_count * sizeof *all);
    return all;
}

/* A set is only to be judged: where its replications are dear, and a third of them or ten decide it
 * beyond doubt, they do. */
static bool run_until_decided(const struct scenario *scenario,
                              const struct experiment_options *options, struct results *results,
                              struct errors *errors)
{
    int count = options->replications > 0 ? options->replications : scenario->run.replications;
    int few = count / 3 > STATISTICS_REPLICATIONS_MIN ? count / 3 : STATISTICS_REPLICATIONS_MIN;
    struct experiment_options part = *options;
    struct results rest = {0};
    if (options->method != METHOD_DECIDE || options->precision > 0 || count < 2 * few)
        return experiment_run(scenario, options, results, errors);
    part.part = true; /* what is rare is asked for once they are together */
    part.replications = few;
    if (!experiment_run(scenario, &part, results, errors))
        return false;
    part.first += (uint32_t)few;
    part.replications = count - few;
    uint64_t left = results->events / (uint64_t)few * (uint64_t)part.replications;
    bool enough = results->interrupted ||
                  (left >= EVENTS_WORTH_A_LOOK && precision_decided(scenario, results));
    bool ok = enough || experiment_run(scenario, &part, &rest, errors);
    if (ok && !enough && !results_append(results, &rest, rest.replications))
        ok = errors_no_memory(errors);
    ok = ok && refine_results(scenario, options, results, errors);
    if (!ok)
        results_release(results);
    return ok;
}

bool survival_run_set(const struct scenario *scenario, const struct experiment_options *options,
                      struct peers_down down, struct survival_set *set, struct errors *errors)
{
    *set = (struct survival_set){0};
    struct experiment_options with = *options;
    struct results results;
    uint32_t *all = join(down.peers, down.count, options->down, options->down_count);
    if (!all)
        return errors_no_memory(errors);
    with.calls = NULL;
    with.method = options->method == METHOD_AUTO ? METHOD_DECIDE : options->method;
    with.down = all;
    with.down_count = down.count + options->down_count;
    bool ok = run_until_decided(scenario, &with, &results, errors);
    free(all);
    bool stopped = options->stop && atomic_load(options->stop) && (!ok || results.interrupted);
    if (!ok)
        return stopped;
    if (!stopped) {
        ok = set_init(set, scenario, down) && set_fill_units(set, scenario, &results);
        if (ok)
            set_fill(set, scenario, &results);
        else
            errors_no_memory(errors);
    }
    results_release(&results);
    return ok;
}

bool survival_run(const struct scenario *scenario, const struct experiment_options *options,
                  uint32_t down, struct survival *survival, struct errors *errors)
{
    *survival = (struct survival){0};
    size_t sets = survival_sets(scenario->peer_count, down);
    uint32_t *set = calloc(down + 1, sizeof *set);
    bool more = sets > 0 && down > 0, ok = set != NULL, stopped = false;
    survival->sets =
        sets < SIZE_MAX / sizeof *survival->sets ? calloc(sets + 1, sizeof *survival->sets) : NULL;
    if (!set || !survival->sets) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0,
                   "out of memory: %u of %u peers down are too many sets", down,
                   scenario->peer_count);
        ok = false;
    }
    for (uint32_t i = 0; ok && i < down; i++)
        set[i] = i;
    while (ok && more && !stopped) {
        struct survival_set *next = &survival->sets[survival->count];
        if (options->part_begun)
            options->part_begun(options->progress_context, survival->count);
        ok = survival_run_set(scenario, options, (struct peers_down){set, down}, next, errors);
        stopped = next->replications == 0;
        if (ok && !stopped)
            survival->count++;
        more = survival_next(scenario->peer_count, down, set);
    }
    free(set);
    return ok;
}
