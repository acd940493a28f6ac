/* The scenario reader: a corpus of good (y_) and bad (n_) files, and what good ones mean. */
#include "data/scenario_file.h"

#include <dirent.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/scenario.h"

#define CASES "tests/cases/scenario"

/* ---- The corpus ---- */

/* Lines "# expect: LINE:COLUMN: words" at the top of a file, in order. */
struct expectation {
    long line, column;
    char words[200];
};

static size_t read_expectations(const char *path, struct expectation *list, size_t room)
{
    char text[400];
    size_t count = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (count < room && fgets(text, sizeof text, file)) {
        struct expectation *e = &list[count];
        bool mark = strncmp(text, "\xEF\xBB\xBF", 3) == 0;
        if (sscanf(text + (mark ? 3 : 0), "# expect: %ld:%ld: %199[^\r\n]", &e->line, &e->column,
                   e->words) != 3)
            break;
        count++;
    }
    fclose(file);
    return count;
}

static bool check_bad(const char *path)
{
    struct expectation expected[32];
    struct scenario scenario;
    struct errors errors;
    size_t count = read_expectations(path, expected, 32);
    errors_init(&errors);
    bool read = scenario_read(path, &scenario, &errors);
    bool good =
        !read && count > 0 && errors.failures == count && errors_code(&errors) == ERROR_DATA;
    if (!good)
        print_error("%s: read %d, %zu errors, %zu expected\n", path, read, errors.failures, count);
    for (size_t i = 0; i < errors.count && i < count; i++) {
        const struct error *e = &errors.items[i];
        if (e->line == expected[i].line && e->column == expected[i].column &&
            strstr(e->message, expected[i].words) && e->source)
            continue;
        print_error("%s:%ld:%ld: %s\n    expected %ld:%ld: %s\n", path, e->line, e->column,
                    e->message, expected[i].line, expected[i].column, expected[i].words);
        good = false;
    }
    scenario_release(&scenario);
    errors_release(&errors);
    return good;
}

static bool check_good(const char *path)
{
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    bool good = scenario_read(path, &scenario, &errors);
    for (size_t i = 0; i < errors.count; i++)
        print_error("%s:%ld:%ld: %s\n", path, errors.items[i].line, errors.items[i].column,
                    errors.items[i].message);
    scenario_release(&scenario);
    errors_release(&errors);
    return good;
}

static void check_corpus(char sign, bool (*check)(const char *path), int least)
{
    DIR *folder = opendir(CASES);
    struct dirent *entry;
    int count = 0, failed = 0;
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        char path[sizeof CASES + 1 + sizeof entry->d_name];
        if (entry->d_name[0] != sign || entry->d_name[1] != '_' || !strstr(entry->d_name, ".yaml"))
            continue;
        snprintf(path, sizeof path, CASES "/%s", entry->d_name);
        failed += !check(path);
        count++;
    }
    closedir(folder);
    assert_int_equal(failed, 0);
    assert_true(count >= least);
}

/* What subzones and links mean is pipes that classes pass. */
static void subzones_are_pipes(void **state)
{
    static const char *const passed[4][4] = {
        {"hq within"}, {"branch from", "wan"}, {"branch from", "wan"}, {NULL}};
    (void)state;
    struct scenario s;
    struct errors errors;
    errors_init(&errors);
    assert_true(scenario_read(CASES "/y_subzones.yaml", &s, &errors));
    assert_int_equal(s.pipe_count, 4);
    for (uint32_t k = 0; k < s.class_count; k++) {
        uint32_t i = 0;
        for (; i < s.classes[k].pipe_count; i++) {
            assert_string_equal(s.pipes[s.classes[k].pipes[i]].name, passed[k][i]);
            assert_int_equal(s.classes[k].pipe_bits[i], 1000000);
        }
        assert_null(passed[k][i]);
    }
    scenario_release(&s);
    errors_release(&errors);
}

static void good_files_are_read(void **state)
{
    (void)state;
    check_corpus('y', check_good, 5);
}

static void bad_files_are_refused_at_the_place(void **state)
{
    (void)state;
    check_corpus('n', check_bad, 140);
}

static void assert_near(double value, double wanted, double by)
{
    assert_true(value >= wanted - by && value <= wanted + by);
}

/* ---- What a file means ---- */

static struct scenario everything(void)
{
    struct scenario s;
    struct errors errors;
    errors_init(&errors);
    assert_true(scenario_read(CASES "/y_everything.yaml", &s, &errors));
    errors_release(&errors);
    return s;
}

static void clusters_are_resolved(void **state)
{
    (void)state;
    struct scenario s = everything();
    assert_string_equal(s.title, "Head office, busy Monday");
    assert_string_equal(s.table, "X14.2-cluster-chapter");
    assert_true(s.goals.stated);
    assert_true(s.goals.blocking == 0.01);
    assert_int_equal(s.goals.survive, 1);
    assert_int_equal(s.cluster_count, 2);
    assert_int_equal(s.peer_count, 4);
    const struct cluster *edge = &s.clusters[0], *core = &s.clusters[1];
    assert_int_equal(edge->traversal, 1);
    assert_int_equal(core->traversal, NONE);
    assert_int_equal(edge->primary, 1);
    assert_int_equal(edge->when_dead, DEAD_NEXT);
    assert_int_equal(edge->selection, SELECT_MOST_AVAILABLE);
    assert_int_equal(core->selection, SELECT_DEFAULT);
    assert_int_equal(core->redundancy, REDUNDANCY_4_1); /* by the table's release */
    assert_true(edge->licence_grace == 14 * DAY);
    assert_true(core->licence_grace == FOREVER);
    assert_true(edge->licensed[LICENCE_RMS] && edge->licensed[LICENCE_DESKTOP]);
    assert_true(core->licensed[LICENCE_RMS] && !core->licensed[LICENCE_ROOM]);
    assert_int_equal(core->licences[LICENCE_RMS], 300);
    const struct peer *e3 = &s.peers[2];
    assert_string_equal(s.platforms[e3->platform].name, "lab");
    assert_int_equal(s.platforms[e3->platform].units, 10);
    assert_true(e3->joins == 2 * HOUR && e3->leaves == 20 * HOUR);
    assert_false(e3->rms_key); /* others of its cluster have licences, it has none */
    assert_true(s.peers[0].setup_rate == 5);
    assert_int_equal(s.peers[0].max_sessions, CAPACITY_UNLIMITED);
    assert_int_equal(s.platforms[s.peers[0].platform].units, 1000);
    scenario_release(&s);
}

static void calls_are_resolved(void **state)
{
    (void)state;
    struct scenario s = everything();
    const struct call_class *b2b = &s.classes[0], *phones = &s.classes[1],
                            *meetings = &s.classes[2];
    assert_int_equal(b2b->via.origin, ORIGIN_ZONE);
    assert_int_equal(b2b->target, TARGET_ENDPOINTS);
    assert_int_equal(b2b->target_endpoints, 1);
    assert_int_equal(b2b->rms_halves, 1);
    assert_true(b2b->arrivals.steps.daily);
    assert_true(b2b->arrivals.steps.times[1] == 8 * HOUR);
    assert_true(b2b->arrivals.steps.rates[1] == 600.0 / 3600);
    assert_true(b2b->holding.mean == 720 && b2b->holding.cv == 1.4);
    assert_int_equal(b2b->pipe_bits[0], 1500000);
    assert_true(b2b->redial_dropped && b2b->redial_probability == 0.5 && b2b->redial_after == 30);
    assert_int_equal(phones->units, -1);
    assert_int_equal(phones->service, SERVICE_MRA);
    assert_true(phones->arrivals.steps.rates[0] == 1.2 / 3600 * 8000);
    assert_int_equal(meetings->arrivals.batch_sizes[1], 8);
    assert_int_equal(meetings->pipe_bits[0], 1000000);
    const struct holding *h = &meetings->holding;
    double mean = h->probabilities[0] * h->means[0] + h->probabilities[1] * h->means[1];
    double second = 2 * (h->probabilities[0] * h->means[0] * h->means[0] +
                         h->probabilities[1] * h->means[1] * h->means[1]);
    assert_near(mean, 600, 1e-9);
    assert_near(second / (mean * mean) - 1, 4, 1e-12); /* cv 2 */
    assert_near(h->probabilities[0] * h->means[0], 300, 1e-9);
    assert_int_equal(s.classes[3].arrivals.kind, ARRIVALS_SOURCES);
    assert_int_equal(s.classes[3].holding.k, 3);
    assert_near(s.classes[4].holding.mean, 457.5, 1e-9);
    assert_near(s.classes[5].arrivals.steps.rates[0], 1000 * 0.8 * 0.1 / 100, 1e-12);
    assert_int_equal(s.classes[6].arrivals.kind, ARRIVALS_NONE);
    scenario_release(&s);
}

static void outages_become_steps(void **state)
{
    static const struct step expected[] = {
        {.at = 90 * SECOND, .kind = STEP_DRAIN, .peer = 0, .planned = true},
        {.at = 10 * HOUR, .kind = STEP_FAIL, .peer = 1},
        {.at = 10 * HOUR + 45 * MINUTE, .kind = STEP_UP, .peer = 1},
        {.at = 12 * HOUR, .kind = STEP_DRAIN, .peer = 0, .planned = true},
        {.at = 12 * HOUR + 15 * MINUTE, .kind = STEP_FAIL, .peer = 0, .planned = true},
        {.at = 12 * HOUR + 45 * MINUTE, .kind = STEP_UP, .peer = 0, .planned = true},
        {.at = 22 * HOUR, .kind = STEP_UPGRADE_BEGIN, .peer = 1, .planned = true},
        {.at = 22 * HOUR, .kind = STEP_DRAIN, .peer = 1, .planned = true},
        {.at = 23 * HOUR, .kind = STEP_FAIL, .peer = 1, .planned = true},
        {.at = 23 * HOUR + 20 * MINUTE, .kind = STEP_UP, .peer = 1, .planned = true},
        {.at = 23 * HOUR + 20 * MINUTE, .kind = STEP_DRAIN, .peer = 0, .planned = true},
        {.at = 24 * HOUR + 20 * MINUTE, .kind = STEP_FAIL, .peer = 0, .planned = true},
        {.at = 24 * HOUR + 40 * MINUTE, .kind = STEP_UP, .peer = 0, .planned = true},
        {.at = 24 * HOUR + 40 * MINUTE, .kind = STEP_UPGRADE_END, .peer = 0, .planned = true},
    };
    (void)state;
    struct scenario s = everything();
    assert_int_equal(s.step_count, sizeof expected / sizeof *expected);
    for (uint32_t i = 0; i < s.step_count; i++) {
        assert_true(s.steps[i].at == expected[i].at);
        assert_int_equal(s.steps[i].kind, expected[i].kind);
        assert_int_equal(s.steps[i].peer, expected[i].peer);
        assert_int_equal(s.steps[i].planned, expected[i].planned || expected[i].kind == STEP_DRAIN);
    }
    assert_int_equal(s.outage_count, 2);
    assert_true(s.outages[0].up_mean == 90 * 86400.0 && s.outages[0].crew == 1);
    assert_true(s.outages[1].maintenance && s.outages[1].drain_mean == 3600);
    assert_int_equal(s.change_count, 2);
    assert_true(s.changes[0].at == HOUR && s.changes[1].kind == CHANGE_PRIMARY);
    scenario_release(&s);
}

/* ---- Defaults and notes ---- */

static bool read_as(const char *text, const char *folder, struct scenario *s, struct errors *errors)
{
    errors_init(errors);
    return scenario_read_text(text, strlen(text), "text", folder, s, errors);
}

static struct scenario read_good(const char *text)
{
    struct scenario s;
    struct errors errors;
    bool good = read_as(text, ".", &s, &errors);
    if (!good)
        fail_msg("%ld:%ld: %s", errors.items[0].line, errors.items[0].column,
                 errors.items[0].message);
    errors_release(&errors);
    return s;
}

static void defaults_are_filled_in(void **state)
{
    (void)state;
    struct scenario s = read_good("clusters:\n"
                                  "  - {name: c, peers: [{name: p, platform: small-vm}]}\n"
                                  "endpoints:\n"
                                  "  - {name: soft, count: 10, access: mra}\n"
                                  "  - {name: rooms, count: 10, protocol: h323}\n"
                                  "  - {name: out, count: 10, failover: outbound}\n"
                                  "calls:\n"
                                  "  - {name: a, arrivals: {rate: 1/s}, holding: {mean: 1m}}\n");
    assert_string_equal(s.title, "text");
    assert_string_equal(s.table, "X14.2-cluster-chapter");
    assert_true(!s.goals.stated && s.goals.blocking == 0.01 && s.goals.survive == 0);
    assert_int_equal(s.run.start_unix, 1772409600); /* Monday 2026-03-02 */
    assert_true(s.run.length == DAY && s.run.interval == 15 * MINUTE);
    assert_true(s.run.warmup_kind == WARMUP_AUTO && s.run.replications == 30 && s.run.seed == 1);
    assert_false(s.run.steady || s.run.calls);
    const struct cluster *c = &s.clusters[0];
    assert_int_equal(c->cap_stated, -1);
    assert_int_equal(c->when_dead, DEAD_DEFAULT);
    assert_true(c->role == ROLE_BOTH && c->ties == TIES_RANDOM && c->when_full == FULL_REFUSE);
    assert_false(c->licensed[LICENCE_RMS]);
    assert_true(s.peers[0].rms_key && s.peers[0].turn_multiplexing && s.peers[0].setup_rate == 0);
    assert_true(s.peers[0].joins == -FOREVER && s.peers[0].leaves == FOREVER);
    const struct endpoints *e = s.endpoints;
    assert_int_equal(e[0].failover, FAILOVER_MRA);
    assert_int_equal(e[1].failover, FAILOVER_ALTERNATES);
    assert_true(e[1].ttl == 30 * MINUTE && e[0].ttl == 0);
    assert_int_equal(e[1].alternates, INT32_MAX);
    assert_true(e[0].encrypted && !e[1].encrypted && e[0].rebalance && !e[1].rebalance);
    assert_int_equal(e[2].retry_law, RETRY_RFC5626);
    assert_int_equal(e[0].retry_law, RETRY_EXPONENTIAL);
    assert_int_equal(s.classes[0].via.origin, ORIGIN_CLUSTER);
    assert_int_equal(s.classes[0].selection, SELECT_DEFAULT);
    assert_true(s.classes[0].service == SERVICE_B2B && s.classes[0].protocol == PROTOCOL_SIP);
    assert_true(s.classes[0].media_traverses);
    assert_int_equal(s.note_count, 3); /* endpoints without calls */
    scenario_release(&s);
}

static void own_platforms_need_only_units(void **state)
{
    (void)state;
    struct scenario s = read_good(
        "clusters: [{name: c, peers: [{name: p, platform: lab}, {name: q, platform: lab}]}]\n"
        "platforms: [{name: lab, units: 7}, {name: other, units: 1, video-weight: 3}]\n");
    const struct platform *lab = &s.platforms[s.peers[1].platform];
    assert_int_equal(s.platform_count, 2);
    assert_true(lab->units == 7 && lab->audio_weight == 1 && lab->video_weight == 2 &&
                lab->mra_video_weight == 2);
    assert_true(lab->rms == CAPACITY_UNLIMITED && lab->registrations == CAPACITY_UNLIMITED);
    assert_true(lab->turn == CAPACITY_UNLIMITED && lab->mra_registrations == CAPACITY_UNLIMITED);
    assert_true(lab->setup_rate == CAPACITY_UNLIMITED && !lab->no_gain && !lab->turn_ports);
    assert_int_equal(s.platforms[1].mra_video_weight, 3);
    scenario_release(&s);
}

static void the_release_sets_the_rule(void **state)
{
    static const struct {
        const char *release;
        enum redundancy rule;
    } cases[] = {{"X14.2", REDUNDANCY_4_1}, {"X15.5", REDUNDANCY_N_1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "release: %s\nclusters: [{name: c, peers: [{name: p, platform: large-vm}]}]\n",
                 cases[i].release);
        struct scenario s = read_good(text);
        assert_int_equal(s.clusters[0].redundancy, cases[i].rule);
        scenario_release(&s);
    }
}

static void what_deserves_it_is_noted(void **state)
{
    (void)state;
    struct scenario s = read_good(
        "clusters:\n"
        "  - {name: six, redundancy: 4+1, peers: [{name: a, platform: large-vm}, {name: b, "
        "platform: large-vm},\n"
        "     {name: c, platform: large-vm}, {name: d, platform: large-vm}, {name: e, platform: "
        "large-vm},\n"
        "     {name: f, platform: large-vm}]}\n"
        "  - {name: mixed, peers: [{name: g, platform: large-vm}, {name: h, platform: small-vm}]}\n"
        "  - {name: capped, cluster-cap: 9, peers: [{name: i, platform: large-vm}, {name: j, "
        "platform: small-vm, image: unrestricted}]}\n");
    assert_int_equal(s.note_count, 3);
    assert_non_null(strstr(s.notes[2], "'capped' mixes images"));
    assert_non_null(strstr(s.notes[0], "'six' has 6 peers"));
    assert_non_null(strstr(s.notes[1], "'mixed' mixes platforms"));
    scenario_release(&s);
}

/* The CVD's example as it stands: 1000 MRA users, 80 % registered, 10 % of those in a call: 80
 * calls. */
static void load_is_stated_as_engineers_do(void **state)
{
    (void)state;
    struct scenario s =
        read_good("clusters: [{name: c, peers: [{name: p, platform: medium-vm}]}]\n"
                  "calls:\n"
                  "  - {name: mra, service: mra, arrivals: {users: 1000, registered: 80%, in-call: "
                  "10%}, holding: {mean: 3m}}\n"
                  "  - {name: b2b, arrivals: {users: 5000, in-call: 1%}, holding: {mean: 5m}}\n"
                  "  - {name: cph, arrivals: {users: 900, registered: 50%, calls-per-hour: 4}, "
                  "holding: {mean: 5m}}\n"
                  "  - {name: batch, arrivals: {busy-hour-erlangs: 30, batches: [[1, 0.5], [3, "
                  "0.5]]}, holding: {mean: 1m}}\n"
                  "  - {name: steps, arrivals: {busy-hour-erlangs: 30, steps: [[8h, 1], [20h, "
                  "0.5]]}, holding: {mean: 1m}}\n");
    assert_near(s.classes[0].arrivals.steps.rates[0] * 180, 80, 1e-9);
    assert_near(s.classes[1].arrivals.steps.rates[0] * 300, 50, 1e-9);
    assert_near(s.classes[2].arrivals.steps.rates[0], 0.5, 1e-12);
    assert_near(s.classes[3].arrivals.steps.rates[0], 0.25, 1e-12); /* batches of 2 on average */
    const struct rate_steps *steps = &s.classes[4].arrivals.steps;
    assert_int_equal(steps->count, 3); /* the day begins with the rate of its end */
    assert_true(steps->times[0] == 0 && steps->times[1] == 8 * HOUR &&
                steps->times[2] == 20 * HOUR);
    assert_true(steps->rates[0] == 0.25 && steps->rates[1] == 0.5 && steps->rates[2] == 0.25);
    scenario_release(&s);
}

static void times_count_from_the_start(void **state)
{
    (void)state;
    struct scenario s = read_good(
        "clusters: [{name: c, peers: [{name: p, platform: medium-vm}]}]\n"
        "outages:\n"
        "  - {peer: p, at: \"10:00\", for: 5m}\n"
        "  - {peer: p, at: 1h, for: 5m}\n"
        "  - {peer: p, at: 2026-03-03T08:30:00.25, for: 5m}\n"
        "calls:\n"
        "  - {name: a, holding: {mean: 1m}, arrivals: {rate: 1/s, steps: [[8h, 1], [9h, 0]]}}\n"
        "  - {name: b, holding: {mean: 1m}, arrivals: {rate: 1/s, steps: [[8h, 1], [24h, 0]]}}\n"
        "run: {start: 2026-03-02T08:30}\n");
    assert_true(s.steps[0].at == HOUR);
    assert_true(s.steps[2].at == 90 * MINUTE);
    assert_true(s.steps[4].at == DAY + SECOND / 4);
    assert_true(s.classes[0].arrivals.steps.daily); /* by the clock on the wall */
    assert_true(s.classes[0].arrivals.steps.times[1] == 8 * HOUR);
    assert_false(s.classes[1].arrivals.steps.daily); /* from time 0 */
    scenario_release(&s);
}

static void order_at_equal_times_is_the_files(void **state)
{
    (void)state;
    struct scenario s;
    struct errors errors;
    errors_init(&errors);
    assert_true(scenario_read(CASES "/y_outage_order.yaml", &s, &errors));
    assert_int_equal(s.steps[1].kind,
                     STEP_UP); /* 11:00: the first outage ends, then the next one begins */
    assert_int_equal(s.steps[2].kind, STEP_FAIL);
    assert_true(s.steps[1].at == s.steps[2].at);
    /* 17 h: the upgrade begins, with the primary, and does not drain */
    assert_int_equal(s.steps[4].kind, STEP_UPGRADE_BEGIN);
    assert_int_equal(s.steps[5].kind, STEP_FAIL);
    assert_int_equal(s.steps[5].peer, 1);
    assert_true(s.steps[7].at - s.steps[6].at == 5 * MINUTE);
    assert_true(s.steps[s.step_count - 1].kind == STEP_FAIL); /* for good: no step back */
    scenario_release(&s);
    errors_release(&errors);
}

/* ---- Files ---- */

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void files_are_looked_for_beside_the_scenario(void **state)
{
    static const char text[] =
        "clusters: [{name: c, peers: [{name: p, platform: large-vm}]}]\n"
        "calls:\n"
        "  - name: a\n"
        "    arrivals: {profile: profile.csv}\n"
        "    holding: {distribution: empirical, file: holding.csv, column: seconds}\n";
    (void)state;
    char folder[] = "/tmp/peerplan-test-XXXXXX", path[200];
    struct scenario s;
    struct errors errors;
    assert_non_null(mkdtemp(folder));
    write_file(folder, "s.yaml", text);
    write_file(folder, "profile.csv",
               "time,class,calls_per_hour\n00:00,a,60\n08:00,a,3600\n12:00,a,oops\n");
    write_file(folder, "holding.csv", "seconds\n100\n300\n");
    snprintf(path, sizeof path, "%s/s.yaml", folder);
    errors_init(&errors);
    assert_true(scenario_read(path, &s, &errors));
    assert_int_equal(errors.failures, 0);
    assert_true(errors.warnings >= 1); /* the bad row is not dropped silently */
    assert_near(s.classes[0].arrivals.steps.rates[1], 1, 1e-12);
    assert_near(s.classes[0].holding.mean, 200, 1e-9);
    assert_near(s.classes[0].holding.cv, 0.5, 1e-12);
    assert_int_equal(s.classes[0].holding.count, 2);
    scenario_release(&s);
    errors_release(&errors);
    assert_false(read_as(text, "/no/such/folder", &s, &errors));
    assert_int_equal(errors_code(&errors), ERROR_NO_INPUT);
    scenario_release(&s);
    errors_release(&errors);
    static const char *const files[] = {"s.yaml", "profile.csv", "holding.csv"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void what_is_missing_has_its_code(void **state)
{
    (void)state;
    struct scenario s;
    struct errors errors;
    errors_init(&errors);
    assert_false(scenario_read("tests/no-such-file.yaml", &s, &errors));
    scenario_release(&s);
    assert_false(scenario_read("tests/cases", &s, &errors));
    scenario_release(&s);
    assert_int_equal(errors.items[0].code, ERROR_NO_INPUT);
    assert_int_equal(errors.items[1].code, ERROR_NO_INPUT);
    errors_release(&errors);
    assert_false(read_as("", ".", &s, &errors));
    assert_int_equal(errors_code(&errors), ERROR_DATA);
    scenario_release(&s);
    errors_release(&errors);
}

static void standard_input_is_read(void **state)
{
    (void)state;
    struct scenario s;
    struct errors errors;
    errors_init(&errors);
    assert_non_null(freopen(CASES "/n_unknown_key.yaml", "r", stdin));
    assert_false(scenario_read("-", &s, &errors));
    assert_string_equal(errors.items[0].file, "<stdin>");
    assert_int_equal(errors.items[0].line, 5);
    scenario_release(&s);
    errors_release(&errors);
}

/* ---- Much ---- */

static char *many(const char *head, const char *format, int count)
{
    size_t room = strlen(head) + (size_t)count * (strlen(format) + 20) + 1, used = strlen(head);
    char *text = malloc(room);
    assert_non_null(text);
    memcpy(text, head, used + 1);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, room - used, format, i);
#pragma GCC diagnostic pop
    return text;
}

/* Lists of tens of thousands take seconds only if something is quadratic. */
static void long_lists_are_read(void **state)
{
    enum { COUNT = 20000 };
    (void)state;
    static const char head[] = "clusters: [{name: c, peers: [{name: p, platform: large-vm}]}]\n";
    char start[200];
    snprintf(start, sizeof start, "%soutages:\n", head);
    char *text = many(start, "  - {peer: p, at: %dm, for: 30s}\n", COUNT);
    struct scenario s = read_good(text);
    assert_int_equal(s.step_count, 2 * COUNT);
    scenario_release(&s);
    free(text);
    snprintf(start, sizeof start, "%szones:\n", head);
    text = many(start, "  - {name: z%d, kind: dns, cluster: x}\n", COUNT);
    struct errors errors;
    assert_false(read_as(text, ".", &s, &errors));
    assert_int_equal(errors.failures, COUNT);
    assert_int_equal(errors.count, ERRORS_KEPT);
    scenario_release(&s);
    errors_release(&errors);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files_are_read),
        cmocka_unit_test(subzones_are_pipes),
        cmocka_unit_test(bad_files_are_refused_at_the_place),
        cmocka_unit_test(clusters_are_resolved),
        cmocka_unit_test(calls_are_resolved),
        cmocka_unit_test(outages_become_steps),
        cmocka_unit_test(defaults_are_filled_in),
        cmocka_unit_test(own_platforms_need_only_units),
        cmocka_unit_test(the_release_sets_the_rule),
        cmocka_unit_test(what_deserves_it_is_noted),
        cmocka_unit_test(load_is_stated_as_engineers_do),
        cmocka_unit_test(times_count_from_the_start),
        cmocka_unit_test(order_at_equal_times_is_the_files),
        cmocka_unit_test(files_are_looked_for_beside_the_scenario),
        cmocka_unit_test(what_is_missing_has_its_code),
        cmocka_unit_test(standard_input_is_read),
        cmocka_unit_test(long_lists_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
