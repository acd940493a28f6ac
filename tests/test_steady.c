/* A start in the steady state against sums over all states. Runs are so short that a wrong start
 * shows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sim/study/statistics.h"
#include "tests/replay.h"

#define KINDS 3

static struct results run_text(const char *text)
{
    struct replay *replay = replay_run(text, NULL, 0);
    struct results results = replay->results;
    scenario_release(&replay->scenario);
    free(replay);
    return results;
}

static void assert_near(const struct results *r, enum scope scope, const char *name,
                        const char *metric, double exact)
{
    size_t m = results_find(r, scope, name, metric);
    assert_true(m != SIZE_MAX);
    struct interval i = results_interval(r, m, 0);
    double error = (i.high - i.low) / 2 / statistics_student(r->replications - 1);
    print_message("%s %s: %g +- %g, exact %g\n", name, metric, i.value, error, exact);
    assert_true(fabs(i.value - exact) <= 4.5 * error + 1e-9 * exact);
}

/* Peers, a pool (RMS; -1: none) and up to three kinds of calls: erlangs, units, RMS in halves. */
struct setting {
    const char *peers, *platforms;
    int units; /* that whole calls can use */
    int rms;
    struct {
        double load;
        int units, halves;
    } kinds[KINDS];
};

static const struct setting settings[] = {
    {"{name: p, platform: u, rms: 40}", "{name: u, units: 500}", 500, 40, {{100, 2, 2}}},
    {"{name: p, platform: u, rms: 3}", "{name: u, units: 30}", 30, 3, {{10, 1, 1}, {5, 2, 2}}},
    {"{name: p, platform: u, rms: 4}",
     "{name: u, units: 30}",
     30,
     4,
     {{10, 1, 0}, {15, 2, 1}, {4, 3, 2}}},
    {"{name: p, platform: u, rms: 6}", "{name: u, units: 20}", 20, 6, {{50, 1, 2}, {30, 2, 1}}},
    {"{name: p, platform: u}", "{name: u, units: 41}", 41, -1, {{60, 2, 0}, {2, 5, 0}}},
    {"{name: p, platform: u, rms: 3}",
     "{name: u, units: 10}",
     10,
     3,
     {{40, 0, 1}, {6, 0, 0}, {30, 2, 1}}},
    {"{name: p, platform: u, rms: 4}, {name: q, platform: v, rms: 0}",
     "{name: u, units: 7}, {name: v, units: 9}",
     14,
     4,
     {{3, 0, 0}, {20, 2, 1}, {5, 2, 2}}},
    {"{name: p, platform: u}", "{name: u, units: 4000}", 4000, -1, {{3000, 1, 0}}},
    {"{name: p, platform: u, rms: 500}",
     "{name: u, units: 4000}",
     4000,
     500,
     {{3000, 1, 0}, {800, 2, 2}}},
};

/* Means over all states that fit, each product a^n / n!. */
static void sum_states(const struct setting *s, double calls[KINDS], double *units, double *rms)
{
    double total = 0, last = 0;
    memset(calls, 0, KINDS * sizeof *calls);
    *units = *rms = 0;
    int most[KINDS];
    for (int k = 0; k < KINDS; k++) {
        double load = s->kinds[k].load;
        most[k] = (int)ceil(load + 12 * sqrt(load) + (load > 0 ? 60 : 0));
        last += load;
    }
    for (int a = 0; a <= most[0]; a++)
        for (int b = 0; b <= most[1]; b++)
            for (int c = 0; c <= most[2]; c++) {
                int n[KINDS] = {a, b, c}, u = 0, h = 0;
                double p = -last;
                for (int k = 0; k < KINDS; k++) {
                    u += n[k] * s->kinds[k].units;
                    h += n[k] * s->kinds[k].halves;
                    p += n[k] ? n[k] * log(s->kinds[k].load) - lgamma(n[k] + 1) : 0;
                }
                if (u > s->units || (s->rms >= 0 && h > 2 * s->rms))
                    break;
                p = exp(p);
                total += p;
                *units += p * u;
                *rms += p * h / 2;
                for (int k = 0; k < KINDS; k++)
                    calls[k] += p * n[k];
            }
    *units /= total;
    *rms /= total;
    for (int k = 0; k < KINDS; k++)
        calls[k] /= total;
}

static struct results run_setting(const struct setting *s, const char *law, size_t seed)
{
    char text[2000];
    size_t n =
        (size_t)snprintf(text, sizeof text,
                         "scenario: t\nclusters: [{name: c, redundancy: none, peers: [%s]}]\n"
                         "platforms: [%s]\ncalls:\n",
                         s->peers, s->platforms);
    for (int k = 0; k < KINDS && s->kinds[k].load > 0; k++)
        n +=
            (size_t)snprintf(text + n, sizeof text - n,
                             "  - {name: k%d, media: audio, via: {cluster: c}, units: %d, "
                             "rms: %g, arrivals: {rate: %g/h}, holding: {distribution: %s}}\n",
                             k, s->kinds[k].units, s->kinds[k].halves / 2.0, s->kinds[k].load, law);
    snprintf(text + n, sizeof text - n,
             "run: {length: 3m, interval: 3m, from: steady, warmup: none, replications: %d, "
             "seed: %zu}\n",
             s->units < 1000 ? 2000 : 200, seed);
    return run_text(text);
}

static void the_state_is_drawn_exactly(void **state)
{
    (void)state;
    static const char *const laws[] = {"exponential, mean: 1h", "deterministic, mean: 1h",
                                       "lognormal, mean: 1h, cv: 1.5"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct setting *s = &settings[i];
        double calls[KINDS], units, rms;
        struct results r = run_setting(s, laws[i % 3], i + 1);
        assert_null(r.steady_obstacle);
        sum_states(s, calls, &units, &rms);
        for (int k = 0; k < KINDS && s->kinds[k].load > 0; k++)
            assert_near(&r, SCOPE_CLASS, (char[]){'k', (char)('0' + k), '\0'}, "mean_in_progress",
                        calls[k]);
        assert_near(&r, SCOPE_CLUSTER, "c", "mean_units", units);
        if (s->rms >= 0)
            assert_near(&r, SCOPE_POOL, "c.rms", "mean_in_use", rms);
        results_release(&r);
    }
}

#define PEERS(units, more)                                                                         \
    "scenario: t\nplatforms: [{name: u, units: " units "}]\nclusters:\n"                           \
    "  - {name: c, redundancy: none, peers: [{name: p, platform: u}" more "]}\ncalls:\n"
#define CALLS(name, units, rate)                                                                   \
    "  - {name: " name ", media: audio, via: {cluster: c}, units: " units ", arrivals: {" rate     \
    "}, holding: {mean: 1h}}\n"
#define BY_DAY "rate: 40/h, steps: [[0h, 0.5], [9h, 1], [20h, 0.25]]"

/* Load that depends on the time of day: the state is that of the rate which holds at the start. */
static void a_day_starts_with_the_rate_of_its_hour(void **state)
{
    (void)state;
    static const struct {
        const char *clock;
        double load;
    } hours[] = {{"2026-03-02T08:00", 20}, {"2026-03-02T09:00", 40}, {"2026-03-02T23:00", 10}};
    for (size_t i = 0; i < 3; i++) {
        char text[2000];
        snprintf(text, sizeof text,
                 PEERS("1000", "")
                     CALLS("a", "1", BY_DAY) "run: {start: \"%s\", length: 3m, interval: 3m, from: "
                                             "steady, replications: 2000}\n",
                 hours[i].clock);
        struct results r = run_text(text);
        assert_int_equal(r.warmup, 0);
        assert_null(r.steady_obstacle);
        assert_near(&r, SCOPE_CLASS, "a", "mean_in_progress", hours[i].load);
        results_release(&r);
    }
}

/* Where no product form is known the run warms up at the rate of its start, not at that of the
 * hours before. */
static void without_a_product_form_the_rate_of_the_start_is_held(void **state)
{
    (void)state;
    struct results r =
        run_text(PEERS("1000", ", {name: q, platform: u}") CALLS("a", "1", BY_DAY)
                     CALLS("v", "2", BY_DAY) "run: {start: \"2026-03-02T09:00\", length: 3m, "
                                             "interval: 3m, from: steady, replications: 400}\n");
    assert_true(r.warmup >= 10 * HOUR);
    assert_string_equal(r.steady_obstacle, "calls of several sizes share several peers");
    assert_near(&r, SCOPE_CLASS, "a", "mean_in_progress", 40);
    assert_near(&r, SCOPE_CLASS, "v", "mean_in_progress", 40);
    results_release(&r);
}

/* A warm-up that is stated is kept, and the result knows that the start was asked for in vain. */
static void a_start_that_cannot_be_had_is_not_forgotten(void **state)
{
    (void)state;
    static const struct {
        const char *more, *text;
    } obstacles[] = {
        {CALLS("a", "1", "rate: 9/h") CALLS("v", "2", "rate: 9/h"),
         "calls of several sizes share several peers"},
        {CALLS("a", "1", "sources: 9, idle: 1h"), "calls come from a finite population"},
        {CALLS("a", "1", "rate: 9/h, batches: [[1, 0.5], [2, 0.5]]"), "calls come in batches"},
        {CALLS("a", "1", "rate: 9/h") "outages: [{cluster: c, mtbf: 9d, mttr: 1h}]\n",
         "peers fail at random"},
    };
    for (size_t i = 0; i < sizeof obstacles / sizeof *obstacles; i++) {
        char text[2000];
        snprintf(text, sizeof text,
                 PEERS("20", ", {name: q, platform: u}") "%s"
                                                         "run: {length: 1h, interval: 1h, from: "
                                                         "steady, warmup: 6m, replications: 2}\n",
                 obstacles[i].more);
        struct results r = run_text(text);
        assert_int_equal(r.warmup, 6 * MINUTE);
        assert_string_equal(r.steady_obstacle, obstacles[i].text);
        results_release(&r);
    }
    struct results r = run_text(PEERS("20", "") CALLS("a", "1", "rate: 9/h") CALLS(
        "v", "2",
        "rate: 9/h") "run: {length: 1h, interval: 1h, from: empty, warmup: 6m, replications: 2}\n");
    assert_null(r.steady_obstacle);
    results_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_is_drawn_exactly),
        cmocka_unit_test(a_day_starts_with_the_rate_of_its_hour),
        cmocka_unit_test(without_a_product_form_the_rate_of_the_start_is_held),
        cmocka_unit_test(a_start_that_cannot_be_had_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
