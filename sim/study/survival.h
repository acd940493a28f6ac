/* With every set of so many peers down: does the rest carry the load?
 *
 * The scenario is run once for each set, with those peers down from the start to the end, on the
 * same random numbers.
 */
#ifndef PEERPLAN_SIM_SURVIVAL_H
#define PEERPLAN_SIM_SURVIVAL_H

#include "sim/study/experiment.h"

/* What the classes blocked with a set of peers down. */
struct survival_set {
    uint32_t *down; /* peers (global indices), ascending; owned */
    uint32_t down_count;
    struct interval *blocked; /* by class: the share of blocked calls; owned */
    size_t replications;
    size_t batches; /* of one long replication, where intervals are batch means; else 0 */
    float *units;   /* by cluster, then interval: units in use, mean; owned */
    size_t intervals;
};

struct survival {
    struct survival_set *sets; /* owned; those that were run */
    size_t count;
};

/* How many sets there are; SIZE_MAX beyond 2^40. 0 when there are not so many peers. */
size_t survival_sets(uint32_t peers, uint32_t down);
/* The next set in order of peers; the first is 0, 1, .. down-1. False after the last. */
bool survival_next(uint32_t peers, uint32_t down, uint32_t *set);

/* Runs every set; options as for the run with all peers up, without its calls. Stops early, with
 * the sets that are complete, when options->stop is set. options->part_begun is told the number of
 * each set before it is run. False, with errors, when a run failed; release in any case. */
bool survival_run(const struct scenario *scenario, const struct experiment_options *options,
                  uint32_t down, struct survival *survival, struct errors *errors);

struct peers_down {
    const uint32_t *peers; /* global indices, ascending */
    uint32_t count;
};
/* One set, those in options->down away besides. Where its replications are dear and fewer decide it
 * beyond doubt (precision_decided), it has fewer. The set (its members are owned) is filled unless
 * this fails; it is empty, without replications, when it was stopped and does not count. */
bool survival_run_set(const struct scenario *scenario, const struct experiment_options *options,
                      struct peers_down down, struct survival_set *set, struct errors *errors);
void survival_release(struct survival *survival);

#endif
