/* Tables of reports as rows of the database: a sink of reports/table.h.
 *
 * Each row of a table that the database has (`metrics`, `estimate`, `timeseries`, `alarms`,
 * `answer`, `events`, `about`) is handed over with a value for each column of that table of the
 * store, found by its name. What the database has no table for is handed over cell by cell, as
 * items of the table's name. The first value, the point or of an item the run, is null: the
 * receiver knows it. Of an estimate, which has figures for every hour, those of the whole run are
 * taken; what classes block with peers down is of scope `survive`, as in metrics.csv.
 */
#ifndef PEERPLAN_CLI_KEPT_ROWS_H
#define PEERPLAN_CLI_KEPT_ROWS_H

#include "data/store.h"
#include "data/store_tables.h"
#include "reports/table.h"
#include "sim/study/results.h"

enum kept_kind { KEPT_EMPTY, KEPT_TEXT, KEPT_NUMBER, KEPT_DIGITS };

struct kept_cell {
    enum kept_kind kind;
    double number;
    char *text; /* owned; of text and digits */
};

struct kept_rows {
    /* values and their texts are borrowed until it returns; false: no more of them */
    bool (*row)(void *context, enum store_table table, struct store_value *values);
    void *context;
    /* the rest is the sink's */
    enum store_table table;
    int places[STORE_COLUMNS_MAX]; /* of its columns among the cells; -1: none */
    struct kept_cell cells[TABLE_COLUMNS_MAX];
    bool ended;
};

/* A table that fills the database; `rows` is borrowed as long as it is filled. table_end says false
 * where `row` did, or memory ran out. */
struct table kept_table(struct kept_rows *rows);

/* What classes were offered and blocked in each replication, as rows of STORE_REPLICATION: enough
 * for the difference of two runs by pairs. Without results there are none. False where `row` said
 * so. */
bool kept_replications(struct kept_rows *rows, const struct results *results);

#endif
