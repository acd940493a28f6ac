/* CSV files of any length and any make as rows of fields: memory for one row, whatever the file
 * holds.
 *
 * Parsed by libcsv: quotes as in RFC 4180, LF, CRLF or CR, blanks around fields without quotes are
 * removed, empty lines are left out. Rows of the plain kind, one line with quotes around whole
 * fields at most, are split by a short way that gives what libcsv gives (tests/test_csv_rows.c). A
 * byte order mark is skipped, UTF-16 with one is read as UTF-8. The delimiter is given, stated by a
 * first line "sep=;", or the one of , ; tab | that the first line has most of. The result does not
 * depend on how the input is cut in pieces.
 *
 * A mistake (a quote in the wrong place or never closed, a NUL byte, a row of more than CSV_ROW_MAX
 * bytes) spoils one line only: reading goes on behind the first line of the row, so that no row is
 * lost inside a quote of another. Only an input that cannot be read ends the reading.
 *
 * Lines are those of the file, also after line ends inside quotes; columns count characters.
 */
#ifndef PEERPLAN_DATA_CSV_ROWS_H
#define PEERPLAN_DATA_CSV_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "data/input.h"
#include "model/base/error.h"

#define CSV_ROW_MAX ((size_t)1024 * 1024)

enum csv_result {
    CSV_ROW,    /* a row */
    CSV_BAD,    /* a row that cannot be used, with a reason */
    CSV_END,    /* no further row */
    CSV_FAILED, /* an error was added; the rest of the file cannot be read */
};

/* Where something is: line, column, and the line's text (not NUL-terminated, without its end). */
struct csv_place {
    long line, column;
    const char *text;
    size_t length;
};

struct csv_rows;

/* Takes the input over. delimiter 0: found. Owned; NULL with errors. */
struct csv_rows *csv_rows_new(struct input *input, char delimiter, struct errors *errors);
void csv_rows_free(struct csv_rows *rows); /* takes NULL */

/* Only these fields of the rows to come are kept; the others read as "". `wanted` is copied; NULL:
 * all are kept. False when out of memory. */
bool csv_rows_keep(struct csv_rows *rows, const bool *wanted, size_t count);

/* Goes to the next row. Everything below is about it and valid until the next call. */
enum csv_result csv_rows_next(struct csv_rows *rows, struct errors *errors);

size_t csv_rows_count(const struct csv_rows *rows); /* fields of the row */
const char *csv_rows_field(const struct csv_rows *rows, size_t field);

/* Says that the row is bad: where (a byte of its text) and why. The first reason stays. */
void csv_rows_spoil(struct csv_rows *rows, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *csv_rows_problem(const struct csv_rows *rows); /* "" when the row is good */

/* The row as it stands in the file, with its line ends; of a bad one its first line. */
const char *csv_rows_text(const struct csv_rows *rows, size_t *length);
/* The byte of the text where a field begins, blanks passed over; the end when there are fewer. */
size_t csv_rows_offset(const struct csv_rows *rows, size_t field);
struct csv_place csv_rows_place(const struct csv_rows *rows, size_t offset);
struct csv_place csv_rows_row_place(const struct csv_rows *rows); /* or of what spoils it */

/* Without the short way for plain rows: for tests, to compare. */
void csv_rows_by_libcsv(struct csv_rows *rows);

char csv_rows_delimiter(const struct csv_rows *rows);
const char *csv_rows_name(const struct csv_rows *rows); /* the file, for messages */

#endif
