/* Sweeps from outside: points against Erlang's formula, any number of threads, points and paths
 * that cannot be. */
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/process.h"

/* A Small VM carries 40 video calls. */
#define SWEEP                                                                                      \
    "d=$(mktemp -d); f=$d/s.yaml; printf 'table: X14.2-cluster-chapter\\ngoals: {blocking: "       \
    "5%%}\\nclusters: [{name: c, peers: [{name: p, platform: small-vm}]}]\\ncalls: [{name: a, "    \
    "media: video, service: registered, arrivals: {rate: 300/h}, holding: {distribution: "         \
    "exponential, mean: 6m}}]\\nrun: {length: 48h, warmup: none, replications: 40, seed: 1, "      \
    "from: steady, interval: 48h}\\n' >$f; $P sweep $f "
#define END "; c=$?; rm -r $d; exit $c"

static double erlang_b(int servers, double erlangs)
{
    double b = 1;
    for (int n = 1; n <= servers; n++)
        b = erlangs * b / (n + erlangs * b);
    return b;
}

/* 40 replications: the half width is 2.0227 standard errors (Student, 39 degrees of freedom). */
static void agrees_with_erlang(const char *rows, bool factors)
{
    const char *at = strstr(rows, "unit\n");
    int points = 0;
    assert_non_null(at);
    for (at += 5; *at && points < 5; points++) {
        int number, end = 0;
        double rate, value, low, high;
        char unit[4];
        int fields =
            factors ? sscanf(at, "%d,%lf,%*[^,],class,a,blocked_fraction,%lf,%lf,%lf,1\n%n",
                             &number, &rate, &value, &low, &high, &end)
                    : sscanf(at, "%d,%lf/%1[h],%*[^,],class,a,blocked_fraction,%lf,%lf,%lf,1\n%n",
                             &number, &rate, unit, &value, &low, &high, &end);
        assert_int_equal(fields, factors ? 5 : 6);
        assert_int_equal(number, points + 1);
        double exact = erlang_b(40, (factors ? 300 * rate : rate) / 10);
        double z = (value - exact) / ((high - low) / 2 / 2.0227);
        if (!(fabs(z) < 4.5))
            fail_msg("point %d: %g, not %g (z = %g)", number, value, exact, z);
        at += end;
    }
    assert_int_equal(points, 5);
    assert_int_equal(*at, 0);
}

static void test_points_agree_with_erlang(void **state)
{
    (void)state;
    struct outcome o =
        process_run(SWEEP "--vary calls.a.arrivals.rate=300/h..500/h:5 --csv $d/o >$d/x && grep "
                          "'unit$\\|,class,a,blocked_fraction,' $d/o/points.csv" END);
    assert_int_equal(o.status, 0);
    agrees_with_erlang(o.output, false);
    outcome_release(&o);
    o = process_run(SWEEP "--vary 'calls.*.arrivals.rate=x1..x1.8:5' --csv $d/o >$d/x && grep "
                          "'unit$\\|,class,a,blocked_fraction,' $d/o/points.csv" END);
    assert_int_equal(o.status, 0);
    agrees_with_erlang(o.output, true);
    outcome_release(&o);
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    static const char *const ways[] = {"-r 3", "-r 3 --sample 7", "--estimate --sample 7"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char command[4096];
        snprintf(command, sizeof command,
                 "%s --vary calls.a.arrivals.rate=300/h..500/h:4 --vary goals.survive=0,1 %s "
                 "--csv $d/one --db $d/1.db -j1 >$d/1; $P sweep $f --vary "
                 "calls.a.arrivals.rate=300/h..500/h:4 "
                 "--vary goals.survive=0,1 %s --csv $d/three --db $d/3.db -j3 >$d/3; cmp $d/1 $d/3 "
                 "&& cmp "
                 "$d/one/about.csv $d/three/about.csv && cmp $d/one/points.csv "
                 "$d/three/points.csv && grep -c class,a,blocked_fraction, $d/one/points.csv" END,
                 SWEEP, ways[i], ways[i]);
        struct outcome o = process_run(command);
        assert_int_equal(o.status, 0);
        assert_string_equal(o.output, i ? "7\n" : "8\n");
        outcome_release(&o);
    }
}

/* A point is what run says with the same setting. */
static void test_a_point_is_a_run(void **state)
{
    (void)state;
    struct outcome o = process_run(
        SWEEP
        "--vary calls.a.arrivals.rate=300/h,400/h -r 3 --csv $d/o >$d/x; $P run $f --set "
        "calls.a.arrivals.rate=400/h -r 3 --csv $d/r >$d/y; sed -n "
        "'s/^2,.*class,a,blocked_fraction,\\([^,]*\\),.*/\\1/p' $d/o/points.csv >$d/1; sed -n "
        "'s/^blocking,class,a,,,\\([^,]*\\),.*/\\1/p' $d/r/answer.csv >$d/2; test -s $d/1 && "
        "cmp $d/1 $d/2" END);
    assert_int_equal(o.status, 0);
    outcome_release(&o);
}

static void test_a_point_that_cannot_be(void **state)
{
    (void)state;
    struct outcome o =
        process_run(SWEEP "--vary table=X14.2-cluster-chapter,nosuch.csv --estimate --csv $d/o "
                          ">$d/x && cat $d/o/points.csv" END);
    assert_int_equal(o.status, 0);
    assert_non_null(strstr(o.output, "1,X14.2-cluster-chapter,yes,class,a,blocked_fraction,"));
    assert_non_null(strstr(o.output, "\n2,nosuch.csv,failed,,cannot be opened: No such file or "
                                     "directory,,,,,\n"));
    outcome_release(&o);
}

static void test_mistakes_all_at_once(void **state)
{
    (void)state;
    struct outcome o = process_run(
        SWEEP "--vary calls.b.arrivals.rate=1/h,2/h --vary clusters.c.pers=1..3 --vary "
              "calls.a.holding.mean=x --csv $d/o; c=$?; test -e $d/o && c=1; (exit $c)" END);
    assert_int_equal(o.status, 64);
    assert_string_equal(o.output, "");
    assert_non_null(strstr(o.said, "--vary:1:7: unknown class 'b', did you mean "));
    assert_non_null(strstr(o.said, "--vary:1:12: unknown key 'pers', did you mean "));
    assert_non_null(strstr(o.said, "--vary:1:22: 'x' is not a duration"));
    outcome_release(&o);
    o = process_run(SWEEP "--vary calls.a.media=audio,foo" END);
    assert_int_equal(o.status, 64);
    assert_non_null(strstr(o.said, "--vary:1:21: invalid value 'foo'")); /* in the argument */
    assert_non_null(strstr(o.said, "\n  calls.a.media=audio,foo\n                      ^\n"));
    outcome_release(&o);
    o = process_run(SWEEP "--vary calls.a.media=x1.5" END);
    assert_int_equal(o.status, 64);
    assert_non_null(strstr(o.said, "no number stands there"));
    outcome_release(&o);
    o = process_run(SWEEP
                    "--vary calls.aa.arrivals.rate=x1..x2:3 --vary calls.a.arrivals.rate=1/h..2/h "
                    "--vary clusters.c.peers=2,9,x" END);
    assert_int_equal(o.status, 64);
    assert_non_null(
        strstr(o.said, "--vary:1:7: unknown class 'aa', did you mean 'calls.a.arrivals.rate'"));
    assert_non_null(strstr(o.said, "--vary:1:23: this range needs a count"));
    assert_non_null(strstr(o.said, "--vary:1:20: "));
    assert_non_null(strstr(o.said, "--vary:1:22: "));
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_agree_with_erlang),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_a_point_is_a_run),
        cmocka_unit_test(test_a_point_that_cannot_be),
        cmocka_unit_test(test_mistakes_all_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
