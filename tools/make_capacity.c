/* Makes the constants of data/capacity_builtin.h:
 *
 *   make_capacity data/cluster-factors.csv data/capacity/....csv >builtin_capacity.c
 *
 * Tables are read as a user's own are; a mistake in them ends the build.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/capacity_builtin.h"
#include "data/csv_reader.h"
#include "data/input.h"

/* Nothing is built in yet. */
const struct capacity_builtin capacity_builtin = {0};

static void put_text(const char *name, const char *text)
{
    printf(".%s = \"", name);
    for (; *text; text++)
        printf(strchr("\"\\?", *text) ? "\\%c" : "%c", *text);
    printf("\", ");
}

static void put_number(const char *name, int64_t value)
{
    if (value == CAPACITY_NOT_STATED)
        printf(".%s = CAPACITY_NOT_STATED, ", name);
    else
        printf(".%s = %lld, ", name, (long long)value);
}

/* ---- tables ---- */

static void put_row(const struct capacity_row *row)
{
    printf("    {");
    put_text("platform", row->platform);
    put_number("peers", row->peers);
    printf("\n     .figures = {");
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        if (row->figures[i] == CAPACITY_NOT_STATED)
            printf("CAPACITY_NOT_STATED, ");
        else
            printf("%lld, ", (long long)row->figures[i]);
    printf("},\n     ");
    put_number("setup_rate", row->setup_rate);
    put_number("gain", row->gain);
    put_number("turn_ports", row->turn_ports);
    put_number("units", row->units);
    put_number("audio_weight", row->audio_weight);
    put_number("video_weight", row->video_weight);
    put_number("mra_video_weight", row->mra_video_weight);
    put_text("note", row->note);
    printf("},\n");
}

static void put_rows(const struct capacity_table *table, size_t index)
{
    printf("static const struct capacity_row rows_%zu[] = {\n", index);
    for (size_t i = 0; i < table->row_count; i++)
        put_row(&table->rows[i]);
    printf("};\nstatic const struct capacity_row *const sorted_%zu[] = {\n    ", index);
    for (size_t i = 0; i < table->row_count; i++)
        printf("&rows_%zu[%td], ", index, table->sorted[i] - table->rows);
    printf("\n};\n");
}

static void put_table(const struct capacity_table *table, size_t index)
{
    printf("    {");
    put_text("name", table->name);
    put_text("release", table->release);
    put_text("document", table->document);
    put_text("updated", table->updated);
    put_number("scope", (int64_t)table->scope);
    put_number("fast_path", table->fast_path);
    printf(".builtin = true,\n     .rows = rows_%zu, .row_count = %zu, .sorted = sorted_%zu},\n",
           index, table->row_count, index);
}

struct named {
    const char *name;
    size_t index;
};

static int compare_named(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void put_sorted(const struct capacity_tables *tables, size_t count)
{
    struct named *named = calloc(count + 1, sizeof *named);
    if (!named)
        exit(70);
    for (size_t i = 0; i < count; i++)
        named[i] = (struct named){capacity_tables_at(tables, i)->name, i};
    qsort(named, count, sizeof *named, compare_named);
    printf("static const struct capacity_table *const by_name[] = {\n    ");
    for (size_t i = 0; i < count; i++)
        printf("&tables[%zu], ", named[i].index);
    printf("\n};\n");
    free(named);
}

static size_t put_tables(char *const *paths, int path_count, struct errors *errors)
{
    struct capacity_tables *tables = capacity_tables_new(errors);
    for (int i = 0; tables && i < path_count; i++)
        capacity_tables_add_file(tables, paths[i], errors);
    size_t count = tables && errors->failures == 0 ? capacity_tables_count(tables) : 0;
    for (size_t i = 0; i < count; i++)
        put_rows(capacity_tables_at(tables, i), i);
    printf("static const struct capacity_table tables[] = {\n");
    for (size_t i = 0; i < count; i++)
        put_table(capacity_tables_at(tables, i), i);
    printf("};\n");
    put_sorted(tables, count);
    capacity_tables_free(tables);
    return count;
}

/* ---- rules ---- */

enum rule_column {
    RULE_NAME,
    RULE_FROM,
    RULE_TO,
    RULE_PEERS,
    RULE_FACTOR,
    RULE_NO_GAIN,
    RULE_DOCUMENT,
    RULE_COLUMNS
};

static const struct csv_column rule_columns[RULE_COLUMNS] = {
    {"redundancy", true}, {"release_from", true},   {"release_to", true}, {"peers", true},
    {"factor", true},     {"no_gain_factor", true}, {"document", true},
};

/* A row is a rule and a number of peers; the rows of a rule follow each other. */
static bool put_rule_row(const struct csv_reader *reader, enum redundancy *last, size_t *count)
{
    const char *cells[RULE_COLUMNS];
    for (size_t i = 0; i < RULE_COLUMNS; i++)
        cells[i] = csv_reader_field(reader, i);
    enum redundancy rule;
    long peers = strtol(cells[RULE_PEERS], NULL, 10);
    if (!redundancy_parse(cells[RULE_NAME], &rule) || peers < 1 || peers > CLUSTER_PEERS_MAX)
        return false;
    if (rule != *last) {
        printf("%s    {.rule = (enum redundancy)%d, ", *count ? "}},\n" : "", (int)rule);
        put_text("release_from", cells[RULE_FROM]);
        put_text("release_to", cells[RULE_TO]);
        put_text("document", cells[RULE_DOCUMENT]);
        put_number("no_gain_factor", strtol(cells[RULE_NO_GAIN], NULL, 10));
        printf("\n     .factors = {");
        *last = rule;
        ++*count;
    }
    printf("[%ld] = %ld, ", peers, strtol(cells[RULE_FACTOR], NULL, 10));
    return true;
}

static size_t put_rules(const char *path, struct errors *errors)
{
    size_t count = 0;
    enum redundancy last = REDUNDANCY_COUNT;
    enum csv_result result = CSV_FAILED;
    struct input *input = input_open(path, errors);
    struct csv_reader *reader =
        input ? csv_reader_new(input, rule_columns, RULE_COLUMNS, errors) : NULL;
    printf("static const struct capacity_rule rules[] = {\n");
    while (reader && (result = csv_reader_next(reader, errors)) == CSV_ROW)
        if (!put_rule_row(reader, &last, &count)) {
            errors_add(errors, ERROR_DATA, path, csv_reader_row_place(reader).line, 1,
                       "neither a rule nor a number of peers");
            break;
        }
    printf("}},\n};\n");
    csv_reader_free(reader);
    return result == CSV_END ? count : 0;
}

int main(int argc, char **argv)
{
    struct errors errors;
    errors_init(&errors);
    if (argc < 3)
        return 64;
    printf("/* Made by tools/make_capacity.c. */\n#include \"data/capacity_builtin.h\"\n\n");
    size_t rules = put_rules(argv[1], &errors), count = put_tables(&argv[2], argc - 2, &errors);
    printf("const struct capacity_builtin capacity_builtin = {tables, by_name, %zu, rules, %zu};\n",
           count, rules);
    for (size_t i = 0; i < errors.count; i++)
        fprintf(stderr, "%s:%ld:%ld: %s\n", errors.items[i].file, errors.items[i].line,
                errors.items[i].column, errors.items[i].message);
    bool good = errors.failures == 0 && rules && count && fflush(stdout) == 0;
    errors_release(&errors);
    return good ? 0 : 65;
}
