#include "answer/grid.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/number.h"
#include "sim/engine/random.h"

bool grid_init(struct grid *grid)
{
    *grid = (struct grid){.arena = arena_new()};
    return grid->arena != NULL;
}

void grid_release(struct grid *grid)
{
    arena_free(grid->arena);
    grid->arena = NULL;
}

bool grid_factor(const char *value, double *factor)
{
    return value[0] == 'x' && number_parse(value + 1, factor);
}

/* ---- Reading an axis ---- */

static bool mistake(const char *text, const char *at, struct errors *errors, const char *why)
{
    long column = 1;
    for (const char *c = text; c < at; c++)
        column += ((unsigned char)*c & 0xc0) != 0x80;
    errors_add(errors, ERROR_USAGE, "--vary", 1, column, "%s", why);
    errors_set_source(errors, text, strlen(text));
    return false;
}

/* The first of `stops` in text that is not inside quotes or brackets, or its end. */
static const char *outside(const char *text, const char *stops)
{
    char quote = 0;
    int depth = 0;
    for (; *text; text++) {
        if (quote)
            quote = *text == quote ? 0 : quote;
        else if (*text == '"' || *text == '\'')
            quote = *text;
        else if (strchr("[{(", *text))
            depth++;
        else if (strchr("]})", *text))
            depth -= depth > 0;
        else if (depth == 0 && strchr(stops, *text))
            break;
    }
    return text;
}

/* One end of a range: "x"? number unit. */
struct end {
    bool factor;
    double number;
    const char *unit;
};

static bool end_read(const char *text, size_t length, struct arena *arena, struct end *end)
{
    char number[64];
    *end = (struct end){.factor =
                            length > 1 && text[0] == 'x' && strchr("0123456789.", text[1]) != NULL};
    size_t from = end->factor ? 1 : 0;
    size_t digits = strspn(text + from, "+-0123456789.");
    if (digits + from > length)
        digits = length - from;
    if (digits == 0 || digits >= sizeof number)
        return false;
    snprintf(number, sizeof number, "%.*s", (int)digits, text + from);
    end->unit = arena_strndup(arena, text + from + digits, length - from - digits);
    return end->unit && number_parse(number, &end->number);
}

/* lo..hi with an optional :count; NULL where there is none. Digits stay with their points: "1..2"
 * is a range, "1.5" is not. */
static const char *range_dots(const char *text)
{
    const char *end = outside(text, ",");
    for (const char *at = outside(text, "."); at < end; at = outside(at + 1, "."))
        if (at > text && at[1] == '.' && at + 2 < end)
            return at;
    return NULL;
}

static bool is_whole(double number)
{
    return number == floor(number) && fabs(number) < 1e9;
}

static const char *range_value(const struct grid *grid, const struct grid_axis *axis, double value)
{
    char number[NUMBER_SIZE];
    return arena_printf(grid->arena, "%s%s%s", axis->factor ? "x" : "",
                        number_format(value, number), axis->unit);
}

static bool range_ends(struct grid *grid, struct grid_axis *axis, const char *low, const char *high)
{
    axis->given[0] = range_value(grid, axis, axis->low);
    axis->given[1] = range_value(grid, axis, axis->high);
    axis->places = arena_alloc(grid->arena, 2, sizeof *axis->places);
    if (axis->places) {
        axis->places[0] = low;
        axis->places[1] = high;
    }
    return axis->given[0] && axis->given[1] && axis->places;
}

static bool range_fill(struct grid *grid, struct grid_axis *axis, size_t count)
{
    char number[NUMBER_SIZE];
    axis->values = arena_alloc(grid->arena, count, sizeof *axis->values);
    for (size_t i = 0; axis->values && i < count; i++) {
        double share = count > 1 ? (double)i / (double)(count - 1) : 0;
        double value = axis->low + (axis->high - axis->low) * share;
        /* 0.1 steps are to read as such */
        value = strtod(number_format_fixed(value, 9, number), NULL);
        axis->values[i] = range_value(grid, axis, value);
        if (!axis->values[i])
            return false;
    }
    axis->count = count;
    return axis->values != NULL;
}

/* `values` up to the dots between its ends, and on. */
static bool range_read(struct grid *grid, struct grid_axis *axis, const char *values,
                       const char *dots, struct errors *errors)
{
    const char *text = axis->text;
    const char *stop = outside(dots + 2, ":");
    struct end low, high;
    if (!end_read(values, (size_t)(dots - values), grid->arena, &low))
        return mistake(text, values, errors, "a range begins with a number, as in 600/h..1200/h:5");
    if (!end_read(dots + 2, (size_t)(stop - dots - 2), grid->arena, &high))
        return mistake(text, dots + 2, errors, "a range ends with a number, as in 3..6");
    if (!*low.unit && !(low.factor && !high.factor))
        low.unit = high.unit; /* 5..10% */
    if (low.factor != high.factor || strcmp(low.unit, high.unit) != 0)
        return mistake(text, dots + 2, errors, "both ends of a range have the same unit");
    if (!(low.number < high.number))
        return mistake(text, values, errors, "a range goes from the smaller value to the larger");
    *axis = (struct grid_axis){.text = text,
                               .path = axis->path,
                               .range = true,
                               .factor = low.factor,
                               .low = low.number,
                               .high = high.number,
                               .unit = low.unit,
                               .whole = is_whole(low.number) && is_whole(high.number) &&
                                        !*low.unit && !low.factor};
    if (!range_ends(grid, axis, values, dots + 2))
        return errors_no_memory(errors);
    if (*stop == ':') {
        double count;
        if (!number_parse(stop + 1, &count) || !is_whole(count) || count < 2 || count > 1e6)
            return mistake(text, stop + 1, errors, "the number of values is from 2 to 1000000");
        return range_fill(grid, axis, (size_t)count) || errors_no_memory(errors);
    }
    if (axis->whole && axis->high - axis->low < 1e6)
        return range_fill(grid, axis, (size_t)(axis->high - axis->low) + 1) ||
               errors_no_memory(errors);
    return true; /* for a sample */
}

static bool list_read(struct grid *grid, struct grid_axis *axis, const char *text,
                      const char *values, struct errors *errors)
{
    size_t most = 1;
    for (const char *c = values; *c; c++)
        most += *c == ',';
    axis->values = arena_alloc(grid->arena, most, sizeof *axis->values);
    axis->places = arena_alloc(grid->arena, most, sizeof *axis->places);
    axis->factor = true;
    if (!axis->values || !axis->places)
        return errors_no_memory(errors);
    for (const char *at = values;; at++) {
        const char *end = outside(at, ",");
        while (isspace((unsigned char)*at) && at < end)
            at++;
        if (at == end)
            return mistake(text, at, errors, "a value is missing");
        const char *value = arena_strndup(grid->arena, at, (size_t)(end - at));
        if (!value)
            return errors_no_memory(errors);
        double factor;
        axis->factor = axis->factor && grid_factor(value, &factor);
        axis->places[axis->count] = at;
        axis->values[axis->count++] = value;
        at = end;
        if (!*at)
            return true;
    }
}

bool grid_add(struct grid *grid, const char *text, struct errors *errors)
{
    const char *equals = outside(text, "=");
    if (grid->axis_count == GRID_AXES_MAX)
        return mistake(text, text, errors, "more than 32 axes");
    if (equals == text || !*equals)
        return mistake(text, text, errors, "an axis is PATH=VALUES");
    struct grid_axis axis = {.text = text,
                             .path = arena_strndup(grid->arena, text, (size_t)(equals - text)),
                             .unit = ""};
    if (!axis.path)
        return errors_no_memory(errors);
    for (size_t i = 0; i < grid->axis_count; i++)
        if (strcmp(grid->axes[i].path, axis.path) == 0)
            return mistake(text, text, errors, "this is varied twice");
    const char *values = equals + 1, *dots = range_dots(values);
    bool ok = dots && !*outside(values, ",") ? range_read(grid, &axis, values, dots, errors)
                                             : list_read(grid, &axis, text, values, errors);
    if (ok)
        grid->axes[grid->axis_count++] = axis;
    return ok;
}

/* ---- Points ---- */

bool grid_close(struct grid *grid, struct errors *errors)
{
    uint64_t points = 1;
    bool countable = true;
    for (size_t i = 0; i < grid->axis_count && grid->sample == 0; i++) {
        const struct grid_axis *axis = &grid->axes[i];
        if (axis->count == 0)
            countable = mistake(axis->text, axis->places[0], errors,
                                "this range needs a count, such as :5, or --sample");
        else if (points <= GRID_POINTS_MAX)
            points *= axis->count; /* at most 1e6 times 1e7 */
    }
    if (!countable)
        return false;
    if (grid->sample > 0)
        points = grid->sample;
    if (points <= GRID_POINTS_MAX)
        return true;
    errors_add(errors, ERROR_USAGE, NULL, 0, 0, "more than %d points", GRID_POINTS_MAX);
    return false;
}

uint64_t grid_points(const struct grid *grid)
{
    uint64_t points = 1;
    if (grid->sample > 0)
        return grid->sample;
    for (size_t i = 0; i < grid->axis_count; i++)
        points *= grid->axes[i].count;
    return points;
}

/* A permutation of 0..n-1 without a table: a Feistel network over the next power of four, walked
 * until it falls inside. */
static uint64_t permuted(uint64_t index, uint64_t n, uint64_t seed, uint64_t axis)
{
    unsigned half = 1;
    while ((UINT64_C(1) << (2 * half)) < n)
        half++;
    uint64_t mask = (UINT64_C(1) << half) - 1;
    do {
        uint64_t left = index >> half, right = index & mask;
        for (uint64_t round = 0; round < 4; round++) {
            uint64_t mixed = random_at(seed, 0, PURPOSE_SAMPLE, axis, (round << 32) | right) & mask;
            uint64_t next = left ^ mixed;
            left = right;
            right = next;
        }
        index = left << half | right;
    } while (index >= n);
    return index;
}

static const char *sampled(const struct grid *grid, const struct grid_axis *axis, uint64_t point,
                           char buffer[static GRID_VALUE_SIZE])
{
    char number[NUMBER_SIZE];
    uint64_t name = random_name(axis->path);
    uint64_t part = permuted(point, grid->sample, grid->seed, name);
    double within =
        random_unit(random_at(grid->seed, 0, PURPOSE_SAMPLE, name, (UINT64_C(1) << 40) + point));
    double share = ((double)part + within) / (double)grid->sample;
    if (!axis->range) {
        size_t at = (size_t)(share * (double)axis->count);
        return axis->values[at < axis->count ? at : axis->count - 1];
    }
    double value = axis->whole ? floor(axis->low + share * (axis->high - axis->low + 1))
                               : axis->low + share * (axis->high - axis->low);
    if (!axis->whole)
        value = strtod(number_format_fixed(value, 6, number), NULL);
    snprintf(buffer, GRID_VALUE_SIZE, "%s%s%.32s", axis->factor ? "x" : "",
             number_format(fmin(value, axis->high), number), axis->unit);
    return buffer;
}

const char *grid_value(const struct grid *grid, uint64_t point, size_t axis,
                       char buffer[static GRID_VALUE_SIZE])
{
    if (grid->sample > 0)
        return sampled(grid, &grid->axes[axis], point, buffer);
    for (size_t i = grid->axis_count; --i > axis;)
        point /= grid->axes[i].count;
    return grid->axes[axis].values[point % grid->axes[axis].count];
}
