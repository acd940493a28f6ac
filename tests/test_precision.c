#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/precision.h"
#include "tests/results_made.h"

/* Calls of one unit, 1 minute each, on one peer of 500 units; a replication measures 1000 minutes.
 */
struct made {
    struct platform platform;
    struct peer peer;
    struct cluster cluster;
    nanos time;
    double rates[2];
    struct call_class classes[2];
    struct scenario scenario;
};

static void made_init(struct made *made, double erlangs, uint32_t classes)
{
    *made = (struct made){
        .platform = {.units = 500, .audio_weight = 1},
        .cluster = {.redundancy = REDUNDANCY_NONE,
                    .cap_stated = -1,
                    .peer_count = 1,
                    .traversal = NONE},
    };
    for (uint32_t k = 0; k < classes; k++) {
        made->rates[k] = erlangs / 60 / classes;
        made->classes[k] = (struct call_class){
            .units = 1,
            .holding = {.law = LAW_EXPONENTIAL, .mean = 60},
            .arrivals = {.kind = ARRIVALS_RATE, .steps = {&made->time, &made->rates[k], 1, false}}};
    }
    made->scenario = (struct scenario){.goals = {true, 0.01, 0},
                                       .run = {.length = 1000 * MINUTE},
                                       .platforms = &made->platform,
                                       .platform_count = 1,
                                       .peers = &made->peer,
                                       .peer_count = 1,
                                       .clusters = &made->cluster,
                                       .cluster_count = 1,
                                       .classes = made->classes,
                                       .class_count = classes};
}

static void the_formula_plans_the_run(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, 474.0363509, 1);
    /* 4.16 million arrivals for 5 % at 1 % blocking, of which a replication has 474036; 5 %/1.05
     * wants a tenth more */
    double expected = 4.16e6 * 1.05 * 1.05 / 474036.35;
    assert_true(fabs(precision_plan(&made.scenario, 0.05) - expected) < 0.02 * expected + 1);
    made_init(&made, 300, 1); /* blocks nothing: ten replications show it */
    assert_true(precision_plan(&made.scenario, 0.05) == STATISTICS_REPLICATIONS_MIN);
}

static void clumps_are_shared_by_classes(void **state)
{
    (void)state;
    struct made one, two;
    made_init(&one, 474.0363509, 1);
    made_init(&two, 474.0363509, 2);
    double plan = precision_plan(&one.scenario, 0.01), half = precision_plan(&two.scenario, 0.01);
    /* half the calls, but half the clump too: 1 + 26/2 of them instead of 27 */
    assert_true(half > plan && half < 1.1 * plan);
}

static void what_changes_with_time_is_not_planned(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, 474, 1);
    made.classes[0].arrivals.steps.count = 2;
    assert_true(isnan(precision_plan(&made.scenario, 0.05)));
    made_init(&made, 474, 1);
    made.scenario.step_count = 1;
    assert_true(isnan(precision_plan(&made.scenario, 0.05)));
    made_init(&made, 0, 1);
    assert_true(isnan(precision_plan(&made.scenario, 0.05)));
}

static void classes_that_matter_must_be_narrow(void **state)
{
    (void)state;
    struct call_class classes[] = {{.name = "a-video"}, {.name = "b-audio"}};
    struct scenario scenario = {.classes = classes, .class_count = 2, .goals = {true, 0.01, 0}};
    struct results results = results_made(5);
    struct precision_state p = precision_reached(&scenario, &results, 0.9);
    assert_false(p.reached); /* five replications say little */
    assert_true(p.worst > 0.3 && p.worst < 0.5);
    results_release(&results);
}

/* Hayward: calls of peakedness 2 are pairs, as it were, on half as many servers. */
static void groups_are_planned_as_fewer_larger_calls(void **state)
{
    (void)state;
    struct made groups, pairs;
    int64_t three = 3; /* 1 + 3 x 2 / (2 x 3) */
    double certain = 1;
    made_init(&groups, 470, 1);
    groups.classes[0].arrivals.batch_sizes = &three;
    groups.classes[0].arrivals.batch_probabilities = &certain;
    groups.classes[0].arrivals.batch_count = 1;
    groups.rates[0] /= 3;
    made_init(&pairs, 235, 1);
    pairs.platform.units = 250;
    double more = precision_plan(&groups.scenario, 0.02), plan = precision_plan(&pairs.scenario, 0.02);
    assert_true(plan > 10 && fabs(more - plan) <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_formula_plans_the_run),
        cmocka_unit_test(clumps_are_shared_by_classes),
        cmocka_unit_test(what_changes_with_time_is_not_planned),
        cmocka_unit_test(classes_that_matter_must_be_narrow),
        cmocka_unit_test(groups_are_planned_as_fewer_larger_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
