/* Peers that fail at random, each by itself: how probable it is that one is away at a moment, and
 * how it came to that.
 *
 * Whether a peer is away is a Markov chain of two states that no call has an influence on, of rates
 * 1 / MTBF and 1 / MTTR, with all peers there when a run begins, or as it has been for ever. Given
 * the state at a moment, the state some time before and the changes in between are drawn exactly:
 * the next change at s from x on the way to y at t has the density q_x exp(-q_x s) p_x'y(t - s).
 */
#ifndef PEERPLAN_SIM_FAILING_H
#define PEERPLAN_SIM_FAILING_H

#include "sim/engine/plan.h"
#include "sim/engine/holding.h"
#include "sim/engine/random.h"

struct failing {
    const struct scenario *scenario;
    double *fails, *returns; /* a second, by peer; owned; NULL: none fails. fails 0: this one does
                                not */
    nanos start;             /* all are there */
    bool for_ever;           /* it was long ago */
};

/* A peer goes away or comes back. */
struct past_change {
    nanos at;
    uint32_t peer;
    bool away;
};

/* Why it cannot be had (static); NULL: it can. */
const char *failing_obstacle(const struct plan *plan);

/* Peers that are away from the start to the end; borrowed. */
struct away_peers {
    const uint32_t *peers;
    uint32_t count;
};

/* Those that are down throughout do not fail. False: out of memory. */
bool failing_make(struct failing *failing, const struct scenario *scenario, struct away_peers down,
                  nanos start, bool for_ever);
void failing_release(struct failing *failing);

/* Peers of a cluster that may be away, bit i: peer i of the cluster. */
uint8_t failing_peers(const struct failing *failing, uint32_t cluster);

/* The probability that a peer is away at t; it does not fall as time goes on. */
double failing_away(const struct failing *failing, uint32_t peer, nanos t);

/* The probability that of a cluster's failing peers just those of `away` are away at some moment
 * from..to, at most; exactly where from is to. */
double failing_mask(const struct failing *failing, uint32_t cluster, uint8_t away, nanos from,
                    nanos to);

/* The state of a peer at a moment. */
struct failing_end {
    uint32_t peer;
    bool away;
    nanos t;
};

struct past_changes {
    struct past_change *items;
    uint32_t room;
};

/* Changes of a peer from `from` on, at most as many as there is room for, that lead to its end, in
 * order; being away at `from` is a change at `from`. Their number; more than the room: it does not
 * suffice. */
uint32_t failing_history(const struct failing *failing, const struct failing_end *end, nanos from,
                         struct stream *stream, const struct past_changes *changes);

#endif
