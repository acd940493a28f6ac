/* A span of time with one set of peers there: the solution for the load of a moment of it makes
 * counts of calls and integrals over time. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_SPAN_H
#define PEERPLAN_MODEL_ESTIMATE_SPAN_H

#include "model/estimate/bound.h"
#include "model/estimate/day.h"
#include "model/estimate/loads.h"
#include "model/estimate/memo.h"
#include "model/estimate/network.h"
#include "model/estimate/totals.h"

/* Why figures of a class do not hold now, from what spoils formulas for a settled load to what
 * spoils exact solutions in time as well. */
enum doubt {
    DOUBT_NONE,
    DOUBT_UNSETTLED, /* somebody came */
    DOUBT_THINNED,   /* somebody went: calls are cut, or run out */
    DOUBT_MOVED,     /* devices are no longer registered in the shares of the start */
    DOUBT_COARSE,    /* the load changes too often to be followed */
};

struct span {
    nanos from, to;
    nanos at;        /* the moment whose load stands for the span */
    bool stationary; /* the load is that of all times */
    double scale;    /* of all loads */
    enum effort effort;
    struct loads *loads;            /* where they change: of this scenario */
    struct bound *bound;            /* at loads that are never exceeded; NULL: none */
    struct memo *memo;              /* solutions of this network for loads met before; NULL: none */
    const enum doubt *doubts;       /* by class; NULL: none */
    const struct day_flow *exact;   /* by flow; NULL: none */
    const struct solution *busiest; /* with exact ones: of this network, which they are part of */
    bool all_exact;                 /* every class is exact: nothing is solved anew */
};

/* Adds it to the totals; false when out of memory. */
bool span_add(struct totals *totals, const struct scenario *scenario, const struct network *network,
              const struct span *span);

/* Is any refused call dialled again? */
bool span_redials(const struct scenario *scenario);

#endif
