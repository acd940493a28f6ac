#include "sim/engine/calls.h"

#include <stdlib.h>
#include <string.h>

#include "sim/engine/admission.h"
#include "sim/engine/leg.h"
#include "sim/engine/slots.h"

/* The ids of redials that never came to be. */
static void forget_waiting(struct simulation *sim)
{
    for (uint32_t place = 0; place < sim->waiting_count; place++)
        free((char *)sim->waiting[place].offer.id);
}

bool calls_init(struct simulation *sim)
{
    return slots_init(sim);
}

void calls_release(struct simulation *sim)
{
    forget_waiting(sim);
    slots_release(sim);
    free(sim->waiting);
}

void calls_reset(struct simulation *sim)
{
    slots_reset(sim);
    forget_waiting(sim);
    sim->waiting_count = 0;
    sim->waiting_free = NONE;
}

void calls_note_fall(struct simulation *sim, struct cluster_state *cluster, uint32_t local)
{
    uint32_t index = (uint32_t)(cluster - sim->clusters);
    meter_fell(sim, &cluster->peers[local].units, index,
               sim->scenario->clusters[index].first_peer + local);
    meter_fell(sim, &cluster->units, index, NONE);
    meter_fell(sim, &cluster->rms, index, NONE);
}

/* ---- in progress ---- */

static void class_changes(struct simulation *sim, struct class_state *class, int64_t change)
{
    class->in_progress += change;
    class->area -= (uint64_t)change * since_base(sim);
}

/* Takes a slot; NONE when memory is out. */
static uint32_t begin(struct simulation *sim, uint32_t variant, nanos holding,
                      const struct holdings *held)
{
    const struct variant *v = &sim->plan->variants[variant];
    struct class_state *class = &sim->classes[v->class_index];
    uint32_t slot = slot_new(sim);
    if (__builtin_expect(slot == NONE, 0))
        return NONE;
    legs_note(sim, v, held->peers, held->turn_place);
    class_changes(sim, class, 1);
    if (class->in_progress > class->peak)
        class->peak = class->in_progress;
    sim->calls[slot] = (struct call){variant, held->peers};
    tournament_add(&sim->ends, slot, end_of_call(sim, holding));
    if (sim->plan->has_turn)
        sim->turn_place[slot] = held->turn_place;
    if (v->pipe_count > 0) {
        int64_t *use = slot_pipes(sim, slot);
        *use = *held->pipe_use;
        if (v->pipe_count > 1) /* seldom: memcpy is called for nothing else */
            memcpy(use, held->pipe_use, v->pipe_count * sizeof *use);
    }
    return slot;
}

/* Peers of one platform take the same units for a call; nothing is reserved. */
static bool peers_alike(const struct leg *leg, uint32_t peers)
{
    bool alike = leg->wants[0] == leg->units[0] && leg->rms_wants == leg->rms;
    for (uint32_t i = 1; i < peers; i++)
        alike = alike && leg->units[i] == leg->units[0] && leg->wants[i] == leg->units[i];
    return alike;
}

/* The one place that says which calls may take which way. */
static enum call_path path_of(const struct simulation *sim, uint32_t k)
{
    const struct call_class *call = &sim->scenario->classes[k];
    const struct variant *v = &sim->plan->variants[k];
    const struct leg *leg = &sim->plan->legs[v->first_leg];
    const struct cluster_state *cluster = &sim->clusters[leg->cluster];
    if (call->arrivals.kind == ARRIVALS_SOURCES || call->setup != 0 ||
        call->redial_probability > 0 || sim->logging || sim->plan->has_alternatives)
        return CALL_PATH_FULL;
    if (!v->sole || sim->ledger || !leg->keyed || !peers_alike(leg, cluster->peer_count) ||
        cluster->counts_more || cluster->sessions)
        return CALL_PATH_PLAIN;
    return call->arrivals.batch_count ? CALL_PATH_QUICK_BATCHES : CALL_PATH_QUICK;
}

void calls_set_paths(struct simulation *sim)
{
    for (uint32_t k = 0; k < sim->scenario->class_count; k++) {
        const struct leg *leg = &sim->plan->legs[sim->plan->variants[k].first_leg];
        struct class_state *class = &sim->classes[k];
        class->path = path_of(sim, k);
        class->cluster = &sim->clusters[leg->cluster];
        class->units = leg->units[0];
        class->rms = class->cluster->rms.limit < AMPLE
                         ? leg->rms
                         : 0; /* what nothing limits is shown nowhere */
    }
}

/* ---- Around an attempt ---- */

static void source_freed(struct simulation *sim, uint32_t class_index)
{
    struct class_state *class = &sim->classes[class_index];
    if (!class->finite)
        return;
    source_set_idle(&class->source, sim->now, class->source.idle + 1);
    tournament_set(&sim->arrivals, class_index, class->source.next);
}

static struct waiting *waiting_new(struct simulation *sim)
{
    if (sim->waiting_free != NONE) {
        struct waiting *waiting = &sim->waiting[sim->waiting_free];
        sim->waiting_free = waiting->next_free;
        return waiting;
    }
    if (sim->waiting_count == sim->waiting_capacity) {
        uint32_t capacity = sim->waiting_capacity ? sim->waiting_capacity * 2 : 64;
        struct waiting *waiting = realloc(sim->waiting, capacity * sizeof *waiting);
        if (!waiting)
            return NULL;
        sim->waiting = waiting;
        sim->waiting_capacity = capacity;
    }
    return &sim->waiting[sim->waiting_count++];
}

/* A refused call tries again with the class's probability, for all that it asked for. False:
 * it gives up. */
static bool redials(struct simulation *sim, const struct offer *offer, bool fresh)
{
    uint32_t k = sim->plan->variants[offer->variant].class_index;
    const struct call_class *call = &sim->scenario->classes[k];
    struct class_state *class = &sim->classes[k];
    if (call->redial_probability <= 0)
        return false;
    double chance = stream_uniform(&class->streams->redial),
           wait = stream_exponential(&class->streams->redial);
    if (chance >= call->redial_probability)
        return false;
    struct waiting *waiting = waiting_new(sim);
    if (!waiting) {
        sim->failed = true;
        return false;
    }
    *waiting = (struct waiting){.offer = *offer, .fresh = fresh, .next_free = NONE};
    waiting->offer.id = offer->id ? strdup(offer->id) : NULL;
    double mean = call->redial_after * (double)SECOND;
    nanos after = nanos_round(call->redial_law == LAW_EXPONENTIAL ? mean * wait : mean);
    simulation_schedule(sim, time_after(sim->now, after), EVENT_REDIAL, k,
                        (uint64_t)(waiting - sim->waiting));
    return true;
}

static void count_causes(struct class_state *class, uint32_t causes)
{
    if ((causes & (causes - 1)) == 0)
        class->cause_only[__builtin_ctz(causes)]++;
    for (uint32_t left = causes; left; left &= left - 1)
        class->cause[__builtin_ctz(left)]++;
}

/* One attempt; its causes of refusal, 0 when admitted. */
static uint32_t attempt(struct simulation *sim, uint32_t variant, nanos holding, int64_t bandwidth,
                        uint32_t *slot)
{
    const struct variant *v = &sim->plan->variants[variant];
    struct holdings held = {.pipe_use = sim->pipe_scratch};
    uint32_t causes = admission_try(sim, v, bandwidth, &held);
    if (__builtin_expect(!causes, 1))
        *slot = begin(sim, variant, holding, &held);
    return causes;
}

/* Nobody is left at the way in that the call would take. */
static bool way_in_is_away(const struct simulation *sim, const struct variant *v)
{
    const struct leg *entry = &sim->plan->legs[v->first_leg];
    return entry->kind == LEG_CHOOSE &&
           !(entry->candidates & sim->clusters[entry->cluster].choosable);
}

/* What the call offered as this variant is attempted as, and what it becomes once it connects. */
static __attribute__((noinline)) void resolve(struct simulation *sim, uint32_t offered,
                                              uint32_t *held, uint32_t *connected)
{
    const struct variant *v = &sim->plan->variants[offered];
    *held = *connected = offered;
    if (v->fallback != NONE && way_in_is_away(sim, v))
        *held = v->fallback;
    v = &sim->plan->variants[*held];
    if (v->may_be_away) {
        unsigned away = admission_ends_away(sim, v);
        *held = away ? v->away[away - 1] : *held;
        v = &sim->plan->variants[*held];
    }
    *connected = *held;
    if (v->direct != NONE && stream_uniform(&sim->classes[v->class_index].streams->ice) < v->ice) {
        *connected = v->direct;
        if (v->setup_time == 0)
            *held = v->direct;
    }
    if (*held != v->direct && sim->plan->variants[*held].setup != NONE)
        *held = sim->plan->variants[*held].setup;
}

static void record_begin(struct simulation *sim, uint32_t slot, uint64_t place)
{
    const struct variant *v = &sim->plan->variants[sim->calls[slot].variant];
    uint32_t first = 0, peers = sim->calls[slot].peers;
    while (first + 1 < v->holding_legs && leg_local(peers, first) == LEG_UNUSED)
        first++;
    uint32_t cluster = sim->plan->legs[v->first_leg + first].cluster;
    sim->log_place[slot] = place;
    call_log_peer(&sim->log, place,
                  sim->scenario->clusters[cluster].first_peer + leg_local(peers, first));
}

/* An attempt with everything that a class may ask for around it: set-up, record, what to redial
 * with. */
static inline __attribute__((always_inline)) uint32_t attempt_fully(struct simulation *sim,
                                                                    const struct offer *offer)
{
    uint32_t connected = offer->variant, held = sim->plan->variants[connected].setup, slot = NONE;
    held = held != NONE ? held : connected;
    if (__builtin_expect(sim->plan->has_alternatives, 0))
        resolve(sim, offer->variant, &held, &connected);
    const struct variant *v = &sim->plan->variants[connected];
    nanos setup = v->setup_time;
    uint64_t place =
        sim->logging ? call_log_begin(&sim->log, offer->id, v->class_index, sim->now) : 0;
    uint32_t causes = attempt(sim, held, held != connected ? setup : offer->holding + setup,
                              offer->bandwidth, &slot);
    sim->ends_drawn = NO_ENDS;
    if (causes && sim->logging)
        call_log_end(&sim->log, place, OUTCOME_BLOCKED, sim->now, causes);
    if (slot == NONE)
        return causes;
    if (held != connected)
        sim->connecting[slot] =
            (struct connecting){connected, end_of_call(sim, setup + offer->holding)};
    if (sim->plan->variants[held].pipe_count)
        slot_pipes(sim, slot)[sim->pipes_max] = offer->bandwidth;
    if (sim->logging)
        record_begin(sim, slot, place);
    return causes;
}

/* The first attempt of a call was in vain: it redials or is lost. */
static void call_refused(struct simulation *sim, struct class_state *class, uint32_t causes,
                         const struct offer *offer)
{
    class->blocked++;
    count_causes(class, causes);
    if (sim->surpluses)
        surplus_add(sim, offer->variant, end_of_call(sim, offer->holding));
    if (!redials(sim, offer, true))
        class->lost++;
    else if (class->finite)
        source_set_idle(&class->source, sim->now, class->source.idle - 1);
}

void call_offer(struct simulation *sim, uint32_t variant, nanos holding, int64_t bandwidth,
                const char *id)
{
    uint32_t slot = NONE, k = variant < sim->scenario->class_count
                                  ? variant
                                  : sim->plan->variants[variant].class_index;
    struct class_state *class = &sim->classes[k];
    const struct offer offer = {variant, holding, bandwidth, id};
    class->offered++;
    uint32_t causes = class->path >= CALL_PATH_PLAIN
                          ? attempt(sim, variant, holding, bandwidth, &slot)
                          : attempt_fully(sim, &offer);
    if (causes)
        call_refused(sim, class, causes, &offer);
    else if (class->finite)
        source_set_idle(&class->source, sim->now, class->source.idle - 1);
}

void call_offer_at(struct simulation *sim, uint32_t variant, uint32_t local, nanos holding)
{
    struct class_state *class = &sim->classes[variant];
    struct holdings held = {0};
    class->offered++;
    uint32_t causes = admission_try_at(
        sim, &sim->plan->legs[sim->plan->variants[variant].first_leg], local, &held);
    if (causes)
        call_refused(sim, class, causes, &(struct offer){variant, holding, -1, NULL});
    else
        begin(sim, variant, holding, &held);
}

void call_redial(struct simulation *sim, uint64_t place)
{
    struct waiting *waiting = &sim->waiting[place];
    struct offer offer = waiting->offer;
    bool fresh = waiting->fresh;
    waiting->offer.id = NULL;
    waiting->fresh = false;
    waiting->next_free = sim->waiting_free;
    sim->waiting_free = (uint32_t)place;
    uint32_t k = sim->plan->variants[offer.variant].class_index;
    struct class_state *class = &sim->classes[k];
    class->redials++;
    if (attempt_fully(sim, &offer)) {
        class->redials_blocked++;
        if (!redials(sim, &offer, fresh)) {
            class->lost += fresh;
            source_freed(sim, k);
        }
    }
    free((char *)offer.id);
}

void calls_measure(struct simulation *sim)
{
    for (uint32_t place = 0; place < sim->waiting_count; place++)
        sim->waiting[place].fresh = false;
}

void calls_give_up(struct simulation *sim)
{
    for (uint32_t place = 0; place < sim->waiting_count; place++) {
        const struct waiting *waiting = &sim->waiting[place];
        if (waiting->fresh)
            sim->classes[sim->plan->variants[waiting->offer.variant].class_index].lost++;
    }
    calls_measure(sim);
}

/* Gives back all that a slot holds and frees it. */
static void release_slot(struct simulation *sim, uint32_t slot)
{
    const struct variant *v = &sim->plan->variants[sim->calls[slot].variant];
    legs_release(sim, v, sim->calls[slot].peers);
    class_changes(sim, &sim->classes[v->class_index], -1);
    tournament_empty(&sim->ends, slot);
    sim->free_slots[sim->free_count++] = slot;
    if (__builtin_expect(v->sole, 1))
        return;
    if (v->turn_leg != NONE)
        admission_give_relays(sim, v, sim->turn_place[slot]);
    if (v->pipe_count)
        admission_give_pipes(sim, v, slot_pipes(sim, slot));
}

/* What the call held during set-up becomes what it holds in progress. */
static void connect(struct simulation *sim, uint32_t slot)
{
    struct connecting *connecting = &sim->connecting[slot];
    struct call *call = &sim->calls[slot];
    const struct variant *from = &sim->plan->variants[call->variant],
                         *to = &sim->plan->variants[connecting->variant];
    legs_convert(sim, from, to, call->peers);
    if (from->turn_leg != NONE && to->turn_leg == NONE)
        admission_give_relays(sim, from, sim->turn_place[slot]);
    if (from->pipe_count && !to->pipe_count)
        admission_give_pipes(sim, from, slot_pipes(sim, slot));
    call->variant = connecting->variant;
    connecting->variant = NONE;
    tournament_move(&sim->ends, connecting->end);
}

void call_end(struct simulation *sim, uint32_t slot)
{
    if (sim->connecting && sim->connecting[slot].variant != NONE) {
        connect(sim, slot);
        return;
    }
    uint32_t k = sim->plan->variants[sim->calls[slot].variant].class_index;
    release_slot(sim, slot);
    if (sim->classes[k].path >= CALL_PATH_PLAIN)
        return;
    if (sim->logging)
        call_log_end(&sim->log, sim->log_place[slot], OUTCOME_COMPLETED, sim->now, 0);
    source_freed(sim, k);
}

static bool touches(const struct simulation *sim, uint32_t slot, uint32_t cluster, uint32_t local)
{
    const struct variant *v = &sim->plan->variants[sim->calls[slot].variant];
    for (uint32_t i = 0; i < v->holding_legs; i++)
        if (sim->plan->legs[v->first_leg + i].cluster == cluster &&
            leg_local(sim->calls[slot].peers, i) == local)
            return true;
    return v->turn_leg != NONE && sim->plan->legs[v->first_leg + v->turn_leg].cluster == cluster &&
           (sim->turn_place[slot] & 15u) == local;
}

/* The peer is drained, and the call has a leg there that does not outlast that. */
static bool drained(const struct simulation *sim, uint32_t slot, uint32_t cluster, uint32_t local)
{
    const struct variant *v = &sim->plan->variants[sim->calls[slot].variant];
    for (uint32_t i = 0; i < v->holding_legs; i++) {
        const struct leg *leg = &sim->plan->legs[v->first_leg + i];
        if (leg->cut_by_drain && leg->cluster == cluster &&
            leg_local(sim->calls[slot].peers, i) == local)
            return true;
    }
    return false;
}

/* What a call that is cut would redial with: the holding time that is left, all of it when it was
 * not yet connected. */
static struct offer rest_of(struct simulation *sim, uint32_t slot)
{
    struct offer offer = {.variant = sim->plan->variants[sim->calls[slot].variant].base,
                          .bandwidth = -1};
    nanos next = tournament_time(&sim->ends, slot);
    offer.holding = time_since(next, sim->now);
    if (sim->connecting && sim->connecting[slot].variant != NONE) {
        offer.holding = time_since(sim->connecting[slot].end, next);
        sim->connecting[slot].variant = NONE;
    }
    if (sim->plan->variants[sim->calls[slot].variant].pipe_count)
        offer.bandwidth = slot_pipes(sim, slot)[sim->pipes_max];
    return offer;
}

static void cut(struct simulation *sim, uint32_t slot)
{
    struct offer offer = rest_of(sim, slot);
    uint32_t k = sim->plan->variants[offer.variant].class_index;
    release_slot(sim, slot);
    sim->classes[k].dropped++;
    if (sim->scripted != NONE)
        sim->scripted_states[sim->scripted].cut++;
    uint64_t place = sim->logging ? sim->log_place[slot] : 0;
    char *id = sim->logging ? call_log_id(&sim->log, place) : NULL;
    offer.id = id;
    if (sim->logging)
        call_log_end(&sim->log, place, OUTCOME_DROPPED, sim->now, 0);
    if (!sim->scenario->classes[k].redial_dropped || !redials(sim, &offer, false))
        source_freed(sim, k);
    free(id);
}

static void cut_where(struct simulation *sim, uint32_t cluster, uint32_t local,
                      bool (*applies)(const struct simulation *, uint32_t, uint32_t, uint32_t))
{
    for (uint32_t slot = 0; slot < sim->ends.leaves; slot++)
        if (tournament_time(&sim->ends, slot) != SLOT_EMPTY && applies(sim, slot, cluster, local))
            cut(sim, slot);
}

void calls_cut(struct simulation *sim, uint32_t cluster, uint32_t local)
{
    cut_where(sim, cluster, local, touches);
}

void calls_cut_drained(struct simulation *sim, uint32_t cluster, uint32_t local)
{
    if (sim->plan->cuts_by_drain)
        cut_where(sim, cluster, local, drained);
}

void calls_close_log(struct simulation *sim)
{
    if (sim->logging && !call_log_close(&sim->log, sim->now, !sim->failed))
        sim->failed = true;
}
