#include "data/csv_rows.h"

#include <csv.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)64 * 1024)
#define WORD  sizeof(uint64_t)

enum encoding { UTF8, UTF16_LITTLE, UTF16_BIG };

struct field {
    size_t offset, length; /* in the texts of the row */
};

struct csv_rows {
    struct input *input;
    struct csv_parser parser;
    char delimiter;
    enum encoding encoding;
    unsigned char half[4]; /* bytes of a UTF-16 unit or pair that are not yet a character */
    size_t half_size;

    /* Bytes read and not yet given out; the row lies at `begin`. */
    unsigned char *bytes; /* owned; with a word to spare behind it */
    size_t begin, scan, end, capacity;
    size_t next_lf, next_cr, next_nul; /* the first at or behind scan; `end` when there is none */
    bool ended, failed;                /* failed: an error was added */
    long line;                         /* of the byte at scan */

    /* The row. */
    long row_line;
    size_t row_end;   /* behind its last line end */
    size_t first_end; /* behind the line end of its first line */
    long first_lines; /* 1, or 0 when the file ends without a line end */
    char *texts;      /* owned; the fields, each with its NUL */
    size_t texts_length, texts_capacity;
    struct field *fields; /* owned */
    size_t count, capacity_fields;
    bool *wanted; /* owned; NULL: all */
    size_t wanted_count;
    bool wanted_new; /* since the row before */
    bool row_done, memory_out;
    bool libcsv_only; /* no short way for plain rows */
    char problem[160];
    size_t spoiled; /* byte of the row where */
};

/* ---- Bytes ---- */

static bool reserve(struct csv_rows *rows, size_t size)
{
    if (rows->capacity - rows->end >= size)
        return true;
    size_t used = rows->end - rows->begin;
    if (rows->begin && rows->capacity - used >= size && used <= rows->begin) {
        memcpy(rows->bytes, rows->bytes + rows->begin, used);
    } else {
        size_t capacity = 2 * (used + size);
        unsigned char *larger = malloc(capacity + WORD);
        if (!larger)
            return false;
        if (used)
            memcpy(larger, rows->bytes + rows->begin, used);
        free(rows->bytes);
        rows->bytes = larger;
        rows->capacity = capacity;
    }
    size_t moved = rows->begin;
    rows->begin = 0;
    rows->scan -= moved;
    rows->end -= moved;
    rows->next_lf -= moved;
    rows->next_cr -= moved;
    rows->next_nul -= moved;
    rows->row_end -= moved < rows->row_end ? moved : rows->row_end;
    rows->first_end -= moved < rows->first_end ? moved : rows->first_end;
    return true;
}

static size_t put_utf8(unsigned char *to, uint32_t point)
{
    if (point < 0x80) {
        to[0] = (unsigned char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, point >>= 6)
        to[i] = (unsigned char)(0x80 | (point & 0x3f));
    to[0] = (unsigned char)((0xf00 >> length) | point);
    return length;
}

static uint32_t unit_at(const struct csv_rows *rows, const unsigned char *bytes)
{
    bool little = rows->encoding == UTF16_LITTLE;
    return little ? bytes[0] | (uint32_t)bytes[1] << 8 : bytes[1] | (uint32_t)bytes[0] << 8;
}

/* One character of UTF-16: how many bytes it takes, 0 when more are needed. A half of a pair that
 * stands alone is U+FFFD. */
static size_t take_utf16(const struct csv_rows *rows, const unsigned char *bytes, size_t size,
                         bool last, uint32_t *point)
{
    if (size < 2)
        return *point = 0xfffd, last ? size : 0;
    uint32_t unit = unit_at(rows, bytes);
    *point = unit;
    if (unit < 0xd800 || unit > 0xdfff)
        return 2;
    *point = 0xfffd;
    if (unit > 0xdbff)
        return 2;
    if (size < 4)
        return last ? 2 : 0;
    uint32_t low = unit_at(rows, bytes + 2);
    if (low < 0xdc00 || low > 0xdfff)
        return 2;
    *point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    return 4;
}

/* More bytes from a UTF-16 file, as UTF-8. */
static ssize_t fetch_utf16(struct csv_rows *rows, struct errors *errors)
{
    unsigned char raw[4096 + sizeof rows->half];
    size_t size = rows->half_size, used = 0;
    memcpy(raw, rows->half, size);
    ssize_t got = input_read(rows->input, raw + size, 4096, errors);
    if (got < 0)
        return -1;
    size += (size_t)got;
    if (!reserve(rows, size * 2 + 4))
        return rows->memory_out = true, -1;
    size_t before = rows->end;
    while (used < size) {
        uint32_t point;
        size_t taken = take_utf16(rows, raw + used, size - used, got == 0, &point);
        if (taken == 0)
            break;
        rows->end += put_utf8(rows->bytes + rows->end, point);
        used += taken;
    }
    rows->half_size = size - used;
    memcpy(rows->half, raw + used, rows->half_size);
    if (got > 0 && rows->end == before)
        return fetch_utf16(rows, errors);
    return (ssize_t)(rows->end - before);
}

static size_t find(const struct csv_rows *rows, size_t from, int byte)
{
    const unsigned char *found =
        from < rows->end ? memchr(rows->bytes + from, byte, rows->end - from) : NULL;
    return found ? (size_t)(found - rows->bytes) : rows->end;
}

/* Reads more: false at the end of the input and on errors. */
static bool fetch(struct csv_rows *rows, struct errors *errors)
{
    if (rows->ended || rows->memory_out)
        return false;
    bool no_lf = rows->next_lf >= rows->end, no_cr = rows->next_cr >= rows->end;
    bool no_nul = rows->next_nul >= rows->end;
    if (!reserve(rows, CHUNK)) {
        rows->memory_out = true;
        return false;
    }
    size_t before = rows->end;
    ssize_t got;
    if (rows->encoding == UTF8) {
        got = input_read(rows->input, rows->bytes + rows->end, CHUNK, errors);
        rows->end += got > 0 ? (size_t)got : 0;
    } else {
        got = fetch_utf16(rows, errors);
    }
    memset(rows->bytes + rows->end, 0, WORD); /* looked at, and of no consequence */
    rows->ended = got <= 0;
    rows->failed |= got < 0 && !rows->memory_out;
    rows->next_lf = no_lf ? find(rows, before, '\n') : rows->next_lf;
    rows->next_cr = no_cr ? find(rows, before, '\r') : rows->next_cr;
    rows->next_nul = no_nul ? find(rows, before, '\0') : rows->next_nul;
    return got > 0;
}

/* Moves scan on, with what is known of the bytes behind it. */
static void advance(struct csv_rows *rows, size_t to)
{
    rows->scan = to;
    if (rows->next_lf < to)
        rows->next_lf = find(rows, to, '\n');
    if (rows->next_cr < to)
        rows->next_cr = find(rows, to, '\r');
    if (rows->next_nul < to)
        rows->next_nul = find(rows, to, '\0');
}

/* The first byte of its kind at or behind `to`, where the first behind scan is known. */
static size_t find_back(const struct csv_rows *rows, size_t to, int byte, size_t known)
{
    const unsigned char *found =
        rows->scan > to ? memchr(rows->bytes + to, byte, rows->scan - to) : NULL;
    return found ? (size_t)(found - rows->bytes) : known;
}

/* Moves scan forth or back. */
static void go_to(struct csv_rows *rows, size_t to)
{
    if (to < rows->scan) {
        rows->next_lf = find_back(rows, to, '\n', rows->next_lf);
        rows->next_cr = find_back(rows, to, '\r', rows->next_cr);
        rows->next_nul = find_back(rows, to, '\0', rows->next_nul);
        rows->scan = to;
    } else {
        advance(rows, to);
    }
}

/* The end of the line at scan, behind its line end; reads on as long as there is none and the row
 * is not too long. */
static size_t line_end(struct csv_rows *rows, struct errors *errors)
{
    for (;;) {
        size_t at = rows->next_lf < rows->next_cr ? rows->next_lf : rows->next_cr;
        if (at < rows->end && rows->bytes[at] == '\n')
            return at + 1;
        if (at + 1 < rows->end)
            return at + (rows->bytes[at + 1] == '\n' ? 2 : 1);
        if (rows->end - rows->begin > CSV_ROW_MAX + 1 || !fetch(rows, errors))
            return rows->end; /* also behind a CR that ends the file */
    }
}

/* ---- Places ---- */

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

static long characters(const char *text, size_t length)
{
    long count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

const char *csv_rows_text(const struct csv_rows *rows, size_t *length)
{
    *length = rows->row_end - rows->begin;
    return *length ? (const char *)rows->bytes + rows->begin : "";
}

/* The place of a byte of the row: its line within the row, which may have several. */
struct csv_place csv_rows_place(const struct csv_rows *rows, size_t offset)
{
    size_t length, begin = 0;
    const char *text = csv_rows_text(rows, &length);
    long line = rows->row_line;
    offset = offset < length ? offset : length;
    for (size_t i = 0; i < offset; i++) {
        if (!ends_line(text[i]))
            continue;
        if (text[i] == '\r' && i + 1 < length && text[i + 1] == '\n') {
            if (i + 1 >= offset) /* on the line feed: still on this line */
                break;
            i++;
        }
        line++;
        begin = i + 1;
    }
    size_t end = begin;
    while (end < length && !ends_line(text[end]))
        end++;
    return (struct csv_place){line, characters(text + begin, offset - begin) + 1, text + begin,
                              end - begin};
}

size_t csv_rows_offset(const struct csv_rows *rows, size_t field)
{
    size_t length, i = 0;
    const char *text = csv_rows_text(rows, &length);
    bool quoted = false;
    for (; i < length && field > 0; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == rows->delimiter && !quoted)
            field--;
    }
    while (i < length && text[i] != rows->delimiter && (text[i] == ' ' || text[i] == '\t'))
        i++;
    return i;
}

struct csv_place csv_rows_row_place(const struct csv_rows *rows)
{
    return csv_rows_place(rows, rows->problem[0] ? rows->spoiled : csv_rows_offset(rows, 0));
}

/* ---- What libcsv tells ---- */

static bool grow(void **memory, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    void *larger = realloc(*memory, 2 * needed * size);
    if (!larger)
        return false;
    *memory = larger;
    *capacity = 2 * needed;
    return true;
}

/* New ones are empty. */
static bool grow_fields(struct csv_rows *rows, size_t needed)
{
    size_t before = rows->capacity_fields;
    if (!grow((void **)&rows->fields, &rows->capacity_fields, needed, sizeof *rows->fields))
        return false;
    memset(rows->fields + before, 0, (rows->capacity_fields - before) * sizeof *rows->fields);
    return true;
}

/* One more field of the row; NULL: it is not kept, or there is no memory. */
static struct field *next_field(struct csv_rows *rows)
{
    size_t index = rows->count;
    if (index >= rows->capacity_fields && !grow_fields(rows, index + 1)) {
        rows->memory_out = true;
        return NULL;
    }
    rows->count++;
    struct field *field = &rows->fields[index];
    *field = (struct field){0, 0}; /* the empty text that lies at the start */
    return rows->wanted && (index >= rows->wanted_count || !rows->wanted[index]) ? NULL : field;
}

static void on_field(void *bytes, size_t length, void *data)
{
    struct csv_rows *rows = data;
    struct field *field = next_field(rows);
    if (!field || length == 0)
        return;
    size_t needed = rows->texts_length + length + 1;
    if (needed > rows->texts_capacity &&
        !grow((void **)&rows->texts, &rows->texts_capacity, needed, 1)) {
        rows->memory_out = true;
        return;
    }
    *field = (struct field){rows->texts_length, length};
    memcpy(rows->texts + rows->texts_length, bytes, length);
    rows->texts[needed - 1] = '\0';
    rows->texts_length = needed;
}

static void on_row(int terminator, void *data)
{
    struct csv_rows *rows = data;
    (void)terminator;
    rows->row_done = true;
}

/* ---- Rows ---- */

void csv_rows_spoil(struct csv_rows *rows, size_t offset, const char *format, ...)
{
    va_list args;
    if (rows->problem[0])
        return;
    va_start(args, format);
    vsnprintf(rows->problem, sizeof rows->problem, format, args);
    va_end(args);
    rows->spoiled = offset;
}

static bool restart_parser(struct csv_rows *rows)
{
    csv_free(&rows->parser);
    if (csv_init(&rows->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return false;
    csv_set_delim(&rows->parser, (unsigned char)rows->delimiter);
    return true;
}

static void begin_row(struct csv_rows *rows)
{
    rows->begin = rows->scan;
    rows->row_end = rows->first_end = rows->begin;
    rows->row_line = rows->line;
    rows->first_lines = 0;
    rows->texts_length = 1;
    rows->count = 0;
    if (rows->wanted_new && rows->fields)
        memset(rows->fields, 0, rows->capacity_fields * sizeof *rows->fields);
    rows->wanted_new = false;
    rows->row_done = false;
    rows->problem[0] = '\0';
}

/* Gives up the row after its first line. */
static enum csv_result bad_row(struct csv_rows *rows)
{
    rows->line = rows->row_line + rows->first_lines;
    go_to(rows, rows->first_end);
    rows->row_end = rows->first_end;
    if (!restart_parser(rows))
        rows->memory_out = true;
    size_t length;
    const char *text = csv_rows_text(rows, &length);
    rows->spoiled = rows->spoiled < length ? rows->spoiled : length;
    while (rows->spoiled && rows->spoiled == length && ends_line(text[rows->spoiled - 1]))
        length = --rows->spoiled;
    return CSV_BAD;
}

/* A mistake on a later line of the row: a quote that was opened on the first is to blame. */
static void spoil_here(struct csv_rows *rows, size_t offset, const char *what)
{
    if (rows->begin + offset < rows->first_end)
        csv_rows_spoil(rows, offset, "%s", what);
    else
        csv_rows_spoil(rows, csv_rows_offset(rows, rows->count),
                       "a quote opened here is not closed before %s on line %ld", what,
                       csv_rows_place(rows, offset).line);
}

/* Feeds one line; false when it spoils the row. */
static bool feed(struct csv_rows *rows, size_t end)
{
    size_t from = rows->scan, size = end - from;
    size_t nul = rows->next_nul < end ? rows->next_nul : end;
    rows->row_end = end;
    if (rows->begin == from) {
        rows->first_end = end;
        rows->first_lines = size && ends_line((char)rows->bytes[end - 1]);
    }
    size_t parsed =
        csv_parse(&rows->parser, rows->bytes + from, nul - from, on_field, on_row, rows);
    if (csv_error(&rows->parser) == CSV_ENOMEM)
        rows->memory_out = true;
    else if (parsed < nul - from)
        spoil_here(rows, from + parsed - rows->begin, "a quote in the wrong place");
    else if (nul < end)
        spoil_here(rows, nul - rows->begin,
                   rows->row_line == 1 ? "a NUL byte (is the file UTF-16?)" : "a NUL byte");
    if (size && ends_line((char)rows->bytes[end - 1]))
        rows->line++;
    advance(rows, end);
    return !rows->problem[0];
}

/* ---- Plain rows ---- */

/* The last field kept had two quotes for each of its own. */
static void halve_quotes(struct csv_rows *rows)
{
    struct field *field = &rows->fields[rows->count - 1];
    char *text = rows->texts + field->offset;
    size_t to = 0;
    for (size_t from = 0; from < field->length; from++) {
        text[to++] = text[from];
        from += text[from] == '"';
    }
    field->length = to;
    text[to] = '\0';
}

/* A field in quotes, behind the first: returns where it ends, NULL when that is no plain place. */
static unsigned char *plain_quoted(struct csv_rows *rows, unsigned char *p,
                                   const unsigned char *stop)
{
    bool doubled = false;
    unsigned char *q = p;
    for (;; q += 2) {
        q = memchr(q, '"', (size_t)(stop - q));
        if (!q)
            return NULL;
        if (q + 1 == stop || q[1] != '"')
            break;
        doubled = true;
    }
    if (q + 1 < stop && q[1] != (unsigned char)rows->delimiter)
        return NULL;
    on_field(p, (size_t)(q - p), rows);
    if (doubled)
        halve_quotes(rows);
    return q + 1;
}

/* Bit 7 of every byte of a word that equals one byte, which `pattern` holds eight times; behind the
 * first of them there may be more bits. */
static uint64_t bytes_equal(uint64_t word, uint64_t pattern)
{
    uint64_t x = word ^ pattern;
    return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

/* The first delimiter or quote from p on, or stop. Looks at eight bytes at once; they are there
 * behind the last one too. */
static unsigned char *find_special(const struct csv_rows *rows, unsigned char *p,
                                   const unsigned char *stop)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t delimiters = ones * (unsigned char)rows->delimiter, quotes = ones * '"', word;
    for (; p < stop; p += WORD) {
        memcpy(&word, p, WORD);
        word = bytes_equal(word, delimiters) | bytes_equal(word, quotes);
        if (word && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
            p += __builtin_ctzll(word) / 8; /* the lowest of them is one */
        if (word)
            break;
    }
    while (p < stop && *p != (unsigned char)rows->delimiter && *p != '"')
        p++;
    return p < stop ? p : (unsigned char *)(uintptr_t)stop;
}

static unsigned char *plain_unquoted(struct csv_rows *rows, unsigned char *p,
                                     const unsigned char *stop)
{
    unsigned char delimiter = (unsigned char)rows->delimiter, *q;
    while (p < stop && (*p == ' ' || *p == '\t') && *p != delimiter)
        p++;
    q = find_special(rows, p, stop);
    if (q < stop && *q == '"')
        return NULL;
    size_t length = (size_t)(q - p);
    while (length && (p[length - 1] == ' ' || p[length - 1] == '\t'))
        length--;
    on_field(p, length, rows);
    return q;
}

/* Bit 7 of every byte of a word that equals the pattern's, and no other bit. */
static uint64_t bytes_equal_exactly(uint64_t word, uint64_t pattern)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t x = word ^ pattern;
    return ~(((x & low) + low) | x | low);
}

/* A field of which a word behind is there as well; texts have room for it. */
static void keep_field(struct csv_rows *rows, size_t index, const unsigned char *p,
                       const unsigned char *q)
{
    while (p < q && (*p == ' ' || *p == '\t'))
        p++;
    while (p < q && (q[-1] == ' ' || q[-1] == '\t'))
        q--;
    size_t length = (size_t)(q - p);
    char *to = rows->texts + rows->texts_length;
    rows->fields[index] =
        length ? (struct field){rows->texts_length, length} : (struct field){0, 0};
    if (length == 0)
        return;
    for (size_t i = 0; i < length; i += WORD)
        memcpy(to + i, p + i, WORD);
    to[length] = '\0';
    rows->texts_length += length + 1;
}

/* Takes a field of the row from p to q. Those not wanted are {0, 0} from the start. */
static bool take_field(struct csv_rows *rows, const unsigned char *p, const unsigned char *q)
{
    size_t index = rows->count++;
    if (index >= rows->capacity_fields && !grow_fields(rows, index + 1)) {
        rows->memory_out = true;
        return false;
    }
    if (!rows->wanted || (index < rows->wanted_count && rows->wanted[index]))
        keep_field(rows, index, p, q);
    return true;
}

/* Splits a line without quotes, eight bytes at a time. False when it is empty or something is
 * amiss: then nothing is taken. */
static bool split_unquoted(struct csv_rows *rows, const unsigned char *p, const unsigned char *stop)
{
    const uint64_t delimiters = UINT64_C(0x0101010101010101) * (unsigned char)rows->delimiter;
    size_t needed = rows->texts_length + 2 * (size_t)(stop - p) + WORD + 2;
    const unsigned char *field = p;
    uint64_t word;
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || p == stop ||
        memchr(p, '"', (size_t)(stop - p)))
        return false;
    if (needed > rows->texts_capacity &&
        !grow((void **)&rows->texts, &rows->texts_capacity, needed, 1)) {
        rows->memory_out = true;
        return false;
    }
    for (; p < stop; p += WORD) {
        memcpy(&word, p, WORD);
        word = bytes_equal_exactly(word, delimiters);
        if (stop - p < (ptrdiff_t)WORD)
            word &= (UINT64_C(1) << 8 * (stop - p)) - 1;
        for (; word; word &= word - 1) {
            const unsigned char *at = p + __builtin_ctzll(word) / 8;
            if (!take_field(rows, field, at))
                return false;
            field = at + 1;
        }
    }
    return take_field(rows, field, stop);
}

/* Splits a line that is a row by itself, with quotes around whole fields only. False when it is
 * anything else: then nothing is taken, and libcsv has to look at it. */
static bool split_plain(struct csv_rows *rows, size_t end)
{
    unsigned char *p = rows->bytes + rows->scan, *stop = rows->bytes + end;
    while (stop > p && ends_line((char)stop[-1]))
        stop--;
    bool split = split_unquoted(rows, p, stop);
    for (bool more = p < stop && !split; more;) {
        p = p < stop && *p == '"' ? plain_quoted(rows, p + 1, stop) : plain_unquoted(rows, p, stop);
        more = p && p < stop;
        if (more)
            p++;
        if (more && p == stop) { /* an empty one behind the last delimiter */
            on_field(p, 0, rows);
            more = false;
        }
    }
    bool blank = rows->count == 0 || (rows->count == 1 && rows->fields[0].length == 0);
    if (p && !blank && !rows->memory_out)
        return true;
    rows->count = 0;
    rows->texts_length = 1;
    return false;
}

static void take_plain(struct csv_rows *rows, size_t end)
{
    rows->row_end = rows->first_end = end;
    rows->first_lines = ends_line((char)rows->bytes[end - 1]);
    rows->line += rows->first_lines;
    advance(rows, end);
}

static bool blank_line(const struct csv_rows *rows)
{
    for (size_t i = rows->begin; i < rows->scan; i++)
        if (!strchr(" \t\r\n", rows->bytes[i]) || rows->bytes[i] == (unsigned char)rows->delimiter)
            return false;
    return true;
}

/* Passes over the rest of a line that has no end within CSV_ROW_MAX bytes. */
static enum csv_result skip_long_line(struct csv_rows *rows, struct errors *errors)
{
    csv_rows_spoil(rows, 0, "a row of more than %zu bytes", CSV_ROW_MAX);
    for (;;) {
        size_t at = rows->next_lf < rows->next_cr ? rows->next_lf : rows->next_cr;
        if (at < rows->end) {
            advance(rows, at);
            break;
        }
        advance(rows, rows->end);
        rows->begin = rows->scan;
        if (!fetch(rows, errors))
            break;
    }
    rows->begin = rows->scan;
    rows->first_end = line_end(rows, errors);
    rows->first_lines = rows->first_end > rows->scan;
    return bad_row(rows);
}

/* Behind the last line: a row may lack its line end, a quote its end. */
static enum csv_result finish(struct csv_rows *rows)
{
    if (csv_fini(&rows->parser, on_field, on_row, rows) != 0) {
        csv_rows_spoil(rows, csv_rows_offset(rows, rows->count),
                       "a quote opened here is never closed");
        return bad_row(rows);
    }
    return rows->row_done ? CSV_ROW : CSV_END;
}

static enum csv_result read_row(struct csv_rows *rows, struct errors *errors)
{
    begin_row(rows);
    while (!rows->row_done) {
        size_t end = line_end(rows, errors);
        if (rows->memory_out || rows->failed)
            return CSV_FAILED;
        if (end == rows->scan)
            return finish(rows);
        if (end - rows->begin > CSV_ROW_MAX) {
            if (rows->scan == rows->begin)
                return skip_long_line(rows, errors);
            csv_rows_spoil(rows, csv_rows_offset(rows, rows->count),
                           "a quote opened here is not closed within %zu bytes", CSV_ROW_MAX);
            return bad_row(rows);
        }
        if (rows->scan == rows->begin && rows->next_nul >= end && !rows->libcsv_only &&
            split_plain(rows, end)) {
            take_plain(rows, end);
            return CSV_ROW;
        }
        if (!feed(rows, end))
            return bad_row(rows);
        if (!rows->row_done && rows->count == 0 && blank_line(rows))
            begin_row(rows); /* an empty line: libcsv tells nothing */
    }
    return CSV_ROW;
}

enum csv_result csv_rows_next(struct csv_rows *rows, struct errors *errors)
{
    enum csv_result result = rows->failed ? CSV_FAILED : read_row(rows, errors);
    if (rows->memory_out) {
        errors_add(errors, ERROR_SOFTWARE, csv_rows_name(rows), rows->row_line, 0, "out of memory");
        return CSV_FAILED;
    }
    return result;
}

void csv_rows_by_libcsv(struct csv_rows *rows)
{
    rows->libcsv_only = true;
}

size_t csv_rows_count(const struct csv_rows *rows)
{
    return rows->count;
}

const char *csv_rows_field(const struct csv_rows *rows, size_t field)
{
    return field < rows->count ? rows->texts + rows->fields[field].offset : "";
}

const char *csv_rows_problem(const struct csv_rows *rows)
{
    return rows->problem;
}

char csv_rows_delimiter(const struct csv_rows *rows)
{
    return rows->delimiter;
}

const char *csv_rows_name(const struct csv_rows *rows)
{
    return input_name(rows->input);
}

bool csv_rows_keep(struct csv_rows *rows, const bool *wanted, size_t count)
{
    bool *copy = wanted ? malloc(count + 1) : NULL;
    if (wanted && !copy)
        return false;
    if (wanted)
        memcpy(copy, wanted, count * sizeof *copy);
    free(rows->wanted);
    rows->wanted = copy;
    rows->wanted_count = count;
    rows->wanted_new = true;
    return true;
}

/* ---- The first line ---- */

static void read_mark(struct csv_rows *rows, struct errors *errors)
{
    while (rows->end < 3 && fetch(rows, errors))
        ;
    const unsigned char *bytes = rows->bytes;
    if (rows->end >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        rows->scan = 3;
    } else if (rows->end >= 2 &&
               (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
        rows->encoding = bytes[0] == 0xff ? UTF16_LITTLE : UTF16_BIG;
        /* what was read already is taken again from the half characters, piece by piece */
        size_t size = rows->end - 2, at = 0;
        unsigned char *raw = malloc(size + 1);
        if (!raw) {
            rows->memory_out = true;
            return;
        }
        memcpy(raw, bytes + 2, size);
        rows->end = 0;
        while (at < size && reserve(rows, 8)) {
            uint32_t point;
            size_t taken = take_utf16(rows, raw + at, size - at, false, &point);
            if (taken == 0)
                break;
            rows->end += put_utf8(rows->bytes + rows->end, point);
            at += taken;
        }
        rows->half_size = size - at < sizeof rows->half ? size - at : 0;
        memcpy(rows->half, raw + at, rows->half_size);
        free(raw);
    }
    rows->begin = rows->scan;
    rows->next_lf = find(rows, rows->scan, '\n');
    rows->next_cr = find(rows, rows->scan, '\r');
    rows->next_nul = find(rows, rows->scan, '\0');
}

/* The one of , ; tab | that stands most often in the line outside quotes. */
static char most_frequent(const unsigned char *line, size_t length)
{
    static const char candidates[] = ",;\t|";
    size_t counts[sizeof candidates - 1] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        quoted ^= line[i] == '"';
        for (size_t c = 0; c < sizeof counts / sizeof *counts && !quoted; c++)
            counts[c] += line[i] == (unsigned char)candidates[c];
    }
    for (size_t c = 1; c < sizeof counts / sizeof *counts; c++)
        if (counts[c] > counts[best])
            best = c;
    return candidates[best];
}

/* The length of the line at scan without its end; `end` is behind it. */
static size_t first_line(struct csv_rows *rows, size_t *end, struct errors *errors)
{
    *end = line_end(rows, errors);
    size_t length = *end - rows->scan;
    while (length && ends_line((char)rows->bytes[rows->scan + length - 1]))
        length--;
    return length;
}

static void find_delimiter(struct csv_rows *rows, char given, struct errors *errors)
{
    size_t end, length = first_line(rows, &end, errors);
    rows->delimiter = given;
    if (length >= 4 && length <= 5 && memcmp(rows->bytes + rows->scan, "sep=", 4) == 0) {
        if (length == 5 && !given)
            rows->delimiter = (char)rows->bytes[rows->scan + 4];
        rows->line++;
        advance(rows, end);
        length = first_line(rows, &end, errors);
    }
    while (length == 0 && end > rows->scan) {
        rows->line++;
        advance(rows, end);
        length = first_line(rows, &end, errors);
    }
    if (!rows->delimiter)
        rows->delimiter = most_frequent(rows->bytes + rows->scan, length);
    rows->begin = rows->scan;
}

struct csv_rows *csv_rows_new(struct input *input, char delimiter, struct errors *errors)
{
    struct csv_rows *rows = calloc(1, sizeof *rows);
    if (!rows) {
        errors_add(errors, ERROR_SOFTWARE, input_name(input), 0, 0, "out of memory");
        input_close(input);
        return NULL;
    }
    rows->input = input;
    rows->line = 1;
    rows->delimiter = ',';
    rows->memory_out = csv_init(&rows->parser, CSV_STRICT | CSV_STRICT_FINI) != 0 ||
                       !grow((void **)&rows->texts, &rows->texts_capacity, 64, 1) ||
                       !reserve(rows, CHUNK);
    if (!rows->memory_out) {
        rows->texts[0] = '\0';
        read_mark(rows, errors);
        find_delimiter(rows, delimiter, errors);
        csv_set_delim(&rows->parser, (unsigned char)rows->delimiter);
    }
    if (rows->memory_out)
        errors_add(errors, ERROR_SOFTWARE, input_name(input), 0, 0, "out of memory");
    if (!rows->memory_out && !rows->failed)
        return rows;
    csv_rows_free(rows);
    return NULL;
}

void csv_rows_free(struct csv_rows *rows)
{
    if (!rows)
        return;
    csv_free(&rows->parser);
    input_close(rows->input);
    free(rows->bytes);
    free(rows->texts);
    free(rows->fields);
    free(rows->wanted);
    free(rows);
}
