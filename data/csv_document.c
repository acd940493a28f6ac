#include "data/csv_document.h"

#include <csv.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#define COLUMNS_MAX 200

/* libcsv calls back when a cell or a row ends and knows no places. It is fed byte by byte, so that
 * the place where the next cell begins is known at the callback. */
struct reader {
    struct csv_document *document;
    struct errors *errors;
    struct csv_cell here;  /* the place of the byte being fed */
    struct csv_cell begin; /* where the cell being read begins */
    bool blank;            /* only blanks of the cell have been fed */
    bool failed;
    struct csv_cell *cells; /* of the row being read */
    size_t count, room;
    size_t records_room;
};

/* Doubles an array in an arena; the old one stays until the arena goes. */
static void *grown(struct arena *arena, const void *items, size_t count, size_t *room, size_t size)
{
    size_t wanted = *room ? *room * 2 : 16;
    void *larger = arena_alloc(arena, wanted, size);
    if (!larger)
        return NULL;
    if (count)
        memcpy(larger, items, count * size);
    *room = wanted;
    return larger;
}

static void out_of_memory(struct reader *reader)
{
    if (!reader->failed)
        errors_add(reader->errors, ERROR_SOFTWARE, reader->document->file, reader->here.line, 0,
                   "out of memory");
    reader->failed = true;
}

static void cell_ends(void *text, size_t length, void *context)
{
    struct reader *reader = context;
    struct arena *arena = reader->document->arena;
    if (reader->count == reader->room) {
        void *larger =
            grown(arena, reader->cells, reader->count, &reader->room, sizeof *reader->cells);
        if (!larger) {
            out_of_memory(reader);
            return;
        }
        reader->cells = larger;
    }
    char *copy = arena_strndup(arena, text ? text : "", length);
    if (!copy) {
        out_of_memory(reader);
        return;
    }
    reader->begin.text = copy;
    reader->cells[reader->count++] = reader->begin;
    reader->blank = true;
}

static bool record_copy(struct reader *reader, struct csv_record *record)
{
    struct csv_cell *cells = arena_alloc(reader->document->arena, reader->count, sizeof *cells);
    if (!cells)
        return false;
    memcpy(cells, reader->cells, reader->count * sizeof *cells);
    *record = (struct csv_record){cells, reader->count};
    reader->count = 0;
    return true;
}

static void record_ends(int terminator, void *context)
{
    (void)terminator;
    struct reader *reader = context;
    struct csv_document *document = reader->document;
    if (reader->count == 0 || reader->failed)
        return;
    if (!document->header.cells) {
        if (!record_copy(reader, &document->header))
            out_of_memory(reader);
        return;
    }
    if (document->count == reader->records_room) {
        void *larger = grown(document->arena, document->records, document->count,
                             &reader->records_room, sizeof *document->records);
        if (!larger) {
            out_of_memory(reader);
            return;
        }
        document->records = larger;
    }
    if (reader->count > document->header.count) {
        csv_document_error(document, reader->errors, &reader->cells[document->header.count],
                           "%zu cells where the header has %zu", reader->count,
                           document->header.count);
        reader->failed = true;
    }
    if (record_copy(reader, &document->records[document->count]))
        document->count++;
    else
        out_of_memory(reader);
}

/* Feeds byte number at and keeps the place up to date. An empty cell begins where its delimiter is.
 */
static void feed(struct reader *reader, struct csv_parser *parser, size_t at)
{
    char byte = reader->document->text[at];
    if (reader->blank)
        reader->begin = reader->here;
    if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n')
        reader->blank = false;
    csv_parse(parser, &byte, 1, cell_ends, record_ends, reader);
    if (byte == '\n')
        reader->here = (struct csv_cell){NULL, reader->here.line + 1, 1, at + 1};
    else if (((unsigned char)byte & 0xC0) != 0x80)
        reader->here.column++;
}

static bool header_check(struct csv_document *document, struct errors *errors)
{
    if (!document->header.cells) {
        errors_add(errors, ERROR_DATA, document->file, 1, 1,
                   "no header: the first line names the columns");
        return false;
    }
    if (document->header.count > COLUMNS_MAX) {
        csv_document_error(document, errors, &document->header.cells[COLUMNS_MAX],
                           "more than %d columns", COLUMNS_MAX);
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < document->header.count; i++) {
        const struct csv_cell *cell = &document->header.cells[i];
        if (cell->text[0] && csv_document_column(document, cell->text) != i) {
            csv_document_error(document, errors, cell, "column '%s' is there twice", cell->text);
            good = false;
        }
    }
    return good;
}

static bool text_check(struct csv_document *document, struct errors *errors)
{
    if (document->length > CSV_DOCUMENT_MAX) {
        errors_add(errors, ERROR_DATA, document->file, 0, 0, "larger than 16 MiB");
        return false;
    }
    const char *nul = memchr(document->text, 0, document->length);
    if (!nul)
        return true;
    long line = 1;
    for (const char *at = document->text; at < nul; at++)
        line += *at == '\n';
    errors_add(errors, ERROR_DATA, document->file, line, 0, "a NUL byte: this is not a text file");
    return false;
}

static bool parse(struct csv_document *document, struct errors *errors)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
        errors_add(errors, ERROR_SOFTWARE, document->file, 0, 0, "out of memory");
        return false;
    }
    struct reader reader = {
        .document = document, .errors = errors, .blank = true, .here = {NULL, 1, 1, 0}};
    size_t at = document->length >= 3 && memcmp(document->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (; at < document->length && csv_error(&parser) == CSV_SUCCESS && !reader.failed; at++)
        feed(&reader, &parser, at);
    if (csv_error(&parser) == CSV_SUCCESS && !reader.failed)
        csv_fini(&parser, cell_ends, record_ends, &reader);
    int code = csv_error(&parser);
    if (code != CSV_SUCCESS) {
        csv_document_error(document, errors, &reader.begin, "%s",
                           code == CSV_EPARSE ? "a quote that does not end its cell"
                                              : csv_strerror(code));
        reader.failed = true;
    }
    csv_free(&parser);
    return !reader.failed;
}

bool csv_document_init(struct csv_document *document, const char *file, const char *text,
                       size_t length, struct errors *errors)
{
    *document =
        (struct csv_document){.file = file, .text = text, .length = length, .arena = arena_new()};
    if (!document->arena) {
        errors_add(errors, ERROR_SOFTWARE, file, 0, 0, "out of memory");
        return false;
    }
    return text_check(document, errors) && parse(document, errors) &&
           header_check(document, errors);
}

void csv_document_release(struct csv_document *document)
{
    arena_free(document->arena);
    *document = (struct csv_document){0};
}

size_t csv_document_column(const struct csv_document *document, const char *name)
{
    for (size_t i = 0; i < document->header.count; i++)
        if (strcmp(document->header.cells[i].text, name) == 0)
            return i;
    return SIZE_MAX;
}

struct csv_cell csv_document_cell(const struct csv_record *record, size_t column)
{
    if (column < record->count)
        return record->cells[column];
    struct csv_cell empty = record->cells[record->count - 1];
    empty.text = "";
    return empty;
}

void csv_document_error(const struct csv_document *document, struct errors *errors,
                        const struct csv_cell *cell, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    errors_vadd(errors, false, ERROR_DATA, document->file, cell->line, cell->column, format, args);
    va_end(args);
    if (errors->failures + errors->warnings > ERRORS_KEPT)
        return;
    const char *start = document->text + cell->line_start;
    size_t length = document->length - cell->line_start;
    const char *stop = memchr(start, '\n', length);
    if (stop)
        length = (size_t)(stop - start);
    if (length && start[length - 1] == '\r')
        length--;
    errors_set_source(errors, start, length);
}
