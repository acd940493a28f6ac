/* Goal seek against judges whose answer is known: it must find the edge, with few simulations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/edge.h"
#include "answer/seek.h"

struct edges {
    double formula, simulation; /* the first good value, or the last, of either */
    bool largest, blind;        /* the formulas cannot decide */
    int estimates, simulations, stop_after;
};

static bool judge(void *context, double value, enum seek_effort effort, struct seek_point *point)
{
    bool simulate = effort != SEEK_FORMULA;
    struct edges *e = context;
    double edge = simulate ? e->simulation : e->formula;
    bool met = e->largest ? value <= edge + 1e-9 : value >= edge - 1e-9;
    (simulate ? e->simulations++ : e->estimates++);
    point->limit = 0.01;
    point->share = (struct interval){met ? 0.005 : 0.02, NAN, NAN};
    point->verdict = !simulate && e->blind ? VERDICT_CANNOT_TELL : met ? VERDICT_YES : VERDICT_NO;
    return !e->stop_after || e->estimates + e->simulations < e->stop_after;
}

static void test_the_edge_is_found(void **state)
{
    static const struct {
        double now, low, high, grain, formula, simulation;
        bool largest, blind;
    } rows[] = {
        {170, 0, 1e6, 1, 147, 147, false, false}, /* fewer licences do */
        {10, 0, 1e6, 1, 147, 147, false, false},  /* more are needed */
        {170, 0, 1e6, 1, 120, 147, false, false}, /* the formula promises too much */
        {170, 0, 1e6, 1, 190, 147, false, false}, /* or too little */
        {170, 0, 1e6, 1, 90, 147, false, true},   /* or only gives an orientation */
        {1, 1, 6, 1, 3, 3, false, false},         /* peers */
        {0, 0, 100, 1, 0, 0, false, false},       /* none are needed */
        {600, 0, 1e9, 10, 830, 810, true, false}, /* the largest rate */
        {1, 0.01, 100, 0.01, 1.17, 1.13, true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct edges e = {.formula = rows[i].formula,
                          .simulation = rows[i].simulation,
                          .largest = rows[i].largest,
                          .blind = rows[i].blind};
        struct seek_options options = {.now = rows[i].now,
                                       .low = rows[i].low,
                                       .high = rows[i].high,
                                       .grain = rows[i].grain,
                                       .largest = rows[i].largest,
                                       .judge = judge,
                                       .context = &e};
        struct seek_point found;
        assert_int_equal(seek_value(&options, &found), SEEK_FOUND);
        if (fabs(found.value - rows[i].simulation) >= rows[i].grain / 2)
            fail_msg("row %zu: %g, not %g", i, found.value, rows[i].simulation);
        assert_true(found.simulated);
        assert_true(e.simulations <= SEEK_SIMULATIONS);
        assert_true(e.estimates < 64);
    }
}

static void test_what_cannot_be_found_is_said(void **state)
{
    struct edges e = {.formula = 10, .simulation = 10};
    struct seek_options options = {
        .now = 3, .low = 1, .high = 6, .grain = 1, .judge = judge, .context = &e};
    struct seek_point found;
    (void)state;
    assert_int_equal(seek_value(&options, &found), SEEK_NONE);
    e = (struct edges){.formula = 5, .simulation = 5, .stop_after = 3};
    assert_int_equal(seek_value(&options, &found), SEEK_STOPPED);
}

struct steps {
    double edge, asked[64];
    int count, stop_at;
};

static bool judge_step(void *context, double place, bool *good)
{
    struct steps *s = context;
    assert_true(s->count < 64 && place == floor(place));
    for (int i = 0; i < s->count; i++)
        assert_true(s->asked[i] != place);
    s->asked[s->count++] = place;
    *good = place >= s->edge;
    return s->count != s->stop_at;
}

/* Every edge of every small range from every guess and first step, and one below and one above;
 * stopped anywhere it says so. */
static void test_any_edge_from_any_guess(void **state)
{
    (void)state;
    for (int high = -2; high <= 9; high++)
        for (int edge = -3; edge <= high + 1; edge++)
            for (int from = -4; from <= 11; from++)
                for (int step = 1; step <= 4; step++) {
                    struct steps s = {.edge = edge};
                    struct edge e = {-2, high, from, step, judge_step, &s};
                    double found = edge_find(&e);
                    assert_true(edge > high ? isnan(found) : found == fmax(edge, -2));
                    int asked = s.count;
                    for (int stop = 1; stop <= asked; stop++) {
                        s = (struct steps){.edge = edge, .stop_at = stop};
                        assert_true(isnan(edge_find(&e)));
                        assert_int_equal(s.count, stop);
                    }
                }
    struct steps none = {0};
    assert_true(isnan(edge_find(&(struct edge){1, 0, 1, 1, judge_step, &none})));
    assert_int_equal(none.count, 0);
    struct steps far = {.edge = 1e9 + 7};
    assert_true(edge_find(&(struct edge){0, 9e15, 1, 1, judge_step, &far}) == 1e9 + 7);
    assert_true(far.count < 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_edge_is_found),
        cmocka_unit_test(test_what_cannot_be_found_is_said),
        cmocka_unit_test(test_any_edge_from_any_guess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
