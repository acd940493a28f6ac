#include "data/capacity_tables.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/builtin.h"
#include "data/csv_document.h"
#include "model/arena.h"

#define RULES_MAX REDUNDANCY_COUNT

struct capacity_tables {
    struct arena *arena;
    struct capacity_table **tables; /* in order of files; owned */
    struct capacity_table **sorted; /* by name; owned */
    size_t count;
    struct capacity_rule rules[RULES_MAX]; /* in order of release */
    size_t rule_count;
};

enum column {
    COLUMN_TABLE,
    COLUMN_RELEASE,
    COLUMN_DOCUMENT,
    COLUMN_UPDATED,
    COLUMN_SCOPE,
    COLUMN_FAST_PATH,
    COLUMN_PLATFORM,
    COLUMN_PEERS,
    COLUMN_SETUP_RATE,
    COLUMN_GAIN,
    COLUMN_TURN_PORTS,
    COLUMN_NOTE,
    COLUMN_FIGURES,
    COLUMN_COUNT = COLUMN_FIGURES + CAPACITY_RESOURCE_COUNT
};

static const char *const column_names[COLUMN_COUNT] = {
    [COLUMN_TABLE] = "table",
    [COLUMN_RELEASE] = "release",
    [COLUMN_DOCUMENT] = "document",
    [COLUMN_UPDATED] = "updated",
    [COLUMN_SCOPE] = "scope",
    [COLUMN_FAST_PATH] = "fast_path",
    [COLUMN_PLATFORM] = "platform",
    [COLUMN_PEERS] = "peers",
    [COLUMN_SETUP_RATE] = "setup_rate",
    [COLUMN_GAIN] = "gain",
    [COLUMN_TURN_PORTS] = "turn_ports",
    [COLUMN_NOTE] = "note",
    [COLUMN_FIGURES + CAPACITY_REGISTRATIONS] = "registrations",
    [COLUMN_FIGURES + CAPACITY_VIDEO_CALLS] = "video_calls",
    [COLUMN_FIGURES + CAPACITY_AUDIO_CALLS] = "audio_calls",
    [COLUMN_FIGURES + CAPACITY_MRA_VIDEO_CALLS] = "mra_video_calls",
    [COLUMN_FIGURES + CAPACITY_RMS] = "rms",
    [COLUMN_FIGURES + CAPACITY_MRA_REGISTRATIONS] = "mra_registrations",
    [COLUMN_FIGURES + CAPACITY_TURN_RELAYS] = "turn_relays",
};

static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const off_on[] = {"off", "on", NULL};
static const char *const scope_names[] = {"node", "recommended", "ceiling", NULL};

const char *capacity_resource_name(enum capacity_resource resource)
{
    return column_names[COLUMN_FIGURES + (int)resource];
}

/* One row of a file before it is part of a table. */
struct draft {
    struct capacity_table head; /* what the row says of its table */
    struct capacity_row row;
    const struct csv_record *record;
    size_t order;
};

/* A file being read. */
struct reader {
    struct csv_document document;
    size_t columns[COLUMN_COUNT]; /* place in the file, SIZE_MAX when absent */
    struct arena *arena;
    const char *default_table;
    bool builtin;
    struct errors *errors;
    struct draft *drafts; /* owned */
    struct made {
        struct capacity_table *table;
        size_t order; /* of its first row */
    } * made;         /* owned; tables made of the drafts */
    size_t made_count;
};

static bool out_of_memory(struct errors *errors, const char *file)
{
    errors_add(errors, ERROR_SOFTWARE, file, 0, 0, "out of memory");
    return false;
}

/* ---- cells ---- */

static struct csv_cell cell_get(const struct reader *reader, const struct csv_record *record,
                                int column)
{
    return csv_document_cell(record, reader->columns[column]);
}

static const char *text_get(struct reader *reader, const struct csv_record *record, int column)
{
    struct csv_cell cell = cell_get(reader, record, column);
    char *copy = arena_strdup(reader->arena, cell.text);
    if (!copy)
        out_of_memory(reader->errors, reader->document.file);
    return copy ? copy : "";
}

/* A whole number of least..most; `empty` when the cell is empty. */
static int64_t number_get(struct reader *reader, const struct csv_record *record, int column,
                          int64_t least, int64_t most, int64_t empty)
{
    struct csv_cell cell = cell_get(reader, record, column);
    if (!cell.text[0])
        return empty;
    int64_t value = 0;
    bool good = true;
    for (const char *at = cell.text; *at && good; at++) {
        good = *at >= '0' && *at <= '9';
        if (good)
            value = value * 10 + (*at - '0');
        good = good && value <= most;
    }
    if (good && value >= least)
        return value;
    csv_document_error(&reader->document, reader->errors, &cell,
                       "%s: '%s' is not a whole number from %lld to %lld", column_names[column],
                       cell.text, (long long)least, (long long)most);
    return empty;
}

/* The place of a word in a list; `empty` when the cell is empty. */
static int word_get(struct reader *reader, const struct csv_record *record, int column,
                    const char *const *words, int empty)
{
    struct csv_cell cell = cell_get(reader, record, column);
    if (!cell.text[0])
        return empty;
    for (int i = 0; words[i]; i++)
        if (strcmp(cell.text, words[i]) == 0)
            return i;
    csv_document_error(&reader->document, reader->errors, &cell,
                       "%s: '%s' is neither %s nor %s%s%s", column_names[column], cell.text,
                       words[0], words[1], words[2] ? " nor " : "", words[2] ? words[2] : "");
    return empty;
}

/* ---- rows ---- */

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool common_multiple(int64_t a, int64_t b, int64_t *result)
{
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

static void row_read(struct reader *reader, const struct csv_record *record,
                     struct capacity_row *row)
{
    row->platform = text_get(reader, record, COLUMN_PLATFORM);
    row->note = text_get(reader, record, COLUMN_NOTE);
    row->peers = (int)number_get(reader, record, COLUMN_PEERS, 1, CLUSTER_PEERS_MAX, 1);
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++) {
        bool calls = i >= CAPACITY_VIDEO_CALLS && i <= CAPACITY_MRA_VIDEO_CALLS;
        row->figures[i] = number_get(reader, record, COLUMN_FIGURES + i, calls ? 1 : 0,
                                     CAPACITY_FIGURE_MAX, CAPACITY_NOT_STATED);
    }
    row->setup_rate =
        number_get(reader, record, COLUMN_SETUP_RATE, 1, CAPACITY_FIGURE_MAX, CAPACITY_NOT_STATED);
    row->gain = word_get(reader, record, COLUMN_GAIN, yes_no, 1) == 1;
    row->turn_ports = word_get(reader, record, COLUMN_TURN_PORTS, yes_no, 0) == 1;
    if (!row->platform[0])
        csv_document_error(&reader->document, reader->errors, &record->cells[0],
                           "a row without a platform");
    if (!units_make(row))
        csv_document_error(&reader->document, reader->errors, &record->cells[0],
                           "the call figures of '%s' have no common unit", row->platform);
}

static void head_read(struct reader *reader, const struct csv_record *record,
                      struct capacity_table *head)
{
    head->name = text_get(reader, record, COLUMN_TABLE);
    if (!head->name[0])
        head->name = reader->default_table;
    head->release = text_get(reader, record, COLUMN_RELEASE);
    head->document = text_get(reader, record, COLUMN_DOCUMENT);
    head->updated = text_get(reader, record, COLUMN_UPDATED);
    head->scope =
        (enum capacity_scope)word_get(reader, record, COLUMN_SCOPE, scope_names, CAPACITY_NODE);
    head->fast_path = word_get(reader, record, COLUMN_FAST_PATH, off_on, 0) == 1;
    head->builtin = reader->builtin;
}

/* ---- tables ---- */

static int compare_drafts(const void *a, const void *b)
{
    const struct draft *x = a, *y = b;
    int order = strcmp(x->head.name, y->head.name);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static int compare_rows(const struct capacity_row *a, const struct capacity_row *b)
{
    int order = strcmp(a->platform, b->platform);
    return order ? order : a->peers - b->peers;
}

static int compare_row_pointers(const void *a, const void *b)
{
    const struct capacity_row *const *x = a, *const *y = b;
    int order = compare_rows(*x, *y);
    return order ? order : (*x > *y) - (*x < *y);
}

static int compare_names(const void *a, const void *b)
{
    const struct capacity_table *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* Rows of one table must agree on what the table is: else two documents would be merged into one.
 */
static void head_check(struct reader *reader, const struct draft *first, const struct draft *draft)
{
    const struct capacity_table *a = &first->head, *b = &draft->head;
    int column = strcmp(a->release, b->release)     ? COLUMN_RELEASE
                 : strcmp(a->document, b->document) ? COLUMN_DOCUMENT
                 : strcmp(a->updated, b->updated)   ? COLUMN_UPDATED
                 : a->scope != b->scope             ? COLUMN_SCOPE
                 : a->fast_path != b->fast_path     ? COLUMN_FAST_PATH
                                                    : COLUMN_COUNT;
    if (column == COLUMN_COUNT)
        return;
    struct csv_cell cell = cell_get(reader, draft->record, column);
    csv_document_error(&reader->document, reader->errors, &cell,
                       "table '%s' has another %s in line %ld: tables are not merged", b->name,
                       column_names[column], first->record->cells[0].line);
}

static void duplicates_check(struct reader *reader, const struct capacity_table *table,
                             const struct draft *drafts)
{
    for (size_t i = 1; i < table->row_count; i++) {
        const struct capacity_row *before = table->sorted[i - 1], *row = table->sorted[i];
        if (compare_rows(before, row) != 0)
            continue;
        struct csv_cell cell = cell_get(reader, drafts[row - table->rows].record, COLUMN_PLATFORM);
        csv_document_error(&reader->document, reader->errors, &cell,
                           "table '%s' has '%s' with %d peers already in line %ld", table->name,
                           row->platform, row->peers,
                           drafts[before - table->rows].record->cells[0].line);
    }
}

/* A table of count drafts that have its name; NULL when out of memory. */
static struct capacity_table *table_make(struct reader *reader, const struct draft *drafts,
                                         size_t count)
{
    struct capacity_table *table = arena_alloc(reader->arena, 1, sizeof *table);
    struct capacity_row *rows = arena_alloc(reader->arena, count, sizeof *rows);
    struct capacity_row **sorted = arena_alloc(reader->arena, count, sizeof(struct capacity_row *));
    if (!table || !rows || !sorted) {
        out_of_memory(reader->errors, reader->document.file);
        return NULL;
    }
    *table = drafts[0].head;
    table->rows = rows;
    table->sorted = sorted;
    table->row_count = count;
    for (size_t i = 0; i < count; i++) {
        rows[i] = drafts[i].row;
        sorted[i] = &rows[i];
        head_check(reader, &drafts[0], &drafts[i]);
    }
    qsort(sorted, count, sizeof *sorted, compare_row_pointers);
    duplicates_check(reader, table, drafts);
    return table;
}

static const struct capacity_table *find_exact(const struct capacity_tables *tables,
                                               const char *name)
{
    const struct capacity_table key = {.name = name}, *pointer = &key;
    struct capacity_table **found = tables->count ? bsearch(&pointer, tables->sorted, tables->count,
                                                            sizeof *tables->sorted, compare_names)
                                                  : NULL;
    return found ? *found : NULL;
}

static bool drafts_read(struct reader *reader)
{
    const struct csv_document *document = &reader->document;
    reader->drafts = calloc(document->count + 1, sizeof *reader->drafts);
    reader->made = calloc(document->count + 1, sizeof *reader->made);
    if (!reader->drafts || !reader->made)
        return out_of_memory(reader->errors, document->file);
    for (size_t i = 0; i < document->count; i++) {
        struct draft *draft = &reader->drafts[i];
        draft->record = &document->records[i];
        draft->order = i;
        head_read(reader, draft->record, &draft->head);
        row_read(reader, draft->record, &draft->row);
    }
    return true;
}

static int compare_order(const void *a, const void *b)
{
    const struct made *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

/* Tables of the drafts, in the order in which the file begins them. */
static void tables_make(struct reader *reader, const struct capacity_tables *tables)
{
    size_t count = reader->document.count;
    struct draft *drafts = reader->drafts;
    qsort(drafts, count, sizeof *drafts, compare_drafts);
    for (size_t start = 0, end; start < count; start = end) {
        const char *name = drafts[start].head.name;
        for (end = start + 1; end < count && strcmp(name, drafts[end].head.name) == 0;)
            end++;
        if (find_exact(tables, name))
            csv_document_error(&reader->document, reader->errors, &drafts[start].record->cells[0],
                               "there is a table '%s' already: give this one a name of its own",
                               name);
        struct capacity_table *table = table_make(reader, &drafts[start], end - start);
        if (table)
            reader->made[reader->made_count++] = (struct made){table, drafts[start].order};
    }
    qsort(reader->made, reader->made_count, sizeof *reader->made, compare_order);
}

static bool columns_find(struct reader *reader)
{
    const struct csv_record *header = &reader->document.header;
    for (int i = 0; i < COLUMN_COUNT; i++)
        reader->columns[i] = csv_document_column(&reader->document, column_names[i]);
    for (size_t i = 0; i < header->count; i++) {
        bool known = false;
        for (int column = 0; column < COLUMN_COUNT; column++)
            known = known || reader->columns[column] == i;
        if (!known)
            errors_warn(reader->errors, reader->document.file, header->cells[i].line,
                        header->cells[i].column, "column '%s' is not known and not read",
                        header->cells[i].text);
    }
    if (reader->columns[COLUMN_PLATFORM] != SIZE_MAX)
        return true;
    csv_document_error(&reader->document, reader->errors, &header->cells[0],
                       "no column 'platform'");
    return false;
}

/* ---- the collection ---- */

static bool tables_append(struct capacity_tables *tables, const struct made *made, size_t count)
{
    size_t total = tables->count + count;
    struct capacity_table **all = realloc(tables->tables, (total + 1) * sizeof *all);
    if (all)
        tables->tables = all;
    struct capacity_table **sorted = realloc(tables->sorted, (total + 1) * sizeof *sorted);
    if (sorted)
        tables->sorted = sorted;
    if (!all || !sorted)
        return false;
    for (size_t i = 0; i < count; i++)
        all[tables->count + i] = sorted[tables->count + i] = made[i].table;
    tables->count = total;
    qsort(sorted, total, sizeof *sorted, compare_names);
    return true;
}

static bool add_text(struct capacity_tables *tables, const char *name, const char *text,
                     size_t length, bool builtin, struct errors *errors)
{
    size_t failures = errors->failures;
    struct reader reader = {.arena = tables->arena, .builtin = builtin, .errors = errors};
    const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    size_t base_length = strlen(base);
    if (base_length > 4 && strcmp(base + base_length - 4, ".csv") == 0)
        base_length -= 4;
    reader.default_table = arena_strndup(tables->arena, base, base_length);
    bool good = reader.default_table || out_of_memory(errors, name);
    if (good && csv_document_init(&reader.document, name, text, length, errors) &&
        columns_find(&reader) && drafts_read(&reader)) {
        if (reader.document.count == 0)
            errors_add(errors, ERROR_DATA, name, 2, 1, "no rows");
        tables_make(&reader, tables);
        if (errors->failures == failures && !tables_append(tables, reader.made, reader.made_count))
            out_of_memory(errors, name);
    }
    free(reader.drafts);
    free(reader.made);
    csv_document_release(&reader.document);
    return errors->failures == failures;
}

bool capacity_tables_add_text(struct capacity_tables *tables, const char *name, const char *text,
                              size_t length, struct errors *errors)
{
    return add_text(tables, name, text, length, false, errors);
}

/* The bytes of a stream, at most one more than a document may have; owned, NULL on error (errno).
 */
static char *stream_read(FILE *stream, size_t *length)
{
    char *text = NULL;
    size_t room = 0;
    *length = 0;
    do {
        room = room ? room * 2 : 16384;
        char *larger = realloc(text, room);
        if (!larger) {
            free(text);
            return NULL;
        }
        text = larger;
        *length += fread(text + *length, 1, room - *length, stream);
    } while (*length == room && *length <= CSV_DOCUMENT_MAX);
    if (ferror(stream)) {
        free(text);
        return NULL;
    }
    return text;
}

bool capacity_tables_add_file(struct capacity_tables *tables, const char *path,
                              struct errors *errors)
{
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        errors_add(errors, ERROR_NO_INPUT, path, 0, 0, "%s", strerror(errno));
        return false;
    }
    size_t length;
    char *text = stream_read(stream, &length);
    int reason = errno;
    fclose(stream);
    if (!text) {
        errors_add(errors, ERROR_NO_INPUT, path, 0, 0, "%s", strerror(reason));
        return false;
    }
    bool good = add_text(tables, path, text, length, false, errors);
    free(text);
    return good;
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

static const char *const rule_columns[RULE_COLUMNS] = {
    "redundancy", "release_from", "release_to", "peers", "factor", "no_gain_factor", "document",
};

/* One row: a rule and a number of peers. What is wrong in our own file is a defect. */
static bool rule_read(struct capacity_tables *tables, const struct csv_document *document,
                      const struct csv_record *record)
{
    const char *cells[RULE_COLUMNS];
    for (int i = 0; i < RULE_COLUMNS; i++) {
        size_t column = csv_document_column(document, rule_columns[i]);
        assert(column != SIZE_MAX);
        cells[i] = arena_strdup(tables->arena, csv_document_cell(record, column).text);
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
    struct csv_document document;
    bool good = csv_document_init(&document, file->name, file->text, strlen(file->text), errors);
    for (size_t i = 0; i < document.count && good; i++)
        good =
            rule_read(tables, &document, &document.records[i]) || out_of_memory(errors, file->name);
    csv_document_release(&document);
    return good;
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
        good = add_text(tables, file->name, file->text, strlen(file->text), true, errors);
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
    const struct capacity_table *table = find_exact(tables, name);
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof halves / sizeof *halves && !table; i++) {
        size_t half = strlen(halves[i]);
        if (length <= half || strcmp(name + length - half, halves[i]) != 0)
            continue;
        char *whole = strndup(name, length - half);
        if (whole)
            table = find_exact(tables, whole);
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
    return compare_rows(key, *row);
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
