#include "sim/study/confidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/refusals.h"

static const char varies[] =
    "the load changes with the time, so that parts of the run are not alike";
static const char short_run[] = "it is shorter than 300 times what it remembers, the longest "
                                "holding time or the time between failures";
static const char coarse[] = "its intervals are too long to be gathered into batches";
static const char correlated[] = "neighbouring parts of the run are correlated";
static const char no_series[] = "it is not known by interval";
static const char no_memory[] = "out of memory";

/* Metrics whose course is kept by interval. */
static const struct {
    enum scope scope;
    const char *metric, *series;
} courses[] = {
    {SCOPE_CLASS, "blocked_fraction", "blocked_fraction"},
    {SCOPE_CLASS, "mean_in_progress", "in_progress"},
    {SCOPE_CLUSTER, "mean_units", "units"},
    {SCOPE_PEER, "mean_units", "units"},
};

static const struct series *course_of(const struct results *results, const struct metric *m)
{
    for (size_t c = 0; c < sizeof courses / sizeof *courses; c++) {
        if (courses[c].scope != m->scope || strcmp(courses[c].metric, m->metric) != 0)
            continue;
        for (size_t s = 0; s < results->series_count; s++) {
            const struct series *series = &results->series[s];
            if (series->scope == m->scope && series->index == m->index &&
                strcmp(series->metric, courses[c].series) == 0)
                return series;
        }
    }
    return NULL;
}

/* Batches that the run is long enough for. */
static size_t batches_of(const struct results *results)
{
    double length = (double)results->interval * (double)results->intervals / (double)SECOND;
    double batches =
        results->traits.memory > 0 ? length / (CONFIDENCE_MEMORIES * results->traits.memory) : 0;
    return batches > CONFIDENCE_BATCHES_MOST ? CONFIDENCE_BATCHES_MOST : (size_t)batches;
}

static const char *obstacle_to(const struct results *results, const struct series *series)
{
    if (!results->traits.constant)
        return varies;
    if (!series || !results->series_values)
        return no_series;
    size_t batches = batches_of(results);
    if (batches < CONFIDENCE_BATCHES_MIN)
        return short_run;
    return results->intervals < batches ? coarse : NULL;
}

/* The linearized values by interval; false when memory is out or nothing was offered. */
static bool linear_course(const struct results *results, const struct series *series,
                          double *linear)
{
    size_t count = results->intervals;
    double *numerators = calloc(2 * count + 1, sizeof *numerators),
           *denominators = numerators + count;
    bool made = numerators != NULL;
    for (size_t i = 0; made && i < count; i++) {
        const float *at = results->series_values[0] + i * results->series_columns + series->column;
        numerators[i] = (double)at[0];
        denominators[i] = series->ratio ? (double)at[1] : 1;
    }
    made = made && !isnan(statistics_linearize(numerators, denominators, count, linear));
    free(numerators);
    return made;
}

static void by_batches(const struct results *results, const struct series *series,
                       struct confidence *confidence)
{
    double *linear = calloc(results->intervals + 1, sizeof *linear),
           value = confidence->interval.value;
    confidence->obstacle = no_memory;
    if (linear && linear_course(results, series, linear)) {
        struct batch_means means =
            statistics_batch_means(linear, results->intervals, batches_of(results));
        double half = (means.interval.high - means.interval.low) / 2;
        confidence->obstacle = means.independent ? NULL : correlated;
        if (means.independent) {
            confidence->batches = means.batches;
            confidence->interval = series->ratio
                                       ? statistics_share_about(value, half)
                                       : (struct interval){value, value - half, value + half};
        }
    }
    free(linear);
}

struct confidence confidence_of(const struct results *results, size_t metric)
{
    const struct metric *m = &results->metrics[metric];
    struct confidence confidence = {.interval = results_interval(results, metric, 0)};
    double value = confidence.interval.value;
    if (m->kind == METRIC_CONSTANT || results->replications != 1 || isnan(value) ||
        (results_refined(results, metric) && !results_refined(results, metric)->obstacle))
        return confidence;
    if (!refusals_counts(m) || (value > 0 && value < 1)) {
        const struct series *series = course_of(results, m);
        confidence.obstacle = obstacle_to(results, series);
        if (!confidence.obstacle)
            by_batches(results, series, &confidence);
    }
    if (!confidence.obstacle)
        refusals_allow(results, metric, 1, &confidence.interval);
    return confidence;
}
