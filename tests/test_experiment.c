/* Experiments in parts: the same as at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/replay.h"

#define SYSTEM                                                                                     \
    "scenario: x\nplatforms: [{name: u, units: 10}]\n"                                             \
    "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: u}, {name: q, platform: "  \
    "u}]}]\n"                                                                                      \
    "calls: [{name: a, media: audio, units: 1, rms: 0, arrivals: {rate: 17/h}, holding: {mean: "   \
    "1h}}]\n"                                                                                      \
    "outages: [{cluster: c, mtbf: 5d, mttr: 4h}]\n"                                                \
    "run: {length: 12h, warmup: 10h, replications: 20}\n"

static struct results run(const struct scenario *scenario, uint32_t first, int count)
{
    struct experiment_options options = {.jobs = 2, .first = first, .replications = count};
    struct results results;
    struct errors errors;
    errors_init(&errors);
    assert_true(experiment_run(scenario, &options, &results, &errors));
    errors_release(&errors);
    return results;
}

static void assert_same(const struct results *a, const struct results *b)
{
    assert_int_equal(a->replications, b->replications);
    for (size_t r = 0; r < a->replications; r++) {
        assert_memory_equal(a->rows[r], b->rows[r], a->tally_count * sizeof(double));
        assert_memory_equal(a->series_values[r], b->series_values[r],
                            a->intervals * a->series_columns * sizeof(float));
    }
    assert_int_equal(a->alarm_count, b->alarm_count);
    for (size_t i = 0; i < a->alarm_count; i++) {
        assert_int_equal(a->alarms[i].replication, b->alarms[i].replication);
        assert_true(a->alarms[i].time == b->alarms[i].time && a->alarms[i].id == b->alarms[i].id);
        assert_string_equal(a->alarms[i].text, b->alarms[i].text);
    }
    for (size_t m = 0; m < a->metric_count; m++) {
        struct interval i = results_interval(a, m, 0), j = results_interval(b, m, 0);
        assert_memory_equal(&i, &j, sizeof i);
    }
}

static void parts_are_the_whole(void **state)
{
    (void)state;
    struct replay replay = {0};
    replay_read(&replay, SYSTEM);
    struct results whole = run(&replay.scenario, 0, 20), joined = {0};
    static const struct {
        uint32_t first;
        int run;
        size_t taken;
    } parts[] = {{0, 7, 6}, {6, 1, 1}, {7, 10, 10}, {17, 5, 3}};
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        struct results part = run(&replay.scenario, parts[p].first, parts[p].run);
        assert_true(results_append(&joined, &part, parts[p].taken));
        assert_null(part.rows);
    }
    assert_same(&whole, &joined);
    results_release(&whole);
    results_release(&joined);
    scenario_release(&replay.scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
