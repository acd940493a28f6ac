#include "reports/results_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Metrics ---- */

struct metric_name {
    const char *scope, *name, *metric, *unit;
};

static void put_metric(struct table *table, const struct metric_name *what,
                       struct interval interval)
{
    table_text(table, what->scope);
    table_text(table, what->name);
    table_text(table, what->metric);
    table_number(table, interval.value);
    table_number(table, interval.low);
    table_number(table, interval.high);
    table_text(table, what->unit);
}

static void begin_run_row(struct table *table, const char *metric)
{
    table_text(table, "run");
    table_text(table, "run");
    table_text(table, metric);
}

static void end_run_row(struct table *table, const char *unit)
{
    table_empty(table);
    table_empty(table);
    table_text(table, unit);
}

/* What the run was: whole numbers, the seed to its last bit. */
static void put_run(struct table *table, const struct results *results)
{
    begin_run_row(table, "seed");
    table_identifier(table, results->seed);
    end_run_row(table, "1");
    begin_run_row(table, "replications");
    table_count(table, (int64_t)results->replications);
    end_run_row(table, "1");
    begin_run_row(table, "warmup");
    table_seconds(table, results->warmup);
    end_run_row(table, "s");
}

/* "e1+e2/talk": the peers that are down, and the class. Owned; NULL when out of memory. */
static char *survival_name(const struct scenario *scenario, const struct survival_set *set,
                           uint32_t class_index)
{
    char *name = NULL;
    size_t length;
    FILE *out = open_memstream(&name, &length);
    if (!out)
        return NULL;
    for (uint32_t i = 0; i < set->down_count; i++)
        fprintf(out, "%s%s", i ? "+" : "", scenario->peers[set->down[i]].name);
    fprintf(out, "/%s", scenario->classes[class_index].name);
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(name);
        return NULL;
    }
    return name;
}

static void put_survival(struct table *table, const struct scenario *scenario,
                         const struct survival_set *set)
{
    for (uint32_t c = 0; c < scenario->class_count; c++) {
        char *name = survival_name(scenario, set, c);
        struct metric_name what = {"survive", name, "blocked_fraction", "1"};
        struct interval blocked = set->blocked[c];
        if (set->replications == 1) /* by contract, whatever the text makes of one run */
            blocked.low = blocked.high = NAN;
        put_metric(table, &what, blocked);
        table->failed = table->failed || !name;
        free(name);
    }
}

bool metrics_table(struct table *table, const struct scenario *scenario,
                   const struct results *results, const struct survival *survival)
{
    table_begin(table, "metrics", "scope,name,metric,value,low,high,unit");
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope == SCOPE_EVENT) /* in events.csv */
            continue;
        struct metric_name what = {scope_name(m->scope), m->name, m->metric, m->unit};
        put_metric(table, &what, results_interval(results, i, 0));
    }
    put_run(table, results);
    for (size_t s = 0; survival && s < survival->count; s++)
        put_survival(table, scenario, &survival->sets[s]);
    return table_end(table);
}

/* ---- Series ---- */

/* Values of one series in one interval, by replication; the mean of a ratio is that of sums. */
static size_t point_values(const struct results *results, const struct series *series,
                           size_t interval, double *values, double *mean)
{
    size_t count = 0;
    double above = 0, below = 0;
    for (size_t r = 0; r < results->replications; r++) {
        const float *at =
            results->series_values[r] + interval * results->series_columns + series->column;
        double weight = series->ratio ? (double)at[1] : 1;
        above += (double)at[0];
        below += weight;
        if (weight != 0)
            values[count++] = (double)at[0] / weight;
    }
    *mean = below != 0 ? above / below : NAN;
    return count;
}

struct series_point series_point_at(const struct results *results, size_t series, size_t interval,
                                    double *values)
{
    struct series_point point = {.p05 = NAN, .p95 = NAN};
    size_t count = point_values(results, &results->series[series], interval, values, &point.mean);
    statistics_sort(values, count);
    if (results->replications > 1 && count > 0) {
        point.p05 = statistics_quantile(values, count, 0.05);
        point.p95 = statistics_quantile(values, count, 0.95);
    }
    return point;
}

bool timeseries_table(struct table *table, const struct results *results)
{
    double *values = malloc((results->replications + 1) * sizeof *values);
    table_begin(table, "timeseries", "time,scope,name,metric,mean,p05,p95");
    for (size_t i = 0; values && i < results->intervals; i++) {
        for (size_t s = 0; s < results->series_count; s++) {
            const struct series *series = &results->series[s];
            struct series_point point = series_point_at(results, s, i, values);
            table_seconds(table, (nanos)i * results->interval);
            table_text(table, scope_name(series->scope));
            table_text(table, series->name);
            table_text(table, series->metric);
            table_single(table, point.mean);
            table_single(table, point.p05);
            table_single(table, point.p95);
        }
    }
    table->failed = table->failed || !values;
    free(values);
    return table_end(table);
}

/* ---- Alarms ---- */

bool alarms_table(struct table *table, const struct scenario *scenario,
                  const struct results *results)
{
    table_begin(table, "alarms", "replication,time,id,severity,state,cluster,peer,text");
    for (size_t i = 0; i < results->alarm_count && !table->enough; i++) {
        const struct alarm *alarm = &results->alarms[i];
        table_count(table, (int64_t)alarm->replication + 1);
        table_seconds(table, alarm->time);
        table_count(table, alarm->id);
        table_text(table, alarm_severity(alarm->id));
        table_text(table, alarm->raised ? "raised" : "lowered");
        table_text(table, alarm->cluster != NONE ? scenario->clusters[alarm->cluster].name : NULL);
        table_text(table, alarm->peer != NONE ? scenario->peers[alarm->peer].name : NULL);
        table_text(table, alarm->text);
    }
    return table_end(table);
}
