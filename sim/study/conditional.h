/* Rare refusals: the share of a class's calls that is refused, by conditioning on the system
 * without limits.
 *
 * With Poisson arrivals and no redials the calls in progress are a subset of those of the same
 * calls if nothing limited them (sim/study/unlimited.h), whose numbers are independent Poissons. A
 * refusal at t implies that there some limit which the call needs is reached: sum of w_k N_k >=
 * threshold. The probability of that is summed exactly (model/formulas/poisson_sum.h). What is left
 * is the share of such moments at which the real system refuses: the calls in progress are drawn
 * given the event, those that ended before independently, and all of them go through the ordinary
 * admission of the engine over a window of the past (sim/engine/replay.h). That share is a tenth or
 * so however rare the event is, so the cost does not grow with rarity; samples are independent and
 * the interval is binomial.
 *
 * The moment is drawn with a density in proportion to rate(t) P(limit reached at t), bounded by
 * cells; of several limits one is drawn and the sample kept with probability 1 over the number of
 * limits reached: every sample is a plain success or failure. A window that is too short errs high:
 * samples are run over the window and its later half on the same calls, and the window doubled
 * until the paired difference says that the bias of the whole one is below a tenth of the
 * half-width wanted, or is within its own noise, first by a few hits and then by all of them. (From
 * half to whole the bias falls to 0.2 to 0.4 of what it was: measured at 1e-3 and 1e-4.) Where
 * peers fail at random, calls in progress when a window begins are followed from before it, so that
 * who failed then took them along; and sets of peers with which limits are often reached are
 * sampled by stays (sim/study/stays.h).
 *
 * Batches are left out: the numbers in progress would be compound Poissons, which could be summed
 * likewise, but who is in progress of a batch depends on its age, those of it that have ended
 * belong to the past, and what is refused depends on the place in the batch.
 *
 * It stops at a fixed number of refusals (looking sequentially undercovers), or at a most of
 * samples: estimate (hits - 1) / (samples - 1), limits of Clopper and Pearson. Results depend on
 * scenario and seed only, not on the number of jobs.
 */
#ifndef PEERPLAN_SIM_CONDITIONAL_H
#define PEERPLAN_SIM_CONDITIONAL_H

#include <stdatomic.h>

#include "sim/engine/plan.h"
#include "sim/study/statistics.h"

struct conditional_options {
    const uint32_t *down; /* peers that are away from the start to the end */
    uint32_t down_count;
    uint64_t seed;
    nanos warmup;      /* the run begins so long before time 0 */
    uint32_t hits;     /* refusals to stop at; 0: 400, for a half-width of about 10 % */
    uint64_t samples;  /* at most; 0: 2,000,000 */
    uint64_t events;   /* of the engine, at most; 0: as many as it takes */
    double negligible; /* where even the bound is not above it, no sample is run */
    int jobs;          /* threads; 0: one a processor */
    const atomic_int *stop;
};

struct conditional_figure {
    const char *obstacle;  /* why it cannot be had (static); NULL: it was */
    struct interval share; /* of the fresh calls of the measured time that are refused */
    double bound;          /* share of them that find a limit reached in the unlimited system */
    uint64_t samples, hits;
    nanos window;
    uint64_t events; /* of the engine, shorter windows included */
    bool interrupted;
};

/* False, with errors, when memory is out. */
bool conditional_run(const struct plan *plan, uint32_t class_index,
                     const struct conditional_options *options, struct conditional_figure *figure,
                     struct errors *errors);

#endif
