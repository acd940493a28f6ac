/* The ledger of licences as a table: which service took how many, when, and what was refused for
 * want of them.
 *
 * `from,to,cluster,licence,service,class,pool,mean_in_use,low,high,peak_in_use,refused,refused_only`:
 * first a row for every class that takes RMS in a cluster, over the whole measured time, and one
 * for every other kind of licence that the cluster limits (service `registrations`); then the
 * classes again for every interval of the scenario. `pool` is the size of the pool; low and high
 * are the 95 % interval of the mean; refused are first attempts for which the pool was too small,
 * refused_only those that nothing else stood in the way of (a class that takes RMS in two clusters
 * has the same figure in both). What is not known is empty. All figures are means over
 * replications. They are those of metrics.csv and timeseries.csv of scope `licence` and `pool`, in
 * a table as one reads it.
 */
#ifndef PEERPLAN_REPORTS_LICENCES_H
#define PEERPLAN_REPORTS_LICENCES_H

#include "reports/table.h"
#include "sim/study/results.h"

/* length: the measured time. False when out of memory. */
bool licences_table(struct table *table, const struct scenario *scenario,
                    const struct results *results, nanos length);

#endif
