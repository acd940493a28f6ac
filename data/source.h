/* The text of a file with its places: read whole, checked to be UTF-8, lines found, errors with
 * line and column.
 *
 * Lines end with LF or CRLF and count from 1; columns count code points from 1. Limits: SOURCE_MAX
 * bytes. A source owns its text. It is checked once at the start, so that whoever reads it later
 * meets valid text only: no NUL, no control characters but LF, CRLF and tab, no tab in the
 * indentation of a line.
 */
#ifndef PEERPLAN_DATA_SOURCE_H
#define PEERPLAN_DATA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/error.h"

#define SOURCE_MAX ((size_t)16 * 1024 * 1024)

struct source {
    char *name;           /* owned; as shown in messages */
    enum error_code code; /* of mistakes in it; ERROR_NONE: ERROR_DATA */
    char *text;           /* owned; NUL-terminated */
    size_t length;        /* bytes */
    size_t start;         /* bytes of a byte order mark at the start */
    uint32_t *lines;      /* owned; byte offset where each line starts */
    uint32_t line_count;
    uint32_t *points; /* owned; byte offset of every SOURCE_STRIDE-th code point */
};

/* Reads a file; path "-" is standard input, shown as <stdin>. False, with errors, when it cannot be
 * read. */
bool source_read(struct source *source, const char *path, struct errors *errors);

/* Copies a text. */
bool source_copy(struct source *source, const char *text, size_t length, const char *name,
                 struct errors *errors);

void source_release(struct source *source);

/* The byte offset of a code point counted from the start of the text (after the byte order mark).
 */
size_t source_offset(const struct source *source, size_t point);

/* Appends an error, or a warning, at a place, with its source line. */
void source_error(const struct source *source, struct errors *errors, long line, long column,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
void source_warn(const struct source *source, struct errors *errors, long line, long column,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
