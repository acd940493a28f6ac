/* How many calls of a class are refused at most, whatever formulas know.
 *
 * Without redials the calls in progress are a part of those that the same arrivals would leave in
 * progress without limits, and these are independent Poisson numbers (batches: at most as many
 * bundles as big as the largest; sources that hold exponentially: less than Poisson). A call is
 * refused only where that use exceeds a limit which it meets. Where it may be sent to any of
 * several peers all of it counts against each of them, unless its way of choosing finds a free peer
 * wherever one is. The bound holds at every load that is not above the given one.
 *
 * With redials it is no theorem: refused calls wait and fill what gets free, as in a queue. What is
 * refused is then at most about 1 / (1 - use / limit) times as much, as of Erlang C over Erlang B.
 * Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_BOUND_H
#define PEERPLAN_MODEL_ESTIMATE_BOUND_H

#include "model/estimate/loads.h"
#include "model/estimate/network.h"

struct bound {
    const struct scenario *scenario;
    const struct network *network; /* of the peers that are there */
    const uint8_t *away;           /* by cluster */
    const uint8_t *down;           /* by cluster: of these throughout; NULL: nobody */
    const double *peaks;           /* by class: loads that are never exceeded; borrowed */

    struct loads *loads; /* where they change, over from .. to; NULL: the peaks */
    double scale;        /* of these */
    nanos from, to;

    bool worked_out;    /* for this time */
    double *tops;       /* owned, by class: loads that are not exceeded then */
    double *refused[2]; /* owned, by class, settled or not; NULL: not worked out yet */
    double *least;      /* owned, by class: refused at least, with one of these */
};

/* Share of its calls at most; 1 where nothing is known. unsettled: peers came or went, so that
 * calls that are bound to peers lie on them in other shares than new ones. */
double bound_of(struct bound *bound, uint32_t class_index, bool unsettled);
/* What bound_of() was asked last, from below: of devices without a peer. */
double bound_least(const struct bound *bound, uint32_t class_index);
/* Calls may go to a peer that was lost a while ago. */
bool bound_sent_to_the_dead(const struct scenario *scenario);
void bound_move(struct bound *bound, nanos from, nanos to); /* to another time */
void bound_release(struct bound *bound); /* what was worked out; the rest stays */

#endif
