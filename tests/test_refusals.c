/* What the program makes of calls that fail: memory, files, disks. Whatever fails, it says so and
 * ends with a code of its own; a result is whole or not there; no temporary file stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/process.h"

/* Runs the command with the Nth call of a kind failing, for every STEPth N, once and from there on;
 * prints what is wrong with how it ended. $1 kind, $2 step, then the command with "o" for its
 * folder. */
#define REFUSE                                                                                     \
    "D=$(mktemp -d) && trap 'rm -rf $D' EXIT && S=$(dirname $P)/tests/refuse.so; cd $D; "          \
    "cat >s.yaml <<END\n"                                                                          \
    "clusters: [{name: c, peers: [{name: p1, platform: small-vm, rms: 70}, {name: p2, platform: "  \
    "small-vm}]}]\n"                                                                               \
    "endpoints: [{name: rooms, cluster: c, count: 40}]\n"                                          \
    "calls: [{name: v, arrivals: {rate: 200/h}, holding: {mean: 5m}, via: {cluster: c}}]\n"        \
    "outages: [{peer: p2, at: 10m, for: 20m}]\n"                                                   \
    "run: {length: 1h, warmup: none, replications: 3}\n"                                           \
    "END\n"                                                                                        \
    "refuse() { kind=$1; step=${PEERPLAN_REFUSE_STEP:-$2}; shift 2; \"$P\" \"$@\" >right "         \
    "2>/dev/null; code=$?; "                                                                       \
    "rm -rf whole; [ -e o ] && mv o whole; "                                                       \
    "REFUSE=$kind REFUSE_COUNT=$D/count LD_PRELOAD=$S \"$P\" \"$@\" >/dev/null 2>&1; rm -rf o; "   \
    "n=$(cat count); [ $n -gt 0 ] || echo \"no $kind in $*\"; i=1; while [ $i -le $n ]; do "       \
    "for on in '' 1; do "                                                                          \
    "env REFUSE=$kind REFUSE_NTH=$i ${on:+REFUSE_ON=1} LD_PRELOAD=$S \"$P\" \"$@\" >out 2>said; "  \
    "r=$?; case $r in $code) cmp -s right out && { [ ! -e whole ] || diff -r whole o; } "          \
    ">/dev/null || echo \"$kind $i$on: wrong: $*\";; "                                             \
    "64|65|66|70|73|74) [ -s said ] || echo \"$kind $i$on: $r without a word\"; [ ! -e o ] || "    \
    "diff -r whole o >/dev/null || echo \"$kind $i$on: half a folder\";; "                         \
    "*) echo \"$kind $i$on: ended with $r: $*\";; esac; "                                          \
    "ls -A | grep tmp && echo \"$kind $i$on: left behind\"; rm -rf .peer* o; done; "               \
    "i=$((i + step)); done; }; "

static void check(const char *command)
{
    if (access("build/tests/refuse.so", R_OK) != 0 && !getenv("PEERPLAN_REFUSE"))
        skip(); /* a build with sanitizers, which have their own memory */
    struct outcome o = process_run(command);
    assert_string_equal(o.output, "");
    assert_int_equal(o.status, 0);
    outcome_release(&o);
}

static void memory_is_refused(void **state)
{
    (void)state;
    check(REFUSE "refuse memory 211 run s.yaml -q --csv o");
    check(REFUSE "refuse memory 401 run s.yaml --json");
    check(REFUSE "refuse memory 397 run s.yaml --seed 3");
    check(REFUSE "refuse memory 307 estimate s.yaml --csv o");
    check(REFUSE "refuse memory 601 compare s.yaml --set calls.v.arrivals.rate=500/h -q --csv o");
    check(REFUSE "\"$P\" run s.yaml -q --db x.db >/dev/null; refuse memory 101 runs --db x.db 1");
    check(REFUSE "refuse memory 101 route s.yaml --from rooms --to rooms");
    check(REFUSE "refuse memory 97 tables --release X15.5");
    check(REFUSE
          "printf '[{\"start\": \"2026-03-02T08:00:00Z\", \"duration\": 9, \"k\": \"%s\\\\n\"}]' "
          "$(printf 'x%.0s' {1..200}) >r.json; refuse memory 7 import csv r.json");
    check(REFUSE "refuse memory 97 tables --diff X14.2 X15.5 --csv");
}

static void files_are_refused(void **state)
{
    (void)state;
    check(REFUSE "for kind in open fsync rename mkdir; do refuse $kind 5 run s.yaml -q --csv o; "
                 "refuse $kind 5 estimate s.yaml -q -c o; done");
    check(REFUSE "for kind in open fsync rename; do refuse $kind 5 compare s.yaml s.yaml -q -c o; "
                 "done");
}

/* In a folder that was there: the mark is there only where all is. */
static void an_old_folder_has_its_mark_or_not(void **state)
{
    (void)state;
    check(
        REFUSE
        "\"$P\" run s.yaml -q -c old >/dev/null; \"$P\" run s.yaml -q -c new --seed 7 >/dev/null; "
        "for kind in open fsync rename; do i=1; while [ $i -lt 30 ]; do rm -rf o; cp -r old o; "
        "REFUSE=$kind REFUSE_NTH=$i LD_PRELOAD=$S \"$P\" run s.yaml -q -c o --seed 7 >/dev/null "
        "2>&1; r=$?; "
        "if [ -e o/about.csv ]; then diff -r old o >/dev/null || diff -r new o >/dev/null || "
        "echo \"$kind $i: a mixture\"; else [ $r = 74 ] || echo \"$kind $i: $r\"; fi; "
        "ls -A o | grep tmp; i=$((i + ${PEERPLAN_REFUSE_STEP:-6})); done; done");
}

/* A disk that is full after so many bytes, for every file. */
static void the_disk_is_full(void **state)
{
    (void)state;
    check(REFUSE "for k in 0 1 50 500 1000 1024 2000 4096; do prlimit --fsize=$k \"$P\" run s.yaml "
                 "-q --csv o 2>&1 | cat >said; r=${PIPESTATUS[0]}; "
                 "[ $r = 74 ] && grep -q 'File too large' said && [ ! -e o ] || echo $k: $r; "
                 "ls -A | grep tmp; done; true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_refused),
        cmocka_unit_test(files_are_refused),
        cmocka_unit_test(an_old_folder_has_its_mark_or_not),
        cmocka_unit_test(the_disk_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
