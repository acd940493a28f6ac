/* When growth reaches a limit: dates found by solving for the day.
 *
 * Load grows as load(t) = load x (1 + P)^(t / period), a month being 365.2425 / 12 days. Calls
 * stated per endpoint grow with their population, and with their own growth on top. Counted things
 * (registrations, licences of devices) reach 90 % of a limit (`alarm-90`) and the limit itself
 * (`limit`); session units reach 90 % with the 95 % quantile of their use at the busiest; blocking
 * misses its goal with all peers up (`goal`) and with N down (`goal-down`).
 */
#ifndef PEERPLAN_ANSWER_FORECAST_H
#define PEERPLAN_ANSWER_FORECAST_H

#include "answer/answer.h"

#define FORECAST_MONTH (365.2425 / 12) /* days */

struct forecast_event {
    const char *event;       /* "alarm-90", "limit", "goal", "goal-down" */
    const char *cluster;     /* borrowed from the scenario; "" for all */
    const char *limit;       /* "registrations", "units", ...; "" where none is known */
    double months;           /* from the beginning; 0: it is so already */
    double earliest, latest; /* with the band of growth; NAN without, INFINITY: not within bounds */
    double value;            /* count, units, or erlangs offered */
    enum basis basis;
};

struct forecast {
    const struct scenario *scenario; /* borrowed */
    int64_t from;                    /* the beginning, seconds since 1970 */
    double bound;                    /* how far it looks, months */
    struct forecast_event *events;   /* owned; by date */
    size_t count, capacity;
    bool failed;
};

/* Up to so many months from the beginning. The scenario's load is changed on the way and put back.
 * False when out of memory; release in any case. */
bool forecast_make(struct scenario *scenario, int64_t from, double months,
                   struct forecast *forecast);
void forecast_release(struct forecast *forecast);

/* The load factor of a growth after so many months; shift -1, 0, 1: at the low end of its band, in
 * the middle, at the high end. */
double forecast_factor(const struct growth *growth, double months, int shift);

#endif
