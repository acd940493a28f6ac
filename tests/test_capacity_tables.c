/* Every cell of the chapter's two tables, cells of the other releases, and what is wrong in a
 * user's own file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/capacity_tables.h"

static struct capacity_tables *tables;
static char folder[] = "/tmp/peerplan-test-XXXXXX"; /* where a user's own files lie */

static int load(void **state)
{
    (void)state;
    struct errors errors;
    errors_init(&errors);
    tables = capacity_tables_new(&errors);
    size_t failures = errors.failures + errors.warnings;
    errors_release(&errors);
    return tables && failures == 0 && mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    capacity_tables_free(tables);
    return rmdir(folder);
}

struct expected {
    const char *platform;
    int64_t figures[CAPACITY_RESOURCE_COUNT];
};

/* registrations, video, audio, MRA video, RMS, MRA registrations, TURN: Table 1, one node. */
static const struct expected table_1[] = {
    {"ce1200", {5000, 500, 1000, 500, 500, 5000, 6000}},
    {"large-vm", {5000, 500, 1000, 500, 500, 2500, 6000}},
    {"medium-vm", {2500, 100, 200, 100, 100, 2500, 1800}},
    {"small-vm", {2000, 40, 40, 20, 75, 200, 1800}},
};

/* Table 2, four peers. */
static const struct expected table_2[] = {
    {"ce1200", {20000, 2000, 4000, 2000, 2000, 20000, 24000}},
    {"large-vm", {20000, 2000, 4000, 2000, 2000, 10000, 24000}},
    {"medium-vm", {10000, 400, 800, 400, 400, 10000, 7200}},
    {"small-vm", {2000, 40, 40, 20, 75, 200, 1800}},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void check_row(const struct capacity_table *table, const struct expected *expected,
                      int peers)
{
    const struct capacity_row *row = capacity_table_row(table, expected->platform, peers);
    assert_non_null(row);
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        assert_int_equal(row->figures[i], expected->figures[i]);
}

static void test_chapter_table_1(void **state)
{
    (void)state;
    const struct capacity_table *table = capacity_tables_find(tables, CAPACITY_TABLE_DEFAULT);
    assert_non_null(table);
    for (size_t i = 0; i < COUNT(table_1); i++)
        check_row(table, &table_1[i], 1);
}

/* Printed, and computed from one node under each rule that gives four times. */
static void test_chapter_table_2(void **state)
{
    (void)state;
    static const struct {
        enum redundancy rule;
        int peers;
    } fourfold[] = {{REDUNDANCY_LEGACY, 4}, {REDUNDANCY_LEGACY, 5}, {REDUNDANCY_LEGACY, 6},
                    {REDUNDANCY_4_1, 4},    {REDUNDANCY_4_1, 5},    {REDUNDANCY_4_1, 6},
                    {REDUNDANCY_5_1, 4},    {REDUNDANCY_N_1, 5}};
    const struct capacity_table *table = capacity_tables_find(tables, CAPACITY_TABLE_DEFAULT);
    for (size_t i = 0; i < COUNT(table_2); i++) {
        check_row(table, &table_2[i], 4);
        const struct capacity_row *node = capacity_table_row(table, table_2[i].platform, 1);
        for (size_t j = 0; j < COUNT(fourfold); j++)
            for (int k = 0; k < CAPACITY_RESOURCE_COUNT; k++)
                assert_int_equal(capacity_row_cluster(node, fourfold[j].rule, fourfold[j].peers,
                                                      (enum capacity_resource)k),
                                 table_2[i].figures[k]);
    }
}

static void test_clusters_of_every_size(void **state)
{
    (void)state;
    const struct capacity_table *table = capacity_tables_find(tables, CAPACITY_TABLE_DEFAULT);
    for (size_t i = 0; i < COUNT(table_1); i++) {
        const struct capacity_row *node = capacity_table_row(table, table_1[i].platform, 1);
        bool small = strcmp(table_1[i].platform, "small-vm") == 0;
        assert_int_equal(node->gain, !small);
        for (int k = 0; k < CAPACITY_RESOURCE_COUNT; k++) {
            enum capacity_resource resource = (enum capacity_resource)k;
            int64_t one = table_1[i].figures[k];
            assert_int_equal(capacity_row_cluster(node, REDUNDANCY_4_1, 2, resource),
                             small ? one : 2 * one);
            assert_int_equal(capacity_row_cluster(node, REDUNDANCY_4_1, 3, resource),
                             small ? one : 3 * one);
            assert_int_equal(capacity_row_cluster(node, REDUNDANCY_5_1, 5, resource),
                             small ? one : 5 * one);
            assert_int_equal(capacity_row_cluster(node, REDUNDANCY_5_1, 6, resource),
                             small ? one : 5 * one);
            for (int peers = 2; peers <= 6; peers++)
                assert_int_equal(capacity_row_cluster(node, REDUNDANCY_N_1, peers, resource),
                                 small ? one : (peers - 1) * one);
            for (int rule = 0; rule < REDUNDANCY_COUNT && small; rule++)
                for (int peers = 1; peers <= 6; peers++)
                    assert_int_equal(
                        capacity_row_cluster(node, (enum redundancy)rule, peers, resource), one);
        }
    }
}

static void test_platform_in_units(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t units, audio, video, mra;
        bool no_gain, ports;
    } expected[] = {{"ce1200", 1000, 1, 2, 2, false, true},
                    {"large-vm", 1000, 1, 2, 2, false, true},
                    {"medium-vm", 200, 1, 2, 2, false, false},
                    {"small-vm", 40, 1, 1, 2, true, false}};
    const struct capacity_table *table = capacity_tables_find(tables, CAPACITY_TABLE_DEFAULT);
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct platform platform;
        assert_true(capacity_table_platform(table, expected[i].name, &platform));
        assert_string_equal(platform.name, expected[i].name);
        assert_string_equal(platform.source, "Admin Guide X14.2 ch. Clustering and Peers");
        assert_int_equal(platform.units, expected[i].units);
        assert_int_equal(platform.audio_weight, expected[i].audio);
        assert_int_equal(platform.video_weight, expected[i].video);
        assert_int_equal(platform.mra_video_weight, expected[i].mra);
        assert_int_equal(platform.no_gain, expected[i].no_gain);
        assert_int_equal(platform.turn_ports, expected[i].ports);
        assert_int_equal(platform.registrations, table_1[i].figures[CAPACITY_REGISTRATIONS]);
        assert_int_equal(platform.rms, table_1[i].figures[CAPACITY_RMS]);
        assert_int_equal(platform.mra_registrations,
                         table_1[i].figures[CAPACITY_MRA_REGISTRATIONS]);
        assert_int_equal(platform.turn, table_1[i].figures[CAPACITY_TURN_RELAYS]);
        assert_int_equal(platform.setup_rate, CAPACITY_UNLIMITED);
    }
    struct platform platform;
    assert_false(capacity_table_platform(table, "ce1300", &platform));
    assert_true(
        capacity_table_platform(capacity_tables_find(tables, "CVD14"), "medium-vm", &platform));
    assert_int_equal(platform.setup_rate, 5);
}

/* Cells of the other releases and documents. */
static void test_other_tables(void **state)
{
    (void)state;
    enum { NS = -1 };
    static const struct {
        const char *table, *platform;
        int peers;
        int64_t figures[CAPACITY_RESOURCE_COUNT];
    } cells[] = {
        {"X14.0-cluster-chapter", "large-vm", 1, {5000, 500, 1000, 500, 500, 2500, 6000}},
        {"X14.0-cluster-chapter", "medium-vm", 4, {10000, 400, 800, 400, 400, 10000, 7200}},
        {"X14.0-capacity-chapter", "large-vm", 1, {5000, 500, 1000, 500, 500, 3500, 6000}},
        {"X14.0.1-capacity-chapter", "ce1200", 1, {5000, 500, 1000, 500, 500, 7000, 6000}},
        {"X14.0.2-cluster-chapter", "small-vm", 4, {2000, 40, 40, 20, 75, 200, 1800}},
        {"X14.2-capacity-chapter", "medium-vm", 1, {2500, 100, 200, 100, 100, 3000, 1800}},
        {"X14.2-capacity-chapter", "large-vm", 4, {20000, 2000, 4000, 2000, 2000, 10000, 24000}},
        {"X14.2-prrh-on", "medium-vm", 1, {NS, 150, 300, 150, NS, 3000, NS}},
        {"X14.2-prrh-on", "small-vm", 1, {NS, 100, 200, 100, NS, 2500, NS}},
        {"X14.3", "medium-vm", 1, {2500, 150, 300, 150, 150, 2500, 1800}},
        {"X14.3-prrh-on", "large-vm", 1, {NS, 500, 1000, 500, 500, 4000, NS}},
        {"X15.0", "ce1200", 1, {5000, 500, 1000, 500, 500, 7000, 6000}},
        {"X15.2", "ce1300", 1, {5000, 500, 1000, 500, 500, 8500, 6000}},
        {"X15.3", "large-vm", 1, {5000, 500, 1000, 500, 500, 3500, 6000}},
        {"X15.4-prrh-on", "small-vm", 1, {NS, 40, 40, 20, 75, 200, NS}},
        {"X15.5", "medium-vm", 1, {2500, 150, 300, 150, 150, 2500, 1800}},
        {"X15.5", "small-vm", 1, {2000, 40, 40, 20, 75, 200, 1800}},
        {"X8-max-licences-per-peer", "ce1100-10gb", 1, {5000, NS, NS, NS, 500, NS, 6000}},
        {"CVD12", "medium-vm", 6, {NS, 400, 800, 400, NS, 10000, NS}},
        {"CVD14", "medium-vm", 3, {NS, 300, 600, 300, NS, 6000, NS}},
    };
    for (size_t i = 0; i < COUNT(cells); i++) {
        const struct capacity_table *table = capacity_tables_find(tables, cells[i].table);
        assert_non_null(table);
        const struct capacity_row *row =
            capacity_table_row(table, cells[i].platform, cells[i].peers);
        assert_non_null(row);
        for (int k = 0; k < CAPACITY_RESOURCE_COUNT; k++)
            assert_int_equal(row->figures[k],
                             cells[i].figures[k] == NS ? CAPACITY_NOT_STATED : cells[i].figures[k]);
    }
}

static void test_every_row_has_its_source(void **state)
{
    (void)state;
    size_t rows = 0;
    for (size_t i = 0; i < capacity_tables_count(tables); i++) {
        const struct capacity_table *table = capacity_tables_at(tables, i);
        assert_true(table->builtin);
        assert_true(table->document[0] != '\0' && table->release[0] != '\0');
        rows += table->row_count;
    }
    assert_int_equal(rows, 129 + 6); /* and six clusters of the CVD */
}

static void test_find_release(void **state)
{
    (void)state;
    static const struct {
        const char *release, *table;
        enum redundancy rule;
    } expected[] = {
        {"X14.0", "X14.0-cluster-chapter", REDUNDANCY_LEGACY},
        {"X14.0.1", "X14.0.1-cluster-chapter", REDUNDANCY_LEGACY},
        {"X14.0.2", "X14.0.2-cluster-chapter", REDUNDANCY_LEGACY},
        {"X14.2", "X14.2-cluster-chapter", REDUNDANCY_4_1},
        {"X14.3", "X14.3", REDUNDANCY_N_1},
        {"X15.0", "X15.0", REDUNDANCY_N_1},
        {"X15.5", "X15.5", REDUNDANCY_N_1},
    };
    for (size_t i = 0; i < COUNT(expected); i++) {
        const struct capacity_table *table =
            capacity_tables_find_release(tables, expected[i].release);
        assert_non_null(table);
        assert_string_equal(table->name, expected[i].table);
        assert_int_equal(capacity_release_rule(expected[i].release), expected[i].rule);
    }
    assert_null(capacity_tables_find_release(tables, "X13"));
    assert_null(
        capacity_tables_find_release(tables, "X8.x")); /* a ceiling of licences, not a node */
    assert_null(capacity_tables_find_release(tables, ""));
    assert_int_equal(capacity_release_rule(""), REDUNDANCY_LEGACY);
    assert_int_equal(capacity_release_rule("X8.x"), REDUNDANCY_LEGACY);
    assert_int_equal(capacity_release_rule("X14.2.5"), REDUNDANCY_4_1);
    assert_int_equal(capacity_release_rule("X16.0"), REDUNDANCY_N_1);
}

static void test_halves_find_the_whole(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"X15.5-single", "X15.5"},
        {"X14.2-cluster-chapter-single", "X14.2-cluster-chapter"},
        {"X14.2-capacity-chapter-cluster4", "X14.2-capacity-chapter"},
        {"CVD12-node", "CVD12"},
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        const struct capacity_table *table = capacity_tables_find(tables, pairs[i][0]);
        assert_non_null(table);
        assert_string_equal(table->name, pairs[i][1]);
    }
    assert_null(capacity_tables_find(tables, "X14.2"));
    assert_null(capacity_tables_find(tables, "-single"));
    assert_null(capacity_tables_find(tables, ""));
}

/* The factors in the data are those that are computed with. */
static void test_rules_agree_with_the_model(void **state)
{
    (void)state;
    for (int rule = REDUNDANCY_LEGACY; rule < REDUNDANCY_COUNT; rule++) {
        const struct capacity_rule *stated = capacity_rule((enum redundancy)rule);
        assert_non_null(stated);
        assert_true(stated->document[0] != '\0');
        assert_int_equal(stated->no_gain_factor, 1);
        for (int peers = 1; peers <= CLUSTER_PEERS_MAX; peers++) {
            bool outside = capacity_outside_rule((enum redundancy)rule, peers);
            assert_int_equal(stated->factors[peers],
                             outside ? 0 : capacity_factor((enum redundancy)rule, peers, false));
        }
    }
    assert_null(capacity_rule(REDUNDANCY_NONE));
}

/* ---- a user's own table ---- */

static bool add_bytes(const char *name, const void *bytes, size_t size, struct errors *errors)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    errors_init(errors);
    bool good = capacity_tables_add_file(tables, name, errors);
    assert_int_equal(unlink(name), 0);
    return good;
}

static bool add(const char *name, const char *text, struct errors *errors)
{
    return add_bytes(name, text, strlen(text), errors);
}

static void test_own_table(void **state)
{
    (void)state;
    struct errors errors;
    assert_true(add("own.csv",
                    "\xEF\xBB\xBFnote,platform,audio_calls,video_calls\r\n\r\n"
                    "\"first, of two\",lab, 30 ,20\r\n,bench,,7\r\nshort,plain,,\r\n",
                    &errors));
    assert_int_equal(errors.warnings, 0);
    errors_release(&errors);
    const struct capacity_table *table = capacity_tables_find(tables, "own");
    assert_non_null(table);
    assert_false(table->builtin);
    assert_int_equal(table->row_count, 3);
    assert_string_equal(table->rows[0].note, "first, of two");
    struct platform platform;
    assert_true(capacity_table_platform(table, "lab", &platform));
    assert_int_equal(platform.units, 60); /* 30 audio calls of 2, 20 video calls of 3 */
    assert_int_equal(platform.audio_weight, 2);
    assert_int_equal(platform.video_weight, 3);
    assert_int_equal(platform.mra_video_weight, 3);
    assert_int_equal(platform.rms, CAPACITY_UNLIMITED);
    assert_string_equal(platform.source, "");
    assert_true(capacity_table_platform(table, "bench", &platform));
    assert_int_equal(platform.units, 14);
    assert_true(capacity_table_platform(table, "plain", &platform));
    assert_int_equal(platform.units, CAPACITY_UNLIMITED);
    assert_int_equal(capacity_row_cluster(&table->rows[0], REDUNDANCY_N_1, 3, CAPACITY_RMS),
                     CAPACITY_NOT_STATED);
}

static void test_mistakes_at_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line, column;
        const char *message;
    } mistakes[] = {
        {"platform,rms\nlab,many\n", 2, 5,
         "rms: 'many' is not a whole number from 0 to 1000000000"},
        {"platform,rms\nlab,-1\n", 2, 5, "rms: '-1' is not a whole number from 0 to 1000000000"},
        {"platform,rms\nlab,99999999999999999999\n", 2, 5,
         "rms: '99999999999999999999' is not a whole number from 0 to 1000000000"},
        {"platform,video_calls\n\nlab,0\n", 3, 5,
         "video_calls: '0' is not a whole number from 1 to 1000000000"},
        {"platform,peers\nl\xC3\xA4\xC3\xA4,7\n", 2, 5,
         "peers: '7' is not a whole number from 1 to 6"},
        {"platform,gain\nlab,  maybe\n", 2, 7, "gain: 'maybe' is neither no nor yes"},
        {"platform,scope\nlab,all\n", 2, 5,
         "scope: 'all' is neither node nor recommended nor ceiling"},
        {"rms\n5\n", 1, 1,
         "the column 'platform' is missing: the first line must name the columns"},
        {"platform,rms,rms\nlab,1,2\n", 1, 14, "the column 'rms' occurs twice"},
        {"platform,rms\nlab,1,2\n", 2, 7, "3 fields, the header names 2"},
        {"platform,rms\n,5\n", 2, 1, "a row without a platform"},
        {"platform,rms\nlab,1\nlab,2\n", 3, 1,
         "table 'own-2' has 'lab' with 1 peers already in line 2"},
        {"platform,rms\n\"lab,1\n", 2, 1, "a quote opened here is never closed"},
        {"platform,rms\n\"lab\"x,1\n", 2, 6, "a quote in the wrong place"},
        {"platform,release\na,X1\nb,X2\n", 3, 3,
         "table 'own-2' has another release in line 2: tables are not merged"},
        {"table,platform\nX14.3,a\n", 2, 1,
         "there is a table 'X14.3' already: give this one a name of its own"},
        {"platform\n", 1, 1, "no rows below the header"},
        {"", 0, 0, "is empty: the first line must name the columns"},
        {"platform,audio_calls,video_calls,mra_video_calls\nlab,999999937,999999929,999999893\n", 2,
         1, "the call figures of 'lab' have no common unit"},
    };
    size_t before = capacity_tables_count(tables);
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct errors errors;
        assert_false(add("own-2.csv", mistakes[i].text, &errors));
        assert_int_equal(errors.failures, 1);
        assert_string_equal(errors.items[0].message, mistakes[i].message);
        assert_string_equal(errors.items[0].file, "own-2.csv");
        assert_int_equal(errors.items[0].code, ERROR_DATA);
        assert_int_equal(errors.items[0].line, mistakes[i].line);
        assert_int_equal(errors.items[0].column, mistakes[i].column);
        errors_release(&errors);
    }
    assert_int_equal(capacity_tables_count(tables), before);
}

static void test_all_mistakes_at_once(void **state)
{
    (void)state;
    struct errors errors;
    assert_false(add("other.csv",
                     "platform,rms,turn_relays,colour\nlab,x,y,red\nlab-2,1,z\nlab-3,1,z,\n",
                     &errors));
    assert_int_equal(errors.failures, 4);
    assert_string_equal(errors.items[0].source, "lab,x,y,red");
    assert_string_equal(errors.items[2].message, "3 fields, the header names 4");
    assert_string_equal(errors.items[3].source, "lab-3,1,z,");
    assert_int_equal(errors.items[3].column, 9);
    errors_release(&errors);
    assert_false(add_bytes("z.csv", "platform\nla\0b\n", 14, &errors));
    assert_int_equal(errors.items[0].line, 2);
    errors_release(&errors);
    errors_init(&errors);
    assert_false(capacity_tables_add_file(tables, "no/such/file.csv", &errors));
    assert_int_equal(errors_code(&errors), ERROR_NO_INPUT);
    errors_release(&errors);
}

/* 100,000 platforms of 50,000 tables, each found: nothing here is quadratic. */
static void test_many_rows(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = NULL;
    FILE *stream = open_memstream(&text, &length);
    fputs("table,platform,rms\n", stream);
    for (int i = 0; i < 100000; i++)
        fprintf(stream, "many-%d,p%d,%d\n", i % 50000, i, i);
    fclose(stream);
    struct errors errors;
    assert_true(add_bytes("many.csv", text, length, &errors));
    errors_release(&errors);
    free(text);
    for (int i = 0; i < 100000; i++) {
        char table_name[32], platform_name[32];
        snprintf(table_name, sizeof table_name, "many-%d", i % 50000);
        snprintf(platform_name, sizeof platform_name, "p%d", i);
        const struct capacity_table *table = capacity_tables_find(tables, table_name);
        assert_non_null(table);
        struct platform platform;
        assert_true(capacity_table_platform(table, platform_name, &platform));
        assert_int_equal(platform.rms, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chapter_table_1),
        cmocka_unit_test(test_chapter_table_2),
        cmocka_unit_test(test_clusters_of_every_size),
        cmocka_unit_test(test_platform_in_units),
        cmocka_unit_test(test_other_tables),
        cmocka_unit_test(test_every_row_has_its_source),
        cmocka_unit_test(test_find_release),
        cmocka_unit_test(test_halves_find_the_whole),
        cmocka_unit_test(test_rules_agree_with_the_model),
        cmocka_unit_test(test_own_table),
        cmocka_unit_test(test_mistakes_at_their_place),
        cmocka_unit_test(test_all_mistakes_at_once),
        cmocka_unit_test(test_many_rows),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
