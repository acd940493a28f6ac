/* A given past, replayed: calls that are known beforehand go through the ordinary admission of the
 * engine, and then it is asked whether one more call would be refused.
 *
 * Peers are as the scenario's plan has them at every moment: outages, drains, joins and licences
 * that leave are gone through from the start of the run. Nothing calls by itself. Nobody is
 * registered: who calls says at which peers (`placed`). Nor does a peer fail at random but by
 * replay_peer. For scenarios without traces, by simulations made with `calls_only` (asserted).
 */
#ifndef PEERPLAN_SIM_REPLAY_H
#define PEERPLAN_SIM_REPLAY_H

#include "sim/engine/simulation.h"

#define PLACED_CHOSEN  15u        /* a leg whose peer is chosen by its policy */
#define PLACED_NOWHERE UINT32_MAX /* all legs are */

struct past_call {
    nanos start, end;
    uint32_t class_index;
    uint32_t placed; /* the peer of each leg (its place in the cluster), four bits each */
};

/* Begins a replay: the state of the peers at `from`, no calls. The run starts at `start` (<= from).
 * `replication` tells apart the draws for ties. */
void replay_begin(struct simulation *sim, uint32_t replication, nanos start, nanos from);

/* Goes on until `to`, offering calls in the order given: starts ascend; those before the present
 * moment are offered now. False: out of memory. */
bool replay_run(struct simulation *sim, const struct past_call *calls, size_t count, nanos to);

/* A peer fails now, or is back. Nothing fails by itself. */
void replay_peer(struct simulation *sim, uint32_t peer, bool away);

/* Offers a call of a class, placed as past calls are; the causes for which it is refused (bits), 0:
 * it is admitted, and in progress for a second. */
uint32_t replay_offer(struct simulation *sim, uint32_t class_index, uint32_t placed);

/* Calls of the class refused since the replay began. */
uint64_t replay_refused(const struct simulation *sim, uint32_t class_index);

/* When the next planned change of a peer or of licences is due; FOREVER: none. */
nanos replay_next_change(const struct simulation *sim);

/* What limits a cluster at present. */
struct cluster_limits {
    uint8_t live;    /* peers that take calls, bit i: peer i of the cluster */
    bool undetected; /* some peer is dead and still chosen */
    int64_t cap;     /* units; AMPLE: none of its own */
    int64_t rms;     /* halves; AMPLE: none */
};
struct cluster_limits replay_limits(const struct simulation *sim, uint32_t cluster);

uint64_t replay_events(const struct simulation *sim); /* since the simulation was made */

#endif
