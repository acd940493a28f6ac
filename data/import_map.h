/* What the columns of a file of records mean: a mapping, bound to the columns as the file names
 * them, gives for each meaning the text of a row. See data/import_format.h for its form.
 */
#ifndef PEERPLAN_DATA_IMPORT_MAP_H
#define PEERPLAN_DATA_IMPORT_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "data/import_format.h"
#include "data/import_rows.h"
#include "model/base/error.h"

#define IMPORT_MAP_CHOICES 4
#define IMPORT_MAP_PARTS   4
#define IMPORT_MAP_TEXT    512

/* Columns joined by a blank. */
struct import_map_choice {
    char *names[IMPORT_MAP_PARTS]; /* owned */
    int columns[IMPORT_MAP_PARTS]; /* -1: not in this file */
    int count;
};

struct import_map_source {
    struct import_map_choice choices[IMPORT_MAP_CHOICES]; /* the first that is not empty counts */
    int count;
    int column; /* of the single column that it is; -1: it is more, or none */
    char text[IMPORT_MAP_TEXT];
};

struct import_map {
    struct import_map_source sources[MEANING_COUNT];
    bool numbered; /* all columns are numbers: there is no header */
};

/* Reads a mapping. False with an error (ERROR_USAGE). Release it in either case. */
bool import_map_init(struct import_map *map, const char *text, struct errors *errors);
/* Maps every meaning that is the name of a column to it. */
bool import_map_by_name(struct import_map *map, const struct import_rows *rows,
                        struct errors *errors);
void import_map_release(struct import_map *map);

/* Finds the columns in the file. With `all` one that is not there is an error. */
bool import_map_bind(struct import_map *map, const struct import_rows *rows, bool all,
                     struct errors *errors);
/* Marks the columns that are needed; `wanted` has `count` places. */
void import_map_want(const struct import_map *map, bool *wanted, size_t count);

/* Whether the mapping knows the meaning at all. */
static inline bool import_map_has(const struct import_map *map, enum import_meaning meaning)
{
    return map->sources[meaning].count > 0;
}
/* The text in the row, "" when there is none; borrowed until the next row. */
const char *import_map_text(struct import_map *map, const struct import_rows *rows,
                            enum import_meaning meaning);
/* A column of the meaning, for messages. */
size_t import_map_column(const struct import_map *map, enum import_meaning meaning);

#endif
