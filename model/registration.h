/* What can be said about registrations by formula: refresh intervals, back-off, TTL, storms.
 *
 * Times in seconds unless a name says otherwise. Sources: refresh by number of active registrations
 * and the defaults 45-60 s (standard SIP), 300-3600 s (outbound): Administrator Guide X15.5; H.323
 * time to live 1800 s: Administrator Guide X14.2; back-off of flows: RFC 5626 section 4.5. The
 * closed forms are exact under what each states: endpoints refresh at independent uniform phases,
 * a loss is noticed at the refresh, `extra` seconds pass besides (time-outs).
 */
#ifndef PEERPLAN_MODEL_REGISTRATION_H
#define PEERPLAN_MODEL_REGISTRATION_H

#include <stddef.h>

#include "model/scenario.h"

struct refresh_range {
    double low, high; /* the interval is uniform between them */
};

/* Refresh interval that a peer with `active` registrations gives out. */
struct refresh_range registration_refresh(int64_t active);
/* The same for a population: its ttl where stated, else by its kind of client. */
struct refresh_range registration_interval(const struct endpoints *endpoints, int64_t active);
/* It depends on the peer's registrations: SIP outbound and MRA without a stated interval (of MRA
 * no document says anything). */
bool registration_by_table(const struct endpoints *endpoints);

/* The wait after `failures` (>= 1) rounds without success, by what the population states of its
 * retries. `u` in (0, 1). all_failed: no flow of the endpoint is left (RFC 5626: base 30 s rather
 * than 90 s; here wait and 3 wait). */
double registration_wait(const struct endpoints *endpoints, unsigned failures, bool all_failed,
                         double u);

/* The trade-off of one population at one refresh interval, even spread over the cluster's peers. */
struct registration_tradeoff {
    double ttl;
    double failover_mean, failover_p95, failover_max; /* seconds after the loss of one peer */
    double refreshes;            /* requests per second and peer, all peers up, this population */
    double refreshes_cluster;    /* the same over the cluster */
    double storm;                /* re-registrations per second at each peer left, one peer lost */
    double unregistered_minutes; /* endpoint-minutes for the loss of one peer */
    double load; /* refreshes with one peer lost / registration-rate; 0: no rate stated */
};
struct registration_tradeoff registration_tradeoff(const struct scenario *scenario,
                                                   uint32_t population, double ttl);
#define REGISTRATION_TTL_COUNT 14
extern const double registration_ttls[REGISTRATION_TTL_COUNT]; /* the curve's grid, seconds */

#endif
