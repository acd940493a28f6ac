/* The edge of what is good: the lowest whole number that is, where every higher one is too.
 *
 * From a guess by doubling steps until one is good and one is not, then by halving. What is sought
 * downwards is asked for with its sign turned. Of places that are not in order (a simulation is
 * sure, and with one more is not) it finds one that is good, with one below that is not. */
#ifndef PEERPLAN_ANSWER_EDGE_H
#define PEERPLAN_ANSWER_EDGE_H

#include <stdbool.h>

struct edge {
    double low, high; /* the range; whole numbers up to 2^53 */
    double from;      /* the guess; outside of the range its nearer end */
    double step;      /* the first; whole, >= 1 */
    /* Whether a place is good, into *good; false: stop. Each place is asked once; every good one is
     * below those before it. */
    bool (*judge)(void *context, double place, bool *good);
    void *context;
};

/* NAN: none is good, or it was stopped. */
double edge_find(const struct edge *edge);

#endif
