/* The cases of `peerplan selftest`, in fewer replications: scenario reader, simulator and exact
 * solver together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "cli/selftest_cases.c"
#include "data/scenario_file.h"
#include "sim/study/experiment.h"
#include "sim/study/verify.h"

#define VERDICTS 300

static void check(const struct selftest_case *c)
{
    struct scenario scenario = {0};
    struct markov exact;
    struct results results = {0};
    struct errors errors;
    struct deviation verdicts[VERDICTS];
    errors_init(&errors);
    if (!scenario_read_text(c->text, strlen(c->text), c->title, ".", &scenario, &errors) ||
        !markov_solve(&scenario, NULL, &exact, &errors) ||
        !experiment_run(&scenario, &(struct experiment_options){.replications = 20}, &results,
                        &errors))
        fail_msg("%s: %s", c->title, errors.items[0].message);
    size_t count = verify_results(&scenario, &exact, &results, verdicts, VERDICTS);
    assert_true(count >= 10 && count < VERDICTS);
    for (size_t i = 0; i < count; i++) {
        const struct metric *m = &results.metrics[verdicts[i].metric];
        if (fabs(verdicts[i].z) >= VERIFY_LIMIT)
            fail_msg("%s: %s %s is %g instead of %g, z %.2f", c->title, m->name, m->metric,
                     verdicts[i].simulated.value, verdicts[i].exact, verdicts[i].z);
    }
    results_release(&results);
    markov_release(&exact);
    errors_release(&errors);
    scenario_release(&scenario);
}

static void test_simulator_agrees_with_exact_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < selftest_case_count; i++)
        check(&selftest_cases[i]);
}

/* The check can fail: the exact answer of another load is seen at once. */
static void test_a_wrong_simulator_is_convicted(void **state)
{
    (void)state;
    const struct selftest_case *c = &selftest_cases[0];
    struct scenario scenario = {0};
    struct markov exact;
    struct results results = {0};
    struct errors errors;
    struct deviation verdicts[VERDICTS];
    errors_init(&errors);
    assert_true(scenario_read_text(c->text, strlen(c->text), c->title, ".", &scenario, &errors));
    assert_true(experiment_run(&scenario, &(struct experiment_options){.replications = 20},
                               &results, &errors));
    scenario.classes[0].arrivals.steps.rates[0] *= 1.1;
    assert_true(markov_solve(&scenario, NULL, &exact, &errors));
    size_t count = verify_results(&scenario, &exact, &results, verdicts, VERDICTS), beyond = 0;
    for (size_t i = 0; i < count; i++)
        beyond += fabs(verdicts[i].z) >= VERIFY_LIMIT;
    assert_true(beyond > 5);
    results_release(&results);
    markov_release(&exact);
    errors_release(&errors);
    scenario_release(&scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_simulator_agrees_with_exact_answers),
        cmocka_unit_test(test_a_wrong_simulator_is_convicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
