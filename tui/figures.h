/* What is in use at the busiest hour: of clusters, peers and pools, by formula and as simulated.
 *
 * One quantity: the mean over the hour in which it is greatest. Momentary peaks are metrics of the
 * results, and another quantity. */
#ifndef PEERPLAN_TUI_FIGURES_H
#define PEERPLAN_TUI_FIGURES_H

#include "model/estimate/estimate.h"
#include "sim/study/results.h"

struct figure {
    double estimated, simulated; /* NAN: not known */
};

struct figures {
    struct figure *peers;    /* units; owned, as all: one allocation, at peers */
    struct figure *clusters; /* units */
    struct figure *pools;    /* licences; cluster * LICENCE_COUNT + licence */
    double *registrations;   /* of peers, as the devices spread */
};

/* What is known of either, NULL for what is not. */
struct figures_sources {
    const struct estimate *estimate;
    const struct results *results;
    const uint32_t *out; /* peers that take no calls */
    uint32_t out_count;
};

/* False when out of memory; release in any case. */
bool figures_make(struct figures *figures, const struct scenario *scenario,
                  const struct figures_sources *from);
void figures_release(struct figures *figures);

/* The simulated one where there is one. */
double figure_best(const struct figure *figure);

#endif
