/* Results made by hand, for tests of everything that reads results: two classes, a cluster, two
 * peers, a pool, a series of four quarters of an hour, two alarms. Tests change the rows as they
 * need. */
#ifndef PEERPLAN_TESTS_RESULTS_MADE_H
#define PEERPLAN_TESTS_RESULTS_MADE_H

#include <stdlib.h>
#include <string.h>

#include "model/base/arena.h"
#include "sim/study/results.h"

enum made_tally {
    MADE_TIME, /* seconds measured */
    MADE_OFFERED,
    MADE_BLOCKED,
    MADE_UNITS,
    MADE_RMS,
    MADE_PROGRESS,
    MADE_DROPPED, /* class a-video */
    MADE_OFFERED_B,
    MADE_BLOCKED_B,
    MADE_PROGRESS_B, /* class b-audio */
    MADE_BUSY,
    MADE_PEAK, /* cluster edge: unit seconds, peak */
    MADE_TALLIES
};

static const struct metric made_metrics[] = {
    {SCOPE_RUN, 0, "run", "events", "events", METRIC_CONSTANT, 0, 0, 123456, 0},
    {SCOPE_CLASS, 0, "a-video", "offered", "calls", METRIC_MEAN, MADE_OFFERED, 0, 1, 0},
    {SCOPE_CLASS, 0, "a-video", "blocked", "calls", METRIC_MEAN, MADE_BLOCKED, 0, 1, 0},
    {SCOPE_CLASS, 0, "a-video", "blocked_fraction", "1", METRIC_RATIO, MADE_BLOCKED, MADE_OFFERED,
     1, 0},
    {SCOPE_CLASS, 0, "a-video", "blocked_peer_units", "calls", METRIC_MEAN, MADE_UNITS, 0, 1, 0},
    {SCOPE_CLASS, 0, "a-video", "blocked_rms", "calls", METRIC_MEAN, MADE_RMS, 0, 1, 0},
    {SCOPE_CLASS, 0, "a-video", "dropped", "calls", METRIC_MEAN, MADE_DROPPED, 0, 1, 0},
    {SCOPE_CLASS, 0, "a-video", "mean_in_progress", "calls", METRIC_RATIO, MADE_PROGRESS, MADE_TIME,
     1, 0},
    {SCOPE_CLASS, 1, "b-audio", "offered", "calls", METRIC_MEAN, MADE_OFFERED_B, 0, 1, 0},
    {SCOPE_CLASS, 1, "b-audio", "blocked", "calls", METRIC_MEAN, MADE_BLOCKED_B, 0, 1, 0},
    {SCOPE_CLASS, 1, "b-audio", "blocked_fraction", "1", METRIC_RATIO, MADE_BLOCKED_B,
     MADE_OFFERED_B, 1, 0},
    {SCOPE_CLASS, 1, "b-audio", "mean_in_progress", "calls", METRIC_RATIO, MADE_PROGRESS_B,
     MADE_TIME, 1, 0},
    {SCOPE_CLUSTER, 0, "edge", "mean_units", "units", METRIC_RATIO, MADE_BUSY, MADE_TIME, 1, 0},
    {SCOPE_CLUSTER, 0, "edge", "peak_units", "units", METRIC_MEAN, MADE_PEAK, 0, 1, 0},
    {SCOPE_CLUSTER, 0, "edge", "cap", "units", METRIC_CONSTANT, 0, 0, 400, 0},
};
#define MADE_METRICS (sizeof made_metrics / sizeof *made_metrics)

static const struct series made_series[] = {
    {SCOPE_CLASS, 0, "a-video", "blocked_fraction", true, 0},
    {SCOPE_CLUSTER, 0, "edge", "units", false, 2},
};
enum { MADE_COLUMNS = 3, MADE_INTERVALS = 4 };

static const double made_rows[5][MADE_TALLIES] = {
    {3600, 1000, 20, 20, 5, 180000, 0, 500, 0, 36000, 720000, 380},
    {3600, 1100, 31, 31, 6, 198000, 0, 520, 0, 37440, 792000, 400},
    {3600, 900, 10, 10, 0, 162000, 3, 480, 0, 34560, 648000, 371},
    {3600, 1050, 24, 24, 4, 189000, 0, 510, 0, 36720, 756000, 395},
    {3600, 950, 15, 15, 1, 171000, 0, 490, 0, 35280, 684000, 378},
};

static void *made_copy(const void *source, size_t size)
{
    void *copy = malloc(size);
    return memcpy(copy, source, size);
}

/* A quarter of the calls in each interval; the blocked ones all in the third. */
static float *made_values(const double *row)
{
    float *values = calloc(MADE_INTERVALS * MADE_COLUMNS, sizeof *values);
    for (int i = 0; i < MADE_INTERVALS; i++) {
        values[i * MADE_COLUMNS] = i == 2 ? (float)row[MADE_BLOCKED] : 0;
        values[i * MADE_COLUMNS + 1] = (float)(row[MADE_OFFERED] / MADE_INTERVALS);
        values[i * MADE_COLUMNS + 2] = (float)(row[MADE_BUSY] / 3600 + 10 * i);
    }
    return values;
}

/* The first `replications` rows (1 to 5). */
static struct results results_made(size_t replications)
{
    struct results results = {
        .arena = arena_new(),
        .metrics = made_copy(made_metrics, sizeof made_metrics),
        .metric_count = MADE_METRICS,
        .tally_count = MADE_TALLIES,
        .rows = calloc(replications, sizeof(double *)),
        .replications = replications,
        .series = made_copy(made_series, sizeof made_series),
        .series_count = sizeof made_series / sizeof *made_series,
        .series_columns = MADE_COLUMNS,
        .intervals = MADE_INTERVALS,
        .interval = 15 * MINUTE,
        .series_values = calloc(replications, sizeof(float *)),
        .alarms = calloc(2, sizeof(struct alarm)),
        .alarm_count = 2,
        .seed = 42,
        .warmup = 30 * MINUTE,
        .warmup_reason = "stated",
        .events = 123456,
    };
    for (size_t r = 0; r < replications; r++) {
        results.rows[r] = made_copy(made_rows[r], sizeof made_rows[r]);
        results.series_values[r] = made_values(made_rows[r]);
    }
    results.alarms[0] = (struct alarm){0, 10 * MINUTE, 30002, true, 0, 1, "units 91 %"};
    results.alarms[1] =
        (struct alarm){0, 90 * SECOND + 10 * MINUTE, 30002, false, 0, NONE, "say \"85 %\", done"};
    return results;
}

#endif
