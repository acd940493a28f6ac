/* Calls pinned to peers, each with its own units, that share one pool: RMS licences, or the units
 * of the cluster cap.
 *
 * A peer by itself is the recursion of model/licence_pool.h; the laws of licences in use on the
 * peers are convolved and cut at the pool; the blocking of a peer's calls comes from its own law
 * and the convolution of the others. Product form: exact for Poisson arrivals and every law of
 * holding time (Ross 1995). Relative error below 1e-11. Cost: (units + licences) x licences a peer,
 * milliseconds.
 */
#ifndef PEERPLAN_MODEL_PINNED_POOL_H
#define PEERPLAN_MODEL_PINNED_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct pinned_peers {
    const int64_t *units; /* by peer */
    int count;
    int64_t licences; /* of the pool */
};

struct pinned_class {
    int peer;
    double load;
    int64_t units, licences; /* of one call, >= 0 */
    double blocking, lacks_units,
        lacks_licences; /* out: shares of calls refused; a call can lack both */
};

struct pinned_result {
    double mean_licences, pool_full; /* licences in use; share of time none is free */
};

/* False when out of memory. */
bool pinned_pool(const struct pinned_peers *peers, struct pinned_class *classes, int count,
                 struct pinned_result *result);

#endif
