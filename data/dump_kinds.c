/* The reference of settings, data/xconfiguration.csv. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/builtin.h"
#include "data/csv_reader.h"
#include "data/dump_parse.h"
#include "model/findings.h"

enum column { PATH, TYPE, LOW, HIGH, DEFAULT, SCOPE, FINDING, COLUMNS };

static const struct csv_column columns[COLUMNS] = {
    {"path", true},    {"type", true},  {"low", true},     {"high", true},
    {"default", true}, {"scope", true}, {"finding", true},
};

/* In the order of enum setting_type. */
static const char *const types[] = {"text", "name", "choice", "integer", "secret"};

static int by_path(const void *left, const void *right)
{
    const struct setting_kind *a = left, *b = right;
    return strcasecmp(a->path, b->path);
}

/* A row; what is wrong in our own file is a defect. */
static bool read_kind(struct setting_kind *kind, const struct csv_reader *reader,
                      struct arena *arena)
{
    const char *cells[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = csv_reader_field(reader, i);
    size_t type = 0;
    while (type < SETTING_SECRET && strcmp(types[type], cells[TYPE]) != 0)
        type++;
    assert(strcmp(types[type], cells[TYPE]) == 0);
    bool known = strcmp(cells[DEFAULT], "?") != 0; /* the document prints none, or a part of it */
    *kind = (struct setting_kind){
        .path = arena_strdup(arena, cells[PATH]),
        .type = (enum setting_type)type,
        .low = strtoll(cells[LOW], NULL, 10),
        .high = strtoll(cells[HIGH], NULL, 10),
        .fallback = known ? arena_strdup(arena, cells[DEFAULT]) : NULL,
        .peer_specific = strcmp(cells[SCOPE], "peer") == 0,
        .finding = *cells[FINDING] ? finding_of_word(cells[FINDING]) : -1,
    };
    assert(!*cells[FINDING] || kind->finding >= 0);
    return kind->path && (!known || kind->fallback);
}

bool dump_kinds_read(struct dump_kinds *kinds, struct arena *arena, struct errors *errors)
{
    enum { KINDS_MAX = 1024 };
    const struct builtin_file *file = &builtin_xconfiguration[0];
    struct input *input = input_memory(file->name, file->text, strlen(file->text), 0, errors);
    struct csv_reader *reader = input ? csv_reader_new(input, columns, COLUMNS, errors) : NULL;
    kinds->items = arena_alloc(arena, KINDS_MAX, sizeof *kinds->items);
    kinds->count = 0;
    bool good = reader && kinds->items;
    enum csv_result result = CSV_FAILED;
    while (good && (result = csv_reader_next(reader, errors)) == CSV_ROW) {
        assert(kinds->count < KINDS_MAX);
        good = read_kind(&kinds->items[kinds->count++], reader, arena);
    }
    csv_reader_free(reader);
    if (good)
        qsort(kinds->items, kinds->count, sizeof *kinds->items, by_path);
    return good && result == CSV_END;
}
