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

/* ---- Texts ---- */

static char *changed(const char *original, const char *const *items)
{
    struct errors errors;
    struct settings settings = {items, 0};
    while (items[settings.count])
        settings.count++;
    errors_init(&errors);
    struct draft *draft = draft_new(original, "s.yaml", ".", &errors);
    assert_non_null(draft);
    char *after = draft_text(draft, &settings, &errors);
    if (!after)
        fail_msg("%s", errors.items[0].message);
    draft_free(draft);
    errors_release(&errors);
    return after;
}

static void test_text(void **state)
{
    static const struct {
        const char *items[4];
        const char *before, *after;
    } cases[] = {
        {{"clusters.c.peers.a.rms=7"},
         "clusters: # all\n  - name: c\n    peers:\n      - {name: a, rms: 5} # one\n",
         "clusters: # all\n  - name: c\n    peers:\n      - {name: a, rms: 7} # one\n"},
        {{"clusters.c.peers=3", "clusters.c.ties=lowest"},
         "clusters:\n  - name: c\n    peers:\n      - name: a1 # first\n        rms: '5'\n# end\n",
         "clusters:\n  - name: c\n    peers:\n      - name: a1 # first\n        rms: '5'\n"
         "      - {name: a2, rms: 5}\n      - {name: a3, rms: 5}\n    ties: lowest\n# end\n"},
        {{"clusters.c.peers=1"},
         "clusters:\n  - name: c\n    peers: [{name: a}, {name: b}, {name: d}]\n"
         "zones:\n  - {name: z, peers: [d, a, b]}\n"
         "outages:\n  # first\n  - peer: b\n    at: 1h # early\n\n    for: 1m\n"
         "  - {peer: a, at: 2h}\n",
         "clusters:\n  - name: c\n    # was: {name: b}\n    # was: {name: d}\n"
         "    peers: [{name: a}]\n"
         "zones:\n  # was: d\n  # was: b\n  - {name: z, peers: [a]}\n"
         "outages:\n  # first\n  # - peer: b\n  #   at: 1h # early\n\n  #   for: 1m\n"
         "  - {peer: a, at: 2h}\n"},
        {{"outages.1=", "goals="},
         "goals: {blocking: 1%}\noutages:\n  - {peer: b}\nrun: {seed: 1}\n",
         "# goals: {blocking: 1%}\noutages: []\n  # - {peer: b}\nrun: {seed: 1}\n"},
        {{"outages.1={peer: e1, at: \"10:00\"}", "goals.survive=1"},
         "scenario: x\r\ngoals:\r\n  blocking: 1%\r\n",
         "scenario: x\r\ngoals:\r\n  blocking: 1%\r\n  survive: 1\r\n"
         "outages: [{peer: e1, at: \"10:00\"}]\r\n"},
        {{"calls.v.redial.distribution=deterministic", "calls.v.arrivals={rate: 3/h}"},
         "calls:\n  - name: v\n    arrivals:\n      profile: a.csv\n    redial: {law: "
         "exponential}\n",
         "calls:\n  - name: v\n    arrivals: {rate: 3/h}\n"
         "    redial: {law: deterministic}\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *after = changed(cases[i].before, cases[i].items);
        assert_string_equal(after, cases[i].after);
        free(after);
    }
}

/* Whatever is set, the text says what the scenario is made from: no text is refused (draft_text
 * compares the trees), and without settings it is the file's. */
static void test_any_settings_can_be_written(void **state)
{
    static const char *const pool[] = {"clusters.edge.peers=1",
                                       "clusters.edge.peers=2",
                                       "clusters.edge.peers=5",
                                       "clusters.edge.peers.*.platform=small-vm",
                                       "clusters.edge.peers.e1.rms=",
                                       "zones.in.peers=",
                                       "zones.third=",
                                       "outages.1=",
                                       "outages.1.at=\"9:00\"",
                                       "outages=",
                                       "upgrades=[]",
                                       "calls.voice.arrivals.rate=1/h",
                                       "calls.*.arrivals.scale=130%",
                                       "calls.voice.redial=",
                                       "calls.voice.redial.after=1m",
                                       "calls.\"v.2\"=",
                                       "release=X15.5",
                                       "goals={survive: 1}",
                                       "goals.blocking=2%",
                                       "run.length=1h",
                                       "run.seed=",
                                       "endpoints.phones.retry.wait=9s",
                                       "changes.1={peer: e1, at: 1h, kind: restore}",
                                       "scenario=a: \"b\" # c",
                                       "scenario=",
                                       "endpoints.*.spread=",
                                       "run="};
    enum { POOL = sizeof pool / sizeof *pool };
    uint32_t random = 1;
    int applied = 0;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        const char *items[4];
        struct settings settings = {items, 1 + (size_t)round % 4};
        for (size_t i = 0; i < settings.count; i++) {
            random = random * 1664525 + 1013904223;
            items[i] = pool[(random >> 8) % POOL];
        }
        struct errors errors;
        errors_init(&errors);
        struct draft *draft = draft_new(text, "s.yaml", ".", &errors);
        char *after = draft_text(draft, &settings, &errors);
        /* a setting may concern what an earlier one has taken away: then it is said in the setting
         */
        if (!after && (errors.failures == 0 || errors.items[0].code != ERROR_USAGE))
            fail_msg("%s, %s: %s", items[0], settings.count > 1 ? items[1] : "",
                     errors.count ? errors.items[0].message : "");
        applied += after != NULL;
        free(after);
        draft_free(draft);
        errors_release(&errors);
    }
    assert_true(applied > 1500);
}

static void test_keys(void **state)
{
    (void)state;
    struct errors errors;
    errors_init(&errors);
    struct draft *draft = draft_new(text, "s.yaml", ".", &errors);
    struct arena *arena = arena_new();
    size_t count, numbers = 0;
    const struct setting_key *keys = settings_keys(draft, "clusters.edge.peers", arena, &count);
    assert_string_equal(keys[0].path, "clusters.edge.peers");
    assert_string_equal(keys[0].value, "3");
    assert_true(setting_is_number(&keys[0]));
    assert_string_equal(keys[1].path, "clusters.edge.peers.e1.platform");
    assert_string_equal(keys[1].value, "large-vm");
    keys = settings_keys(draft, NULL, arena, &count);
    for (size_t i = 0; i < count; i++) {
        /* what is stated can be set to what it is */
        struct scenario s;
        char setting[512];
        const char *item = setting;
        numbers += setting_is_number(&keys[i]);
        if (!keys[i].value)
            continue;
        snprintf(setting, sizeof setting, "%s=%s", keys[i].path, keys[i].value);
        if (!draft_scenario(draft, &(struct settings){&item, 1}, &s, &errors))
            fail_msg("%s: %s", setting, errors.items[0].message);
        scenario_release(&s);
    }
    assert_in_range(count, 200, 400);
    assert_in_range(numbers, count / 3, count * 2 / 3);
    settings_keys(draft, "calls.\"v.2\".arr", arena, &count);
    assert_true(count > 5);
    arena_free(arena);
    draft_free(draft);
    errors_release(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_stars_and_removal),
        cmocka_unit_test(test_fewer_peers),
        cmocka_unit_test(test_more_peers),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_original_is_kept),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_any_settings_can_be_written),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
