#include "reports/csv.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/number.h"

void csv_put_text(FILE *out, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

void csv_put_number(FILE *out, double value)
{
    char buffer[NUMBER_SIZE];
    fputs(number_format(value, buffer), out);
}

void csv_put_seconds(FILE *out, nanos time)
{
    uint64_t size = time < 0 ? 0 - (uint64_t)time : (uint64_t)time;
    uint64_t seconds = size / (uint64_t)SECOND, fraction = size % (uint64_t)SECOND;
    fprintf(out, "%s%" PRIu64, time < 0 ? "-" : "", seconds);
    if (fraction == 0)
        return;
    char digits[16];
    int length = snprintf(digits, sizeof digits, "%09" PRIu64, fraction);
    while (digits[length - 1] == '0')
        length--;
    fprintf(out, ".%.*s", length, digits);
}

/* --- Metrics ---------- */

void csv_metrics_header(FILE *out)
{
    fputs("scope,name,metric,value,low,high,unit\n", out);
}

void csv_metric_row(FILE *out, const char *scope, const char *name, const char *metric,
                    struct interval interval, const char *unit)
{
    fprintf(out, "%s,", scope);
    csv_put_text(out, name);
    fprintf(out, ",%s,", metric);
    csv_put_number(out, interval.value);
    putc(',', out);
    csv_put_number(out, interval.low);
    putc(',', out);
    csv_put_number(out, interval.high);
    fprintf(out, ",%s\n", unit);
}

/* What the run was: whole numbers, the seed to its last bit. */
static void put_run(FILE *out, const struct results *results)
{
    fprintf(out, "run,run,seed,%" PRIu64 ",,,1\n", results->seed);
    fprintf(out, "run,run,replications,%zu,,,1\n", results->replications);
    fputs("run,run,warmup,", out);
    csv_put_seconds(out, results->warmup);
    fputs(",,,s\n", out);
}

void csv_metrics(FILE *out, const struct results *results)
{
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        csv_metric_row(out, scope_name(m->scope), m->name, m->metric,
                       results_interval(results, i, 0), m->unit);
    }
    put_run(out, results);
}

/* --- Series ---------- */

/* To as many digits as single precision holds. */
static double seven_digits(double value)
{
    if (value == 0 || !isfinite(value))
        return value;
    int power = 6 - (int)floor(log10(fabs(value)));
    double scale = pow(10, abs(power));
    return power >= 0 ? round(value * scale) / scale : round(value / scale) * scale;
}

void csv_put_single(FILE *out, double value)
{
    csv_put_number(out, seven_digits(value));
}

static void put_point(FILE *out, double mean, double *values, size_t count, size_t replications)
{
    csv_put_single(out, mean);
    bool spread = replications > 1 && count > 0;
    statistics_sort(values, count);
    for (int i = 0; i < 2; i++) {
        putc(',', out);
        if (spread)
            csv_put_single(out, statistics_quantile(values, count, i ? 0.95 : 0.05));
    }
    putc('\n', out);
}

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

bool csv_timeseries(FILE *out, const struct results *results)
{
    fputs("time,scope,name,metric,mean,p05,p95\n", out);
    double *values = malloc((results->replications + 1) * sizeof *values);
    if (!values)
        return false;
    for (size_t i = 0; i < results->intervals; i++) {
        for (size_t s = 0; s < results->series_count; s++) {
            const struct series *series = &results->series[s];
            double mean;
            size_t count = point_values(results, series, i, values, &mean);
            csv_put_seconds(out, (nanos)i * results->interval);
            fprintf(out, ",%s,", scope_name(series->scope));
            csv_put_text(out, series->name);
            fprintf(out, ",%s,", series->metric);
            put_point(out, mean, values, count, results->replications);
        }
    }
    free(values);
    return true;
}

/* --- Alarms and calls ---------- */

void csv_alarms(FILE *out, const struct scenario *scenario, const struct results *results)
{
    fputs("replication,time,id,severity,state,cluster,peer,text\n", out);
    for (size_t i = 0; i < results->alarm_count; i++) {
        const struct alarm *alarm = &results->alarms[i];
        fprintf(out, "%" PRIu32 ",", alarm->replication + 1);
        csv_put_seconds(out, alarm->time);
        fprintf(out, ",%d,%s,%s,", alarm->id, alarm_severity(alarm->id),
                alarm->raised ? "raised" : "lowered");
        if (alarm->cluster != NONE)
            csv_put_text(out, scenario->clusters[alarm->cluster].name);
        putc(',', out);
        if (alarm->peer != NONE)
            csv_put_text(out, scenario->peers[alarm->peer].name);
        putc(',', out);
        csv_put_text(out, alarm->text);
        putc('\n', out);
    }
}

void csv_calls_header(FILE *out)
{
    fputs("replication,id,class,start,end,outcome,cause,peer\n", out);
}

static void put_causes(FILE *out, uint32_t causes)
{
    const char *between = "";
    for (int cause = 0; cause < CAUSE_COUNT; cause++) {
        if (!(causes >> cause & 1))
            continue;
        fprintf(out, "%s%s", between, cause_name((enum cause)cause));
        between = "+";
    }
}

void csv_call(FILE *out, const struct scenario *scenario, uint32_t replication,
              const struct call_record *record)
{
    static const char *const outcomes[] = {"completed", "dropped", "blocked", "in-progress"};
    fprintf(out, "%" PRIu32 ",", replication + 1);
    if (record->id)
        csv_put_text(out, record->id);
    else
        fprintf(out, "%" PRIu64, record->number);
    putc(',', out);
    csv_put_text(out, scenario->classes[record->class_index].name);
    putc(',', out);
    csv_put_seconds(out, record->start);
    putc(',', out);
    csv_put_seconds(out, record->end);
    fprintf(out, ",%s,", outcomes[record->outcome]);
    put_causes(out, record->causes);
    putc(',', out);
    if (record->peer != NONE)
        csv_put_text(out, scenario->peers[record->peer].name);
    putc('\n', out);
}
