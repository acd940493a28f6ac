/* Calls that come together: their peakedness, and what formulas for Poisson arrivals would have
 * said of them.
 *
 * Of groups by their law, of traces as measured (model/peakedness.h): for each cluster all recorded
 * calls together, and the classes that stand out. Above 1.2 the figure that everyone's formula
 * gives is shown with the reason why it is wrong; where chance may have made it, that is said as
 * well.
 */
#ifndef PEERPLAN_REPORTS_PEAKS_H
#define PEERPLAN_REPORTS_PEAKS_H

#include "model/formulas/peakedness.h"
#include "sim/study/results.h"

/* What is known of the recorded calls of a class or a cluster; its value is NAN where there are
 * none or too few. */
struct interval peaks_measured(const struct results *results, enum scope scope, const char *name);
enum peakedness_verdict peaks_judge(struct interval measured);

/* How many times its load counts for the spread of what a class has in progress: 1, or where it is
 * known to be peaked, by its law or by its record, its peakedness. */
double peaks_of_class(const struct scenario *scenario, const struct results *results,
                      uint32_t class_index);
double peaks_of_cluster(const struct scenario *scenario, const struct results *results,
                        uint32_t cluster);

#endif
