/* peerplan new: the arithmetic from plain numbers to load, against worked examples of design
 * guides; files that pass as they are, whatever was asked; the dialogue on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pty.h>

#include "data/new.h"
#include "data/scenario_file.h"
#include "tests/process.h"

static void state_all(struct ask *ask, const char *words)
{
    char copy[512], reason[ASK_REASON];
    snprintf(copy, sizeof copy, "%s", words);
    ask_init(ask);
    for (char *at = copy, *word; (word = strsep(&at, " ")) != NULL;) {
        char *value = strchr(word, '=');
        *value++ = '\0';
        int option = 0;
        while (strcmp(ask_options[option].name, word) != 0)
            assert_true(++option < ASK_COUNT);
        if (!ask_set(ask, (enum ask_option)option, value, reason))
            fail_msg("--%s %s", word, reason);
    }
}

static void near(double value, double expected)
{
    if (fabs(value - expected) > 1e-9 * (1 + fabs(expected)))
        fail_msg("%.12g, not %.12g", value, expected);
}

static void test_worked_ask(void **state)
{
    (void)state;
    struct ask ask;
    state_all(&ask, "users=6000 registered=40% calls-per-user=4/d busy-hour=15% mean=3m video=20% "
                    "rooms=250 b2b=120/h b2b-mean=35m");
    struct ask_load load = ask_load(&ask);
    near(load.mra_devices, 2400);
    near(load.local_devices, 0);
    near(load.calls_per_hour, 1440); /* 2400 x 4 x 0.15 */
    near(load.audio, 57.6);          /* 72 erlangs, four fifths */
    near(load.video, 14.4);
    near(load.b2b, 70);
    state_all(&ask, "users=6000 registered=40% calls-per-user=0.6/h mean=3m mra=25%");
    load = ask_load(&ask);
    near(load.calls_per_hour, 1440);
    near(load.mra_devices, 600);
    near(load.local_devices, 1800);
}

/* Preferred Architecture, sizing: users outside, share registered, share in a call, calls with
 * other companies; calls together, and the smallest deployment of Medium VMs that carries them. */
static const struct {
    const char *ask;
    double registrations, mra_calls, b2b_calls;
    const char *table;
    int nodes;
} guide[] = {
    {"users=1000 registered=80% in-call=10% b2b=50/h b2b-mean=1h", 800, 80, 50, "CVD14", 2},
    {"users=1000 registered=80% in-call=10% b2b=150/h b2b-mean=1h", 800, 80, 150, "CVD14", 3},
    {"users=1000 registered=80% in-call=5% b2b=50/h b2b-mean=1h", 800, 40, 50, "CVD12", 2},
    {"users=1000 registered=80% in-call=5% b2b=150/h b2b-mean=1h", 800, 40, 150, "CVD12", 3},
};

static void test_design_guide(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof guide / sizeof *guide; i++) {
        struct ask ask;
        state_all(&ask, guide[i].ask);
        struct ask_load load = ask_load(&ask);
        near(load.mra_devices, guide[i].registrations);
        near(load.audio + load.video, guide[i].mra_calls);
        near(load.b2b, guide[i].b2b_calls);
        /* the guide's own figures of two, three and six nodes */
        char command[512];
        snprintf(command, sizeof command,
                 "for n in 2 3 6; do $P tables --table %s --platform medium-vm --peers $n --csv "
                 "| awk -F, -v n=$n '$4 == \"printed\" && $5 == "
                 "\"video_calls\" && $6 >= %g {print n}'; done | head -1",
                 guide[i].table, load.audio + load.video + load.b2b);
        struct outcome o = process_run(command);
        if (strtol(o.output, NULL, 10) != guide[i].nodes)
            fail_msg("example %zu: %s nodes, not %d (%s)", i, o.output, guide[i].nodes, o.said);
        outcome_release(&o);
    }
}

/* The hours of a day sum to the calls of the day. */
static void test_day(void **state)
{
    (void)state;
    static const char *const asks[] = {
        "users=100 busy-hour=15% profile=office", "users=100 busy-hour=11% profile=office",
        "users=100 busy-hour=5% profile=call-centre", "users=100 busy-hour=40% profile=office"};
    static const double shares[] = {0.15, 0.11, 0.05, 0.4};
    for (size_t i = 0; i < 4; i++) {
        struct ask ask;
        double day[24], sum = 0, most = 0;
        state_all(&ask, asks[i]);
        assert_true(ask_day(&ask, day));
        for (int hour = 0; hour < 24; hour++) {
            sum += day[hour];
            most = fmax(most, day[hour]);
        }
        near(most, 1);
        if (fabs(sum * shares[i] - 1) > 1e-6)
            fail_msg("%s: the hours sum to %g days", asks[i], sum * shares[i]);
    }
    struct ask ask;
    double day[24];
    state_all(&ask, "users=100 profile=flat");
    assert_false(ask_day(&ask, day));
}

/* What the text offers is what the arithmetic says. */
static void check_text(const struct ask *ask)
{
    struct errors errors;
    struct scenario s;
    struct ask_load load = ask_load(ask);
    char *text = ask_scenario(ask, NULL);
    assert_non_null(text);
    errors_init(&errors);
    if (!scenario_read_text(text, strlen(text), "made.yaml", ".", &s, &errors))
        fail_msg("%s\n%ld: %s", text, errors.items[0].line, errors.items[0].message);
    for (size_t i = 0; i < errors.count; i++) /* an odd ask is named, and a scenario all the same */
        if (!strstr(errors.items[i].message, "they only register") &&
            !strstr(errors.items[i].message, "which are only"))
            fail_msg("%s\n%ld: %s", text, errors.items[i].line, errors.items[i].message);
    double devices = 0, erlangs = 0, video = 0;
    for (uint32_t i = 0; i < s.endpoints_count; i++)
        devices += (double)s.endpoints[i].count;
    for (uint32_t i = 0; i < s.class_count; i++) {
        erlangs += call_erlangs(&s.classes[i]);
        video += s.classes[i].media == MEDIA_VIDEO ? call_erlangs(&s.classes[i]) : 0;
    }
    near(devices, load.mra_devices + load.local_devices + load.rooms);
    if (fabs(erlangs - load.audio - load.video - load.b2b) > 1e-5 * (1 + erlangs) ||
        fabs(video - load.video - load.b2b) > 1e-5 * (1 + video))
        fail_msg("%s\n%g erlangs, %g of them video", text, erlangs, video);
    assert_int_equal(s.cluster_count, load.mra_devices > 0 || load.b2b > 0 ? 2 : 1);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > 120 && strncmp(line, "# Made by", 9) != 0)
            fail_msg("a long line: %.200s", line);
    scenario_release(&s);
    errors_release(&errors);
    free(text);
}

static void test_any_ask_is_a_scenario(void **state)
{
    (void)state;
    static const char *const values[ASK_COUNT][4] = {
        [ASK_USERS] = {"0", "1", "777", "60000"},
        [ASK_REGISTERED] = {"0%", "33.3%", "0.5", "100%"},
        [ASK_CALLS_PER_USER] = {"4/d", "0.6/h", "0/h", "11/d"},
        [ASK_MEAN] = {"3m", "90s", "1h30m", "2.5m"},
        [ASK_VIDEO] = {"0%", "20%", "100%", "7%"},
        [ASK_MRA] = {"0%", "50%", "100%", "1%"},
        [ASK_IM] = {"0%", "50%", "100%", "12.5%"},
        [ASK_ROOMS] = {"0", "1", "250", "5"},
        [ASK_ROOM_PROTOCOL] = {"h323", "sip", "h323", "sip"},
        [ASK_B2B] = {"0/h", "120/h", "0.5/s", "7/d"},
        [ASK_B2B_MEAN] = {"35m", "1h", "10m", "45s"},
        [ASK_RELEASE] = {"X15.5", "X14.2", "X14.3", "X14.0"},
        [ASK_IMAGE] = {"select", "unrestricted", "select", "unrestricted"},
        [ASK_PLATFORM] = {"large-vm", "medium-vm", "small-vm", "medium-vm"},
        [ASK_PEERS] = {"2", "3", "4", "5"},
        [ASK_RMS] = {"0", "10", "85", "100000"},
        [ASK_SURVIVE] = {"0", "1", "1", "0"},
        [ASK_BLOCKING] = {"1%", "0.001", "0%", "100%"},
        [ASK_PROFILE] = {"office", "call-centre", "flat", "office"},
    };
    uint64_t seed = 1;
    int made = 0;
    for (int round = 0; round < 400; round++) {
        struct ask ask;
        char reason[ASK_REASON];
        ask_init(&ask);
        for (int i = 0; i < ASK_COUNT; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            const char *value = values[i][seed >> 62];
            if (value && (seed >> 40 & 3) != 0 && !ask_set(&ask, (enum ask_option)i, value, reason))
                fail_msg("%s %s", ask_options[i].name, reason);
        }
        if (ask_contradiction(&ask))
            continue;
        check_text(&ask);
        made++;
    }
    assert_true(made > 200);
}

static void test_templates(void **state)
{
    (void)state;
    const struct ask_template *t;
    size_t count = 0;
    for (; (t = ask_template_at(count)) != NULL; count++) {
        char command[256];
        snprintf(
            command, sizeof command,
            "f=$(mktemp -u).yaml; $P new %s -o $f && $P run -q --replications 2 $f >/dev/null && "
            "$P check $f; c=$?; rm -f $f; exit $c",
            t->name);
        struct outcome o = process_run(command);
        if (o.status != 0 || strncmp(o.output, "nothing found", 13) != 0)
            fail_msg("%s: exit %d %s%s", t->name, o.status, o.output, o.said);
        outcome_release(&o);
    }
    assert_int_equal(count, 5);
}

/* ---- from outside ---- */

static void check(const char *command, int status, const char *output, const char *said)
{
    struct outcome o = process_run(command);
    if (o.status != status)
        fail_msg("exit %d, not %d: %s%s: %s", o.status, status, o.output, o.said, command);
    if (output && !strstr(o.output, output))
        fail_msg("\"%s\" does not contain \"%s\": %s", o.output, output, command);
    if (said ? !strstr(o.said, said) : *o.said != '\0')
        fail_msg("it said \"%s\", not \"%s\": %s", o.said, said ? said : "", command);
    outcome_release(&o);
}

static void test_command(void **state)
{
    (void)state;
    check("$P new --users 100 --b2b 5/h | $P run - -q | grep 'carries it'", 0, "carries it: YES",
          NULL);
    check("$P new --users 100 --video 30% | grep -c assumed", 0, "", NULL);
    check("$P new --users 100 --video 30% | grep 'Made by'", 0,
          "# Made by: peerplan new --users 100 --video 30%\n", NULL);
    check("$P new --list | cut -d' ' -f1 | tr '\\n' ' '", 0,
          "mra-b2b rooms pair records edge-core ", NULL);
    check("$P new pair --users 80 | grep scenario:", 0, "\"80 users\"", NULL);
    check("$P new --users 80 pair | grep scenario:", 0, "\"80 users\"", NULL);
    check("$P new pairs", 64, NULL, "unknown template 'pairs'; did you mean 'pair'?");
    check("$P new </dev/null", 64, NULL, "nothing is stated, and nobody can be asked");
    check("$P new --users 0", 64, NULL, "nothing to carry");
    check("$P new --users x", 64, NULL, "--users takes a whole number such as 6000, not 'x'");
    check("$P new --users 9 --mra 101%", 64, NULL, "--mra takes a share");
    check("$P new --users 9 --mra -5%", 64, NULL, "--mra takes a share");
    check("$P new --users 9 --mean 0s", 64, NULL, "--mean takes a time");
    check("$P new --users 9 --peers 7", 64, NULL, "--peers takes a number of peers from 1 to 6");
    check("$P new --users 9 --in-call 5% --calls-per-user 4/d", 64, NULL, "only one of them");
    check("$P new --users 9 --calls-per-user 1/h --busy-hour 10%", 64, NULL,
          "busy-hour needs calls-per-user a day");
    check("$P new --users 9 --busy-hour 3%", 64, NULL, "busy-hour is at least 4.2%");
    check("$P new --users 9 --platform 'large: vm'", 64, NULL, "--platform takes a platform");
    check("$P new --users 9 --platform big", 65, NULL, "unknown platform 'big'");
    check("$P new --users 9 --release X99", 65, NULL, "X99");
    check("cd $(mktemp -d) && echo mine >f && $P new pair -o f; s=$?; cat f; rm -r $PWD; exit $s",
          73, "mine\n", "f: exists already (--force overwrites it)");
    check("cd $(mktemp -d) && echo mine >f && $P new pair -o f --force && head -c 12 f; rm -r $PWD",
          0, "# 150 users.", NULL);
    check("$P new pair -o /nowhere/f", 73, NULL, "/nowhere/f");
    check("$P size --users 0", 64, NULL, "nothing to carry");
    check("$P size x.yaml --users 9", 64, NULL, "cannot be combined with plain numbers");
    check("$P size -q --users 50 --mra 0% --platforms small-vm --survive 1 --csv | sed -n 2p | "
          "cut -d, -f1-4",
          0, "1,1,small-vm,2\n", NULL);
}

/* ---- from running peers ---- */

/* An edge of two peers, one of which gave no dump, and the core behind it. */
static const char dumps[] =
    "D=$(mktemp -d) && cd $D && say() { printf '*c xConfiguration %s: \"%s\"\n' \"$@\"; }; "
    "system() { say 'IP DNS Hostname' $1 'IP DNS Domain Name' in.example.org 'SystemUnit Name' $1 "
    "'H323 Gatekeeper TimeToLive' 600 'NTP Server 1 Address' t1 'Option 1 Key' "
    "116341Y40-1-5EC4E700 'SNMP CommunityName' SECRET 'H323 Mode' On; }; "
    "(system Edge1; say 'Alternates Cluster Name' edge.example.org 'Alternates "
    "ConfigurationPrimary' 2 "
    "'Alternates Peer 1 Address' edge1.in.example.org 'Alternates Peer 2 Address' 10.0.0.2 "
    "'Zones Zone 1 Name' Tunnel 'Zones Zone 1 Type' TraversalServer 'Zones Zone 2 Name' '\"odd\": "
    "#' "
    "'Zones Zone 2 Type' Neighbor 'Zones Zone 2 Neighbor Peer 1 Address' far.example.net "
    "'Zones Zone 2 Neighbor SIP Port' 5061 'Zones Zone 3 Name' Rooms 'Zones Zone 3 Type' DNS "
    "'Zones Zone 2 TraversalClient Authentication Password' SECRET) >e; "
    "(system core1; say 'Zones Zone 1 Name' ToEdge 'Zones Zone 1 Type' TraversalClient "
    "'Zones Zone 1 TraversalClient Peer 1 Address' EDGE1.in.example.org "
    "'Bandwidth Pipe 1 Name' wan 'Bandwidth Pipe 1 Bandwidth Total Mode' Limited "
    "'Bandwidth Pipe 1 Bandwidth Total Limit' 64000 'Bandwidth Pipe 2 Name' free "
    "'Bandwidth Downspeed Total Mode' Off 'Zones LocalZone SubZones SubZone 1 Name' Branch "
    "'Zones LocalZone SubZones SubZone 1 Bandwidth Total Mode' Limited "
    "'Zones LocalZone SubZones SubZone 1 Bandwidth Total Limit' 9000 "
    "'Bandwidth Link 1 Name' l 'Bandwidth Link 1 Node1 Name' DefaultSZ "
    "'Bandwidth Link 1 Node2 Name' Branch 'Bandwidth Link 1 Pipe1 Name' wan "
    "'Bandwidth Link 2 Name' m 'Bandwidth Link 2 Node1 Name' DefaultZ "
    "'Bandwidth Link 2 Node2 Name' Branch) >c; ";

static const char running[] =
    "clusters:\n"
    "  - name: edge\n"
    "    role: edge                              # from its traversal zones\n"
    "    traversal: core\n"
    "    cluster-name: \"edge.example.org\"\n"
    "    primary: peer-2\n"
    "    licensing: pak                          # option keys\n"
    "    # desktop: ?                            # no key for these: none, or not limited?\n"
    "    # room: ?                               # no key for these: none, or not limited?\n"
    "    # tls-verification: ?                   # permissive or enforce: no dump says\n"
    "    peers:\n"
    "      # image: ?                            # select or unrestricted: no dump says\n"
    "      - name: edge1\n"
    "        platform: large-vm                  # assumed: which? no dump says; for all peers\n"
    "        address: \"edge1.in.example.org\"\n"
    "        system-name: \"Edge1\"\n"
    "        rms: 40\n"
    "        ntp: [\"t1\"]\n"
    "      - name: peer-2                        # no dump of this peer\n"
    "        platform: large-vm\n"
    "        address: \"10.0.0.2\"\n"
    "  - name: core\n"
    "    role: core                              # from its traversal zones\n"
    "    licensing: pak                          # option keys\n"
    "    # desktop: ?                            # no key for these: none, or not limited?\n"
    "    # room: ?                               # no key for these: none, or not limited?\n"
    "    # tls-verification: ?                   # permissive or enforce: no dump says\n"
    "    subzones:                               # the product has one total for within and from\n"
    "      - {name: \"Branch\", within: 9000k, from: 9000k}\n"
    "    links:\n"
    "      - {a: \"default\", b: \"Branch\", pipes: [\"wan\"]} # l\n"
    "      # - {a: \"DefaultZ\", b: \"Branch\"} # m: an end that a scenario does not have\n"
    "    peers:\n"
    "      # image: ?                            # select or unrestricted: no dump says\n"
    "      - name: core1\n"
    "        platform: large-vm                  # assumed: which? no dump says; for all peers\n"
    "        system-name: \"core1\"\n"
    "        rms: 40\n"
    "        ntp: [\"t1\"]\n"
    "\n"
    "pipes:\n"
    "  - {name: \"wan\", total: 64000k, when-full: refuse}\n"
    "  # - {name: \"free\", total: ?, when-full: refuse} # not limited\n"
    "\n"
    "zones:\n"
    "  - {name: \"Tunnel\", kind: traversal}\n"
    "  - {name: \"-odd-: #\", kind: neighbour} # lists far.example.net\n"
    "  - {name: \"Rooms-2\", kind: dns}\n"
    "  - {name: \"ToEdge\", kind: traversal, cluster: edge, peers: [edge1]}\n";

static void test_from_running(void **state)
{
    (void)state;
    char command[sizeof dumps + 512];
    static const char *const ends[] = {
        "$P new --from-xconf e c >s.yaml && cat s.yaml && $P check -q s.yaml >/dev/null 2>&1; rm "
        "-r $D",
        "$P new --from-xconf e c --users 90 --rooms 9 --b2b 9/h --survive 0 >s.yaml && $P run -q "
        "--replications 2 "
        "s.yaml 2>/dev/null | grep 'worst class' && grep 'ttl: 600s' s.yaml; $P check s.yaml "
        "2>/dev/null | head -1; rm -r "
        "$D",
    };
    snprintf(command, sizeof command, "%s%s", dumps, ends[0]);
    struct outcome o = process_run(command);
    const char *from = strstr(o.output, "clusters:\n"), *to = strstr(o.output, "\n# How many dev");
    if (!from || !to || strncmp(from, running, (size_t)(to - from)) != 0 ||
        strlen(running) != (size_t)(to - from))
        fail_msg("%s%s", o.output, o.said);
    if (strstr(o.output, "SECRET") || strstr(o.output, "5EC4E7") || strstr(o.said, "SECRET"))
        fail_msg("a secret is told: %s%s", o.output, o.said);
    assert_non_null(strstr(o.output, "H.323 time to live 600s, SIP refresh 45 to 60 s"));
    outcome_release(&o);
    snprintf(command, sizeof command, "%s%s", dumps, ends[1]);
    check(command, 0, ": 0 % refused", NULL);
    check(command, 0, "1 warning, 2 notes in 2 clusters of 3 peers", NULL);
    check("$P new --from-xconf /nowhere", 66, NULL, "/nowhere: No such file");
    check("$P new --from-xconf README.md", 65, NULL, "README.md: no line");
}

/* Two objects of one name, which the product does not allow and a damaged dump may have. */
static void test_same_names(void **state)
{
    (void)state;
    check("D=$(mktemp -d); c='*c xConfiguration '; { echo \"${c}SystemUnit Name: e\"; "
          "for i in 1 2; do echo \"${c}Zones Zone $i Name: Tunnel\"; "
          "echo \"${c}Bandwidth Pipe $i Name: wan\"; "
          "echo \"${c}Bandwidth Pipe $i Bandwidth Total Mode: Limited\"; "
          "echo \"${c}Zones LocalZone SubZones SubZone $i Name: lan\"; done; } >$D/e; "
          "$P new --from-xconf $D/e -o $D/s && grep -c 'a second one of this name' $D/s && "
          "$P check $D/s >$D/out; echo $?; rm -r $D",
          0, "3\n0\n", NULL);
}

/* Texts that no scenario takes: longer than it may be, with control characters and line ends of
 * other alphabets. */
static void test_odd_texts(void **state)
{
    (void)state;
    check("D=$(mktemp -d); c='*c xConfiguration '; x=$(head -c 1200 /dev/zero | tr '\\0' x); "
          "{ printf '%sSystemUnit Name: e\\302\\205\\342\\200\\250f\\357\\273\\277\\n' \"$c\"; "
          "for k in 'Alternates Cluster Name' 'Alternates Peer 1 Address' 'NTP Server 1 Address' "
          "'TimeZone Name' 'Zones Zone 1 Name' 'Bandwidth Pipe 1 Name'; do echo \"$c$k: $x\"; "
          "done; printf '%sZones Zone 1 Neighbor Peer 1 Address: a\\342\\200\\251b: {\\n' \"$c\"; "
          "} >$D/e; $P new --from-xconf $D/e -o $D/s && "
          "$P check $D/s >$D/out; echo $?; sed -i '/Alternates/d' $D/e; "
          "$P new --from-xconf $D/e >$D/s && $P check $D/s >$D/out; echo $?; "
          "grep -o 'system-name: .*' $D/s; rm -r $D",
          0, "0\n0\nsystem-name: \"e?????f???\"\n", NULL);
}

/* As many as a list may hold, of one beginning that is longer than a name; each gets its own. */
static void test_many_zones(void **state)
{
    (void)state;
    struct outcome o = process_run(
        "D=$(mktemp -d); awk 'BEGIN {z = \"*c xConfiguration Zones Zone \"; printf \"*c "
        "xConfiguration SystemUnit Name: \\\"e\\\"\\n\"; for (i = 1; i <= 100000; i++) "
        "printf z \"%d Name: \\\"%s%d\\\"\\n\" z \"%d Type: Neighbor\\n\", i, i % 2 ? "
        "\"Site \" : \"A branch of the company in one of the many cities that it is in \", i, i}' "
        ">$D/e; $P new --from-xconf $D/e >$D/s && grep 'kind: neighbour' $D/s >$D/z; wc -l <$D/z; "
        "sort -u $D/z | wc -l; grep -c 'name: \"Site [0-9]*[13579]\"' $D/z; tail -1 $D/z; rm -r "
        "$D");
    const char *last =
        "  - {name: \"A branch of the company in one of the many cities that i-50000\"";
    if (strncmp(o.output, "100000\n100000\n50000\n", 20) != 0 || !strstr(o.output, last))
        fail_msg("%s%s", o.output, o.said);
    outcome_release(&o);
}

/* ---- the dialogue ---- */

/* Types the lines on a terminal of its own, in a new folder; what it showed, owned. */
static char *converse(const char *options, const char *lines, int *status, char folder[64])
{
    int terminal;
    char *shown = NULL, piece[512], command[256];
    size_t length = 0;
    snprintf(folder, 64, "/tmp/peerplan-new-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, "cd %s && exec $P new %s", folder, options);
    pid_t child = forkpty(&terminal, NULL, NULL, NULL);
    if (child == 0) {
        setenv("P", process_program(), 1);
        execl("/bin/bash", "bash", "-c", command, (char *)NULL);
        _exit(127);
    }
    FILE *out = open_memstream(&shown, &length);
    assert_int_equal(write(terminal, lines, strlen(lines)), (ssize_t)strlen(lines));
    for (ssize_t n; (n = read(terminal, piece, sizeof piece)) > 0;)
        fwrite(piece, 1, (size_t)n, out);
    fclose(out);
    close(terminal);
    waitpid(child, status, 0);
    *status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128;
    return shown;
}

static void talk(const char *options, const char *lines, int expected, const char *part,
                 const char *file, const char *in_file)
{
    char folder[64], command[256];
    int status;
    char *shown = converse(options, lines, &status, folder);
    if (status != expected || !strstr(shown, part))
        fail_msg("exit %d: %s", status, shown);
    snprintf(command, sizeof command, "cd %s && grep -c '%s' '%s'; rm -r %s", folder, in_file, file,
             folder);
    struct outcome o = process_run(command);
    if (strtol(o.output, NULL, 10) < 1 && *in_file)
        fail_msg("%s: %s%s; shown: %s", command, o.output, o.said, shown);
    outcome_release(&o);
    free(shown);
}

static void test_dialogue(void **state)
{
    (void)state;
    /* Enter through all of it */
    talk("", "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", 0, "Next: peerplan run scenario.yaml",
         "scenario.yaml", "count: 2400");
    /* a mistake, a question, a way back; questions that do not matter are not asked */
    talk("-o x.yaml", "many\n?\n0\nb\n10\n100%\n\n\n\n\n0%\n0\n0\n\n\nsmall-vm\n2\n\n\n\n\n", 0,
         "this takes a whole number such as 6000, not 'many'", "x.yaml", "count: 10$\\|count: 10 ");
    /* nothing to carry: from the start */
    talk("-o y.yaml", "0\n0\n0\n\n\n\n\n\n\n\n\n7\n\n\n\n\n\n\n0\n0\n\n\n\n\n\n\n\n\n", 0,
         "nothing to carry", "y.yaml", "\"7 users\"");
    /* the end of the input */
    talk("-o z.yaml", "5\n\x04", 64, "nothing was written", "z.yaml", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_ask), cmocka_unit_test(test_design_guide),
        cmocka_unit_test(test_day),        cmocka_unit_test(test_any_ask_is_a_scenario),
        cmocka_unit_test(test_templates),  cmocka_unit_test(test_command),
        cmocka_unit_test(test_dialogue),   cmocka_unit_test(test_from_running),
        cmocka_unit_test(test_same_names), cmocka_unit_test(test_odd_texts),
        cmocka_unit_test(test_many_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
