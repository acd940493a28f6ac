#include "sim/engine/tournament.h"

#include <stdlib.h>

nanos tournament_time(const struct tournament *tournament, uint32_t slot)
{
    uint64_t key = slot == tournament_next_slot(tournament)
                       ? tournament->next
                       : tournament->keys[tournament->leaves + slot];
    uint64_t ahead = key >> tournament->slot_bits;
    if (ahead < tournament->far)
        return tournament->base + (nanos)ahead;
    return ahead == tournament->far ? tournament->times[slot] : SLOT_EMPTY;
}

/* Takes over what is in `from`, whose base or number of leaves is another. */
static void fill(struct tournament *tournament, const struct tournament *from)
{
    uint64_t *keys = tournament->keys;
    size_t leaves = tournament->leaves;
    for (uint32_t slot = 0; slot < leaves; slot++)
        keys[leaves + slot] = tournament_key(
            tournament, slot, slot < from->leaves ? tournament_time(from, slot) : SLOT_EMPTY);
    for (size_t node = leaves - 1; node >= 1; node--)
        keys[node] = keys[2 * node] < keys[2 * node + 1] ? keys[2 * node] : keys[2 * node + 1];
    tournament_take(tournament);
}

static void set_base(struct tournament *tournament, nanos base)
{
    uint64_t most = UINT64_MAX >> tournament->slot_bits,
             half = UINT64_MAX >> 2; /* so that sums of times have room */
    tournament->far = (most < half ? most : half) - 1;
    tournament->base = base;
    tournament->horizon = base + (nanos)tournament->far - 1;
}

void tournament_rebase(struct tournament *tournament, nanos base)
{
    struct tournament before = *tournament;
    set_base(tournament, base);
    fill(tournament, &before);
}

static bool resize(struct tournament *tournament, uint32_t slot_bits, nanos base)
{
    struct tournament larger = {.slot_bits = slot_bits, .leaves = UINT32_C(1) << slot_bits};
    larger.keys = malloc(2 * (size_t)larger.leaves * sizeof *larger.keys);
    larger.times = malloc((size_t)larger.leaves * sizeof *larger.times);
    if (!larger.keys || !larger.times) {
        tournament_release(&larger);
        return false;
    }
    set_base(&larger, base);
    fill(&larger, tournament);
    tournament_release(tournament);
    *tournament = larger;
    return true;
}

bool tournament_init(struct tournament *tournament, uint32_t leaves)
{
    uint32_t slot_bits = 1;
    while (UINT32_C(1) << slot_bits < leaves)
        slot_bits++;
    *tournament = (struct tournament){0};
    return resize(tournament, slot_bits, 0);
}

void tournament_release(struct tournament *tournament)
{
    free(tournament->keys);
    free(tournament->times);
    *tournament = (struct tournament){0};
}

void tournament_clear(struct tournament *tournament, nanos base)
{
    static const struct tournament nothing;
    set_base(tournament, base);
    fill(tournament, &nothing);
}

bool tournament_grow(struct tournament *tournament, nanos base)
{
    return tournament->slot_bits < 29 && resize(tournament, tournament->slot_bits + 1, base);
}

void tournament_set(struct tournament *tournament, uint32_t slot, nanos time)
{
    if (slot == tournament_next_slot(tournament)) {
        tournament_move(tournament, time);
    } else {
        tournament_vacate(tournament, slot);
        tournament_add(tournament, slot, time);
    }
}
