/* A small CSV file as a whole: header, rows and cells, each cell with its place.
 *
 * For files that people write by hand (capacity tables); call records are streamed instead. Parsed
 * by libcsv: quotes as in RFC 4180, any line ends, a byte order mark is skipped. Empty lines are
 * left out. The order of columns is free, the names in the first row decide. Lines and columns
 * count from 1, columns in characters.
 *
 * Errors: a NUL byte, a quote that does not end, no header, a name in it twice, more than 200
 * columns, a row with more cells than the header. A row with fewer cells reads as if the rest were
 * empty.
 */
#ifndef PEERPLAN_DATA_CSV_DOCUMENT_H
#define PEERPLAN_DATA_CSV_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/arena.h"
#include "model/error.h"

#define CSV_DOCUMENT_MAX ((size_t)16 * 1024 * 1024) /* bytes */

struct csv_cell {
    const char *text; /* blanks around it removed unless quoted */
    long line, column;
    size_t line_start; /* byte of the text where its line begins */
};

struct csv_record {
    struct csv_cell *cells;
    size_t count; /* at least 1 */
};

struct csv_document {
    const char *file; /* for messages; borrowed */
    const char *text; /* borrowed, length bytes */
    size_t length;
    struct csv_record header;
    struct csv_record *records; /* owned by the arena, as all below */
    size_t count;
    struct arena *arena; /* owned */
};

/* Parses text, which must outlive the document. False with errors when it is not a CSV table;
 * release it either way. */
bool csv_document_init(struct csv_document *document, const char *file, const char *text,
                       size_t length, struct errors *errors);
void csv_document_release(struct csv_document *document);

/* The place of a column in the header, SIZE_MAX when there is none of this name. */
size_t csv_document_column(const struct csv_document *document, const char *name);

/* The cell of a record in a column; an empty cell at its last cell when the record is shorter. */
struct csv_cell csv_document_cell(const struct csv_record *record, size_t column);

/* Adds an error at the place of a cell, with its source line. */
void csv_document_error(const struct csv_document *document, struct errors *errors,
                        const struct csv_cell *cell, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
