/* The interval that a figure is judged by: over replications, or where there is one replication,
 * within it.
 *
 * One long run of constant load is cut into 30 to 100 batches, each at least ten times as long as
 * the run remembers (the longest mean residual holding time, or failure cycle: traits.memory), so
 * that their means are nearly independent; whether they are is seen in the correlation of
 * neighbours. Intervals are Student's t over the batches, as over replications: ratios by the delta
 * method, shares on the scale of log odds. Where nothing was refused the bound counts clumps of
 * calls and needs no batches. Batches are made of the intervals of the series.
 *
 * metrics.csv does not use this: with one replication its columns low and high are empty by
 * contract.
 *
 * Source: Schmeiser 1982 (10 to 30 batches lose little, many short ones mislead); Law, Simulation
 * Modeling and Analysis.
 */
#ifndef PEERPLAN_SIM_CONFIDENCE_H
#define PEERPLAN_SIM_CONFIDENCE_H

#include "sim/study/results.h"

#define CONFIDENCE_BATCHES_MIN  30
#define CONFIDENCE_BATCHES_MOST 100
#define CONFIDENCE_MEMORIES     10 /* a batch is so many times as long as the memory */

struct confidence {
    struct interval interval; /* low and high NAN: there is none */
    size_t batches;           /* batch means over so many; 0: otherwise made */
    const char *
        obstacle; /* why one replication has no interval; static; NULL: it has, or there are more */
};

struct confidence confidence_of(const struct results *results, size_t metric);

#endif
