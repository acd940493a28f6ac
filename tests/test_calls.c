/* Where calls come from and go to, and what they need on the way: small scenarios followed call by
 * call, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/replay.h"

/* Nodes of four units: two video calls. Ties go to the lowest. */
#define NODE "platforms: [{name: node, units: 4}, {name: small, units: 2}]\n"
#define ONE(options, peers)                                                                        \
    "scenario: t\n" NODE "clusters:\n  - {name: c, redundancy: none, ties: lowest, " options       \
    "peers: [" peers "]}\n"
#define TWO_PEERS   "{name: p1, platform: node}, {name: p2, platform: node}"
#define THREE_PEERS TWO_PEERS ", {name: p3, platform: node}"
#define TRACE                                                                                      \
    "traces: [{file: rows}]\nrun: {length: 1h, warmup: none, replications: 1, interval: 15m}\n"

#define LONG 10000

/* A call each ten seconds, that stay. */
static const struct replay_row six[] = {{0, LONG, 0, 0, 0},  {10, LONG, 0, 0, 0},
                                        {20, LONG, 0, 0, 0}, {30, LONG, 0, 0, 0},
                                        {40, LONG, 0, 0, 0}, {50, LONG, 0, 0, 0}};

static void check(const char *text, const struct replay_row *rows, size_t count, const char *fates)
{
    struct replay *replay = replay_run(text, rows, count);
    replay_expect(replay, fates);
    replay_free(replay);
}

static void an_expressway_sends_to_the_peer_with_most_available(void **state)
{
    (void)state;
    static const char *const kinds[] = {"neighbour", "traversal"};
    for (int i = 0; i < 2; i++) {
        char text[2000];
        snprintf(text, sizeof text,
                 ONE("", THREE_PEERS) "zones: [{name: z, kind: %s, cluster: c}]\n"
                                      "calls: [{name: v, via: {zone: z}}]\n" TRACE,
                 kinds[i]);
        check(text, six, 6, "p1, p2, p3, p1, p2, p3");
    }
}

/* A zone that does not list a peer sends it nothing, and does not know that it is free. */
static void a_peer_missing_from_the_list_gets_nothing(void **state)
{
    (void)state;
    check(ONE("", THREE_PEERS) "zones: [{name: z, kind: neighbour, cluster: c, peers: [p3, p1]}]\n"
                               "calls: [{name: v, via: {zone: z}}]\n" TRACE,
          six, 6, "p1, p3, p1, p3, peer_units, peer_units");
}

static void another_makers_neighbour_goes_round(void **state)
{
    (void)state;
    /* p1's first call is over when its turn comes again, and would have most available sooner */
    check(ONE("", THREE_PEERS) "zones: [{name: z, kind: other, cluster: c}]\ncalls: [{name: v, "
                               "via: {zone: z}}]\n" TRACE,
          ROWS({0, 5, 0, 0, 0}, {10, LONG, 0, 0, 0}, {20, LONG, 0, 0, 0}, {30, LONG, 0, 0, 0},
               {40, LONG, 0, 0, 0}),
          "p1, p2, p3, p1, p2");
}

/* 4000 calls of no length, one a second; p2 is dead from 1000 s on, which nobody notices until 2000
 * s. */
static struct replay *play_srv(const char *options)
{
    static struct replay_row rows[4000];
    char text[2000];
    for (int i = 0; i < 4000; i++)
        rows[i] = (struct replay_row){i + 0.5, 0.25, 0, 0, 0};
    snprintf(text, sizeof text,
             "scenario: t\n" NODE
             "clusters:\n  - {name: c, redundancy: none, detect: 1000s, %speers: [" THREE_PEERS
             "]}\n"
             "zones: [{name: z, kind: dns, cluster: c}]\ncalls: [{name: v, via: {zone: z}}]\n"
             "outages: [{peer: p2, at: 1000s, do: fail}]\ntraces: [{file: rows}]\n"
             "run: {length: 2h, warmup: none, replications: 1, interval: 15m}\n",
             options);
    return replay_run(text, rows, 4000);
}

static size_t count_fates(const struct replay *replay, size_t from, size_t to, const char *fate)
{
    char text[200];
    size_t count = 0;
    for (size_t i = from; i < to; i++)
        count += strcmp(replay_fate(replay, i, text, sizeof text), fate) == 0;
    return count;
}

static void near_share(size_t count, size_t of, double share)
{
    double n = (double)of, error = sqrt(n * share * (1 - share));
    if (fabs((double)count - n * share) > 4.5 * error)
        fail_msg("%zu of %zu, not a share of %g", count, of, share);
}

static void srv_records_spread_at_random_and_pass_over_who_does_not_answer(void **state)
{
    (void)state;
    struct replay *replay = play_srv("");
    for (int p = 0; p < 3; p++)
        near_share(count_fates(replay, 0, 1000, (const char *[]){"p1", "p2", "p3"}[p]), 1000,
                   1.0 / 3);
    assert_int_equal(count_fates(replay, 1000, 4000, "p2"), 0);
    near_share(count_fates(replay, 1000, 4000, "p1"), 3000, 0.5);
    assert_int_equal(count_fates(replay, 0, 4000, "no_peer"), 0);
    replay_free(replay);
    replay = play_srv("dead-peer: lost, ");
    near_share(count_fates(replay, 1000, 2000, "no_peer"), 1000,
               1.0 / 3); /* drawn, dead, and nobody knows */
    assert_int_equal(count_fates(replay, 2000, 4000, "no_peer"), 0);
    replay_free(replay);
}

/* p1 dies at 15 s with a call; until 60 s others believe what they last heard of it: a video call
 * in use. */
#define DEAD(dead)                                                                                 \
    ONE("detect: 45s, " dead, TWO_PEERS)                                                           \
    "zones: [{name: z, kind: neighbour, cluster: c}]\n"                                            \
    "calls: [{name: v, via: {zone: z}}]\noutages: [{peer: p1, at: 15s, do: fail}]\n" TRACE

static void a_dead_peer_is_chosen_until_it_is_noticed(void **state)
{
    (void)state;
    const struct replay_row rows[] = {
        {0, LONG, 0, 0, 0},  /* p1, cut at 15 */
        {10, LONG, 0, 0, 0}, /* p2 */
        {20, LONG, 0, 0, 0}, /* p1 and p2 are thought to have two units free: p1, which is dead */
        {61, LONG, 0, 0, 0}, /* noticed */
        {62, LONG, 0, 0, 0}, /* p2 is full */
    };
    check(DEAD(""), rows, 5, "p1 dropped, p2, no_peer, p2, peer_units");
    check(DEAD("dead-peer: next, "), rows, 5, "p1 dropped, p2, p2, peer_units, peer_units");
}

static void maintenance_is_not_considered(void **state)
{
    (void)state;
    check(ONE("", TWO_PEERS) "zones: [{name: z, kind: neighbour, cluster: c}]\ncalls: [{name: v, "
                             "via: {zone: z}}]\n"
                             "outages: [{peer: p1, at: 5s, drain: 20s, for: 10s, kind: "
                             "maintenance}]\n" TRACE,
          six, 5, "p1 dropped, p2, p2, peer_units, p1");
}

static void a_pinned_call_goes_nowhere_else(void **state)
{
    (void)state;
    check(ONE("when-full: next, ", TWO_PEERS) "calls: [{name: v, via: {peer: p2}}]\noutages: "
                                              "[{peer: p2, at: 25s, do: fail}]\n" TRACE,
          six, 4, "p2 dropped, p2 dropped, peer_units, no_peer");
}

/* Calls from endpoints enter at the peer each is registered to, whatever its load. */
static void calls_from_endpoints_are_not_balanced(void **state)
{
    (void)state;
    static const char *const access[] = {"mra", "local", "proxied"};
    for (int i = 0; i < 3; i++) {
        char text[2000];
        snprintf(
            text, sizeof text,
            ONE("when-full: next, ",
                TWO_PEERS) "endpoints: [{name: phones, count: 50, access: %s, spread: [0, 1]}]\n"
                           "calls: [{name: v, service: mra, via: {endpoints: phones}}]\n" TRACE,
            access[i]);
        check(text, six, 4, "p2, p2, peer_units, peer_units");
    }
}

/* Signalling passes both peers; media only where the call entered, or both where that is said. */
static void a_call_to_another_peers_endpoint_holds_what_is_said(void **state)
{
    (void)state;
#define BETWEEN(options)                                                                           \
    ONE(options, TWO_PEERS)                                                                        \
    "endpoints:\n  - {name: a, count: 10, spread: [1, 0]}\n"                                       \
    "  - {name: b, count: 10, spread: [0, 1]}\ncalls:\n  - {name: v, service: registered, via: "   \
    "{endpoints: a}, to: {endpoints: b}}\n"                                                        \
    "  - {name: w, service: registered, via: {endpoints: a}, to: {endpoints: a}}\n"                \
    "  - {name: x, service: registered, media-traverses: no, via: {endpoints: a}, to: "            \
    "{endpoints: b}}\n" TRACE
    const struct replay_row rows[] = {
        {0, 600, 0, 0, 0}, {10, 600, 0, 0, 0}, {20, 600, 0, 0, 0}, {30, 600, 2, 0, 0}};
    struct replay *replay = replay_run(BETWEEN(""), rows, 4);
    replay_expect(replay, "p1, p1, peer_units, p1"); /* media past the peers needs no units */
    assert_true(replay_value(replay, SCOPE_PEER, "p2", "peak_units") == 0);
    replay_free(replay);
    replay = replay_run(BETWEEN("units-on-both-peers: yes, "), rows, 4);
    replay_expect(replay, "p1, p1, peer_units, p1");
    assert_true(replay_value(replay, SCOPE_PEER, "p2", "peak_units") == 4);
    assert_true(replay_value(replay, SCOPE_CLUSTER, "c", "peak_units") == 8);
    replay_free(replay);
    /* the same endpoint's peer twice is one peer */
    check(BETWEEN("units-on-both-peers: yes, "),
          ROWS({0, 600, 1, 0, 0}, {10, 600, 1, 0, 0}, {20, 600, 1, 0, 0}), "p1, p1, peer_units");
}

/* Branch office and head office of four: the peer with most available receives the call and holds
 * its media; the called endpoint is registered to the first. */
static void a_branch_office_calls_the_head_office(void **state)
{
    (void)state;
    check("scenario: t\n" NODE
          "clusters:\n  - {name: head, redundancy: 4+1, ties: lowest, peers: [" THREE_PEERS
          ", {name: p4, platform: node}]}\n"
          "  - {name: branch, peers: [{name: b1, platform: node}]}\n"
          "zones: [{name: Branch Office, kind: neighbour, cluster: head}]\n"
          "endpoints:\n  - {name: head-rooms, cluster: head, count: 9, spread: [1, 0, 0, 0]}\n"
          "  - {name: branch-rooms, cluster: branch, count: 9}\n"
          "calls:\n  - {name: in, service: registered, via: {zone: Branch Office}, to: {endpoints: "
          "head-rooms}}\n"
          "  - {name: through, service: registered, via: {endpoints: branch-rooms}, to: "
          "{endpoints: head-rooms}}\n" TRACE,
          ROWS({0, LONG, 0, 0, 0}, {10, LONG, 0, 0, 0}, {20, LONG, 0, 0, 0}, {30, LONG, 0, 0, 0},
               {40, LONG, 1, 0, 0}, {50, LONG, 1, 0, 0}, {60, LONG, 1, 0, 0}),
          "p1, p2, p3, p4, b1, b1, peer_units");
}

/* Who has lost its peer can neither call nor be called, until its refresh finds another. */
static void unregistered_endpoints_neither_call_nor_are_called(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        ONE("", TWO_PEERS) "endpoints:\n  - {name: lost, count: 1, protocol: h323, ttl: 30m, "
                           "spread: [1, 0]}\n"
                           "  - {name: safe, count: 1, protocol: h323, ttl: 30m, spread: [0, 1]}\n"
                           "calls:\n  - {name: to, service: registered, via: {endpoints: safe}, "
                           "to: {endpoints: lost}}\n"
                           "  - {name: from, service: registered, via: {endpoints: "
                           "lost}}\noutages: [{peer: p1, at: 10s, do: fail}]\n" TRACE,
        ROWS({5, 1, 0, 0, 0}, {11, 1, 0, 0, 0}, {3000, 1, 0, 0, 0}));
    replay_expect(replay, "p2, unregistered, p2");
    replay_free(replay);
    replay =
        replay_run(ONE("", TWO_PEERS) "endpoints:\n  - {name: lost, count: 1, protocol: h323, ttl: "
                                      "30m, spread: [1, 0]}\n"
                                      "calls: [{name: from, service: registered, via: {endpoints: "
                                      "lost}}]\noutages: [{peer: p1, at: 10s, do: fail}]\n" TRACE,
                   ROWS({5, 1, 0, 0, 0}, {11, 1, 0, 0, 0}, {30, 1, 0, 0, 0}));
    replay_expect(replay, "p1, unregistered, p2"); /* the call that failed told it */
    replay_free(replay);
}

/* Three video calls fit the edge, two the core: both must admit, and what one refuses the other has
 * not lost. */
static void edge_and_core_both_admit(void **state)
{
    (void)state;
#define EDGE_CORE                                                                                  \
    "scenario: t\nplatforms: [{name: e, units: 6}, {name: k, units: 4}]\nclusters:\n"              \
    "  - {name: edge, role: edge, traversal: core, peers: [{name: e1, platform: e}]}\n"            \
    "  - {name: core, role: core, peers: [{name: k1, platform: k}]}\n"                             \
    "zones: [{name: internet, kind: dns, cluster: edge}]\n"
    struct replay *replay =
        replay_run(EDGE_CORE "calls: [{name: in, via: {zone: internet}}, {name: own, service: "
                             "registered, via: {cluster: core}}]\n" TRACE,
                   ROWS({0, 100, 0, 0, 0},   /* edge 2, core 2 */
                        {10, 100, 1, 0, 0},  /* core 4 */
                        {20, 100, 0, 0, 0},  /* core full */
                        {30, 100, 0, 0, 0},  /* still, and the edge has not kept anything */
                        {105, 100, 0, 0, 0}, /* the first has ended: edge 2, core 4 */
                        {110, 100, 0, 0, 0}, /* the second as it begins: edge 4, core 4 */
                        {120, 100, 0, 0, 0}));
    replay_expect(replay, "e1, k1, peer_units, peer_units, e1, e1, peer_units");
    assert_true(replay_value(replay, SCOPE_PEER, "e1", "peak_units") == 4);
    replay_free(replay);
    /* outward: from an endpoint of the core through the edge */
    replay = replay_run(
        EDGE_CORE "endpoints: [{name: rooms, cluster: core, count: 5}]\n"
                  "calls: [{name: out, via: {endpoints: rooms}, to: {zone: internet}}]\n" TRACE,
        ROWS({0, 100, 0, 0, 0}, {1, 100, 0, 0, 0}));
    replay_expect(replay, "k1, k1");
    assert_true(replay_value(replay, SCOPE_PEER, "e1", "peak_units") == 4);
    assert_true(replay_value(replay, SCOPE_LICENCE, "edge.rms/out", "peak_in_use") == 2);
    replay_free(replay);
    /* a peer of the core fails: the calls through it are cut, and leave the edge as well */
    replay = replay_run(EDGE_CORE "calls: [{name: in, via: {zone: internet}}]\noutages: [{peer: "
                                  "k1, at: 50s, for: 10s}]\n" TRACE,
                        ROWS({0, 100, 0, 0, 0}, {55, 100, 0, 0, 0}, {70, 100, 0, 0, 0}));
    replay_expect(replay, "e1 dropped, no_peer, e1");
    assert_true(replay_value(replay, SCOPE_CLUSTER, "edge", "peak_units") == 2);
    replay_free(replay);
}

/* ---- Bandwidth ---- */

#define WIDE                                                                                       \
    "scenario: t\nplatforms: [{name: node, units: 100}]\nclusters:\n"                              \
    "  - {name: left, peers: [{name: a1, platform: node}]}\n  - {name: right, peers: [{name: b1, " \
    "platform: node}]}\n"

static void a_pipe_is_shared_by_all_clusters(void **state)
{
    (void)state;
    check(WIDE "pipes: [{name: wan, total: 4M, per-call: 2M}]\n"
               "calls:\n  - {name: a, via: {cluster: left}, pipes: {wan: 1.5M}}\n  - {name: b, "
               "via: {cluster: right}, pipes: {wan: 1.5M}}\n"
               "  - {name: small, via: {cluster: right}, pipes: {wan: 1M}}\n" TRACE,
          ROWS({0, 100, 1, 0, 2500000} /* more than a call may take */, {1, 100, 0, 0, 0},
               {2, 100, 1, 0, 0}, {3, 100, 0, 0, 0} /* 3 of 4 Mbit/s are taken */,
               {4, 100, 2, 0, 0}, {5, 100, 2, 0, 0}, {102, 100, 1, 0, 0} /* both have ended */),
          "bandwidth, a1, b1, bandwidth, b1, bandwidth, b1");
}

static void a_full_pipe_downspeeds_where_it_may(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run(WIDE "pipes: [{name: wan, total: 4M, per-call: 2M, when-full: downspeed}]\n"
                        "calls: [{name: a, via: {cluster: left}, pipes: {wan: 3M}}]\n" TRACE,
                   ROWS({0, 1000, 0, 0, 0} /* gets 2 */, {1, 10, 0, 0, 1500000} /* 1.5 */,
                        {2, 5, 0, 0, 0} /* 0.5 is left */, {3, 5, 0, 0, 0} /* nothing */,
                        {8, 5, 0, 0, 400000} /* 0.4 of 0.5 */, {9, 1, 0, 0, 500000} /* 0.1 */,
                        {9.5, 0.25, 0, 0, 0} /* nothing */));
    replay_expect(replay, "a1, a1, a1, bandwidth, a1, a1, bandwidth");
    assert_true(replay_value(replay, SCOPE_PIPE, "wan", "peak_bandwidth") == 4e6);
    replay_free(replay);
    /* below the floor of 64 kbit/s a call is refused */
    check(WIDE "pipes: [{name: wan, total: 1060k, when-full: downspeed}]\ncalls: [{name: a, via: "
               "{cluster: left}, pipes: {wan: 1M}}]\n" TRACE,
          ROWS({0, 10, 0, 0, 0}, {1, 10, 0, 0, 0}), "a1, bandwidth");
    check(WIDE "pipes: [{name: wan, total: 1064k, when-full: downspeed}]\ncalls: [{name: a, via: "
               "{cluster: left}, pipes: {wan: 1M}}]\n" TRACE,
          ROWS({0, 10, 0, 0, 0}, {1, 10, 0, 0, 0}), "a1, a1");
}

/* What a record of calls says of a call, its bandwidth and its name, is said again when it is
 * dialled again. */
static void a_call_is_dialled_again_as_it_was(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        WIDE "pipes: [{name: wan, total: 10M}]\ncalls: [{name: a, via: {cluster: left}, pipes: "
             "{wan: 1M},\n"
             "  redial: {probability: 100%, after: 30s, law: deterministic, dropped: yes}}]\n"
             "outages: [{peer: a1, at: 110s, for: 10s}]\n" TRACE,
        ROWS({0, 100, 0, 0, 8000000},
             {10, 50, 0, 0, 8000000} /* again at 40, 70, and at 100, when it fits */,
             {130, 100, 0, 0, 3000000} /* before the second, cut at 110, is back */));
    replay_expect(
        replay,
        "a1, bandwidth, bandwidth, bandwidth, a1 dropped, a1, bandwidth, bandwidth, bandwidth, a1");
    static const char *const ids[] = {"1", "2", "2", "2", "2", "3", "2", "2", "2", "2"};
    for (size_t i = 0; i < replay->call_count; i++)
        assert_string_equal(replay->ids[i], ids[i]);
    assert_true(replay_value(replay, SCOPE_PIPE, "wan", "peak_bandwidth") == 8e6);
    assert_true(replay->calls[9].end - replay->calls[9].start ==
                40 * SECOND); /* 10 of its 50 seconds were served */
    replay_free(replay);
}

/* Calls of the warm-up that are given up later are not lost calls of the measured time: of its own
 * calls, all of which are refused, all are lost, those that still try among them. */
static void lost_calls_are_those_offered(void **state)
{
    (void)state;
    struct replay *replay = replay_run(
        "clusters: [{name: c, peers: [{name: p, platform: small-vm}]}]\npipes: [{name: w, total: "
        "1}]\ncalls: [{name: k, arrivals: {rate: 60/h}, holding: {mean: 10m}, pipes: {w: 64k}, "
        "redial: {probability: 95%, after: 2m}}]\nrun: {length: 1h, warmup: 2h, replications: 5}\n",
        NULL, 0);
    assert_true(replay_value(replay, SCOPE_CLASS, "k", "lost_fraction") == 1);
    replay_free(replay);
}

/* ---- TURN ---- */

/* Two peers with 24 relays: on one port, or four on each of six; two relays a call, and every call
 * enters at p1. */
static struct replay *play_turn(const char *multiplexing, size_t calls)
{
    static struct replay_row rows[40];
    char text[2000];
    for (size_t i = 0; i < calls; i++)
        rows[i] = (struct replay_row){(double)i, LONG, 0, 0, 0};
    snprintf(
        text, sizeof text,
        "scenario: t\nplatforms: [{name: node, units: 100, turn: 24, turn-ports: yes}]\nclusters:\n"
        "  - {name: c, redundancy: none, peers: [{name: p1, platform: node, turn-multiplexing: "
        "%s}, {name: p2, platform: node, "
        "turn-multiplexing: %s}]}\ncalls: [{name: w, service: webrtc, via: {peer: p1}}]\n" TRACE,
        multiplexing, multiplexing);
    return replay_run(text, rows, calls);
}

static void a_full_turn_server_points_to_the_freest(void **state)
{
    (void)state;
    struct replay *replay = play_turn("yes", 26);
    assert_int_equal(count_fates(replay, 0, 24, "p1"), 24); /* 12 calls' relays on p1, 12 on p2 */
    assert_int_equal(count_fates(replay, 24, 26, "turn"), 2);
    replay_free(replay);
    /* clients bound to one of six ports at random find theirs full while others are not: two calls
     * a port */
    replay = play_turn("no", 30);
    size_t refused = count_fates(replay, 0, 24, "turn");
    assert_true(refused > 0 && count_fates(replay, 0, 30, "p1") <= 24);
    replay_free(replay);
}

/* ---- Set-up ---- */

static void set_ups_are_limited_by_rate(void **state)
{
    (void)state;
    check(ONE("", "{name: p1, platform: node, setup-rate: 2/s}") "calls: [{name: a, media: audio, "
                                                                 "via: {cluster: c}}]\n" TRACE,
          ROWS({10, 0.01, 0, 0, 0}, {10.1, 0.01, 0, 0, 0},
               {10.2, 0.01, 0, 0, 0} /* the third in a second */, {10.6, 0.01, 0, 0, 0},
               {10.7, 0.01, 0, 0, 0}, {11.1, 0.01, 0, 0, 0}),
          "p1, p1, setup_rate, p1, setup_rate, p1");
}

/* An audio call is held as video (two units) for its first five seconds, where its cluster says so.
 */
static void a_call_in_set_up_is_held_as_video(void **state)
{
    (void)state;
    static const struct replay_row rows[] = {{0, 100, 0, 0, 0},
                                             {1, 100, 0, 0, 0},
                                             {2, 100, 0, 0, 0},
                                             {6, 100, 0, 0, 0},
                                             {7, 100, 0, 0, 0}};
#define SETUP(as_video, via, trace)                                                                \
    "scenario: t\n" NODE "clusters:\n  - {name: c, setup-as-video: " as_video                      \
    ", peers: [{name: p1, platform: node}]}\n"                                                     \
    "  - {name: d, setup-as-video: " as_video ", peers: [{name: q1, platform: node}]}\n"           \
    "calls: [{name: a, media: audio, setup: 5s, via: {cluster: " via                               \
    "}}]\ntraces: [{file: rows" trace "}]\n"                                                       \
    "run: {length: 1h, warmup: none, replications: 1, interval: 15m}\n"
    check(SETUP("yes", "c", ""), rows, 5,
          "p1, p1, peer_units, p1, peer_units"); /* at 6 s: 1 + 1, and two more */
    check(SETUP("no", "c", ""), rows, 5, "p1, p1, p1, p1, peer_units");
    check(SETUP("yes", "c", ", via: {cluster: d}"), rows, 5, "q1, q1, peer_units, q1, peer_units");
}

/* One that is cut while it is set up has not begun: it is set up again, for its whole duration. */
static void a_call_cut_in_set_up_is_set_up_again(void **state)
{
    (void)state;
    struct replay *replay =
        replay_run(ONE("setup-as-video: yes, ",
                       "{name: p1, platform: node}") "calls: [{name: a, media: audio, setup: 5s, "
                                                     "via: {cluster: c},\n"
                                                     "  redial: {probability: 100%, after: 20s, "
                                                     "law: deterministic, dropped: yes}}]\n"
                                                     "outages: [{peer: p1, at: 2s, for: 10s}, "
                                                     "{peer: p1, at: 60s, for: 5s}]\n" TRACE,
                   ROWS({0, 100, 0, 0, 0} /* cut at 2, back at 22, connected at 27 */,
                        {23, 1, 0, 0, 0} /* four units are full, until 27 */,
                        {28, 1, 0, 0, 0} /* 1 + 2, and room for one */));
    replay_expect(replay, "p1 dropped, p1 dropped, p1, p1, p1");
    assert_true(replay->calls[1].start == 22 * SECOND);
    assert_true(replay->calls[2].end == 29 * SECOND); /* five seconds of set-up, and one */
    assert_true(replay->calls[4].start ==
                80 * SECOND); /* cut at 60, a second time, with 67 seconds left */
    assert_true(replay->calls[4].end == (80 + 5 + 67) * SECOND);
    assert_true(replay_value(replay, SCOPE_CLUSTER, "c", "peak_units") == 4);
    assert_true(replay_value(replay, SCOPE_CLASS, "a", "mean_in_progress") ==
                (2 + 38 + 6 + 6 + 72) / 3600.0);
    replay_free(replay);
}

/* ---- Load ---- */

/* A design guide's worked examples, typed in as they stand: erlangs of the busy hour. */
static void load_is_stated_as_engineers_do(void **state)
{
    (void)state;
    static const struct {
        const char *arrivals;
        double erlangs;
    } loads[] = {
        {"{users: 1000, registered: 80%, in-call: 10%}", 80},
        {"{users: 5000, in-call: 1%}", 50},
        {"{users: 1000, registered: 80%, in-call: 5%}", 40},
        {"{users: 5000, in-call: 3%}", 150},
        {"{users: 1000, registered: 80%, calls-per-hour: 1.5}", 1000 * 0.8 * 1.5 * 0.1},
        {"{per-endpoint: 2/h}", 300 * 2 * 0.1},
        {"{busy-hour-erlangs: 12.5}", 12.5},
        {"{rate: 600/h}", 60},
    };
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        char text[1000];
        struct replay *replay = calloc(1, sizeof *replay);
        assert_non_null(replay);
        snprintf(text, sizeof text,
                 ONE("", TWO_PEERS) "endpoints: [{name: e, count: 300}]\n"
                                    "calls: [{name: v, via: {endpoints: e}, arrivals: %s, holding: "
                                    "{distribution: lognormal, mean: 6m, cv: 1.4}}]\n",
                 loads[i].arrivals);
        replay_read(replay, text);
        const struct call_class *call = &replay->scenario.classes[0];
        double erlangs = call->arrivals.steps.rates[0] * call->holding.mean;
        if (fabs(erlangs - loads[i].erlangs) > 1e-9)
            fail_msg("%s: %g erlangs, not %g", loads[i].arrivals, erlangs, loads[i].erlangs);
        scenario_release(&replay->scenario);
        free(replay);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expressway_sends_to_the_peer_with_most_available),
        cmocka_unit_test(a_peer_missing_from_the_list_gets_nothing),
        cmocka_unit_test(another_makers_neighbour_goes_round),
        cmocka_unit_test(srv_records_spread_at_random_and_pass_over_who_does_not_answer),
        cmocka_unit_test(a_dead_peer_is_chosen_until_it_is_noticed),
        cmocka_unit_test(maintenance_is_not_considered),
        cmocka_unit_test(a_pinned_call_goes_nowhere_else),
        cmocka_unit_test(calls_from_endpoints_are_not_balanced),
        cmocka_unit_test(a_call_to_another_peers_endpoint_holds_what_is_said),
        cmocka_unit_test(a_branch_office_calls_the_head_office),
        cmocka_unit_test(unregistered_endpoints_neither_call_nor_are_called),
        cmocka_unit_test(edge_and_core_both_admit),
        cmocka_unit_test(a_pipe_is_shared_by_all_clusters),
        cmocka_unit_test(a_full_pipe_downspeeds_where_it_may),
        cmocka_unit_test(a_call_is_dialled_again_as_it_was),
        cmocka_unit_test(a_full_turn_server_points_to_the_freest),
        cmocka_unit_test(set_ups_are_limited_by_rate),
        cmocka_unit_test(lost_calls_are_those_offered),
        cmocka_unit_test(a_call_in_set_up_is_held_as_video),
        cmocka_unit_test(a_call_cut_in_set_up_is_set_up_again),
        cmocka_unit_test(load_is_stated_as_engineers_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
