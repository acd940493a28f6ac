/* Starting in the steady state: calls in progress drawn from the product form, with residual lives.
 *
 * Where it applies the state at the start is exactly stationary (units in use, calls of each class, and how long they go
 * on), so no warm-up is needed: Kaufman-Roberts gives the law of the units in use, walking it back gives the calls of each
 * class, and what the pool of RMS does not allow is drawn again. It applies to Poisson arrivals of constant rate, one leg
 * a call, and clusters of one peer or with calls of one size only (then the total is Erlang's whatever the routing that
 * uses all room). The split of the calls over the peers has no product form: they are placed one by one.
 */
#ifndef PEERPLAN_SIM_STEADY_H
#define PEERPLAN_SIM_STEADY_H

#include "sim/plan.h"

struct simulation;

/* Why it does not apply (static text), or NULL: it does. */
const char *steady_obstacle(const struct plan *plan);

/* Fills a simulation that was just reset. False when memory is out. */
bool steady_fill(struct simulation *sim);

#endif
