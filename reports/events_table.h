/* What came of the script's outages, upgrades and changes, as a table:
 * `event,time,cluster,peer,metric,value,low,high,unit`: a row an event and figure. time is in
 * seconds from the scenario's time 0; figures that no replication has (nobody was ever back) are
 * empty. False when out of memory. */
#ifndef PEERPLAN_REPORTS_EVENTS_TABLE_H
#define PEERPLAN_REPORTS_EVENTS_TABLE_H

#include "reports/table.h"
#include "sim/study/results.h"

bool events_table(struct table *table, const struct results *results);

#endif
