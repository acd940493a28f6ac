/* Points of time and durations as CSV files of calls and rates write them, exact to the nanosecond.
 *
 * Seconds are decimal ("183.25", "-3"): read digit by digit, never through a floating point number;
 * beyond nine decimals they are rounded to the nearest nanosecond. Dates are wall-clock times as
 * the run's start is ("2026-03-02T08:30:00.5", also with a blank for the T), or have an offset from
 * UTC ("+02:00", "+0200", "+02", "Z"). All results are within TIME_MAX.
 *
 * A clock says what stamps mean. With a time zone the start and stamps without offset are local
 * times in it, and what counts is the time elapsed between instants. Without one the start has the
 * offset of the first stamp that has any; stamps without are as far from the start as the wall
 * clock says.
 */
#ifndef PEERPLAN_DATA_MOMENT_H
#define PEERPLAN_DATA_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/scenario.h"

enum moment_kind {
    MOMENT_OFFSET, /* from time 0: seconds, or a duration with units ("90m") */
    MOMENT_DATE,   /* an ISO time; its value counts from time 0 */
    MOMENT_OF_DAY, /* "08:30"; its value counts from midnight */
};

struct time_zone;

struct moment_clock {
    int64_t start_unix;           /* struct run */
    const struct time_zone *zone; /* borrowed; NULL: none is stated */
    bool anchored;                /* the instant of the start is known */
    int64_t start;                /* that instant, seconds since 1970 */
    int32_t offset;               /* of the first stamp with one */
    bool offsets_change;          /* another one came */
    int64_t last;                 /* instant of the stamp before, INT64_MIN: none */
    char date[12];                /* of the stamp before, with its first second since 1970 */
    int64_t day;
};

/* A zone in which the start does not exist takes the first instant after it. */
struct moment_clock moment_clock(int64_t start_unix, const struct time_zone *zone);

/* "[-]digits[.digits]" in nanoseconds. */
bool moment_parse_seconds(const char *text, nanos *value);

/* Seconds, or a duration with units; never negative. */
bool moment_parse_duration(const char *text, nanos *value);

/* Any of the kinds, told by its form. NULL when good, otherwise the reason (static). */
const char *moment_parse(const char *text, struct moment_clock *clock, enum moment_kind *kind,
                         nanos *value);

/* A time of this kind as one would write it: "08:30:00", "2026-03-02T08:30:00", "1h30m". Returns
 * buffer. */
char *moment_print(enum moment_kind kind, int64_t start_unix, nanos value, char *buffer,
                   size_t size);

#endif
