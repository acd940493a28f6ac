/* Which tallies a replication leaves, and which metrics and series are made of them: one table a
 * scope.
 */
#ifndef PEERPLAN_SIM_MEASURES_H
#define PEERPLAN_SIM_MEASURES_H

#include "sim/engine/plan.h"
#include "sim/study/results.h"

struct simulation;

/* Fills results->metrics, tally_count, series, series_columns for a plan and a measured length.
 * False: out of memory. */
bool measures_layout(const struct plan *plan, nanos length, struct results *results);

/* The tallies of the replication just finished, in the order of the layout. */
void measures_collect(const struct simulation *sim, double *tallies);

/* The series of the interval that ends now (its length given); to the columns of one interval. */
void measures_interval(struct simulation *sim, nanos length, float *columns);

#endif
