/* A table as rows of typed cells, whatever it is written as.
 *
 * A report is written once, as a function that fills tables, and comes out as CSV, JSON, or
 * whatever else has a sink. A sink is a constant struct of functions: to add a format, write one
 * (reports/csv_table.c is the shortest). Order: table_begin, then rows of as many cells as there
 * are columns, then table_end. Cells are text, numbers (NAN: there is none), whole numbers, exact
 * times, identifiers (digits that are a name and no quantity, such as a seed), or empty.
 */
#ifndef PEERPLAN_REPORTS_TABLE_H
#define PEERPLAN_REPORTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/scenario.h"

struct table;

struct table_sink {
    void (*begin)(struct table *table);
    void (*text)(struct table *table, const char *text);
    void (*number)(struct table *table, double value); /* not NAN */
    void (*digits)(struct table *table, const char *digits);
    void (*identifier)(struct table *table, const char *digits);
    void (*empty)(struct table *table);
    bool (*end)(struct table *table); /* false: out of memory */
};

#define TABLE_COLUMNS_MAX 32

struct table {
    const struct table_sink *sink; /* borrowed */
    void *context;                 /* the sink's */
    const char *name;              /* "metrics"; borrowed */
    const char *columns;           /* "scope,name,metric"; borrowed */
    size_t width, column;          /* columns; the next cell's */
    size_t rows;                   /* complete ones */
    bool enough; /* the sink needs no further rows of this table: long ones may end */
    bool failed; /* out of memory: sticky, told by table_end */
};

void table_begin(struct table *table, const char *name, const char *columns);
void table_text(struct table *table, const char *text); /* NULL: empty */
void table_number(struct table *table, double value);
void table_single(struct table *table,
                  double value); /* seven digits: what single precision holds */
void table_count(struct table *table, int64_t value);
void table_seconds(struct table *table, nanos time); /* exact to the nanosecond */
void table_identifier(struct table *table, uint64_t value);
void table_empty(struct table *table);
bool table_end(struct table *table);

/* Digits of a time in seconds. Returns buffer. */
#define SECONDS_SIZE 32
char *seconds_format(nanos time, char buffer[static SECONDS_SIZE]);

#endif
