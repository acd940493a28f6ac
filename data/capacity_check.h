/* A file of expected figures held against the capacity tables: a regression test of them.
 *
 * Each row of the file names figures. It may have the form of `tables --csv` (table, platform,
 * peers, redundancy, resource, value: what was printed once) or that of a table of one's own
 * (data/capacity_tables.h: a column a resource). In both `peers` is 1 where it is not stated, and
 * a row without `table` speaks of the table of its `release`. redundancy: a rule, "printed" for
 * what the document prints for a cluster; not stated: what the document prints where it does, else
 * the factor of the release's rule. What the file does not mention is not compared.
 */
#ifndef PEERPLAN_DATA_CAPACITY_CHECK_H
#define PEERPLAN_DATA_CAPACITY_CHECK_H

#include "data/capacity_tables.h"
#include "model/base/arena.h"

struct capacity_difference {
    const char *table, *platform, *redundancy; /* redundancy: "" where none was stated */
    int peers;
    enum capacity_resource resource;
    int64_t here; /* CAPACITY_NOT_STATED: the tables have no such figure */
    int64_t expected;
    long line; /* of the file */
};

struct capacity_check {
    struct capacity_difference *items; /* owned; in order of the file */
    size_t count;
    size_t figures;      /* compared */
    struct arena *arena; /* owned: texts */
};

/* False with errors at their places; release in any case. */
bool capacity_check_file(const struct capacity_tables *tables, const char *path,
                         struct capacity_check *check, struct errors *errors);
void capacity_check_release(struct capacity_check *check);

#endif
