/* What the formulas say, as a table:
 * `hour,down,scope,name,metric,value,low,high,unit,badge,formula`. hour is empty for the whole run,
 * down the number of peers that are down, or "weighted" over failures. False when out of memory. */
#ifndef PEERPLAN_REPORTS_ESTIMATE_TABLE_H
#define PEERPLAN_REPORTS_ESTIMATE_TABLE_H

#include "model/estimate/estimate.h"
#include "reports/table.h"

bool estimate_table(struct table *table, const struct estimate *estimate);

#endif
