/* The store: tables as declared, whole results only, two writers, other people's databases, damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/store.h"
#include "data/store_tables.h"

static char folder[64];
static char path[128];
static struct errors errors;

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/peerplan-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    errors_init(&errors);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    char name[160];
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    errors_release(&errors);
    return rmdir(folder);
}

static struct store *opened(enum store_mode mode)
{
    struct store *store = store_open(path, mode, &errors);
    if (!store)
        print_error("%s\n", errors.count ? errors.items[0].message : "?");
    assert_non_null(store);
    return store;
}

static bool keep_integer(void *context, size_t columns, const struct store_value *values)
{
    (void)columns;
    *(int64_t *)context = values[0].integer;
    return true;
}

static int64_t count_of(struct store *store, const char *sql)
{
    int64_t count = -1;
    assert_true(
        store_query(store, &(struct store_statement){sql, NULL, 0}, keep_integer, &count, &errors));
    return count;
}

static int64_t add_run(struct store *store)
{
    int64_t run = 0;
    const struct store_value values[] = {
        store_text("run"), store_null(),         store_text("peerplan run a.yaml"),
        store_text("1"),   store_text("0.1"),    store_text("2026-03-02T00:00:00Z"),
        store_null(),      store_text("running")};
    assert_int_equal(sizeof values / sizeof *values, store_columns(STORE_RUN));
    assert_true(store_insert(store, STORE_RUN, values, &run, &errors));
    assert_true(run > 0);
    return run;
}

static int64_t add_point(struct store *store, int64_t run, int64_t number)
{
    int64_t point = 0;
    const struct store_value values[] = {store_integer(run), store_integer(number),
                                         store_text("yes"), store_text("rms"), store_null()};
    assert_true(store_insert(store, STORE_POINT, values, &point, &errors));
    return point;
}

static bool add_metric(struct store *store, int64_t point, double value)
{
    const struct store_value values[] = {
        store_integer(point), store_text("class"), store_text("voice"),  store_text("blocked"),
        store_real(value),    store_real(NAN),     store_real(INFINITY), store_text("calls"),
        store_null(),         store_null()};
    return store_insert(store, STORE_METRIC, values, NULL, &errors);
}

static bool check_metric(void *context, size_t columns, const struct store_value *values)
{
    assert_int_equal(columns, 3);
    assert_int_equal(values[0].kind, STORE_REAL);
    assert_true(values[0].real == 0.1);
    assert_int_equal(values[1].kind, STORE_NULL);
    assert_int_equal(values[2].kind, STORE_NULL);
    ++*(int *)context;
    return true;
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    struct store *store = opened(STORE_WRITE);
    assert_true(store_begin(store, &errors));
    int64_t run = add_run(store), point = add_point(store, run, 1);
    assert_true(add_metric(store, point, 0.1));
    assert_true(store_commit(store, &errors));
    store_close(store);

    store = opened(STORE_READ);
    int rows = 0;
    const struct store_value of = store_integer(point);
    assert_true(store_query(store,
                            &(struct store_statement){
                                "SELECT value, low, high FROM metric WHERE point_id = ?1", &of, 1},
                            check_metric, &rows, &errors));
    assert_int_equal(rows, 1);
    assert_int_equal(count_of(store, "PRAGMA application_id"), STORE_APPLICATION);
    assert_int_equal(count_of(store, "PRAGMA user_version"), STORE_VERSION);
    assert_int_equal(count_of(store, "PRAGMA foreign_keys"), 1);
    assert_true(store_check(store, &errors));
    store_close(store);
}

/* Every table takes as many values as it says, under its own names, and rows go with their run. */
static void test_every_table_takes_rows(void **state)
{
    (void)state;
    struct store *store = opened(STORE_WRITE);
    assert_true(store_begin(store, &errors));
    int64_t run = add_run(store), point = add_point(store, run, 1), scenario = 0;
    for (int t = 0; t < STORE_TABLES; t++) {
        struct store_value values[STORE_COLUMNS_MAX];
        size_t first = strcmp(store_tables[t].columns[0].name, "id") == 0, count;
        for (count = 0; count < store_columns((enum store_table)t); count++) {
            const struct store_column *column = &store_tables[t].columns[first + count];
            values[count] = strcmp(column->name, "run_id") == 0        ? store_integer(run)
                            : strcmp(column->name, "point_id") == 0    ? store_integer(point)
                            : strcmp(column->name, "scenario_id") == 0 ? store_integer(scenario)
                            : strncmp(column->type, "TEXT", 4) == 0    ? store_text("x")
                                                                       : store_integer(2);
        }
        int64_t id = 0;
        assert_true(store_insert(store, (enum store_table)t, values, &id, &errors));
        if (t == STORE_SCENARIO)
            scenario = id;
    }
    assert_true(store_commit(store, &errors));
    assert_true(store_execute(store, "DELETE FROM run", NULL, 0, &errors));
    for (int t = STORE_RUN; t < STORE_TABLES; t++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", store_tables[t].name);
        assert_int_equal(count_of(store, sql), 0);
    }
    store_close(store);
}

static void test_a_result_is_whole_or_not_there(void **state)
{
    (void)state;
    struct store *store = opened(STORE_WRITE), *reader = opened(STORE_READ);
    assert_true(store_begin(store, &errors));
    add_point(store, add_run(store), 1);
    assert_int_equal(count_of(reader, "SELECT count(*) FROM point"), 0);
    store_close(store); /* killed before the commit */
    assert_int_equal(count_of(reader, "SELECT count(*) FROM point"), 0);
    assert_int_equal(count_of(reader, "SELECT count(*) FROM run"), 0);
    store_close(reader);
}

static void test_a_point_needs_its_run(void **state)
{
    (void)state;
    struct store *store = opened(STORE_WRITE);
    assert_true(store_begin(store, &errors));
    const struct store_value values[] = {store_integer(77), store_integer(1), store_text("yes"),
                                         store_null(), store_null()};
    assert_false(store_insert(store, STORE_POINT, values, NULL, &errors));
    assert_int_equal(errors.items[0].code, ERROR_DATA);
    store_close(store);
}

struct writer {
    int64_t number;
    bool ok;
};

static void *write_hundred(void *context)
{
    struct writer *writer = context;
    struct errors mine;
    errors_init(&mine);
    struct store *store = store_open(path, STORE_WRITE, &mine);
    writer->ok = store != NULL;
    for (int i = 0; i < 100 && writer->ok; i++) {
        const struct store_value values[] = {store_text("run"), store_null(),      store_text("c"),
                                             store_null(),      store_text("v"),   store_text("t"),
                                             store_null(),      store_text("done")};
        writer->ok = store_begin(store, &mine) &&
                     store_insert(store, STORE_RUN, values, NULL, &mine) &&
                     store_commit(store, &mine);
    }
    store_close(store);
    errors_release(&mine);
    return NULL;
}

static void test_two_writers_wait_for_each_other(void **state)
{
    (void)state;
    pthread_t threads[2];
    struct writer writers[2] = {{.number = 0}, {.number = 1}};
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_hundred, &writers[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_true(writers[0].ok && writers[1].ok);
    struct store *store = opened(STORE_READ);
    assert_int_equal(count_of(store, "SELECT count(*) FROM run"), 200);
    store_close(store);
}

static void make_with(const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static void assert_refused(const char *words)
{
    assert_null(store_open(path, STORE_WRITE, &errors));
    assert_int_equal(errors.items[0].code, ERROR_DATA);
    assert_non_null(strstr(errors.items[0].message, words));
}

static void test_another_programs_database_is_refused(void **state)
{
    (void)state;
    make_with("CREATE TABLE t (a); PRAGMA user_version = 1");
    assert_refused("another program");
    struct stat after;
    assert_int_equal(stat(path, &after), 0);
    sqlite3 *database; /* and it is as it was */
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "INSERT INTO t VALUES (1)", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
}

static void test_a_newer_version_is_refused_by_its_number(void **state)
{
    (void)state;
    store_close(opened(STORE_WRITE));
    make_with("PRAGMA user_version = 12");
    assert_refused("version 12");
}

static void test_no_database_at_all(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 200; i++)
        fputs("start,duration,class\n", file);
    fclose(file);
    assert_refused("not a database");
}

static void test_reading_needs_a_database(void **state)
{
    (void)state;
    assert_null(store_open(path, STORE_READ, &errors));
    assert_int_equal(errors.items[0].code, ERROR_NO_INPUT);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_damage_is_found(void **state)
{
    (void)state;
    struct store *store = opened(STORE_WRITE);
    assert_true(store_begin(store, &errors));
    int64_t point = add_point(store, add_run(store), 1);
    for (int i = 0; i < 2000; i++)
        assert_true(add_metric(store, point, i));
    assert_true(store_commit(store, &errors));
    store_close(store);
    FILE *file = fopen(path, "r+b");
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long length = ftell(file);
    assert_int_equal(fseek(file, length / 2, SEEK_SET), 0);
    for (int i = 0; i < 20000; i++)
        fputc(0x5a, file);
    fclose(file);
    store = store_open(path, STORE_READ, &errors);
    assert_true(!store || !store_check(store, &errors));
    assert_true(errors.failures > 0);
    store_close(store);
}

static void test_every_column_is_described(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    store_describe(out);
    fclose(out);
    for (int t = 0; t < STORE_TABLES; t++) {
        assert_non_null(strstr(text, store_tables[t].meaning));
        for (int c = 0; c < STORE_COLUMNS_MAX && store_tables[t].columns[c].name; c++)
            assert_non_null(strstr(text, store_tables[t].columns[c].meaning));
    }
    free(text);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_what_is_written_is_read),
        STORE_TEST(test_every_table_takes_rows),
        STORE_TEST(test_a_result_is_whole_or_not_there),
        STORE_TEST(test_a_point_needs_its_run),
        STORE_TEST(test_two_writers_wait_for_each_other),
        STORE_TEST(test_another_programs_database_is_refused),
        STORE_TEST(test_a_newer_version_is_refused_by_its_number),
        STORE_TEST(test_no_database_at_all),
        STORE_TEST(test_reading_needs_a_database),
        STORE_TEST(test_damage_is_found),
        STORE_TEST(test_every_column_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
