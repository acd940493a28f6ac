#include "sim/tournament.h"

#include <stdlib.h>

void tournament_build(struct tournament *tournament)
{
    struct tournament_node *nodes = tournament->nodes;
    for (uint32_t i = tournament->leaves - 1; i >= 1; i--)
        nodes[i] = nodes[2 * i + 1].time < nodes[2 * i].time ? nodes[2 * i + 1] : nodes[2 * i];
}

static struct tournament_node *nodes_new(uint32_t leaves)
{
    struct tournament_node *nodes = NULL;
    if (posix_memalign((void **)&nodes, 64, (size_t)leaves * 2 * sizeof *nodes))
        return NULL;
    for (uint32_t i = 0; i < leaves; i++)
        nodes[leaves + i] = (struct tournament_node){SLOT_EMPTY, i};
    return nodes;
}

bool tournament_init(struct tournament *tournament, uint32_t leaves)
{
    uint32_t rounded = 2;
    while (rounded < leaves)
        rounded *= 2;
    tournament->leaves = rounded;
    tournament->nodes = nodes_new(rounded);
    if (tournament->nodes)
        tournament_build(tournament);
    return tournament->nodes;
}

void tournament_release(struct tournament *tournament)
{
    free(tournament->nodes);
    *tournament = (struct tournament){0};
}

void tournament_clear(struct tournament *tournament)
{
    for (uint32_t i = 0; i < tournament->leaves; i++)
        tournament->nodes[tournament->leaves + i].time = SLOT_EMPTY;
    tournament_build(tournament);
}

bool tournament_grow(struct tournament *tournament)
{
    if (tournament->leaves > UINT32_MAX / 8)
        return false;
    struct tournament_node *nodes = nodes_new(tournament->leaves * 2);
    if (!nodes)
        return false;
    for (uint32_t i = 0; i < tournament->leaves; i++)
        nodes[tournament->leaves * 2 + i].time = tournament->nodes[tournament->leaves + i].time;
    free(tournament->nodes);
    tournament->nodes = nodes;
    tournament->leaves *= 2;
    tournament_build(tournament);
    return true;
}
