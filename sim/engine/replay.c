#include "sim/engine/replay.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/engine/calls.h"
#include "sim/engine/outages.h"
#include "sim/engine/quick.h"
#include "sim/engine/reset.h"

static void handle_change(struct simulation *sim)
{
    struct agenda_event event = agenda_take(&sim->agenda);
    if (event.kind == EVENT_REDIAL)
        call_redial(sim, event.argument);
    else if (event.kind >= EVENT_STEP)
        outages_event(sim, &event);
}

static void offer_placed(struct simulation *sim, uint32_t k, uint32_t placed, nanos holding)
{
    if (placed != PLACED_NOWHERE && sim->plan->variants[k].sole) {
        call_offer_at(sim, k, placed & 15, holding);
        return;
    }
    sim->placed = placed;
    call_offer(sim, k, holding, -1, NULL);
    sim->placed = PLACED_NOWHERE;
}

static void offer(struct simulation *sim, const struct past_call *call, nanos holding)
{
    struct class_state *class = &sim->classes[call->class_index];
    if (class->path >= CALL_PATH_QUICK_BATCHES)
        quick_offer(sim, call->class_index, class, holding);
    else
        offer_placed(sim, call->class_index, call->placed, holding);
}

/* Ends of calls and planned changes until `to`, at which ends still come first. */
static void advance(struct simulation *sim, nanos to)
{
    for (;;) {
        nanos ends = tournament_next_time(&sim->ends), change = agenda_next(&sim->agenda);
        if (ends <= to && ends <= change) {
            sim->now = ends;
            end_first(sim);
        } else if (change < to) {
            sim->now = change > sim->now ? change : sim->now;
            handle_change(sim);
        } else if (sim->ends.horizon <= to) {
            sim->now = sim->ends.horizon;
            tournament_rebase(&sim->ends, sim->now);
        } else {
            break;
        }
        sim->events++;
    }
    sim->now = to;
}

void replay_begin(struct simulation *sim, uint32_t replication, nanos start, nanos from)
{
    assert(sim->scenario->trace_count == 0 && sim->options->calls_only);
    uint64_t events = sim->events;
    free(sim->alarms);
    sim->replication = replication;
    reset_state(sim, -start, sim->scenario->run.length);
    outages_schedule(sim);
    sim->events = events;
    advance(sim, from);
}

bool replay_run(struct simulation *sim, const struct past_call *calls, size_t count, nanos to)
{
    for (size_t i = 0; i < count && !sim->failed; i++) {
        if (calls[i].start > sim->now)
            advance(sim, calls[i].start);
        offer(sim, &calls[i], time_since(calls[i].end, sim->now));
        sim->events++;
    }
    advance(sim, to);
    return !sim->failed;
}

void replay_peer(struct simulation *sim, uint32_t peer, bool away)
{
    outages_set_away(sim, peer, away);
}

uint32_t replay_offer(struct simulation *sim, uint32_t class_index, uint32_t placed)
{
    const struct class_state *class = &sim->classes[class_index];
    uint64_t before[CAUSE_COUNT];
    uint32_t causes = 0;
    for (int cause = 0; cause < CAUSE_COUNT; cause++)
        before[cause] = class->cause[cause];
    offer_placed(sim, class_index, placed, SECOND);
    for (int cause = 0; cause < CAUSE_COUNT; cause++)
        causes |= (uint32_t)(class->cause[cause] > before[cause]) << cause;
    return causes;
}

uint64_t replay_refused(const struct simulation *sim, uint32_t class_index)
{
    return sim->classes[class_index].blocked;
}

nanos replay_next_change(const struct simulation *sim)
{
    return agenda_next(&sim->agenda);
}

struct cluster_limits replay_limits(const struct simulation *sim, uint32_t cluster)
{
    const struct cluster_state *state = &sim->clusters[cluster];
    return (struct cluster_limits){.live = state->live,
                                   .undetected = state->undetected != 0,
                                   .cap = state->cap,
                                   .rms = state->rms.limit};
}

uint64_t replay_events(const struct simulation *sim)
{
    return sim->events;
}
