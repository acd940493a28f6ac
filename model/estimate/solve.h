/* The blocking of every flow of a network under given loads, by the best formula for each part of
 * it.
 *
 * Resources that can hardly ever refuse (probability below 1e-15 by Chernoff's bound, which holds
 * for the limited system too by Harris' inequality) are left out; what remains falls apart into
 * components. One resource: Erlang, Engset, groups, Kaufman-Roberts, with fragmentation where it
 * matters. Two: the two-resource recursion. Peers under a hub: pinned_pool. Anything else: the
 * reduced-load fixed point, for orientation. Groups that share limits with others: any of these
 * with loads and places divided by the peakedness, for orientation. Private to the estimate.
 */
#ifndef PEERPLAN_MODEL_ESTIMATE_SOLVE_H
#define PEERPLAN_MODEL_ESTIMATE_SOLVE_H

#include "model/estimate/estimate.h"
#include "model/estimate/network.h"

struct flow_outcome {
    double blocking;
    double low, high;     /* band, as factors of blocking */
    double left_out;      /* what limits that were left out may refuse on top, at most */
    double paced;         /* share that a set-up rate refuses */
    double *lacks, *only; /* borrowed, by need: share of calls that lack it; and nothing else.
                             NAN: not known */
    enum badge badge;
    const char *formula;
    const char *reason; /* of BADGE_SIMULATE */
    int64_t servers;    /* one size, Poisson, one exponential holding: calls that fit; else 0 */
    uint32_t component; /* resource that stands for the component, or NONE */
};

/* How a resource refuses, for the causes; mean use and time full. */
struct resource_outcome {
    bool active;
    double left_out;     /* where it is not active though it could refuse: how often at most */
    int peers, cap, rms; /* of peers: whether their units, the cap, their own RMS are lacking when a
                            call is refused: 1 yes, 0 no, -1 not known */
    double full;         /* share of time with nothing left, NAN: not known */
    int64_t covered;     /* what is in use then, in the resource's own measure */
    uint32_t component;  /* its representative */
    bool redialled;      /* of a representative: calls refused in the component are dialled again */
};

struct solution {
    struct flow_outcome *flows;         /* owned, as the network's */
    double *shares;                     /* owned: lacks and only of all flows */
    struct resource_outcome *resources; /* owned, as the network's */
    bool heavy;                         /* took a recursion of more than a millisecond */
};

/* How much work a solution is worth. */
enum effort {
    EFFORT_EXACT,
    EFFORT_ROUGH,   /* approximate anyway: limits that refuse less than once in 1e9 calls are left
                       out */
    EFFORT_PREVIEW, /* nothing that takes more than a few milliseconds */
};

/* loads[class]: mean calls in progress without limits. False when out of memory. */
bool solution_init(struct solution *solution, const struct scenario *scenario,
                   const struct network *network, const double *loads, enum effort effort);
void solution_release(struct solution *solution);
/* Puts an outcome in the place of the flow's own. */
void solution_put(struct solution *solution, const struct network *network, uint32_t flow,
                  const struct flow_outcome *outcome);
bool solution_copy(struct solution *to, const struct solution *from, const struct network *network);

#endif
