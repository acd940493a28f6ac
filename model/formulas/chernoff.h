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

#endif
