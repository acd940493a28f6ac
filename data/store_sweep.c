#include "data/store_sweep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/fingerprint.h"

/* ---- Identity ---- */

static void write_identity(FILE *out, const struct store_sweep *sweep)
{
    fprintf(out, "inputs %s\n", sweep->inputs);
    for (size_t i = 0; i < sweep->axis_count; i++)
        fprintf(out, "vary %s=%s\n", sweep->axes[i].path, sweep->axes[i].values);
    fprintf(out, "sample %" PRIu64 "\nseed %" PRIu64 "\nreplications %d\nmethod %s\n",
            sweep->sample, sweep->seed, sweep->replications,
            sweep->estimate ? "estimate" : "simulation");
}

static bool identity_make(const struct store_sweep *sweep, char digits[static FINGERPRINT_SIZE],
                          struct errors *errors)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return errors_no_memory(errors);
    write_identity(out, sweep);
    bool bad = ferror(out) != 0;
    struct scenario none = {.inputs = NULL};
    bool ok = (fclose(out) == 0 && !bad) || errors_no_memory(errors);
    ok = ok && fingerprint_make(text, &none, digits, errors);
    free(text);
    return ok;
}

/* ---- Its run ---- */

struct found {
    const char *version;
    int64_t run, other;
    char other_version[32];
};

static bool found_row(void *context, size_t columns, const struct store_value *values)
{
    struct found *found = context;
    (void)columns;
    if (values[1].text && strcmp(values[1].text, found->version) == 0) {
        found->run = values[0].integer;
        return false;
    }
    found->other = values[0].integer;
    snprintf(found->other_version, sizeof found->other_version, "%s",
             values[1].text ? values[1].text : "?");
    return true;
}

bool store_sweep_find(struct store *store, const struct store_sweep *sweep, int64_t *run,
                      struct errors *errors)
{
    char identity[FINGERPRINT_SIZE];
    struct found found = {.version = sweep->version};
    if (!identity_make(sweep, identity, errors))
        return false;
    const struct store_value value = store_text(identity);
    if (!store_query(
            store,
            &(struct store_statement){
                "SELECT run.id, run.version FROM item JOIN run ON run.id = item.run_id "
                "WHERE item.kind = 'sweep' AND item.\"column\" = 'identity' AND item.value = "
                "?1 ORDER BY run.id",
                &value, 1},
            found_row, &found, errors))
        return false;
    *run = found.run;
    if (found.run || !found.other)
        return true;
    errors_add(errors, ERROR_DATA, store_path(store), 0, 0,
               "run %" PRId64
               " is this sweep by version %s, and this is %s, which does not go on with it: use "
               "another --db, or delete it (peerplan runs --delete %" PRId64 ")",
               found.other, found.other_version, sweep->version, found.other);
    return false;
}

struct item {
    const char *kind;
    size_t number;
    const char *column, *value;
};

static bool add_item(struct store *store, int64_t run, struct item item, struct errors *errors)
{
    const struct store_value values[] = {store_integer(run), store_text(item.kind),
                                         store_integer((int64_t)item.number),
                                         store_text(item.column), store_text(item.value)};
    return store_insert(store, STORE_ITEM, values, NULL, errors);
}

static bool add_count(struct store *store, int64_t run, const char *column, uint64_t value,
                      struct errors *errors)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    return add_item(store, run, (struct item){"sweep", 1, column, digits}, errors);
}

static bool add_items(struct store *store, const struct store_sweep *sweep, int64_t run,
                      struct errors *errors)
{
    char identity[FINGERPRINT_SIZE];
    bool ok =
        identity_make(sweep, identity, errors) &&
        add_item(store, run, (struct item){"sweep", 1, "identity", identity}, errors) &&
        add_item(store, run, (struct item){"sweep", 1, "inputs", sweep->inputs}, errors) &&
        add_item(store, run, (struct item){"sweep", 1, "command", sweep->command}, errors) &&
        add_item(store, run,
                 (struct item){"sweep", 1, "method", sweep->estimate ? "estimate" : "simulation"},
                 errors) &&
        add_count(store, run, "points", sweep->points, errors) &&
        add_count(store, run, "sample", sweep->sample, errors) &&
        add_count(store, run, "replications", (uint64_t)sweep->replications, errors);
    for (size_t i = 0; i < sweep->axis_count && ok; i++)
        ok = add_item(store, run, (struct item){"vary", i + 1, "path", sweep->axes[i].path},
                      errors) &&
             add_item(store, run, (struct item){"vary", i + 1, "values", sweep->axes[i].values},
                      errors);
    return ok;
}

bool store_sweep_add(struct store *store, const struct store_sweep *sweep, int64_t scenario,
                     int64_t *run, struct errors *errors)
{
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, sweep->seed);
    const struct store_value values[] = {
        store_text("sweep"), store_integer(scenario),    store_text(sweep->command),
        store_text(seed),    store_text(sweep->version), store_text(sweep->now),
        store_null(),        store_text("running")};
    return store_insert(store, STORE_RUN, values, run, errors) &&
           add_items(store, sweep, *run, errors);
}

bool store_sweep_shard(struct store *store, int64_t run, uint64_t shard, uint64_t shards,
                       struct errors *errors)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, shards);
    const struct store_value part[] = {store_integer(run), store_integer((int64_t)shard)};
    return store_execute(store,
                         "DELETE FROM item WHERE run_id = ?1 AND kind = 'shard' AND number = ?2",
                         part, 2, errors) &&
           add_item(store, run, (struct item){"shard", shard, "of", digits}, errors);
}

bool store_sweep_state(struct store *store, int64_t run, const char *state, const char *finished,
                       struct errors *errors)
{
    const struct store_value values[] = {store_integer(run), store_text(state),
                                         store_text(finished)};
    return store_execute(store, "UPDATE run SET state = ?2, finished = ?3 WHERE id = ?1", values, 3,
                         errors);
}

/* ---- Points ---- */

static bool done_row(void *context, size_t columns, const struct store_value *values)
{
    struct store_done *done = context;
    (void)columns;
    if (values[0].integer >= 1 && (uint64_t)values[0].integer <= done->points) {
        done->done[values[0].integer - 1] = true;
        done->count++;
    }
    return true;
}

bool store_sweep_done(struct store *store, int64_t run, struct store_done *done,
                      struct errors *errors)
{
    const struct store_value id = store_integer(run);
    const struct store_statement points = {"SELECT number FROM point WHERE run_id = ?1", &id, 1};
    done->count = 0;
    return store_query(store, &points, done_row, done, errors);
}

static bool count_row(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    *(int64_t *)context = values[0].integer;
    return false;
}

static bool add_point(struct store *store, int64_t run, const struct store_point *point,
                      struct errors *errors)
{
    int64_t id, there = 0;
    const struct store_value values[] = {store_integer(run), store_integer((int64_t)point->number),
                                         store_text(point->verdict), store_text(point->binding),
                                         store_null()};
    bool ok =
        store_query(store,
                    &(struct store_statement){
                        "SELECT count(*) FROM point WHERE run_id = ?1 AND number = ?2", values, 2},
                    count_row, &there, errors);
    if (!ok || there)
        return ok;
    ok = store_insert(store, STORE_POINT, values, &id, errors);
    for (size_t i = 0; i < point->row_count && ok; i++) {
        point->rows[i].values[0] = store_integer(id);
        ok = store_insert(store, point->rows[i].table, point->rows[i].values, NULL, errors);
    }
    return ok;
}

bool store_point_add(struct store *store, int64_t run, const struct store_point *point,
                     struct errors *errors)
{
    bool ok = store_begin(store, errors) && add_point(store, run, point, errors) &&
              store_commit(store, errors);
    if (!ok)
        store_rollback(store);
    return ok;
}
