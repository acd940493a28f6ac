/* Kaufman and Roberts: calls of several sizes that share one group of units completely.
 *
 *     n q(n) = sum over classes of a_k b_k s_k(n - b_k) q(n - b_k),     n = 1 .. capacity
 *
 * with load a_k in erlangs, b_k units a call, and acceptance s_k, which is 1 as long as the call
 * fits. Poisson arrivals. With full acceptance the result is exact for every law of holding time
 * (Kaufman 1981, Roberts 1981). With a table of acceptance by free units the recursion is an
 * approximation: trunk reservation (Roberts 1983), and peers on which free units are fragmented
 * (model/fragmentation.h).
 *
 * All terms are positive, so nothing cancels; what grows beyond 1e270 is rescaled. Relative error
 * below 1e-12 up to 20,000 units, blocking down to 1e-300 (below: 0). Cost: a few nanoseconds a
 * unit and size.
 */
#ifndef PEERPLAN_MODEL_KAUFMAN_ROBERTS_H
#define PEERPLAN_MODEL_KAUFMAN_ROBERTS_H

#include <stdbool.h>
#include <stdint.h>

struct kr_class {
    double load;              /* erlangs, >= 0 */
    int64_t units;            /* of one call, >= 0; 0 is never refused */
    const double *acceptance; /* by free units 0 .. acceptance_count - 1, then 1; NULL: whenever it
                                 fits. Borrowed */
    int64_t acceptance_count;
    double blocking; /* out: share of calls refused */
};

struct kr_result {
    double mean_units;    /* busy */
    double full_fraction; /* time with no unit free */
};

/* False when out of memory; capacity and units >= 0 (asserted). */
bool kaufman_roberts(int64_t capacity, struct kr_class *classes, int count,
                     struct kr_result *result);

#endif
