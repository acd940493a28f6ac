#include "tui/timeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/statistics.h"
#include "tui/alarms.h"
#include "tui/format.h"

/* ---- Curves ---- */

static const struct series *find_series(const struct results *results, enum scope scope,
                                        uint32_t index, const char *metric)
{
    for (size_t i = 0; i < results->series_count; i++) {
        const struct series *s = &results->series[i];
        if (s->scope == scope && s->index == index && !strcmp(s->metric, metric))
            return s;
    }
    return NULL;
}

#define THINGS_MAX CLUSTER_PEERS_MAX

/* The series that a curve is made from; sums are of plain series only. */
struct strand {
    const struct results *results;
    const struct series *series[THINGS_MAX];
    uint32_t count;
};

static double strand_above(const struct strand *strand, size_t r, size_t interval)
{
    const float *row =
        strand->results->series_values[r] + interval * strand->results->series_columns;
    double sum = 0;
    for (uint32_t i = 0; i < strand->count; i++)
        sum += (double)row[strand->series[i]->column];
    return sum;
}

static double strand_below(const struct strand *strand, size_t r, size_t interval)
{
    const float *row =
        strand->results->series_values[r] + interval * strand->results->series_columns;
    return strand->series[0]->ratio ? (double)row[strand->series[0]->column + 1] : 1;
}

/* One interval: the values of all replications that have one into `sample`; returns the mean. */
static double interval_mean(const struct strand *strand, size_t interval, double *sample,
                            size_t *count)
{
    double above = 0, below = 0;
    *count = 0;
    for (size_t r = 0; r < strand->results->replications; r++) {
        double a = strand_above(strand, r, interval), b = strand_below(strand, r, interval);
        above += a;
        below += b;
        if (b > 0)
            sample[(*count)++] = a / b;
    }
    return below > 0 ? above / below : NAN;
}

static bool curve_fill(struct curve *curve, const struct strand *strand)
{
    size_t n = strand->results->intervals;
    double *sample = calloc(strand->results->replications + 1, sizeof *sample);
    curve->mean = calloc(3 * n, sizeof *curve->mean);
    if (!sample || !curve->mean) {
        free(sample);
        curve_release(curve);
        return false;
    }
    *curve = (struct curve){curve->mean, curve->mean + n, curve->mean + 2 * n, n};
    for (size_t i = 0; i < n; i++) {
        size_t count;
        curve->mean[i] = interval_mean(strand, i, sample, &count);
        statistics_sort(sample, count);
        curve->low[i] = count ? statistics_quantile(sample, count, 0.05) : NAN;
        curve->high[i] = count ? statistics_quantile(sample, count, 0.95) : NAN;
    }
    free(sample);
    return true;
}

bool curve_make(struct curve *curve, const struct results *results, struct things things,
                const char *metric)
{
    *curve = (struct curve){0};
    if (!results || !results->series_values || results->intervals == 0 || things.count == 0 ||
        things.count > THINGS_MAX)
        return false;
    struct strand strand = {.results = results, .count = things.count};
    for (uint32_t i = 0; i < things.count; i++)
        if (!(strand.series[i] = find_series(results, things.scope, things.first + i, metric)))
            return false;
    return curve_fill(curve, &strand);
}

/* The mean over replications and whole hours of a plain series. */
double series_busiest_hour(const struct results *results, enum scope scope, uint32_t index,
                           const char *metric)
{
    struct strand strand = {.results = results, .count = 1};
    size_t hour =
        results->interval > 0 && results->interval < HOUR ? (size_t)(HOUR / results->interval) : 1;
    double most = NAN;
    strand.series[0] = find_series(results, scope, index, metric);
    if (!strand.series[0] || !results->series_values || results->replications == 0)
        return NAN;
    for (size_t from = 0; from < results->intervals; from += hour) {
        double sum = 0;
        size_t count = 0;
        for (size_t i = from; i < from + hour && i < results->intervals; i++, count++)
            for (size_t r = 0; r < results->replications; r++)
                sum += strand_above(&strand, r, i);
        double mean = sum / (double)(count * results->replications);
        if (!(most >= mean))
            most = mean;
    }
    return most;
}

struct moment series_at(const struct results *results, enum scope scope, uint32_t index,
                        const char *metric, size_t interval)
{
    struct moment moment = {NAN, NAN, NAN};
    struct strand strand = {.results = results, .count = 1};
    if (!results || !results->series_values || interval >= results->intervals ||
        !(strand.series[0] = find_series(results, scope, index, metric)))
        return moment;
    double *sample = calloc(results->replications + 1, sizeof *sample);
    size_t count = 0;
    if (sample)
        moment.mean = interval_mean(&strand, interval, sample, &count);
    if (count) {
        statistics_sort(sample, count);
        moment.low = statistics_quantile(sample, count, 0.05);
        moment.high = statistics_quantile(sample, count, 0.95);
    }
    free(sample);
    return moment;
}

void curve_release(struct curve *curve)
{
    free(curve->mean);
    *curve = (struct curve){0};
}

double curve_peak(const struct curve *curve)
{
    double peak = 0;
    for (size_t i = 0; i < curve->count; i++)
        if (curve->mean[i] > peak)
            peak = curve->mean[i];
    return peak;
}

/* ---- What happened ---- */

static const struct {
    uint32_t glyph;
    enum ink ink;
    const char *verb;
} happenings[] = {
    [HAPPENING_FAIL] = {0x25B2, INK_BAD, "fails"},
    [HAPPENING_DRAIN] = {0x25D0, INK_WARN, "drains"},
    [HAPPENING_UP] = {0x25BC, INK_GOOD, "is back"},
    [HAPPENING_ALARM] = {0x2022, INK_WARN, "alarm"},
};

uint32_t happening_glyph(enum happening_kind kind)
{
    return happenings[kind].glyph;
}

enum ink happening_ink(enum happening_kind kind)
{
    return happenings[kind].ink;
}

static enum happening_kind kind_of_step(enum step_kind kind)
{
    if (kind == STEP_FAIL || kind == STEP_UPGRADE_BEGIN)
        return HAPPENING_FAIL;
    return kind == STEP_DRAIN ? HAPPENING_DRAIN : HAPPENING_UP;
}

static int by_time(const void *a, const void *b)
{
    const struct happening *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at ? 1 : (x->kind > y->kind) - (x->kind < y->kind);
}

static void add_alarms(struct happening *list, size_t *count, const struct results *results)
{
    size_t alarms;
    struct alarm_seen *seen = alarms_seen(results, &alarms);
    for (size_t i = 0; i < alarms; i++)
        list[(*count)++] = (struct happening){.at = seen[i].typical,
                                              .kind = HAPPENING_ALARM,
                                              .cluster = seen[i].cluster,
                                              .peer = seen[i].peer,
                                              .alarm = seen[i].id,
                                              .share = seen[i].share,
                                              .first = seen[i].first};
    free(seen);
}

struct happening *timeline_happenings(const struct scenario *scenario,
                                      const struct results *results, size_t *count)
{
    size_t alarms = results ? results->alarm_count : 0;
    struct happening *list = calloc(scenario->step_count + alarms + 1, sizeof *list);
    *count = 0;
    if (!list)
        return NULL;
    for (uint32_t i = 0; i < scenario->step_count; i++) {
        const struct step *step = &scenario->steps[i];
        if (step->at <= scenario->run.length)
            list[(*count)++] = (struct happening){.at = step->at,
                                                  .kind = kind_of_step(step->kind),
                                                  .cluster = scenario->peers[step->peer].cluster,
                                                  .peer = step->peer};
    }
    if (alarms)
        add_alarms(list, count, results);
    qsort(list, *count, sizeof *list, by_time);
    return list;
}

void happening_text(const struct happening *h, const struct scenario *scenario, char *buffer,
                    size_t size)
{
    char clock[FIGURE], first[FIGURE];
    format_clock(clock, sizeof clock, &scenario->run, h->at);
    format_clock(first, sizeof first, &scenario->run, h->first);
    const char *who = h->peer != NONE      ? scenario->peers[h->peer].name
                      : h->cluster != NONE ? scenario->clusters[h->cluster].name
                                           : "";
    if (h->alarm)
        snprintf(buffer, size,
                 "typically %s, first %s, in %.0f %% of the replications: %s alarm %d, %s", clock,
                 first, 100 * h->share, who, h->alarm, alarm_name(h->alarm));
    else
        snprintf(buffer, size, "%s %s %s", clock, who, happenings[h->kind].verb);
}

enum peer_state timeline_state(const struct session *session, uint32_t peer, nanos at)
{
    static const enum peer_state states[] = {
        [STEP_DRAIN] = PEER_MAINTENANCE,  [STEP_FAIL] = PEER_DOWN,      [STEP_UP] = PEER_UP,
        [STEP_UPGRADE_BEGIN] = PEER_DOWN, [STEP_UPGRADE_END] = PEER_UP,
    };
    const struct scenario *scenario = &session->scenario;
    enum peer_state state = session->states[peer];
    if (state != PEER_UP)
        return state;
    for (uint32_t i = 0; i < scenario->step_count && scenario->steps[i].at <= at; i++)
        if (scenario->steps[i].peer == peer)
            state = states[scenario->steps[i].kind];
    return state;
}
