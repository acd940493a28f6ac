/* Erlang B, C, Engset, redial and groups of calls: hand cases, carried-over figures, identities
 * between unlike methods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "model/formulas/batch.h"
#include "tests/engset.h"
#include "model/formulas/erlang.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void close_to(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g within %g", value, expected, relative);
}

static void by_hand(void **state)
{
    (void)state;
    close_to(erlang_b(1, 1), 0.5, 1e-15);
    close_to(erlang_b(2, 1), 0.2, 1e-15); /* (1/2) / (1 + 1 + 1/2) */
    close_to(erlang_b(0, 3), 1, 0);
    close_to(erlang_b(0, 0), 1, 0);
    assert_true(erlang_b(4, 0) == 0);
}

/* servers, load, B, log10 B: 12 digits from extended precision. */
static void large_groups(void **state)
{
    (void)state;
    static const double cases[][4] = {
        {20, 12, 0.00979563942006, -2.00896720974},
        {800, 790, 0.0204496733767, -1.68931362418},
        {10000, 10020, 0.00923594331916, -2.03451874100},
        {20000, 25000, 0.200159681462, -0.698623398795},
        {2000, 1700, 1.19281467065e-13, -12.9234270281},
        {20000, 100, 0, -37380.6893301},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const double *c = cases[i];
        close_to(erlang_b(c[0], c[1]), c[2], 1e-11);
        close_to(erlang_b_log(c[0], c[1]) / M_LN10, c[3], 1e-11);
    }
}

static void recursion_agrees_with_incomplete_gamma(void **state)
{
    (void)state;
    static const double loads[] = {0.01, 0.7, 3, 30, 59.5, 60.5, 200};
    for (size_t i = 0; i < COUNT(loads); i++)
        for (double c = 0; c <= 100; c += 0.37) {
            double a = loads[i];
            double log_b =
                c * log(a) - a - log(gsl_sf_gamma_inc_Q(1 + c, a)) - gsl_sf_lngamma(1 + c);
            if (gsl_sf_gamma_inc_Q(1 + c, a) > 1e-280)
                assert_true(fabs(erlang_b_log(c, a) - log_b) < 1e-10 * (1 + fabs(log_b)));
        }
}

static void real_servers_obey_the_recursion(void **state)
{
    (void)state;
    for (double c = 0.3; c < 200; c += 1.7) {
        double before = erlang_b(c - 0.2, 61.5), after = erlang_b(c + 0.8, 61.5);
        close_to(after, 61.5 * before / (c + 0.8 + 61.5 * before), 1e-12);
    }
}

static void inverses(void **state)
{
    (void)state;
    assert_int_equal(erlang_servers(100, 0.01), 117);
    assert_int_equal(erlang_servers(1000, 0.0001), 1100);
    assert_int_equal(erlang_servers(15000, 0.001), 15193);
    static const double loads[][3] = {{10, 0.01, 4.46117685758},
                                      {500, 0.000001, 407.475674558},
                                      {20000, 0.01, 20123.5933212}}; /* servers, blocking, load */
    for (size_t i = 0; i < COUNT(loads); i++) {
        const double *l = loads[i];
        close_to(erlang_b(l[0], l[2]), l[1], 1e-8);
        assert_true(erlang_servers(l[2] * 0.999999, l[1]) == (int64_t)l[0]);
        close_to(erlang_servers_real(l[2], l[1]), l[0], 1e-9);
    }
}

static void peers_for_one_per_cent(void **state)
{
    (void)state;
    static const double loads[] = {474, 971, 1471, 1972, 2474}; /* 500-call peers, whole erlangs */
    for (size_t i = 0; i < COUNT(loads); i++) {
        double servers = 500.0 * (double)(i + 1);
        assert_true(erlang_b(servers, loads[i]) <= 0.01 && erlang_b(servers, loads[i] + 1) > 0.01);
    }
}

static void engset_cases(void **state)
{
    (void)state;
    struct engset e = engset(1, 1, 0.5); /* a lone source never finds its server busy */
    close_to(e.time_congestion, 1.0 / 3, 1e-15);
    assert_true(e.call_congestion == 0);
    close_to(e.busy, 1.0 / 3, 1e-15);
    e = engset(12, 6, 0.8);
    close_to(e.time_congestion, 0.278422810416, 1e-11);
    close_to(e.call_congestion, 0.225470119626, 1e-11);
    close_to(e.busy, 4.59087250556, 1e-11);
    e = engset(5000, 500, 0.105);
    close_to(e.time_congestion, 0.0104063192805, 1e-11);
    e = engset(501, 500, 9);
    close_to(e.call_congestion, 1.32207081948e-23, 1e-11);
    assert_true(engset(5, 6, 100).time_congestion == 0);
    assert_true(engset(0, 0, 1).busy == 0);
}

static void many_idle_sources_are_poisson(void **state)
{
    (void)state;
    close_to(engset(1000000000, 100, 84.1e-9).call_congestion, erlang_b(100, 84.1), 1e-5);
}

static void groups_of_one_are_erlang(void **state)
{
    (void)state;
    int64_t sizes[] = {1};
    double probabilities[] = {1}, busy, full;
    struct batch_class c = {90, sizes, probabilities, 1, 0};
    assert_true(batch_blocking(100, &c, 1, &busy, &full));
    close_to(c.blocking, erlang_b(100, 90), 1e-12);
    close_to(busy, 90 * (1 - c.blocking), 1e-12);
    close_to(full, c.blocking, 1e-12);
    close_to(batch_peakedness(&c), 1, 0);
}

/* Two servers, groups of 3: 0 -> 2 at rate 1, then 2 -> 1 -> 0; solved by hand. */
static void groups_by_hand(void **state)
{
    (void)state;
    int64_t sizes[] = {3};
    double probabilities[] = {1}, busy, full;
    struct batch_class c = {1, sizes, probabilities, 1, 0};
    assert_true(batch_blocking(2, &c, 1, &busy, &full));
    /* p1 = p0, 2 p2 = p0 + p1: p = 1/3 each; refused of a group 1, 2, 3. */
    close_to(full, 1.0 / 3, 1e-14);
    close_to(c.blocking, 2.0 / 3, 1e-14);
    close_to(busy, 1, 1e-14);
}

static void groups_at_scale(void **state)
{
    (void)state;
    int64_t few[] = {1, 2, 4}, many[] = {10, 50};
    double some[] = {0.4, 0.3, 0.3}, half[] = {0.5, 0.5}, busy, full;
    struct batch_class c = {2.5, few, some, 3, 0};
    assert_true(batch_blocking(10, &c, 1, &busy, &full));
    close_to(c.blocking, 0.110703779419, 1e-11);
    c = (struct batch_class){30, many, half, 2, 0};
    assert_true(batch_blocking(1000, &c, 1, &busy, &full));
    close_to(c.blocking, 0.0641943, 1e-5);
    close_to(batch_peakedness(&c), 22.1666666667, 1e-10);
    close_to(hayward_blocking(1000, 900, 22.1666666667), 0.0591349, 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(large_groups),
        cmocka_unit_test(recursion_agrees_with_incomplete_gamma),
        cmocka_unit_test(real_servers_obey_the_recursion),
        cmocka_unit_test(inverses),
        cmocka_unit_test(peers_for_one_per_cent),
        cmocka_unit_test(engset_cases),
        cmocka_unit_test(many_idle_sources_are_poisson),
        cmocka_unit_test(groups_of_one_are_erlang),
        cmocka_unit_test(groups_by_hand),
        cmocka_unit_test(groups_at_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
