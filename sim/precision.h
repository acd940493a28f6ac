/* When a run has become precise enough.
 *
 * For every class whose blocking exceeds a tenth of its goal, the half-width of its interval is at most the wanted share
 * of it (Chow and Robbins, with the usual correction); for the others the upper limit is below a tenth of the goal.
 */
#ifndef PEERPLAN_SIM_PRECISION_H
#define PEERPLAN_SIM_PRECISION_H

#include "sim/results.h"

struct precision_state {
    bool reached;
    double worst; /* largest relative half-width among the classes that count; NAN: none */
};

struct precision_state precision_reached(const struct scenario *scenario, const struct results *results,
                                         double precision);

#endif
