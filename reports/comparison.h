/* Two scenarios side by side (sim/study/pairs.h), as a table and as text. */
#ifndef PEERPLAN_REPORTS_COMPARISON_H
#define PEERPLAN_REPORTS_COMPARISON_H

#include <stdio.h>

#include "reports/table.h"
#include "sim/study/pairs.h"

/* `scope,name,metric,a,b,difference,low,high,saved,unit`. False when out of memory. */
bool comparison_table(struct table *table, const struct pairs *pairs);

/* What changes for whom, then the figures; names as the user gave them. */
void comparison_text(const struct pairs *pairs, const char *name_a, const char *name_b, bool colour,
                     FILE *out);

#endif
