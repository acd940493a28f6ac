/* What a history of calls amounts to, as `peerplan import` says it: an interface of the domain
 * between whoever reads records and whoever prints.
 *
 * Times are texts with the offset of the zone, "" where there is no call; durations are seconds.
 */
#ifndef PEERPLAN_MODEL_CALL_SUMMARY_H
#define PEERPLAN_MODEL_CALL_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#define CALL_TIME_SIZE    48
#define CALL_REASONS_MOST 8

struct call_class_summary {
    char *name; /* owned */
    uint64_t calls, peak;
    double call_seconds;
};

/* The mean traffic in an hour of the week: Monday is 1. */
struct call_week_hour {
    int weekday, hour;
    double erlangs;
};

/* A day's highest number of calls at once. */
struct call_day {
    char date[16];
    uint64_t calls, peak;
    char peak_at[CALL_TIME_SIZE];
};

struct call_summary {
    char *source; /* owned; what the records are: "asterisk (Asterisk call detail records)" */
    char *zone;   /* owned */
    uint64_t rows, calls, answered, zero, bad, duplicates, cut;
    struct {
        const char *reason; /* static */
        uint64_t count;
    } skipped[CALL_REASONS_MOST];
    size_t skipped_count;
    char first[CALL_TIME_SIZE], last[CALL_TIME_SIZE], last_end[CALL_TIME_SIZE];
    double call_seconds;
    double mean_duration; /* of answered calls; NAN: there is none */
    double setup_seconds; /* what set-up would add to call_seconds; NAN: the records do not say */
    uint64_t peak;
    char peak_at[CALL_TIME_SIZE];
    char busy_start[CALL_TIME_SIZE];
    uint64_t busy_calls;
    double busy_erlangs;
    struct call_class_summary *classes; /* owned */
    size_t class_count;
    struct call_week_hour hours[7 * 24];
    size_t hour_count;
    uint64_t weekday_peaks[7], hour_peaks[24];
    struct call_day busiest[5]; /* days by their peak, the highest first */
    size_t busiest_count;
    double *level_seconds; /* owned; [n]: how long n calls were in progress, n = 0 to peak */
};

void call_summary_release(struct call_summary *summary);

/* How long at least `calls` were in progress, in seconds. */
double call_summary_seconds_at(const struct call_summary *summary, uint64_t calls);

#endif
