/* Random asks: the best design of each, written by size -o, meets its goals when it is run with
 * another seed and more replications, and the next smaller (an RMS or a peer fewer) does not, or
 * lies within the interval. PEERPLAN_DESIGNS: how many asks, each said (make check-designs);
 * PEERPLAN_DESIGNS_FROM: the first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/process.h"

static uint64_t state_of_dice;

/* Knuth's MMIX generator; the high bits. */
static int dice(int sides)
{
    state_of_dice = state_of_dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((state_of_dice >> 33) % (uint64_t)sides);
}

/* Of several words one, those in front more often: the first half of the time. */
static const char *pick(const char *const *words, int count)
{
    return dice(2) ? words[0] : words[dice(count)];
}

/* ---- Asks ---- */

static void write_clusters(FILE *out, bool pair, bool peers_limited)
{
    static const char *const rules[] = {"none", "n+1", "legacy", "4+1"};
    static const char *const selections[] = {"most-available", "first-fit", "random"};
    const char *rule = pick(rules, 4), *selection = pick(selections, 3);
    const char *more = peers_limited ? ", setup-rate: 6/s" : "";
    fprintf(out, "clusters:\n");
    if (pair)
        fprintf(out,
                "  - {name: edge, role: edge, traversal: core, redundancy: %s, peers: [{name: e, "
                "platform: box}]}\n  - {name: core, role: core, redundancy: %s, peers: [{name: c, "
                "platform: box}]}\n",
                rule, rule);
    else
        fprintf(out,
                "  - {name: core, redundancy: %s, selection: %s, peers: [{name: c, platform: "
                "box%s}]}\n",
                rule, selection, more);
}

static void write_class(FILE *out, int number, bool pair, double erlangs)
{
    static const char *const services[] = {"b2b", "registered", "webex"};
    static const char *const laws[] = {"mean: 3m", "distribution: deterministic, mean: 2m",
                                       "distribution: lognormal, mean: 4m, cv: 1.3",
                                       "distribution: gamma, mean: 3m, cv: 0.6"};
    static const char *const redials[] = {"", ", redial: {probability: 40%, after: 90s}"};
    const char *service = pair ? "b2b" : pick(services, 3);
    fprintf(out,
            "  - {name: v%d, media: %s, service: %s, via: {cluster: %s}, holding: {%s}%s, "
            "arrivals: ",
            number, dice(3) ? "video" : "audio", service, pair ? "edge" : "core", pick(laws, 4),
            dice(4) ? "" : redials[1]);
    if (dice(8) == 0)
        fprintf(out, "{sources: %d, idle: 20m}}\n", (int)(erlangs * 7) + 2);
    else
        fprintf(out, "{busy-hour-erlangs: %.4g}}\n", erlangs);
}

/* Loads that a few boxes carry. */
static void write_ask(FILE *out, int number)
{
    static const char *const goals[] = {"1%", "2%", "0.5%"};
    state_of_dice = (uint64_t)number * 2 + 1;
    for (int i = 0; i < 5; i++)
        dice(2);
    int units = 20 + 10 * dice(6), classes = 1 + dice(3), survive = dice(3) ? 1 : 2 * dice(2);
    bool pair = dice(5) == 0, limited = dice(8) == 0, devices = dice(5) == 0;
    fprintf(out, "goals: {blocking: %s, survive: %d}\n", pick(goals, 3), survive);
    fprintf(out,
            "platforms:\n  - {name: box, units: %d, video-weight: %d, registrations: %d, rms: "
            "1000}\n  - {name: large, units: %d, registrations: 900, rms: 1000}\n",
            units, 1 + dice(2), 100 + dice(200), 2 * units + 10 * dice(5));
    write_clusters(out, pair, limited);
    if (devices)
        fprintf(out, "endpoints: [{name: devices, cluster: core, count: %d, device: desktop}]\n",
                50 + dice(500));
    fprintf(out, "calls:\n");
    for (int k = 0; k < classes; k++)
        write_class(out, k, pair, (0.3 + 0.01 * dice(200)) * units / classes);
    fprintf(out, "run: {length: 8h, from: steady, warmup: none, replications: 20}\n");
}

/* ---- Answers ---- */

enum said { SAID_NO, SAID_OPEN, SAID_YES, SAID_NOTHING };

static enum said said_of(const char *output)
{
    const char *words = strstr(output, "carries it: ");
    if (!words)
        return SAID_NOTHING;
    words += strlen("carries it: ");
    return strncmp(words, "YES", 3) == 0    ? SAID_YES
           : strncmp(words, "NO\n", 3) == 0 ? SAID_NO
                                            : SAID_OPEN;
}

static const char *const said_words[] = {"no", "open", "yes", "nothing"};

/* Of `run best` with more replications and a change, each time another seed; one that is against
 * what is expected is asked again, with four times as many. */
static enum said ask(const char *folder, const char *change, enum said against)
{
    enum said said = against;
    for (int look = 0; look < 2 && said == against; look++) {
        char command[1024];
        int count = (getenv("PEERPLAN_DESIGNS") ? 60 : 20) * (look ? 4 : 1);
        snprintf(command, sizeof command,
                 "cd %s && $P run best -q --seed %d --replications %d --max-replications %d %s",
                 folder, 4711 + look, count, count, change);
        struct outcome o = process_run(command);
        said = said_of(o.output);
        if (said == SAID_NOTHING)
            fail_msg("%s: %d %s%s", command, o.status, o.output, o.said);
        outcome_release(&o);
    }
    return said;
}

struct row {
    int rank, clusters, peers, rms;
    char platform[64], badge[32];
    int fewer;      /* RMS of the next smaller; -1: a peer fewer, or nothing is */
    enum said said; /* of the next smaller, by size itself */
};

/* What size says of the next smaller design. */
static void read_smaller(const char *text, struct row *row)
{
    char mark[16];
    snprintf(mark, sizeof mark, "\n%4d  ", row->rank);
    const char *below = strstr(text, ", simulated:"), *at = NULL;
    for (; below && !at; below = strstr(below + 1, ", simulated:")) {
        const char *start = below;
        while (start > text && *start != '\n')
            start--;
        at = strncmp(start, mark, strlen(mark)) == 0 ? strstr(below, "the next smaller, ") : NULL;
    }
    row->fewer = -1;
    row->said = SAID_OPEN;
    if (!at)
        return;
    const char *end = strchr(at, '\n'), *verdict = end;
    while (*verdict != ':')
        verdict--;
    row->said = strncmp(verdict, ": YES", 5) == 0    ? SAID_YES
                : strncmp(verdict, ": NO\n", 5) == 0 ? SAID_NO
                                                     : SAID_OPEN;
    if (row->rms > 0 && sscanf(at, "the next smaller, %d RMS", &row->fewer) != 1)
        fail_msg("%s", at);
}

/* The first of designs that may be said to meet: size writes that. */
static void read_best(const char *text, struct row *row)
{
    for (const char *line = strstr(text, "\nrank "); line; line = strchr(line + 1, '\n')) {
        char words[256];
        int length = (int)strcspn(line + 1, "\n");
        snprintf(words, sizeof words, "%.*s", length, line + 1);
        if (sscanf(words, "%d %d %63s %d %*s %d", &row->rank, &row->clusters, row->platform,
                   &row->peers, &row->rms) != 5)
            continue;
        char *alone = strstr(words, "  no redundancy");
        if (alone)
            *alone = '\0';
        bool claim = !strstr(words, "  simulate ") && !strstr(words, "  no");
        if (!claim)
            continue;
        snprintf(row->badge, sizeof row->badge, "%s",
                 strstr(words, "exact")         ? "exact"
                 : strstr(words, "approximate") ? "approximate"
                                                : "simulated");
        read_smaller(text, row);
        return;
    }
    fail_msg("%s", text);
}

/* A setting that takes as many RMS, or else a peer, from the design: "" where there is none. */
static void smaller(const char *folder, const struct row *row, char *change, size_t size)
{
    char command[512];
    *change = '\0';
    if (row->fewer >= 0) { /* of the peer that has one more than those behind it */
        snprintf(
            command, sizeof command,
            "cd %s && grep -oE 'name: [^,]*, (role|redundancy|platform: [^,]*, [^}]*rms: "
            "[0-9]+)' best | awk '{n = $2; sub(/,/, \"\", n)} /rms/ {if (!most || $NF >= most) "
            "{most = $NF; of = cluster \".peers.\" n}; next} {cluster = n} END {print of, "
            "most}'",
            folder);
        struct outcome o = process_run(command);
        char name[128];
        int rms, fewer = (row->rms - row->fewer) / row->clusters;
        if (sscanf(o.output, "%127s %d", name, &rms) == 2 && rms >= fewer)
            snprintf(change, size, "--set 'clusters.%s.rms=%d'", name, rms - fewer);
        outcome_release(&o);
    } else if (row->peers > 1) {
        snprintf(change, size, "--set 'clusters.*.peers=%d'", row->peers - 1);
    }
}

struct tally {
    int met, open, refuted, none; /* of best designs */
    int less, within, enough;     /* of the next smaller */
    int peers;                    /* with a peer fewer, and RMS in plenty: enough */
};

static void try_ask(int number, struct tally *tally, bool loud)
{
    char folder[] = "/tmp/peerplan-designs-XXXXXX", path[64], command[512], change[256];
    struct row row = {0};
    int before = tally->peers;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/ask", folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    write_ask(out, number);
    fclose(out);
    snprintf(command, sizeof command,
             "cd %s && $P size ask -q --platforms %s --clusters 1..2 -o best", folder,
             number % 2 ? "box" : "box,large");
    struct outcome o = process_run(command);
    if (o.status > 1)
        fail_msg("ask %d: %d %s", number, o.status, o.said);
    if (o.status == 1) {
        tally->none++;
    } else {
        read_best(o.output, &row);
        enum said best = ask(folder, "", SAID_NO), fewer = SAID_NO;
        smaller(folder, &row, change, sizeof change);
        if (*change)
            fewer = ask(folder, change, SAID_YES);
        char first[256];
        memcpy(first, change, sizeof first);
        if (*change && row.fewer >= 0 && row.peers > 1) { /* with as many RMS as it likes */
            snprintf(change, sizeof change,
                     "--set 'clusters.*.peers=%d' --set 'clusters.*.peers.*.rms=1000'",
                     row.peers - 1);
            tally->peers += ask(folder, change, SAID_YES) == SAID_YES;
        }
        tally->met += best == SAID_YES;
        tally->open += best == SAID_OPEN;
        tally->refuted += best == SAID_NO;
        tally->less += fewer == SAID_NO;
        tally->within += fewer == SAID_OPEN;
        tally->within += fewer == SAID_YES && row.said == SAID_OPEN;
        tally->enough += fewer == SAID_YES && row.said != SAID_OPEN;
        if (tally->peers > before)
            print_message("%d: a peer fewer than %d is enough\n", number, row.peers);
        if (loud || best == SAID_NO || (fewer == SAID_YES && row.said != SAID_OPEN))
            print_message("%d: %d x %d %s, %d RMS, %s: %s; %s, said %s: %s\n", number, row.clusters,
                          row.peers, row.platform, row.rms, row.badge, said_words[best], first,
                          said_words[row.said], said_words[fewer]);
    }
    outcome_release(&o);
    snprintf(command, sizeof command, "rm -r %s", folder);
    o = process_run(command);
    outcome_release(&o);
}

static void test_best_and_next_smaller(void **state)
{
    (void)state;
    const char *stated = getenv("PEERPLAN_DESIGNS"), *first = getenv("PEERPLAN_DESIGNS_FROM");
    int count = stated ? (int)strtol(stated, NULL, 10) : 10;
    int from = first ? (int)strtol(first, NULL, 10) : 0;
    struct tally tally = {0};
    for (int i = 0; i < count; i++)
        try_ask(from + i, &tally, stated != NULL);
    print_message("%d asks: the best design meets its goals in %d, lies within the interval in %d, "
                  "misses them in %d; nothing meets %d; the next smaller misses in %d, lies within "
                  "in %d, meets in %d\n",
                  count, tally.met, tally.open, tally.refuted, tally.none, tally.less, tally.within,
                  tally.enough);
    assert_int_equal(tally.refuted, 0);
    assert_int_equal(tally.enough, 0);
    assert_int_equal(tally.peers, 0);
    assert_true(tally.met > count / 2);
    assert_true(tally.less > count / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_best_and_next_smaller)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
