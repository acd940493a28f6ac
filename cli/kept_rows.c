#include "cli/kept_rows.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/number.h"

static const struct {
    const char *name;
    enum store_table table;
} kept_tables[] = {
    {"metrics", STORE_METRIC}, {"estimate", STORE_METRIC}, {"timeseries", STORE_SERIES},
    {"alarms", STORE_ALARM},   {"answer", STORE_ANSWER},   {"events", STORE_EVENT},
    {"about", STORE_ABOUT},
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

static const struct store_column *column_at(enum store_table table, size_t c)
{
    const struct store_table_definition *definition = &store_tables[table];
    bool numbered = strcmp(definition->columns[0].type, "INTEGER PRIMARY KEY") == 0;
    return &definition->columns[c + (numbered ? 1 : 0)];
}

static void begin(struct table *table)
{
    struct kept_rows *rows = table->context;
    rows->table = STORE_ITEM;
    for (size_t i = 0; i < sizeof kept_tables / sizeof *kept_tables; i++)
        if (strcmp(kept_tables[i].name, table->name) == 0)
            rows->table = kept_tables[i].table;
    for (size_t c = 0; rows->table != STORE_ITEM && c < store_columns(rows->table); c++)
        rows->places[c] = place_of(table, column_at(rows->table, c)->name);
}

static struct store_value value_of(const struct kept_rows *rows, size_t column)
{
    static const struct kept_cell nothing = {.kind = KEPT_EMPTY};
    const struct store_column *where = column_at(rows->table, column);
    int place = rows->places[column];
    const struct kept_cell *cell = place < 0 ? &nothing : &rows->cells[place];
    switch (cell->kind) {
    case KEPT_EMPTY:
        break;
    case KEPT_TEXT:
        return store_text(cell->text);
    case KEPT_NUMBER:
        return store_real(cell->number);
    case KEPT_DIGITS:
        if (strncmp(where->type, "TEXT", 4) == 0)
            return store_text(cell->text);
        if (strncmp(where->type, "INTEGER", 7) == 0)
            return store_integer(strtoll(cell->text, NULL, 10));
        return store_real(strtod(cell->text, NULL));
    }
    return strncmp(where->type, "TEXT NOT NULL", 13) == 0 ? store_text("") : store_null();
}

static const char *cell_text(const struct table *table, const char *column)
{
    const struct kept_rows *rows = table->context;
    const char *text = rows->cells[place_of(table, column)].text;
    return text ? text : "";
}

/* Of an estimate: turns what a class blocks with peers down into scope and name of that. False: the
 * row is not kept. */
static bool fit_estimate(struct table *table)
{
    struct kept_rows *rows = table->context;
    const char *down = cell_text(table, "down");
    if (*cell_text(table, "hour"))
        return false;
    if (strcmp(down, "0") == 0)
        return true;
    if (!isdigit((unsigned char)*down) || strcmp(cell_text(table, "scope"), "class") != 0 ||
        strcmp(cell_text(table, "metric"), "blocked_fraction") != 0)
        return false;
    struct kept_cell *scope = &rows->cells[place_of(table, "scope")],
                     *name = &rows->cells[place_of(table, "name")];
    char *longer = NULL, *survive = strdup("survive");
    if (asprintf(&longer, strtol(down, NULL, 10) == 1 ? "%s peer/%s" : "%s peers/%s", down,
                 name->text) < 0)
        longer = NULL;
    if (!longer || !survive) {
        table->failed = true;
        free(longer);
        free(survive);
        return false;
    }
    free(scope->text);
    free(name->text);
    scope->text = survive;
    name->text = longer;
    return true;
}

/* Alarms are as many as replications: alarms.csv has all of them. */
static bool is_enough(const struct table *table, const struct store_value *values)
{
    const struct kept_rows *rows = table->context;
    return rows->table == STORE_ALARM &&
           (values[1].integer > STORE_ALARM_REPLICATIONS || table->rows >= STORE_ALARMS);
}

static bool hand_row(struct table *table)
{
    struct kept_rows *rows = table->context;
    struct store_value values[STORE_COLUMNS_MAX];
    for (size_t c = 0; c < store_columns(rows->table); c++)
        values[c] = value_of(rows, c);
    values[0] = store_null();
    table->enough = is_enough(table, values);
    return table->enough || rows->row(rows->context, rows->table, values);
}

static struct store_value item_value(const struct kept_cell *cell, char digits[static NUMBER_SIZE])
{
    return cell->kind == KEPT_NUMBER ? store_text(number_format(cell->number, digits))
                                     : store_text(cell->text);
}

static bool hand_items(struct table *table)
{
    struct kept_rows *rows = table->context;
    char name[64], digits[NUMBER_SIZE];
    const char *at = table->columns;
    bool ok = true;
    for (size_t i = 0; i < table->width && ok; i++) {
        size_t length = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        at += length + (at[length] == ',');
        struct store_value values[] = {store_null(), store_text(table->name),
                                       store_integer((int64_t)table->rows + 1), store_text(name),
                                       item_value(&rows->cells[i], digits)};
        ok = rows->row(rows->context, STORE_ITEM, values);
    }
    return ok;
}

static void end_row(struct table *table)
{
    struct kept_rows *rows = table->context;
    if (!rows->ended && !table->failed) {
        if (rows->table == STORE_ITEM)
            rows->ended = !hand_items(table);
        else if (strcmp(table->name, "estimate") != 0 || fit_estimate(table))
            rows->ended = !hand_row(table);
    }
    for (size_t i = 0; i < table->width; i++) {
        free(rows->cells[i].text);
        rows->cells[i] = (struct kept_cell){.kind = KEPT_EMPTY};
    }
}

static void put(struct table *table, struct kept_cell cell)
{
    struct kept_rows *rows = table->context;
    rows->cells[table->column] = cell;
    if (table->column + 1 == table->width)
        end_row(table);
}

static void put_copy(struct table *table, const char *text, enum kept_kind kind)
{
    char *copy = strdup(text);
    table->failed = table->failed || !copy;
    put(table, (struct kept_cell){.kind = copy ? kind : KEPT_EMPTY, .text = copy});
}

static void put_text(struct table *table, const char *text)
{
    put_copy(table, text, KEPT_TEXT);
}

static void put_digits(struct table *table, const char *digits)
{
    put_copy(table, digits, KEPT_DIGITS);
}

static void put_number(struct table *table, double value)
{
    put(table, (struct kept_cell){.kind = KEPT_NUMBER, .number = value});
}

static void put_empty(struct table *table)
{
    put(table, (struct kept_cell){.kind = KEPT_EMPTY});
}

static bool end(struct table *table)
{
    const struct kept_rows *rows = table->context;
    return !rows->ended;
}

struct table kept_table(struct kept_rows *rows)
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
    return (struct table){.sink = &sink, .context = rows};
}

/* ---- Replications ---- */

static bool is_headline(const struct metric *metric)
{
    static const char *const names[] = {"offered", "blocked", "blocked_fraction"};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        found = found || strcmp(metric->metric, names[i]) == 0;
    return found && metric->scope == SCOPE_CLASS;
}

bool kept_replications(struct kept_rows *rows, const struct results *results)
{
    bool ok = true;
    for (size_t i = 0; results && i < results->metric_count && ok; i++) {
        const struct metric *m = &results->metrics[i];
        for (size_t r = 0; is_headline(m) && r < results->replications && ok; r++) {
            struct store_value values[] = {store_null(),
                                           store_integer((int64_t)r),
                                           store_text(scope_name(m->scope)),
                                           store_text(m->name),
                                           store_text(m->metric),
                                           store_real(results_value(results, i, r))};
            ok = rows->row(rows->context, STORE_REPLICATION, values);
        }
    }
    return ok;
}
