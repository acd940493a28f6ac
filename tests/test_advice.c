/* The next step from measured load: a replayed scenario of one class, 60 erlangs offered, 20 units
 * a peer. */
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/formulas/erlang.h"
#include "answer/advice.h"

struct made {
    struct platform platform;
    struct peer peers[6];
    struct cluster cluster;
    struct call_class class;
    struct trace trace;
    struct scenario scenario;
    struct metric metrics[2];
    struct series series[2];
    double row[2], *rows[1];
    float values[3], *series_values[1];
    struct results results;
};

/* Of 100 calls `blocked` were refused, all for `cause`; RMS licences on every peer, -1: not
 * licensed. */
static void made_init(struct made *m, uint32_t peers, double blocked, const char *cause,
                      int64_t rms)
{
    *m = (struct made){
        .platform = {.units = 20, .audio_weight = 1, .video_weight = 1, .rms = 500},
        .cluster = {.name = "edge",
                    .redundancy = REDUNDANCY_NONE,
                    .cap_stated = -1,
                    .peer_count = peers,
                    .traversal = NONE,
                    .licensed = {rms >= 0}},
        .class = {.name = "video",
                  .media = MEDIA_VIDEO,
                  .service = SERVICE_B2B,
                  .units = 1,
                  .rms_halves = 2},
        .metrics = {{SCOPE_CLASS, 0, "video", "blocked", "calls", METRIC_MEAN, 0, 0, 1, 0},
                    {SCOPE_CLASS, 0, "video", cause, "calls", METRIC_MEAN, 0, 0, 1, 0}},
        .series = {{SCOPE_CLASS, 0, "video", "in_progress", false, 0},
                   {SCOPE_CLASS, 0, "video", "blocked_fraction", true, 1}},
        .row = {blocked, 100},
        .values = {(float)(60 * (1 - blocked / 100)), (float)blocked, 100},
    };
    for (uint32_t p = 0; p < peers; p++)
        m->peers[p].licences[LICENCE_RMS] = rms;
    m->scenario = (struct scenario){.platforms = &m->platform,
                                    .platform_count = 1,
                                    .peers = m->peers,
                                    .peer_count = peers,
                                    .clusters = &m->cluster,
                                    .cluster_count = 1,
                                    .classes = &m->class,
                                    .class_count = 1,
                                    .traces = &m->trace,
                                    .trace_count = 1,
                                    .goals = {.stated = true, .blocking = 0.01}};
    m->rows[0] = m->row;
    m->series_values[0] = m->values;
    m->results = (struct results){.metrics = m->metrics,
                                  .metric_count = 2,
                                  .tally_count = 2,
                                  .rows = m->rows,
                                  .replications = 1,
                                  .series = m->series,
                                  .series_count = 2,
                                  .series_columns = 3,
                                  .intervals = 1,
                                  .interval = HOUR,
                                  .series_values = m->series_values};
}

static const char *advice(struct made *m, enum verdict verdict, int survive)
{
    static char buffer[ADVICE_SIZE];
    struct judged rows[] = {{.verdict = verdict, .name = "a"},
                            {.verdict = verdict, .name = "a", .down_count = 1}};
    struct answer answer = {.rows = rows, .row_count = survive ? 2 : 1, .verdict = verdict};
    m->scenario.goals.survive = survive;
    return advice_next_step(&m->scenario, &m->results, &answer, buffer);
}

static void peers_are_counted_by_erlang_b(void **state)
{
    (void)state;
    struct made m;
    /* 60 erlangs at 1 % need 75 units: a fourth peer of 20 */
    assert_true(erlang_b(80, 60) < 0.01 && erlang_b(60, 60) > 0.01);
    made_init(&m, 3, 10, "blocked_peer_units", -1);
    assert_string_equal(advice(&m, VERDICT_NO, 0), "1 more peer in edge would do, by formula");
    assert_string_equal(advice(&m, VERDICT_NO, 1), "2 more peers in edge would do, by formula");
    assert_string_equal(advice(&m, VERDICT_YES, 0), "");
    assert_string_equal(advice(&m, VERDICT_UNDECIDED, 0), "");
}

static void calls_that_come_together_need_more(void **state)
{
    (void)state;
    struct made m;
    struct metric peaks[3];
    made_init(&m, 3, 10, "blocked_peer_units", -1);
    memcpy(peaks, m.metrics, sizeof m.metrics);
    peaks[2] =
        (struct metric){SCOPE_CLASS, 0, "video", "peakedness", "1", METRIC_CONSTANT, 0, 0, 3, 0.5};
    m.results.metrics = peaks;
    m.results.metric_count = 3;
    /* Hayward: 3 x what 60 / 3 erlangs need, more than 80 and less than 100 */
    double needed = 3 * erlang_servers_real(20, 0.01);
    assert_true(needed > 80 && needed < 100);
    assert_string_equal(advice(&m, VERDICT_NO, 0),
                        "2 more peers in edge would do, by formula, for calls of peakedness 3");
    peaks[2].half = 2.5; /* chance could have done that */
    assert_string_equal(advice(&m, VERDICT_NO, 0), "1 more peer in edge would do, by formula");
    peaks[2].scope = SCOPE_CLUSTER; /* all classes together */
    peaks[2].name = "edge";
    peaks[2].half = 0.5;
    assert_string_equal(advice(&m, VERDICT_NO, 0),
                        "2 more peers in edge would do, by formula, for calls of peakedness 3");
}

static void licences_are_counted_by_erlang_b(void **state)
{
    (void)state;
    struct made m;
    made_init(&m, 5, 10, "blocked_rms", 12); /* 60 licences, 75 needed */
    assert_string_equal(advice(&m, VERDICT_NO, 0), "15 more RMS in edge would do, by formula");
    made_init(&m, 3, 10, "blocked_rms", 20);
    assert_string_equal(advice(&m, VERDICT_NO, 0),
                        "1 more peer and 15 more RMS in edge would do, by formula");
}

static void a_rule_without_gain_is_said(void **state)
{
    (void)state;
    struct made m;
    made_init(&m, 3, 60, "blocked_cluster_cap", -1);
    m.platform.no_gain = true;
    assert_string_equal(advice(&m, VERDICT_NO, 0),
                        "no number of these peers suffices in edge, by formula: it takes larger "
                        "platforms, or less load here");
}

/* What no further peer can change is not promised. */
static void a_call_that_fits_nowhere_is_said(void **state)
{
    (void)state;
    struct made m;
    made_init(&m, 2, 100, "blocked_peer_units", -1);
    m.class.units = 21;
    assert_string_equal(advice(&m, VERDICT_NO, 0),
                        "a call of video takes 21 units, more than a peer of edge has: "
                        "it takes a larger platform, no further peer helps");
    made_init(&m, 2, 100, "blocked_cluster_cap", -1);
    m.class.units = 4;
    m.cluster.cap_stated = 3;
    assert_string_equal(
        advice(&m, VERDICT_NO, 0),
        "a call of video takes 4 units, more than the cap of edge: no further peer helps");
    made_init(&m, 2, 100, "blocked_rms", 50);
    m.platform.rms = 0;
    assert_string_equal(advice(&m, VERDICT_NO, 0),
                        "a call of video takes 1 RMS, more than a peer of edge may use: "
                        "it takes a larger platform, no further peer helps");
    made_init(&m, 2, 10, "blocked_peer_units", -1);
    m.peers[0].name = "e1";
    m.class.via.origin = ORIGIN_PEER;
    assert_string_equal(
        advice(&m, VERDICT_NO, 0),
        "calls of video go to e1 alone: it takes a larger platform there, no further peer helps");
}

/* 60 erlangs need 75 RMS: licences beyond what the peers may use are worth nothing. */
static void the_rms_of_the_peers_count(void **state)
{
    (void)state;
    struct made m;
    made_init(&m, 4, 10, "blocked_rms", 100);
    m.platform.rms = 15;
    assert_string_equal(advice(&m, VERDICT_NO, 0), "1 more peer in edge would do, by formula");
    m.platform.rms = 12;
    assert_string_equal(advice(&m, VERDICT_NO, 0),
                        "no number of these peers suffices in edge, by formula: it takes "
                        "larger platforms, or less load here");
}

/* Peers of 20 hold one call of 11 units each, whatever their sum. */
static void peers_hold_whole_calls(void **state)
{
    (void)state;
    struct made m;
    made_init(&m, 2, 10, "blocked_peer_units", -1);
    m.class.units = 11;
    m.values[0] = 0.9f; /* an erlang: five calls at once for 1 % */
    assert_true(erlang_b(5, 1) < 0.01 && erlang_b(4, 1) > 0.01);
    assert_string_equal(advice(&m, VERDICT_NO, 0), "3 more peers in edge would do, by formula");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_are_counted_by_erlang_b),
        cmocka_unit_test(calls_that_come_together_need_more),
        cmocka_unit_test(licences_are_counted_by_erlang_b),
        cmocka_unit_test(a_rule_without_gain_is_said),
        cmocka_unit_test(a_call_that_fits_nowhere_is_said),
        cmocka_unit_test(the_rms_of_the_peers_count),
        cmocka_unit_test(peers_hold_whole_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
