/* Tables as CSV: RFC 4180 with LF, a header line, numbers in the shortest form that reads back, in
 * the C locale; what does not exist is empty.
 *
 * Text that a spreadsheet would take for a formula (it begins with = + - @, a tab or CR and is no
 * number) gets an apostrophe before it. All functions write to a stream and leave its error state
 * to the caller.
 */
#ifndef PEERPLAN_REPORTS_CSV_H
#define PEERPLAN_REPORTS_CSV_H

#include <stdio.h>

#include "reports/table.h"

/* A sink of tables; the stream (borrowed) is the table's context. */
struct table csv_table(FILE *out);

/* Single cells, for what is written too often for a sink. */
void csv_put_text(FILE *out, const char *text);
void csv_put_seconds(FILE *out, nanos time);

#endif
