/* Erlang's formulas: one class of calls, one unit each, Poisson arrivals.
 *
 * Load in erlangs (arrival rate x mean holding time), servers may be any real number >= 0. The loss
 * formula B holds for every law of holding time and, over several peers, for every way to choose a
 * peer that never refuses a call while any peer has a free unit (Erlang 1917; Anantharam, Gopinath
 * and Hajela 1988).
 *
 * Method: 1/B = 1 + c/A + c(c-1)/A^2 + ... summed from the largest number of servers down and
 * rescaled, which has no cancellation; the last term of a fractional number of servers is an
 * incomplete gamma function. Error below 1e-11 relative up to 20,000 servers. Where B is below
 * 1e-300 use the logarithm; erlang_b then returns 0 or what a double can hold. Preconditions
 * (asserted): servers >= 0, load >= 0, both finite.
 */
#ifndef PEERPLAN_MODEL_ERLANG_H
#define PEERPLAN_MODEL_ERLANG_H

#include <stdint.h>

double erlang_b(double servers, double load);     /* probability that all servers are busy */
double erlang_b_log(double servers, double load); /* its natural logarithm; -INFINITY for load 0 */

/* Inverses. Blocking in (0, 1). The smallest number of servers, and the real number of servers,
 * that meet it under a load. */
int64_t erlang_servers(double load, double blocking);
double erlang_servers_real(double load, double blocking);

#endif
