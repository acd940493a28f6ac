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

static const struct pair *find(const struct pairs *c, const char *name, const char *metric)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct metric *m = pair_metric(c, &c->items[i]);
        if (strcmp(m->name, name) == 0 && strcmp(m->metric, metric) == 0)
            return &c->items[i];
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
    struct pairs c;
    assert_true(pairs_make(&c, &a, &b));
    const struct pair *d = find(&c, "a-video", "blocked");
    assert_true(d->seen == PAIR_CHANGE);
    assert_true(fabs(d->paired.difference.value + 3) < 1e-9);
    assert_true(fabs(d->paired.saved - 1) < 1e-9);
    d = find(&c, "a-video", "blocked_fraction");
    assert_true(fabs(d->value_a - 0.02) < 1e-12 && fabs(d->value_b - 0.017) < 1e-12);
    assert_true(d->seen == PAIR_CHANGE && d->paired.difference.high < 0);
    assert_true(d->paired.saved > 0.9);
    d = find(&c, "b-audio", "blocked_fraction");
    assert_true(d->seen == PAIR_SAME);
    d = find(&c, "edge", "peak_units");
    assert_true(d->seen == PAIR_NOT_YET);
    /* mean 0.2, standard deviation 6.3: about 4000 replications for an interval of 0.2 */
    assert_true(d->more > 3000 && d->more < 5000);
    pairs_release(&c);
    results_release(&a);
    results_release(&b);
}

/* What a scenario states has no chance in it. */
static void caps_are_compared(void **state)
{
    (void)state;
    struct results a = results_made(5), b = results_made(5);
    struct pairs c;
    for (size_t i = 0; i < b.metric_count; i++)
        if (strcmp(b.metrics[i].metric, "cap") == 0)
            b.metrics[i].scale = 500;
    assert_true(pairs_make(&c, &a, &b));
    const struct pair *d = find(&c, "edge", "cap");
    assert_true(d->stated && d->seen == PAIR_CHANGE);
    assert_true(d->value_a == 400 && d->value_b == 500 && d->paired.difference.value == 100);
    assert_true(isnan(d->paired.difference.low) && isnan(d->paired.saved));
    pairs_release(&c);
    results_release(&a);
    results_release(&b);
}

static void only_what_both_have_is_compared(void **state)
{
    (void)state;
    struct results a = results_made(5), b = results_made(3);
    struct pairs c;
    b.metric_count = 8; /* without the second class and the cluster */
    assert_true(pairs_make(&c, &a, &b));
    assert_int_equal(c.replications, 3);
    assert_int_equal(c.count, 7); /* and no cap, which B has not */
    assert_true(c.items[0].seen == PAIR_SAME);
    pairs_release(&c);
    results_release(&a);
    results_release(&b);
}

static void written(void (*write)(const struct pairs *, FILE *), size_t replications,
                    const char *golden)
{
    struct results a = results_made(replications), b = results_changed(replications);
    struct pairs c;
    char *text;
    size_t length;
    assert_true(pairs_make(&c, &a, &b));
    FILE *out = open_memstream(&text, &length);
    write(&c, out);
    fclose(out);
    assert_golden(golden, text);
    free(text);
    pairs_release(&c);
    results_release(&a);
    results_release(&b);
}

static void as_text(const struct pairs *c, FILE *out)
{
    comparison_text(c, "today.yaml", "tomorrow.yaml", false, out);
}

static void as_csv(const struct pairs *c, FILE *out)
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
        cmocka_unit_test(caps_are_compared),
        cmocka_unit_test(only_what_both_have_is_compared),
        cmocka_unit_test(written_as_text_and_csv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
