#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/study/survival.h"

static void sets_are_counted(void **state)
{
    (void)state;
    assert_int_equal(survival_sets(5, 1), 5);
    assert_int_equal(survival_sets(6, 3), 20);
    assert_int_equal(survival_sets(5, 5), 1);
    assert_int_equal(survival_sets(5, 0), 1);
    assert_int_equal(survival_sets(5, 6), 0);
    assert_int_equal(survival_sets(60, 6), 50063860);
    assert_true(survival_sets(100000, 6) == SIZE_MAX);
    assert_true(survival_sets(4000000000u, 2000000000u) == SIZE_MAX);
}

static void every_set_comes_once_and_in_order(void **state)
{
    (void)state;
    for (uint32_t down = 1; down <= 6; down++) {
        uint32_t set[6] = {0, 1, 2, 3, 4, 5};
        uint64_t last = 0;
        size_t count = 0;
        do {
            uint64_t code = 0; /* digits ascend within a set and sets ascend as numbers */
            for (uint32_t i = 0; i < down; i++) {
                assert_true(set[i] < 6 && (i == 0 || set[i] > set[i - 1]));
                code = code * 10 + set[i];
            }
            assert_true(count == 0 || code > last);
            last = code;
            count++;
        } while (survival_next(6, down, set));
        assert_int_equal(count, survival_sets(6, down));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_counted),
        cmocka_unit_test(every_set_comes_once_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
