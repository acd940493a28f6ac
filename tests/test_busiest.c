/* The busiest hour, against closed forms: constant steps of hours, and a burst of a minute that
 * comes every hour. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/busiest.h"
#include "tests/estimate_fixture.h"

#define CLUSTER "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: hundred}]}]\n"

static void near(double value, double wanted)
{
    if (!(fabs(value - wanted) <= 1e-9 * wanted))
        fail_msg("%.15g, not %.15g", value, wanted);
}

static void steps_of_hours_are_their_rate(void **state)
{
    (void)state;
    struct fixture f;
    nanos at;
    double erlangs[2];
    fixture_init(
        &f,
        CLUSTER "calls:\n"
                "  - {name: a, via: {cluster: c}, arrivals: {rate: 600/h, steps: [[0h, 0.1], [10h, "
                "1], [12h, 0.2]]}, holding: {mean: 3m}}\n"
                "  - {name: b, via: {cluster: c}, arrivals: {rate: 60/h}, holding: {mean: 10m}}\n");
    assert_true(busiest_load(&f.scenario, &at, erlangs));
    assert_true(at == 10 * HOUR);
    near(erlangs[0], 30);
    near(erlangs[1], 10);
    near(busiest_erlangs(&f.scenario, &f.scenario.classes[0]), 30);
    near(busiest_erlangs(&f.scenario, &f.scenario.classes[1]), 10);
    fixture_release(&f);
}

/* 3600 calls an hour in the first minute of every hour: 60 calls, not 1800 erlangs. */
static void a_burst_fills_what_its_calls_fill(void **state)
{
    (void)state;
    struct fixture f;
    char text[2048];
    size_t used =
        (size_t)snprintf(text, sizeof text,
                         CLUSTER "calls: [{name: m, via: {cluster: c}, holding: {mean: "
                                 "30m}, arrivals: {rate: 3600/h, steps: [[0m, 1], [1m, 0]");
    for (int hour = 1; hour < 24; hour++)
        used += (size_t)snprintf(text + used, sizeof text - used, ", [%dm, 1], [%dm, 0]", 60 * hour,
                                 60 * hour + 1);
    snprintf(text + used, sizeof text - used, "]}}]\n");
    fixture_init(&f, text);
    double full = 1800 * -expm1(-60.0 / 1800) / -expm1(-3600.0 / 1800);
    double erlangs;
    nanos at;
    assert_true(busiest_load(&f.scenario, &at, &erlangs));
    assert_true(fabs(erlangs - full) <= 1e-9 * full);
    near(busiest_erlangs(&f.scenario, &f.scenario.classes[0]), full);
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_of_hours_are_their_rate),
        cmocka_unit_test(a_burst_fills_what_its_calls_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
