#include "cli/kept.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/store.h"
#include "data/store_tables.h"
#include "reports/screen.h"

const char *kept_path(const char *option)
{
    const char *path = option ? option : getenv("PEERPLAN_DB");
    return path && *path ? path : NULL;
}

char *kept_now(char buffer[static KEPT_TIME_SIZE])
{
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(buffer, KEPT_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return buffer;
}

char *kept_command(int argc, char **argv)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    for (int i = 0; i < argc; i++)
        fprintf(out, "%s%s", i ? " " : "", argv[i]);
    bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

/* --- A sink of tables ---------- */

/* Cells of the row that is being filled; as text, bound as what the column is. */
struct cell {
    char *text; /* owned; NULL: empty */
    bool number;
};

struct keeper {
    struct store *store;
    struct errors *errors;
    int64_t run, point, number;    /* of the row in its table */
    int table;                     /* enum store_table, ITEMS, or NOWHERE: not kept */
    int places[STORE_COLUMNS_MAX]; /* of its columns among the cells; -1: none */
    struct cell cells[TABLE_COLUMNS_MAX];
    bool failed;
};

#define NOWHERE (-1)
#define ITEMS   (-2) /* cell by cell */

static const struct {
    const char *name;
    int table;
} kept_tables[] = {
    {"metrics", STORE_METRIC}, {"estimate", STORE_METRIC}, {"timeseries", STORE_SERIES},
    {"alarms", STORE_ALARM},   {"answer", STORE_ANSWER},   {"events", STORE_EVENT},
    {"about", STORE_ABOUT},    {"compare", ITEMS},
};

/* Where a column of the database stands in the table; words of SQL are quoted there. */
static int place_of(const struct table *table, const char *column)
{
    size_t quoted = column[0] == '"', length = strlen(column) - 2 * quoted;
    const char *name = table->columns;
    for (int place = 0; name; place++) {
        if (strcspn(name, ",") == length && strncmp(name, column + quoted, length) == 0)
            return place;
        name = strchr(name, ',');
        name = name ? name + 1 : NULL;
    }
    return -1;
}

static const struct store_column *column_at(int table, size_t c)
{
    const struct store_table_definition *definition = &store_tables[table];
    bool numbered = strcmp(definition->columns[0].type, "INTEGER PRIMARY KEY") == 0;
    return &definition->columns[c + (numbered ? 1 : 0)];
}

static void begin(struct table *table)
{
    struct keeper *keeper = table->context;
    keeper->table = NOWHERE;
    keeper->number = 0;
    for (size_t i = 0; i < sizeof kept_tables / sizeof *kept_tables; i++)
        if (strcmp(kept_tables[i].name, table->name) == 0)
            keeper->table = kept_tables[i].table;
    for (size_t c = 0; keeper->table >= 0 && c < store_columns(keeper->table); c++)
        keeper->places[c] = place_of(table, column_at(keeper->table, c)->name);
}

static struct store_value value_of(const struct keeper *keeper, size_t column)
{
    const struct store_column *where = column_at(keeper->table, column);
    int place = keeper->places[column];
    if (strcmp(where->name, "point_id") == 0)
        return store_integer(keeper->point);
    if (place < 0 || !keeper->cells[place].text)
        return strncmp(where->type, "TEXT NOT NULL", 13) == 0 ? store_text("") : store_null();
    const struct cell *cell = &keeper->cells[place];
    if (!cell->number || strncmp(where->type, "TEXT", 4) == 0)
        return store_text(cell->text);
    if (strncmp(where->type, "INTEGER", 7) == 0)
        return store_integer(strtoll(cell->text, NULL, 10));
    return store_real(strtod(cell->text, NULL));
}

/* An estimate has figures for every hour and number of peers down; kept are those of the whole run
 * with all up. */
static bool is_kept(const struct table *table, const struct keeper *keeper)
{
    if (keeper->table < 0)
        return false;
    if (strcmp(table->name, "estimate") != 0)
        return true;
    int down = place_of(table, "down"), hour = place_of(table, "hour");
    return !keeper->cells[hour].text && keeper->cells[down].text &&
           strcmp(keeper->cells[down].text, "0") == 0;
}

/* A cell of a table that has none of its own here. */
static bool save_item(const struct keeper *keeper, const struct table *table, size_t column)
{
    const char *name = table->columns;
    for (size_t i = 0; i < column; i++)
        name = strchr(name, ',') + 1;
    char *copy = strndup(name, strcspn(name, ","));
    const struct store_value values[] = {store_integer(keeper->run), store_text(table->name),
                                         store_integer(keeper->number), store_text(copy),
                                         store_text(keeper->cells[column].text)};
    bool ok = copy && store_insert(keeper->store, STORE_ITEM, values, NULL, keeper->errors);
    free(copy);
    return ok;
}

static void end_row(struct table *table)
{
    struct keeper *keeper = table->context;
    struct store_value values[STORE_COLUMNS_MAX];
    keeper->number++;
    for (size_t i = 0; keeper->table == ITEMS && i < table->width && !keeper->failed; i++)
        keeper->failed = !save_item(keeper, table, i);
    if (is_kept(table, keeper) && !keeper->failed) {
        for (size_t c = 0; c < store_columns(keeper->table); c++)
            values[c] = value_of(keeper, c);
        keeper->failed = !store_insert(keeper->store, keeper->table, values, NULL, keeper->errors);
    }
    for (size_t i = 0; i < table->width; i++) {
        free(keeper->cells[i].text);
        keeper->cells[i] = (struct cell){0};
    }
}

static void put(struct table *table, const char *text, bool number)
{
    struct keeper *keeper = table->context;
    char *copy = text ? strdup(text) : NULL;
    table->failed = table->failed || (text && !copy);
    keeper->cells[table->column] = (struct cell){copy, number};
    if (table->column + 1 == table->width)
        end_row(table);
}

static void put_text(struct table *table, const char *text)
{
    put(table, text, false);
}

static void put_digits(struct table *table, const char *digits)
{
    put(table, digits, true);
}

static void put_number(struct table *table, double value)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%.17g", value);
    put(table, digits, true);
}

static void put_empty(struct table *table)
{
    put(table, NULL, false);
}

static bool end(struct table *table)
{
    struct keeper *keeper = table->context;
    return !keeper->failed;
}

static bool save_tables(struct keeper *keeper, const struct report *report)
{
    static const struct table_sink sink = {
        .begin = begin,
        .text = put_text,
        .number = put_number,
        .digits = put_digits,
        .identifier = put_text,
        .empty = put_empty,
        .end = end,
    };
    struct table table = {.sink = &sink, .context = keeper};
    bool ok = report_tables(report, &table);
    if (!ok && !keeper->failed)
        errors_add(keeper->errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    return ok;
}

/* --- Rows of our own ---------- */

static bool first_integer(void *context, size_t columns, const struct store_value *values)
{
    *(int64_t *)context = columns > 0 ? values[0].integer : 0;
    return false;
}

static bool save_inputs(struct keeper *keeper, const struct scenario *scenario, int64_t id)
{
    bool ok = true;
    for (uint32_t i = 0; i < scenario->input_count && ok; i++) {
        char digits[FINGERPRINT_SIZE];
        struct scenario one = {.inputs = &scenario->inputs[i], .input_count = 1};
        ok = fingerprint_make("", &one, digits, keeper->errors);
        const struct store_value values[] = {store_integer(id), store_text(scenario->inputs[i]),
                                             store_text(digits)};
        ok = ok && store_insert(keeper->store, STORE_INPUT, values, NULL, keeper->errors);
    }
    return ok;
}

/* The same contents are kept once. */
static bool save_scenario(struct keeper *keeper, const struct kept *kept, int64_t *id)
{
    const struct store_value sha256 = store_text(kept->report->sha256);
    *id = 0;
    if (!store_query(keeper->store, "SELECT id FROM scenario WHERE sha256 = ?1", &sha256, 1,
                     first_integer, id, keeper->errors))
        return false;
    if (*id)
        return true;
    const struct loaded *loaded = kept->loaded;
    char *text = draft_text(loaded->draft, &loaded->settings, keeper->errors);
    const struct store_value values[] = {sha256, store_text(loaded->scenario.title),
                                         store_text(text)};
    bool ok = text && store_insert(keeper->store, STORE_SCENARIO, values, id, keeper->errors) &&
              save_inputs(keeper, &loaded->scenario, *id);
    free(text);
    return ok;
}

static bool save_run(struct keeper *keeper, const struct kept *kept, int64_t scenario)
{
    char seed[24], finished[KEPT_TIME_SIZE];
    const struct results *results = kept->report->results;
    if (results)
        snprintf(seed, sizeof seed, "%llu", (unsigned long long)results->seed);
    const struct store_value values[] = {
        store_text(report_kind_name(kept->report->kind)),
        store_integer(scenario),
        store_text(kept->command),
        store_text(results ? seed : NULL),
        store_text(PEERPLAN_VERSION),
        store_text(kept->started),
        store_text(kept_now(finished)),
        store_text(results && results->interrupted ? "interrupted" : "done"),
    };
    return store_insert(keeper->store, STORE_RUN, values, &keeper->run, keeper->errors);
}

static bool save_settings(struct keeper *keeper, const struct settings *settings)
{
    bool ok = true;
    for (size_t i = 0; i < settings->count && ok; i++) {
        const char *value = setting_value(settings->items[i]);
        char *path = strndup(settings->items[i], (size_t)(value - settings->items[i]) - 1);
        const struct store_value values[] = {store_integer(keeper->point), store_text(path),
                                             store_text(value)};
        ok = path && store_insert(keeper->store, STORE_SETTING, values, NULL, keeper->errors);
        free(path);
    }
    return ok;
}

static bool save_point(struct keeper *keeper, const struct kept *kept)
{
    const struct answer *answer = kept->report->answer;
    const struct store_value values[] = {
        store_integer(keeper->run), store_integer(1),
        store_text(answer ? verdict_name(answer->verdict) : ""),
        store_text(answer ? answer->binding.what : NULL),
        store_text(answer && answer->next_step && *answer->next_step ? answer->next_step : NULL)};
    bool ok = store_insert(keeper->store, STORE_POINT, values, &keeper->point, keeper->errors) &&
              save_settings(keeper, &kept->loaded->settings);
    for (size_t i = 0; answer && i < answer->note_count && ok; i++) {
        const struct answer_note *note = &answer->notes[i];
        const struct store_value row[] = {
            store_integer(keeper->point), store_integer((int64_t)i + 1),
            store_text(note->warning ? "warning" : "note"), store_text(note->text)};
        ok = store_insert(keeper->store, STORE_NOTE, row, NULL, keeper->errors);
    }
    return ok;
}

/* What classes block, by replication: for paired differences later. */
static bool save_replications(struct keeper *keeper, const struct results *results)
{
    bool ok = true;
    for (size_t i = 0; results && i < results->metric_count && ok; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope != SCOPE_CLASS || strcmp(m->metric, "blocked_fraction") != 0)
            continue;
        for (size_t r = 0; r < results->replications && ok; r++) {
            const struct store_value values[] = {store_integer(keeper->point),
                                                 store_integer((int64_t)r),
                                                 store_text(scope_name(m->scope)),
                                                 store_text(m->name),
                                                 store_text(m->metric),
                                                 store_real(results_value(results, i, r))};
            ok = store_insert(keeper->store, STORE_REPLICATION, values, NULL, keeper->errors);
        }
    }
    return ok;
}

static bool save_lines(struct keeper *keeper, char *text)
{
    bool ok = true;
    char *rest = text;
    for (int64_t number = 1; rest && *rest && ok; number++) {
        const char *line = strsep(&rest, "\n");
        const struct store_value values[] = {store_integer(keeper->run), store_text("text"),
                                             store_integer(number), store_text("line"),
                                             store_text(line)};
        ok = store_insert(keeper->store, STORE_ITEM, values, NULL, keeper->errors);
    }
    return ok;
}

static bool save_text(struct keeper *keeper, const struct kept *kept)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    bool ok = out;
    if (out) {
        screen_put(kept->report, false, false, out);
        ok = !ferror(out);
        ok = fclose(out) == 0 && ok;
    }
    if (!ok)
        errors_add(keeper->errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    ok = ok && save_lines(keeper, text);
    free(text);
    return ok;
}

bool kept_save(const char *path, const struct kept *kept, struct errors *errors)
{
    struct keeper keeper = {.store = store_open(path, STORE_WRITE, errors), .errors = errors};
    int64_t scenario;
    if (!keeper.store)
        return false;
    bool ok = store_begin(keeper.store, errors);
    ok = ok && save_scenario(&keeper, kept, &scenario) && save_run(&keeper, kept, scenario) &&
         save_point(&keeper, kept) && save_tables(&keeper, kept->report) &&
         save_replications(&keeper, kept->report->results) && save_text(&keeper, kept);
    if (ok)
        ok = store_commit(keeper.store, errors);
    else
        store_rollback(keeper.store);
    store_close(keeper.store);
    return ok;
}
