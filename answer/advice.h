/* The smallest changes of a scenario.
 *
 * Where it misses its goals: what mends it. The next step (answer/next_step.h, the same that run
 * and estimate say) comes first, be it one lever or several at once; then every single lever
 * (answer/levers.h) that mends it, with the least amount that suffices, in the order of what they
 * ask of a user. Where it meets them: what can be taken away (answer/savings.h), with the largest
 * amount at which it still does.
 *
 * The formulas search. What they cannot decide is simulated, and every change is where options ask
 * for it; where they do not see the fault, the simulation searches. Nothing is said that was not
 * tried.
 */
#ifndef PEERPLAN_ANSWER_ADVICE_H
#define PEERPLAN_ANSWER_ADVICE_H

#include "answer/levers.h"
#include "answer/prices.h"

/* A change that was tried. */
struct advice_item {
    double from, to;              /* of what it moves; NAN: a choice, or several things */
    double price;                 /* that it adds, below 0: saves; NAN: not known */
    double blocked, blocked_down; /* worst class; NAN: no call, no peer down */
    double registrations;         /* worst population; NAN: no devices */
    enum verdict verdict;
    enum basis basis;
    const char *words, *settings; /* "6 more RMS in edge"; "a=1; b=2" */
};

struct advice {
    enum verdict verdict;      /* of the scenario as it is; YES: the items are savings */
    struct advice_item *items; /* in the arena; first what comes first */
    size_t count;
    bool priced;                    /* prices are stated */
    char missing[PRICES_ITEM_SIZE]; /* a price that an item needs and the list lacks; "" */
    const char *binding; /* static; name of the limit in the way, "" where none is known */
    struct arena *arena; /* owned; holds the words */
};

/* prices NULL: none are stated. By the formulas; by simulation where options say so or the formulas
 * cannot tell. Not judged (a scenario that cannot be run, or stopped): no items and
 * VERDICT_CANNOT_TELL. False when out of memory; release in any case. */
bool advice_find(const struct scenario *scenario, const struct trial_maker *maker,
                 const struct trial_options *options, const struct price_list *prices,
                 struct advice *advice);
void advice_release(struct advice *advice);

#endif
