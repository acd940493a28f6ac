/* Which slot is next: a winner tree with one leaf a slot (a session, a class), by time and, among
 * equals, by slot.
 *
 * Every change (a call begins, ends or is cut) is one walk from a known leaf to the root, without
 * branches that depend on the data, so it costs the log of the slots and no mispredictions. A node
 * is the key of its winner in eight bytes: the time since `base` above, the slot in the last
 * slot_bits, so that the lesser key is the earlier time and then the lower slot. The winner of all
 * stands outside: what comes next is known before the walk that finds its successor is done. Times
 * that lie farther ahead than the bits left can say count as equally far, and are kept aside, until
 * the base is moved: the winner is right up to `horizon`, and whoever comes to it calls
 * tournament_rebase. A slot costs 16 bytes, 8 more once such times occur.
 */
#ifndef PEERPLAN_SIM_TOURNAMENT_H
#define PEERPLAN_SIM_TOURNAMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/scenario.h"

#define SLOT_EMPTY (FOREVER - 2) /* the time of an empty slot; a call never ends as late */

struct tournament {
    uint64_t next;  /* key of the winner, whose own leaf is empty */
    uint64_t *keys; /* owned; node 1 is the root, node n has children 2n and 2n+1; slot s is node
                       leaves + s */
    nanos base;     /* no time is earlier */
    uint32_t slot_bits;
    uint32_t leaves; /* 1 << slot_bits, at least 2 */
    uint64_t far;    /* what is at least so far ahead is in `times`; far + 1: empty */
    nanos horizon;   /* base + far - 1 */
    nanos *times;    /* owned; by slot, of those that are far */
};

bool tournament_init(struct tournament *tournament,
                     uint32_t leaves); /* all empty, base 0; false: out of memory */
void tournament_release(struct tournament *tournament);
void tournament_clear(struct tournament *tournament, nanos base);
bool tournament_grow(struct tournament *tournament, nanos base); /* twice the leaves */
void tournament_rebase(struct tournament *tournament, nanos base);
nanos tournament_time(const struct tournament *tournament, uint32_t slot);
void tournament_set(struct tournament *tournament, uint32_t slot,
                    nanos time); /* whatever is in it */

/* Of the winner; later than the horizon when that is all that is known. */
static inline nanos tournament_next_time(const struct tournament *tournament)
{
    return tournament->base + (nanos)(tournament->next >> tournament->slot_bits);
}

static inline uint32_t tournament_next_slot(const struct tournament *tournament)
{
    return (uint32_t)tournament->next & (tournament->leaves - 1);
}

static inline uint64_t tournament_key(const struct tournament *tournament, uint32_t slot,
                                      nanos time)
{
    uint64_t ahead = (uint64_t)time - (uint64_t)tournament->base;
    if (__builtin_expect(ahead >= tournament->far, 0)) {
        if (time == SLOT_EMPTY)
            return (tournament->far + 1) << tournament->slot_bits | slot;
        tournament->times[slot] = time;
        ahead = tournament->far;
    }
    return ahead << tournament->slot_bits | slot;
}

#define TOURNAMENT_LEVEL                                                                           \
    {                                                                                              \
        uint64_t rival = keys[node ^ 1];                                                           \
        key = rival < key ? rival : key;                                                           \
        node >>= 1;                                                                                \
        keys[node] = key;                                                                          \
    }

/* Three levels at a time, so that there are few branches. */
static inline void tournament_vacate(struct tournament *tournament, uint32_t slot)
{
    uint64_t *keys = tournament->keys, key = (tournament->far + 1) << tournament->slot_bits | slot;
    size_t node = (size_t)tournament->leaves + slot;
    keys[node] = key;
    while (node >= 8) {
        TOURNAMENT_LEVEL
        TOURNAMENT_LEVEL
        TOURNAMENT_LEVEL
    }
    while (node > 1)
        TOURNAMENT_LEVEL
}

/* Once a newcomer has lost, nothing above changes. Most lose early, so the first levels are walked
 * without asking. */
static inline void tournament_enter(struct tournament *tournament, uint64_t own)
{
    uint64_t *keys = tournament->keys, key = own;
    size_t node = (size_t)tournament->leaves + ((uint32_t)own & (tournament->leaves - 1));
    keys[node] = key;
    while (node >= 8) {
        TOURNAMENT_LEVEL
        TOURNAMENT_LEVEL
        TOURNAMENT_LEVEL
        if (key != own)
            return;
    }
    while (node > 1)
        TOURNAMENT_LEVEL
}

#undef TOURNAMENT_LEVEL

/* A slot that is empty gets a time. */
static inline void tournament_add(struct tournament *tournament, uint32_t slot, nanos time)
{
    uint64_t key = tournament_key(tournament, slot, time), next = tournament->next;
    if (__builtin_expect(key < next, 0)) {
        tournament->next = key;
        key = next;
    }
    tournament_enter(tournament, key);
}

/* The winner leaves; its slot is empty. */
static inline void tournament_take(struct tournament *tournament)
{
    tournament->next = tournament->keys[1];
    tournament_vacate(tournament, tournament_next_slot(tournament));
}

/* The winner goes on to another time. */
static inline void tournament_move(struct tournament *tournament, nanos time)
{
    uint64_t key = tournament_key(tournament, tournament_next_slot(tournament), time);
    if (key < tournament->keys[1]) {
        tournament->next = key;
    } else {
        tournament_take(tournament);
        tournament_enter(tournament, key);
    }
}

static inline void tournament_empty(struct tournament *tournament, uint32_t slot)
{
    if (slot == tournament_next_slot(tournament))
        tournament_take(tournament);
    else
        tournament_vacate(tournament, slot);
}

#endif
