#include "reports/licences.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An entry of the ledger: "edge.rms/b2b-video" is what class b2b-video holds of cluster edge's RMS.
 */
struct entry {
    const char *name;
    uint32_t class_index;
};

static size_t pool_length(const struct scenario *scenario, const struct entry *entry)
{
    return strlen(entry->name) - strlen(scenario->classes[entry->class_index].name) - 1;
}

static double figure(const struct results *results, enum scope scope, const char *name,
                     const char *metric)
{
    size_t index = results_find(results, scope, name, metric);
    return index == SIZE_MAX ? NAN : results_interval(results, index, 0).value;
}

static struct interval interval_of(const struct results *results, enum scope scope,
                                   const char *name)
{
    size_t index = results_find(results, scope, name, "mean_in_use");
    struct interval none = {NAN, NAN, NAN};
    return index == SIZE_MAX ? none : results_interval(results, index, 0);
}

static void put_numbers(struct table *table, const double *values, size_t count, bool single)
{
    for (size_t i = 0; i < count; i++)
        (single ? table_single : table_number)(table, values[i]);
}

/* cluster,licence of "edge.rms"; NULL: out of memory */
static void put_pool(struct table *table, char *pool)
{
    char *dot = pool ? strrchr(pool, '.') : NULL;
    table->failed = table->failed || !pool;
    if (dot)
        *dot = '\0';
    table_text(table, dot ? pool : "");
    table_text(table, dot ? dot + 1 : pool);
    free(pool);
}

static void put_entry(struct table *table, const struct scenario *scenario,
                      const struct results *results, const struct entry *entry, nanos from,
                      nanos to)
{
    const struct call_class *call = &scenario->classes[entry->class_index];
    char *pool = strndup(entry->name, pool_length(scenario, entry));
    double size = pool ? figure(results, SCOPE_POOL, pool, "size") : NAN;
    table_seconds(table, from);
    table_seconds(table, to);
    put_pool(table, pool);
    table_text(table, service_name(call->service));
    table_text(table, call->name);
    table_number(table, size);
}

static void put_class(struct table *table, const struct scenario *scenario,
                      const struct results *results, const struct entry *entry, nanos length)
{
    struct interval mean = interval_of(results, SCOPE_LICENCE, entry->name);
    const double values[] = {
        mean.value,
        mean.low,
        mean.high,
        figure(results, SCOPE_LICENCE, entry->name, "peak_in_use"),
        figure(results, SCOPE_LICENCE, entry->name, "refused"),
        figure(results, SCOPE_LICENCE, entry->name, "refused_only"),
    };
    put_entry(table, scenario, results, entry, 0, length);
    put_numbers(table, values, 6, false);
}

/* Licences of registrations: what the pool tells. */
static void put_registrations(struct table *table, const struct results *results, const char *pool,
                              nanos length)
{
    struct interval mean = interval_of(results, SCOPE_POOL, pool);
    const double values[] = {mean.value, mean.low,
                             mean.high,  figure(results, SCOPE_POOL, pool, "peak_in_use"),
                             NAN,        NAN};
    table_seconds(table, 0);
    table_seconds(table, length);
    put_pool(table, strdup(pool));
    table_text(table, "registrations");
    table_empty(table);
    table_number(table, figure(results, SCOPE_POOL, pool, "size"));
    put_numbers(table, values, 6, false);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static bool is_registration_pool(const struct metric *metric)
{
    return metric->scope == SCOPE_POOL && strcmp(metric->metric, "mean_in_use") == 0 &&
           !ends_with(metric->name, ".rms");
}

static void put_intervals(struct table *table, const struct scenario *scenario,
                          const struct results *results, nanos length)
{
    for (size_t i = 0; i < results->intervals; i++)
        for (size_t s = 0; s + 1 < results->series_count; s++) {
            const struct series *series = &results->series[s];
            if (series->scope != SCOPE_LICENCE || strcmp(series->metric, "in_use") != 0)
                continue;
            struct entry entry = {series->name, series->index};
            nanos from = (nanos)i * results->interval, to = from + results->interval;
            struct interval mean = results_span(results, s, i, i + 1);
            const double values[] = {
                mean.value, mean.low, mean.high, NAN, results_span(results, s + 1, i, i + 1).value,
                NAN}; /* "refused" follows */
            put_entry(table, scenario, results, &entry, from, to < length ? to : length);
            put_numbers(table, values, 6, true);
        }
}

bool licences_table(struct table *table, const struct scenario *scenario,
                    const struct results *results, nanos length)
{
    table_begin(table, "licences",
                "from,to,cluster,licence,service,class,pool,mean_in_use,low,high,peak_in_use,"
                "refused,refused_only");
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        struct entry entry = {m->name, m->index};
        if (m->scope == SCOPE_LICENCE && strcmp(m->metric, "mean_in_use") == 0)
            put_class(table, scenario, results, &entry, length);
    }
    for (size_t i = 0; i < results->metric_count; i++)
        if (is_registration_pool(&results->metrics[i]))
            put_registrations(table, results, results->metrics[i].name, length);
    put_intervals(table, scenario, results, length);
    return table_end(table);
}
