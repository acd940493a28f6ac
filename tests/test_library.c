/* A program made of model/ and sim/ alone: examples/erlang.c, linked without the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "model/formulas/erlang.h"
#include "tests/process.h"

static void test_a_program_of_the_engine(void **state)
{
    (void)state;
    double share, low, high;
    struct outcome o = process_run("$(dirname $P)/examples/erlang");
    assert_int_equal(o.status, 0);
    assert_int_equal(sscanf(o.output, "refused %lf %% (%lf to %lf)", &share, &low, &high), 3);
    double exact = 100 * erlang_b(10, 7), half = (high - low) / 2;
    assert_true(half > 0 && half < 0.5);
    assert_true(fabs(share - exact) < 2.2 * half); /* the interval is one of 95 %, t of 29 */
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_program_of_the_engine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
