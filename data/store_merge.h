/* Shards of one sweep, joined into one database (store_sweep.h).
 *
 * All have to be sound, of the same inputs, axes, seed, method and version as the first of them.
 * Points that several have computed are taken once where they are equal in all that they say;
 * where they differ that is refused, for then one of them is wrong. Of a database with other runs
 * beside the sweep, only the sweep is taken; of several sweeps the last one.
 *
 * Rows go from file to file inside SQLite: memory does not grow with their number.
 */
#ifndef PEERPLAN_DATA_STORE_MERGE_H
#define PEERPLAN_DATA_STORE_MERGE_H

#include "data/store.h"

struct store_merge;

/* Begins in a new file. Owned; NULL with an error. */
struct store_merge *store_merge_new(const char *path, struct errors *errors);
void store_merge_free(struct store_merge *merge); /* takes NULL */

/* Adds a shard. False with an error, with the shard's path. */
bool store_merge_add(struct store_merge *merge, const char *shard, struct errors *errors);

/* After the last: says what is complete. The database and its run; borrowed. */
bool store_merge_end(struct store_merge *merge, const char *now, struct errors *errors);
struct store *store_merge_store(const struct store_merge *merge);
int64_t store_merge_run(const struct store_merge *merge);

/* How many points there are to be and how many lack; the command that computes all; the number of
 * shards that the sweep was divided into, 0: they do not agree, or it was not divided. */
struct store_missing {
    uint64_t points, missing, shards;
    const char *command;    /* borrowed */
    const uint64_t *counts; /* borrowed; missing points of each shard, where it was divided */
};
struct store_missing store_merge_missing(const struct store_merge *merge);

#endif
