/* The store from outside: what --db keeps, and what peerplan runs makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/process.h"

#define FILES                                                                                      \
    "D=$(mktemp -d) && trap 'rm -rf $D' EXIT && cd $D && printf '%s\\n' 'scenario: Small' "        \
    "'clusters: [{name: c, peers: [{name: p1, platform: small-vm}, {name: p2, platform: "          \
    "small-vm}]}]' 'calls: [{name: v, arrivals: {rate: 900/h}, holding: {mean: 5m}, via: "         \
    "{cluster: c}}]' 'run: {length: 1h, from: steady, warmup: none, replications: 5, seed: "       \
    "18446744073709551615}' > s.yaml; "

static void check(const char *command, int status, const char *output, const char *said)
{
    struct outcome o = process_run(command);
    if (o.status != status || strcmp(o.output, output) != 0 || !strstr(o.said, said))
        fail_msg("%s: exit %d: %s%s", command, o.status, o.output, o.said);
    outcome_release(&o);
}

/* The text again as it was, figures as in the CSV, the seed to its last digit. */
static void what_is_kept_is_shown_again(void **state)
{
    (void)state;
    check(FILES "$P run s.yaml --db x.db -c o >text; $P runs --db x.db 1 | diff text - && "
                "sqlite3 x.db 'SELECT seed FROM run; SELECT count(*) FROM point; "
                "SELECT sha256 FROM scenario' | sed 's/^[0-9a-f]\\{64\\}$/'$(grep -o "
                "'[0-9a-f]\\{64\\}' o/about.csv)'=&/' | sed 's/^\\(.*\\)=\\1$/same/'; "
                "sqlite3 x.db \"SELECT value FROM metric WHERE metric = 'offered'\" | "
                "grep -c . ; sqlite3 x.db 'SELECT count(*) FROM metric' >n; "
                "grep -v '^scope,' o/metrics.csv | wc -l | diff - n; "
                "sqlite3 x.db 'PRAGMA integrity_check; PRAGMA foreign_key_check'",
          0, "18446744073709551615\n1\nsame\n1\nok\n", "");
}

static void runs_are_listed_and_deleted(void **state)
{
    (void)state;
    check(FILES "export PEERPLAN_DB=x.db; $P run s.yaml -q >text; $P estimate s.yaml -q >text; "
                "$P runs --csv | cut -d, -f1,2,4,8; $P runs --json | grep -c '\"kind\": \"run\"'; "
                "$P runs --delete 1; $P runs --csv | cut -d, -f1,2; "
                "sqlite3 x.db 'SELECT count(*) FROM point; SELECT count(*) FROM replication'",
          0,
          "id,kind,scenario,seed\n1,run,Small,18446744073709551615\n2,estimate,Small,\n1\n"
          "id,kind\n2,estimate\n1\n0\n",
          "");
}

/* The same seed gives pairs: nothing is changed by nothing. Others are independent. */
static void two_runs_are_compared(void **state)
{
    (void)state;
    check(FILES
          "for i in 1 2; do $P run s.yaml -q --db x.db >text; done; $P run s.yaml -q --db "
          "x.db --seed 3 >text; $P runs --db x.db --diff 1 2 | tail -1 | tr -s ' ' | cut "
          "-d' ' -f 3,6-; $P runs --db x.db --diff 1 3 | tail -1; $P runs --db x.db --diff 1 3 "
          "--csv | cut -d, -f1-4,10; $P runs --db x.db --diff 1 2 --json | grep -c "
          "'\"difference\": 0'",
          0,
          "v 0 0 to 0 5\n  the seeds differ: replications are no pairs, the intervals are those of "
          "independent runs\npoint,scope,name,metric,pairs\n1,class,v,blocked_fraction,0\n1\n",
          "");
}

/* The difference by pairs is what compare says of the same two. */
static void pairs_are_those_of_compare(void **state)
{
    (void)state;
    check(FILES
          "$P run s.yaml -q --db x.db >text; $P run s.yaml -q --set calls.v.arrivals.rate=800/h "
          "--db x.db >text; $P runs --db x.db --diff 1 2 --csv | tail -1 | cut -d, -f5-7 "
          ">1; $P compare s.yaml --set calls.v.arrivals.rate=800/h -c o >text; grep "
          "^class,v,blocked_fraction, o/compare.csv | cut -d, -f4-6 | diff - 1 && echo same",
          0, "same\n", "");
}

static void sweeps_are_shown_and_compared(void **state)
{
    (void)state;
    check(FILES
          "export PEERPLAN_DB=x.db; for r in 900 950; do $P sweep s.yaml -q --vary "
          "clusters.c.peers=1,2 --set calls.v.arrivals.rate=$r/h -c o$r >$r; done; $P runs 1 | "
          "diff 900 -; $P runs 2 | diff 950 -; $P runs 1 --csv | diff - o900/points.csv; "
          "$P runs --csv | cut -d, -f1,2,5,10,11; $P runs --diff 1 2 --csv | cut -d, -f1-4,10; "
          "$P runs --delete 1; sqlite3 x.db 'SELECT count(*) FROM point'",
          0,
          "id,kind,verdict,state,points\n1,sweep,,done,2\n2,sweep,,done,2\n"
          "point,scope,name,metric,pairs\n1,class,v,blocked_fraction,5\n2,class,v,blocked_fraction,"
          "5\n2\n",
          "");
}

/* Every command that answers keeps what it printed, and its table. */
static void every_command_keeps_its_answer(void **state)
{
    (void)state;
    check(FILES
          "export PEERPLAN_DB=x.db; $P compare s.yaml --set calls.v.arrivals.rate=800/h >1; $P "
          "size s.yaml --clusters 1..1 --peers 1..3 >2; $P forecast s.yaml --growth 20%/year >3; "
          "$P check s.yaml >4; $P "
          "advise s.yaml >5; for k in 1 2 3 4 5; do $P runs $k | diff $k - >&2; done; sqlite3 "
          "x.db \"SELECT run.kind, count(DISTINCT item.kind) > 1 FROM run JOIN item ON run_id "
          "= run.id GROUP BY run.id\"",
          0, "compare|1\nsize|1\nforecast|1\ncheck|1\nadvise|1\n", "");
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    check(FILES "$P runs --db x.db", 66, "", "x.db");
    check(FILES "$P run s.yaml -q --db x.db >text; $P runs --db x.db 7", 66, "",
          "there is no run 7");
    check("env -u PEERPLAN_DB $P runs", 64, "", "a database is missing");
    check(FILES "echo no >x.db; $P run s.yaml -q --db x.db", 65, "", "x.db");
    check(FILES "$P run s.yaml -q --db no/x.db", 73, "", "no/x.db");
}

/* The sqlite3 lines of `help store` and of `make run` do something. */
static void sessions_of_the_help_work(void **state)
{
    (void)state;
    check(FILES
          "$P sweep s.yaml -q --db FILE --vary clusters.c.peers=1,2 >text; $P help store | grep "
          "'^  sqlite3 ' >lines; wc -l <lines; while read -r line; do sh -c \"$line\" </dev/null "
          ">rows || echo no: $line; test -s rows || echo none: $line; done <lines",
          0, "3\n", "");
    check(FILES "cd $OLDPWD && line=$(make -n run | grep -o \"sqlite3 [^ ]*/example.db .*\" | sed "
                "\"s/\\$//; s/'\\\"'\\\"'/'/g; s/ *\\\\*$//\"); test -n \"$line\" && echo there",
          0, "there\n", "");
}

/* A database as the first version of the format was written (tools/store-fixture) is read, compared
 * and added to. */
static void databases_of_the_first_version_are_read(void **state)
{
    (void)state;
    check(FILES
          "sqlite3 old.db <$OLDPWD/tests/cases/store/version-1.sql; export PEERPLAN_DB=old.db; "
          "$P runs --csv | cut -d, -f1,2,4,8,11; $P runs 1 | head -3 | tail -1; $P runs 3 | wc "
          "-l; $P runs --diff 1 1 | head -2 | wc -l; $P run s.yaml -q >text; $P runs 4 | wc -l | "
          "grep -c .; sqlite3 old.db 'PRAGMA user_version; PRAGMA integrity_check'",
          0,
          "id,kind,scenario,seed,points\n1,run,As it was,18446744073709551615,1\n"
          "2,estimate,As it was,,1\n3,sweep,As it was,18446744073709551615,2\ncarries it: "
          "YES\n3\n2\n1\n"
          "1\nok\n",
          "");
}

/* A run is whole in the database or not there, and the answer is not lost with it. */
static void disks_that_cannot_be_written(void **state)
{
    (void)state;
    check(FILES
          "$P run s.yaml -q --db x.db >text; (ulimit -f 40; $P run s.yaml -q --db x.db >text "
          "2>said); echo $?; grep -c x.db said; "
          "test ! -e x.db || sqlite3 x.db 'SELECT count(*) FROM point; PRAGMA integrity_check'",
          0, "74\n1\n1\nok\n", "");
    check(FILES
          "$P sweep s.yaml -q --vary clusters.c.peers=1,2 --db x.db >text; (ulimit -f 90; $P "
          "sweep s.yaml -q --vary calls.v.arrivals.rate=800/h..900/h:200 --db x.db >text 2>said); "
          "echo $?; grep -c x.db said; sqlite3 x.db 'PRAGMA integrity_check'; $P sweep s.yaml -q "
          "--vary calls.v.arrivals.rate=800/h..900/h:200 --db x.db -c o >text; $P sweep s.yaml "
          "-q --vary calls.v.arrivals.rate=800/h..900/h:200 --db y.db -c p >text; cmp "
          "o/points.csv p/points.csv && echo same",
          0, "74\n1\nok\nsame\n", "");
}

/* What lies there is read, and nothing is made; as somebody else where root runs the tests. */
static void a_folder_that_is_read_only(void **state)
{
    (void)state;
    check(FILES
          "$P run s.yaml -q --db x.db >text; cp $P pp; chmod 755 pp; chmod 555 .; as= ; [ $(id "
          "-u) = 0 ] && as='setpriv --reuid=65534 --regid=65534 --clear-groups'; $as ./pp runs "
          "--db x.db --csv | wc -l; $as ./pp run s.yaml -q --db x.db; echo $?; $as ./pp sweep "
          "s.yaml --vary clusters.c.peers=1,2; c=$?; chmod 755 .; ls; exit $c",
          73, "2\n73\npp\ns.yaml\ntext\nx.db\n", "--db FILE puts it elsewhere");
}

static void damaged_at_random_bytes(void **state)
{
    (void)state;
    check(FILES
          "$P run s.yaml -q --db x.db >text; $P sweep s.yaml -q --vary clusters.c.peers=1,2 --db "
          "x.db >text; size=$(stat -c %s x.db); for i in $(seq 8); do cp x.db bad.db; at=$((RANDOM "
          "* 32768 + RANDOM)); head -c 40 /dev/urandom | dd of=bad.db bs=1 seek=$((at % size)) "
          "conv=notrunc 2>/dev/null; for w in 'runs 1' 'runs 2 --csv' 'runs' 'runs --diff 1 1' "
          "'run s.yaml -q' 'sweep s.yaml -q --vary clusters.c.peers=1,2' 'runs --delete 1'; do "
          "timeout 20 $P $w --db bad.db >out 2>said; c=$?; case $c in 0|65|66|74) ;; *) echo \"$w: "
          "$c\"; cat said;; esac; done; done",
          0, "", "");
}

/* Of several scenarios those that were complete before a kill are kept, whole. */
static void a_batch_that_is_killed(void **state)
{
    (void)state;
    check(FILES
          "cp s.yaml b.yaml; sed 's/length: 1h/length: 100000h/' s.yaml >c.yaml; $P run s.yaml "
          "b.yaml c.yaml -q --csv out --db x.db >text & pid=$!; for i in $(seq 2000); do test "
          "\"$(sqlite3 x.db 'SELECT count(*) FROM point' 2>/dev/null)\" = 2 && break; sleep 0.02; "
          "done; kill -9 $pid; wait $pid; sqlite3 x.db 'SELECT count(*), min(state), max(state) "
          "FROM run; PRAGMA integrity_check'; ls out; $P runs 2 --db x.db | head -1",
          0, "2|done|done\nok\nb\ns\nSmall\n", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_shown_again),
        cmocka_unit_test(runs_are_listed_and_deleted),
        cmocka_unit_test(two_runs_are_compared),
        cmocka_unit_test(pairs_are_those_of_compare),
        cmocka_unit_test(sweeps_are_shown_and_compared),
        cmocka_unit_test(every_command_keeps_its_answer),
        cmocka_unit_test(what_is_not_there_is_said),
        cmocka_unit_test(sessions_of_the_help_work),
        cmocka_unit_test(databases_of_the_first_version_are_read),
        cmocka_unit_test(disks_that_cannot_be_written),
        cmocka_unit_test(a_folder_that_is_read_only),
        cmocka_unit_test(damaged_at_random_bytes),
        cmocka_unit_test(a_batch_that_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
