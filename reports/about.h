/* What a result is and what it stands on: `key,value`, the mark of a folder (about.csv).
 *
 * Keys: scenario, sha256 (over the contents of the scenario and of every file that it reads, one
 * after the other), table, document, version, seed, replications, warmup (seconds), of an
 * answer verdict, binding (limit) and next_step, and files (that belong together). A value that
 * does not exist is empty.
 */
#ifndef PEERPLAN_REPORTS_ABOUT_H
#define PEERPLAN_REPORTS_ABOUT_H

#include "reports/files.h"
#include "reports/table.h"

/* False when out of memory. */
bool about_table(struct table *table, const struct report *report);

#endif
