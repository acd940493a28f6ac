/* advise: its first line is the next step of run and estimate, prices of changes, hours for taking
 * peers out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/process.h"

#define HEAD                                                                                       \
    "goals: {blocking: 1%%, survive: 0}\nplatforms: [{name: box, units: 60, registrations: 90}]\n"
#define RUN "run: {length: 4h, from: steady, warmup: none, replications: 20}\n"

/* Each misses by another limit. */
static const char *const missing[] = {
    HEAD
    "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: large-vm, rms: "
    "7}]}]\ncalls: [{name: v, service: b2b, arrivals: {busy-hour-erlangs: 10}, holding: {mean: "
    "3m}}]\n" RUN,
    HEAD "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: box}]}]\ncalls: "
         "[{name: v, service: registered, arrivals: {busy-hour-erlangs: 50}, holding: {mean: "
         "3m}}]\n" RUN,
    HEAD "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: box}]}]\nendpoints: "
         "[{name: e, count: 120}]\n" RUN,
    HEAD "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: large-vm, desktop: "
         "40}]}]\nendpoints: [{name: e, count: 120, device: desktop}]\n" RUN,
    HEAD "pipes: [{name: wan, total: 20M}]\nclusters: [{name: c, redundancy: none, peers: [{name: "
         "p, platform: large-vm}]}]\ncalls: [{name: v, service: registered, arrivals: "
         "{busy-hour-erlangs: 10}, holding: {mean: 3m}, pipes: {wan: 2M}}]\n" RUN,
    HEAD "clusters: [{name: c, redundancy: n+1, peers: [{name: p, platform: box}, {name: q, "
         "platform: box}]}]\ncalls: [{name: v, service: registered, arrivals: {busy-hour-erlangs: "
         "45}, holding: {mean: 3m}}]\n" RUN,
};

/* What stands between two marks, without the quotes of a shell; owned. */
static char *between(const char *text, const char *before, const char *after)
{
    const char *at = strstr(text, before);
    if (!at)
        return strdup("");
    at += strlen(before);
    at += *at == '\'';
    const char *end = strstr(at, after);
    if (end && end > at && end[-1] == '\'')
        end--;
    return strndup(at, end ? (size_t)(end - at) : strlen(at));
}

/* The words up to what is then seen, and the settings below them. */
static void test_first_line(void **state)
{
    (void)state;
    static const char *const commands[] = {"run", "estimate"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        for (size_t k = 0; k < 2; k++) {
            char command[4096];
            snprintf(
                command, sizeof command,
                "f=$(mktemp); printf '%s' >$f; $P %s $f -q; echo ======; $P advise $f -q%s; rm "
                "$f",
                missing[i], commands[k], k ? "" : " --confirm");
            struct outcome o = process_run(command);
            char *step = between(o.output, "next step      ", ";");
            char *options = between(o.output, "                 --set ", "\n");
            char *first = between(o.output, "======\n", "\n");
            char *advised = between(strstr(o.output, "======"), "\n     --set ", "\n");
            if (!*step || strcmp(step, first) != 0 || !*options || strcmp(options, advised) != 0)
                fail_msg("%s %zu: '%s' is not '%s', or '%s' '%s'\n%s%s", commands[k], i, step,
                         first, options, advised, o.output, o.said);
            free(step);
            free(options);
            free(first);
            free(advised);
            outcome_release(&o);
        }
}

/* Five RMS more, and fifteen fewer. */
static void test_prices(void **state)
{
    (void)state;
    char command[4096];
    snprintf(command, sizeof command,
             "d=$(mktemp -d); cd $d; printf '%s' >f; printf 'item,price\nplatform:large-vm,100\n"
             "platform:box,5\nplatform:small-vm,1\nplatform:medium-vm,2\nplatform:ce1200,150\nrms,"
             "2.5\n' >p; $P advise f -q --prices p --csv --set "
             "clusters.c.peers.p.rms=13 | cut -d, -f2,4-6; $P advise f -q --prices p --set "
             "clusters.c.peers.p.rms=33 | grep RMS; printf 'item,price\nrms,2.5\n' >p; $P advise f "
             "-q --prices p; echo $?; $P advise f --prices p --when p; echo $?; rm -r $d",
             missing[0]);
    struct outcome o = process_run(command);
    const char *seen[] = {"change,from,to,price\n5 more RMS in c,13,18,12.5\n", "15 RMS fewer in c",
                          "saves 37.50", "\n65\n64\n"};
    for (size_t i = 0; i < 4; i++)
        if (!strstr(o.output, seen[i]))
            fail_msg("%s: %s%s", seen[i], o.output, o.said);
    assert_non_null(strstr(o.said, "no price of platform:large-vm, which a change needs"));
    outcome_release(&o);
}

/* The upgrade of a pair is best at the hour in which nobody calls, the scenario's own as well. */
static void test_upgrade(void **state)
{
    (void)state;
    struct outcome o = process_run(
        "f=$(mktemp); printf 'clusters: [{name: c, redundancy: none, peers: [{name: p, platform: "
        "large-vm}, {name: q, platform: large-vm}]}]\ncalls: [{name: v, service: b2b, arrivals: "
        "{rate: 300/h, steps: [[0h, 1], [3h, 0], [6h, 1]]}, holding: {mean: 3m}}]\nrun: {length: "
        "10h, replications: 3, warmup: none}\n' >$f; $P advise $f -q --when upgrade --for 20m "
        "--csv; printf 'upgrades: [{cluster: c, at: \"01:00\", order: [q, p], drain: 0s, away: "
        "20m}]\n' >>$f; $P advise $f -q --when upgrade --csv | head -2; rm $f");
    if (!strstr(o.output, "rank,start,cut,refused,unregistered,blocked\n1,04:00,0,0,0,0\n2,"))
        fail_msg("%s%s", o.output, o.said);
    const char *own = strstr(strstr(o.output, "blocked\n") + 1, "blocked\n");
    assert_non_null(own);
    assert_non_null(strstr(own, "1,04:00,0,0,0,0\n"));
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_line),
        cmocka_unit_test(test_prices),
        cmocka_unit_test(test_upgrade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
