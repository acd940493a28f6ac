/* Scenarios of registrations and operations in motion, from the file to the metric. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "data/scenario_file.h"
#include "sim/study/experiment.h"

static struct results run_text(const char *text, int jobs)
{
    struct scenario scenario;
    struct results results;
    struct errors errors;
    errors_init(&errors);
    bool ok = scenario_read_text(text, strlen(text), "test", ".", &scenario, &errors);
    for (size_t i = 0; i < errors.count; i++)
        print_message("%ld:%ld: %s\n", errors.items[i].line, errors.items[i].column,
                      errors.items[i].message);
    assert_true(ok);
    struct experiment_options options = {.jobs = jobs};
    assert_true(experiment_run(&scenario, &options, &results, &errors));
    errors_release(&errors);
    scenario_release(&scenario);
    return results;
}

static struct interval value_of(const struct results *r, enum scope scope, const char *name,
                                const char *metric)
{
    size_t m = results_find(r, scope, name, metric);
    assert_true(m != SIZE_MAX);
    return results_interval(r, m, 0);
}

/* In the first replication: how often an alarm was raised. */
static int times_raised(const struct results *r, int id)
{
    int count = 0;
    for (size_t i = 0; i < r->alarm_count; i++)
        count += r->alarms[i].replication == 0 && r->alarms[i].id == id && r->alarms[i].raised;
    return count;
}

static int still_raised(const struct results *r)
{
    int count = 0;
    for (size_t i = 0; i < r->alarm_count; i++)
        count += r->alarms[i].replication ? 0 : r->alarms[i].raised ? 1 : -1;
    return count;
}

#define HEAD(peers)                                                                                \
    "scenario: t\nplatforms: [{name: node, registrations: 5000, units: 1000}]\n"                   \
    "clusters:\n  - {name: c, redundancy: none, peers: [" peers "]}\n"
#define FOUR                                                                                       \
    "{name: p1, platform: node}, {name: p2, platform: node}, {name: p3, platform: node}, "         \
    "{name: p4, platform: node}"
#define FEW_CALLS                                                                                  \
    "calls: [{name: a, media: audio, via: {cluster: c}, arrivals: {rate: 1/h}, holding: "          \
    "{distribution: exponential, mean: 1m}}]\n"
#define RUN(length) "run: {length: " length ", warmup: none, replications: 8, interval: 15m}\n"

static double minutes_without_peer(const char *ttl, double *worst)
{
    char text[1500];
    snprintf(
        text, sizeof text,
        HEAD(FOUR) "endpoints: [{name: rooms, count: 8000, device: room, protocol: h323, ttl: %s,"
                   " timeout: 1ms}]\n" FEW_CALLS
                   "outages: [{peer: p2, at: 1h, for: 10h}]\n" RUN("3h"),
        ttl);
    struct results r = run_text(text, 2);
    struct interval minutes = value_of(&r, SCOPE_ENDPOINTS, "rooms", "unregistered_minutes");
    assert_true(value_of(&r, SCOPE_ENDPOINTS, "rooms", "failovers").value == 2000);
    *worst = value_of(&r, SCOPE_ENDPOINTS, "rooms", "failover_max").value;
    double half = (minutes.high - minutes.low) / 2;
    assert_true(half > 0 && half < 0.05 * minutes.value);
    results_release(&r);
    return minutes.value;
}

/* 2,000 of 8,000 endpoints lose their peer: with half an hour to live they are out for 500 hours
 * together, with five minutes for 83. */
static void shorter_time_to_live_fails_over_faster(void **state)
{
    (void)state;
    double worst_slow, worst_fast;
    double slow = minutes_without_peer("30m", &worst_slow);
    double fast = minutes_without_peer("5m", &worst_fast);
    assert_true(fabs(slow - 30000) < 4.5 * 30 / sqrt(12.0) * sqrt(2000) / sqrt(8));
    assert_true(fabs(fast - 5000) < 4.5 * 5 / sqrt(12.0) * sqrt(2000) / sqrt(8));
    assert_true(worst_slow > 1780 && worst_slow <= 1800.1);
    assert_true(worst_fast > 295 && worst_fast <= 300.1);
}

/* Endpoints that call notice their loss earlier, and are refused until then. */
static void calls_speed_up_the_failover(void **state)
{
    (void)state;
    struct results r = run_text(HEAD(FOUR) "endpoints: [{name: rooms, count: 4000, device: room, "
                                           "protocol: h323, ttl: 30m}]\n"
                                           "calls: [{name: busy, media: audio, via: {endpoints: "
                                           "rooms}, arrivals: {per-endpoint: 4/h},"
                                           " holding: {distribution: exponential, mean: 1m}}]\n"
                                           "outages: [{peer: p2, at: 1h, for: 10h}]\n" RUN("3h"),
                                2);
    /* noticed at min(U(0, 1/2 h), Exp(4/h)): mean (1 - (1 - e^-2)/2)/4 h */
    double mean = 60 * (1 - (1 - exp(-2)) / 2) / 4;
    struct interval minutes = value_of(&r, SCOPE_ENDPOINTS, "rooms", "unregistered_minutes");
    double error = (minutes.high - minutes.low) / 2 / 2.36; /* Student, 7 degrees, to one sd */
    double timeouts = 1000 * 3.0 / 60;                      /* the refresh that is not answered */
    assert_true(minutes.value > 1000 * mean - 4.5 * error);
    assert_true(minutes.value < 1000 * mean + timeouts + 4.5 * error);
    assert_true(value_of(&r, SCOPE_CLASS, "busy", "blocked_unregistered").value > 0);
    results_release(&r);
}

/* Peers go one after another; who refreshes while a peer drains has moved before it goes. */
static void rolling_upgrade_loses_nobody(void **state)
{
    (void)state;
    struct results r =
        run_text(HEAD(FOUR) "endpoints: [{name: rooms, count: 4000, device: room, protocol: h323, "
                            "ttl: 30m}]\n" FEW_CALLS
                            "upgrades: [{cluster: c, at: 1h, drain: 40m, away: 20m}]\n" RUN("8h"),
                 2);
    assert_true(value_of(&r, SCOPE_ENDPOINTS, "rooms", "unregistered_minutes").value == 0);
    assert_true(value_of(&r, SCOPE_ENDPOINTS, "rooms", "failovers").value == 0);
    assert_int_equal(times_raised(&r, 15015), 4);
    assert_int_equal(times_raised(&r, 20008), 1);
    assert_int_equal(times_raised(&r, 20004), 0);
    assert_int_equal(still_raised(&r), 0);
    /* the last to return is empty: nothing moves back by itself */
    assert_true(value_of(&r, SCOPE_CLUSTER, "c", "registration_imbalance").value > 1.2);
    assert_true(value_of(&r, SCOPE_PEER, "p1", "peak_registrations").value > 1300);
    results_release(&r);
}

static void short_drain_cuts_the_rest(void **state)
{
    (void)state;
    struct results r = run_text(
        HEAD(FOUR) "endpoints: [{name: rooms, count: 4000, device: room, protocol: h323, ttl: "
                   "30m}]\n" FEW_CALLS
                   "outages: [{peer: p1, at: 1h, drain: 15m, for: 2h, kind: maintenance}]\n" RUN(
                       "4h"),
        2);
    struct interval lost = value_of(&r, SCOPE_ENDPOINTS, "rooms", "failovers");
    assert_true(fabs(lost.value - 500) < 4.5 * sqrt(250.0 / 8));
    assert_int_equal(times_raised(&r, 15015), 1);
    assert_int_equal(times_raised(&r, 20004), 0);
    results_release(&r);
}

/* A peer that joins gets MRA registrations by rebalancing, but calls only from zones that know it.
 */
static void new_peer_must_be_known(void **state)
{
    (void)state;
    struct results r =
        run_text(HEAD("{name: p1, platform: node}, {name: p2, platform: node}, "
                      "{name: p3, platform: node, joins: 1h}, {name: p4, platform: node, leaves: "
                      "6h}") "zones:\n  - {name: old, kind: neighbour, cluster: c, peers: [p1, p2, "
                             "p4]}\n"
                             "endpoints: [{name: phones, count: 3000, access: mra}]\n"
                             "calls: [{name: a, media: audio, via: {zone: old}, arrivals: {rate: "
                             "600/h}, holding: "
                             "{distribution: exponential, mean: 1m}}]\n" RUN("8h"),
                 2);
    assert_true(value_of(&r, SCOPE_PEER, "p3", "admitted_share").value == 0);
    assert_true(value_of(&r, SCOPE_PEER, "p3", "peak_registrations").value > 300);
    assert_true(value_of(&r, SCOPE_PEER, "p4", "up_fraction").value < 0.76);
    assert_true(value_of(&r, SCOPE_ENDPOINTS, "phones", "lost_at_end").value == 0);
    assert_int_equal(times_raised(&r, 20004), 0); /* who leaves is not missed */
    results_release(&r);
}

#define FLOOD(ttl)                                                                                 \
    "scenario: t\nplatforms: [{name: node, registrations: 5000, units: 1000}]\n"                   \
    "clusters:\n  - {name: c, redundancy: none, peers: [{name: p1, platform: node, "               \
    "registration-rate: 40/s, registration-queue: 200}, {name: p2, platform: node, "               \
    "registration-rate: 40/s, registration-queue: 200}]}\n"                                        \
    "endpoints: [{name: rooms, count: 4000, device: room, protocol: h323, ttl: " ttl               \
    "}]\n" FEW_CALLS "outages: [{peer: p2, at: 1h, for: 10h}]\n" RUN("4h")

/* The chapter's warning: a peer that is offered more refreshes than it can serve cannot take over.
 */
static void too_short_a_time_to_live_floods(void **state)
{
    (void)state;
    struct results r = run_text(FLOOD("30m"), 2);
    assert_true(value_of(&r, SCOPE_ENDPOINTS, "rooms", "lost_at_end").value == 0);
    assert_true(value_of(&r, SCOPE_PEER, "p1", "registration_load").value < 0.06);
    assert_true(value_of(&r, SCOPE_PEER, "p1", "registrations_timed_out").value == 0);
    results_release(&r);
    r = run_text(FLOOD("1m"), 2);
    /* 4000 / 60 s = 67 a second do not fit into 40: 2400 endpoints at most, and the herd that keeps
     * step wastes most of what is left */
    assert_true(value_of(&r, SCOPE_ENDPOINTS, "rooms", "lost_at_end").value >= 1600);
    assert_true(value_of(&r, SCOPE_PEER, "p1", "registration_load").value > 0.83);
    assert_true(value_of(&r, SCOPE_PEER, "p1", "registration_load").value <= 1);
    assert_true(value_of(&r, SCOPE_PEER, "p1", "registrations_timed_out").value > 0);
    results_release(&r);
}

/* The primary dies, another takes over, a change is made, the old one returns and is brought in
 * line. */
static void changes_of_configuration_are_on_the_timeline(void **state)
{
    (void)state;
    struct results r =
        run_text(HEAD(FOUR) FEW_CALLS "outages: [{peer: p1, at: 1h, for: 2h}]\n"
                                      "changes:\n  - {peer: p2, at: 2h, kind: primary}\n"
                                      "  - {peer: p2, at: 2.5h, kind: cluster-wide}\n"
                                      "  - {peer: p1, at: 4h, kind: force-update}\n" RUN("6h"),
                 2);
    assert_int_equal(times_raised(&r, 20004), 1);
    assert_int_equal(times_raised(&r, 20016), 3); /* three peers miss their primary */
    assert_int_equal(times_raised(&r, 20017), 1); /* the old one returns and disagrees */
    assert_int_equal(times_raised(&r, 20011), 1);
    assert_int_equal(still_raised(&r), 0);
    results_release(&r);
}

static void results_with_endpoints_do_not_depend_on_jobs(void **state)
{
    (void)state;
    const char *text =
        HEAD(FOUR) "endpoints:\n  - {name: rooms, count: 2000, device: room, protocol: both}\n"
                   "  - {name: phones, count: 3000, access: mra}\n"
                   "  - {name: flows, count: 500, failover: outbound, flows: 2}\n"
                   "  - {name: dns, count: 500, failover: dns}\n"
                   "calls: [{name: a, media: audio, via: {endpoints: phones}, to: {endpoints: "
                   "rooms}, arrivals: "
                   "{rate: 600/h}, holding: {distribution: exponential, mean: 3m}}]\n"
                   "outages: [{cluster: c, mtbf: 8h, mttr: 30m}]\n"
                   "run: {length: 12h, replications: 9, seed: 3, warmup: 30m}\n";
    struct results one = run_text(text, 1), many = run_text(text, 4);
    assert_int_equal(one.replications, many.replications);
    assert_int_equal(one.alarm_count, many.alarm_count);
    for (size_t i = 0; i < one.replications; i++) {
        assert_memory_equal(one.rows[i], many.rows[i], one.tally_count * sizeof(double));
        assert_memory_equal(one.series_values[i], many.series_values[i],
                            one.intervals * one.series_columns * sizeof(float));
    }
    assert_true(value_of(&one, SCOPE_ENDPOINTS, "phones", "failovers").value > 1000);
    /* kept alive every 30 s: back within a minute, but for those whose next peer is dead as well */
    double p95 = value_of(&one, SCOPE_ENDPOINTS, "phones", "failover_p95").value;
    assert_true(p95 > 30 && p95 < 70);
    results_release(&one);
    results_release(&many);
}

/* "most available" sends every new call to a peer that returns empty, until it holds as much as the
 * others: for a holding time x ln(N/(N-1)). Just before that it holds A (1 - e^(-t/h)), and each
 * other what the decay has left of A/(N-1). */
static void returned_peer_gets_all_new_calls(void **state)
{
    (void)state;
    struct results r = run_text(
        HEAD(FOUR) "calls: [{name: a, media: audio, via: {cluster: c}, arrivals: {rate: 400/h}, "
                   "holding: {distribution: exponential, mean: 1h}}]\n"
                   "outages: [{peer: p2, at: 8h, for: 8h}]\n"
                   "run: {length: 17h, warmup: none, replications: 40, interval: 1m}\n",
        2);
    double sum[2] = {0}, squares[2] = {0};
    size_t at = 16 * 60 + 14; /* the interval from 14 to 15 minutes after the return */
    double t = 14.5 / 60, exact[2] = {400 * (1 - exp(-t)), 400 / 3.0 * exp(-t)};
    for (size_t s = 0; s < r.series_count; s++) {
        const struct series *series = &r.series[s];
        bool returned = strcmp(series->name, "p2") == 0, other = strcmp(series->name, "p3") == 0;
        if (strcmp(series->metric, "units") != 0 || (!returned && !other))
            continue;
        for (size_t i = 0; i < r.replications; i++) {
            double value = r.series_values[i][at * r.series_columns + series->column];
            sum[other] += value;
            squares[other] += value * value;
        }
    }
    for (int k = 0; k < 2; k++) {
        double n = (double)r.replications, mean = sum[k] / n;
        double error = sqrt((squares[k] / n - mean * mean) / (n - 1));
        assert_true(fabs(mean - exact[k]) < 4.5 * error);
    }
    results_release(&r);
}

/* When a peer fails depends on its own outages only, not on what else is listed, nor where. */
static void other_outages_shift_nothing(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "{peer: p1, mtbf: 5h, mttr: 1h}",
        "{peer: p2, mtbf: 5h, mttr: 1h}, {peer: p1, mtbf: 5h, mttr: 1h}",
        "{cluster: d, mtbf: 5h, mttr: 1h}, {peer: p1, mtbf: 5h, mttr: 1h}",
        "{cluster: d, kind: maintenance, every: 9h, drain: 1h, for: 1h}, {peer: p2, at: 1h, for: "
        "1h}, "
        "{peer: p1, mtbf: 5h, mttr: 1h}, {peer: p2, kind: maintenance, every: 9h, drain: 1h, for: "
        "1h}",
    };
    double up[8] = {0};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char text[1500];
        snprintf(
            text, sizeof text,
            HEAD("{name: p1, platform: node}, {name: p2, platform: node}") "  - {name: d, "
                                                                           "redundancy: none, "
                                                                           "peers: [{name: q, "
                                                                           "platform: "
                                                                           "node}]}\n" FEW_CALLS
                                                                           "outages: [%s]\n" RUN(
                                                                               "48h"),
            lists[i]);
        struct results r = run_text(text, 1);
        size_t m = results_find(&r, SCOPE_PEER, "p1", "up_fraction");
        for (size_t n = 0; n < r.replications; n++) {
            double value = results_value(&r, m, n);
            assert_true(i == 0 ? value < 1 : value == up[n]);
            up[n] = value;
        }
        results_release(&r);
    }
}

/* Outages of one peer that differ in their rates only: each keeps its stream when they change
 * places. */
static void outages_of_a_kind_may_change_places(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "{peer: p1, mtbf: 5h, mttr: 1h}, {peer: p1, mtbf: 90h, mttr: 9h}",
        "{peer: p1, mtbf: 90h, mttr: 9h}, {peer: p1, mtbf: 5h, mttr: 1h}"};
    double up[2];
    for (size_t i = 0; i < 2; i++) {
        char text[1500];
        snprintf(text, sizeof text,
                 HEAD("{name: p1, platform: node}") FEW_CALLS "outages: [%s]\n" RUN("48h"),
                 lists[i]);
        struct results r = run_text(text, 1);
        up[i] = value_of(&r, SCOPE_PEER, "p1", "up_fraction").value;
        results_release(&r);
    }
    assert_true(up[0] == up[1]);
}

/* A peer that fails while it is serviced is back when both are over: outages are independent of
 * each other. */
static void outages_of_a_peer_overlap(void **state)
{
    (void)state;
    struct results r = run_text(
        HEAD("{name: p1, platform: node}") FEW_CALLS
        "outages: [{peer: p1, mtbf: 5h, mttr: 2h}, {peer: p1, kind: maintenance, every: 8h, "
        "drain: 1h, for: 3h, law: exponential}]\n"
        "run: {length: 1000h, warmup: 100h, replications: 60, interval: 1000h}\n",
        2);
    struct interval up = value_of(&r, SCOPE_PEER, "p1", "up_fraction");
    struct interval draining = value_of(&r, SCOPE_PEER, "p1", "draining_fraction");
    assert_true(fabs(up.value - 5 / 7.0 * 9 / 12) < 2.25 * (up.high - up.low) / 2);
    assert_true(fabs(draining.value - 5 / 7.0 * 1 / 12) <
                2.25 * (draining.high - draining.low) / 2);
    results_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shorter_time_to_live_fails_over_faster),
        cmocka_unit_test(calls_speed_up_the_failover),
        cmocka_unit_test(rolling_upgrade_loses_nobody),
        cmocka_unit_test(short_drain_cuts_the_rest),
        cmocka_unit_test(new_peer_must_be_known),
        cmocka_unit_test(too_short_a_time_to_live_floods),
        cmocka_unit_test(changes_of_configuration_are_on_the_timeline),
        cmocka_unit_test(returned_peer_gets_all_new_calls),
        cmocka_unit_test(results_with_endpoints_do_not_depend_on_jobs),
        cmocka_unit_test(other_outages_shift_nothing),
        cmocka_unit_test(outages_of_a_kind_may_change_places),
        cmocka_unit_test(outages_of_a_peer_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
