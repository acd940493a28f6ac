/* Times and durations as call records write them, and the clock of the zone that they mean.
 *
 * A stamp is an instant (a number of seconds since 1970, or a time with an offset) or a local time,
 * which a clock turns into an instant: into none where the clock was put forward, into two where it
 * was put back. Which of 3/4/2026 is the day is never guessed: a value above 12 decides for the
 * whole record, or an instant elsewhere in a row; until then such a stamp is IMPORT_TIME_AMBIGUOUS.
 *
 * Units: seconds, nanoseconds; instants since 1970 UTC. Thread: one at a time for each value.
 */
#ifndef PEERPLAN_DATA_IMPORT_TIME_H
#define PEERPLAN_DATA_IMPORT_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/time_zone.h"
#include "model/scenario.h"

/* Instants of calls lie in these years, so that nanoseconds have room. */
#define IMPORT_TIME_LEAST INT64_C(0)
#define IMPORT_TIME_MOST  INT64_C(7258118400) /* 2200 */

struct import_stamp {
    int64_t seconds; /* since 1970; of a local time as if the clock were UTC */
    int32_t nanos;
    bool instant;
};

enum import_day_order { DAY_ORDER_UNKNOWN, DAY_FIRST, MONTH_FIRST };

/* How stamps are written. */
struct import_times {
    enum { TIMES_AUTO, TIMES_ISO, TIMES_EPOCH, TIMES_EPOCH_MS, TIMES_PATTERN } kind;
    char pattern[128]; /* of strptime */
    bool has_offset;   /* the pattern reads one */
    enum import_day_order order;
    char date[12]; /* read last, with its day since 1970 */
    int64_t day;
};

/* "auto", "iso", "epoch", "epoch-ms" or a pattern of strptime. False when it is none. */
bool import_times_init(struct import_times *times, const char *format);

extern const char IMPORT_TIME_AMBIGUOUS[];
/* NULL, or the reason (static) why text is no time. */
const char *import_times_parse(struct import_times *times, const char *text,
                               struct import_stamp *stamp);
/* Decides which number is the day by an instant of the same row, given as text; false when it says
 * nothing of it. */
bool import_times_decide(struct import_times *times, const char *ambiguous, const char *instant);

/* The offset that a time in ISO form has, in seconds east of UTC; false when it has none. */
bool import_offset_of(const char *text, int32_t *offset);
/* Seconds, or [H:]MM:SS, with or without a fraction. NULL, or the reason (static). */
const char *import_duration_parse(const char *text, nanos *value);

/* A zone, and the stretch of time asked for last. */
struct import_clock {
    const struct time_zone *zone; /* borrowed */
    struct time_zone_span span;
    int64_t printed_minute; /* local minute that `minute` holds */
    char minute[24];
};

void import_clock_init(struct import_clock *clock, const struct time_zone *zone);
int32_t import_clock_offset(struct import_clock *clock, int64_t instant);
/* The instants that a stamp can mean, ascending: 0, 1 or 2. */
size_t import_clock_instants(struct import_clock *clock, const struct import_stamp *stamp,
                             nanos instants[2]);

#define IMPORT_TIME_SIZE 48
/* "2026-10-25T02:30:00.5+01:00"; returns the length. */
size_t import_clock_print(struct import_clock *clock, nanos instant, char buffer[IMPORT_TIME_SIZE]);
/* "183.25" */
size_t import_seconds_print(nanos value, char buffer[IMPORT_TIME_SIZE]);

/* The days since 1970 of a date, and back. */
int64_t import_days(int64_t year, int month, int day);
void import_date(int64_t days, int *year, int *month, int *day);

#endif
