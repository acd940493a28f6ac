/* Tables as JSON: a list of rows, each an object with the columns' names.
 *
 * Numbers read back equal to those of the CSV; identifiers (a seed) are strings, what does not
 * exist is null. One document holds the tables of an answer under keys that are fixed
 * (reports/files.h).
 */
#ifndef PEERPLAN_REPORTS_JSON_H
#define PEERPLAN_REPORTS_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "reports/table.h"

/* Before anything else: jansson takes memory as we do, so that what is refused is noted
 * (model/base/memory.h). */
void json_use_our_memory(void);

/* A sink whose rows are appended to a list (borrowed). */
struct table json_table(json_t *rows);

/* Writes the document with a line end. False when out of memory; errors of the stream are the
 * stream's. */
bool json_put(FILE *out, const json_t *document);

#endif
