/* When a run has become precise enough.
 *
 * For every class whose blocking exceeds a tenth of its goal, the half-width of its interval is at
 * most the wanted share of it (Chow and Robbins, with the usual correction); for the others the
 * upper limit is below a tenth of the goal.
 *
 * How many replications that takes can be said before the first: constant loads are made into one
 * stream of equal calls (Hayward), whose blocking and variance are known by formula
 * (statistics_blocking_variance). Good to a factor of two; where the load changes with the time
 * only the run itself can tell.
 */
#ifndef PEERPLAN_SIM_PRECISION_H
#define PEERPLAN_SIM_PRECISION_H

#include "sim/results.h"

struct precision_state {
    bool reached;
    double worst; /* largest relative half-width among the classes that count; NAN: none */
};

struct precision_state precision_reached(const struct scenario *scenario,
                                         const struct results *results, double precision);

/* Replications of the scenario's length that the precision will take, by formula; NAN when no
 * formula applies. */
double precision_plan(const struct scenario *scenario, double precision);

#endif
