/* How rarely independent Poisson numbers of things of several sizes ask for more than there is.
 *
 * Chernoff's bound: P(use > room) <= min over t >= 0 of exp(sum load (exp(t size) - 1) - t room).
 * It holds as well for whatever is a part of that: calls in progress under limits are a part of
 * those without. Sizes > 0, loads >= 0 (means of the numbers).
 */
#ifndef PEERPLAN_MODEL_CHERNOFF_H
#define PEERPLAN_MODEL_CHERNOFF_H

#include <stddef.h>

struct chernoff_size {
    double amount, load;
};

double chernoff_over(const struct chernoff_size *sizes, size_t count, double room);

/* The same without its slack: a tenth more than the leading term of the tail of a lattice (Bahadur
 * and Rao 1960), where sizes are whole numbers and the use is spread over many; no theorem, but
 * above the sum wherever it was compared. */
double chernoff_close(const struct chernoff_size *sizes, size_t count, double room);

#endif
