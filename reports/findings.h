/* What the doctor found, as text and tables, and a list of what was known before.
 *
 * Columns: severity, finding, place, text, remedy (its steps in a row); errors first.
 */
#ifndef PEERPLAN_REPORTS_FINDINGS_H
#define PEERPLAN_REPORTS_FINDINGS_H

#include <stdio.h>

#include "model/base/error.h"
#include "model/findings.h"
#include "reports/table.h"

/* False when out of memory. */
bool findings_table(struct table *table, const struct findings *findings);

/* How many of what: `key,value`. False when out of memory. */
bool findings_summary(struct table *table, const struct findings *findings,
                      const struct deployment *deployment);

/* What was looked at, what was found, for people. */
void findings_text(FILE *out, const struct findings *findings, const struct deployment *deployment);

/* Every rule: word, severity, alarms, source, what happens, remedy in steps. */
void findings_explain(FILE *out);

/* ---- What was known before ---- */

struct baseline;

/* A JSON document of peerplan check. Owned; NULL with an error. */
struct baseline *baseline_read(const char *path, struct errors *errors);
void baseline_free(struct baseline *baseline); /* takes NULL */

/* Leaves out what the baseline has with the same word, place and text; how many. */
uint32_t baseline_leave_out(const struct baseline *baseline, struct findings *findings);

#endif
