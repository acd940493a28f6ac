/* How a state of the session stands: the one answer from the best that is known of it so far, what
 * the formulas say beside it, and how far the background has come.
 *
 * All of one state: a standing is made anew whenever something more is known, and belongs to the
 * generation that it was made for. A value that owns all it points to. */
#ifndef PEERPLAN_TUI_STANDING_H
#define PEERPLAN_TUI_STANDING_H

#include "answer/answer.h"
#include "tui/figures.h"

struct standing {
    unsigned sequence;       /* of one state: a later one knows more */
    struct answer answer;    /* the best at hand: simulated, or by formula */
    struct answer estimated; /* by formula; nothing in it unless has_estimate */
    struct answer further;   /* with a peer down although no goal asks for it; unless has_further */
    bool has_estimate, preview, has_further;
    uint32_t survive; /* peers down that the rows with peers down speak of */
    size_t replications;
    bool settled;           /* the simulation is at its end */
    size_t sets, sets_done; /* of peers down: how many there are, and were simulated */
    struct figures figures;
};

/* What is known so far; NULL for what is not. */
struct standing_sources {
    const struct estimate *estimate;
    bool preview;
    const struct results *results;
    bool settled;
    const struct survival *survival; /* sets that were simulated */
    size_t sets;
    const uint32_t *out; /* peers that take no calls */
    uint32_t out_count;
};

/* Owned; NULL when out of memory. Any thread may. */
struct standing *standing_new(const struct scenario *scenario,
                              const struct standing_sources *sources);
void standing_free(struct standing *standing); /* takes NULL */

/* The class's row: as judged, and as the formulas claim; NULL when it has none. */
const struct judged *standing_class(const struct answer *answer, uint32_t class_index);
/* The answer that speaks of peers down: the one itself, or `further`. */
const struct answer *standing_down(const struct standing *standing);
/* The set of peers down of a number, in the order in which they were simulated; NULL: not yet. */
const struct judged *standing_set(const struct standing *standing, size_t number);

/* The row speaks of these peers down, indices of the scenario, ascending. */
bool standing_is_set(const struct judged *row, const struct scenario *scenario,
                     const uint32_t *down, uint32_t down_count);

#endif
