/* One catalogue of metrics: what simulation and estimate say has its names and units. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "model/estimate/estimate.h"
#include "model/limits.h"
#include "tests/replay.h"

/* Pools, a pipe, endpoints, random outages: something of every scope. */
static const char scenario[] =
    "platforms: [{name: node, units: 10, rms: 8}]\n"
    "clusters:\n"
    "  - {name: edge, redundancy: none, peers: [{name: e1, platform: node, rms: 2, room: 8},"
    " {name: e2, platform: node, rms: 2, room: 4}]}\n"
    "zones: [{name: net, kind: dns}]\n"
    "pipes: [{name: wan, total: 10M, per-call: 4M}]\n"
    "endpoints: [{name: rooms, cluster: edge, count: 10, device: room, protocol: h323}]\n"
    "calls:\n"
    "  - {name: b2b, media: video, service: b2b, via: {zone: net, cluster: edge},\n"
    "     arrivals: {rate: 60/h}, holding: {distribution: exponential, mean: 3m},\n"
    "     redial: {probability: 50%, after: 30s}, pipes: {wan: 1M}}\n"
    "outages: [{cluster: edge, mtbf: 10h, mttr: 1h}]\n"
    "run: {length: 4h, replications: 3, seed: 5, warmup: none}\n";

static void rows_are_complete_and_told_apart(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_COUNT; i++) {
        const struct metric_info *m = metric_info((enum metric_id)i);
        assert_int_equal(metric_find(m->scope, m->name), i);
        assert_true(*m->unit && *m->meaning && m->scope < SCOPE_COUNT);
    }
    for (int i = 0; i < SERIES_COUNT; i++) {
        const struct series_info *s = series_info((enum series_id)i);
        assert_true(*s->name && *s->unit && *s->meaning);
        assert_int_equal(s->columns, strcmp(s->unit, "1") == 0 ? 2 : 1);
    }
    assert_int_equal(metric_find(SCOPE_CLASS, "size"), METRIC_COUNT);
    assert_string_equal(metric_info(METRIC_POOL_SIZE)->unit, "licences");
    assert_string_equal(metric_info(METRIC_CLASS_BLOCKED_PEER_UNITS_ONLY)->name,
                        "blocked_peer_units_only");
}

static void check(bool seen[static METRIC_COUNT], const char *scope, const char *metric,
                  const char *unit)
{
    for (int s = 0; s < SCOPE_COUNT; s++) {
        if (strcmp(scope_name((enum scope)s), scope) != 0)
            continue;
        enum metric_id id = metric_find((enum scope)s, metric);
        if (id == METRIC_COUNT)
            fail_msg("%s %s is not in the catalogue", scope, metric);
        assert_string_equal(metric_info(id)->unit, unit);
        seen[id] = true;
        return;
    }
    fail_msg("no scope %s", scope);
}

static void simulation_and_estimate_keep_to_it(void **state)
{
    (void)state;
    bool simulated[METRIC_COUNT] = {false}, estimated[METRIC_COUNT] = {false};
    struct replay *replay = replay_run(scenario, NULL, 0);
    for (size_t i = 0; i < replay->results.metric_count; i++) {
        const struct metric *m = &replay->results.metrics[i];
        check(simulated, scope_name(m->scope), m->metric, m->unit);
    }
    struct estimate estimate;
    assert_true(estimate_make(&replay->scenario, &(struct estimate_options){0}, &estimate));
    for (size_t i = 0; i < estimate.count; i++) {
        const struct estimate_row *row = &estimate.rows[i];
        check(estimated, row->scope, row->metric, row->unit);
    }
    assert_true(simulated[METRIC_POOL_SIZE] && estimated[METRIC_POOL_SIZE]);
    assert_true(simulated[METRIC_LICENCE_REFUSED] && simulated[METRIC_RUN_EVENTS]);
    assert_true(estimated[METRIC_CLUSTER_PEERS_UP_1_MINUTES]);
    estimate_release(&estimate);
    replay_free(replay);
}

/* A peer is lost at 1 of 4 h, its licences leave an hour later: 5, then 2 of each kind. */
static void a_pool_has_a_size_over_time(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "platforms: [{name: node, units: 10}]\n"
        "clusters:\n"
        "  - {name: edge, redundancy: none, licence-grace: 1h, peers: [{name: e1, platform: node,"
        " rms: 3, room: 3}, {name: e2, platform: node, rms: 2, room: 2}]}\n"
        "endpoints: [{name: rooms, cluster: edge, count: 1, device: room, protocol: h323}]\n"
        "calls:\n"
        "  - {name: b2b, media: video, service: b2b, via: {cluster: edge}, arrivals: {rate: 1/h},"
        " holding: {distribution: exponential, mean: 3m}}\n"
        "outages: [{peer: e1, at: 1h, do: fail}]\n"
        "run: {length: 4h, replications: 1, warmup: none}\n",
        NULL, 0);
    static const char *const pools[] = {"edge.rms", "edge.room"};
    for (int i = 0; i < 2; i++) {
        assert_true(replay_value(replay, SCOPE_POOL, pools[i], "size") == 3.5);
        assert_true(replay_value(replay, SCOPE_POOL, pools[i], "size_start") == 5);
        assert_true(replay_value(replay, SCOPE_POOL, pools[i], "size_end") == 2);
    }
    replay_free(replay);
}

/* What the document prints instead of factor x node: where it prints a figure. */
static void printed_caps_take_the_place_of_the_factor(void **state)
{
    (void)state;
    struct replay replay;
    replay_read(&replay, scenario);
    struct cluster *c = &replay.scenario.clusters[0];
    c->printed = (struct cluster_figures){7, 9, 5, CAPACITY_UNLIMITED, 3};
    assert_int_equal(scenario_cluster_units(&replay.scenario, 0), 20);
    assert_int_equal(limit_of_cluster(&replay.scenario, 0, LIMIT_RMS), 16);
    c->caps_printed = true;
    assert_int_equal(scenario_cluster_units(&replay.scenario, 0), 7);
    assert_int_equal(limit_of_cluster(&replay.scenario, 0, LIMIT_UNITS), 7);
    assert_int_equal(limit_of_cluster(&replay.scenario, 0, LIMIT_RMS), 5);
    scenario_release(&replay.scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete_and_told_apart),
        cmocka_unit_test(simulation_and_estimate_keep_to_it),
        cmocka_unit_test(a_pool_has_a_size_over_time),
        cmocka_unit_test(printed_caps_take_the_place_of_the_factor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
