/* peerplan check, from outside: dumps in files, folders and archives, scenarios, formats, exit
 * codes; what is secret stays so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/process.h"

/* $D: a folder with a cluster of two peers below $D/w, one of which has another pipe. */
/* Sanitizers need address space of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LIMITED_MEMORY ""
#else
#define LIMITED_MEMORY "ulimit -v 1200000; "
#endif

static const char make_dumps[] =
    "D=$(mktemp -d) && mkdir $D/w $D/w/a $D/w/b && cd $D && dump() { "
    "printf '%s\\n' '*c xConfiguration Alternates Cluster Name: \"w.example.org\"' "
    "'*c xConfiguration Alternates ConfigurationPrimary: 1' "
    "'*c xConfiguration Alternates Peer 1 Address: \"a.example.org\"' "
    "'*c xConfiguration Alternates Peer 2 Address: \"b.example.org\"' "
    "\"*c xConfiguration IP DNS Hostname: \\\"$1\\\"\" "
    "'*c xConfiguration IP DNS Domain Name: \"example.org\" *c xConfiguration H323 Mode: \"On\"' "
    "'*c xConfiguration NTP Server 1 Address: \"time.example.org\"' "
    "\"*c xConfiguration SystemUnit Name: \\\"$1\\\"\" "
    "\"*c xConfiguration Bandwidth Pipe 1 Bandwidth Total Limit: $2\" "
    "'*c xConfiguration Bandwidth Pipe 1 Name: \"link\"' "
    "\"*c xConfiguration SNMP CommunityName: \\\"SECRET-$1\\\"\" "
    "\"*c xConfiguration Option 1 Key: \\\"116341J00-1-5EC4E7$1\\\"\" "
    "\"*c xConfiguration Zones Zone 1 TraversalClient Authentication Password: "
    "\\\"SECRET-$1\\\"\" "
    "\"*c xConfiguration Novel Thing Password: \\\"SECRET-$1\\\"\" "
    "\"*c xConfiguration Novel Thing Cache: \\\"{cipher}SECRET-$1\\\"\"; }; "
    "dump a 5000 >w/a/xconf_dump.txt; dump b 6000 >w/b/xconf_dump.txt; ";

static struct outcome run(const char *command)
{
    size_t size = sizeof make_dumps + strlen(command) + 64;
    char *whole = malloc(size);
    snprintf(whole, size, "ROOT=$PWD; %s(%s); status=$?; cd /; rm -r $D; exit $status", make_dumps,
             command);
    struct outcome o = process_run(whole);
    free(whole);
    return o;
}

/* output and said: NULL nothing, else what they contain. */
static void check(const char *command, int status, const char *output, const char *said)
{
    struct outcome o = run(command);
    if (o.status != status)
        fail_msg("%s: exit %d, not %d: %s%s", command, o.status, status, o.output, o.said);
    if (output ? !strstr(o.output, output) : *o.output != '\0')
        fail_msg("%s: \"%s\" does not contain \"%s\"", command, o.output, output ? output : "");
    if (said ? !strstr(o.said, said) : *o.said != '\0')
        fail_msg("%s: it said \"%s\", not \"%s\"", command, o.said, said ? said : "");
    if (strstr(o.output, "SECRET") || strstr(o.said, "SECRET") || strstr(o.output, "5EC4E7"))
        fail_msg("%s: a secret is told: %s%s", command, o.output, o.said);
    outcome_release(&o);
}

static const char csv[] = "severity,finding,place,text,remedy\n"
                          "error,pipes-differ,b: Bandwidth Pipe 1,"
                          "\"'link': Bandwidth Total Limit 6000 here, 5000 on a\",";

static void test_places(void **state)
{
    (void)state;
    check("$P check --csv w", 1, csv, NULL);
    check("$P check --csv w/a/xconf_dump.txt w/b/xconf_dump.txt", 1, csv, NULL);
    check("$P check --csv w/b w/a", 1, csv, NULL);
    check("mv w/a/xconf_dump.txt one; mv w/b/xconf_dump.txt two; $P check --csv one two", 1, csv,
          NULL); /* whatever they are called */
    check("cat w/a/xconf_dump.txt | $P check - --csv", 0, "note,dump-missing,w.example.org", NULL);
    check("gzip w/a/xconf_dump.txt; $P check --csv w/a/xconf_dump.txt.gz w/b", 1, csv, NULL);
}

static void test_archives(void **state)
{
    (void)state;
    check("for p in a b; do (cd w/$p; tar czf $D/log_$p.tar.gz .); done; "
          "$P check --csv log_a.tar.gz log_b.tar.gz",
          1, csv, NULL);
    check("for p in a b; do (cd w/$p; tar czf $D/w/log_$p.tar.gz *; rm xconf_dump.txt); done; "
          "$P check --csv w",
          1, csv, NULL);
    check("for p in a b; do (cd w/$p; tar cJf ../log_$p.tar.xz *); done; cd w; "
          "tar cf ../all.tar log_*; $P check --csv ../all.tar",
          1, csv, NULL); /* one in another */
    check("cd w/a; echo '*s SystemUnit Software Version: \"X15.5\"' >xstat_dump.txt; cd ../b; "
          "echo '*s SystemUnit Software Version: \"X15.4\"' >xstat_dump.txt; cd ..; "
          "tar czf l.tar.gz a b; $P check --csv l.tar.gz | grep versions",
          0, "error,versions-differ,b: version,\"X15.4 here, X15.5 on a\",", NULL);
    check("tar czf l.tar.gz w; head -c 200 l.tar.gz >cut.tar.gz; $P check cut.tar.gz", 65, NULL,
          "peerplan: cut.tar.gz: the archive is damaged");
    check("tar czf l.tar.gz w; cp l.tar.gz m.tar.gz; $P check --csv l.tar.gz m.tar.gz", 1, csv,
          "warning: a second dump of a");
    check("tar czf l.tar.gz w; for n in $(seq 1 7 $(($(stat -c %s l.tar.gz) - 1))); do "
          "head -c $n l.tar.gz >cut.tar.gz; $P check cut.tar.gz 2>said && exit 9; "
          "grep -q '^peerplan: cut.tar.gz[0-9:]*: .' said || exit 8; grep -q null said && exit 7; "
          "done; true",
          0, NULL, NULL); /* anywhere */
    check("echo junk >l.tar.gz; $P check l.tar.gz", 65, NULL,
          "l.tar.gz: is no archive, nor a dump");
    check("mkdir x; ln -s /etc/passwd x/xconf_dump.txt; mkfifo x/xstat_dump.txt; "
          "tar czf l.tar.gz x; $P check l.tar.gz",
          65, NULL, "l.tar.gz: no xconf_dump.txt in it");
    check("tar czPf l.tar.gz $D/w/../w; $P check --csv l.tar.gz", 1, csv, NULL);
    check("for n in $(seq 12); do mkdir f; mv w f; (cd f; tar czf ../n.tar.gz *); rm -r f; "
          "mkdir w; mv n.tar.gz w; done; $P check w",
          65, NULL, "w: no xconf_dump.txt in it"); /* deeper than anyone packs */
    check("head -c 70000000 /dev/zero >w/a/xconf_dump.txt; tar czf l.tar.gz w; $P check l.tar.gz",
          65, NULL, "l.tar.gz:w/a/xconf_dump.txt: more than 64 MiB");
    check("head -c 60000000 /dev/zero >x; for n in 1 2 3 4 5; do mkdir w/$n; "
          "ln x w/$n/xconf_dump.txt; done; tar czf l.tar.gz --hard-dereference w/[1-5]; "
          "(" LIMITED_MEMORY "$P check l.tar.gz)",
          65, NULL, "more than 256 MiB of dumps up to here");
    check("echo x >w/y; tar czf l.tar.gz w/y; $P check l.tar.gz", 65, NULL,
          "peerplan: l.tar.gz: no xconf_dump.txt in it");
    check("mkdir e; $P check e", 65, NULL, "peerplan: e: no xconf_dump.txt in it");
    check("$P check nowhere w; true", 0, NULL, "peerplan: nowhere: No such file or directory");
}

/* A secret in every place that can hold one, another on each peer: every path of the command
 * reference that is one, words that later releases may use, a login in an address, a line that
 * cannot be read, the status beside it; whatever is asked for, none of it is told. */
static void test_secrets(void **state)
{
    static const char *const asked[] = {
        "$P check w",
        "$P check --csv w",
        "$P check --json w",
        "$P check w --html page.html; cat page.html",
        "$P check l.tar.gz",
        "$P check w --fail-on note --json >base.json; cat base.json; $P check w --baseline "
        "base.json",
        "$P new --from-xconf w -o s.yaml; cat s.yaml; $P check s.yaml; $P run -q s.yaml",
    };
    static const char secrets[] =
        "for p in a b; do { sed -n 's/^\\([^,]*\\),secret.*/\\1/p' $ROOT/data/xconfiguration.csv | "
        "sed \"s/#/1/; s/.*/*c xConfiguration &: \\\"SECRET-$p\\\"/\"; "
        "for x in 'Later Passwd' 'Later Token Value' 'Later PrivateKey' 'Later PIN' "
        "'Later Account 2 Password Hash' 'Later Communities String' 'Later PSK 1'; do "
        "echo \"*c xConfiguration $x: \\\"SECRET-$p\\\"\"; done; "
        "echo \"*c xConfiguration Later URI: \\\"https://user:SECRET-$p@host/x\\\"\"; "
        "echo \"*c xConfiguration Later Cache: \\\"x {cipher}SECRET$p\\\"\"; "
        "echo \"*c xConfiguration Later Password: \\\"SECRET-$p\"; "
        "echo \"*c xConfiguration Later Password SECRET-$p\"; } >>w/$p/xconf_dump.txt; "
        "echo \"*s SystemUnit Software Version: \\\"X15.5\\\" Password: \\\"SECRET-$p\\\"\" "
        ">w/$p/xstat_dump.txt; done; tar czf l.tar.gz w; ";
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char command[sizeof secrets + 300];
        snprintf(command, sizeof command, "%s{ %s; } 2>&1; true", secrets, asked[i]);
        struct outcome o = run(command);
        if (strstr(o.output, "SECRET") || strstr(o.said, "SECRET") || strlen(o.output) < 100)
            fail_msg("%s: %s%s", asked[i], o.output, o.said);
        outcome_release(&o);
    }
}

static void test_formats(void **state)
{
    (void)state;
    check("$P check w", 1,
          "1 error, 0 warnings, 0 notes in 1 cluster of 2 peers\n\nerror pipes-differ\n"
          "  b: Bandwidth Pipe 1\n    'link': Bandwidth Total Limit 6000 here, 5000 on a\n  1. ",
          NULL);
    check("cp w/a/xconf_dump.txt x; sed -i s/6000/5000/ w/b/xconf_dump.txt; $P check w", 0,
          "nothing found in 1 cluster of 2 peers\n", NULL);
    check("$P check --json w", 1, "\"finding\": \"pipes-differ\"", NULL);
    check("$P check --json w | tr -d ' \\n' | grep -c '^{\"about\":{.*\"findings\":\\[{.*}\\],"
          "\"summary\":{.*\"errors\":1,.*}}$'",
          0, "1\n", NULL);
    check("$P check w --json >base.json; $P check w --baseline base.json", 0, "nothing found",
          "1 known finding left out");
    check("$P check w --json >base.json; sed -i 's/6000/7000/' w/b/xconf_dump.txt; "
          "$P check w --baseline base.json",
          1, "7000 here", NULL);
    check("echo '{}' >base.json; $P check w --baseline base.json", 65, NULL,
          "base.json: no list 'findings'");
    check("echo '[' >base.json; $P check w --baseline base.json", 65, NULL, "base.json:2:");
    check("$P check w --baseline none.json", 66, NULL, "none.json: No such file");
    check("$P check w --csv --json", 64, NULL, "cannot be combined");
    check("$P check", 64, NULL, "missing");
    check("$P check w/a --fail-on warning --csv", 0, "dump-missing", NULL);
    check("$P check w/a --fail-on note --csv", 1, "dump-missing", NULL);
    check("$P check w --fail-on nothing", 64, NULL, "--fail-on takes error, warning or note");
}

static void test_lines(void **state)
{
    (void)state;
    check("sed -i 's/$/\\r/; 1i other output\\r' w/a/xconf_dump.txt; $P check --csv w", 1, csv,
          NULL);
    check("tr '\\n' ' ' <w/a/xconf_dump.txt >x; mv x w/a/xconf_dump.txt; $P check --csv w", 1, csv,
          NULL); /* all on one line */
    check("sed -i 's/^[*]c //' w/a/xconf_dump.txt; $P check --csv w", 1, csv, NULL);
    check("for p in a b; do echo '*c xConfiguration Transform 1 Description: \"say \"hi\": *c\"' "
          ">>w/$p/xconf_dump.txt; done; $P check --csv w",
          1, csv, NULL); /* quotes inside */
    check("for p in a b; do tac w/$p/xconf_dump.txt >x; mv x w/$p/xconf_dump.txt; done; "
          "$P check --csv w",
          1, csv, NULL);
    check("printf '*c xConfiguration Some Password: \"SECRET' >>w/a/xconf_dump.txt; "
          "$P check --csv w",
          1, csv, "peerplan: w/a/xconf_dump.txt:16: warning: a setting that cannot be read");
    check("printf '*c xConfiguration X Name: \"\\xff\\x01\\x1b[31m\"\\n' >>w/a/xconf_dump.txt; "
          "$P check --json w | tr '?' Q | grep -c 'QQQ.31m on a'",
          0, "1\n", NULL);
    check("head -c 300000 /dev/urandom >w/a/xconf_dump.txt; $P check w >/dev/null 2>&1; "
          "test $? -le 65",
          0, NULL, NULL);
}

static const char two_clusters[] =
    "mkdir c; sed 's/w[.]example/c.example/; s/a[.]example/x.example/; s/b[.]example/y.example/; "
    "s/\"a\"/\"x\"/' w/a/xconf_dump.txt >c/xconf_dump.txt; zone() { "
    "printf '*c xConfiguration Zones Zone 7 %s: \"%s\"\\n' Name Edge Type TraversalClient "
    "\"TraversalClient Peer 1 Address\" A.example.org >>c/xconf_dump.txt; }; zone; ";

static void test_clusters(void **state)
{
    (void)state;
    char command[1024];
    snprintf(command, sizeof command,
             "%s $P check --csv w c | cut -d, -f1-3; $P check w c | head -1", two_clusters);
    check(command, 0,
          "error,pipes-differ,b: Bandwidth Pipe 1\n"
          "warning,neighbour-peer-missing,x: Edge\n"
          "note,dump-missing,c.example.org\n"
          "1 error, 1 warning, 1 note in 2 clusters of 3 peers\n",
          NULL);
}

static void test_scenarios(void **state)
{
    (void)state;
    check("echo 'clusters: [{name: c, cluster-name: c, peers: [{name: p, platform: small-vm}]}]' "
          ">s.yaml; $P check s.yaml --csv; $P check - --csv <s.yaml",
          0, "warning,cluster-name-fqdn,p: cluster-name,'c' is a bare host name,", NULL);
    check("echo 'clusters: [{name: c, peers: [{name: p, platform: vm}]}]' >s.yaml; "
          "$P check s.yaml",
          65, NULL, "s.yaml:1:");
    check("echo 'scenario: x' >s.yaml; $P check s.yaml w", 65, NULL,
          "s.yaml: no line '*c xConfiguration ...' in it");
    check("printf 'clusters:\\n- name: c\\n  peers:\\n  - {name: p, platform: small-vm}\\n"
          "  - {name: q, platform: small-vm, primary: r}\\n- name: d\\n  peers:\\n"
          "  - {name: r, platform: small-vm}\\n' >s.yaml; $P check s.yaml",
          65, NULL, "s.yaml:5:44: peer 'r' is not of this cluster");
}

static void test_help(void **state)
{
    (void)state;
    check("$P help findings | grep -A3 '^primary-differs'", 0,
          "primary-differs (error; alarm 20017)\n  Peers name different", NULL);
    check("$P help findings | grep -c '^dump-missing (note)$'", 0, "1\n", NULL);
    check("$P help check", 0, "Usage: peerplan check [OPTION...] SCENARIO\n", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),    cmocka_unit_test(test_archives),
        cmocka_unit_test(test_secrets),   cmocka_unit_test(test_formats),
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_scenarios), cmocka_unit_test(test_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
