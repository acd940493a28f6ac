/* The next step: one for every limit, the smallest, and worth what it says when followed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "answer/next_step.h"
#include "tests/trials.h"

struct bed {
    struct trials trials;
    struct answer answer;
    struct next_step step;
};

static void find(struct bed *bed, const char *text, bool simulate)
{
    struct trial_options options = {.simulate = simulate, .jobs = 1, .most = 100};
    trials_begin(&bed->trials, text);
    assert_int_equal(trial_judge(&bed->trials.maker, NULL, 0, &options, &bed->answer),
                     TRIAL_JUDGED);
    assert_true(next_step_find(&bed->trials.made.scenario, &bed->answer, &bed->trials.maker,
                               &options, &bed->step));
}

static void forget(struct bed *bed)
{
    next_step_release(&bed->step);
    answer_release(&bed->answer);
    trials_end(&bed->trials);
}

/* Followed literally. */
static enum verdict followed(struct bed *bed, bool simulate)
{
    struct trial_options options = {.simulate = simulate, .jobs = 1, .most = 100};
    struct answer answer;
    assert_int_equal(
        trial_judge(&bed->trials.maker, bed->step.settings, bed->step.count, &options, &answer),
        TRIAL_JUDGED);
    enum verdict verdict = answer.verdict;
    answer_release(&answer);
    return verdict;
}

#define RUN "run: {length: 8h, replications: 5, warmup: none, seed: 3}\n"
#define CALL(more, erlangs)                                                                        \
    "calls: [{name: v, media: audio, service: registered, holding: {mean: 3m}, "                   \
    "arrivals: {busy-hour-erlangs: " erlangs "}" more "}]\n"
#define BOX(more) "platforms: [{name: box, units: 20, registrations: 100" more "}]\n"
#define PEERS(first, second)                                                                       \
    "clusters: [{name: c, redundancy: none" first ", peers: [{name: a, platform: box" second       \
    "}, {name: b, platform: box" second "}]}]\n"

static const struct {
    const char *what, *text, *words, *settings;
} cases[] = {
    {"peers", BOX("") PEERS("", "") CALL("", "40") RUN, "1 more peer in c", "clusters.c.peers=3"},
    {"own cap", BOX("") PEERS(", cluster-cap: 20", "") CALL("", "20") RUN, "a cluster-cap of ",
     "clusters.c.cluster-cap="},
    {"own sessions", BOX("") PEERS("", ", max-sessions: 5") CALL("", "10") RUN, "max-sessions of ",
     "clusters.c.peers.*.max-sessions="},
    {"set-up rate",
     "platforms: [{name: box, units: 500}]\n" PEERS("", ", setup-rate: 1/s") CALL("", "100") RUN,
     "a setup-rate of ", "clusters.c.peers.*.setup-rate="},
    {"RMS", BOX("") PEERS("", ", rms: 2") CALL(", rms: 1", "10") RUN, "more RMS in c",
     "clusters.c.peers.a.rms="},
    {"desktop",
     BOX("") PEERS("", ", desktop: 20") "endpoints: [{name: e, count: 60, device: desktop}]\n" CALL(
         "", "1") RUN,
     "20 more desktop licences in c, on a", "clusters.c.peers.a.desktop=40"},
    {"room",
     BOX("") PEERS("", ", room: 20") "endpoints: [{name: e, count: 41, device: room}]\n" CALL(
         "", "1") RUN,
     "1 more room licence in c, on a", "clusters.c.peers.a.room=21"},
    {"registrations",
     BOX("") PEERS("", "") "endpoints: [{name: e, count: 399, device: room}]\n" CALL("", "1") RUN,
     "2 more peers in c", "clusters.c.peers=4"},
    {"MRA registrations",
     BOX(", mra-registrations: 50")
         PEERS("", "") "endpoints: [{name: e, count: 120, access: mra}]\n" CALL("", "1") RUN,
     "1 more peer in c", "clusters.c.peers=3"},
    {"pipe",
     BOX("") PEERS("", "") "pipes: [{name: wan, total: 10M}]\n" CALL(", pipes: {wan: 1M}", "10")
         RUN,
     "Mbit/s on pipe wan", "pipes.wan.total="},
    {"TURN", BOX(", turn: 20") PEERS("", "") CALL(", turn: 4", "10") RUN, "more peer",
     "clusters.c.peers="},
    {"encrypted sessions",
     "platforms: [{name: box, units: 20}]\n" PEERS(
         "", ", image: unrestricted") "endpoints: [{name: e, count: 6000, access: mra}]\n" CALL("",
                                                                                                "1")
         RUN,
     "the Select image on the peers of c", "clusters.c.peers.*.image=select"},
    {"two clusters",
     BOX("") "clusters:\n  - {name: e, role: edge, traversal: k, redundancy: none, peers: [{name: "
             "a, "
             "platform: box}]}\n  - {name: k, role: core, redundancy: none, peers: [{name: b, "
             "platform: box}]}\n"
             "calls: [{name: v, media: audio, service: mra, via: {cluster: e}, holding: {mean: "
             "3m}, "
             "arrivals: {busy-hour-erlangs: 20}}]\n" RUN,
     "1 more peer in e and in k; with both: ", "clusters.k.peers=2"},
    {"two at once",
     BOX("") PEERS("", ", desktop: 20") "endpoints: [{name: e, count: 60, device: desktop}]\n" CALL(
         "", "40") RUN,
     "20 more desktop licences in c, on a and 1 more peer in c", "clusters.c.peers=3"},
};

static void every_limit_has_its_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bed bed;
        find(&bed, cases[i].text, true);
        if (bed.answer.verdict != VERDICT_NO || !bed.step.found ||
            !strstr(bed.step.words, cases[i].words))
            fail_msg("%s: %s, '%s'", cases[i].what, verdict_words(bed.answer.verdict),
                     bed.step.words);
        bool set = false;
        for (size_t k = 0; k < bed.step.count; k++)
            set = set ||
                  strncmp(bed.step.settings[k], cases[i].settings, strlen(cases[i].settings)) == 0;
        if (!set)
            fail_msg("%s: no setting %s", cases[i].what, cases[i].settings);
        assert_int_equal(followed(&bed, true), bed.step.verdict);
        assert_int_equal(bed.step.verdict, VERDICT_YES);
        forget(&bed);
    }
}

/* With one less of the last amount the answer is not yes. */
static void it_is_the_smallest(void **state)
{
    (void)state;
    struct bed bed;
    find(&bed, BOX("") PEERS("", ", rms: 2") CALL(", rms: 1", "10") RUN, true);
    assert_true(bed.step.found && bed.step.count == 1);
    const char *number = strchr(bed.step.settings[0], '=') + 1;
    char setting[64];
    snprintf(setting, sizeof setting, "clusters.c.peers.a.rms=%ld", strtol(number, NULL, 10) - 1);
    bed.step.settings[0] = setting;
    assert_int_not_equal(followed(&bed, true), VERDICT_YES);
    forget(&bed);
}

static void formulas_find_it_too(void **state)
{
    (void)state;
    struct bed bed;
    find(&bed, BOX("") PEERS("", "") CALL("", "40") RUN, false);
    assert_int_equal(bed.answer.verdict, VERDICT_NO);
    assert_true(bed.step.found);
    assert_non_null(strstr(bed.step.words, "1 more peer in c; with 1 peer more: "));
    assert_non_null(strstr(bed.step.words, "(exact)"));
    assert_int_equal(followed(&bed, false), VERDICT_YES);
    forget(&bed);
}

static void nothing_is_advised_that_does_not_help(void **state)
{
    (void)state;
    struct bed bed;
    /* six boxes of 20 units are not enough, and no other platform is larger in what they need */
    find(
        &bed,
        BOX("") "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: box}]}]\n" CALL(
            ", via: {peer: a}, units: 30000", "1") RUN,
        true);
    assert_int_equal(bed.answer.verdict, VERDICT_NO);
    assert_false(bed.step.found);
    assert_non_null(strstr(bed.step.words, "none found"));
    forget(&bed);
    find(&bed, BOX("") PEERS("", "") CALL("", "1") RUN, true);
    assert_int_equal(bed.answer.verdict, VERDICT_YES);
    assert_string_equal(bed.step.words, "");
    forget(&bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_limit_has_its_step),
        cmocka_unit_test(it_is_the_smallest),
        cmocka_unit_test(formulas_find_it_too),
        cmocka_unit_test(nothing_is_advised_that_does_not_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
