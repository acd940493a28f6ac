/* Time saturates: what never comes stays so, and no sum wraps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/replay.h"

static void sums_saturate(void **state)
{
    (void)state;
    assert_true(time_after(HOUR, MINUTE) == HOUR + MINUTE);
    assert_true(time_after(HOUR, -MINUTE) == HOUR - MINUTE);
    assert_true(time_after(FOREVER, -DAY) == FOREVER);
    assert_true(time_after(-DAY, FOREVER) == FOREVER);
    assert_true(time_after(FOREVER - 1, 2) == FOREVER);
    assert_true(time_after(-FOREVER, -2) == -FOREVER);
    assert_true(time_since(HOUR, MINUTE) == HOUR - MINUTE);
    assert_true(time_since(HOUR, -FOREVER) == FOREVER);
    assert_true(time_since(FOREVER, HOUR) == FOREVER);
    assert_true(time_since(HOUR, HOUR - FOREVER) == FOREVER);
    assert_true(time_since(-DAY, FOREVER - 1) == -FOREVER);
}

static void rounding_saturates(void **state)
{
    (void)state;
    assert_true(time_rounded(1.5) == 2 && time_rounded(-1.5) == -2);
    assert_true(time_rounded(1e300) == FOREVER && time_rounded(-1e300) == -FOREVER);
    assert_true(time_rounded(INFINITY) == FOREVER && time_rounded(NAN) == FOREVER);
}

/* Half of the calls of the hour in which a peer is dead go to it, and are lost: nobody ever learns
 * of its death, which is not the same as at once. */
static void a_death_is_never_detected(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run("platforms: [{name: node, units: 1000}]\n"
                   "clusters: [{name: c, detect: never, redundancy: none, selection: random,\n"
                   "    peers: [{name: p1, platform: node}, {name: p2, platform: node}]}]\n"
                   "calls: [{name: v, media: audio, via: {cluster: c}, arrivals: {rate: 600/h},\n"
                   "    holding: {distribution: exponential, mean: 1m}}]\n"
                   "outages: [{peer: p2, at: 1h, for: 1h}]\n"
                   "run: {length: 3h, warmup: none, replications: 20, seed: 7}\n",
                   NULL, 0);
    struct interval lost = replay_metric(replay, SCOPE_CLASS, "v", "blocked_no_peer");
    assert_true(lost.low < 300 && 300 < lost.high);
    replay_free(replay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_saturate),
        cmocka_unit_test(rounding_saturates),
        cmocka_unit_test(a_death_is_never_detected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
