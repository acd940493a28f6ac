/* The rows of one file that could not be used: counted, the first few kept to be quoted.
 *
 * Text that is quoted is cut after BAD_ROWS_TEXT bytes, so that memory is bounded whatever the file
 * holds.
 */
#ifndef PEERPLAN_DATA_BAD_ROWS_H
#define PEERPLAN_DATA_BAD_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "data/csv_reader.h"
#include "model/base/error.h"

#define BAD_ROWS_QUOTED 20
#define BAD_ROWS_TEXT   ((size_t)400)

struct bad_rows {
    struct errors quoted; /* as warnings */
    uint64_t rows;        /* all data rows, good and bad; counted by the owner */
    uint64_t bad;
};

void bad_rows_init(struct bad_rows *rows);
void bad_rows_release(struct bad_rows *rows);

/* What becomes of a bad row: it is counted, or with `strict` it is an error. Both borrowed. */
struct bad_row_rule {
    struct bad_rows *counted;
    struct errors *errors;
    bool strict;
};

/* A bad row of a file. False when strict. */
bool bad_rows_add(const struct bad_row_rule *rule, const char *file, struct csv_place place,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether more than one row in a hundred is left out. */
bool bad_rows_many(uint64_t left_out, uint64_t rows);

/* Appends warnings: the rows quoted and one line with the counts. Nothing when none was bad. The
 * counts are an important warning where they are many. */
void bad_rows_report(const struct bad_rows *rows, const char *file, struct errors *errors);

#endif
