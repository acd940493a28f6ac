/* The ends of calls in progress: a winner tree with one leaf a session slot.
 *
 * Every change (a call begins, ends or is cut) is one walk from a known leaf to the root, without branches that depend
 * on the data, so it costs the log of the slots and no mispredictions. The order is total: time, then slot. Four calls
 * do everything: set, empty, next, and grow. A node names its winner; a slot costs 12 bytes.
 */
#ifndef PEERPLAN_SIM_TOURNAMENT_H
#define PEERPLAN_SIM_TOURNAMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

#define SLOT_EMPTY (FOREVER - 2) /* the time of an empty slot; a call never ends as late */

struct tournament {
    nanos next_time;     /* of the winner */
    uint32_t next_slot;
    uint32_t leaves;     /* a power of two, at least 2 */
    nanos *times;        /* owned; by slot */
    uint32_t *winners;   /* owned; node 1 is the root, node n has children 2n and 2n+1; slot s is child leaves + s */
};

bool tournament_init(struct tournament *tournament, uint32_t leaves); /* all empty; false: out of memory */
void tournament_release(struct tournament *tournament);
void tournament_clear(struct tournament *tournament);
bool tournament_grow(struct tournament *tournament);                  /* twice the leaves */
void tournament_build(struct tournament *tournament);                 /* after times were written directly */

static inline void tournament_set(struct tournament *tournament, uint32_t slot, nanos time)
{
    nanos *times = tournament->times;
    uint32_t *winners = tournament->winners;
    uint32_t node = tournament->leaves + slot, winner = slot, other = slot ^ 1;
    nanos best = time;
    times[slot] = time;
    for (;;) { /* the left one wins a tie */
        nanos rival = times[other];
        uint64_t loses = -(uint64_t)(rival - (nanos)(node & 1) < best); /* a mask: compilers make ?: a branch */
        best ^= (nanos)((uint64_t)(best ^ rival) & loses);
        winner ^= (winner ^ other) & (uint32_t)loses;
        node >>= 1;
        winners[node] = winner;
        if (node == 1)
            break;
        other = winners[node ^ 1];
    }
    tournament->next_time = best;
    tournament->next_slot = winner;
}

/* The same for a slot that is empty: once the newcomer has lost, nothing above changes. Most lose early, so the first levels
 * are walked without asking. */
static inline void tournament_add(struct tournament *tournament, uint32_t slot, nanos time)
{
    nanos *times = tournament->times;
    uint32_t *winners = tournament->winners;
    uint32_t node = tournament->leaves + slot, winner = slot, other = slot ^ 1;
    nanos best = time;
    times[slot] = time;
    for (int level = 0;; level++) {
        nanos rival = times[other];
        uint64_t loses = -(uint64_t)(rival - (nanos)(node & 1) < best);
        best ^= (nanos)((uint64_t)(best ^ rival) & loses);
        winner ^= (winner ^ other) & (uint32_t)loses;
        node >>= 1;
        winners[node] = winner;
        if (node == 1)
            break;
        if (level >= 2 && winner != slot)
            return;
        other = winners[node ^ 1];
    }
    tournament->next_time = best;
    tournament->next_slot = winner;
}

static inline void tournament_empty(struct tournament *tournament, uint32_t slot)
{
    tournament_set(tournament, slot, SLOT_EMPTY);
}

#endif
