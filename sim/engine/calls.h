/* The life of calls: offered, admitted or refused, in progress, repeated, ended or cut. */
#ifndef PEERPLAN_SIM_CALLS_H
#define PEERPLAN_SIM_CALLS_H

#include "sim/engine/state.h"

bool calls_init(struct simulation *sim); /* false: out of memory */
void calls_release(struct simulation *sim);
void calls_reset(struct simulation *sim);
/* Which way the calls of each class take, and what a quick call needs to know. */
void calls_set_paths(struct simulation *sim);

/* A call arrives: of a variant, for so long. bandwidth: that a trace states; -1: the class's. id:
 * in a record of calls; NULL: none. */
void call_offer(struct simulation *sim, uint32_t variant, nanos holding, int64_t bandwidth,
                const char *id);
/* The same for a class as stated that is quick, once this peer (its place in the cluster) was
 * chosen. */
void call_offer_at(struct simulation *sim, uint32_t variant, uint32_t local, nanos holding);
/* The first to end, of `ends`: it ends, or its set-up does. */
void call_end(struct simulation *sim, uint32_t slot);
void call_redial(struct simulation *sim, uint64_t place);
/* A peer is gone: every call with media or relays on it is cut. */
void calls_cut(struct simulation *sim, uint32_t cluster, uint32_t local);
/* Maintenance begins on a peer: calls with devices that do not outlast it are cut. */
void calls_cut_drained(struct simulation *sim, uint32_t cluster, uint32_t local);
void calls_close_log(struct simulation *sim);
/* Calls offered from now on are counted: of those that wait to redial no one asks any more. */
void calls_measure(struct simulation *sim);
/* The run is over: calls of it that still wait to redial were never admitted. */
void calls_give_up(struct simulation *sim);
/* What a call held on a peer was given back: levels that its meters may have come below. */
void calls_note_fall(struct simulation *sim, struct cluster_state *cluster, uint32_t local);

#endif
