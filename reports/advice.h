/* What mends a scenario (answer/advice.h), as a table and as text. */
#ifndef PEERPLAN_REPORTS_ADVICE_H
#define PEERPLAN_REPORTS_ADVICE_H

#include <stdio.h>

#include "answer/advice.h"
#include "answer/windows.h"
#include "reports/table.h"

/* `rank,change,key,from,to,price,blocked,blocked_down,registrations,verdict,badge`. False when out
 * of memory. */
bool advice_table(struct table *table, const struct advice *advice);

void advice_text(const struct advice *advice, FILE *out);

/* Hours for maintenance (answer/windows.h); times are those of the scenario's wall clock. */
bool windows_table(struct table *table, const struct scenario *scenario,
                   const struct windows *windows);
void windows_text(const struct scenario *scenario, const struct windows *windows, FILE *out);

#endif
