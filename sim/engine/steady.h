/* Starting in the steady state: calls in progress drawn from the product form, with residual lives.
 *
 * Where it applies the state at the start is exactly stationary (calls of each class, and how long
 * they go on), so no warm-up is needed. Calls of class k are Poisson(a_k), given that they fit into
 * units C and RMS L. To draw them, all a_k are tilted to a_k x^u_k y^l_k, with x, y <= 1 such that
 * the calls fit on average; a draw that fits and leaves n units and m RMS free is taken with
 * probability x^n y^m, which undoes the tilt (rejection: exact for any x and y, without tables,
 * whichever of the two is short).
 *
 * It applies to Poisson arrivals, one leg a call, and clusters of one peer or with calls of one
 * size only (then the total is as on one peer whatever the routing that uses all room; Kelly 1991).
 * The split of the calls over the peers has no product form: they are placed one by one. Where
 * rates change with time, the state is that of the rates which hold at the start, and with nothing
 * stated about the warm-up they hold from its beginning to time 0.
 */
#ifndef PEERPLAN_SIM_STEADY_H
#define PEERPLAN_SIM_STEADY_H

#include "sim/engine/plan.h"

struct simulation;

/* Why it does not apply (static text), or NULL: it does. */
const char *steady_obstacle(const struct plan *plan);

/* Whether rates before time 0 are those of time 0. */
bool steady_holds_rates(const struct plan *plan);

/* Seconds after which calls in progress have nothing left of an empty start, whatever the laws of
 * their holding times. */
double steady_settling(const struct plan *plan);

/* Fills a simulation that was just reset. False when memory is out, or, with an error, when a load
 * is beyond all reason. */
bool steady_fill(struct simulation *sim);

#endif
