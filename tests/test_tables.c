/* peerplan tables, from outside: the chapter's tables cell by cell, differences between releases, a
 * user's own file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/process.h"

static void check(const char *command, int status, const char *output, const char *said)
{
    struct outcome o = process_run(command);
    if (o.status != status)
        fail_msg("%s: exit %d, not %d; it said: %s", command, o.status, status, o.said);
    if (output && !strstr(o.output, output))
        fail_msg("%s: \"%s\" does not contain \"%s\"", command, o.output, output);
    if (!output)
        assert_string_equal(o.output, "");
    if (said && !strstr(o.said, said))
        fail_msg("%s: \"%s\" does not contain \"%s\"", command, o.said, said);
    if (!said)
        assert_string_equal(o.said, "");
    outcome_release(&o);
}

static const char *const resources[] = {"registrations",   "video_calls", "audio_calls",
                                        "mra_video_calls", "rms",         "mra_registrations",
                                        "turn_relays"};
static const char *const platforms[] = {"ce1200", "large-vm", "medium-vm", "small-vm"};

/* The whole CSV of the default table with some peers, but for the source. */
static void check_csv(const char *command, int peers, const char *rule, const int64_t figures[4][7])
{
    size_t length;
    char *expected = NULL;
    FILE *out = open_memstream(&expected, &length);
    fputs("table,platform,peers,redundancy,resource,value\n", out);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 7; k++)
            fprintf(out, "X14.2-cluster-chapter,%s,%d,%s,%s,%lld\n", platforms[i], peers, rule,
                    resources[k], (long long)figures[i][k]);
    fclose(out);
    struct outcome o = process_run(command);
    assert_int_equal(o.status, 0);
    assert_string_equal(o.output, expected);
    outcome_release(&o);
    free(expected);
}

static const int64_t table_1[4][7] = {
    {5000, 500, 1000, 500, 500, 5000, 6000},
    {5000, 500, 1000, 500, 500, 2500, 6000},
    {2500, 100, 200, 100, 100, 2500, 1800},
    {2000, 40, 40, 20, 75, 200, 1800},
};
static const int64_t table_2[4][7] = {
    {20000, 2000, 4000, 2000, 2000, 20000, 24000},
    {20000, 2000, 4000, 2000, 2000, 10000, 24000},
    {10000, 400, 800, 400, 400, 10000, 7200},
    {2000, 40, 40, 20, 75, 200, 1800},
};

static void test_chapter(void **state)
{
    (void)state;
    check_csv("$P tables --csv | cut -d, -f1-6", 1, "4+1", table_1);
    check_csv("$P tables --csv --peers 4 | cut -d, -f1-6", 4, "4+1", table_2);
    check_csv("$P tables --csv --peers 5 | cut -d, -f1-6", 5, "4+1", table_2);
    check_csv("$P tables --csv --peers 5 --redundancy n+1 | cut -d, -f1-6", 5, "n+1", table_2);
    check_csv("$P tables --csv --release X14.2 --peers 6 --redundancy legacy | cut -d, -f1-6", 6,
              "legacy", table_2);
    check("$P tables --csv | sed -n 1p", 0,
          "table,platform,peers,redundancy,resource,value,source\n", NULL);
    check("$P tables --csv --peers 4 | grep -c 'Clustering and Peers'", 0, "28\n", NULL);
}

static void test_text(void **state)
{
    (void)state;
    check("$P tables --peers 4", 0,
          "large-vm      4      4    20000   2000   4000   2000  2000      10000   24000", NULL);
    check("$P tables", 0, "guideline figures, not guaranteed", NULL);
    check("$P tables", 0, "Source: Admin Guide X14.2 ch. Clustering and Peers (2022-08-11)", NULL);
    check("$P tables", 0, "X8-max-licences-per-peer", NULL);
    check("$P tables", 0, "large-vm   MRA registrations: 3500 there, 2500 here", NULL);
    check("$P tables --peers 6", 0, "Peer 6 is outside the rule 4+1: it adds no capacity", NULL);
    check("$P tables --release X15.5 --platform small-vm", 0, "the table prints 20 video", NULL);
    check("for peers in '' '--peers all'; do $P tables --table all $peers; done | sed -n "
          "'/^platform/,/^$/p' | "
          "grep '.\\{81\\}'; true",
          0, NULL, NULL);
}

/* What a document prints for a cluster against its own factor. */
static void test_contradictions_are_shown(void **state)
{
    (void)state;
    check("$P tables --table X14.2-capacity-chapter --peers 4", 0, "printed 10000, computed 14000",
          NULL);
    check("$P tables --table X14.2-capacity-chapter --peers 4 --platform large-vm --csv | cut -d, "
          "-f3-6 | "
          "grep mra_reg",
          0, "4,4+1,mra_registrations,14000\n4,printed,mra_registrations,10000\n", NULL);
    check("$P tables --table X14.2-cluster-chapter --peers 4 --csv | grep -c printed; true", 0,
          "0\n", NULL);
}

static void test_diff(void **state)
{
    (void)state;
    check("$P tables --diff X14.2 X15.5", 0,
          "large-vm      MRA registrations      2500  ->     3500   +1000\n", NULL);
    check("$P tables --diff X14.2 X15.5", 0,
          "ce1300        RMS                       -  ->      500   new platform", NULL);
    check("$P tables --diff X14.2 X15.5", 0, "from 4+1       1  2  3  4  4  4 ", NULL);
    check("$P tables --diff X14.2 X15.5", 0, "Admin Guide X15.5 ch. Expressway Capacity and Sizing",
          NULL);
    check("$P tables --diff X14.2 X15.5 | grep -c 'TURN relays'", 0, "1\n",
          NULL); /* of the new platform only */
    check("$P tables --diff X15.4 X15.5", 0, "\nno difference\n", NULL);
    check("$P tables --diff X15.4 X15.5 --csv | wc -l", 0, "1\n", NULL);
    check("$P tables --diff X14.2-cluster-chapter X14.2-capacity-chapter --peers 1 --csv | cut -d, "
          "-f1,2,5,6",
          0,
          "table,platform,resource,value\n"
          "X14.2-cluster-chapter,ce1200,mra_registrations,5000\n"
          "X14.2-capacity-chapter,ce1200,mra_registrations,7000\n"
          "X14.2-cluster-chapter,large-vm,mra_registrations,2500\n"
          "X14.2-capacity-chapter,large-vm,mra_registrations,3500\n"
          "X14.2-cluster-chapter,medium-vm,mra_registrations,2500\n"
          "X14.2-capacity-chapter,medium-vm,mra_registrations,3000\n",
          NULL);
    check("$P tables --diff X14.2 X14.3 --peers 2 --platform large-vm", 0,
          "large-vm      2 peers  video calls            1000  ->      500   -500\n", NULL);
}

static void test_wrong_usage(void **state)
{
    (void)state;
    check("$P tables --table X14.2", 64, NULL, "did you mean 'X14.2-cluster-chapter'?");
    check("$P tables --release X14.4", 64, NULL, "unknown release 'X14.4'; did you mean 'X14.");
    check("$P tables --platform larg-vm", 64, NULL, "did you mean 'large-vm'?");
    check("$P tables --platform ce1300 --csv", 64, NULL,
          "is not in table 'X14.2-cluster-chapter'; it is in 'X15.2'");
    check("$P tables --table all --platform nothing --csv", 64, NULL, "unknown platform 'nothing'");
    check("$P tables --redundancy 4+2", 64, NULL, "unknown redundancy '4+2'");
    check("$P tables --peers 7", 64, NULL, "from 1 to 6");
    check("$P tables --peers 0", 64, NULL, "from 1 to 6");
    check("$P tables --peers 4-2", 64, NULL, "from 4 to 6");
    check("$P tables --diff X14.2", 64, NULL, "two releases or tables");
    check("$P tables --diff X14.2 X15.5 X14.3", 64, NULL, "unexpected argument");
    check("$P tables --diff X14.2 X15.9", 64, NULL, "unknown release or table 'X15.9'");
    check("$P tables X14.2", 64, NULL, "--table or --release");
    check("$P tables --table X15.5 --release X14.2", 64, NULL, "is of release X15.5");
}

static void test_own_file(void **state)
{
    (void)state;
    check("d=$(mktemp -d); printf 'platform,rms,note\\nlab,7,\"a, b\"\\n' >$d/lab.csv; "
          "$P tables --file $d/lab.csv --csv --peers 3; r=$?; rm -r $d; exit $r",
          0, "\nlab,lab,3,legacy,rms,21,\"own table; 3 x one node by ", NULL);
    check("d=$(mktemp -d); cd $d; printf 'platform,rms\\nlab,many\\nlab-2,-1\\n' >lab.csv; "
          "$P tables --file lab.csv; r=$?; rm -r $d; exit $r",
          65, NULL,
          "peerplan: lab.csv:2:5: rms: 'many' is not a whole number from 0 to 1000000000\n"
          "  lab,many\n"
          "      ^\n"
          "peerplan: lab.csv:3:7: ");
    check("$P tables --file no-such.csv", 66, NULL,
          "peerplan: no-such.csv: cannot be opened: No such file");
}

/* What was printed once is what is printed now, in either form of file; a figure that differs, one
 * that is nowhere, and what is no figure. */
static void test_figures_are_checked(void **state)
{
    (void)state;
    check("$P tables --table all --peers all --csv | $P tables --check -", 0,
          " compared, 0 differ\n", NULL);
    check("$P tables --peers 4 --csv | sed 's/large-vm,4,4+1,rms,2000/large-vm,4,4+1,rms,2001/' | "
          "$P tables --check -",
          1,
          "-:13: X14.2-cluster-chapter large-vm, 4 peers, RMS: 2001 expected, 2000 here\n"
          "28 figures compared, 1 differs\n",
          NULL);
    check("printf 'release,platform,peers,mra_registrations,rms\nX14.2,large-vm,4,10000,2000\n"
          "X14.2,large-vm,2,5001,\nX14.2,huge-vm,1,,5\n' | $P tables --check - --csv",
          1,
          "line,table,platform,peers,redundancy,resource,value,expected\n"
          "3,X14.2-cluster-chapter,large-vm,2,,mra_registrations,5000,5001\n"
          "4,X14.2-cluster-chapter,huge-vm,1,,rms,,5\n",
          NULL);
    check("printf 'table,platform,resource,value\nX15.5,large-vm,rsm,5\n,large-vm,rms,x\n' | "
          "$P tables --check -",
          65, NULL, "peerplan: <stdin>:2:16: no such resource: 'rsm'\n");
    check("printf 'platform,colour\nlarge-vm,red\n' | $P tables --check -", 65, NULL, "no figures");
    check("$P tables --check x.csv --diff X14.2 X15.5", 64, NULL, "cannot be combined");
    check("$P tables --exit-code", 64, NULL, "needs --diff");
    check("$P tables --diff X14.2 X15.5 --exit-code | tail -1; exit ${PIPESTATUS[0]}", 1,
          "not guaranteed", NULL);
    check("$P tables --diff X14.2 X14.2 --exit-code", 0, "no difference", NULL);
}

/* Each figure says what it takes for granted. */
static void test_what_is_assumed(void **state)
{
    (void)state;
    check("$P tables --platform small-vm --csv", 0, "on BE6000 (M5) class hardware\n", NULL);
    check("$P tables --platform large-vm --csv | grep turn", 0,
          "with TURN port multiplexing on one port", NULL);
    check("$P tables --platform large-vm --csv | grep -c multiplexing", 0, "1\n", NULL);
    check("$P tables --platform small-vm", 0, "Small VM: on BE6000 (M5) class hardware.\n", NULL);
    check("$P tables --peers 2", 0, "a mix of platforms: as many of the smallest.\n", NULL);
    check("d=$(mktemp -d); printf 'clusters: [{name: c, peers: [{name: a, platform: small-vm}, "
          "{name: b, "
          "platform: large-vm}]}]\ncalls: [{name: v, turn: 4, arrivals: {rate: 6/h}, holding: "
          "{mean: 3m}}]\nrun: "
          "{length: 1h, replications: 2}\n' >$d/s.yaml; $P run -q $d/s.yaml --csv $d/out "
          ">/dev/null; grep ^assumes "
          "$d/out/about.csv; r=$?; rm -r $d; exit $r",
          0,
          "Small VM: on BE6000 (M5) class hardware; TURN relays of large systems: with TURN port "
          "multiplexing on one port",
          NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chapter),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_contradictions_are_shown),
        cmocka_unit_test(test_diff),
        cmocka_unit_test(test_wrong_usage),
        cmocka_unit_test(test_own_file),
        cmocka_unit_test(test_figures_are_checked),
        cmocka_unit_test(test_what_is_assumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
