#include "sim/results.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/arena.h"

const char *scope_name(enum scope scope)
{
    static const char *const names[SCOPE_COUNT] = {"run",  "class", "cluster",  "peer",
                                                   "pool", "pipe",  "endpoints", "licence"};
    return names[scope];
}

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
    free(results->alarms);
    traits_release(&results->traits);
    arena_free(results->arena);
    *results = (struct results){0};
}

/* --- Finding ---------- */

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

/* Which metrics tell that a peer with random outages was away. */
static bool find_away(struct results *results)
{
    const struct traits *traits = &results->traits;
    results->away = arena_alloc(results->arena, traits->away_peer_count + 1, sizeof *results->away);
    for (size_t i = 0; results->away && i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope != SCOPE_PEER || strcmp(m->metric, "up_fraction") != 0)
            continue;
        for (uint32_t p = 0; p < traits->away_peer_count; p++)
            if (traits->away_peers[p] == m->index && results->away_count < traits->away_peer_count) {
                results->away[results->away_count++] = i;
                break;
            }
    }
    return results->away != NULL;
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

/* --- Estimating ---------- */

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

static struct interval sample_interval(struct sample *sample)
{
    double value = statistics_linearize(sample->numerators, sample->denominators, sample->count,
                                        sample->linear);
    struct interval result = sample->share
                                 ? statistics_share_interval(sample->linear, sample->count)
                                 : statistics_interval(sample->linear, sample->count);
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

/* --- Nothing blocked, or no spread ---------- */

static bool counts_refusals(const struct metric *m)
{
    return strcmp(m->metric, "blocked_fraction") == 0 || strcmp(m->metric, "lost_fraction") == 0;
}

/* The mean of a class's metric over all replications; 0 when there is none of that name. */
static double seen_mean(const struct results *results, const struct metric *m, const char *metric)
{
    size_t found = results_find(results, m->scope, m->name, metric);
    double sum = 0;
    for (size_t r = 0; found != SIZE_MAX && r < results->replications; r++)
        sum += results_value(results, found, r);
    return sum / (double)results->replications;
}

/* As known beforehand; what only a trace knows, by the calls that were in progress. */
static double clump_of(const struct results *results, const struct metric *m)
{
    double clump = results->traits.clumps ? results->traits.clumps[m->index] : 0;
    if (clump > 0)
        return clump;
    double progress = seen_mean(results, m, "mean_in_progress");
    return traits_clump(results->traits.constant ? progress : fmax(progress, seen_mean(results, m, "peak_in_progress")));
}

/* Seconds that peers with random outages were away in a replication. */
static double away_seconds(const struct results *results, size_t replication)
{
    double seconds = 0;
    for (size_t i = 0; i < results->away_count; i++) {
        size_t metric = results->away[i];
        seconds += (1 - results_value(results, metric, replication)) / results->metrics[metric].scale;
    }
    return seconds;
}

/* Outages of the first replications: not less than the replications that had some, for those are independent, and else
 * one for twice the mean length, which allows for long ones. */
static double outages_seen(const struct results *results, size_t replications)
{
    const struct traits *traits = &results->traits;
    double having = 0, seconds = 0;
    if (!traits->away_counts || !(traits->away > 0))
        return 0;
    for (size_t r = 0; r < replications; r++) {
        double away = away_seconds(results, r);
        having += away > 1e-6;
        seconds += away;
    }
    return fmax(having, floor(seconds / (2 * traits->away_mean)));
}

/* Where the beta distribution has the probability p; by halving, which always ends. */
static double beta_quantile(double p, double a, double b)
{
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (gsl_cdf_beta_P(middle, a, b) < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Clopper and Pearson's limits for a share of `trials`, both counted in clumps. */
static struct interval clump_interval(double share, double trials)
{
    double hits = share * trials;
    return (struct interval){.value = share,
                             .low = beta_quantile(0.025, hits, trials - hits + 1),
                             .high = beta_quantile(0.975, hits + 1, trials - hits)};
}

/* Replications that agree by chance say nothing about chance: calls are then counted in clumps. And having seen a few
 * refusals is no reason for a lower limit than having seen none. */
static void allow_for_clumps(const struct results *results, const struct metric *m, const struct sample *sample,
                             struct interval *interval)
{
    double trials = 0, value = interval->value;
    if (!counts_refusals(m) || isnan(value))
        return;
    for (size_t r = 0; r < sample->count; r++)
        trials += sample->denominators[r];
    double clump = clump_of(results, m);
    double none = traits_none_bound(trials, clump, results->traits.away, outages_seen(results, sample->count));
    if (value <= 0)
        *interval = (struct interval){value, 0, none};
    else if (value >= 1)
        *interval = (struct interval){value, 1 - traits_none_bound(trials, clump, 0, 0), 1};
    else if (!(interval->high - interval->low > 1e-9 * value))
        *interval = clump_interval(value, trials / clump);
    interval->high = fmax(interval->high, none);
}

struct interval results_interval(const struct results *results, size_t metric, size_t replications)
{
    const struct metric *m = &results->metrics[metric];
    struct interval result = {.value = m->scale, .low = NAN, .high = NAN};
    if (m->kind == METRIC_CONSTANT)
        return result;
    struct sample sample;
    result.value = NAN;
    if (sample_metric(&sample, results, metric, replications)) {
        result = sample_interval(&sample);
        if (sample.count > 1)
            allow_for_clumps(results, m, &sample, &result);
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

/* --- Series ---------- */

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
    if (sample_span(&sample, results, series, first, last))
        result = sample_interval(&sample);
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
