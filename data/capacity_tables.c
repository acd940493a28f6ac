#include "data/capacity_tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "data/builtin.h"
#include "data/capacity_reader.h"
#include "data/csv_reader.h"
#include "data/input.h"
#include "model/base/arena.h"

#define RULES_MAX REDUNDANCY_COUNT

struct capacity_tables {
    struct arena *arena;
    struct capacity_table **tables; /* in order of files; owned */
    struct capacity_table **sorted; /* by name; owned */
    size_t count;
    struct capacity_rule rules[RULES_MAX]; /* in order of release */
    size_t rule_count;
};

static bool out_of_memory(struct errors *errors, const char *file)
{
    errors_add(errors, ERROR_SOFTWARE, file, 0, 0, "out of memory");
    return false;
}

/* ---- the collection ---- */

static int compare_names(const void *a, const void *b)
{
    const struct capacity_table *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

const struct capacity_table *capacity_tables_exact(const struct capacity_tables *tables,
                                                   const char *name)
{
    const struct capacity_table key = {.name = name}, *pointer = &key;
    struct capacity_table **found = tables->count ? bsearch(&pointer, tables->sorted, tables->count,
                                                            sizeof *tables->sorted, compare_names)
                                                  : NULL;
    return found ? *found : NULL;
}

static bool tables_append(struct capacity_tables *tables, struct capacity_table *const *made,
                          size_t count)
{
    size_t total = tables->count + count;
    struct capacity_table **all = reallocarray(tables->tables, total + 1, sizeof *all);
    if (all)
        tables->tables = all;
    struct capacity_table **sorted = reallocarray(tables->sorted, total + 1, sizeof *sorted);
    if (sorted)
        tables->sorted = sorted;
    if (!all || !sorted)
        return false;
    for (size_t i = 0; i < count; i++)
        all[tables->count + i] = sorted[tables->count + i] = made[i];
    tables->count = total;
    qsort(sorted, total, sizeof *sorted, compare_names);
    return true;
}

/* "lab" from "dir/lab.csv.gz": the name of tables that have none. */
static const char *default_name(struct arena *arena, const char *path)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *end = strstr(base, ".csv");
    return arena_strndup(arena, base, end && end > base ? (size_t)(end - base) : strlen(base));
}

/* Takes the input over; NULL when it could not be opened. */
static bool add_input(struct capacity_tables *tables, struct input *input, bool builtin,
                      struct errors *errors)
{
    if (!input)
        return false;
    struct capacity_target target = {
        .arena = tables->arena,
        .existing = tables,
        .default_table = default_name(tables->arena, input_name(input)),
        .builtin = builtin,
    };
    if (!target.default_table) {
        input_close(input);
        return out_of_memory(errors, NULL);
    }
    bool good = capacity_reader_read(input, &target, errors);
    if (good && !tables_append(tables, target.tables, target.count))
        good = out_of_memory(errors, NULL);
    free(target.tables);
    return good;
}

bool capacity_tables_add_text(struct capacity_tables *tables, const char *name, const char *text,
                              size_t length, struct errors *errors)
{
    return add_input(tables, input_memory(name, text, length, 0, errors), false, errors);
}

bool capacity_tables_add_file(struct capacity_tables *tables, const char *path,
                              struct errors *errors)
{
    return add_input(tables, input_open(path, errors), false, errors);
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

/* One row: a rule and a number of peers. What is wrong in our own file is a defect. */
static bool rule_read(struct capacity_tables *tables, const struct csv_reader *reader)
{
    const char *cells[RULE_COLUMNS];
    for (size_t i = 0; i < RULE_COLUMNS; i++) {
        cells[i] = arena_strdup(tables->arena, csv_reader_field(reader, i));
        if (!cells[i])
            return false;
    }
    struct capacity_rule rule = {.release_from = cells[RULE_FROM],
                                 .release_to = cells[RULE_TO],
                                 .document = cells[RULE_DOCUMENT]};
    bool known = redundancy_parse(cells[RULE_NAME], &rule.rule);
    long peers = strtol(cells[RULE_PEERS], NULL, 10);
    assert(known && peers >= 1 && peers <= CLUSTER_PEERS_MAX);
    (void)known;
    if (tables->rule_count == 0 || tables->rules[tables->rule_count - 1].rule != rule.rule) {
        assert(tables->rule_count < RULES_MAX);
        tables->rules[tables->rule_count++] = rule;
    }
    struct capacity_rule *last = &tables->rules[tables->rule_count - 1];
    last->factors[peers] = (int)strtol(cells[RULE_FACTOR], NULL, 10);
    last->no_gain_factor = (int)strtol(cells[RULE_NO_GAIN], NULL, 10);
    return true;
}

static bool rules_read(struct capacity_tables *tables, struct errors *errors)
{
    const struct builtin_file *file = &builtin_factors[0];
    struct input *input = input_memory(file->name, file->text, strlen(file->text), 0, errors);
    struct csv_reader *reader =
        input ? csv_reader_new(input, rule_columns, RULE_COLUMNS, errors) : NULL;
    enum csv_result result = CSV_FAILED;
    bool good = true;
    while (reader && good && (result = csv_reader_next(reader, errors)) == CSV_ROW)
        good = rule_read(tables, reader) || out_of_memory(errors, file->name);
    csv_reader_free(reader);
    return good && result == CSV_END;
}

const struct capacity_rule *capacity_tables_rule(const struct capacity_tables *tables,
                                                 enum redundancy rule)
{
    for (size_t i = 0; i < tables->rule_count; i++)
        if (tables->rules[i].rule == rule)
            return &tables->rules[i];
    return NULL;
}

/* Compares the numbers of two releases: "X14.0.1" > "X14.0", "X8.x" = "X8". */
static int compare_releases(const char *a, const char *b)
{
    for (;;) {
        a += strcspn(a, "0123456789");
        b += strcspn(b, "0123456789");
        if (!*a && !*b)
            return 0;
        char *a_end, *b_end;
        unsigned long x = strtoul(a, &a_end, 10), y = strtoul(b, &b_end, 10);
        if (x != y)
            return x < y ? -1 : 1;
        a = a_end;
        b = b_end;
    }
}

enum redundancy capacity_tables_release_rule(const struct capacity_tables *tables,
                                             const char *release)
{
    const struct capacity_rule *best = NULL;
    for (size_t i = 0; i < tables->rule_count; i++) {
        const struct capacity_rule *rule = &tables->rules[i];
        if (compare_releases(rule->release_from, release) <= 0 &&
            (!best || compare_releases(rule->release_from, best->release_from) > 0))
            best = rule;
    }
    return best ? best->rule : REDUNDANCY_LEGACY;
}

/* ---- life and questions ---- */

struct capacity_tables *capacity_tables_new(struct errors *errors)
{
    struct capacity_tables *tables = calloc(1, sizeof *tables);
    if (tables)
        tables->arena = arena_new();
    if (!tables || !tables->arena) {
        out_of_memory(errors, NULL);
        free(tables);
        return NULL;
    }
    bool good = rules_read(tables, errors);
    for (const struct builtin_file *file = builtin_capacity; file->name && good; file++)
        good =
            add_input(tables, input_memory(file->name, file->text, strlen(file->text), 0, errors),
                      true, errors);
    if (good)
        return tables;
    capacity_tables_free(tables);
    return NULL;
}

void capacity_tables_free(struct capacity_tables *tables)
{
    if (!tables)
        return;
    arena_free(tables->arena);
    free(tables->tables);
    free(tables->sorted);
    free(tables);
}

size_t capacity_tables_count(const struct capacity_tables *tables)
{
    return tables->count;
}

const struct capacity_table *capacity_tables_at(const struct capacity_tables *tables, size_t index)
{
    assert(index < tables->count);
    return tables->tables[index];
}

const struct capacity_table *capacity_tables_find(const struct capacity_tables *tables,
                                                  const char *name)
{
    static const char *const halves[] = {"-single", "-cluster4", "-node"};
    const struct capacity_table *table = capacity_tables_exact(tables, name);
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof halves / sizeof *halves && !table; i++) {
        size_t half = strlen(halves[i]);
        if (length <= half || strcmp(name + length - half, halves[i]) != 0)
            continue;
        char *whole = strndup(name, length - half);
        if (whole)
            table = capacity_tables_exact(tables, whole);
        free(whole);
    }
    return table;
}

const struct capacity_table *capacity_tables_find_release(const struct capacity_tables *tables,
                                                          const char *release)
{
    for (size_t i = 0; i < tables->count && release[0]; i++) {
        const struct capacity_table *table = tables->tables[i];
        if (table->scope == CAPACITY_NODE && !table->fast_path &&
            strcmp(table->release, release) == 0)
            return table;
    }
    return NULL;
}

static int compare_key(const void *key, const void *element)
{
    const struct capacity_row *const *row = element;
    return capacity_row_compare(key, *row);
}

const struct capacity_row *capacity_table_row(const struct capacity_table *table,
                                              const char *platform, int peers)
{
    const struct capacity_row key = {.platform = platform, .peers = peers};
    struct capacity_row **found =
        bsearch(&key, table->sorted, table->row_count, sizeof *table->sorted, compare_key);
    return found ? *found : NULL;
}

bool capacity_table_platform(const struct capacity_table *table, const char *name,
                             struct platform *platform)
{
    const struct capacity_row *row = capacity_table_row(table, name, 1);
    if (!row)
        return false;
    *platform = (struct platform){
        .name = row->platform,
        .registrations = row->figures[CAPACITY_REGISTRATIONS],
        .units = row->units,
        .audio_weight = row->audio_weight,
        .video_weight = row->video_weight,
        .mra_video_weight = row->mra_video_weight,
        .rms = row->figures[CAPACITY_RMS],
        .mra_registrations = row->figures[CAPACITY_MRA_REGISTRATIONS],
        .turn = row->figures[CAPACITY_TURN_RELAYS],
        .no_gain = !row->gain,
        .turn_ports = row->turn_ports,
        .setup_rate = row->setup_rate,
        .source = table->document,
    };
    return true;
}

int64_t capacity_row_cluster(const struct capacity_row *node, enum redundancy rule, int peers,
                             enum capacity_resource resource)
{
    int64_t figure = node->figures[resource];
    return figure == CAPACITY_NOT_STATED ? figure
                                         : figure * capacity_factor(rule, peers, !node->gain);
}
