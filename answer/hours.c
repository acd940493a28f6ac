#include "answer/hours.h"

#include <math.h>
#include <string.h>

static size_t series_find(const struct results *results, enum scope scope, uint32_t index,
                          const char *metric)
{
    for (size_t s = 0; s < results->series_count; s++) {
        const struct series *series = &results->series[s];
        if (series->scope == scope && series->index == index && strcmp(series->metric, metric) == 0)
            return s;
    }
    return SIZE_MAX;
}

/* Calls offered in these intervals over all replications; a series of means counts as enough. */
static double calls_offered(const struct results *results, const struct series *series,
                            size_t first, size_t last)
{
    double sum = 0;
    if (!series->ratio)
        return HOUR_CALLS_LEAST;
    for (size_t r = 0; r < results->replications; r++)
        for (size_t i = first; i < last; i++)
            sum +=
                (double)results->series_values[r][i * results->series_columns + series->column + 1];
    return sum;
}

/* What hours are compared by: the lower limit, the value where there is none. */
static double standing(struct interval share)
{
    return isnan(share.low) ? share.value : share.low;
}

static struct worst_hour worst_span(const struct results *results, size_t series)
{
    struct worst_hour worst = {.found = false};
    if (series == SIZE_MAX || results->interval <= 0)
        return worst;
    size_t step = results->interval >= HOUR ? 1 : (size_t)(HOUR / results->interval);
    size_t at = SIZE_MAX;
    struct interval most = {0, 0, 0};
    for (size_t first = 0; first < results->intervals; first += step) {
        size_t last = first + step < results->intervals ? first + step : results->intervals;
        struct interval share = results_span(results, series, first, last);
        bool higher = standing(share) > standing(most) ||
                      (standing(share) == standing(most) && share.value > most.value);
        if (higher &&
            calls_offered(results, &results->series[series], first, last) >= HOUR_CALLS_LEAST) {
            most = share;
            at = first;
        }
    }
    if (at == SIZE_MAX)
        return worst;
    size_t last = at + step < results->intervals ? at + step : results->intervals;
    return (struct worst_hour){
        .found = true,
        .from = (nanos)at * results->interval,
        .to = (nanos)last * results->interval,
        .share = most,
        .one_day = results_span_prediction(results, series, at, last),
        .name = results->series[series].name,
    };
}

struct worst_hour worst_hour_blocked(const struct results *results, uint32_t class_index)
{
    return worst_span(results, series_find(results, SCOPE_CLASS, class_index, "blocked_fraction"));
}

struct worst_hour busiest_hour(const struct results *results)
{
    struct worst_hour worst = {.found = false};
    for (size_t s = 0; s < results->series_count; s++) {
        const struct series *series = &results->series[s];
        if (series->scope != SCOPE_CLUSTER || strcmp(series->metric, "units") != 0)
            continue;
        struct worst_hour hour = worst_span(results, s);
        if (hour.found && (!worst.found || hour.share.value > worst.share.value))
            worst = hour;
    }
    return worst;
}
