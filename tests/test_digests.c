/* What the engine gives for the examples and the bench scenarios is what it gave before its parts
 * were moved (tests/digests). Only for the compiler's floating point that the digests were made
 * with: x86-64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/process.h"

static void test_figures_are_what_they_were(void **state)
{
    (void)state;
    struct outcome o = process_run("tests/digests $P | diff tests/golden/engine.sha256 -");
    if (o.status != 0)
        fail_msg("%s%s", o.output, o.said);
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_figures_are_what_they_were)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
