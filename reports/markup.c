#include "reports/markup.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>

/* Bytes of the character at text, 0 when it is none. */
static size_t character(const unsigned char *at)
{
    size_t n = at[0] < 0x80             ? 1
               : (at[0] & 0xE0) == 0xC0 ? 2
               : (at[0] & 0xF0) == 0xE0 ? 3
               : (at[0] & 0xF8) == 0xF0 ? 4
                                        : 0;
    for (size_t i = 1; i < n; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return n == 2 && at[0] < 0xC2 ? 0 : n;
}

static const char *reference(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void markup_text(FILE *out, const char *text)
{
    for (const char *c = text; *c;) {
        size_t n = character((const unsigned char *)c);
        unsigned char byte = (unsigned char)*c;
        bool control = byte < 0x20 || byte == 0x7F || (byte == 0xC2 && (unsigned char)c[1] < 0xA0);
        if (n == 0 || control)
            putc('?', out);
        else if (reference(*c))
            fputs(reference(*c), out);
        else
            fwrite(c, 1, n, out);
        c += n ? n : 1;
    }
}

void markup_name(FILE *out, const char *name)
{
    fputs("<bdi>", out);
    markup_text(out, name);
    fputs("</bdi>", out);
}

void markup_format(FILE *out, const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return; /* the stream's owner is told by the allocation that failed */
    markup_text(out, text);
    free(text);
}
