/* peerplan runs: what is kept in a database: listed, shown again, compared, deleted. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/kept.h"
#include "cli/message.h"
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

/* --- Listing ---------- */

#define LIST_COLUMNS "id,kind,started,scenario,verdict,binding,next_step,seed,version,state"

static const char list_sql[] =
    "SELECT run.id, run.kind, run.started, scenario.title, point.verdict, point.binding, "
    "point.next_step, run.seed, run.version, run.state FROM run "
    "LEFT JOIN scenario ON scenario.id = run.scenario_id "
    "LEFT JOIN point ON point.run_id = run.id AND point.number = 1 ORDER BY run.id";

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
    static const size_t shown[] = {1, 2, 4, 3, 5};
    (void)columns;
    columns_add(context, "%lld", (long long)values[0].integer);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        columns_add(context, "%s",
                    values[shown[i]].kind == STORE_TEXT ? values[shown[i]].text : "");
    return true;
}

static bool list_text(struct store *store, struct errors *errors)
{
    static const char *const heads[] = {"run", "kind", "started", "verdict", "scenario", "binding"};
    struct columns columns;
    columns_init(&columns, "rlllll");
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        columns_add(&columns, "%s", heads[h]);
    bool ok = store_query(store, list_sql, NULL, 0, list_line, &columns, errors);
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
    ok = ok && store_query(store, list_sql, NULL, 0, list_row, &rows.table, errors);
    return report_rows_end(&rows, ok) && ok;
}

/* --- One run ---------- */

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
    if (!store_query(store, "SELECT count(*) FROM run WHERE id = ?1", &id, 1, count_row, &count,
                     errors))
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

static bool show(struct store *store, int64_t run, struct errors *errors)
{
    const struct store_value id = store_integer(run);
    return store_query(store,
                       "SELECT value FROM item WHERE run_id = ?1 AND kind = 'text' ORDER BY number",
                       &id, 1, text_line, NULL, errors);
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

/* --- Two runs ---------- */

/* Pairs of one class, as they come. */
struct pairing {
    char name[264];
    double *a, *b; /* owned */
    size_t count, capacity;
    bool failed;
};

static void end_class(struct pairing *pairing)
{
    if (pairing->count == 0)
        return;
    struct paired paired = statistics_paired(pairing->b, pairing->a, pairing->count);
    fputs("  ", stdout);
    safe_text_put(stdout, pairing->name, strlen(pairing->name));
    printf(": B - A %.4g %% refused", 100 * paired.difference.value);
    if (pairing->count > 1)
        printf(" (%.4g to %.4g), in %zu pairs", 100 * paired.difference.low,
               100 * paired.difference.high, pairing->count);
    putchar('\n');
    pairing->count = 0;
}

static bool pair_row(void *context, size_t columns, const struct store_value *values)
{
    struct pairing *pairing = context;
    (void)columns;
    if (strcmp(pairing->name, values[0].text) != 0) {
        end_class(pairing);
        snprintf(pairing->name, sizeof pairing->name, "%s", values[0].text);
    }
    if (pairing->count == pairing->capacity) {
        size_t capacity = pairing->capacity ? 2 * pairing->capacity : 64;
        double *a = realloc(pairing->a, capacity * sizeof *a);
        pairing->a = a ? a : pairing->a;
        double *b = a ? realloc(pairing->b, capacity * sizeof *b) : NULL;
        pairing->b = b ? b : pairing->b;
        pairing->failed = !b;
        if (!b)
            return false;
        pairing->capacity = capacity;
    }
    pairing->a[pairing->count] = values[1].real;
    pairing->b[pairing->count++] = values[2].real;
    return true;
}

/* Replications are pairs only where both had the same random numbers. */
static bool diff(const struct arguments *arguments, struct store *store, struct errors *errors)
{
    const struct store_value ids[] = {store_integer(arguments->runs[0]),
                                      store_integer(arguments->runs[1])};
    int64_t alike = 0;
    struct pairing pairing = {0};
    bool ok = store_query(store,
                          "SELECT count(*) FROM run a JOIN run b ON a.seed = b.seed "
                          "WHERE a.id = ?1 AND b.id = ?2",
                          ids, 2, count_row, &alike, errors);
    if (ok && !alike) {
        errors_add(errors, ERROR_DATA, arguments->db, 0, 0,
                   "runs %lld and %lld have no seed in common: their replications are no pairs",
                   (long long)arguments->runs[0], (long long)arguments->runs[1]);
        return false;
    }
    ok = ok &&
         store_query(store,
                     "SELECT a.name, a.value, b.value FROM replication a "
                     "JOIN point pa ON pa.id = a.point_id JOIN point pb ON pb.number = pa.number "
                     "JOIN replication b ON b.point_id = pb.id AND b.replication = a.replication "
                     "AND b.scope = a.scope AND b.name = a.name AND b.metric = a.metric "
                     "WHERE pa.run_id = ?1 AND pb.run_id = ?2 AND a.value IS NOT NULL "
                     "AND b.value IS NOT NULL ORDER BY a.name, a.replication",
                     ids, 2, pair_row, &pairing, errors);
    if (ok && pairing.failed)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    if (ok && !pairing.failed)
        end_class(&pairing);
    ok = ok && !pairing.failed;
    free(pairing.a);
    free(pairing.b);
    return ok;
}

/* --- The command ---------- */

static bool work(const struct arguments *arguments, struct store *store, struct errors *errors)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (!is_there(store, arguments->db, arguments->runs[i], errors))
            return false;
    if (arguments->diff)
        return diff(arguments, store, errors);
    if (arguments->delete)
        return delete_run(store, arguments->runs[0], errors);
    return arguments->count ? show(store, arguments->runs[0], errors)
                            : list(arguments, store, errors);
}

enum { KEY_DB = 0x100, KEY_DIFF, KEY_DELETE, KEY_CSV, KEY_JSON };

static const struct argp_option options[] = {
    {"db", KEY_DB, "FILE", 0, "The database (default: $PEERPLAN_DB)", 0},
    {"diff", KEY_DIFF, NULL, 0, "The differences of two runs, B - A, by pairs of replications", 0},
    {"delete", KEY_DELETE, NULL, 0, "Delete a run with all that belongs to it", 0},
    {"csv", KEY_CSV, NULL, 0, "The list as CSV", 0},
    {"json", KEY_JSON, NULL, 0, "The list as one JSON document", 0},
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
    if ((arguments->csv || arguments->json) &&
        (arguments->count || (arguments->csv && arguments->json)))
        argp_error(state, "--csv and --json are forms of the list, one at a time");
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
