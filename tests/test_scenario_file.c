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

/* --- The corpus ------------------------------------------------------------------------------------------------------ */

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
        if (sscanf(text + (mark ? 3 : 0), "# expect: %ld:%ld: %199[^\r\n]", &e->line, &e->column, e->words) != 3)
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
    bool good = !read && count > 0 && errors.failures == count && errors_code(&errors) == ERROR_DATA;
    if (!good)
        print_error("%s: read %d, %zu errors, %zu expected\n", path, read, errors.failures, count);
    for (size_t i = 0; i < errors.count && i < count; i++) {
        const struct error *e = &errors.items[i];
        if (e->line == expected[i].line && e->column == expected[i].column &&
            strstr(e->message, expected[i].words) && e->source)
            continue;
        print_error("%s:%ld:%ld: %s\n    expected %ld:%ld: %s\n", path, e->line, e->column, e->message,
                    expected[i].line, expected[i].column, expected[i].words);
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

static void good_files_are_read(void **state)
{
    (void)state;
    check_corpus('y', check_good, 1);
}

static void bad_files_are_refused_at_the_place(void **state)
{
    (void)state;
    check_corpus('n', check_bad, 1);
}

static void assert_near(double value, double wanted, double by)
{
    assert_true(value >= wanted - by && value <= wanted + by);
}

/* --- What a file means ------------------------------------------------------------------------------------------------ */

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
    const struct call_class *b2b = &s.classes[0], *phones = &s.classes[1], *meetings = &s.classes[2];
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files_are_read),
        cmocka_unit_test(bad_files_are_refused_at_the_place),
        cmocka_unit_test(clusters_are_resolved),
        cmocka_unit_test(calls_are_resolved),
        cmocka_unit_test(outages_become_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
