#include "data/csv_reader.h"

#include <csv.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)64 * 1024)

struct text {
    char *bytes; /* owned */
    size_t length, room;
};

struct csv_reader {
    struct input *input;
    const struct csv_column *columns;
    size_t column_count;
    struct csv_parser parser;

    unsigned char chunk[CHUNK];
    size_t chunk_used, chunk_size;
    bool after_cr; /* a LF that comes next ends the same line */
    long line;     /* of the next byte */

    /* The row being read. */
    long row_line;
    struct text raw;    /* as it stands in the file */
    struct text fields; /* texts of the columns asked for, each with its NUL */
    size_t *offsets;    /* of the fields asked for; SIZE_MAX: none */
    size_t field_count;
    bool row_done, memory_out;
    bool skipping;     /* the row is spoiled: the rest of its line is passed over */
    size_t spoiled;    /* byte of raw where */
    char problem[160]; /* "" when the row is good */

    /* The header. */
    struct text names;   /* all names, each with its NUL, while it is read */
    size_t *wanted;      /* for each column of the file: which one asked for, or SIZE_MAX */
    size_t header_count; /* 0 while the header is read */
    size_t *positions;   /* of the columns asked for in the file, or SIZE_MAX */
};

/* --- Texts --- */

static bool text_append(struct text *text, const void *bytes, size_t length)
{
    if (text->room - text->length < length + 1) {
        size_t room = (text->length + length + 1) * 2;
        char *larger = realloc(text->bytes, room);
        if (!larger)
            return false;
        text->bytes = larger;
        text->room = room;
    }
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return true;
}

static bool text_append_string(struct text *text, const void *bytes, size_t length)
{
    return text_append(text, bytes, length) && text_append(text, "", 1);
}

/* --- Places --- */

static long characters(const char *text, size_t length)
{
    long count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static bool line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* The place of a byte of the row: its line within the row, which may have several. */
static struct csv_place place_of(const struct csv_reader *reader, size_t offset)
{
    const char *raw = reader->raw.bytes;
    size_t length = reader->raw.length, begin = 0;
    long line = reader->row_line;
    offset = offset < length ? offset : length;
    for (size_t i = 0; i < offset; i++) {
        if (!line_end(raw[i]))
            continue;
        if (raw[i] == '\r' && i + 1 < length && raw[i + 1] == '\n') {
            if (i + 1 >= offset) /* on the line feed: still on this line */
                break;
            i++;
        }
        line++;
        begin = i + 1;
    }
    size_t end = begin;
    while (end < length && !line_end(raw[end]))
        end++;
    return (struct csv_place){
        .line = line,
        .column = characters(raw ? raw + begin : "", offset - begin) + 1,
        .text = raw ? raw + begin : "",
        .length = end - begin,
    };
}

/* The byte of the row where a field of the file begins, blanks passed over; the row's end when it
 * has fewer. */
static size_t field_offset(const struct csv_reader *reader, size_t field)
{
    const char *raw = reader->raw.bytes;
    size_t length = reader->raw.length, i = 0;
    bool quoted = false;
    for (; i < length && field > 0; i++) {
        if (raw[i] == '"')
            quoted = !quoted;
        else if (raw[i] == ',' && !quoted)
            field--;
    }
    while (i < length && (raw[i] == ' ' || raw[i] == '\t'))
        i++;
    return i;
}

struct csv_place csv_reader_place(const struct csv_reader *reader, size_t column)
{
    size_t position = reader->positions[column];
    return place_of(reader, position == SIZE_MAX ? 0 : field_offset(reader, position));
}

struct csv_place csv_reader_row_place(const struct csv_reader *reader)
{
    return place_of(reader, reader->problem[0] ? reader->spoiled : field_offset(reader, 0));
}

static void add_error(struct csv_reader *reader, struct errors *errors, struct csv_place place,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

static void add_error(struct csv_reader *reader, struct errors *errors, struct csv_place place,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    errors_vadd(errors, false, ERROR_DATA, csv_reader_name(reader), place.line, place.column,
                format, args);
    va_end(args);
    errors_set_source(errors, place.text, place.length);
}

/* --- What libcsv tells --- */

static void on_field(void *bytes, size_t length, void *data)
{
    struct csv_reader *reader = data;
    size_t field = reader->field_count++;
    if (reader->header_count == 0) {
        reader->memory_out |= !text_append_string(&reader->names, bytes, length);
        return;
    }
    size_t wanted = field < reader->header_count ? reader->wanted[field] : SIZE_MAX;
    if (wanted == SIZE_MAX)
        return;
    reader->offsets[wanted] = reader->fields.length;
    reader->memory_out |= !text_append_string(&reader->fields, bytes, length);
}

static void on_row(int terminator, void *data)
{
    struct csv_reader *reader = data;
    (void)terminator;
    reader->row_done = true;
}

/* --- Rows --- */

static void spoil(struct csv_reader *reader, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void spoil(struct csv_reader *reader, size_t offset, const char *format, ...)
{
    va_list args;
    if (reader->problem[0])
        return;
    va_start(args, format);
    vsnprintf(reader->problem, sizeof reader->problem, format, args);
    va_end(args);
    reader->spoiled = offset;
}

static bool restart_parser(struct csv_reader *reader)
{
    csv_free(&reader->parser);
    return csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) == 0;
}

static void begin_row(struct csv_reader *reader)
{
    reader->raw.length = 0;
    reader->fields.length = 0;
    reader->field_count = 0;
    reader->row_done = false;
    reader->skipping = false;
    reader->problem[0] = '\0';
    reader->row_line = reader->line;
    for (size_t i = 0; i < reader->column_count; i++)
        reader->offsets[i] = SIZE_MAX;
}

/* The length of the piece up to and including the next line end: no piece can end more than one
 * row. */
static size_t piece_length(const unsigned char *bytes, size_t size)
{
    size_t i = 0;
    while (i < size && bytes[i] != '\n' && bytes[i] != '\r')
        i++;
    return i < size ? i + 1 : size;
}

static void parse_piece(struct csv_reader *reader, const unsigned char *bytes, size_t size)
{
    size_t before = reader->raw.length - size;
    const unsigned char *nul = memchr(bytes, '\0', size);
    size_t good =
        nul ? (size_t)(nul - bytes) : size; /* the first mistake of a row is the one that is told */
    size_t parsed = csv_parse(&reader->parser, bytes, good, on_field, on_row, reader);
    if (csv_error(&reader->parser) == CSV_ENOMEM)
        reader->memory_out = true;
    else if (parsed < good)
        spoil(reader, before + parsed, "a quote in the wrong place");
    else if (nul)
        spoil(reader, before + good, "a NUL byte%s",
              reader->line == 1 ? " (is the file UTF-16?)" : "");
    reader->skipping = reader->problem[0] != '\0';
}

/* Lines: LF, CR and CRLF end one each. */
static void count_line(struct csv_reader *reader, unsigned char last, size_t size)
{
    bool second = reader->after_cr && last == '\n' && size == 1;
    if (last == '\r' || (last == '\n' && !second))
        reader->line++;
    reader->after_cr = last == '\r';
}

/* Feeds the next piece of the chunk. False when the row has grown too long. */
static bool feed(struct csv_reader *reader)
{
    const unsigned char *bytes = reader->chunk + reader->chunk_used;
    size_t size = piece_length(bytes, reader->chunk_size - reader->chunk_used);
    unsigned char last = bytes[size - 1];
    reader->chunk_used += size;
    if (reader->raw.length == 0 && reader->after_cr && last == '\n' && size == 1) {
        count_line(reader, last, size); /* the LF of a CRLF whose row was given out at the CR */
        return true;
    }
    if (reader->raw.length == 0)
        reader->row_line = reader->line;
    reader->memory_out |= !text_append(&reader->raw, bytes, size);
    if (reader->memory_out || reader->raw.length > CSV_ROW_MAX)
        return false;
    if (!reader->skipping)
        parse_piece(reader, bytes, size);
    count_line(reader, last, size);
    if (reader->skipping && line_end((char)last)) {
        reader->memory_out |= !restart_parser(reader);
        reader->row_done = true;
    }
    if (!reader->row_done && reader->field_count == 0 && line_end((char)last) &&
        strspn(reader->raw.bytes, " \t\r\n") >= reader->raw.length)
        reader->raw.length = 0; /* an empty line: libcsv tells nothing */
    return true;
}

static enum csv_result fail(struct csv_reader *reader, struct errors *errors)
{
    struct csv_place place = place_of(reader, 0);
    if (reader->memory_out)
        errors_add(errors, ERROR_SOFTWARE, csv_reader_name(reader), reader->row_line, 0,
                   "out of memory");
    else
        errors_add(
            errors, ERROR_DATA, csv_reader_name(reader), place.line, place.column,
            "the row that begins here is longer than %zu bytes: a quote that is never closed?",
            CSV_ROW_MAX);
    return CSV_FAILED;
}

/* The last row may lack its line end; a quote may lack its end. */
static enum csv_result finish(struct csv_reader *reader, struct errors *errors)
{
    if (reader->skipping) {
        reader->skipping = false;
        return CSV_BAD;
    }
    if (csv_fini(&reader->parser, on_field, on_row, reader) != 0) {
        size_t last = reader->field_count;
        add_error(reader, errors, place_of(reader, field_offset(reader, last)),
                  "a quote is opened here and never closed");
        return CSV_FAILED;
    }
    return reader->row_done ? CSV_ROW : CSV_END;
}

static enum csv_result read_row(struct csv_reader *reader, struct errors *errors)
{
    begin_row(reader);
    while (!reader->row_done) {
        if (reader->chunk_used == reader->chunk_size) {
            ssize_t got = input_read(reader->input, reader->chunk, CHUNK, errors);
            if (got < 0)
                return CSV_FAILED;
            if (got == 0)
                return finish(reader, errors);
            reader->chunk_used = 0;
            reader->chunk_size = (size_t)got;
        }
        if (!feed(reader) || reader->memory_out)
            return fail(reader, errors);
    }
    return reader->problem[0] ? CSV_BAD : CSV_ROW;
}

enum csv_result csv_reader_next(struct csv_reader *reader, struct errors *errors)
{
    enum csv_result result = read_row(reader, errors);
    if (reader->memory_out && result != CSV_FAILED)
        return fail(reader, errors);
    if (result != CSV_ROW)
        return result;
    if (reader->field_count < reader->header_count)
        spoil(reader, reader->raw.length, "%zu fields, the header names %zu", reader->field_count,
              reader->header_count);
    else if (reader->field_count > reader->header_count)
        spoil(reader, field_offset(reader, reader->header_count),
              "%zu fields, the header names %zu", reader->field_count, reader->header_count);
    if (!reader->problem[0])
        return CSV_ROW;
    while (reader->spoiled && line_end(reader->raw.bytes[reader->spoiled - 1]))
        reader->spoiled--; /* what is missing is missing at the end of the line, not after it */
    return CSV_BAD;
}

const char *csv_reader_field(const struct csv_reader *reader, size_t column)
{
    size_t offset = reader->offsets[column];
    return offset == SIZE_MAX ? NULL : reader->fields.bytes + offset;
}

const char *csv_reader_problem(const struct csv_reader *reader)
{
    return reader->problem;
}

const char *csv_reader_name(const struct csv_reader *reader)
{
    return input_name(reader->input);
}

/* --- The header --- */

static bool read_bom(struct csv_reader *reader, struct errors *errors)
{
    while (reader->chunk_size < 3) {
        ssize_t got = input_read(reader->input, reader->chunk + reader->chunk_size,
                                 CHUNK - reader->chunk_size, errors);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        reader->chunk_size += (size_t)got;
    }
    if (reader->chunk_size >= 3 && memcmp(reader->chunk, "\xef\xbb\xbf", 3) == 0)
        reader->chunk_used = 3;
    return true;
}

static size_t find_column(const struct csv_reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->column_count; i++)
        if (strcmp(reader->columns[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static bool assign_columns(struct csv_reader *reader, struct errors *errors)
{
    bool good = true;
    const char *name = reader->names.bytes;
    for (size_t i = 0; i < reader->header_count; i++, name += strlen(name) + 1) {
        size_t wanted = reader->wanted[i] = find_column(reader, name);
        if (wanted == SIZE_MAX)
            continue;
        if (reader->positions[wanted] != SIZE_MAX) {
            add_error(reader, errors, place_of(reader, field_offset(reader, i)),
                      "the column '%s' is there twice", name);
            good = false;
        }
        reader->positions[wanted] = i;
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
    if (!read_bom(reader, errors))
        return false;
    enum csv_result result = read_row(reader, errors);
    if (result == CSV_FAILED)
        return false;
    if (reader->memory_out)
        return fail(reader, errors), false;
    if (result == CSV_BAD) {
        add_error(reader, errors, csv_reader_row_place(reader), "%s", reader->problem);
        return false;
    }
    if (result == CSV_END) {
        errors_add(errors, ERROR_DATA, csv_reader_name(reader), 0, 0,
                   "is empty: the first line must name the columns");
        return false;
    }
    reader->wanted = calloc(reader->field_count, sizeof *reader->wanted);
    if (!reader->wanted) {
        reader->memory_out = true;
        return fail(reader, errors), false;
    }
    reader->header_count = reader->field_count;
    return assign_columns(reader, errors);
}

struct csv_reader *csv_reader_new(struct input *input, const struct csv_column *columns,
                                  size_t count, struct errors *errors)
{
    struct csv_reader *reader = calloc(1, sizeof *reader);
    size_t *indices = calloc(2 * count + 1, sizeof *indices);
    if (!reader || !indices || csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        errors_add(errors, ERROR_SOFTWARE, input_name(input), 0, 0, "out of memory");
        input_close(input);
        free(indices);
        free(reader);
        return NULL;
    }
    reader->input = input;
    reader->columns = columns;
    reader->column_count = count;
    reader->offsets = indices;
    reader->positions = indices + count;
    reader->line = 1;
    for (size_t i = 0; i < count; i++)
        reader->positions[i] = SIZE_MAX;
    if (read_header(reader, errors))
        return reader;
    csv_reader_free(reader);
    return NULL;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    csv_free(&reader->parser);
    input_close(reader->input);
    free(reader->raw.bytes);
    free(reader->fields.bytes);
    free(reader->names.bytes);
    free(reader->wanted);
    free(reader->offsets);
    free(reader);
}
