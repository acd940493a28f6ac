/* Statistics against hand-made figures, closed forms and known distributions. Coverage is checked
 * within 4.5 standard deviations of the binomial law of the number of intervals that cover. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/engine/random.h"
#include "sim/study/statistics.h"

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g within %g", value, expected, relative);
}

static void assert_covers(size_t hits, size_t trials, double expected)
{
    double sd = sqrt(expected * (1 - expected) * (double)trials);
    double z = ((double)hits - expected * (double)trials) / sd;
    if (fabs(z) > 4.5)
        fail_msg("%zu of %zu cover, z = %.1f", hits, trials, z);
}

static int covers(struct interval interval, double truth)
{
    return interval.low <= truth && truth <= interval.high;
}

static struct stream stream_for(uint64_t index)
{
    struct stream stream;
    stream_init(&stream, 2026, 0, PURPOSE_GAP, index);
    return stream;
}

static double exponential(struct stream *stream)
{
    return -log(stream_uniform(stream));
}

static double poisson(struct stream *stream, double mean)
{
    double count = -1;
    for (double time = 0; time < mean; time += exponential(stream))
        count++;
    return count;
}

/* ---- Samples ---- */

static void student_is_that_of_the_tables(void **state)
{
    (void)state;
    assert_near(statistics_student(1), 12.706204736, 1e-9);
    assert_near(statistics_student(10), 2.228138852, 1e-9);
    assert_near(statistics_student(29), 2.045229642, 1e-9);
    assert_near(statistics_student(100000), 1.959988, 1e-6);
}

static void moments_by_hand(void **state)
{
    (void)state;
    double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    assert_near(statistics_mean(values, 8), 5, 1e-15);
    assert_near(statistics_variance(values, 8), 32.0 / 7, 1e-15);
    /* deviations -3 -1 -1 -1 0 0 2 4: products of neighbours 3+1+1+0+0+0+8 */
    assert_near(statistics_lag1(values, 8), 13.0 / 32, 1e-15);
    assert_true(isnan(statistics_mean(values, 0)));
    assert_true(isnan(statistics_variance(values, 1)));
    assert_true(isnan(statistics_lag1(values, 2)));
    double same[] = {3, 3, 3};
    assert_true(statistics_lag1(same, 3) == 0);
}

static void quantiles_by_hand(void **state)
{
    (void)state;
    double values[] = {5, 1, 3, 2, 4};
    statistics_sort(values, 5);
    assert_true(values[0] == 1 && values[4] == 5);
    assert_near(statistics_quantile(values, 5, 0.5), 3, 1e-15);
    assert_near(statistics_quantile(values, 5, 0.95), 4.8, 1e-15);
    assert_near(statistics_quantile(values, 5, 0), 1, 1e-15);
    assert_near(statistics_quantile(values, 5, 1), 5, 1e-15);
    assert_true(isnan(statistics_quantile(values, 0, 0.5)));
}

/* ---- Intervals ---- */

static void interval_by_hand(void **state)
{
    (void)state;
    double values[] = {1, 2, 3};
    struct interval i = statistics_interval(values, 3);
    double half = 4.302652729696142 / sqrt(3);
    assert_near(i.value, 2, 1e-15);
    assert_near(i.high - i.value, half, 1e-9);
    assert_near(i.value - i.low, half, 1e-9);
    i = statistics_interval(values, 1);
    assert_true(i.value == 1 && isnan(i.low) && isnan(i.high));
}

static void interval_covers_normal_means(void **state)
{
    (void)state;
    enum { TRIALS = 4000, R = 10 };
    struct stream stream = stream_for(1);
    size_t hits = 0;
    for (int t = 0; t < TRIALS; t++) {
        double values[R];
        for (int r = 0; r < R; r++)
            values[r] = 7 + 3 * stream_normal(&stream);
        hits += (size_t)covers(statistics_interval(values, R), 7);
    }
    assert_covers(hits, TRIALS, 0.95);
}

static void ratio_is_that_of_sums(void **state)
{
    (void)state;
    double n[] = {1, 0, 5}, d[] = {10, 30, 20}, linear[3];
    assert_near(statistics_linearize(n, d, 3, linear), 0.1, 1e-15);
    assert_near(statistics_mean(linear, 3), 0.1, 1e-15);
    assert_near(linear[1], 0.1 + (0 - 3.0) / 20, 1e-14);
    double none[] = {0, 0, 0};
    assert_true(isnan(statistics_linearize(n, none, 3, linear)));
    assert_true(isnan(linear[0]));
}

/* Leaving replication r out moves the ratio by (n - ratio d)/(sum - d): the delta method up to the
 * leverage d/sum. */
static void delta_method_agrees_with_jackknife(void **state)
{
    (void)state;
    enum { R = 200 };
    struct stream stream = stream_for(2);
    double n[R], d[R], linear[R], left_out[R], above = 0, below = 0, leverage = 0;
    for (int r = 0; r < R; r++) {
        d[r] = 1000 * exponential(&stream) + 500;
        n[r] = d[r] * 0.01 * exponential(&stream);
        above += n[r];
        below += d[r];
    }
    for (int r = 0; r < R; r++) {
        left_out[r] = (above - n[r]) / (below - d[r]);
        leverage = fmax(leverage, d[r] / below);
    }
    statistics_linearize(n, d, R, linear);
    double delta = sqrt(statistics_variance(linear, R) / R);
    double jackknife = (R - 1) * sqrt(statistics_variance(left_out, R) / R);
    assert_near(jackknife, delta, 2 * leverage);
}

/* Calls blocked come in clumps of mean 27, as in a system of 500 at 1 %. The binomial interval of
 * the same data hardly ever covers; ours loses little to the skew even where a replication sees two
 * clumps only. */
static void share_interval_covers_clumps(void **state)
{
    (void)state;
    enum { TRIALS = 2000, R = 10 };
    const double offered = 5400, truth = 2 * 27 / offered;
    struct stream stream = stream_for(3);
    size_t hits = 0, binomial = 0;
    for (int t = 0; t < TRIALS; t++) {
        double n[R], d[R], linear[R];
        for (int r = 0; r < R; r++) {
            n[r] = 0;
            for (double clumps = poisson(&stream, 2); clumps > 0; clumps--)
                n[r] += 1 + floor(log(stream_uniform(&stream)) / log(1 - 1.0 / 27));
            d[r] = offered;
        }
        double share = statistics_linearize(n, d, R, linear);
        hits += (size_t)covers(statistics_share_interval(linear, R), truth);
        binomial += fabs(share - truth) < 1.96 * sqrt(share / (offered * R));
    }
    assert_true((double)hits > TRIALS * 0.92);
    assert_true((double)binomial < TRIALS * 0.5);
}

static void share_interval_stays_within_its_bounds(void **state)
{
    (void)state;
    double small[] = {0, 0, 0.0003}, large[] = {1, 1, 0.9997}, none[] = {0, 0, 0};
    struct interval i = statistics_share_interval(small, 3);
    assert_true(i.low > 0 && i.low < i.value && i.value < i.high && i.high < 1);
    struct interval mirror = statistics_share_interval(large, 3);
    assert_near(mirror.low, 1 - i.high, 1e-9);
    assert_near(1 - mirror.high, i.low, 1e-6);
    i = statistics_share_interval(none, 3);
    assert_true(i.low == 0 && i.high == 0);
    assert_true(isnan(statistics_share_interval(small, 1).high));
    double wild[] = {0, 0.9};
    assert_true(statistics_share_interval(wild, 2).high <= 1);
}

static void prediction_covers_the_next_value(void **state)
{
    (void)state;
    enum { TRIALS = 4000 };
    struct stream stream = stream_for(5);
    size_t normal = 0, skewed = 0;
    for (int t = 0; t < TRIALS; t++) {
        double few[10], many[99];
        for (int r = 0; r < 10; r++)
            few[r] = stream_normal(&stream);
        for (int r = 0; r < 99; r++)
            many[r] = exp(2 * stream_normal(&stream));
        normal += (size_t)covers(statistics_prediction(few, 10), stream_normal(&stream));
        skewed += (size_t)covers(statistics_prediction(many, 99), exp(2 * stream_normal(&stream)));
    }
    assert_covers(normal, TRIALS, 0.95);
    assert_covers(skewed, TRIALS, 0.95);
    double one = 4;
    assert_true(isnan(statistics_prediction(&one, 1).high));
    assert_true(isnan(statistics_prediction(&one, 0).value));
}

static void pairing_takes_what_is_common_away(void **state)
{
    (void)state;
    enum { R = 50 };
    struct stream stream = stream_for(6);
    double a[R], b[R], shifted[R];
    for (int r = 0; r < R; r++) {
        a[r] = stream_normal(&stream);
        b[r] = stream_normal(&stream);
        shifted[r] = a[r] - 0.25;
    }
    struct paired p = statistics_paired(a, shifted, R);
    assert_near(p.difference.value, 0.25, 1e-12);
    assert_true(p.difference.high - p.difference.low < 1e-9);
    assert_true(p.saved > 1 - 1e-12);
    p = statistics_paired(a, b, R);
    /* the correlation of 50 independent pairs has a standard deviation of 1/7 */
    assert_true(fabs(p.saved) < 4.5 / 7);
    assert_true(covers(p.difference, statistics_mean(a, R) - statistics_mean(b, R)));
    double same[] = {1, 1, 1};
    assert_true(isnan(statistics_paired(same, same, 3).saved));
}

/* ---- One long run ---- */

/* y = 0.9 y + noise: correlation time 10, mean 0. */
static void autoregressive(struct stream *stream, double *values, size_t count)
{
    double y = stream_normal(stream) / sqrt(1 - 0.81);
    for (size_t i = 0; i < count; i++)
        values[i] = y = 0.9 * y + stream_normal(stream);
}

static void batch_means_cover_correlated_sequences(void **state)
{
    (void)state;
    enum { TRIALS = 600, N = 8000 };
    struct stream stream = stream_for(7);
    size_t hits = 0;
    for (int t = 0; t < TRIALS; t++) {
        static double values[N];
        autoregressive(&stream, values, N);
        struct batch_means b = statistics_batch_means(values, N, 32);
        hits += (size_t)covers(b.interval, 0);
    }
    /* batches of 250 keep a correlation of 2 %, which costs about half a percent */
    assert_covers(hits, TRIALS, 0.945);
}

static void batch_means_notice_short_batches(void **state)
{
    (void)state;
    enum { N = 1280 };
    double values[N];
    struct stream stream = stream_for(8);
    autoregressive(&stream, values, N);
    struct batch_means b = statistics_batch_means(values, N, 640); /* of two values each */
    assert_true(b.batches < 640 && b.batches >= 10);
    for (size_t i = 0; i < N; i++)
        values[i] = (double)i; /* never independent */
    b = statistics_batch_means(values, N, 40);
    assert_false(b.independent);
    assert_int_equal(b.batches, 10);
    assert_true(isnan(statistics_batch_means(values, 9, 10).interval.value));
    assert_true(isnan(statistics_batch_means(values, N, 5).interval.value));
}

static void mser5_cuts_the_transient(void **state)
{
    (void)state;
    /* batch means 10, 5, then noise of alternating sign about 1: cutting both is best */
    double values[200];
    for (size_t i = 0; i < 200; i++)
        values[i] = i < 5 ? 10 : i < 10 ? 5 : i / 5 % 2 ? 1.1 : 0.9;
    assert_int_equal(statistics_mser5(values, 200), 10);
    for (size_t i = 0; i < 200; i++)
        values[i] = i / 5 % 2 ? 1.1 : 0.9;
    assert_int_equal(statistics_mser5(values, 200), 0);
    for (size_t i = 0; i < 200; i++)
        values[i] = (double)(i < 150 ? 200 - i : 50); /* still falling at the half */
    assert_int_equal(statistics_mser5(values, 200), SIZE_MAX);
    assert_int_equal(statistics_mser5(values, 9), SIZE_MAX);
}

static void mser5_is_not_hurt_by_size(void **state)
{
    (void)state;
    enum { N = 2000 };
    double values[N];
    struct stream stream = stream_for(9);
    for (size_t i = 0; i < N; i++)
        values[i] = 1e9 + 100 * exp(-(double)i / 50) + stream_normal(&stream);
    size_t cut = statistics_mser5(values, N);
    assert_true(cut >= 100 && cut <= 1000);
}

/* ---- How long to run ---- */

/* Servers, load and variance, computed by an unlike method (the deviation matrix of the chain). */
static const struct {
    size_t servers;
    double erlangs, variance;
} known[] = {
    {10, 7.510582317, 0.041110964},     {10, 4.461176858, 0.0058278819},
    {10, 1.294820742, 1.0068373e-06},   {40, 29.00742498, 0.0021582059},
    {100, 84.06415889, 0.0012998678},   {200, 165.6239187, 7.2239776e-05},
    {500, 546.7297845, 0.0024623666},   {500, 474.0363509, 0.00057076925},
    {1000, 868.798096, 1.7337666e-08},  {2000, 1972.46998, 0.00027260179},
    {4000, 3983.210941, 0.00018211884}, {4000, 3741.232414, 8.5355161e-09},
};

static void blocking_variance_is_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_near(statistics_blocking_variance(known[i].erlangs, known[i].servers),
                    known[i].variance,
                    2e-6); /* the load has ten digits, its elasticity reaches 100 */
    /* one server: B = 1/2 at 1 erlang, and every arrival finds a fresh coin */
    assert_near(statistics_blocking_variance(1, 1), 0.25, 1e-15);
}

static void blocked_calls_clump(void **state)
{
    (void)state;
    assert_near(statistics_blocking_inflation(474.0363509, 500), 27, 0.02);
    assert_near(statistics_blocking_inflation(1972.46998, 2000), 54, 0.02);
    assert_near(statistics_blocking_inflation(3983.210941, 4000), 73, 0.02);
}

static void count_needed_follows_the_root(void **state)
{
    (void)state;
    assert_near(statistics_count_needed(1000, 2, 1), 4000, 0.01);
    /* 10 values: t falls from 2.26 towards 1.96, so fewer than 40 do */
    double needed = statistics_count_needed(10, 2, 1);
    double t = statistics_student((size_t)needed - 1) / statistics_student(9);
    assert_near(needed, 40 * t * t, 0.05);
    assert_true(statistics_count_needed(10, 1, 0) == 1e9);
    assert_true(statistics_count_needed(1, NAN, 1) == 1e9);
    assert_true(statistics_count_needed(10, 1, 1e-9) == 1e9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(student_is_that_of_the_tables),
        cmocka_unit_test(moments_by_hand),
        cmocka_unit_test(quantiles_by_hand),
        cmocka_unit_test(interval_by_hand),
        cmocka_unit_test(interval_covers_normal_means),
        cmocka_unit_test(ratio_is_that_of_sums),
        cmocka_unit_test(delta_method_agrees_with_jackknife),
        cmocka_unit_test(share_interval_covers_clumps),
        cmocka_unit_test(share_interval_stays_within_its_bounds),
        cmocka_unit_test(prediction_covers_the_next_value),
        cmocka_unit_test(pairing_takes_what_is_common_away),
        cmocka_unit_test(batch_means_cover_correlated_sequences),
        cmocka_unit_test(batch_means_notice_short_batches),
        cmocka_unit_test(mser5_cuts_the_transient),
        cmocka_unit_test(mser5_is_not_hurt_by_size),
        cmocka_unit_test(blocking_variance_is_exact),
        cmocka_unit_test(blocked_calls_clump),
        cmocka_unit_test(count_needed_follows_the_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
