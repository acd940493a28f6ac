/* CSV files of any length, row by row: memory for one row, whatever the file holds.
 *
 * The first row names the columns; the caller asks for columns by name, so that their order is free
 * and further columns are ignored. Parsed by libcsv: quotes as in RFC 4180, LF, CRLF or CR, a byte
 * order mark is skipped, blanks around fields without quotes are removed, empty lines are left out.
 * The result does not depend on how the input is cut in pieces.
 *
 * A mistake inside a row (too many or too few fields, a quote in the wrong place, a NUL byte)
 * spoils this row only and is told with the row. What spoils the rest of the file is an error: no
 * header, a column asked for is missing or there twice, a quote that is never closed, a row of more
 * than CSV_ROW_MAX bytes, corrupt compression.
 *
 * Lines are those of the file, also after line ends inside quotes; columns count characters.
 */
#ifndef PEERPLAN_DATA_CSV_READER_H
#define PEERPLAN_DATA_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "data/input.h"
#include "model/base/error.h"

#define CSV_ROW_MAX ((size_t)1024 * 1024)

struct csv_column {
    const char *name;
    bool required;
};

struct csv_reader;

/* Takes the input over and reads the header. Columns are borrowed. Owned; NULL with errors. */
struct csv_reader *csv_reader_new(struct input *input, const struct csv_column *columns,
                                  size_t count, struct errors *errors);
void csv_reader_free(struct csv_reader *reader); /* takes NULL */

enum csv_result {
    CSV_ROW,    /* a row */
    CSV_BAD,    /* a row that cannot be used: csv_reader_problem says why */
    CSV_END,    /* no further row */
    CSV_FAILED, /* an error was added; the rest of the file cannot be read */
};

/* Goes to the next row. Everything below is about it and valid until the next call. */
enum csv_result csv_reader_next(struct csv_reader *reader, struct errors *errors);

/* The field in one of the columns asked for, NULL when the file has no such column. */
const char *csv_reader_field(const struct csv_reader *reader, size_t column);

const char *csv_reader_problem(const struct csv_reader *reader); /* after CSV_BAD */

/* Where something is: line, column, and the line's text (not NUL-terminated, without its end). */
struct csv_place {
    long line, column;
    const char *text;
    size_t length;
};

struct csv_place
csv_reader_row_place(const struct csv_reader *reader); /* of the row, or of what spoils it */
struct csv_place csv_reader_place(const struct csv_reader *reader, size_t column); /* of a field */

const char *csv_reader_name(const struct csv_reader *reader); /* the file, for messages */

#endif
