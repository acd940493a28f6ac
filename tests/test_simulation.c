/* The simulator against closed forms and hand calculations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "data/scenario_file.h"
#include "model/formulas/erlang.h"
#include "model/formulas/kaufman_roberts.h"
#include "sim/study/experiment.h"

static void read_text(const char *text, struct scenario *scenario)
{
    struct errors errors;
    errors_init(&errors);
    bool ok = scenario_read_text(text, strlen(text), "test", ".", scenario, &errors);
    for (size_t i = 0; i < errors.count; i++)
        print_message("%ld:%ld: %s\n", errors.items[i].line, errors.items[i].column,
                      errors.items[i].message);
    errors_release(&errors);
    assert_true(ok);
}

static struct results run_text(const char *text, int jobs)
{
    struct scenario scenario;
    struct results results;
    struct errors errors;
    read_text(text, &scenario);
    errors_init(&errors);
    struct experiment_options options = {.jobs = jobs};
    assert_true(experiment_run(&scenario, &options, &results, &errors));
    errors_release(&errors);
    scenario_release(&scenario);
    return results;
}

/* |z| of a metric against an exact value, by its own interval. */
static double z_of(const struct results *r, enum scope scope, const char *name, const char *metric,
                   double exact)
{
    size_t m = results_find(r, scope, name, metric);
    assert_true(m != SIZE_MAX);
    struct interval i = results_interval(r, m, 0);
    double half = (i.high - i.low) / 2;
    print_message("%s %s: %g +- %g, exact %g\n", name, metric, i.value, half, exact);
    if (half == 0)
        return i.value == exact ? 0 : INFINITY;
    return fabs(i.value - exact) / (half / statistics_student(r->replications - 1));
}

#define PEERS "peers: [{name: p1, platform: node}, {name: p2, platform: node}]"
#define HEAD(cluster, units)                                                                       \
    "scenario: test\nplatforms: [{name: node, units: " units "}]\nclusters:\n"                     \
    "  - {name: c, redundancy: none, " cluster ", " PEERS "}\n"

/* One class of unit calls is Erlang B of the summed capacity, whatever the policy and the law of
 * holding times. */
static void unit_calls_give_erlang_b_under_every_policy(void **state)
{
    (void)state;
    static const char *const clusters[] = {
        "ties: random",        "ties: lowest",          "selection: first-fit",
        "selection: best-fit", "selection: random-fit", "selection: random, when-full: next",
    };
    static const char *const laws[] = {
        "{distribution: exponential, mean: 1s}",
        "{distribution: deterministic, mean: 1s}",
        "{distribution: lognormal, mean: 1s, cv: 1.4}",
        "{distribution: erlang, k: 3, mean: 1s}",
        "{distribution: gamma, mean: 1s, cv: 2}",
        "{distribution: hyperexponential, probabilities: [0.8, 0.2], means: [0.5s, 3s]}",
    };
    for (size_t i = 0; i < 6; i++) {
        char text[2000];
        snprintf(text, sizeof text,
                 "scenario: t\nplatforms: [{name: node, units: 5}]\nclusters:\n  - {name: c, "
                 "redundancy: none, %s, " PEERS
                 "}\ncalls:\n  - {name: a, media: audio, via: {cluster: c}, arrivals: {rate: 7/s}, "
                 "holding: %s}\n"
                 "run: {length: 500s, warmup: 30s, replications: 60, seed: %zu, interval: 100s}\n",
                 clusters[i], laws[i], i + 1);
        struct results r = run_text(text, 2);
        assert_true(z_of(&r, SCOPE_CLASS, "a", "blocked_fraction", erlang_b(10, 7)) < 4.5);
        assert_true(z_of(&r, SCOPE_CLASS, "a", "mean_in_progress", 7 * (1 - erlang_b(10, 7))) <
                    4.5);
        results_release(&r);
    }
}

static void mixed_calls_on_one_peer_give_kaufman_roberts(void **state)
{
    (void)state;
    struct results r =
        run_text("scenario: t\nplatforms: [{name: node, units: 10}]\nclusters:\n"
                 "  - {name: c, redundancy: none, peers: [{name: p, platform: node}]}\ncalls:\n"
                 "  - {name: a, media: audio, via: {cluster: c}, arrivals: {rate: 3/s}, holding: "
                 "{distribution: exponential, mean: 1s}}\n"
                 "  - {name: v, media: video, via: {cluster: c}, arrivals: {rate: 2/s}, holding: "
                 "{distribution: exponential, mean: 1s}}\n"
                 "run: {length: 500s, warmup: 20s, replications: 80, interval: 100s}\n",
                 2);
    struct kr_class classes[] = {{.load = 3, .units = 1}, {.load = 2, .units = 2}};
    struct kr_result whole;
    assert_true(kaufman_roberts(10, classes, 2, &whole));
    assert_true(z_of(&r, SCOPE_CLASS, "a", "blocked_fraction", classes[0].blocking) < 4.5);
    assert_true(z_of(&r, SCOPE_CLASS, "v", "blocked_fraction", classes[1].blocking) < 4.5);
    results_release(&r);
}

/* Little: calls in progress = carried rate x mean holding time, in every single run of fixed
 * holding times. */
static void littles_law_holds(void **state)
{
    (void)state;
    struct results r =
        run_text(HEAD("ties: random",
                      "20") "calls:\n  - {name: a, media: video, via: {cluster: c}, arrivals: "
                            "{rate: 0.1/s}, holding: {distribution: deterministic, mean: 60s}}\n"
                            "run: {length: 100h, warmup: 10m, replications: 5}\n",
                 1);
    for (size_t i = 0; i < r.replications; i++) {
        double carried = results_value(&r, results_find(&r, SCOPE_CLASS, "a", "carried"), i);
        double progress =
            results_value(&r, results_find(&r, SCOPE_CLASS, "a", "mean_in_progress"), i);
        double edge = 20.0 * 60 / (100 * 3600); /* calls in progress at either end */
        assert_true(fabs(progress - carried * 60 / (100 * 3600)) < edge);
    }
    results_release(&r);
}

static void results_do_not_depend_on_the_number_of_threads(void **state)
{
    (void)state;
    const char *text = HEAD(
        "ties: random", "20") "calls:\n  - {name: a, media: audio, via: {cluster: c}, arrivals: "
                              "{rate: 0.5/s}, holding: {distribution: exponential, mean: 60s}}\n"
                              "outages: [{cluster: c, mtbf: 1h, mttr: 10m}]\nrun: {length: 10h, "
                              "replications: 13, seed: 5}\n";
    struct results one = run_text(text, 1);
    for (int jobs = 2; jobs <= 7; jobs += 5) {
        struct results many = run_text(text, jobs);
        assert_int_equal(one.replications, many.replications);
        assert_int_equal(one.alarm_count, many.alarm_count);
        for (size_t i = 0; i < one.replications; i++) {
            assert_memory_equal(one.rows[i], many.rows[i], one.tally_count * sizeof(double));
            assert_memory_equal(one.series_values[i], many.series_values[i],
                                one.intervals * one.series_columns * sizeof(float));
        }
        results_release(&many);
    }
    results_release(&one);
}

/* Adding a class, a peer elsewhere or an outage must not shift the random numbers of what was
 * there. */
static void a_further_class_shifts_nothing(void **state)
{
    (void)state;
    struct results a =
        run_text(HEAD("ties: random",
                      "1000") "calls:\n  - {name: a, media: audio, via: {cluster: c}, arrivals: "
                              "{rate: 0.5/s}, holding: {distribution: exponential, mean: 60s}}\n"
                              "run: {length: 2h, replications: 2, warmup: none}\n",
                 1);
    struct results b =
        run_text(HEAD("ties: random",
                      "1000") "calls:\n  - {name: z, media: audio, via: {cluster: c}, arrivals: "
                              "{rate: 0.2/s}, holding: {distribution: exponential, mean: 20s}}\n"
                              "  - {name: a, media: audio, via: {cluster: c}, arrivals: {rate: "
                              "0.5/s}, holding: {distribution: exponential, mean: 60s}}\n"
                              "run: {length: 2h, replications: 2, warmup: none}\n",
                 1);
    for (size_t i = 0; i < 2; i++) {
        size_t ma = results_find(&a, SCOPE_CLASS, "a", "mean_in_progress"),
               mb = results_find(&b, SCOPE_CLASS, "a", "mean_in_progress");
        assert_true(results_value(&a, ma, i) == results_value(&b, mb, i));
    }
    results_release(&a);
    results_release(&b);
}

static void rates_are_exact_at_the_edges_of_steps(void **state)
{
    (void)state;
    struct results r =
        run_text(HEAD("ties: random",
                      "100000") "calls:\n  - {name: a, media: audio, via: {cluster: c}, arrivals: "
                                "{rate: 3600/h, steps: [[0h, 0], [6h, 1], [12h, 0], [18h, 0.5]]},"
                                " holding: {distribution: exponential, mean: 10s}}\n"
                                "run: {length: 48h, replications: 20, interval: 6h}\n",
                 2);
    const double rates[4] = {0, 1, 0, 0.5};
    for (size_t s = 0; s < r.series_count; s++) {
        if (strcmp(r.series[s].metric, "blocked_fraction") != 0)
            continue;
        for (size_t i = 0; i < 8; i++) {
            double sum = 0;
            for (size_t n = 0; n < 20; n++)
                sum += (double)r.series_values[n][i * r.series_columns + r.series[s].column + 1];
            double expected = rates[i % 4] * 21600 * 20;
            assert_true(fabs(sum - expected) <= 4.5 * sqrt(expected));
        }
    }
    results_release(&r);
}

/* Sessions limited by more than there can be change nothing, but call for the full way through
 * admission. */
static void the_short_way_gives_what_the_full_way_gives(void **state)
{
    (void)state;
    static const char *const sessions[] = {"", ", max-sessions: 1000"};
    static const char *const ties[] = {"random", "lowest"};
    for (int t = 0; t < 2; t++) {
        struct results ways[2];
        for (int w = 0; w < 2; w++) {
            char text[2000];
            snprintf(
                text, sizeof text,
                "scenario: t\nplatforms: [{name: node, units: 20, rms: 9}]\nclusters:\n"
                "  - {name: c, cluster-cap: 50, ties: %s, detect: 1m, peers: [{name: p1, platform: "
                "node, rms: 8%s},"
                " {name: p2, platform: node, rms: 7%s}, {name: p3, platform: node%s}]}\ncalls:\n"
                "  - {name: a, media: audio, via: {cluster: c}, arrivals: {rate: 0.4/s}, holding: "
                "{distribution: exponential, mean: 60s}}\n"
                "  - {name: v, media: video, via: {cluster: c}, arrivals: {rate: 0.2/s}, holding: "
                "{distribution: lognormal, mean: 60s, cv: 2}}\n"
                "  - {name: b, media: audio, via: {cluster: c}, arrivals: {rate: 60/h, batches: "
                "[[1, 0.5], [6, 0.5]]}, holding: {mean: 60s}}\n"
                "outages: [{cluster: c, mtbf: 1h, mttr: 10m}]\n"
                "run: {length: 10h, warmup: none, replications: 5}\n",
                ties[t], sessions[w], sessions[w], sessions[w]);
            ways[w] = run_text(text, 1);
        }
        assert_int_equal(ways[0].alarm_count, ways[1].alarm_count);
        for (size_t i = 0; i < 5; i++) {
            assert_memory_equal(ways[0].rows[i], ways[1].rows[i],
                                ways[0].tally_count * sizeof(double));
            assert_memory_equal(ways[0].series_values[i], ways[1].series_values[i],
                                ways[0].intervals * ways[0].series_columns * sizeof(float));
        }
        results_release(&ways[0]);
        results_release(&ways[1]);
    }
}

/* A start in the steady state is right from the first moment: a run of half a holding time already
 * has the long-run mean. */
static void a_steady_start_needs_no_warm_up(void **state)
{
    (void)state;
    static const char *const laws[] = {
        "{distribution: exponential, mean: 100s}",
        "{distribution: deterministic, mean: 100s}",
        "{distribution: lognormal, mean: 100s, cv: 1.4}",
        "{distribution: erlang, k: 3, mean: 100s}",
        "{distribution: hyperexponential, probabilities: [0.8, 0.2], means: [50s, 300s]}",
    };
    for (size_t i = 0; i < 5; i++) {
        char text[2000];
        snprintf(text, sizeof text,
                 "scenario: t\nplatforms: [{name: node, units: 30, rms: 6}]\nclusters:\n"
                 "  - {name: c, redundancy: none, peers: [{name: p, platform: node}]}\ncalls:\n"
                 "  - {name: a, media: audio, via: {cluster: c}, arrivals: {rate: 0.1/s}, rms: 0, "
                 "holding: %s}\n"
                 "  - {name: v, media: video, via: {cluster: c}, arrivals: {rate: 0.05/s}, rms: 1, "
                 "holding: %s}\n"
                 "run: {length: 50s, replications: 4000, from: steady, interval: 50s, seed: %zu}\n",
                 laws[i], laws[i], i + 1);
        struct results r = run_text(text, 2);
        assert_int_equal(r.warmup, 0);
        /* with 30 units and 6 RMS the pool binds: v is Erlang B on 6, and 12 + a's Poisson(10)
         * rarely fill 30 units */
        double units = 0, total = 0, calls_a = 0, calls_v = 0;
        for (int v = 0; v <= 6; v++)
            for (int a = 0; a + 2 * v <= 30; a++) {
                double p = exp(a * log(10) - lgamma(a + 1) + v * log(5) - lgamma(v + 1));
                total += p;
                calls_a += p * a;
                calls_v += p * v;
                units += p * (a + 2 * v);
            }
        assert_true(z_of(&r, SCOPE_CLASS, "a", "mean_in_progress", calls_a / total) < 4.5);
        assert_true(z_of(&r, SCOPE_CLASS, "v", "mean_in_progress", calls_v / total) < 4.5);
        assert_true(z_of(&r, SCOPE_CLUSTER, "c", "mean_units", units / total) < 4.5);
        results_release(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unit_calls_give_erlang_b_under_every_policy),
        cmocka_unit_test(mixed_calls_on_one_peer_give_kaufman_roberts),
        cmocka_unit_test(littles_law_holds),
        cmocka_unit_test(results_do_not_depend_on_the_number_of_threads),
        cmocka_unit_test(a_further_class_shifts_nothing),
        cmocka_unit_test(rates_are_exact_at_the_edges_of_steps),
        cmocka_unit_test(a_steady_start_needs_no_warm_up),
        cmocka_unit_test(the_short_way_gives_what_the_full_way_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
