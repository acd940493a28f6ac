#include "data/capacity_tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "data/capacity_builtin.h"
#include "data/capacity_reader.h"
#include "data/input.h"
#include "model/base/arena.h"

/* What a user's own files add to the tables built in. */
struct capacity_tables {
    struct arena *arena;                  /* NULL before the first */
    struct capacity_table **tables;       /* in order of files; owned */
    const struct capacity_table **sorted; /* by name; owned */
    size_t count;
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

static const struct capacity_table *search(const struct capacity_table *const *sorted, size_t count,
                                           const char *name)
{
    const struct capacity_table key = {.name = name}, *pointer = &key;
    const struct capacity_table *const *found =
        count ? bsearch(&pointer, sorted, count, sizeof *sorted, compare_names) : NULL;
    return found ? *found : NULL;
}

const struct capacity_table *capacity_tables_exact(const struct capacity_tables *tables,
                                                   const char *name)
{
    const struct capacity_table *found =
        search(capacity_builtin.sorted, capacity_builtin.count, name);
    return found ? found : search(tables->sorted, tables->count, name);
}

static bool tables_append(struct capacity_tables *tables, struct capacity_table *const *made,
                          size_t count)
{
    size_t total = tables->count + count;
    struct capacity_table **all = reallocarray(tables->tables, total + 1, sizeof *all);
    if (all)
        tables->tables = all;
    const struct capacity_table **sorted =
        reallocarray((void *)tables->sorted, total + 1, sizeof *sorted);
    if (sorted)
        tables->sorted = sorted;
    if (!all || !sorted)
        return false;
    for (size_t i = 0; i < count; i++)
        sorted[tables->count + i] = all[tables->count + i] = made[i];
    tables->count = total;
    qsort((void *)sorted, total, sizeof *sorted, compare_names);
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
static bool add_input(struct capacity_tables *tables, struct input *input, struct errors *errors)
{
    if (!input)
        return false;
    if (!tables->arena)
        tables->arena = arena_new();
    struct capacity_target target = {
        .arena = tables->arena,
        .existing = tables,
        .default_table = tables->arena ? default_name(tables->arena, input_name(input)) : NULL,
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

bool capacity_tables_add_file(struct capacity_tables *tables, const char *path,
                              struct errors *errors)
{
    return add_input(tables, input_open(path, errors), errors);
}

/* ---- rules ---- */

const struct capacity_rule *capacity_rule(enum redundancy rule)
{
    for (size_t i = 0; i < capacity_builtin.rule_count; i++)
        if (capacity_builtin.rules[i].rule == rule)
            return &capacity_builtin.rules[i];
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

enum redundancy capacity_release_rule(const char *release)
{
    const struct capacity_rule *best = NULL;
    for (size_t i = 0; i < capacity_builtin.rule_count; i++) {
        const struct capacity_rule *rule = &capacity_builtin.rules[i];
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
    if (!tables)
        out_of_memory(errors, NULL);
    return tables;
}

void capacity_tables_free(struct capacity_tables *tables)
{
    if (!tables)
        return;
    arena_free(tables->arena);
    free(tables->tables);
    free((void *)tables->sorted);
    free(tables);
}

size_t capacity_tables_count(const struct capacity_tables *tables)
{
    return capacity_builtin.count + tables->count;
}

const struct capacity_table *capacity_tables_at(const struct capacity_tables *tables, size_t index)
{
    assert(index < capacity_tables_count(tables));
    return index < capacity_builtin.count ? &capacity_builtin.tables[index]
                                          : tables->tables[index - capacity_builtin.count];
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
    for (size_t i = 0; i < capacity_tables_count(tables) && release[0]; i++) {
        const struct capacity_table *table = capacity_tables_at(tables, i);
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
    const struct capacity_row *const *found =
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
