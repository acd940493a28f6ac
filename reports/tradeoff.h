/* The trade-off of a refresh interval as a table: how long endpoints are without a peer after a
 * loss, against what refreshing costs. By formula (model/registration.h), for every population
 * whose endpoints notice a loss at their refresh: H.323, standard SIP and DNS round robin. Columns:
 * `endpoints,ttl,metric,value,unit`, one fact a row, a row for each interval of a fixed grid and
 * for the population's own.
 */
#ifndef PEERPLAN_REPORTS_TRADEOFF_H
#define PEERPLAN_REPORTS_TRADEOFF_H

#include "model/scenario.h"
#include "reports/table.h"

bool tradeoff_applies(const struct endpoints *endpoints);

/* False when out of memory. */
bool registrations_table(struct table *table, const struct scenario *scenario);

#endif
