#include "sim/engine/slots.h"

#include <stdlib.h>

static bool resize_slots(struct simulation *sim, uint32_t from, uint32_t to)
{
    const struct plan *plan = sim->plan;
    struct call *calls = realloc(sim->calls, to * sizeof *calls);
    uint32_t *free_slots = calls ? realloc(sim->free_slots, to * sizeof *free_slots) : NULL;
    sim->calls = calls ? calls : sim->calls;
    sim->free_slots = free_slots ? free_slots : sim->free_slots;
    if (!free_slots)
        return false;
    if (plan->has_setup) {
        struct connecting *connecting = realloc(sim->connecting, to * sizeof *connecting);
        if (!connecting)
            return false;
        sim->connecting = connecting;
        for (uint32_t slot = from; slot < to; slot++)
            connecting[slot].variant = NONE;
    }
    if (plan->has_turn) {
        uint8_t *turn = realloc(sim->turn_place, to);
        if (!turn)
            return false;
        sim->turn_place = turn;
    }
    if (sim->pipes_max) {
        int64_t *use = realloc(sim->pipe_use, (size_t)to * (sim->pipes_max + 1) * sizeof *use);
        if (!use)
            return false;
        sim->pipe_use = use;
    }
    if (sim->logging) {
        uint64_t *places = realloc(sim->log_place, to * sizeof *places);
        if (!places)
            return false;
        sim->log_place = places;
    }
    for (uint32_t slot = to; slot-- > from;)
        sim->free_slots[sim->free_count++] = slot;
    return true;
}

bool slots_init(struct simulation *sim)
{
    for (uint32_t v = 0; v < sim->plan->variant_count; v++)
        if (sim->plan->variants[v].pipe_count > sim->pipes_max)
            sim->pipes_max = sim->plan->variants[v].pipe_count;
    sim->pipe_scratch = calloc(sim->pipes_max + 1, sizeof *sim->pipe_scratch);
    if (!sim->pipe_scratch)
        return false;
    return tournament_init(&sim->ends, 64) && resize_slots(sim, 0, sim->ends.leaves);
}

void slots_release(struct simulation *sim)
{
    tournament_release(&sim->ends);
    free(sim->calls);
    free(sim->free_slots);
    free(sim->connecting);
    free(sim->turn_place);
    free(sim->pipe_use);
    free(sim->pipe_scratch);
    free(sim->log_place);
}

void slots_reset(struct simulation *sim)
{
    tournament_clear(&sim->ends, sim->start);
    sim->free_count = 0;
    for (uint32_t slot = sim->ends.leaves; slot-- > 0;)
        sim->free_slots[sim->free_count++] = slot;
    for (uint32_t slot = 0; sim->connecting && slot < sim->ends.leaves; slot++)
        sim->connecting[slot].variant = NONE;
}

bool slots_grow(struct simulation *sim)
{
    uint32_t leaves = sim->ends.leaves;
    if (!tournament_grow(&sim->ends, sim->now) || !resize_slots(sim, leaves, sim->ends.leaves)) {
        sim->failed = true;
        return false;
    }
    if (sim->ends.horizon < sim->next_other)
        sim->next_other = sim->ends.horizon;
    return true;
}
