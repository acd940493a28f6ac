/* The exact solution in time, for classes that have one: single Poisson calls of one size with one
 * exponential holding time on one limit, from an empty start. The law of the calls in progress at
 * each such limit moves on with the load. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_DAY_H
#define PEERPLAN_MODEL_ESTIMATE_DAY_H

#include "model/estimate/network.h"
#include "model/estimate/solve.h"

struct track; /* the law at one limit; private to day.c */

struct day {
    const struct scenario *scenario;
    double scale;         /* of all loads */
    double work, most;    /* done so far and what it may come to, about milliseconds */
    struct track *tracks; /* owned, by resource */
    uint32_t count;
    bool *exact; /* owned, by class: it has an exact solution with the peers of now */
    bool all;    /* every class that calls has one */
    const struct network *network; /* borrowed: entered last, with a solution of it */
    const struct solution *solution;
};

/* most: milliseconds that the whole may cost; what would cost more is not exact. False when out of
 * memory; release in any case. */
bool day_init(struct day *day, const struct scenario *scenario, double scale, double most);
void day_release(struct day *day);

/* Takes a network over, which stays as it is until the next, for at most so many steps, and finds
 * what is exact in it. first: nothing came before. False when out of memory. */
bool day_enter(struct day *day, const struct network *network, const struct solution *solution,
               bool first, double steps);

/* What an exact flow met in a step: share of its calls refused, calls in progress on average. */
struct day_flow {
    double blocking, busy; /* NAN where not exact */
};

/* Moves on from `from` to `to`, over which rates are constant; flows out: as the network's. False
 * when out of memory. */
bool day_step(struct day *day, nanos from, nanos to, struct day_flow *flows);

#endif
