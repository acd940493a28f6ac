#include "cli/kept_points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/kept_rows.h"
#include "model/base/arena.h"
#include "model/base/memory.h"
#include "reports/answer_table.h"
#include "reports/estimate_table.h"
#include "reports/results_tables.h"

struct kept_point {
    struct arena *arena; /* owned: all texts */
    struct store_point stored;
    size_t capacity;
    bool failed; /* out of memory */
};

/* ---- Rows ---- */

static void add_row(struct kept_point *point, enum store_table table,
                    const struct store_value *values)
{
    struct store_point *stored = &point->stored;
    if (stored->row_count == point->capacity) {
        size_t capacity = point->capacity ? 2 * point->capacity : 128;
        struct store_point_row *rows = realloc(stored->rows, capacity * sizeof *rows);
        if (!rows) {
            point->failed = true;
            return;
        }
        stored->rows = rows;
        point->capacity = capacity;
    }
    struct store_point_row *row = &stored->rows[stored->row_count++];
    row->table = table;
    memcpy(row->values, values, store_columns(table) * sizeof *values);
    for (size_t c = 0; c < store_columns(table); c++)
        if (values[c].kind == STORE_TEXT && values[c].text) {
            row->values[c].text = arena_strdup(point->arena, values[c].text);
            point->failed = point->failed || !row->values[c].text;
        }
}

static bool take_row(void *context, enum store_table table, struct store_value *values)
{
    struct kept_point *point = context;
    add_row(point, table, values);
    return !point->failed;
}

static void add_fact(struct kept_point *point, const char *key, const char *value)
{
    const struct store_value values[] = {store_null(), store_text(key), store_text(value)};
    add_row(point, STORE_ABOUT, values);
}

static void add_note(struct kept_point *point, int64_t number, const char *severity,
                     const char *text)
{
    const struct store_value values[] = {store_null(), store_integer(number), store_text(severity),
                                         store_text(text)};
    add_row(point, STORE_NOTE, values);
}

/* ---- What a point has ---- */

static void add_settings(struct kept_point *point, const struct grid *grid, uint64_t number)
{
    char buffer[GRID_VALUE_SIZE];
    for (size_t i = 0; i < grid->axis_count; i++) {
        const struct store_value values[] = {store_null(), store_text(grid->axes[i].path),
                                             store_text(grid_value(grid, number, i, buffer))};
        add_row(point, STORE_SETTING, values);
    }
}

static void add_tables(struct kept_point *point, const struct trial_sources *sources,
                       const struct answer *answer)
{
    struct kept_rows rows = {.row = take_row, .context = point};
    struct table table = kept_table(&rows);
    bool ok = sources->results
                  ? metrics_table(&table, sources->scenario, sources->results, sources->survival)
                  : estimate_table(&table, sources->estimate);
    point->failed = point->failed || !ok || !answer_table(&table, answer) ||
                    !kept_replications(&rows, sources->results);
}

static void add_answer(struct kept_point *point, const struct answer *answer)
{
    char value[32];
    point->stored.verdict = verdict_name(answer->verdict);
    if (answer->binding.what) {
        point->stored.binding = arena_strdup(point->arena, answer->binding.what);
        point->failed = point->failed || !point->stored.binding;
    }
    for (size_t i = 0; i < answer->note_count; i++)
        add_note(point, (int64_t)i + 1, answer->notes[i].warning ? "warning" : "note",
                 answer->notes[i].text);
    if (!answer->worst)
        return;
    snprintf(value, sizeof value, "%.17g", answer->worst->value.value);
    add_fact(point, "worst_class", answer->worst->name);
    add_fact(point, "worst_blocked", value);
}

struct kept_point *kept_point_new(const struct grid *grid, const struct point_made *made,
                                  const char *reason)
{
    struct kept_point *point = calloc(1, sizeof *point);
    if (!point)
        return NULL;
    point->arena = arena_new();
    point->failed = !point->arena;
    point->stored.number = made->number + 1;
    if (!point->failed)
        add_settings(point, grid, made->number);
    if (!point->failed && made->answer) {
        add_answer(point, made->answer);
        add_tables(point, &made->sources, made->answer);
    } else if (!point->failed) {
        point->stored.verdict = "failed";
        add_note(point, 1, "error", reason);
    }
    /* what was computed without some memory is nothing to keep */
    if (!point->failed && memory_refusals() == 0)
        return point;
    kept_point_free(point);
    return NULL;
}

void kept_point_free(struct kept_point *point)
{
    if (!point)
        return;
    arena_free(point->arena);
    free(point->stored.rows);
    free(point);
}

bool kept_point_save(struct store *store, int64_t run, const struct kept_point *point,
                     struct errors *errors)
{
    return store_point_add(store, run, &point->stored, errors);
}
