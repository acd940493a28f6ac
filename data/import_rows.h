/* A file of call records as rows of named fields, whether CSV or JSON, with a header or without:
 * the first bytes decide which format it is.
 *
 * Header lines, also such that come again where files were joined, and lines of types are passed
 * over and not counted. Where a header in the middle names other columns, the columns change.
 */
#ifndef PEERPLAN_DATA_IMPORT_ROWS_H
#define PEERPLAN_DATA_IMPORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "data/csv_rows.h"
#include "data/import_format.h"
#include "data/input.h"
#include "model/base/error.h"

struct import_rows;

struct import_rows_options {
    const char *format; /* of import_formats, or "auto" */
    bool numbered;      /* columns go by number: there is no header */
    bool header;        /* the first row is a header whatever it names */
    char delimiter;     /* 0: found */
};

/* Takes the input over. Owned; NULL with errors. With "auto" a file that is none of the formats is
 * an error; one with nothing in it has the format csv. */
struct import_rows *import_rows_new(struct input *input, const struct import_rows_options *options,
                                    struct errors *errors);
void import_rows_free(struct import_rows *rows); /* takes NULL */

const struct import_format *import_rows_format(const struct import_rows *rows);
bool import_rows_empty(const struct import_rows *rows); /* nothing was found to tell it by */
const char *import_rows_name(const struct import_rows *rows);

/* The columns as they are named now. */
size_t import_rows_columns(const struct import_rows *rows);
const char *import_rows_column_name(const struct import_rows *rows, size_t column);
/* -1: there is none. Names in any case; a number, where columns go by number. */
int import_rows_column(const struct import_rows *rows, const char *name);

/* Only these columns are read from now on. False when out of memory. */
bool import_rows_keep(struct import_rows *rows, const bool *wanted, size_t count);

/* Goes to the next row. A row that the caller cannot use is shown to import_rows_header first. */
enum csv_result import_rows_next(struct import_rows *rows, struct errors *errors);
const char *import_rows_field(const struct import_rows *rows, size_t column);
bool import_rows_width_good(const struct import_rows *rows, size_t *fields, size_t *expected);

/* Whether the row is a header or a line of types after all; *changed: the columns are others now,
 * and all of them are read until import_rows_keep. */
bool import_rows_header(struct import_rows *rows, bool *changed);

const char *import_rows_text(const struct import_rows *rows, size_t *length);
const char *import_rows_problem(const struct import_rows *rows);
struct csv_place
import_rows_place(const struct import_rows *rows); /* of the row, or what spoils it */
struct csv_place import_rows_field_place(const struct import_rows *rows, size_t column);

#endif
