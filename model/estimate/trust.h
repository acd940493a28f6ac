/* What a formula assumes, held against what the scenario has: how far the figure of a flow in a
 * span of time can be trusted, and why not further. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_TRUST_H
#define PEERPLAN_MODEL_ESTIMATE_TRUST_H

#include "model/estimate/span.h"

struct trust {
    double low, high; /* factors of the figure */
    double more;      /* of the calls, on top of the higher one */
    enum badge badge;
    const char *formula, *reason;
    const char *instead; /* of a bound: why no formula holds; NULL: none */
    double at_least;     /* refused, whatever a formula says */
    double at_most;      /* refused by a formula that is out of its place; 0: none */
};

/* Of a figure of a solution. */
struct trust trust_of(const struct scenario *scenario, const struct flow *flow,
                      const struct solution *solution, const struct flow_outcome *outcome,
                      const struct span *span);

/* Of an exact solution in time. */
struct trust trust_exact(const struct flow *flow, const struct flow_outcome *outcome,
                         const struct span *span);

/* Parts of it: shares that may be a little off; a doubt about the moment; where only a simulation
 * could tell, how much is refused at most. */
void trust_shares(struct trust *trust, double uneven);
void trust_doubt(struct trust *trust, enum doubt doubt);
void trust_bound(struct trust *trust, const struct flow *flow, const struct flow_outcome *outcome,
                 const struct span *span);

#endif
