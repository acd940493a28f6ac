/* The law of durations: quantiles against the sorted values themselves. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/engine/delays.h"

static void empty_has_no_quantile(void **state)
{
    (void)state;
    struct delays delays = {0};
    assert_true(isnan(delays_quantile(&delays, 0.5)));
    delays_clear(&delays);
    delays_release(&delays);
}

/* 1 us, 2 us, 4 us ... 2^62 ns: every quantile is within 0.4 % of the value of its rank. */
static void quantiles_are_close_over_the_whole_range(void **state)
{
    (void)state;
    struct delays delays = {0};
    for (int i = 0; i < 53; i++)
        assert_true(delays_add(&delays, INT64_C(1000) << i));
    for (int i = 0; i < 53; i++) {
        double exact = ldexp(1e-6, i), value = delays_quantile(&delays, (i + 0.5) / 53);
        assert_true(fabs(value - exact) <= 0.004 * exact + 1e-15);
    }
    assert_true(delays_quantile(&delays, 1) == (double)(INT64_C(1000) << 52) / SECOND);
    delays_release(&delays);
}

static void ends_are_exact_and_clearing_forgets(void **state)
{
    (void)state;
    struct delays delays = {0};
    assert_true(delays_add(&delays, 0));
    assert_true(delays_quantile(&delays, 0.5) == 0);
    assert_true(delays_add(&delays, FOREVER));
    assert_true(delays_quantile(&delays, 1) == (double)FOREVER / SECOND);
    delays_clear(&delays);
    assert_true(isnan(delays_quantile(&delays, 1)));
    assert_true(delays_add(&delays, 3 * SECOND));
    assert_true(delays_quantile(&delays, 0.01) == 3);
    assert_true(delays_quantile(&delays, 0.99) == 3);
    delays_release(&delays);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_has_no_quantile),
        cmocka_unit_test(quantiles_are_close_over_the_whole_range),
        cmocka_unit_test(ends_are_exact_and_clearing_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
