/* Two scenarios on common random numbers: the difference of every metric that both have, with its
 * interval.
 *
 * Replication r of both has the same arrivals and holding times where classes have the same names,
 * so that most of what is chance cancels in the difference: intervals are those of paired
 * differences (ratios by the delta method). `saved` is the share of the variance that pairing took
 * away; below 0 it did harm. Differences are B - A. What a scenario states (caps, limits, sizes)
 * has no chance in it: its difference has no interval. Shares that counting does not tell are
 * refined on both sides by the same samples (sim/study/refine.h); the interval of such a difference
 * takes them for independent.
 *
 * Source: Law, Simulation Modeling and Analysis (paired t, common random numbers).
 */
#ifndef PEERPLAN_SIM_PAIRS_H
#define PEERPLAN_SIM_PAIRS_H

#include "sim/study/experiment.h"

/* ---- Running ---- */

struct pairs_options {
    int jobs;         /* threads; 0: one a processor */
    int replications; /* of each side; 0: the larger number of both scenarios */
    bool seed_given;  /* else the seed is that of the first scenario */
    uint64_t seed;
    const struct trace_source *traces[2]; /* NULL when a side has none */
    const uint32_t *down[2];              /* peers of a side that are down throughout */
    uint32_t down_count[2];
    void (*progress)(void *context, const struct progress *progress); /* of both sides together */
    void *progress_context;
    const atomic_int *stop; /* as in experiment_options */
};

/* Runs both sides in turn, a part of the replications at a time, so that an interrupted comparison
 * has pairs; both after the longer warm-up of the two, for random numbers are common only where
 * both begin at the same time. Only complete pairs are in the results (release both in any case).
 * False, with errors, when a run failed; not when it was stopped. */
bool pairs_run(const struct scenario *const sides[2], const struct pairs_options *options,
               struct results results[2], struct errors *errors);

/* ---- Comparing ---- */

enum pair_seen {
    PAIR_SAME,    /* equal in every replication */
    PAIR_CHANGE,  /* the interval leaves 0 out; or stated values differ */
    PAIR_NOT_YET, /* it does not */
};

struct pair {
    size_t a, b; /* metrics of either side */
    double value_a, value_b;
    struct paired paired; /* B - A; without interval where the values are stated */
    enum pair_seen seen;
    bool stated;
    double more; /* PAIR_NOT_YET: replications that would about show a difference of the size now
                    seen */
};

struct pairs {
    const struct results *a, *b; /* borrowed; the same number of replications is used of both */
    size_t replications;
    struct pair *items; /* owned; in the order of A's metrics */
    size_t count;
};

/* False when out of memory. Release in any case. */
bool pairs_make(struct pairs *pairs, const struct results *a, const struct results *b);
void pairs_release(struct pairs *pairs);

/* The metric of A that a pair is of; borrowed. */
const struct metric *pair_metric(const struct pairs *pairs, const struct pair *pair);

#endif
