/* Reads a CSV file of capacity tables; for data/capacity_tables.c only, whose header describes the
 * columns. */
#ifndef PEERPLAN_DATA_CAPACITY_READER_H
#define PEERPLAN_DATA_CAPACITY_READER_H

#include <stdbool.h>

#include "data/capacity_tables.h"
#include "data/input.h"
#include "model/base/arena.h"

/* Where tables go, and what must hold of them. */
struct capacity_target {
    struct arena *arena;                    /* owns what is made */
    const struct capacity_tables *existing; /* whose names are taken */
    const char *default_table;              /* the name of rows that name none; in the arena */
    struct capacity_table *
        *tables; /* out: in the order in which the file begins them; free() the array */
    size_t count;
};

/* Takes the input over. False with errors at their places; then target->tables is NULL. */
bool capacity_reader_read(struct input *input, struct capacity_target *target,
                          struct errors *errors);

/* By its very name; NULL when there is none. */
const struct capacity_table *capacity_tables_exact(const struct capacity_tables *tables,
                                                   const char *name);

/* Order of rows in `sorted`: by platform, then peers. */
int capacity_row_compare(const struct capacity_row *a, const struct capacity_row *b);

#endif
