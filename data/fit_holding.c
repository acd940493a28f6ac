#include "data/fit_holding.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TINY      1e-300
#define EM_ROUNDS 300
#define EM_VALUES 4000 /* of the sample, for the branches of the hyperexponential */

const char *fit_kind_name(enum fit_kind kind)
{
    static const char *const names[] = {
#define KIND(id, name) name,
        FIT_KINDS_LIST(KIND)
#undef KIND
    };
    return names[kind];
}

struct moments {
    double mean, log_mean, deviation, log_deviation;
};

static struct moments moments_of(const double *values, size_t count)
{
    struct moments m = {0};
    double n = (double)count;
    for (size_t i = 0; i < count; i++) {
        m.mean += values[i] / n;
        m.log_mean += log(values[i]) / n;
    }
    for (size_t i = 0; i < count; i++) {
        m.deviation += (values[i] - m.mean) * (values[i] - m.mean) / n;
        m.log_deviation += (log(values[i]) - m.log_mean) * (log(values[i]) - m.log_mean) / n;
    }
    m.deviation = sqrt(m.deviation);
    m.log_deviation = sqrt(m.log_deviation);
    return m;
}

/* ---- Fits ---- */

static void fit_exponential(const struct moments *m, size_t count, struct fit_distribution *d)
{
    d->usable = true;
    d->mean = m->mean;
    d->cv = 1;
    d->parameters = 1;
    d->log_likelihood = -(double)count * (log(m->mean) + 1);
}

static void fit_lognormal(const struct moments *m, size_t count, struct fit_distribution *d)
{
    double s = m->log_deviation;
    d->usable = s > 1e-6;
    if (!d->usable)
        return;
    d->a = m->log_mean;
    d->b = s;
    d->mean = exp(m->log_mean + s * s / 2);
    d->cv = sqrt(expm1(s * s));
    d->parameters = 2;
    d->log_likelihood = -(double)count * (m->log_mean + log(s * sqrt(2 * M_PI)) + 0.5);
}

/* Newton on ln k - psi(k) = ln(mean) - mean(ln x). */
static void fit_gamma(const struct moments *m, size_t count, struct fit_distribution *d)
{
    double target = log(m->mean) - m->log_mean;
    d->usable = target > 1e-6;
    if (!d->usable)
        return;
    double k = (3 - target + sqrt((target - 3) * (target - 3) + 24 * target)) / (12 * target);
    for (int i = 0; i < 50; i++) {
        double step = (log(k) - gsl_sf_psi(k) - target) / (1 / k - gsl_sf_psi_1(k));
        double next = k - step > k / 10 ? k - step : k / 10;
        bool done = fabs(next - k) < 1e-12 * k;
        k = next;
        if (done)
            break;
    }
    d->a = k;
    d->b = m->mean / k;
    d->mean = m->mean;
    d->cv = 1 / sqrt(k);
    d->parameters = 2;
    d->log_likelihood = (double)count * ((k - 1) * m->log_mean - k - lgamma(k) - k * log(d->b));
}

static double branches_density(const struct fit_distribution *d, double x)
{
    return d->probabilities[0] / d->means[0] * exp(-x / d->means[0]) +
           d->probabilities[1] / d->means[1] * exp(-x / d->means[1]);
}

/* One round of expectation and maximization; false when it is done. */
static bool branches_improve(const double *values, size_t count, size_t step,
                             struct fit_distribution *d)
{
    double weight = 0, sums[2] = {0}, used = 0;
    for (size_t i = step / 2; i < count; i += step) {
        double all = branches_density(d, values[i]) + TINY;
        double share = d->probabilities[0] / d->means[0] * exp(-values[i] / d->means[0]) / all;
        weight += share;
        sums[0] += share * values[i];
        sums[1] += (1 - share) * values[i];
        used++;
    }
    double p = weight / used, before = d->probabilities[0];
    if (p < 1e-4 || p > 1 - 1e-4)
        return false;
    d->probabilities[0] = p;
    d->probabilities[1] = 1 - p;
    d->means[0] = fmax(sums[0] / weight, 1e-9);
    d->means[1] = fmax(sums[1] / (used - weight), 1e-9);
    return fabs(p - before) > 1e-8;
}

static void fit_branches(const double *values, size_t count, const struct moments *m,
                         struct fit_distribution *d)
{
    double square = m->deviation * m->deviation / (m->mean * m->mean);
    d->usable = count >= 4 && square > 1.05; /* below it is no mixture of exponentials */
    if (!d->usable)
        return;
    double p = (1 + sqrt((square - 1) / (square + 1))) / 2; /* balanced means */
    d->probabilities[0] = p;
    d->probabilities[1] = 1 - p;
    d->means[0] = m->mean / (2 * p);
    d->means[1] = m->mean / (2 * (1 - p));
    size_t step = count / EM_VALUES + 1;
    for (int i = 0; i < EM_ROUNDS && branches_improve(values, count, step, d); i++)
        ;
    double mean = 0, second = 0;
    for (int i = 0; i < 2; i++) {
        mean += d->probabilities[i] * d->means[i];
        second += 2 * d->probabilities[i] * d->means[i] * d->means[i];
    }
    for (int i = 0; i < 2; i++) /* what was left out of the sample moves no traffic */
        d->means[i] *= m->mean / mean;
    d->mean = m->mean;
    d->cv = sqrt(fmax(second / (mean * mean) - 1, 0));
    d->parameters = 3;
    for (size_t i = 0; i < count; i++)
        d->log_likelihood += log(branches_density(d, values[i]) + TINY);
}

static void fit_deterministic(const struct moments *m, size_t count, struct fit_distribution *d)
{
    d->usable = m->deviation <= 1e-3 * m->mean;
    d->mean = m->mean;
    d->parameters = 1;
    d->log_likelihood = d->usable ? (double)count * 100 : 0; /* all of it in one place */
}

static void fit_kind(enum fit_kind kind, const double *values, size_t count,
                     const struct moments *m, struct fit_distribution *d)
{
    *d = (struct fit_distribution){.anderson = NAN, .p = NAN};
    if (count < 2 && kind != FIT_DETERMINISTIC && kind != FIT_EXPONENTIAL)
        return;
    switch (kind) {
    case FIT_EXPONENTIAL:
        fit_exponential(m, count, d);
        break;
    case FIT_LOGNORMAL:
        fit_lognormal(m, count, d);
        break;
    case FIT_GAMMA:
        fit_gamma(m, count, d);
        break;
    case FIT_HYPEREXPONENTIAL:
        fit_branches(values, count, m, d);
        break;
    case FIT_DETERMINISTIC:
        fit_deterministic(m, count, d);
        break;
    case FIT_KINDS:
        break;
    }
    d->aic = 2 * d->parameters - 2 * d->log_likelihood;
}

/* ---- The test ---- */

static double fit_cumulative(enum fit_kind kind, const struct fit_distribution *d, double x)
{
    switch (kind) {
    case FIT_EXPONENTIAL:
        return gsl_cdf_exponential_P(x, d->mean);
    case FIT_LOGNORMAL:
        return gsl_cdf_lognormal_P(x, d->a, d->b);
    case FIT_GAMMA:
        return gsl_cdf_gamma_P(x, d->a, d->b);
    case FIT_HYPEREXPONENTIAL:
        return -d->probabilities[0] * expm1(-x / d->means[0]) -
               d->probabilities[1] * expm1(-x / d->means[1]);
    default:
        return x >= d->mean;
    }
}

static double draw(enum fit_kind kind, const struct fit_distribution *d, const gsl_rng *rng)
{
    switch (kind) {
    case FIT_LOGNORMAL:
        return gsl_ran_lognormal(rng, d->a, d->b);
    case FIT_GAMMA:
        return gsl_ran_gamma(rng, d->a, d->b);
    case FIT_HYPEREXPONENTIAL:
        return gsl_ran_exponential(rng, d->means[gsl_rng_uniform(rng) >= d->probabilities[0]]);
    default:
        return gsl_ran_exponential(rng, d->mean);
    }
}

/* A^2 of sorted values. */
static double anderson_darling(enum fit_kind kind, const struct fit_distribution *d,
                               const double *sorted, size_t count)
{
    double sum = 0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        double low = fit_cumulative(kind, d, sorted[i]);
        double high = 1 - fit_cumulative(kind, d, sorted[count - 1 - i]);
        low = fmin(fmax(low, TINY), 1);
        high = fmin(fmax(high, TINY), 1);
        sum += (2 * (double)i + 1) * (log(low) + log(high));
    }
    return -n - sum / n;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Refits a sample, which is sorted here, and says how far it is from its own fit. */
static double distance_of_fit(enum fit_kind kind, double *values, size_t count,
                              struct fit_distribution *d)
{
    for (size_t i = 0; i < count; i++)
        values[i] = fmax(values[i], TINY);
    qsort(values, count, sizeof *values, compare_doubles);
    struct moments m = moments_of(values, count);
    fit_kind(kind, values, count, &m, d);
    return d->usable ? anderson_darling(kind, d, values, count) : 0;
}

/* `tested` is a sample of the values. */
static void test_kind(enum fit_kind kind, double *tested, size_t count, struct fit_distribution *d,
                      gsl_rng *rng)
{
    double room[FIT_TESTED];
    struct fit_distribution own, again;
    gsl_rng_set(rng, 0); /* the same for every kind */
    d->anderson = distance_of_fit(kind, tested, count, &own);
    size_t farther = 0;
    for (int i = 0; i < FIT_BOOTSTRAPS && own.usable; i++) {
        for (size_t k = 0; k < count; k++)
            room[k] = draw(kind, &own, rng);
        farther += distance_of_fit(kind, room, count, &again) >= d->anderson;
    }
    d->p = own.usable ? (double)(farther + 1) / (FIT_BOOTSTRAPS + 1) : 0;
}

/* The unit in which values were recorded: 1 when all are whole, else none. */
static double unit_of(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] != floor(values[i]))
            return 0;
    return 1;
}

/* Takes the values that are tested, spread over their unit. */
static size_t take_tested(const double *sorted, size_t count, double unit, double *tested,
                          const gsl_rng *rng)
{
    size_t taken = count < FIT_TESTED ? count : FIT_TESTED;
    gsl_ran_choose(rng, tested, taken, (void *)(uintptr_t)sorted, count, sizeof *sorted);
    for (size_t i = 0; i < taken; i++) {
        if (unit > 0 && tested[i] > unit / 2)
            tested[i] += unit * (gsl_rng_uniform_pos(rng) - 0.5);
    }
    return taken;
}

static void choose(struct fit_holding *fit)
{
    fit->best = -1;
    for (int k = 0; k < FIT_KINDS; k++) {
        const struct fit_distribution *d = &fit->distributions[k];
        bool refused = !d->usable || (!isnan(d->p) && d->p < FIT_LEVEL);
        if (!refused && (fit->best < 0 || d->aic < fit->distributions[fit->best].aic))
            fit->best = k;
    }
}

bool fit_holding(double *values, size_t count, struct fit_holding *fit)
{
    double tested[FIT_TESTED];
    double unit = unit_of(values, count), least = INFINITY;
    *fit = (struct fit_holding){.count = count, .mean = NAN, .cv = NAN, .best = -1};
    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        least = values[i] > 0 ? fmin(least, values[i]) : least;
    for (size_t i = 0; i < count; i++)
        if (values[i] <= 0)
            values[i] = unit > 0 ? unit / 2 : isfinite(least) ? least / 2 : 0.5;
    qsort(values, count, sizeof *values, compare_doubles);
    struct moments m = moments_of(values, count);
    fit->mean = m.mean;
    fit->cv = m.deviation / m.mean;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng)
        return false;
    size_t taken = take_tested(values, count, unit, tested, rng);
    for (int k = 0; k < FIT_KINDS; k++) {
        struct fit_distribution *d = &fit->distributions[k];
        fit_kind((enum fit_kind)k, values, count, &m, d);
        if (d->usable && k != FIT_DETERMINISTIC && taken >= 8)
            test_kind((enum fit_kind)k, tested, taken, d, rng);
    }
    gsl_rng_free(rng);
    choose(fit);
    return true;
}
