/* Axes of a sweep: lists, ranges, factors; the full grid in order; a Latin hypercube is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/grid.h"

static struct grid grid;
static struct errors errors;

static int setup(void **state)
{
    (void)state;
    errors_init(&errors);
    return grid_init(&grid) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    grid_release(&grid);
    errors_release(&errors);
    return 0;
}

static void assert_axis(const char *text, const char *expected)
{
    char all[256] = "", buffer[GRID_VALUE_SIZE];
    grid.axis_count = 0;
    assert_true(grid_add(&grid, text, &errors));
    assert_true(grid_close(&grid, &errors));
    for (uint64_t p = 0; p < grid_points(&grid); p++) {
        strncat(all, p ? " " : "", sizeof all - strlen(all) - 1);
        strncat(all, grid_value(&grid, p, 0, buffer), sizeof all - strlen(all) - 1);
    }
    assert_string_equal(all, expected);
}

static void test_values_of_an_axis(void **state)
{
    (void)state;
    assert_axis("clusters.edge.peers=3..6", "3 4 5 6");
    assert_axis("a.b=large-vm,medium-vm", "large-vm medium-vm");
    assert_axis("a.b=600/h..1200/h:5", "600/h 750/h 900/h 1050/h 1200/h");
    assert_axis("a.b=0.1..0.3:3", "0.1 0.2 0.3");
    assert_axis("a.b=5..10%:2", "5% 10%");
    assert_axis("a.b=x0.8..x1.2:5", "x0.8 x0.9 x1 x1.1 x1.2");
    assert_axis("a.b=\"x, y\",[1, 2]", "\"x, y\" [1, 2]");
    assert_axis("calls.\"b2b.video=x\".rate=1.5,2", "1.5 2");
    assert_axis("a.b=7", "7");
    assert_axis("a.b=-2..1", "-2 -1 0 1");
    assert_int_equal(errors.count, 0);
}

static void assert_wrong(const char *text, long column, const char *words)
{
    errors_release(&errors);
    errors_init(&errors);
    assert_false(grid_add(&grid, text, &errors));
    assert_int_equal(errors.count, 1);
    assert_int_equal(errors.items[0].code, ERROR_USAGE);
    assert_int_equal(errors.items[0].column, column);
    assert_non_null(strstr(errors.items[0].message, words));
}

static void test_wrong_axes_have_their_place(void **state)
{
    (void)state;
    assert_wrong("peers", 1, "PATH=VALUES");
    assert_wrong("=3..6", 1, "PATH=VALUES");
    assert_wrong("a=", 3, "missing");
    assert_wrong("a=1,,2", 5, "missing");
    assert_wrong("a=6..3", 3, "smaller");
    assert_wrong("a=1/h..2/s:3", 8, "same unit");
    assert_wrong("a=x1..2:3", 7, "same unit");
    assert_wrong("a=1..2:1", 8, "from 2");
    assert_wrong("a=b..2:3", 3, "number");
    assert_wrong("\xc3\xa4=b..2:3", 3, "number"); /* columns are characters */
    assert_true(grid_add(&grid, "a=1", &errors));
    assert_wrong("a=2", 1, "twice");
    assert_int_equal(grid.axis_count, 1);
}

static void test_the_full_grid_in_order(void **state)
{
    (void)state;
    static const char *const expected[] = {"1 a", "1 b", "1 c", "2 a", "2 b", "2 c"};
    char first[GRID_VALUE_SIZE], second[GRID_VALUE_SIZE], both[2 * GRID_VALUE_SIZE];
    assert_true(grid_add(&grid, "n=1..2", &errors) && grid_add(&grid, "l=a,b,c", &errors));
    assert_true(grid_close(&grid, &errors));
    assert_int_equal(grid_points(&grid), 6);
    for (uint64_t p = 0; p < 6; p++) {
        snprintf(both, sizeof both, "%s %s", grid_value(&grid, p, 0, first),
                 grid_value(&grid, p, 1, second));
        assert_string_equal(both, expected[p]);
    }
}

static void test_a_range_without_a_count_is_for_samples(void **state)
{
    (void)state;
    assert_true(grid_add(&grid, "a=1.5..2", &errors));
    assert_false(grid_close(&grid, &errors));
    assert_non_null(strstr(errors.items[0].message, "needs a count"));
}

static void test_too_many_points(void **state)
{
    (void)state;
    assert_true(grid_add(&grid, "a=1..100000", &errors));
    assert_true(grid_add(&grid, "b=1..1000", &errors));
    assert_false(grid_close(&grid, &errors));
}

/* Each of n parts of each axis is met exactly once; a further axis changes nothing. */
static void test_a_sample_is_a_latin_hypercube(void **state)
{
    (void)state;
    enum { POINTS = 1000 };
    static char before[POINTS][GRID_VALUE_SIZE];
    char buffer[GRID_VALUE_SIZE];
    bool met[POINTS] = {false};
    size_t lists[3] = {0};
    grid.sample = POINTS;
    grid.seed = 7;
    assert_true(grid_add(&grid, "rate=0/h..1000/h", &errors));
    assert_true(grid_close(&grid, &errors));
    for (uint64_t p = 0; p < POINTS; p++) {
        const char *value = grid_value(&grid, p, 0, buffer);
        double rate = strtod(value, NULL);
        size_t part = (size_t)rate;
        assert_true(part < POINTS && !met[part]);
        assert_non_null(strstr(value, "/h"));
        met[part] = true;
        strcpy(before[p], value);
    }
    assert_true(grid_add(&grid, "platform=a,b,c", &errors));
    assert_true(grid_add(&grid, "peers=3..6", &errors));
    for (uint64_t p = 0; p < POINTS; p++) {
        assert_string_equal(grid_value(&grid, p, 0, buffer), before[p]);
        lists[grid_value(&grid, p, 1, buffer)[0] - 'a']++;
        double peers = strtod(grid_value(&grid, p, 2, buffer), NULL);
        assert_true(peers == floor(peers) && peers >= 3 && peers <= 6);
    }
    for (size_t i = 0; i < 3; i++) /* 1000 parts, cut in three */
        assert_in_range(lists[i], 333, 334);
}

#define GRID_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRID_TEST(test_values_of_an_axis),
        GRID_TEST(test_wrong_axes_have_their_place),
        GRID_TEST(test_the_full_grid_in_order),
        GRID_TEST(test_a_range_without_a_count_is_for_samples),
        GRID_TEST(test_too_many_points),
        GRID_TEST(test_a_sample_is_a_latin_hypercube),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
