#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/base/similar.h"

static void distances_count_edits_and_swaps(void **state)
{
    (void)state;
    assert_int_equal(similar_distance("", ""), 0);
    assert_int_equal(similar_distance("", "abc"), 3);
    assert_int_equal(similar_distance("run", "run"), 0);
    assert_int_equal(similar_distance("run", "rnu"), 1);
    assert_int_equal(similar_distance("kitten", "sitting"), 3);
    assert_int_equal(similar_distance("ca", "abc"), 3); /* restricted: no edit within a swap */
}

static void long_words_are_not_similar(void **state)
{
    (void)state;
    char word[SIMILAR_LETTERS + 2];
    for (size_t i = 0; i < sizeof word; i++)
        word[i] = i + 1 < sizeof word ? 'a' : '\0';
    const char *known[] = {word};
    assert_int_equal(similar_distance(word, word), SIMILAR_LETTERS);
    assert_null(similar_find("run", known, 1));
}

static void finds_the_nearest_or_none(void **state)
{
    (void)state;
    const char *known[] = {"run", "route", "tables", "estimate", "compare"};
    assert_string_equal(similar_find("rnu", known, 5), "run");
    assert_string_equal(similar_find("table", known, 5), "tables");
    assert_string_equal(similar_find("est", known, 5), "estimate");
    assert_string_equal(similar_find("comapre", known, 5), "compare");
    assert_null(similar_find("xyzzy", known, 5));
    assert_null(similar_find("", known, 5));
    assert_null(similar_find("x", known, 5));
    assert_null(similar_find("run", known, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_count_edits_and_swaps),
        cmocka_unit_test(long_words_are_not_similar),
        cmocka_unit_test(finds_the_nearest_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
