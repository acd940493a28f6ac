/* What the figures of a table take for granted beside "guideline figures, not guaranteed": said
 * wherever they are used.
 *
 * Sources: "Clustering and Peers" (Small VM figures are for BE6000 (M5) class hardware; 6000 TURN
 * relays of a large system need TURN port multiplexing, else clients are bound to one of six ports
 * of 1000). A cluster of several platforms counts as many of the smallest.
 */
#ifndef PEERPLAN_MODEL_ASSUMPTIONS_H
#define PEERPLAN_MODEL_ASSUMPTIONS_H

#include "model/scenario.h"

enum assumption {
    ASSUMES_HARDWARE,     /* Small VM */
    ASSUMES_MULTIPLEXING, /* TURN relays of large systems */
    ASSUMES_SMALLEST,     /* a mix of platforms */
    ASSUMPTION_COUNT
};

const char *assumption_words(enum assumption assumption);  /* "Small VM: on BE6000 ..." */
const char *assumption_clause(enum assumption assumption); /* "on BE6000 ..." */

/* Of the figures of a platform of this name. */
bool assumption_of_hardware(const char *platform);

/* What a scenario's figures assume: bits by enum assumption. */
unsigned assumptions_of(const struct scenario *scenario);

#endif
