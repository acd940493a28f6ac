#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "answer/run_length.h"
#include "sim/study/precision.h"
#include "tests/replay.h"
#include "tests/results_made.h"

/* Calls of one unit, 1 minute each, on one peer of 500 units; a replication measures 1000 minutes.
 */
static double planned(double erlangs, int classes, const char *steps, const char *more,
                      double precision)
{
    struct replay replay = {0};
    char text[2000];
    int n = snprintf(text, sizeof text,
                     "scenario: x\nplatforms: [{name: u, units: 500}]\ngoals: {blocking: 1%%}\n"
                     "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: u}]}]\n"
                     "run: {length: 1000m}\n%scalls:\n",
                     more);
    for (int k = 0; k < classes; k++)
        n += snprintf(text + n, sizeof text - (size_t)n,
                      "  - {name: %c, media: audio, units: 1, rms: 0, arrivals: {rate: %.9f/h%s}, "
                      "holding: {mean: 1m}}\n",
                      'a' + k, erlangs * 60 / classes, steps);
    replay_read(&replay, text);
    double replications = run_length_plan(&replay.scenario, precision).replications;
    scenario_release(&replay.scenario);
    return replications;
}

static void the_formula_plans_the_run(void **state)
{
    (void)state;
    /* 4.16 million arrivals for 5 % at 1 % blocking, of which a replication has 474036; 5 %/1.05
     * wants a tenth more */
    double expected = 4.16e6 * 1.05 * 1.05 / 474036.35,
           plan = planned(474.0363509, 1, "", "", 0.05);
    assert_true(fabs(plan - expected) < 0.02 * expected + 1);
    /* blocks nothing: ten replications show it */
    assert_true(planned(300, 1, "", "", 0.05) == STATISTICS_REPLICATIONS_MIN);
}

static void clumps_are_shared_by_classes(void **state)
{
    (void)state;
    double plan = planned(474.0363509, 1, "", "", 0.01),
           half = planned(474.0363509, 2, "", "", 0.01);
    /* half the calls, but half the clump too: 1 + 26/2 of them instead of 27 */
    assert_true(half > plan && half < 1.1 * plan);
}

static void what_changes_with_time_is_not_planned(void **state)
{
    (void)state;
    assert_true(isnan(planned(474, 1, ", steps: [[0h, 0.5], [8h, 1]]", "", 0.05)));
    assert_true(isnan(planned(474, 1, "", "outages: [{peer: p, at: 1h, for: 1h}]\n", 0.05)));
    assert_true(isnan(planned(474, 1, "", "outages: [{cluster: c, mtbf: 10d, mttr: 1h}]\n", 0.05)));
}

static void classes_that_matter_must_be_narrow(void **state)
{
    (void)state;
    struct call_class classes[] = {{.name = "a-video"}, {.name = "b-audio"}};
    struct scenario scenario = {.classes = classes, .class_count = 2, .goals = {true, 0.01, 0}};
    struct results results = results_made(5);
    struct precision_state p = precision_reached(&scenario, &results, 0.9);
    assert_false(p.reached); /* five replications say little */
    results_release(&results);
}

/* Of the classes that are not done the one that takes longest speaks, be it never refused. */
static void the_class_farthest_from_done_is_told(void **state)
{
    (void)state;
    struct call_class classes[] = {{.name = "a-video"}, {.name = "b-audio"}};
    struct scenario scenario = {.classes = classes, .class_count = 2, .goals = {true, 0.01, 0}};
    struct results results = results_made(5);
    struct precision_state p = precision_reached(&scenario, &results, 0.3);
    size_t a = results_find(&results, SCOPE_CLASS, "a-video", "blocked_fraction");
    size_t b = results_find(&results, SCOPE_CLASS, "b-audio", "blocked_fraction");
    struct interval rare = results_interval(&results, b, 0),
                    narrow = results_interval(&results, a, 0);
    assert_true(p.class_index == 1 && isnan(p.relative));
    assert_true(fabs(p.needed - 5 * rare.high / 0.001) < 1e-9); /* its bound falls as calls come */
    for (size_t r = 0; r < 5; r++)
        results.rows[r][MADE_OFFERED_B] *= 1e6;
    p = precision_reached(&scenario, &results, 0.05);
    double relative = (narrow.high - narrow.low) / 2 / narrow.value,
           factor = relative / (0.05 / 1.05);
    assert_true(p.class_index == 0 && fabs(p.relative - relative) < 1e-12);
    assert_true(fabs(p.needed - 5 * factor * factor) < 1e-6);
    results_release(&results);
}

static void looks_are_few(void **state)
{
    (void)state;
    struct precision_state p = {.needed = 367};
    assert_int_equal(precision_next_look(&p, 10), 20);   /* at most twice as many */
    assert_int_equal(precision_next_look(&p, 320), 400); /* at least a quarter more */
    assert_int_equal(precision_next_look(&p, 200), 367); /* where it is predicted to be enough */
    p.needed = 1e9;
    assert_int_equal(precision_next_look(&p, 5000), 10000);
    /* 25 looks together err in at most one run of forty */
    int looks = 0;
    for (size_t n = 10; n <= 1000;
         n = precision_next_look(&(struct precision_state){.needed = 0}, n))
        looks++;
    assert_true(looks <= 25);
}

#define LICENCES                                                                                   \
    "scenario: x\nplatforms: [{name: u, units: 500}]\n"                                            \
    "clusters: [{name: c, redundancy: none, peers: [{name: p0, platform: u, rms: 40}, {name: p1, " \
    "platform: u, rms: 40}]}]\n"                                                                   \
    "calls: [{name: v, media: video, units: 2, rms: 1, arrivals: {rate: 68/h}, holding: {mean: "   \
    "1h}}]\n"                                                                                      \
    "run: {length: 24h, interval: 24h, warmup: 8h}\n"

#define GROUPS                                                                                     \
    "scenario: x\nplatforms: [{name: u, units: 60}]\n"                                             \
    "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: u}]}]\n"                   \
    "calls: [{name: v, media: audio, units: 1, rms: 0, arrivals: {rate: 13/h, batches: [[3, "      \
    "1]]}, "                                                                                       \
    "holding: {mean: 1h}}]\n"                                                                      \
    "run: {length: 100h, interval: 10h, warmup: 10h}\n"

/* What a plan says is about what it takes: whatever limit binds, and whether calls come together.
 */
static void check_plan(const char *text, double precision)
{
    struct replay replay = {0};
    replay_read(&replay, text);
    struct run_length plan = run_length_plan(&replay.scenario, precision);
    struct experiment_options options = {.jobs = 1, .precision = precision};
    struct errors errors;
    errors_init(&errors);
    assert_true(experiment_run(&replay.scenario, &options, &replay.results, &errors));
    double taken = (double)replay.results.replications;
    if (!(plan.replications > taken / 2 && plan.replications < taken * 2) || plan.rare)
        fail_msg("planned %g, took %g", plan.replications, taken);
    /* ending by itself is having reached it; ten replications are not */
    assert_true(precision_reached(&replay.scenario, &replay.results, precision).reached);
    /* a sixteenth of the plan gives a quarter of the precision, about */
    double given = run_length_given(&replay.scenario, &plan, precision, plan.replications / 16);
    double wanted = precision / (1 + precision);
    assert_true(fabs(given - 4 * wanted / (1 - 4 * wanted)) < 1e-9);
    results_release(&replay.results);
    scenario_release(&replay.scenario);
    errors_release(&errors);
}

static void licences_and_groups_are_part_of_the_plan(void **state)
{
    (void)state;
    check_plan(LICENCES, 0.05); /* the units alone would have planned ten replications */
    check_plan(GROUPS, 0.05);
}

/* Runs that end by either rule around a tenth of the goal: their intervals contain the truth.
 * Stopping at the first good look made it three of four. More of it in bench/check_coverage.c. */
static void intervals_at_the_end_contain_the_truth(void **state)
{
    (void)state;
    enum { SEEDS = 150 };
    struct replay replay = {0};
    int inside = 0;
    /* 9.411 erlangs on 20 units block 0.1 % */
    replay_read(&replay,
                "scenario: x\nplatforms: [{name: u, units: 20}]\n"
                "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: u}]}]\n"
                "calls: [{name: a, media: audio, units: 1, rms: 0, arrivals: {rate: 9.41147/h}, "
                "holding: {mean: 1h}}]\n"
                "goals: {blocking: 1%}\nrun: {length: 20h, interval: 20h, from: steady}\n");
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct experiment_options options = {.precision = 0.5, .seed_given = true, .seed = seed};
        struct errors errors;
        errors_init(&errors);
        assert_true(experiment_run(&replay.scenario, &options, &replay.results, &errors));
        struct interval i = replay_metric(&replay, SCOPE_CLASS, "a", "blocked_fraction");
        inside += i.low <= 0.001 && i.high >= 0.001;
        results_release(&replay.results);
        errors_release(&errors);
    }
    scenario_release(&replay.scenario);
    if (inside < 0.89 * SEEDS) /* three standard errors below 94 % */
        fail_msg("%d of %d intervals contain the truth", inside, SEEDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_formula_plans_the_run),
        cmocka_unit_test(clumps_are_shared_by_classes),
        cmocka_unit_test(what_changes_with_time_is_not_planned),
        cmocka_unit_test(classes_that_matter_must_be_narrow),
        cmocka_unit_test(the_class_farthest_from_done_is_told),
        cmocka_unit_test(looks_are_few),
        cmocka_unit_test(licences_and_groups_are_part_of_the_plan),
        cmocka_unit_test(intervals_at_the_end_contain_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
