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

double registration_wait(const struct endpoints *endpoints, unsigned failures, bool all_failed,
                         double u)
{
    double wait = (double)endpoints->retry_wait / SECOND;
    double max = (double)endpoints->retry_max / SECOND;
    switch (endpoints->retry_law) {
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
