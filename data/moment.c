#include "data/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "data/quantity.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits after a decimal point, to the end of text, in nanoseconds; may round up to a whole second.
 */
static bool parse_fraction(const char *text, nanos *value)
{
    nanos sum = 0, unit = SECOND / 10;
    if (!digit(*text))
        return false;
    for (; digit(*text) && unit > 0; text++, unit /= 10)
        sum += (*text - '0') * unit;
    if (*text >= '5' && *text <= '9') /* the tenth digit */
        sum++;
    while (digit(*text))
        text++;
    *value = sum;
    return *text == '\0';
}

bool moment_parse_seconds(const char *text, nanos *value)
{
    bool negative = *text == '-';
    nanos whole = 0, fraction = 0;
    text += negative;
    if (!digit(*text))
        return false;
    for (; digit(*text); text++) {
        whole = whole * 10 + (*text - '0');
        if (whole > TIME_MAX / SECOND)
            return false;
    }
    if (*text == '.' ? !parse_fraction(text + 1, &fraction) : *text != '\0')
        return false;
    nanos sum = whole * SECOND + fraction;
    *value = negative ? -sum : sum;
    return sum <= TIME_MAX;
}

bool moment_parse_duration(const char *text, nanos *value)
{
    if (moment_parse_seconds(text, value))
        return *value >= 0;
    return quantity_duration(text, value) == QUANTITY_OK && *value <= TIME_MAX;
}

/* Cuts a time's text before its fraction of a second; a fraction is rounded here. */
static bool cut_fraction(const char *text, char *buffer, size_t size, nanos *fraction)
{
    size_t length = strcspn(text, ".");
    *fraction = 0;
    if (length >= size)
        return false;
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return text[length] == '\0' || parse_fraction(text + length + 1, fraction);
}

/* Without a "Z" at the end; what is left must fit. */
static bool cut_zulu(const char *text, char *buffer, size_t size)
{
    size_t length = strlen(text);
    if (length && (text[length - 1] == 'Z' || text[length - 1] == 'z'))
        length--;
    if (length >= size)
        return false;
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return true;
}

static bool has_offset(const char *text)
{
    const char *time = strpbrk(text, "T ");
    return time && strpbrk(time, "+-");
}

static const char *parse_date(const char *text, int64_t start_unix, nanos *value)
{
    char plain[64], whole[64];
    int64_t seconds;
    nanos fraction, beyond;
    if (has_offset(text))
        return "a time with an offset from UTC: the run's start is local time and has none";
    if (!cut_zulu(text, plain, sizeof plain) ||
        !cut_fraction(plain, whole, sizeof whole, &fraction))
        return "not a time";
    switch (quantity_date(whole, &seconds, &beyond)) {
    case QUANTITY_FORM:
        return "not a time";
    case QUANTITY_RANGE:
        return "a date or time of day that does not exist";
    default:
        break;
    }
    int64_t distance = seconds - start_unix;
    if (distance > TIME_MAX / SECOND - 1 || distance < -(TIME_MAX / SECOND - 1))
        return "more than a hundred years from the run's start";
    *value = distance * SECOND + beyond + fraction;
    return NULL;
}

static const char *parse_of_day(const char *text, nanos *value)
{
    char whole[64];
    nanos fraction;
    if (!cut_fraction(text, whole, sizeof whole, &fraction))
        return "not a time";
    switch (quantity_time_of_day(whole, value)) {
    case QUANTITY_FORM:
        return "not a time";
    case QUANTITY_RANGE:
        return "a time of day that does not exist";
    default:
        *value += fraction;
        return *value < DAY ? NULL : "a time of day that does not exist";
    }
}

const char *moment_parse(const char *text, int64_t start_unix, enum moment_kind *kind, nanos *value)
{
    size_t digits = 0;
    while (digit(text[digits]))
        digits++;
    if (digits == 4 && text[4] == '-') {
        *kind = MOMENT_DATE;
        return parse_date(text, start_unix, value);
    }
    if (digits > 0 && text[digits] == ':') {
        *kind = MOMENT_OF_DAY;
        return parse_of_day(text, value);
    }
    *kind = MOMENT_OFFSET;
    if (moment_parse_seconds(text, value) || moment_parse_duration(text, value))
        return NULL;
    return *text ? "not a time" : "no time";
}

char *moment_print(enum moment_kind kind, int64_t start_unix, nanos value, char *buffer,
                   size_t size)
{
    struct tm parts;
    time_t seconds = (time_t)(value / SECOND);
    if (kind == MOMENT_DATE) {
        seconds = (time_t)(start_unix + value / SECOND - (value % SECOND < 0));
        if (!gmtime_r(&seconds, &parts) || strftime(buffer, size, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
            snprintf(buffer, size, "?");
        return buffer;
    }
    if (kind == MOMENT_OF_DAY) {
        snprintf(buffer, size, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                 (int)(seconds % 60));
        return buffer;
    }
    bool negative = value < 0;
    char text[64];
    quantity_print_duration(negative ? -value : value, text, sizeof text);
    snprintf(buffer, size, "%s%s", negative ? "-" : "", text);
    return buffer;
}
