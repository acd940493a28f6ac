/* An estimate confirmed by simulation: what formulas leave open is filled in, the rest stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "answer/confirm.h"
#include "data/scenario_file.h"
#include "model/formulas/erlang.h"

static struct scenario scenario;
static struct estimate estimate;
static struct judged_run run;
static struct errors errors;

static void begin(const char *text)
{
    const struct estimate_options options = {.preview = false};
    const struct answer_sources sources = {.estimate = &estimate};
    errors_init(&errors);
    run = (struct judged_run){0};
    assert_true(scenario_read_text(text, strlen(text), "test", ".", &scenario, &errors));
    assert_true(estimate_make(&scenario, &options, &estimate));
    assert_true(answer_make(&run.answer, &scenario, &sources));
}

static void end(void)
{
    judged_run_release(&run);
    estimate_release(&estimate);
    scenario_release(&scenario);
    errors_release(&errors);
}

static bool confirm(void)
{
    const struct experiment_options options = {.method = METHOD_AUTO, .jobs = 2};
    return confirm_estimate(&scenario, &options, &estimate, &run, &errors);
}

/* Any of four peers is drawn, and refuses when it is full: each is a system of Erlang's by itself,
 * which the estimate leaves to the simulation. With one down a third goes to each of the rest. */
#define RANDOM                                                                                     \
    "platforms: [{name: lab, units: 100}]\n"                                                       \
    "goals: {blocking: 1%, survive: 1}\n"                                                          \
    "clusters: [{name: c, redundancy: none, selection: random, peers: [{name: a, platform: lab}, " \
    "{name: b, platform: lab}, {name: d, platform: lab}, {name: e, platform: lab}]}]\n"            \
    "calls: [{name: v, media: audio, service: webex, units: 1, via: {cluster: c}, arrivals: "      \
    "{busy-hour-erlangs: 240}, holding: {mean: 3m}}]\n"                                            \
    "run: {length: 8h, replications: 4, seed: 1}\n"

static void test_what_is_left_open_is_simulated(void **state)
{
    (void)state;
    begin(RANDOM);
    struct estimate_row *rows = estimate.rows;
    const struct estimate_row *row =
        estimate_find(&estimate, -1, 0, "class", "v", "blocked_fraction");
    size_t at = (size_t)(row - rows);
    rows[at].badge = BADGE_SIMULATE; /* whatever a formula may come to know of it one day */
    assert_true(confirm_wanted(&estimate));
    assert_true(confirm());
    assert_int_equal(rows[at].badge, BADGE_SIMULATED);
    double exact = erlang_b(100, 60);
    print_message("%g (%g to %g), right %g\n", rows[at].value, rows[at].low, rows[at].high, exact);
    assert_true(fabs(rows[at].value - exact) < 4.5 * (rows[at].high - rows[at].low) / 3.92);
    assert_true(rows[at].high < 1e-4 && rows[at].low > 0);
    assert_true(run.answer.simulated);
    assert_int_equal(run.answer.verdict, VERDICT_YES);
    end();
}

static void test_what_a_formula_knows_stays(void **state)
{
    (void)state;
    begin("platforms: [{name: lab, units: 100}]\n"
          "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: lab}]}]\n"
          "calls: [{name: v, media: audio, service: webex, units: 1, via: {cluster: c}, arrivals: "
          "{busy-hour-erlangs: 90}, holding: {mean: 3m}}]\n"
          "run: {length: 8h, replications: 4, seed: 1}\n");
    const struct estimate_row *row =
        estimate_find(&estimate, -1, 0, "class", "v", "blocked_fraction");
    double before = row->value;
    assert_int_equal(row->badge, BADGE_EXACT);
    assert_true(confirm());
    assert_int_equal(row->badge, BADGE_EXACT);
    assert_true(row->value == before);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_left_open_is_simulated),
                                       cmocka_unit_test(test_what_a_formula_knows_stays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
