/* What mends a scenario that misses its goals: levers (answer/levers.h), each with the least amount
 * that does, found by halving and tried before it is said. */
#ifndef PEERPLAN_ANSWER_ADVICE_H
#define PEERPLAN_ANSWER_ADVICE_H

#include "answer/levers.h"

/* A change that mends it. */
struct advice_item {
    double from, to;              /* of what the lever moves */
    double blocked, blocked_down; /* worst class; NAN: no call, no peer down */
    double registrations;         /* worst population; NAN: no devices */
    enum verdict verdict;
    enum basis basis;
    const char *words, *settings; /* "6 more RMS in edge"; "a=1; b=2" */
};

struct advice {
    enum verdict verdict;      /* of the scenario as it is; YES: there is nothing to mend */
    struct advice_item *items; /* owned; smallest change first */
    size_t count;
    struct arena *arena; /* owned; holds the words */
};

/* By the formulas; by simulation where options say so or the formulas cannot tell. Not judged (a
 * scenario that cannot be run, or stopped): no items and VERDICT_CANNOT_TELL. False when out of
 * memory; release in any case. */
bool advice_find(const struct scenario *scenario, const struct trial_maker *maker,
                 const struct trial_options *options, struct advice *advice);
void advice_release(struct advice *advice);

#endif
