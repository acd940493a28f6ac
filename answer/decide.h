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

/* A run with all peers up, those with some of them down, and the answer that is made of both. */
struct judged_run {
    struct results results;
    struct survival survival;
    struct answer answer;
};
void judged_run_release(struct judged_run *run);

struct decide_options {
    size_t most; /* replications; fewer than there are: none are added */
    /* Told before each part how many there will be; NULL: nobody asks. */
    void (*goes_on)(void *context, size_t replications);
    void *context;
};

/* Makes the answer, and goes on until it is decided. Results and survival are those of a run with
 * these options, and grow. False, with errors, when a run failed or memory ran out; release in any
 * case. */
bool decide(const struct scenario *scenario, const struct experiment_options *options,
            const struct decide_options *how, struct judged_run *run, struct errors *errors);

#endif
