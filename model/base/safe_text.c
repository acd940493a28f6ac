#include "model/base/safe_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Bytes of the UTF-8 sequence at text (1 for a byte that begins none), and its code point, or
 * UINT32_MAX. */
static size_t decode(const unsigned char *text, size_t length, uint32_t *point)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    *point = UINT32_MAX;
    for (size_t more = 0; more < 4; more++) {
        if ((text[0] & forms[more].mask) != forms[more].lead)
            continue;
        uint32_t value = text[0] & (unsigned char)~forms[more].mask;
        if (more >= length)
            return 1;
        for (size_t i = 1; i <= more; i++) {
            if ((text[i] & 0xC0) != 0x80)
                return 1;
            value = value << 6 | (text[i] & 0x3F);
        }
        bool surrogate = value >= 0xD800 && value <= 0xDFFF;
        if (value < forms[more].least || surrogate || value > 0x10FFFF)
            return 1;
        *point = value;
        return more + 1;
    }
    return 1;
}

/* Controls, and what turns the direction of writing or the line. */
static bool steers(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x061C || point == 0x200E ||
           point == 0x200F || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069) || point == UINT32_MAX;
}

void safe_text_put(FILE *stream, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t point;
        size_t bytes = decode((const unsigned char *)text + i, length - i, &point);
        if (steers(point))
            putc('?', stream);
        else
            fwrite(text + i, 1, bytes, stream);
        i += bytes;
    }
}

size_t safe_text_columns(const char *text)
{
    size_t columns = 0, length = strlen(text);
    for (size_t i = 0; i < length; columns++) {
        uint32_t point;
        i += decode((const unsigned char *)text + i, length - i, &point);
    }
    return columns;
}
