/* Two resources held together: session units and licences (or units on two clusters), shared
 * completely by all classes.
 *
 *     n q(n, m) = sum over classes of a_k u_k s_k q(n - u_k, m - l_k),   n = 1 .. units, m = 0 ..
 * licences
 *
 * Row n = 0 is the same recursion in m over the classes that take no units. Product form: exact for
 * Poisson arrivals and every law of holding time (Kelly 1991; Ross 1995). Acceptance tables (by
 * free units) as in model/kaufman_roberts.h make it an approximation. A few rows are kept and
 * rescaled; relative error below 1e-12, blocking down to 1e-300. Cost: about a nanosecond a cell
 * and size; 4000 units x 2000 licences about 30 ms.
 */
#ifndef PEERPLAN_MODEL_LICENCE_POOL_H
#define PEERPLAN_MODEL_LICENCE_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct pool_class {
    double load;
    int64_t units, licences;  /* of one call, >= 0 */
    const double *acceptance; /* as kr_class; borrowed */
    int64_t acceptance_count;
    /* out: shares of calls refused; a call can lack both */
    double blocking, lacks_units, lacks_licences;
};

struct pool_result {
    double mean_units, mean_licences;
    double units_full, licences_full; /* share of time none is free */
};

/* False when out of memory. */
bool licence_pool(int64_t units, int64_t licences, struct pool_class *classes, int count,
                  struct pool_result *result);

#endif
