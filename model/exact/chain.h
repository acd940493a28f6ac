/* A continuous-time Markov chain over states of a few bytes, and its stationary law.
 *
 * States are found while the chain is explored: chain_state() gives the index of a state and makes
 * a new one when it is not yet known; the caller walks the indices from 0 until there are no more.
 * Up to CHAIN_DENSE states the law is computed by the elimination of Grassmann, Taksar and Heyman
 * (Operations Research 33, 1985), which subtracts nothing and so loses no digits; larger chains by
 * Gauss-Seidel sweeps with aggregation over groups (Koury, McAllister and Stewart, SIAM J. Alg.
 * Disc. Meth. 5, 1984). States that agree in their first `prefix` bytes form a group: put there
 * what changes slowly, such as which peers are up.
 *
 * The chain must be irreducible from state 0 on; nothing checks that.
 */
#ifndef PEERPLAN_MODEL_CHAIN_H
#define PEERPLAN_MODEL_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHAIN_FULL  UINT32_MAX
#define CHAIN_DENSE 300

struct chain;

struct chain *chain_new(size_t width, size_t prefix,
                        size_t states_max); /* owned; NULL when out of memory */
void chain_free(struct chain *chain);       /* takes NULL */

/* The index of a state of `width` bytes; CHAIN_FULL when there would be too many, or memory is out.
 */
uint32_t chain_state(struct chain *chain, const uint8_t *state);
const uint8_t *chain_bytes(const struct chain *chain,
                           uint32_t index); /* borrowed until the next chain_state() */
size_t chain_count(const struct chain *chain);

/* Adds a transition with a rate > 0; several between the same states add up, one to itself is
 * ignored. */
bool chain_transition(struct chain *chain, uint32_t from, uint32_t to, double rate);

/* The stationary law, owned by the caller (free), and the largest flow imbalance left in *residual,
 * relative to the flow through the state with most of it. NULL when out of memory or when the
 * sweeps do not converge. */
double *chain_solve(struct chain *chain, double *residual);

#endif
