#include "data/csv_reader.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct csv_reader {
    struct csv_rows *rows;
    const struct csv_column *columns;
    size_t column_count;
    size_t header_count;
    size_t *positions; /* of the columns asked for in the file, or SIZE_MAX */
};

/* ---- Places ---- */

struct csv_place csv_reader_place(const struct csv_reader *reader, size_t column)
{
    size_t position = reader->positions[column];
    return csv_rows_place(reader->rows,
                          position == SIZE_MAX ? 0 : csv_rows_offset(reader->rows, position));
}

struct csv_place csv_reader_row_place(const struct csv_reader *reader)
{
    return csv_rows_row_place(reader->rows);
}

static void add_error(struct csv_reader *reader, struct errors *errors, struct csv_place place,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

static void add_error(struct csv_reader *reader, struct errors *errors, struct csv_place place,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    errors_vadd(errors, ERROR_DATA,
                (struct error_place){csv_reader_name(reader), place.line, place.column}, format,
                args);
    va_end(args);
    errors_set_source(errors, place.text, place.length);
}

/* ---- Rows ---- */

enum csv_result csv_reader_next(struct csv_reader *reader, struct errors *errors)
{
    struct csv_rows *rows = reader->rows;
    enum csv_result result = csv_rows_next(rows, errors);
    size_t count = csv_rows_count(rows), length;
    if (result != CSV_ROW || count == reader->header_count)
        return result;
    const char *text = csv_rows_text(rows, &length);
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--; /* what is missing is missing at the end of the line, not after it */
    size_t offset =
        count < reader->header_count ? length : csv_rows_offset(rows, reader->header_count);
    csv_rows_spoil(rows, offset, "%zu fields, the header names %zu", count, reader->header_count);
    return CSV_BAD;
}

bool csv_reader_has(const struct csv_reader *reader, size_t column)
{
    return reader->positions[column] != SIZE_MAX;
}

const char *csv_reader_field(const struct csv_reader *reader, size_t column)
{
    size_t position = reader->positions[column];
    return position == SIZE_MAX ? NULL : csv_rows_field(reader->rows, position);
}

const char *csv_reader_problem(const struct csv_reader *reader)
{
    return csv_rows_problem(reader->rows);
}

const char *csv_reader_name(const struct csv_reader *reader)
{
    return csv_rows_name(reader->rows);
}

/* ---- The header ---- */

static size_t find_column(const struct csv_reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->column_count; i++)
        if (strcmp(reader->columns[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* Finds the columns asked for and marks the fields that are wanted. */
static bool assign_columns(struct csv_reader *reader, bool *wanted, struct errors *errors)
{
    bool good = true;
    for (size_t i = 0; i < reader->header_count; i++) {
        const char *name = csv_rows_field(reader->rows, i);
        size_t column = find_column(reader, name);
        if (column == SIZE_MAX)
            continue;
        wanted[i] = true;
        if (reader->positions[column] != SIZE_MAX) {
            add_error(reader, errors,
                      csv_rows_place(reader->rows, csv_rows_offset(reader->rows, i)),
                      "the column '%s' occurs twice", name);
            good = false;
        }
        reader->positions[column] = i;
    }
    for (size_t i = 0; i < reader->column_count; i++) {
        if (!reader->columns[i].required || reader->positions[i] != SIZE_MAX)
            continue;
        add_error(reader, errors, csv_reader_row_place(reader),
                  "the column '%s' is missing: the first line must name the columns",
                  reader->columns[i].name);
        good = false;
    }
    return good;
}

static bool read_header(struct csv_reader *reader, struct errors *errors)
{
    switch (csv_rows_next(reader->rows, errors)) {
    case CSV_FAILED:
        return false;
    case CSV_BAD:
        add_error(reader, errors, csv_reader_row_place(reader), "%s", csv_reader_problem(reader));
        return false;
    case CSV_END:
        errors_add(errors, ERROR_DATA, csv_reader_name(reader), 0, 0,
                   "is empty: the first line must name the columns");
        return false;
    case CSV_ROW:
        break;
    }
    reader->header_count = csv_rows_count(reader->rows);
    bool *wanted = calloc(reader->header_count + 1, sizeof *wanted);
    bool good = wanted && assign_columns(reader, wanted, errors);
    if (!wanted || (good && !csv_rows_keep(reader->rows, wanted, reader->header_count))) {
        errors_add(errors, ERROR_SOFTWARE, csv_reader_name(reader), 0, 0, "out of memory");
        good = false;
    }
    free(wanted);
    return good;
}

struct csv_reader *csv_reader_new(struct input *input, const struct csv_column *columns,
                                  size_t count, struct errors *errors)
{
    struct csv_reader *reader = calloc(1, sizeof *reader);
    size_t *positions = calloc(count + 1, sizeof *positions);
    if (!reader || !positions) {
        errors_add(errors, ERROR_SOFTWARE, input_name(input), 0, 0, "out of memory");
        input_close(input);
        free(positions);
        free(reader);
        return NULL;
    }
    reader->columns = columns;
    reader->column_count = count;
    reader->positions = positions;
    for (size_t i = 0; i < count; i++)
        positions[i] = SIZE_MAX;
    reader->rows = csv_rows_new(input, 0, errors);
    if (reader->rows && read_header(reader, errors))
        return reader;
    csv_reader_free(reader);
    return NULL;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    csv_rows_free(reader->rows);
    free(reader->positions);
    free(reader);
}
