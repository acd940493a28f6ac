/* A workbook (XLSX) of an answer: sheets of plain cells, head rows frozen and filtered, a chart of
 * the day.
 *
 * The first sheet holds the answer; the others are the tables of the CSV files, by names that do
 * not change, each cell of its own type: numbers are numbers, texts are texts whatever they begin
 * with. Nothing in it depends on the clock.
 */
#ifndef PEERPLAN_REPORTS_BOOK_H
#define PEERPLAN_REPORTS_BOOK_H

#include "model/findings.h"
#include "reports/files.h"

/* Writes the file, whole or not at all. */
bool book_write(const char *path, const struct report *report, struct errors *errors);
bool book_write_findings(const char *path, const struct findings *findings,
                         const struct deployment *deployment, struct errors *errors);

#endif
