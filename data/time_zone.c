#include "data/time_zone.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER     "/usr/share/zoneinfo"
#define FILE_MAX   ((size_t)1024 * 1024)
#define LAST_YEAR  2200
#define FIRST_YEAR 1900

struct change {
    int64_t at;     /* the instant from which the offset holds */
    int32_t offset; /* seconds east of UTC */
};

struct time_zone {
    char *name;             /* owned */
    struct change *changes; /* owned; ascending, the first at INT64_MIN */
    size_t count, capacity;
};

static const char corrupt[] = "the zone's file is damaged";

static bool add_change(struct time_zone *zone, int64_t at, int32_t offset)
{
    if (zone->count == zone->capacity) {
        size_t capacity = zone->capacity * 2 + 16;
        struct change *larger = realloc(zone->changes, capacity * sizeof *larger);
        if (!larger)
            return false;
        zone->changes = larger;
        zone->capacity = capacity;
    }
    zone->changes[zone->count++] = (struct change){at, offset};
    return true;
}

/* ---- The rule for the future: a POSIX TZ text ---- */

struct rule_day {
    char kind; /* 'M' month, week, weekday; 'J' 1 to 365 without leap days; 'D' 0 to 365 */
    int month, week, day;
    int32_t time; /* seconds of the day, local; may be negative or beyond a day */
};

struct rule {
    int32_t standard, summer;
    bool has_summer;
    struct rule_day start, end; /* of summer time */
};

static bool take(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

static bool take_number(const char **text, int most, int *value)
{
    const char *p = *text;
    *value = 0;
    for (; isdigit((unsigned char)*p) && *value <= most; p++)
        *value = *value * 10 + (*p - '0');
    bool good = p > *text && *value <= most;
    *text = p;
    return good;
}

static bool take_name(const char **text)
{
    const char *p = *text;
    if (*p == '<') {
        p = strchr(p, '>');
        if (!p)
            return false;
        *text = p + 1;
        return true;
    }
    while (isalpha((unsigned char)*p))
        p++;
    bool good = p - *text >= 3;
    *text = p;
    return good;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(const char **text, int32_t *seconds)
{
    int sign = take(text, '-') ? -1 : (take(text, '+'), 1), hours, part = 0;
    if (!take_number(text, 167, &hours))
        return false;
    *seconds = hours * 3600;
    if (take(text, ':')) {
        if (!take_number(text, 59, &part))
            return false;
        *seconds += part * 60;
        if (take(text, ':')) {
            if (!take_number(text, 59, &part))
                return false;
            *seconds += part;
        }
    }
    *seconds *= sign;
    return true;
}

static bool take_day(const char **text, struct rule_day *day)
{
    *day = (struct rule_day){.kind = 'D', .time = 7200};
    if (take(text, 'M')) {
        day->kind = 'M';
        if (!take_number(text, 12, &day->month) || !take(text, '.') ||
            !take_number(text, 5, &day->week) || !take(text, '.') ||
            !take_number(text, 6, &day->day) || day->month < 1 || day->week < 1)
            return false;
    } else {
        if (take(text, 'J'))
            day->kind = 'J';
        if (!take_number(text, 365, &day->day))
            return false;
    }
    return !take(text, '/') || take_time(text, &day->time);
}

static bool parse_rule(const char *text, struct rule *rule)
{
    *rule = (struct rule){0};
    if (!take_name(&text) || !take_time(&text, &rule->standard))
        return false;
    rule->standard = -rule->standard; /* POSIX counts west */
    if (!*text)
        return true;
    rule->has_summer = true;
    rule->summer = rule->standard + 3600;
    if (!take_name(&text))
        return false;
    if (*text != ',') {
        if (!take_time(&text, &rule->summer))
            return false;
        rule->summer = -rule->summer;
    }
    return take(&text, ',') && take_day(&text, &rule->start) && take(&text, ',') &&
           take_day(&text, &rule->end) && !*text;
}

/* Days since 1970 of a date of the proleptic Gregorian calendar (H. Hinnant's algorithm). */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The local second of a year on which a rule strikes. */
static int64_t rule_second(const struct rule_day *rule, int year)
{
    int64_t day;
    if (rule->kind == 'M') {
        int64_t first = days_of(year, rule->month, 1);
        int64_t next =
            rule->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, rule->month + 1, 1);
        int weekday = (int)((first % 7 + 11) % 7); /* 1970-01-01 was a Thursday, 4 */
        day = first + (rule->day - weekday + 7) % 7 + 7 * (rule->week - 1);
        while (day >= next)
            day -= 7;
    } else {
        int of_year = rule->day;
        if (rule->kind == 'J' && !(leap(year) && rule->day >= 60))
            of_year--;
        day = days_of(year, 1, 1) + of_year;
    }
    return day * 86400 + rule->time;
}

static int year_of(int64_t instant)
{
    int year = FIRST_YEAR;
    while (year < LAST_YEAR && days_of(year + 1, 1, 1) * 86400 <= instant)
        year++;
    return year;
}

static bool follow_rule(struct time_zone *zone, const struct rule *rule)
{
    int64_t last = zone->changes[zone->count - 1].at;
    if (!rule->has_summer)
        return zone->changes[zone->count - 1].offset == rule->standard || zone->count > 1 ||
               (zone->changes[0].offset = rule->standard, true);
    for (int year = year_of(last); year <= LAST_YEAR; year++) {
        struct change start = {rule_second(&rule->start, year) - rule->standard, rule->summer};
        struct change end = {rule_second(&rule->end, year) - rule->summer, rule->standard};
        bool south = end.at < start.at;
        struct change both[2] = {south ? end : start, south ? start : end};
        for (int i = 0; i < 2; i++)
            if (both[i].at > last && !add_change(zone, both[i].at, both[i].offset))
                return false;
    }
    return true;
}

/* ---- The compiled file ---- */

struct block {
    const unsigned char *times, *types, *infos;
    uint32_t time_count, type_count;
    size_t size; /* with its header */
};

static uint32_t big32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t big64(const unsigned char *p)
{
    return (int64_t)((uint64_t)big32(p) << 32 | big32(p + 4));
}

static bool read_block(const unsigned char *p, size_t size, size_t width, struct block *block)
{
    if (size < 44 || memcmp(p, "TZif", 4) != 0)
        return false;
    uint64_t utc = big32(p + 20), standard = big32(p + 24), leaps = big32(p + 28);
    uint64_t times = big32(p + 32), types = big32(p + 36), letters = big32(p + 40);
    uint64_t all =
        44 + times * width + times + types * 6 + letters + leaps * (width + 4) + standard + utc;
    if (all > size || types == 0 || types > 256)
        return false;
    block->times = p + 44;
    block->types = block->times + times * width;
    block->infos = block->types + times;
    block->time_count = (uint32_t)times;
    block->type_count = (uint32_t)types;
    block->size = (size_t)all;
    return true;
}

static bool read_changes(struct time_zone *zone, const struct block *block, size_t width)
{
    if (!add_change(zone, INT64_MIN, (int32_t)big32(block->infos)))
        return false;
    for (uint32_t i = 0; i < block->time_count; i++) {
        const unsigned char *p = block->times + i * width;
        int64_t at = width == 8 ? big64(p) : (int32_t)big32(p);
        if (block->types[i] >= block->type_count)
            return false;
        int32_t offset = (int32_t)big32(block->infos + 6 * block->types[i]);
        const struct change *last = &zone->changes[zone->count - 1];
        if (i > 0 && at <= last->at)
            return false;
        if (offset != last->offset && !add_change(zone, at, offset))
            return false;
    }
    for (size_t i = 0; i < zone->count; i++)
        if (zone->changes[i].offset > 26 * 3600 || zone->changes[i].offset < -26 * 3600)
            return false;
    return true;
}

static bool read_footer(struct time_zone *zone, const unsigned char *p, size_t size)
{
    char text[128];
    struct rule rule;
    if (size < 2 || p[0] != '\n')
        return true; /* without one the last offset holds on */
    const unsigned char *end = memchr(p + 1, '\n', size - 1);
    size_t length = end ? (size_t)(end - p) - 1 : 0;
    if (length == 0 || length >= sizeof text)
        return end != NULL && length == 0;
    memcpy(text, p + 1, length);
    text[length] = '\0';
    return parse_rule(text, &rule) && follow_rule(zone, &rule);
}

static bool read_zone(struct time_zone *zone, const unsigned char *p, size_t size)
{
    struct block block;
    if (!read_block(p, size, 4, &block))
        return false;
    if (p[4] < '2')
        return read_changes(zone, &block, 4);
    p += block.size;
    size -= block.size;
    return read_block(p, size, 8, &block) && read_changes(zone, &block, 8) &&
           read_footer(zone, p + block.size, size - block.size);
}

static struct time_zone *zone_new(const char *name, const char **reason)
{
    struct time_zone *zone = calloc(1, sizeof *zone);
    if (zone && (zone->name = strdup(name)))
        return zone;
    free(zone);
    *reason = "out of memory";
    return NULL;
}

struct time_zone *time_zone_parse(const char *name, const void *bytes, size_t size,
                                  const char **reason)
{
    struct time_zone *zone = zone_new(name, reason);
    if (!zone || read_zone(zone, bytes, size))
        return zone;
    *reason = corrupt;
    time_zone_free(zone);
    return NULL;
}

/* ---- Finding it ---- */

/* Names lead to files of the database and nowhere else. */
static bool name_good(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    return isalpha((unsigned char)*name) && strlen(name) < 100 &&
           strspn(name, allowed) == strlen(name) && name[strlen(name) - 1] != '/';
}

static struct time_zone *load(const char *name, const char **reason)
{
    char path[sizeof FOLDER + 104];
    snprintf(path, sizeof path, FOLDER "/%s", name);
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = file ? malloc(FILE_MAX) : NULL;
    size_t size = bytes ? fread(bytes, 1, FILE_MAX, file) : 0;
    struct time_zone *zone = NULL;
    *reason = "no such time zone";
    if (size > 4 && memcmp(bytes, "TZif", 4) == 0)
        zone = time_zone_parse(name, bytes, size, reason);
    free(bytes);
    if (file) {
        fclose(file);
        return zone;
    }
    file = fopen(FOLDER, "rb");
    if (!file)
        *reason = "the system has no time zone database in " FOLDER " (install tzdata)";
    else
        fclose(file);
    return NULL;
}

struct time_zone *time_zone_new(const char *name, const char **reason)
{
    if (strcmp(name, "UTC") == 0) {
        *reason = "out of memory";
        return time_zone_fixed(0);
    }
    *reason = "no such time zone";
    return name_good(name) ? load(name, reason) : NULL;
}

struct time_zone *time_zone_fixed(int32_t offset)
{
    char name[32];
    const char *reason;
    int minutes = (offset < 0 ? -offset : offset) / 60;
    snprintf(name, sizeof name, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    struct time_zone *zone = zone_new(offset ? name : "UTC", &reason);
    if (!zone || add_change(zone, INT64_MIN, offset))
        return zone;
    time_zone_free(zone);
    return NULL;
}

void time_zone_free(struct time_zone *zone)
{
    if (!zone)
        return;
    free(zone->changes);
    free(zone->name);
    free(zone);
}

const char *time_zone_name(const struct time_zone *zone)
{
    return zone->name;
}

/* ---- Asking it ---- */

/* The last change at or before an instant. */
static size_t find_change(const struct time_zone *zone, int64_t instant)
{
    size_t low = 0, high = zone->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].at <= instant)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct time_zone_span time_zone_span(const struct time_zone *zone, int64_t instant)
{
    size_t at = find_change(zone, instant);
    return (struct time_zone_span){
        .from = zone->changes[at].at,
        .until = at + 1 < zone->count ? zone->changes[at + 1].at : INT64_MAX,
        .offset = zone->changes[at].offset,
    };
}

size_t time_zone_instants(const struct time_zone *zone, int64_t local, int64_t instants[2])
{
    size_t count = 0;
    size_t last = find_change(zone, local + 2 * 86400);
    for (size_t i = find_change(zone, local - 2 * 86400); i <= last && count < 2; i++) {
        int64_t instant = local - zone->changes[i].offset;
        if (instant >= zone->changes[i].at &&
            (i + 1 == zone->count || instant < zone->changes[i + 1].at))
            instants[count++] = instant;
    }
    return count;
}
