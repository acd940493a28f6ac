/* A day of steps on so many servers from a state to a state: the law of day_load.h, moved on step
 * by step. state[0..servers]: the law of calls in progress, before and after; out: a result a step.
 */
#ifndef PEERPLAN_TESTS_DAY_LOAD_H
#define PEERPLAN_TESTS_DAY_LOAD_H

#include <string.h>

#include "model/formulas/day_load.h"

static inline bool day_load_exact(int64_t servers, double hold, const struct load_step *steps,
                                  int count, double *state, struct day_step *out)
{
    struct day_law law;
    bool done = day_law_init(&law, servers);
    if (done) {
        memcpy(law.now + 1, state, ((size_t)servers + 1) * sizeof *state);
        law.low = 0;
        law.high = servers;
    }
    for (int i = 0; done && i < count; i++)
        done = day_law_advance(&law, hold, &steps[i], &out[i]);
    if (done)
        memcpy(state, law.now + 1, ((size_t)servers + 1) * sizeof *state);
    day_law_release(&law);
    return done;
}

#endif
