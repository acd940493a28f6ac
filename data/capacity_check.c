#include "data/capacity_check.h"

#include <stdlib.h>
#include <string.h>

#include "data/csv_reader.h"

enum {
    COLUMN_TABLE,
    COLUMN_RELEASE,
    COLUMN_PLATFORM,
    COLUMN_PEERS,
    COLUMN_REDUNDANCY,
    COLUMN_RESOURCE,
    COLUMN_VALUE,
    COLUMN_FIGURES, /* one a resource */
    COLUMN_COUNT = COLUMN_FIGURES + CAPACITY_RESOURCE_COUNT
};

struct checking {
    const struct capacity_tables *tables;
    struct csv_reader *csv;
    struct capacity_check *check;
    struct errors *errors;
    size_t room;
};

/* ---- Fields ---- */

static const char *field(const struct checking *c, int column)
{
    const char *text = csv_reader_field(c->csv, (size_t)column);
    return text ? text : "";
}

static void field_error(struct checking *c, int column, const char *what)
{
    struct csv_place place = csv_reader_place(c->csv, (size_t)column);
    errors_add(c->errors, ERROR_DATA, csv_reader_name(c->csv), place.line, place.column, "%s: '%s'",
               what, field(c, column));
    errors_set_source(c->errors, place.text, place.length);
}

/* False, with an error, where it is no whole number from least to most. */
static bool number(struct checking *c, int column, int64_t least, int64_t most, int64_t *value)
{
    const char *text = field(c, column);
    *value = 0;
    for (const char *at = text; *at; at++) {
        if (*at < '0' || *at > '9' || *value > most) {
            *value = -1;
            break;
        }
        *value = *value * 10 + (*at - '0');
    }
    if (*text && *value >= least && *value <= most)
        return true;
    field_error(c, column, "not a whole number in range");
    return false;
}

/* ---- One figure ---- */

struct asked {
    const struct capacity_table *table; /* NULL: there is none */
    const char *name;                   /* of the table, as stated */
    int peers;
};

/* What the tables say; CAPACITY_NOT_STATED: nothing. */
static int64_t figure_here(struct checking *c, const struct asked *asked,
                           enum capacity_resource resource, const char *redundancy)
{
    if (!asked->table)
        return CAPACITY_NOT_STATED;
    const struct capacity_row *node =
        capacity_table_row(asked->table, field(c, COLUMN_PLATFORM), 1);
    const struct capacity_row *printed =
        capacity_table_row(asked->table, field(c, COLUMN_PLATFORM), asked->peers);
    enum redundancy rule = capacity_release_rule(asked->table->release);
    bool stated = *redundancy && strcmp(redundancy, "printed") != 0;
    if (!stated && printed)
        return printed->figures[resource];
    if (strcmp(redundancy, "printed") == 0 || !node)
        return CAPACITY_NOT_STATED;
    if (stated)
        redundancy_parse(redundancy, &rule);
    return capacity_row_cluster(node, rule, asked->peers, resource);
}

static void note(struct checking *c, const struct capacity_difference *difference)
{
    struct capacity_check *check = c->check;
    if (check->count == c->room) {
        size_t room = c->room ? 2 * c->room : 16;
        struct capacity_difference *items = realloc(check->items, room * sizeof *items);
        if (!items) {
            errors_no_memory(c->errors);
            return;
        }
        check->items = items;
        c->room = room;
    }
    struct capacity_difference own = *difference;
    own.table = arena_strdup(check->arena, difference->table);
    own.platform = arena_strdup(check->arena, difference->platform);
    own.redundancy = arena_strdup(check->arena, difference->redundancy);
    if (own.table && own.platform && own.redundancy)
        check->items[check->count++] = own;
    else
        errors_no_memory(c->errors);
}

static void compare(struct checking *c, const struct asked *asked, enum capacity_resource resource,
                    int64_t expected)
{
    const char *redundancy = field(c, COLUMN_REDUNDANCY);
    int64_t here = figure_here(c, asked, resource, redundancy);
    c->check->figures++;
    if (here != expected)
        note(c,
             &(struct capacity_difference){.table = asked->table ? asked->table->name : asked->name,
                                           .platform = field(c, COLUMN_PLATFORM),
                                           .redundancy = redundancy,
                                           .peers = asked->peers,
                                           .resource = resource,
                                           .here = here,
                                           .expected = expected,
                                           .line = csv_reader_row_place(c->csv).line});
}

/* ---- Rows ---- */

static bool find_table(struct checking *c, struct asked *asked)
{
    const char *name = field(c, COLUMN_TABLE), *release = field(c, COLUMN_RELEASE);
    if (!*name && !*release) {
        field_error(c, COLUMN_PLATFORM, "no table and no release is named for");
        return false;
    }
    asked->name = *name ? name : release;
    asked->table = *name ? capacity_tables_find(c->tables, name)
                         : capacity_tables_find_release(c->tables, release);
    return true;
}

static bool known_resource(struct checking *c, enum capacity_resource *resource)
{
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        if (strcmp(field(c, COLUMN_RESOURCE), capacity_resource_name((enum capacity_resource)i)) ==
            0) {
            *resource = (enum capacity_resource)i;
            return true;
        }
    field_error(c, COLUMN_RESOURCE, "no such resource");
    return false;
}

static void check_row(struct checking *c)
{
    struct asked asked = {.peers = 1};
    enum redundancy rule;
    enum capacity_resource resource;
    int64_t peers = 1, value;
    const char *redundancy = field(c, COLUMN_REDUNDANCY);
    bool good = find_table(c, &asked);
    if (*field(c, COLUMN_PEERS))
        good = number(c, COLUMN_PEERS, 1, CLUSTER_PEERS_MAX, &peers) && good;
    if (*redundancy && strcmp(redundancy, "printed") != 0 && !redundancy_parse(redundancy, &rule)) {
        field_error(c, COLUMN_REDUNDANCY, "no such rule");
        good = false;
    }
    asked.peers = (int)peers;
    if (csv_reader_has(c->csv, COLUMN_RESOURCE)) {
        good = known_resource(c, &resource) && good;
        if (number(c, COLUMN_VALUE, 0, CAPACITY_FIGURE_MAX, &value) && good)
            compare(c, &asked, resource, value);
        return;
    }
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        if (*field(c, COLUMN_FIGURES + i) &&
            number(c, COLUMN_FIGURES + i, 0, CAPACITY_FIGURE_MAX, &value) && good)
            compare(c, &asked, (enum capacity_resource)i, value);
}

/* It has figures in one of the two forms. */
static void check_header(struct checking *c)
{
    bool figures = csv_reader_has(c->csv, COLUMN_RESOURCE) && csv_reader_has(c->csv, COLUMN_VALUE);
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        figures = figures || csv_reader_has(c->csv, (size_t)COLUMN_FIGURES + (size_t)i);
    if (!figures)
        errors_add(c->errors, ERROR_DATA, csv_reader_name(c->csv), 1, 1,
                   "no figures: columns 'resource' and 'value', or one a resource ('%s')",
                   capacity_resource_name(CAPACITY_REGISTRATIONS));
}

static void check_rows(struct checking *c)
{
    enum csv_result result;
    while ((result = csv_reader_next(c->csv, c->errors)) == CSV_ROW || result == CSV_BAD) {
        if (result == CSV_ROW) {
            check_row(c);
            continue;
        }
        struct csv_place place = csv_reader_row_place(c->csv);
        errors_add(c->errors, ERROR_DATA, csv_reader_name(c->csv), place.line, place.column, "%s",
                   csv_reader_problem(c->csv));
        errors_set_source(c->errors, place.text, place.length);
    }
    if (c->check->figures == 0 && result == CSV_END)
        errors_add(c->errors, ERROR_DATA, csv_reader_name(c->csv), 0, 0, "it holds no figure");
}

bool capacity_check_file(const struct capacity_tables *tables, const char *path,
                         struct capacity_check *check, struct errors *errors)
{
    struct csv_column columns[COLUMN_COUNT] = {[COLUMN_TABLE] = {"table", false},
                                               [COLUMN_RELEASE] = {"release", false},
                                               [COLUMN_PLATFORM] = {"platform", true},
                                               [COLUMN_PEERS] = {"peers", false},
                                               [COLUMN_REDUNDANCY] = {"redundancy", false},
                                               [COLUMN_RESOURCE] = {"resource", false},
                                               [COLUMN_VALUE] = {"value", false}};
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        columns[COLUMN_FIGURES + i] =
            (struct csv_column){capacity_resource_name((enum capacity_resource)i), false};
    *check = (struct capacity_check){.arena = arena_new()};
    size_t failures = errors->failures;
    struct checking c = {.tables = tables, .check = check, .errors = errors};
    struct input *input = check->arena ? input_open(path, errors) : NULL;
    if (!check->arena)
        errors_no_memory(errors);
    c.csv = input ? csv_reader_new(input, columns, COLUMN_COUNT, errors) : NULL;
    if (c.csv)
        check_header(&c);
    if (c.csv && errors->failures == failures)
        check_rows(&c);
    csv_reader_free(c.csv);
    return errors->failures == failures;
}

void capacity_check_release(struct capacity_check *check)
{
    free(check->items);
    arena_free(check->arena);
    *check = (struct capacity_check){0};
}
