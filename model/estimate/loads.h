/* The loads of all classes over spans of time, worked out once: they are the same for every set of
 * peers and, times a factor, for every scale. Private to the estimate; for one thread. */
#ifndef PEERPLAN_MODEL_ESTIMATE_LOADS_H
#define PEERPLAN_MODEL_ESTIMATE_LOADS_H

#include "model/scenario.h"

struct loads; /* a cache */

/* Owned; NULL when out of memory. The scenario is borrowed. */
struct loads *loads_new(const struct scenario *scenario);
void loads_free(struct loads *loads); /* takes NULL */

/* Of a class over from .. to, of which `at` is a moment. */
struct load {
    double at, mean; /* calls in progress without limits: at the moment, and on average */
    double offered;  /* fresh calls in the span; NAN of finite populations */
};

/* By class; borrowed, good until the next call. NULL when out of memory. */
const struct load *loads_of(struct loads *loads, nanos from, nanos to, nanos at);

/* What a class does not exceed over a time in which its rate is one. */
double loads_top(struct loads *loads, uint32_t class_index, nanos from, nanos to);

#endif
