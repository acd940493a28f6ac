/* Verdicts on results made by hand for one peer of one unit: blocking 1/2, half a call in progress.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/study/verify.h"

#define REPLICATIONS 4

struct bench {
    double rate;
    struct platform platform;
    struct cluster cluster;
    struct peer peer;
    struct call_class class;
    struct scenario scenario;
    struct markov exact;
    struct metric metric;
    double values[REPLICATIONS][2];
    double *rows[REPLICATIONS];
    struct results results;
};

static void bench_init(struct bench *b)
{
    struct errors errors;
    errors_init(&errors);
    *b = (struct bench){
        .rate = 1.0 / 3600,
        .platform = {.units = 1, .rms = CAPACITY_UNLIMITED},
        .cluster = {.name = "c",
                    .traversal = NONE,
                    .cap_stated = -1,
                    .licence_grace = FOREVER,
                    .peer_count = 1},
        .peer = {.name = "p", .max_sessions = CAPACITY_UNLIMITED},
        .class = {.name = "calls",
                  .via = {.origin = ORIGIN_CLUSTER},
                  .holding = {.law = LAW_EXPONENTIAL, .mean = 3600},
                  .units = 1},
    };
    b->class.arrivals =
        (struct arrivals){.kind = ARRIVALS_RATE, .steps = {.rates = &b->rate, .count = 1}};
    b->scenario = (struct scenario){.platforms = &b->platform,
                                    .platform_count = 1,
                                    .clusters = &b->cluster,
                                    .cluster_count = 1,
                                    .peers = &b->peer,
                                    .peer_count = 1,
                                    .classes = &b->class,
                                    .class_count = 1,
                                    .run = {.length = 10 * HOUR}};
    assert_true(markov_solve(&b->scenario, NULL, &b->exact, &errors));
    errors_release(&errors);
    for (int r = 0; r < REPLICATIONS; r++)
        b->rows[r] = b->values[r];
    b->results = (struct results){.metrics = &b->metric,
                                  .metric_count = 1,
                                  .tally_count = 2,
                                  .rows = b->rows,
                                  .replications = REPLICATIONS};
}

static void bench_metric(struct bench *b, enum scope scope, const char *name, const char *metric,
                         enum metric_kind kind)
{
    b->metric = (struct metric){.scope = scope,
                                .name = name,
                                .metric = metric,
                                .unit = "1",
                                .kind = kind,
                                .numerator = 0,
                                .denominator = 1,
                                .scale = 1};
}

static size_t judge(struct bench *b, struct deviation *verdict)
{
    return verify_results(&b->scenario, &b->exact, &b->results, verdict, 1);
}

static void test_exact_values(void **state)
{
    (void)state;
    const struct {
        enum scope scope;
        const char *name, *metric;
        double value;
    } rows[] = {
        {SCOPE_CLASS, "calls", "offered", 10},
        {SCOPE_CLASS, "calls", "blocked_fraction", 0.5},
        {SCOPE_CLASS, "calls", "blocked_peer_units", 5},
        {SCOPE_CLASS, "calls", "blocked_peer_units_only", 5},
        {SCOPE_CLASS, "calls", "blocked_rms", 0},
        {SCOPE_CLASS, "calls", "lost_fraction", 0.5},
        {SCOPE_CLASS, "calls", "mean_in_progress", 0.5},
        {SCOPE_CLASS, "calls", "blocked_turn", NAN},
        {SCOPE_CLUSTER, "c", "peers_up_1_fraction", 1},
        {SCOPE_CLUSTER, "c", "full_fraction", 0.5},
        {SCOPE_CLUSTER, "c", "peers_up_7_fraction", NAN},
        {SCOPE_PEER, "p", "utilization", 0.5},
        {SCOPE_PEER, "p", "up_fraction", 1},
        {SCOPE_PEER, "p", "admitted_share", NAN},
        {SCOPE_POOL, "c.rms", "mean_in_use", 0},
        {SCOPE_POOL, "c.room", "mean_in_use", NAN},
        {SCOPE_RUN, "run", "events", NAN},
    };
    struct bench b;
    bench_init(&b);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_metric(&b, rows[i].scope, rows[i].name, rows[i].metric, METRIC_MEAN);
        double value = verify_exact(&b.scenario, &b.exact, &b.metric);
        if (isnan(value) != isnan(rows[i].value) || fabs(value - rows[i].value) > 1e-12)
            fail_msg("%s: %g instead of %g", rows[i].metric, value, rows[i].value);
    }
    markov_release(&b.exact);
}

static void test_ratio_is_judged_without_bias(void **state)
{
    (void)state;
    struct bench b;
    struct deviation v;
    bench_init(&b);
    bench_metric(&b, SCOPE_CLASS, "calls", "blocked_fraction", METRIC_RATIO);
    const double offered[] = {6, 14, 10, 10}, blocked[] = {3.5, 6.5, 5, 5};
    for (int r = 0; r < REPLICATIONS; r++) {
        b.values[r][0] = blocked[r];
        b.values[r][1] = offered[r];
    }
    assert_int_equal(judge(&b, &v), 1);
    assert_true(!v.fixed && fabs(v.z) < 1e-9);
    markov_release(&b.exact);
}

static void test_student_becomes_normal(void **state)
{
    (void)state;
    struct bench b;
    struct deviation v;
    bench_init(&b);
    bench_metric(&b, SCOPE_CLASS, "calls", "mean_in_progress", METRIC_MEAN);
    const double t = 3.182446305284263; /* 97.5 % point with three degrees of freedom */
    for (int r = 0; r < REPLICATIONS; r++)
        b.values[r][0] = 0.5 - t / sqrt(3) + (r % 2 ? 1 : -1);
    assert_int_equal(judge(&b, &v), 1);
    assert_true(fabs(v.z + 1.959963984540054) < 1e-9);
    markov_release(&b.exact);
}

static void test_what_is_rare_or_fixed(void **state)
{
    (void)state;
    struct bench b;
    struct deviation v;
    bench_init(&b);
    bench_metric(&b, SCOPE_CLASS, "calls", "blocked", METRIC_MEAN);
    b.values[1][0] = 3;
    assert_int_equal(judge(&b, &v), 0);
    bench_metric(&b, SCOPE_PEER, "p", "up_fraction", METRIC_MEAN);
    for (int r = 0; r < REPLICATIONS; r++)
        b.values[r][0] = 1;
    assert_int_equal(judge(&b, &v), 1);
    assert_true(v.fixed && v.z == 0);
    for (int r = 0; r < REPLICATIONS; r++)
        b.values[r][0] = 0.99;
    assert_int_equal(judge(&b, &v), 1);
    assert_true(isinf(v.z) && v.z < 0);
    markov_release(&b.exact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_values),
        cmocka_unit_test(test_ratio_is_judged_without_bias),
        cmocka_unit_test(test_student_becomes_normal),
        cmocka_unit_test(test_what_is_rare_or_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
