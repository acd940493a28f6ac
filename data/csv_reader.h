/* CSV files with a header, row by row: memory for one row, whatever the file holds.
 *
 * The first row names the columns; the caller asks for columns by name, so that their order is free
 * and further columns are ignored. What is read as a row, and what spoils one, says
 * data/csv_rows.h; here a row must also have as many fields as the header names. What spoils the
 * file is an error: no header, a column asked for is missing or there twice, an input that cannot
 * be read.
 */
#ifndef PEERPLAN_DATA_CSV_READER_H
#define PEERPLAN_DATA_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "data/csv_rows.h"
#include "data/input.h"
#include "model/base/error.h"

struct csv_column {
    const char *name;
    bool required;
};

struct csv_reader;

/* Takes the input over and reads the header. Columns are borrowed. Owned; NULL with errors. */
struct csv_reader *csv_reader_new(struct input *input, const struct csv_column *columns,
                                  size_t count, struct errors *errors);
void csv_reader_free(struct csv_reader *reader); /* takes NULL */

/* Goes to the next row. Everything below is about it and valid until the next call. */
enum csv_result csv_reader_next(struct csv_reader *reader, struct errors *errors);

/* Whether the file has a column. */
bool csv_reader_has(const struct csv_reader *reader, size_t column);

/* The field in one of the columns asked for, NULL when the file has no such column. */
const char *csv_reader_field(const struct csv_reader *reader, size_t column);

const char *csv_reader_problem(const struct csv_reader *reader); /* after CSV_BAD */

struct csv_place
csv_reader_row_place(const struct csv_reader *reader); /* of the row, or of what spoils it */
struct csv_place csv_reader_place(const struct csv_reader *reader, size_t column); /* of a field */

const char *csv_reader_name(const struct csv_reader *reader); /* the file, for messages */

#endif
