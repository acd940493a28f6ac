/* Other loads as a table: `load,class,refused,low,high,verdict,badge,goal`, a row a class and load,
 * class by class; load is a factor of the load as stated. False when out of memory. */
#ifndef PEERPLAN_REPORTS_LOADS_TABLE_H
#define PEERPLAN_REPORTS_LOADS_TABLE_H

#include "answer/other_loads.h"
#include "reports/table.h"

bool loads_table(struct table *table, const struct other_loads *loads,
                 const struct scenario *scenario);

#endif
