#include "cli/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "cli/terminal.h"
#include "model/base/safe_text.h"

static bool said; /* something, on standard error */

void message_line(const char *format, ...)
{
    said = true;
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    fputs("peerplan: ", stderr);
    if (length < 0)
        fputs("out of memory", stderr);
    else
        safe_text_put(stderr, text, (size_t)length);
    putc('\n', stderr);
    if (length >= 0)
        free(text);
}

/* ---- A stream for the messages of others ---- */

/* Line by line, so that no character is cut in two. */
static ssize_t put_lines(void *cookie, const char *text, size_t size)
{
    (void)cookie;
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;
        safe_text_put(stderr, text + at, length);
        if (end)
            putc('\n', stderr);
        at += length + (end ? 1 : 0);
    }
    return (ssize_t)size;
}

FILE *message_stream(void)
{
    FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = put_lines});
    if (!stream)
        return stderr;
    setvbuf(stream, NULL, _IOLBF, BUFSIZ);
    return stream;
}

/* ---- Errors with a place ---- */

/* Bytes of the code point at text; invalid bytes count as one each. */
static size_t point_bytes(const char *text, size_t length)
{
    size_t n = 1;
    while (n < length && ((unsigned char)text[n] & 0xC0) == 0x80 && n < 4)
        n++;
    return n;
}

static int point_columns(const char *text, size_t bytes)
{
    wchar_t wide;
    mbstate_t state = {0};
    size_t read = mbrtowc(&wide, text, bytes, &state);
    int columns = read == 0 || read > bytes ? 1 : wcwidth(wide);
    return columns < 0 ? 1 : columns;
}

static size_t skip_points(const char *text, size_t length, long points)
{
    size_t at = 0;
    for (long i = 0; i < points && at < length; i++)
        at += point_bytes(text + at, length - at);
    return at;
}

/* Long lines are shown in part, so that the caret stays under its place. */
static void put_source(const char *source, long column)
{
    enum { BEFORE = 60, SHOWN = 76 };
    size_t length = strcspn(source, "\r\n");
    long first = column > BEFORE ? column - BEFORE : 1;
    size_t from = skip_points(source, length, first - 1);
    size_t shown = skip_points(source + from, length - from, SHOWN);
    fputs("  ", stderr);
    safe_text_put(stderr, source + from, shown);
    fputs("\n  ", stderr);
    size_t at = from;
    for (long i = first; i < column && at < length; i++) {
        size_t bytes = point_bytes(source + at, length - at);
        fprintf(stderr, "%*s", point_columns(source + at, bytes), "");
        at += bytes;
    }
    fputs(terminal_colour(stderr) ? "\033[1;32m^\033[0m\n" : "^\n", stderr);
}

bool message_said(void)
{
    return said;
}

static void put_error(const struct error *error)
{
    said = true;
    bool colour = terminal_colour(stderr);
    fputs("peerplan: ", stderr);
    if (error->file) {
        safe_text_put(stderr, error->file, strlen(error->file));
        if (error->line > 0)
            fprintf(stderr, ":%ld", error->line);
        if (error->line > 0 && error->column > 0)
            fprintf(stderr, ":%ld", error->column);
        fputs(": ", stderr);
    }
    if (error->warning)
        fputs(colour ? "\033[35mwarning:\033[0m " : "warning: ", stderr);
    const char *text = error->message ? error->message : "out of memory";
    safe_text_put(stderr, text, strlen(text));
    putc('\n', stderr);
    if (error->source && error->column > 0 && error->source[strspn(error->source, " \t\r\n")])
        put_source(error->source, error->column);
}

int message_outcome(const struct errors *errors, bool quiet)
{
    if (!quiet || errors->failures > 0)
        return message_errors(errors);
    for (size_t i = 0; i < errors->count; i++)
        if (errors->items[i].important)
            put_error(&errors->items[i]);
    return ERROR_NONE;
}

int message_errors(const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        put_error(&errors->items[i]);
    size_t all = errors->failures + errors->warnings;
    if (errors->count == 0 && errors->failures > 0) /* not even that could be kept */
        message_line("out of memory");
    else if (all > errors->count)
        message_line("%zu more mistakes are not shown", all - errors->count);
    fflush(stderr);
    return (int)errors_code(errors);
}
