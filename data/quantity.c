#include "data/quantity.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

enum quantity_result quantity_unsigned(const char *text, uint64_t *value)
{
    uint64_t sum = 0;
    bool over = false;
    if (!digit(*text))
        return QUANTITY_FORM;
    for (; digit(*text); text++) {
        over = over || __builtin_mul_overflow(sum, 10, &sum) ||
               __builtin_add_overflow(sum, *text - '0', &sum);
    }
    if (*text)
        return QUANTITY_FORM;
    *value = sum;
    return over ? QUANTITY_RANGE : QUANTITY_OK;
}

enum quantity_result quantity_integer(const char *text, int64_t *value)
{
    uint64_t sum;
    bool negative = *text == '-';
    enum quantity_result result = quantity_unsigned(text + negative, &sum);
    if (result == QUANTITY_FORM)
        return result;
    if (negative)
        return QUANTITY_RANGE;
    *value = (int64_t)(sum & INT64_MAX);
    return sum > INT64_MAX ? QUANTITY_RANGE : result;
}

/* The end of a decimal number at the start of text, or NULL. */
static const char *number_end(const char *text, bool exponent)
{
    if (!digit(*text))
        return NULL;
    while (digit(*text))
        text++;
    if (*text == '.') {
        if (!digit(*++text))
            return NULL;
        while (digit(*text))
            text++;
    }
    if (exponent && (*text == 'e' || *text == 'E')) {
        text += text[1] == '+' || text[1] == '-' ? 2 : 1;
        if (!digit(*text))
            return NULL;
        while (digit(*text))
            text++;
    }
    return text;
}

/* strtod in the C locale; the text was checked to be a decimal number. */
static enum quantity_result decimal(const char *text, double *value)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c)
        return QUANTITY_RANGE;
    *value = strtod_l(text, NULL, c);
    freelocale(c);
    return isfinite(*value) ? QUANTITY_OK : QUANTITY_RANGE;
}

enum quantity_result quantity_real(const char *text, double *value)
{
    const char *end = number_end(text, true);
    if (!end || *end)
        return QUANTITY_FORM;
    return decimal(text, value);
}

/* "4%" at the start of text, as a share. */
static const char *percent(const char *text, double *value)
{
    char number[64];
    const char *end = number_end(text, false);
    if (!end || *end != '%' || (size_t)(end - text) >= sizeof number)
        return NULL;
    snprintf(number, sizeof number, "%.*s", (int)(end - text), text);
    if (decimal(number, value) != QUANTITY_OK)
        return NULL;
    *value /= 100;
    return end + 1;
}

enum quantity_result quantity_growth(const char *text, struct growth_rate *growth)
{
    static const struct {
        const char *name;
        int months;
    } periods[] = {{"/month", 1}, {"/quarter", 3}, {"/year", 12}};
    bool falls = *text == '-';
    *growth = (struct growth_rate){0};
    text = percent(text + falls, &growth->rate);
    for (size_t i = 0; text && i < sizeof periods / sizeof *periods && !growth->months; i++)
        if (strncmp(text, periods[i].name, strlen(periods[i].name)) == 0) {
            growth->months = periods[i].months;
            text += strlen(periods[i].name);
        }
    if (!text || !growth->months)
        return QUANTITY_FORM;
    if (strncmp(text, "+-", 2) == 0 && !(text = percent(text + 2, &growth->band)))
        return QUANTITY_FORM;
    growth->rate = falls ? -growth->rate : growth->rate;
    if (*text)
        return QUANTITY_FORM;
    bool wide = growth->rate - growth->band <= -1 || growth->rate + growth->band > 10;
    return wide ? QUANTITY_RANGE : QUANTITY_OK;
}

/* A number of units in nanoseconds, exactly rounded: the fraction's first 15 digits count. */
static bool scale(const char *text, const char *end, nanos unit, nanos *value)
{
    __int128 whole = 0, fraction = 0, ten = 1;
    for (; text < end && *text != '.'; text++) {
        whole = whole * 10 + (*text - '0');
        if (whole > TIME_MAX)
            return false;
    }
    for (text++; text < end && ten < INT64_C(1000000000000000); text++, ten *= 10)
        fraction = fraction * 10 + (*text - '0');
    __int128 sum = whole * unit + (fraction * unit + ten / 2) / ten;
    if (sum > TIME_MAX)
        return false;
    *value = (nanos)sum;
    return true;
}

static const struct time_unit {
    const char *name;
    nanos length;
} time_units[] = {
    {"w", 7 * DAY}, {"d", DAY}, {"h", HOUR}, {"ms", SECOND / 1000}, {"m", MINUTE}, {"s", SECOND},
};

static const struct time_unit *time_unit_at(const char *text)
{
    for (size_t i = 0; i < sizeof time_units / sizeof *time_units; i++)
        if (strncmp(text, time_units[i].name, strlen(time_units[i].name)) == 0)
            return &time_units[i];
    return NULL;
}

enum quantity_result quantity_duration(const char *text, nanos *value)
{
    nanos sum = 0, last = INT64_MAX, part;
    bool over = false;
    if (strcmp(text, "never") == 0) {
        *value = FOREVER;
        return QUANTITY_OK;
    }
    if (strcmp(text, "0") == 0) {
        *value = 0;
        return QUANTITY_OK;
    }
    do {
        const char *end = number_end(text, false);
        const struct time_unit *unit = end ? time_unit_at(end) : NULL;
        if (!unit || unit->length >= last)
            return QUANTITY_FORM;
        if (!scale(text, end, unit->length, &part))
            over = true;
        else
            sum += part;
        over = over || sum > TIME_MAX;
        sum = over ? 0 : sum;
        last = unit->length;
        text = end + strlen(unit->name);
    } while (*text);
    *value = sum;
    return over ? QUANTITY_RANGE : QUANTITY_OK;
}

enum quantity_result quantity_rate(const char *text, double *value)
{
    static const struct {
        const char *suffix;
        double seconds;
    } units[] = {{"/s", 1}, {"/m", 60}, {"/min", 60}, {"/h", 3600}, {"/d", 86400}};
    const char *end = number_end(text, false);
    if (!end)
        return QUANTITY_FORM;
    if (strcmp(text, "0") == 0) {
        *value = 0;
        return QUANTITY_OK;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].suffix))
            continue;
        enum quantity_result result = decimal(text, value);
        *value /= units[i].seconds;
        return result;
    }
    return QUANTITY_FORM;
}

enum quantity_result quantity_fraction(const char *text, double *value)
{
    const char *end = number_end(text, true);
    if (!end || (*end && strcmp(end, "%")))
        return QUANTITY_FORM;
    enum quantity_result result = decimal(text, value);
    if (*end)
        *value /= 100;
    return result;
}

enum quantity_result quantity_bits(const char *text, int64_t *value)
{
    static const struct {
        const char *suffix;
        double factor;
    } units[] = {{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}};
    const char *end = number_end(text, false);
    double number;
    for (size_t i = 0; end && i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].suffix))
            continue;
        if (decimal(text, &number) != QUANTITY_OK || number * units[i].factor > 9e18)
            return QUANTITY_RANGE;
        *value = (int64_t)llround(number * units[i].factor);
        return QUANTITY_OK;
    }
    return QUANTITY_FORM;
}

/* Exactly `count` digits; moves on. */
static bool digits(const char **text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (!digit(**text))
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

enum quantity_result quantity_time_of_day(const char *text, nanos *value)
{
    int hour, minute, second = 0;
    nanos beyond = 0;
    bool short_hour = digit(text[0]) && text[1] == ':';
    if (!digits(&text, short_hour ? 1 : 2, &hour) || *text++ != ':' || !digits(&text, 2, &minute))
        return QUANTITY_FORM;
    if (*text == ':') {
        text++;
        if (!digits(&text, 2, &second))
            return QUANTITY_FORM;
        if (*text == '.') {
            const char *end = number_end(text - 1, false); /* from the last digit of the seconds */
            if (!end || !scale(text - 1, end, SECOND, &beyond))
                return QUANTITY_FORM;
            beyond %= SECOND;
            text = end;
        }
    }
    if (*text)
        return QUANTITY_FORM;
    if (hour > 23 || minute > 59 || second > 59)
        return QUANTITY_RANGE;
    *value = hour * HOUR + minute * MINUTE + second * SECOND + beyond;
    return QUANTITY_OK;
}

/* Days since 1970-01-01 in the Gregorian calendar: days of the 400-year era, counted from March. */
static int64_t days_from_date(int year, int month, int day)
{
    year -= month <= 2;
    int era_year = year % 400;
    int month_day = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int era_day = era_year * 365 + era_year / 4 - era_year / 100 + month_day;
    return (int64_t)(year / 400) * 146097 + era_day - 719468;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

enum quantity_result quantity_date(const char *text, int64_t *seconds, nanos *beyond)
{
    int year, month, day;
    nanos time = 0;
    if (!digits(&text, 4, &year) || *text++ != '-' || !digits(&text, 2, &month) || *text++ != '-' ||
        !digits(&text, 2, &day))
        return QUANTITY_FORM;
    if (*text) {
        if ((*text != 'T' && *text != ' ') || text[1] == '\0' || text[2] == ':')
            return QUANTITY_FORM;
        enum quantity_result result = quantity_time_of_day(text + 1, &time);
        if (result != QUANTITY_OK)
            return result;
    }
    if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month))
        return QUANTITY_RANGE;
    *seconds = days_from_date(year, month, day) * 86400 + time / SECOND;
    *beyond = time % SECOND;
    return QUANTITY_OK;
}

char *quantity_print_duration(nanos value, char *buffer, size_t size)
{
    static const struct time_unit units[] = {
        {"d", DAY}, {"h", HOUR}, {"m", MINUTE}, {"s", SECOND}, {"ms", SECOND / 1000},
    };
    size_t used = 0;
    snprintf(buffer, size, "%s", value == FOREVER ? "never" : "0");
    if (value == FOREVER)
        return buffer;
    for (size_t i = 0; i < sizeof units / sizeof *units && used < size; i++) {
        if (value < units[i].length)
            continue;
        used += (size_t)snprintf(buffer + used, size - used, "%lld%s",
                                 (long long)(value / units[i].length), units[i].name);
        value %= units[i].length;
    }
    return buffer;
}
