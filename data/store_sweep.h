/* A sweep as it is kept in a database (store.h): a run of kind `sweep` that can be gone on with.
 *
 * What a sweep is, its identity, is a hash over all that its points depend on: inputs, axes,
 * sample, seed, replications and method. The same sweep has one run in a database; those of another
 * version of peerplan are another sweep, and neither goes on with the other. Points are numbered
 * from 1 in the order of the grid, and each is one transaction: however a process ends, what is
 * there is whole, and what lacks can be computed by any process that has the same inputs.
 *
 * The run's items say the rest. Kind `sweep`, number 1: identity, command (that computes it all),
 * points, sample, replications, method, inputs. Kind `vary`, an axis each: path, values. Kind
 * `shard`, a part that was computed here each, its number: of (how many).
 */
#ifndef PEERPLAN_DATA_STORE_SWEEP_H
#define PEERPLAN_DATA_STORE_SWEEP_H

#include "data/store_tables.h"

struct store_axis {
    const char *path, *values;
};

struct store_sweep {
    const char *inputs;  /* hash over the scenario and all that it reads */
    const char *command; /* that computes all points */
    const char *version; /* of peerplan */
    const struct store_axis *axes;
    size_t axis_count;
    uint64_t points, sample, seed; /* sample 0: the full grid */
    int replications;              /* 0: as the scenario says */
    bool estimate;                 /* else simulated */
    const char *now;               /* it begins */
};

/* Its run in the database, 0: it has none. ERROR_DATA where another version began it. */
bool store_sweep_find(struct store *store, const struct store_sweep *sweep, int64_t *run,
                      struct errors *errors);
/* Begins a run, in an open transaction. */
bool store_sweep_add(struct store *store, const struct store_sweep *sweep, int64_t scenario,
                     int64_t *run, struct errors *errors);
/* That part `shard` of `shards`, from 0, is computed here, in an open transaction. */
bool store_sweep_shard(struct store *store, int64_t run, uint64_t shard, uint64_t shards,
                       struct errors *errors);
/* running, done, interrupted; finished may be NULL. */
bool store_sweep_state(struct store *store, int64_t run, const char *state, const char *finished,
                       struct errors *errors);

/* Sets done[number - 1] for those of the points that are there, and counts them. */
struct store_done {
    bool *done;
    uint64_t points, count;
};
bool store_sweep_done(struct store *store, int64_t run, struct store_done *done,
                      struct errors *errors);

/* ---- A point ---- */

/* A row of a table that belongs to a point; values[0] is the point's, and filled in. */
struct store_point_row {
    enum store_table table;
    struct store_value values[STORE_COLUMNS_MAX];
};

struct store_point {
    uint64_t number; /* from 1 */
    const char *verdict, *binding;
    struct store_point_row *rows;
    size_t row_count;
};

/* One transaction. A point that is there already, because another process has computed it as well,
 * stays as it is. */
bool store_point_add(struct store *store, int64_t run, const struct store_point *point,
                     struct errors *errors);

#endif
