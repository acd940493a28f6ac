#include "reports/estimate_text.h"

#include <math.h>
#include <string.h>

#include "reports/answer_text.h"
#include "reports/columns.h"
#include "reports/text.h"
#include "answer/figures.h"
#include "model/base/safe_text.h"

/* ---- Tables ---- */

#define NEGLIGIBLE 1e-9 /* shares below it are not told apart */

static void add_figure(struct columns *columns, const struct estimate_row *row, double scale)
{
    char value[FIGURE_SIZE], low[FIGURE_SIZE], high[FIGURE_SIZE];
    if (!row) {
        columns_add(columns, "-");
        return;
    }
    if (scale > 1 && row->value < NEGLIGIBLE && row->low <= 0 && row->high > 0) {
        columns_add(columns, "<%s",
                    figure_plain(scale * fmax(row->high, ESTIMATE_NEGLIGIBLE), high));
        return;
    }
    if (scale > 1 && row->value > 0 && row->value < NEGLIGIBLE)
        snprintf(value, sizeof value, "<%s", figure_plain(scale * NEGLIGIBLE, low));
    else
        figure_plain(scale * row->value, value);
    bool banded = row->badge == BADGE_APPROXIMATE || row->badge == BADGE_SIMULATED;
    if (banded && row->low < row->high)
        columns_add(columns, "%s (%s..%s)", value, figure_plain(scale * row->low, low),
                    figure_plain(scale * row->high, high));
    else
        columns_add(columns, "%s", value);
}

static int most_down(const struct estimate *e)
{
    int most = 0;
    for (size_t i = 0; i < e->count; i++)
        most = e->rows[i].down > most ? e->rows[i].down : most;
    return most;
}

/* The row of another metric of the same class: classes' rows stand together, blocking first. */
static const struct estimate_row *beside(const struct estimate *e, size_t first, const char *metric)
{
    const struct estimate_row *r = &e->rows[first];
    for (size_t i = first + 1; i < e->count; i++) {
        const struct estimate_row *other = &e->rows[i];
        if (other->hour != r->hour || other->down != r->down || strcmp(other->name, r->name) != 0)
            return NULL;
        if (strcmp(other->metric, metric) == 0)
            return other;
    }
    return NULL;
}

static bool is_blocking(const struct estimate_row *r, const char *metric)
{
    return strcmp(r->scope, "class") == 0 && strcmp(r->metric, metric) == 0;
}

static void class_row(struct columns *columns, const struct estimate *e, size_t index,
                      const char *first)
{
    const struct estimate_row *blocked = &e->rows[index];
    columns_add(columns, "%s", first);
    columns_add(columns, "%s", blocked->name);
    add_figure(columns, beside(e, index, "offered"), 1);
    add_figure(columns, blocked, 100);
    add_figure(columns, beside(e, index, "mean_in_progress"), 1);
    columns_add(columns, "%s", badge_name(blocked->badge));
    columns_add(columns, "%s", blocked->formula);
}

static void head(struct columns *columns, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        columns_add(columns, "%s", names[i]);
}

static void states_table(FILE *out, const struct estimate *e, bool colour)
{
    static const char *const names[] = {"down",        "class", "offered", "blocked %",
                                        "in progress", "badge", "formula"};
    struct columns columns;
    columns_init(&columns, "rlrrrll");
    head(&columns, names, sizeof names / sizeof *names);
    for (int down = 0, most = most_down(e); down <= most; down++)
        for (size_t i = 0; i < e->count; i++) {
            char first[16];
            snprintf(first, sizeof first, "%d", down);
            if (e->rows[i].hour < 0 && e->rows[i].down == down &&
                is_blocking(&e->rows[i], "blocked_fraction"))
                class_row(&columns, e, i, first);
        }
    for (size_t i = 0; i < e->count; i++)
        if (e->rows[i].hour < 0 && e->rows[i].down < 0 &&
            is_blocking(&e->rows[i], "blocked_fraction"))
            class_row(&columns, e, i, "weighted");
    fputs("\nBlocking by number of peers down\n", out);
    columns_print(&columns, out, colour);
    columns_release(&columns);
}

/* The state whose figures the answer goes by: with nobody down, weighted where peers fail at
 * random. */
static int judged_state(const struct estimate *e)
{
    for (size_t i = 0; e->answer.worst_down == 0 && i < e->count; i++)
        if (e->rows[i].down < 0)
            return e->rows[i].down;
    return e->answer.worst_down;
}

static void hours_table(FILE *out, const struct scenario *s, const struct estimate *e, bool colour)
{
    static const char *const names[] = {"hour",        "class", "offered", "blocked %",
                                        "in progress", "badge", "formula"};
    struct columns columns;
    int hours = 0, found = 0;
    for (size_t i = 0; i < e->count; i++)
        hours = e->rows[i].hour >= hours ? e->rows[i].hour + 1 : hours;
    if (hours == 0)
        return;
    int down = e->answer.worst_down, state = judged_state(e);
    columns_init(&columns, "llrrrll");
    head(&columns, names, sizeof names / sizeof *names);
    for (size_t i = 0; i < e->count; i++) {
        const struct estimate_row *r = &e->rows[i];
        char span[FIGURE_SIZE];
        if (r->hour < 0 || r->down != state || !is_blocking(r, "blocked_fraction") ||
            r->value < NEGLIGIBLE)
            continue;
        found++;
        class_row(&columns, e, i,
                  figure_hours(&s->run, r->hour * HOUR, (r->hour + 1) * HOUR, span));
    }
    if (found > 0) {
        fprintf(out, "\nHours in which calls are blocked, %d peer%s down\n", down,
                down == 1 ? "" : "s");
        columns_print(&columns, out, colour);
    }
    columns_release(&columns);
}

/* The next row from *index on with this metric, for the run with so many peers down; NULL at the
 * end. */
static const struct estimate_row *next_row(const struct estimate *e, size_t *index, int down,
                                           const char *metric)
{
    while (*index < e->count) {
        const struct estimate_row *r = &e->rows[(*index)++];
        if (r->hour < 0 && r->down == down && is_blocking(r, metric))
            return r;
    }
    return NULL;
}

static void load_table(FILE *out, const struct estimate *e, bool colour)
{
    static const char *const names[] = {"class", "-10 %", "-5 %", "as stated",
                                        "+5 %",  "+10 %", "badge"};
    static const char *const metrics[] = {"blocked_fraction_load_90", "blocked_fraction_load_95",
                                          "blocked_fraction", "blocked_fraction_load_105",
                                          "blocked_fraction_load_110"};
    struct columns columns;
    columns_init(&columns, "lrrrrrl");
    head(&columns, names, sizeof names / sizeof *names);
    int down = e->answer.worst_down, state = judged_state(e);
    size_t at[5] = {0};
    for (const struct estimate_row *row; (row = next_row(e, &at[0], down, metrics[0]));) {
        columns_add(&columns, "%s", row->name);
        add_figure(&columns, row, 100);
        for (size_t i = 1; i < sizeof metrics / sizeof *metrics; i++)
            add_figure(&columns, next_row(e, &at[i], i == 2 ? state : down, metrics[i]), 100);
        columns_add(&columns, "%s", badge_name(row->badge));
    }
    fprintf(out, "\nBlocked %% if the load is other than stated, %d peer%s down\n", down,
            down == 1 ? "" : "s");
    columns_print(&columns, out, colour);
    columns_release(&columns);
}

static void rest_table(FILE *out, const struct estimate *e, bool colour)
{
    static const char *const names[] = {"", "", "metric", "value", "unit", "badge"};
    struct columns columns;
    columns_init(&columns, "lllrll");
    head(&columns, names, sizeof names / sizeof *names);
    for (size_t i = 0; i < e->count; i++) {
        const struct estimate_row *r = &e->rows[i];
        if (r->hour >= 0 || r->down > 0 || strcmp(r->scope, "class") == 0)
            continue;
        columns_add(&columns, "%s", r->scope);
        columns_add(&columns, "%s", r->name);
        columns_add(&columns, "%s", r->metric);
        add_figure(&columns, r, 1);
        columns_add(&columns, "%s", r->unit);
        columns_add(&columns, "%s", badge_name(r->badge));
    }
    fputs("\nClusters, pools and peers\n", out);
    columns_print(&columns, out, colour);
    columns_release(&columns);
}

static void basis(FILE *out, const struct scenario *s, const struct estimate *e, double seconds)
{
    if (seconds > 0)
        fprintf(out, "\nSimulated in %.1f s\n", seconds);
    for (size_t i = 0; i < e->reason_count; i++) {
        fputs(i ? "  " : "\nWhere only a simulation can tell:\n  ", out);
        safe_text_put(out, e->reasons[i], strlen(e->reasons[i]));
        putc('\n', out);
    }
    fputs("\nTable ", out);
    safe_text_put(out, s->table, strlen(s->table));
    if (s->table_source && *s->table_source) {
        fputs(" (", out);
        safe_text_put(out, s->table_source, strlen(s->table_source));
        putc(')', out);
    }
    fputs("; guideline figures, not guaranteed\n", out);
    text_assumed(s, "Assumed: ", out);
    for (uint32_t i = 0; i < s->note_count; i++) {
        fputs("Note: ", out);
        safe_text_put(out, s->notes[i], strlen(s->notes[i]));
        putc('\n', out);
    }
}

void estimate_text(FILE *out, const struct scenario *s, const struct estimate *e,
                   const struct answer *answer, double seconds, bool colour)
{
    answer_text_put(s, answer, colour, out);
    states_table(out, e, colour);
    hours_table(out, s, e, colour);
    load_table(out, e, colour);
    rest_table(out, e, colour);
    basis(out, s, e, seconds);
}
