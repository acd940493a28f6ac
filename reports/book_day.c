/* The sheet "Day": what is in use and what is left, interval by interval. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/book_parts.h"
#include "reports/page_sheet.h"
#include "reports/results_tables.h"

#define CLUSTERS_MOST 12
#define CLASSES_MOST  100

enum part { MEAN, P05, P95, CAP, ALARM, PARTS };

/* Columns: the time, PARTS of each cluster, then pools, registrations, classes; far right the steps
 * of the capacity. */
struct day {
    struct book *book;
    lxw_worksheet *sheet;
    const struct report *report;
    const struct results *results;
    size_t units[CLUSTERS_MOST]; /* series of the clusters' units */
    uint32_t clusters;
    uint16_t columns; /* written so far */
    uint32_t rows;    /* intervals that have a row */
    uint32_t stride;  /* intervals in a row: more than one where a sheet cannot hold them */
    double *values;   /* owned; by replication, for a look at a series */
    lxw_format *clock;
};

/* Date and time as a spreadsheet counts: days since 1899-12-30. */
static double serial(const struct scenario *s, nanos at)
{
    return 25569 + ((double)s->run.start_unix + (double)at / (double)SECOND) / 86400;
}

static nanos time_of(const struct day *day, uint32_t row)
{
    return (nanos)row * day->stride * day->results->interval;
}

static void put_head(struct day *day, uint16_t column, const char *name, const char *what)
{
    char text[256];
    snprintf(text, sizeof text, "%.120s%s%s", name, *name ? " " : "", what);
    book_string(day->sheet, 0, column, text, day->book->head);
    worksheet_set_column(day->sheet, column, column, fmin(fmax((double)strlen(text) + 2, 8), 32),
                         day->book->count);
}

static void put_value(struct day *day, uint32_t row, uint16_t column, double value)
{
    if (isfinite(value))
        worksheet_write_number(day->sheet, row + 1, column, value, NULL);
}

static double cap_at(const struct day *day, uint32_t cluster, uint32_t row)
{
    return page_curve_capacity(day->report->scenario,
                               day->results->series[day->units[cluster]].index, time_of(day, row),
                               NULL, 0);
}

/* ---- Columns ---- */

static void put_clock(struct day *day)
{
    put_head(day, 0, "", "time");
    for (uint32_t i = 0; i < day->rows; i++)
        put_value(day, i, 0, serial(day->report->scenario, time_of(day, i)));
    worksheet_set_column(day->sheet, 0, 0, 17, day->clock);
    day->columns = 1;
}

static void put_cluster(struct day *day, uint32_t cluster)
{
    static const char *const heads[PARTS] = {"units", "p05", "p95", "cap", "alarm"};
    const char *name = day->results->series[day->units[cluster]].name;
    for (uint16_t part = 0; part < PARTS; part++)
        put_head(day, (uint16_t)(day->columns + part), name, heads[part]);
    for (uint32_t i = 0; i < day->rows; i++) {
        struct series_point point = series_point_at(day->results, day->units[cluster],
                                                    (size_t)i * day->stride, day->values);
        double cap = cap_at(day, cluster, i);
        const double cells[PARTS] = {point.mean, point.p05, point.p95, cap, 0.9 * cap};
        for (uint16_t part = 0; part < PARTS; part++)
            put_value(day, i, (uint16_t)(day->columns + part), cells[part]);
    }
    day->columns = (uint16_t)(day->columns + PARTS);
}

/* A column of a series' means. */
static void put_means(struct day *day, size_t series, const char *what, lxw_format *format)
{
    put_head(day, day->columns, day->results->series[series].name, what);
    for (uint32_t i = 0; i < day->rows; i++)
        put_value(day, i, day->columns,
                  series_point_at(day->results, series, (size_t)i * day->stride, day->values).mean);
    if (format)
        worksheet_set_column(day->sheet, day->columns, day->columns,
                             fmin((double)strlen(day->results->series[series].name) + 10, 32),
                             format);
    day->columns++;
}

static bool is_series(const struct results *results, size_t at, enum scope scope,
                      const char *metric)
{
    return results->series[at].scope == scope && strcmp(results->series[at].metric, metric) == 0;
}

/* What the devices of a cluster are, all its peers together. */
static void put_registrations(struct day *day, uint32_t cluster)
{
    const struct results *results = day->results;
    const struct scenario *s = day->report->scenario;
    bool any = false;
    for (size_t k = 0; k < results->series_count; k++)
        any = any || (is_series(results, k, SCOPE_PEER, "registrations") &&
                      s->peers[results->series[k].index].cluster == cluster);
    if (!any || s->endpoints_count == 0)
        return;
    put_head(day, day->columns, s->clusters[cluster].name, "registrations");
    for (uint32_t i = 0; i < day->rows; i++) {
        double sum = 0;
        for (size_t k = 0; k < results->series_count; k++)
            if (is_series(results, k, SCOPE_PEER, "registrations") &&
                s->peers[results->series[k].index].cluster == cluster)
                sum += series_point_at(results, k, (size_t)i * day->stride, day->values).mean;
        put_value(day, i, day->columns, sum);
    }
    day->columns++;
}

static void put_series(struct day *day)
{
    const struct results *results = day->results;
    uint32_t classes = 0;
    for (size_t i = 0; i < results->series_count; i++)
        if (is_series(results, i, SCOPE_CLUSTER, "rms_in_use"))
            put_means(day, i, "RMS", NULL);
    for (uint32_t c = 0; c < day->report->scenario->cluster_count && c < CLUSTERS_MOST; c++)
        put_registrations(day, c);
    for (size_t i = 0; i < results->series_count && classes < CLASSES_MOST; i++)
        if (is_series(results, i, SCOPE_CLASS, "blocked_fraction")) {
            put_means(day, i, "refused", day->book->share);
            classes++;
        }
}

/* ---- The chart ---- */

/* The capacity as steps, two rows a change, in two columns that are folded away. Returns the last
 * row. */
static uint32_t put_steps(struct day *day, uint32_t cluster, uint16_t column)
{
    const struct scenario *s = day->report->scenario;
    lxw_row_col_options folded = {.hidden = LXW_TRUE, .level = 1};
    uint32_t row = 0;
    double before = NAN;
    book_string(day->sheet, 0, column, "step time", day->book->head);
    book_string(day->sheet, 0, (uint16_t)(column + 1), "step cap", day->book->head);
    for (uint32_t i = 0; i < day->rows; i++) {
        double cap = cap_at(day, cluster, i), at = serial(s, time_of(day, i));
        if (!isnan(before) && cap != before) {
            put_value(day, row, column, at);
            put_value(day, row++, (uint16_t)(column + 1), before);
        }
        if (i == 0 || cap != before || i + 1 == day->rows) {
            put_value(day, row, column, at);
            put_value(day, row++, (uint16_t)(column + 1), cap);
        }
        before = cap;
    }
    worksheet_set_column_opt(day->sheet, column, column, 17, day->clock, &folded);
    worksheet_set_column_opt(day->sheet, (uint16_t)(column + 1), (uint16_t)(column + 1), 10, NULL,
                             &folded);
    return row;
}

static void put_lines(struct day *day, lxw_chart *chart, uint32_t cluster, uint16_t steps)
{
    static const struct book_line_of looks[PARTS] = {
        [MEAN] = {.name = "mean", .colour = BOOK_LOAD, .width = 2},
        [P05] = {.name = "5 %", .colour = BOOK_LOAD, .width = 0.75},
        [P95] = {.name = "95 %", .colour = BOOK_LOAD, .width = 0.75},
        [CAP] = {.name = "capacity", .colour = BOOK_CAP, .width = 2},
        [ALARM] = {.name = "90 % alarm", .colour = BOOK_ALARM, .width = 1.25, .dotted = true}};
    for (uint16_t part = 0; part < PARTS; part++) {
        struct book_line_of line = looks[part];
        line.sheet = "Day";
        line.first = 1;
        line.last = day->rows;
        line.column = (uint16_t)(1 + PARTS * cluster + part);
        if (part == CAP) {
            line.over = steps;
            line.column = (uint16_t)(steps + 1);
            line.last = put_steps(day, cluster, steps);
        }
        book_line(chart, &line);
    }
}

static void put_axes(const struct day *day, lxw_chart *chart)
{
    chart_axis_set_name(chart->x_axis, "time");
    chart_axis_set_name(chart->y_axis, "session units");
    chart_axis_set_num_format(chart->x_axis,
                              day->report->scenario->run.length > DAY ? "ddd hh:mm" : "hh:mm");
    nanos length = day->report->scenario->run.length;
    if (length >= DAY / 2)
        chart_axis_set_major_unit(chart->x_axis, length <= DAY       ? 1.0 / 12
                                                 : length <= 2 * DAY ? 0.25
                                                                     : 1);
    chart_axis_set_min(chart->x_axis, serial(day->report->scenario, 0));
    chart_axis_set_max(chart->x_axis,
                       serial(day->report->scenario, day->report->scenario->run.length));
    chart_axis_set_min(chart->y_axis, 0);
}

/* Where a chart stands. */
struct place {
    lxw_worksheet *sheet;
    uint32_t row;
    uint16_t column;
};

static void put_chart(struct day *day, uint32_t cluster, uint16_t steps, struct place place)
{
    const struct results *results = day->results;
    lxw_chart *chart = workbook_add_chart(day->book->workbook, LXW_CHART_SCATTER_STRAIGHT);
    static char desc[] =
        "Units in use over the day, mean and nine of ten runs, the capacity and 90 "
        "% of it";
    lxw_chart_options options = {.x_scale = 1.6, .y_scale = 1.67, .description = desc};
    char title[128], *plain;
    snprintf(title, sizeof title, "Load and capacity of %.60s",
             results->series[day->units[cluster]].name);
    plain = book_text(title);
    if (!chart || !plain) {
        free(plain);
        return;
    }
    put_lines(day, chart, cluster, steps);
    chart_title_set_name(chart, plain);
    put_axes(day, chart);
    chart_show_hidden_data(chart);
    worksheet_insert_chart_opt(place.sheet, place.row, place.column, chart, &options);
    free(plain);
}

/* ---- The sheet ---- */

static void find_clusters(struct day *day)
{
    for (size_t i = 0; i < day->results->series_count && day->clusters < CLUSTERS_MOST; i++)
        if (is_series(day->results, i, SCOPE_CLUSTER, "units"))
            day->units[day->clusters++] = i;
}

/* One a cluster beside the figures, the first under the answer too. */
static void put_charts(struct day *day)
{
    uint16_t beside = (uint16_t)(day->columns + 1), steps = (uint16_t)(day->columns + 20);
    for (uint32_t c = 0; c < day->clusters && day->rows > 1; c++)
        put_chart(day, c, (uint16_t)(steps + 2 * c),
                  (struct place){day->sheet, 1 + 26 * c, beside});
    if (day->book->answer && day->clusters && day->rows > 1)
        put_chart(day, 0, steps, (struct place){day->book->answer, day->book->answer_row + 21, 0});
}

bool book_day(struct book *book, const struct report *report)
{
    struct day day = {.book = book,
                      .report = report,
                      .results = report->results,
                      .sheet = book_sheet(book, "Day"),
                      .clock = workbook_add_format(book->workbook),
                      .stride = 1};
    day.values = malloc((report->results->replications + 1) * sizeof *day.values);
    bool good = day.sheet && day.clock && day.values;
    if (good) {
        size_t intervals = report->results->intervals;
        day.stride += (uint32_t)(intervals / LXW_ROW_MAX);
        day.rows = (uint32_t)(intervals / day.stride);
        format_set_num_format(day.clock, "yyyy-mm-dd hh:mm");
        find_clusters(&day);
        put_clock(&day);
        for (uint32_t c = 0; c < day.clusters; c++)
            put_cluster(&day, c);
        put_series(&day);
        worksheet_freeze_panes(day.sheet, 1, 1);
        if (day.rows)
            worksheet_autofilter(day.sheet, 0, 0, day.rows, (uint16_t)(day.columns - 1));
        put_charts(&day);
    }
    free(day.values);
    return good;
}

/* ---- When peers are down ---- */

#define CURVE_COLUMN 9 /* beside the table of failures */

/* The column of a cluster's units. */
static size_t units_of(const struct day *day, uint32_t cluster)
{
    for (uint32_t i = 0; i < day->clusters; i++)
        if (day->results->series[day->units[i]].index == cluster)
            return day->units[i];
    return day->units[0];
}

static void put_failure_rows(struct day *day, const struct survival_set *set, uint32_t cluster)
{
    static const char *const heads[] = {"time", "as planned", "peers down", "left"};
    const struct results *results = day->results;
    for (uint16_t i = 0; i < 4; i++)
        put_head(day, (uint16_t)(CURVE_COLUMN + i), "", heads[i]);
    worksheet_set_column(day->sheet, CURVE_COLUMN, CURVE_COLUMN, 17, day->clock);
    for (uint32_t i = 0; i < day->rows; i++) {
        put_value(day, i, CURVE_COLUMN, serial(day->report->scenario, time_of(day, i)));
        put_value(day, i, CURVE_COLUMN + 1,
                  series_point_at(results, units_of(day, cluster), i, day->values).mean);
        put_value(day, i, CURVE_COLUMN + 2,
                  (double)set->units[(size_t)cluster * set->intervals + i]);
        put_value(day, i, CURVE_COLUMN + 3,
                  page_curve_capacity(day->report->scenario, cluster, time_of(day, i), set->down,
                                      set->down_count));
    }
}

void book_failure_curve(struct book *book, lxw_worksheet *sheet, const struct report *report)
{
    static const struct book_line_of lines[] = {
        {.name = "as planned", .colour = BOOK_LOAD, .width = 1.5},
        {.name = "with peers down", .colour = 0xB04A00, .width = 2},
        {.name = "capacity that is left", .colour = BOOK_CAP, .width = 2}};
    static char desc[] =
        "Units in use over the day as planned and with the worst set of peers down, "
        "and the capacity that is left then";
    lxw_chart_options options = {.x_scale = 1.5, .y_scale = 1.4, .description = desc};
    const struct survival_set *set =
        answer_worst_set(report->answer, report->scenario, report->survival);
    struct day day = {.book = book,
                      .report = report,
                      .results = report->results,
                      .sheet = sheet,
                      .clock = workbook_add_format(book->workbook),
                      .stride = 1};
    find_clusters(&day);
    if (!set || !set->units || !day.clusters || !day.clock)
        return;
    day.values = malloc((report->results->replications + 1) * sizeof *day.values);
    lxw_chart *chart = workbook_add_chart(book->workbook, LXW_CHART_SCATTER_STRAIGHT);
    day.rows = (uint32_t)fmin((double)set->intervals, LXW_ROW_MAX - 1);
    if (day.values && chart && day.rows > 1) {
        format_set_num_format(day.clock, "yyyy-mm-dd hh:mm");
        put_failure_rows(&day, set, report->scenario->peers[set->down[0]].cluster);
        for (uint16_t i = 0; i < 3; i++) {
            struct book_line_of line = lines[i];
            line.sheet = "Failure";
            line.first = 1;
            line.last = day.rows;
            line.over = CURVE_COLUMN;
            line.column = (uint16_t)(CURVE_COLUMN + 1 + i);
            book_line(chart, &line);
        }
        chart_title_set_name(chart, "Load with the worst set of peers down");
        put_axes(&day, chart);
        worksheet_insert_chart_opt(sheet, 1, CURVE_COLUMN + 5, chart, &options);
    }
    free(day.values);
}
