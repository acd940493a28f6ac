#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "answer/answer.h"
#include "answer/bottleneck.h"
#include "tests/results_made.h"

static struct call_class classes[] = {
    {.name = "a-video", .via.origin = ORIGIN_CLUSTER, .arrivals = {.kind = ARRIVALS_RATE}},
    {.name = "b-audio", .via.origin = ORIGIN_CLUSTER, .arrivals = {.kind = ARRIVALS_RATE}},
};

static struct cluster cluster = {.name = "edge", .traversal = NONE};

static struct scenario scenario_with_goal(double blocking, bool stated)
{
    return (struct scenario){.clusters = &cluster,
                             .cluster_count = 1,
                             .classes = classes,
                             .class_count = 2,
                             .goals = {.stated = stated, .blocking = blocking}};
}

static struct judged worst_of(const struct scenario *scenario, const struct results *results)
{
    struct answer answer;
    struct answer_sources sources = {.results = results};
    assert_true(answer_make(&answer, scenario, &sources));
    struct judged worst = {.verdict = VERDICT_NOTHING, .index = NONE};
    if (answer.worst)
        worst = *answer.worst;
    assert_int_equal(answer.verdict, worst.verdict);
    answer_release(&answer);
    return worst;
}

static enum verdict answer_for(double goal)
{
    struct results results = results_made(5);
    struct scenario scenario = scenario_with_goal(goal, true);
    struct judged worst = worst_of(&scenario, &results);
    results_release(&results);
    return worst.verdict;
}

static void goals_are_judged_by_the_interval(void **state)
{
    (void)state;
    /* 2 % of a-video, interval about 1.3 to 3.0 % */
    assert_int_equal(answer_for(0.05), VERDICT_YES);
    assert_int_equal(answer_for(0.02), VERDICT_UNDECIDED);
    assert_int_equal(answer_for(0.025), VERDICT_UNDECIDED);
    assert_int_equal(answer_for(0.01), VERDICT_NO);
}

static void limits_belong_to_the_goal(void **state)
{
    (void)state;
    struct interval i = {0.01, 0.005, 0.02};
    assert_int_equal(judge_share(i, 0.02, (struct evidence){10, 0, false}).verdict, VERDICT_YES);
    assert_int_equal(judge_share(i, 0.005, (struct evidence){10, 0, false}).verdict,
                     VERDICT_UNDECIDED);
    assert_int_equal(judge_share(i, 0.0049, (struct evidence){10, 0, false}).verdict, VERDICT_NO);
}

static void the_prediction_decides(void **state)
{
    (void)state;
    struct interval i = {0.012, 0.006, 0.0239};
    struct judgement j = judge_share(i, 0.01, (struct evidence){20, 0, false});
    assert_int_equal(j.verdict, VERDICT_UNDECIDED);
    /* half-width 0.69 on the scale of log odds, 0.184 from the goal: 14 times the replications */
    assert_true(j.more > 10 * 20 && j.more < 15 * 20);
    struct interval none = {0, 0, 0.03};
    /* log(1 - 0.03) / log(1 - 0.01) = 3.03 times as many */
    assert_true(judge_share(none, 0.01, (struct evidence){20, 0, false}).more == 41);
    struct interval every = {1, 0.25,
                             1}; /* every call refused: of the rest 0.75 is to become 0.25 */
    assert_true(judge_share(every, 0.75, (struct evidence){20, 0, false}).more ==
                ceil(20 * log(0.25) / log(0.75)) - 20);
    struct interval nearly = {0.7, 0.2, 1};
    assert_true(judge_share(nearly, 0.6, (struct evidence){5, 0, false}).more >= 1 &&
                judge_share(nearly, 0.6, (struct evidence){5, 0, false}).more <= 1e9);
    struct interval one = {0.02, NAN, NAN};
    assert_true(judge_share(one, 0.01, (struct evidence){1, 0, false}).more == 9);
    /* one replication of 60 batches, seven times as many of which would decide */
    struct interval batches = {0.012, 0.0084, 0.0171};
    assert_true(judge_share(batches, 0.01, (struct evidence){1, 60, false}).more >= 2 &&
                judge_share(batches, 0.01, (struct evidence){1, 60, false}).more <= 4);
    struct interval exact = {0.01, 0.005, 0.02};
    assert_true(judge_share(exact, 0.01, (struct evidence){20, 0, false}).more >= 1e8);
}

static void replays_need_no_interval(void **state)
{
    (void)state;
    struct call_class replayed[] = {{.name = "a-video", .via.origin = ORIGIN_CLUSTER},
                                    {.name = "b-audio", .via.origin = ORIGIN_CLUSTER}};
    struct trace trace = {.file = "r.csv", .scale = 1};
    struct scenario scenario = scenario_with_goal(0.01, true);
    struct results results = results_made(1);
    assert_int_equal(worst_of(&scenario, &results).verdict, VERDICT_UNDECIDED);
    scenario.classes = replayed;
    scenario.traces = &trace;
    scenario.trace_count = 1;
    assert_true(scenario_replays(&scenario));
    assert_int_equal(worst_of(&scenario, &results).verdict, VERDICT_NO);
    scenario.goals.blocking = 0.02;
    assert_int_equal(worst_of(&scenario, &results).verdict, VERDICT_YES);
    struct results alike = results_made(3); /* all of them the same */
    for (size_t r = 1; r < 3; r++)
        memcpy(alike.rows[r], alike.rows[0], alike.tally_count * sizeof *alike.rows[0]);
    scenario.goals.blocking = 0.01;
    for (int chance = 0; chance < 2; chance++) {
        alike.traits.replayed = !chance;
        struct judged worst = worst_of(&scenario, &alike);
        assert_int_equal(worst.basis, chance ? BASIS_SIMULATED : BASIS_REPLAYED);
        assert_true(isnan(worst.value.low) == !chance);
    }
    results_release(&alike);
    scenario.outage_count = 1;
    assert_false(scenario_replays(&scenario));
    results_release(&results);
}

static void the_worst_class_speaks(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct scenario scenario = scenario_with_goal(0.01, true);
    assert_int_equal(worst_of(&scenario, &results).index, 0);
    for (size_t r = 0; r < 5; r++)
        results.rows[r][MADE_BLOCKED_B] = 50;
    assert_int_equal(worst_of(&scenario, &results).index, 1);
    for (size_t r = 0; r < 5; r++)
        results.rows[r][MADE_OFFERED] = results.rows[r][MADE_OFFERED_B] = 0;
    assert_int_equal(worst_of(&scenario, &results).index, NONE);
    results_release(&results);
}

static void the_worst_set_of_peers_down_decides(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct scenario scenario = scenario_with_goal(0.05, true);
    struct interval fine[] = {{0.01, 0.009, 0.011}, {NAN, NAN, NAN}};
    struct interval open[] = {{0.05, 0.04, 0.06}, {0.01, 0.009, 0.011}};
    struct interval bad[] = {{0.03, 0.02, 0.04}, {0.1, 0.09, 0.11}};
    uint32_t first[] = {0}, second[] = {1}, third[] = {2};
    struct peer peers[] = {{.name = "e1"}, {.name = "e2"}, {.name = "e3"}};
    struct survival_set sets[] = {
        {.down = first, .down_count = 1, .blocked = fine, .replications = 5},
        {.down = second, .down_count = 1, .blocked = bad, .replications = 5},
        {.down = third, .down_count = 1, .blocked = open, .replications = 5}};
    struct survival survival = {sets, 3};
    struct answer_sources sources = {.results = &results, .survival = &survival};
    struct answer a;
    scenario.peers = peers;
    scenario.peer_count = 3;
    scenario.goals.survive = 1;
    assert_true(answer_make(&a, &scenario, &sources));
    assert_int_equal(a.verdict, VERDICT_NO);
    assert_int_equal(a.worst->verdict, VERDICT_YES);
    assert_ptr_equal(a.deciding, a.worst_down);
    assert_string_equal(a.worst_down->down, "e2");
    assert_string_equal(a.worst_down->name, "b-audio");
    assert_int_equal(answer_exit_code(&a, false), 1);
    answer_release(&a);
    survival.count = 1; /* the others were not run: no yes */
    assert_true(answer_make(&a, &scenario, &sources));
    assert_int_equal(a.verdict, VERDICT_UNDECIDED);
    answer_release(&a);
    scenario = scenario_with_goal(0.01, false);
    sources.survival = NULL;
    assert_true(answer_make(&a, &scenario, &sources));
    assert_int_equal(a.verdict, VERDICT_NO);
    assert_int_equal(answer_exit_code(&a, false), 0); /* nobody asked */
    answer_release(&a);
    results_release(&results);
}

static void the_worst_hour_is_found(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct worst_hour hour = worst_hour_blocked(&results, 0); /* four quarters make one hour */
    assert_true(hour.found && hour.from == 0 && hour.to == HOUR);
    results.interval = HOUR;
    hour = worst_hour_blocked(&results, 0);
    assert_true(hour.from == 2 * HOUR && hour.to == 3 * HOUR);
    assert_true(fabs(hour.share.value - 0.08) < 1e-6);
    assert_true(hour.one_day.high > hour.share.high);
    assert_false(worst_hour_blocked(&results, 1).found);
    hour = busiest_hour(&results);
    assert_true(hour.found && hour.from == 3 * HOUR && fabs(hour.share.value - 230) < 1e-3);
    results_release(&results);
}

static void the_leading_cause_is_found(void **state)
{
    (void)state;
    struct results results = results_made(5);
    double share;
    assert_int_equal(leading_cause(&results, 0, &share), CAUSE_PEER_UNITS);
    assert_true(fabs(share - 1) < 1e-12);
    for (size_t r = 0; r < 5; r++)
        results.rows[r][MADE_UNITS] = 0;
    assert_int_equal(leading_cause(&results, NONE, &share), CAUSE_RMS);
    assert_true(fabs(share - 16.0 / 100) < 1e-12);
    assert_int_equal(leading_cause(&results, 1, &share), CAUSE_COUNT);
    struct tightest t = tightest_resource(&results);
    assert_string_equal(t.name, "edge");
    assert_true(t.limit == 400 && fabs(t.peak - 384.8) < 1e-9);
    results_release(&results);
}

static enum verdict verdict_of(const struct scenario *scenario, const struct results *results,
                               const char *cause, double use)
{
    struct answer answer;
    struct answer_sources sources = {.results = results};
    assert_true(answer_make(&answer, scenario, &sources));
    size_t listed = 0, beyond = 0;
    for (size_t i = 0; i < answer.limit_count; i++)
        if (strcmp(limit_name(answer.limits[i].limit), cause) == 0) {
            listed++;
            assert_true(answer.limits[i].use == use);
            assert_int_equal(answer.limits[i].basis, BASIS_COUNTED);
            beyond += looked_beyond_ceiling(&answer.limits[i]);
        }
    assert_int_equal(listed, use > 0);
    enum verdict verdict = answer.verdict;
    assert_int_equal(beyond, verdict == VERDICT_NO);
    if (beyond)
        assert_string_equal(answer.deciding->cause, cause);
    answer_release(&answer);
    return verdict;
}

static void a_cluster_has_ceilings(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct cluster own = cluster;
    struct scenario s = scenario_with_goal(0.05, true);
    s.clusters = &own;
    struct {
        const char *name;
        int64_t *count, most;
    } kinds[] = {{"provisioning", &own.provisioning, 10000},
                 {"findme", &own.findme, 10000},
                 {"phonebook", &own.phonebook, 200000}};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(verdict_of(&s, &results, kinds[i].name, 0), VERDICT_YES);
        *kinds[i].count = kinds[i].most;
        assert_int_equal(verdict_of(&s, &results, kinds[i].name, (double)kinds[i].most),
                         VERDICT_YES);
        *kinds[i].count = kinds[i].most + 1;
        assert_int_equal(verdict_of(&s, &results, kinds[i].name, (double)kinds[i].most + 1),
                         VERDICT_NO);
        *kinds[i].count = 0;
    }
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goals_are_judged_by_the_interval),
        cmocka_unit_test(limits_belong_to_the_goal),
        cmocka_unit_test(the_prediction_decides),
        cmocka_unit_test(replays_need_no_interval),
        cmocka_unit_test(the_worst_class_speaks),
        cmocka_unit_test(the_worst_set_of_peers_down_decides),
        cmocka_unit_test(the_worst_hour_is_found),
        cmocka_unit_test(the_leading_cause_is_found),
        cmocka_unit_test(a_cluster_has_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
