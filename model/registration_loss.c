#include "model/registration_loss.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stddef.h>

#define SHARE_EXACT                                                                                \
    200 /* endpoints up to which the fullest of three and more shares is enumerated */

double failover_refused(int64_t lost, const int64_t *held, int survivors, int64_t limit,
                        double *overflow)
{
    double refused = 0, share = survivors > 0 ? 1.0 / survivors : 0;
    for (int i = 0; i < survivors; i++) {
        double over = 0, any = 0;
        int64_t room = limit > held[i] ? limit - held[i] : 0;
        for (int64_t x = lost; x > room; x--) {
            double p = gsl_ran_binomial_pdf((unsigned)x, share, (unsigned)lost);
            over += p * (double)(x - room);
            any += p;
        }
        refused += over;
        if (overflow)
            overflow[i] = any;
    }
    return survivors > 0 ? refused : (double)lost;
}

int64_t failover_refused_all(int64_t lost, const int64_t *held, int survivors, int64_t limit)
{
    int64_t room = 0;
    for (int i = 0; i < survivors; i++)
        room += limit > held[i] ? limit - held[i] : 0;
    return lost > room ? lost - room : 0;
}

static int64_t binomial_quantile(int64_t n, double p, double level)
{
    int64_t low = -1, high = n;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (gsl_cdf_binomial_P((unsigned)middle, p, (unsigned)n) >= level)
            high = middle;
        else
            low = middle;
    }
    return high;
}

struct ttl_storm ttl_storm(int64_t count, double ttl, double window)
{
    assert(window >= 0 && window <= ttl);
    double n = (double)count, p = window / ttl;
    return (struct ttl_storm){
        .mean = n * p,
        .sd = sqrt(n * p * (1 - p)),
        .median = binomial_quantile(count, p, 0.5),
        .q99 = binomial_quantile(count, p, 0.99),
        .q9999 = binomial_quantile(count, p, 0.9999),
        .rate = n / ttl,
        .half_time = ttl * floor(n / 2) / (n + 1),
        .last = ttl * n / (n + 1),
    };
}

double unreachable_mean(double ttl, double mttr, double detection, int survives)
{
    if (!survives)
        return detection + ttl / 2;
    return detection + mttr - mttr * mttr / ttl * -expm1(-ttl / mttr);
}

double unreachable_fraction(double ttl, double mttr, double mtbf, double detection, int survives)
{
    return unreachable_mean(ttl, mttr, detection, survives) / (mtbf + mttr);
}

/* P(all of `shares` evenly filled shares hold at most `most`) of n: convolution of Poisson weights,
 * given their sum. */
static double all_below(int n, int shares, int most, const double *weight)
{
    double law[SHARE_EXACT + 1] = {1}, next[SHARE_EXACT + 1];
    for (int s = 0; s < shares; s++) {
        for (int x = 0; x <= n; x++) {
            next[x] = 0;
            for (int y = 0; y <= x && y <= most; y++)
                next[x] += law[x - y] * weight[y];
        }
        for (int x = 0; x <= n; x++)
            law[x] = next[x];
    }
    return law[n] / gsl_ran_poisson_pdf((unsigned)n, n);
}

static double max_share_exact(int n, int shares)
{
    double mean = 0, weight[SHARE_EXACT + 1];
    for (int y = 0; y <= n; y++)
        weight[y] = gsl_ran_poisson_pdf((unsigned)y, (double)n / shares);
    for (int most = 0; most < n; most++) {
        double beyond = 1 - all_below(n, shares, most, weight);
        mean += beyond;
        if (most > n / shares && beyond < 1e-14)
            break;
    }
    return mean;
}

/* The larger of a Binomial(n, 1/2) and its rest. */
static double max_share_two(int64_t n)
{
    double mean = 0;
    for (int64_t x = 0; x <= n; x++)
        mean +=
            gsl_ran_binomial_pdf((unsigned)x, 0.5, (unsigned)n) * (double)(x > n - x ? x : n - x);
    return mean;
}

/* Mean of the largest of 1 .. 6 standard normal variables (more: the value for 6). */
static double max_share_normal(double n, int shares)
{
    static const double largest[] = {0,           0,           0.564189584, 0.846284375,
                                     1.029375373, 1.162964474, 1.267206361};
    return n / shares + sqrt(n / shares) * largest[shares < 6 ? shares : 6];
}

struct simultaneous simultaneous_storm(int64_t count, int survivors, double rate)
{
    assert(survivors >= 1 && rate > 0);
    double n = (double)count;
    struct simultaneous out = {.max_share = n};
    if (survivors == 2)
        out.max_share = max_share_two(count);
    else if (survivors > 2)
        out.max_share = count <= SHARE_EXACT ? max_share_exact((int)count, survivors)
                                             : max_share_normal(n, survivors);
    out.finish = out.max_share / rate;
    out.completion = count > 0 ? (1 + (1 + (n - 1) / survivors)) / 2 / rate : 0;
    return out;
}

struct herd herd_fixed_wait(int64_t count, double room, double rate, double wait)
{
    assert(room > 0 && rate > 0 && wait > 0);
    struct herd out = {0};
    double queued = 0, left = (double)count;
    while (left > 0) {
        queued = fmax(0, queued - rate * wait);
        double taken = floor(fmin(left, room - queued));
        if (taken <= 0 && rate * wait < 1)
            break; /* the queue frees less than one place a wave: only the fluid bound is left */
        out.attempts += left;
        out.waves++;
        left -= taken;
        queued += taken;
    }
    out.finish = out.waves > 0 ? (double)(out.waves - 1) * wait + (queued + left) / rate : 0;
    return out;
}

double rfc5626_wait(double base, int failures)
{
    return fmin(1800, base * exp2(failures));
}

double outbound_unreachable(int peers, int flows, int failed)
{
    if (failed < flows)
        return 0;
    return gsl_sf_choose((unsigned)failed, (unsigned)flows) /
           gsl_sf_choose((unsigned)peers, (unsigned)flows);
}
