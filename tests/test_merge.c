/* Shards and merge: the same bytes as one process, what lacks with its command, what is refused. */
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
    "{cluster: c}}]' 'run: {length: 2h, warmup: none, replications: 3, seed: 7}' > s.yaml; "       \
    "unset SLURM_ARRAY_TASK_ID PEERPLAN_DB; sweep() { $P sweep s.yaml -q --vary "                  \
    "'calls.*.arrivals.rate=x1..x2:10' --vary clusters.c.peers=1..3 \"$@\"; }; "

static void check(const char *command, int status, const char *output, const char *said)
{
    struct outcome o = process_run(command);
    if (o.status != status || strcmp(o.output, output) != 0 || !strstr(o.said, said))
        fail_msg("%s: exit %d: %s%s", command, o.status, o.output, o.said);
    outcome_release(&o);
}

static void shards_make_the_whole(void **state)
{
    (void)state;
    check(FILES
          "sweep --db one.db --csv one >one.txt; for k in 0 1 2 3; do sweep --shard $k/4 "
          ">/dev/null; done; ls s-*; sqlite3 s-3-of-4.db 'SELECT group_concat(number) FROM "
          "point; SELECT state FROM run'; $P merge -o all.db --csv all s-*.db >all.txt && cmp "
          "one.txt all.txt && cmp one/points.csv all/points.csv && cmp one/about.csv "
          "all/about.csv; sqlite3 all.db 'PRAGMA integrity_check; PRAGMA foreign_key_check; "
          "SELECT state FROM run'; ls -A | grep -c tmp; $P merge -o again.db --json all.db "
          "s-0-of-4.db | head -c 1",
          0,
          "s-0-of-4.db\ns-1-of-4.db\ns-2-of-4.db\ns-3-of-4.db\n4,8,12,16,20,24,28\ndone\nok\n"
          "done\n0\n{",
          "");
}

/* The commands that are named compute what lacks. */
static void what_lacks_is_named_with_its_command(void **state)
{
    (void)state;
    check(FILES
          "sweep --db one.db --csv one >/dev/null; sweep --shard 0/3 >/dev/null; sweep --shard "
          "2/3 >/dev/null; $P merge -o all.db --csv part s-0-of-3.db s-2-of-3.db -q 2>said; "
          "echo $?; grep complete part/about.csv; grep -c '10 of 30 points are missing' said; "
          "grep '^  peerplan' said | sed \"s:^  peerplan:$P:\" | sh >/dev/null 2>&1; $P merge "
          "-o all.db --csv all s-*.db -q 2>said; echo $?; $P merge -o all.db --force --csv all "
          "s-*.db -q; echo $?; cmp one/points.csv all/points.csv",
          0, "1\ncomplete,no\n1\n73\n0\n", "");
    check(FILES
          "sweep --shard 0/3 >/dev/null; sweep --shard 1/4 >/dev/null; $P merge -o all.db -q "
          "s-*.db 2>said; grep '^  peerplan' said | sed \"s:^  peerplan:$P:\" | sh >/dev/null "
          "2>&1; sqlite3 all.db 'SELECT count(*) FROM point'",
          0, "30\n", "");
}

static void what_contradicts_is_refused(void **state)
{
    (void)state;
    const char *const changes[][2] = {
        {"UPDATE metric SET value = value + 0.001 WHERE rowid = 5", "point 1 is not"},
        {"DELETE FROM replication WHERE rowid = 1", "point 1 is not"},
        {"UPDATE point SET verdict = 'x' WHERE number = 4", "point 4 is not"},
        {"UPDATE run SET version = '0.0.9'", "another sweep: by version 0.0.9"},
        {"UPDATE run SET kind = 'run'", "there is no sweep"},
        {"PRAGMA user_version = 99", "version 99"},
        {"PRAGMA application_id = 1", "another program"},
        {"PRAGMA foreign_keys = OFF; DELETE FROM run", "damaged"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        setenv("CHANGE", changes[i][0], 1);
        check(FILES "sweep --db one.db >/dev/null; sweep --shard 0/3 >/dev/null; sqlite3 "
                    "s-0-of-3.db \"$CHANGE\"; $P merge -o all.db --csv all one.db s-0-of-3.db; "
                    "c=$?; ls -d all* 2>/dev/null; ls -A | grep tmp; exit $c",
              65, "", changes[i][1]);
    }
    check(FILES
          "sweep --shard 0/2 >/dev/null; sed -i s/5m/6m/ s.yaml; sweep --shard 1/2 >/dev/null; "
          "$P merge -o all.db s-*.db",
          65, "", "the hash of its inputs is");
    check(FILES "sweep --shard 0/2 >/dev/null; sweep --shard 1/2 --seed 3 >/dev/null; "
                "$P merge -o all.db s-*.db",
          65, "", "its seed is 3, and of the first 7");
    check(FILES "sweep --shard 0/2 >/dev/null; $P merge -o all.db s-0-of-2.db no.db", 66, "",
          "no.db: ");
}

static void damaged_at_random_bytes(void **state)
{
    (void)state;
    check(FILES
          "sweep --db one.db --csv one >/dev/null; size=$(stat -c %s one.db); for i in $(seq "
          "12); do cp one.db bad.db; at=$((RANDOM * 32768 + RANDOM)); printf '\\377\\001' | dd "
          "of=bad.db bs=1 seek=$((at % size)) conv=notrunc 2>/dev/null; $P merge -o all.db "
          "--force --csv all one.db bad.db -q 2>said; c=$?; case $c in 65) grep -q bad.db said "
          "|| cat said;; 0) cmp one/points.csv all/points.csv;; *) echo exit $c; cat said;; "
          "esac; done",
          0, "", "");
}

static void a_slurm_array_is_divided(void **state)
{
    (void)state;
    check(FILES
          "export SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=3 "
          "SLURM_ARRAY_TASK_STEP=2; sweep >/dev/null; PEERPLAN_DB=x.db sweep >/dev/null; sweep "
          "--shard 0/1 --db own.db >/dev/null; ls *.db; sqlite3 s-2-of-3.db 'SELECT "
          "min(number), count(*) FROM point'",
          0, "own.db\ns-2-of-3.db\nx-2-of-3.db\n3|10\n", "");
    check(FILES "sweep --shard 3/3", 64, "", "--shard takes K/N");
    check(FILES "sweep --shard 1", 64, "", "--shard takes K/N");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_make_the_whole),
        cmocka_unit_test(what_lacks_is_named_with_its_command),
        cmocka_unit_test(what_contradicts_is_refused),
        cmocka_unit_test(damaged_at_random_bytes),
        cmocka_unit_test(a_slurm_array_is_divided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
