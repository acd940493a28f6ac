#include "data/import_rows.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/import_json.h"

#define ROWS_LOOKED_AT 50

struct import_rows {
    struct import_rows_options options;
    const struct import_format *format;
    bool empty, unknown;
    struct csv_rows *csv;     /* owned; NULL: JSON */
    struct import_json *json; /* owned; NULL: CSV */
    char *file;               /* owned */
    char **names;             /* owned; of the columns */
    size_t count, capacity;
    size_t least, most; /* fields of a row */
    bool has_header;
};

/* ---- Names of columns ---- */

static void forget_names(struct import_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->names[i]);
    rows->count = 0;
}

static bool add_name(struct import_rows *rows, const char *name, size_t length)
{
    if (rows->count == rows->capacity) {
        size_t capacity = 2 * rows->capacity + 32;
        char **larger = realloc(rows->names, capacity * sizeof *larger);
        if (!larger)
            return false;
        rows->names = larger;
        rows->capacity = capacity;
    }
    char *copy = strndup(name, length);
    if (copy)
        rows->names[rows->count++] = copy;
    return copy != NULL;
}

size_t import_rows_columns(const struct import_rows *rows)
{
    return rows->count;
}

const char *import_rows_column_name(const struct import_rows *rows, size_t column)
{
    return rows->names[column];
}

int import_rows_column(const struct import_rows *rows, const char *name)
{
    if (rows->options.numbered) {
        char *end;
        long number = strtol(name, &end, 10);
        return *name && !*end && number >= 1 && number <= 100000 ? (int)number - 1 : -1;
    }
    for (size_t i = 0; i < rows->count; i++)
        if (strcasecmp(rows->names[i], name) == 0)
            return (int)i;
    return -1;
}

/* ---- Recognition ---- */

static const char *csv_field(const void *row, size_t index)
{
    return csv_rows_field(row, index);
}

static struct import_fields csv_fields(const struct csv_rows *csv)
{
    return (struct import_fields){csv_field, csv, csv_rows_count(csv)};
}

static const char *name_field(const void *row, size_t index)
{
    const struct import_rows *rows = row;
    return rows->names[index];
}

static bool take_header(struct import_rows *rows, const struct import_fields *fields)
{
    forget_names(rows);
    for (size_t i = 0; i < fields->count; i++) {
        const char *name = fields->field(fields->row, i);
        if (!add_name(rows, name, strlen(name)))
            return false;
    }
    rows->has_header = true;
    rows->least = rows->most = fields->count;
    return true;
}

/* Names the columns as a layout does; `width`: fields of the row that fits it. */
static bool take_layout(struct import_rows *rows, const char *layout, size_t width)
{
    const char *name;
    size_t length;
    forget_names(rows);
    for (size_t i = 0; layout && (length = import_layout_name(layout, i, &name)); i++)
        if (!add_name(rows, name, length))
            return false;
    rows->least = rows->format->fields_least ? rows->format->fields_least : width;
    rows->most = rows->format->fields_most ? rows->format->fields_most : width;
    return true;
}

static bool format_asked(const struct import_rows *rows, const struct import_format *format)
{
    return strcmp(rows->options.format, "auto") == 0 ||
           strcmp(rows->options.format, format->name) == 0;
}

/* Looks at one row of the first bytes: whether it tells what the file is. */
static bool recognise_row(struct import_rows *rows, const struct import_fields *fields,
                          bool *memory_good)
{
    for (size_t i = 0; i < import_format_count; i++) {
        const struct import_format *format = &import_formats[i];
        if (!format_asked(rows, format))
            continue;
        if (import_format_header(format, fields)) {
            rows->format = format;
            *memory_good = take_header(rows, fields);
            return true;
        }
        const char *layout = import_format_layout(format, fields);
        if (layout) {
            rows->format = format;
            *memory_good = take_layout(rows, layout, fields->count);
            return true;
        }
    }
    return false;
}

/* A file whose columns the user names, or numbers: the first row says how many there are. */
static bool recognise_stated(struct import_rows *rows, const struct import_fields *fields,
                             bool *memory_good)
{
    if (rows->options.numbered)
        rows->least = rows->most = fields->count;
    else
        *memory_good = take_header(rows, fields);
    return true;
}

static bool recognise_csv(struct import_rows *rows, const void *bytes, size_t size,
                          struct errors *errors)
{
    struct input *input = input_memory(rows->file, bytes, size, 0, errors);
    struct csv_rows *csv = input ? csv_rows_new(input, rows->options.delimiter, errors) : NULL;
    bool found = false, good = true, any = false;
    for (int i = 0; csv && i < ROWS_LOOKED_AT && !found && good; i++) {
        enum csv_result result = csv_rows_next(csv, errors);
        if (result >= CSV_END)
            break;
        any = true;
        struct import_fields fields = csv_fields(csv);
        if (result == CSV_BAD || import_types_line(&fields))
            continue;
        found = rows->options.numbered || rows->options.header
                    ? recognise_stated(rows, &fields, &good)
                    : recognise_row(rows, &fields, &good);
    }
    rows->empty = !any;
    rows->unknown = any && !found;
    if (!csv)
        return false;
    csv_rows_free(csv);
    if (!good)
        errors_add(errors, ERROR_SOFTWARE, rows->file, 0, 0, "out of memory");
    return good;
}

struct name_context {
    struct import_rows *rows;
    bool good;
};

static void note_name(void *data, const char *name)
{
    struct name_context *context = data;
    if (import_rows_column(context->rows, name) < 0)
        context->good &= add_name(context->rows, name, strlen(name));
}

/* The names that the first objects have, all together, are the columns. */
static bool recognise_json(struct import_rows *rows, const void *bytes, size_t size,
                           struct errors *errors)
{
    struct input *input = input_memory(rows->file, bytes, size, 0, errors);
    struct import_json *json = input ? import_json_new(input, errors) : NULL;
    struct name_context context = {rows, true};
    enum csv_result result;
    if (!json)
        return false;
    rows->empty = true;
    while ((result = import_json_next(json, errors)) < CSV_END) {
        rows->empty = false;
        if (result == CSV_ROW)
            import_json_names(json, note_name, &context);
    }
    import_json_free(json);
    if (!context.good)
        errors_add(errors, ERROR_SOFTWARE, rows->file, 0, 0, "out of memory");
    struct import_fields fields = {name_field, rows, rows->count};
    rows->unknown = !rows->empty;
    for (size_t i = 0; i < import_format_count && rows->unknown; i++)
        if (format_asked(rows, &import_formats[i]) &&
            (rows->options.header || import_format_header(&import_formats[i], &fields))) {
            rows->format = &import_formats[i];
            rows->unknown = false;
        }
    return context.good;
}

/* What cannot be recognised is of the format that was stated, and all its rows are bad. */
static bool settle(struct import_rows *rows, struct errors *errors)
{
    bool automatic = strcmp(rows->options.format, "auto") == 0;
    if (rows->format)
        return true;
    rows->format = import_format_find(automatic ? "csv" : rows->options.format);
    if (rows->unknown && automatic) {
        errors_add(errors, ERROR_DATA, rows->file, 0, 0,
                   "none of the known formats of call records: name its columns with "
                   "'peerplan import csv --map'");
        return false;
    }
    size_t width = 0;
    const char *name;
    while (rows->format->layouts[0] && import_layout_name(rows->format->layouts[0], width, &name))
        width++;
    if (rows->count == 0 && !rows->options.numbered &&
        !take_layout(rows, rows->format->layouts[0], width)) {
        errors_add(errors, ERROR_SOFTWARE, rows->file, 0, 0, "out of memory");
        return false;
    }
    return true;
}

static bool looks_like_json(const unsigned char *bytes, size_t size)
{
    size_t i = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < size && strchr(" \t\r\n", bytes[i]) && bytes[i])
        i++;
    return i < size && (bytes[i] == '{' || bytes[i] == '[');
}

struct import_rows *import_rows_new(struct input *input, const struct import_rows_options *options,
                                    struct errors *errors)
{
    struct import_rows *rows = calloc(1, sizeof *rows);
    size_t size;
    if (!rows || !(rows->file = strdup(input_name(input)))) {
        errors_add(errors, ERROR_SOFTWARE, input_name(input), 0, 0, "out of memory");
        input_close(input);
        free(rows);
        return NULL;
    }
    rows->options = *options;
    const void *bytes = input_ahead(input, &size, errors);
    bool good = bytes != NULL, json = good && looks_like_json(bytes, size);
    if (options->numbered)
        rows->format = import_format_find(options->format);
    good = good && (json ? recognise_json(rows, bytes, size, errors)
                         : recognise_csv(rows, bytes, size, errors));
    good = good && settle(rows, errors);
    if (!good)
        input_close(input);
    else if (json)
        rows->json = import_json_new(input, errors);
    else
        rows->csv = csv_rows_new(input, options->delimiter, errors);
    if (rows->json || rows->csv)
        return rows;
    import_rows_free(rows);
    return NULL;
}

void import_rows_free(struct import_rows *rows)
{
    if (!rows)
        return;
    forget_names(rows);
    csv_rows_free(rows->csv);
    import_json_free(rows->json);
    free(rows->names);
    free(rows->file);
    free(rows);
}

const struct import_format *import_format_of_file(const char *path)
{
    struct import_rows_options options = {.format = "auto"};
    struct errors errors;
    errors_init(&errors);
    struct input *input = input_open(path, &errors);
    struct import_rows *rows = input ? import_rows_new(input, &options, &errors) : NULL;
    const struct import_format *format = rows && !rows->empty ? rows->format : NULL;
    import_rows_free(rows);
    errors_release(&errors);
    return format;
}

const struct import_format *import_rows_format(const struct import_rows *rows)
{
    return rows->format;
}

bool import_rows_empty(const struct import_rows *rows)
{
    return rows->empty;
}

const char *import_rows_name(const struct import_rows *rows)
{
    return rows->file;
}

/* ---- Rows ---- */

bool import_rows_keep(struct import_rows *rows, const bool *wanted, size_t count)
{
    return !rows->csv || csv_rows_keep(rows->csv, wanted, count);
}

enum csv_result import_rows_next(struct import_rows *rows, struct errors *errors)
{
    return rows->csv ? csv_rows_next(rows->csv, errors) : import_json_next(rows->json, errors);
}

const char *import_rows_field(const struct import_rows *rows, size_t column)
{
    if (rows->csv)
        return csv_rows_field(rows->csv, column);
    return column < rows->count ? import_json_field(rows->json, rows->names[column]) : "";
}

bool import_rows_width_good(const struct import_rows *rows, size_t *fields, size_t *expected)
{
    if (!rows->csv)
        return true;
    *fields = csv_rows_count(rows->csv);
    *expected = *fields < rows->least ? rows->least : rows->most;
    return *fields >= rows->least && *fields <= rows->most;
}

static bool same_names(const struct import_rows *rows, const struct import_fields *fields)
{
    if (fields->count != rows->count)
        return false;
    for (size_t i = 0; i < rows->count; i++)
        if (strcasecmp(rows->names[i], fields->field(fields->row, i)) != 0)
            return false;
    return true;
}

/* The row may have been read in part: its text is read again. */
bool import_rows_header(struct import_rows *rows, bool *changed)
{
    *changed = false;
    if (!rows->csv || rows->options.numbered)
        return false;
    size_t length;
    const char *text = csv_rows_text(rows->csv, &length);
    struct errors errors;
    errors_init(&errors);
    struct input *input = input_memory("", text, length, 0, &errors);
    struct csv_rows *csv =
        input ? csv_rows_new(input, csv_rows_delimiter(rows->csv), &errors) : NULL;
    bool is = false;
    if (csv && csv_rows_next(csv, &errors) == CSV_ROW) {
        struct import_fields fields = csv_fields(csv);
        if (same_names(rows, &fields)) {
            is = true;
        } else if (!rows->options.header && import_format_header(rows->format, &fields)) {
            is = *changed = csv_rows_keep(rows->csv, NULL, 0) && take_header(rows, &fields);
        } else {
            is = import_types_line(&fields);
        }
    }
    csv_rows_free(csv);
    errors_release(&errors);
    return is;
}

const char *import_rows_text(const struct import_rows *rows, size_t *length)
{
    return rows->csv ? csv_rows_text(rows->csv, length) : import_json_text(rows->json, length);
}

const char *import_rows_problem(const struct import_rows *rows)
{
    return rows->csv ? csv_rows_problem(rows->csv) : import_json_problem(rows->json);
}

struct csv_place import_rows_place(const struct import_rows *rows)
{
    return rows->csv ? csv_rows_row_place(rows->csv) : import_json_place(rows->json);
}

struct csv_place import_rows_field_place(const struct import_rows *rows, size_t column)
{
    if (!rows->csv)
        return import_json_place(rows->json);
    return csv_rows_place(rows->csv, csv_rows_offset(rows->csv, column));
}
