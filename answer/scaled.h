/* A scenario at another load: classes and populations times a factor each, as often as one likes.
 *
 * Calls stated per endpoint follow their population, and their own factor on top. Populations are
 * rounded up to whole devices. Accounts (provisioned devices, FindMe) that are as many as the
 * devices of their cluster follow these; others, and call records, have a factor of their own.
 */
#ifndef PEERPLAN_ANSWER_SCALED_H
#define PEERPLAN_ANSWER_SCALED_H

#include "model/scenario.h"

struct scaled {
    struct scenario *scenario; /* borrowed; changed in place */
    double *rates;             /* owned; of all steps of all classes */
    int64_t *sources, *counts; /* owned; of classes, of populations */
    double *scales;            /* owned; of call records */
    int64_t *accounts;         /* owned; provisioning and FindMe of clusters, in turn */
};

/* Remembers the load as it is. False when out of memory; release in any case. */
bool scaled_init(struct scaled *scaled, struct scenario *scenario);
void scaled_release(struct scaled *scaled);

/* Factors by class and by population of the load remembered. */
void scaled_set(struct scaled *scaled, const double *classes, const double *populations);
/* Call records, and accounts; after populations are set. */
void scaled_set_others(struct scaled *scaled, double factor);
/* All of it. */
void scaled_set_all(struct scaled *scaled, double factor);

/* Erlangs offered at the busiest, all classes together. */
double scaled_erlangs(const struct scaled *scaled);

#endif
