#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_file.h"
#include "sim/study/survival.h"

static void sets_are_counted(void **state)
{
    (void)state;
    assert_int_equal(survival_sets(5, 1), 5);
    assert_int_equal(survival_sets(6, 3), 20);
    assert_int_equal(survival_sets(5, 5), 1);
    assert_int_equal(survival_sets(5, 0), 1);
    assert_int_equal(survival_sets(5, 6), 0);
    assert_int_equal(survival_sets(60, 6), 50063860);
    assert_true(survival_sets(100000, 6) == SIZE_MAX);
    assert_true(survival_sets(4000000000u, 2000000000u) == SIZE_MAX);
}

static void every_set_comes_once_and_in_order(void **state)
{
    (void)state;
    for (uint32_t down = 1; down <= 6; down++) {
        uint32_t set[6] = {0, 1, 2, 3, 4, 5};
        uint64_t last = 0;
        size_t count = 0;
        do {
            uint64_t code = 0; /* digits ascend within a set and sets ascend as numbers */
            for (uint32_t i = 0; i < down; i++) {
                assert_true(set[i] < 6 && (i == 0 || set[i] > set[i - 1]));
                code = code * 10 + set[i];
            }
            assert_true(count == 0 || code > last);
            last = code;
            count++;
        } while (survival_next(6, down, set));
        assert_int_equal(count, survival_sets(6, down));
    }
}

/* Replications that a set of one peer of two down takes by itself, at a load. */
static size_t taken(const char *rate, const char *method, int jobs, struct interval *blocked)
{
    char text[512];
    struct scenario scenario;
    struct errors errors;
    struct survival_set set;
    const uint32_t down[] = {1};
    errors_init(&errors);
    snprintf(text, sizeof text,
             "goals: {blocking: 1%%}\nplatforms: [{name: lab, units: 50}]\n"
             "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: lab}, {name: b, "
             "platform: lab}]}]\ncalls: [{name: v, media: audio, service: webex, units: 1, via: "
             "{cluster: c}, arrivals: {rate: %s}, holding: {mean: 1m}}]\n"
             "run: {length: 10h, replications: 30, seed: 1}\n",
             rate);
    assert_true(scenario_read_text(text, strlen(text), "test", ".", &scenario, &errors));
    const struct experiment_options options = {
        .method = strcmp(method, "plain") == 0 ? METHOD_PLAIN : METHOD_AUTO, .jobs = jobs};
    assert_true(survival_run_set(&scenario, &options, (struct peers_down){down, 1}, &set, &errors));
    size_t replications = set.replications;
    *blocked = set.blocked[0];
    free(set.down);
    free(set.blocked);
    free(set.units);
    scenario_release(&scenario);
    errors_release(&errors);
    return replications;
}

/* 25 and 75 erlangs on 50 units are far from 1 %, 38 is near it; few calls are not worth a look. */
static void what_is_decided_beyond_doubt_is_run_no_further(void **state)
{
    (void)state;
    struct interval x, again;
    assert_int_equal(taken("1500/h", "auto", 2, &x), 10);
    assert_true(x.high < 0.01);
    assert_int_equal(taken("4500/h", "auto", 1, &x), 10);
    assert_int_equal(taken("4500/h", "auto", 3, &again), 10);
    assert_true(x.low > 0.01 && x.value == again.value && x.low == again.low);
    assert_int_equal(taken("2280/h", "auto", 1, &x), 30);
    assert_int_equal(taken("4500/h", "plain", 1, &x), 30);
    assert_int_equal(taken("60/h", "auto", 1, &x), 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_counted),
        cmocka_unit_test(every_set_comes_once_and_in_order),
        cmocka_unit_test(what_is_decided_beyond_doubt_is_run_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
