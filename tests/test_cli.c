/* The program from outside: exit codes, where things are printed, streams that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/process.h"

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static void check(const char *command, int status, const char *output, const char *said)
{
    struct outcome o = process_run(command);
    if (o.status != status)
        fail_msg("%s: exit %d, not %d; it said: %s", command, o.status, status, o.said);
    if (output)
        assert_contains(o.output, output);
    else
        assert_string_equal(o.output, "");
    if (said)
        assert_contains(o.said, said);
    else
        assert_string_equal(o.said, "");
    outcome_release(&o);
}

static void help_is_a_result(void **state)
{
    (void)state;
    check("$P --help", 0, "Commands:", NULL);
    check("$P -h", 0, "Commands:", NULL);
    check("$P help", 0, "Examples:", NULL);
    check("$P help help", 0, "Usage: peerplan help", NULL);
    check("$P help exit-codes", 0, "130", NULL);
    check("$P help scenario", 0, "cluster-cap", NULL);
    check("$P help --usage", 0, "Usage: peerplan help", NULL);
    check("$P --no-color help", 0, "Commands:", NULL);
}

static void every_command_explains_itself(void **state)
{
    (void)state;
    check("set -e; for c in $($P help | sed -n '/^Commands:/,/^$/s/^  \\([a-z]*\\) .*/\\1/p'); do "
          "$P $c --help | grep -q 'Examples:' || exit 9; "
          "$P $c --help | grep -q \"Usage: peerplan $c\" || exit 8; "
          "$P help $c | cmp -s - <($P $c --help) || exit 7; "
          "r=0; $P $c --no-such-option 2>/dev/null || r=$?; [ $r = 64 ] || exit 6; done",
          0, NULL, NULL);
}

static void version_is_printed(void **state)
{
    (void)state;
    check("$P --version", 0, "peerplan " PEERPLAN_VERSION "\n", NULL);
    check("$P -V", 0, "peerplan " PEERPLAN_VERSION "\n", NULL);
    check("$P help --version", 0, "peerplan " PEERPLAN_VERSION "\n", NULL);
}

static void wrong_usage_is_64_with_near_misses(void **state)
{
    (void)state;
    check("$P", 64, NULL, "Usage:");
    check("$P hepl", 64, NULL, "unknown command 'hepl'; did you mean 'help'?");
    check("$P xyzzy", 64, NULL, "unknown command 'xyzzy'\n");
    check("$P ''", 64, NULL, "unknown command ''");
    check("$P help exit-code", 64, NULL, "did you mean 'exit-codes'?");
    check("$P --vesrion", 64, NULL, "did you mean '--version'?");
    check("$P help --no-colour", 64, NULL, "did you mean '--no-color'?");
    check("$P help -x", 64, NULL, "invalid option");
    check("$P help help help", 64, NULL, "one command or topic");
}

static void lost_output_is_74(void **state)
{
    (void)state;
    check("$P help > /dev/full", 74, NULL, "peerplan: standard output: No space left on device");
    check("$P help >&-", 74, NULL, "standard output");
    check("$P --version > /dev/full", 74, NULL, "standard output");
}

/* ---- run ---- */

/* Scenarios by one shell function: load in calls an hour, replications, and what else. 100 units,
 * two peers. */
#define SCENARIO                                                                                   \
    "D=$(mktemp -d) && trap 'rm -rf $D' EXIT && cd $D && make_scenario() { cat <<END\n"            \
    "scenario: Test\n"                                                                             \
    "$3\n"                                                                                         \
    "platforms: [{name: lab, registrations: 50, units: 50, audio-weight: 1, video-weight: 2, "     \
    "mra-video-weight: 2, rms: 50, mra-registrations: 20, turn: 50}]\n"                            \
    "clusters:\n"                                                                                  \
    "  - name: edge\n"                                                                             \
    "    redundancy: none\n"                                                                       \
    "    peers: [{name: e1, platform: lab}, {name: e2, platform: lab}]\n"                          \
    "calls:\n"                                                                                     \
    "  - {name: talk, media: audio, service: mra, via: {cluster: edge}, arrivals: {rate: $1/h}, "  \
    "holding: {distribution: exponential, mean: 1m}}\n"                                            \
    "run: {length: 2h, warmup: 10m, replications: $2, seed: 3}\n"                                  \
    "END\n"                                                                                        \
    "}; make_scenario 1200 10 'goals: {blocking: 1%}' > yes.yaml; "                                \
    "make_scenario 9000 10 'goals: {blocking: 1%}' > no.yaml; "                                    \
    "make_scenario 9000 10 'table: X14.2-cluster-chapter' > unstated.yaml; "                       \
    "make_scenario 2400 10 'goals: {blocking: 1%, survive: 1}' > survive.yaml; "

static void run_answers(void **state)
{
    (void)state;
    check(SCENARIO "$P run yes.yaml", 0, "carries it: YES", NULL);
    check(SCENARIO "$P run no.yaml", 1, "carries it: NO", NULL);
    check(SCENARIO "$P run no.yaml", 1,
          "next step      2 more peers in edge; with 2 peers more: ", NULL);
    check(SCENARIO "make_scenario 9000 10 'goals: {blocking: 0%}' > none.yaml; $P run none.yaml", 1,
          "goal 0 %", NULL);
    check(SCENARIO "{ cat no.yaml; echo 'outages: [{peer: e1, at: 0s, for: 1d}]'; } > away.yaml; "
                   "$P run away.yaml",
          1, "next step      3 more peers in edge; with 3 peers more: ",
          NULL); /* one of them for the one that is away */
    check(SCENARIO "$P run unstated.yaml", 0, "carries it: NO", NULL);
    check(SCENARIO "$P run survive.yaml", 1, "1 peer down    NO", NULL);
    check(SCENARIO "$P run - < yes.yaml", 0, "carries it: YES", NULL);
    check(SCENARIO "$P run yes.yaml", 0, "guideline figures, not guaranteed", NULL);
    check(SCENARIO "$P run yes.yaml --seed 99 -r 4", 0, "seed 99, 4 replications", NULL);
    check(SCENARIO "$P run yes.yaml -q | wc -l | grep -qx '[5-9]' && echo short", 0, "short", NULL);
}

/* Every seed of the command line can be written into the file, and gives the same. */
static void a_seed_is_the_same_in_the_file(void **state)
{
    (void)state;
    check(SCENARIO
          "grep -v ^run: yes.yaml > file.yaml; cp file.yaml option.yaml; "
          "echo 'run: {length: 1h, replications: 3, seed: 18446744073709551615}' >> file.yaml; "
          "echo 'run: {length: 1h, replications: 3}' >> option.yaml; "
          "$P run file.yaml --csv file -q > file.txt && "
          "$P run option.yaml --csv option -q --seed 18446744073709551615 > option.txt && "
          "diff -r -x about.csv file option && cmp file.txt option.txt && grep -o "
          "18446744073709551615 "
          "file/metrics.csv",
          0, "18446744073709551615", NULL);
}

/* 900 erlangs in groups of 10 and 50 on 1000 sessions: variance over mean is 1 + E[X(X-1)] / 2E[X]
 * = 22.2, and Erlang B, which knows no groups, says 0.0059 % where 6.4 % are refused. */
static void run_warns_of_calls_that_start_together(void **state)
{
    (void)state;
    check(
        "printf '%s\\n' 'scenario: m' 'platforms: [{name: n, units: 1000}]' 'clusters:' "
        "'  - {name: c, redundancy: none, peers: [{name: p, platform: n}]}' 'calls:' "
        "'  - {name: meet, media: audio, arrivals: {rate: 60/h, batches: [[10, 0.5], [50, 0.5]]}, "
        "holding: {distribution: exponential, mean: 30m}}' 'run: {length: 2h, replications: 2, "
        "warmup: 1h}' | "
        "$P run - 2>/dev/null",
        0, "peakedness 22.2; Erlang's formula for Poisson arrivals would say 0.0059 % blocked",
        NULL);
}

/* Ten meetings a full hour, of ten who join within three minutes, and single calls at any time;
 * part 1 has the even lines only, part 2 the odd ones. */
#define RECORD                                                                                     \
    "D=$(mktemp -d) && trap 'rm -rf $D' EXIT && cd $D; "                                           \
    "make_record() { { echo start,duration,class; awk 'BEGIN { srand(7); "                         \
    "for (h = 8; h < 18; h++) for (i = 0; i < 100; i++) {"                                         \
    "print h * 3600 + int(180 * i / 100) \",\" 1500 + i % 7 \",meet\";"                            \
    "print h * 3600 + int(36 * (i + rand())) \",\" 20 + int(rand() * 300) \",talk\" } }' | sort "  \
    "-n -t, -k1,1; } |"                                                                            \
    "awk -v part=$1 'NR == 1 || !part || NR % 2 == part - 1'; }; "                                 \
    "make_record 0 > all.csv; make_record 1 > even.csv; make_record 2 > odd.csv; gzip -kf "        \
    "all.csv; "                                                                                    \
    "replay() { printf '%s\n' 'scenario: r' 'platforms: [{name: n, units: 200}]' 'clusters:' "     \
    "'  - {name: c, redundancy: none, peers: [{name: p, platform: n}]}' 'calls:' "                 \
    "'  - {name: meet, media: audio, units: 1}' '  - {name: talk, media: audio, units: 1}' "       \
    "\"traces: [$1]\" 'run: {length: 24h, warmup: none, replications: 3}'; }; "                    \
    "replay '{file: all.csv}' > all.yaml; replay '{file: all.csv.gz}' > gz.yaml; "                 \
    "replay '{file: even.csv}, {file: odd.csv}' > two.yaml; "

static void call_records_show_whether_calls_come_together(void **state)
{
    (void)state;
    check(RECORD "$P run all.yaml --csv a 2>/dev/null", 0,
          "  peaks    c: all recorded calls, peakedness ", NULL);
    check(RECORD "$P run all.yaml", 0,
          "wrongly, for these calls come together\n  peaks    meet: recorded calls", NULL);
    check(RECORD "$P run all.yaml | grep -c 'peaks.*talk'", 1, "0", NULL);
    check(RECORD "$P run all.yaml --csv a >one; awk -F, '$3 == \"peakedness\" { print $1, $2, ($4 "
                 "> 1.2), ($5 > 1.2), ($6 > $4) }' "
                 "a/metrics.csv",
          0, "class meet 1 1 1\nclass talk 0 0 1\ncluster c 1 1 1\n", NULL);
    check(RECORD "$P estimate all.yaml", 0, "Erlang's formula for Poisson arrivals would promise ",
          NULL);
    check(RECORD "$P estimate all.yaml", 0, "carries it: CANNOT TELL\n", NULL);
}

/* One measurement, wherever it is made: by run on any number of threads, by estimate, on compressed
 * and on divided files. */
static void peakedness_is_the_same_however_it_is_read(void **state)
{
    (void)state;
    check(RECORD
          "for s in all gz two; do $P run $s.yaml -j 1 --csv one-$s >out; $P run $s.yaml -j 3 "
          "--csv many-$s >out; "
          "cmp one-$s/metrics.csv many-$s/metrics.csv; cmp one-all/metrics.csv one-$s/metrics.csv; "
          "$P estimate $s.yaml --csv est-$s >out; "
          "grep -E 'peakedness|busiest_hour' one-$s/metrics.csv | cut -d, -f1-6 | sort > run; "
          "grep -E 'peakedness|busiest_hour' est-$s/estimate.csv | cut -d, -f3-8 | sort | cmp - "
          "run; wc -l < run; done",
          0, "6\n6\n6\n", NULL);
}

static void unreadable_records_stop_an_estimate(void **state)
{
    (void)state;
    check(RECORD "rm all.csv; $P estimate all.yaml", 66, NULL, "all.csv");
    check(RECORD "echo 70000,5,nobody >> all.csv; $P estimate all.yaml", 0, "peakedness",
          "a class that is not in the scenario");
}

/* 10 erlangs on 40 sessions: Erlang B by its recursion is 5.6e-13, which no short run can show. */
static void run_never_says_a_bare_nothing(void **state)
{
    (void)state;
    check("printf '%s\\n' 'scenario: m' 'platforms: [{name: n, units: 40}]' 'clusters:' "
          "'  - {name: c, redundancy: none, peers: [{name: p, platform: n}]}' 'calls:' "
          "'  - {name: talk, media: audio, arrivals: {rate: 200/h}, holding: {distribution: "
          "exponential, mean: 3m}}' "
          "'run: {length: 2h, replications: 2, warmup: 1h}' | $P run - 2>/dev/null",
          0, "talk: never refused here; exactly 5.6e-11 % by formula", NULL);
}

static void run_writes_the_same_bytes_on_any_number_of_threads(void **state)
{
    (void)state;
    check(
        SCENARIO "$P run survive.yaml -q --csv a/ --calls -j 1 >one; $P run survive.yaml -q "
                 "--csv b --calls -j 3 >two; "
                 "diff -r a b && diff one two && ls a",
        0,
        "about.csv\nalarms.csv\nanswer.csv\ncalls.csv\nlicences.csv\nmetrics.csv\ntimeseries.csv\n",
        NULL);
    check(SCENARIO "$P run survive.yaml -q --csv a >one; grep -c "
                   "'^survive,e[12]/talk,blocked_fraction,' a/metrics.csv; "
                   "head -1 a/metrics.csv; ls a | wc -l",
          0, "2\nscope,name,metric,value,low,high,unit\n6\n", NULL);
    check(SCENARIO "make_scenario 600 2 'endpoints: [{name: rooms, cluster: edge, count: 40, ttl: "
                   "20m}]' > rooms.yaml; "
                   "$P run rooms.yaml -q --csv a >one; grep -c '^rooms,1200,' a/registrations.csv",
          0, "8\n", "from or to the endpoints 'rooms', they only register\n");
    check(SCENARIO "$P run yes.yaml -q --csv a --calls >one; awk -F, 'NR > 1 && $1 != last {print "
                   "$1; last = $1}' "
                   "a/calls.csv | tr '\\n' ' '",
          0, "1 2 3 4 5 6 7 8 9 10 ", NULL);
}

static void run_goes_on_until_it_is_precise(void **state)
{
    (void)state;
    check(SCENARIO "$P run no.yaml --precision 5%", 1, "carries it: NO",
          "about 10 replications will give a precision of 5 %, by formula");
    check(SCENARIO "$P run no.yaml --precision 5% -q", 1, "carries it: NO", NULL);
    check(SCENARIO "$P run no.yaml --precision 0.01% -r 12", 1, " 12 replications",
          "the precision of 0.01 % was not reached with 12 replications");
    /* said before, not after */
    check(SCENARIO "$P run no.yaml --precision 0.01% -r 12", 1, " 12 replications",
          "the most allowed, 12, come first and will give about ");
    check(SCENARIO "$P run no.yaml --precision 0.01% -r 1", 1, " 1 replication ",
          "not reached with 1 replication;");
}

/* With exactly as many replications as it takes, nothing was missed. */
static void reached_at_the_last_moment_is_reached(void **state)
{
    (void)state;
    check(SCENARIO "make_scenario 6000 10 'goals: {blocking: 1%}' > some.yaml; "
                   "n=$($P run some.yaml --precision 5% 2>/dev/null | sed -n 's/.* \\([0-9]*\\) "
                   "replications of.*/\\1/p'); "
                   "$P run some.yaml --precision 5% -r $n 2>&1 | grep -c 'not reached'; "
                   "$P run some.yaml --precision 1% -r 10 2>&1 | grep -c 'not reached'",
          0, "0\n1\n", NULL);
}

static void run_rejects_what_is_wrong(void **state)
{
    (void)state;
    check("$P run", 64, NULL, "a scenario is missing");
    check("$P run a b --json", 64, NULL, "--json prints one document");
    check("$P run --sede 3 a", 64, NULL, "did you mean '--seed'?");
    check("$P run -r 0 a", 64, NULL, "--replications takes a whole number from 1");
    check("$P run -r 3x a", 64, NULL, "not '3x'");
    check("$P run --precision 0 a", 64, NULL, "--precision takes a share");
    check("$P run --precision nan a", 64, NULL, "--precision takes a share");
    check("$P run --seed -1 a", 64, NULL, "--seed takes a whole number");
    check("$P run --calls a", 64, NULL, "--calls needs --csv");
    check("$P run /nonexistent/x.yaml", 66, NULL, "peerplan: /nonexistent/x.yaml: ");
    check(SCENARIO "echo 'frobnicate: 3' >> yes.yaml; $P run yes.yaml", 65, NULL,
          "peerplan: yes.yaml:11:1: ");
    check(SCENARIO "touch f; $P run yes.yaml --csv f", 73, NULL, "f");
    check(SCENARIO "$P run yes.yaml --csv no/such/place", 73, NULL, "no/such/place");
    check(SCENARIO "printf 'time,class,calls_per_hour\n0,talk,9\n1h,talk,x\n' >p.csv; "
                   "sed 's/rate: 1200.h/profile: p.csv/' yes.yaml >p.yaml; $P run p.yaml -q",
          0, "carries it: ", "p.csv: warning: 1 of 2 rows are bad and left out\n");
    check(SCENARIO
          "printf 'time,class,calls_per_hour\n0,talk,9\n1h,talk,x\n' >p.csv; "
          "sed 's/rate: 1200.h/profile: p.csv/' yes.yaml >p.yaml; $P run p.yaml -q --strict",
          65, NULL, "p.csv:3:9: ");
    check(SCENARIO ": >empty.yaml; $P run empty.yaml", 65, NULL,
          "empty.yaml:1:1: the file is empty\n");
    check(SCENARIO "$P run yes.yaml >/dev/full", 74, NULL, "No space left");
}

/* Exit code, words, and the word of the files, of every verdict. */
static void every_verdict_has_its_code(void **state)
{
    (void)state;
#define FILES                                                                                      \
    "f() { \"$P\" \"$@\" --csv o 2>/dev/null; r=$?; grep ^verdict o/about.csv; return $r; }; "
    check(SCENARIO FILES "f run yes.yaml -q | grep -E 'carries|verdict'; $P run yes.yaml -q >x", 0,
          "carries it: YES\nverdict,yes\n", NULL);
    check(SCENARIO FILES "f run no.yaml -q", 1, "\nverdict,no\n", NULL);
    check(SCENARIO FILES "f run unstated.yaml -q", 0, "\nverdict,no\n", NULL);
    check(SCENARIO FILES "f run unstated.yaml -q --set goals.survive=0", 1, "\nverdict,no\n", NULL);
#define OPEN "make_scenario 5040 2 'goals: {blocking: 1%}' > open.yaml; "
    check(SCENARIO OPEN FILES "f run open.yaml -q --max-replications 2", 0, "\nverdict,undecided\n",
          NULL);
    check(SCENARIO OPEN "$P run open.yaml -q --max-replications 2 --exit-undecided", 2,
          "carries it: NOT YET DECIDED\n", NULL);
    check(SCENARIO OPEN "$P run open.yaml --max-replications 4", 0, "seed 3, 4 replications of 2 h",
          "not decided: going on to 4 replications");
#define RATE "sed 's/name: e1, /&setup-rate: 1\\/s, /' yes.yaml > rate.yaml; "
    check(SCENARIO RATE FILES "f estimate rate.yaml -q", 0, "\nverdict,cannot-tell\n", NULL);
    check(SCENARIO RATE "$P estimate rate.yaml -q --exit-undecided", 2, "carries it: CANNOT TELL\n",
          NULL);
    check(SCENARIO RATE "$P estimate rate.yaml -q", 0,
          "only a simulation can tell: a peer sets up so many calls a second only", NULL);
    check(SCENARIO "sed '/^calls:/,/mean: 1m}}/d' yes.yaml > none.yaml; $P run none.yaml -q", 65,
          "carries it: NOTHING TO JUDGE\n", NULL);
    check(SCENARIO "sed '/^calls:/,/mean: 1m}}/d' yes.yaml > none.yaml; $P estimate none.yaml -q",
          65, "carries it: NOTHING TO JUDGE\n", NULL);
    check(SCENARIO "$P run yes.yaml --json | grep -c '\"verdict\": \"yes\"'", 0, "2\n", NULL);
}

static void estimate_judges_as_run_does(void **state)
{
    (void)state;
    check(SCENARIO "$P estimate yes.yaml", 0, "carries it: YES\n", NULL);
    check(SCENARIO "$P estimate no.yaml", 1, "carries it: NO\n", NULL);
    check(SCENARIO "$P estimate unstated.yaml", 0, "carries it: NO\n", NULL);
    check(SCENARIO "$P estimate no.yaml --csv out >text; ls -A out", 0,
          "about.csv\nanswer.csv\nestimate.csv\n", NULL);
    check(SCENARIO "$P estimate yes.yaml --csv ''", 64, NULL, "--csv needs the name of a folder");
}

/* What a result stands on can be checked by hand. */
static void about_says_what_it_stands_on(void **state)
{
    (void)state;
    check(SCENARIO
          "printf 'time,class,calls_per_hour\\n0,talk,900\\n' > p.csv; "
          "sed 's/rate: 1200.h/profile: p.csv/' yes.yaml > p.yaml; "
          "for c in 'run yes.yaml' 'run p.yaml' 'estimate p.yaml'; do $P $c -q --csv o >/dev/null; "
          "cat ${c#* } $([ -z \"${c##*p.yaml}\" ] && echo p.csv) | sha256sum | cut -d' ' -f1 | "
          "sed s/^/sha256,/ | grep -cxFf - o/about.csv; grep -c '^verdict,yes$' o/about.csv; "
          "rm -r o; done",
          0, "1\n1\n1\n1\n1\n1\n", NULL);
    check(SCENARIO "$P run yes.yaml --seed 18446744073709551615 --csv o --json | grep -c "
                   "'\"seed\": \"18446744073709551615\"'; "
                   "grep -c 18446744073709551615 o/about.csv; head -1 o/answer.csv",
          0, "1\n1\ngoal,scope,name,down,hour,value,low,high,limit,verdict,cause\n", NULL);
}

/* A file of an earlier run does not pass for one of this. */
static void files_that_are_left_go(void **state)
{
    (void)state;
    check(SCENARIO "$P run yes.yaml -q --csv o --calls >/dev/null; touch o/mine.csv; "
                   "$P estimate yes.yaml -q --csv o >/dev/null; ls o | tr '\\n' ' '; "
                   "$P run yes.yaml -q --csv o --calls >/dev/null; "
                   "$P run yes.yaml -q --csv o >/dev/null; ls o | tr '\\n' ' '",
          0,
          "about.csv alarms.csv answer.csv calls.csv estimate.csv licences.csv metrics.csv "
          "mine.csv timeseries.csv about.csv alarms.csv answer.csv estimate.csv licences.csv "
          "metrics.csv mine.csv timeseries.csv ",
          NULL);
}

/* A trace may be called as a file of results is. */
static void inputs_are_not_overwritten(void **state)
{
    (void)state;
    check(SCENARIO
          "printf 'start,duration,class\\n1,60,talk\\n' > calls.csv; cp calls.csv same; "
          "{ cat yes.yaml; echo 'traces: [{file: calls.csv}]'; } > t.yaml; "
          "$P run t.yaml -q --csv .; r=$?; cmp calls.csv same; ls *.csv; ls -A | grep tmp; "
          "exit $r",
          73, "calls.csv\n", "calls.csv: the scenario reads this file: it is not overwritten");
    check(SCENARIO "printf 'start,duration,class\\n1,60,talk\\n' > calls.csv; "
                   "{ cat yes.yaml; echo 'traces: [{file: calls.csv}]'; } > t.yaml; "
                   "$P run t.yaml -q --csv out",
          0, "carries it: YES", "the record covers only");
}

static void compare_shows_what_differs(void **state)
{
    (void)state;
    check(SCENARIO
          "make_scenario 6600 10 > a.yaml; "
          "sed 's/units: 50/units: 55/' a.yaml > b.yaml; $P compare a.yaml b.yaml --csv out; "
          "head -1 out/compare.csv; ls out",
          0, "scope,name,metric,a,b,difference,low,high,saved,unit\nabout.csv\ncompare.csv\n",
          NULL);
    check(SCENARIO "make_scenario 6600 10 > a.yaml; sed 's/units: 50/units: 55/' a.yaml > b.yaml; "
                   "$P compare a.yaml b.yaml | sed -n 4p | sed 's/[0-9.]\\+/N/g'",
          0, "  talk: N % refused becomes N %: N less (N to N)\n", NULL);
    check(SCENARIO
          "make_scenario 6600 10 > a.yaml; sed 's/units: 50/units: 55/' a.yaml > b.yaml; "
          "$P compare a.yaml b.yaml --csv out | grep '^  head room' | sed 's/[0-9.]\\+/N/g'; "
          "grep -c '^run,,spare_erlangs,' out/compare.csv",
          0, "  head room: -N erlangs becomes -N until a goal is missed, by formula\n1\n", NULL);
    check(SCENARIO "$P compare yes.yaml yes.yaml -q", 0, "the same in every replication", NULL);
    check(SCENARIO "$P compare no.yaml no.yaml -r 3 -j 2 --seed 5", 0, "seed 5, 3 replications",
          NULL);
    check(SCENARIO "$P compare yes.yaml", 64, NULL, "two scenarios are needed, or one and --set");
    check(SCENARIO
          "make_scenario 6600 10 > a.yaml; sed 's/units: 50/units: 55/' a.yaml > b.yaml; "
          "$P compare a.yaml b.yaml --csv two -q >one; $P compare a.yaml --set "
          "platforms.lab.units=55 -c set -q | tee text | sed -n 2p; diff two set && "
          "grep -o '^cluster,edge,cap.*' set/compare.csv; grep -c 'edge *cap *100 *110 *10' text",
          0, "B a.yaml with platforms.lab.units=55\ncluster,edge,cap,100,110,10,10,10,,units\n1\n",
          NULL);
    check(SCENARIO "$P compare yes.yaml no.yaml no.yaml", 64, NULL, "two scenarios at a time");
    check(SCENARIO "$P compare yes.yaml gone.yaml", 66, NULL, "gone.yaml");
    check(SCENARIO "touch f; $P compare -q yes.yaml no.yaml --csv f", 73, NULL, "f");
}

/* However busy the machine is: user time of the process in hundredths. */
#define AFTER_HALF_A_SECOND_OF_WORK                                                                \
    "until [ $(cut -d' ' -f14 /proc/$p/stat) -gt 50 ]; do sleep 0.05; done; "

static void interrupted_run_reports_what_is_complete(void **state)
{
    (void)state;
    check(SCENARIO "make_scenario 9000 1000000 'goals: {blocking: 1%}' > long.yaml; "
                   "set -m; $P run long.yaml -j 2 --csv out & p=$!; " AFTER_HALF_A_SECOND_OF_WORK
                   "kill -INT $p; wait $p; r=$?; ls out; exit $r",
          130, "interrupted: from the replications that were complete",
          "stopping; what is complete counts; Ctrl-C again ends at once");
}

static void interrupted_comparison_reports_its_pairs(void **state)
{
    (void)state;
    check(SCENARIO
          "make_scenario 9000 3000 > a.yaml; sed 's/units: 50/units: 55/' a.yaml > b.yaml; "
          "set -m; $P compare a.yaml b.yaml -r 1000000 -j 2 --csv out & "
          "p=$!; " AFTER_HALF_A_SECOND_OF_WORK "kill -INT $p; wait $p; r=$?; ls out; exit $r",
          130, "pairs of replications that were complete", "stopping");
}

static void one_window_serves_both_sides(void **state)
{
    (void)state;
    check(SCENARIO "sed 's/warmup: 10m/warmup: auto/' yes.yaml > auto.yaml; sed 's/warmup: "
                   "10m/warmup: 2h/' yes.yaml > two.yaml; "
                   "$P compare two.yaml auto.yaml | "
                   "grep -o 'warm-up .*' | tr '\\n' ';'",
          0, "warm-up 2 h (stated);warm-up 2 h (the longer one of both scenarios);", NULL);
    check(SCENARIO
          "sed 's/warmup: 10m/warmup: auto/' yes.yaml > auto.yaml; sed 's/warmup: 10m/warmup: 1m/' "
          "yes.yaml > a.yaml; "
          "$P compare a.yaml auto.yaml | grep -o 'warm-up .*' | sed 's/ (.*//' | uniq | wc -l",
          0, "1\n", "a.yaml is measured after a longer warm-up than it states");
}

static void ended_run_leaves_no_temporary_file(void **state)
{
    (void)state;
    check(SCENARIO
          "make_scenario 9000 1000000 'goals: {blocking: 1%}' > long.yaml; "
          "$P run long.yaml -q -j 2 --csv out & p=$!; " AFTER_HALF_A_SECOND_OF_WORK
          "ls -A . | grep -q tmp && echo begun; exec 2>/dev/null; kill -TERM $p; wait $p; r=$?; "
          "ls -A . | grep -c -e out -e tmp; exit $r",
          143, "begun\n0\n", NULL);
}

static void several_scenarios_have_a_folder_each(void **state)
{
    (void)state;
    check(SCENARIO
          "mkdir x; cp yes.yaml x/other.yml; echo 'nonsense: 1' > bad.yaml; "
          "$P run yes.yaml bad.yaml no.yaml gone.yaml x/other.yml -q --csv out >text 2>said; "
          "r=$?; ls -A out | tr '\\n' ' '; grep -c 'carries it' text; "
          "grep -c 'gone.yaml: ' said; $P run yes.yaml -q --csv one >text; "
          "diff -r one out/yes; ls -A | grep tmp; exit $r",
          66, "index.csv no other yes 3\n1\n", NULL);
    check(SCENARIO
          "echo 'nonsense: 1' > bad.yaml; $P run yes.yaml bad.yaml no.yaml gone.yaml -q --csv out "
          ">text 2>said; cut -d, -f1,2,3 out/index.csv; rev out/index.csv | cut -d, -f1 | rev | "
          "tr '\\n' ' '",
          0,
          "scenario,verdict,worst_class\nyes.yaml,yes,talk\nbad.yaml,,\nno.yaml,no,talk\n"
          "gone.yaml,,\nexit 0 65 1 66 ",
          NULL);
    check(SCENARIO "$P run yes.yaml no.yaml -q --csv out", 1, "carries it: NO", NULL);
    check(SCENARIO "$P run yes.yaml no.yaml -q", 1, "carries it: NO", NULL);
    check(SCENARIO "mkdir x; cp yes.yaml x/yes.yml; $P run yes.yaml x/yes.yml --csv out; r=$?; "
                   "[ ! -e out ] && exit $r",
          64, NULL, "yes.yaml and x/yes.yml would both be written to the folder 'yes'");
    check(SCENARIO "touch out; $P run yes.yaml no.yaml --csv out", 73, NULL, "Not a directory");
    check(SCENARIO "$P run yes.yaml no.yaml --csv no/out", 73, NULL, "No such file");
}

/* Killed, what was finished stays and nothing else has a name. */
static void a_killed_batch_keeps_what_was_finished(void **state)
{
    (void)state;
    check(SCENARIO
          "make_scenario 9000 1000000 'goals: {blocking: 1%}' > long.yaml; "
          "$P run yes.yaml long.yaml no.yaml -q --csv out >text & p=$!; "
          "until [ -e out/yes/about.csv ] && ls -A out | grep -q tmp; do sleep 0.05; done; "
          "exec 2>/dev/null; kill -KILL $p; wait $p; ls out; ls -A out | grep -c tmp; "
          "$P run no.yaml yes.yaml -q --csv out >text; ls -A out | tr '\\n' ' '",
          0, "yes\n1\nindex.csv no yes ", NULL);
}

/* A record each, open one after the other: as many as files may be listed. */
static void a_hundred_thousand_traces(void **state)
{
    (void)state;
    check(
        "D=$(mktemp -d); trap 'rm -rf $D' EXIT; cd $D; printf "
        "'start,duration,class\\n1,2400,v\\n' >one.csv; { printf 'clusters: [{name: c, redundancy: "
        "none, cluster-cap: 100000000, peers: [{name: a, platform: box}]}]\\nplatforms: [{name: "
        "box, "
        "units: 99999}]\\ncalls: [{name: v, media: audio, service: registered}]\\nrun: {length: "
        "1h, "
        "replications: 1, warmup: none}\\ntraces:\\n'; yes '  - {file: one.csv}' | head -100000; } "
        ">many.yaml; $P run -q many.yaml --csv o >/dev/null 2>&1; grep -E "
        "'^class,v,(offered|blocked),' o/metrics.csv",
        0, "class,v,offered,100000,,,calls\nclass,v,blocked,1,,,calls\n", NULL);
}

/* timeout(1) signals the program and its group: two signals, one press. */
static void two_signals_at_once_are_one_press(void **state)
{
    (void)state;
    check(SCENARIO "make_scenario 9000 1000000 'goals: {blocking: 1%}' > long.yaml; "
                   "set -m; $P run long.yaml -q -j 1 & p=$!; " AFTER_HALF_A_SECOND_OF_WORK
                   "kill -INT $p; kill -INT $p; kill -INT $p; wait $p; exit $?",
          130, "interrupted: from the replications that were complete",
          "Ctrl-C again ends at once");
}

/* However many calls a second: Ctrl-C is heard at once, within a replication and before it. */
static void ctrl_c_is_heard_at_any_rate(void **state)
{
    (void)state;
    check("D=$(mktemp -d) && trap 'rm -rf $D' EXIT && cd $D && printf '%s\\n' "
          "'platforms: [{name: n, units: 1000000}]' "
          "'clusters: [{name: c, redundancy: none, peers: [{name: p, platform: n}]}]' "
          "'calls: [{name: t, media: audio, arrivals: {rate: 1000000/s}, holding: {mean: 100ms}}]' "
          "'run: {length: 30d, warmup: none, replications: 2, interval: 1d}' >s.yaml; "
          "set -m; $P run s.yaml 2>said & p=$!; exec 2>/dev/null; " AFTER_HALF_A_SECOND_OF_WORK
          "kill -INT $p; until grep -q stopping said || [ ! -e /proc/$p ]; do sleep 0.01; done; "
          "wait $p; r=$?; "
          "grep -c 'about .* events are to be simulated' said; exit $r",
          130, "1\n", NULL);
}

/* Names may come from anywhere; no byte of theirs steers the terminal. */
static void names_cannot_steer_the_terminal(void **state)
{
    (void)state;
    check(SCENARIO
          "export LC_ALL=C.UTF-8; R=$(printf '\\342\\200\\256'); E=$(printf '\\033[2J'); "
          "sed \"s/talk/t$R/; s/Test/T$R/; s/e1/e$R/; s/edge/d$R/\" yes.yaml > \"y$R.yaml\"; "
          "{ $P run \"y$R.yaml\"; $P estimate \"y$R.yaml\"; $P compare \"y$R.yaml\" --set "
          "calls.*.arrivals.rate=9/h; "
          "$P route \"y$R.yaml\" --from \"x$R\" --to y; $P check \"y$R.yaml\"; "
          "$P run \"$E$R\"; $P \"$E\"; $P run -r \"$E\" x; $P run \"--$E\"; $P run a \"$E\"; "
          "$P tables --table \"$E\"; $P tables --platform \"$E\"; $P help \"$E\"; "
          "$P run yes.yaml --set \"$E=1\"; $P run yes.yaml --set \"calls.$E=1\"; "
          "$P run yes.yaml --precision 0.01% -r 2 --csv \"no/$E\"; } >all 2>&1; "
          "wc -l <all | grep -q '^[0-9][0-9]' && "
          "grep -c -P '\\x{202e}|\\x1b' all; rm -rf y*yaml",
          0, "0\n", NULL);
}

/* One long run has intervals by batch means: nothing has to be estimated beside it. */
static void a_long_run_tells_enough(void **state)
{
    (void)state;
    check(SCENARIO "$P run no.yaml --set run.replications=1 --set run.length=100h >out; s=$?; "
                   "grep -c conditioning out; grep -o 'by batch means' out; exit $s",
          1, "0\nby batch means\n", NULL);
}

/* Records of calls wait in a temporary file until the replications before have theirs. */
static void records_without_room_are_74(void **state)
{
    (void)state;
    check(SCENARIO "ulimit -f 20; $P run -q yes.yaml --set run.calls=yes --csv out; s=$?; "
                   "test -e out && exit 1; exit $s",
          74, NULL, "records of calls could not be written: File too large");
}

static void closed_pipe_is_74_without_a_word(void **state)
{
    (void)state;
    check("{ sleep 0.2; $P help; } | true; exit ${PIPESTATUS[0]}", 74, NULL, NULL);
}

/* Far more replications than a second has room for: what is complete is the answer. */
static void a_run_ends_by_its_time(void **state)
{
    (void)state;
    check("$P run -q examples/small-pair.yaml -r 1000000 --max-time 1s", 130,
          "carries it: ", "stopping after --max-time");
    check("$P run -q examples/small-pair.yaml -r 2 --max-time 100s", 1, "carries it: NO", NULL);
}

static void closed_standard_error_is_survived(void **state)
{
    (void)state;
    check("$P nosuch 2>&-", 64, NULL, NULL);
    check("$P help <&- 2>&-", 0, "Commands:", NULL);
}

/* Names of 64 characters of 4 bytes come out whole wherever they are written. */
static void long_names_come_out_whole(void **state)
{
    (void)state;
    check("d=$(mktemp -d); long=; for i in $(seq 63); do long=$long\360\237\230\200; done; "
          "long=$(printf $long); cat >$d/s.yaml <<EOF\n"
          "clusters: [{name: ${long}c, peers: [{name: ${long}p, platform: small-vm, rms: 20}, "
          "{name: ${long}q, platform: small-vm, rms: 20}]}]\n"
          "endpoints: [{name: ${long}r, cluster: ${long}c, count: 10}]\n"
          "calls: [{name: ${long}k, arrivals: {rate: 300/h}, holding: {mean: 5m}, "
          "via: {cluster: ${long}c}}]\n"
          "outages: [{peer: ${long}q, at: 10m, for: 20m}]\n"
          "run: {length: 1h, warmup: none, replications: 2}\nEOF\n"
          "$P run $d/s.yaml --csv $d/o >$d/text 2>&1; $P run $d/s.yaml --json >$d/json; "
          "$P estimate $d/s.yaml >>$d/text 2>&1; $P check $d/s.yaml >>$d/text 2>&1; "
          "echo lengths $(LC_ALL=C grep -ohP '(\\xf0\\x9f\\x98\\x80)+.' $d/text $d/json $d/o/* | "
          "LC_ALL=C awk '{print length}' | sort -u) of $(ls $d/o | grep -c licences); rm -r $d",
          0, "lengths 253 of 1\n", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_is_a_result),
        cmocka_unit_test(long_names_come_out_whole),
        cmocka_unit_test(every_command_explains_itself),
        cmocka_unit_test(version_is_printed),
        cmocka_unit_test(wrong_usage_is_64_with_near_misses),
        cmocka_unit_test(lost_output_is_74),
        cmocka_unit_test(a_long_run_tells_enough),
        cmocka_unit_test(records_without_room_are_74),
        cmocka_unit_test(run_answers),
        cmocka_unit_test(a_seed_is_the_same_in_the_file),
        cmocka_unit_test(run_warns_of_calls_that_start_together),
        cmocka_unit_test(call_records_show_whether_calls_come_together),
        cmocka_unit_test(peakedness_is_the_same_however_it_is_read),
        cmocka_unit_test(unreadable_records_stop_an_estimate),
        cmocka_unit_test(run_never_says_a_bare_nothing),
        cmocka_unit_test(run_writes_the_same_bytes_on_any_number_of_threads),
        cmocka_unit_test(run_goes_on_until_it_is_precise),
        cmocka_unit_test(reached_at_the_last_moment_is_reached),
        cmocka_unit_test(run_rejects_what_is_wrong),
        cmocka_unit_test(every_verdict_has_its_code),
        cmocka_unit_test(estimate_judges_as_run_does),
        cmocka_unit_test(about_says_what_it_stands_on),
        cmocka_unit_test(files_that_are_left_go),
        cmocka_unit_test(inputs_are_not_overwritten),
        cmocka_unit_test(compare_shows_what_differs),
        cmocka_unit_test(interrupted_run_reports_what_is_complete),
        cmocka_unit_test(interrupted_comparison_reports_its_pairs),
        cmocka_unit_test(one_window_serves_both_sides),
        cmocka_unit_test(ended_run_leaves_no_temporary_file),
        cmocka_unit_test(several_scenarios_have_a_folder_each),
        cmocka_unit_test(a_killed_batch_keeps_what_was_finished),
        cmocka_unit_test(two_signals_at_once_are_one_press),
        cmocka_unit_test(ctrl_c_is_heard_at_any_rate),
        cmocka_unit_test(names_cannot_steer_the_terminal),
        cmocka_unit_test(closed_pipe_is_74_without_a_word),
        cmocka_unit_test(a_run_ends_by_its_time),
        cmocka_unit_test(a_hundred_thousand_traces),
        cmocka_unit_test(closed_standard_error_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
