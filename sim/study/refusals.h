/* Shares of refused calls where replications say too little: none was refused, or every one, or all
 * agree.
 *
 * Replications that agree by chance say nothing about chance. Calls are then counted in the clumps
 * in which they are refused (sim/traits.h): none refused has the bound of that, every call refused
 * that of the complement, shares between the limits of Clopper and Pearson for the number of
 * clumps.
 *
 * Where less than five of the replications refused any, their spread is hardly known, and a t of
 * few degrees of freedom may allow anything: the upper limit is then not above Poisson's for as
 * many clumps, each as large as those seen or as known beforehand; nor below that for none, for
 * refusals are no reason for a lower limit.
 */
#ifndef PEERPLAN_SIM_REFUSALS_H
#define PEERPLAN_SIM_REFUSALS_H

#include "sim/study/results.h"

/* Is the metric a share of refused calls? */
bool refusals_counts(const struct metric *metric);

/* Mends the interval made of the first `replications` rows; leaves those of other metrics alone. */
void refusals_allow(const struct results *results, size_t metric, size_t replications,
                    struct interval *interval);

/* The upper limit of a share of refused calls that only a few of the samples have any of: Poisson's
 * at 97.5 % for as many clumps, of the size that was seen. INFINITY where none or many have. */
double refusals_few_limit(const double *refused, const double *offered, size_t count);

#endif
