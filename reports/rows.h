/* The one table of a command on standard output: as CSV while it is filled, or as a JSON document
 * `{"about": {...}, KEY: [...]}` at its end. */
#ifndef PEERPLAN_REPORTS_ROWS_H
#define PEERPLAN_REPORTS_ROWS_H

#include "reports/json.h"

struct report_rows {
    struct table table;              /* to be filled: table_begin and rows */
    FILE *out;                       /* borrowed */
    const char *key;                 /* of the document; NULL: CSV */
    const struct scenario *scenario; /* that it is about; NULL: none */
    json_t *list;                    /* owned */
};

/* False when out of memory. */
bool report_rows_begin(struct report_rows *rows, FILE *out, const char *key,
                       const struct scenario *scenario);
/* Ends the table and frees. Without `show` nothing is printed any more. False when out of memory;
 * errors of the stream are the stream's. */
bool report_rows_end(struct report_rows *rows, bool show);

#endif
