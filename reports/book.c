#include "reports/book.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "answer/figures.h"
#include "answer/sentence.h"
#include "model/base/output.h"
#include "reports/about.h"
#include "reports/answer_table.h"
#include "reports/findings.h"
#include "reports/results_tables.h"

#define TEXT_MOST 32767 /* characters of a cell */
#define ROWS_MOST 1048575

struct book {
    lxw_workbook *workbook;
    lxw_format *head, *title, *wrapped, *verdicts[VERDICT_COUNT];
};

/* --- Texts ---- */

/* A text as a cell may hold it: no control characters, not too long. Owned. */
static char *cell_text(const char *text)
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

static void put_string(lxw_worksheet *sheet, uint32_t row, uint16_t column, const char *text,
                       lxw_format *format)
{
    char *copy = cell_text(text);
    if (copy && *copy)
        worksheet_write_string(sheet, row, column, copy, format);
    free(copy);
}

/* --- A table as a sheet ---- */

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
    put_string(filling->sheet, row_of(table), (uint16_t)table->column, text, NULL);
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

static lxw_worksheet *add_sheet(struct book *book, const char *name)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);
    if (!sheet)
        return NULL;
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_set_footer(sheet, "&Lpeerplan " PEERPLAN_VERSION "&R&P of &N");
    return sheet;
}

static struct filling fill(struct book *book, const char *name)
{
    return (struct filling){.book = book, .sheet = add_sheet(book, name)};
}

static struct table table_of(struct filling *filling)
{
    return (struct table){.sink = &sheet_sink, .context = filling};
}

/* --- The answer ---- */

static void put_answer(struct book *book, const struct report *report)
{
    const struct answer *answer = report->answer;
    lxw_worksheet *sheet = add_sheet(book, "Answer");
    char sentence[SENTENCE_SIZE], share[SENTENCE_SIZE];
    uint32_t row = 5;
    if (!sheet)
        return;
    worksheet_set_column(sheet, 0, 0, 24, NULL);
    worksheet_set_column(sheet, 1, 7, 16, NULL);
    put_string(sheet, 0, 0, report->scenario->title ? report->scenario->title : "Scenario",
               book->title);
    put_string(sheet, 2, 0, verdict_words(answer->verdict), book->verdicts[answer->verdict]);
    put_string(sheet, 3, 0, answer_sentence(answer, sentence), NULL);
    const struct judged *rows[2] = {answer->worst, answer->worst_down};
    for (int i = 0; i < 2; i++)
        if (rows[i]) {
            put_string(sheet, row, 0, i ? "Worst with peers down" : "Worst as planned", NULL);
            put_string(sheet, row, 1, rows[i]->name, NULL);
            put_string(sheet, row, 2, judged_share(rows[i], share), NULL);
            row++;
        }
    if (*answer->next_step) {
        put_string(sheet, row, 0, "Next step", NULL);
        put_string(sheet, row++, 1, answer->next_step, NULL);
    }
    put_string(sheet, ++row, 0, "Know before you rely on it", book->head);
    for (size_t i = 0; i < answer->note_count; i++)
        put_string(sheet, ++row, 0, answer->notes[i].text, NULL);
    put_string(sheet, ++row, 0, "Figures of the documents are guidelines, not guaranteed.", NULL);
    if (answer->worst && isfinite(answer->worst->value.value)) {
        worksheet_write_number(sheet, 1, 7, answer->worst->value.value, NULL);
        workbook_define_name(book->workbook, "worst_refused", "=Answer!$H$2");
    }
    workbook_define_name(book->workbook, "verdict", "=Answer!$A$3");
}

/* --- The day ---- */

struct days {
    size_t series[12];
    uint32_t count;
};

static struct days find_days(const struct results *results)
{
    struct days days = {0};
    for (size_t i = 0; i < results->series_count && days.count < 12; i++)
        if (results->series[i].scope == SCOPE_CLUSTER &&
            strcmp(results->series[i].metric, "units") == 0)
            days.series[days.count++] = i;
    return days;
}

static void put_day_heads(struct table *table, const struct results *results,
                          const struct days *days, char *columns, size_t size)
{
    size_t used = (size_t)snprintf(columns, size, "time");
    for (uint32_t i = 0; i < days->count; i++) {
        char name[64];
        snprintf(name, sizeof name, "%.40s", results->series[days->series[i]].name);
        used += (size_t)snprintf(columns + used, size - used, ",%s mean,p05,p95,cap", name);
        if (used >= size)
            break;
    }
    table_begin(table, "day", columns);
}

static void put_line(lxw_chart *chart, uint32_t rows, uint16_t column, const char *name,
                     uint32_t colour, double width)
{
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    lxw_chart_line line = {.color = colour, .width = (float)width};
    chart_series_set_categories(series, "Day", 1, 0, rows, 0);
    chart_series_set_values(series, "Day", 1, column, rows, column);
    chart_series_set_name(series, name);
    chart_series_set_line(series, &line);
}

static void put_day_chart(struct book *book, struct filling *filling, const struct scenario *s,
                          uint32_t number)
{
    lxw_chart *chart = workbook_add_chart(book->workbook, LXW_CHART_SCATTER_STRAIGHT);
    uint16_t column = (uint16_t)(1 + 4 * number);
    char title[128], *plain;
    static char desc[] = "Units in use over the day, mean and nine of ten runs, and the capacity";
    lxw_chart_options options = {.x_scale = 1.6, .y_scale = 1.4, .description = desc};
    snprintf(title, sizeof title, "Load and capacity of %.60s", s->clusters[number].name);
    plain = cell_text(title);
    if (!chart || !plain) {
        free(plain);
        return;
    }
    put_line(chart, filling->row, column, "mean", 0x0B5CAD, 2);
    put_line(chart, filling->row, (uint16_t)(column + 1), "5 %", 0x0B5CAD, 0.75);
    put_line(chart, filling->row, (uint16_t)(column + 2), "95 %", 0x0B5CAD, 0.75);
    put_line(chart, filling->row, (uint16_t)(column + 3), "capacity", 0x1C2128, 2);
    chart_title_set_name(chart, plain);
    chart_axis_set_name(chart->x_axis, "time");
    chart_axis_set_name(chart->y_axis, "session units");
    chart_axis_set_num_format(chart->x_axis, "hh:mm");
    chart_axis_set_min(chart->y_axis, 0);
    worksheet_insert_chart_opt(filling->sheet, 1 + 22 * number,
                               (uint16_t)(3 + 4 * s->cluster_count), chart, &options);
    free(plain);
}

/* Date and time as a spreadsheet counts: days since 1899-12-30. */
static double serial(const struct scenario *s, nanos at)
{
    return 25569 + ((double)s->run.start_unix + (double)at / (double)SECOND) / 86400;
}

static bool put_day(struct book *book, const struct report *report)
{
    const struct results *results = report->results;
    struct days days = find_days(results);
    struct filling filling = fill(book, "Day");
    struct table table = table_of(&filling);
    char columns[2048];
    double *values = malloc((results->replications + 1) * sizeof *values);
    lxw_format *clock = workbook_add_format(book->workbook);
    if (!values || !filling.sheet || !clock || 1 + 4 * days.count > TABLE_COLUMNS_MAX) {
        free(values);
        return filling.sheet != NULL;
    }
    format_set_num_format(clock, "yyyy-mm-dd hh:mm");
    put_day_heads(&table, results, &days, columns, sizeof columns);
    for (size_t i = 0; i < results->intervals; i++) {
        table_number(&table, serial(report->scenario, (nanos)i * results->interval));
        for (uint32_t d = 0; d < days.count; d++) {
            struct series_point point = series_point_at(results, days.series[d], i, values);
            table_number(&table, point.mean);
            table_number(&table, point.p05);
            table_number(&table, point.p95);
            table_number(&table, (double)scenario_cluster_units(
                                     report->scenario, results->series[days.series[d]].index));
        }
    }
    bool good = table_end(&table);
    worksheet_set_column(filling.sheet, 0, 0, 17, clock);
    for (uint32_t i = 0; i < days.count && filling.row > 1; i++)
        put_day_chart(book, &filling, report->scenario, i);
    free(values);
    return good;
}

/* --- Other sheets ---- */

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
    return table_end(&table);
}

static bool put_limits(struct book *book, const struct report *report)
{
    struct filling filling = fill(book, "Peers and pools");
    struct table table = table_of(&filling);
    if (!filling.sheet)
        return false;
    table_begin(&table, "limits", "scope,name,limit,size,peak,share,basis");
    for (size_t i = 0; i < report->answer->limit_count; i++) {
        const struct looked *limit = &report->answer->limits[i];
        table_text(&table, scope_name(limit->scope));
        table_text(&table, limit->name);
        table_text(&table, limit_name(limit->limit));
        table_number(&table, limit->size);
        table_number(&table, limit->use);
        table_number(&table, limit->size > 0 ? limit->use / limit->size : NAN);
        table_text(&table, basis_name(limit->basis));
    }
    return table_end(&table);
}

static bool put_table(struct book *book, const char *name, const struct report *report,
                      bool (*put)(struct table *table, const struct report *report))
{
    struct filling filling = fill(book, name);
    struct table table = table_of(&filling);
    return filling.sheet && put(&table, report);
}

static bool goals(struct table *table, const struct report *report)
{
    return answer_table(table, report->answer);
}

static bool alarms(struct table *table, const struct report *report)
{
    return alarms_table(table, report->scenario, report->results);
}

/* --- The file ---- */

static bool book_open(struct book *book, const char *path)
{
    static const struct {
        enum verdict verdict;
        uint32_t colour;
    } colours[] = {{VERDICT_YES, 0x1A7A36},
                   {VERDICT_NO, 0xC0262D},
                   {VERDICT_UNDECIDED, 0x8B5701},
                   {VERDICT_CANNOT_TELL, 0x545E6C},
                   {VERDICT_NOTHING, 0x545E6C}};
    *book = (struct book){.workbook = workbook_new(path)};
    if (!book->workbook)
        return false;
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
    }
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
    if (report->answer)
        put_answer(book, report);
    good = !own || put_table(book, own, report, report_own);
    good = good && (!report->answer || put_table(book, "Goals", report, goals));
    good = good && (!simulated || put_classes(book, report));
    good = good && (!report->answer || put_limits(book, report));
    good = good && (!simulated || put_day(book, report));
    good = good && (!simulated || put_table(book, "Alarms", report, alarms));
    return good && put_table(book, "About", report, about_table);
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
