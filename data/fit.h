/* From a record of calls to a model of them, class by class: how often by the hour of the day, how
 * much days differ, whether calls arrive as a Poisson process within a quarter of an hour, how long
 * they hold.
 *
 * A record is carried traffic: what was refused is not in it. Weekdays and weekends (Saturday and
 * Sunday) are told apart where the record has both. Rates are calls an hour over the clock hours
 * from the first call to the last, first and last hour included.
 *
 * Poisson within the quarter hour: given how many calls a quarter of an hour has they fall evenly
 * over its minutes. The statistic is Pearson's over 15 minutes, summed over the quarters with two
 * calls and more; its mean 14 and its variance 28 (n - 1) / n are exact for each.
 *
 * Memory: FIT_SAMPLE holding times a class, and a number a day.
 */
#ifndef PEERPLAN_DATA_FIT_H
#define PEERPLAN_DATA_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/fit_holding.h"
#include "data/import.h"
#include "data/import_time.h"

#define FIT_SAMPLE 50000

enum fit_day { FIT_WEEKDAY, FIT_WEEKEND, FIT_DAY_KINDS };

struct fit_class {
    char *name; /* owned */
    uint64_t calls;
    uint64_t audio, video; /* of them, where the record says */
    double call_seconds;
    uint64_t counts[FIT_DAY_KINDS][24];
    double rates[FIT_DAY_KINDS][24]; /* calls an hour; of all days alike where only one kind is */
    /* Spread between whole days of one kind, pooled; NAN: fewer than two days of a kind. */
    size_t days;
    double day_dispersion; /* variance over mean of the calls a day; 1 for Poisson */
    double day_cv;         /* beyond Poisson: of the days' own rates */
    /* The test within quarters of an hour; NAN: no quarter with two calls. */
    uint64_t quarters;
    double dispersion; /* statistic over its mean */
    double p;          /* of a statistic at least as far from its mean */
    struct fit_holding holding;
    double *sample; /* owned; holding times, sorted */
    size_t sample_count;
};

struct fit {
    struct fit_class *classes; /* owned */
    size_t class_count;
    uint64_t hours[FIT_DAY_KINDS][24]; /* clock hours that the record has */
    bool weekly;                       /* both kinds of days */
    nanos first, last;                 /* starts */
    int32_t offset;                    /* of local time at the first one, seconds east of UTC */
    double span_seconds;
};

struct fit_reading;

/* The clock is borrowed. Owned; NULL when out of memory. */
struct fit_reading *fit_reading_new(struct import_clock *clock);
void fit_reading_free(struct fit_reading *reading); /* takes NULL */

/* In order of start. False when out of memory. */
bool fit_reading_add(struct fit_reading *reading, const struct import_call_out *call);

/* Fills the fit (release it in any case); the reading is done with. `told` may be NULL. False when
 * out of memory. */
typedef void fit_told(void *context, size_t done, size_t all); /* classes */
bool fit_reading_finish(struct fit_reading *reading, struct fit *fit, fit_told *told,
                        void *context);
void fit_release(struct fit *fit);

/* Erlangs that the model offers in an hour of the day. */
double fit_erlangs(const struct fit_class *class, enum fit_day day, int hour);

#endif
