/* Events in time order: a binary heap of small values, for everything that is rarer than calls.
 *
 * The order is total: time, then rank (the kind's place among simultaneous events), then the order
 * of scheduling. Nothing is removed but the first: an event that has lost its meaning is recognised
 * by its owner when it comes.
 */
#ifndef PEERPLAN_SIM_AGENDA_H
#define PEERPLAN_SIM_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/scenario.h"

struct agenda_event {
    nanos time;
    uint64_t order;    /* rank in the top byte, sequence below */
    uint32_t kind;     /* the owner's */
    uint32_t subject;  /* the owner's */
    uint64_t argument; /* the owner's */
};

struct agenda {
    struct agenda_event *heap; /* owned */
    size_t count, room;
    uint64_t sequence;
};

void agenda_init(struct agenda *agenda);
void agenda_release(struct agenda *agenda);
void agenda_clear(struct agenda *agenda);

/* The event's place among those of its rank is set here. False when out of memory. An event at
 * FOREVER is not kept. */
bool agenda_add(struct agenda *agenda, unsigned rank, struct agenda_event event);
struct agenda_event agenda_take(struct agenda *agenda); /* the first; there must be one */

static inline nanos agenda_next(const struct agenda *agenda)
{
    return agenda->count ? agenda->heap[0].time : FOREVER;
}

#endif
