#include "reports/book.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/figures.h"
#include "answer/sentence.h"
#include "model/base/output.h"
#include "reports/about.h"
#include "reports/answer_table.h"
#include "reports/book_parts.h"
#include "reports/events_table.h"
#include "reports/findings.h"
#include "reports/loads_table.h"
#include "reports/page_sheet.h"
#include "reports/page_tables.h"
#include "reports/results_tables.h"

#define TEXT_MOST 32767 /* characters of a cell */
#define ROWS_MOST 1048575

/* ---- Texts ---- */

char *book_text(const char *text)
{
    char *copy = strdup(text);
    size_t characters = 0;
    for (char *c = copy; c && *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = *c == '\n' ? '\n' : '?';
        characters += ((unsigned char)*c & 0xC0) != 0x80;
        if (characters > TEXT_MOST - 1)
            *c = '\0';
    }
    return copy;
}

void book_string(lxw_worksheet *sheet, uint32_t row, uint16_t column, const char *text,
                 lxw_format *format)
{
    char *copy = book_text(text);
    if (copy && *copy)
        worksheet_write_string(sheet, row, column, copy, format);
    free(copy);
}

/* ---- A table as a sheet ---- */

struct filling {
    struct book *book;
    lxw_worksheet *sheet;
    uint32_t row;
    size_t widths[TABLE_COLUMNS_MAX]; /* in characters */
};

static void widen(struct table *table, size_t length)
{
    struct filling *filling = table->context;
    size_t *width = &filling->widths[table->column];
    *width = length > *width ? length : *width;
}

static void begin(struct table *table)
{
    struct filling *filling = table->context;
    const char *name = table->columns;
    for (uint16_t column = 0; *name; column++) {
        char head[64];
        size_t length = strcspn(name, ",");
        snprintf(head, sizeof head, "%.*s", (int)length, name);
        worksheet_write_string(filling->sheet, 0, column, head, filling->book->head);
        filling->widths[column] = length;
        name += length + (name[length] == ',');
    }
    worksheet_freeze_panes(filling->sheet, 1, 0);
}

/* The row of the next cell; ROWS_MOST and more are left out. */
static uint32_t row_of(const struct table *table)
{
    return (uint32_t)(table->rows < ROWS_MOST ? table->rows + 1 : ROWS_MOST);
}

static void put_text(struct table *table, const char *text)
{
    struct filling *filling = table->context;
    book_string(filling->sheet, row_of(table), (uint16_t)table->column, text, NULL);
    widen(table, strlen(text));
}

static void put_number(struct table *table, double value)
{
    struct filling *filling = table->context;
    if (isfinite(value))
        worksheet_write_number(filling->sheet, row_of(table), (uint16_t)table->column, value, NULL);
    widen(table, 10);
}

static void put_digits(struct table *table, const char *digits)
{
    put_number(table, strtod(digits, NULL));
}

static void put_empty(struct table *table)
{
    (void)table;
}

/* A column of verdicts: each in its colours. */
static void mark_verdicts(struct filling *filling, const char *columns, uint32_t rows)
{
    uint16_t column = 0;
    for (const char *name = columns; *name && rows; column++) {
        size_t length = strcspn(name, ",");
        for (int v = 0; length == 7 && strncmp(name, "verdict", 7) == 0 && v < VERDICT_COUNT; v++) {
            char name_of[32];
            snprintf(name_of, sizeof name_of, "%s", verdict_name((enum verdict)v));
            lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_TEXT,
                                           .criteria = LXW_CONDITIONAL_CRITERIA_TEXT_BEGINS_WITH,
                                           .value_string = name_of,
                                           .format = filling->book->cells[v]};
            worksheet_conditional_format_range(filling->sheet, 1, column, rows, column, &rule);
        }
        name += length + (name[length] == ',');
    }
}

static bool end(struct table *table)
{
    struct filling *filling = table->context;
    for (uint16_t column = 0; column < table->width; column++) {
        size_t width = filling->widths[column] + 2;
        worksheet_set_column(filling->sheet, column, column,
                             width < 8    ? 8
                             : width > 48 ? 48
                                          : (double)width,
                             NULL);
    }
    mark_verdicts(filling, table->columns, (uint32_t)table->rows);
    if (table->rows > 0)
        worksheet_autofilter(filling->sheet, 0, 0, row_of(table) - 1, (uint16_t)(table->width - 1));
    filling->row = (uint32_t)table->rows;
    return !table->failed;
}

static const struct table_sink sheet_sink = {
    .begin = begin,
    .text = put_text,
    .number = put_number,
    .digits = put_digits,
    .identifier = put_text,
    .empty = put_empty,
    .end = end,
};

lxw_worksheet *book_sheet(struct book *book, const char *name)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);
    if (!sheet)
        return NULL;
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_set_footer(sheet, book->foot);
    return sheet;
}

static struct filling fill(struct book *book, const char *name)
{
    return (struct filling){.book = book, .sheet = book_sheet(book, name)};
}

static struct table table_of(struct filling *filling)
{
    return (struct table){.sink = &sheet_sink, .context = filling};
}

/* ---- The answer ---- */

static void put_merged(struct book *book, lxw_worksheet *sheet, uint32_t row, const char *text)
{
    char *copy = book_text(text);
    worksheet_merge_range(sheet, row, 0, row, 7, "", book->wrapped);
    if (copy)
        worksheet_write_string(sheet, row, 0, copy, book->wrapped);
    worksheet_set_row(sheet, row, 15.0 * (double)(1 + strlen(text) / 105), NULL);
    free(copy);
}

/* A figure that others link to: its name stands for the cell. */
static void put_named(struct book *book, lxw_worksheet *sheet, uint32_t row, const char *name,
                      double value)
{
    char cell[64];
    if (!isfinite(value))
        return;
    worksheet_write_number(sheet, row, 3, value, book->share);
    snprintf(cell, sizeof cell, "=Answer!$D$%u", row + 1);
    workbook_define_name(book->workbook, name, cell);
}

/* By how much the load may grow: simulated or exact, else by formula. */
static void put_growth(struct book *book, lxw_worksheet *sheet, uint32_t *row,
                       const struct report *report)
{
    const struct other_loads *loads = report->loads;
    double spare = report->answer->binding.spare_factor;
    bool known = loads && !isnan(loads->may_grow);
    char text[FIGURE_SIZE];
    if (!known && !isfinite(spare))
        return;
    book_string(sheet, *row, 0, "Load may grow", book->head);
    snprintf(text, sizeof text, known && *loads->down ? "%s, with %.60s down" : "%s",
             known ? basis_name(loads->basis) : "by formula", known ? loads->down : "");
    book_string(sheet, *row, 1, text, NULL);
    if (known)
        book_string(sheet, *row, 2, words_growth(loads, text), NULL);
    put_named(book, sheet, (*row)++, "growth", known ? loads->may_grow : spare - 1);
}

static uint32_t put_facts(struct book *book, lxw_worksheet *sheet, const struct report *report)
{
    const struct answer *answer = report->answer;
    const struct judged *rows[2] = {answer->worst, answer->worst_down};
    static const char *const names[2][3] = {{"worst_refused", "worst_low", "worst_high"},
                                            {"down_refused", "down_low", "down_high"}};
    const struct looked *limit = sheet_tightest(answer);
    char words[WORDS_SIZE];
    uint32_t row = 6;
    for (int i = 0; i < 2; i++) {
        if (!rows[i])
            continue;
        book_string(sheet, row, 0, i ? "Worst with peers down" : "Worst as planned", book->head);
        book_string(sheet, row, 1, rows[i]->name, NULL);
        book_string(sheet, row, 2, "refused", NULL);
        put_named(book, sheet, row++, names[i][0], rows[i]->value.value);
        book_string(sheet, row, 2, "95 % interval from", NULL);
        put_named(book, sheet, row++, names[i][1], rows[i]->value.low);
        book_string(sheet, row, 2, "to", NULL);
        put_named(book, sheet, row++, names[i][2], rows[i]->value.high);
    }
    if (limit) {
        book_string(sheet, row, 0, "Tightest limit", book->head);
        book_string(sheet, row, 1, words_limit(limit, words), NULL);
        book_string(sheet, row, 2, "peak of it", NULL);
        put_named(book, sheet, row++, "tightest_limit", limit->use / limit->size);
    }
    put_growth(book, sheet, &row, report);
    return row;
}

static void put_answer(struct book *book, const struct report *report)
{
    const struct answer *answer = report->answer;
    static const char *const glyphs[VERDICT_COUNT] = {[VERDICT_YES] = "\xE2\x9C\x93 ",
                                                      [VERDICT_NO] = "\xE2\x9C\x97 ",
                                                      [VERDICT_UNDECIDED] = "? ",
                                                      [VERDICT_CANNOT_TELL] = "\xE2\x80\x93 ",
                                                      [VERDICT_NOTHING] = ""};
    lxw_worksheet *sheet = book_sheet(book, "Answer");
    char text[WORDS_SIZE], word[64];
    if (!sheet)
        return;
    book->answer = sheet;
    worksheet_fit_to_pages(sheet, 1, 1);
    worksheet_set_row(sheet, 0, 24, NULL);
    worksheet_set_row(sheet, 2, 36, NULL);
    worksheet_set_column(sheet, 0, 0, 24, NULL);
    worksheet_set_column(sheet, 1, 1, 30, NULL);
    worksheet_set_column(sheet, 2, 7, 16, NULL);
    book_string(sheet, 0, 0, report->scenario->title ? report->scenario->title : "Scenario",
                book->title);
    snprintf(word, sizeof word, "%s%s", glyphs[answer->verdict], verdict_words(answer->verdict));
    book_string(sheet, 2, 0, word, book->verdicts[answer->verdict]);
    put_merged(book, sheet, 3, words_sentence(report, text));
    put_merged(book, sheet, 4, words_why(report, text));
    uint32_t row = put_facts(book, sheet, report);
    if (*answer->next_step) {
        book_string(sheet, row, 0, "Next step", book->head);
        book_string(sheet, row++, 1, answer->next_step, NULL);
    }
    book_string(sheet, ++row, 0, "Know before you rely on it", book->head);
    for (size_t i = 0; i < answer->note_count && i < 20; i++)
        put_merged(book, sheet, ++row, answer->notes[i].text);
    put_merged(book, sheet, ++row, "Figures of the documents are guidelines, not guaranteed.");
    book->answer_row = row + 2;
    workbook_define_name(book->workbook, "verdict", "=Answer!$A$3");
}

/* ---- Charts ---- */

void book_line(lxw_chart *chart, const struct book_line_of *line)
{
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    lxw_chart_line look = {.color = line->colour,
                           .width = (float)line->width,
                           .dash_type = line->dotted ? LXW_CHART_LINE_DASH_SQUARE_DOT
                                                     : LXW_CHART_LINE_DASH_SOLID};
    chart_series_set_categories(series, line->sheet, line->first, line->over, line->last,
                                line->over);
    chart_series_set_values(series, line->sheet, line->first, line->column, line->last,
                            line->column);
    chart_series_set_name(series, line->name);
    chart_series_set_line(series, &look);
}

/* ---- Other sheets ---- */

/* Refused shares as lines from the lower to the upper limit, a mark at the value; the axis is
 * logarithmic, so that nothing seen has no mark, but its upper limit. */
static void put_intervals_chart(struct book *book, struct filling *filling,
                                const struct report *report)
{
    static const char *const names[] = {"low", "refused", "high"};
    static const uint16_t columns[] = {4, 3, 5};
    static char desc[] = "The refused share of each class with its 95 % interval";
    uint32_t last = filling->row < 20 ? filling->row : 20;
    lxw_chart *chart = last ? workbook_add_chart(book->workbook, LXW_CHART_LINE) : NULL;
    lxw_chart_options options = {.x_scale = 1.4, .y_scale = 1.3, .description = desc};
    lxw_chart_line none = {.none = LXW_TRUE};
    char title[128], share[FIGURE_SIZE];
    if (!chart)
        return;
    for (int i = 0; i < 3; i++) {
        lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
        chart_series_set_categories(series, "Classes", 1, 0, last, 0);
        chart_series_set_values(series, "Classes", 1, columns[i], last, columns[i]);
        chart_series_set_name(series, names[i]);
        chart_series_set_line(series, &none);
        chart_series_set_marker_type(series, i == 1 ? LXW_CHART_MARKER_CIRCLE
                                                    : LXW_CHART_MARKER_SHORT_DASH);
    }
    chart_set_high_low_lines(chart, NULL);
    snprintf(title, sizeof title, "Refused, with 95 %% intervals; the goal is %s",
             words_share(report->scenario->goals.blocking, share));
    chart_title_set_name(chart, title);
    chart_axis_set_log_base(chart->y_axis, 10);
    chart_axis_set_min(chart->y_axis, 1e-6);
    chart_axis_set_max(chart->y_axis, 1);
    chart_axis_set_crossing(chart->x_axis, 1e-6);
    chart_axis_set_num_format(chart->y_axis, "0.000 %");
    chart_axis_set_name(chart->y_axis, "share of calls refused");
    worksheet_insert_chart_opt(filling->sheet, 1, 12, chart, &options);
}

static bool put_classes(struct book *book, const struct report *report)
{
    static const char *const what[] = {"offered",         "blocked",       "blocked_fraction",
                                       "dropped",         "lost_fraction", "mean_in_progress",
                                       "peak_in_progress"};
    struct filling filling = fill(book, "Classes");
    struct table table = table_of(&filling);
    const struct scenario *s = report->scenario;
    if (!filling.sheet)
        return false;
    table_begin(&table, "classes",
                "class,offered,refused,refused share,low,high,cut,lost share,mean,peak");
    for (uint32_t i = 0; i < s->class_count; i++) {
        table_text(&table, s->classes[i].name);
        for (size_t k = 0; k < sizeof what / sizeof *what; k++) {
            size_t at = results_find(report->results, SCOPE_CLASS, s->classes[i].name, what[k]);
            struct interval value = {NAN, NAN, NAN};
            if (at != SIZE_MAX)
                value = results_interval(report->results, at, 0);
            table_number(&table, value.value);
            if (k == 2) {
                table_number(&table, value.low);
                table_number(&table, value.high);
            }
        }
    }
    bool good = table_end(&table);
    worksheet_set_column(filling.sheet, 1, 2, 12, book->count);
    worksheet_set_column(filling.sheet, 3, 5, 10, book->share);
    worksheet_set_column(filling.sheet, 6, 6, 10, book->count);
    worksheet_set_column(filling.sheet, 7, 7, 10, book->share);
    worksheet_set_column(filling.sheet, 8, 9, 10, book->count);
    put_intervals_chart(book, &filling, report);
    return good;
}

/* How full each limit is: bars, on its own sheet and under the answer. */
static void put_limits_chart(struct book *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                             uint32_t rows)
{
    static char desc[] = "The peak of each limit as a share of it; at 90 % the product raises an "
                         "alarm, at 100 % calls or devices are refused";
    lxw_chart *chart = workbook_add_chart(book->workbook, LXW_CHART_BAR);
    static const char *const names[] = {"limit", "90 % alarm", "peak, of the limit"};
    lxw_chart_fill bar = {.color = BOOK_LOAD}, nothing = {.none = LXW_TRUE};
    lxw_chart_line none = {.none = LXW_TRUE};
    lxw_chart_line frames[] = {
        {.color = BOOK_CAP, .width = 1.5F},
        {.color = BOOK_ALARM, .width = 1.25F, .dash_type = LXW_CHART_LINE_DASH_SQUARE_DOT}};
    lxw_chart_options options = {.x_scale = 1.4, .y_scale = 1.3, .description = desc};
    uint32_t last = rows < 20 ? rows : 20;
    if (!chart || !rows || !sheet)
        return;
    for (uint16_t i = 0; i < 3; i++) {
        uint16_t of = (uint16_t)(i == 2 ? 5 : 8 + i);
        lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
        chart_series_set_categories(series, "Peers and pools", 1, 0, last, 2);
        chart_series_set_values(series, "Peers and pools", 1, of, last, of);
        chart_series_set_name(series, names[i]);
        chart_series_set_fill(series, i == 2 ? &bar : &nothing);
        chart_series_set_line(series, i == 2 ? &none : &frames[i]);
    }
    chart_set_series_overlap(chart, 100);
    chart_set_series_gap(chart, 60);
    chart_title_set_name(chart, "How near each limit is");
    chart_axis_set_name(chart->x_axis, "peak, share of the limit");
    chart_axis_set_num_format(chart->x_axis, "0 %");
    chart_axis_set_min(chart->x_axis, 0);
    chart_axis_set_reverse(chart->y_axis);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    worksheet_insert_chart_opt(sheet, row, column, chart, &options);
}

static int by_share(const void *left, const void *right)
{
    const struct looked *a = *(const struct looked *const *)left;
    const struct looked *b = *(const struct looked *const *)right;
    double x = isnan(sheet_ratio(a)) ? -1 : sheet_ratio(a);
    double y = isnan(sheet_ratio(b)) ? -1 : sheet_ratio(b);
    return (x < y) - (x > y);
}

static bool put_limits(struct book *book, const struct report *report)
{
    const struct answer *answer = report->answer;
    struct filling filling = fill(book, "Peers and pools");
    struct table table = table_of(&filling);
    const struct looked **sorted = malloc((answer->limit_count + 1) * sizeof(struct looked *));
    uint32_t known = 0; /* they stand first */
    if (!filling.sheet || !sorted) {
        free(sorted);
        return false;
    }
    for (size_t i = 0; i < answer->limit_count; i++)
        sorted[i] = &answer->limits[i];
    qsort(sorted, answer->limit_count, sizeof *sorted, by_share); /* nearest first */
    table_begin(&table, "limits", "scope,name,limit,size,peak,share,basis,down,full,alarm");
    for (size_t i = 0; i < answer->limit_count; i++) {
        const struct looked *limit = sorted[i];
        table_text(&table, scope_name(limit->scope));
        table_text(&table, limit->name);
        table_text(&table, limit_name(limit->limit));
        table_number(&table, limit->size);
        table_number(&table, limit->use);
        table_number(&table, sheet_ratio(limit));
        known += isnan(sheet_ratio(limit)) ? 0 : 1;
        table_text(&table, basis_name(limit->basis));
        table_text(&table, limit->down);
        table_number(&table, 1);
        table_number(&table, 0.9);
    }
    free(sorted);
    bool good = table_end(&table);
    worksheet_set_column(filling.sheet, 3, 4, 10, book->count);
    worksheet_set_column(filling.sheet, 5, 5, 10, book->share);
    worksheet_set_column(filling.sheet, 8, 9, 11, book->share);
    put_limits_chart(book, filling.sheet, 1, 11, known);
    put_limits_chart(book, book->answer, book->answer_row, 0, known);
    return good;
}

/* ---- Peers down ---- */

/* An answer has the verdict of the worst class of each set. */
static const char *failure_verdict(const struct answer *answer, const struct survival_set *set,
                                   uint32_t class_index)
{
    for (size_t i = 0; answer && i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        if (row->goal == GOAL_BLOCKING && row->scope == SCOPE_CLASS && row->index == class_index &&
            row->down_count == set->down_count &&
            row->value.value == set->blocked[class_index].value)
            return verdict_name(row->verdict);
    }
    return "";
}

static bool put_failure(struct book *book, const struct report *report)
{
    const struct scenario *s = report->scenario;
    struct filling filling = fill(book, "Failure");
    struct table table = table_of(&filling);
    if (!filling.sheet)
        return false;
    table_begin(&table, "failure", "peers down,count,class,refused,low,high,verdict");
    for (size_t i = 0; i < report->survival->count; i++) {
        const struct survival_set *set = &report->survival->sets[i];
        char peers[FIGURE_SIZE];
        figure_peers(s, set->down, set->down_count, peers);
        for (uint32_t c = 0; c < s->class_count; c++) {
            table_text(&table, peers);
            table_count(&table, set->down_count);
            table_text(&table, s->classes[c].name);
            table_number(&table, set->blocked[c].value);
            table_number(&table, set->blocked[c].low);
            table_number(&table, set->blocked[c].high);
            table_text(&table, failure_verdict(report->answer, set, c));
        }
    }
    bool good = table_end(&table);
    worksheet_set_column(filling.sheet, 3, 5, 10, book->share);
    book_failure_curve(book, filling.sheet, report);
    return good;
}

/* ---- Other loads ---- */

/* The classes that are refused most under the highest load, at most as many as a chart shows. */
static uint32_t worst_classes(const struct report *report, uint32_t *classes, uint32_t most)
{
    const struct other_load *last = &report->loads->loads[report->loads->count - 1];
    uint32_t count = 0;
    for (uint32_t k = 0; k < report->scenario->class_count; k++) {
        uint32_t at = count;
        double share = last->classes[k].refused.value;
        while (at > 0 && share > last->classes[classes[at - 1]].refused.value)
            at--;
        if (isnan(share) || at >= most)
            continue;
        count += count < most;
        memmove(&classes[at + 1], &classes[at], (count - 1 - at) * sizeof *classes);
        classes[at] = k;
    }
    return count;
}

static void put_growth_chart(struct book *book, struct filling *filling,
                             const struct report *report)
{
    static const uint32_t colours[] = {0x0B5CAD, 0xB04A00, 0x0B7A75, 0x7A3E9D, 0xA8326E};
    static char desc[] = "The share refused of each class by load, from 10 % less to 10 % more, "
                         "and the goal";
    lxw_chart_options options = {.x_scale = 1.4, .y_scale = 1.3, .description = desc};
    uint32_t classes[6], step = (uint32_t)report->loads->count;
    uint32_t count = worst_classes(report, classes, 5);
    lxw_chart *chart = count ? workbook_add_chart(book->workbook, LXW_CHART_LINE) : NULL;
    if (!chart)
        return;
    struct book_line_of line = {.sheet = "Growth", .width = 2};
    for (uint32_t i = 0; i <= count; i++) {
        bool goal = i == count; /* of the worst class */
        uint32_t class = classes[goal ? 0 : i];
        char *name = book_text(goal ? "goal" : report->scenario->classes[class].name);
        line.first = 1 + class * step;
        line.last = class * step + step;
        line.column = goal ? 7 : 2;
        line.colour = goal ? 0xC0262D : colours[i];
        line.name = name;
        if (name)
            book_line(chart, &line);
        free(name);
    }
    chart_title_set_name(chart, "Refused if the load differs from what was stated");
    chart_axis_set_name(chart->x_axis, "load, of what was stated");
    chart_axis_set_name(chart->y_axis, "share of calls refused");
    chart_axis_set_num_format(chart->x_axis, "0 %");
    chart_axis_set_num_format(chart->y_axis, "0.000 %");
    chart_axis_set_log_base(chart->y_axis, 10);
    chart_axis_set_min(chart->y_axis, 1e-6);
    chart_axis_set_max(chart->y_axis, 1);
    chart_axis_set_crossing(chart->x_axis, 1e-6);
    worksheet_insert_chart_opt(filling->sheet, 1, 9, chart, &options);
}

static bool put_loads(struct book *book, const struct report *report)
{
    struct filling filling = fill(book, "Growth");
    struct table table = table_of(&filling);
    lxw_format *percent = workbook_add_format(book->workbook);
    if (!filling.sheet || !percent)
        return false;
    bool good = loads_table(&table, report->loads, report->scenario);
    format_set_num_format(percent, "0 %");
    worksheet_set_column(filling.sheet, 0, 0, 8, percent);
    worksheet_set_column(filling.sheet, 2, 4, 10, book->share);
    worksheet_set_column(filling.sheet, 7, 7, 10, book->share);
    put_growth_chart(book, &filling, report);
    return good;
}

static bool events(struct table *table, const struct report *report)
{
    return events_table(table, report->results);
}

static bool put_table(struct book *book, const char *name, const struct report *report,
                      bool (*put)(struct table *table, const struct report *report))
{
    struct filling filling = fill(book, name);
    struct table table = table_of(&filling);
    return filling.sheet && put(&table, report);
}

/* The goals as judged; shares as per cent. */
static bool put_goals(struct book *book, const struct report *report)
{
    struct filling filling = fill(book, "Goals");
    struct table table = table_of(&filling);
    bool good = filling.sheet && answer_table(&table, report->answer);
    if (filling.sheet)
        worksheet_set_column(filling.sheet, 5, 8, 10, book->share);
    return good;
}

/* What it rests on, then what one should know of it. */
static bool put_about(struct book *book, const struct report *report)
{
    struct filling filling = fill(book, "About");
    struct table table = table_of(&filling);
    const struct answer *answer = report->answer;
    if (!filling.sheet || !about_table(&table, report))
        return false;
    uint32_t row = filling.row + 2;
    book_string(filling.sheet, row, 0, "note", NULL);
    book_string(filling.sheet, row++, 1, "The document's figures are guidelines, not guaranteed.",
                NULL);
    for (size_t i = 0; answer && i < answer->note_count && i < 1000; i++) {
        book_string(filling.sheet, row, 0, answer->notes[i].warning ? "warning" : "note", NULL);
        book_string(filling.sheet, row++, 1, answer->notes[i].text, NULL);
    }
    return true;
}

static bool alarms(struct table *table, const struct report *report)
{
    return alarms_table(table, report->scenario, report->results);
}

/* ---- The file ---- */

/* "peerplan 0.1.0 - seed 1 - e93ae692ff85"; results, sha256 may be NULL. */
static void set_foot(struct book *book, const struct results *results, const char *sha256)
{
    char seed[32] = "", hash[32] = "";
    if (results)
        snprintf(seed, sizeof seed, " - seed %" PRIu64, results->seed);
    if (sha256)
        snprintf(hash, sizeof hash, " - %.12s", sha256);
    snprintf(book->foot, sizeof book->foot, "&Lpeerplan " PEERPLAN_VERSION "%s%s&R&P of &N", seed,
             hash);
}

static bool book_open(struct book *book, const char *path)
{
    static const struct {
        enum verdict verdict;
        uint32_t colour, light;
    } colours[] = {{VERDICT_YES, 0x1A7A36, 0xE6F4EA},
                   {VERDICT_NO, 0xC0262D, 0xFDECEC},
                   {VERDICT_UNDECIDED, 0x8B5701, 0xFDF3E0},
                   {VERDICT_CANNOT_TELL, 0x545E6C, 0xEEF1F4},
                   {VERDICT_NOTHING, 0x545E6C, 0xEEF1F4}};
    *book = (struct book){.workbook = workbook_new(path)};
    if (!book->workbook)
        return false;
    set_foot(book, NULL, NULL);
    book->head = workbook_add_format(book->workbook);
    book->title = workbook_add_format(book->workbook);
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        lxw_format *format = workbook_add_format(book->workbook);
        if (!format)
            return false;
        format_set_bold(format);
        format_set_font_size(format, 24);
        format_set_font_color(format, LXW_COLOR_WHITE);
        format_set_bg_color(format, colours[i].colour);
        book->verdicts[colours[i].verdict] = format;
        lxw_format *cell = workbook_add_format(book->workbook);
        if (!cell)
            return false;
        format_set_font_color(cell, colours[i].colour);
        format_set_bg_color(cell, colours[i].light);
        book->cells[colours[i].verdict] = cell;
    }
    book->wrapped = workbook_add_format(book->workbook);
    book->share = workbook_add_format(book->workbook);
    book->count = workbook_add_format(book->workbook);
    if (!book->wrapped || !book->share || !book->count)
        return false;
    format_set_text_wrap(book->wrapped);
    format_set_align(book->wrapped, LXW_ALIGN_VERTICAL_TOP);
    format_set_num_format(book->share, "[<0.001]0.000 %;0.00 %");
    format_set_num_format(book->count, "#,##0");
    if (!book->head || !book->title)
        return false;
    format_set_bold(book->head);
    format_set_bottom(book->head, LXW_BORDER_THIN);
    format_set_bold(book->title);
    format_set_font_size(book->title, 16);
    return true;
}

/* Copies what the library wrote, and removes it. */
static bool deliver(const char *from, FILE *to)
{
    char piece[65536];
    FILE *file = fopen(from, "rb");
    bool good = file != NULL;
    for (size_t n; good && (n = fread(piece, 1, sizeof piece, file)) > 0;)
        good = fwrite(piece, 1, n, to) == n;
    good = good && !ferror(file);
    if (file)
        fclose(file);
    return good;
}

/* Makes a workbook in a temporary file and delivers it under its name. */
static bool make(const char *path, bool (*put)(struct book *book, const void *context),
                 const void *context, int64_t created, struct errors *errors)
{
    char name[] = "/tmp/peerplan-book-XXXXXX";
    struct book book;
    struct output *output = output_open(path, errors);
    int fd = output ? mkstemp(name) : -1;
    if (!output)
        return false;
    if (fd >= 0)
        close(fd);
    bool good = fd >= 0 && book_open(&book, name);
    if (good) {
        lxw_doc_properties properties = {.created = (time_t)created};
        workbook_set_properties(book.workbook, &properties);
        good = put(&book, context);
        good = workbook_close(book.workbook) == LXW_NO_ERROR && good;
    }
    good = good && deliver(name, output_stream(output));
    if (fd >= 0)
        unlink(name);
    if (good)
        return output_commit(output, errors);
    errors_add(errors, ERROR_IO, path, 0, 0, "the workbook could not be made");
    output_abandon(output);
    return false;
}

static bool put_report(struct book *book, const void *context)
{
    const struct report *report = context;
    bool simulated = report->kind == REPORT_RUN && report->results;
    const char *own = report_own_title(report);
    bool good = true;
    set_foot(book, simulated ? report->results : NULL, report->sha256);
    if (report->answer)
        put_answer(book, report);
    good = !own || put_table(book, own, report, report_own);
    good = good && (!report->answer || put_goals(book, report));
    good = good && (!simulated || put_classes(book, report));
    good = good && (!report->answer || put_limits(book, report));
    good = good && (!simulated || book_day(book, report));
    bool survives = simulated && report->survival && report->survival->count;
    good = good && (!survives || put_failure(book, report));
    bool happens = simulated && report->results->scripted_count;
    good = good && (!happens || put_table(book, "Events", report, events));
    bool alarmed = simulated && report->results->alarm_count;
    good = good && (!alarmed || put_table(book, "Alarms", report, alarms));
    bool grows = report->loads && report->loads->count && report->scenario->class_count;
    good = good && (!grows || put_loads(book, report));
    return good && put_about(book, report);
}

bool book_write(const char *path, const struct report *report, struct errors *errors)
{
    if (report->kind == REPORT_CHECK)
        return book_write_findings(path, report->findings, report->deployment, errors);
    return make(path, put_report, report, report->scenario->run.start_unix, errors);
}

static bool put_findings(struct book *book, const void *context)
{
    struct filling filling = fill(book, "Findings");
    struct table table = table_of(&filling);
    return filling.sheet && findings_table(&table, context);
}

bool book_write_findings(const char *path, const struct findings *findings,
                         const struct deployment *deployment, struct errors *errors)
{
    enum { MONDAY = 1772409600 }; /* a scenario's default start: nothing depends on the clock */
    (void)deployment;
    return make(path, put_findings, findings, MONDAY, errors);
}

static bool put_lists(struct book *book, const void *context)
{
    const struct page_tables *tables = context;
    for (size_t i = 0; i < tables->count; i++) {
        struct filling filling = fill(book, tables->lists[i].title);
        struct table table = table_of(&filling);
        if (!filling.sheet || !tables->lists[i].put(&table, tables->lists[i].context))
            return false;
    }
    return true;
}

bool book_write_tables(const char *path, const struct page_tables *tables, struct errors *errors)
{
    return make(path, put_lists, tables, tables->created, errors);
}
