#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/study/confidence.h"
#include "tests/replay.h"

#define SYSTEM(units, rate, more, run)                                                             \
    "scenario: x\n"                                                                                \
    "platforms: [{name: u, units: " units "}]\n"                                                   \
    "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: u}]}]\n"                   \
    "calls: [{name: a, media: audio, units: 1, rms: 0, arrivals: {" rate                           \
    "}, holding: {mean: 1h}}]\n" more "run: {" run "}\n"

static struct confidence confidence_in(const struct replay *replay, const char *metric)
{
    size_t m = results_find(&replay->results, SCOPE_CLASS, "a", metric);
    assert_true(m != SIZE_MAX);
    return confidence_of(&replay->results, m);
}

/* Within two half-widths, four standard errors, of the truth, and not wider than wanted. */
static void assert_near_truth(struct interval i, double truth, double widest)
{
    double half = (i.high - i.low) / 2;
    assert_true(half > 0 && half < widest);
    assert_true(fabs(i.value - truth) < 2 * half);
}

static void one_long_run_has_batches(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run(SYSTEM("10", "rate: 7/h", "", "length: 5000h, replications: 1"), NULL, 0);
    struct confidence c = confidence_in(replay, "blocked_fraction");
    assert_true(c.batches >= 30 && c.batches <= 100 && !c.obstacle);
    assert_near_truth(c.interval, 0.0787408830, 0.01);
    c = confidence_in(replay, "mean_in_progress");
    assert_true(c.batches >= 30);
    assert_near_truth(c.interval, 6.448813819, 0.2);
    /* the contract of metrics.csv */
    assert_true(isnan(replay_metric(replay, SCOPE_CLASS, "a", "blocked_fraction").low));
    replay_free(replay);
}

/* Intervals of one run contain Erlang's figure in 95 % of seeds. */
static void batches_cover(void **state)
{
    (void)state;
    enum { SEEDS = 400 };
    int inside = 0, made = 0;
    struct replay replay = {0};
    replay_read(&replay, SYSTEM("10", "rate: 7/h", "",
                                "length: 1000h, replications: 1, interval: 1h, warmup: 7h"));
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct experiment_options options = {.jobs = 1, .seed_given = true, .seed = seed};
        struct errors errors;
        errors_init(&errors);
        assert_true(experiment_run(&replay.scenario, &options, &replay.results, &errors));
        struct confidence c = confidence_in(&replay, "blocked_fraction");
        made += c.obstacle == NULL;
        inside += c.interval.low <= 0.0787408830 && c.interval.high >= 0.0787408830;
        results_release(&replay.results);
        errors_release(&errors);
    }
    scenario_release(&replay.scenario);
    assert_true(made >= 0.97 * SEEDS);
    if (inside < 0.92 * made || inside > 0.98 * made)
        fail_msg("%d of %d intervals contain the truth", inside, made);
}

static void what_has_none_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } systems[] = {
        {SYSTEM("10", "rate: 7/h", "", "length: 100h, replications: 1"), "shorter than 300 times"},
        {SYSTEM("10", "rate: 7/h", "", "length: 5000h, interval: 5000h, replications: 1"),
         "too long to be gathered"},
        {SYSTEM("10", "rate: 7/h, steps: [[0h, 0.5], [8h, 1]]", "",
                "length: 5000h, replications: 1"),
         "changes with the time"},
        {SYSTEM("10", "rate: 7/h", "outages: [{cluster: c, mtbf: 30d, mttr: 4h}]\n",
                "length: 5000h, replications: 1"),
         "time between failures"},
        {SYSTEM("10", "rate: 7/h", "outages: [{peer: p, at: 3h, for: 1h}]\n",
                "length: 5000h, replications: 1"),
         "changes with the time"},
    };
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        struct replay *replay = replay_run(systems[i].text, NULL, 0);
        struct confidence c = confidence_in(replay, "blocked_fraction");
        assert_true(isnan(c.interval.high) && c.batches == 0);
        if (!c.obstacle || !strstr(c.obstacle, systems[i].why))
            fail_msg("\"%s\" is not \"%s\"", c.obstacle ? c.obstacle : "", systems[i].why);
        replay_free(replay);
    }
}

static void nothing_refused_is_bounded_in_one_run_too(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run(SYSTEM("40", "rate: 7/h", "", "length: 24h, replications: 1"), NULL, 0);
    struct confidence c = confidence_in(replay, "blocked_fraction");
    assert_true(c.interval.value == 0 && c.interval.high > 0.01 && c.interval.high < 0.2 &&
                !c.obstacle);
    assert_true(isnan(replay_metric(replay, SCOPE_CLASS, "a", "blocked_fraction").high));
    replay_free(replay);
}

static void several_replications_are_as_ever(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run(SYSTEM("10", "rate: 7/h", "", "length: 1000h, replications: 3"), NULL, 0);
    struct confidence c = confidence_in(replay, "blocked_fraction");
    struct interval i = replay_metric(replay, SCOPE_CLASS, "a", "blocked_fraction");
    assert_true(c.batches == 0 && !c.obstacle && c.interval.low == i.low &&
                c.interval.high == i.high);
    replay_free(replay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_long_run_has_batches),
        cmocka_unit_test(batches_cover),
        cmocka_unit_test(what_has_none_says_why),
        cmocka_unit_test(nothing_refused_is_bounded_in_one_run_too),
        cmocka_unit_test(several_replications_are_as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
