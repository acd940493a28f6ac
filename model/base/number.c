#include "model/base/number.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* glibc keeps the "C" locale as a constant: newlocale gives a pointer to it, and nothing needs to
 * be freed. */
static locale_t c_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static void print(char *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(char *buffer, const char *format, ...)
{
    va_list args;
    locale_t c = c_locale(), before = uselocale(c);
    va_start(args, format);
    vsnprintf(buffer, NUMBER_SIZE, format, args);
    va_end(args);
    uselocale(before);
    freelocale(c);
}

static double read_back(const char *text, char **end)
{
    locale_t c = c_locale();
    double value = strtod_l(text, end, c);
    freelocale(c);
    return value;
}

char *number_format(double value, char buffer[static NUMBER_SIZE])
{
    if (isnan(value)) {
        buffer[0] = '\0';
    } else if (isinf(value)) {
        print(buffer, value < 0 ? "-inf" : "inf");
    } else if (value == 0) {
        print(buffer, "0"); /* no minus zero */
    } else if (fabs(value) <= 9007199254740992.0 && value == trunc(value)) {
        print(buffer, "%.0f", value);
    } else {
        for (int digits = 15; digits <= 17; digits++) {
            print(buffer, "%.*g", digits, value);
            if (digits == 17 || read_back(buffer, NULL) == value)
                break;
        }
    }
    return buffer;
}

char *number_format_fixed(double value, int decimals, char buffer[static NUMBER_SIZE])
{
    if (!isfinite(value) || fabs(value) > 1e15)
        return number_format(value, buffer);
    print(buffer, "%.*f", decimals, value);
    return buffer;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *digits_end(const char *text)
{
    while (digit(*text))
        text++;
    return text;
}

bool number_parse(const char *text, double *value)
{
    const char *p = text + (*text == '-' || *text == '+');
    const char *end = digits_end(p);
    bool any = end > p;
    if (*end == '.') {
        p = end + 1;
        end = digits_end(p);
        any = any || end > p;
    }
    if (!any)
        return false;
    if (*end == 'e' || *end == 'E') {
        p = end + 1;
        p += *p == '-' || *p == '+';
        end = digits_end(p);
        if (end == p)
            return false;
    }
    if (*end)
        return false;
    *value = read_back(text, NULL);
    return isfinite(*value);
}
