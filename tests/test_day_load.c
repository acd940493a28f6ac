/* Load in time, peers up and down, registrations after a loss. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "model/formulas/availability.h"
#include "model/holding.h"
#include "tests/day_load.h"
#include "model/formulas/erlang.h"

static void close_to(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g within %g", value, expected, relative);
}

/* One server: full(t) = a/(1+a) (1 - exp(-(1+a) t)) from empty. */
static void one_server_by_hand(void **state)
{
    (void)state;
    double law[2] = {1, 0}, a = 0.7, t = 0.9, fixed = a / (1 + a), decay = -expm1(-(1 + a) * t);
    struct load_step step = {t, a};
    struct day_step out;
    assert_true(day_load_exact(1, 1, &step, 1, law, &out));
    close_to(law[1], fixed * decay, 1e-13);
    close_to(out.full_end, fixed * decay, 1e-13);
    close_to(out.blocked, a * fixed * (t - decay / (1 + a)), 1e-12);
    close_to(out.busy, fixed * (t - decay / (1 + a)) / t, 1e-12);
    close_to(out.offered, a * t, 0);
}

static void settles_to_erlang(void **state)
{
    (void)state;
    double law[31] = {1};
    struct load_step step = {200, 25};
    struct day_step out[2];
    assert_true(day_load_exact(30, 1, &step, 1, law, out));
    assert_true(day_load_exact(30, 1, &step, 1, law, out));
    close_to(out->blocked / out->offered, erlang_b(30, 25), 1e-10);
    close_to(out->busy, 25 * (1 - erlang_b(30, 25)), 1e-10);
}

/* A rate that lasts: once the law has settled no step is followed, and nothing is lost. In steps of
 * two rates that differ by nothing that matters every one is. */
static void a_rate_that_lasts_settles(void **state)
{
    (void)state;
    struct {
        int servers;
        double rate;
    } cases[] = {{1, 0.3}, {30, 25}, {200, 20}, {60, 0.01}, {40, 90}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct day_law quick, slow;
        struct day_step one, other;
        double rate = cases[i].rate;
        assert_true(day_law_init(&quick, cases[i].servers));
        assert_true(day_law_init(&slow, cases[i].servers));
        for (int k = 0; k < 70; k++) {
            assert_true(day_law_advance(&quick, 1, &(struct load_step){1, rate}, &one));
            double beside = k % 2 ? rate : rate * (1 + 1e-15);
            assert_true(day_law_advance(&slow, 1, &(struct load_step){1, beside}, &other));
            close_to(one.blocked, other.blocked, 1e-9);
            close_to(one.busy, other.busy, 1e-10);
        }
        close_to(one.blocked / one.offered, erlang_b(cases[i].servers, rate), 1e-9);
        close_to(one.busy, rate * (1 - erlang_b(cases[i].servers, rate)), 1e-10);
        assert_true(day_law_advance(&quick, 1, &(struct load_step){1, 2 * rate}, &one));
        assert_true(day_law_advance(&slow, 1, &(struct load_step){1, 2 * rate}, &other));
        close_to(one.blocked, other.blocked, 1e-9);
        day_law_release(&quick);
        day_law_release(&slow);
    }
}

/* Busy hours of a day on 40 servers, mean holding 15 minutes, 136 calls an hour at the peak: from
 * an exact solution. */
static void night_hours(void **state)
{
    (void)state;
    struct load_step steps[] = {{1, 136 * 0.05}, {1, 136 * 0.04}, {1, 136 * 0.03}, {1, 136 * 0.03}};
    struct day_step out[4];
    double law[41] = {1};
    assert_true(day_load_exact(40, 0.25, steps, 4, law, out));
    close_to(out[0].blocked, 2.27498441505e-40, 1e-10);
    close_to(out[1].busy, 1.43580159578, 1e-10);
    close_to(out[3].full_end, 9.80176937617e-49, 1e-10);
}

/* One long step goes in strides, many short ones jump by jump. */
static void strides_are_jumps(void **state)
{
    (void)state;
    const struct {
        int64_t servers;
        double first, then;
    } cases[] = {{600, 60, 580}, {600, 700, 60}, {250, 200, 240}, {1500, 100, 1450}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct day_law slow, quick;
        struct day_step part, whole;
        double blocked = 0, busy = 0;
        assert_true(day_law_init(&slow, cases[i].servers) &&
                    day_law_init(&quick, cases[i].servers));
        for (int k = 0; k < 4; k++)
            assert_true(day_law_advance(&slow, 1, &(struct load_step){0.5, cases[i].first}, &part));
        assert_true(day_law_advance(&quick, 1, &(struct load_step){2, cases[i].first}, &whole));
        for (int k = 0; k < 100; k++) {
            assert_true(day_law_advance(&slow, 1, &(struct load_step){0.1, cases[i].then}, &part));
            blocked += part.blocked;
            busy += part.busy / 100;
        }
        assert_true(day_law_advance(&quick, 1, &(struct load_step){10, cases[i].then}, &whole));
        assert_true(fabs(whole.blocked - blocked) < 1e-9 * whole.offered);
        close_to(whole.busy, busy, 1e-9);
        close_to(day_law_mean(&quick), day_law_mean(&slow), 1e-9);
        day_law_release(&slow);
        day_law_release(&quick);
    }
}

/* Fewer servers cut calls, further ones are empty. */
static void servers_come_and_go(void **state)
{
    (void)state;
    struct day_law l;
    struct day_step out;
    assert_true(day_law_init(&l, 40));
    assert_true(day_law_advance(&l, 1, &(struct load_step){30, 25}, &out));
    double before = day_law_mean(&l);
    day_law_thin(&l, 0.5);
    close_to(day_law_mean(&l), before / 2, 1e-12);
    assert_true(day_law_resize(&l, 20));
    assert_true(fabs(day_law_mean(&l) - before / 2) < 0.2);
    assert_true(day_law_resize(&l, 60) && day_law_full(&l) == 0);
    day_law_release(&l);
}

static void mean_load_without_limits(void **state)
{
    (void)state;
    double p[] = {0.8, 0.2}, m[] = {50, 300}, values[] = {10, 40, 250};
    const struct holding laws[] = {
        {.law = LAW_EXPONENTIAL, .mean = 100},
        {.law = LAW_DETERMINISTIC, .mean = 100},
        {.law = LAW_ERLANG, .mean = 100, .k = 3},
        {.law = LAW_GAMMA, .mean = 100, .cv = 0.7},
        {.law = LAW_LOGNORMAL, .mean = 100, .cv = 1.4},
        {.law = LAW_HYPEREXPONENTIAL, .mean = 100, .probabilities = p, .means = m, .count = 2},
        {.law = LAW_EMPIRICAL, .mean = 100, .means = values, .count = 3},
    };
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        close_to(holding_integral(&laws[i], 1e7), 100, 1e-6);
        close_to(holding_integral(&laws[i], 1e-3), 1e-3, 1e-3);
        assert_true(holding_integral(&laws[i], 0) == 0);
        /* Concave and rising, as the integral of a survival function is. */
        for (double u = 5; u < 900; u += 5) {
            /* Its integral rises by it: Simpson's rule between. */
            double twice =
                holding_integral_twice(&laws[i], u + 1) - holding_integral_twice(&laws[i], u);
            double simpson =
                (holding_integral(&laws[i], u) + 4 * holding_integral(&laws[i], u + 0.5) +
                 holding_integral(&laws[i], u + 1)) /
                6;
            close_to(twice, simpson, 1e-5);
            double slope = holding_integral(&laws[i], u + 5) - holding_integral(&laws[i], u);
            double before = holding_integral(&laws[i], u) - holding_integral(&laws[i], u - 5);
            assert_true(slope >= 0 && slope <= before + 1e-9);
        }
    }
}

static void peers_up(void **state)
{
    (void)state;
    double p[7];
    availability_identical(1, 9, 1, 0, p);
    close_to(p[1], 0.9, 1e-15);
    availability_identical(2, 9, 1, 1, p); /* one crew: 2, 2/9, 2/81 of the weight of both up */
    close_to(p[0] / p[2], 2.0 / 81, 1e-13);
    availability_identical(6, 0.99, 0.01, 0, p); /* independent: a binomial law */
    for (int i = 0; i <= 6; i++)
        close_to(p[i], gsl_ran_binomial_pdf((unsigned)i, 0.99, 6), 1e-11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_server_by_hand),        cmocka_unit_test(settles_to_erlang),
        cmocka_unit_test(a_rate_that_lasts_settles), cmocka_unit_test(night_hours),
        cmocka_unit_test(strides_are_jumps),         cmocka_unit_test(servers_come_and_go),
        cmocka_unit_test(mean_load_without_limits),  cmocka_unit_test(peers_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
