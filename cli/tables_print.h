/* Capacity tables as text and as CSV: each figure with its document. */
#ifndef PEERPLAN_CLI_TABLES_PRINT_H
#define PEERPLAN_CLI_TABLES_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "data/capacity_tables.h"

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

void tables_print_csv_header(FILE *out);
void tables_print_csv(FILE *out, const struct tables_view *view);
void tables_print_text(FILE *out, const struct tables_view *view);

/* What changes from one to the other, at the same numbers of peers. */
void tables_print_diff_csv(FILE *out, const struct tables_view *from, const struct tables_view *to);
void tables_print_diff_text(FILE *out, const struct tables_view *from,
                            const struct tables_view *to);

/* The names of all tables, wrapped. */
void tables_print_names(FILE *out, const struct capacity_tables *all);

#endif
