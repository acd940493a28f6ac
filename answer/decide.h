/* A run that is not decided goes on.
 *
 * Where more replications of the same kind can decide (answer_more_replications) they are added to
 * those that are there, about as many as are predicted and at least as many again, up to a most;
 * sets of peers down that are not decided are run again with as many. Where even twice the most
 * would not do, none are added. The same scenario, seed and most give the same results as if all
 * replications had been asked for at once.
 */
#ifndef PEERPLAN_ANSWER_DECIDE_H
#define PEERPLAN_ANSWER_DECIDE_H

#include "answer/answer.h"

#define DECIDE_TIMES 20 /* the most, if nobody says: times the replications that were stated */

/* Makes the answer, and goes on until it is decided. results and survival are those of a run with
 * these options, and grow. goes_on (may be NULL) is told before each part how many there will be.
 * False, with errors, when a run failed or memory ran out; release the answer in any case. */
bool decide(const struct scenario *scenario, const struct experiment_options *options, size_t most,
            void (*goes_on)(void *context, size_t replications), void *context,
            struct results *results, struct survival *survival, struct answer *answer,
            struct errors *errors);

#endif
