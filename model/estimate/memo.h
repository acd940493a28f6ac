/* Solutions of one network by load: a load that stays, or comes again, is solved once. Private to
 * the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_MEMO_H
#define PEERPLAN_MODEL_ESTIMATE_MEMO_H

#include "model/estimate/solve.h"

#define MEMO_MAX     8
#define MEMO_CLASSES 64 /* of scenarios for which it is kept */

struct memo {
    const struct network *network; /* borrowed */
    uint32_t classes;
    double *fresh[MEMO_MAX], *loads[MEMO_MAX]; /* owned: without redials, with them */
    struct solution solutions[MEMO_MAX];
    size_t used, next;
};

void memo_clear(struct memo *memo); /* forgets; the network stays */

/* The solution for these fresh loads, borrowed, and the loads with redials; NULL when there is
 * none.
 */
const struct solution *memo_find(const struct memo *memo, const double *fresh,
                                 const double **loads);

/* Keeps a solution in the place of the oldest; what does not fit into memory is not kept. */
void memo_keep(struct memo *memo, const double *fresh, const double *loads,
               const struct solution *solution);

#endif
