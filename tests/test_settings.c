/* Settings: what a scenario is after them, and what is wrong with those that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/scenario_file.h"
#include "data/settings.h"

static const char text[] =
    "scenario: settings\n"
    "clusters:\n"
    "  - name: edge\n"
    "    primary: e3\n"
    "    peers:\n"
    "      - {name: e1, platform: large-vm, rms: 100}\n"
    "      - {name: e2, platform: large-vm, rms: 100}\n"
    "      - {name: e3, platform: medium-vm, rms: 50}\n"
    "zones:\n"
    "  - {name: in, kind: dns, cluster: edge, peers: [e2, e3]}\n"
    "  - {name: third, kind: dns, cluster: edge, peers: [e3]}\n"
    "endpoints:\n"
    "  - {name: phones, cluster: edge, count: 100, spread: [1, 2, 3]}\n"
    "calls:\n"
    "  - name: voice\n"
    "    media: audio\n"
    "    via: {zone: in}\n"
    "    arrivals: {rate: 600/h}\n"
    "    holding: {mean: 3m}\n"
    "    redial: {probability: 10%, after: 30s}\n"
    "  - name: v.2\n"
    "    via: {peer: e3}\n"
    "    arrivals: {rate: 60/h}\n"
    "    holding: {mean: 3m}\n"
    "outages:\n"
    "  - {peer: e1, at: 1h, for: 10m}\n"
    "  - {peer: e3, at: 2h, for: 10m}\n"
    "upgrades:\n"
    "  - {cluster: edge, at: 20h, drain: 1m, away: 1m, order: [e3, e1, e2]}\n"
    "run: {length: 24h}\n";

static bool make(struct scenario *scenario, struct errors *errors, const char *const *items)
{
    struct settings settings = {items, 0};
    while (items[settings.count])
        settings.count++;
    errors_init(errors);
    struct draft *draft = draft_new(text, "s.yaml", ".", errors);
    assert_non_null(draft);
    bool good = draft_scenario(draft, &settings, scenario, errors);
    draft_free(draft);
    if (good != (errors->failures == 0))
        fail_msg("good %d with %zu failures", good, errors->failures);
    return good;
}

#define GOOD(...)                                                                                  \
    struct scenario s;                                                                             \
    struct errors errors;                                                                          \
    if (!make(&s, &errors, (const char *const[]){__VA_ARGS__, NULL}))                              \
    fail_msg("%s", errors.items[0].message)

static void done(struct scenario *s, struct errors *errors)
{
    scenario_release(s);
    errors_release(errors);
}

static void test_scalars(void **state)
{
    (void)state;
    GOOD("calls.voice.arrivals.rate=1200/h", "calls.\"v.2\".units=7", "goals.survive=1",
         "release=X15.5", "clusters.edge.peers.e2.rms=5", "outages.1.at=3h",
         "clusters.edge.ties=lowest", "run.seed=18446744073709551615");
    assert_float_equal(s.classes[0].arrivals.steps.rates[0] * 3600, 1200, 1e-9);
    assert_int_equal(s.classes[1].units, 7);
    assert_true(s.goals.stated);
    assert_int_equal(s.goals.survive, 1);
    assert_string_equal(s.table, "X15.5");
    assert_int_equal(s.peers[1].licences[LICENCE_RMS], 5);
    assert_int_equal(s.clusters[0].ties, TIES_LOWEST);
    assert_true(s.run.seed == UINT64_MAX);
    assert_true(s.steps[0].at == 2 * HOUR && s.steps[2].at == 3 * HOUR);
    done(&s, &errors);
}

static void test_stars_and_removal(void **state)
{
    (void)state;
    GOOD("clusters.*.peers.*.rms=9", "calls.*.redial.probability=55%",
         "outages.2=", "clusters.edge.primary=", "outages.2={peer: e2, at: 5h, for: 1h}",
         "calls.*.arrivals.scale=50%", "upgrades=");
    for (int p = 0; p < 3; p++)
        assert_int_equal(s.peers[p].licences[LICENCE_RMS], 9);
    assert_float_equal(s.classes[0].redial_probability, 0.55, 1e-12);
    assert_float_equal(s.classes[0].arrivals.steps.rates[0] * 3600, 300, 1e-9);
    assert_true(s.classes[1].redial_probability == 0); /* a star makes no mapping */
    assert_int_equal(s.clusters[0].primary, 0);
    assert_int_equal(s.step_count, 4);
    assert_true(s.steps[2].at == 5 * HOUR && s.steps[2].peer == 1);
    done(&s, &errors);
}

static void test_fewer_peers(void **state)
{
    (void)state;
    GOOD("clusters.edge.peers=2");
    assert_int_equal(s.peer_count, 2);
    assert_int_equal(s.clusters[0].primary, 0);
    assert_int_equal(s.zones[0].peer_count, 1);
    assert_int_equal(s.zones[0].peers[0], 1);
    assert_null(s.zones[1].peers); /* listed nothing else: all of the cluster */
    assert_float_equal(s.endpoints[0].spread[1], 2, 0);
    assert_int_equal(s.classes[1].via.origin, ORIGIN_CLUSTER);
    assert_int_equal(s.step_count, 2 + 2 + 2 * 3);
    done(&s, &errors);
}

static void test_more_peers(void **state)
{
    (void)state;
    GOOD("clusters.edge.peers=5", "clusters.edge.peers.*.platform=small-vm");
    assert_int_equal(s.peer_count, 5);
    assert_string_equal(s.peers[3].name, "e4");
    assert_string_equal(s.peers[4].name, "e5");
    assert_int_equal(s.peers[4].licences[LICENCE_RMS], 50);
    assert_string_equal(s.platforms[s.peers[4].platform].name, "small-vm");
    assert_int_equal(s.zones[0].peer_count, 4);
    assert_int_equal(s.zones[1].peer_count, 3);
    assert_float_equal(s.endpoints[0].spread[4], 3, 0);
    assert_int_equal(s.step_count, 4 + 2 + 5 * 3);
    done(&s, &errors);
}

static void test_original_is_kept(void **state)
{
    (void)state;
    struct errors errors;
    struct scenario s;
    const char *const items[] = {"clusters.edge.peers=6", "calls.*.arrivals.rate=1/h"};
    struct settings settings = {items, 2};
    errors_init(&errors);
    struct draft *draft = draft_new(text, "s.yaml", ".", &errors);
    for (int round = 0; round < 3; round++) {
        bool changed = round == 1;
        assert_true(draft_scenario(draft, changed ? &settings : NULL, &s, &errors));
        assert_int_equal(s.peer_count, changed ? 6 : 3);
        assert_float_equal(s.classes[0].arrivals.steps.rates[0] * 3600, changed ? 1 : 600, 1e-9);
        scenario_release(&s);
    }
    draft_free(draft);
    errors_release(&errors);
}

static const struct wrong {
    const char *setting;
    long column;
    const char *message;
} wrong_cases[] = {
    {"calls.voice.arivals.rate=1/h", 13,
     "unknown key 'arivals', did you mean 'calls.voice.arrivals.rate'"},
    {"calls.voice.rate=1/h", 13, "unknown key 'rate', did you mean 'calls.voice.arrivals.rate'"},
    {"calls.voise.units=1", 7, "unknown class 'voise', did you mean 'calls.voice.units'"},
    {"calls.v2.units=1", 7, "unknown class 'v2', did you mean 'calls.\"v.2\".units'"},
    {"calls.\"a b\".units=1", 7, "unknown class 'a b', there is voice, v.2"},
    {"calls.voice.arrivals.rate=6x", 27, "'6x' is not a rate (2.5/s 600/h 3/d)"},
    {"goals.blocking=200%", 16, "'200%' is out of range, 'blocking' must be from 0% to 100%"},
    {"clusters.edge.peers=0", 21, "'0' is out of range, a cluster has from 1 to 6 peers"},
    {"clusters.edge.peers=7", 21, "'7' is out of range, a cluster has from 1 to 6 peers"},
    {"outages.4.at=1h", 9, "unknown outage '4', they are numbered from 1 to 2"},
    {"changes.1.at=1h", 9, "unknown change '1', there is none"},
    {"release.x=1", 9, "'release' is a text, there is nothing below it"},
    {"zones.in.peers=[e1, e9]", 21, "unknown peer 'e9', did you mean 'e1'"},
    {"zones.in.peers=[e1", 19, "did not find expected ',' or ']'"},
    {"calls..units=1", 7, "a name is missing in the path"},
    {"calls.\"voice=1", 1, "a setting is PATH=VALUE"},
    {"=1", 1, "a path is missing before '='"},
    {"platforms.*.units=1", 11, "there is no platform"},
    {"endpoints.*.retry.wait=1s", 1, "nothing in the scenario has this"},
    {"calls.voice.arrivals.per-endpoint=1/h", 0, NULL}, /* in the file: 'rate' beside it */
};

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_cases / sizeof *wrong_cases; i++) {
        const struct wrong *w = &wrong_cases[i];
        struct scenario s;
        struct errors errors;
        assert_false(make(&s, &errors, (const char *const[]){w->setting, NULL}));
        const struct error *e = &errors.items[0];
        if (w->message && (e->column != w->column || !strstr(e->message, w->message) ||
                           e->code != ERROR_USAGE || strcmp(e->file, "--set") != 0))
            fail_msg("%s gave %s:%ld: %s", w->setting, e->file, e->column, e->message);
        done(&s, &errors);
    }
}

static void test_all_at_once(void **state)
{
    (void)state;
    struct scenario s;
    struct errors errors;
    assert_false(make(&s, &errors,
                      (const char *const[]){"calls.voice.units=x", "run.seed=-1", "nothing=1",
                                            "clusters.edge.peers=2", NULL}));
    assert_int_equal(errors.failures, 3);
    done(&s, &errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),     cmocka_unit_test(test_stars_and_removal),
        cmocka_unit_test(test_fewer_peers), cmocka_unit_test(test_more_peers),
        cmocka_unit_test(test_wrong),       cmocka_unit_test(test_original_is_kept),
        cmocka_unit_test(test_all_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
