/* Finite populations by their product form, against enumeration and Engset; calls that leave places
 * free for others, against published figures and a chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "tests/engset.h"
#include "model/formulas/erlang.h"
#include "model/formulas/finite.h"
#include "model/formulas/kaufman_roberts.h"
#include "tests/estimate_fixture.h"

static void close_to(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.15g is not %.15g", value, expected);
}

static void one_population_is_engset(void **state)
{
    (void)state;
    static const int64_t sources[] = {1, 5, 12, 40, 900}, servers[] = {1, 4, 12, 30, 700};
    for (size_t i = 0; i < 5; i++) {
        struct finite_class c = {(double)sources[i], 0.8, 1, 0};
        struct engset e = engset(sources[i], servers[i], 0.8);
        double full;
        assert_true(finite_blocking(servers[i], &c, 1, &full));
        assert_true(fabs(c.blocking - e.call_congestion) <= 1e-12 * e.call_congestion + 1e-25);
        assert_true(fabs(full - e.time_congestion) <= 1e-12 * e.time_congestion + 1e-25);
    }
}

static double choose(int n, int k)
{
    double c = 1;
    for (int i = 0; i < k; i++)
        c = c * (n - i) / (i + 1);
    return c;
}

/* P(too few units are free for `wanted`), summed state by state. */
static double enumerate(const int *sources, int units, int wanted)
{
    double all = 0, lacking = 0, poisson = 1;
    for (int p = 0; p <= units; p++) {
        for (int a = 0; a <= sources[0]; a++)
            for (int b = 0; b <= sources[1]; b++) {
                int used = p + a + 2 * b;
                double w = poisson * choose(sources[0], a) * pow(0.5, a) * choose(sources[1], b) *
                           pow(0.3, b);
                all += used <= units ? w : 0;
                lacking += used <= units && used > units - wanted ? w : 0;
            }
        poisson *= 2.5 / (p + 1);
    }
    return lacking / all;
}

static void several_are_enumerated(void **state)
{
    (void)state;
    struct finite_class c[] = {{9, 0.5, 1, 0}, {6, 0.3, 2, 0}, {INFINITY, 2.5, 1, 0}};
    double full;
    assert_true(finite_blocking(12, c, 3, &full));
    close_to(c[0].blocking, enumerate((const int[]){8, 6}, 12, 1), 1e-12);
    close_to(c[1].blocking, enumerate((const int[]){9, 5}, 12, 2), 1e-12);
    close_to(c[2].blocking, enumerate((const int[]){9, 6}, 12, 1), 1e-12);
    close_to(full, c[2].blocking, 1e-12);
    struct finite_class split[] = {{4, 0.5, 1, 0}, {5, 0.5, 1, 0}, c[1], c[2]};
    assert_true(finite_blocking(12, split, 4, &full));
    close_to(split[0].blocking, c[0].blocking, 1e-12); /* two halves of one population */
}

/* Very many sources that call very rarely are a stream. */
static void a_large_population_is_poisson(void **state)
{
    (void)state;
    struct finite_class c = {1e9, 15e-9, 1, 0};
    double full;
    assert_true(finite_blocking(20, &c, 1, &full));
    close_to(c.blocking, erlang_b(20, 15), 1e-6);
}

static void populations_in_an_estimate(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f,
                 "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: twenty}]}]\n"
                 "calls:\n"
                 "  - {name: p, media: audio, service: registered, via: {cluster: c},\n"
                 "     arrivals: {sources: 20, idle: 10m}, holding: {mean: 6m}}\n"
                 "  - {name: r, media: video, service: registered, via: {cluster: c},\n"
                 "     arrivals: {sources: 8, idle: 20m}, holding: {distribution: deterministic, "
                 "mean: 9m}}\n"
                 "run: {length: 10h}\n");
    struct finite_class c[] = {{20, 0.6, 1, 0}, {8, 0.45, 2, 0}};
    double full;
    assert_true(finite_blocking(20, c, 2, &full));
    expect(&f, 0, "p", c[0].blocking, BADGE_EXACT);
    expect(&f, 0, "r", c[1].blocking, BADGE_EXACT);
    fixture_release(&f);
}

/* Figures of textbooks: two classes that leave one of 5 units, one of 4, to the other. */
static void reservation_as_published(void **state)
{
    (void)state;
    static const double none[8] = {0};
    struct kr_class c[] = {{.load = 2,
                            .units = 1,
                            .acceptance = none,
                            .acceptance_count = 2}, /* one more than its own */
                           {.load = 1, .units = 2}};
    struct kr_result r;
    assert_true(kaufman_roberts(5, c, 2, &r));
    close_to(c[0].blocking, 0.3253012, 1e-6);
    assert_true(kaufman_roberts(4, c, 2, &r));
    close_to(r.full_fraction, 0.1384615, 1e-6);
}

/* Calls of one size: birth and death, in which some come only while enough is left. */
static void reservation_of_one_size(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: ten}]}]\n"
                     "calls:\n"
                     "  - {name: high, media: audio, service: registered, via: {cluster: c},\n"
                     "     arrivals: {rate: 24/h}, holding: {mean: 10m}}\n"
                     "  - {name: low, media: audio, service: registered, via: {cluster: c},\n"
                     "     arrivals: {rate: 30/h}, holding: {mean: 10m}, reserve: 3}\n"
                     "run: {length: 10h}\n");
    double p = 1, all = 1, high = 0, low = 0;
    for (int n = 1; n <= 10; n++) { /* low may come while 4 are free: up to 6 in use */
        p *= (4 + (n - 1 <= 6 ? 5 : 0)) / (double)n;
        all += p;
        low += n >= 7 ? p : 0;
        high += n == 10 ? p : 0;
    }
    expect(&f, 0, "high", high / all, BADGE_EXACT);
    expect(&f, 0, "low", low / all, BADGE_EXACT);
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_population_is_engset),
        cmocka_unit_test(several_are_enumerated),
        cmocka_unit_test(a_large_population_is_poisson),
        cmocka_unit_test(populations_in_an_estimate),
        cmocka_unit_test(reservation_as_published),
        cmocka_unit_test(reservation_of_one_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
