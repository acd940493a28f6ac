/* Results as tidy CSV files, one fact a row: metrics, time series, alarms, calls.
 *
 * The names of columns, scopes and metrics are a contract with spreadsheets and scripts. Files
 * depend on scenario and seed only. Numbers are in the shortest form that reads back, in the C
 * locale; what does not exist (an interval from one replication, the blocking of a class that
 * nobody called) is empty. Times are seconds from the scenario's time 0, exact to the nanosecond;
 * replications count from 1. Text is quoted where RFC 4180 wants it, lines end with LF.
 *
 * All functions write to a stream and leave its error state to the caller.
 */
#ifndef PEERPLAN_REPORTS_CSV_H
#define PEERPLAN_REPORTS_CSV_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/study/experiment.h"
#include "sim/study/results.h"

void csv_put_text(FILE *out, const char *text);
void csv_put_number(FILE *out, double value);
void csv_put_single(FILE *out, double value); /* seven digits: what single precision holds */
void csv_put_seconds(FILE *out, nanos time);

/* `scope,name,metric,value,low,high,unit` */
void csv_metrics_header(FILE *out);
void csv_metrics(FILE *out,
                 const struct results *results); /* and seed, replications, warmup of the run */
/* One row; scope and unit as text, for rows that are not in results. */
void csv_metric_row(FILE *out, const char *scope, const char *name, const char *metric,
                    struct interval interval, const char *unit);

/* `time,scope,name,metric,mean,p05,p95`: a row for the start of every interval, with header. p05
 * and p95 are quantiles over replications. Values are single precision: seven digits. False when
 * out of memory. */
bool csv_timeseries(FILE *out, const struct results *results);

/* `replication,time,id,severity,state,cluster,peer,text`, with header. */
void csv_alarms(FILE *out, const struct scenario *scenario, const struct results *results);

/* `replication,id,class,start,end,outcome,cause,peer` */
void csv_calls_header(FILE *out);
void csv_call(FILE *out, const struct scenario *scenario, uint32_t replication,
              const struct call_record *record);

#endif
