/* The capacity tables and redundancy rules built into the program: constants.
 *
 * tools/make_capacity.c reads data/capacity and data/cluster-factors.csv while building, with the
 * code that reads a user's own tables, and writes the definition. Nothing is parsed while running.
 */
#ifndef PEERPLAN_DATA_CAPACITY_BUILTIN_H
#define PEERPLAN_DATA_CAPACITY_BUILTIN_H

#include "data/capacity_tables.h"

struct capacity_builtin {
    const struct capacity_table *tables;        /* in order of files and of their rows */
    const struct capacity_table *const *sorted; /* by name */
    size_t count;
    const struct capacity_rule *rules; /* in order of release */
    size_t rule_count;
};

extern const struct capacity_builtin capacity_builtin;

#endif
