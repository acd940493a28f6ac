/* Numbers as text: they read back, they are short, and no locale changes them. */
#include "model/base/number.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_text(double value, const char *expected)
{
    char buffer[NUMBER_SIZE];
    assert_string_equal(number_format(value, buffer), expected);
}

static void short_forms(void **state)
{
    (void)state;
    assert_text(0, "0");
    assert_text(-0.0, "0");
    assert_text(12, "12");
    assert_text(-3000000, "-3000000");
    assert_text(0.1, "0.1");
    assert_text(0.1 + 0.2, "0.30000000000000004");
    assert_text(1.0 / 3, "0.3333333333333333");
    assert_text(9007199254740992.0, "9007199254740992");
    assert_text(1e-300, "1e-300");
    assert_text(1e22, "1e+22");
    assert_text((double)NAN, "");
    assert_text((double)INFINITY, "inf");
    assert_text((double)-INFINITY, "-inf");
}

static void all_read_back(void **state)
{
    (void)state;
    uint64_t bits = 1;
    for (int i = 0; i < 20000; i++) {
        double value, again;
        char buffer[NUMBER_SIZE];
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        assert_true(number_parse(number_format(value, buffer), &again));
        assert_true(again == value);
    }
}

static void fixed_decimals(void **state)
{
    char buffer[NUMBER_SIZE];
    (void)state;
    assert_string_equal(number_format_fixed(1.25, 1, buffer), "1.2");
    assert_string_equal(number_format_fixed(2, 3, buffer), "2.000");
    assert_string_equal(number_format_fixed((double)NAN, 3, buffer), "");
    assert_string_equal(number_format_fixed(1e300, 2, buffer), "1e+300");
}

static void what_is_a_number(void **state)
{
    static const char *const bad[] = {"",      "-",    "+",   ".",   "1.2.3", " 1",
                                      "1 ",    "0x10", "nan", "inf", "1e",    "1e+",
                                      "1e999", "1,5",  "--1", "e5",  "1f"};
    static const char *const good[] = {"1", "-1", "+1", "1.", ".5", "1e3", "1E-3", "-1.5e+2"};
    static const double values[] = {1, -1, 1, 1, 0.5, 1000, 0.001, -150};
    double value;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (number_parse(bad[i], &value))
            fail_msg("'%s' is taken for a number", bad[i]);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(number_parse(good[i], &value));
        assert_true(value == values[i]);
    }
}

static void decimal_commas_change_nothing(void **state)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "C.UTF-8"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
        if (setlocale(LC_ALL, locales[i]))
            break;
    short_forms(state);
    what_is_a_number(state);
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_forms),
        cmocka_unit_test(all_read_back),
        cmocka_unit_test(fixed_decimals),
        cmocka_unit_test(what_is_a_number),
        cmocka_unit_test(decimal_commas_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
