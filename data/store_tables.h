/* What the tables of the store are: the one place that says it (see store.h). */
#ifndef PEERPLAN_DATA_STORE_TABLES_H
#define PEERPLAN_DATA_STORE_TABLES_H

#include <stdio.h>

#include "data/store.h"

struct store_column {
    const char *name;    /* as in the CSV files where they have it; words of SQL are quoted */
    const char *type;    /* SQL, with its constraints */
    const char *meaning; /* one line of help */
};

#define STORE_COLUMNS_MAX        12
#define STORE_ALARM_REPLICATIONS 10    /* whose alarms are kept, */
#define STORE_ALARMS             10000 /* and no more than so many */

struct store_table_definition {
    const char *name, *meaning;
    const char *key; /* "PRIMARY KEY (...)" or other constraints of the table; NULL: none */
    struct store_column columns[STORE_COLUMNS_MAX];
};

extern const struct store_table_definition store_tables[STORE_TABLES];

/* Indexes by which things are found, in SQL. NULL ends the list. */
extern const char *const store_indexes[];

/* A statement about a table, as `write` writes it. Owned; NULL when out of memory. */
char *store_sql(void (*write)(FILE *out, enum store_table table), enum store_table table);

#endif
