#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/study/warmup.h"
#include "tests/replay.h"

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g within %g", value, expected, relative);
}

/* P(residual > t) by hand. */
static void laws_with_a_closed_form(void **state)
{
    (void)state;
    struct holding exponential = {.law = LAW_EXPONENTIAL, .mean = 60};
    struct holding constant = {.law = LAW_DETERMINISTIC, .mean = 60};
    struct holding phases = {.law = LAW_ERLANG, .mean = 60, .k = 2};
    double probabilities[] = {0.9, 0.1}, means[] = {20, 420}, values[] = {30, 90};
    struct holding hyper = {.law = LAW_HYPEREXPONENTIAL,
                            .mean = 60,
                            .probabilities = probabilities,
                            .means = means,
                            .count = 2};
    struct holding seen = {.law = LAW_EMPIRICAL, .mean = 60, .means = values, .count = 2};
    assert_near(warmup_residual_time(&exponential, 0.001, 6e4), 60 * log(1000), 1e-9);
    assert_near(warmup_residual_time(&constant, 0.001, 6e4), 60 * 0.999, 1e-9);
    /* two phases of rate 1/30: the residual is one or two of them, (1 + x/2) e^-x = 0.001 at x
     * = 8.3962 */
    double x = warmup_residual_time(&phases, 0.001, 6e4) / 30;
    assert_near((1 + x / 2) * exp(-x), 0.001, 1e-6);
    /* 0.3 of the load has short calls, 0.7 long ones */
    double t = warmup_residual_time(&hyper, 0.001, 6e4);
    assert_near(0.3 * exp(-t / 20) + 0.7 * exp(-t / 420), 0.001, 1e-6);
    assert_near(warmup_residual_time(&seen, 0.001, 6e4), 90 - 2 * 0.06, 1e-9);
}

/* The residual of a lognormal law of mean 1 and sigma s: Q(x - s) - t Q(x), x = (ln t + s^2/2) / s.
 */
static void lognormal_and_gamma(void **state)
{
    (void)state;
    struct holding normal = {.law = LAW_LOGNORMAL, .mean = 1, .cv = 1.4};
    struct holding gamma = {.law = LAW_GAMMA, .mean = 1, .cv = 1};
    double s = sqrt(log1p(1.96)), t = warmup_residual_time(&normal, 0.0005, 1000),
           x = (log(t) + s * s / 2) / s;
    assert_near(erfc((x - s) / sqrt(2)) / 2 - t * erfc(x / sqrt(2)) / 2, 0.0005, 1e-6);
    assert_true(t > 20 && t < 50);
    assert_near(warmup_residual_time(&gamma, 0.001, 1000), log(1000), 1e-6); /* exponential */
}

static void nearly_constant_and_very_long_laws(void **state)
{
    (void)state;
    struct holding phases = {.law = LAW_ERLANG, .mean = 1, .k = 100000};
    struct holding narrow = {.law = LAW_GAMMA, .mean = 1, .cv = 0.001};
    struct holding wide = {.law = LAW_LOGNORMAL, .mean = 1, .cv = 20};
    assert_near(warmup_residual_time(&phases, 0.001, 1000), 1, 0.02);
    assert_near(warmup_residual_time(&narrow, 0.001, 1000), 1, 0.02);
    assert_true(warmup_residual_time(&wide, 0.001, 1000) == 1000);
}

#define SYSTEM(units, rate, holding)                                                               \
    "scenario: x\n"                                                                                \
    "platforms: [{name: u, units: " units "}]\n"                                                   \
    "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: u}]}]\n"                   \
    "calls: [{name: a, media: audio, units: 1, rms: 0, arrivals: {rate: " rate                     \
    "}, holding: {" holding ", mean: 1h}}]\n"

/* Every seed waits as long as theory asks, whatever its pilot runs saw. */
static void no_seed_waits_less_than_theory_asks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double hours;
    } systems[] = {
        {SYSTEM("100", "85/h",
                "distribution: lognormal, cv: 1.4") "run: {length: 1h, replications: 1}\n",
         30},
        {SYSTEM("10", "7/h", "distribution: exponential") "run: {length: 1h, replications: 1}\n",
         6.2},
        {SYSTEM("10", "7/h", "distribution: deterministic") "run: {length: 1h, replications: 1}\n",
         5},
    };
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        struct replay replay = {0};
        replay_read(&replay, systems[i].text);
        for (uint64_t seed = 1; seed <= 8; seed++) {
            struct experiment_options options = {.jobs = 1, .seed_given = true, .seed = seed};
            struct errors errors;
            errors_init(&errors);
            assert_true(experiment_run(&replay.scenario, &options, &replay.results, &errors));
            assert_true((double)replay.results.warmup >= systems[i].hours * (double)HOUR);
            assert_true((double)replay.results.warmup <= 100 * (double)HOUR);
            results_release(&replay.results);
            errors_release(&errors);
        }
        scenario_release(&replay.scenario);
    }
}

/* From empty, 10 units, 7 erlangs: the calls in progress are those of Erlang's formula, not fewer.
 */
static void what_is_measured_is_not_biased(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        SYSTEM("10", "7/h", "distribution: deterministic") "run: {length: 1h, interval: 1h, "
                                                           "replications: 2000, seed: 3}\n",
        NULL, 0);
    struct interval progress = replay_metric(replay, SCOPE_CLASS, "a", "mean_in_progress");
    struct interval blocked = replay_metric(replay, SCOPE_CLASS, "a", "blocked_fraction");
    assert_true(progress.low < 6.448813819 && progress.high > 6.448813819);
    assert_true(blocked.low < 0.0787408829 && blocked.high > 0.0787408829);
    replay_free(replay);
}

static void a_cap_that_bites_is_said(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run(SYSTEM("10", "5/h",
                          "distribution: lognormal, cv: 20") "run: {length: 1h, replications: 2}\n",
                   NULL, 0);
    assert_true(replay->results.warmup == 1000 * HOUR);
    assert_non_null(strstr(replay->results.warmup_reason, "still too short"));
    replay_free(replay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laws_with_a_closed_form),
        cmocka_unit_test(lognormal_and_gamma),
        cmocka_unit_test(nearly_constant_and_very_long_laws),
        cmocka_unit_test(no_seed_waits_less_than_theory_asks),
        cmocka_unit_test(what_is_measured_is_not_biased),
        cmocka_unit_test(a_cap_that_bites_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
