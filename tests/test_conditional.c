/* Rare refusals by conditioning: against Erlang's formula, and against plain simulation where that
 * still counts them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/formulas/erlang.h"
#include "sim/study/conditional.h"
#include "sim/study/experiment.h"
#include "tests/planned.h"

#define SEED 20261130

static struct conditional_figure conditional(uint32_t class_index, nanos warmup, int jobs,
                                             uint32_t hits)
{
    struct conditional_figure figure;
    const struct conditional_options options = {
        .seed = SEED, .warmup = warmup, .jobs = jobs, .hits = hits};
    assert_true(conditional_run(&plan, class_index, &options, &figure, &errors));
    return figure;
}

/* 99.99 % on either side of a figure of 400 hits. */
static void assert_holds(struct interval share, double exact)
{
    double error = (share.high - share.low) / 2 / 1.96;
    print_message("%g (%g to %g), right %g\n", share.value, share.low, share.high, exact);
    assert_true(fabs(share.value - exact) < 4.5 * error + 0.01 * exact);
}

/* Erlangs at which Erlang B of 400 is 1e-4, 1e-6, 1e-9 and 1e-12 within a tenth. */
static void test_loss_model_is_erlang_b(void **state)
{
    (void)state;
    static const double loads[] = {330, 309, 286, 268};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "platforms: [{name: lab, units: 100}]\n"
                 "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: lab}, "
                 "{name: b, platform: lab}, {name: d, platform: lab}, {name: e, platform: lab}]}]\n"
                 "calls: [{name: v, media: audio, service: webex, units: 1, via: {cluster: c}, "
                 "arrivals: {busy-hour-erlangs: %g}, holding: {distribution: lognormal, mean: 3m, "
                 "cv: 1.4}}]\n"
                 "run: {length: 8h, seed: 1}\n",
                 loads[i]);
        begin(text);
        struct conditional_figure figure = conditional(0, DAY, 0, 400);
        assert_null(figure.obstacle);
        assert_int_equal(figure.hits, 400);
        assert_true(figure.bound > figure.share.value);
        assert_holds(figure.share, erlang_b(400, loads[i]));
        end();
    }
}

/* ---- Two peers that fail, as a chain ---- */

#define ROOM    6
#define STATES  (4 * (ROOM + 1) * (ROOM + 1))
#define FAILS   (1 / 1000.0) /* a holding time */
#define RETURNS (1 / 5.0)

static int state_of(int up, int a, int b)
{
    return (up * (ROOM + 1) + a) * (ROOM + 1) + b;
}

/* Where an offered call goes: 0 or 1, the peer with more room; -1: it is refused. */
static int goes_to(int up, int a, int b)
{
    bool first = up & 1 && a < ROOM, second = up & 2 && b < ROOM;
    return first && (!second || a <= b) ? 0 : second ? 1 : -1;
}

static void flow(double *to, double from, double rate, int state)
{
    to[state] += from * rate;
}

/* One step of the chain made uniform. */
static void step(const double *p, double *q, double erlangs, double most)
{
    for (int i = 0; i < STATES; i++) {
        int b = i % (ROOM + 1), a = i / (ROOM + 1) % (ROOM + 1), up = i / (ROOM + 1) / (ROOM + 1);
        double left = most, x = p[i] / most;
        int to = goes_to(up, a, b);
        if (to >= 0) {
            flow(q, x, erlangs, state_of(up, a + (to == 0), b + (to == 1)));
            left -= erlangs;
        }
        if (a > 0)
            flow(q, x, a, state_of(up, a - 1, b));
        if (b > 0)
            flow(q, x, b, state_of(up, a, b - 1));
        left -= a + b;
        for (int peer = 0; peer < 2; peer++) {
            double rate = up >> peer & 1 ? FAILS : RETURNS;
            bool falls = up >> peer & 1;
            flow(q, x, rate,
                 state_of(up ^ 1 << peer, falls && peer == 0 ? 0 : a, falls && peer == 1 ? 0 : b));
            left -= rate;
        }
        q[i] += x * left;
    }
}

static double chain_refused(double erlangs)
{
    static double p[STATES], q[STATES];
    double refused = 0;
    memset(p, 0, sizeof p);
    p[state_of(3, 0, 0)] = 1;
    for (int i = 0; i < 40000; i++) {
        memset(q, 0, sizeof q);
        step(p, q, erlangs, erlangs + 2 * ROOM + 1);
        memcpy(p, q, sizeof p);
    }
    for (int i = 0; i < STATES; i++)
        if (goes_to(i / (ROOM + 1) / (ROOM + 1), i / (ROOM + 1) % (ROOM + 1), i % (ROOM + 1)) < 0)
            refused += p[i];
    return refused;
}

/* At the greater load limits are often reached with a peer away, at the less seldom. */
static void test_peers_that_fail_are_a_chain(void **state)
{
    (void)state;
    static const double loads[] = {4, 1.5};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "platforms: [{name: lab, units: 6}]\n"
                 "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: lab}, "
                 "{name: b, platform: lab}]}]\n"
                 "calls: [{name: v, media: audio, service: webex, units: 1, via: {cluster: c}, "
                 "arrivals: {busy-hour-erlangs: %g}, holding: {mean: 1h}}]\n"
                 "outages: [{cluster: c, mtbf: 1000h, mttr: 5h}]\n"
                 "run: {length: 1000h, seed: 1}\n",
                 loads[i]);
        begin(text);
        struct conditional_figure figure = conditional(0, 100 * DAY, 0, 4000);
        assert_null(figure.obstacle);
        assert_holds(figure.share, chain_refused(loads[i]));
        end();
    }
}

/* The same figure by counting. */
static struct interval plain(uint32_t class_index, nanos *warmup)
{
    struct results results = {0};
    struct experiment_options options = {.seed_given = true, .seed = SEED + 1};
    assert_true(experiment_run(&scenario, &options, &results, &errors));
    size_t metric =
        results_find(&results, SCOPE_CLASS, scenario.classes[class_index].name, "blocked_fraction");
    assert_true(metric != SIZE_MAX);
    struct interval share = results_interval(&results, metric, 0);
    *warmup = results.warmup;
    results_release(&results);
    return share;
}

static void assert_agrees(const char *label, const char *text)
{
    begin(text);
    for (uint32_t k = 0; k < scenario.class_count; k++) {
        nanos warmup;
        struct interval counted = plain(k, &warmup);
        struct conditional_figure figure = conditional(k, warmup, 0, 150);
        if (figure.obstacle)
            print_error("%s: %s\n", label, figure.obstacle);
        assert_null(figure.obstacle);
        double a = (counted.high - counted.low) / 3.92;
        double b = (figure.share.high - figure.share.low) / 3.92;
        print_message("%s %s: counted %g (%g to %g), conditional %g (%g to %g)\n", label,
                      scenario.classes[k].name, counted.value, counted.low, counted.high,
                      figure.share.value, figure.share.low, figure.share.high);
        assert_true(counted.value > 0);
        assert_true(fabs(counted.value - figure.share.value) <
                    4.5 * sqrt(a * a + b * b) + 0.01 * counted.value);
    }
    end();
}

#define LAB                                                                                        \
    "platforms: [{name: lab, units: 100, audio-weight: 1, video-weight: 2, mra-video-weight: 2, "  \
    "rms: 60}]\n"
#define PEERS(extra)                                                                               \
    "peers: [{name: a, platform: lab" extra "}, {name: b, platform: lab" extra                     \
    "}, {name: d, platform: lab" extra "}]"

static void test_two_sizes_share_three_peers(void **state)
{
    (void)state;
    assert_agrees(
        "fragmentation",
        LAB "clusters: [{name: c, redundancy: none, " PEERS(
            "") "}]\n"
                "calls:\n"
                "  - {name: audio, media: audio, service: webex, via: {cluster: c}, arrivals: "
                "{busy-hour-erlangs: 110}, holding: {mean: 3m}}\n"
                "  - {name: video, media: video, service: webex, via: {cluster: c}, arrivals: "
                "{busy-hour-erlangs: 66}, holding: {mean: 3m}}\n"
                "run: {length: 20h, replications: 30, seed: 1}\n");
}

static void test_a_pool_of_licences(void **state)
{
    (void)state;
    assert_agrees(
        "pool",
        LAB "clusters: [{name: c, redundancy: none, " PEERS(
            ", rms: 25") "}]\n"
                         "calls:\n"
                         "  - {name: free, media: video, service: webex, via: {cluster: c}, "
                         "arrivals: "
                         "{busy-hour-erlangs: 62}, holding: {mean: 3m}}\n"
                         "  - {name: b2b, media: video, service: b2b, via: {cluster: c}, arrivals: "
                         "{busy-hour-erlangs: 55}, holding: {distribution: gamma, mean: 6m, cv: "
                         "0.7}}\n"
                         "run: {length: 40h, replications: 30, seed: 1}\n");
}

static void test_a_day_with_bursts_and_a_planned_outage(void **state)
{
    (void)state;
    assert_agrees(
        "day",
        LAB "clusters: [{name: c, redundancy: none, " PEERS(
            "") "}]\n"
                "calls:\n"
                "  - {name: v, media: video, service: webex, via: {cluster: c}, arrivals: "
                "{rate: 1/h, steps: [[0h, 60], [9h, 900], [10h, 2500], [10h5m, 600], [12h, 300], "
                "[14h, 1000], [18h, 100]]}, holding: {distribution: lognormal, mean: 5m, cv: 1}}\n"
                "outages: [{peer: a, at: \"14:30\", for: 1h}]\n"
                "run: {start: \"2026-03-02T00:00\", length: 24h, warmup: none, replications: 60, "
                "seed: 1}\n");
}

static void test_edge_and_core_and_a_pipe(void **state)
{
    (void)state;
    assert_agrees("edge and core", LAB
                  "clusters:\n"
                  "  - {name: edge, role: edge, traversal: core, redundancy: none, peers: [{name: "
                  "e1, platform: lab}, {name: e2, platform: lab}]}\n"
                  "  - {name: core, role: core, redundancy: none, peers: [{name: c1, platform: "
                  "lab}, {name: c2, platform: lab}]}\n"
                  "zones: [{name: internet, kind: neighbour, cluster: edge}]\n"
                  "pipes: [{name: wan, total: 160M}]\n"
                  "calls:\n"
                  "  - {name: v, media: video, service: b2b, via: {zone: internet}, pipes: {wan: "
                  "2M}, arrivals: {busy-hour-erlangs: 62}, holding: {mean: 4m}}\n"
                  "  - {name: local, media: video, service: webex, via: {cluster: core}, arrivals: "
                  "{busy-hour-erlangs: 14}, holding: {mean: 2m}}\n"
                  "run: {length: 40h, replications: 30, seed: 1}\n");
}

/* Devices call and are called at the peers where they are registered, of edge and of core; others
 * come by a zone of which any peer is drawn. */
static void test_registered_devices_and_random_choices(void **state)
{
    (void)state;
    assert_agrees(
        "registered",
        "platforms: [{name: lab, units: 40, audio-weight: 1, video-weight: 2, mra-video-weight: 2, "
        "registrations: 5000, mra-registrations: 5000, rms: 40}]\n"
        "clusters:\n"
        "  - {name: edge, role: edge, traversal: core, redundancy: none, " PEERS(
            "") "}\n"
                "  - {name: core, role: core, redundancy: none, peers: [{name: x, platform: lab}, "
                "{name: y, platform: lab}]}\n"
                "zones: [{name: internet, kind: dns, cluster: edge, peers: [{peer: a, weight: 60}, "
                "{peer: b, weight: 20}, {peer: d, weight: 20}]}]\n"
                "endpoints: [{name: phones, cluster: edge, count: 1001, device: desktop, access: "
                "mra, failover: mra}]\n"
                "calls:\n"
                "  - {name: out, media: audio, service: mra, via: {endpoints: phones}, "
                "arrivals: {busy-hour-erlangs: 44}, holding: {mean: 3m}}\n"
                "  - {name: in, media: video, service: b2b, via: {zone: internet}, "
                "arrivals: {busy-hour-erlangs: 7}, holding: {mean: 5m}}\n"
                "run: {length: 200h, replications: 20, seed: 1}\n");
}

/* Short outages, which begin and end within the window, and long ones; of edge and of core; with
 * the run's beginning in sight, where all are there, and long after it. */
static void test_peers_that_fail(void **state)
{
    (void)state;
    assert_agrees("failing",
                  LAB "clusters: [{name: c, redundancy: none, " PEERS(
                      "") "}]\n"
                          "calls:\n"
                          "  - {name: v, media: audio, service: webex, via: {cluster: c}, "
                          "arrivals: {busy-hour-erlangs: 205}, holding: {mean: 3m}}\n"
                          "outages: [{cluster: c, mtbf: 20h, mttr: 10m}]\n"
                          "run: {length: 200h, replications: 30, seed: 1}\n");
    assert_agrees(
        "failing, edge and core",
        LAB "clusters:\n"
            "  - {name: e, role: edge, traversal: i, redundancy: none, " PEERS(
                "") "}\n"
                    "  - {name: i, role: core, redundancy: none, peers: [{name: x, platform: lab}, "
                    "{name: y, platform: lab}]}\n"
                    "calls:\n"
                    "  - {name: v, media: video, service: b2b, via: {cluster: e}, "
                    "arrivals: {rate: 1200/h, steps: [[0h, 0.5], [2h, 1], [3h, 0.6]]}, holding: "
                    "{distribution: lognormal, mean: 3m, cv: 1.3}}\n"
                    "outages: [{cluster: e, mtbf: 10h, mttr: 30m}, {peer: x, mtbf: 15h, mttr: "
                    "20m}]\n"
                    "run: {length: 4h, replications: 1500, seed: 1}\n");
}

static void assert_same_for_any_number_of_jobs(const char *text)
{
    begin(text);
    struct conditional_figure one = conditional(0, DAY, 1, 100),
                              three = conditional(0, DAY, 3, 100);
    assert_null(one.obstacle);
    assert_true(one.share.value == three.share.value && one.share.low == three.share.low);
    assert_int_equal(one.samples, three.samples);
    end();
}

#define VIDEO                                                                                      \
    "calls:\n"                                                                                     \
    "  - {name: v, media: video, service: webex, via: {cluster: c}, arrivals: "                    \
    "{busy-hour-erlangs: "                                                                         \
    "110}, holding: {mean: 3m}}\n"                                                                 \
    "run: {length: 8h, seed: 1}\n"

static void test_the_same_for_any_number_of_jobs(void **state)
{
    (void)state;
    assert_same_for_any_number_of_jobs(
        LAB "clusters: [{name: c, redundancy: none, " PEERS("") "}]\n" VIDEO);
    assert_same_for_any_number_of_jobs(LAB "clusters: [{name: c, redundancy: none, " PEERS(
        "") "}]\noutages: [{cluster: c, mtbf: 20h, mttr: 10m}]\n" VIDEO);
}

static void test_what_it_cannot_do_it_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *call, *words;
    } cases[] = {
        {"redial: {probability: 50%, after: 30s}, arrivals: {rate: 60/h}", "redial"},
        {"arrivals: {sources: 20, idle: 1h}", "finite population"},
        {"arrivals: {rate: 60/h, batches: [[1, 0.5], [4, 0.5]]}", "batches"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 LAB "clusters: [{name: c, redundancy: none, " PEERS(
                     "") "}]\n"
                         "calls:\n  - {name: v, media: video, service: webex, via: {cluster: c}, "
                         "holding: "
                         "{mean: 3m}, %s}\nrun: {length: 8h, seed: 1}\n",
                 cases[i].call);
        begin(text);
        struct conditional_figure figure = conditional(0, DAY, 1, 100);
        assert_non_null(figure.obstacle);
        assert_non_null(strstr(figure.obstacle, cases[i].words));
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss_model_is_erlang_b),
        cmocka_unit_test(test_two_sizes_share_three_peers),
        cmocka_unit_test(test_a_pool_of_licences),
        cmocka_unit_test(test_a_day_with_bursts_and_a_planned_outage),
        cmocka_unit_test(test_edge_and_core_and_a_pipe),
        cmocka_unit_test(test_registered_devices_and_random_choices),
        cmocka_unit_test(test_peers_that_fail),
        cmocka_unit_test(test_peers_that_fail_are_a_chain),
        cmocka_unit_test(test_the_same_for_any_number_of_jobs),
        cmocka_unit_test(test_what_it_cannot_do_it_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
