/* The next step when the answer is no: the smallest change that mends it, applied, tried, and said
 * with what was seen.
 *
 * Levers (answer/levers.h) are drawn to the end together; where that mends it, the dearest is taken
 * back as far as possible, then the next, so that what is left is the least of the dearest kinds.
 * The estimate searches where it sees the fault; the change that it finds is simulated, and
 * corrected where the simulation says otherwise. Where the estimate does not see it the simulation
 * searches. Nothing is advised that was not tried; a user who follows it gets what was seen.
 */
#ifndef PEERPLAN_ANSWER_NEXT_STEP_H
#define PEERPLAN_ANSWER_NEXT_STEP_H

#include "answer/levers.h"

struct next_step {
    bool found;
    char *words;           /* a sentence; "" for nothing to say; owned */
    const char **settings; /* owned, with their texts in the arena */
    size_t count;
    enum verdict verdict; /* with it: yes, or undecided */
    struct arena *arena;  /* owned */
};

/* options: as for the run that gave the answer, and what that spent. False when out of memory;
 * release in any case. */
bool next_step_find(const struct scenario *scenario, const struct answer *answer,
                    const struct trial_maker *maker, const struct trial_options *options,
                    struct next_step *step);
void next_step_release(struct next_step *step);

#endif
