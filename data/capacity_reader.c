#include "data/capacity_reader.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv_reader.h"
#include "model/base/divisor.h"

/* The first ones say what a row belongs to; mistakes in them may show only when the whole file is
 * read. */
enum column {
    COLUMN_TABLE,
    COLUMN_RELEASE,
    COLUMN_DOCUMENT,
    COLUMN_UPDATED,
    COLUMN_SCOPE,
    COLUMN_FAST_PATH,
    COLUMN_PLATFORM,
    COLUMN_PLACES,
    COLUMN_PEERS = COLUMN_PLACES,
    COLUMN_SETUP_RATE,
    COLUMN_GAIN,
    COLUMN_TURN_PORTS,
    COLUMN_NOTE,
    COLUMN_FIGURES,
    COLUMN_COUNT = COLUMN_FIGURES + CAPACITY_RESOURCE_COUNT
};

static const struct csv_column columns[COLUMN_COUNT] = {
    [COLUMN_TABLE] = {"table", false},
    [COLUMN_RELEASE] = {"release", false},
    [COLUMN_DOCUMENT] = {"document", false},
    [COLUMN_UPDATED] = {"updated", false},
    [COLUMN_SCOPE] = {"scope", false},
    [COLUMN_FAST_PATH] = {"fast_path", false},
    [COLUMN_PLATFORM] = {"platform", true},
    [COLUMN_PEERS] = {"peers", false},
    [COLUMN_SETUP_RATE] = {"setup_rate", false},
    [COLUMN_GAIN] = {"gain", false},
    [COLUMN_TURN_PORTS] = {"turn_ports", false},
    [COLUMN_NOTE] = {"note", false},
    [COLUMN_FIGURES + CAPACITY_REGISTRATIONS] = {"registrations", false},
    [COLUMN_FIGURES + CAPACITY_VIDEO_CALLS] = {"video_calls", false},
    [COLUMN_FIGURES + CAPACITY_AUDIO_CALLS] = {"audio_calls", false},
    [COLUMN_FIGURES + CAPACITY_MRA_VIDEO_CALLS] = {"mra_video_calls", false},
    [COLUMN_FIGURES + CAPACITY_RMS] = {"rms", false},
    [COLUMN_FIGURES + CAPACITY_MRA_REGISTRATIONS] = {"mra_registrations", false},
    [COLUMN_FIGURES + CAPACITY_TURN_RELAYS] = {"turn_relays", false},
};

static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const off_on[] = {"off", "on", NULL};
static const char *const scopes[] = {"node", "recommended", "ceiling", NULL};

const char *capacity_resource_name(enum capacity_resource resource)
{
    return columns[COLUMN_FIGURES + (int)resource].name;
}

/* A row of the file before it is part of a table. */
struct draft {
    struct capacity_table head; /* what the row says of its table */
    struct capacity_row row;
    struct place {
        long line, column;
    } places[COLUMN_PLACES];
    const char *source; /* its line */
    size_t order;
};

struct made {
    struct capacity_table *table;
    size_t order; /* of its first row */
};

struct reading {
    struct csv_reader *csv;
    const char *file;
    struct capacity_target *target;
    struct errors *errors;
    struct draft *drafts; /* owned */
    size_t count, room;
};

static bool out_of_memory(struct reading *reading)
{
    errors_add(reading->errors, ERROR_SOFTWARE, reading->file, 0, 0, "out of memory");
    return false;
}

/* ---- fields ---- */

static const char *field(const struct reading *reading, int column)
{
    const char *text = csv_reader_field(reading->csv, (size_t)column);
    return text ? text : "";
}

static void field_error(struct reading *reading, int column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void field_error(struct reading *reading, int column, const char *format, ...)
{
    struct csv_place place = csv_reader_place(reading->csv, (size_t)column);
    va_list args;
    va_start(args, format);
    errors_vadd(reading->errors, ERROR_DATA,
                (struct error_place){reading->file, place.line, place.column}, format, args);
    va_end(args);
    errors_set_source(reading->errors, place.text, place.length);
}

static const char *text_get(struct reading *reading, int column)
{
    const char *copy = arena_strdup(reading->target->arena, field(reading, column));
    if (!copy)
        out_of_memory(reading);
    return copy ? copy : "";
}

/* A whole number of least..most; `empty` when the field is empty. */
static int64_t number_get(struct reading *reading, int column, int64_t least, int64_t most,
                          int64_t empty)
{
    const char *text = field(reading, column);
    if (!text[0])
        return empty;
    int64_t value = 0;
    bool good = true;
    for (const char *at = text; *at && good; at++) {
        good = *at >= '0' && *at <= '9';
        if (good)
            value = value * 10 + (*at - '0');
        good = good && value <= most;
    }
    if (good && value >= least)
        return value;
    field_error(reading, column, "%s: '%s' is not a whole number from %lld to %lld",
                columns[column].name, text, (long long)least, (long long)most);
    return empty;
}

/* The place of a word in a list; `empty` when the field is empty. */
static int word_get(struct reading *reading, int column, const char *const *words, int empty)
{
    const char *text = field(reading, column);
    if (!text[0])
        return empty;
    for (int i = 0; words[i]; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    field_error(reading, column, "%s: '%s' is neither %s nor %s%s%s", columns[column].name, text,
                words[0], words[1], words[2] ? " nor " : "", words[2] ? words[2] : "");
    return empty;
}

/* ---- rows ---- */

static bool common_multiple(int64_t a, int64_t b, int64_t *result)
{
    assert(a > 0 && b > 0); /* figures of calls are at least 1 */
    return !__builtin_mul_overflow(a / common_divisor(a, b), b, result);
}

/* Units and weights such that each call figure is reached exactly; false when the units would
 * overflow. */
static bool units_make(struct capacity_row *row)
{
    int64_t audio = row->figures[CAPACITY_AUDIO_CALLS], video = row->figures[CAPACITY_VIDEO_CALLS],
            mra = row->figures[CAPACITY_MRA_VIDEO_CALLS];
    if (video == CAPACITY_NOT_STATED)
        video = mra;
    if (audio == CAPACITY_NOT_STATED && video == CAPACITY_NOT_STATED) {
        row->units = CAPACITY_UNLIMITED;
        row->audio_weight = 1;
        row->video_weight = row->mra_video_weight = 2;
        return true;
    }
    if (audio == CAPACITY_NOT_STATED)
        audio = 2 * video;
    int64_t units = audio;
    bool good = video == CAPACITY_NOT_STATED ? common_multiple(2, audio, &units)
                                             : common_multiple(audio, video, &units);
    if (mra == CAPACITY_NOT_STATED)
        mra = video;
    good = good && (mra == CAPACITY_NOT_STATED || common_multiple(units, mra, &units));
    if (!good)
        return false;
    row->units = units;
    row->audio_weight = units / audio;
    row->video_weight = video == CAPACITY_NOT_STATED ? 2 * row->audio_weight : units / video;
    row->mra_video_weight = mra == CAPACITY_NOT_STATED ? row->video_weight : units / mra;
    return true;
}

static void row_read(struct reading *reading, struct capacity_row *row)
{
    row->platform = text_get(reading, COLUMN_PLATFORM);
    row->note = text_get(reading, COLUMN_NOTE);
    row->peers = (int)number_get(reading, COLUMN_PEERS, 1, CLUSTER_PEERS_MAX, 1);
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++) {
        bool calls = i >= CAPACITY_VIDEO_CALLS && i <= CAPACITY_MRA_VIDEO_CALLS;
        row->figures[i] = number_get(reading, COLUMN_FIGURES + i, calls ? 1 : 0,
                                     CAPACITY_FIGURE_MAX, CAPACITY_NOT_STATED);
    }
    row->setup_rate =
        number_get(reading, COLUMN_SETUP_RATE, 1, CAPACITY_FIGURE_MAX, CAPACITY_NOT_STATED);
    row->gain = word_get(reading, COLUMN_GAIN, yes_no, 1) == 1;
    row->turn_ports = word_get(reading, COLUMN_TURN_PORTS, yes_no, 0) == 1;
    if (!row->platform[0])
        field_error(reading, COLUMN_PLATFORM, "a row without a platform");
    if (!units_make(row))
        field_error(reading, COLUMN_PLATFORM, "the call figures of '%s' have no common unit",
                    row->platform);
}

static void head_read(struct reading *reading, struct capacity_table *head)
{
    head->name = text_get(reading, COLUMN_TABLE);
    if (!head->name[0])
        head->name = reading->target->default_table;
    head->release = text_get(reading, COLUMN_RELEASE);
    head->document = text_get(reading, COLUMN_DOCUMENT);
    head->updated = text_get(reading, COLUMN_UPDATED);
    head->scope = (enum capacity_scope)word_get(reading, COLUMN_SCOPE, scopes, CAPACITY_NODE);
    head->fast_path = word_get(reading, COLUMN_FAST_PATH, off_on, 0) == 1;
}

static bool draft_read(struct reading *reading)
{
    if (reading->count == reading->room) {
        size_t room = reading->room ? reading->room * 2 : 64;
        struct draft *larger = reallocarray(reading->drafts, room, sizeof *larger);
        if (!larger)
            return out_of_memory(reading);
        reading->drafts = larger;
        reading->room = room;
    }
    struct draft *draft = &reading->drafts[reading->count];
    *draft = (struct draft){.order = reading->count++};
    struct csv_place place = csv_reader_row_place(reading->csv);
    draft->source = arena_strndup(reading->target->arena, place.text, place.length);
    for (size_t i = 0; i < COLUMN_PLACES; i++) {
        place = csv_reader_place(reading->csv, i);
        draft->places[i] = (struct place){place.line, place.column};
    }
    head_read(reading, &draft->head);
    row_read(reading, &draft->row);
    return draft->source || out_of_memory(reading);
}

static bool drafts_read(struct reading *reading)
{
    for (;;) {
        switch (csv_reader_next(reading->csv, reading->errors)) {
        case CSV_ROW:
            if (!draft_read(reading))
                return false;
            break;
        case CSV_BAD: {
            struct csv_place place = csv_reader_row_place(reading->csv);
            errors_add(reading->errors, ERROR_DATA, reading->file, place.line, place.column, "%s",
                       csv_reader_problem(reading->csv));
            errors_set_source(reading->errors, place.text, place.length);
            break;
        }
        case CSV_END:
            return true;
        case CSV_FAILED:
            return false;
        }
    }
}

/* ---- tables ---- */

static int compare_drafts(const void *a, const void *b)
{
    const struct draft *x = a, *y = b;
    int order = strcmp(x->head.name, y->head.name);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

int capacity_row_compare(const struct capacity_row *a, const struct capacity_row *b)
{
    int order = strcmp(a->platform, b->platform);
    return order ? order : a->peers - b->peers;
}

static int compare_row_pointers(const void *a, const void *b)
{
    const struct capacity_row *const *x = a, *const *y = b;
    int order = capacity_row_compare(*x, *y);
    return order ? order : (*x > *y) - (*x < *y);
}

static int compare_made(const void *a, const void *b)
{
    const struct made *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

static void draft_error(struct reading *reading, const struct draft *draft, int column,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

static void draft_error(struct reading *reading, const struct draft *draft, int column,
                        const char *format, ...)
{
    const struct place *place = &draft->places[column];
    va_list args;
    va_start(args, format);
    errors_vadd(reading->errors, ERROR_DATA,
                (struct error_place){reading->file, place->line, place->column}, format, args);
    va_end(args);
    errors_set_source(reading->errors, draft->source, strlen(draft->source));
}

/* Rows of one table must agree on what the table is: else two documents would be merged into one.
 */
static void head_check(struct reading *reading, const struct draft *first,
                       const struct draft *draft)
{
    const struct capacity_table *a = &first->head, *b = &draft->head;
    int column = strcmp(a->release, b->release)     ? COLUMN_RELEASE
                 : strcmp(a->document, b->document) ? COLUMN_DOCUMENT
                 : strcmp(a->updated, b->updated)   ? COLUMN_UPDATED
                 : a->scope != b->scope             ? COLUMN_SCOPE
                 : a->fast_path != b->fast_path     ? COLUMN_FAST_PATH
                                                    : COLUMN_PLACES;
    if (column != COLUMN_PLACES)
        draft_error(reading, draft, column,
                    "table '%s' has another %s in line %ld: tables are not merged", b->name,
                    columns[column].name, first->places[COLUMN_PLATFORM].line);
}

static void duplicates_check(struct reading *reading, const struct capacity_table *table,
                             const struct draft *drafts)
{
    for (size_t i = 1; i < table->row_count; i++) {
        const struct capacity_row *before = table->sorted[i - 1], *row = table->sorted[i];
        if (capacity_row_compare(before, row) == 0)
            draft_error(reading, &drafts[row - table->rows], COLUMN_PLATFORM,
                        "table '%s' has '%s' with %d peers already in line %ld", table->name,
                        row->platform, row->peers,
                        drafts[before - table->rows].places[COLUMN_PLATFORM].line);
    }
}

/* A table of count drafts that have its name; NULL when out of memory. */
static struct capacity_table *table_make(struct reading *reading, const struct draft *drafts,
                                         size_t count)
{
    struct arena *arena = reading->target->arena;
    struct capacity_table *table = arena_alloc(arena, 1, sizeof *table);
    struct capacity_row *rows = arena_alloc(arena, count, sizeof *rows);
    const struct capacity_row **sorted = arena_alloc(arena, count, sizeof(struct capacity_row *));
    if (!table || !rows || !sorted) {
        out_of_memory(reading);
        return NULL;
    }
    *table = drafts[0].head;
    table->rows = rows;
    table->sorted = sorted;
    table->row_count = count;
    for (size_t i = 0; i < count; i++) {
        rows[i] = drafts[i].row;
        sorted[i] = &rows[i];
        head_check(reading, &drafts[0], &drafts[i]);
    }
    qsort(sorted, count, sizeof *sorted, compare_row_pointers);
    duplicates_check(reading, table, drafts);
    return table;
}

/* Tables of the drafts; false when out of memory. */
static bool tables_make(struct reading *reading)
{
    struct capacity_target *target = reading->target;
    struct draft *drafts = reading->drafts;
    size_t count = reading->count;
    struct made *made = calloc(count + 1, sizeof *made);
    target->tables = calloc(count + 1, sizeof(struct capacity_table *));
    if (!made || !target->tables) {
        free(made);
        return out_of_memory(reading);
    }
    if (count)
        qsort(drafts, count, sizeof *drafts, compare_drafts);
    for (size_t start = 0, end; start < count; start = end) {
        const char *name = drafts[start].head.name;
        for (end = start + 1; end < count && strcmp(name, drafts[end].head.name) == 0;)
            end++;
        if (capacity_tables_exact(target->existing, name))
            draft_error(reading, &drafts[start], COLUMN_TABLE,
                        "there is a table '%s' already: give this one a name of its own", name);
        struct capacity_table *table = table_make(reading, &drafts[start], end - start);
        if (table)
            made[target->count++] = (struct made){table, drafts[start].order};
    }
    qsort(made, target->count, sizeof *made, compare_made);
    for (size_t i = 0; i < target->count; i++)
        target->tables[i] = made[i].table;
    free(made);
    return true;
}

bool capacity_reader_read(struct input *input, struct capacity_target *target,
                          struct errors *errors)
{
    size_t failures = errors->failures;
    struct reading reading = {.target = target, .errors = errors};
    target->tables = NULL;
    target->count = 0;
    reading.csv = csv_reader_new(input, columns, COLUMN_COUNT, errors);
    if (reading.csv) {
        reading.file = csv_reader_name(reading.csv);
        if (drafts_read(&reading)) {
            if (reading.count == 0 && errors->failures == failures)
                errors_add(errors, ERROR_DATA, reading.file, 1, 1, "no rows below the header");
            tables_make(&reading);
        }
    }
    free(reading.drafts);
    csv_reader_free(reading.csv);
    if (errors->failures == failures)
        return true;
    free(target->tables);
    target->tables = NULL;
    target->count = 0;
    return false;
}
