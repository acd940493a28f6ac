/* Sweeps that are ended at any moment and go on: the same bytes as one that was left alone.
 * PEERPLAN_KILLS: how many times (6; make check-kills has 50). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/process.h"

#define FILES                                                                                      \
    "D=$(mktemp -d) && trap 'rm -rf $D' EXIT && cd $D && printf '%s\\n' 'scenario: Small' "        \
    "'clusters: [{name: c, peers: [{name: p1, platform: small-vm}, {name: p2, platform: "          \
    "small-vm}]}]' 'calls: [{name: v, arrivals: {rate: 300/h}, holding: {mean: 5m}, via: "         \
    "{cluster: c}}]' 'run: {length: 4h, warmup: none, replications: 5, seed: 7}' > s.yaml; "       \
    "SWEEP=\"$P sweep s.yaml --vary calls.v.arrivals.rate=300/h..800/h:40 --vary "                 \
    "clusters.c.peers=1..3\"; "

static void check(const char *command, int status, const char *output, const char *said)
{
    struct outcome o = process_run(command);
    if (o.status != status || strcmp(o.output, output) != 0 || !strstr(o.said, said))
        fail_msg("%s: exit %d: %s%s", command, o.status, o.output, o.said);
    outcome_release(&o);
}

/* Killed after up to a tenth of a second, again and again; what is there is sound each time. */
static void killed_at_any_moment(void **state)
{
    (void)state;
    check(FILES "$SWEEP --csv alone --db alone.db >text; "
                "for k in $(seq ${PEERPLAN_KILLS:-6}); do $SWEEP -q --csv out -j$((k % 3 + 1)) "
                ">/dev/null 2>&1 & pid=$!; t=$((RANDOM % 90 + 5)); sleep $(printf 0.%03d $t); "
                "kill -9 $pid; wait $pid 2>/dev/null; "
                "test -e s.db && sqlite3 s.db 'PRAGMA integrity_check; PRAGMA foreign_key_check; "
                "SELECT point.id FROM point WHERE NOT EXISTS (SELECT 1 FROM metric WHERE point_id "
                "= point.id)' | grep -v '^ok$'; done; "
                "$SWEEP -q --csv out >again; cmp again text && cmp out/points.csv alone/points.csv "
                "&& cmp out/about.csv alone/about.csv; ls -A | tr '\\n' ' '; sqlite3 s.db 'SELECT "
                "count(*), state FROM run; SELECT count(*) FROM point'",
          0, "again alone alone.db out s.db s.yaml text 1|done\n120\n", "");
}

static void interrupted_it_goes_on(void **state)
{
    (void)state;
    check(FILES
          "SWEEP=\"$SWEEP -r 200\"; $SWEEP -q --csv alone --db alone.db >text; env "
          "--default-signal=INT $SWEEP -q --csv out >part 2>said & pid=$!; for i in $(seq 2000); "
          "do test \"$(sqlite3 s.db 'SELECT count(*) > 2 FROM point' 2>/dev/null)\" = 1 && break; "
          "sleep 0.02; done; kill -INT $pid; wait $pid; echo $?; grep -c 'the same command goes "
          "on' said; grep complete, out/about.csv; sqlite3 s.db 'SELECT state, finished IS NOT "
          "NULL FROM run'; $SWEEP --csv out 2>said >text2; grep -c 'going on' said; cmp text "
          "text2; cmp out/points.csv alone/points.csv; test $(wc -l <part) -lt 121 || wc -l part",
          0, "130\n1\ncomplete,no\ninterrupted|1\n1\n", "");
}

/* One database, two sweeps at once, and the same one twice: all are whole. */
static void several_at_once(void **state)
{
    (void)state;
    check(FILES "$SWEEP --csv alone --db alone.db >text; "
                "$SWEEP -q --db x.db --csv a >1 & $SWEEP -q --db x.db --csv b >2 & "
                "$SWEEP -q --db x.db --seed 8 --csv c >3 & wait; cmp 1 text; cmp 2 text; "
                "cmp a/points.csv alone/points.csv; cmp b/points.csv alone/points.csv; "
                "cmp -s c/points.csv alone/points.csv || echo other; "
                "sqlite3 x.db 'SELECT count(*) FROM run; SELECT count(*) FROM point; PRAGMA "
                "integrity_check'",
          0, "other\n2\n240\nok\n", "");
}

static void another_sweep_is_not_gone_on_with(void **state)
{
    (void)state;
    check(FILES
          "$SWEEP -q >text; sed -i s/5m/6m/ s.yaml; $SWEEP -q >text; $SWEEP -q --seed 5 "
          ">text; $SWEEP -q -r 3 >text; $SWEEP -q --estimate >text; $SWEEP -q --estimate -j1 "
          ">text; sqlite3 s.db 'SELECT count(*), count(DISTINCT scenario_id) FROM run; SELECT "
          "count(*) FROM point'; sqlite3 s.db \"UPDATE run SET version = '0.0.9'\"; $SWEEP -q",
          65, "5|2\n600\n", "version 0.0.9");
}

static void databases_that_cannot_be_used(void **state)
{
    (void)state;
    check(FILES "echo no >s.db; $SWEEP", 65, "", "s.db: not a database");
    check(FILES "sqlite3 s.db 'CREATE TABLE t (a)'; $SWEEP", 65, "", "another program");
    check(FILES "mkdir s.db; $SWEEP", 73, "", "s.db: ");
    check(FILES "$SWEEP --db no/such/folder.db", 73, "", "no/such/folder.db: ");
    check(FILES "$SWEEP --db /dev/full", 74, "", "/dev/full: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(interrupted_it_goes_on),
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(another_sweep_is_not_gone_on_with),
        cmocka_unit_test(databases_that_cannot_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
