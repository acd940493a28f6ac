/* The simulator against the exact solver: every metric that both know, as a difference in standard
 * errors.
 *
 * For a metric with exact value e each replication gives a difference whose mean is 0 when the
 * simulator is right: tally * scale - e for means, numerator * scale - e * denominator for ratios
 * (so that no ratio's bias enters). Its Student ratio over the replications is mapped to the z of a
 * normal law. A metric that shows nothing in a quarter of the replications or more is too rare for
 * that and is left out, as are those that the scenario fixes, where any difference beyond rounding
 * is infinite.
 */
#ifndef PEERPLAN_SIM_VERIFY_H
#define PEERPLAN_SIM_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "model/exact/markov.h"
#include "model/scenario.h"
#include "sim/study/results.h"

#define VERIFY_LIMIT 4.5 /* |z| beyond it is a defect: once in 150,000 measures by chance */

struct deviation {
    size_t metric; /* of results->metrics */
    double exact;
    struct interval simulated;
    double z;
    bool fixed; /* no spread at all: z is 0 or infinite */
};

/* Fills at most `room` verdicts, in the order of the metrics; returns how many. Two replications or
 * more. */
size_t verify_results(const struct scenario *scenario, const struct markov *exact,
                      const struct results *results, struct deviation *verdicts, size_t room);

/* The exact value of a metric; NAN when there is none. */
double verify_exact(const struct scenario *scenario, const struct markov *exact,
                    const struct metric *metric);

#endif
