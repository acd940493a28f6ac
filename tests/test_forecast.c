/* Dates of a forecast, against closed forms: n (1 + p)^t = limit, and Erlang's formula inverted by
 * bisection here. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/process.h"

#define PHONES                                                                                     \
    "f=$(mktemp); printf 'table: X14.2-cluster-chapter\\nclusters: [{name: c, peers: [{name: p, "  \
    "platform: large-vm}]}]\\nendpoints: [{name: e, count: 1000}]\\n%s' >$f; $P forecast $f -q "
#define END "; c=$?; rm $f; exit $c"

/* The months of an event in the table of --json, NAN when it is not there. */
static double months_of(const char *output, const char *event)
{
    char mark[64];
    snprintf(mark, sizeof mark, "\"event\": \"%s\"", event);
    const char *at = strstr(output, mark), *months = NULL;
    if (!at)
        return NAN;
    for (const char *m = strstr(output, "\"months\": "); m && m < at;
         m = strstr(m + 1, "\"months\": "))
        months = m;
    return months ? strtod(months + 10, NULL) : NAN;
}

static void near(double value, double wanted)
{
    if (!(fabs(value - wanted) < 1e-6))
        fail_msg("%.9g, not %.9g", value, wanted);
}

static void test_registrations(void **state)
{
    static const struct {
        const char *growth;
        double rate, months;
    } cases[] = {{"10%/month", 0.1, 1}, {"35%/quarter", 0.35, 3}, {"60%/year", 0.6, 12}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char command[1024];
        snprintf(command, sizeof command, PHONES "--json --growth %s --months 120" END, "",
                 cases[i].growth);
        struct outcome o = process_run(command);
        assert_int_equal(o.status, 0);
        double each = log1p(cases[i].rate);
        near(months_of(o.output, "alarm-90"), log(4.5) / each * cases[i].months);
        near(months_of(o.output, "limit"), log(5) / each * cases[i].months);
        outcome_release(&o);
    }
}

static double erlang_b(int servers, double erlangs)
{
    double b = 1;
    for (int n = 1; n <= servers; n++)
        b = erlangs * b / (n + erlangs * b);
    return b;
}

static void test_goal(void **state)
{
    (void)state;
    double low = 60, high = 200;
    while (high - low > 1e-9) {
        double middle = (low + high) / 2;
        *(erlang_b(100, middle) > 0.01 ? &high : &low) = middle;
    }
    struct outcome o = process_run(
        "f=$(mktemp); printf 'platforms: [{name: box, units: 100, audio-weight: 1}]\\nclusters: "
        "[{name: c, redundancy: none, peers: [{name: p, platform: box}]}]\\ncalls: [{name: v, "
        "media: audio, service: registered, arrivals: {busy-hour-erlangs: 60}, holding: {mean: "
        "3m}}]\\nrun: {from: steady, length: 1h, warmup: none}\\ngrowth: {v: "
        "1%%/month+-0.5%%}\\n' "
        ">$f; $P forecast $f --json; rm $f");
    near(months_of(o.output, "goal"), log(low / 60) / log1p(0.01));
    const char *goal = strstr(o.output, "\"event\": \"goal\"");
    assert_non_null(strstr(goal ? goal : "", "\"limit\": \"units\"")); /* what binds */
    assert_non_null(strstr(o.output, "\"date_low\": \"20"));
    outcome_release(&o);
}

/* Calls of each device grow with the devices, and on their own; they fill the peer at which these
 * are registered. */
static void test_calls_of_devices(void **state)
{
    (void)state;
    double low = 60, high = 200;
    while (high - low > 1e-9) {
        double middle = (low + high) / 2;
        *(erlang_b(100, middle) > 0.01 ? &high : &low) = middle;
    }
    struct outcome o = process_run(
        "f=$(mktemp); printf 'platforms: [{name: box, units: 100, registrations: 5000, "
        "audio-weight: 1}]\nclusters: [{name: c, redundancy: none, peers: [{name: p, platform: "
        "box}]}]\nendpoints: [{name: e, count: 1000, device: desktop}]\ncalls: [{name: v, media: "
        "audio, service: registered, via: {endpoints: e}, arrivals: {per-endpoint: 0.6/h}, "
        "holding: {mean: 6m}}]\nrun: {from: steady, length: 1h, warmup: none}\n' >$f; $P "
        "forecast $f --json --growth e=2%/month --growth v=1%/month; rm $f");
    near(months_of(o.output, "goal"), log(low / 60) / (log1p(0.02) + log1p(0.01)));
    const char *goal = strstr(o.output, "\"event\": \"goal\"");
    assert_non_null(strstr(goal ? goal : "", "\"limit\": \"units\""));
    outcome_release(&o);
}

/* How likely so many calls of so many erlangs are in progress, or more. */
static double poisson_tail(int calls, double erlangs)
{
    double term = exp(-erlangs), below = 0;
    for (int n = 0; n < calls; n++) {
        below += term;
        term *= erlangs / (n + 1);
    }
    return 1 - below;
}

/* Units and RMS come to 90 % of a limit when one moment in twenty does; the months lead there. */
static void test_alarm(void **state)
{
    (void)state;
    double low = 60, high = 100;
    while (high - low > 1e-9) {
        double middle = (low + high) / 2;
        *(poisson_tail(90, middle) > 0.05 ? &high : &low) = middle;
    }
    struct outcome o = process_run(
        "d=$(mktemp -d); cd $d; printf 'platforms: [{name: box, units: 1000, video-weight: 1}]\n"
        "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: box, rms: 100}]}]\n"
        "calls: [{name: v, service: b2b, arrivals: {busy-hour-erlangs: 60}, holding: {mean: 3m}}]\n"
        "run: {from: steady, length: 1h, warmup: none}\n' >f; $P forecast f -q --json --growth "
        "1%/month --months 48 --csv out; cat out/forecast_months.csv; rm -r $d");
    near(months_of(o.output, "alarm-90"), log(low / 60) / log1p(0.01));
    assert_non_null(strstr(o.output, ",c,rms_limit,100,exact\n"));
    int months = 0, quantile = 0;
    for (const char *at = o.output; (at = strstr(at, ",c,rms,")); at++, months++) {
        double erlangs = 60 * pow(1.01, months);
        assert_int_equal(sscanf(at, ",c,rms,%d,", &quantile), 1);
        assert_true(poisson_tail(quantile + 1, erlangs) <= 0.05);
        assert_true(poisson_tail(quantile, erlangs) > 0.05);
    }
    assert_int_equal(months, 49);
    outcome_release(&o);
}

/* Set-ups of a second come to 90 % of what a peer does when one second in twenty does; refreshes
 * by their number. */
static void test_rates(void **state)
{
    (void)state;
    double low = 1, high = 10;
    while (high - low > 1e-9) {
        double middle = (low + high) / 2;
        *(poisson_tail(9, middle) > 0.05 ? &high : &low) = middle;
    }
    struct outcome o = process_run(
        "f=$(mktemp); printf 'clusters: [{name: c, redundancy: none, peers: [{name: p, platform: "
        "large-vm, setup-rate: 10/s}, {name: q, platform: large-vm, setup-rate: 10/s}]}]\ncalls: "
        "[{name: v, media: audio, service: registered, arrivals: {rate: 10000/h}, holding: {mean: "
        "30s}}]\nrun: {from: steady, length: 1h, warmup: none}\n' >$f; $P forecast $f -q --json "
        "--growth 3%/month --months 60; rm $f");
    near(months_of(o.output, "alarm-90"), log(low / (10000 / 3600.0 / 2)) / log1p(0.03));
    assert_non_null(strstr(o.output, "\"limit\": \"setup_rate\""));
    outcome_release(&o);
    o = process_run(
        "f=$(mktemp); printf 'clusters: [{name: c, redundancy: none, peers: [{name: p, platform: "
        "large-vm, registration-rate: 2/s}]}]\nendpoints: [{name: e, count: 2000, protocol: h323, "
        "ttl: 30m}]\nrun: {from: steady, length: 1h, warmup: none}\n' >$f; $P forecast $f -q "
        "--json --growth 3%/month --months 60; rm $f");
    assert_null(strstr(o.output, "\"event\": \"limit\"")); /* an alarm, and then a goal */
    assert_non_null(strstr(o.output, "\"limit\": \"refreshes\""));
    near(months_of(o.output, "alarm-90"), log(3240 / 2000.0) / log1p(0.03));
    outcome_release(&o);
}

/* Records grow by their scale: what is replayed just before the date meets the goal, and what is
 * replayed after it does not. */
static void test_replay(void **state)
{
    (void)state;
    struct outcome o = process_run(
        "d=$(mktemp -d); cd $d; (echo start,duration,class; for i in $(seq 0 10 20000); do echo "
        "$i,100,v; done) >t.csv; printf 'clusters: [{name: c, redundancy: none, peers: [{name: p, "
        "platform: large-vm, rms: 12}]}]\ncalls: [{name: v, service: b2b}]\ntraces: [{file: "
        "t.csv}]\nrun: {length: 6h, warmup: none}\n' >f; $P forecast f -q --json --growth "
        "2%/month >j; cat j; m=$(sed -n 's/.*\"months\": \\([0-9.]*\\).*/\\1/p' j | head -1); for "
        "k in "
        "-2 1; do s=$(awk \"BEGIN {print 1.02 ^ ($m + $k)}\"); $P run f -q --set "
        "traces.1.scale=$s | grep 'carries it'; done; rm -r $d");
    double months = months_of(o.output, "goal");
    assert_true(months > 1 && months < 36);
    if (!strstr(o.output, "carries it: YES\ncarries it: NO\n"))
        fail_msg("%s%s", o.output, o.said);
    assert_non_null(strstr(o.output, "\"replayed\""));
    outcome_release(&o);
}

static void test_bounds(void **state)
{
    static const struct {
        const char *options, *output;
        int status;
    } cases[] = {
        {"--growth -5%/month", "nothing to do until 2029-03-01, as far as", 0},
        {"--growth 1%/month", "alarm-90   c            registrations\n", 0},
        {"", "", 64},
        {"--growth 5%/week", "", 64},
        {"--growth nobody=5%/month", "", 64},
        {"--growth 5%/month --until 2020-01-01", "", 64},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[1024];
        snprintf(command, sizeof command, PHONES "%s" END, "", cases[i].options);
        struct outcome o = process_run(command);
        if (o.status != cases[i].status || !strstr(o.output, cases[i].output))
            fail_msg("%s: %d %s%s", command, o.status, o.output, o.said);
        outcome_release(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registrations),
        cmocka_unit_test(test_goal),
        cmocka_unit_test(test_calls_of_devices),
        cmocka_unit_test(test_alarm),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
