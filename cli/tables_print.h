/* Capacity tables as text and as rows of a table: each figure with its document. */
#ifndef PEERPLAN_CLI_TABLES_PRINT_H
#define PEERPLAN_CLI_TABLES_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "data/capacity_check.h"
#include "data/capacity_tables.h"
#include "reports/table.h"

/* What to show of a table. */
struct tables_view {
    const struct capacity_tables *all;
    const struct capacity_table *table;
    const char *platform; /* NULL: every one */
    enum redundancy rule;
    bool printed; /* beside what is computed show what the document prints for a cluster, where it
                     differs */
    int peers_first, peers_last;
};

/* `table,platform,peers,redundancy,resource,value,source`; any number of views in one
 * table. */
void tables_rows(struct table *rows, const struct tables_view *view);
void tables_print_text(FILE *out, const struct tables_view *view);

/* What changes from one to the other, at the same numbers of peers. */
size_t tables_diff_rows(struct table *rows, const struct tables_view *from,
                        const struct tables_view *to);
size_t tables_print_diff_text(FILE *out, const struct tables_view *from,
                              const struct tables_view *to);

/* Where a file of expected figures differs:
 * `line,table,platform,peers,redundancy,resource,value,expected`. */
void tables_check_rows(struct table *rows, const struct capacity_check *check);
void tables_print_check(FILE *out, const struct capacity_check *check, const char *file);

/* The names of all tables, wrapped. */
void tables_print_names(FILE *out, const struct capacity_tables *all);

#endif
