#include "model/formulas/day_load.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JUMPS_AT_ONCE 4000.0 /* mean jumps of one Poisson expansion */
#define FADED_LOW                                                                                  \
    1e-60 /* states emptier than this at the lower end can no longer matter to blocking */
#define FADED_HIGH 1e-300

/* The uniformized chain of one step, and the range of states that has weight. */
struct chain {
    int64_t servers, low, high;
    double speed; /* jumps a unit of time */
    double up;    /* probability that a jump is an arrival */
    double *down; /* [n]: probability that it is a departure */
    double *now, *next, *sum;
};

static bool chain_init(struct chain *c, int64_t servers)
{
    size_t states = (size_t)servers + 3; /* a state beyond each end that stays 0 */
    *c = (struct chain){.servers = servers};
    c->down = calloc(states, sizeof(double));
    c->now = calloc(states, sizeof(double));
    c->next = calloc(states, sizeof(double));
    c->sum = calloc(states, sizeof(double));
    return c->down && c->now && c->next && c->sum;
}

static void chain_release(struct chain *c)
{
    free(c->down);
    free(c->now);
    free(c->next);
    free(c->sum);
}

static void chain_set(struct chain *c, double rate, double hold)
{
    c->speed = rate + (double)c->servers / hold;
    c->up = rate / c->speed;
    for (int64_t n = 0; n <= c->servers; n++)
        c->down[n] = (double)n / hold / c->speed;
}

/* One jump. Arrays are shifted by one so that state -1 exists. */
static void jump(struct chain *c)
{
    int64_t low = c->low > 0 ? c->low - 1 : 0,
            high = c->high < c->servers ? c->high + 1 : c->servers;
    const double *now = c->now + 1, *down = c->down;
    double *next = c->next + 1, up = c->up;
    for (int64_t n = low; n <= high; n++)
        next[n] = now[n - 1] * up + now[n] * (1 - up - down[n]) + now[n + 1] * down[n + 1];
    if (high == c->servers)
        next[high] += now[high] * up;
    while (low < high && next[low] < FADED_LOW)
        next[low++] = 0;
    while (high > low && next[high] < FADED_HIGH)
        next[high--] = 0;
    for (int64_t n = c->low; n < low; n++)
        next[n] = 0;
    for (int64_t n = high + 1; n <= c->high; n++)
        next[n] = 0;
    c->low = low;
    c->high = high;
    double *swap = c->now;
    c->now = c->next;
    c->next = swap;
    memset(c->next + c->low, 0, (size_t)(c->high - c->low + 3) * sizeof(double));
}

/* Poisson weights of 0 .. count-1 jumps and the tails beyond each; owned, NULL when out of memory.
 */
static double *poisson(double mean, int *count, double **tail)
{
    *count = (int)(mean + 18 * sqrt(mean) + 120);
    double *weight = malloc(2 * (size_t)*count * sizeof *weight);
    if (!weight)
        return NULL;
    *tail = weight + *count;
    for (int k = 0; k < *count; k++)
        weight[k] = exp((mean > 0 ? k * log(mean)
                         : k      ? -INFINITY
                                  : 0) -
                        mean - gsl_sf_lngamma(k + 1.0));
    double beyond = 0;
    for (int k = *count - 1; k >= 0; k--) {
        (*tail)[k] = beyond;
        beyond += weight[k];
    }
    return weight;
}

/* Moves the law on by `time`; returns the integral of the probability that all servers are busy,
 * -1: out of memory. */
static double advance(struct chain *c, double time)
{
    int count;
    double *tail, *weight = poisson(c->speed * time, &count, &tail), full = 0;
    if (!weight)
        return -1;
    memset(c->sum, 0, ((size_t)c->servers + 3) * sizeof(double));
    for (int k = 0; k < count; k++) {
        full += tail[k] * c->now[c->servers + 1];
        if (weight[k] > 1e-80)
            for (int64_t n = c->low; n <= c->high; n++)
                c->sum[n + 1] += weight[k] * c->now[n + 1];
        if (k + 1 < count)
            jump(c);
    }
    memcpy(c->now, c->sum, ((size_t)c->servers + 3) * sizeof(double));
    memset(c->next, 0, ((size_t)c->servers + 3) * sizeof(double));
    for (c->low = 0; c->low < c->servers && c->now[c->low + 1] < FADED_LOW; c->low++)
        c->now[c->low + 1] = 0;
    for (c->high = c->servers; c->high > c->low && c->now[c->high + 1] < FADED_HIGH; c->high--)
        c->now[c->high + 1] = 0;
    free(weight);
    return full / c->speed;
}

static double mean(const struct chain *c)
{
    double sum = 0;
    for (int64_t n = c->low; n <= c->high; n++)
        sum += (double)n * c->now[n + 1];
    return sum;
}

/* The mean busy follows from the balance d busy/dt = rate (1 - full) - busy/hold, integrated. */
static bool step_advance(struct chain *c, double hold, const struct load_step *step,
                         struct day_step *out)
{
    chain_set(c, step->rate, hold);
    double before = mean(c), full = 0;
    int parts = (int)ceil(c->speed * step->duration / JUMPS_AT_ONCE);
    for (int i = 0; i < parts; i++) {
        double part = advance(c, step->duration / parts);
        if (part < 0)
            return false;
        full += part;
    }
    *out = (struct day_step){.offered = step->rate * step->duration,
                             .blocked = step->rate * full,
                             .busy_end = mean(c),
                             .full_end = c->now[c->servers + 1]};
    if (step->duration > 0)
        out->busy =
            (out->offered - out->blocked - (out->busy_end - before)) * hold / step->duration;
    return true;
}

bool day_load_exact(int64_t servers, double hold, const struct load_step *steps, int count,
                    double *state, struct day_step *out)
{
    assert(servers >= 1 && hold > 0);
    struct chain c;
    bool done = chain_init(&c, servers);
    if (done) {
        memcpy(c.now + 1, state, ((size_t)servers + 1) * sizeof *state);
        c.high = servers;
    }
    for (int i = 0; done && i < count; i++)
        done = step_advance(&c, hold, &steps[i], &out[i]);
    if (done)
        memcpy(state, c.now + 1, ((size_t)servers + 1) * sizeof *state);
    chain_release(&c);
    return done;
}

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

double day_load_offered(const struct holding *holding, double from, const struct load_step *steps,
                        int count, double t)
{
    double sum = 0, start = from;
    for (int i = 0; i < count && start < t; i++) {
        double end = i + 1 < count && start + steps[i].duration < t ? start + steps[i].duration : t;
        if (steps[i].rate > 0)
            sum += steps[i].rate *
                   (holding_integral(holding, t - start) - holding_integral(holding, t - end));
        start += steps[i].duration;
    }
    return sum;
}
