/* Session slots: where calls in progress are kept, and grown as more of them come. */
#ifndef PEERPLAN_SIM_SLOTS_H
#define PEERPLAN_SIM_SLOTS_H

#include "sim/engine/state.h"

bool slots_init(struct simulation *sim); /* false: out of memory */
void slots_release(struct simulation *sim);
void slots_reset(struct simulation *sim);

/* More of them; false, and the simulation has failed, when memory is out. */
bool slots_grow(struct simulation *sim);

/* A free slot; NONE when memory is out. */
static inline uint32_t slot_new(struct simulation *sim)
{
    if (__builtin_expect(sim->free_count == 0, 0) && !slots_grow(sim))
        return NONE;
    return sim->free_slots[--sim->free_count];
}

/* What a call takes of its pipes and, behind that, the bandwidth that it asked for. */
static inline int64_t *slot_pipes(struct simulation *sim, uint32_t slot)
{
    return &sim->pipe_use[(size_t)slot * (sim->pipes_max + 1)];
}

#endif
