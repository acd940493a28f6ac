#include "data/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "data/quantity.h"
#include "data/time_zone.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits after a decimal point, in nanoseconds; may round up to a whole second. */
static bool take_fraction(const char **text, nanos *value)
{
    static const nanos units[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                  10000,      1000,      100,      10,      1};
    const char *p = *text;
    nanos sum = 0;
    size_t count = 0;
    for (; count < 9 && digit(p[count]); count++)
        sum = sum * 10 + (p[count] - '0');
    sum *= units[count];
    if (count == 9 && p[9] >= '5' && p[9] <= '9')
        sum++;
    *value = sum;
    *text = p + count;
    while (digit(**text))
        ++*text;
    return count > 0;
}

/* The same to the end of text. */
static bool parse_fraction(const char *text, nanos *value)
{
    return take_fraction(&text, value) && !*text;
}

bool moment_parse_seconds(const char *text, nanos *value)
{
    bool negative = *text == '-';
    nanos whole = 0, fraction = 0;
    text += negative;
    if (!digit(*text))
        return false;
    for (; digit(*text); text++)
        if ((whole = whole * 10 + (*text - '0')) > TIME_MAX / SECOND)
            return false;
    if (*text && (*text != '.' || !parse_fraction(text + 1, &fraction)))
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

/* ---- Offsets and zones ---- */

struct moment_clock moment_clock(int64_t start_unix, const struct time_zone *zone)
{
    struct moment_clock clock = {.start_unix = start_unix, .zone = zone, .last = INT64_MIN};
    int64_t instants[2];
    for (int64_t later = 0; zone && !clock.anchored && later <= 86400; later += 900) {
        clock.anchored = time_zone_instants(zone, start_unix + later, instants) > 0;
        clock.start = instants[0] - later;
    }
    return clock;
}

static bool two_digits(const char **text, int *value)
{
    const char *p = *text;
    if (!digit(p[0]) || !digit(p[1]))
        return false;
    *value = (p[0] - '0') * 10 + (p[1] - '0');
    *text = p + 2;
    return true;
}

/* "+02:00", "-0330", "+01", "Z" to the end of text, in seconds; nothing is none. */
static bool parse_offset(const char *at, bool *stated, int32_t *offset)
{
    int hours = 0, minutes = 0;
    *stated = *at != '\0';
    *offset = 0;
    if (!*at || *at == 'Z' || *at == 'z')
        return !*at || at[1] == '\0';
    const char *rest = at + 1;
    bool good = (*at == '+' || *at == '-') && two_digits(&rest, &hours);
    if (good && *rest) {
        rest += *rest == ':';
        good = two_digits(&rest, &minutes) && !*rest;
    }
    *offset = (*at == '-' ? -60 : 60) * (60 * hours + minutes);
    return good && hours <= 15 && minutes <= 59;
}

/* Cuts the offset at the end of a date and time off. False when what is there is none. */
static bool cut_offset(const char *text, char *buffer, size_t size, bool *stated, int32_t *offset)
{
    const char *time = strpbrk(text, "T ");
    const char *at = time ? strpbrk(time, "+-Zz") : NULL;
    size_t length = at ? (size_t)(at - text) : strlen(text);
    if (length >= size)
        return false;
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return parse_offset(at ? at : "", stated, offset);
}

static int64_t with_offset(struct moment_clock *clock, int64_t local, int32_t offset)
{
    if (!clock->anchored) {
        clock->anchored = true;
        clock->offset = offset;
        clock->start = clock->start_unix - offset;
    }
    clock->offsets_change = clock->offsets_change || (!clock->zone && offset != clock->offset);
    return local - offset - clock->start;
}

/* A local time: where the clock is put back it is there twice, and the later one is meant as soon
 * as the earlier one has passed. */
static const char *in_zone(struct moment_clock *clock, int64_t local, int64_t *distance)
{
    int64_t instants[2];
    size_t count = time_zone_instants(clock->zone, local, instants);
    if (count == 0)
        return "a local time that the clock skips in this time zone";
    int64_t instant = count == 2 && instants[0] < clock->last ? instants[1] : instants[0];
    clock->last = instant;
    *distance = instant - clock->start;
    return NULL;
}

/* A date with its time as it stands in a text. */
struct written {
    int64_t seconds; /* since 1970, of a clock without a zone */
    nanos below;     /* and beyond */
    int32_t offset;
    bool stated; /* the offset */
};

/* "2026-03-02T08:30:00" with whatever follows, on the day of the stamp before. */
static bool parse_same_day(const char *text, const struct moment_clock *clock, struct written *w)
{
    int hour, minute, second;
    if (!clock->date[0] || strncmp(text, clock->date, 10) != 0 ||
        (text[10] != 'T' && text[10] != ' '))
        return false;
    const char *p = text + 11;
    if (!two_digits(&p, &hour) || *p++ != ':' || !two_digits(&p, &minute) || *p++ != ':' ||
        !two_digits(&p, &second) || hour > 23 || minute > 59 || second > 59)
        return false;
    w->seconds = clock->day + hour * 3600 + minute * 60 + second;
    w->below = 0;
    if (*p == '.' && (p++, !take_fraction(&p, &w->below)))
        return false;
    return parse_offset(p, &w->stated, &w->offset);
}

static const char *parse_any_day(const char *text, struct moment_clock *clock, struct written *w)
{
    char plain[64], whole[64];
    nanos fraction, beyond;
    if (!cut_offset(text, plain, sizeof plain, &w->stated, &w->offset) ||
        !cut_fraction(plain, whole, sizeof whole, &fraction))
        return "not a time";
    switch (quantity_date(whole, &w->seconds, &beyond)) {
    case QUANTITY_FORM:
        return "not a time";
    case QUANTITY_RANGE:
        return "a date or time of day that does not exist";
    default:
        break;
    }
    w->below = beyond + fraction;
    memcpy(clock->date, text, 10);
    clock->day = w->seconds - w->seconds % 86400;
    return NULL;
}

static const char *parse_date(const char *text, struct moment_clock *clock, nanos *value)
{
    struct written w;
    int64_t distance = 0;
    const char *reason = parse_same_day(text, clock, &w) ? NULL : parse_any_day(text, clock, &w);
    if (reason)
        return reason;
    if (w.stated)
        distance = with_offset(clock, w.seconds, w.offset);
    else if (clock->zone)
        reason = in_zone(clock, w.seconds, &distance);
    else
        distance = w.seconds - clock->start_unix;
    if (distance > TIME_MAX / SECOND - 1 || distance < -(TIME_MAX / SECOND - 1))
        return "more than a hundred years from the run's start";
    *value = distance * SECOND + w.below;
    return reason;
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

const char *moment_parse(const char *text, struct moment_clock *clock, enum moment_kind *kind,
                         nanos *value)
{
    size_t digits = 0;
    while (digit(text[digits]))
        digits++;
    if (digits == 4 && text[4] == '-') {
        *kind = MOMENT_DATE;
        return parse_date(text, clock, value);
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
