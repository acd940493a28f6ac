/* Other loads: against Erlang's recursion, against the scenario written with that load and run, and
 * what may be said of growth. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer/other_loads.h"
#include "tests/trials.h"

#define LOSS                                                                                       \
    "platforms: [{name: box, units: 20, audio-weight: 1}]\n"                                       \
    "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: box}]}]\n"                 \
    "calls: [{name: v, media: audio, service: registered, arrivals: {busy-hour-erlangs: %s}, "     \
    "holding: {mean: 3m}}]\n"                                                                      \
    "run: {from: steady, length: 1h, warmup: none}\ngoals: {blocking: 1%%}\n"

static double erlang_b(int servers, double erlangs)
{
    double b = 1;
    for (int n = 1; n <= servers; n++)
        b = erlangs * b / (n + erlangs * b);
    return b;
}

static void loads_of(struct trials *t, struct other_loads *loads)
{
    struct estimate estimate;
    struct answer answer;
    struct answer_sources sources = {.estimate = &estimate};
    assert_true(estimate_make(&t->made.scenario, &(struct estimate_options){0}, &estimate));
    assert_true(answer_make(&answer, &t->made.scenario, &sources));
    struct other_loads_options options = {.answer = &answer};
    assert_true(other_loads_make(&t->made.scenario, &options, loads));
    answer_release(&answer);
    estimate_release(&estimate);
}

static void test_exact(void **state)
{
    (void)state;
    static const struct {
        const char *erlangs;
        double grows; /* NAN: it does not say */
        bool or_more;
    } cases[] = {{"11.9", 0, false}, {"11.6", 0.03, false}, {"10", 0.10, true}, {"13", NAN, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        struct trials t;
        struct other_loads loads;
        double erlangs = strtod(cases[i].erlangs, NULL);
        snprintf(text, sizeof text, LOSS, cases[i].erlangs);
        trials_begin(&t, text);
        double rate = t.made.scenario.classes[0].arrivals.steps.rates[0];
        loads_of(&t, &loads);
        assert_true(t.made.scenario.classes[0].arrivals.steps.rates[0] == rate);
        double holds = NAN;
        for (size_t k = 0; k < loads.count; k++) {
            const struct other_load *load = &loads.loads[k];
            double refused = erlang_b(20, erlangs * load->factor);
            assert_int_equal(load->basis, BASIS_EXACT);
            assert_float_equal(load->classes[0].refused.value, refused, 1e-9);
            assert_int_equal(load->verdict, refused <= 0.01 ? VERDICT_YES : VERDICT_NO);
            if (load->factor >= 1 && refused <= 0.01)
                holds = load->factor - 1;
        }
        assert_true(isnan(cases[i].grows) ? isnan(holds) : fabs(holds - cases[i].grows) < 1e-9);
        assert_true(isnan(holds) ? isnan(loads.may_grow) : fabs(loads.may_grow - holds) < 1e-9);
        assert_int_equal(loads.or_more, cases[i].or_more);
        other_loads_release(&loads);
        trials_end(&t);
    }
}

#define PAIR                                                                                       \
    "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: small-vm}, {name: b, "     \
    "platform: small-vm}, {name: d, platform: small-vm}]}]\n"                                      \
    "calls: [{name: v, media: audio, arrivals: {rate: %s}, holding: {distribution: lognormal, "    \
    "mean: 3m, cv: 2}}, {name: w, arrivals: {rate: 60/h}, holding: {mean: 3m}}]\n"                 \
    "run: {length: 2h, replications: 6}\ngoals: {survive: 1}\noutages: [{peer: d, at: 30m, for: "  \
    "20m}]\n"

/* As the program does it. */
static void run(struct trials *t, struct results *results, struct survival *survival,
                struct answer *answer)
{
    struct experiment_options options = {.jobs = 1};
    struct answer_sources sources = {.results = results, .survival = survival};
    struct errors errors;
    errors_init(&errors);
    *survival = (struct survival){0};
    assert_true(experiment_run(&t->made.scenario, &options, results, &errors));
    assert_true(survival_run(&t->made.scenario, &options, 1, survival, &errors));
    assert_true(answer_make(answer, &t->made.scenario, &sources));
    errors_release(&errors);
}

static void test_simulated(void **state)
{
    (void)state;
    char text[1024];
    struct trials t, more;
    struct results results, high;
    struct survival survival, down;
    struct answer answer, other;
    struct other_loads loads;
    snprintf(text, sizeof text, PAIR, "500/h");
    trials_begin(&t, text);
    run(&t, &results, &survival, &answer);
    struct other_loads_options options = {
        .answer = &answer, .results = &results, .survival = &survival, .run = {.jobs = 1}};
    assert_true(other_loads_make(&t.made.scenario, &options, &loads));
    assert_int_equal(t.made.scenario.goals.survive, 1);
    assert_string_equal(loads.down, answer.worst_down->down);

    /* the stated load has every class of the set, and 10 % more is what a file with 10 % more is */
    snprintf(text, sizeof text, PAIR, "550/h");
    char *rate = strstr(text, "60/h");
    memcpy(rate, "66/h", 4);
    trials_begin(&more, text);
    run(&more, &high, &down, &other);
    for (size_t i = 0; i < survival.count; i++) {
        if (strcmp(t.made.scenario.peers[survival.sets[i].down[0]].name, loads.down) != 0)
            continue;
        for (int k = 0; k < 2; k++) {
            const struct other_load *stated = &loads.loads[2], *last = &loads.loads[5];
            assert_true(stated->factor == 1 && last->factor == 1.10);
            assert_int_equal(last->basis, BASIS_SIMULATED);
            assert_int_equal(last->replications, 6);
            assert_true(stated->classes[k].refused.value == survival.sets[i].blocked[k].value);
            assert_float_equal(last->classes[k].refused.value, down.sets[i].blocked[k].value, 1e-9);
            assert_true(last->classes[k].refused.value > 0);
        }
    }
    other_loads_release(&loads);

    /* nothing of a long run is simulated again: the formulas say what they know, and no growth is
     * claimed that nobody has seen */
    results.events = 1000000000000;
    assert_true(other_loads_make(&t.made.scenario, &options, &loads));
    assert_int_equal(loads.loads[5].replications, 0);
    assert_true(loads.loads[5].basis != BASIS_SIMULATED);
    assert_true(isnan(loads.may_grow));
    other_loads_release(&loads);
    answer_release(&answer);
    answer_release(&other);
    survival_release(&survival);
    survival_release(&down);
    results_release(&results);
    results_release(&high);
    trials_end(&t);
    trials_end(&more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_simulated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
