#include "sim/tournament.h"

#include <stdlib.h>

static uint32_t child_winner(const struct tournament *t, uint32_t child)
{
    return child >= t->leaves ? child - t->leaves : t->winners[child];
}

void tournament_build(struct tournament *tournament)
{
    struct tournament *t = tournament;
    for (uint32_t node = t->leaves - 1; node >= 1; node--) {
        uint32_t left = child_winner(t, 2 * node), right = child_winner(t, 2 * node + 1);
        t->winners[node] = t->times[right] < t->times[left] ? right : left;
    }
    t->next_slot = t->winners[1];
    t->next_time = t->times[t->next_slot];
}

static bool resize(struct tournament *tournament, uint32_t leaves)
{
    nanos *times = realloc(tournament->times, leaves * sizeof *times);
    if (times)
        tournament->times = times;
    uint32_t *winners = realloc(tournament->winners, leaves * sizeof *winners);
    if (winners)
        tournament->winners = winners;
    if (!times || !winners)
        return false;
    for (uint32_t slot = tournament->leaves; slot < leaves; slot++)
        times[slot] = SLOT_EMPTY;
    tournament->leaves = leaves;
    tournament_build(tournament);
    return true;
}

bool tournament_init(struct tournament *tournament, uint32_t leaves)
{
    uint32_t rounded = 2;
    while (rounded < leaves)
        rounded *= 2;
    *tournament = (struct tournament){0};
    return resize(tournament, rounded);
}

void tournament_release(struct tournament *tournament)
{
    free(tournament->times);
    free(tournament->winners);
    *tournament = (struct tournament){0};
}

void tournament_clear(struct tournament *tournament)
{
    for (uint32_t slot = 0; slot < tournament->leaves; slot++)
        tournament->times[slot] = SLOT_EMPTY;
    tournament_build(tournament);
}

bool tournament_grow(struct tournament *tournament)
{
    return tournament->leaves <= UINT32_MAX / 8 && resize(tournament, tournament->leaves * 2);
}
