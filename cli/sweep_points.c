#include "cli/sweep_points.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/grid.h"
#include "reports/csv.h"
#include "reports/rows.h"
#include "model/base/safe_text.h"

static bool query(struct sweep_points *points, const char *sql, int64_t id, store_row row,
                  void *context)
{
    const struct store_value value = store_integer(id);
    return store_query(points->store, &(struct store_statement){sql, &value, 1}, row, context,
                       points->errors);
}

static const char *text_of(const struct store_value *value)
{
    return value->kind == STORE_TEXT ? value->text : NULL;
}

static double number_of(const struct store_value *value)
{
    return value->kind == STORE_REAL      ? value->real
           : value->kind == STORE_INTEGER ? (double)value->integer
                                          : NAN;
}

/* ---- What there is ---- */

static bool count_row(void *context, size_t columns, const struct store_value *values)
{
    struct sweep_points *points = context;
    (void)columns;
    points->points = strtoull(text_of(&values[0]) ? values[0].text : "0", NULL, 10);
    points->complete = (uint64_t)values[1].integer;
    return false;
}

bool sweep_points_open(struct sweep_points *points, struct store *store, int64_t run,
                       struct errors *errors)
{
    *points = (struct sweep_points){.store = store, .run = run, .errors = errors};
    bool ok = query(points,
                    "SELECT value, (SELECT count(*) FROM point WHERE run_id = ?1) FROM item WHERE "
                    "run_id = ?1 AND kind = 'sweep' AND \"column\" = 'points'",
                    run, count_row, points);
    if (ok && points->points == 0) {
        errors_add(errors, ERROR_DATA, store_path(store), 0, 0, "run %" PRId64 " is no sweep", run);
        return false;
    }
    return ok;
}

/* ---- points.csv ---- */

#define POINTS_SQL                                                                                 \
    "SELECT number, id, verdict, (SELECT text FROM note WHERE point_id = point.id AND severity = " \
    "'error' ORDER BY number LIMIT 1) FROM point WHERE run_id = ?1 ORDER BY number"
#define SETTINGS_SQL "SELECT value FROM setting WHERE point_id = ?1 ORDER BY rowid"

/* The cells that all rows of a point begin with. */
struct head {
    struct sweep_points *points;
    struct table *table; /* borrowed */
    int64_t number;
    char *values[TABLE_COLUMNS_MAX]; /* owned; of the axes */
    size_t count;
    const char *verdict, *reason;
    size_t rows;
};

static bool value_row(void *context, size_t columns, const struct store_value *values)
{
    struct head *head = context;
    const char *text = text_of(&values[0]) ? values[0].text : "";
    double factor;
    (void)columns;
    if (head->count == TABLE_COLUMNS_MAX)
        return false;
    head->values[head->count] = strdup(grid_factor(text, &factor) ? text + 1 : text);
    head->table->failed = head->table->failed || !head->values[head->count];
    head->count++;
    return true;
}

static void put_head(const struct head *head)
{
    table_count(head->table, head->number);
    for (size_t i = 0; i < head->count; i++)
        table_text(head->table, head->values[i]);
    table_text(head->table, head->verdict);
}

static bool metric_row(void *context, size_t columns, const struct store_value *values)
{
    struct head *head = context;
    (void)columns;
    put_head(head);
    for (int c = 0; c < 3; c++)
        table_text(head->table, text_of(&values[c]));
    for (int c = 3; c < 6; c++)
        table_number(head->table, number_of(&values[c]));
    table_text(head->table, text_of(&values[6]));
    head->rows++;
    return !head->table->failed;
}

/* Of a point that could not be built the reason stands for the name. */
static void put_reason(const struct head *head)
{
    put_head(head);
    table_empty(head->table);
    table_text(head->table, head->reason);
    for (int c = 0; c < 5; c++)
        table_empty(head->table);
}

static bool point_rows(void *context, size_t columns, const struct store_value *values)
{
    struct head *all = context;
    (void)columns;
    struct head head = {.points = all->points,
                        .table = all->table,
                        .number = values[0].integer,
                        .verdict = text_of(&values[2]),
                        .reason = text_of(&values[3])};
    bool ok = query(head.points, SETTINGS_SQL, values[1].integer, value_row, &head) &&
              query(head.points,
                    "SELECT scope, name, metric, value, low, high, unit FROM metric WHERE "
                    "point_id = ?1 ORDER BY rowid",
                    values[1].integer, metric_row, &head);
    if (ok && head.rows == 0)
        put_reason(&head);
    for (size_t i = 0; i < head.count; i++)
        free(head.values[i]);
    return ok && !head.table->failed;
}

static bool column_row(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    fprintf(context, ",%s", text_of(&values[0]) ? values[0].text : "");
    return true;
}

/* Owned; NULL with an error. */
static char *columns_of(struct sweep_points *points, const char *rest)
{
    char *columns = NULL;
    size_t length;
    FILE *out = open_memstream(&columns, &length);
    if (!out) {
        errors_no_memory(points->errors);
        return NULL;
    }
    fputs("point", out);
    bool ok = query(points,
                    "SELECT value FROM item WHERE run_id = ?1 AND kind = 'vary' AND \"column\" = "
                    "'path' ORDER BY number",
                    points->run, column_row, out);
    fputs(rest, out);
    bool bad = ferror(out) != 0;
    if ((fclose(out) != 0 || bad) && ok)
        ok = errors_no_memory(points->errors);
    if (ok)
        return columns;
    free(columns);
    return NULL;
}

static bool put_points(struct sweep_points *points, struct table *table)
{
    struct head all = {.points = points, .table = table};
    size_t failures = points->errors->failures;
    char *columns = columns_of(points, ",verdict,scope,name,metric,value,low,high,unit");
    if (!columns)
        return false;
    table_begin(table, "points", columns);
    bool ok = query(points, POINTS_SQL, points->run, point_rows, &all);
    ok = ok && points->errors->failures == failures;
    if (ok && table->failed)
        ok = errors_no_memory(points->errors);
    table->columns = "";
    free(columns);
    return ok;
}

/* ---- about.csv ---- */

static bool about_row(void *context, size_t columns, const struct store_value *values)
{
    struct table *table = context;
    for (size_t c = 0; c < columns; c++)
        table_text(table, text_of(&values[c]));
    return !table->failed;
}

static bool put_about(struct sweep_points *points, struct table *table)
{
    table_begin(table, "about", "key,value");
    bool ok =
        query(
            points,
            "SELECT * FROM (SELECT 'kind', kind FROM run WHERE id = ?1 UNION ALL SELECT 'version', "
            "version FROM run WHERE id = ?1 UNION ALL SELECT 'scenario', scenario.title FROM run "
            "JOIN scenario ON scenario.id = scenario_id WHERE run.id = ?1 UNION ALL SELECT "
            "'sha256', sha256 FROM run JOIN scenario ON scenario.id = scenario_id WHERE run.id = "
            "?1 UNION ALL SELECT 'seed', seed FROM run WHERE id = ?1)",
            points->run, about_row, table) &&
        query(points,
              "SELECT 'vary', p.value || '=' || v.value FROM item p JOIN item v ON v.run_id = "
              "p.run_id AND v.kind = p.kind AND v.number = p.number AND v.\"column\" = 'values' "
              "WHERE p.run_id = ?1 AND p.kind = 'vary' AND p.\"column\" = 'path' ORDER BY p.number",
              points->run, about_row, table) &&
        query(points,
              "SELECT \"column\", value FROM item WHERE run_id = ?1 AND kind = 'sweep' AND "
              "\"column\" IN ('inputs', 'method', 'points', 'replications', 'sample') ORDER BY "
              "\"column\"",
              points->run, about_row, table);
    table_text(table, "complete");
    table_text(table, points->complete == points->points ? "yes" : "no");
    table_text(table, "files");
    table_text(table, "points.csv");
    return ok;
}

bool sweep_points_folder(struct sweep_points *points, struct output_folder *folder)
{
    FILE *csv = output_folder_add(folder, "points.csv", points->errors);
    FILE *mark = csv ? output_folder_add(folder, "about.csv", points->errors) : NULL;
    if (mark) {
        struct table first = csv_table(csv), second = csv_table(mark);
        if (put_points(points, &first) && put_about(points, &second) &&
            ((table_end(&first) && table_end(&second)) || errors_no_memory(points->errors)))
            return output_folder_commit(folder, points->errors);
    }
    output_folder_abandon(folder);
    return false;
}

bool sweep_points_rows(struct sweep_points *points, FILE *out, bool json)
{
    struct report_rows rows;
    bool ok = report_rows_begin(&rows, out, json ? "points" : NULL, NULL) ||
              errors_no_memory(points->errors);
    ok = ok && put_points(points, &rows.table);
    return report_rows_end(&rows, ok) && ok;
}

/* ---- For people ---- */

#define LINES_SQL                                                                                  \
    "SELECT number, id, verdict, (SELECT text FROM note WHERE point_id = point.id AND severity = " \
    "'error' ORDER BY number LIMIT 1), (SELECT value FROM about WHERE point_id = point.id AND "    \
    "\"key\" = 'worst_class'), (SELECT value FROM about WHERE point_id = point.id AND \"key\" = "  \
    "'worst_blocked') FROM point WHERE run_id = ?1 ORDER BY number"

/* Its settings, then the rest. */
static bool answer_row(void *context, size_t columns, const struct store_value *values)
{
    struct head *all = context;
    const char *reason = text_of(&values[3]), *worst = text_of(&values[4]),
               *blocking = text_of(&values[5]);
    (void)columns;
    struct head head = {.points = all->points,
                        .table = all->table,
                        .number = values[0].integer,
                        .verdict = text_of(&values[2])};
    bool ok = query(head.points, SETTINGS_SQL, values[1].integer, value_row, &head);
    if (ok) {
        put_head(&head);
        table_text(head.table, reason ? reason : worst);
        table_number(head.table, blocking ? 100 * strtod(blocking, NULL) : NAN);
    }
    for (size_t i = 0; i < head.count; i++)
        free(head.values[i]);
    return ok && !head.table->failed;
}

bool sweep_points_lines(struct sweep_points *points, struct table *table)
{
    struct head all = {.points = points, .table = table};
    size_t failures = points->errors->failures;
    char *columns = columns_of(points, ",verdict,worst class,refused %");
    if (!columns)
        return false;
    table_begin(table, "points", columns);
    bool ok = query(points, LINES_SQL, points->run, answer_row, &all);
    ok = table_end(table) && ok && points->errors->failures == failures;
    table->columns = "";
    free(columns);
    return ok;
}

/* ---- The screen ---- */

struct screen {
    struct sweep_points *points;
    FILE *out;
    int widths[TABLE_COLUMNS_MAX]; /* of the axes */
    size_t axes, column;
};

#define NUMBER_WIDTH 7
#define VALUE_WIDTH  12

static bool head_row(void *context, size_t columns, const struct store_value *values)
{
    struct screen *screen = context;
    const char *path = text_of(&values[0]) ? values[0].text : "";
    (void)columns;
    if (screen->axes == TABLE_COLUMNS_MAX)
        return false;
    size_t width = strlen(path);
    screen->widths[screen->axes++] = width > VALUE_WIDTH ? (int)width : VALUE_WIDTH;
    fprintf(screen->out, "  %*s", VALUE_WIDTH, path);
    return true;
}

static bool cell_row(void *context, size_t columns, const struct store_value *values)
{
    struct screen *screen = context;
    (void)columns;
    if (screen->column == screen->axes)
        return false;
    fprintf(screen->out, "  %*s", screen->widths[screen->column++],
            text_of(&values[0]) ? values[0].text : "");
    return true;
}

static bool line_row(void *context, size_t columns, const struct store_value *values)
{
    struct screen *screen = context;
    const char *reason = text_of(&values[3]), *worst = text_of(&values[4]),
               *blocking = text_of(&values[5]);
    (void)columns;
    fprintf(screen->out, "%*" PRId64, NUMBER_WIDTH, values[0].integer);
    screen->column = 0;
    if (!query(screen->points, SETTINGS_SQL, values[1].integer, cell_row, screen))
        return false;
    fprintf(screen->out, "  %-17s  ", text_of(&values[2]) ? values[2].text : "");
    if (reason)
        safe_text_put(screen->out, reason, strlen(reason));
    else if (worst && blocking)
        fprintf(screen->out, "%-16s  %8.4g %%", worst, 100 * strtod(blocking, NULL));
    else
        fputs("-", screen->out);
    putc('\n', screen->out);
    return true;
}

bool sweep_points_text(struct sweep_points *points, FILE *out)
{
    struct screen screen = {.points = points, .out = out};
    size_t failures = points->errors->failures;
    fprintf(out, "%*s", NUMBER_WIDTH, "point");
    bool ok = query(points,
                    "SELECT value FROM item WHERE run_id = ?1 AND kind = 'vary' AND \"column\" = "
                    "'path' ORDER BY number",
                    points->run, head_row, &screen);
    fprintf(out, "  %-17s  %-16s  %10s\n", "verdict", "worst class", "blocking");
    ok = ok && query(points, LINES_SQL, points->run, line_row, &screen);
    return ok && points->errors->failures == failures;
}
