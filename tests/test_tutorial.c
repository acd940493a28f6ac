/* The tutorial is true: every command of the page runs, and prints what the page says.
 * (tools/tutorial --update build/peerplan docs/tutorial.md writes what is printed now.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/process.h"

static void test_tutorial(void **state)
{
    (void)state;
    struct outcome o = process_run("tools/tutorial $P docs/tutorial.md");
    if (o.status != 0)
        fail_msg("docs/tutorial.md is not what the program prints:\n%s%s", o.output, o.said);
    outcome_release(&o);
}

/* 200 variants, from the shell to a picture. */
static void test_variants(void **state)
{
    (void)state;
    struct outcome o = process_run("tools/tutorial $P docs/variants.md");
    if (o.status != 0)
        fail_msg("docs/variants.md is not what the program prints:\n%s%s", o.output, o.said);
    outcome_release(&o);
}

/* The tool sees a page that is not true, and mends it. */
static void test_tool(void **state)
{
    (void)state;
    struct outcome o = process_run(
        "f=$(mktemp); printf '```console\\n$ echo one \\\\\\n> two\\nold\\n```\\nend\\n' >$f; "
        "tools/tutorial $P $f >/dev/null; echo $?; tools/tutorial --update $P $f; "
        "tools/tutorial $P $f; echo $?; cat $f; rm $f");
    assert_string_equal(o.output, "1\n0\n```console\n$ echo one \\\n> two\none two\n```\nend\n");
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tutorial),
        cmocka_unit_test(test_variants),
        cmocka_unit_test(test_tool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
