/* What happens to registrations when a peer is lost: closed forms.
 *
 * Endpoints of a lost peer spread over the survivors independently and evenly (alternates in random
 * order); refresh phases are uniform over the time to live; times in seconds. Exact under these
 * assumptions unless stated.
 */
#ifndef PEERPLAN_MODEL_REGISTRATION_LOSS_H
#define PEERPLAN_MODEL_REGISTRATION_LOSS_H

#include <stdint.h>

/* `lost` endpoints, each tries one survivor at random, which holds held[i] and takes `limit` in
 * all: the mean number refused, and in overflow[i] (may be NULL) the probability that survivor i
 * refuses any. */
double failover_refused(int64_t lost, const int64_t *held, int survivors, int64_t limit,
                        double *overflow);
/* The same when each tries all survivors. */
int64_t failover_refused_all(int64_t lost, const int64_t *held, int survivors, int64_t limit);

/* Re-registrations in any window <= ttl after the loss: Binomial(count, window / ttl). */
struct ttl_storm {
    double mean, sd;
    int64_t median, q99, q9999;
    double rate;            /* a second */
    double half_time, last; /* mean time of the count/2-th and of the last */
};
struct ttl_storm ttl_storm(int64_t count, double ttl, double window);

/* Mean time an endpoint is unreachable after a failure, detection included: registrations that
 * survive the restart are served again after the repair (exponential), otherwise at the next
 * refresh; and the share of all time. */
double unreachable_mean(double ttl, double mttr, double detection, int survives);
double unreachable_fraction(double ttl, double mttr, double mtbf, double detection, int survives);

/* `count` endpoints come back at the same instant to survivors that serve `rate` a second each. The
 * mean of the fullest share is exact for up to two survivors or 200 endpoints, else the normal
 * approximation (error below 0.4 %). */
struct simultaneous {
    double max_share, finish,
        completion; /* endpoints; seconds until all, and until a given one, is served */
};
struct simultaneous simultaneous_storm(int64_t count, int survivors, double rate);

/* All clients try at once, a server queues `room` and serves `rate` a second, the refused try again
 * after `wait`. */
struct herd {
    int64_t waves;
    double finish, attempts;
};
struct herd herd_fixed_wait(int64_t count, double room, double rate, double wait);

/* RFC 5626 section 4.5: the upper bound of the wait after so many failures in a row; the wait is
 * uniform on its upper half. base 30 s when all flows failed, 90 s otherwise. */
double rfc5626_wait(double base, int failures);

/* An endpoint registered on `flows` of `peers` peers (all sets alike): probability that all of them
 * are among `failed`. */
double outbound_unreachable(int peers, int flows, int failed);

#endif
