/* Run, estimate and screens on generated scenarios: one never says yes where the other says no, who
 * differs says why, and next steps followed literally lead where they say. PEERPLAN_AGREEMENT: how
 * many scenarios, each said (make check-agreement). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "answer/next_step.h"
#include "sim/study/experiment.h"
#include "tests/trials.h"
#include "tui/standing.h"

static uint64_t state_of_dice;

/* Knuth's MMIX generator; the high bits. */
static int dice(int sides)
{
    state_of_dice = state_of_dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((state_of_dice >> 33) % (uint64_t)sides);
}

/* A few peers, a class or two, and one or the other limit; often close to what it can carry. */
static void write_scenario(char *text, size_t size, int seed)
{
    FILE *out = fmemopen(text, size, "w");
    assert_non_null(out);
    state_of_dice = (uint64_t)seed * 2 + 1;
    for (int i = 0; i < 5; i++)
        dice(2);
    int peers = 1 + dice(4), units = 10 + 10 * dice(4), survive = peers > 1 && dice(3) == 0;
    int room = units * (peers - survive);
    fprintf(out, "goals: {blocking: %d%%, survive: %d}\n", 1 + dice(3), survive);
    fprintf(out, "platforms: [{name: box, units: %d, registrations: %d, turn: %d}]\n", units,
            20 + dice(100), 40 + dice(400));
    fprintf(out, "clusters:\n  - name: c\n    redundancy: %s\n    peers:\n",
            dice(2) ? "none" : "n+1");
    int rms = dice(3) == 0 ? 5 + dice(room) : -1, desktop = dice(4) == 0 ? 20 + dice(60) : -1;
    for (int i = 0; i < peers; i++) {
        fprintf(out, "      - {name: p%d, platform: box", i);
        if (rms >= 0)
            fprintf(out, ", rms: %d", rms / peers + 1);
        if (desktop >= 0)
            fprintf(out, ", desktop: %d", desktop);
        if (dice(8) == 0)
            fprintf(out, ", setup-rate: %d/s", 1 + dice(3));
        fprintf(out, "}\n");
    }
    if (dice(2))
        fprintf(out, "endpoints: [{name: e, count: %d, device: desktop}]\n", 10 + dice(150));
    bool pipe = dice(4) == 0;
    if (pipe)
        fprintf(out, "pipes: [{name: wan, total: %dM}]\n", 5 + dice(room));
    fprintf(out, "calls:\n");
    int classes = 1 + dice(2);
    for (int k = 0; k < classes; k++)
        fprintf(out,
                "  - {name: v%d, media: %s, service: %s, arrivals: {busy-hour-erlangs: %d}, "
                "holding: {mean: %dm}%s%s}\n",
                k, dice(3) ? "audio" : "video", dice(3) ? "registered" : "b2b",
                1 + dice(room / classes + 1), 1 + dice(5),
                pipe && k == 0 ? ", pipes: {wan: 1M}" : "", dice(8) == 0 ? ", turn: 4" : "");
    if (dice(6) == 0)
        fprintf(out, "outages: [{cluster: c, mtbf: 20h, mttr: 1h}]\n");
    fprintf(out, "run: {length: 24h, replications: 10, warmup: 1h, seed: %d}\n", seed);
    fclose(out);
}

struct outcome_pair {
    enum verdict run, estimate, screen;
    bool screen_disagrees; /* and says so */
    bool explained;        /* the estimate, where it does not decide, says why */
    bool followed;         /* a step was found and followed */
    enum verdict after, said;
};

/* What the what-if screen shows once all of its workers are done. */
static void look_at_screen(const struct scenario *s, struct outcome_pair *pair)
{
    struct experiment_options options = {.method = METHOD_DECIDE, .jobs = 1};
    struct results results = {0};
    struct survival survival = {0};
    struct estimate estimate;
    struct errors errors;
    errors_init(&errors);
    uint32_t down = s->goals.survive > 0 ? (uint32_t)s->goals.survive : 0;
    assert_true(experiment_run(s, &options, &results, &errors));
    if (down > 0)
        assert_true(survival_run(s, &options, down, &survival, &errors));
    assert_true(estimate_make(s, &(struct estimate_options){.preview = false}, &estimate));
    struct standing *standing = standing_new(s, &(struct standing_sources){.estimate = &estimate,
                                                                           .results = &results,
                                                                           .settled = true,
                                                                           .survival = &survival,
                                                                           .sets = survival.count});
    assert_non_null(standing);
    pair->screen = standing->answer.verdict;
    pair->screen_disagrees = standing->answer.disagree;
    standing_free(standing);
    estimate_release(&estimate);
    survival_release(&survival);
    results_release(&results);
    errors_release(&errors);
}

static bool says_why(const struct answer *answer)
{
    for (size_t i = 0; i < answer->note_count; i++)
        if (answer->notes[i].warning)
            return true;
    return false;
}

static void judge(int seed, struct outcome_pair *pair)
{
    static char text[4096];
    struct trials t;
    struct trial_options simulate = {.simulate = true, .jobs = 1}, formulas = {.simulate = false};
    struct answer run, estimate, after;
    memset(text, 0, sizeof text);
    write_scenario(text, sizeof text, seed);
    trials_begin(&t, text);
    assert_int_equal(trial_judge(&t.maker, NULL, 0, &simulate, &run), TRIAL_JUDGED);
    assert_int_equal(trial_judge(&t.maker, NULL, 0, &formulas, &estimate), TRIAL_JUDGED);
    *pair = (struct outcome_pair){
        .run = run.verdict, .estimate = estimate.verdict, .explained = says_why(&estimate)};
    look_at_screen(&t.made.scenario, pair);
    struct next_step step = {0};
    if (run.verdict == VERDICT_NO) {
        simulate.most = 200;
        assert_true(next_step_find(&t.made.scenario, &run, &t.maker, &simulate, &step));
        if (step.found) {
            pair->followed = true;
            pair->said = step.verdict;
            assert_int_equal(trial_judge(&t.maker, step.settings, step.count, &simulate, &after),
                             TRIAL_JUDGED);
            pair->after = after.verdict;
            answer_release(&after);
        }
    }
    if (getenv("PEERPLAN_AGREEMENT_TEXT"))
        print_message("%s", text);
    if (getenv("PEERPLAN_AGREEMENT"))
        print_message("%d: run %s, estimate %s, step '%s'\n", seed, verdict_words(run.verdict),
                      verdict_words(estimate.verdict), step.words ? step.words : "");
    next_step_release(&step);
    answer_release(&run);
    answer_release(&estimate);
    trials_end(&t);
}

static void they_do_not_contradict(void **state)
{
    (void)state;
    const char *stated = getenv("PEERPLAN_AGREEMENT");
    int count = stated ? (int)strtol(stated, NULL, 10) : 24, against = 0, followed = 0, open = 0;
    int apart = 0;
    for (int seed = 0; seed < count; seed++) {
        struct outcome_pair pair;
        judge(seed, &pair);
        bool yes_no = pair.run == VERDICT_YES && pair.estimate == VERDICT_NO;
        bool no_yes = pair.run == VERDICT_NO && pair.estimate == VERDICT_YES;
        if (yes_no || no_yes)
            print_message("seed %d: run %s, estimate %s\n", seed, verdict_words(pair.run),
                          verdict_words(pair.estimate));
        against += yes_no || no_yes;
        if (pair.screen != pair.run)
            fail_msg("seed %d: run %s, screen %s", seed, verdict_words(pair.run),
                     verdict_words(pair.screen));
        apart += pair.run != pair.estimate;
        if (pair.estimate == VERDICT_CANNOT_TELL && !pair.explained)
            fail_msg("seed %d: the estimate cannot tell, and does not say why", seed);
        if ((yes_no || no_yes) && !pair.screen_disagrees)
            fail_msg("seed %d: the screen hides that run and estimate disagree", seed);
        followed += pair.followed;
        open += pair.followed && pair.after == VERDICT_UNDECIDED;
        if (pair.followed)
            assert_int_equal(pair.after, pair.said);
        if (pair.followed)
            assert_int_not_equal(pair.after, VERDICT_NO);
    }
    print_message("%d scenarios, %d verdicts apart, %d contradictions; %d steps followed, %d to "
                  "undecided\n",
                  count, apart, against, followed, open);
    assert_true(open <= 1 + followed / 20);
    /* A run is wrong in at most one of forty that lie close to the goal. */
    assert_true(against <= 1 + count / 40);
    assert_true(followed > count / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(they_do_not_contradict)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
