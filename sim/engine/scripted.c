#include "sim/engine/scripted.h"

#include <stdlib.h>

#include "sim/engine/state.h"

const char *scripted_name(enum scripted_kind kind)
{
    static const char *const names[] = {"failure", "maintenance", "upgrade", "change"};
    return names[kind];
}

/* ---- the script ---- */

static uint32_t add(struct scripted_list *h, struct scripted scripted)
{
    h->items[h->count] = scripted;
    return h->count++;
}

/* One step: it opens an event of its peer, belongs to the one that is open, or closes it. */
static uint32_t take_step(struct scripted_list *h, const struct scenario *s,
                          const struct step *step, uint32_t *open, const bool *upgrading)
{
    uint32_t cluster = s->peers[step->peer].cluster;
    struct scripted scripted = {.kind = upgrading[cluster] ? SCRIPTED_UPGRADE
                                        : step->planned || step->kind == STEP_DRAIN
                                            ? SCRIPTED_MAINTENANCE
                                            : SCRIPTED_FAILURE,
                                .at = step->at,
                                .cluster = cluster,
                                .peer = step->peer,
                                .change = NONE};
    if (step->kind == STEP_UP) {
        uint32_t closed = open[step->peer];
        open[step->peer] = NONE;
        return closed;
    }
    if (open[step->peer] == NONE)
        open[step->peer] = add(h, scripted);
    return open[step->peer];
}

bool scripted_make(struct scripted_list *h, const struct scenario *s)
{
    *h = (struct scripted_list){
        .items = calloc((size_t)s->step_count + s->change_count + 1, sizeof *h->items),
        .of_step = calloc((size_t)s->step_count + 1, sizeof *h->of_step)};
    uint32_t *open = calloc((size_t)s->peer_count + 1, sizeof *open);
    bool *upgrading = calloc((size_t)s->cluster_count + 1, sizeof *upgrading);
    bool ok = h->items && h->of_step && open && upgrading;
    for (uint32_t p = 0; ok && p < s->peer_count; p++)
        open[p] = NONE;
    for (uint32_t i = 0; ok && i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        bool edge = step->kind == STEP_UPGRADE_BEGIN || step->kind == STEP_UPGRADE_END;
        if (edge)
            upgrading[s->peers[step->peer].cluster] = step->kind == STEP_UPGRADE_BEGIN;
        h->of_step[i] = edge ? NONE : take_step(h, s, step, open, upgrading);
    }
    for (uint32_t i = 0; ok && i < s->change_count; i++) {
        const struct change *change = &s->changes[i];
        add(h, (struct scripted){SCRIPTED_CHANGE, change->at, s->peers[change->peer].cluster,
                                 change->peer, i});
    }
    free(open);
    free(upgrading);
    return ok;
}

void scripted_release(struct scripted_list *h)
{
    free(h->items);
    free(h->of_step);
    *h = (struct scripted_list){0};
}

/* ---- in a replication ---- */

static void count_calls(const struct simulation *sim, uint64_t *offered, uint64_t *refused)
{
    *offered = *refused = 0;
    for (uint32_t k = 0; k < sim->scenario->class_count; k++) {
        *offered += sim->classes[k].offered;
        *refused += sim->classes[k].blocked;
    }
}

void scripted_begin(struct simulation *sim, uint32_t scripted)
{
    struct scripted_state *state = &sim->scripted_states[scripted];
    if (state->begun || !sim->measuring)
        return;
    state->begun = true;
    state->settled = FOREVER;
    count_calls(sim, &state->offered, &state->refused);
    nanos hold = time_rounded(sim->plan->longest_holding * (double)SECOND);
    simulation_schedule(sim, time_after(sim->now, hold), EVENT_SETTLED, scripted, 0);
}

static void settle(struct simulation *sim, struct scripted_state *state)
{
    uint64_t offered, refused;
    count_calls(sim, &offered, &refused);
    state->offered = offered - state->offered;
    state->refused = refused - state->refused;
}

void scripted_check(struct simulation *sim, uint32_t scripted)
{
    struct scripted_state *state = &sim->scripted_states[scripted];
    struct lost_devices devices = {0};
    if (sim->registrations)
        devices = registrations_lost(sim->registrations, scripted);
    if (!state->begun || state->settled != FOREVER)
        return;
    if (devices.back < devices.lost) { /* again when as much time has passed once more */
        nanos passed = time_since(sim->now, sim->plan->script.items[scripted].at);
        simulation_schedule(sim, time_after(sim->now, passed > MINUTE ? passed / 4 : MINUTE),
                            EVENT_SETTLED, scripted, 0);
        return;
    }
    state->settled = sim->now;
    settle(sim, state);
}

void scripted_finish(struct simulation *sim)
{
    for (uint32_t i = 0; i < sim->plan->script.count; i++)
        if (sim->scripted_states[i].begun && sim->scripted_states[i].settled == FOREVER)
            settle(sim, &sim->scripted_states[i]);
}
