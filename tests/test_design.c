/* The smallest designs, against searches written for the tests: Erlang's formula by its recursion,
 * every number of peers and licences tried. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/process.h"

static double erlang_b(int servers, double erlangs)
{
    double b = 1;
    for (int n = 1; n <= servers; n++)
        b = erlangs * b / (n + erlangs * b);
    return b;
}

/* The first row of designs: peers, RMS, blocked. */
static int size(const char *load, int units, int survive, const char *service, int *peers, int *rms,
                double *blocked)
{
    char command[1024], platform[64];
    snprintf(command, sizeof command,
             "f=$(mktemp); printf 'goals: {blocking: 1%%%%, survive: %d}\\nplatforms: [{name: box, "
             "units: %d, video-weight: 1}]\\nclusters: [{name: c, redundancy: none, peers: [{name: "
             "p, platform: box}]}]\\ncalls: [{name: v, media: video, service: %s, arrivals: "
             "{busy-hour-erlangs: %s}, holding: {mean: 3m}}]\\nrun: {length: 1h, from: steady, "
             "warmup: none}\\n' >$f; $P size $f --clusters 1 --platforms box --csv; c=$?; rm $f; "
             "exit $c",
             survive, units, service, load);
    struct outcome o = process_run(command);
    const char *row = strchr(o.output, '\n');
    int status = o.status;
    *peers = *rms = 0;
    if (status == 0 && (!row || sscanf(row + 1, "1,1,%3[^,],%d,none,%d,0,0,,%lf", platform, peers,
                                       rms, blocked) != 4))
        fail_msg("%s%s", o.output, o.said);
    outcome_release(&o);
    return status;
}

static void test_units(void **state)
{
    (void)state;
    for (int units = 20; units <= 60; units += 20)
        for (int survive = 0; survive <= 1; survive++) {
            int peers, rms, wanted = 1 + survive;
            double blocked;
            while (wanted <= 6 && erlang_b((wanted - survive) * units, 70) > 0.01)
                wanted++;
            int status = size("70", units, survive, "registered", &peers, &rms, &blocked);
            assert_int_equal(status, wanted <= 6 ? 0 : 1);
            assert_int_equal(peers, wanted <= 6 ? wanted : 0);
            assert_int_equal(rms, 0);
            if (status == 0)
                assert_float_equal(blocked, erlang_b(wanted * units, 70), 1e-12);
        }
}

static void test_licences(void **state)
{
    (void)state;
    static const char *const loads[] = {"3", "25.5", "140"};
    for (size_t i = 0; i < 3; i++) {
        int peers, rms, wanted = 0;
        double blocked, erlangs = strtod(loads[i], NULL);
        while (erlang_b(wanted, erlangs) > 0.01)
            wanted++;
        assert_int_equal(size(loads[i], 1000, 0, "b2b", &peers, &rms, &blocked), 0);
        assert_int_equal(peers, 1);
        assert_int_equal(rms, wanted);
        assert_float_equal(blocked, erlang_b(wanted, erlangs), 1e-12);
    }
}

static void test_written(void **state)
{
    (void)state;
    struct outcome o = process_run(
        "d=$(mktemp -d); cd $d; $P new --users 500 --b2b 30/h --profile flat >a.yaml && $P size "
        "a.yaml -o b.yaml >/dev/null && grep -c rms: b.yaml && $P run b.yaml -q | "
        "grep -o 'carries it: YES'; $P size a.yaml -o b.yaml; echo $?; rm -r $d");
    assert_non_null(strstr(o.output, "carries it: YES\n73\n"));
    assert_non_null(strstr(o.said, "b.yaml exists"));
    outcome_release(&o);
}

/* The least licences that mend a pool, by the recursion here. */
static void test_advice(void **state)
{
    (void)state;
    int wanted = 5;
    char text[64];
    while (erlang_b(wanted, 10) > 0.01)
        wanted++;
    struct outcome o = process_run(
        "f=$(mktemp); printf 'clusters: [{name: c, redundancy: none, peers: [{name: p, platform: "
        "large-vm, rms: 5}]}]\ncalls: [{name: v, service: b2b, arrivals: {busy-hour-erlangs: 10}, "
        "holding: {mean: 3m}}]\nrun: {length: 1h, from: steady, warmup: none}\n' >$f; $P advise "
        "$f -q; echo $?; $P advise $f -q --set clusters.c.peers.p.rms=100; rm $f");
    snprintf(text, sizeof text, "--set 'clusters.c.peers.p.rms=%d'\n", wanted);
    assert_non_null(strstr(o.output, text));
    assert_non_null(strstr(o.output, "\n0\nthe goals are met: nothing has to change\n"));
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_licences),
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_advice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
