/* How long a run warms up before it is measured.
 */
#ifndef PEERPLAN_SIM_WARMUP_H
#define PEERPLAN_SIM_WARMUP_H

#include "sim/experiment.h"
#include "sim/plan.h"

struct warmup {
    nanos length;
    const char *reason; /* static */
};

/* As stated, or for `auto`: none where the load depends on the time (such a run is a day from a stated start), else by
 * MSER-5 on the units in use in pilot runs (the longest truncation of five), with time for random outages to reach their
 * long-run frequency. False, with errors, when a pilot run fails. */
bool warmup_choose(const struct plan *plan, const struct experiment_options *options, uint64_t seed,
                   struct warmup *warmup, struct errors *errors);

#endif
