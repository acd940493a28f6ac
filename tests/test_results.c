#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "sim/study/refusals.h"
#include "tests/results_made.h"

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g within %g", value, expected, relative);
}

static size_t find(const struct results *results, const char *name, const char *metric)
{
    size_t found = results_find(results, SCOPE_CLASS, name, metric);
    assert_true(found < results->metric_count);
    return found;
}

static void scopes_have_the_names_of_the_file(void **state)
{
    (void)state;
    assert_string_equal(scope_name(SCOPE_RUN), "run");
    assert_string_equal(scope_name(SCOPE_ENDPOINTS), "endpoints");
    for (int s = 0; s < SCOPE_COUNT; s++)
        assert_non_null(scope_name((enum scope)s));
}

static void found_with_and_without_an_index(void **state)
{
    (void)state;
    struct results results = results_made(1);
    for (int indexed = 0; indexed < 2; indexed++) {
        for (size_t i = 0; i < results.metric_count; i++) {
            const struct metric *m = &results.metrics[i];
            assert_int_equal(results_find(&results, m->scope, m->name, m->metric), i);
        }
        assert_int_equal(results_find(&results, SCOPE_CLASS, NULL, "offered"), 1);
        assert_int_equal(results_find(&results, SCOPE_CLUSTER, NULL, "cap"), 14);
        assert_true(results_find(&results, SCOPE_CLASS, "c", "offered") == SIZE_MAX);
        assert_true(results_find(&results, SCOPE_PEER, "edge", "cap") == SIZE_MAX);
        assert_true(results_find(&results, SCOPE_PIPE, NULL, "full_fraction") == SIZE_MAX);
        assert_true(results_index(&results));
    }
    results_release(&results);
}

static void many_metrics_are_found_quickly(void **state)
{
    (void)state;
    enum { CLASSES = 100000 };
    struct results results = {.arena = arena_new(), .metric_count = CLASSES};
    results.metrics = calloc(CLASSES, sizeof *results.metrics);
    for (uint32_t i = 0; i < CLASSES; i++)
        results.metrics[i] = (struct metric){.scope = SCOPE_CLASS,
                                             .metric = "offered",
                                             .index = i,
                                             .name = arena_printf(results.arena, "class-%u", i)};
    assert_true(results_index(&results));
    for (size_t i = 0; i < CLASSES; i++)
        assert_int_equal(results_find(&results, SCOPE_CLASS, results.metrics[i].name, "offered"),
                         i);
    results_release(&results);
}

static void means_and_ratios_by_hand(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct interval i = results_interval(&results, find(&results, "a-video", "offered"), 0);
    assert_near(i.value, 1000, 1e-15);
    /* values 1000 1100 900 1050 950: variance 25000/4 */
    assert_near(i.high - i.value, 2.7764451051977987 * sqrt(6250.0 / 5), 1e-9);
    i = results_interval(&results, find(&results, "a-video", "blocked_fraction"), 0);
    assert_near(i.value, 100.0 / 5000, 1e-15);
    assert_true(i.low > 0 && i.low < i.value && i.value < i.high);
    /* symmetric on the scale of log odds */
    double low = log(i.low / (1 - i.low)), high = log(i.high / (1 - i.high));
    assert_near((low + high) / 2, log(0.02 / 0.98), 1e-9);
    i = results_interval(&results, find(&results, "a-video", "blocked_fraction"), 2);
    assert_near(i.value, 51.0 / 2100, 1e-15);
    i = results_interval(&results, find(&results, "a-video", "mean_in_progress"), 0);
    assert_near(i.value, 50, 1e-15);
    i = results_interval(&results, find(&results, "a-video", "dropped"), 0);
    assert_near(i.value, 0.6, 1e-15);
    assert_true(i.low == 0); /* a count is never negative */
    results_release(&results);
}

static void one_replication_has_no_interval(void **state)
{
    (void)state;
    struct results results = results_made(1);
    for (size_t m = 0; m < results.metric_count; m++) {
        struct interval i = results_interval(&results, m, 0);
        assert_true(!isnan(i.value));
        assert_true(isnan(i.low) && isnan(i.high));
    }
    results_release(&results);
}

static void constants_have_no_interval(void **state)
{
    (void)state;
    struct results results = results_made(5);
    size_t cap = results_find(&results, SCOPE_CLUSTER, "edge", "cap");
    double linear[5];
    assert_true(results_interval(&results, cap, 0).value == 400);
    assert_true(isnan(results_interval(&results, cap, 0).high));
    assert_true(results_value(&results, cap, 0) == 400);
    assert_false(results_linear(&results, cap, 0, linear));
    results_release(&results);
}

static void nothing_blocked_is_bounded_not_zero(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct interval i =
        results_interval(&results, find(&results, "b-audio", "blocked_fraction"), 0);
    assert_true(i.value == 0 && i.low == 0);
    /* 2500 calls, none blocked: 3/2500 if they were blocked singly, more as ten at a time are in
     * progress */
    assert_true(i.high > 2 * 3.0 / 2500 && i.high < 5 * 3.0 / 2500);
    /* Those that come together are refused together. */
    struct metric peaks = {SCOPE_CLASS, 1, "b-audio", "peakedness", "1", METRIC_CONSTANT,
                           0,           0, 4,         0.5};
    assert_true(results_add(&results, peaks));
    double high = results_interval(&results, find(&results, "b-audio", "blocked_fraction"), 0).high;
    assert_near(log1p(-high), 4 * log1p(-i.high), 1e-9);
    struct interval own = results_interval(&results, find(&results, "b-audio", "peakedness"), 0);
    assert_true(own.value == 4 && own.low == 3.5 && own.high == 4.5);
    results_release(&results);
}

/* As said of the complement, and of shares between. */
static void agreement_is_no_certainty(void **state)
{
    (void)state;
    struct results results = results_made(3);
    size_t fraction = find(&results, "b-audio", "blocked_fraction");
    for (size_t r = 0; r < 3; r++) {
        results.rows[r][MADE_OFFERED_B] = r == 2 ? 0 : 2; /* one day nobody called */
        results.rows[r][MADE_BLOCKED_B] = results.rows[r][MADE_OFFERED_B];
        results.rows[r][MADE_PROGRESS_B] = 0;
    }
    struct interval i = results_interval(&results, fraction, 0);
    assert_true(i.value == 1 && i.high == 1);
    double clump = traits_clump(0);
    assert_near(i.low, pow(0.05, clump / 4), 1e-9); /* four calls, none got through */
    for (size_t r = 0; r < 2; r++)
        results.rows[r][MADE_BLOCKED_B] = 1;
    i = results_interval(&results, fraction, 0);
    assert_true(i.value == 0.5 && i.low > 0 && i.low < 0.1 && i.high > 0.9 && i.high < 1);
    assert_near(i.low, 1 - i.high, 1e-9);
    results_release(&results);
}

/* One refusal among the calls of five days must not give a lower limit than none. */
/* 4 calls of 1000 in one sample of five: 5.57 clumps of 4 at most (Poisson, 97.5 %). */
static void few_samples_with_refusals_are_clumps(void **state)
{
    (void)state;
    const double refused[] = {0, 4, 0, 0, 0, 0}, offered[] = {200, 200, 200, 200, 200, 0};
    assert_true(fabs(refusals_few_limit(refused, offered, 5) - 5.571643 * 4 / 1000) < 1e-6);
    assert_true(isinf(refusals_few_limit(refused, offered, 1))); /* nothing to compare with */
    assert_true(isinf(refusals_few_limit(refused + 1, offered, 1)));
    assert_true(isinf(refusals_few_limit(refused + 2, offered, 3)));
    const double many[] = {1, 0, 1, 1, 1, 1};
    assert_true(isinf(refusals_few_limit(many, offered, 6)));
}

static void few_refusals_bound_no_better_than_none(void **state)
{
    (void)state;
    struct results results = results_made(5);
    size_t fraction = find(&results, "b-audio", "blocked_fraction");
    double none = results_interval(&results, fraction, 0).high;
    for (size_t r = 0; r < 5; r++) {
        results.rows[r][MADE_OFFERED_B] = 50000;
        results.rows[r][MADE_BLOCKED_B] = r == 0 ? 1 : 0;
    }
    struct interval i = results_interval(&results, fraction, 0);
    assert_true(i.high >= none / 100 * 0.999);
    assert_true(i.low < 1e-5);
    /* Poisson's 5.57 for one clump, instead of 3; the t of one degree of freedom would allow
     * anything */
    results.rows[0][MADE_BLOCKED_B] = 20;
    i = results_interval(&results, fraction, 0);
    assert_near(i.high, 5.5716433 * 20 / 250000, 1e-6);
    results_release(&results);
}

/* Counts in two of five replications: their spread is known from two values. */
static void rare_counts_have_few_degrees_of_freedom(void **state)
{
    (void)state;
    struct results results = results_made(5);
    for (size_t r = 0; r < 5; r++)
        results.rows[r][MADE_BLOCKED_B] = r < 2 ? 400 + 100 * (double)r : 0;
    struct interval i = results_interval(&results, find(&results, "b-audio", "blocked"), 0);
    /* 400 500 0 0 0: variance 248000 / 4 */
    assert_near(i.high - i.value, 12.706204736 * sqrt(62000.0 / 5), 1e-6);
    results_release(&results);
}

/* Peers that may fail, and have not: all of their absence may be lost. */
static void outages_not_seen_are_allowed_for(void **state)
{
    (void)state;
    struct results results = results_made(5);
    size_t fraction = find(&results, "b-audio", "blocked_fraction");
    double none = results_interval(&results, fraction, 0).high;
    results.traits.away = 0.02;
    results.traits.away_mean = 3600;
    results.traits.away_counts = true;
    assert_near(results_interval(&results, fraction, 0).high, none + 0.02, 1e-9);
    results_release(&results);
}

static void nothing_offered_is_no_number(void **state)
{
    (void)state;
    struct results results = results_made(3);
    size_t fraction = find(&results, "b-audio", "blocked_fraction");
    double linear[3];
    for (size_t r = 0; r < 3; r++)
        results.rows[r][MADE_OFFERED_B] = 0;
    assert_true(isnan(results_interval(&results, fraction, 0).value));
    assert_true(isnan(results_value(&results, fraction, 0)));
    assert_false(results_linear(&results, fraction, 0, linear));
    assert_true(isnan(results_prediction(&results, fraction).value));
    results_release(&results);
}

static void one_day_is_wider_than_the_mean(void **state)
{
    (void)state;
    struct results results = results_made(5);
    size_t fraction = find(&results, "a-video", "blocked_fraction");
    struct interval mean = results_interval(&results, fraction, 0);
    struct interval day = results_prediction(&results, fraction);
    assert_true(day.low < mean.low && day.high > mean.high && day.low >= 0);
    results_release(&results);
}

static void a_span_pools_its_intervals(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct interval all = results_span(&results, 0, 0, 4), third = results_span(&results, 0, 2, 3);
    assert_near(all.value, 0.02, 1e-6);
    assert_near(third.value, 0.08, 1e-6);
    assert_near(results_span(&results, 1, 0, 4).value, 215, 1e-6);
    assert_true(results_span_prediction(&results, 0, 2, 3).high > third.high);
    results_release(&results);
}

static void alarms_are_those_of_the_product(void **state)
{
    (void)state;
    assert_string_equal(alarm_name(15015), "Maintenance mode");
    assert_string_equal(alarm_severity(15015), "Warning");
    assert_string_equal(alarm_severity(20025), "Critical");
    assert_string_equal(alarm_severity(30036), "Alert");
    assert_string_equal(alarm_severity(30042), "Error");
    assert_string_equal(alarm_name(35003), "Configuration warning");
    for (int id = 30012; id <= 30017; id++)
        assert_non_null(strstr(alarm_name(id), "lost cluster peer"));
    for (int id = 0; id < 40000; id++)
        assert_int_equal(strlen(alarm_name(id)) > 0, strlen(alarm_meaning(id)) > 0);
    assert_string_equal(alarm_name(30006), "");
    assert_string_equal(alarm_name(99999), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes_have_the_names_of_the_file),
        cmocka_unit_test(found_with_and_without_an_index),
        cmocka_unit_test(many_metrics_are_found_quickly),
        cmocka_unit_test(means_and_ratios_by_hand),
        cmocka_unit_test(one_replication_has_no_interval),
        cmocka_unit_test(constants_have_no_interval),
        cmocka_unit_test(nothing_blocked_is_bounded_not_zero),
        cmocka_unit_test(agreement_is_no_certainty),
        cmocka_unit_test(few_samples_with_refusals_are_clumps),
        cmocka_unit_test(few_refusals_bound_no_better_than_none),
        cmocka_unit_test(rare_counts_have_few_degrees_of_freedom),
        cmocka_unit_test(outages_not_seen_are_allowed_for),
        cmocka_unit_test(nothing_offered_is_no_number),
        cmocka_unit_test(one_day_is_wider_than_the_mean),
        cmocka_unit_test(a_span_pools_its_intervals),
        cmocka_unit_test(alarms_are_those_of_the_product),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
