/* Refusals counted with the system without limits as a control: its expected time over the limit
 * against what replications had, the share against Erlang's formula, how often intervals hold it,
 * and that watching changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/formulas/erlang.h"
#include "sim/study/control.h"
#include "sim/study/experiment.h"
#include "tests/planned.h"

static struct results watched(uint64_t seed, int replications, enum method method, int jobs)
{
    struct results results;
    const struct experiment_options options = {.method = method,
                                               .part = true,
                                               .seed_given = true,
                                               .seed = seed,
                                               .replications = replications,
                                               .jobs = jobs};
    assert_true(experiment_run(&scenario, &options, &results, &errors));
    assert_true(controls_expect(&plan, &results));
    return results;
}

static double over(const struct results *results, size_t replication, uint32_t control)
{
    return results->rows[replication][results->tally_count + control] / results->measured;
}

/* The mean share of time over the limit is the expected one: at 4.5 standard errors. */
static void assert_expected(const char *label, uint32_t controls, const char *text)
{
    begin(text);
    struct results results = watched(1, 0, METHOD_AUTO, 0);
    assert_int_equal(results.control_count, controls);
    for (uint32_t i = 0; i < controls; i++) {
        double values[1000];
        assert_true(results.replications <= 1000);
        for (size_t r = 0; r < results.replications; r++)
            values[r] = over(&results, r, i);
        double mean = statistics_mean(values, results.replications);
        double error =
            sqrt(statistics_variance(values, results.replications) / (double)results.replications);
        print_message("%s: over for %g +- %g of the time, expected %g\n", label, mean, error,
                      results.controls[i].mean);
        assert_true(error > 0 && error < 0.2 * mean);
        assert_true(fabs(mean - results.controls[i].mean) < 4.5 * error);
    }
    results_release(&results);
    end();
}

#define LAB                                                                                        \
    "platforms: [{name: lab, units: 50, audio-weight: 1, video-weight: 2, mra-video-weight: 2, "   \
    "rms: 40}]\n"
#define PEERS    "peers: [{name: a, platform: lab}, {name: b, platform: lab}]"
#define LICENSED "peers: [{name: a, platform: lab, rms: 14}, {name: b, platform: lab, rms: 14}]"
#define CALLS    "calls:\n  - {name: audio, media: audio, service: webex, via: {cluster: c}, "

static void test_expected_time_over_the_limit(void **state)
{
    (void)state;
    assert_expected("one class", 1,
                    LAB "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
                        "arrivals: {busy-hour-erlangs: 80}, holding: {distribution: lognormal, "
                        "mean: 3m, cv: 1.4}}\n"
                        "run: {length: 12h, replications: 100, seed: 1}\n");
    assert_expected("fragmentation", 1,
                    LAB "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
                        "arrivals: {busy-hour-erlangs: 40}, holding: {mean: 3m}}\n"
                        "  - {name: video, media: video, service: webex, via: {cluster: c}, "
                        "arrivals: {busy-hour-erlangs: 20}, holding: {mean: 5m}}\n"
                        "run: {length: 12h, replications: 100, seed: 1}\n");
    assert_expected("pool of RMS and units", 2,
                    LAB "clusters: [{name: c, redundancy: none, " LICENSED "}]\n" CALLS
                        "arrivals: {busy-hour-erlangs: 36}, holding: {mean: 3m}}\n"
                        "  - {name: video, media: video, service: b2b, via: {cluster: c}, "
                        "arrivals: {busy-hour-erlangs: 20}, holding: {mean: 5m}}\n"
                        "run: {length: 24h, replications: 200, seed: 1}\n");
    assert_expected("a day, started empty", 1,
                    LAB "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
                        "arrivals: {rate: 1000/h, steps: [[0h, 0.5], [1h, 1.6], [2h, 1.7], [4h, "
                        "0.1]]}, holding: {distribution: deterministic, mean: 3m}}\n"
                        "run: {length: 6h, warmup: none, replications: 200, seed: 1}\n");
}

static void test_intervals_hold_the_truth(void **state)
{
    (void)state;
    enum { RUNS = 300, REPLICATIONS = 20 };
    int inside = 0, had = 0;
    double exact = erlang_b(20, 12), wide = 0, narrow = 0, mean = 0;
    begin("platforms: [{name: lab, units: 10}]\n"
          "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
          "units: 1, arrivals: {busy-hour-erlangs: 12}, holding: {mean: 1h}}\n"
          "run: {length: 100h, seed: 1}\n");
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        struct results results = watched(seed, REPLICATIONS, METHOD_AUTO, 1);
        size_t metric = results_find(&results, SCOPE_CLASS, "audio", "blocked_fraction");
        struct interval counted = results_interval(&results, metric, 0), x;
        if (control_interval(&results, metric, &x)) {
            had++;
            inside += x.low <= exact && exact <= x.high;
            wide += counted.high - counted.low;
            narrow += x.high - x.low;
            mean += x.value;
        }
        results_release(&results);
    }
    end();
    double share = (double)inside / had;
    print_message("%d of %d intervals hold it, mean %g of it, %g of the width\n", inside, had,
                  mean / had / exact, narrow / wide);
    assert_true(had > RUNS * 0.9);
    /* 95 % within 99.99 % of chance. */
    assert_true(fabs(share - 0.95) < 3.9 * sqrt(0.95 * 0.05 / had));
    assert_true(narrow < 0.5 * wide);
}

/* Rows of a run that watches begin with those of one that does not; for any number of jobs. */
static void test_watching_changes_nothing(void **state)
{
    (void)state;
    begin(LAB "clusters: [{name: c, redundancy: none, " LICENSED "}]\n" CALLS
              "arrivals: {busy-hour-erlangs: 36}, holding: {mean: 3m}}\n"
              "  - {name: video, media: video, service: b2b, via: {cluster: c}, "
              "arrivals: {busy-hour-erlangs: 20}, holding: {mean: 5m}}\n"
              "run: {length: 24h, seed: 1}\n");
    struct results with = watched(1, 12, METHOD_AUTO, 3), without = watched(1, 12, METHOD_PLAIN, 1),
                   alone = watched(1, 12, METHOD_AUTO, 1);
    assert_int_equal(with.control_count, 2);
    assert_int_equal(without.control_count, 0);
    assert_int_equal(with.events, without.events);
    for (size_t r = 0; r < 12; r++) {
        assert_memory_equal(with.rows[r], without.rows[r], with.tally_count * sizeof(double));
        assert_memory_equal(with.rows[r], alone.rows[r], (with.tally_count + 2) * sizeof(double));
    }
    results_release(&with);
    results_release(&without);
    results_release(&alone);
    end();
}

static void assert_none(const char *text)
{
    begin(text);
    struct results results = watched(1, 2, METHOD_AUTO, 1);
    assert_int_equal(results.control_count, 0);
    results_release(&results);
    end();
}

static void test_where_it_does_not_hold(void **state)
{
    (void)state;
    assert_none(LAB "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
                    "arrivals: {busy-hour-erlangs: 80}, holding: {mean: 3m}, "
                    "redial: {probability: 0.5, after: 10s}}\n"
                    "run: {length: 1h, seed: 1}\n");
    assert_none(LAB "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
                    "arrivals: {busy-hour-erlangs: 80}, holding: {mean: 3m}}\n"
                    "outages: [{peer: a, at: 10m, for: 10m}]\n"
                    "run: {length: 1h, seed: 1}\n");
    assert_none(LAB "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
                    "arrivals: {busy-hour-erlangs: 80}, holding: {mean: 3m}}\n"
                    "run: {length: 1h, from: steady, seed: 1}\n");
    assert_none(LAB "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
                    "arrivals: {busy-hour-erlangs: 20}, holding: {mean: 3m}}\n"
                    "run: {length: 1h, seed: 1}\n");
}

/* A precision is reached with a fraction of the calls, and the figure is right. */
static void test_precision_takes_fewer(void **state)
{
    (void)state;
    struct results counted, controlled;
    begin("platforms: [{name: lab, units: 50}]\n"
          "clusters: [{name: c, redundancy: none, " PEERS "}]\n" CALLS
          "units: 1, arrivals: {busy-hour-erlangs: 84}, holding: {mean: 3m}}\n"
          "run: {length: 8h, seed: 1}\n");
    struct experiment_options options = {.method = METHOD_PLAIN, .precision = 0.05, .jobs = 2};
    assert_true(experiment_run(&scenario, &options, &counted, &errors));
    options.method = METHOD_AUTO;
    assert_true(experiment_run(&scenario, &options, &controlled, &errors));
    size_t metric = results_find(&controlled, SCOPE_CLASS, "audio", "blocked_fraction");
    const struct refined *refined = results_refined(&controlled, metric);
    assert_non_null(refined);
    assert_int_equal(refined->by, REFINED_CONTROL);
    struct interval x = results_interval(&controlled, metric, 0);
    double exact = erlang_b(100, 84), error = (x.high - x.low) / 3.92;
    print_message("%zu replications instead of %zu: %g (%g to %g), right %g\n",
                  controlled.replications, counted.replications, x.value, x.low, x.high, exact);
    assert_true(4 * controlled.replications < counted.replications);
    assert_true((x.high - x.low) / 2 <= 0.05 * x.value);
    assert_true(fabs(x.value - exact) < 4.5 * error);
    results_release(&counted);
    results_release(&controlled);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expected_time_over_the_limit),
        cmocka_unit_test(test_intervals_hold_the_truth),
        cmocka_unit_test(test_watching_changes_nothing),
        cmocka_unit_test(test_where_it_does_not_hold),
        cmocka_unit_test(test_precision_takes_fewer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
