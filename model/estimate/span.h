/* A span of time with one set of peers there: the solution at its middle makes counts of calls and
 * integrals over time. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_SPAN_H
#define PEERPLAN_MODEL_ESTIMATE_SPAN_H

#include "model/estimate/network.h"
#include "model/estimate/totals.h"

struct span {
    nanos from, to;
    bool stationary; /* the load is that of all times; else as at the middle */
    double scale;    /* of all loads */
    bool preview;
    const char *unsettled; /* a reason why no formula holds now, or NULL */
};

/* Adds it to the totals; false when out of memory. */
bool span_add(struct totals *totals, const struct scenario *scenario, const struct network *network,
              const struct span *span);

/* Is any refused call dialled again? */
bool span_redials(const struct scenario *scenario);

#endif
