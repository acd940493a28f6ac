/* calls.csv: one row a call, in order of replication, whatever order replications end in.
 *
 * Every replication writes into a temporary file without a name; as soon as it and all before it
 * are done, its rows go to the stream. Rows of a replication that was not completed are thrown
 * away. Threads may open, write and close their handles at the same time.
 */
#ifndef PEERPLAN_REPORTS_CALLS_CSV_H
#define PEERPLAN_REPORTS_CALLS_CSV_H

#include <stdio.h>

#include "sim/study/experiment.h"

#define CALLS_CSV_HEADER "replication,id,class,start,end,outcome,cause,peer\n"

/* One row. Times are exact to the nanosecond, replications count from 0 here and from 1 there. */
void calls_csv_row(FILE *out, const struct scenario *scenario, uint32_t replication,
                   const struct call_record *record);

struct calls_csv;

/* Writes the header. The stream and the scenario are borrowed. Owned; NULL when out of memory. */
struct calls_csv *calls_csv_new(FILE *out, const struct scenario *scenario);

/* For experiment_run; borrowed. */
const struct call_sink *calls_csv_sink(struct calls_csv *calls);

/* Writes what still waits for replications that were never begun. False when a row was lost, out of
 * room for temporary files for instance; errors of the stream itself are the stream's. */
bool calls_csv_finish(struct calls_csv *calls);
void calls_csv_free(struct calls_csv *calls); /* takes NULL */

#endif
