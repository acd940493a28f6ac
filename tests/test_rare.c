/* What a report says of classes that were never refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "reports/rare.h"
#include "tests/replay.h"

#define SYSTEM(rate, outages)                                                                      \
    "scenario: x\n"                                                                                \
    "platforms: [{name: u, units: 40}]\n"                                                          \
    "clusters: [{name: c, redundancy: none, peers: [{name: p0, platform: u}, {name: p1, "          \
    "platform: u}]}]\n"                                                                            \
    "calls: [{name: a, media: audio, units: 1, rms: 0, arrivals: {rate: " rate                     \
    "}, holding: {mean: 1h}}]\n" outages                                                           \
    "run: {length: 24h, interval: 24h, replications: 10, from: steady}\n"

/* The lines for a run of a scenario; free. */
static char *said(const char *scenario)
{
    struct replay *replay = replay_run(scenario, NULL, 0);
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_true(replay_value(replay, SCOPE_CLASS, "a", "blocked_fraction") == 0);
    rare_put(&replay->scenario, &replay->results, out);
    fclose(out);
    replay_free(replay);
    return text;
}

static void expect(const char *scenario, const char *part, const char *other)
{
    char *text = said(scenario);
    if (part && !strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
    if (other && strstr(text, other))
        fail_msg("\"%s\" contains \"%s\"", text, other);
    free(text);
}

static void an_exact_formula_is_called_exact(void **state)
{
    (void)state;
    expect(SYSTEM("35/h", ""), "a: never refused here; exactly 3e-09 % by formula (Erlang B)\n",
           "while");
}

/* 4 h in 100 days each peer is away: 0.0186 % in 4000 days of simulation. */
static void random_outages_are_weighed(void **state)
{
    (void)state;
    static const char *const systems[] = {
        SYSTEM("35/h", "outages: [{cluster: c, mtbf: 100d, mttr: 4h}]\n"),
        SYSTEM("35/h", "outages: [{peer: p0, mtbf: 50d, mttr: 4h}]\n")};
    for (size_t i = 0; i < 2; i++) {
        expect(systems[i], "about 0.018 % by formula (weighted over peers up, approximate: 0.0",
               "here; exactly");
        expect(systems[i], "while all peers are up exactly 3e-09 % by formula (Erlang B)\n", NULL);
    }
}

static void maintenance_is_weighed(void **state)
{
    (void)state;
    expect(SYSTEM("25/h",
                  "outages: [{cluster: c, kind: maintenance, every: 30d, drain: 1h, for: 1h}]\n"),
           "by formula (weighted over peers up, approximate", "here; exactly");
}

/* Repairs of two holding times: no formula of known error, so the length of a run that would tell.
 */
static void what_no_formula_knows_takes_a_run(void **state)
{
    (void)state;
    expect(SYSTEM("25/h", "outages: [{cluster: c, mtbf: 100d, mttr: 1m}]\n"),
           "replications would show that it is below 0.1 %", "weighted");
    expect(SYSTEM("15/h", "outages: [{peer: p0, at: 2h, for: 1h}]\n"), NULL, "exactly");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exact_formula_is_called_exact),
        cmocka_unit_test(random_outages_are_weighed),
        cmocka_unit_test(maintenance_is_weighed),
        cmocka_unit_test(what_no_formula_knows_takes_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
