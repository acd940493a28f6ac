/* The cluster factors, cell by cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/capacity.h"
#include "model/scenario.h"

static void test_factors(void **state)
{
    (void)state;
    static const struct {
        enum redundancy rule;
        int factors[CLUSTER_PEERS_MAX + 1];
    } expected[] = {
        {REDUNDANCY_NONE, {0, 1, 2, 3, 4, 5, 6}}, {REDUNDANCY_LEGACY, {0, 1, 2, 3, 4, 4, 4}},
        {REDUNDANCY_4_1, {0, 1, 2, 3, 4, 4, 4}},  {REDUNDANCY_5_1, {0, 1, 2, 3, 4, 5, 5}},
        {REDUNDANCY_N_1, {0, 1, 1, 2, 3, 4, 5}},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        for (int peers = 0; peers <= CLUSTER_PEERS_MAX; peers++)
            assert_int_equal(capacity_factor(expected[i].rule, peers, false),
                             expected[i].factors[peers]);
}

static void test_no_gain_is_one_under_every_rule(void **state)
{
    (void)state;
    for (int rule = 0; rule < REDUNDANCY_COUNT; rule++) {
        assert_int_equal(capacity_factor((enum redundancy)rule, 0, true), 0);
        for (int peers = 1; peers <= CLUSTER_PEERS_MAX; peers++)
            assert_int_equal(capacity_factor((enum redundancy)rule, peers, true), 1);
    }
}

static void test_outside_rule(void **state)
{
    (void)state;
    for (int rule = 0; rule < REDUNDANCY_COUNT; rule++)
        for (int peers = 1; peers <= CLUSTER_PEERS_MAX; peers++)
            assert_int_equal(capacity_outside_rule((enum redundancy)rule, peers),
                             rule == REDUNDANCY_4_1 && peers == 6);
}

/* Six peers under 5+1: five times the figure of one, at most what all have, however much that is.
 */
static void test_the_most_of_a_cluster(void **state)
{
    (void)state;
    struct platform platform = {.name = "vast", .units = CAPACITY_UNLIMITED};
    struct peer peers[6] = {0};
    struct cluster cluster = {.peer_count = 6, .redundancy = REDUNDANCY_5_1, .cap_stated = -1};
    struct scenario s = {.platforms = &platform,
                         .platform_count = 1,
                         .peers = peers,
                         .peer_count = 6,
                         .clusters = &cluster,
                         .cluster_count = 1};
    static const struct {
        int64_t node, sum, limit;
    } cases[] = {{100, 600, 500},
                 {100, 499, 499},
                 {0, 0, 0},
                 {CAPACITY_UNLIMITED, 7, 7},
                 {CAPACITY_UNLIMITED / 5, CAPACITY_UNLIMITED, CAPACITY_UNLIMITED / 5 * 5},
                 {CAPACITY_UNLIMITED / 5 + 1, CAPACITY_UNLIMITED, CAPACITY_UNLIMITED},
                 {CAPACITY_UNLIMITED - 1, CAPACITY_UNLIMITED, CAPACITY_UNLIMITED},
                 {CAPACITY_UNLIMITED - 1, 12, 12}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(scenario_cluster_limit(&s, 0, cases[i].node, cases[i].sum) == cases[i].limit);
    platform.units = CAPACITY_UNLIMITED - 1;
    assert_true(scenario_cluster_units(&s, 0) == CAPACITY_UNLIMITED);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const names[REDUNDANCY_COUNT] = {"none", "legacy", "4+1", "5+1", "n+1"};
    enum redundancy parsed = REDUNDANCY_NONE;
    for (int rule = 0; rule < REDUNDANCY_COUNT; rule++) {
        assert_string_equal(redundancy_name((enum redundancy)rule), names[rule]);
        assert_true(redundancy_parse(names[rule], &parsed));
        assert_int_equal(parsed, rule);
    }
    assert_false(redundancy_parse("4+2", &parsed));
    assert_false(redundancy_parse("", &parsed));
    assert_int_equal(parsed, REDUNDANCY_N_1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factors),      cmocka_unit_test(test_no_gain_is_one_under_every_rule),
        cmocka_unit_test(test_outside_rule), cmocka_unit_test(test_the_most_of_a_cluster),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
