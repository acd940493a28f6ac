/* What a forecast looks at: every limit that a scenario draws on and its goals, each a figure of
 * the load at hand with the size that it must not come to. Private to answer/forecast.c.
 *
 * Devices are counted (model/at_rest.h), and so are the registration requests that they make in a
 * second. Calls set up in one second are Poisson's distribution of a peer's share. What calls hold
 * (units, RMS, TURN relays, bandwidth) is the 95 % quantile of its use at the busiest time, of
 * calls that none refuses: Poisson's distribution of each class, exactly convolved
 * (model/formulas/poisson_sum.h). Goals are those of the answer, by the estimate; call records are
 * replayed, and what they hold of units and RMS is looked at by the goals alone.
 */
#ifndef PEERPLAN_ANSWER_THRESHOLDS_H
#define PEERPLAN_ANSWER_THRESHOLDS_H

#include "answer/forecast.h"

#define QUANTILE 0.95

enum threshold_kind { THRESHOLD_COUNTED, THRESHOLD_CARRIED, THRESHOLD_GOAL };

struct threshold {
    enum threshold_kind kind;
    enum limit limit;
    bool pipe;        /* index is a pipe's, else a cluster's */
    uint32_t index;   /* NONE: of all */
    const char *name; /* borrowed; of the cluster or pipe, "" of all */
    double size;      /* of the limit */
    bool down;        /* a goal with peers down */
    bool rate;        /* what is counted comes back every second: it has no end */
};

/* A figure of a load. */
struct reading {
    bool reached;      /* `share` of the size, or a goal is missed */
    double value;      /* count; quantile of use; erlangs offered, or devices */
    double blocked;    /* of a goal: the share in the worst class */
    const char *limit; /* static */
    enum basis basis;
    bool nothing; /* to judge */
};

/* The limits that are used, clusters in order, then pipes; then the goals. In the arena; *count.
 * NULL when out of memory. */
struct threshold *thresholds_list(const struct scenario *scenario, struct arena *arena,
                                  size_t *count);

struct threshold_look {
    const struct scenario *scenario;
    const struct forecast_options *options;
    double share; /* of the size that is to be reached */
    bool exact;   /* the quantile itself, not only whether it is reached */
};

/* False when out of memory or stopped. */
bool threshold_read(const struct threshold *threshold, const struct threshold_look *look,
                    struct reading *reading);

#endif
