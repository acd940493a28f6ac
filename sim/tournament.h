/* The ends of calls in progress: a winner tree with one leaf a session slot.
 *
 * Every change (a call begins, ends or is cut) is one walk from a known leaf to the root, without branches that depend
 * on the data, so it costs the log of the slots and no mispredictions. The order is total: time, then slot. Four calls
 * do everything: set, clear, next, and grow. A node holds its winner, 16 bytes; a slot costs 32 bytes.
 */
#ifndef PEERPLAN_SIM_TOURNAMENT_H
#define PEERPLAN_SIM_TOURNAMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

#define SLOT_EMPTY (FOREVER - 2) /* the time of an empty slot; a call never ends as late */

struct tournament_node {
    nanos time;
    uint64_t slot;
};

struct tournament {
    struct tournament_node *nodes; /* owned; 1 is the root, leaf i is leaves + i */
    uint32_t leaves;               /* a power of two */
};

bool tournament_init(struct tournament *tournament, uint32_t leaves); /* all empty; false: out of memory */
void tournament_release(struct tournament *tournament);
void tournament_clear(struct tournament *tournament);
bool tournament_grow(struct tournament *tournament);                  /* twice the leaves */
void tournament_build(struct tournament *tournament);                 /* after leaves were written directly */

static inline nanos tournament_time(const struct tournament *tournament)
{
    return tournament->nodes[1].time;
}

static inline uint32_t tournament_slot(const struct tournament *tournament)
{
    return (uint32_t)tournament->nodes[1].slot;
}

static inline nanos tournament_slot_time(const struct tournament *tournament, uint32_t slot)
{
    return tournament->nodes[tournament->leaves + slot].time;
}

static inline void tournament_set(struct tournament *tournament, uint32_t slot, nanos time)
{
    struct tournament_node *nodes = tournament->nodes;
    uint32_t i = tournament->leaves + slot;
    nanos best = time;
    uint64_t winner = slot;
    nodes[i].time = time;
    while (i > 1) {
        nanos other = nodes[i ^ 1].time;
        uint64_t other_slot = nodes[i ^ 1].slot;
        bool loses = other < best + (nanos)(i & 1); /* the left one wins a tie */
        best = loses ? other : best;
        winner = loses ? other_slot : winner;
        i >>= 1;
        nodes[i].time = best;
        nodes[i].slot = winner;
    }
}

static inline void tournament_empty(struct tournament *tournament, uint32_t slot)
{
    tournament_set(tournament, slot, SLOT_EMPTY);
}

#endif
