/* Calls refused by a limited rate of set-ups, and bounds of what a load without limits exceeds,
 * against closed forms, a simulated bucket and sums of Poisson terms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "model/formulas/chernoff.h"
#include "model/formulas/poisson_sum.h"
#include "model/formulas/setup_rate.h"
#include "sim/engine/random.h"

static void close_to(double is, double should, double error)
{
    if (!(fabs(is - should) <= error * fabs(should)))
        fail_msg("%.15g is not %.15g", is, should);
}

/* The alternating sum, where it does not cancel yet. */
static double law(double rate, double gap, double x)
{
    double sum = 0;
    for (int j = 0; j * gap <= x * (1 + 1e-12); j++) {
        double y = rate * fmax(0, x - j * gap);
        sum += pow(-y, j) / tgamma(j + 1) * exp(y);
    }
    return sum;
}

static void few_at_once(void **state)
{
    (void)state;
    static const double limits[] = {2, 3, 5, 8}, loads[] = {0.3, 0.7, 0.95, 0.995, 1, 1.2, 2, 4};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t k = 0; k < sizeof loads / sizeof *loads; k++) {
            double rate = loads[k] * limits[i],
                   h = law(rate, 1 / limits[i], setup_rate_bucket(limits[i]));
            double should = 1 - h / (1 + loads[k] * h);
            close_to(setup_rate_refused(rate, limits[i]), should, 1e-7);
            if (loads[k] < 1)
                close_to(setup_rate_over(rate, limits[i]), 1 - (1 - loads[k]) * h, 1e-7);
        }
}

/* A limit of at most one a second: the loss of a single server that is busy for one gap. */
static void one_at_a_time(void **state)
{
    (void)state;
    close_to(setup_rate_refused(0.3, 1), 0.3 / 1.3, 1e-12);
    close_to(setup_rate_refused(1, 0.25), 4.0 / 5, 1e-12);
    assert_true(setup_rate_refused(0, 5) == 0 && setup_rate_over(0, 5) == 0);
    assert_true(setup_rate_over(5, 5) == 1);
}

/* Far beyond the limit just the limit is taken; far below nothing is refused. The unbounded queue
 * is over at least as often. */
static void at_the_ends(void **state)
{
    (void)state;
    close_to(setup_rate_refused(3000, 100), 1 - 100 / 3000.0, 1e-12);
    close_to(setup_rate_refused(1e6, 3), 1 - 3 / 1e6, 1e-9);
    assert_true(setup_rate_refused(30, 100) < 1e-80);
    for (double load = 0.05; load < 1; load += 0.05)
        for (double limit = 0.5; limit < 300; limit *= 1.7)
            assert_true(setup_rate_over(load * limit, limit) >=
                        setup_rate_refused(load * limit, limit));
}

/* A bucket that takes one Poisson call after another. */
static void a_bucket(void **state)
{
    (void)state;
    static const double cases[][2] = {{4, 5}, {20, 20}, {60, 50}, {3.5, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double rate = cases[i][0], limit = cases[i][1], now = 0, due = 0, sum = 0, squares = 0;
        uint64_t draw = 0;
        const int runs = 40, calls = 20000;
        for (int r = 0; r < runs; r++) {
            int refused = 0;
            for (int c = 0; c < calls; c++) {
                now -= log1p(-random_unit(random_at(77, (uint32_t)i, PURPOSE_REDIAL, 0, draw++))) /
                       rate;
                if (fmax(0, due - now) > setup_rate_bucket(limit))
                    refused++;
                else
                    due = fmax(due, now) + 1 / limit;
            }
            double share = (double)refused / calls;
            sum += share;
            squares += share * share;
        }
        double mean = sum / runs, error = sqrt((squares / runs - mean * mean) / (runs - 1));
        assert_true(fabs(mean - setup_rate_refused(rate, limit)) < 4.5 * error);
    }
}

static void bounds_hold(void **state)
{
    (void)state;
    for (double mean = 1; mean < 300; mean *= 2.3)
        for (double room = mean; room < mean + 12 * sqrt(mean); room += 1 + sqrt(mean)) {
            struct chernoff_size one = {1, mean}, two[] = {{1, mean / 3}, {1, 2 * mean / 3}};
            double over = gsl_cdf_poisson_Q((unsigned)floor(room), mean);
            double bound = chernoff_over(&one, 1, floor(room));
            assert_true(bound >= over && bound <= 1);
            assert_true(over < 1e-12 || bound < 400 * over || room < mean + 2);
            close_to(chernoff_over(two, 2, floor(room)), bound, 1e-9);
        }
    assert_true(chernoff_over(NULL, 0, 0) == 0 && chernoff_over(NULL, 0, -1) == 1);
}

/* Sums of calls of several sizes: hardly ever below the tail, and close to it. */
static void the_close_one_is_close(void **state)
{
    (void)state;
    static const struct {
        struct chernoff_size sizes[3];
        int64_t weights[3];
    } cases[] = {{{{1, 3}}, {1}},
                 {{{1, 10}}, {1}},
                 {{{1, 100}}, {1}},
                 {{{1, 900}}, {1}},
                 {{{1, 50}, {2, 40}}, {1, 2}},
                 {{{1, 5}, {8, 3}}, {1, 8}},
                 {{{1, 300}, {2, 200}, {6, 10}}, {1, 2, 6}},
                 {{{1, 20}, {10, 20}}, {1, 10}},
                 {{{2, 30}, {6, 30}}, {2, 6}},
                 {{{2, 30}, {3, 30}}, {2, 3}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double mean = 0, variance = 0, loads[3];
        uint32_t count = 0;
        for (; count < 3 && cases[i].weights[count]; count++) {
            loads[count] = cases[i].sizes[count].load;
            mean += loads[count] * (double)cases[i].weights[count];
            variance += loads[count] * pow((double)cases[i].weights[count], 2);
        }
        struct poisson_sum sum = {0};
        for (double z = 0.2; z < 9; z *= 1.15) {
            double room = floor(mean + z * sqrt(variance));
            int64_t first = (int64_t)room + 1;
            assert_true(poisson_sum_make(&sum, loads, cases[i].weights, count, first));
            double close = chernoff_close(cases[i].sizes, count, room);
            assert_true(close >= sum.tail && close <= chernoff_over(cases[i].sizes, count, room));
        }
        poisson_sum_release(&sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_at_once), cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(at_the_ends), cmocka_unit_test(a_bucket),
        cmocka_unit_test(bounds_hold), cmocka_unit_test(the_close_one_is_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
