/* Results that are kept: a SQLite database of runs, their points and figures.
 *
 * One table a kind of row, declared once in store_tables[] together with what each column means:
 * the same rows make the database, prepare the statements that fill it, and print
 * `peerplan help store`. A result is one transaction: a reader at any moment sees whole results
 * only. Writers wait for each other (up to STORE_WAIT_MS). A database of another program, or of a
 * newer version of this one, is refused and not touched; one of an older version is migrated.
 *
 * Values are bound, never pasted into SQL. NAN and infinite numbers, and NULL texts, are NULL.
 * Times of the clock are ISO 8601 in UTC, given by the caller: data/ has no clock.
 *
 * Errors: ERROR_NO_INPUT (a database to be read is not there), ERROR_DATA (no database of peerplan,
 * damaged, a newer version), ERROR_CANT_CREATE, ERROR_IO (disk full, read-only), ERROR_SOFTWARE.
 * After an error of a writing function the transaction is to be given up by store_rollback().
 */
#ifndef PEERPLAN_DATA_STORE_H
#define PEERPLAN_DATA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/base/error.h"

#define STORE_VERSION     1          /* PRAGMA user_version of what this program writes */
#define STORE_APPLICATION 0x70706c6e /* PRAGMA application_id: "ppln" */
#define STORE_WAIT_MS     60000

enum store_table {
    STORE_SCENARIO,
    STORE_INPUT,
    STORE_RUN,
    STORE_POINT,
    STORE_SETTING,
    STORE_METRIC,
    STORE_REPLICATION,
    STORE_SERIES,
    STORE_ALARM,
    STORE_ANSWER,
    STORE_EVENT,
    STORE_ABOUT,
    STORE_NOTE,
    STORE_ITEM,
    STORE_TABLES
};

/* One cell. */
struct store_value {
    enum { STORE_NULL, STORE_INTEGER, STORE_REAL, STORE_TEXT } kind;
    int64_t integer;
    double real;
    const char *text; /* borrowed until the call returns */
};

static inline struct store_value store_null(void)
{
    return (struct store_value){STORE_NULL, 0, 0, NULL};
}
static inline struct store_value store_integer(int64_t integer)
{
    return (struct store_value){STORE_INTEGER, integer, 0, NULL};
}
static inline struct store_value store_real(double real)
{
    return (struct store_value){STORE_REAL, 0, real, NULL};
}
static inline struct store_value store_text(const char *text)
{
    return (struct store_value){STORE_TEXT, 0, 0, text};
}

struct store;

enum store_mode {
    STORE_WRITE, /* made when it is not there */
    STORE_READ,  /* must be there; nothing in it is changed, but an older version is migrated */
    STORE_BUILD  /* a file of ours alone, renamed when it is complete: no journal, no waiting */
};

/* Owned; NULL with an error. */
struct store *store_open(const char *path, enum store_mode mode, struct errors *errors);
void store_close(struct store *store);             /* gives up an open transaction; takes NULL */
const char *store_path(const struct store *store); /* borrowed */

/* A result is written between these. Begin waits for other writers. */
bool store_begin(struct store *store, struct errors *errors);
bool store_commit(struct store *store, struct errors *errors);
void store_rollback(struct store *store);

/* Adds a row: a value for each column of the table in its order, without `id`, which is given by
 * the database and put into *id (NULL: not wanted; 0 where the table has none). */
bool store_insert(struct store *store, enum store_table table, const struct store_value *values,
                  int64_t *id, struct errors *errors);
size_t store_columns(enum store_table table); /* values that store_insert takes */

/* Calls `row` for every row of a query with parameters bound to ?1, ?2, ...; texts are borrowed
 * until it returns. It may end the walk early by false, which is no error. */
typedef bool (*store_row)(void *context, size_t columns, const struct store_value *values);
struct store_statement {
    const char *sql;
    const struct store_value *parameters;
    size_t count;
};
bool store_query(struct store *store, const struct store_statement *statement, store_row row,
                 void *context, struct errors *errors);

/* A statement without rows: UPDATE, DELETE. */
bool store_execute(struct store *store, const char *sql, const struct store_value *parameters,
                   size_t count, struct errors *errors);

/* Another database of ours under a name, for statements that copy; not within a transaction. */
bool store_attach(struct store *store, const char *path, const char *name, struct errors *errors);
bool store_detach(struct store *store, const char *name, struct errors *errors);

/* Whether the whole file is sound (PRAGMA integrity_check, foreign_key_check). */
bool store_check(struct store *store, struct errors *errors);

/* Every table with its columns and what they mean, and how to read them with sqlite3. */
void store_describe(FILE *out);

#endif
