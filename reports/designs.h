/* Designs (answer/design.h), as a table and as text. */
#ifndef PEERPLAN_REPORTS_DESIGNS_H
#define PEERPLAN_REPORTS_DESIGNS_H

#include <stdio.h>

#include "answer/design.h"
#include "reports/table.h"

/* `rank,clusters,platform,peers,redundancy,rms,room,desktop,price,blocked,blocked_down,binding,
 * headroom,badge,confirmed`. False when out of memory. */
bool designs_table(struct table *table, const struct designs *designs);

/* The best in a line, then all; nothing where there is none. */
void designs_text(const struct designs *designs, FILE *out);

#endif
