/* The estimate of what changes with time, and of peers that come, go and fail: the load is
 * integrated over its own steps, failures over all sets of peers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "tests/day_load.h"
#include "model/formulas/erlang.h"
#include "tests/estimate_fixture.h"

static double blocked(const struct fixture *f, int hour, int down, const char *name)
{
    return row(f, hour, down, "class", name, "blocked_fraction")->value;
}

static void near_to(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%.12g is not %.12g within %g", value, expected, within);
}

/* Devices that lost their peer stay at the other one when it is back: no formula for even shares
 * holds any more. All are at one: Erlang B of 24 erlangs on 20. */
static void devices_stay_where_they_went(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: twenty}, "
                     "{name: b, platform: twenty}]}]\n"
                     "endpoints: [{name: phones, cluster: c, count: 400, protocol: sip, ttl: 5m}]\n"
                     "calls:\n"
                     "  - {name: v, media: audio, service: registered, via: {endpoints: phones},\n"
                     "     arrivals: {rate: 120/h}, holding: {mean: 12m}}\n"
                     "outages: [{peer: a, at: 2h, for: 1h}]\n"
                     "run: {length: 100h, warmup: 5h}\n");
    const struct estimate_row *before = row(&f, 1, 0, "class", "v", "blocked_fraction"),
                              *long_after = row(&f, 60, 0, "class", "v", "blocked_fraction");
    near_to(before->value, erlang_b(20, 12), 1e-9);
    assert_true(long_after->badge == BADGE_SIMULATE ||
                (long_after->low <= erlang_b(20, 24) && erlang_b(20, 24) <= long_after->high));
    assert_int_equal(verdict(&f), VERDICT_CANNOT_TELL);
    fixture_release(&f);
}

/* A quarter of the devices notice within their time to live that their peer is gone, each at a
 * moment of its own: meanwhile calls to them are refused. In the hour of the loss that is a quarter
 * of half of half of them, less those who place a call; never more than a quarter for half an hour
 * and what trying takes. */
static void devices_without_a_peer(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f,
                 "goals: {blocking: 0.3%}\n"
                 "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: hundred}, "
                 "{name: b, platform: hundred}, {name: d, platform: hundred}, {name: e, platform: "
                 "hundred}]}]\n"
                 "endpoints: [{name: rooms, cluster: c, count: 2000, device: room, protocol: h323, "
                 "ttl: 30m}]\n"
                 "calls:\n"
                 "  - {name: in, media: audio, service: registered, via: {cluster: c}, to: "
                 "{endpoints: rooms},\n"
                 "     arrivals: {rate: 60/h}, holding: {mean: 2m}}\n"
                 "  - {name: out, media: audio, service: registered, via: {endpoints: rooms},\n"
                 "     arrivals: {rate: 60/h}, holding: {mean: 2m}}\n"
                 "outages: [{peer: b, at: 10h, for: 2h}]\n"
                 "run: {length: 20h, warmup: 1h}\n");
    const char *const names[] = {"in", "out"};
    for (int i = 0; i < 2; i++) {
        const struct estimate_row *hour = row(&f, 10, 0, "class", names[i], "blocked_fraction"),
                                  *next = row(&f, 11, 0, "class", names[i], "blocked_fraction");
        assert_int_equal(hour->badge, BADGE_APPROXIMATE);
        assert_true(hour->low <= 1.0 / 16 && hour->low > 0.9 / 16);
        assert_true(hour->high >= 1.0 / 8 && hour->high < 1.1 / 8);
        assert_true(next->low == 0 && next->high < 0.01);
    }
    assert_int_equal(verdict(&f), VERDICT_NO); /* 3.1 of 1200 calls: 0.31 % */
    fixture_release(&f);
}

/* Calls of the third hour moved into a burst of any length at any minute of it. */
static void a_burst_at_any_minute(void **state)
{
    (void)state;
    static const int minutes[] = {0, 7, 15, 29, 44, 52}, lengths[] = {1, 2, 5, 8};
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 4; k++) {
            struct fixture f;
            char text[1024];
            int at = minutes[i], length = lengths[k];
            double high = 60.0 / length;
            snprintf(
                text, sizeof text,
                "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: twenty}]}]\n"
                "calls:\n  - {name: v, media: audio, service: registered, via: {cluster: c},\n"
                "     arrivals: {rate: 90/h, steps: [[0h, 0.1], [%dm, %.10g], [%dm, 0.1]]},\n"
                "     holding: {mean: 4m}}\nrun: {length: 4h, warmup: none}\n",
                120 + at, high, 120 + at + length);
            fixture_init(&f, text);
            double hour = 1.0 / 60, rest = 60.0 - at - length;
            struct load_step steps[] = {
                {120 * hour, 9}, {at * hour, 9}, {length * hour, 90 * high}, {rest * hour, 9}};
            struct day_step out[4];
            double law[21] = {1};
            assert_true(day_load_exact(20, 4.0 / 60, steps, 4, law, out));
            double offered = out[1].offered + out[2].offered + out[3].offered;
            double expected = (out[1].blocked + out[2].blocked + out[3].blocked) / offered;
            near_to(blocked(&f, 2, 0, "v"), expected, 1e-9);
            assert_true(expected > 0.01);
            fixture_release(&f);
        }
}

/* Nothing but the last of fifty days is busy. */
static void the_last_of_many_days(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f,
                 "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: ten}]}]\n"
                 "calls:\n  - {name: v, media: audio, service: registered, via: {cluster: c},\n"
                 "     arrivals: {rate: 1/h, steps: [[0h, 1], [1176h, 20]]}, holding: {mean: 1h}}\n"
                 "run: {length: 50d, warmup: none}\n");
    double offered = 1176 + 24 * 20;
    near_to(row(&f, -1, 0, "class", "v", "offered")->value, offered, 1e-6);
    near_to(blocked(&f, 1199, 0, "v"), erlang_b(10, 20), 1e-6);
    assert_true(blocked(&f, -1, 0, "v") > 0.9 * erlang_b(10, 20) * 480 / offered);
    fixture_release(&f);
}

static const char *const pair =
    "calls:\n  - {name: v, media: audio, service: registered, via: {cluster: c},\n"
    "     arrivals: {rate: 100/h}, holding: {mean: 10m}}\n";

/* A peer that joins is one that was away; one that leaves leaves less. */
static void who_joins_and_leaves(void **state)
{
    (void)state;
    struct fixture joins, away, leaves;
    char text[1024];
    const char *run = "run: {length: 12h, warmup: none}\n";
    snprintf(text, sizeof text,
             "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: ten}, "
             "{name: b, platform: ten, joins: 6h}]}]\n%s%s",
             pair, run);
    fixture_init(&joins, text);
    snprintf(text, sizeof text,
             "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: ten}, "
             "{name: b, platform: ten}]}]\n%soutages: [{peer: b, at: 0s, for: 6h}]\n%s",
             pair, run);
    fixture_init(&away, text);
    snprintf(text, sizeof text,
             "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: ten}, "
             "{name: b, platform: ten, leaves: 6h}]}]\n%s%s",
             pair, run);
    fixture_init(&leaves, text);
    double load = 100.0 / 6;
    for (int hour = 0; hour < 12; hour++)
        near_to(blocked(&joins, hour, 0, "v"), blocked(&away, hour, 0, "v"), 1e-12);
    near_to(blocked(&joins, 5, 0, "v"), erlang_b(10, load), 1e-6);
    near_to(blocked(&joins, 11, 0, "v"), erlang_b(20, load), 1e-6);
    near_to(blocked(&leaves, 4, 0, "v"), erlang_b(20, load), 1e-6);
    near_to(blocked(&leaves, 11, 0, "v"), erlang_b(10, load), 1e-6);
    assert_int_equal(row(&leaves, 6, 0, "class", "v", "blocked_fraction")->badge, BADGE_SIMULATE);
    assert_int_equal(row(&joins, 6, 0, "class", "v", "blocked_fraction")->badge, BADGE_EXACT);
    fixture_release(&joins);
    fixture_release(&away);
    fixture_release(&leaves);
}

/* Every set of unequal peers, by each peer's own share of time, in any order of the file. */
static void unequal_peers_in_any_order(void **state)
{
    (void)state;
    static const char *const orders[][3] = {
        {"ten", "hundred", "twenty"}, {"twenty", "ten", "hundred"}, {"hundred", "twenty", "ten"}};
    double load = 80, up = 0.98, figures[3];
    for (int i = 0; i < 3; i++) {
        struct fixture f;
        char text[1024];
        snprintf(text, sizeof text,
                 "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: %s}, "
                 "{name: b, platform: %s}, {name: d, platform: %s}]}]\n"
                 "calls:\n  - {name: v, media: audio, service: registered, via: {cluster: c},\n"
                 "     arrivals: {rate: 480/h}, holding: {mean: 10m}}\n"
                 "outages: [{cluster: c, mtbf: 98d, mttr: 2d}]\nrun: {length: 90d}\n",
                 orders[i][0], orders[i][1], orders[i][2]);
        fixture_init(&f, text);
        figures[i] = blocked(&f, -1, -1, "v");
        fixture_release(&f);
    }
    static const int units[] = {10, 20, 100};
    double expected = 0;
    for (int set = 0; set < 8; set++) {
        double p = 1;
        int sum = 0;
        for (int i = 0; i < 3; i++) {
            p *= set >> i & 1 ? 1 - up : up;
            sum += set >> i & 1 ? 0 : units[i];
        }
        expected += p * erlang_b(sum, load);
    }
    for (int i = 0; i < 3; i++)
        near_to(figures[i], expected, 1e-10);
}

/* A zone that lists two of three peers does not care for the third. */
static void a_zone_that_lists_some(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: twenty}, "
                     "{name: b, platform: twenty}, {name: d, platform: twenty}]}]\n"
                     "zones: [{name: z, kind: neighbour, cluster: c, peers: [d, b]}]\n"
                     "calls:\n  - {name: v, media: audio, service: registered, via: {zone: z},\n"
                     "     arrivals: {rate: 180/h}, holding: {mean: 10m}}\n"
                     "outages: [{cluster: c, mtbf: 97d, mttr: 3d}]\nrun: {length: 90d}\n");
    double up = 0.97;
    near_to(blocked(&f, -1, -1, "v"),
            up * up * erlang_b(40, 30) + 2 * up * (1 - up) * erlang_b(20, 30) + (1 - up) * (1 - up),
            1e-10);
    fixture_release(&f);
}

/* Failures of edge and core: overlaps count once. */
static void overlaps_count_once(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "clusters:\n"
                     "  - {name: e, role: edge, traversal: c, redundancy: none, peers: [{name: a, "
                     "platform: hundred}]}\n"
                     "  - {name: c, role: core, redundancy: none, peers: [{name: b, platform: "
                     "hundred}]}\n"
                     "calls:\n  - {name: v, media: audio, service: registered, via: {cluster: e},\n"
                     "     arrivals: {rate: 60/h}, holding: {mean: 10m}}\n"
                     "outages:\n  - {cluster: e, mtbf: 9d, mttr: 1d}\n"
                     "  - {cluster: c, mtbf: 4d, mttr: 1d}\nrun: {length: 90d}\n");
    near_to(blocked(&f, -1, -1, "v"), 1 - 0.9 * 0.8, 1e-9); /* no limit but the peers being there */
    fixture_release(&f);
}

/* A steady start is a day like the one before it; licences that leave with a peer are counted by
 * time. */
static void steady_days_and_licences(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "clusters: [{name: c, redundancy: none, licence-grace: 0s, peers: [{name: a, "
                     "platform: twenty, rms: 30}, {name: b, platform: twenty, rms: 10}]}]\n"
                     "calls:\n  - {name: v, media: audio, service: registered, via: {cluster: c},\n"
                     "     arrivals: {rate: 90/h, steps: [[0h, 0.4], [9h, 1], [9h20m, 0.5]]},\n"
                     "     holding: {mean: 20m}}\nrun: {length: 48h, from: steady}\n");
    assert_int_equal(row(&f, -1, 0, "class", "v", "blocked_fraction")->badge, BADGE_EXACT);
    for (int hour = 0; hour < 24; hour++)
        near_to(blocked(&f, hour, 0, "v"), blocked(&f, hour + 24, 0, "v"), 1e-8);
    fixture_release(&f);
    fixture_init(&f, "clusters: [{name: c, redundancy: none, licence-grace: 0s, peers: [{name: a, "
                     "platform: twenty, rms: 30}, {name: b, platform: twenty, rms: 10}]}]\n"
                     "calls:\n  - {name: v, media: audio, service: b2b, via: {cluster: c},\n"
                     "     arrivals: {rate: 30/h}, holding: {mean: 10m}}\n"
                     "outages: [{peer: a, at: 2h, for: 6h}]\nrun: {length: 24h}\n");
    near_to(row(&f, -1, 0, "pool", "c.rms", "size")->value, 40 - 30 * 6 / 24.0, 1e-9);
    fixture_release(&f);
}

/* So much more, or less, load just meets the goal; at factor 1 it is the verdict's own figure. */
static void what_is_to_spare(void **state)
{
    (void)state;
    static const struct {
        const char *rate, *steps, *more;
        int down;
    } cases[] = {
        {"100/h", "", "", 0},
        {"200/h", "", "", 0},
        {"60/h", ", steps: [[0h, 0.2], [8h7m, 4], [8h15m, 1], [16h, 0.3]]", "", 0},
        {"90/h", "", "outages: [{cluster: c, mtbf: 40d, mttr: 1d}]\n", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double scale = 100;
        for (int round = 0; round < 2; round++) {
            struct fixture f;
            char text[1024], arrivals[256];
            snprintf(arrivals, sizeof arrivals, "{rate: %s, scale: %.6f%%%s}", cases[i].rate, scale,
                     cases[i].steps);
            snprintf(
                text, sizeof text,
                "goals: {blocking: 2%%}\nclusters: [{name: c, redundancy: none, peers: [{name: a, "
                "platform: twenty}, {name: b, platform: ten}]}]\ncalls:\n  - {name: v, media: "
                "audio, service: registered, via: {cluster: c}, arrivals: %s, holding: {mean: "
                "10m}}\n%srun: {length: 20d}\n",
                arrivals, cases[i].more);
            fixture_init(&f, text);
            const struct estimate_answer *a = &f.estimate.answer;
            double b = blocked(&f, -1, cases[i].down, "v");
            assert_true(verdict(&f) == (b <= 0.02 ? VERDICT_YES : VERDICT_NO) || round > 0);
            assert_true((a->spare_factor >= 1) == (b <= 0.02) || round > 0);
            if (round > 0)
                near_to(b, 0.02, 0.02 * 0.02);
            scale *= a->spare_factor;
            fixture_release(&f);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_stay_where_they_went),
        cmocka_unit_test(devices_without_a_peer),
        cmocka_unit_test(a_burst_at_any_minute),
        cmocka_unit_test(what_is_to_spare),
        cmocka_unit_test(steady_days_and_licences),
        cmocka_unit_test(the_last_of_many_days),
        cmocka_unit_test(who_joins_and_leaves),
        cmocka_unit_test(unequal_peers_in_any_order),
        cmocka_unit_test(a_zone_that_lists_some),
        cmocka_unit_test(overlaps_count_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
