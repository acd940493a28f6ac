#include "data/store_merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/store_tables.h"

/* What a sweep is, as its items say. */
struct facts {
    int64_t run;
    char *identity, *inputs, *version, *seed, *command, *started; /* owned */
    uint64_t points;
};

struct store_merge {
    struct store *store; /* owned */
    int64_t run;         /* in it; 0: none yet */
    struct facts first;  /* of the first shard */
    uint64_t shards;     /* 0: not known; UINT64_MAX: they do not agree */
    bool *there;         /* owned; by point */
    uint64_t missing;
    uint64_t *counts; /* owned; by shard */
};

#define DISAGREE UINT64_MAX

static void facts_release(struct facts *facts)
{
    free(facts->identity);
    free(facts->inputs);
    free(facts->version);
    free(facts->seed);
    free(facts->command);
    free(facts->started);
    *facts = (struct facts){0};
}

struct store_merge *store_merge_new(const char *path, struct errors *errors)
{
    struct store_merge *merge = calloc(1, sizeof *merge);
    if (!merge) {
        errors_no_memory(errors);
        return NULL;
    }
    merge->store = store_open(path, STORE_BUILD, errors);
    if (merge->store)
        return merge;
    store_merge_free(merge);
    return NULL;
}

void store_merge_free(struct store_merge *merge)
{
    if (!merge)
        return;
    store_close(merge->store);
    facts_release(&merge->first);
    free(merge->there);
    free(merge->counts);
    free(merge);
}

/* ---- What a shard is ---- */

static char *copy_of(const struct store_value *value)
{
    return strdup(value->kind == STORE_TEXT ? value->text : "");
}

static bool facts_row(void *context, size_t columns, const struct store_value *values)
{
    struct facts *facts = context;
    (void)columns;
    *facts = (struct facts){
        .run = values[0].integer,
        .identity = copy_of(&values[1]),
        .inputs = copy_of(&values[2]),
        .version = copy_of(&values[3]),
        .seed = copy_of(&values[4]),
        .command = copy_of(&values[5]),
        .started = copy_of(&values[6]),
        .points = values[7].kind == STORE_TEXT ? strtoull(values[7].text, NULL, 10) : 0,
    };
    return false;
}

/* The sweep of that identity, or without it the last one. */
static bool read_facts(struct store *store, const struct facts *like, struct facts *facts,
                       struct errors *errors)
{
    const struct store_value values[] = {store_text(like->identity), store_text(like->version)};
    bool ok = store_query(
        store,
        &(struct store_statement){
            "SELECT run.id, i.value, n.value, run.version, run.seed, c.value, run.started, p.value "
            "FROM "
            "run JOIN item i ON i.run_id = run.id AND i.kind = 'sweep' AND i.number = 1 AND "
            "i.\"column\" = 'identity' JOIN item n ON n.run_id = run.id AND n.kind = 'sweep' AND "
            "n.number = 1 AND n.\"column\" = 'inputs' JOIN item c ON c.run_id = run.id AND c.kind "
            "= "
            "'sweep' AND c.number = 1 AND c.\"column\" = 'command' JOIN item p ON p.run_id = "
            "run.id "
            "AND "
            "p.kind = 'sweep' AND p.number = 1 AND p.\"column\" = 'points' WHERE run.kind = "
            "'sweep' "
            "ORDER BY (i.value IS ?1 AND run.version IS ?2) DESC, run.id DESC",
            values, 2},
        facts_row, facts, errors);
    if (ok && facts->run &&
        !(facts->identity && facts->inputs && facts->version && facts->seed && facts->command &&
          facts->started))
        return errors_no_memory(errors);
    return ok;
}

static bool refuse(const char *shard, struct errors *errors, const char *what, const char *of_shard,
                   const char *of_first)
{
    errors_add(errors, ERROR_DATA, shard, 0, 0, "another sweep: %s %s, and of the first %s", what,
               of_shard, of_first);
    return false;
}

/* The same sweep as the first? */
static bool same(const struct store_merge *merge, const char *shard, const struct facts *facts,
                 struct errors *errors)
{
    const struct facts *first = &merge->first;
    if (!facts->run) {
        errors_add(errors, ERROR_DATA, shard, 0, 0, "there is no sweep in it");
        return false;
    }
    if (!first->run)
        return true;
    if (strcmp(facts->version, first->version) != 0)
        return refuse(shard, errors, "by version", facts->version, first->version);
    if (strcmp(facts->identity, first->identity) == 0)
        return true;
    if (strcmp(facts->inputs, first->inputs) != 0)
        return refuse(shard, errors, "the hash of its inputs is", facts->inputs, first->inputs);
    if (strcmp(facts->seed, first->seed) != 0)
        return refuse(shard, errors, "its seed is", facts->seed, first->seed);
    return refuse(shard, errors, "its command was", facts->command, first->command);
}

static bool read_shard(struct store_merge *merge, const char *shard, struct facts *facts,
                       struct errors *errors)
{
    struct store *store = store_open(shard, STORE_READ, errors);
    bool ok = store && store_check(store, errors) &&
              read_facts(store, &merge->first, facts, errors) && same(merge, shard, facts, errors);
    store_close(store);
    return ok;
}

/* ---- Copying ---- */

#define PART "shard" /* the name of the attached database */

/* Executes with ?1: the run in the shard, ?2: the run here. */
static bool step(struct store_merge *merge, const struct facts *facts, const char *sql,
                 struct errors *errors)
{
    const struct store_value values[] = {store_integer(facts->run), store_integer(merge->run)};
    return store_execute(merge->store, sql, values, 2, errors);
}

static bool integer_row(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    *(int64_t *)context = values[0].integer;
    return false;
}

static bool begin_run(struct store_merge *merge, const struct facts *facts, struct errors *errors)
{
    return step(merge, facts,
                "INSERT INTO scenario (sha256, title, yaml) SELECT sha256, title, yaml FROM " PART
                ".scenario WHERE id = (SELECT scenario_id FROM " PART ".run WHERE id = ?1) AND ?2 "
                "= 0",
                errors) &&
           step(merge, facts,
                "INSERT INTO input (scenario_id, file, sha256) SELECT (SELECT max(id) FROM "
                "scenario), file, sha256 FROM " PART ".input WHERE scenario_id = (SELECT "
                "scenario_id FROM " PART ".run WHERE id = ?1) AND ?2 = 0",
                errors) &&
           step(merge, facts,
                "INSERT INTO run (kind, scenario_id, command, seed, version, started, finished, "
                "state) SELECT kind, (SELECT max(id) FROM scenario), command, seed, version, "
                "started, NULL, 'running' FROM " PART ".run WHERE id = ?1 AND ?2 = 0",
                errors) &&
           store_query(merge->store, &(struct store_statement){"SELECT max(id) FROM run", NULL, 0},
                       integer_row, &merge->run, errors) &&
           step(merge, facts,
                "INSERT INTO item (run_id, kind, number, \"column\", value) SELECT ?2, kind, "
                "number, \"column\", value FROM " PART ".item WHERE run_id = ?1 AND kind IN "
                "('sweep', 'vary') ORDER BY rowid",
                errors);
}

/* ---- Points that both have ---- */

struct clash {
    int64_t number;
};

static bool clash_row(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    ((struct clash *)context)->number = values[0].integer;
    return false;
}

/* Tables whose rows belong to a point; all but its own number, they have to agree. */
static const enum store_table of_points[] = {STORE_SETTING, STORE_METRIC, STORE_REPLICATION,
                                             STORE_SERIES,  STORE_ALARM,  STORE_ANSWER,
                                             STORE_EVENT,   STORE_ABOUT,  STORE_NOTE};
#define OF_POINTS (sizeof of_points / sizeof *of_points)

static void write_columns(FILE *out, enum store_table table)
{
    for (size_t c = 1; c < STORE_COLUMNS_MAX && store_tables[table].columns[c].name; c++)
        fprintf(out, "%s%s", c > 1 ? ", " : "", store_tables[table].columns[c].name);
}

/* Rows of a point that only `one` has. */
static void write_difference(FILE *out, enum store_table table, const char *one, const char *other)
{
    const char *const sides[] = {one, other};
    fputs("EXISTS (", out);
    for (int side = 0; side < 2; side++) {
        fprintf(out, "%sSELECT ", side ? " EXCEPT " : "");
        write_columns(out, table);
        fprintf(out, " FROM %s.%s WHERE point_id = %s.id", sides[side], store_tables[table].name,
                strcmp(sides[side], PART) == 0 ? "p" : "q");
    }
    fputs(")", out);
}

static void write_clash(FILE *out, enum store_table table)
{
    fputs("SELECT p.number FROM " PART ".point p JOIN main.point q ON q.run_id = ?2 AND q.number = "
          "p.number WHERE p.run_id = ?1 AND (p.verdict IS NOT q.verdict OR p.binding IS NOT "
          "q.binding OR ",
          out);
    write_difference(out, table, PART, "main");
    fputs(" OR ", out);
    write_difference(out, table, "main", PART);
    fputs(") ORDER BY p.number LIMIT 1", out);
}

static void write_copy(FILE *out, enum store_table table)
{
    fprintf(out, "INSERT INTO main.%s (point_id, ", store_tables[table].name);
    write_columns(out, table);
    fputs(") SELECT q.id", out);
    for (size_t c = 1; c < STORE_COLUMNS_MAX && store_tables[table].columns[c].name; c++)
        fprintf(out, ", t.%s", store_tables[table].columns[c].name);
    fprintf(out,
            " FROM " PART ".%s t CROSS JOIN " PART ".point p ON p.id = t.point_id CROSS JOIN "
            "main.point q ON q.run_id = ?2 AND q.number = p.number WHERE p.run_id = ?1 AND q.id > "
            "?3 ORDER BY t.rowid",
            store_tables[table].name);
}

static bool agree(struct store_merge *merge, const char *shard, const struct facts *facts,
                  struct errors *errors)
{
    const struct store_value values[] = {store_integer(facts->run), store_integer(merge->run)};
    struct clash clash = {0};
    bool ok = true;
    for (size_t i = 0; i < OF_POINTS && ok && !clash.number; i++) {
        char *sql = store_sql(write_clash, of_points[i]);
        ok = sql ? store_query(merge->store, &(struct store_statement){sql, values, 2}, clash_row,
                               &clash, errors)
                 : errors_no_memory(errors);
        free(sql);
    }
    if (ok && clash.number)
        errors_add(errors, ERROR_DATA, shard, 0, 0,
                   "point %" PRId64 " is not what another shard says of it: one of them is wrong",
                   clash.number);
    return ok && !clash.number;
}

static bool copy_points(struct store_merge *merge, const struct facts *facts, struct errors *errors)
{
    int64_t before = 0;
    bool ok =
        store_query(merge->store,
                    &(struct store_statement){"SELECT coalesce(max(id), 0) FROM point", NULL, 0},
                    integer_row, &before, errors) &&
        step(merge, facts,
             "INSERT INTO point (run_id, number, verdict, binding, next_step) SELECT ?2, "
             "number, verdict, binding, next_step FROM " PART ".point p WHERE run_id = ?1 AND "
             "NOT EXISTS (SELECT 1 FROM main.point q WHERE q.run_id = ?2 AND q.number = "
             "p.number) ORDER BY number",
             errors);
    const struct store_value values[] = {store_integer(facts->run), store_integer(merge->run),
                                         store_integer(before)};
    for (size_t i = 0; i < OF_POINTS && ok; i++) {
        char *sql = store_sql(write_copy, of_points[i]);
        ok = sql ? store_execute(merge->store, sql, values, 3, errors) : errors_no_memory(errors);
        free(sql);
    }
    return ok;
}

/* Into how many parts the sweep was divided. */
static bool parts_row(void *context, size_t columns, const struct store_value *values)
{
    struct store_merge *merge = context;
    (void)columns;
    uint64_t shards = values[0].kind == STORE_TEXT ? strtoull(values[0].text, NULL, 10) : 0;
    if (shards != merge->shards)
        merge->shards = merge->shards == 0 && shards > 0 ? shards : DISAGREE;
    return true;
}

static bool copy_shard(struct store_merge *merge, const char *shard, const struct facts *facts,
                       struct errors *errors)
{
    const struct store_value run = store_integer(facts->run);
    if (!store_attach(merge->store, shard, PART, errors))
        return false;
    bool ok = store_begin(merge->store, errors) &&
              (merge->run || begin_run(merge, facts, errors)) &&
              agree(merge, shard, facts, errors) && copy_points(merge, facts, errors) &&
              store_query(merge->store,
                          &(struct store_statement){"SELECT value FROM " PART
                                                    ".item WHERE run_id = ?1 AND kind = 'shard'",
                                                    &run, 1},
                          parts_row, merge, errors) &&
              store_commit(merge->store, errors);
    if (!ok)
        store_rollback(merge->store);
    return store_detach(merge->store, PART, errors) && ok;
}

bool store_merge_add(struct store_merge *merge, const char *shard, struct errors *errors)
{
    struct facts facts = {0};
    bool ok = read_shard(merge, shard, &facts, errors) && copy_shard(merge, shard, &facts, errors);
    if (ok && !merge->first.run) {
        merge->first = facts;
        facts = (struct facts){0};
    }
    facts_release(&facts);
    return ok;
}

/* ---- What lacks ---- */

static bool there_row(void *context, size_t columns, const struct store_value *values)
{
    struct store_merge *merge = context;
    (void)columns;
    if (values[0].integer >= 1 && (uint64_t)values[0].integer <= merge->first.points)
        merge->there[values[0].integer - 1] = true;
    return true;
}

static bool count_missing(struct store_merge *merge, struct errors *errors)
{
    const struct store_value run = store_integer(merge->run);
    uint64_t points = merge->first.points;
    if (merge->shards == DISAGREE || merge->shards > points)
        merge->shards = 0;
    merge->there = calloc(points + 1, sizeof *merge->there);
    merge->counts = calloc(merge->shards + 1, sizeof *merge->counts);
    if (!merge->there || !merge->counts)
        return errors_no_memory(errors);
    if (!store_query(
            merge->store,
            &(struct store_statement){"SELECT number FROM point WHERE run_id = ?1", &run, 1},
            there_row, merge, errors))
        return false;
    for (uint64_t i = 0; i < points; i++)
        if (!merge->there[i]) {
            merge->missing++;
            merge->counts[merge->shards ? i % merge->shards : 0]++;
        }
    return true;
}

bool store_merge_end(struct store_merge *merge, const char *now, struct errors *errors)
{
    if (!count_missing(merge, errors))
        return false;
    const struct store_value values[] = {store_integer(merge->run), store_text(now),
                                         store_text(merge->missing ? "interrupted" : "done")};
    return store_begin(merge->store, errors) &&
           store_execute(merge->store, "UPDATE run SET finished = ?2, state = ?3 WHERE id = ?1",
                         values, 3, errors) &&
           store_commit(merge->store, errors);
}

struct store *store_merge_store(const struct store_merge *merge)
{
    return merge->store;
}

int64_t store_merge_run(const struct store_merge *merge)
{
    return merge->run;
}

struct store_missing store_merge_missing(const struct store_merge *merge)
{
    return (struct store_missing){merge->first.points, merge->missing, merge->shards,
                                  merge->first.command, merge->counts};
}
