#include "data/store.h"

#include <assert.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/store_tables.h"

#define STORE_PAUSE_MS 10

#define QUERIES 8 /* that stay prepared */

struct query {
    sqlite3_stmt *statement; /* owned; NULL: a free place */
    bool busy;
};

struct store {
    sqlite3 *database;
    char *path;
    sqlite3_stmt *inserts[STORE_TABLES]; /* prepared when first used */
    struct query queries[QUERIES];
    size_t oldest; /* whose place is taken next */
};

/* ---- Errors ---- */

static enum error_code code_of(int result)
{
    switch (result & 0xff) {
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return ERROR_CANT_CREATE;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_CONSTRAINT:
        return ERROR_DATA;
    case SQLITE_NOMEM:
        return ERROR_SOFTWARE;
    default:
        return ERROR_IO;
    }
}

static bool failed(struct store *store, int result, struct errors *errors)
{
    const char *text = store->database ? sqlite3_errmsg(store->database) : sqlite3_errstr(result);
    if ((result & 0xff) == SQLITE_NOTADB)
        text = "not a database";
    else if ((result & 0xff) == SQLITE_NOMEM)
        text = "out of memory";
    else if ((result & 0xff) == SQLITE_CANTOPEN)
        text = "the database cannot be opened or created";
    else if (store->database && sqlite3_errcode(store->database) == SQLITE_OK)
        text = sqlite3_errstr(result); /* a rollback since has cleared it */
    else if ((result & 0xff) == SQLITE_BUSY)
        text = "another program has been writing to it for too long";
    errors_add(errors, code_of(result), store->path, 0, 0, "%s", text);
    return false;
}

static bool refuse(struct store *store, struct errors *errors, const char *why)
{
    errors_add(errors, ERROR_DATA, store->path, 0, 0, "%s", why);
    return false;
}

/* ---- Statements ---- */

/* While another program turns the database to WAL or recovers it, SQLite says "busy" at once,
 * without the waiting that was asked for. Outside a transaction it is right to ask again. */
static bool may_ask_again(struct store *store, int result, int *waited)
{
    if ((result & 0xff) != SQLITE_BUSY || !sqlite3_get_autocommit(store->database) ||
        *waited >= STORE_WAIT_MS)
        return false;
    sqlite3_sleep(STORE_PAUSE_MS);
    *waited += STORE_PAUSE_MS;
    return true;
}

static bool plain(struct store *store, const char *sql, struct errors *errors)
{
    int result, waited = 0;
    do
        result = sqlite3_exec(store->database, sql, NULL, NULL, NULL);
    while (may_ask_again(store, result, &waited));
    return result == SQLITE_OK || failed(store, result, errors);
}

static int bind_one(sqlite3_stmt *statement, int at, struct store_value value)
{
    switch (value.kind) {
    case STORE_INTEGER:
        return sqlite3_bind_int64(statement, at, value.integer);
    case STORE_REAL:
        return isfinite(value.real) ? sqlite3_bind_double(statement, at, value.real)
                                    : sqlite3_bind_null(statement, at);
    case STORE_TEXT:
        return value.text ? sqlite3_bind_text(statement, at, value.text, -1, SQLITE_STATIC)
                          : sqlite3_bind_null(statement, at);
    case STORE_NULL:
        break;
    }
    return sqlite3_bind_null(statement, at);
}

static int bind_all(sqlite3_stmt *statement, const struct store_value *values, size_t count)
{
    int result = SQLITE_OK;
    for (size_t i = 0; i < count && result == SQLITE_OK; i++)
        result = bind_one(statement, (int)i + 1, values[i]);
    return result;
}

static struct store_value cell(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return store_integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
        return store_real(sqlite3_column_double(statement, column));
    case SQLITE_NULL:
        return store_null();
    default:
        return store_text((const char *)sqlite3_column_text(statement, column));
    }
}

static int walk(sqlite3_stmt *statement, store_row row, void *context)
{
    int columns = sqlite3_column_count(statement);
    struct store_value *values = calloc((size_t)columns + 1, sizeof *values);
    int result = values ? SQLITE_ROW : SQLITE_NOMEM;
    while (result == SQLITE_ROW && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int c = 0; c < columns; c++)
            values[c] = cell(statement, c);
        if (row && !row(context, (size_t)columns, values))
            result = SQLITE_DONE;
    }
    free(values);
    return result;
}

/* Prepared as it was for the same words before, unless that is in use: queries may be nested. */
static int query_begin(struct store *store, const char *sql, struct query **query)
{
    size_t place = QUERIES;
    for (size_t i = 0; i < QUERIES; i++) {
        struct query *at = &store->queries[(store->oldest + i) % QUERIES];
        if (!at->busy && at->statement && strcmp(sqlite3_sql(at->statement), sql) == 0) {
            at->busy = true;
            *query = at;
            return SQLITE_OK;
        }
        if (!at->busy && (place == QUERIES || !at->statement))
            place = (store->oldest + i) % QUERIES;
    }
    assert(place < QUERIES); /* nobody nests them that deep */
    store->oldest = (place + 1) % QUERIES;
    *query = &store->queries[place];
    sqlite3_finalize((*query)->statement);
    *(*query) = (struct query){.busy = true};
    return sqlite3_prepare_v2(store->database, sql, -1, &(*query)->statement, NULL);
}

static void query_end(struct query *query)
{
    sqlite3_reset(query->statement);
    if (query->statement)
        sqlite3_clear_bindings(query->statement);
    query->busy = false;
}

bool store_query(struct store *store, const struct store_statement *statement, store_row row,
                 void *context, struct errors *errors)
{
    struct query *query;
    int result = query_begin(store, statement->sql, &query);
    if (result == SQLITE_OK)
        result = bind_all(query->statement, statement->parameters, statement->count);
    if (result == SQLITE_OK)
        result = walk(query->statement, row, context);
    bool ok = result == SQLITE_DONE || failed(store, result, errors);
    query_end(query);
    return ok;
}

bool store_execute(struct store *store, const char *sql, const struct store_value *parameters,
                   size_t count, struct errors *errors)
{
    return store_query(store, &(struct store_statement){sql, parameters, count}, NULL, NULL,
                       errors);
}

static bool one_integer(void *context, size_t columns, const struct store_value *values)
{
    *(int64_t *)context = columns > 0 ? values[0].integer : 0;
    return false;
}

static int number_of(struct store *store, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL);
    if (result == SQLITE_OK)
        result = walk(statement, one_integer, number);
    sqlite3_finalize(statement);
    return result;
}

/* ---- Tables ---- */

static bool has_id(enum store_table table)
{
    return strcmp(store_tables[table].columns[0].name, "id") == 0 &&
           strcmp(store_tables[table].columns[0].type, "INTEGER PRIMARY KEY") == 0;
}

static size_t all_columns(enum store_table table)
{
    size_t count = 0;
    while (count < STORE_COLUMNS_MAX && store_tables[table].columns[count].name)
        count++;
    return count;
}

size_t store_columns(enum store_table table)
{
    return all_columns(table) - (has_id(table) ? 1 : 0);
}

static void write_definition(FILE *out, enum store_table table)
{
    const struct store_table_definition *definition = &store_tables[table];
    fprintf(out, "CREATE TABLE %s (", definition->name);
    for (size_t c = 0; c < all_columns(table); c++)
        fprintf(out, "%s%s %s", c ? ", " : "", definition->columns[c].name,
                definition->columns[c].type);
    fprintf(out, "%s%s)", definition->key ? ", " : "", definition->key ? definition->key : "");
}

static void write_insert(FILE *out, enum store_table table)
{
    size_t first = has_id(table) ? 1 : 0, count = all_columns(table);
    fprintf(out, "INSERT INTO %s (", store_tables[table].name);
    for (size_t c = first; c < count; c++)
        fprintf(out, "%s%s", c > first ? ", " : "", store_tables[table].columns[c].name);
    fputs(") VALUES (", out);
    for (size_t c = first; c < count; c++)
        fputs(c > first ? ", ?" : "?", out);
    fputs(")", out);
}

static bool make_tables(struct store *store, struct errors *errors)
{
    bool ok = true;
    for (int table = 0; table < STORE_TABLES && ok; table++) {
        char *sql = store_sql(write_definition, (enum store_table)table);
        ok = sql ? plain(store, sql, errors) : errors_no_memory(errors);
        free(sql);
    }
    for (size_t i = 0; store_indexes[i] && ok; i++)
        ok = plain(store, store_indexes[i], errors);
    return ok;
}

/* ---- Versions ---- */

/* migrations[n] makes version n + 2 of version n + 1. */
static const char *const migrations[STORE_VERSION] = {NULL};

static bool set_version(struct store *store, struct errors *errors)
{
    char sql[96];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             STORE_APPLICATION, STORE_VERSION);
    return plain(store, sql, errors);
}

static bool upgrade(struct store *store, int64_t version, struct errors *errors)
{
    bool ok = true;
    if (version == 0)
        ok = make_tables(store, errors);
    for (int64_t v = version; v > 0 && v < STORE_VERSION && ok; v++)
        ok = plain(store, migrations[v - 1], errors);
    return ok && set_version(store, errors);
}

/* What a database says of itself. */
struct self {
    int64_t application, version, things;
};

/* In one transaction, so that it is of one moment. */
static int read_self(struct store *store, struct self *self)
{
    bool alone = sqlite3_get_autocommit(store->database);
    *self = (struct self){0};
    int result = alone ? sqlite3_exec(store->database, "BEGIN", NULL, NULL, NULL) : SQLITE_OK;
    result = result == SQLITE_OK ? SQLITE_DONE : result;
    if (result == SQLITE_DONE)
        result = number_of(store, "SELECT count(*) FROM sqlite_schema", &self->things);
    if (result == SQLITE_DONE)
        result = number_of(store, "PRAGMA application_id", &self->application);
    if (result == SQLITE_DONE)
        result = number_of(store, "PRAGMA user_version", &self->version);
    if (alone)
        store_rollback(store);
    return result;
}

/* Whose database is it, and of which version? */
static bool look(struct store *store, int64_t *version, struct errors *errors)
{
    struct self self;
    int result, waited = 0;
    do
        result = read_self(store, &self);
    while (may_ask_again(store, result, &waited));
    if (result != SQLITE_DONE)
        return failed(store, result, errors);
    if (self.application != STORE_APPLICATION &&
        (self.application != 0 || self.version != 0 || self.things > 0))
        return refuse(store, errors, "this database belongs to another program");
    *version = self.version;
    if (self.version > STORE_VERSION) {
        errors_add(errors, ERROR_DATA, store->path, 0, 0,
                   "this database has version %lld, and this peerplan knows versions up to %d",
                   (long long)self.version, STORE_VERSION);
        return false;
    }
    return true;
}

static bool prepare_tables(struct store *store, enum store_mode mode, struct errors *errors)
{
    int64_t version = 0;
    if (!look(store, &version, errors))
        return false;
    if (version == STORE_VERSION)
        return true;
    if (version == 0 && mode == STORE_READ)
        return refuse(store, errors, "this database has no results of peerplan");
    if (!store_begin(store, errors))
        return false;
    /* another program may have been faster */
    bool ok = look(store, &version, errors) &&
              (version == STORE_VERSION || upgrade(store, version, errors)) &&
              store_commit(store, errors);
    if (!ok)
        store_rollback(store);
    return ok;
}

/* ---- Opening ---- */

/* A database that lies where nothing can be written, and was closed by whoever wrote it: read as it
 * is. SQLite would want to make files beside it. */
static bool is_fixed(const char *path)
{
    char *journal = NULL, *folder = strdup(path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[slash == folder] = '\0';
    bool fixed = folder && access(slash ? folder : ".", W_OK) != 0 && access(path, R_OK) == 0 &&
                 asprintf(&journal, "%s-wal", path) >= 0 && access(journal, F_OK) != 0;
    free(journal);
    free(folder);
    return fixed;
}

/* "file:PATH?vfs=unix", with locks whatever another has. Owned; NULL when out of memory. */
static char *address_of(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./";
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    fputs("file:", out);
    for (const char *c = path; *c; c++)
        if (strchr(plain, *c))
            putc(*c, out);
        else
            fprintf(out, "%%%02x", (unsigned)(unsigned char)*c);
    fputs(is_fixed(path) ? "?vfs=unix&immutable=1" : "?vfs=unix", out);
    bool bad = ferror(out) != 0;
    if (fclose(out) == 0 && !bad)
        return text;
    free(text);
    return NULL;
}

static bool connect(struct store *store, enum store_mode mode, struct errors *errors)
{
    int flags = SQLITE_OPEN_READWRITE | (mode == STORE_READ ? 0 : SQLITE_OPEN_CREATE);
    /* nobody else knows a file that is being built; on a network file system a lock would be in
       the way of those that are held on temporary files */
    const char *locks = mode == STORE_BUILD ? "unix-none" : NULL;
    char *address = NULL;
    if (mode == STORE_BUILD)
        flags |= SQLITE_OPEN_URI; /* for those that are attached */
    if (mode == STORE_READ && is_fixed(store->path)) {
        flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
        if (!(address = address_of(store->path)))
            return errors_no_memory(errors);
    }
    int result = sqlite3_open_v2(address ? address : store->path, &store->database, flags, locks);
    free(address);
    if (result != SQLITE_OK)
        return failed(store, result, errors);
    sqlite3_extended_result_codes(store->database, 1);
    sqlite3_busy_timeout(store->database, STORE_WAIT_MS);
    /* a damaged or foreign schema must not run code of its own */
    sqlite3_db_config(store->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return plain(store, "PRAGMA foreign_keys = ON", errors);
}

/* Readers do not stop writers then; some file systems cannot, which is as well. */
static void use_journal(struct store *store, enum store_mode mode)
{
    if (mode == STORE_BUILD) {
        sqlite3_exec(store->database, "PRAGMA journal_mode = OFF", NULL, NULL, NULL);
        sqlite3_exec(store->database, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    } else if (sqlite3_db_readonly(store->database, "main") == 0) {
        sqlite3_exec(store->database, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        sqlite3_exec(store->database, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    }
}

struct store *store_open(const char *path, enum store_mode mode, struct errors *errors)
{
    struct stat there;
    if (mode == STORE_READ && stat(path, &there) != 0) {
        errors_add(errors, ERROR_NO_INPUT, path, 0, 0, "no such database");
        return NULL;
    }
    struct store *store = calloc(1, sizeof *store);
    bool ok = store && (store->path = strdup(path));
    if (!ok)
        errors_no_memory(errors);
    ok = ok && connect(store, mode, errors);
    int64_t version = 0;
    ok = ok && look(store, &version, errors); /* before anything of it is changed */
    if (ok)
        use_journal(store, mode);
    ok = ok && prepare_tables(store, mode, errors);
    if (ok)
        return store;
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (int table = 0; table < STORE_TABLES; table++)
        sqlite3_finalize(store->inserts[table]);
    for (size_t i = 0; i < QUERIES; i++)
        sqlite3_finalize(store->queries[i].statement);
    if (store->database)
        store_rollback(store);
    sqlite3_close(store->database);
    free(store->path);
    free(store);
}

const char *store_path(const struct store *store)
{
    return store->path;
}

/* ---- Writing ---- */

bool store_begin(struct store *store, struct errors *errors)
{
    return plain(store, "BEGIN IMMEDIATE", errors);
}

bool store_commit(struct store *store, struct errors *errors)
{
    return plain(store, "COMMIT", errors);
}

void store_rollback(struct store *store)
{
    if (!sqlite3_get_autocommit(store->database))
        sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
}

static bool insert_prepare(struct store *store, enum store_table table, struct errors *errors)
{
    if (store->inserts[table])
        return true;
    char *sql = store_sql(write_insert, table);
    if (!sql)
        return errors_no_memory(errors);
    int result = sqlite3_prepare_v3(store->database, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                    &store->inserts[table], NULL);
    free(sql);
    return result == SQLITE_OK || failed(store, result, errors);
}

bool store_insert(struct store *store, enum store_table table, const struct store_value *values,
                  int64_t *id, struct errors *errors)
{
    if (!insert_prepare(store, table, errors))
        return false;
    sqlite3_stmt *statement = store->inserts[table];
    int result = bind_all(statement, values, store_columns(table));
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    bool ok = result == SQLITE_DONE || failed(store, result, errors);
    if (id)
        *id = ok && has_id(table) ? sqlite3_last_insert_rowid(store->database) : 0;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return ok;
}

/* ---- Two at once ---- */

static bool at_database(struct store *store, const char *sql, const char *path, const char *name,
                        struct errors *errors)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    if (result == SQLITE_OK && path)
        result = sqlite3_bind_text(statement, 2, path, -1, SQLITE_STATIC);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    bool ok = result == SQLITE_DONE || failed(store, result, errors);
    sqlite3_finalize(statement);
    return ok;
}

bool store_attach(struct store *store, const char *path, const char *name, struct errors *errors)
{
    char *address = address_of(path);
    bool ok = address ? at_database(store, "ATTACH ?2 AS ?1", address, name, errors)
                      : errors_no_memory(errors);
    free(address);
    return ok;
}

bool store_detach(struct store *store, const char *name, struct errors *errors)
{
    for (size_t i = 0; i < QUERIES; i++) { /* those that are prepared may hold it */
        sqlite3_finalize(store->queries[i].statement);
        store->queries[i] = (struct query){.busy = false};
    }
    return at_database(store, "DETACH ?1", NULL, name, errors);
}

/* ---- Soundness ---- */

static bool is_ok(void *context, size_t columns, const struct store_value *values)
{
    bool *sound = context;
    *sound =
        *sound && columns > 0 && values[0].kind == STORE_TEXT && strcmp(values[0].text, "ok") == 0;
    return *sound;
}

static bool any_row(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    (void)values;
    *(bool *)context = false;
    return false;
}

bool store_check(struct store *store, struct errors *errors)
{
    bool sound = true;
    if (!store_query(store, &(struct store_statement){"PRAGMA integrity_check(1)", NULL, 0}, is_ok,
                     &sound, errors) ||
        !store_query(store, &(struct store_statement){"PRAGMA foreign_key_check", NULL, 0}, any_row,
                     &sound, errors))
        return false;
    return sound || refuse(store, errors, "the database is damaged");
}

/* ---- Help ---- */

/* Lines that can be copied to a shell; the tests do. */
static const char *const sessions[] = {
    "sqlite3 -header -column FILE \"SELECT id, kind, started, state, command FROM run\"",
    "sqlite3 -header -column FILE \"SELECT run_id, number, verdict, binding FROM point\"",
    "sqlite3 -header -csv FILE \"SELECT number, path, setting.value AS set_to, name, metric.value, "
    "low, high FROM point JOIN setting ON setting.point_id = point.id JOIN metric ON "
    "metric.point_id = point.id WHERE metric = 'blocked_fraction'\"",
};

void store_describe(FILE *out)
{
    for (int table = 0; table < STORE_TABLES; table++) {
        const struct store_table_definition *definition = &store_tables[table];
        fprintf(out, "%s%s: %s\n", table ? "\n" : "", definition->name, definition->meaning);
        for (size_t c = 0; c < all_columns((enum store_table)table); c++) {
            const char *type = definition->columns[c].type;
            fprintf(out, "  %-12s %-8.*s %s\n", definition->columns[c].name,
                    (int)strcspn(type, " "), type, definition->columns[c].meaning);
        }
        if (definition->key)
            fprintf(out, "  %s\n", definition->key);
    }
    fprintf(out,
            "\nRows go with the run or point that they belong to. The file is SQLite's, "
            "application_id 0x%x,\nuser_version %d; it may be read while it is written:\n",
            STORE_APPLICATION, STORE_VERSION);
    for (size_t i = 0; i < sizeof sessions / sizeof *sessions; i++)
        fprintf(out, "  %s\n", sessions[i]);
}
