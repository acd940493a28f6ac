/* peerplan import as a user meets it: exit codes, where things go, nothing left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/process.h"

#define RECORDS                                                                                    \
    "D=$(mktemp -d); trap 'rm -rf $D' EXIT; cd $D; export TMPDIR=$D; "                             \
    "printf 'start,duration,class\\n2026-03-02 08:00:00,90,a\\n2026-03-02 08:01:00,3600,b\\n"      \
    "2026-03-02 08:05:00,x,b\\n' >r.csv; "

static void check(const char *command, const char *output)
{
    struct outcome o = process_run(command);
    if (strcmp(o.output, output) != 0)
        fail_msg("%s: exit %d: %s%s", command, o.status, o.output, o.said);
    outcome_release(&o);
}

static void exit_codes(void **state)
{
    (void)state;
    check(RECORDS "t() { $P import \"$@\" >out 2>said; echo $?; }; "
                  "t csv r.csv; t csw r.csv; t csv; t; t csv none.csv; t csv r.csv --strict; "
                  "t csv r.csv --time-zone Mars/Base; t csv r.csv --where 'durations > 5'; "
                  "t csv r.csv -o /dev/full; t csv r.csv -o r.csv; t csv r.csv -o none/x.csv; "
                  "t auto /dev/null; t csv r.csv --map 'strat=1'; t csv r.csv --by-hour -o -; "
                  "t csv r.csv --csv; t csv r.csv --hold x; t asterisk r.csv; "
                  "printf 'name,age\\nx,5\\n' | $P import auto - 2>/dev/null; echo $?",
          "0\n64\n64\n64\n66\n65\n64\n64\n74\n73\n73\n0\n64\n64\n64\n64\n65\n65\n");
}

static void where_things_go(void **state)
{
    (void)state;
    check(RECORDS
          "$P import csv r.csv -o - 2>said; grep -c '^calls' said; "
          "$P import csv r.csv -o t.csv --bad bad.csv >out 2>said; wc -l <t.csv; "
          "cat bad.csv; grep -c 'r.csv:4:21: warning: bad row left out: not a duration' said; "
          "$P import csv - -o t.csv --force <r.csv >/dev/null 2>&1; echo $?; ls",
          "start,duration,class\n2026-03-02T08:00:00+00:00,90,a\n2026-03-02T08:01:00+00:00,3600,"
          "b\n1\n"
          "3\nfile,line,column,reason,row\nr.csv,4,21,not a duration: 'x',\"2026-03-02 "
          "08:05:00,x,b\"\n1\n0\nbad.csv\nout\nr.csv\nsaid\nt.csv\n");
}

static void curve_and_json(void **state)
{
    (void)state;
    check(RECORDS "$P import csv r.csv --by-hour --csv 2>/dev/null",
          "start,class,calls,erlangs,peak\n"
          "2026-03-02T08:00:00+00:00,a,1,0.025,1\n2026-03-02T08:00:00+00:00,b,1,0."
          "9833333333333333,1\n"
          "2026-03-02T08:00:00+00:00,all,2,1.0083333333333333,2\n"
          "2026-03-02T09:00:00+00:00,a,0,0,0\n"
          "2026-03-02T09:00:00+00:00,b,0,0.016666666666666666,1\n"
          "2026-03-02T09:00:00+00:00,all,0,0.016666666666666666,1\n");
    check(RECORDS "$P import csv r.csv --json 2>/dev/null | tr -d ' \\n' | "
                  "sed 's/.*\"summary\"://; s/,\"classes\".*//'",
          "{\"rows\":3,\"calls\":2,\"answered\":2,\"zero\":0,\"bad\":1,\"duplicates\":0,\"cut\":0,"
          "\"skipped\":{},\"first\":\"2026-03-02T08:00:00+00:00\",\"last\":"
          "\"2026-03-02T08:01:00+00:00\",\"last_end\":\"2026-03-02T09:01:00+00:00\","
          "\"call_seconds\":3690,\"mean_duration\":1845,\"peak\":2,\"peak_at\":"
          "\"2026-03-02T08:01:00+00:00\",\"busy_hour\":{\"start\":\"2026-03-02T08:00:00+00:00\","
          "\"calls\":2,\"erlangs\":1.0083333333333333}");
}

static void rules_in_a_file(void **state)
{
    (void)state;
    check(
        RECORDS
        "printf '# classes\\n\\nlong = duration > 100\\nshort = duration <= 100\\n' >rules; "
        "$P import csv r.csv --rules rules -o - 2>/dev/null; "
        "printf 'long = duration >\\nx\\n' >rules; $P import csv r.csv --rules rules 2>&1; "
        "echo $?",
        "start,duration,class\n2026-03-02T08:00:00+00:00,90,short\n2026-03-02T08:01:00+00:00,3600,"
        "long\npeerplan: rules:2:1: 'NAME=CONDITION' belongs here\n  x\n  ^\n65\n");
}

/* Ended at any moment: neither the file nor a temporary one is there. */
static void ended_on_the_way(void **state)
{
    (void)state;
    check(RECORDS
          "for s in INT TERM HUP KILL; do mkfifo pipe; "
          "env --default-signal=INT,HUP $P import csv pipe -o out.csv >/dev/null 2>&1 & p=$!; "
          "exec 3>pipe; awk 'BEGIN{print \"start,duration\"; for(i=0;i<20000;i++) print "
          "1772438400+i \",60\"}' >&3; sleep 0.3; kill -s $s $p; wait $p 2>/dev/null; "
          "echo $?; exec 3>&-; rm pipe; test $s = KILL || ls -A; done; ls out.csv 2>/dev/null",
          "130\nr.csv\n143\nr.csv\n129\nr.csv\n137\n");
}

/* Names cut inside a letter are no mistake; in messages what is no UTF-8 is replaced. */
static void bytes_that_are_no_utf8(void **state)
{
    (void)state;
    check(RECORDS
          "printf 'start,duration,name\\n2026-03-02 08:00:00,5,J\\303\\n2026-03-02 08:00:00,"
          "x\\377\\303\\251,\\n' >n.csv; $P import csv n.csv 2>&1 | grep -e '^calls' -e duration:",
          "calls                        1\npeerplan: n.csv:3:21: warning: bad row left out: not a "
          "duration: 'x?\xc3\xa9'\n");
}

/* From the raw file to a verdict: import, a scenario that replays the trace, run. */
static void from_records_to_a_verdict(void **state)
{
    (void)state;
    check(
        RECORDS
        "printf '\"\",\"1\",\"2\",\"c\",\"x\",\"S/1\",\"S/2\",\"Dial\",\"x\","
        "\"2026-03-29 01:5%d:00\",\"2026-03-29 01:5%d:00\",\"2026-03-29 03:30:00\",2000,1800,"
        "\"ANSWERED\",\"D\",\"%d\",\"\"\\n' 0 0 1 2 2 2 1 1 3 >Master.csv; "
        "$P import auto Master.csv --time-zone Europe/Berlin -o calls.csv >/dev/null || exit 1; "
        "cat >s.yaml <<'END'\nplatforms: [{name: box, units: 2}]\nclusters: [{name: c, "
        "redundancy: none, peers: [{name: p, platform: box}]}]\ncalls: [{name: call, media: audio, "
        "service: registered}]\ntraces: [{file: calls.csv}]\nrun: {start: \"2026-03-29T00:00\", "
        "length: 12h, warmup: none, replications: 1}\nEND\n"
        "$P run s.yaml -q --csv o >/dev/null; awk -F, '$1==\"class\" && ($3==\"offered\" || "
        "$3==\"blocked\") {print $3, $4}' o/metrics.csv; $P run s.yaml --set "
        "traces.1.file=Master.csv 2>&1 >/dev/null | grep -c 'peerplan import asterisk'",
        "offered 3\nblocked 1\n1\n");
}

/* The commands of docs/replaying-call-records.md on a log of its kind, from the raw file to a
 * verdict in three, and its figures by sqlite3 as that page says them. */
static void three_commands_of_the_page(void **state)
{
    (void)state;
    check("PAGE=$PWD/docs/replaying-call-records.md; D=$(mktemp -d); trap 'rm -rf $D' EXIT; cd $D; "
          "peerplan() { $P \"$@\"; }; "
          "awk 'BEGIN {OFS = \"\\t\"; print \"call_id\", \"type\", \"date\", \"outcome\", "
          "\"ser_start\", \"ser_time\"; for (i = 0; i < 3000; i++) {t = 36000 + i * 7919 % 21600; "
          "print i, i % 3 ? \"PS\" : \"NW\", 990104 + i % 4, i % 7 ? \"AGENT\" : \"HANG\", "
          "sprintf(\"%02d:%02d:%02d\", t / 3600, t / 60 % 60, t % 60), i * 131 % 400}}' "
          ">january.tsv; "
          "sed -n '/^peerplan import csv january/,/^```/{/^```/!p}' $PAGE >commands; "
          "grep -c '^peerplan' commands; . ./commands >out; grep -c '^carries it: ' out; "
          "sed -n '/^sqlite3/,/^EOF/p' $PAGE >figures; . ./figures >by-sqlite; "
          "awk '$1 == \"calls\" && !c {c = $2} $1 == \"call-seconds\" {s = $2} "
          "$1 == \"peak\" && !p {p = $2} $1 == \"NW\" && !n++ || $1 == \"PS\" && !m++ {print $1 "
          "\",\" $2 \",\" $3} END {print \"all,\" c \",\" s \"\\npeak,\" p}' out >ours; "
          "sed 's/[.]0$//' by-sqlite | sort >a; sort ours | cmp - a && wc -l <a",
          "3\n1\n4\n");
}

/* A limit on the size of files stands for a disk that is full: nothing under the name, wherever it
 * ends. */
static void full_disk(void **state)
{
    (void)state;
    check(RECORDS
          "awk 'BEGIN{print \"start,duration\"; for(i=0;i<200000;i++) print 1772438400+i \",60\"}' "
          ">r.csv; for size in 1 100 3000; do (ulimit -f $size; $P import csv r.csv -o out.csv "
          "--bad bad.csv >/dev/null 2>said; echo $?); grep -c 'cannot be written' said; ls -A; "
          "done; (ulimit -f 100; TMPDIR=/nowhere $P import csv r.csv -o out.csv >/dev/null 2>&1); "
          "echo $?; ls -A",
          "74\n1\nr.csv\nsaid\n74\n1\nr.csv\nsaid\n74\n1\nr.csv\nsaid\n74\nr.csv\nsaid\n");
}

/* A record that another program wrote and compressed is read as it is. */
static void compressed_records(void **state)
{
    (void)state;
    check(RECORDS
          "xz -k r.csv; zstd -q r.csv; gzip r.csv; for f in r.csv.gz r.csv.xz r.csv.zst; do "
          "$P import csv $f -o - 2>/dev/null | cksum; done | sort -u | wc -l",
          "1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes),
        cmocka_unit_test(where_things_go),
        cmocka_unit_test(curve_and_json),
        cmocka_unit_test(rules_in_a_file),
        cmocka_unit_test(ended_on_the_way),
        cmocka_unit_test(three_commands_of_the_page),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(compressed_records),
        cmocka_unit_test(from_records_to_a_verdict),
        cmocka_unit_test(bytes_that_are_no_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
