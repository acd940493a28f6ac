/* What happens to each class, cluster and peer over some time: counts of calls and integrals, which
 * add up. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_TOTALS_H
#define PEERPLAN_MODEL_ESTIMATE_TOTALS_H

#include "model/estimate/estimate.h"

enum refusal {
    REFUSAL_NO_PEER,
    REFUSAL_PEER_UNITS,
    REFUSAL_CAP,
    REFUSAL_RMS,
    REFUSAL_BANDWIDTH,
    REFUSAL_TURN,
    REFUSAL_SETUP,
    REFUSAL_COUNT
};

struct class_total {
    double offered, blocked, blocked_low, blocked_high;
    double attempts, attempts_blocked, lost;
    double call_seconds;
    double cause[REFUSAL_COUNT], only[REFUSAL_COUNT]; /* NAN: not known */
    unsigned possible, left_out; /* bit i: refusals of that kind can happen; can, and were taken
                                    for too rare to be counted */
    enum badge badge;
    const char *formula, *reason; /* of the least trustworthy part */
    const char *bounded;          /* why a part of it is bounded only; NULL: none is */
    uint32_t binding;             /* resource that refuses most, or NONE */
    double binding_calls, paced;  /* refused by it; by set-up rates */
};

struct cluster_total {
    double unit_seconds, full_seconds; /* NAN: not known */
    double rms_seconds, pool_full;     /* halves */
    double licence_seconds;            /* of RMS licences in the pool */
    double call_seconds;               /* of calls that hold units here */
    bool pool_may_fill;                /* however rarely */
    bool unitless;                     /* calls that hold no units pass here */
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
    bool cut; /* failures cut calls, so that less is in progress than was admitted */
};

bool totals_init(struct totals *totals, const struct scenario *scenario);
void totals_release(struct totals *totals);

/* Adds the totals of another span. */
void totals_merge(struct totals *totals, const struct totals *other,
                  const struct scenario *scenario);

/* Adds a share of totals over the same time: of the classes and clusters of a group only, where
 * groups are given. */
struct weighing {
    double weight;
    uint32_t group;
    const uint32_t *classes, *clusters; /* the group of each; NULL: all */
};
void totals_weigh(struct totals *totals, const struct totals *other,
                  const struct scenario *scenario, const struct weighing *weighing);

/* Takes the badge over where it is worse, with its formula and reason. */
void class_worsen(struct class_total *total, enum badge badge, const char *formula,
                  const char *reason);

/* A bound that says next to nothing leaves an orientation; then also why. */
enum badge class_badge(const struct class_total *total);
const char *class_reason(const struct class_total *total);
const char *class_formula(const struct class_total *total);

double class_blocking(const struct class_total *c); /* NAN when nothing is offered */

#endif
