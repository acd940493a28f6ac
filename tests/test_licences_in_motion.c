/* Licences while calls run: who takes RMS, what the pool holds when peers are lost, alarms, and the
 * ledger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/csv.h"
#include "reports/licences.h"
#include "answer/bottleneck.h"
#include "model/licences.h"
#include "tests/replay.h"

#define RUN(length) "run: {length: " length ", warmup: none, replications: 1, interval: 30m}\n"
#define TRACE       "traces: [{file: rows}]\n" RUN("1h")
#define LONG        100000

/* ---- The table of services ---- */

/* Administrator Guide X15.5, RMS consumption: who calls whom, and the RMS that it takes on the
 * Expressway-C and -E. */
static const struct {
    const char *who;
    enum service service;
    int core, edge;
} table[] = {
    {"Unified CM to Expressway-C (Lync)", SERVICE_LYNC, 1, 0},
    {"Unified CM to external", SERVICE_B2B, 0, 1},
    {"Unified CM to third-party gatekeeper", SERVICE_THIRD_PARTY, 1, 0},
    {"Expressway-C to external", SERVICE_B2B, 0, 1},
    {"Expressway-C (proxied) to external", SERVICE_B2B, 0, 1},
    {"Expressway-C to third-party gatekeeper", SERVICE_THIRD_PARTY, 1, 0},
    {"Expressway-C to third-party SIP server", SERVICE_THIRD_PARTY, 1, 0},
    {"Expressway-E to external", SERVICE_B2B, 0, 1},
    {"registered to registered", SERVICE_REGISTERED, 0, 0},
    {"MRA", SERVICE_MRA, 0, 0},
    {"WebRTC", SERVICE_WEBRTC, 0, 0},
    {"Webex", SERVICE_WEBEX, 0, 0},
    {"Meeting Server", SERVICE_MEETING_SERVER, 0, 0},
};

static void every_row_of_the_table_holds(void **state)
{
    (void)state;
    static const enum protocol protocols[] = {PROTOCOL_SIP, PROTOCOL_H323, PROTOCOL_INTERWORKED};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (int p = 0; p < 3; p++) {
            int audio = protocols[p] == PROTOCOL_SIP
                            ? 1
                            : 2; /* two audio SIP calls share one, H.323 takes a whole */
            struct demand v = service_demand(table[i].service, MEDIA_VIDEO, protocols[p]);
            struct demand a = service_demand(table[i].service, MEDIA_AUDIO, protocols[p]);
            if (v.rms_core_halves != 2 * table[i].core || v.rms_edge_halves != 2 * table[i].edge ||
                a.rms_core_halves != audio * table[i].core ||
                a.rms_edge_halves != audio * table[i].edge)
                fail_msg("%s", table[i].who);
        }
}

/* An edge and a core, 20 units each; what one call takes of either, by its ledger and in sessions.
 */
static void check_taken(const char *service, const char *media, const char *way, double core,
                        double edge)
{
    char text[2000];
    snprintf(text, sizeof text,
             "scenario: t\nplatforms: [{name: node, units: 20}]\nclusters:\n"
             "  - {name: edge, role: edge, traversal: core, peers: [{name: e1, platform: node}]}\n"
             "  - {name: core, role: core, peers: [{name: k1, platform: node}]}\n"
             "  - {name: gateway, role: core, peers: [{name: g1, platform: node}]}\n"
             "zones: [{name: internet, kind: dns, cluster: edge}, {name: lync, kind: neighbour, "
             "cluster: gateway}]\n"
             "endpoints: [{name: rooms, cluster: core, count: 5}, {name: phones, cluster: edge, "
             "count: 5, access: mra}]\n"
             "calls: [{name: x, service: %s, media: %s, %s}]\n" TRACE,
             service, media, way);
    struct replay *replay = replay_run(text, ROWS({0, 10, 0, 0, 0}));
    static const char *const names[] = {"core.rms/x", "edge.rms/x"};
    const double wanted[] = {core, edge};
    for (int i = 0; i < 2; i++) {
        size_t m = results_find(&replay->results, SCOPE_LICENCE, names[i], "peak_in_use");
        double taken = m == SIZE_MAX ? 0 : results_interval(&replay->results, m, 0).value;
        if (taken != wanted[i])
            fail_msg("%s %s %s: %g of %s, not %g", service, media, way, taken, names[i], wanted[i]);
    }
    assert_int_equal(replay->calls[0].outcome, OUTCOME_COMPLETED);
    assert_true(replay_value(replay, SCOPE_CLUSTER, "core", "peak_units") >
                0); /* free of licences, never of sessions */
    replay_free(replay);
}

static void a_path_takes_rms_where_the_table_says(void **state)
{
    (void)state;
    check_taken("b2b", "video", "via: {zone: internet}, to: {endpoints: rooms}", 0, 1);
    check_taken("b2b", "audio", "via: {zone: internet}, to: {endpoints: rooms}", 0, 0.5);
    check_taken("b2b", "audio", "protocol: h323, via: {zone: internet}, to: {endpoints: rooms}", 0,
                1);
    check_taken("b2b", "audio",
                "protocol: interworked, via: {zone: internet}, to: {endpoints: rooms}", 0, 1);
    check_taken("b2b", "video", "via: {endpoints: rooms}, to: {zone: internet}", 0, 1);
    check_taken("b2b", "video", "rms: 2, via: {endpoints: rooms}, to: {zone: internet}", 0, 2);
    check_taken("third-party", "video", "via: {zone: internet}", 1, 0);
    check_taken("interworking", "video", "via: {cluster: core}", 1, 0);
    check_taken("interworking", "audio", "via: {zone: internet}", 0, 1); /* once, where it enters */
    check_taken("mra", "video", "via: {endpoints: phones}", 0, 0);
    check_taken("mra", "video", "rms: 1, via: {endpoints: phones}", 0,
                1); /* a stated figure: where it enters */
    check_taken("webex", "video", "via: {cluster: core}", 0, 0);
}

/* From a registered room to Lync through a gateway: nothing on the Expressway-C, one on the
 * gateway. */
static void a_lync_gateway_takes_it(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run("scenario: t\nplatforms: [{name: node, units: 20}]\nclusters:\n"
                   "  - {name: core, role: core, peers: [{name: k1, platform: node}]}\n"
                   "  - {name: gateway, role: core, peers: [{name: g1, platform: node}]}\n"
                   "zones: [{name: lync, kind: neighbour, cluster: gateway}]\nendpoints: [{name: "
                   "rooms, cluster: core, count: 5}]\n"
                   "calls: [{name: x, service: lync, via: {endpoints: rooms}, to: {zone: lync}}, "
                   "{name: y, service: lync, via: {cluster: core}}]\n" TRACE,
                   ROWS({0, 10, 0, 0, 0}, {1, 10, 1, 0, 0}));
    assert_true(replay_value(replay, SCOPE_LICENCE, "gateway.rms/x", "peak_in_use") == 1);
    assert_true(results_find(&replay->results, SCOPE_LICENCE, "core.rms/x", "peak_in_use") ==
                SIZE_MAX);
    assert_true(replay_value(replay, SCOPE_LICENCE, "core.rms/y", "peak_in_use") ==
                1); /* from Unified CM */
    replay_free(replay);
}

/* The chapter's intracluster rule: a licence unless both ends are registered to Cisco
 * infrastructure; without media through the peers no session either. */
static void calls_within_a_cluster_follow_the_chapter(void **state)
{
    (void)state;
    for (int traverses = 0; traverses < 2; traverses++)
        for (int cisco = 0; cisco < 2; cisco++) {
            char text[2000];
            snprintf(text, sizeof text,
                     "scenario: t\nplatforms: [{name: node, units: 20}]\nclusters:\n"
                     "  - {name: c, redundancy: none, peers: [{name: p1, platform: node, rms: 9}, "
                     "{name: p2, platform: node}]}\n"
                     "endpoints: [{name: a, count: 5, spread: [1, 0]}, {name: b, count: 5, spread: "
                     "[0, 1], cisco: %s}]\n"
                     "calls: [{name: x, service: intracluster, media-traverses: %s, via: "
                     "{endpoints: a}, to: {endpoints: b}}]\n" TRACE,
                     cisco ? "yes" : "no", traverses ? "yes" : "no");
            struct replay *replay = replay_run(text, ROWS({0, 10, 0, 0, 0}));
            assert_true(replay_value(replay, SCOPE_POOL, "c.rms", "peak_in_use") ==
                        (cisco ? 0 : 1));
            assert_true(replay_value(replay, SCOPE_CLUSTER, "c", "peak_units") ==
                        (traverses ? 2 : 0));
            assert_true(replay_value(replay, SCOPE_PEER, "p2", "peak_units") ==
                        0); /* the B2BUA is where it entered */
            replay_free(replay);
        }
}

static void two_audio_calls_share_one(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run("scenario: t\nplatforms: [{name: node, units: 20}]\nclusters: [{name: c, peers: "
                   "[{name: p1, platform: node, rms: 2}]}]\n"
                   "calls: [{name: a, media: audio}, {name: v}, {name: h, media: audio, protocol: "
                   "h323}]\n" TRACE,
                   ROWS({0, 100, 0, 0, 0}, {1, 100, 0, 0, 0}, {2, 100, 1, 0, 0},
                        {3, 100, 0, 0, 0} /* 2 of 2 */,
                        {101.5, 100, 0, 0, 0} /* one half and a whole are taken */,
                        {101.8, 100, 2, 0, 0} /* 1.5 + 1 */));
    replay_expect(replay, "p1, p1, p1, rms, p1, rms");
    replay_free(replay);
}

/* ---- Pools ---- */

#define POISSON(rate, hold)                                                                        \
    "arrivals: {rate: " rate "}, holding: {distribution: exponential, mean: " hold "}"

/* 250 licences on one peer, spread, or on the cluster: the same calls, to the last bit. */
static void a_pool_serves_however_it_is_installed(void **state)
{
    (void)state;
    static const char *const installed[][5] = {
        {"", "rms: 250", "rms: 0", "rms: 0", "rms: 0"},
        {"", "rms: 100", "rms: 100", "rms: 50", "rms: 0"},
        {"", "rms: 62", "rms: 63", "rms: 62", "rms: 63"},
        {"licensing: smart, licences: {rms: 250}, ", "name: p1", "name: p2", "name: p3",
         "name: p4"},
    };
    struct replay *first = NULL;
    for (size_t i = 0; i < 4; i++) {
        char text[2000], peers[1000] = "";
        for (int p = 1; p <= 4; p++)
            snprintf(peers + strlen(peers), sizeof peers - strlen(peers),
                     "%s{%s, %s%splatform: large-vm}", p > 1 ? ", " : "",
                     (const char *[]){"name: p1", "name: p2", "name: p3", "name: p4"}[p - 1],
                     i < 3 ? installed[i][p] : "", i < 3 ? ", " : "");
        snprintf(text, sizeof text,
                 "scenario: t\nclusters: [{name: c, %speers: [%s]}]\n"
                 "calls: [{name: v, " POISSON(
                     "1.4/s", "200s") "}]\noutages: [{peer: p1, at: 1h, for: 30m}]\n" RUN("2h"),
                 installed[i][0], peers);
        struct replay *replay = replay_run(text, NULL, 0);
        assert_true(replay_value(replay, SCOPE_CLASS, "v", "blocked_rms") > 0);
        assert_true(replay_value(replay, SCOPE_POOL, "c.rms", "peak_in_use") == 250);
        if (!first) {
            first = replay;
            continue;
        }
        assert_memory_equal(first->results.rows[0], replay->results.rows[0],
                            first->results.tally_count * sizeof(double));
        replay_free(replay);
    }
    replay_free(first);
}

/* The administrator guide's example: 600 licences of two Large VMs, one is lost, 500 video calls.
 */
static void two_large_with_300_each_lose_one(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run("scenario: t\nclusters: [{name: c, redundancy: 4+1, peers: [{name: p1, "
                   "platform: large-vm, rms: 300}, {name: p2, platform: large-vm, rms: 300}]}]\n"
                   "calls: [{name: v, " POISSON(
                       "10/s", "200s") "}]\noutages: [{peer: p1, at: 1h, for: 1h}]\n" RUN("2h"),
                   NULL, 0);
    const struct results *r = &replay->results;
    assert_true(replay_value(replay, SCOPE_POOL, "c.rms", "size") == 600);
    assert_true(replay_value(replay, SCOPE_POOL, "c.rms", "peak_in_use") == 600);
    assert_true(replay_value(replay, SCOPE_PEER, "p2", "peak_units") == 1000);
    for (size_t s = 0; s < r->series_count; s++)
        if (r->series[s].scope == SCOPE_CLASS && strcmp(r->series[s].metric, "in_progress") == 0)
            for (size_t i = 1; i < 4;
                 i += 2) { /* ten a second want in: always full, of licences, then of sessions */
                double calls =
                    (double)r->series_values[0][i * r->series_columns + r->series[s].column];
                double most = i == 1 ? 600 : 500;
                assert_true(calls > most - 1 && calls <= most);
            }
    assert_true(replay_value(replay, SCOPE_CLASS, "v", "blocked_rms") > 0 &&
                replay_value(replay, SCOPE_CLASS, "v", "blocked_peer_units") > 0);
    replay_free(replay);
}

/* Whatever is installed and whoever calls: 75 RMS and 40 units, as one Small VM. */
static void a_pair_of_small_vms_is_worth_one(void **state)
{
    (void)state;
    static const char *const rules[] = {"legacy", "4+1", "5+1", "n+1", "none"};
    for (int i = 0; i < 5; i++) {
        char text[2000];
        snprintf(
            text, sizeof text,
            "scenario: t\nclusters: [{name: c, redundancy: %s, peers: [{name: p1, platform: "
            "small-vm, rms: 75}, {name: p2, platform: small-vm, rms: 75}]}]\n"
            "calls: [{name: v, " POISSON("1/s", "200s") "}, {name: r, units: 0, rms: 1, " POISSON(
                "1/s", "200s") "}]\n" RUN("1h"),
            rules[i]);
        struct replay *replay = replay_run(text, NULL, 0);
        assert_true(replay_value(replay, SCOPE_POOL, "c.rms", "peak_in_use") == 75);
        assert_true(replay_value(replay, SCOPE_CLUSTER, "c", "peak_units") == 40);
        assert_true(replay_value(replay, SCOPE_POOL, "c.rms", "size") == 75);
        replay_free(replay);
    }
}

/* A peer holds as many RMS as its platform can, however large the pool. */
static void a_platform_limits_rms_of_its_own(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run("scenario: t\nplatforms: [{name: node, units: 100, rms: 2}]\nclusters:\n"
                   "  - {name: c, redundancy: none, ties: lowest, peers: [{name: p1, platform: "
                   "node, rms: 50}, {name: p2, platform: node, rms: 50}]}\n"
                   "calls: [{name: v, via: {peer: p1}}, {name: w, via: {peer: p2}}]\n" TRACE,
                   ROWS({0, LONG, 0, 0, 0}, {1, LONG, 0, 0, 0}, {2, LONG, 0, 0, 0},
                        {3, LONG, 1, 0, 0}, {4, LONG, 1, 0, 0}, {5, LONG, 1, 0, 0}));
    replay_expect(replay, "p1, p1, rms, p2, p2, rms");
    assert_true(replay_value(replay, SCOPE_POOL, "c.rms", "size") == 4);
    replay_free(replay);
}

/* ---- Fourteen days ---- */

static size_t first_alarm(const struct replay *replay, int id, bool raised)
{
    for (size_t i = 0; i < replay->results.alarm_count; i++)
        if (replay->results.alarms[i].id == id && replay->results.alarms[i].raised == raised)
            return i;
    return SIZE_MAX;
}

static nanos alarm_time(const struct replay *replay, int id, bool raised)
{
    size_t i = first_alarm(replay, id, raised);
    return i == SIZE_MAX ? -1 : replay->results.alarms[i].time;
}

#define AT(days) (days) * 86400.0
#define LOSS(options)                                                                              \
    "scenario: t\nplatforms: [{name: node, units: 100}]\nclusters:\n"                              \
    "  - {name: c, redundancy: none, ties: lowest, " options                                       \
    "peers: [{name: p1, platform: node, rms: 2}, {name: p2, platform: node, rms: 1}]}\n"           \
    "calls: [{name: v}]\noutages: [{peer: p1, at: 1d, for: 20d}]\ntraces: [{file: rows}]\nrun: "   \
    "{length: 30d, warmup: none, replications: 1, interval: 1d}\n"

/* p1's two licences stay until day 15 at 00:00; of three calls in progress none is cut then, but a
 * new one waits until the use is below the single licence that remains. Back on day 21, all three
 * are there again. */
static void a_lost_peers_licences_go_after_fourteen_days(void **state)
{
    (void)state;
    static const struct replay_row rows[] = {
        {AT(14.9), AT(2), 0, 0, 0}, {AT(14.91), AT(1), 0, 0, 0}, {AT(14.92), AT(3), 0, 0, 0},
        {AT(14.93), 60, 0, 0, 0},   {AT(16), AT(1), 0, 0, 0},    {AT(17), AT(1), 0, 0, 0},
        {AT(18), 60, 0, 0, 0},      {AT(18.5), 60, 0, 0, 0},     {AT(22), 60, 0, 0, 0}};
    struct replay *replay = replay_run(LOSS(""), rows, 9);
    /* day 16: two in progress; day 17: one; day 18: none but the limit is one; day 22: no others */
    replay_expect(replay, "p2, p2, p2, rms, rms, rms, p2, p2, p1");
    assert_int_equal(alarm_time(replay, 30012, true), DAY + HOUR);
    assert_int_equal(alarm_time(replay, 30012, false), 2 * DAY);
    assert_int_equal(alarm_time(replay, 30014, true), 2 * DAY);
    assert_int_equal(alarm_time(replay, 30016, true), 15 * DAY);
    assert_int_equal(alarm_time(replay, 30016, false), 21 * DAY);
    assert_int_equal(first_alarm(replay, 30013, true), SIZE_MAX); /* one peer, not several */
    replay_free(replay);
    /* smart licensing states no such rule */
    replay = replay_run(LOSS("licensing: smart, "), rows, 9);
    replay_expect(replay, "p2, p2, p2, rms, p2, p2, p2, p2, p1");
    assert_int_equal(first_alarm(replay, 30016, true), SIZE_MAX);
    replay_free(replay);
    replay = replay_run(
        LOSS("licence-grace: 12h, "),
        ROWS({AT(1.2), AT(9), 0, 0, 0}, {AT(1.3), AT(1), 0, 0, 0}, {AT(1.6), 60, 0, 0, 0}));
    replay_expect(replay, "p2, p2, rms");
    replay_free(replay);
}

/* A grace of half an hour: the licences have gone before the peer has been lost for hours, and no
 * later alarm says that they stay. The pools are what they were in the mean of the time: 23.5 hours
 * of 30 without p2's. */
static void a_short_grace_goes_through_its_stages(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "scenario: t\nclusters:\n"
        "  - {name: c, licence-grace: 30m, peers: [{name: p1, platform: large-vm, rms: 2, room: 4, "
        "desktop: 1}, {name: p2, platform: large-vm, rms: 1, room: 6, desktop: 1}]}\n"
        "endpoints: [{name: rooms, count: 9, device: room}, {name: phones, count: 2}]\n"
        "outages: [{peer: p2, at: 1h, for: 24h}]\ncalls: [{name: v}]\n"
        "traces: [{file: rows}]\nrun: {length: 30h, warmup: none, replications: 1, interval: 1h}\n",
        ROWS({1, 60, 0, 0, 0}));
    const struct results *r = &replay->results;
    assert_int_equal(alarm_time(replay, 30016, true), HOUR + 30 * MINUTE);
    assert_int_equal(alarm_time(replay, 30016, false), 25 * HOUR);
    for (int id = 30012; id <= 30015; id++)
        assert_int_equal(first_alarm(replay, id, true), SIZE_MAX);
    static const struct {
        const char *pool;
        double start, away;
    } pools[] = {{"c.rms", 3, 2}, {"c.room", 10, 4}, {"c.desktop", 2, 1}};
    for (size_t i = 0; i < 3; i++) {
        const char *pool = pools[i].pool;
        double mean = (pools[i].start * 6.5 + pools[i].away * 23.5) / 30;
        size_t size = results_find(r, SCOPE_POOL, pool, "size"),
               start = results_find(r, SCOPE_POOL, pool, "size_start"),
               end = results_find(r, SCOPE_POOL, pool, "size_end");
        assert_true(results_value(r, start, 0) == pools[i].start);
        assert_true(results_value(r, end, 0) == pools[i].start);
        assert_true(fabs(results_value(r, size, 0) - mean) < 1e-9);
    }
    replay_free(replay);
}

/* ---- Alarms ---- */

/* Each call adds a tenth. Raised at the 9th and the 10th; lowered below 90 % and 85 %: at 8 in use
 * both. */
static void check_alarms(const char *text, int near, int full, const char *peer)
{
    struct replay_row rows[12];
    for (int i = 0; i < 10; i++)
        rows[i] = (struct replay_row){i, 100 - 2 * i, 0, 0,
                                      0}; /* the last to come is the first to go: 91, 92, ... */
    rows[10] = (struct replay_row){91.5, 0.75, 0, 0,
                                   0}; /* ten again, and then eight: nothing new is raised */
    struct replay *replay = replay_run(text, rows, 11);
    const struct results *r = &replay->results;
    static const struct {
        bool full, raised;
        double time;
    } wanted[] = {{false, true, 8}, {true, true, 9}, {true, false, 92.25}, {false, false, 92.25}};
    size_t found = 0;
    for (size_t i = 0; i < r->alarm_count; i++) {
        const struct alarm *a = &r->alarms[i];
        bool here = peer
                        ? a->peer != NONE && strcmp(replay->scenario.peers[a->peer].name, peer) == 0
                        : a->peer == NONE;
        if ((a->id != near && a->id != full) || !here)
            continue;
        assert_true(found < 4);
        assert_int_equal(a->id, wanted[found].full ? full : near);
        assert_int_equal(a->raised, wanted[found].raised);
        assert_true(fabs((double)a->time / (double)SECOND - wanted[found].time) < 1e-6);
        found++;
    }
    assert_int_equal(found, 4);
    replay_free(replay);
}

#define NODE(figures)                                                                              \
    "scenario: t\nplatforms: [{name: node, " figures                                               \
    "}]\nclusters: [{name: c, peers: [{name: p1, platform: node"

static void alarms_have_the_ids_of_what_they_watch(void **state)
{
    (void)state;
    check_alarms(NODE("units: 99") ", rms: 10}]}]\ncalls: [{name: v}]\n" TRACE, 30001, 30020, NULL);
    check_alarms(NODE("units: 99, rms: 10") "}]}]\ncalls: [{name: v}]\n" TRACE, 30002, 30023, NULL);
    check_alarms(NODE("units: 20") "}]}]\ncalls: [{name: v}]\n" TRACE, 30002, 30023, NULL);
    check_alarms(NODE("units: 20") "}]}]\ncalls: [{name: v}]\n" TRACE, 30002, 30023, "p1");
    check_alarms(
        NODE("units: 20") "}]}]\ncalls: [{name: v, units: 2, media-traverses: no}]\n" TRACE, 30003,
        30022, "p1");
    check_alarms(NODE("units: 99, turn: 20") "}]}]\ncalls: [{name: v, service: webrtc}]\n" TRACE,
                 30005, 30024, "p1");
}

/* p2 has no RMS key: it says so when a call first needs RMS there, not before, and again after it
 * was away. */
static void a_peer_without_a_key_says_so_when_it_needs_one(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "scenario: t\nplatforms: [{name: node, units: 100}]\nclusters:\n"
        "  - {name: c, redundancy: none, ties: lowest, peers: [{name: p1, platform: node, rms: "
        "50}, {name: p2, platform: node}]}\n"
        "calls: [{name: free, service: mra, via: {peer: p2}}, {name: paid, via: {peer: p2}}]\n"
        "outages: [{peer: p2, at: 100s, for: 100s}]\n" TRACE,
        ROWS({1, 1, 0, 0, 0}, {2, 1, 0, 0, 0}, {3, 1, 1, 0, 0}, {4, 1, 1, 0, 0}, {250, 1, 0, 0, 0},
             {300, 1, 1, 0, 0}));
    replay_expect(replay, "p2, p2, p2, p2, p2, p2"); /* the pool serves it all the same */
    static const struct {
        bool raised;
        double time;
    } wanted[] = {{true, 3}, {false, 100}, {true, 300}};
    size_t found = 0;
    for (size_t i = 0; i < replay->results.alarm_count; i++)
        if (replay->results.alarms[i].id == 30020) {
            assert_true(found < 3);
            assert_int_equal(replay->results.alarms[i].raised, wanted[found].raised);
            assert_true((double)replay->results.alarms[i].time ==
                        wanted[found].time * (double)SECOND);
            assert_int_equal(replay->results.alarms[i].peer, 1);
            found++;
        }
    assert_int_equal(found, 3);
    replay_free(replay);
}

/* "You can acknowledge and ignore this category of alarm, unless the only peer that has the
 * required licenses is out of service": p2 has no key at all, p1 is out for an hour. */
static void a_missing_key_matters_when_its_holder_is_out(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "scenario: t\nclusters:\n"
        "  - {name: c, ties: lowest, peers: [{name: p1, platform: large-vm, rms: 50, room: 9, "
        "desktop: 9}, {name: p2, platform: large-vm}]}\n"
        "endpoints: [{name: rooms, count: 6, device: room}, {name: phones, count: 6}]\n"
        "calls: [{name: v, via: {peer: p2}}]\noutages: [{peer: p1, at: 1h, for: 1h}]\n"
        "traces: [{file: rows}]\nrun: {length: 3h, warmup: none, replications: 1, interval: 1h}\n",
        ROWS({1800, 7200, 0, 0, 0}));
    const struct results *r = &replay->results;
    static const struct {
        enum licence kind;
        double needed; /* s */
    } keys[] = {{LICENCE_RMS, 1800}, {LICENCE_ROOM, 0}, {LICENCE_DESKTOP, 0}};
    for (size_t k = 0; k < 3; k++) {
        size_t found = 0;
        for (size_t i = 0; i < r->alarm_count; i++) {
            const struct alarm *alarm = &r->alarms[i];
            if (alarm->id != licence_key_alarm(keys[k].kind) || alarm->peer != 1 || !alarm->raised)
                continue;
            const double times[] = {keys[k].needed, 3600, 7200};
            assert_true(found < 3);
            assert_true((double)alarm->time == times[found] * (double)SECOND);
            assert_string_equal(alarm->text, licence_key_text(keys[k].kind, found == 1));
            found++;
        }
        assert_int_equal(found, 3);
    }
    replay_free(replay);
}

static void keys_are_asked_for_on_the_short_way_too(void **state)
{
    (void)state;
    static const char *const keys[] = {"rms-key: yes", "rms-key: no"};
    for (int k = 0; k < 2; k++) {
        char text[2000];
        snprintf(text, sizeof text,
                 "scenario: t\nclusters: [{name: c, peers: [{name: p1, platform: large-vm, rms: "
                 "50}, {name: p2, platform: large-vm, %s}]}]\n"
                 "calls: [{name: f, service: mra, " POISSON("0.1/s", "60s") "}, {name: v, " POISSON(
                     "0.1/s", "60s") "}]\n" RUN("2h"),
                 keys[k]);
        struct replay *replay = replay_run(text, NULL, 0);
        size_t i = first_alarm(replay, 30020, true);
        assert_true((i != SIZE_MAX) == (k == 1));
        if (k == 1)
            assert_int_equal(replay->results.alarms[i].peer, 1);
        replay_free(replay);
    }
}

/* ---- Limits that the product has no alarm for ---- */

static struct interval share_of(const struct replay *replay, enum scope scope, const char *name,
                                const char *metric)
{
    size_t at = results_find(&replay->results, scope, name, metric);
    assert_int_not_equal(at, SIZE_MAX);
    return results_interval(&replay->results, at, 0);
}

/* Poisson calls see a full bucket as often as it is full, and half of them at twice the rate. 300
 * MRA phones where 200 may register; a peer that is asked for twice the refreshes it serves holds
 * those that it serves; 12,000 provisioned devices of 10,000. */
static void other_limits_say_their_share_of_time(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "clusters: [{name: c, peers: [{name: a, platform: large-vm, setup-rate: 1/s}]}]\n"
        "calls: [{name: v, " POISSON("1/s",
                                     "1m") "}]\n"
                                           "run: {length: 4h, warmup: 10m, replications: 5}\n",
        NULL, 0);
    struct interval time = share_of(replay, SCOPE_PEER, "a", "setup_rate_full_fraction"),
                    calls = share_of(replay, SCOPE_CLASS, "v", "blocked_fraction");
    assert_true(time.low < calls.high && calls.low < time.high && time.value > 0.4);
    replay_free(replay);
    replay = replay_run(
        "clusters: [{name: c, provisioning: 12000, findme: 5, peers: [{name: a, platform: "
        "small-vm}]}, {name: d, peers: [{name: b, platform: large-vm, "
        "registration-rate: 1/s}]}]\n"
        "endpoints: [{name: m, cluster: c, count: 300, access: mra}, {name: r, "
        "cluster: d, count: 1200, ttl: 600s, protocol: h323}]\n"
        "calls: [{name: v, via: {cluster: c}, " POISSON("1/h", "1m") "}]\n" RUN("1h"),
        NULL, 0);
    static const struct {
        enum scope scope;
        const char *name, *metric;
        double value;
    } wanted[] = {{SCOPE_PEER, "a", "mra_registrations_full_fraction", 1},
                  {SCOPE_CLUSTER, "c", "mra_registrations_full_fraction", 1},
                  {SCOPE_PEER, "a", "registrations_full_fraction", 0},
                  {SCOPE_CLUSTER, "d", "registrations_full_fraction", 0},
                  {SCOPE_PEER, "b", "refreshes_full_fraction", 1},
                  {SCOPE_CLUSTER, "c", "provisioning", 12000},
                  {SCOPE_CLUSTER, "c", "provisioning_limit", 10000},
                  {SCOPE_CLUSTER, "c", "findme", 5},
                  {SCOPE_CLUSTER, "c", "findme_limit", 10000}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        double value = share_of(replay, wanted[i].scope, wanted[i].name, wanted[i].metric).value;
        if (!(fabs(value - wanted[i].value) < 1e-9))
            fail_msg("%s %s: %g", wanted[i].name, wanted[i].metric, value);
    }
    assert_int_equal(results_find(&replay->results, SCOPE_CLUSTER, "c", "phonebook"), SIZE_MAX);
    assert_int_equal(results_find(&replay->results, SCOPE_CLUSTER, "d", "provisioning"), SIZE_MAX);
    assert_int_equal(alarm_time(replay, 30018, true), 0);
    replay_free(replay);
}

/* ---- Ceilings of registration ---- */

/* 4000 softphones, half of them with phone and IM: 6000 encrypted sessions, where two peers of the
 * unrestricted image may have 5000; a CE1200 could register 5000 softphones each. */
static void the_ceiling_that_binds_first_is_named(void **state)
{
    (void)state;
#define PHONES(image, count, im)                                                                   \
    "scenario: t\nclusters: [{name: c, redundancy: 4+1, peers: [{name: p1, platform: ce1200, "     \
    "image: " image "}, {name: p2, platform: ce1200, image: " image "}]}]\n"                       \
    "endpoints: [{name: phones, count: " count ", access: mra, im: " im                            \
    "}]\ncalls: [{name: a, via: {endpoints: phones}, " POISSON("1/h", "60s") "}]\n" RUN("1h")
    static const struct {
        const char *text, *kind;
        double limit;
        bool rejects;
    } cases[] = {
        {PHONES("unrestricted", "4000", "50%"), "encrypted sessions", 2500, true},
        {PHONES("select", "4000", "50%"), "registrations", 5000, false},
        {PHONES("unrestricted", "2000", "0%"), "encrypted sessions", 2500, false},
        {PHONES("select", "11000", "50%"), "registrations", 5000, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct replay *replay = replay_run(cases[i].text, NULL, 0);
        double rejected;
        struct tightest tightest = tightest_registration(&replay->results, &rejected);
        assert_non_null(tightest.name);
        if (strcmp(tightest.kind, cases[i].kind) != 0 || tightest.limit != cases[i].limit ||
            (rejected > 0) != cases[i].rejects)
            fail_msg("case %zu: %s, %g of %g, %g rejected", i, tightest.kind, tightest.peak,
                     tightest.limit, rejected);
        assert_true(!cases[i].rejects || tightest.peak >= tightest.limit - 1);
        replay_free(replay);
    }
}

/* ---- The ledger ---- */

static char *ledger_text(const struct replay *replay)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct table rows = csv_table(out);
    assert_true(
        licences_table(&rows, &replay->scenario, &replay->results, replay->scenario.run.length));
    fclose(out);
    return text;
}

/* An hour, two half hours: one b2b video call for 30 minutes, one row of it that is audio for an
 * hour, two refused. */
static void the_ledger_says_who_took_what_and_when(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "scenario: t\nplatforms: [{name: node, units: 100}]\nclusters:\n"
        "  - {name: c, redundancy: none, peers: [{name: p1, platform: node, rms: 2, room: 4}]}\n"
        "calls: [{name: v, service: b2b}, {name: l, service: lync}]\n" TRACE,
        ROWS({0, 1800, 0, 0, 0}, {0, LONG, 0, 1, 0}, {60, 10, 1, 0, 0}, {1801, 1799, 1, 0, 0},
             {1802, 10, 1, 0, 0}));
    replay_expect(replay, "p1, p1, rms, p1, rms");
    char *text = ledger_text(replay);
    assert_string_equal(text, "from,to,cluster,licence,service,class,pool,mean_in_use,low,high,"
                              "peak_in_use,refused,refused_only\n"
                              "0,3600,c,rms,b2b,v,2,1,,,1.5,0,0\n"
                              "0,3600,c,rms,lync,l,2,0.49972222222222223,,,1,2,2\n"
                              "0,3600,c,room,registrations,,4,0,,,0,,\n"
                              "0,1800,c,rms,b2b,v,2,1.5,,,,0,\n"
                              "0,1800,c,rms,lync,l,2,0,,,,1,\n"
                              "1800,3600,c,rms,b2b,v,2,0.5,,,,0,\n"
                              "1800,3600,c,rms,lync,l,2,0.9994444,,,,1,\n");
    free(text);
    replay_free(replay);
}

/* Entries add up to the pool's own account. */
static void the_ledger_balances(void **state)
{
    (void)state;
    static const char *const setups[] = {"no", "yes"};
    for (int i = 0; i < 2; i++) {
        char text[2000];
        snprintf(text, sizeof text,
                 "scenario: t\nclusters: [{name: c, setup-as-video: %s, peers: [{name: p1, "
                 "platform: large-vm, rms: 30}, {name: p2, platform: large-vm, rms: 20}]}]\n"
                 "calls:\n  - {name: a, media: audio, setup: 10s, " POISSON(
                     "0.5/s",
                     "60s") "}\n  - {name: b, service: lync, " POISSON("0.3/s",
                                                                       "100s") "}\n"
                                                                               "outages: [{peer: "
                                                                               "p1, at: 30m, for: "
                                                                               "10m}]\n" RUN("2h"),
                 setups[i]);
        struct replay *replay = replay_run(text, NULL, 0);
        double a = replay_value(replay, SCOPE_LICENCE, "c.rms/a", "mean_in_use"),
               b = replay_value(replay, SCOPE_LICENCE, "c.rms/b", "mean_in_use");
        assert_true(fabs(a + b - replay_value(replay, SCOPE_POOL, "c.rms", "mean_in_use")) < 1e-9 &&
                    a > 1 && b > 1);
        assert_true(replay_value(replay, SCOPE_LICENCE, "c.rms/b", "refused") ==
                    replay_value(replay, SCOPE_CLASS, "b", "blocked_rms"));
        replay_free(replay);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_holds),
        cmocka_unit_test(a_path_takes_rms_where_the_table_says),
        cmocka_unit_test(a_lync_gateway_takes_it),
        cmocka_unit_test(calls_within_a_cluster_follow_the_chapter),
        cmocka_unit_test(two_audio_calls_share_one),
        cmocka_unit_test(a_pool_serves_however_it_is_installed),
        cmocka_unit_test(two_large_with_300_each_lose_one),
        cmocka_unit_test(a_pair_of_small_vms_is_worth_one),
        cmocka_unit_test(a_platform_limits_rms_of_its_own),
        cmocka_unit_test(a_lost_peers_licences_go_after_fourteen_days),
        cmocka_unit_test(a_short_grace_goes_through_its_stages),
        cmocka_unit_test(alarms_have_the_ids_of_what_they_watch),
        cmocka_unit_test(a_peer_without_a_key_says_so_when_it_needs_one),
        cmocka_unit_test(a_missing_key_matters_when_its_holder_is_out),
        cmocka_unit_test(keys_are_asked_for_on_the_short_way_too),
        cmocka_unit_test(other_limits_say_their_share_of_time),
        cmocka_unit_test(the_ceiling_that_binds_first_is_named),
        cmocka_unit_test(the_ledger_says_who_took_what_and_when),
        cmocka_unit_test(the_ledger_balances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
