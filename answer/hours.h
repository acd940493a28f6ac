/* When it hurts most: the worst hour of a class, and the busiest of a cluster.
 *
 * Whole hours from time 0 are looked at, single intervals of the series when those are longer. The
 * worst is the one whose share of blocked calls has the highest lower limit, among hours of at
 * least 20 calls: the highest value alone would pick the unluckiest.
 */
#ifndef PEERPLAN_ANSWER_HOURS_H
#define PEERPLAN_ANSWER_HOURS_H

#include "sim/study/results.h"

#define HOUR_CALLS_LEAST 20 /* offered in all replications */

struct worst_hour {
    bool found;
    nanos from, to;
    struct interval share;   /* of blocked calls, or units */
    struct interval one_day; /* where that of a single such hour will lie */
    const char *name;        /* borrowed from the results */
};
struct worst_hour worst_hour_blocked(const struct results *results, uint32_t class_index);
struct worst_hour busiest_hour(const struct results *results);

#endif
