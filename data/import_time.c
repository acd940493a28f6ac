#include "data/import_time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "data/moment.h"

const char IMPORT_TIME_AMBIGUOUS[] = "day or month first? (say it with --time-format)";

static const char not_a_time[] = "not a time";
static const char no_such_time[] = "a date or time that does not exist";

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- Dates ---- */

int64_t import_days(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void import_date(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted + (shifted < 10 ? 3 : -9));
    *year = (int)(years + era * 400 + (*month <= 2));
}

static bool date_exists(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[month - 1] + (month == 2 && leap);
}

/* ---- Pieces of text ---- */

static int two(const char *p)
{
    return digit(p[0]) && digit(p[1]) ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

/* Up to `most` digits; how many. */
static int take_digits(const char **text, int most, int *value)
{
    int count = 0;
    *value = 0;
    while (count < most && digit(**text)) {
        *value = *value * 10 + (*(*text)++ - '0');
        count++;
    }
    return count;
}

/* The digits behind a point, in nanoseconds; what is finer is cut. */
static int32_t take_fraction(const char **text)
{
    int32_t value = 0, unit = 100000000;
    for (; digit(**text); ++*text, unit /= 10)
        value += unit * (**text - '0');
    return value;
}

/* ---- Offsets and times of day ---- */

/* "Z", "+01:00", "-0330", "+01", " UTC"; nothing is a local time. False when something else is
 * left. */
static bool take_offset(const char *p, struct import_stamp *stamp)
{
    while (*p == ' ')
        p++;
    stamp->instant = *p != '\0';
    if (!*p)
        return true;
    if ((*p == 'Z' || *p == 'z') && !p[1])
        return true;
    if (strcmp(p, "UTC") == 0 || strcmp(p, "GMT") == 0)
        return true;
    if (*p != '+' && *p != '-')
        return false;
    int sign = *p++ == '-' ? -1 : 1, hours = two(p), minutes = 0;
    if (hours < 0 || hours > 24)
        return false;
    p += 2;
    p += *p == ':';
    if (*p) {
        minutes = two(p);
        if (minutes < 0 || minutes > 59 || p[2])
            return false;
    }
    stamp->seconds -= sign * (hours * 3600 + minutes * 60);
    return true;
}

/* "AM" or "PM" behind a time of day. */
static bool take_half(const char **text, int *hour)
{
    const char *p = *text;
    while (*p == ' ')
        p++;
    bool am = *p == 'A' || *p == 'a', pm = *p == 'P' || *p == 'p';
    if ((!am && !pm) || (p[1] != 'M' && p[1] != 'm'))
        return true;
    *text = p + 2;
    if (*hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (pm ? 12 : 0);
    return true;
}

/* "[T ]H:M[:S[.f]] [AM|PM] [offset]"; a date alone is midnight. */
static const char *take_time(const char *p, struct import_stamp *stamp)
{
    int hour = 0, minute = 0, second = 0;
    if (*p) {
        if (*p != 'T' && *p != 't' && *p != ' ')
            return not_a_time;
        while (*p == ' ' || *p == 'T' || *p == 't')
            p++;
        if (!take_digits(&p, 2, &hour) || *p++ != ':' || take_digits(&p, 2, &minute) != 2)
            return not_a_time;
        if (*p == ':') {
            p++;
            if (take_digits(&p, 2, &second) != 2)
                return not_a_time;
            if (*p == '.' || *p == ',') {
                p++;
                if (!digit(*p))
                    return not_a_time;
                stamp->nanos = take_fraction(&p);
            }
        }
        if (!take_half(&p, &hour))
            return no_such_time;
    }
    if (hour > 23 || minute > 59 || second > 59)
        return no_such_time;
    stamp->seconds += hour * 3600 + minute * 60 + second;
    return take_offset(p, stamp) ? NULL : not_a_time;
}

/* ---- Dates with their time ---- */

/* The day of a date whose first two numbers are a day and a month in some order. */
static const char *decide_order(struct import_times *times, int a, int b, int year, int64_t *day)
{
    if (times->order == DAY_ORDER_UNKNOWN) {
        if (a > 12 && b >= 1 && b <= 12)
            times->order = DAY_FIRST;
        else if (b > 12 && a >= 1 && a <= 12)
            times->order = MONTH_FIRST;
        else if (a == b && date_exists(year, a, b))
            return *day = import_days(year, a, b), NULL;
        else
            return a > 12 || b > 12 || a < 1 || b < 1 ? no_such_time : IMPORT_TIME_AMBIGUOUS;
    }
    int month = times->order == DAY_FIRST ? b : a, of_month = times->order == DAY_FIRST ? a : b;
    if (!date_exists(year, month, of_month))
        return no_such_time;
    *day = import_days(year, month, of_month);
    return NULL;
}

/* "2026-03-09", "2026/3/9", "9.3.2026" and the like. */
static const char *take_date(struct import_times *times, const char **text, int64_t *day)
{
    const char *p = *text;
    int first, second, third;
    int digits = take_digits(&p, 4, &first);
    char separator = *p;
    if (digits == 0 || !strchr("-/.", separator) || !separator)
        return not_a_time;
    p++;
    if (!take_digits(&p, 2, &second) || *p++ != separator)
        return not_a_time;
    int last = take_digits(&p, 4, &third);
    *text = p;
    if (digits == 4 && last >= 1 && last <= 2) {
        if (!date_exists(first, second, third))
            return no_such_time;
        *day = import_days(first, second, third);
        return NULL;
    }
    if (digits > 2 || last != 4 || times->kind == TIMES_ISO)
        return not_a_time;
    return decide_order(times, first, second, third, day);
}

/* "2026-03-09 10:00:05", perhaps with a fraction or an offset, as most records have it: the date is
 * mostly that of the row before. */
static bool parse_usual(struct import_times *times, const char *p, struct import_stamp *stamp)
{
    if (memcmp(p, times->date, 10) != 0 || (p[10] != ' ' && p[10] != 'T') || p[13] != ':' ||
        p[16] != ':')
        return false;
    int hour = two(p + 11), minute = two(p + 14), second = two(p + 17);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    stamp->seconds = times->day * 86400 + hour * 3600 + minute * 60 + second;
    p += 19;
    if (!*p)
        return true;
    if (*p == '.' && digit(p[1])) {
        p++;
        stamp->nanos = take_fraction(&p);
    }
    return take_offset(p, stamp);
}

static const char *parse_date(struct import_times *times, const char *text,
                              struct import_stamp *stamp)
{
    if (times->date[0] && strnlen(text, 19) == 19 && parse_usual(times, text, stamp))
        return NULL;
    *stamp = (struct import_stamp){0};
    const char *p = text;
    int64_t day;
    const char *reason = take_date(times, &p, &day);
    if (reason && reason != IMPORT_TIME_AMBIGUOUS)
        return reason;
    if (reason)
        day = 0;
    stamp->seconds = day * 86400;
    const char *time_reason = take_time(p, stamp);
    if (!reason && !time_reason && p == text + 10) {
        memcpy(times->date, text, 10);
        times->day = day;
    }
    return time_reason ? time_reason : reason;
}

/* ---- Numbers ---- */

static const char *parse_epoch(const char *text, int64_t per_second, struct import_stamp *stamp)
{
    const char *p = text;
    int64_t whole = 0;
    bool negative = *p == '-';
    p += negative;
    if (!digit(*p))
        return not_a_time;
    for (; digit(*p); p++) {
        whole = whole * 10 + (*p - '0');
        if (whole > INT64_C(1000000000000000))
            return "a time outside the years 1970 to 2199";
    }
    int64_t below = whole % per_second * (SECOND / per_second);
    if (*p == '.') {
        p++;
        if (!digit(*p))
            return not_a_time;
        below += take_fraction(&p) / per_second;
    }
    if (*p)
        return not_a_time;
    if (negative && (whole || below))
        return "a time before 1970";
    *stamp = (struct import_stamp){whole / per_second, (int32_t)below, true};
    return NULL;
}

/* "20260309100000" */
static bool parse_compact(const char *text, struct import_stamp *stamp)
{
    int part[7];
    for (int i = 0; i < 7; i++)
        part[i] = two(text + 2 * i);
    int year = part[0] * 100 + part[1];
    if (year < 1970 || year > 2199 || !date_exists(year, part[2], part[3]) || part[4] > 23 ||
        part[5] > 59 || part[6] > 59)
        return false;
    *stamp = (struct import_stamp){import_days(year, part[2], part[3]) * 86400 + part[4] * 3600 +
                                       part[5] * 60 + part[6],
                                   0, false};
    return true;
}

static const char *parse_number(const char *text, struct import_stamp *stamp)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 14 && !text[14] && parse_compact(text, stamp))
        return NULL;
    return parse_epoch(text, digits >= 12 ? 1000 : 1, stamp);
}

/* ---- Patterns ---- */

/* Takes a fraction behind the seconds out of the text: strptime knows none. */
static const char *cut_fraction(const struct import_times *times, const char *text, char *plain,
                                size_t size, int32_t *nanos_read)
{
    char head[sizeof times->pattern];
    const char *seconds = strstr(times->pattern, "%S");
    struct tm parts = {0};
    *nanos_read = 0;
    if (!seconds)
        return text;
    memcpy(head, times->pattern, (size_t)(seconds - times->pattern) + 2);
    head[seconds - times->pattern + 2] = '\0';
    const char *behind = strptime(text, head, &parts), *p = behind;
    size_t length = strlen(text);
    if (!behind || (*p != '.' && *p != ',') || !digit(p[1]) || length >= size || seconds[2] == *p)
        return text;
    p++;
    *nanos_read = take_fraction(&p);
    memcpy(plain, text, (size_t)(behind - text));
    memcpy(plain + (behind - text), p, strlen(p) + 1);
    return plain;
}

static const char *parse_pattern(const struct import_times *times, const char *text,
                                 struct import_stamp *stamp)
{
    char plain[256];
    struct tm parts = {.tm_mday = 1, .tm_year = 70};
    text = cut_fraction(times, text, plain, sizeof plain, &stamp->nanos);
    const char *rest = strptime(text, times->pattern, &parts);
    if (!rest || *rest)
        return "not a time of that --time-format";
    if (!date_exists(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday) || parts.tm_sec > 59)
        return no_such_time;
    stamp->seconds = import_days(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday) * 86400 +
                     parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
    stamp->instant = times->has_offset;
    if (times->has_offset)
        stamp->seconds -= parts.tm_gmtoff;
    return NULL;
}

/* ---- All of them ---- */

bool import_times_init(struct import_times *times, const char *format)
{
    *times = (struct import_times){.kind = TIMES_PATTERN};
    static const char *const names[] = {"auto", "iso", "epoch", "epoch-ms"};
    for (int i = 0; i < 4; i++)
        if (strcmp(format, names[i]) == 0)
            return times->kind = (unsigned)i, true;
    size_t used = 0;
    if (!strchr(format, '%'))
        return false;
    for (const char *p = format; *p; p++) {
        const char *piece = p[0] == '%' && p[1] == 'T' ? "%H:%M:%S" : NULL;
        size_t length = piece ? strlen(piece) : p[0] == '%' && p[1] ? 2 : 1;
        if (used + length >= sizeof times->pattern)
            return false;
        memcpy(times->pattern + used, piece ? piece : p, length);
        used += length;
        p += piece || length == 2;
    }
    times->has_offset = strstr(times->pattern, "%z") || strstr(times->pattern, "%s");
    return true;
}

const char *import_times_parse(struct import_times *times, const char *text,
                               struct import_stamp *stamp)
{
    *stamp = (struct import_stamp){0, 0, false};
    if (!*text)
        return "no time";
    switch (times->kind) {
    case TIMES_EPOCH:
        return parse_epoch(text, 1, stamp);
    case TIMES_EPOCH_MS:
        return parse_epoch(text, 1000, stamp);
    case TIMES_PATTERN:
        return parse_pattern(times, text, stamp);
    case TIMES_ISO:
        return parse_date(times, text, stamp);
    case TIMES_AUTO:
        break;
    }
    if (digit(text[0]) && digit(text[1]) && digit(text[2]) && digit(text[3]) && text[4] == '-')
        return parse_date(times, text, stamp);
    size_t digits = strspn(text, "0123456789");
    if (digits && (!text[digits] || (text[digits] == '.' && digits > 4)))
        return parse_number(text, stamp);
    return parse_date(times, text, stamp);
}

bool import_times_decide(struct import_times *times, const char *ambiguous, const char *instant)
{
    struct import_stamp at, stamp;
    size_t digits = strspn(instant, "0123456789");
    if (digits < 9 || digits > 10 || (instant[digits] && instant[digits] != '.') ||
        parse_epoch(instant, 1, &at))
        return false;
    struct import_times day = *times, month = *times;
    day.order = DAY_FIRST;
    month.order = MONTH_FIRST;
    /* within two days, for the zone and for the length of the call */
    bool by_day = !import_times_parse(&day, ambiguous, &stamp) &&
                  stamp.seconds - at.seconds < 2 * 86400 && at.seconds - stamp.seconds < 2 * 86400;
    bool by_month = !import_times_parse(&month, ambiguous, &stamp) &&
                    stamp.seconds - at.seconds < 2 * 86400 &&
                    at.seconds - stamp.seconds < 2 * 86400;
    if (by_day == by_month)
        return false;
    times->order = by_day ? DAY_FIRST : MONTH_FIRST;
    return true;
}

bool import_offset_of(const char *text, int32_t *offset)
{
    struct import_times times;
    struct import_stamp with, without;
    char plain[IMPORT_TIME_SIZE];
    size_t time = strcspn(text, "T "), length = time + strcspn(text + time, "Zz+-");
    if (!text[time] || length >= sizeof plain || !import_times_init(&times, "iso"))
        return false;
    memcpy(plain, text, length);
    plain[length] = '\0';
    if (import_times_parse(&times, text, &with) || !with.instant ||
        import_times_parse(&times, plain, &without))
        return false;
    *offset = (int32_t)(without.seconds - with.seconds);
    return true;
}

const char *import_duration_parse(const char *text, nanos *value)
{
    if (moment_parse_seconds(text, value))
        return *value < 0 ? "a negative duration" : NULL;
    const char *p = text;
    nanos parts[3] = {0};
    int count = 0;
    for (; count < 3; count++) {
        if (!digit(*p))
            break;
        for (; digit(*p) && parts[count] < 1000000000; p++)
            parts[count] = parts[count] * 10 + (*p - '0');
        if (*p != ':') {
            count++;
            break;
        }
        p++;
    }
    int32_t fraction = 0;
    if (*p == '.' && digit(p[1])) {
        p++;
        fraction = take_fraction(&p);
    }
    if (count < 2 || *p || parts[count - 1] > 59 || (count == 3 && parts[1] > 59))
        return *text ? "not a duration" : "no duration";
    nanos seconds =
        count == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : parts[0] * 60 + parts[1];
    if (seconds >= TIME_MAX / SECOND)
        return "not a duration";
    *value = seconds * SECOND + fraction;
    return NULL;
}

/* ---- Clocks ---- */

void import_clock_init(struct import_clock *clock, const struct time_zone *zone)
{
    *clock = (struct import_clock){.zone = zone, .printed_minute = INT64_MIN};
    clock->span = time_zone_span(zone, 0);
}

int32_t import_clock_offset(struct import_clock *clock, int64_t instant)
{
    if (instant < clock->span.from || instant >= clock->span.until)
        clock->span = time_zone_span(clock->zone, instant);
    return clock->span.offset;
}

size_t import_clock_instants(struct import_clock *clock, const struct import_stamp *stamp,
                             nanos instants[2])
{
    const struct time_zone_span *span = &clock->span;
    int64_t found[2] = {stamp->seconds, 0};
    size_t count = 1;
    if (stamp->seconds < IMPORT_TIME_LEAST - 86400 || stamp->seconds >= IMPORT_TIME_MOST + 86400)
        return 0;
    if (!stamp->instant) {
        int64_t instant = stamp->seconds - span->offset;
        bool inside = (span->from == INT64_MIN || instant - 86400 >= span->from) &&
                      (span->until == INT64_MAX || instant + 86400 < span->until);
        found[0] = instant;
        if (!inside) {
            count = time_zone_instants(clock->zone, stamp->seconds, found);
            if (count)
                import_clock_offset(clock, found[0]);
        }
    }
    for (size_t i = 0; i < count; i++)
        instants[i] = found[i] * SECOND + stamp->nanos;
    return count;
}

static void put_two(char *p, int value)
{
    p[0] = (char)('0' + value / 10);
    p[1] = (char)('0' + value % 10);
}

static size_t put_fraction(char *p, int32_t below)
{
    if (below == 0)
        return 0;
    size_t length = 10;
    p[0] = '.';
    for (size_t i = 9; i > 0; i--, below /= 10)
        p[i] = (char)('0' + below % 10);
    while (p[length - 1] == '0')
        length--;
    return length;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* The text of a minute, "2026-03-09T10:00:". */
static void print_minute(struct import_clock *clock, int64_t minute)
{
    int64_t day = floor_divide(minute, 1440);
    int of_day = (int)(minute - day * 1440), year, month, of_month;
    import_date(day, &year, &month, &of_month);
    snprintf(clock->minute, sizeof clock->minute,
             "%04u-%02u-%02uT%02u:%02u:", (unsigned)year % 10000, (unsigned)month % 100,
             (unsigned)of_month % 100, (unsigned)of_day / 60 % 100, (unsigned)of_day % 60);
    clock->printed_minute = minute;
}

size_t import_clock_print(struct import_clock *clock, nanos instant, char buffer[IMPORT_TIME_SIZE])
{
    int64_t seconds = floor_divide(instant, SECOND);
    int32_t offset = import_clock_offset(clock, seconds);
    int64_t local = seconds + offset, minute = floor_divide(local, 60);
    if (minute != clock->printed_minute)
        print_minute(clock, minute);
    memcpy(buffer, clock->minute, 17);
    put_two(buffer + 17, (int)(local - minute * 60));
    size_t at = 19 + put_fraction(buffer + 19, (int32_t)(instant - seconds * SECOND));
    int32_t size = offset < 0 ? -offset : offset;
    buffer[at] = offset < 0 ? '-' : '+';
    put_two(buffer + at + 1, size / 3600);
    buffer[at + 3] = ':';
    put_two(buffer + at + 4, size / 60 % 60);
    at += 6;
    if (size % 60) {
        buffer[at] = ':';
        put_two(buffer + at + 1, size % 60);
        at += 3;
    }
    buffer[at] = '\0';
    return at;
}

size_t import_seconds_print(nanos value, char buffer[IMPORT_TIME_SIZE])
{
    char digits[24];
    int64_t whole = value / SECOND;
    size_t count = 0;
    do
        digits[count++] = (char)('0' + whole % 10);
    while ((whole /= 10));
    for (size_t i = 0; i < count; i++)
        buffer[i] = digits[count - 1 - i];
    count += put_fraction(buffer + count, (int32_t)(value % SECOND));
    buffer[count] = '\0';
    return count;
}
