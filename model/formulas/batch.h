/* Calls that start together: meetings.
 *
 * Groups of calls arrive as a Poisson process; of a group that finds too little room a part is
 * admitted. One unit a call, exponential holding with one mean for all classes. The balance of flow
 * across each level
 *
 *     n p(n) = sum over j < n of p(j) x (groups a holding time) x P(size >= n - j)
 *
 * is exact (Kaufman and Rege's up-crossing argument; checked here against enumerated chains).
 * Peakedness is the variance over the mean of the calls in progress that nothing limits; Fredericks
 * and Hayward's approximation (1980) divides servers and load by it: measured 3 to 8 % low at 500
 * servers and more, 22 % low when groups reach a tenth of them.
 */
#ifndef PEERPLAN_MODEL_BATCH_H
#define PEERPLAN_MODEL_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

struct batch_class {
    double groups;               /* a mean holding time */
    const int64_t *sizes;        /* >= 1; borrowed */
    const double *probabilities; /* sum 1; borrowed */
    uint32_t count;
    double blocking; /* out: share of calls refused */
};

/* busy: mean calls in progress; full: share of time no server is free. False when out of memory. */
bool batch_blocking(int64_t servers, struct batch_class *classes, int count, double *busy,
                    double *full);

double batch_mean(const struct batch_class *c);
double batch_peakedness(const struct batch_class *c); /* exponential holding */
double arrivals_peakedness(
    const struct arrivals *arrivals); /* the same by the law of groups; 1 without one */

/* Fredericks and Hayward: Erlang's formula on servers / z and load / z. */
double hayward_blocking(double servers, double load, double peakedness);

#endif
