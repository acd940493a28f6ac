#include "sim/study/results.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/arena.h"
#include "sim/study/refusals.h"

void results_release(struct results *results)
{
    for (size_t r = 0; r < results->replications; r++) {
        free(results->rows[r]);
        if (results->series_values)
            free(results->series_values[r]);
    }
    free(results->rows);
    free(results->series_values);
    free(results->metrics);
    free(results->series);
    free(results->scripted);
    free(results->alarms);
    traits_release(&results->traits);
    free(results->refined);
    arena_free(results->arena);
    *results = (struct results){0};
}

/* ---- In parts ---- */

/* Replications from `count` on are thrown away; `before` were run before the first. */
static void cut_off(struct results *results, size_t before, size_t count)
{
    size_t kept = 0;
    for (size_t a = 0; a < results->alarm_count; a++)
        if (results->alarms[a].replication < before + count)
            results->alarms[kept++] = results->alarms[a];
    results->alarm_count = kept;
    for (size_t r = count; r < results->replications; r++) {
        free(results->rows[r]);
        free(results->series_values[r]);
    }
    if (results->replications > count)
        results->replications = count;
}

static bool make_room(struct results *results, size_t replications, size_t alarms)
{
    double **rows = realloc(results->rows, replications * sizeof *rows);
    if (rows)
        results->rows = rows;
    float **series = realloc(results->series_values, replications * sizeof *series);
    if (series)
        results->series_values = series;
    struct alarm *all = realloc(results->alarms, (alarms + 1) * sizeof *all);
    if (all)
        results->alarms = all;
    return rows && series && all;
}

bool results_append(struct results *results, struct results *more, size_t count)
{
    if (!results->arena) {
        *results = *more;
        cut_off(results, 0, count);
        *more = (struct results){0};
        return true;
    }
    cut_off(more, results->replications, count);
    if (more->control_count != results->control_count)
        results->control_count = 0; /* not of all replications */
    bool made = make_room(results, results->replications + more->replications + 1,
                          results->alarm_count + more->alarm_count);
    if (made) {
        results->refined_count = 0; /* of another number of replications */
        for (size_t a = 0; a < more->alarm_count; a++)
            results->alarms[results->alarm_count++] = more->alarms[a];
        for (size_t r = 0; r < more->replications; r++) {
            results->rows[results->replications] = more->rows[r];
            results->series_values[results->replications++] = more->series_values[r];
        }
        more->replications = 0; /* its rows have a new owner */
        results->alarms_dropped += more->alarms_dropped;
        results->events += more->events;
        results->interrupted = results->interrupted || more->interrupted;
    }
    results_release(more);
    return made;
}

/* ---- Finding ---- */

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return (hash ^ 0xFF) * UINT64_C(0x100000001B3);
}

static uint64_t hash_metric(enum scope scope, const char *name, const char *metric)
{
    uint64_t hash = hash_text(UINT64_C(0xCBF29CE484222325) + (uint64_t)scope, metric);
    return name ? hash_text(hash, name) : hash;
}

static bool metric_is(const struct metric *m, enum scope scope, const char *name,
                      const char *metric)
{
    return m->scope == scope && (!name || strcmp(m->name, name) == 0) &&
           strcmp(m->metric, metric) == 0;
}

/* Slots hold a metric's number + 1. Every metric is entered under its name, the first of its kind
 * without name too. */
static void index_enter(struct results *results, size_t number, const char *name)
{
    const struct metric *m = &results->metrics[number];
    size_t mask = results->index_size - 1;
    for (size_t slot = hash_metric(m->scope, name, m->metric) & mask;; slot = (slot + 1) & mask) {
        size_t held = results->index[slot];
        if (held && metric_is(&results->metrics[held - 1], m->scope, name, m->metric) && !name)
            return;
        if (!held) {
            results->index[slot] = number + 1;
            return;
        }
    }
}

bool results_add(struct results *results, struct metric metric)
{
    struct metric *metrics =
        realloc(results->metrics, (results->metric_count + 1) * sizeof *metrics);
    if (!metrics)
        return false;
    results->metrics = metrics;
    metric.name = arena_strdup(results->arena, metric.name);
    metrics[results->metric_count] = metric;
    results->metric_count += metric.name != NULL;
    return metric.name != NULL;
}

/* Which metrics tell that a peer with random outages was away. */
static bool find_away(struct results *results)
{
    const struct traits *traits = &results->traits;
    uint32_t peers = 0;
    for (uint32_t p = 0; p < traits->away_peer_count; p++)
        peers = traits->away_peers[p] >= peers ? traits->away_peers[p] + 1 : peers;
    bool *goes_away = arena_alloc(results->arena, peers + (size_t)1, sizeof *goes_away);
    results->away = arena_alloc(results->arena, peers + (size_t)1, sizeof *results->away);
    results->away_count = 0;
    if (!goes_away || !results->away)
        return false;
    for (uint32_t p = 0; p < traits->away_peer_count; p++)
        goes_away[traits->away_peers[p]] = true;
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope == SCOPE_PEER && m->index < peers && goes_away[m->index] &&
            strcmp(m->metric, "up_fraction") == 0)
            results->away[results->away_count++] = i;
    }
    return true;
}

bool results_index(struct results *results)
{
    size_t size = 16;
    while (size < 4 * results->metric_count)
        size *= 2;
    results->index = arena_alloc(results->arena, size, sizeof *results->index);
    if (!results->index)
        return false;
    results->index_size = size;
    for (size_t i = 0; i < results->metric_count; i++) {
        index_enter(results, i, NULL);
        index_enter(results, i, results->metrics[i].name);
    }
    return find_away(results);
}

size_t results_find(const struct results *results, enum scope scope, const char *name,
                    const char *metric)
{
    if (!results->index) {
        for (size_t i = 0; i < results->metric_count; i++)
            if (metric_is(&results->metrics[i], scope, name, metric))
                return i;
        return SIZE_MAX;
    }
    size_t mask = results->index_size - 1;
    size_t slot = hash_metric(scope, name, metric) & mask;
    for (; results->index[slot]; slot = (slot + 1) & mask)
        if (metric_is(&results->metrics[results->index[slot] - 1], scope, name, metric))
            return results->index[slot] - 1;
    return SIZE_MAX;
}

/* ---- Estimating ---- */

/* The values of a metric or of a stretch of a series, by replication. */
struct sample {
    double *numerators, *denominators, *linear; /* one allocation */
    size_t count;
    bool ratio, share;
};

static bool sample_init(struct sample *sample, size_t count)
{
    double *memory = calloc(3 * (count ? count : 1), sizeof *memory);
    *sample = (struct sample){memory, memory + count, memory + 2 * count, count, false, false};
    return memory != NULL;
}

static void sample_release(struct sample *sample)
{
    free(sample->numerators);
}

static bool sample_metric(struct sample *sample, const struct results *results, size_t metric,
                          size_t replications)
{
    const struct metric *m = &results->metrics[metric];
    size_t count =
        replications && replications < results->replications ? replications : results->replications;
    if (!sample_init(sample, count))
        return false;
    sample->ratio = m->kind == METRIC_RATIO;
    sample->share = strcmp(m->unit, "1") == 0;
    for (size_t r = 0; r < count; r++) {
        sample->numerators[r] = results->rows[r][m->numerator] * m->scale;
        sample->denominators[r] = sample->ratio ? results->rows[r][m->denominator] : 1;
    }
    return true;
}

static double sample_value(const struct sample *sample, size_t r)
{
    double below = sample->denominators[r];
    return below != 0 ? sample->numerators[r] / below : NAN;
}

static bool never_negative(const struct sample *sample)
{
    for (size_t r = 0; r < sample->count; r++)
        if (sample->numerators[r] < 0)
            return false;
    return true;
}

/* Where a count is 0 in most replications the others alone tell its spread: it has their degrees of
 * freedom. With those of all, intervals of rare refusals, which are few and skewed, contain the
 * truth in 92 % of runs instead of 95 %. */
static double spread_factor(const struct sample *sample)
{
    size_t having = 0;
    for (size_t r = 0; r < sample->count; r++)
        having += sample->numerators[r] != 0;
    if (sample->count < 2 || having == sample->count || having == 0)
        return 1;
    return statistics_student(having > 2 ? having - 1 : 1) / statistics_student(sample->count - 1);
}

static struct interval sample_interval(struct sample *sample)
{
    double value = statistics_linearize(sample->numerators, sample->denominators, sample->count,
                                        sample->linear);
    struct interval result = sample->share
                                 ? statistics_share_interval(sample->linear, sample->count)
                                 : statistics_interval(sample->linear, sample->count);
    double factor = spread_factor(sample);
    if (factor > 1) {
        result = statistics_interval(sample->linear, sample->count);
        double half = (result.high - result.low) / 2 * factor;
        result = sample->share ? statistics_share_about(value, half)
                               : (struct interval){value, value - half, value + half};
    }
    result.value = value; /* without the rounding of a mean of linearized values */
    if (result.low < 0 && never_negative(sample))
        result.low = 0;
    return result;
}

/* Replications without any denominator (nobody called that day) say nothing about the next. */
static struct interval sample_prediction(struct sample *sample)
{
    size_t count = 0;
    for (size_t r = 0; r < sample->count; r++) {
        double value = sample_value(sample, r);
        if (!isnan(value))
            sample->linear[count++] = value;
    }
    struct interval result = statistics_prediction(sample->linear, count);
    if (result.low < 0 && never_negative(sample))
        result.low = 0;
    if (result.high > 1 && sample->share)
        result.high = 1;
    return result;
}

/* ---- Metrics ---- */

const struct refined *results_refined(const struct results *results, size_t metric)
{
    for (size_t i = 0; i < results->refined_count; i++)
        if (results->refined[i].metric == metric)
            return &results->refined[i];
    return NULL;
}

struct interval results_interval(const struct results *results, size_t metric, size_t replications)
{
    const struct metric *m = &results->metrics[metric];
    const struct refined *refined = results_refined(results, metric);
    if (refined && !refined->obstacle &&
        (replications == 0 || replications == results->replications))
        return refined->share;
    struct interval result = {.value = m->scale, .low = NAN, .high = NAN};
    if (m->kind == METRIC_CONSTANT && m->half > 0)
        return (struct interval){m->scale, fmax(m->scale - m->half, 0), m->scale + m->half};
    if (m->kind == METRIC_CONSTANT)
        return result;
    struct sample sample;
    result.value = NAN;
    if (sample_metric(&sample, results, metric, replications)) {
        result = sample_interval(&sample);
        if (sample.count > 1)
            refusals_allow(results, metric, sample.count, &result);
    }
    sample_release(&sample);
    return result;
}

double results_value(const struct results *results, size_t metric, size_t replication)
{
    const struct metric *m = &results->metrics[metric];
    assert(replication < results->replications || m->kind == METRIC_CONSTANT);
    if (m->kind == METRIC_CONSTANT)
        return m->scale;
    double value = results->rows[replication][m->numerator] * m->scale;
    if (m->kind == METRIC_MEAN)
        return value;
    double below = results->rows[replication][m->denominator];
    return below != 0 ? value / below : NAN;
}

bool results_linear(const struct results *results, size_t metric, size_t replications,
                    double *linear)
{
    struct sample sample;
    if (results->metrics[metric].kind == METRIC_CONSTANT)
        return false;
    bool made = sample_metric(&sample, results, metric, replications);
    if (made) {
        double value =
            statistics_linearize(sample.numerators, sample.denominators, sample.count, linear);
        made = !isnan(value);
    }
    sample_release(&sample);
    return made;
}

struct interval results_prediction(const struct results *results, size_t metric)
{
    struct interval result = {NAN, NAN, NAN};
    struct sample sample;
    if (results->metrics[metric].kind == METRIC_CONSTANT)
        return result;
    if (sample_metric(&sample, results, metric, 0))
        result = sample_prediction(&sample);
    sample_release(&sample);
    return result;
}

/* ---- Series ---- */

static bool sample_span(struct sample *sample, const struct results *results, size_t series,
                        size_t first, size_t last)
{
    const struct series *s = &results->series[series];
    if (!sample_init(sample, results->replications))
        return false;
    sample->ratio = sample->share = s->ratio;
    for (size_t r = 0; r < sample->count; r++) {
        for (size_t i = first; i < last; i++) {
            const float *at = results->series_values[r] + i * results->series_columns + s->column;
            sample->numerators[r] += (double)at[0];
            sample->denominators[r] += s->ratio ? (double)at[1] : 1;
        }
    }
    return true;
}

struct interval results_span(const struct results *results, size_t series, size_t first,
                             size_t last)
{
    struct interval result = {NAN, NAN, NAN};
    struct sample sample;
    if (sample_span(&sample, results, series, first, last)) {
        result = sample_interval(&sample);
        double few = sample.share
                         ? refusals_few_limit(sample.numerators, sample.denominators, sample.count)
                         : INFINITY;
        if (few < result.high)
            result.high = few;
    }
    sample_release(&sample);
    return result;
}

struct interval results_span_prediction(const struct results *results, size_t series, size_t first,
                                        size_t last)
{
    struct interval result = {NAN, NAN, NAN};
    struct sample sample;
    if (sample_span(&sample, results, series, first, last))
        result = sample_prediction(&sample);
    sample_release(&sample);
    return result;
}
