/* The path of a call: what the chapter and the guides say of it, and that route, run and estimate
 * take the same. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "model/estimate/estimate.h"
#include "model/path.h"
#include "tests/replay.h"

static const char clusters[] =
    "platforms: [{name: node, units: 100, video-weight: 2, mra-video-weight: 3, rms: 50}]\n"
    "clusters:\n"
    "  - {name: edge, role: edge, traversal: core, redundancy: none,"
    " peers: [{name: e1, platform: node}, {name: e2, platform: node}]}\n"
    "  - {name: core, role: core, redundancy: none,"
    " peers: [{name: k1, platform: node}, {name: k2, platform: node}]}\n"
    "zones: [{name: net, kind: dns, cluster: edge}]\n"
    "endpoints:\n"
    "  - {name: soft, cluster: edge, count: 20, access: mra, spread: %s}\n"
    "  - {name: rooms, cluster: core, count: 20, device: room, protocol: h323, spread: %s}\n"
    "  - {name: phones, cluster: core, count: 20, spread: [1, 0]}\n"
    "calls: ";

static const struct {
    const char *via, *to;
} ways[] = {
    {"{zone: net}", "{endpoints: rooms}"},
    {"{zone: net}", "{endpoints: soft}"},
    {"{zone: net}", "{zone: net}"},
    {"{endpoints: soft}", "{zone: net}"},
    {"{endpoints: soft}", "{endpoints: soft}"},
    {"{endpoints: soft}", "{endpoints: rooms}"},
    {"{endpoints: rooms}", "{endpoints: soft}"},
    {"{endpoints: rooms}", "{zone: net}"},
    {"{endpoints: phones}", "{endpoints: rooms}"},
    {"{endpoints: rooms}", "{endpoints: rooms}"},
    {"{cluster: edge}", NULL},
};
static const char *const services[] = {
    "b2b",  "mra",         "registered", "intracluster", "interworking",
    "lync", "third-party", "webrtc",     "webex",        "meeting-server"};
static const char *const spreads[] = {"[1, 0]", "[0, 1]"};

struct taken {
    int64_t units[2], rms[2]; /* by cluster */
};

/* What the path takes in each cluster; legs that hold nothing on the peer of the one before are
 * counted by whether the ends are on one peer, which here they are not asked for. */
static struct taken taken_by(const struct path *path)
{
    struct taken taken = {0};
    for (uint32_t i = 0; i < path->count; i++) {
        const struct leg *leg = &path->legs[i];
        if (leg->takes && !leg->both_needed) {
            taken.units[leg->cluster] += leg->units[0];
            taken.rms[leg->cluster] += leg->rms;
        }
    }
    return taken;
}

static void assert_close(double value, double expected, const char *what, const char *text)
{
    if (!(fabs(value - expected) <= 1e-9 + 1e-6 * fabs(expected)))
        fail_msg("%s: %.12g is not %.12g in\n%s", what, value, expected, text);
}

/* A call of ten minutes in an hour, and 1/6 erlang. away: ends that are at their fallback cluster.
 */
static void hold_to_each_other(const char *text, unsigned away)
{
    static const char *const names[] = {"edge", "core"};
    char both[4096];
    snprintf(both, sizeof both, "%s}]\ntraces: [{file: rows}]\n%s", text,
             "run: {length: 1h, replications: 1, warmup: none}\n");
    struct replay *replay = replay_run(both, ROWS({60, 600, 0, 0, 0}));
    const struct call_class *call = &replay->scenario.classes[0];
    struct path path;
    assert_true(path_make_away(&path, &replay->scenario, call, &call->via, away));
    struct taken taken = taken_by(&path);
    snprintf(both, sizeof both, "%s, arrivals: {rate: 1/h}}]\n%s", text, "run: {length: 1h}\n");
    struct replay reading;
    struct estimate estimate;
    replay_read(&reading, both);
    assert_true(estimate_make(&reading.scenario, &(struct estimate_options){0}, &estimate));
    for (int c = 0; c < 2; c++) {
        double units = (double)taken.units[c] / 6, rms = (double)taken.rms[c] / 12;
        char pool[16];
        snprintf(pool, sizeof pool, "%s.rms", names[c]);
        assert_close(replay_value(replay, SCOPE_CLUSTER, names[c], "mean_units"), units, "run",
                     both);
        assert_close(replay_value(replay, SCOPE_POOL, pool, "mean_in_use"), rms, "run", both);
        const struct estimate_row *row =
            estimate_find(&estimate, -1, 0, "cluster", names[c], "mean_units");
        assert_close(row ? row->value : 0, units, "estimate", both);
    }
    estimate_release(&estimate);
    scenario_release(&reading.scenario);
    replay_free(replay);
}

static void route_run_and_estimate_take_the_same(void **state)
{
    (void)state;
    char text[4096];
    for (size_t s = 0; s < sizeof services / sizeof *services; s++)
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
            for (int form = 0; form < 8; form++) {
                int used = snprintf(text, sizeof text, clusters, spreads[form >> 1 & 1],
                                    spreads[form >> 2 & 1]);
                snprintf(text + used, sizeof text - (size_t)used,
                         "[{name: v, media: %s, service: %s, protocol: %s, via: %s%s%s,"
                         " holding: {distribution: exponential, mean: 10m}",
                         form & 1 ? "video" : "audio", services[s], form & 2 ? "h323" : "sip",
                         ways[w].via, ways[w].to ? ", to: " : "", ways[w].to ? ways[w].to : "");
                hold_to_each_other(text, 0);
            }
}

/* The same where the peers of a site join later, so that its devices are at the other one. */
static void devices_at_their_refuge_take_the_same(void **state)
{
    (void)state;
    static const char *const sites =
        "platforms: [{name: node, units: 100, video-weight: 2, mra-video-weight: 3, rms: 50}]\n"
        "clusters:\n"
        "  - {name: edge, role: both, redundancy: none,"
        " peers: [{name: e1, platform: node, joins: %s}]}\n"
        "  - {name: core, role: both, redundancy: none,"
        " peers: [{name: k1, platform: node, joins: %s}]}\n"
        "endpoints:\n"
        "  - {name: a, cluster: edge, count: 20, fallback: core}\n"
        "  - {name: b, cluster: core, count: 20, device: room, protocol: h323, fallback: edge}\n"
        "calls: [{name: v, media: video, service: %s, via: {endpoints: %s}, to: {endpoints: %s},"
        " holding: {distribution: exponential, mean: 10m}";
    static const char *const joins[][2] = {{"0s", "0s"}, {"9h", "0s"}, {"0s", "9h"}};
    static const char *const ends[] = {"a", "b"};
    for (size_t s = 0; s < sizeof services / sizeof *services; s++)
        for (int j = 0; j < 3; j++)
            for (int way = 0; way < 4; way++) {
                char text[4096];
                snprintf(text, sizeof text, sites, joins[j][0], joins[j][1], services[s],
                         ends[way & 1], ends[way >> 1]);
                unsigned from = (unsigned)way & 1, to = (unsigned)way >> 1;
                unsigned away =
                    (j == 1 && from == 0) || (j == 2 && from == 1) ? PATH_ORIGIN_AWAY : 0;
                away |= (j == 1 && to == 0) || (j == 2 && to == 1) ? PATH_TARGET_AWAY : 0;
                hold_to_each_other(text, away);
            }
}

static void make(struct replay *replay, struct path *path, const char *class)
{
    char text[4096];
    int used = snprintf(text, sizeof text, clusters, spreads[0], spreads[0]);
    snprintf(text + used, sizeof text - (size_t)used,
             "[{name: v, %s, arrivals: {rate: 1/h}, holding: {mean: 1m}}]\n", class);
    replay_read(replay, text);
    const struct call_class *call = &replay->scenario.classes[0];
    assert_true(path_make(path, &replay->scenario, call, &call->via));
}

static void expect_legs(const char *class, const char *expected)
{
    static const char *const kinds[] = {"choose", "origin", "origin-core", "target-core", "target"};
    struct replay replay;
    struct path path;
    char legs[512] = "";
    make(&replay, &path, class);
    for (uint32_t i = 0; i < path.count; i++) {
        const struct leg *leg = &path.legs[i];
        size_t used = strlen(legs);
        snprintf(legs + used, sizeof legs - used, "%s%s %s %d/%g%s", i ? ", " : "",
                 replay.scenario.clusters[leg->cluster].name, kinds[leg->kind], (int)leg->units[0],
                 (double)leg->rms / 2, leg->takes ? "" : " signalling");
    }
    assert_string_equal(legs, expected);
    scenario_release(&replay.scenario);
}

static void paths_come_back_to_a_cluster(void **state)
{
    (void)state;
    expect_legs("media: video, service: mra, via: {endpoints: soft}, to: {endpoints: soft}",
                "edge origin 3/0, core origin-core 3/0, core target-core 3/0, edge target 3/0");
    expect_legs("media: video, service: b2b, via: {endpoints: soft}, to: {zone: net}",
                "edge origin 3/0, core origin-core 3/0, edge choose 2/1");
    expect_legs("media: video, service: b2b, via: {zone: net}, to: {endpoints: soft}",
                "edge choose 2/1, core choose 2/0, core target-core 0/0 signalling, edge target "
                "3/0");
    expect_legs(
        "media: video, service: registered, via: {endpoints: phones}, to: {endpoints: soft}",
        "core origin 2/0, core target-core 0/0 signalling, edge target 3/0");
    expect_legs("media: video, service: b2b, via: {endpoints: rooms}, to: {zone: net}",
                "core origin 2/0, edge choose 2/1");
}

static void protocols_of_both_ends_decide(void **state)
{
    (void)state;
    expect_legs("media: audio, service: b2b, via: {zone: net}, to: {endpoints: phones}",
                "edge choose 1/0.5, core choose 1/0, core target 0/0 signalling");
    expect_legs("media: audio, service: b2b, via: {zone: net}, to: {endpoints: rooms}",
                "edge choose 1/1, core choose 1/0, core target 0/0 signalling");
    static const struct {
        const char *class;
        enum protocol protocol;
    } ends[] = {
        {"via: {endpoints: rooms}, to: {endpoints: rooms}", PROTOCOL_H323},
        {"via: {endpoints: rooms}, to: {endpoints: phones}", PROTOCOL_INTERWORKED},
        {"via: {endpoints: phones}, to: {endpoints: soft}", PROTOCOL_SIP},
        {"protocol: h323, via: {zone: net}, to: {endpoints: rooms}", PROTOCOL_H323},
        {"protocol: h323, via: {zone: net}, to: {zone: net}", PROTOCOL_H323},
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct replay replay;
        struct path path;
        make(&replay, &path, ends[i].class);
        assert_int_equal(path.protocol, ends[i].protocol);
        scenario_release(&replay.scenario);
    }
}

/* Erlang B of 100 calls at the peer of the device, whichever peer received them: with optimization
 * the receiving peer drops out, and without it both carry them. */
static void optimization_holds_where_the_device_is(void **state)
{
    (void)state;
    for (int on = 0; on < 2; on++) {
        char text[2048];
        snprintf(text, sizeof text,
                 "platforms: [{name: node, units: 20}]\n"
                 "clusters: [{name: c, redundancy: none, call-signalling-optimization: %s,"
                 " peers: [{name: a, platform: node}, {name: b, platform: node}]}]\n"
                 "zones: [{name: z, kind: neighbour, cluster: c}]\n"
                 "endpoints: [{name: r, count: 9, protocol: h323, device: room, spread: [1, 0]}]\n"
                 "calls: [{name: v, media: audio, service: registered, protocol: h323,"
                 " via: {zone: z}, to: {endpoints: r}, arrivals: {rate: 240/h},\n"
                 "   holding: {distribution: exponential, mean: 6m}}]\n"
                 "run: {length: 40h, warmup: 2h, replications: 8, seed: 11}\n",
                 on ? "yes" : "no");
        struct replay *replay = replay_run(text, NULL, 0);
        struct interval b = replay_metric(replay, SCOPE_PEER, "b", "mean_units");
        struct interval blocked = replay_metric(replay, SCOPE_CLASS, "v", "blocked_fraction");
        if (on) { /* 24 erlangs on 20 */
            assert_true(b.value == 0);
            assert_true(blocked.low < 0.257083 && 0.257083 < blocked.high);
        } else {
            assert_true(b.low > 11 && b.high < 13);
            assert_true(blocked.high < 0.01);
        }
        replay_free(replay);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(route_run_and_estimate_take_the_same),
        cmocka_unit_test(devices_at_their_refuge_take_the_same),
        cmocka_unit_test(paths_come_back_to_a_cluster),
        cmocka_unit_test(protocols_of_both_ends_decide),
        cmocka_unit_test(optimization_holds_where_the_device_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
