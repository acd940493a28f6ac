/* The doctor: every rule fires where it should, alone, and is silent beside it. Dumps are made
 * here: three healthy peers, of which a case changes some lines; scenarios are written out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/dump.h"
#include "data/scenario_file.h"
#include "model/findings.h"

static bool fired[FINDING_COUNT];

/* ---- dumps ---- */

#define PEERS 3
#define EDITS 8

/* A line that is another in the dump of a peer (0: of all); value NULL: the line is not there. */
struct edit {
    int peer;
    const char *path, *value;
};

/* Of peer %d. */
static const struct {
    const char *path, *value;
} lines[] = {
    {"Alternates Cluster Name", "video.example.org"},
    {"Alternates ConfigurationPrimary", "1"},
    {"Alternates Peer 1 Address", "n1.example.org"},
    {"Alternates Peer 2 Address", "n2.example.org"},
    {"Alternates Peer 3 Address", "n3.example.org"},
    {"Alternates Peer 4 Address", ""},
    {"Applications ConferenceFactory Mode", "On"},
    {"Applications ConferenceFactory Template", "room%d@example.org"},
    {"Bandwidth Default", "384"},
    {"Bandwidth Link 1 Name", "ToOffice"},
    {"Bandwidth Link 1 Node1 Name", "Office"},
    {"Bandwidth Link 1 Pipe1 Name", "uplink"},
    {"Bandwidth Pipe 1 Bandwidth Total Limit", "70000"},
    {"Bandwidth Pipe 1 Bandwidth Total Mode", "Limited"},
    {"Bandwidth Pipe 1 Name", "uplink"},
    {"Bandwidth Pipe 2 Name", "spare"},
    {"Ethernet 1 IP V4 Address", "192.0.2.%d"},
    {"Ethernet 1 Speed", "Auto"},
    {"H323 Gatekeeper TimeToLive", "900"},
    {"H323 Mode", "On"},
    {"IP DNS Domain Name", "example.org"},
    {"IP DNS Hostname", "n%d"},
    {"IPProtocol", "Both"},
    {"NTP Server 1 Address", "time%d.example.org"},
    {"Option 1 Key", "116341Y20-1-0%dABCDEF"},
    {"Option 2 Key", "116341E00-1-0%dABCDEF"},
    {"SIP Registration Standard Refresh Maximum", "60"},
    {"SNMP CommunityName", "community-of-%d"},
    {"SystemUnit Maintenance Mode", "Off"},
    {"SystemUnit Name", "node %d"},
    {"Transform 1 Pattern String", "(.*)@video"},
    {"Zones LocalZone SubZones SubZone 1 Name", "Office"},
    {"Zones LocalZone SubZones SubZone 1 Bandwidth Total Limit", "9000"},
    {"Zones Zone 1 Name", "Far"},
    {"Zones Zone 1 Type", "Neighbor"},
    {"Zones Zone 1 Neighbor Peer 1 Address", "far1.example.com"},
    {"Zones Zone 1 Neighbor Peer 2 Address", "far2.example.com"},
    {"Zones Zone 1 Neighbor SIP TLS Verify Mode", "On"},
    {"Zones Zone 2 Name", "Client"},
    {"Zones Zone 2 Type", "TraversalClient"},
    {"Zones Zone 2 TraversalClient Authentication Password", "hidden-%d"},
};
#define LINES (sizeof lines / sizeof *lines)

static const struct edit *edit_of(const struct edit *edits, int peer, const char *path)
{
    for (int i = 0; i < EDITS && edits[i].path; i++)
        if (strcmp(edits[i].path, path) == 0 && (edits[i].peer == 0 || edits[i].peer == peer))
            return &edits[i];
    return NULL;
}

static void put_line(FILE *out, const char *path, const char *value, int peer)
{
    fprintf(out, "*c xConfiguration %s: \"", path);
    for (const char *c = value; *c; c++)
        if (c[0] == '%' && c[1] == 'd')
            fprintf(out, "%d", peer), c++;
        else
            putc(*c, out);
    fputs("\"\n", out);
}

static void put_dump(const char *folder, int peer, const struct edit *edits)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%d", folder, peer);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/%d/xconf_dump.txt", folder, peer);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    for (size_t i = 0; i < LINES; i++) {
        const struct edit *edit = edit_of(edits, peer, lines[i].path);
        if (!edit || edit->value)
            put_line(out, lines[i].path, edit ? edit->value : lines[i].value, peer);
    }
    for (int i = 0; i < EDITS && edits[i].path; i++) { /* lines that are not there before */
        bool known = edits[i].path[0] == '*';
        for (size_t k = 0; k < LINES; k++)
            known = known || strcmp(lines[k].path, edits[i].path) == 0;
        if (edits[i].path[0] == '*' && (edits[i].peer == 0 || edits[i].peer == peer))
            fprintf(out, "%s\n", edits[i].path);
        if (!known && edits[i].value && (edits[i].peer == 0 || edits[i].peer == peer))
            put_line(out, edits[i].path, edits[i].value, peer);
    }
    fclose(out);
}

/* ---- what is expected ---- */

/* Exactly these findings, each once or more, one of which mentions the texts. */
struct expected {
    const char *words;   /* "ttl-differs zones-differ"; "" for none */
    const char *mention; /* "n3|Pipe 1|70000": in one finding of the first word, all of them */
};

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static bool mentions(const struct finding_item *item, const char *mention)
{
    char all[1024], part[128];
    snprintf(all, sizeof all, "%s %s", item->place, item->text);
    while (*mention) {
        size_t length = strcspn(mention, "|");
        snprintf(part, sizeof part, "%.*s", (int)length, mention);
        if (!strstr(all, part))
            return false;
        mention += length + (mention[length] == '|');
    }
    return true;
}

static void show(const struct findings *findings)
{
    for (uint32_t i = 0; i < findings->count; i++)
        print_error("  %s | %s | %s\n", finding_word(findings->items[i].finding),
                    findings->items[i].place, findings->items[i].text);
}

static void check_findings(const struct deployment *deployment, const struct expected *expected,
                           size_t number)
{
    struct findings findings;
    assert_true(findings_make(&findings, deployment));
    bool good = true, mentioned = !expected->mention;
    for (uint32_t i = 0; i < findings.count; i++) {
        const struct finding_item *item = &findings.items[i];
        const char *word = finding_word(item->finding);
        good = good && has_word(expected->words, word);
        bool first = strncmp(expected->words, word, strlen(word)) == 0;
        mentioned = mentioned || (first && mentions(item, expected->mention));
        fired[item->finding] = true;
        assert_true(*item->place && *item->text);
        if (i > 0) /* errors first */
            assert_true(finding_rule(findings.items[i - 1].finding)->severity >=
                        finding_rule(item->finding)->severity);
    }
    char words[256];
    snprintf(words, sizeof words, "%s", expected->words);
    for (char *at = words, *word; (word = strsep(&at, " ")) != NULL;) {
        bool found = !*word;
        for (uint32_t i = 0; i < findings.count; i++)
            found = found || strcmp(finding_word(findings.items[i].finding), word) == 0;
        good = good && found;
    }
    if (!good || !mentioned) {
        show(&findings);
        fail_msg("case %zu: expected '%s' mentioning '%s'", number, expected->words,
                 expected->mention ? expected->mention : "");
    }
    findings_release(&findings);
}

struct dump_case {
    struct expected expected;
    struct edit edits[EDITS];
};

static void check_dumps(const struct dump_case *c, size_t number)
{
    char folder[] = "/tmp/peerplan-findings-XXXXXX", command[128];
    struct errors errors;
    struct deployment deployment;
    assert_non_null(mkdtemp(folder));
    for (int i = 1; i <= PEERS; i++)
        if (!edit_of(c->edits, i, "*absent"))
            put_dump(folder, i, c->edits);
    errors_init(&errors);
    struct dumps *dumps = dumps_new(&errors);
    assert_non_null(dumps);
    assert_int_equal(dumps_add(dumps, folder, &errors), DUMP_ADDED);
    assert_true(dumps_deploy(dumps, &deployment, &errors));
    assert_int_equal(errors.count, 0);
    check_findings(&deployment, &c->expected, number);
    deployment_release(&deployment);
    dumps_free(dumps);
    errors_release(&errors);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

/* ---- dumps: firing, and silent beside it ---- */

static const struct dump_case healthy[] = {
    {{"", NULL}, {{0, NULL, NULL}}},
    /* what may differ */
    {{"", NULL},
     {{2, "Ethernet 1 Speed", "1000full"},
      {3, "IP Gateway", "192.0.2.254"},
      {2, "TimeZone Name", "Europe/Paris"},
      {1, "Remote Syslog 1 Address", "log.example.org"},
      {3, "DNS Server 1 Address", "192.0.2.53"},
      {2, "SNMP SystemContact", "desk"},
      {3, "Administration SSH Mode", "Off"}}},
    /* an absent line has its default, and an empty object is none */
    {{"", NULL},
     {{1, "H323 Gatekeeper CallTimeToLive", "120"},
      {2, "Bandwidth Downspeed Total Mode", "On"},
      {3, "SIP Registration Standard Refresh Maximum", NULL},
      {2, "Bandwidth Pipe 9 Name", ""}}},
    /* names without case, numbers by value, other secrets, another number of the same object */
    {{"", NULL},
     {{2, "Alternates Cluster Name", "Video.Example.ORG"},
      {3, "Alternates Peer 2 Address", "N2.example.org"},
      {2, "Bandwidth Pipe 1 Bandwidth Total Limit", "070000"},
      {3, "Bandwidth Pipe 2 Name", NULL},
      {3, "Bandwidth Pipe 7 Name", "Spare"}}},
    {{"", NULL},
     {{2, "Zones Zone 1 Neighbor Peer 1 Address", "far2.example.com"},
      {2, "Zones Zone 1 Neighbor Peer 2 Address", "far1.example.com"}}}, /* order of a zone */
    {{"", NULL},
     {{0, "Alternates Peer 1 Address", "192.0.2.1"},
      {0, "Alternates Peer 2 Address", "192.0.2.2"},
      {0, "Alternates Peer 3 Address", "192.0.2.3"}}}, /* a list of IP addresses */
    {{"", NULL}, {{0, "Policy FindMe Mode", "On"}}},
    {{"", NULL},
     {{0, "Applications ConferenceFactory Mode", "Off"},
      {0, "Applications ConferenceFactory Template", "same@example.org"}}}, /* not in use */
    {{"", NULL},
     {{0, "Zones Zone 1 Neighbor SIP TLS Verify Mode", "Off"},
      {0, "Zones Zone 1 Neighbor Peer 1 Address", "198.51.100.9"}}},
    /* a system that never was in a cluster */
    {{"", NULL},
     {{2, "*absent", NULL},
      {3, "*absent", NULL},
      {1, "Alternates Cluster Name", ""},
      {1, "Alternates ConfigurationPrimary", NULL},
      {1, "Alternates Peer 1 Address", ""},
      {1, "Alternates Peer 2 Address", ""},
      {1, "Alternates Peer 3 Address", ""},
      {1, "H323 Mode", "Off"}}},
};

static const struct dump_case lists[] = {
    {{"peer-list-empty", "n2|video.example.org"},
     {{2, "Alternates Peer 1 Address", ""},
      {2, "Alternates Peer 2 Address", ""},
      {2, "Alternates Peer 3 Address", ""}}},
    {{"peer-list-differs", "n3|lacks n2.example.org|adds other.example.org"},
     {{3, "Alternates Peer 2 Address", "other.example.org"}}},
    {{"peer-list-order", "n2|n3.example.org"},
     {{2, "Alternates Peer 2 Address", "n3.example.org"},
      {2, "Alternates Peer 3 Address", "n2.example.org"}}},
    {{"peer-list-order primary-differs", "n3"},
     {{3, "Alternates Peer 1 Address", "n2.example.org"},
      {3, "Alternates Peer 2 Address", "n1.example.org"}}},
    {{"peer-list-duplicate", "n2.example.org"},
     {{0, "Alternates Peer 4 Address", "N2.example.org"}}},
    {{"peer-list-duplicate", "192.0.2.2"}, {{0, "Alternates Peer 4 Address", "192.0.2.2"}}},
    {{"own-address-missing", "moved|moved.example.org"}, {{3, "IP DNS Hostname", "moved"}}},
    {{"own-address-missing peer-list-differs", "n3"}, {{3, "Alternates Peer 3 Address", ""}}},
    {{"too-many-peers dump-missing", "video.example.org|7"},
     {{0, "Alternates Peer 4 Address", "n4.example.org"},
      {0, "Alternates Peer 5 Address", "n5.example.org"},
      {0, "Alternates Peer 6 Address", "n6.example.org"},
      {0, "Alternates Peer 7 Address", "n7.example.org"}}},
    {{"dump-missing", "video.example.org|n2.example.org"}, {{2, "*absent", NULL}}},
    {{"primary-differs", "n2|peer 3|peer 1"}, {{2, "Alternates ConfigurationPrimary", "3"}}},
    {{"primary-empty", "peer 4"}, {{0, "Alternates ConfigurationPrimary", "4"}}},
};

static const struct dump_case names[] = {
    {{"cluster-name-differs", "n2|'other.example.org'|'video.example.org' on n1"},
     {{2, "Alternates Cluster Name", "other.example.org"}}},
    {{"cluster-name-invalid", "video-"}, {{0, "Alternates Cluster Name", "video-.example.org"}}},
    {{"cluster-name-invalid", "4org"}, {{0, "Alternates Cluster Name", "video.4org"}}},
    {{"cluster-name-invalid", "under_score"}, {{0, "Alternates Cluster Name", "under_score.org"}}},
    {{"cluster-name-fqdn", "video"}, {{0, "Alternates Cluster Name", "video"}}},
    {{"cluster-name-missing", "n1"},
     {{0, "Alternates Cluster Name", ""}, {0, "Policy FindMe Mode", "On"}}},
    {{"system-name-same", "n1|n3|Node 1"}, {{3, "SystemUnit Name", "Node 1"}}},
    {{"ip-address-same", "192.0.2.2"}, {{3, "Ethernet 1 IP V4 Address", "192.0.2.2"}}},
    {{"conference-template-same", "room1@example.org"},
     {{3, "Applications ConferenceFactory Template", "room1@example.org"}}},
};

static const struct dump_case settings[] = {
    {{"ip-protocol-differs", "n2|IPProtocol|IPv4|Both on n1"}, {{2, "IPProtocol", "IPv4"}}},
    {{"pipes-differ", "n3: Bandwidth Pipe 1|uplink|Total Limit 50000 here, 70000 on n1"},
     {{3, "Bandwidth Pipe 1 Bandwidth Total Limit", "50000"}}},
    {{"pipes-differ", "n2|spare|only on n1"}, {{2, "Bandwidth Pipe 2 Name", NULL}}},
    {{"pipes-differ", "n2|Name wider here, uplink"}, {{2, "Bandwidth Pipe 1 Name", "wider"}}},
    {{"pipes-differ", "Shape"}, {{2, "Bandwidth Pipe 1 Shape", "odd"}}}, /* not in the reference */
    {{"links-differ", "n2|ToOffice|Home here, Office"},
     {{2, "Bandwidth Link 1 Node1 Name", "Home"}}},
    {{"subzones-differ", "n3|Office"},
     {{3, "Zones LocalZone SubZones SubZone 1 Bandwidth Total Limit", "100"}}},
    {{"bandwidth-differs", "512 here, 384"}, {{2, "Bandwidth Default", "512"}}},
    {{"bandwidth-differs", "Off here, On"}, {{2, "Bandwidth Downspeed PerCall Mode", "Off"}}},
    {{"zones-differ", "n2: Zones Zone 1|Far"},
     {{2, "Zones Zone 1 Neighbor Peer 2 Address", "far3.example.com"}}},
    {{"zones-differ", "n2|only on n2"}, {{2, "Zones Zone 3 Name", "Extra"}}},
    {{"zones-differ", "n3|'Far'|only on n1|Verify Mode Off here, On"}, /* one finding an object */
     {{3, "Zones Zone 1 Name", NULL},
      {3, "Zones Zone 1 Type", NULL},
      {3, "Zones Zone 1 Neighbor Peer 1 Address", NULL},
      {3, "Zones Zone 1 Neighbor Peer 2 Address", NULL},
      {3, "Zones Zone 1 Neighbor SIP TLS Verify Mode", NULL}}},
    {{"tls-verify-differs", "n3|Off here, On on n1"},
     {{3, "Zones Zone 1 Neighbor SIP TLS Verify Mode", "Off"}}},
    {{"ttl-differs", "n2: H323 Gatekeeper TimeToLive|600|900"},
     {{2, "H323 Gatekeeper TimeToLive", "600"}}},
    {{"ttl-differs", "n2|900"}, {{1, "H323 Gatekeeper TimeToLive", "1200"}}}, /* the primary's */
    {{"refresh-differs", "n2|300"}, {{2, "SIP Registration Standard Refresh Maximum", "300"}}},
    {{"setting-differs", "n2: Transform 1|Pattern String (.*)@Video here"},
     {{2, "Transform 1 Pattern String", "(.*)@Video"}}},
    {{"setting-differs", "n3: Novelty Mode|On here, (empty) on n1"}, {{3, "Novelty Mode", "On"}}},
    {{"setting-range", "59 is outside 60 to 65534"}, {{0, "H323 Gatekeeper TimeToLive", "59"}}},
};

static const struct dump_case peers[] = {
    {{"neighbour-own-peer", "Far|n2.example.org"},
     {{0, "Zones Zone 1 Neighbor Peer 2 Address", "n2.example.org"}}},
    {{"neighbour-own-peer", "Far|192.0.2.2"},
     {{0, "Zones Zone 1 Neighbor Peer 2 Address", "192.0.2.2"}}},
    {{"neighbour-address-twice", "Far|FAR1"},
     {{0, "Zones Zone 1 Neighbor Peer 2 Address", "FAR1.example.com"}}},
    {{"neighbour-ip-address", "Far|198.51.100.9"},
     {{0, "Zones Zone 1 Neighbor Peer 2 Address", "198.51.100.9"}}},
    {{"h323-off", "n2"}, {{2, "H323 Mode", "Off"}}},
    {{"ntp-missing", "n2"}, {{2, "NTP Server 1 Address", ""}}},
    {{"maintenance-mode", "n3"}, {{3, "SystemUnit Maintenance Mode", "On"}}},
    {{"maintenance-several", "n2, n3"},
     {{2, "SystemUnit Maintenance Mode", "On"}, {3, "SystemUnit Maintenance Mode", "On"}}},
    {{"feature-keys-differ", "n2|adds Advanced Account Security"},
     {{2, "Option 3 Key", "116341J00-1-0AABCDEF"}}},
    {{"feature-keys-differ", "n3|lacks Expressway Series"}, {{3, "Option 2 Key", ""}}},
    {{"licence-alarm-ignorable", "n3|n1 holds 20"}, {{3, "Option 1 Key", ""}}},
    {{"versions-differ", "n2|X14.2.1 here, X14.3 on n1"},
     {{1, "*s SystemUnit Software Version: \"X14.3\"", NULL},
      {2, "*s SystemUnit Software Version: \"X14.2.1\"", NULL},
      {3, "*s SystemUnit Software Version: \"X14.3\"", NULL}}},
    {{"system-key", "n2|one of those"}, {{2, "*s Alarm: \"Failed to update key file\"", NULL}}},
    {{"system-key", "n1|all peers"}, {{0, "*s Alarm: \"Failed to update key file\"", NULL}}},
};

#define CHECK_ALL(cases)                                                                           \
    for (size_t i = 0; i < sizeof(cases) / sizeof *(cases); i++)                                   \
    check_dumps(&(cases)[i], i)

static void test_healthy(void **state)
{
    (void)state;
    CHECK_ALL(healthy);
}

static void test_lists(void **state)
{
    (void)state;
    CHECK_ALL(lists);
}

static void test_names(void **state)
{
    (void)state;
    CHECK_ALL(names);
}

static void test_settings(void **state)
{
    (void)state;
    CHECK_ALL(settings);
}

static void test_peers(void **state)
{
    (void)state;
    CHECK_ALL(peers);
}

/* ---- scenarios ---- */

struct scenario_case {
    struct expected expected;
    const char *text;
};

static void check_scenario(const struct scenario_case *c, size_t number)
{
    struct errors errors;
    struct scenario scenario;
    struct deployment deployment;
    errors_init(&errors);
    if (!scenario_read_text(c->text, strlen(c->text), "case.yaml", ".", &scenario, &errors))
        fail_msg("case %zu: %s", number, errors.count ? errors.items[0].message : "?");
    assert_true(deployment_of_scenario(&deployment, &scenario));
    check_findings(&deployment, &c->expected, number);
    deployment_release(&deployment);
    scenario_release(&scenario);
    errors_release(&errors);
}

#define PEER(name, more)     "{name: " name ", platform: medium-vm" more "}"
#define CLUSTER(keys, peers) "clusters: [{name: hq" keys ", peers: [" peers "]}]\n"
#define TWO                  PEER("a", "") ", " PEER("b", "")
#define THREE                TWO ", " PEER("c", "")

static const struct scenario_case stated[] = {
    {{"", NULL}, CLUSTER("", THREE)},
    {{"", NULL},
     CLUSTER(
         ", cluster-name: video.example.org, ip-version: both, tls-verification: enforce, "
         "address-mapping: yes",
         PEER("a",
              ", version: X15.5, options: [jitc], ntp: [t1], dns: [d1], latency: 80ms, "
              "certificate: valid, system-name: one, time-zone: UTC") ", " PEER("b",
                                                                                ", version: X15.5, "
                                                                                "options: [jitc], "
                                                                                "ntp: [t2], dns: "
                                                                                "[d2], latency: "
                                                                                "9ms, "
                                                                                "certificate: "
                                                                                "valid, "
                                                                                "system-name: two, "
                                                                                "time-zone: "
                                                                                "Europe/Rome"))},
    {{"primary-differs", "b"},
     CLUSTER(", primary: a", PEER("a", "") ", " PEER("b", ", primary: b") ", " PEER("c", ""))},
    {{"peer-list-order", "c"},
     CLUSTER("", PEER("a", "") ", " PEER("b", "") ", " PEER("c", ", peer-order: [a, c, b]"))},
    {{"peer-list-differs", "c|lacks b"},
     CLUSTER("", PEER("a", "") ", " PEER("b", "") ", " PEER("c", ", peer-order: [a, c]"))},
    {{"own-address-missing peer-list-differs", "c"},
     CLUSTER("", PEER("a", "") ", " PEER("b", "") ", " PEER("c", ", peer-order: [a, b]"))},
    {{"peer-list-duplicate ip-address-same", "10.0.0.1"},
     CLUSTER("", PEER("a", ", address: 10.0.0.1") ", " PEER("b", ", address: 10.0.0.1"))},
    {{"cluster-name-differs", "b|other.org"},
     CLUSTER(", cluster-name: video.org",
             PEER("a", "") ", " PEER("b", ", cluster-name: other.org"))},
    {{"cluster-name-fqdn", "video"}, CLUSTER(", cluster-name: video", TWO)},
    {{"cluster-name-invalid", "-video"}, CLUSTER(", cluster-name: -video.org", TWO)},
    {{"cluster-name-shared", "a|x"},
     "clusters: [{name: hq, cluster-name: v.org, peers: [" TWO "]}, "
     "{name: br, cluster-name: V.org, peers: [" PEER("x", "") "]}]\n"},
    {{"system-name-same", "One"},
     CLUSTER("", PEER("a", ", system-name: one") ", " PEER("b", ", system-name: One"))},
    {{"ip-protocol-differs", "b"},
     CLUSTER(", ip-version: ipv4", PEER("a", "") ", " PEER("b", ", ip-version: both"))},
    {{"tls-verify-differs", "b"},
     CLUSTER(", tls-verification: enforce",
             PEER("a", "") ", " PEER("b", ", tls-verification: permissive"))},
    {{"tls-not-enforced", "hq"}, CLUSTER(", tls-verification: permissive", TWO)},
    {{"certificate-invalid", "b|revoked"},
     CLUSTER(", tls-verification: enforce",
             PEER("a", "") ", " PEER("b", ", certificate: revoked"))},
    {{"tls-not-enforced", NULL},
     CLUSTER(", tls-verification: permissive",
             PEER("a", "") ", " PEER("b", ", certificate: revoked"))},
    {{"address-mapping", "1 peer"},
     CLUSTER(", address-mapping: yes",
             PEER("a", ", address: 10.1.1.1") ", " PEER("b", ", address: b.org"))},
    {{"versions-differ", "b|X14.2"},
     CLUSTER("", PEER("a", ", version: X14.3") ", " PEER("b", ", version: X14.2"))},
    {{"platforms-differ", "b|large-vm here, medium-vm on a"},
     "clusters: [{name: hq, peers: [" PEER("a", "") ", {name: b, platform: large-vm}]}]\n"},
    {{"images-differ", "b"},
     CLUSTER("", PEER("a", ", image: select") ", " PEER("b", ", image: unrestricted"))},
    {{"feature-keys-differ", "b|lacks jitc"},
     CLUSTER("", PEER("a", ", options: [jitc]") ", " PEER("b", ", options: []"))},
    {{"licence-alarm-ignorable", "b|a holds 5"},
     CLUSTER(", licensing: pak", PEER("a", ", rms: 5") ", " PEER("b", ", rms: 0"))},
    {{"", NULL},
     CLUSTER(", licensing: pak", PEER("a", ", rms: 5") ", " PEER("b", ", rms: 0, rms-key: yes"))},
    {{"option-keys-unused", "b|jitc"},
     CLUSTER(", licensing: smart", PEER("a", ", options: [jitc]") ", " PEER("b", ", options: "
                                                                                 "[jitc]"))},
    {{"", NULL},
     CLUSTER(", licensing: pak", PEER("a", ", options: [jitc]") ", " PEER("b", ", options: "
                                                                               "[jitc]"))},
    {{"redundancy-rule-exceeded", "hq|6 peers|4+1"},
     CLUSTER(", redundancy: 4+1", THREE ", " PEER("d", "") ", " PEER("e", "") ", " PEER("f", ""))},
    {{"", NULL},
     CLUSTER(", redundancy: 5+1", THREE ", " PEER("d", "") ", " PEER("e", "") ", " PEER("f", ""))},
    {{"ntp-missing", "b"}, CLUSTER("", PEER("a", ", ntp: [t]") ", " PEER("b", ", ntp: []"))},
    {{"syslog-not-common", "hq"},
     CLUSTER("", PEER("a", ", syslog: [x, y]") ", " PEER("b", ", syslog: [z]"))},
    {{"", NULL}, CLUSTER("", PEER("a", ", syslog: [x, y]") ", " PEER("b", ", syslog: [Y]"))},
    {{"latency-too-high", "b|81"},
     CLUSTER("", PEER("a", ", latency: 80ms") ", " PEER("b", ", latency: 81ms"))},
    {{"neighbour-peer-missing", "near|c"},
     CLUSTER("", THREE) "zones: [{name: near, kind: neighbour, cluster: hq, peers: [a, b]}]\n"},
    {{"", NULL}, CLUSTER("", THREE) "zones: [{name: near, kind: neighbour, cluster: hq}]\n"},
    {{"edge-core-unequal", "edge|1 x medium-vm here, 2 x medium-vm in hq"},
     "clusters: [{name: hq, peers: [" TWO
     "]}, {name: edge, traversal: hq, peers: [" PEER("e", "") "]}]\n"},
    {{"encrypted-sessions", "hq|3000|2500"},
     CLUSTER("", PEER("a", ", image: unrestricted")) "endpoints: [{name: p, cluster: hq, count: "
                                                     "2000, access: mra, im: 50%}]\n"},
    {{"", NULL},
     CLUSTER("", PEER("a", ", image: unrestricted")) "endpoints: [{name: p, cluster: hq, count: "
                                                     "2500, access: mra}]\n"},
};

#define FOUR_LARGE                                                                                 \
    "table: X14.2-capacity-chapter\nclusters: [{name: hq, peers: [{name: a, platform: ce1200}, "   \
    "{name: b, platform: ce1200}, {name: c, platform: ce1200}, {name: d, platform: ce1200}]}]\n"

/* What a document prints for a cluster may be less than its factor gives. */
static const struct scenario_case printed[] = {
    {{"printed-figure-exceeded", "hq|22000|MRA registrations|20000|28000"},
     FOUR_LARGE "endpoints: [{name: p, cluster: hq, count: 22000, access: mra}]\n"},
    {{"", NULL}, FOUR_LARGE "endpoints: [{name: p, cluster: hq, count: 20000, access: mra}]\n"},
};

static void test_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
        check_scenario(&printed[i], i);
}

static const struct scenario_case planned[] = {
    {{"upgrading", "hq"}, CLUSTER("", THREE) "upgrades: [{cluster: hq, at: 2h}]\n"},
    {{"adding-peer", "c"},
     CLUSTER("", PEER("a", "") ", " PEER("b", "") ", " PEER("c", ", joins: 2h"))},
    {{"forming", "hq"},
     CLUSTER("", PEER("a", "") ", " PEER("b", ", joins: 1h") ", " PEER("c", ", joins: 2h"))},
    {{"removing-peer", "c"},
     CLUSTER("", PEER("a", "") ", " PEER("b", "") ", " PEER("c", ", leaves: 2h"))},
    {{"restore-in-cluster restoring", "b|hq"},
     CLUSTER("", THREE) "changes: [{peer: b, at: 1h, kind: restore}]\n"},
    {{"restoring removing-peer", "b"},
     CLUSTER("", PEER("a", "") ", " PEER(
                     "b", ", leaves: 30m")) "changes: [{peer: b, at: 1h, kind: restore}]\n"},
    {{"force-update-primary", "a"},
     CLUSTER("", THREE) "changes: [{peer: a, at: 1h, kind: force-update}]\n"},
    {{"forcing-update", "b"},
     CLUSTER("", THREE) "changes: [{peer: b, at: 1h, kind: force-update}]\n"},
    {{"force-update-primary changing-primary", "b"},
     CLUSTER("", THREE) "changes: [{peer: b, at: 2h, kind: force-update}, {peer: b, at: 1h, kind: "
                        "primary}]\n"},
    {{"edit-on-subordinate", "b|the primary is a"},
     CLUSTER("", THREE) "changes: [{peer: b, at: 1h, kind: cluster-wide}]\n"},
    {{"", NULL},
     CLUSTER("", THREE) "changes: [{peer: a, at: 1h, kind: cluster-wide}, {peer: b, at: 2h, kind: "
                        "peer-specific}]\n"},
    {{"change-while-peer-away", "a|c"},
     CLUSTER("", THREE) "outages: [{peer: c, at: 30m, for: 1h}]\nchanges: [{peer: a, at: 1h, kind: "
                        "cluster-wide}]\n"},
    {{"", NULL},
     CLUSTER("", THREE) "outages: [{peer: c, at: 30m, for: 10m}]\nchanges: [{peer: a, at: 1h, "
                        "kind: cluster-wide}]\n"},
    {{"change-while-peer-away upgrading", "hq"},
     CLUSTER("", THREE) "upgrades: [{cluster: hq, at: 30m}]\nchanges: [{peer: a, at: 45m, kind: "
                        "cluster-wide}]\n"},
    {{"changing-primary", "b|a"},
     CLUSTER("", THREE) "changes: [{peer: b, at: 1h, kind: primary}]\n"},
    {{"changing-primary", "b|a"}, /* what one moves it for */
     CLUSTER("", THREE) "outages: [{peer: a, at: 30m, for: 3h}]\nchanges: [{peer: b, at: 1h, kind: "
                        "primary}]\n"},
    {{"maintenance-several", "b is taken out while a"},
     CLUSTER("", THREE) "outages: [{peer: a, at: 1h, drain: 10m, for: 1h}, {peer: b, at: 90m, "
                        "drain: 10m, for: 1h}]\n"},
    {{"", NULL},
     CLUSTER("", THREE) "outages: [{peer: a, at: 1h, drain: 10m, for: 1h}, {peer: b, at: 3h, "
                        "drain: 10m, for: 1h}]\n"},
};

static void test_stated(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stated / sizeof *stated; i++)
        check_scenario(&stated[i], i);
}

static void test_planned(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof planned / sizeof *planned; i++)
        check_scenario(&planned[i], i);
}

/* ---- sizes, from a value ---- */

static void check_sizes(int64_t findme, int64_t provisioning, int64_t phonebook, const char *tms,
                        const char *words)
{
    struct deployment_cluster cluster = {.name = "hq",
                                         .count = 1,
                                         .source = NONE,
                                         .findme = findme,
                                         .provisioning = provisioning,
                                         .phonebook = phonebook,
                                         .tms = tms};
    struct deployment_peer peer = {
        .name = "a", .host = "a", .latency = -1, .licences = {-1, -1, -1}};
    struct deployment deployment = {
        .clusters = &cluster, .cluster_count = 1, .peers = &peer, .peer_count = 1};
    check_findings(&deployment, &(struct expected){words, *words ? "hq" : NULL}, 0);
}

static void test_sizes(void **state)
{
    (void)state;
    check_sizes(10000, 10000, 200000, "13.2", "");
    check_sizes(10001, 10000, 200000, "13.2", "findme-limit");
    check_sizes(10000, 10001, 200000, "14", "provisioning-limit");
    check_sizes(-1, -1, 200001, NULL, "phonebook-limit");
    check_sizes(1, -1, -1, "13.1", "tms-too-old");
    check_sizes(-1, 5, -1, "12.6.2", "tms-too-old");
    check_sizes(-1, -1, -1, "12.6.2", ""); /* neither FindMe nor provisioning */
    check_sizes(1, 1, 1, "15.13", "");
}

/* Runs last: no rule without a case in which it fires. */
static void test_every_rule_fired(void **state)
{
    (void)state;
    for (int i = 0; i < FINDING_COUNT; i++)
        if (!fired[i])
            fail_msg("no case in which %s fires", finding_word((enum finding)i));
}

static void test_table(void **state)
{
    (void)state;
    for (int i = 0; i < FINDING_COUNT; i++) {
        const struct finding_rule *rule = finding_rule((enum finding)i);
        assert_non_null(rule->check);
        assert_true(*rule->what && *rule->remedy);
        assert_int_equal(finding_of_word(finding_word((enum finding)i)), i);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(finding_word((enum finding)k), finding_word((enum finding)i));
    }
    assert_int_equal(finding_of_word("no-such-finding"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_healthy),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_peers),
        cmocka_unit_test(test_stated),
        cmocka_unit_test(test_planned),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_printed),
        cmocka_unit_test(test_every_rule_fired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
