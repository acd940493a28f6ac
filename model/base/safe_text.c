#include "model/base/safe_text.h"

#include <stdbool.h>

void safe_text_put(FILE *stream, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        /* C1 controls are two bytes in UTF-8: C2 80 to C2 9F */
        bool c1 = c == 0xC2 && i + 1 < length && (unsigned char)text[i + 1] < 0xA0;
        if (c1)
            i++;
        putc(c < 0x20 || c == 0x7F || c1 ? '?' : c, stream);
    }
}

size_t safe_text_columns(const char *text)
{
    size_t columns = 0;
    for (; *text; text++)
        columns += ((unsigned char)*text & 0xC0) != 0x80;
    return columns;
}
