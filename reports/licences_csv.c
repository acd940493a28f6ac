#include "reports/licences_csv.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "reports/csv.h"

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

static void put_numbers(FILE *out, const double *values, size_t count, bool single)
{
    for (size_t i = 0; i < count; i++) {
        putc(',', out);
        if (single)
            csv_put_single(out, values[i]);
        else
            csv_put_number(out, values[i]);
    }
    putc('\n', out);
}

static void put_span(FILE *out, nanos from, nanos to)
{
    csv_put_seconds(out, from);
    putc(',', out);
    csv_put_seconds(out, to);
    putc(',', out);
}

/* cluster,licence of "edge.rms" */
static void put_pool(FILE *out, const char *pool, size_t length)
{
    char cluster[256];
    size_t dot = length;
    while (dot > 0 && pool[dot - 1] != '.')
        dot--;
    snprintf(cluster, sizeof cluster, "%.*s", (int)(dot > 0 ? dot - 1 : 0), pool);
    csv_put_text(out, cluster);
    fprintf(out, ",%.*s,", (int)(length - dot), pool + dot);
}

static double pool_size(const struct results *results, const struct scenario *scenario,
                        const struct entry *entry)
{
    char pool[256];
    snprintf(pool, sizeof pool, "%.*s", (int)pool_length(scenario, entry), entry->name);
    return figure(results, SCOPE_POOL, pool, "size");
}

static void put_entry(FILE *out, const struct scenario *scenario, const struct results *results,
                      const struct entry *entry, nanos from, nanos to)
{
    const struct call_class *call = &scenario->classes[entry->class_index];
    put_span(out, from, to);
    put_pool(out, entry->name, pool_length(scenario, entry));
    fprintf(out, "%s,", service_name(call->service));
    csv_put_text(out, call->name);
    putc(',', out);
    csv_put_number(out, pool_size(results, scenario, entry));
}

static void put_class(FILE *out, const struct scenario *scenario, const struct results *results,
                      const struct entry *entry, nanos length)
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
    put_entry(out, scenario, results, entry, 0, length);
    put_numbers(out, values, 6, false);
}

/* Licences of registrations: what the pool tells. */
static void put_registrations(FILE *out, const struct results *results, const char *pool,
                              nanos length)
{
    struct interval mean = interval_of(results, SCOPE_POOL, pool);
    const double values[] = {mean.value, mean.low,
                             mean.high,  figure(results, SCOPE_POOL, pool, "peak_in_use"),
                             NAN,        NAN};
    put_span(out, 0, length);
    put_pool(out, pool, strlen(pool));
    fputs("registrations,,", out);
    csv_put_number(out, figure(results, SCOPE_POOL, pool, "size"));
    put_numbers(out, values, 6, false);
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

static void put_intervals(FILE *out, const struct scenario *scenario, const struct results *results,
                          nanos length)
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
            put_entry(out, scenario, results, &entry, from, to < length ? to : length);
            put_numbers(out, values, 6, true);
        }
}

void licences_csv(FILE *out, const struct scenario *scenario, const struct results *results,
                  nanos length)
{
    fputs("from,to,cluster,licence,service,class,pool,mean_in_use,low,high,peak_in_use,refused,"
          "refused_only\n",
          out);
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        struct entry entry = {m->name, m->index};
        if (m->scope == SCOPE_LICENCE && strcmp(m->metric, "mean_in_use") == 0)
            put_class(out, scenario, results, &entry, length);
    }
    for (size_t i = 0; i < results->metric_count; i++)
        if (is_registration_pool(&results->metrics[i]))
            put_registrations(out, results, results->metrics[i].name, length);
    put_intervals(out, scenario, results, length);
}
