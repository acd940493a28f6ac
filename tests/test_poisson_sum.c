/* Sums of weighted Poisson numbers: tails against GSL and against sums by hand, draws against both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "model/formulas/poisson_sum.h"
#include "sim/engine/random.h"

static double uniform(void *stream)
{
    return stream_uniform(stream);
}

static void test_one_class_is_poisson(void **state)
{
    (void)state;
    static const struct {
        double mean;
        int64_t threshold;
    } cases[] = {{0.5, 3},   {10, 40},     {300, 330},  {360, 400},
                 {360, 700}, {2000, 2500}, {9000, 9500}};
    struct poisson_sum sum = {0};
    const int64_t weight = 1;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(poisson_sum_make(&sum, &cases[i].mean, &weight, 1, cases[i].threshold));
        /* P(N >= T) is the gamma distribution function of shape T */
        double exact = gsl_cdf_gamma_P(cases[i].mean, (double)cases[i].threshold, 1);
        assert_true(fabs(sum.tail / exact - 1) < 1e-11);
    }
    poisson_sum_release(&sum);
}

/* Two classes, W = N1 + 2 N2: the convolution by hand. */
static double by_hand(double a, double b, int64_t threshold)
{
    double tail = 0;
    for (unsigned j = 0; j < 400; j++)
        for (unsigned i = 0; i < 600; i++)
            if ((int64_t)i + 2 * (int64_t)j >= threshold)
                tail += gsl_ran_poisson_pdf(i, a) * gsl_ran_poisson_pdf(j, b);
    return tail;
}

static void test_two_classes_against_a_convolution(void **state)
{
    (void)state;
    struct poisson_sum sum = {0};
    const double means[] = {145, 7, 72};
    const int64_t weights[] = {1, 0, 2};
    static const int64_t thresholds[] = {0, 200, 289, 350, 400, 450};
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        assert_true(poisson_sum_make(&sum, means, weights, 3, thresholds[i]));
        assert_true(fabs(sum.tail / by_hand(145, 72, thresholds[i]) - 1) < 1e-10);
    }
    poisson_sum_release(&sum);
}

static void test_nobody_calls(void **state)
{
    (void)state;
    struct poisson_sum sum = {0};
    const double mean = 0;
    const int64_t weight = 1;
    assert_true(poisson_sum_make(&sum, &mean, &weight, 1, 5));
    assert_true(sum.tail == 0);
    assert_true(poisson_sum_make(&sum, &mean, &weight, 1, 0));
    assert_true(sum.tail == 1);
    poisson_sum_release(&sum);
}

static void test_too_many_states_are_refused(void **state)
{
    (void)state;
    struct poisson_sum sum = {0};
    const double mean = 1;
    const int64_t weight = 1;
    assert_false(poisson_sum_make(&sum, &mean, &weight, 1, POISSON_SUM_STATES + 1));
    poisson_sum_release(&sum);
}

/* Means of the calls given W >= 400, drawn, against the convolution. */
static void test_draws_have_the_conditional_means(void **state)
{
    (void)state;
    enum { DRAWS = 20000 };
    struct poisson_sum sum = {0};
    struct stream stream;
    const double means[] = {145, 72};
    const int64_t weights[] = {1, 2};
    double total[2] = {0}, square[2] = {0}, mean[2] = {0}, weight = 0;
    stream_init(&stream, 3, 0, PURPOSE_START, 0);
    assert_true(poisson_sum_make(&sum, means, weights, 2, 400));
    for (int d = 0; d < DRAWS; d++) {
        int64_t calls[2];
        poisson_sum_draw(&sum, uniform, &stream, calls);
        assert_true(calls[0] + 2 * calls[1] >= 400);
        for (int k = 0; k < 2; k++) {
            total[k] += (double)calls[k];
            square[k] += (double)(calls[k] * calls[k]);
        }
    }
    for (unsigned j = 0; j < 400; j++)
        for (unsigned i = 0; i < 600; i++)
            if (i + 2 * j >= 400) {
                double p = gsl_ran_poisson_pdf(i, 145) * gsl_ran_poisson_pdf(j, 72);
                weight += p;
                mean[0] += p * i;
                mean[1] += p * j;
            }
    for (int k = 0; k < 2; k++) {
        double seen = total[k] / DRAWS;
        double error = sqrt((square[k] / DRAWS - seen * seen) / DRAWS);
        assert_true(fabs(seen - mean[k] / weight) < 4.5 * error);
    }
    poisson_sum_release(&sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_class_is_poisson),
        cmocka_unit_test(test_two_classes_against_a_convolution),
        cmocka_unit_test(test_nobody_calls),
        cmocka_unit_test(test_too_many_states_are_refused),
        cmocka_unit_test(test_draws_have_the_conditional_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
