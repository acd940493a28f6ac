/* When growth reaches a limit: dates found by solving for the day.
 *
 * Load grows as load(t) = load x (1 + P)^(t / period), a month being 365.2425 / 12 days. Calls
 * stated per endpoint grow with their population, and with their own growth on top; call records by
 * their scale. Every limit that is drawn on reaches 90 % (`alarm-90`): counted things (devices,
 * licences of devices, accounts) by their count, what calls hold (units, RMS, TURN relays,
 * bandwidth) with the 95 % quantile of its use at the busiest time. Counted things reach the limit
 * itself (`limit`). A goal is missed with all peers up (`goal`) and with N down (`goal-down`).
 */
#ifndef PEERPLAN_ANSWER_FORECAST_H
#define PEERPLAN_ANSWER_FORECAST_H

#include "answer/answer.h"
#include "answer/trial.h"

#define FORECAST_MONTH (365.2425 / 12) /* days */

struct forecast_event {
    const char *event;       /* "alarm-90", "limit", "goal", "goal-down" */
    const char *cluster;     /* borrowed from the scenario; or a pipe; "" for all */
    const char *limit;       /* "registrations", "units", ...; "" where none is known */
    double months;           /* from the beginning; 0: it is so already */
    double earliest, latest; /* with the band of growth; NAN without, INFINITY: not within bounds */
    double value;            /* count, use, erlangs offered, or devices where they miss a goal */
    enum basis basis;
};

/* A figure month by month: the line to a limit, or to a goal. */
struct forecast_line {
    const char *name;   /* borrowed: of the cluster or pipe; "" of all */
    const char *metric; /* static: of the limit; "blocked", "blocked_down" */
    double size;        /* of the limit; the goal */
    double *values;     /* month 0, 1, ... months - 1; NAN: not known */
    enum basis basis;
};

struct forecast_options {
    int64_t from;                      /* the beginning, seconds since 1970 */
    double months;                     /* how far it looks */
    const struct trace_source *traces; /* of the scenario; NULL: none */
    int jobs;                          /* threads of replays */
    const atomic_int *stop;            /* NULL: never */
};

struct forecast {
    const struct scenario *scenario; /* borrowed */
    int64_t from;                    /* the beginning, seconds since 1970 */
    double bound;                    /* how far it looks, months */
    struct forecast_event *events;   /* owned; by date */
    size_t count, capacity;
    struct forecast_line *lines; /* in the arena */
    size_t line_count;
    int months;          /* values of a line: those of the bound and month 0 */
    struct arena *arena; /* owned */
    bool nothing;        /* to judge: no call and no device is offered at the beginning */
    bool stopped, failed;
};

/* The scenario's load is changed on the way and put back. False when out of memory; stopped: what
 * was found by then. Release in any case. */
bool forecast_make(struct scenario *scenario, const struct forecast_options *options,
                   struct forecast *forecast);
void forecast_release(struct forecast *forecast);

/* The first event within the bounds; NULL: none. */
const struct forecast_event *forecast_first(const struct forecast *forecast);

/* The load factor of a growth after so many months; shift -1, 0, 1: at the low end of its band, in
 * the middle, at the high end. */
double forecast_factor(const struct growth *growth, double months, int shift);

/* A month as a date, "2027-01-03"; "" when it is not within bounds. Returns buffer. */
#define FORECAST_DATE_SIZE 16
const char *forecast_date(const struct forecast *forecast, double months,
                          char buffer[static FORECAST_DATE_SIZE]);

#endif
