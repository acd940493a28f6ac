/* Models of recorded calls: parameters come back within what chance allows, the right distribution
 * is taken, arrivals that are not Poisson are told; the model runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>

#include "data/fit.h"
#include "data/fit_holding.h"
#include "tests/process.h"

#define SAMPLE 5000

static gsl_rng *rng;

/* A mean within five of its standard errors: once in two million runs it is not. */
static void near_mean(double value, double truth, double deviation)
{
    if (!(fabs(value - truth) < 5 * deviation / sqrt(SAMPLE)))
        fail_msg("%g, not %g", value, truth);
}

static void exponential_times(void **state)
{
    (void)state;
    static double values[SAMPLE];
    struct fit_holding fit;
    for (int i = 0; i < SAMPLE; i++)
        values[i] = gsl_ran_exponential(rng, 180);
    assert_true(fit_holding(values, SAMPLE, &fit));
    const struct fit_distribution *d = &fit.distributions[FIT_EXPONENTIAL];
    near_mean(d->mean, 180, 180);
    assert_true(d->p > 0.001);
    assert_true(fit.best == FIT_EXPONENTIAL || fit.best == FIT_GAMMA ||
                fit.best == FIT_HYPEREXPONENTIAL); /* which have it as a case */
    const struct fit_distribution *best = &fit.distributions[fit.best];
    assert_true(best->aic <= d->aic && fabs(best->cv - 1) < 0.1);
}

static void lognormal_times(void **state)
{
    (void)state;
    static double values[SAMPLE];
    struct fit_holding fit;
    for (int i = 0; i < SAMPLE; i++)
        values[i] = gsl_ran_lognormal(rng, 4.5, 1.1);
    assert_true(fit_holding(values, SAMPLE, &fit));
    const struct fit_distribution *d = &fit.distributions[FIT_LOGNORMAL];
    assert_int_equal(fit.best, FIT_LOGNORMAL);
    near_mean(d->a, 4.5, 1.1);
    near_mean(d->b, 1.1, 1.1 / sqrt(2));
    assert_true(fabs(d->mean - exp(d->a + d->b * d->b / 2)) < 1e-9 * d->mean);
    assert_true(fit.distributions[FIT_EXPONENTIAL].p <= 0.01);
}

static void gamma_times(void **state)
{
    (void)state;
    static double values[SAMPLE];
    struct fit_holding fit;
    for (int i = 0; i < SAMPLE; i++)
        values[i] = gsl_ran_gamma(rng, 3, 40);
    assert_true(fit_holding(values, SAMPLE, &fit));
    const struct fit_distribution *d = &fit.distributions[FIT_GAMMA];
    assert_int_equal(fit.best, FIT_GAMMA);
    near_mean(d->mean, 120, 40 * sqrt(3));
    near_mean(d->a, 3, 3 * sqrt(2.0 / 3) * 1.5); /* its error is about k sqrt(2/3n) and more */
}

static void times_of_two_kinds(void **state)
{
    (void)state;
    static double values[SAMPLE];
    struct fit_holding fit;
    for (int i = 0; i < SAMPLE; i++)
        values[i] = gsl_ran_exponential(rng, gsl_rng_uniform(rng) < 0.7 ? 30 : 600);
    assert_true(fit_holding(values, SAMPLE, &fit));
    const struct fit_distribution *d = &fit.distributions[FIT_HYPEREXPONENTIAL];
    assert_int_equal(fit.best, FIT_HYPEREXPONENTIAL);
    near_mean(d->mean, 0.7 * 30 + 0.3 * 600, sqrt(2 * (0.7 * 900 + 0.3 * 360000) - 201.0 * 201));
    double small = fmin(d->means[0], d->means[1]), large = fmax(d->means[0], d->means[1]);
    assert_true(small > 25 && small < 35 && large > 540 && large < 660);
}

static void times_of_no_kind(void **state)
{
    (void)state;
    static double values[SAMPLE];
    struct fit_holding fit;
    for (int i = 0; i < SAMPLE; i++) /* short ones and long ones, nothing between */
        values[i] = (i % 2 ? 10 : 3600) + gsl_rng_uniform(rng);
    assert_true(fit_holding(values, SAMPLE, &fit));
    assert_int_equal(fit.best, -1);
    for (int i = 0; i < 100; i++)
        values[i] = 60;
    assert_true(fit_holding(values, 100, &fit));
    assert_int_equal(fit.best, FIT_DETERMINISTIC);
    assert_true(fabs(fit.distributions[FIT_DETERMINISTIC].mean - 60) < 1e-9);
    assert_true(fit_holding(values, 0, &fit));
    assert_int_equal(fit.best, -1);
    values[0] = 0;
    assert_true(fit_holding(values, 1, &fit));
}

/* The likelihoods are those of the densities, value by value. */
static void likelihoods(void **state)
{
    (void)state;
    double values[] = {5, 12, 33, 60, 61, 75, 130, 420, 421.5, 1900};
    size_t count = sizeof values / sizeof *values;
    struct fit_holding fit;
    assert_true(fit_holding(values, count, &fit));
    for (int k = 0; k < FIT_DETERMINISTIC; k++) {
        const struct fit_distribution *d = &fit.distributions[k];
        double sum = 0;
        assert_true(d->usable);
        for (size_t i = 0; i < count; i++) {
            double x = values[i], f = 0;
            if (k == FIT_EXPONENTIAL)
                f = gsl_ran_exponential_pdf(x, d->mean);
            else if (k == FIT_LOGNORMAL)
                f = gsl_ran_lognormal_pdf(x, d->a, d->b);
            else if (k == FIT_GAMMA)
                f = gsl_ran_gamma_pdf(x, d->a, d->b);
            else
                f = d->probabilities[0] * gsl_ran_exponential_pdf(x, d->means[0]) +
                    d->probabilities[1] * gsl_ran_exponential_pdf(x, d->means[1]);
            sum += log(f);
        }
        assert_true(fabs(sum - d->log_likelihood) < 1e-9 * fabs(sum));
        assert_true(fabs(d->aic - (2 * d->parameters - 2 * sum)) < 1e-7);
    }
}

/* ---- Arrivals ---- */

static void read_stream(struct fit *fit, double per_second, int batch, int64_t length)
{
    const char *reason;
    struct time_zone *zone = time_zone_new("UTC", &reason);
    struct import_clock clock;
    import_clock_init(&clock, zone);
    struct fit_reading *reading = fit_reading_new(&clock);
    for (double t = 0; (t += gsl_ran_exponential(rng, batch / per_second)) < (double)length;)
        for (int i = 0; i < batch; i++)
            assert_true(fit_reading_add(
                reading, &(struct import_call_out){.start = (1772409600 + (int64_t)t) * SECOND,
                                                   .duration = 60 * SECOND,
                                                   .class_name = "x",
                                                   .media = -1}));
    assert_true(fit_reading_finish(reading, fit, NULL, NULL));
    fit_reading_free(reading);
    time_zone_free(zone);
}

static void poisson_arrivals_and_others(void **state)
{
    (void)state;
    struct fit fit;
    read_stream(&fit, 0.05, 1, 14 * 86400);
    const struct fit_class *class = &fit.classes[0];
    assert_true(fit.weekly);
    assert_true(class->p > 1e-6);
    assert_true(fabs(class->dispersion - 1) < 0.1);
    assert_int_equal(class->days, 14);
    double mean = 0;
    for (int k = 0; k < FIT_DAY_KINDS; k++)
        for (int h = 0; h < 24; h++) {
            uint64_t hours = k == FIT_WEEKDAY ? 10 : 4;
            assert_int_equal(fit.hours[k][h], hours);
            assert_true(class->rates[k][h] == (double)class->counts[k][h] / (double)hours);
            mean += class->rates[k][h] * (double)hours / (14 * 24);
        }
    assert_true(fabs(mean - (double)class->calls / (14 * 24)) < 1e-9 * mean);
    fit_release(&fit);
    read_stream(&fit, 0.05, 4, 14 * 86400);
    assert_true(fit.classes[0].p < 1e-6);
    assert_true(fit.classes[0].dispersion > 2);
    fit_release(&fit);
}

/* ---- The command ---- */

#define RECORD                                                                                     \
    "D=$(mktemp -d); trap 'rm -rf $D' EXIT; cd $D; awk 'BEGIN{srand(3); print "                    \
    "\"start,duration,class\"; for(d=2;d<16;d++) for(h=8;h<18;h++) for(i=0;i<20;i++) printf "      \
    "\"2026-03-%02dT%02d:%02d:%02d+01:00,%d,voice\\n\", d, h, int(rand()*60), int(rand()*60), "    \
    "-180*log(1-rand())}' >calls.csv; "

static void check(const char *command, const char *output)
{
    struct outcome o = process_run(command);
    if (strcmp(o.output, output) != 0)
        fail_msg("%s: exit %d: %s%s", command, o.status, o.output, o.said);
    outcome_release(&o);
}

static void the_model_runs(void **state)
{
    (void)state;
    check(RECORD "$P fit calls.csv --json >j && tr ',' '\\n' <j | grep -c '\"distribution\": "
                 "\"exponential\"'; for k in summary classes comparison profile tests holding; do "
                 "grep -c \"\\\"$k\\\": \" j; done | sort -u; grep -c '\"calls\": 2800' j",
          "2\n1\n2\n");
    check(RECORD
          "$P fit calls.csv -o model.yaml --csv out >text || exit 1; "
          "grep -c 'busiest hour' text; ls out; "
          "$P run model.yaml --replications 4 -q --csv r >/dev/null && "
          "awk -F, '$1==\"class\" && $3==\"offered\" {print ($4>1200 && $4<1600) ? \"as many\" "
          ": $4}' r/metrics.csv; rm -rf r; ls -A",
          "1\nholding.csv\nprofile.csv\ntests.csv\nas "
          "many\ncalls.csv\nmodel-profile.csv\nmodel.yaml\nout\ntext\n");
    check(
        RECORD
        "$P fit calls.csv -o m.yaml >a && mkdir x && $P fit calls.csv -o x/m.yaml >b && cmp a b && "
        "cmp m.yaml x/m.yaml && cmp m-profile.csv x/m-profile.csv && echo same",
        "same\n");
}

/* Ended while the model is simulated: its temporary files go. */
static void ended_on_the_way(void **state)
{
    (void)state;
    check("D=$(mktemp -d); trap 'rm -rf $D' EXIT; cd $D; export TMPDIR=$D; "
          "awk 'BEGIN {print \"start,duration,class\"; for (i = 0; i < 5000; i++) print "
          "1772438400 + i * 7 \",\" i * 31 % 300 \",a\"}' >r.csv; "
          "for s in INT TERM; do env --default-signal=INT $P fit r.csv --replications 100000 "
          ">/dev/null 2>&1 & p=$!; until ls -A | grep -q tmp; do sleep 0.05; done; "
          "kill -s $s $p; wait $p 2>/dev/null; echo $?; ls -A; done",
          "130\nr.csv\n143\nr.csv\n");
}

/* One call, all alike, at one instant, of no length, heavy tails, none: the model runs, and says
 * what it loses. Files are not overwritten unasked. */
static void odd_records(void **state)
{
    (void)state;
    check("D=$(mktemp -d); trap 'rm -rf $D' EXIT; cd $D; head='start,duration,class,media'; "
          "{ echo $head; echo 1772438400,60,a,video; } >one.csv; "
          "awk -v h=$head 'BEGIN {print h; for (i = 0; i < 500; i++) print 1772438400 + i * 60 "
          "\",60,a,audio\"}' >alike.csv; "
          "awk -v h=$head 'BEGIN {print h; for (i = 0; i < 1000; i++) print \"1772438400,\" i % 90 "
          "\",a,\"}' >meeting.csv; "
          "awk -v h=$head 'BEGIN {print h; for (i = 0; i < 100; i++) print 1772438400 + i "
          "\",0,a,\"}' >zeros.csv; "
          "awk -v h=$head 'BEGIN {print h; for (i = 0; i < 2000; i++) printf \"%d,%.3f,a,%s\\n\", "
          "1772438400 + i * 7, 10 / (1 - (i * 7919 % 2000) / 2001) ^ 0.9, i % 4 ? \"audio\" : "
          "\"video\"}' >tails.csv; echo $head >none.csv; "
          "for f in one alike meeting zeros tails; do $P fit $f.csv -o $f.yaml >$f.out || exit; "
          "$P fit $f.csv --json >$f.json || exit; $P run -q $f.yaml >run.out; "
          "echo $f $? $(sed -n 's/^ *media: //p' $f.yaml); done; "
          "grep -c 'peak is beyond' meeting.out; grep -c 'deterministic.*taken' alike.out; "
          "$P fit none.csv >/dev/null 2>&1; echo $?; rm tails.yaml tails-profile.csv; "
          "$P fit tails.csv -o tails.yaml 2>&1 >/dev/null | cut -d: -f2; ls tails*",
          "one 0 video\n"
          "alike 0 audio\n"
          "meeting 0 audio # assumed: the record does not say\n"
          "zeros 0 audio # assumed: the record does not say\n"
          "tails 0 audio # 1500 of them audio, 500 video: import --class can tell them apart\n"
          "1\n1\n65\n tails-holding-1.csv\n"
          "tails-holding-1.csv\ntails.csv\ntails.json\ntails.out\n");
}

static void into_a_scenario(void **state)
{
    (void)state;
    check(RECORD
          "cat >s.yaml <<'END'\n# ours\nscenario: Office\nclusters: [{name: c, peers: [{name: p, "
          "platform: small-vm}]}]\ncalls:\n  - name: voice # the phones\n    service: "
          "registered\n    via: {cluster: c}\n    arrivals: {rate: 5/h}\n    holding: {mean: "
          "1m}\nrun: {start: \"2026-03-02T00:00\", length: 24h, replications: 2}\nEND\n"
          "$P fit calls.csv --into s.yaml -o new.yaml >/dev/null || exit 1; "
          "grep -c '# ours' new.yaml; grep -c '# the phones' new.yaml; "
          "grep -c 'rate: 5/h' new.yaml; $P run new.yaml -q >/dev/null; echo $?; "
          "$P fit calls.csv --into s.yaml -o new.yaml 2>said; echo $?; "
          "sed -i s/voice/voices/ s.yaml; $P fit calls.csv --into s.yaml -o x.yaml 2>said "
          ">/dev/null; echo $?; grep -c \"did you mean 'voices'\" said; ls x.yaml 2>/dev/null",
          "1\n1\n0\n0\n73\n65\n1\n");
}

static int start(void **state)
{
    (void)state;
    rng = gsl_rng_alloc(gsl_rng_taus2);
    return rng ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    gsl_rng_free(rng);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponential_times),
        cmocka_unit_test(lognormal_times),
        cmocka_unit_test(gamma_times),
        cmocka_unit_test(times_of_two_kinds),
        cmocka_unit_test(times_of_no_kind),
        cmocka_unit_test(likelihoods),
        cmocka_unit_test(poisson_arrivals_and_others),
        cmocka_unit_test(the_model_runs),
        cmocka_unit_test(ended_on_the_way),
        cmocka_unit_test(odd_records),
        cmocka_unit_test(into_a_scenario),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
