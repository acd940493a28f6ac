/* The system without limits as a control variate of counted refusals.
 *
 * A run keeps in mind what refused calls would still use (sim/engine/surplus.h). The share of time
 * for which the system without limits would then have been over a limit goes up and down with the
 * refusals of the run, and its mean is known exactly (sim/study/unlimited.h,
 * model/formulas/poisson_sum.h): what of it is chance is taken off what was counted,
 *
 *     y_r - b_r (c_r - E c),   b_r from the replications other than r by least squares,
 *
 * y_r a replication's value of the ratio, linearized. That b_r knows nothing of replication r
 * leaves the mean without bias (Avramidis and Wilson 1993); the interval is Student's over
 * replications. Around 1 % refused it takes a ninth of the calls, around 1e-4 a fifth.
 *
 * For Poisson calls without redials whose peers are there throughout, in runs that begin empty. The
 * run itself is the same with and without.
 */
#ifndef PEERPLAN_SIM_CONTROL_H
#define PEERPLAN_SIM_CONTROL_H

#include "sim/engine/plan.h"
#include "sim/study/results.h"

#define CONTROL_REPLICATIONS 10 /* with refusals, at least */
#define CONTROLS_MOST        64 /* classes; scenarios with more have no controls */

struct control_setting {
    const uint32_t *down; /* peers that are away from the start to the end */
    uint32_t down_count;
    nanos warmup;
};

/* Which thresholds the replications of these results are to look at: results->controls; none where
 * it does not hold, or would not help. False: out of memory. */
bool controls_make(const struct plan *plan, const struct control_setting *setting,
                   struct results *results);

/* Their means, once they are asked for. False: out of memory; one that cannot be had is NAN. */
bool controls_expect(const struct plan *plan, struct results *results);

/* A class's share of refused calls with its control: one value a replication, whose mean is the
 * estimate and whose spread is that of the estimator. False where there is none, where too few
 * replications refused any, or where it would not be much narrower than what was counted. Means are
 * to be had before. */
bool control_values(const struct results *results, size_t metric, double *values);
bool control_interval(const struct results *results, size_t metric, struct interval *interval);

#endif
