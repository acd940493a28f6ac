#include "cli/fit_print.h"

#include <math.h>
#include <string.h>

#include "model/base/number.h"
#include "model/base/safe_text.h"
#include "reports/csv.h"
#include "reports/json.h"

static const char *const day_names[FIT_DAY_KINDS] = {"weekday", "weekend"};

static const char *fixed(double value, int decimals, char buffer[static NUMBER_SIZE])
{
    return number_format_fixed(value, decimals, buffer);
}

/* ---- text ---- */

static void put_rates(const struct fit *fit, const struct fit_class *class, FILE *out)
{
    char number[NUMBER_SIZE];
    for (int k = 0; k < (fit->weekly ? FIT_DAY_KINDS : 1); k++) {
        int busiest = 0;
        fprintf(out, "  calls an hour%s:", !fit->weekly ? "" : k ? ", weekends" : ", weekdays");
        for (int h = 0; h < 24; h++) {
            if (class->rates[k][h] > class->rates[k][busiest])
                busiest = h;
            if (class->rates[k][h] > 0)
                fprintf(out, " %02d:%s", h, fixed(class->rates[k][h], 1, number));
        }
        fprintf(out, "; most at %02d:00, %s erlangs\n", busiest,
                fixed(fit_erlangs(class, (enum fit_day)k, busiest), 2, number));
    }
}

static void put_spread(const struct fit_class *class, FILE *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    if (isnan(class->day_cv))
        fputs("  between days: fewer than two whole days of a kind\n", out);
    else
        fprintf(out,
                "  between days: rates differ by %s %% (standard deviation; variance over mean of "
                "the calls a day %s, 1 for Poisson; %zu days)\n",
                fixed(100 * class->day_cv, 1, a), fixed(class->day_dispersion, 2, b), class->days);
}

static void put_arrivals(const struct fit_class *class, const struct peakedness_figure *peakedness,
                         FILE *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE];
    if (isnan(class->p))
        fputs("  within the quarter hour: too few calls to tell\n", out);
    else
        fprintf(out,
                "  within the quarter hour: %s (variance over mean of the minutes %s, p = %s; "
                "%llu quarters)\n",
                class->p >= 0.01        ? "nothing speaks against Poisson arrivals"
                : class->dispersion < 1 ? "arrivals are not Poisson, but smoother"
                                        : "arrivals are not Poisson, they come together",
                fixed(class->dispersion, 3, a), fixed(class->p, 4, b),
                (unsigned long long)class->quarters);
    if (isnan(peakedness->value))
        fputs("  peakedness: too few calls to tell\n", out);
    else if (isnan(peakedness->half))
        fprintf(out, "  peakedness: %s (too few calls for an interval)\n",
                fixed(peakedness->value, 2, a));
    else
        fprintf(out, "  peakedness: %s (%s to %s)%s\n", fixed(peakedness->value, 2, a),
                fixed(peakedness->low, 2, b), fixed(peakedness->high, 2, c),
                peakedness_judge(peakedness->value, peakedness->low) == PEAKEDNESS_HIGH
                    ? ": calls come together, and the model does not know it"
                    : "");
}

static void put_holding(const struct fit_class *class, FILE *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE];
    const struct fit_holding *holding = &class->holding;
    fprintf(out, "  holding: mean %s s, cv %s; ", fixed(holding->mean, 1, a),
            fixed(holding->cv, 2, b));
    if (holding->best < 0)
        fputs("no distribution fits: taken as recorded (empirical)\n", out);
    else
        fprintf(out, "%s\n", fit_kind_name((enum fit_kind)holding->best));
    for (int k = 0; k < FIT_KINDS; k++) {
        const struct fit_distribution *d = &holding->distributions[k];
        if (!d->usable)
            continue;
        fprintf(out, "    %-17s mean %8s s  cv %6s  AIC %s", fit_kind_name((enum fit_kind)k),
                fixed(d->mean, 1, a), fixed(d->cv, 3, b), fixed(d->aic, 1, c));
        if (!isnan(d->p))
            fprintf(out, "  Anderson-Darling %s, p = %s", fixed(d->anderson, 2, a),
                    fixed(d->p, 3, b));
        fprintf(out, "%s\n", k == holding->best ? "  <- taken" : "");
    }
}

struct range_row {
    const char *name;
    double record, factor;
    int decimals;
};

static void put_range(struct range_row row, struct fit_range range, FILE *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE], d[NUMBER_SIZE];
    fprintf(out, "  %-28s %10s %10s  (%s to %s)\n", row.name,
            fixed(row.factor * row.record, row.decimals, a),
            fixed(row.factor * range.mean, row.decimals, b),
            fixed(row.factor * range.low, row.decimals, c),
            fixed(row.factor * range.high, row.decimals, d));
}

static void put_comparison(const struct fit_record *record, const struct fit_question *question,
                           const struct fit_comparison *comparison, FILE *out)
{
    char name[64], number[NUMBER_SIZE];
    fprintf(out, "The model beside the record, %s days, %d replications (5 to 95 %% of them)\n",
            fixed(comparison->days, 1, number), question->replications);
    fprintf(out, "  %-28s %10s %10s\n", "", "record", "model");
    put_range((struct range_row){"calls at once, most", (double)record->summary.peak, 1, 1},
              comparison->peak, out);
    put_range((struct range_row){"busiest hour, erlangs", record->summary.busy_erlangs, 1, 2},
              comparison->busy_erlangs, out);
    snprintf(name, sizeof name, "blocked at %llu, %%", (unsigned long long)question->size);
    put_range((struct range_row){name, comparison->record_blocked, 100, 3}, comparison->blocked,
              out);
    double busy = record->summary.busy_erlangs;
    if ((double)record->summary.peak > comparison->peak.high)
        fputs("  The record's peak is beyond the model's: its calls come together, which the model "
              "does not know.\n",
              out);
    if (busy > comparison->busy_erlangs.high)
        fputs("  The record's busiest hour is beyond the model's: its days differ by more than "
              "chance, which the model does not know.\n",
              out);
    double q = comparison->record_blocked;
    if (q > 0)
        fprintf(out,
                "  A record is carried traffic. Had it been carried by %llu, offered load would be "
                "%s %% higher than what is left in it.\n",
                (unsigned long long)question->size, fixed(100 * q / (1 - q), 2, number));
    else
        fputs("  A record is carried traffic: calls that were refused are not in it, and offered "
              "load is higher by them.\n",
              out);
}

void fit_print(const struct fit *fit, const struct fit_record *record,
               const struct fit_question *question, const struct fit_comparison *comparison,
               FILE *out)
{
    const struct call_summary *summary = &record->summary;
    fprintf(out, "%llu calls, from %s to %s, hours of %s\n\n", (unsigned long long)summary->calls,
            summary->first, summary->last_end, summary->zone);
    for (size_t i = 0; i < fit->class_count; i++) {
        const struct fit_class *class = &fit->classes[i];
        safe_text_put(out, class->name, strlen(class->name));
        fprintf(out, ": %llu calls\n", (unsigned long long)class->calls);
        put_rates(fit, class, out);
        put_spread(class, out);
        put_arrivals(class, &record->peakedness[i], out);
        put_holding(class, out);
        putc('\n', out);
    }
    put_comparison(record, question, comparison, out);
}

/* ---- tables ---- */

bool fit_profile_table(struct table *t, const struct fit *fit)
{
    table_begin(t, "profile", "class,day,hour,calls,hours,calls_per_hour,erlangs");
    for (size_t i = 0; i < fit->class_count; i++) {
        const struct fit_class *class = &fit->classes[i];
        for (int k = 0; k < (fit->weekly ? FIT_DAY_KINDS : 1); k++) {
            for (int h = 0; h < 24; h++) {
                bool both = !fit->weekly;
                table_text(t, class->name);
                table_text(t, both ? "all" : day_names[k]);
                table_number(t, h);
                table_number(
                    t, (double)(class->counts[k][h] + (both ? class->counts[FIT_WEEKEND][h] : 0)));
                table_number(t,
                             (double)(fit->hours[k][h] + (both ? fit->hours[FIT_WEEKEND][h] : 0)));
                table_number(t, class->rates[k][h]);
                table_number(t, fit_erlangs(class, (enum fit_day)k, h));
            }
        }
    }
    return table_end(t);
}

bool fit_tests_table(struct table *t, const struct fit *fit)
{
    table_begin(t, "tests", "class,test,statistic,p,count");
    for (size_t i = 0; i < fit->class_count; i++) {
        const struct fit_class *class = &fit->classes[i];
        table_text(t, class->name);
        table_text(t, "poisson_within_quarter");
        table_number(t, class->dispersion);
        table_number(t, class->p);
        table_number(t, (double)class->quarters);
        table_text(t, class->name);
        table_text(t, "days_dispersion");
        table_number(t, class->day_dispersion);
        table_number(t, NAN);
        table_number(t, (double)class->days);
    }
    return table_end(t);
}

bool fit_holding_table(struct table *t, const struct fit *fit)
{
    table_begin(t, "holding",
                "class,distribution,mean,cv,log_likelihood,aic,anderson_darling,p,chosen");
    for (size_t i = 0; i < fit->class_count; i++) {
        const struct fit_holding *holding = &fit->classes[i].holding;
        for (int k = 0; k < FIT_KINDS; k++) {
            const struct fit_distribution *d = &holding->distributions[k];
            if (!d->usable)
                continue;
            table_text(t, fit->classes[i].name);
            table_text(t, fit_kind_name((enum fit_kind)k));
            table_number(t, d->mean);
            table_number(t, d->cv);
            table_number(t, d->log_likelihood);
            table_number(t, d->aic);
            table_number(t, d->anderson);
            table_number(t, d->p);
            table_text(t, k == holding->best ? "yes" : "no");
        }
    }
    return table_end(t);
}

static void add_comparison(struct table *t, const char *metric, double record,
                           struct fit_range range)
{
    table_text(t, metric);
    table_number(t, record);
    table_number(t, range.mean);
    table_number(t, range.low);
    table_number(t, range.high);
}

static bool comparison_rows(struct table *t, const struct fit_record *record,
                            const struct fit_comparison *comparison)
{
    table_begin(t, "comparison", "metric,record,model,low,high");
    add_comparison(t, "peak", (double)record->summary.peak, comparison->peak);
    add_comparison(t, "busy_hour_erlangs", record->summary.busy_erlangs, comparison->busy_erlangs);
    add_comparison(t, "blocked_fraction", comparison->record_blocked, comparison->blocked);
    return table_end(t);
}

static bool class_rows(struct table *t, const struct fit *fit, const struct fit_record *record)
{
    table_begin(t, "classes",
                "name,calls,call_seconds,days,day_cv,mean,cv,distribution,peakedness,low,high");
    for (size_t i = 0; i < fit->class_count; i++) {
        const struct fit_class *class = &fit->classes[i];
        const struct fit_holding *holding = &class->holding;
        const struct peakedness_figure *peakedness = &record->peakedness[i];
        table_text(t, class->name);
        table_number(t, (double)class->calls);
        table_number(t, class->call_seconds);
        table_number(t, (double)class->days);
        table_number(t, class->day_cv);
        table_number(t, holding->mean);
        table_number(t, holding->cv);
        table_text(t,
                   holding->best < 0 ? "empirical" : fit_kind_name((enum fit_kind)holding->best));
        table_number(t, peakedness->value);
        table_number(t, isnan(peakedness->half) ? NAN : peakedness->low);
        table_number(t, isnan(peakedness->half) ? NAN : peakedness->high);
    }
    return table_end(t);
}

static bool summary_rows(struct table *t, const struct fit_record *record,
                         const struct fit_question *question,
                         const struct fit_comparison *comparison)
{
    const struct call_summary *summary = &record->summary;
    table_begin(t, "summary", "calls,first,last_end,zone,peak,size,replications,seed,days");
    table_number(t, (double)summary->calls);
    table_text(t, summary->first);
    table_text(t, summary->last_end);
    table_text(t, summary->zone);
    table_number(t, (double)summary->peak);
    table_number(t, (double)question->size);
    table_number(t, question->replications);
    table_identifier(t, question->seed);
    table_number(t, comparison->days);
    return table_end(t);
}

bool fit_json(const struct fit *fit, const struct fit_record *record,
              const struct fit_question *question, const struct fit_comparison *comparison,
              FILE *out)
{
    static const char *const keys[] = {"summary", "classes", "comparison",
                                       "profile", "tests",   "holding"};
    enum { LISTS = sizeof keys / sizeof *keys };
    json_t *document = json_object(), *lists[LISTS];
    struct table tables[LISTS];
    bool ok = document;
    for (int i = 0; i < LISTS; i++) {
        lists[i] = json_array();
        tables[i] = json_table(lists[i]);
        ok = ok && lists[i];
    }
    ok = ok && summary_rows(&tables[0], record, question, comparison) &&
         class_rows(&tables[1], fit, record) && comparison_rows(&tables[2], record, comparison) &&
         fit_profile_table(&tables[3], fit) && fit_tests_table(&tables[4], fit) &&
         fit_holding_table(&tables[5], fit);
    for (int i = 0; i < LISTS && document; i++) {
        json_t *value = i == 0 ? json_incref(json_array_get(lists[0], 0)) : json_incref(lists[i]);
        ok = json_object_set_new(document, keys[i], value) == 0 && ok;
    }
    ok = ok && json_put(out, document);
    for (int i = 0; i < LISTS; i++)
        json_decref(lists[i]);
    json_decref(document);
    return ok;
}
