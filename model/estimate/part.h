/* What is solved in one piece: resources that calls couple, and the flows of these calls.
 *
 * A part of one resource is Erlang, Engset, batches or Kaufman-Roberts (part_one.c), one of several
 * the two-resource recursion, peers under a hub or the reduced load (part_several.c). Indices of
 * flows count within the part. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_PART_H
#define PEERPLAN_MODEL_ESTIMATE_PART_H

#include "model/estimate/lane.h"
#include "model/estimate/solve.h"
#include "model/formulas/kaufman_roberts.h"

#define PLACES_MAX 2000000 /* beyond, a recursion over places is too long */

struct part {
    const struct scenario *scenario;
    const struct network *network;
    const double *loads; /* by class */
    enum effort effort;
    struct solution *out;
    uint32_t *flows; /* borrowed */
    int flow_count;
    struct lane *lanes; /* borrowed, one a resource */
    int lane_count;
    double *none;   /* owned by solve.c: acceptance of calls where too little is free; all 0 */
    double divisor; /* of loads and places: 1, or the peakedness of batches among others */
};

const struct flow *part_flow(const struct part *part, int flow);
const struct call_class *part_class(const struct part *part, int flow);
struct flow_outcome *part_out(const struct part *part, int flow);
double part_load(const struct part *part, int flow);                             /* erlangs */
int64_t part_places(const struct part *part, int flow, const struct lane *lane); /* of a call */
int need_index(const struct flow *flow, uint32_t resource); /* of its need of it, or -1 */

bool part_reserves(const struct part *part); /* any flow, in any lane */

bool part_poisson(const struct part *part);         /* single calls from many sources only */
bool part_one_exponential(const struct part *part); /* one exponential holding time for all */

/* The same formula for all; reason: of BADGE_SIMULATE. */
void part_set_all(const struct part *part, const char *formula, enum badge badge,
                  const char *reason);
void part_simulate(const struct part *part, const char *reason); /* keeps the first reason */

/* The flow's calls are refused by one resource only. */
void part_refuse(const struct part *part, int flow, const struct lane *lane, double blocking);

/* The flows as a lane sees them; owned, NULL when out of memory. */
struct kr_class *part_sizes(const struct part *part, const struct lane *lane);

/* Bands where calls of one and two places fragment a lane's peers. */
void part_fragment(const struct part *part, const struct lane *lane);

/* Batches that share limits with other calls: loads and places divided by the peakedness, as
 * Fredericks and Hayward do; false where there are none. Afterwards their own part of it. */
bool part_divide(struct part *part);
void part_undivide(const struct part *part, bool divided);

/* False when out of memory. */
bool part_solve_one(struct part *part);
bool part_solve_several(struct part *part);

#endif
