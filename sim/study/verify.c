#include "sim/study/verify.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a metric's exact value is looked up in. */
struct question {
    const struct scenario *scenario;
    const struct markov *exact;
    uint32_t index;
    double hours; /* measured time */
};

/* Metrics that the solver has as such; counts are hourly there and per replication here. */
static const struct {
    enum scope scope;
    const char *metric;
    size_t offset;
    bool count;
} plain[] = {
    {SCOPE_CLASS, "offered", offsetof(struct markov_class, offered), true},
    {SCOPE_CLASS, "blocked", offsetof(struct markov_class, blocked), true},
    {SCOPE_CLASS, "carried", offsetof(struct markov_class, carried), true},
    {SCOPE_CLASS, "dropped", offsetof(struct markov_class, dropped), true},
    {SCOPE_CLASS, "dropped_rate", offsetof(struct markov_class, dropped), false},
    {SCOPE_CLASS, "attempts", offsetof(struct markov_class, attempts), true},
    {SCOPE_CLASS, "attempts_blocked", offsetof(struct markov_class, attempts_blocked), true},
    {SCOPE_CLASS, "mean_in_progress", offsetof(struct markov_class, in_progress), false},
    {SCOPE_CLUSTER, "mean_units", offsetof(struct markov_cluster, units), false},
    {SCOPE_CLUSTER, "full_fraction", offsetof(struct markov_cluster, full), false},
    {SCOPE_PEER, "mean_units", offsetof(struct markov_peer, units), false},
    {SCOPE_PEER, "draining_fraction", offsetof(struct markov_peer, draining), false},
    {SCOPE_PIPE, "mean_bandwidth", 0, false},
};

/* ---- Metrics to be worked out ---- */

typedef double answer(const struct question *q);

static double blocked_fraction(const struct question *q)
{
    const struct markov_class *c = &q->exact->classes[q->index];
    return c->offered > 0 ? c->blocked / c->offered : NAN;
}

/* A call that was cut and redials in vain was admitted once: then losses by calls and by attempts
 * differ. */
static double lost_fraction(const struct question *q)
{
    const struct markov_class *c = &q->exact->classes[q->index];
    return q->scenario->classes[q->index].redial_dropped ? NAN : c->given_up / c->offered;
}

/* Running, whether it takes new calls or drains. */
static double up_fraction(const struct question *q)
{
    return q->exact->peers[q->index].up + q->exact->peers[q->index].draining;
}

static double utilization(const struct question *q)
{
    const struct scenario *s = q->scenario;
    int64_t units = s->platforms[s->peers[q->index].platform].units;
    return q->exact->peers[q->index].units / (double)units;
}

static double admitted_share(const struct question *q)
{
    const struct cluster *c = &q->scenario->clusters[q->scenario->peers[q->index].cluster];
    double sum = 0;
    for (uint32_t i = 0; i < c->peer_count; i++)
        sum += q->exact->peers[c->first_peer + i].admitted;
    return sum > 0 && c->peer_count > 1 ? q->exact->peers[q->index].admitted / sum : NAN;
}

static const struct {
    enum scope scope;
    const char *metric;
    answer *answer;
} derived[] = {
    {SCOPE_CLASS, "blocked_fraction", blocked_fraction},
    {SCOPE_CLASS, "lost_fraction", lost_fraction},
    {SCOPE_PEER, "up_fraction", up_fraction},
    {SCOPE_PEER, "utilization", utilization},
    {SCOPE_PEER, "admitted_share", admitted_share},
};

/* blocked_<cause> and blocked_<cause>_only. */
static double cause_answer(const struct question *q, const char *metric)
{
    if (strncmp(metric, "blocked_", 8) != 0)
        return NAN;
    for (int cause = 0; cause < MARKOV_CAUSES; cause++) {
        const char *name = cause_name((enum cause)cause);
        size_t letters = strlen(name);
        if (strncmp(metric + 8, name, letters) != 0)
            continue;
        if (metric[8 + letters] == 0)
            return q->exact->classes[q->index].cause[cause] * q->hours;
        if (strcmp(metric + 8 + letters, "_only") == 0)
            return q->exact->classes[q->index].only[cause] * q->hours;
    }
    return NAN;
}

static double peers_up_answer(const struct question *q, const char *metric)
{
    int up_count = 0;
    char end = 0;
    if (sscanf(metric, "peers_up_%d_fractio%c", &up_count, &end) != 2 || up_count < 0 ||
        up_count > CLUSTER_PEERS_MAX)
        return NAN;
    return q->exact->clusters[q->index].peers_up[up_count];
}

/* The pool of RMS is named after its cluster; the scope's index is the cluster. */
static double pool_answer(const struct question *q, const struct metric *metric)
{
    size_t length = strlen(metric->name);
    bool rms = length > 4 && strcmp(metric->name + length - 4, ".rms") == 0;
    for (uint32_t c = 0; rms && c < q->scenario->cluster_count; c++) {
        const char *name = q->scenario->clusters[c].name;
        if (strlen(name) == length - 4 && strncmp(name, metric->name, length - 4) == 0 &&
            strcmp(metric->metric, "mean_in_use") == 0)
            return q->exact->clusters[c].rms;
    }
    return NAN;
}

/* The solver's row of figures that a scope and index belong to. */
static const char *figures(const struct question *q, enum scope scope)
{
    switch (scope) {
    case SCOPE_CLASS:
        return (const char *)&q->exact->classes[q->index];
    case SCOPE_CLUSTER:
        return (const char *)&q->exact->clusters[q->index];
    case SCOPE_PEER:
        return (const char *)&q->exact->peers[q->index];
    default:
        return (const char *)&q->exact->pipes[q->index];
    }
}

static double plain_answer(const struct question *q, const struct metric *metric)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (plain[i].scope != metric->scope || strcmp(plain[i].metric, metric->metric) != 0)
            continue;
        double value;
        memcpy(&value, figures(q, metric->scope) + plain[i].offset, sizeof value);
        return value * (plain[i].count ? q->hours : 1);
    }
    return NAN;
}

double verify_exact(const struct scenario *scenario, const struct markov *exact,
                    const struct metric *metric)
{
    struct question q = {scenario, exact, metric->index,
                         (double)scenario->run.length / (double)HOUR};
    if (metric->scope == SCOPE_POOL)
        return pool_answer(&q, metric);
    double value = plain_answer(&q, metric);
    if (!isnan(value))
        return value;
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++)
        if (derived[i].scope == metric->scope && strcmp(derived[i].metric, metric->metric) == 0)
            return derived[i].answer(&q);
    if (metric->scope == SCOPE_CLASS)
        return cause_answer(&q, metric->metric);
    return metric->scope == SCOPE_CLUSTER ? peers_up_answer(&q, metric->metric) : NAN;
}

/* The normal deviate with the tail of Student's t. */
static double normal_of(double t, double freedom)
{
    double tail = gsl_cdf_tdist_Q(fabs(t), freedom);
    double z = tail > 0 ? gsl_cdf_ugaussian_Qinv(tail) : fabs(t);
    return copysign(z, t);
}

/* The differences of the replications: their mean and its standard error. */
struct differences {
    double mean, error;
    double size; /* of what is subtracted: rounding is a share of it */
    bool rare;   /* shows in too few replications to be near normal */
};

static struct differences differ(const struct results *results, const struct metric *m,
                                 double exact)
{
    size_t n = results->replications, shows = 0;
    double sum = 0, squares = 0, size = 0;
    for (size_t r = 0; r < n; r++) {
        double numerator = results->rows[r][m->numerator] * m->scale;
        double weight = m->kind == METRIC_RATIO ? results->rows[r][m->denominator] : 1;
        double d = numerator - exact * weight, before = d - (r ? sum / (double)r : 0);
        shows += numerator != 0;
        size += fabs(numerator) + fabs(exact * weight);
        sum += d;
        squares += before * (d - sum / (double)(r + 1));
    }
    return (struct differences){.mean = sum / (double)n,
                                .error = sqrt(squares / (double)(n - 1) / (double)n),
                                .size = fmax(1, size / (double)n),
                                .rare = shows * 4 < n * 3 && exact != 0};
}

size_t verify_results(const struct scenario *scenario, const struct markov *exact,
                      const struct results *results, struct deviation *verdicts, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < results->metric_count && count < room; i++) {
        const struct metric *m = &results->metrics[i];
        double wanted = verify_exact(scenario, exact, m);
        if (isnan(wanted) || m->kind == METRIC_CONSTANT)
            continue;
        struct differences d = differ(results, m, wanted);
        if (d.rare)
            continue;
        struct deviation *v = &verdicts[count++];
        *v = (struct deviation){
            .metric = i, .exact = wanted, .simulated = results_interval(results, i, 0)};
        v->fixed = d.error <= 1e-10 * d.size;
        if (!v->fixed)
            v->z = normal_of(d.mean / d.error, (double)results->replications - 1);
        else
            v->z = fabs(d.mean) <= 1e-9 * d.size ? 0 : copysign(INFINITY, d.mean);
    }
    return count;
}
