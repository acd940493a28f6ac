/* peerplan runs: what is kept in a database: listed, shown again, compared, deleted. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/kept.h"
#include "cli/message.h"
#include "cli/sweep_points.h"
#include "cli/terminal.h"
#include "data/store.h"
#include "model/base/safe_text.h"
#include "reports/columns.h"
#include "reports/rows.h"
#include "sim/study/statistics.h"

struct arguments {
    const char *db;
    int64_t runs[2];
    size_t count;
    bool diff, delete, csv, json;
};

/* ---- Listing ---- */

#define LIST_COLUMNS                                                                               \
    "id,kind,started,scenario,verdict,binding,next_step,seed,version,state,points,command"

/* The points of a sweep have verdicts, not the sweep. */
static const char list_sql[] =
    "SELECT run.id, run.kind, run.started, scenario.title, point.verdict, point.binding, "
    "point.next_step, run.seed, run.version, run.state, (SELECT count(*) FROM point WHERE run_id = "
    "run.id), run.command FROM run LEFT JOIN scenario ON scenario.id = run.scenario_id "
    "LEFT JOIN point ON point.run_id = run.id AND point.number = 1 AND run.kind NOT IN ('sweep', "
    "'tui') "
    "ORDER BY run.id";

static const char *text_of(const struct store_value *value)
{
    return value->kind == STORE_TEXT ? value->text : "";
}

static double number_of(const struct store_value *value)
{
    return value->kind == STORE_REAL ? value->real : NAN;
}

static bool list_row(void *context, size_t columns, const struct store_value *values)
{
    struct table *table = context;
    for (size_t c = 0; c < columns; c++)
        if (values[c].kind == STORE_INTEGER)
            table_count(table, values[c].integer);
        else
            table_text(table, values[c].kind == STORE_TEXT ? values[c].text : NULL);
    return !table->failed;
}

static bool list_line(void *context, size_t columns, const struct store_value *values)
{
    static const size_t shown[] = {1, 2, 9, 4, 3, 5};
    (void)columns;
    columns_add(context, "%lld", (long long)values[0].integer);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        columns_add(context, "%s", text_of(&values[shown[i]]));
    columns_add(context, "%lld", (long long)values[10].integer);
    return true;
}

static bool list_text(struct store *store, struct errors *errors)
{
    static const char *const heads[] = {"run",     "kind",     "started", "state",
                                        "verdict", "scenario", "binding", "points"};
    struct columns columns;
    columns_init(&columns, "rllllllr");
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        columns_add(&columns, "%s", heads[h]);
    bool ok = store_query(store, &(struct store_statement){list_sql, NULL, 0}, list_line, &columns,
                          errors);
    if (ok)
        columns_print(&columns, stdout, terminal_colour(stdout));
    columns_release(&columns);
    return ok;
}

static bool list(const struct arguments *arguments, struct store *store, struct errors *errors)
{
    if (!arguments->csv && !arguments->json)
        return list_text(store, errors);
    struct report_rows rows;
    bool ok = report_rows_begin(&rows, stdout, arguments->json ? "points" : NULL, NULL);
    if (ok)
        table_begin(&rows.table, "runs", LIST_COLUMNS);
    ok = ok && store_query(store, &(struct store_statement){list_sql, NULL, 0}, list_row,
                           &rows.table, errors);
    return report_rows_end(&rows, ok) && ok;
}

/* ---- One run ---- */

static bool count_row(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    *(int64_t *)context = values[0].integer;
    return false;
}

/* False, said, when there is no such run. */
static bool is_there(struct store *store, const char *path, int64_t run, struct errors *errors)
{
    int64_t count = 0;
    const struct store_value id = store_integer(run);
    if (!store_query(store,
                     &(struct store_statement){"SELECT count(*) FROM run WHERE id = ?1", &id, 1},
                     count_row, &count, errors))
        return false;
    if (count == 0)
        errors_add(errors, ERROR_NO_INPUT, path, 0, 0, "there is no run %lld", (long long)run);
    return count > 0;
}

static bool text_line(void *context, size_t columns, const struct store_value *values)
{
    (void)context;
    (void)columns;
    const char *line = values[0].kind == STORE_TEXT ? values[0].text : "";
    safe_text_put(stdout, line, strlen(line));
    putchar('\n');
    return true;
}

static bool show_text(struct store *store, int64_t run, struct errors *errors)
{
    const struct store_value id = store_integer(run);
    return store_query(
        store,
        &(struct store_statement){
            "SELECT value FROM item WHERE run_id = ?1 AND kind = 'text' ORDER BY number", &id, 1},
        text_line, NULL, errors);
}

static bool metric_row(void *context, size_t columns, const struct store_value *values)
{
    struct table *table = context;
    for (size_t c = 0; c < columns; c++)
        if (values[c].kind == STORE_REAL)
            table_number(table, values[c].real);
        else
            table_text(table, values[c].kind == STORE_TEXT ? values[c].text : NULL);
    return !table->failed;
}

static bool show_rows(const struct arguments *arguments, struct store *store, int64_t run,
                      struct errors *errors)
{
    const struct store_value id = store_integer(run);
    struct report_rows rows;
    bool ok = report_rows_begin(&rows, stdout, arguments->json ? "metrics" : NULL, NULL);
    if (ok)
        table_begin(&rows.table, "metrics", "scope,name,metric,value,low,high,unit,badge,formula");
    ok = ok &&
         store_query(store,
                     &(struct store_statement){
                         "SELECT scope, name, metric, value, low, high, unit, badge, formula FROM "
                         "metric JOIN point ON point.id = point_id WHERE run_id = ?1 ORDER BY "
                         "point.number, metric.rowid",
                         &id, 1},
                     metric_row, &rows.table, errors);
    return report_rows_end(&rows, ok) && ok;
}

#define KIND_SIZE 32

/* Of a session no text was printed: its points, each with what was changed. */
static bool point_line(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    columns_add(context, "%lld", (long long)values[0].integer);
    for (int c = 1; c < 4; c++)
        columns_add(context, "%s", text_of(&values[c]));
    return true;
}

static bool show_session(struct store *store, int64_t run, struct errors *errors)
{
    static const char *const heads[] = {"point", "verdict", "binding", "changed"};
    const struct store_value id = store_integer(run);
    struct columns columns;
    columns_init(&columns, "rlll");
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        columns_add(&columns, "%s", heads[h]);
    bool ok =
        store_query(store,
                    &(struct store_statement){
                        "SELECT number, verdict, binding, (SELECT group_concat(path || '=' || "
                        "value, ' ') FROM setting WHERE point_id = point.id) FROM point WHERE "
                        "run_id = ?1 ORDER BY number",
                        &id, 1},
                    point_line, &columns, errors);
    if (ok)
        columns_print(&columns, stdout, terminal_colour(stdout));
    columns_release(&columns);
    return ok;
}

static bool kind_row(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    snprintf(context, KIND_SIZE, "%s", text_of(&values[0]));
    return false;
}

/* The same text as then; of a sweep the points that there are. */
static bool show(const struct arguments *arguments, struct store *store, struct errors *errors)
{
    int64_t run = arguments->runs[0];
    const struct store_value id = store_integer(run);
    char kind[KIND_SIZE] = "";
    struct sweep_points points;
    if (!store_query(store, &(struct store_statement){"SELECT kind FROM run WHERE id = ?1", &id, 1},
                     kind_row, kind, errors))
        return false;
    bool rows = arguments->json || arguments->csv;
    if (strcmp(kind, "sweep") != 0 && rows)
        return show_rows(arguments, store, run, errors);
    if (strcmp(kind, "tui") == 0)
        return show_session(store, run, errors);
    if (strcmp(kind, "sweep") != 0)
        return show_text(store, run, errors);
    if (!sweep_points_open(&points, store, run, errors))
        return false;
    if (rows)
        return sweep_points_rows(&points, stdout, arguments->json);
    return sweep_points_text(&points, stdout);
}

static bool delete_run(struct store *store, int64_t run, struct errors *errors)
{
    const struct store_value id = store_integer(run);
    bool ok = store_begin(store, errors) &&
              store_execute(store, "DELETE FROM run WHERE id = ?1", &id, 1, errors) &&
              store_commit(store, errors);
    if (!ok)
        store_rollback(store);
    return ok;
}

/* ---- Two runs ---- */

#define DIFF_COLUMNS "point,scope,name,metric,a,b,difference,low,high,pairs"

#define SIDES 4

/* Replications are pairs where both runs had the same random numbers. */
struct diff {
    struct store *store;
    struct errors *errors;
    struct table *table;     /* borrowed; NULL: lines are wanted */
    struct columns *columns; /* borrowed */
    bool alike;              /* the seeds are */
    double *pairs[SIDES];    /* owned; of one class: blocked and offered of A, of B */
    size_t count, capacity, rows;
    bool failed; /* out of memory */
};

static bool pair_row(void *context, size_t columns, const struct store_value *values)
{
    struct diff *diff = context;
    (void)columns;
    if (diff->count == diff->capacity) {
        size_t capacity = diff->capacity ? 2 * diff->capacity : 64;
        for (int i = 0; i < SIDES; i++) {
            double *more = realloc(diff->pairs[i], capacity * sizeof *more);
            diff->pairs[i] = more ? more : diff->pairs[i];
            diff->failed = diff->failed || !more;
        }
        if (diff->failed)
            return false;
        diff->capacity = capacity;
    }
    for (int i = 0; i < SIDES; i++)
        diff->pairs[i][diff->count] = number_of(&values[i]);
    diff->count++;
    return true;
}

/* Replications of a class in both points. */
static bool find_pairs(struct diff *diff, const struct store_value *values)
{
    const struct store_value of[] = {values[0], values[1], values[3], values[4]};
    diff->count = 0;
    return !diff->alike ||
           store_query(
               diff->store,
               &(struct store_statement){
                   "SELECT ab.value, ao.value, bb.value, bo.value FROM replication ab JOIN "
                   "replication ao USING (replication) JOIN replication bb USING (replication) "
                   "JOIN replication bo USING (replication) WHERE ab.point_id = ?1 AND "
                   "ab.metric = 'blocked' AND ab.scope = ?3 AND ab.name = ?4 AND ao.point_id = "
                   "?1 AND ao.metric = 'offered' AND ao.scope = ?3 AND ao.name = ?4 AND "
                   "bb.point_id = ?2 AND bb.metric = 'blocked' AND bb.scope = ?3 AND bb.name = "
                   "?4 AND bo.point_id = ?2 AND bo.metric = 'offered' AND bo.scope = ?3 AND "
                   "bo.name = ?4 ORDER BY replication",
                   of, 4},
               pair_row, diff, diff->errors);
}

/* As compare does it: replications of both ratios, linearized. */
static bool by_pairs(struct diff *diff, struct interval *by)
{
    if (diff->count == 0)
        return true;
    double *a = calloc(diff->count, sizeof *a), *b = calloc(diff->count, sizeof *b);
    bool ok = a && b;
    if (ok && !isnan(statistics_linearize(diff->pairs[0], diff->pairs[1], diff->count, a)) &&
        !isnan(statistics_linearize(diff->pairs[2], diff->pairs[3], diff->count, b)))
        *by = statistics_paired(b, a, diff->count).difference;
    else
        diff->count = 0;
    free(a);
    free(b);
    diff->failed = diff->failed || !ok;
    return ok;
}

/* Of figures that are independent the squares of half widths add up. */
static struct interval apart(const struct store_value *a, const struct store_value *b)
{
    double value = number_of(&b[0]) - number_of(&a[0]);
    double up = hypot(number_of(&b[2]) - number_of(&b[0]), number_of(&a[0]) - number_of(&a[1]));
    double down = hypot(number_of(&b[0]) - number_of(&b[1]), number_of(&a[2]) - number_of(&a[0]));
    return (struct interval){value, value - down, value + up};
}

static void put_diff(struct diff *diff, const struct store_value *values, struct interval by)
{
    double a = number_of(&values[6]), b = number_of(&values[9]);
    if (diff->table) {
        table_count(diff->table, values[2].integer);
        for (int c = 3; c < 6; c++)
            table_text(diff->table, text_of(&values[c]));
        const double numbers[] = {a, b, by.value, by.low, by.high};
        for (int c = 0; c < 5; c++)
            table_number(diff->table, numbers[c]);
        table_count(diff->table, (int64_t)diff->count);
        return;
    }
    columns_add(diff->columns, "%lld", (long long)values[2].integer);
    columns_add(diff->columns, "%s", text_of(&values[4]));
    columns_add(diff->columns, "%.4g", 100 * a);
    columns_add(diff->columns, "%.4g", 100 * b);
    columns_add(diff->columns, "%.4g", 100 * by.value);
    if (isnan(by.low))
        columns_add(diff->columns, "%s", "-");
    else
        columns_add(diff->columns, "%.4g to %.4g", 100 * by.low, 100 * by.high);
    columns_add(diff->columns, diff->count ? "%zu" : "none", diff->count);
}

static bool diff_row(void *context, size_t columns, const struct store_value *values)
{
    struct diff *diff = context;
    (void)columns;
    if (!find_pairs(diff, values) || diff->failed)
        return false;
    struct interval by = apart(&values[6], &values[9]);
    if (!by_pairs(diff, &by))
        return false;
    put_diff(diff, values, by);
    diff->rows++;
    return true;
}

/* What classes block, with all peers up and with some down, point by point. */
static bool find_differences(const struct arguments *arguments, struct diff *diff)
{
    const struct store_value ids[] = {store_integer(arguments->runs[0]),
                                      store_integer(arguments->runs[1])};
    int64_t alike = 0;
    size_t failures = diff->errors->failures;
    bool ok =
        store_query(diff->store,
                    &(struct store_statement){
                        "SELECT count(*) FROM run a JOIN run b ON a.seed = b.seed WHERE a.id = "
                        "?1 AND b.id = ?2",
                        ids, 2},
                    count_row, &alike, diff->errors);
    diff->alike = alike > 0;
    ok = ok &&
         store_query(
             diff->store,
             &(struct store_statement){
                 "SELECT pa.id, pb.id, pa.number, a.scope, a.name, a.metric, a.value, a.low, "
                 "a.high, b.value, b.low, b.high FROM point pa JOIN point pb ON pb.number = "
                 "pa.number JOIN metric a ON a.point_id = pa.id JOIN metric b ON b.point_id = "
                 "pb.id AND b.metric = a.metric AND b.scope = a.scope AND b.name = a.name WHERE "
                 "pa.run_id = ?1 AND pb.run_id = ?2 AND a.metric = 'blocked_fraction' AND "
                 "a.scope IN ('class', 'survive') ORDER BY pa.number, a.rowid",
                 ids, 2},
             diff_row, diff, diff->errors);
    if (ok && diff->failed)
        errors_no_memory(diff->errors);
    if (ok && diff->rows == 0 && diff->errors->failures == failures)
        errors_add(diff->errors, ERROR_DATA, arguments->db, 0, 0,
                   "runs %lld and %lld have no class in common", (long long)arguments->runs[0],
                   (long long)arguments->runs[1]);
    return ok && diff->errors->failures == failures;
}

static bool diff_text(const struct arguments *arguments, struct diff *diff)
{
    static const char *const heads[] = {"point",   "class",         "A %",  "B %",
                                        "B - A %", "95 % interval", "pairs"};
    struct columns columns;
    columns_init(&columns, "rlrrrrr");
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        columns_add(&columns, "%s", heads[h]);
    diff->columns = &columns;
    bool ok = find_differences(arguments, diff);
    if (ok) {
        columns_print(&columns, stdout, terminal_colour(stdout));
        if (!diff->alike)
            puts("  the seeds differ: replications are no pairs, the intervals are those of "
                 "independent runs");
    }
    columns_release(&columns);
    return ok;
}

static bool diff(const struct arguments *arguments, struct store *store, struct errors *errors)
{
    struct diff diff = {.store = store, .errors = errors};
    struct report_rows rows;
    bool ok;
    if (arguments->csv || arguments->json) {
        ok = report_rows_begin(&rows, stdout, arguments->json ? "points" : NULL, NULL);
        if (ok)
            table_begin(&rows.table, "differences", DIFF_COLUMNS);
        diff.table = &rows.table;
        ok = ok && find_differences(arguments, &diff);
        ok = report_rows_end(&rows, ok) && ok;
    } else {
        ok = diff_text(arguments, &diff);
    }
    for (int i = 0; i < SIDES; i++)
        free(diff.pairs[i]);
    return ok;
}

/* ---- The command ---- */

static bool work(const struct arguments *arguments, struct store *store, struct errors *errors)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (!is_there(store, arguments->db, arguments->runs[i], errors))
            return false;
    if (arguments->diff)
        return diff(arguments, store, errors);
    if (arguments->delete)
        return delete_run(store, arguments->runs[0], errors);
    return arguments->count ? show(arguments, store, errors) : list(arguments, store, errors);
}

enum { KEY_DB = 0x100, KEY_DIFF, KEY_DELETE, KEY_CSV, KEY_JSON };

static const struct argp_option options[] = {
    {"db", KEY_DB, "FILE", 0, "The database (default: $PEERPLAN_DB)", 0},
    {"diff", KEY_DIFF, NULL, 0, "The differences of two runs, B - A, by pairs of replications", 0},
    {"delete", KEY_DELETE, NULL, 0, "Delete a run with all that belongs to it", 0},
    {"csv", KEY_CSV, NULL, 0, "The list, the figures of a run, or the differences as CSV", 0},
    {"json", KEY_JSON, NULL, 0, "The same as a JSON document", 0},
    {0},
};

static void check_arguments(struct argp_state *state, const struct arguments *arguments)
{
    if (!kept_path(arguments->db))
        argp_error(state, "a database is missing: --db FILE or PEERPLAN_DB");
    if (arguments->diff && arguments->count != 2)
        argp_error(state, "--diff takes two runs");
    if (arguments->delete &&(arguments->count != 1 || arguments->diff))
        argp_error(state, "--delete takes one run");
    if (arguments->count == 2 && !arguments->diff)
        argp_error(state, "one run at a time, or two with --diff");
    if (arguments->csv && arguments->json)
        argp_error(state, "--csv and --json are forms of one thing, one at a time");
    if (arguments->delete &&(arguments->csv || arguments->json))
        argp_error(state, "--delete prints nothing");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_DB:
        arguments->db = arg;
        return 0;
    case KEY_DIFF:
        arguments->diff = true;
        return 0;
    case KEY_DELETE:
        arguments->delete = true;
        return 0;
    case KEY_CSV:
        arguments->csv = true;
        return 0;
    case KEY_JSON:
        arguments->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->count == 2)
            argp_error(state, "unexpected argument '%s'", arg);
        arguments->runs[arguments->count++] = option_count(state, "runs ID", arg, 1, INT64_MAX);
        return 0;
    case ARGP_KEY_END:
        check_arguments(state, arguments);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int command_runs(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "\nID\n--diff A B\n--delete ID",
        "What is kept in a database: all runs, one again as it was printed, the difference of "
        "two.\n\n"
        "Examples:\n"
        "  peerplan run office.yaml --db office.db\n"
        "  peerplan runs --db office.db\n"
        "  peerplan runs --db office.db 1\n"
        "  peerplan runs --db office.db --diff 1 2\n",
        NULL,
        NULL,
        NULL};
    struct arguments arguments = {0};
    struct errors errors;
    command_parse(&argp, argc, argv, 0, &arguments);
    arguments.db = kept_path(arguments.db);
    errors_init(&errors);
    struct store *store =
        store_open(arguments.db, arguments.delete ? STORE_WRITE : STORE_READ, &errors);
    bool ok = store && work(&arguments, store, &errors);
    store_close(store);
    int code = message_errors(&errors);
    errors_release(&errors);
    return ok ? 0 : code ? code : ERROR_SOFTWARE;
}
