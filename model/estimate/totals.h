/* What happens to each class, cluster and peer over a span of the run, with the peers of a network
 * there: counts of calls and integrals over time, from the solution at the middle of the span.
 * Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_TOTALS_H
#define PEERPLAN_MODEL_ESTIMATE_TOTALS_H

#include "model/estimate/estimate.h"
#include "model/estimate/network.h"

enum refusal {
    REFUSAL_NO_PEER,
    REFUSAL_PEER_UNITS,
    REFUSAL_CAP,
    REFUSAL_RMS,
    REFUSAL_BANDWIDTH,
    REFUSAL_COUNT
};

/* A span of time with one set of peers there. */
struct span {
    nanos from, to;
    bool stationary; /* the load is that of all times; else as at the middle */
    double scale;    /* of all loads */
    bool preview;
    const char *unsettled; /* a reason why no formula holds now, or NULL */
};

struct class_total {
    double offered, blocked, blocked_low, blocked_high;
    double attempts, attempts_blocked, lost;
    double call_seconds;
    double cause[REFUSAL_COUNT], only[REFUSAL_COUNT]; /* NAN: not known */
    enum badge badge;
    const char *formula, *reason; /* of the least trustworthy part */
    uint32_t binding;             /* resource that refuses most, or NONE */
    double binding_calls;
};

struct cluster_total {
    double unit_seconds, full_seconds; /* NAN: not known */
    double rms_seconds, pool_full;     /* halves */
    double call_seconds;               /* of calls that hold units here */
    enum badge badge;
    const char *formula;
};

struct totals {
    struct class_total *classes;    /* owned, by class */
    struct cluster_total *clusters; /* owned, by cluster */
    double *peer_units;             /* owned, by peer: unit-seconds; NAN: not known */
    double *peer_calls;             /* admitted */
    double seconds, busiest_load;
    bool heavy;
};

bool totals_init(struct totals *totals, const struct scenario *scenario);
void totals_release(struct totals *totals);

/* Adds a span; false when out of memory. */
bool totals_add(struct totals *totals, const struct scenario *scenario,
                const struct network *network, const struct span *span);
/* Adds the totals of another span. */
void totals_merge(struct totals *totals, const struct totals *other,
                  const struct scenario *scenario);

/* Replaces what was approximated over hours (spans of equal length that follow each other from
 * `from`) by the exact solution in time, for classes that have one: one size of Poisson calls, one
 * exponential holding time. */
bool totals_exact_day(struct totals *hours, int count, const struct scenario *scenario,
                      const struct network *network, nanos from, nanos length);

double class_blocking(const struct class_total *c); /* NAN when nothing is offered */

#endif
