/* The program from outside: exit codes, where things are printed, streams that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/process.h"

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static void check(const char *command, int status, const char *output, const char *said)
{
    struct outcome o = process_run(command);
    if (o.status != status)
        fail_msg("%s: exit %d, not %d; it said: %s", command, o.status, status, o.said);
    if (output)
        assert_contains(o.output, output);
    else
        assert_string_equal(o.output, "");
    if (said)
        assert_contains(o.said, said);
    else
        assert_string_equal(o.said, "");
    outcome_release(&o);
}

static void help_is_a_result(void **state)
{
    (void)state;
    check("$P --help", 0, "Commands:", NULL);
    check("$P -h", 0, "Commands:", NULL);
    check("$P help", 0, "Examples:", NULL);
    check("$P help help", 0, "Usage: peerplan help", NULL);
    check("$P help exit-codes", 0, "130", NULL);
    check("$P help --usage", 0, "Usage: peerplan help", NULL);
    check("$P --no-color help", 0, "Commands:", NULL);
}

static void every_command_explains_itself(void **state)
{
    (void)state;
    check("set -e; for c in $($P help | sed -n '/^Commands:/,/^$/s/^  \\([a-z]*\\) .*/\\1/p'); do "
          "$P $c --help | grep -q 'Examples:' || exit 9; "
          "$P $c --help | grep -q \"Usage: peerplan $c\" || exit 8; "
          "$P help $c | cmp -s - <($P $c --help) || exit 7; "
          "r=0; $P $c --no-such-option 2>/dev/null || r=$?; [ $r = 64 ] || exit 6; done",
          0, NULL, NULL);
}

static void version_is_printed(void **state)
{
    (void)state;
    check("$P --version", 0, "peerplan " PEERPLAN_VERSION "\n", NULL);
    check("$P -V", 0, "peerplan " PEERPLAN_VERSION "\n", NULL);
    check("$P help --version", 0, "peerplan " PEERPLAN_VERSION "\n", NULL);
}

static void wrong_usage_is_64_with_near_misses(void **state)
{
    (void)state;
    check("$P", 64, NULL, "Usage:");
    check("$P hepl", 64, NULL, "unknown command 'hepl'; did you mean 'help'?");
    check("$P xyzzy", 64, NULL, "unknown command 'xyzzy'\n");
    check("$P ''", 64, NULL, "unknown command ''");
    check("$P help exit-code", 64, NULL, "did you mean 'exit-codes'?");
    check("$P --vesrion", 64, NULL, "did you mean '--version'?");
    check("$P help --no-colour", 64, NULL, "did you mean '--no-color'?");
    check("$P help -x", 64, NULL, "invalid option");
    check("$P help help help", 64, NULL, "one command or topic");
}

static void lost_output_is_74(void **state)
{
    (void)state;
    check("$P help > /dev/full", 74, NULL, "peerplan: standard output: No space left on device");
    check("$P help >&-", 74, NULL, "standard output");
    check("$P --version > /dev/full", 74, NULL, "standard output");
}

static void closed_pipe_is_74_without_a_word(void **state)
{
    (void)state;
    check("{ sleep 0.2; $P help; } | true; exit ${PIPESTATUS[0]}", 74, NULL, NULL);
}

static void closed_standard_error_is_survived(void **state)
{
    (void)state;
    check("$P nosuch 2>&-", 64, NULL, NULL);
    check("$P help <&- 2>&-", 0, "Commands:", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_is_a_result),
        cmocka_unit_test(every_command_explains_itself),
        cmocka_unit_test(version_is_printed),
        cmocka_unit_test(wrong_usage_is_64_with_near_misses),
        cmocka_unit_test(lost_output_is_74),
        cmocka_unit_test(closed_pipe_is_74_without_a_word),
        cmocka_unit_test(closed_standard_error_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
