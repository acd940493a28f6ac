/* A law of durations in bounded memory: counts in classes of one part in 128, exact minimum and
 * maximum, quantiles within half a class (0.4 %). A gap-free range from 1 microsecond to 292 years;
 * shorter durations are counted exactly. Empty costs one pointer.
 */
#ifndef PEERPLAN_SIM_DELAYS_H
#define PEERPLAN_SIM_DELAYS_H

#include "model/scenario.h"

struct delays {
    uint32_t *counts; /* owned; NULL until the first duration */
    uint64_t count;
    nanos min, max;
};

void delays_release(struct delays *delays);
void delays_clear(struct delays *delays);
bool delays_add(struct delays *delays, nanos duration);        /* false: out of memory */
double delays_quantile(const struct delays *delays, double p); /* seconds; NAN when empty */

#endif
