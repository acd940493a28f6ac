/* What a simulation measured, as tables: metrics, time series, alarms. One fact a row.
 *
 * The names of columns, scopes and metrics are a contract with spreadsheets and scripts. Rows
 * depend on scenario and seed only. What does not exist (an interval from one replication, the
 * blocking of a class that nobody called) is empty. Times are seconds from the scenario's time 0,
 * exact to the nanosecond; replications count from 1. Each function fills one table, from its
 * columns to its last row; false when out of memory.
 */
#ifndef PEERPLAN_REPORTS_RESULTS_TABLES_H
#define PEERPLAN_REPORTS_RESULTS_TABLES_H

#include "reports/table.h"
#include "sim/study/results.h"
#include "sim/study/survival.h"

/* `scope,name,metric,value,low,high,unit`: with seed, replications and warm-up of the run, and, of
 * scope `survive`, what classes block with each set of peers down. survival may be NULL. */
bool metrics_table(struct table *table, const struct scenario *scenario,
                   const struct results *results, const struct survival *survival);

/* `time,scope,name,metric,mean,p05,p95`: a row for the start of every interval. p05 and p95 are
 * quantiles over replications. Values are single precision: seven digits. */
bool timeseries_table(struct table *table, const struct results *results);

/* One point of a series; p05 and p95 are NAN with one replication. `values` has a place for each
 * replication. */
struct series_point {
    double mean, p05, p95;
};
struct series_point series_point_at(const struct results *results, size_t series, size_t interval,
                                    double *values);

/* `replication,time,id,severity,state,cluster,peer,text` */
bool alarms_table(struct table *table, const struct scenario *scenario,
                  const struct results *results);

#endif
