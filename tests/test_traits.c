#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/engine/random.h"
#include "sim/study/traits.h"
#include "tests/replay.h"

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g within %g", value, expected, relative);
}

static void by_chance_alone(void **state)
{
    (void)state;
    assert_near(traits_none_bound(100, 1, 0, 0), 1 - pow(0.05, 0.01), 1e-12);
    assert_near(traits_none_bound(1e9, 54, 0, 0), 2.99573227355 * 54 / 1e9, 1e-6);
    assert_true(isnan(traits_none_bound(0, 1, 0, 0)));
    assert_true(traits_none_bound(1, 100, 0.5, 0) <= 1);
}

/* Calls singly and outages together: the greatest share that leaves a likelihood of 5 %. */
static void outages_are_bounded_by_those_seen(void **state)
{
    (void)state;
    double chance = traits_none_bound(72000, 10, 0, 0);
    /* none seen: all of their time may be lost */
    assert_near(traits_none_bound(72000, 10, 0.011, 0), chance + 0.011, 1e-9);
    /* two seen: they may all block, at a likelihood of e^-2 */
    assert_near(traits_none_bound(72000, 10, 0.011, 2), 0.011 + (2.9957322736 - 2) * 10 / 72000,
                1e-4);
    /* sixty seen: 3/60 of them may block, with nothing left for chance */
    assert_near(traits_none_bound(72000, 10, 0.011, 60), 0.011 * 2.9957322736 / 60, 1e-6);
    /* very many seen, in few calls: chance decides */
    assert_near(traits_none_bound(72000, 10, 0.011, 1e6), chance, 1e-12);
}

/* At exactly the bound nothing is seen in one of twenty runs; outages and chance in any mixture. */
static void nothing_is_seen_in_one_run_of_twenty(void **state)
{
    (void)state;
    struct stream stream;
    stream_init(&stream, 4, 0, PURPOSE_HOLDING, 0);
    for (int seen = 0; seen <= 40; seen += 10) {
        double bound = traits_none_bound(10000, 10, 0.01, seen), q = fmin(bound / 0.01, 1),
               p = bound - 0.01 * q;
        int nothing = 0;
        enum { TRIALS = 4000 };
        for (int t = 0; t < TRIALS; t++)
            nothing += stream_exponential(&stream) > p * 10000 / 10 + q * seen;
        assert_true(nothing <= 0.05 * TRIALS + 60);
    }
}

#define PEER                                                                                       \
    "platforms: [{name: u, units: 1000}]\n"                                                        \
    "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: u}, {name: q, platform: "  \
    "u}]}]\n"                                                                                      \
    "scenario: x\n"
#define CALL(name, arrivals, hold)                                                                 \
    "  - {name: " name ", media: audio, units: 1, rms: 0, arrivals: {" arrivals                    \
    "}, holding: {mean: " hold "}}\n"

static struct traits traits_of(const char *text, uint32_t down_count)
{
    struct replay replay = {0};
    struct traits traits;
    uint32_t down[] = {0};
    replay_read(&replay, text);
    assert_true(traits_make(&replay.scenario, down, down_count, &traits));
    scenario_release(&replay.scenario);
    return traits;
}

static void clumps_by_class(void **state)
{
    (void)state;
    struct traits t = traits_of(PEER "calls:\n" CALL("a", "rate: 100/h", "1h"), 0);
    assert_near(t.clumps[0], traits_clump(100), 1e-12);
    assert_true(t.clumps[0] > 10 && t.clumps[0] < 14 && t.constant && t.memory == 3600);
    traits_release(&t);
    /* meetings of 50: three in progress, refused two at a time */
    t = traits_of(PEER "calls:\n" CALL("a", "rate: 3/h, batches: [[50, 1]]", "1h"), 0);
    assert_near(t.clumps[0], 50 * traits_clump(3), 1e-12);
    traits_release(&t);
    /* single calls beside them are refused as long as the meetings stand in their way */
    t = traits_of(PEER "calls:\n" CALL("a", "rate: 3/h, batches: [[50, 1]]", "1h")
                      CALL("b", "rate: 600/h", "5m"),
                  0);
    assert_true(t.clumps[0] >= 50 * traits_clump(3) && t.clumps[1] > 100 && t.clumps[1] < 600);
    traits_release(&t);
    /* who tries again keeps it full */
    t = traits_of(PEER "calls:\n"
                       "  - {name: a, media: audio, units: 1, rms: 0, arrivals: {rate: 100/h}, "
                       "holding: {mean: 1h}, "
                       "redial: {probability: 50%, after: 1m}}\n",
                  0);
    assert_near(t.clumps[0], 1.5 * traits_clump(100), 1e-12);
    traits_release(&t);
}

/* A large system is full for as long at a time as it takes to be offered so many calls; nor do they
 * cost time to count. */
static void clumps_of_large_systems_tend_to_a_limit(void **state)
{
    (void)state;
    assert_near(traits_clump(9.9e5), 199, 5);
    assert_near(traits_clump(1e15), 199, 1e-12);
    assert_true(traits_clump(1e4) < traits_clump(1e5) && traits_clump(1e5) < traits_clump(9e5));
}

static void outages_by_their_law(void **state)
{
    (void)state;
    const char *text = PEER
        "calls:\n" CALL("a", "rate: 100/h", "1h") "outages: [{cluster: c, mtbf: 30d, mttr: 4h}]\n";
    struct traits t = traits_of(text, 0);
    assert_near(t.away, 1 - (720.0 / 724) * (720.0 / 724), 1e-9);
    assert_near(t.memory, 362 * 3600, 1e-12); /* one of the two fails every 15 days */
    assert_true(t.away_peer_count == 2 && t.away_mean == 4 * 3600 && t.away_counts);
    traits_release(&t);
    t = traits_of(text, 1); /* p is forced down: only q fails */
    assert_near(t.away, 4.0 / 724, 1e-9);
    assert_true(t.away_peer_count == 1 && t.away_peers[0] == 1);
    traits_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_chance_alone),
        cmocka_unit_test(outages_are_bounded_by_those_seen),
        cmocka_unit_test(nothing_is_seen_in_one_run_of_twenty),
        cmocka_unit_test(clumps_by_class),
        cmocka_unit_test(clumps_of_large_systems_tend_to_a_limit),
        cmocka_unit_test(outages_by_their_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
