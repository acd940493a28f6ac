#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "reports/comparison.h"
#include "reports/csv.h"
#include "tests/golden.h"
#include "tests/results_made.h"

static const struct difference *find(const struct comparison *c, const char *name,
                                     const char *metric)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct metric *m = &c->a->metrics[c->differences[i].a];
        if (strcmp(m->name, name) == 0 && strcmp(m->metric, metric) == 0)
            return &c->differences[i];
    }
    fail_msg("no difference of %s %s", name, metric);
    return NULL;
}

/* B blocks three calls fewer in every replication; its peaks move at random; its second class is
 * unchanged. */
static struct results results_changed(size_t replications)
{
    static const double moves[] = {7, -9, 4, -3, 2};
    struct results results = results_made(replications);
    for (size_t r = 0; r < replications; r++) {
        results.rows[r][MADE_BLOCKED] -= 3;
        results.rows[r][MADE_PEAK] += moves[r];
    }
    return results;
}

static void differences_by_hand(void **state)
{
    (void)state;
    struct results a = results_made(5), b = results_changed(5);
    struct comparison c;
    assert_true(comparison_make(&a, &b, &c));
    const struct difference *d = find(&c, "a-video", "blocked");
    assert_true(d->seen == SEEN_CHANGE);
    assert_true(fabs(d->paired.difference.value + 3) < 1e-9);
    assert_true(fabs(d->paired.saved - 1) < 1e-9);
    d = find(&c, "a-video", "blocked_fraction");
    assert_true(fabs(d->value_a - 0.02) < 1e-12 && fabs(d->value_b - 0.017) < 1e-12);
    assert_true(d->seen == SEEN_CHANGE && d->paired.difference.high < 0);
    assert_true(d->paired.saved > 0.9);
    d = find(&c, "b-audio", "blocked_fraction");
    assert_true(d->seen == SEEN_SAME);
    d = find(&c, "edge", "peak_units");
    assert_true(d->seen == SEEN_NOT_YET);
    /* mean 0.2, standard deviation 6.3: about 4000 replications for an interval of 0.2 */
    assert_true(d->more > 3000 && d->more < 5000);
    comparison_release(&c);
    results_release(&a);
    results_release(&b);
}

static void only_what_both_have_is_compared(void **state)
{
    (void)state;
    struct results a = results_made(5), b = results_made(3);
    struct comparison c;
    b.metric_count = 8; /* without the second class and the cluster */
    assert_true(comparison_make(&a, &b, &c));
    assert_int_equal(c.replications, 3);
    assert_int_equal(c.count, 7); /* and no constant */
    assert_true(c.differences[0].seen == SEEN_SAME);
    comparison_release(&c);
    results_release(&a);
    results_release(&b);
}

static void written(void (*write)(const struct comparison *, FILE *), size_t replications,
                    const char *golden)
{
    struct results a = results_made(replications), b = results_changed(replications);
    struct comparison c;
    char *text;
    size_t length;
    assert_true(comparison_make(&a, &b, &c));
    FILE *out = open_memstream(&text, &length);
    write(&c, out);
    fclose(out);
    assert_golden(golden, text);
    free(text);
    comparison_release(&c);
    results_release(&a);
    results_release(&b);
}

static void as_text(const struct comparison *c, FILE *out)
{
    comparison_text(c, "today.yaml", "tomorrow.yaml", false, out);
}

static void as_csv(const struct comparison *c, FILE *out)
{
    struct table table = csv_table(out);
    assert_true(comparison_table(&table, c));
}

static void written_as_text_and_csv(void **state)
{
    (void)state;
    written(as_text, 5, "compare.txt");
    written(as_csv, 5, "compare.csv");
    written(as_text, 1, "compare-one.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_by_hand),
        cmocka_unit_test(only_what_both_have_is_compared),
        cmocka_unit_test(written_as_text_and_csv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
