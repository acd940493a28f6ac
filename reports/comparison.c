#include "reports/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/columns.h"
#include "answer/figures.h"
#include "model/base/safe_text.h"

#define ROWS_SHOWN 60 /* the CSV file has all */

/* ---- Table ---- */

bool comparison_table(struct table *table, const struct pairs *pairs)
{
    table_begin(table, "compare", "scope,name,metric,a,b,difference,low,high,saved,unit");
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *d = &pairs->items[i];
        const struct metric *m = pair_metric(pairs, d);
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

/* ---- Text ---- */

/* The figures that a reader compares, and what the scenarios state otherwise; the others are in the
 * CSV file. */
static bool worth_showing(const struct pairs *pairs, const struct pair *pair)
{
    const struct metric *m = pair_metric(pairs, pair);
    static const struct {
        enum scope scope;
        const char *metric;
    } shown[] = {
        {SCOPE_CLASS, "blocked_fraction"},
        {SCOPE_CLASS, "lost_fraction"},
        {SCOPE_CLASS, "dropped"},
        {SCOPE_CLASS, "mean_in_progress"},
        {SCOPE_CLUSTER, "cap"},
        {SCOPE_CLUSTER, "mean_units"},
        {SCOPE_CLUSTER, "peak_units"},
        {SCOPE_CLUSTER, "full_fraction"},
        {SCOPE_PEER, "utilization"},
        {SCOPE_POOL, "mean_in_use"},
        {SCOPE_POOL, "full_fraction"},
        {SCOPE_PIPE, "full_fraction"},
        {SCOPE_ENDPOINTS, "unregistered_fraction"},
        {SCOPE_ENDPOINTS, "failover_p95"},
    };
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (m->scope == shown[i].scope && strcmp(m->metric, shown[i].metric) == 0)
            return true;
    return pair->stated && pair->seen == PAIR_CHANGE && m->scope != SCOPE_RUN; /* told above */
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
static void put_change(const struct pairs *pairs, const struct pair *d, FILE *out)
{
    char value[FIGURE_SIZE], range[FIGURE_SIZE];
    const struct metric *m = pair_metric(pairs, d);
    struct interval size = d->paired.difference;
    if (size.value < 0)
        size = (struct interval){-size.value, -size.high, -size.low};
    fputs("  ", out);
    safe_text_put(out, m->name, strlen(m->name));
    fprintf(out, ": %s %% refused", figure_plain(100 * d->value_a, value));
    fprintf(out, " becomes %s %%: ", figure_plain(100 * d->value_b, value));
    if (d->seen == PAIR_SAME)
        fputs("the same in every replication", out);
    else if (isnan(size.low))
        fputs("one replication says nothing about chance", out);
    else if (d->seen == PAIR_NOT_YET)
        put_more(out, d->more);
    else
        fprintf(out, "%s %s (%s)", figure_value(size, 100, value),
                d->paired.difference.value < 0 ? "less" : "more", figure_range(size, 100, range));
    putc('\n', out);
}

static void put_changes(const struct pairs *pairs, FILE *out)
{
    size_t classes = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct metric *m = pair_metric(pairs, &pairs->items[i]);
        if (m->scope != SCOPE_CLASS || strcmp(m->metric, "blocked_fraction") != 0)
            continue;
        if (classes++ < ROWS_SHOWN)
            put_change(pairs, &pairs->items[i], out);
    }
    if (classes > ROWS_SHOWN)
        fprintf(out, "  and %zu more classes\n", classes - ROWS_SHOWN);
    if (classes == 0)
        fputs("  no class of calls is in both scenarios\n", out);
    putc('\n', out);
}

static const struct pair *find_pair(const struct pairs *pairs, const struct pair *like,
                                    const char *metric)
{
    const struct metric *m = pair_metric(pairs, like);
    for (size_t i = 0; i < pairs->count; i++) {
        const struct metric *other = pair_metric(pairs, &pairs->items[i]);
        if (other->scope == m->scope && strcmp(other->name, m->name) == 0 &&
            strcmp(other->metric, metric) == 0)
            return &pairs->items[i];
    }
    return NULL;
}

/* "edge: cap 4000 becomes 5000 units; at the peak 24 % of it was left, then 39 %" */
static void put_cap(const struct pairs *pairs, const struct pair *cap, FILE *out)
{
    char text[FIGURE_SIZE];
    const struct pair *peak = find_pair(pairs, cap, "peak_units");
    const char *name = pair_metric(pairs, cap)->name;
    fputs("  ", out);
    safe_text_put(out, name, strlen(name));
    fprintf(out, ": cap %s", figure_plain(cap->value_a, text));
    if (cap->value_a != cap->value_b)
        fprintf(out, " becomes %s", figure_plain(cap->value_b, text));
    fputs(" units", out);
    if (peak && cap->value_a > 0 && cap->value_b > 0) {
        fprintf(out, "; at the peak %s %% of it was left",
                figure_plain(100 * (1 - peak->value_a / cap->value_a), text));
        fprintf(out, ", then %s %%", figure_plain(100 * (1 - peak->value_b / cap->value_b), text));
    }
    putc('\n', out);
}

static void put_caps(const struct pairs *pairs, FILE *out)
{
    size_t clusters = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct metric *m = pair_metric(pairs, &pairs->items[i]);
        if (m->scope == SCOPE_CLUSTER && strcmp(m->metric, "cap") == 0 && clusters++ < ROWS_SHOWN)
            put_cap(pairs, &pairs->items[i], out);
    }
    if (clusters > 0)
        putc('\n', out);
}

/* "head room: 45.2 erlangs becomes 12.1, by formula" */
static void put_head_room(const struct pairs *pairs, FILE *out)
{
    char text[FIGURE_SIZE];
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *d = &pairs->items[i];
        const struct metric *m = pair_metric(pairs, d);
        if (m->scope != SCOPE_RUN || strcmp(m->metric, "spare_erlangs") != 0)
            continue;
        fprintf(out, "  head room: %s erlangs", figure_plain(d->value_a, text));
        if (d->value_a != d->value_b)
            fprintf(out, " becomes %s", figure_plain(d->value_b, text));
        fputs(" until a goal is missed, by formula\n\n", out);
    }
}

static void add_row(struct columns *columns, const struct pairs *pairs, const struct pair *d)
{
    static const char *const words[] = {
        [PAIR_SAME] = "same", [PAIR_CHANGE] = "", [PAIR_NOT_YET] = "?"};
    char text[FIGURE_SIZE];
    const struct metric *m = pair_metric(pairs, d);
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

static void put_table(const struct pairs *pairs, bool colour, FILE *out)
{
    static const char *const heads[] = {
        "", "", "A", "B", "B - A", "95 % interval", "", "variance saved"};
    struct columns columns;
    size_t rows = 0;
    columns_init(&columns, "llrrrrlr");
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        columns_add(&columns, "%s", heads[h]);
    for (size_t i = 0; i < pairs->count; i++)
        if (worth_showing(pairs, &pairs->items[i]) && rows++ < ROWS_SHOWN)
            add_row(&columns, pairs, &pairs->items[i]);
    columns_print(&columns, out, colour);
    columns_release(&columns);
    if (rows > ROWS_SHOWN)
        fprintf(out, "  and %zu more (--csv has all)\n", rows - ROWS_SHOWN);
    putc('\n', out);
}

void comparison_text(const struct pairs *pairs, const char *name_a, const char *name_b, bool colour,
                     FILE *out)
{
    fputs("A ", out);
    safe_text_put(out, name_a, strlen(name_a));
    fputs("\nB ", out);
    safe_text_put(out, name_b, strlen(name_b));
    fputs("\n\n", out);
    put_changes(pairs, out);
    put_caps(pairs, out);
    put_head_room(pairs, out);
    put_table(pairs, colour, out);
}
