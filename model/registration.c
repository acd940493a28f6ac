#include "model/registration.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>

const double registration_ttls[REGISTRATION_TTL_COUNT] = {30,  45,  60,  90,   120,  180,  300,
                                                          450, 600, 900, 1200, 1800, 2700, 3600};

struct refresh_range registration_refresh(int64_t active)
{
    static const struct {
        int64_t to;
        struct refresh_range range;
    } table[] = {{100, {45, 60}}, {500, {150, 200}}, {1000, {300, 400}}, {1500, {450, 800}}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (active <= table[i].to)
            return table[i].range;
    return (struct refresh_range){750, 1000};
}

bool registration_by_table(const struct endpoints *endpoints)
{
    return endpoints->ttl <= 0 && endpoints->protocol != PROTOCOL_H323 &&
           (endpoints->failover == FAILOVER_OUTBOUND || endpoints->failover == FAILOVER_MRA);
}

struct refresh_range registration_interval(const struct endpoints *endpoints, int64_t active)
{
    if (endpoints->ttl > 0) {
        double ttl = (double)endpoints->ttl / (double)SECOND;
        return (struct refresh_range){ttl, ttl};
    }
    if (endpoints->protocol == PROTOCOL_H323)
        return (struct refresh_range){1800, 1800};
    if (registration_by_table(endpoints))
        return registration_refresh(active);
    return (struct refresh_range){45, 60};
}

static double doubled(double wait, double max, unsigned times)
{
    double scaled = ldexp(wait, times > 60 ? 60 : (int)times);
    return max > 0 && scaled > max ? max : scaled;
}

double registration_wait(enum retry_law law, double wait, double max, unsigned failures,
                         bool all_failed, double u)
{
    switch (law) {
    case RETRY_FIXED:
        return wait;
    case RETRY_JITTER:
        return wait * (0.5 + u);
    case RETRY_EXPONENTIAL:
        return doubled(wait, max, failures ? failures - 1 : 0);
    case RETRY_RFC5626:
        return doubled(all_failed ? wait : 3 * wait, max, failures) * (0.5 + u / 2);
    }
    return wait;
}

double registration_window_mean(double n, double ttl, double window)
{
    return n * fmin(window / ttl, 1);
}

double registration_window_sd(double n, double ttl, double window)
{
    double p = fmin(window / ttl, 1);
    return sqrt(n * p * (1 - p));
}

int64_t registration_window_quantile(int64_t n, double ttl, double window, double p)
{
    double share = fmin(window / ttl, 1);
    int64_t low = -1, high = n; /* P(X <= low) < p <= P(X <= high) */
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (gsl_cdf_binomial_P((unsigned)middle, share, (unsigned)n) < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double registration_notice_mean(double n, double ttl, double j)
{
    return ttl * j / (n + 1);
}

double registration_unreachable(double ttl, double mttr, double extra, bool survives)
{
    if (!survives || mttr <= 0)
        return survives ? 0 : ttl / 2 + extra;
    return mttr - mttr * mttr / ttl * -expm1(-ttl / mttr) + extra;
}

double registration_outbound_unreachable(int flows, double q)
{
    return pow(q, flows);
}

double registration_outbound_given(int peers, int flows, int down)
{
    if (down < flows)
        return 0;
    return gsl_sf_choose((unsigned)down, (unsigned)flows) /
           gsl_sf_choose((unsigned)peers, (unsigned)flows);
}

/* E[(X - room)^+] and P(X > room) for X ~ Binomial(n, p), from the law of X itself. */
static double excess(int64_t n, double p, int64_t room, double *beyond)
{
    if (room < 0)
        room = 0;
    double mean = (double)n * p;
    if (room >= n) {
        *beyond = 0;
        return 0;
    }
    *beyond = gsl_cdf_binomial_Q((unsigned)room, p, (unsigned)n);
    /* E[X; X > room] = n p P(Bin(n-1, p) >= room) */
    double above = room == 0 ? 1 : gsl_cdf_binomial_Q((unsigned)room - 1, p, (unsigned)n - 1);
    double result = mean * above - (double)room * *beyond;
    return result > 0 ? result : 0;
}

double registration_overflow(int64_t n, const int64_t *held, int k, int64_t cap, double *overflow)
{
    double sum = 0, beyond;
    for (int i = 0; i < k; i++) {
        sum += excess(n, 1.0 / k, cap - held[i], &beyond);
        if (overflow)
            overflow[i] = beyond;
    }
    return sum;
}

/* P(no share of m items over `bins` exceeds x) for all m <= n, from that for one bin fewer:
 * the last bin takes Binomial(m, 1/bins). Only items within 12 deviations are summed. */
static void add_bin(double *to, const double *from, int64_t n, int bins, int64_t x)
{
    double p = 1.0 / bins;
    for (int64_t m = 0; m <= n; m++) {
        double mean = (double)m * p, spread = 12 * sqrt(mean * (1 - p)) + 12;
        int64_t low = mean > spread ? (int64_t)(mean - spread) : 0;
        int64_t high = (int64_t)(mean + spread);
        high = high > m ? m : high;
        high = high > x ? x : high;
        double sum = 0;
        for (int64_t j = low; j <= high; j++)
            sum += gsl_ran_binomial_pdf((unsigned)j, p, (unsigned)m) * from[m - j];
        to[m] = sum;
    }
}

/* P(largest share <= x), NAN when out of memory. */
static double share_below(int64_t n, int k, int64_t x, double *scratch)
{
    double *from = scratch, *to = scratch + n + 1;
    for (int64_t m = 0; m <= n; m++)
        from[m] = m <= x;
    for (int bins = 2; bins < k; bins++) {
        add_bin(to, from, n, bins, x);
        double *other = from;
        from = to;
        to = other;
    }
    double sum = 0, p = 1.0 / k; /* the last bin is needed for n items only */
    for (int64_t j = 0; j <= (x < n ? x : n); j++)
        sum += gsl_ran_binomial_pdf((unsigned)j, p, (unsigned)n) * from[n - j];
    return sum;
}

/* Exact up to 3 peers or few clients; beyond that normal shares (largest of k, Blom's score summed
 * by quadrature over the normal law), which is within 0.1 % where it is used. */
static double largest_normal(int64_t n, int k)
{
    double sd = sqrt((double)n / k), sum = 0, step = 0.01; /* shares sum to n: sd of deviations */
    for (double z = -8; z < 8; z += step)
        sum += step * z * k * pow(gsl_cdf_ugaussian_P(z), k - 1) * gsl_ran_ugaussian_pdf(z);
    return (double)n / k + sd * sum;
}

double registration_largest_share(int64_t n, int k)
{
    if (n <= 0 || k <= 1)
        return (double)n;
    if ((k > 2 && n > 400) || n > 100000)
        return largest_normal(n, k);
    double *scratch = calloc((size_t)(2 * (n + 1)), sizeof *scratch);
    if (!scratch)
        return NAN;
    int64_t first = (n + k - 1) / k; /* the largest share is at least this */
    double sum = (double)first;
    for (int64_t x = first; x < n; x++) {
        double beyond = 1 - share_below(n, k, x, scratch);
        sum += beyond;
        if (beyond < 1e-14)
            break;
    }
    free(scratch);
    return sum;
}

double registration_completion_mean(double n, int k, double rate)
{
    return (1 + (n - 1) / (2 * k)) / rate;
}

struct registration_herd registration_herd(int64_t n, int64_t room, double rate, double wait)
{
    struct registration_herd herd = {0};
    double waiting = 0, now = 0;
    if (room <= 0 || rate <= 0 || wait <= 0)
        return herd;
    while (n > 0) {
        int64_t admitted = room - (int64_t)ceil(waiting - 1e-9);
        admitted = admitted > n ? n : admitted;
        herd.attempts += n;
        herd.waves++;
        n -= admitted;
        waiting += (double)admitted;
        herd.finish = now + waiting / rate;
        waiting = fmax(0, waiting - rate * wait);
        now += wait;
    }
    return herd;
}

/* Registrations that one endpoint keeps. */
static double registrants(const struct endpoints *endpoints)
{
    double flows =
        endpoints->failover == FAILOVER_OUTBOUND && endpoints->flows > 1 ? endpoints->flows : 1;
    if (endpoints->protocol == PROTOCOL_H323)
        return 1;
    return endpoints->protocol == PROTOCOL_BOTH ? flows + 1 : flows;
}

static double registration_rate(const struct scenario *scenario, const struct cluster *cluster)
{
    double slowest = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        double rate = scenario->peers[cluster->first_peer + i].registration_rate;
        if (rate > 0 && (slowest <= 0 || rate < slowest))
            slowest = rate;
    }
    return slowest;
}

struct registration_tradeoff registration_tradeoff(const struct scenario *scenario,
                                                   uint32_t population, double ttl)
{
    const struct endpoints *endpoints = &scenario->endpoints[population];
    const struct cluster *cluster = &scenario->clusters[endpoints->cluster];
    double peers = cluster->peer_count ? cluster->peer_count : 1, left = peers > 1 ? peers - 1 : 1;
    double n = (double)endpoints->count * registrants(endpoints), share = n / peers;
    double extra = (double)endpoints->timeout / (double)SECOND;
    double rate = registration_rate(scenario, cluster);
    struct registration_tradeoff row = {.ttl = ttl};
    row.failover_mean = ttl / 2 + extra;
    row.failover_p95 = 0.95 * ttl + extra;
    row.failover_max = ttl + extra;
    row.refreshes = share / ttl;
    row.refreshes_cluster = n / ttl;
    row.storm = peers > 1 ? share / ttl / left : 0;
    row.unregistered_minutes = share * row.failover_mean / 60;
    row.load = rate > 0 ? n / left / ttl / rate : 0;
    return row;
}
