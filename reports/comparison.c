#include "reports/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/columns.h"
#include "answer/figures.h"
#include "model/base/safe_text.h"

#define ROWS_SHOWN 60 /* the CSV file has all */

/* --- Comparing ---------- */

static enum seen judge(const struct paired *paired)
{
    struct interval d = paired->difference;
    if (d.value == 0 && d.low == 0 && d.high == 0)
        return SEEN_SAME;
    return d.low > 0 || d.high < 0 ? SEEN_CHANGE : SEEN_NOT_YET;
}

static double more_needed(struct interval d, size_t replications)
{
    double half = (d.high - d.low) / 2;
    return fmax(statistics_count_needed(replications, half, fabs(d.value)) - (double)replications,
                1);
}

static bool compare_metric(struct comparison *c, size_t a, size_t b, double *linear_a,
                           double *linear_b)
{
    if (!results_linear(c->a, a, c->replications, linear_a) ||
        !results_linear(c->b, b, c->replications, linear_b))
        return false;
    struct difference d = {
        .a = a,
        .b = b,
        .value_a = results_interval(c->a, a, c->replications).value,
        .value_b = results_interval(c->b, b, c->replications).value,
        .paired = statistics_paired(linear_b, linear_a, c->replications),
    };
    d.seen = judge(&d.paired);
    if (d.seen == SEEN_NOT_YET)
        d.more = more_needed(d.paired.difference, c->replications);
    c->differences[c->count++] = d;
    return true;
}

bool comparison_make(const struct results *a, const struct results *b,
                     struct comparison *comparison)
{
    size_t least = a->replications < b->replications ? a->replications : b->replications;
    *comparison = (struct comparison){.a = a, .b = b, .replications = least};
    comparison->differences = calloc(a->metric_count + 1, sizeof *comparison->differences);
    double *linear_a = calloc(least + 1, sizeof *linear_a),
           *linear_b = calloc(least + 1, sizeof *linear_b);
    bool ok = comparison->differences && linear_a && linear_b && least > 0;
    for (size_t i = 0; ok && i < a->metric_count; i++) {
        const struct metric *m = &a->metrics[i];
        size_t other = results_find(b, m->scope, m->name, m->metric);
        if (other != SIZE_MAX && m->scope != SCOPE_RUN)
            compare_metric(comparison, i, other, linear_a, linear_b);
    }
    free(linear_a);
    free(linear_b);
    return ok;
}

void comparison_release(struct comparison *comparison)
{
    free(comparison->differences);
    *comparison = (struct comparison){0};
}

/* --- Table ---------- */

bool comparison_table(struct table *table, const struct comparison *comparison)
{
    table_begin(table, "compare", "scope,name,metric,a,b,difference,low,high,saved,unit");
    for (size_t i = 0; i < comparison->count; i++) {
        const struct difference *d = &comparison->differences[i];
        const struct metric *m = &comparison->a->metrics[d->a];
        table_text(table, scope_name(m->scope));
        table_text(table, m->name);
        table_text(table, m->metric);
        table_number(table, d->value_a);
        table_number(table, d->value_b);
        table_number(table, d->paired.difference.value);
        table_number(table, d->paired.difference.low);
        table_number(table, d->paired.difference.high);
        table_number(table, d->paired.saved);
        table_text(table, m->unit);
    }
    return table_end(table);
}

/* --- Text ---------- */

/* The figures that a reader compares; the others are in the CSV file. */
static bool worth_showing(const struct metric *m)
{
    static const struct {
        enum scope scope;
        const char *metric;
    } shown[] = {
        {SCOPE_CLASS, "blocked_fraction"}, {SCOPE_CLASS, "lost_fraction"},
        {SCOPE_CLASS, "dropped"},          {SCOPE_CLASS, "mean_in_progress"},
        {SCOPE_CLUSTER, "mean_units"},     {SCOPE_CLUSTER, "peak_units"},
        {SCOPE_CLUSTER, "full_fraction"},  {SCOPE_PEER, "utilization"},
        {SCOPE_POOL, "mean_in_use"},       {SCOPE_POOL, "full_fraction"},
        {SCOPE_PIPE, "full_fraction"},     {SCOPE_ENDPOINTS, "unregistered_fraction"},
        {SCOPE_ENDPOINTS, "failover_p95"},
    };
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (m->scope == shown[i].scope && strcmp(m->metric, shown[i].metric) == 0)
            return true;
    return false;
}

static void put_more(FILE *out, double more)
{
    if (more >= 1e6)
        fputs("no difference can be seen yet, and none of this size will be", out);
    else
        fprintf(out, "no difference can be seen yet, about %.0f more replication%s would show one",
                more, more > 1 ? "s" : "");
}

/* "b2b-video: 1.02 % refused becomes 0.31 %: 0.71 less (0.62 to 0.80)" */
static void put_change(const struct comparison *comparison, const struct difference *d, FILE *out)
{
    char value[FIGURE_SIZE], range[FIGURE_SIZE];
    const struct metric *m = &comparison->a->metrics[d->a];
    struct interval size = d->paired.difference;
    if (size.value < 0)
        size = (struct interval){-size.value, -size.high, -size.low};
    fputs("  ", out);
    safe_text_put(out, m->name, strlen(m->name));
    fprintf(out, ": %s %% refused", figure_plain(100 * d->value_a, value));
    fprintf(out, " becomes %s %%: ", figure_plain(100 * d->value_b, value));
    if (d->seen == SEEN_SAME)
        fputs("the same in every replication", out);
    else if (isnan(size.low))
        fputs("one replication says nothing about chance", out);
    else if (d->seen == SEEN_NOT_YET)
        put_more(out, d->more);
    else
        fprintf(out, "%s %s (%s)", figure_value(size, 100, value),
                d->paired.difference.value < 0 ? "less" : "more", figure_range(size, 100, range));
    putc('\n', out);
}

static void put_changes(const struct comparison *comparison, FILE *out)
{
    size_t classes = 0;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct metric *m = &comparison->a->metrics[comparison->differences[i].a];
        if (m->scope != SCOPE_CLASS || strcmp(m->metric, "blocked_fraction") != 0)
            continue;
        if (classes++ < ROWS_SHOWN)
            put_change(comparison, &comparison->differences[i], out);
    }
    if (classes > ROWS_SHOWN)
        fprintf(out, "  and %zu more classes\n", classes - ROWS_SHOWN);
    if (classes == 0)
        fputs("  no class of calls is in both scenarios\n", out);
    putc('\n', out);
}

static void add_row(struct columns *columns, const struct comparison *comparison,
                    const struct difference *d)
{
    static const char *const words[] = {
        [SEEN_SAME] = "same", [SEEN_CHANGE] = "", [SEEN_NOT_YET] = "?"};
    char text[FIGURE_SIZE];
    const struct metric *m = &comparison->a->metrics[d->a];
    double scale = strcmp(m->unit, "1") == 0 ? 100 : 1;
    columns_add(columns, "%s", m->name);
    columns_add(columns, "%s%s", m->metric, scale > 1 ? " %" : "");
    columns_add(columns, "%s", figure_plain(scale * d->value_a, text));
    columns_add(columns, "%s", figure_plain(scale * d->value_b, text));
    columns_add(columns, "%s", figure_value(d->paired.difference, scale, text));
    columns_add(columns, "%s", figure_range(d->paired.difference, scale, text));
    columns_add(columns, "%s", words[d->seen]);
    if (isnan(d->paired.saved))
        columns_add(columns, "%s", "");
    else
        columns_add(columns, "%.0f %%", 100 * d->paired.saved);
}

static void put_table(const struct comparison *comparison, bool colour, FILE *out)
{
    static const char *const heads[] = {
        "", "", "A", "B", "B - A", "95 % interval", "", "variance saved"};
    struct columns columns;
    size_t rows = 0;
    columns_init(&columns, "llrrrrlr");
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        columns_add(&columns, "%s", heads[h]);
    for (size_t i = 0; i < comparison->count; i++)
        if (worth_showing(&comparison->a->metrics[comparison->differences[i].a]) &&
            rows++ < ROWS_SHOWN)
            add_row(&columns, comparison, &comparison->differences[i]);
    columns_print(&columns, out, colour);
    columns_release(&columns);
    if (rows > ROWS_SHOWN)
        fprintf(out, "  and %zu more (--csv has all)\n", rows - ROWS_SHOWN);
    putc('\n', out);
}

void comparison_text(const struct comparison *comparison, const char *name_a, const char *name_b,
                     bool colour, FILE *out)
{
    fputs("A ", out);
    safe_text_put(out, name_a, strlen(name_a));
    fputs("\nB ", out);
    safe_text_put(out, name_b, strlen(name_b));
    fputs("\n\n", out);
    put_changes(comparison, out);
    put_table(comparison, colour, out);
}
