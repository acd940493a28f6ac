#include "model/holding.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* Gamma of shape a and mean m: u P(S > u) + E[S; S <= u]. */
static double gamma_integral(double shape, double m, double u)
{
    double x = u * shape / m;
    return u * gsl_sf_gamma_inc_Q(shape, x) + m * gsl_sf_gamma_inc_P(shape + 1, x);
}

static double lognormal_integral(double m, double cv, double u)
{
    double sigma = sqrt(log1p(cv * cv)), mu = log(m) - sigma * sigma / 2, z = (log(u) - mu) / sigma;
    return u * gsl_cdf_ugaussian_Q(z) + m * gsl_cdf_ugaussian_P(z - sigma);
}

static double exponential_integral(double m, double u)
{
    return -m * expm1(-u / m);
}

/* The values of an empirical law are sorted; each has the same weight. */
static double empirical_integral(const struct holding *h, double u)
{
    double sum = 0;
    for (uint32_t i = 0; i < h->count; i++)
        sum += fmin(h->means[i], u);
    return sum / h->count;
}

double holding_integral(const struct holding *h, double u)
{
    if (u <= 0)
        return 0;
    switch (h->law) {
    case LAW_EXPONENTIAL:
        return exponential_integral(h->mean, u);
    case LAW_DETERMINISTIC:
        return fmin(h->mean, u);
    case LAW_ERLANG:
        return gamma_integral(h->k, h->mean, u);
    case LAW_GAMMA:
        return h->cv > 0 ? gamma_integral(1 / (h->cv * h->cv), h->mean, u) : fmin(h->mean, u);
    case LAW_LOGNORMAL:
        return h->cv > 0 ? lognormal_integral(h->mean, h->cv, u) : fmin(h->mean, u);
    case LAW_EMPIRICAL:
        return empirical_integral(h, u);
    case LAW_HYPEREXPONENTIAL:
        break;
    }
    double sum = 0;
    for (uint32_t i = 0; i < h->count; i++)
        sum += h->probabilities[i] * exponential_integral(h->means[i], u);
    return sum;
}

/* u^2/2 P(S > u) + u E[S; S <= u] - E[S^2; S <= u]/2, of the parts of a law. */
static double twice(double u, double beyond, double mean_below, double square_below)
{
    return u * u / 2 * beyond + u * mean_below - square_below / 2;
}

static double gamma_twice(double shape, double m, double u)
{
    double x = u * shape / m;
    return twice(u, gsl_sf_gamma_inc_Q(shape, x), m * gsl_sf_gamma_inc_P(shape + 1, x),
                 m * m * (1 + 1 / shape) * gsl_sf_gamma_inc_P(shape + 2, x));
}

static double lognormal_twice(double m, double cv, double u)
{
    double sigma = sqrt(log1p(cv * cv)), mu = log(m) - sigma * sigma / 2, z = (log(u) - mu) / sigma;
    return twice(u, gsl_cdf_ugaussian_Q(z), m * gsl_cdf_ugaussian_P(z - sigma),
                 m * m * (1 + cv * cv) * gsl_cdf_ugaussian_P(z - 2 * sigma));
}

static double exponential_twice(double m, double u)
{
    return m * (u + m * expm1(-u / m));
}

static double value_twice(double value, double u)
{
    return u <= value ? u * u / 2 : value * (u - value / 2);
}

double holding_integral_twice(const struct holding *h, double u)
{
    double sum = 0;
    if (u <= 0)
        return 0;
    switch (h->law) {
    case LAW_EXPONENTIAL:
        return exponential_twice(h->mean, u);
    case LAW_DETERMINISTIC:
        return value_twice(h->mean, u);
    case LAW_ERLANG:
        return gamma_twice(h->k, h->mean, u);
    case LAW_GAMMA:
        return h->cv > 0 ? gamma_twice(1 / (h->cv * h->cv), h->mean, u) : value_twice(h->mean, u);
    case LAW_LOGNORMAL:
        return h->cv > 0 ? lognormal_twice(h->mean, h->cv, u) : value_twice(h->mean, u);
    case LAW_EMPIRICAL:
        for (uint32_t i = 0; i < h->count; i++)
            sum += value_twice(h->means[i], u) / h->count;
        return sum;
    case LAW_HYPEREXPONENTIAL:
        break;
    }
    for (uint32_t i = 0; i < h->count; i++)
        sum += h->probabilities[i] * exponential_twice(h->means[i], u);
    return sum;
}
