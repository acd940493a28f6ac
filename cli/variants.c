#include "cli/variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/number.h"

/* ---- Settings of a point ---- */

/* A star stands for one step of the path. */
static bool path_matches(const char *pattern, const char *path)
{
    while (*pattern && *path) {
        if (*pattern == '*') {
            size_t step = strcspn(path, ".");
            if (*path == '"')
                step = strcspn(path + 1, "\"") + 2;
            path += step;
            pattern++;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return !*pattern && !*path;
}

struct list {
    char **items;
    size_t count;
    bool failed;
};

/* Takes over the text; NULL: out of memory. */
static void list_take(struct list *list, char *text)
{
    char **items = text ? realloc(list->items, (list->count + 1) * sizeof *items) : NULL;
    if (!items) {
        free(text);
        list->failed = true;
        return;
    }
    list->items = items;
    items[list->count++] = text;
}

static void list_add(struct list *list, const char *path, const char *value, const char *unit)
{
    char *text;
    list_take(list, asprintf(&text, "%s=%s%s", path, value, unit) < 0 ? NULL : text);
}

/* What the file says, times a factor; how many places could be multiplied. */
static size_t add_factor(const struct variants *variants, const char *path, double factor,
                         struct list *list)
{
    size_t places = 0;
    for (size_t i = 0; i < variants->key_count; i++) {
        const struct setting_key *key = &variants->keys[i];
        const char *stated = key->value ? key->value : key->row->fallback;
        char number[NUMBER_SIZE], *unit;
        if (!stated || !path_matches(path, key->path) || !setting_is_number(key))
            continue;
        double value = strtod(stated, &unit);
        if (unit == stated || strpbrk(unit, "0123456789"))
            continue;
        /* 1.1 times 100 is to read as 110 */
        value = strtod(number_format_fixed(value * factor, 9, number), NULL);
        list_add(list, key->path, number_format(value, number), unit);
        places++;
    }
    return places;
}

static size_t add_value(const struct variants *variants, size_t axis, const char *value,
                        struct list *list)
{
    const char *path = variants->grid.axes[axis].path;
    double factor;
    if (grid_factor(value, &factor))
        return add_factor(variants, path, factor, list);
    list_add(list, path, value, "");
    return 1;
}

static void list_release(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct list){0};
}

char **variants_settings(const struct variants *variants, uint64_t point, size_t *count)
{
    struct list list = {0};
    char buffer[GRID_VALUE_SIZE];
    for (size_t i = 0; i < variants->grid.axis_count; i++)
        add_value(variants, i, grid_value(&variants->grid, point, i, buffer), &list);
    if (list.failed)
        list_release(&list);
    *count = list.count;
    return list.items;
}

/* ---- Mistakes before the work begins ---- */

static bool build(const struct variants *variants, const char *const *items, size_t count,
                  struct scenario *scenario, struct errors *errors)
{
    size_t base = variants->loading->setting_count;
    const char **all = calloc(base + count + 1, sizeof *all);
    for (size_t i = 0; all && i < base + count; i++)
        all[i] = i < base ? variants->loading->settings[i] : items[i - base];
    struct settings settings = {all, base + count};
    *scenario = (struct scenario){.inputs = NULL};
    if (!all)
        errors_no_memory(errors);
    bool ok = all && draft_scenario(variants->loaded->draft, &settings, scenario, errors);
    free(all);
    return ok;
}

char *variants_reason(const struct variants *variants, const char *const *settings, size_t count)
{
    struct errors errors;
    struct scenario scenario;
    char *reason = NULL;
    errors_init(&errors);
    build(variants, settings, count, &scenario, &errors);
    for (size_t i = 0; i < errors.count && !reason; i++)
        if (!errors.items[i].warning && errors.items[i].message)
            reason = strdup(errors.items[i].message);
    scenario_release(&scenario);
    errors_release(&errors);
    return reason ? reason : strdup("it cannot be run");
}

/* ---- Mistakes before the work begins ---- */

#define TRIED_MAX 1000 /* values of an axis that are tried by themselves */

/* A value of an axis and where it stands in the argument. */
struct candidate {
    size_t axis;
    const char *value, *place;
};

static long characters(const char *from, const char *to)
{
    long count = 0;
    for (; from < to; from++)
        count += ((unsigned char)*from & 0xc0) != 0x80;
    return count;
}

/* The column in the argument of a column in the setting PATH=VALUE. */
static long column_of(const struct grid_axis *axis, const struct candidate *candidate, long column)
{
    long path = characters(axis->path, axis->path + strlen(axis->path));
    long value = characters(axis->text, candidate->place) + 1;
    if (column <= path || axis->factor)
        return axis->factor ? value : column;
    return value + (axis->range ? 0 : column - path - 2);
}

static bool said_before(const struct errors *errors, const struct error *error, long column)
{
    const struct error *last = errors->count ? &errors->items[errors->count - 1] : NULL;
    return last && last->column == column && last->message &&
           strcmp(last->message, error->message) == 0;
}

static void report(const struct grid_axis *axis, const struct candidate *candidate,
                   const struct errors *found, struct errors *errors)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct error *e = &found->items[i];
        long column = column_of(axis, candidate, e->column);
        if (e->warning || e->code != ERROR_USAGE || !e->message || said_before(errors, e, column))
            continue;
        errors_add(errors, ERROR_USAGE, "--vary", 1, column, "%s", e->message);
        errors_set_source(errors, axis->text, strlen(axis->text));
    }
}

/* What a scenario of a variant reads, each file once, is part of what the sweep stands on. */
static bool add_inputs(struct list *inputs, const struct scenario *scenario)
{
    for (uint32_t i = 0; i < scenario->input_count; i++) {
        bool there = false;
        for (size_t k = 0; k < inputs->count && !there; k++)
            there = strcmp(inputs->items[k], scenario->inputs[i]) == 0;
        if (!there)
            list_take(inputs, strdup(scenario->inputs[i]));
    }
    return !inputs->failed;
}

/* Whether the settings have no mistake of their own, whatever they make together. */
static bool settings_fit(const struct variants *variants, const struct list *list,
                         struct list *inputs, struct errors *found)
{
    struct scenario scenario;
    bool fits = true;
    if (build(variants, (const char *const *)list->items, list->count, &scenario, found))
        add_inputs(inputs, &scenario);
    scenario_release(&scenario);
    for (size_t i = 0; i < found->count; i++)
        fits = fits && (found->items[i].warning || found->items[i].code != ERROR_USAGE);
    return fits;
}

/* By itself, and where that does not do, because one axis makes what another names, beside the
 * first or last value of all others. */
static bool candidate_fits(const struct variants *variants, const struct candidate *candidate,
                           struct list *inputs, struct errors *found)
{
    const struct grid *grid = &variants->grid;
    char buffer[GRID_VALUE_SIZE];
    int attempts = variants->closed ? 3 : 1;
    for (int attempt = 0; attempt < attempts; attempt++) {
        struct list list = {0};
        struct errors again;
        errors_init(&again);
        uint64_t point = attempt == 2 ? grid_points(grid) - 1 : 0;
        for (size_t i = 0; i < grid->axis_count; i++)
            if (i == candidate->axis)
                add_value(variants, i, candidate->value, &list);
            else if (attempt > 0)
                add_value(variants, i, grid_value(grid, point, i, buffer), &list);
        bool fits = settings_fit(variants, &list, inputs, attempt ? &again : found);
        list_release(&list);
        errors_release(&again);
        if (fits)
            return true;
    }
    return false;
}

/* A factor that multiplies nothing: is the path wrong, or what stands there no number? */
static void report_no_number(const struct variants *variants, const struct candidate *candidate,
                             struct errors *errors)
{
    const struct grid_axis *axis = &variants->grid.axes[candidate->axis];
    struct list list = {0};
    struct scenario scenario;
    struct errors found;
    errors_init(&found);
    list_add(&list, axis->path, "1", "");
    build(variants, (const char *const *)list.items, list.count, &scenario, &found);
    long path = characters(axis->path, axis->path + strlen(axis->path)), column = 1;
    const char *message = "no number stands there that a factor could multiply";
    for (size_t i = 0; i < found.count; i++)
        if (found.items[i].code == ERROR_USAGE && found.items[i].column <= path &&
            found.items[i].message && column == 1) {
            message = found.items[i].message;
            column = found.items[i].column;
        }
    errors_add(errors, ERROR_USAGE, "--vary", 1, column, "%s", message);
    errors_set_source(errors, axis->text, strlen(axis->text));
    scenario_release(&scenario);
    list_release(&list);
    errors_release(&found);
}

/* False: no further values of this axis are worth trying. */
static bool check_candidate(const struct variants *variants, const struct candidate *candidate,
                            struct list *inputs, struct errors *errors)
{
    const struct grid_axis *axis = &variants->grid.axes[candidate->axis];
    struct list list = {0};
    struct errors found;
    size_t places = add_value(variants, candidate->axis, candidate->value, &list);
    list_release(&list);
    if (places == 0) {
        report_no_number(variants, candidate, errors);
        return false;
    }
    errors_init(&found);
    if (!candidate_fits(variants, candidate, inputs, &found))
        report(axis, candidate, &found, errors);
    errors_release(&found);
    return true;
}

static void check_axis(const struct variants *variants, size_t number, struct list *inputs,
                       struct errors *errors)
{
    const struct grid_axis *axis = &variants->grid.axes[number];
    size_t count = axis->range ? 2 : axis->count;
    if (strchr(axis->path, ',')) {
        errors_add(errors, ERROR_USAGE, "--vary", 1, 1, "a path with a comma cannot be varied");
        errors_set_source(errors, axis->text, strlen(axis->text));
        return;
    }
    for (size_t k = 0; k < count && k < TRIED_MAX; k++) {
        struct candidate candidate = {number, axis->range ? axis->given[k] : axis->values[k],
                                      axis->places[k]};
        if (!check_candidate(variants, &candidate, inputs, errors))
            return;
    }
}

/* ---- What they stand on ---- */

static bool hash_inputs(struct variants *variants, struct list *inputs, struct errors *errors)
{
    char base[FINGERPRINT_SIZE];
    const struct scenario *scenario = &variants->loaded->scenario;
    struct scenario more = {.inputs = calloc(inputs->count + 1, sizeof *more.inputs)};
    bool ok = more.inputs && !inputs->failed;
    if (!ok)
        errors_no_memory(errors);
    for (size_t i = 0; ok && i < inputs->count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < scenario->input_count && !known; k++)
            known = strcmp(scenario->inputs[k], inputs->items[i]) == 0;
        if (!known)
            more.inputs[more.input_count++] = inputs->items[i];
    }
    ok = ok && loaded_fingerprint(variants->loaded, base, errors) &&
         fingerprint_make(base, &more, variants->inputs, errors);
    if (ok && more.input_count == 0) /* as about.csv has it */
        memcpy(variants->inputs, base, sizeof base);
    free(more.inputs);
    return ok;
}

bool variants_init(struct variants *variants, const struct variants_ask *ask, struct errors *errors)
{
    struct list inputs = {0};
    *variants = (struct variants){.loaded = ask->loaded, .loading = ask->loading};
    if (!grid_init(&variants->grid) || !(variants->arena = arena_new()))
        return errors_no_memory(errors);
    variants->grid.sample = ask->sample;
    variants->grid.seed = ask->seed;
    for (size_t i = 0; i < ask->axis_count; i++)
        grid_add(&variants->grid, ask->axes[i], errors);
    bool closes = grid_close(&variants->grid, errors);
    variants->closed = closes && errors->failures == 0;
    variants->keys =
        settings_keys(variants->loaded->draft, NULL, variants->arena, &variants->key_count);
    for (size_t i = 0; i < variants->grid.axis_count; i++)
        check_axis(variants, i, &inputs, errors);
    bool ok = errors->failures == 0 && hash_inputs(variants, &inputs, errors);
    list_release(&inputs);
    return ok;
}

void variants_release(struct variants *variants)
{
    grid_release(&variants->grid);
    arena_free(variants->arena);
    variants->arena = NULL;
}
