/* What came of the script: calls cut, devices lost and back, settled when, edits overwritten. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/replay.h"

static double event_value(const struct replay *replay, uint32_t event, const char *metric)
{
    const struct results *r = &replay->results;
    for (size_t i = 0; i < r->metric_count; i++)
        if (r->metrics[i].scope == SCOPE_EVENT && r->metrics[i].index == event &&
            strcmp(r->metrics[i].metric, metric) == 0)
            return results_value(r, i, 0);
    fail_msg("event %u has no %s", event, metric);
    return NAN;
}

/* Both calls of p1 are cut and all ten rooms lost; they notice within ten minutes. The second
 * failure finds nothing on p1, which has been back since. */
static void an_outage_tells_what_it_cost(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "platforms: [{name: node, units: 10}]\n"
        "clusters: [{name: c, redundancy: none, selection: first-fit, peers: [{name: p1, platform: "
        "node},"
        " {name: p2, platform: node}]}]\n"
        "endpoints: [{name: rooms, count: 10, device: room, protocol: h323, ttl: 10m,"
        " spread: [1, 0]}]\n"
        "calls: [{name: v, media: audio, via: {cluster: c}, holding: {mean: 5m}}]\n"
        "traces: [{file: rows}]\n"
        "outages: [{peer: p1, at: 1h, for: 10s}, {peer: p1, at: 3h, drain: 10m, for: 1h, "
        "kind: maintenance}]\n"
        "run: {length: 6h, replications: 1, warmup: none, seed: 3}\n",
        ROWS({3500, 1000, 0, 0, 0}, {3510, 1000, 0, 0, 0}, {3700, 10, 0, 0, 0}));
    assert_int_equal(replay->results.scripted_count, 2);
    assert_int_equal(replay->results.scripted[0].kind, SCRIPTED_FAILURE);
    assert_int_equal(replay->results.scripted[1].kind, SCRIPTED_MAINTENANCE);
    assert_string_equal(replay->results.scripted[0].peer, "p1");
    assert_true(event_value(replay, 0, "calls_cut") == 2);
    assert_true(event_value(replay, 0, "devices_lost") == 10);
    assert_true(event_value(replay, 0, "devices_not_back") == 0);
    double back = event_value(replay, 0, "back_all");
    assert_true(back > 0 && back <= 601);
    assert_true(event_value(replay, 0, "back_95") == back); /* of ten devices the last one */
    assert_true(event_value(replay, 0, "settled") >= back);
    assert_true(event_value(replay, 0, "refused_fraction") == 0);
    assert_true(event_value(replay, 1, "calls_cut") == 0);
    assert_true(event_value(replay, 1, "devices_lost") == 0);
    assert_true(isnan(event_value(replay, 1, "back_all")));
    replay_free(replay);
}

/* A device with two flows that loses one was never out: no failover of it is counted. */
static void only_who_was_out_fails_over(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run("platforms: [{name: node, units: 10}]\n"
                   "clusters: [{name: c, redundancy: none, peers: [{name: p1, platform: node},"
                   " {name: p2, platform: node}, {name: p3, platform: node}]}]\n"
                   "endpoints: [{name: phones, count: 30, failover: outbound, flows: 2}]\n"
                   "calls: [{name: v, media: audio, via: {cluster: c}, arrivals: {rate: 1/h}, "
                   "holding: {mean: 1m}}]\n"
                   "outages: [{peer: p1, at: 1h, for: 1h}]\n"
                   "run: {length: 4h, replications: 1, warmup: none, seed: 3}\n",
                   NULL, 0);
    assert_true(replay_value(replay, SCOPE_ENDPOINTS, "phones", "failovers") == 0);
    assert_true(event_value(replay, 0, "devices_lost") == 0);
    replay_free(replay);
}

static void changes_tell_what_became_of_them(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "platforms: [{name: node, units: 10}]\n"
        "clusters: [{name: c, redundancy: none, primary: p1, peers: [{name: p1, platform: node},"
        " {name: p2, platform: node}]}]\n"
        "calls: [{name: v, media: audio, via: {cluster: c}, arrivals: {rate: 1/h}, "
        "holding: {mean: 1m}}]\n"
        "changes:\n"
        "  - {peer: p1, at: 1h, kind: cluster-wide}\n"
        "  - {peer: p2, at: 2h, kind: cluster-wide}\n"
        "  - {peer: p2, at: 3h, kind: restore}\n"
        "run: {length: 4h, replications: 1, warmup: none}\n",
        NULL, 0);
    assert_true(event_value(replay, 0, "overwritten") == 0);
    assert_true(isnan(event_value(replay, 0, "previous_sync")));
    assert_true(event_value(replay, 0, "next_sync") == 60);
    assert_true(event_value(replay, 1, "overwritten") == 1);
    assert_true(event_value(replay, 1, "previous_sync") == 3540);
    assert_true(event_value(replay, 2, "refused") == 1);
    replay_free(replay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outage_tells_what_it_cost),
        cmocka_unit_test(only_who_was_out_fails_over),
        cmocka_unit_test(changes_tell_what_became_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
