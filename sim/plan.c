#include "sim/plan.h"

#include <stdlib.h>
#include <string.h>

static struct leg *add_leg(struct plan *plan)
{
    if (plan->leg_count == plan->leg_room) {
        uint32_t room = plan->leg_room ? plan->leg_room * 2 : 64;
        struct leg *legs = realloc(plan->legs, room * sizeof *legs);
        if (!legs)
            return NULL;
        plan->legs = legs;
        plan->leg_room = room;
    }
    struct leg *leg = &plan->legs[plan->leg_count++];
    *leg = (struct leg){0};
    return leg;
}

static uint8_t all_peers(const struct cluster *cluster)
{
    return (uint8_t)((1u << cluster->peer_count) - 1);
}

static uint8_t zone_peers(const struct scenario *s, const struct zone *zone, uint32_t cluster)
{
    const struct cluster *c = &s->clusters[cluster];
    if (!zone->peers)
        return all_peers(c);
    unsigned mask = 0;
    for (uint32_t i = 0; i < zone->peer_count; i++)
        if (zone->peers[i] >= c->first_peer && zone->peers[i] < c->first_peer + c->peer_count)
            mask |= 1u << (zone->peers[i] - c->first_peer);
    return (uint8_t)mask;
}

/* What a zone does when neither it nor the class says: by the kind of what is on the far side. */
static enum selection zone_policy(const struct zone *zone, const struct cluster *cluster)
{
    if (zone->choose != SELECT_DEFAULT)
        return zone->choose;
    if (zone->kind == ZONE_DNS)
        return SELECT_SRV;
    if (zone->kind == ZONE_OTHER)
        return SELECT_ROUND_ROBIN;
    return cluster->selection != SELECT_DEFAULT ? cluster->selection : SELECT_MOST_AVAILABLE;
}

static void set_policy(struct leg *leg, const struct call_class *call, const struct cluster *cluster,
                       enum selection otherwise)
{
    leg->policy = call->selection != SELECT_DEFAULT ? call->selection : otherwise;
    leg->next = cluster->when_full == FULL_NEXT;
    leg->dead_next = cluster->when_dead == DEAD_NEXT ||
                     (cluster->when_dead == DEAD_DEFAULT && leg->policy == SELECT_SRV);
}

/* Both ends registered to Cisco infrastructure: an intracluster call then takes no RMS. */
static bool both_cisco(const struct scenario *s, const struct call_class *call, const struct via *via)
{
    return via->origin == ORIGIN_ENDPOINTS && call->target == TARGET_ENDPOINTS &&
           s->endpoints[via->endpoints].cisco && s->endpoints[call->target_endpoints].cisco;
}

static int64_t leg_rms(const struct scenario *s, const struct call_class *call, const struct via *via,
                       const struct cluster *cluster, bool entry, bool table_says_elsewhere)
{
    struct demand demand = service_demand(call->service, call->media, call->protocol);
    int64_t listed = cluster->role == ROLE_CORE   ? demand.rms_core_halves
                     : cluster->role == ROLE_EDGE ? demand.rms_edge_halves
                     : demand.rms_core_halves > demand.rms_edge_halves ? demand.rms_core_halves
                                                                       : demand.rms_edge_halves;
    if (call->service == SERVICE_INTRACLUSTER && both_cisco(s, call, via))
        listed = 0;
    if (call->rms_halves < 0)
        return listed;
    return listed > 0 || (entry && !table_says_elsewhere) ? call->rms_halves : 0;
}

static void set_demand(struct plan *plan, struct leg *leg, const struct call_class *call, const struct via *via,
                       bool entry, bool rms_elsewhere)
{
    const struct scenario *s = plan->scenario;
    const struct cluster *c = &s->clusters[leg->cluster];
    for (uint32_t i = 0; i < c->peer_count; i++)
        leg->units[i] = call->units < 0 && !call->media_traverses
                            ? 0
                            : scenario_call_units(s, call, &s->platforms[s->peers[c->first_peer + i].platform]);
    leg->rms = leg_rms(s, call, via, c, entry, rms_elsewhere);
    if (c->role != ROLE_CORE && entry)
        leg->turn = call->turn >= 0 ? call->turn : service_demand(call->service, call->media, call->protocol).turn;
    leg->takes = true;
}

/* Clusters in the order in which a call through `first` needs them: itself, then along `traversal`. */
static uint32_t chain(const struct scenario *s, uint32_t first, uint32_t *clusters, uint32_t count, uint32_t room)
{
    for (uint32_t c = first; c != NONE; c = s->clusters[c].traversal) {
        for (uint32_t i = 0; i < count; i++)
            if (clusters[i] == c)
                return count;
        if (count == room)
            return UINT32_MAX;
        clusters[count++] = c;
    }
    return count;
}

static bool takes_rms_by_table(const struct scenario *s, const struct call_class *call, const struct via *via,
                               const uint32_t *clusters, uint32_t count)
{
    struct call_class bare = *call;
    bare.rms_halves = -1;
    for (uint32_t i = 0; i < count; i++)
        if (leg_rms(s, &bare, via, &s->clusters[clusters[i]], false, false) > 0)
            return true;
    return false;
}

static bool add_entry_leg(struct plan *plan, const struct call_class *call, const struct via *via, bool elsewhere)
{
    const struct scenario *s = plan->scenario;
    const struct cluster *c = &s->clusters[via->cluster];
    struct leg *leg = add_leg(plan);
    if (!leg)
        return false;
    leg->cluster = via->cluster;
    leg->candidates = all_peers(c);
    enum selection own = c->selection != SELECT_DEFAULT ? c->selection : SELECT_MOST_AVAILABLE;
    switch (via->origin) {
    case ORIGIN_CLUSTER:
        set_policy(leg, call, c, own);
        break;
    case ORIGIN_ZONE:
        set_policy(leg, call, c, zone_policy(&s->zones[via->zone], c));
        leg->candidates = zone_peers(s, &s->zones[via->zone], via->cluster);
        break;
    case ORIGIN_PEER:
        set_policy(leg, call, c, SELECT_FIRST_FIT);
        leg->policy = SELECT_FIRST_FIT;
        leg->candidates = (uint8_t)(1u << (via->peer - c->first_peer));
        break;
    case ORIGIN_ENDPOINTS:
        leg->kind = LEG_ORIGIN;
        leg->population = via->endpoints;
        break;
    }
    set_demand(plan, leg, call, via, true, elsewhere);
    return true;
}

static bool add_further_leg(struct plan *plan, const struct call_class *call, const struct via *via, uint32_t cluster)
{
    const struct cluster *c = &plan->scenario->clusters[cluster];
    struct leg *leg = add_leg(plan);
    if (!leg)
        return false;
    leg->cluster = cluster;
    leg->candidates = all_peers(c);
    set_policy(leg, call, c, c->selection != SELECT_DEFAULT ? c->selection : SELECT_MOST_AVAILABLE);
    leg->policy = c->selection != SELECT_DEFAULT ? c->selection : SELECT_MOST_AVAILABLE;
    set_demand(plan, leg, call, via, false, false);
    return true;
}

/* The peer that the called endpoint is registered to: holds units only where the cluster says both peers do. */
static bool add_target_leg(struct plan *plan, const struct call_class *call, const struct via *via)
{
    const struct scenario *s = plan->scenario;
    uint32_t cluster = s->endpoints[call->target_endpoints].cluster;
    struct leg *leg = add_leg(plan);
    if (!leg)
        return false;
    leg->cluster = cluster;
    leg->kind = LEG_TARGET;
    leg->population = call->target_endpoints;
    if (s->clusters[cluster].units_on_both) {
        set_demand(plan, leg, call, via, false, false);
        leg->rms = 0;
    }
    return true;
}

static bool add_pipes(struct plan *plan, struct variant *variant, const struct call_class *call)
{
    variant->first_pipe = plan->pipe_entries;
    variant->pipe_count = call->pipe_count;
    if (!call->pipe_count)
        return true;
    uint32_t count = plan->pipe_entries + call->pipe_count;
    uint32_t *index = realloc(plan->pipe_index, count * sizeof *index);
    if (index)
        plan->pipe_index = index;
    int64_t *bits = realloc(plan->pipe_bits, count * sizeof *bits);
    if (bits)
        plan->pipe_bits = bits;
    if (!index || !bits)
        return false;
    memcpy(index + plan->pipe_entries, call->pipes, call->pipe_count * sizeof *index);
    memcpy(bits + plan->pipe_entries, call->pipe_bits, call->pipe_count * sizeof *bits);
    plan->pipe_entries = count;
    plan->has_pipes = true;
    return true;
}

static bool add_variant(struct plan *plan, uint32_t class_index, const struct call_class *call, const struct via *via,
                        struct errors *errors)
{
    const struct scenario *s = plan->scenario;
    struct variant *v = &plan->variants[plan->variant_count++];
    *v = (struct variant){.class_index = class_index, .first_leg = plan->leg_count, .setup = NONE};
    uint32_t clusters[LEGS_MAX], count = chain(s, via->cluster, clusters, 0, LEGS_MAX - 1);
    if (count != UINT32_MAX && call->target == TARGET_ENDPOINTS)
        count = chain(s, s->endpoints[call->target_endpoints].cluster, clusters, count, LEGS_MAX - 1);
    else if (count != UINT32_MAX && call->target == TARGET_ZONE && s->zones[call->target_zone].cluster != NONE)
        count = chain(s, s->zones[call->target_zone].cluster, clusters, count, LEGS_MAX - 1);
    if (count == UINT32_MAX) {
        errors_add(errors, ERROR_DATA, NULL, 0, 0, "calls of class '%s' pass more than %d clusters", call->name,
                   LEGS_MAX - 1);
        return false;
    }
    bool ok = add_entry_leg(plan, call, via, takes_rms_by_table(s, call, via, clusters, count));
    for (uint32_t i = 1; ok && i < count; i++)
        ok = add_further_leg(plan, call, via, clusters[i]);
    if (ok && call->target == TARGET_ENDPOINTS)
        ok = add_target_leg(plan, call, via);
    ok = ok && add_pipes(plan, v, call);
    if (!ok) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        return false;
    }
    v->leg_count = plan->leg_count - v->first_leg;
    const struct leg *entry = &plan->legs[v->first_leg];
    v->simple = v->leg_count == 1 && entry->kind == LEG_CHOOSE && entry->turn == 0 && v->pipe_count == 0;
    if (v->leg_count > plan->legs_max)
        plan->legs_max = v->leg_count;
    for (uint32_t i = v->first_leg; i < plan->leg_count; i++)
        plan->has_turn = plan->has_turn || plan->legs[i].turn > 0;
    return true;
}

/* An audio call that is set up as video where its cluster says so. */
static bool needs_setup_variant(const struct scenario *s, const struct call_class *call)
{
    return call->setup > 0 && call->media == MEDIA_AUDIO && s->clusters[call->via.cluster].setup_as_video;
}

static bool add_setup_variants(struct plan *plan, struct errors *errors)
{
    const struct scenario *s = plan->scenario;
    for (uint32_t k = 0; k < s->class_count; k++) {
        if (!needs_setup_variant(s, &s->classes[k]))
            continue;
        struct call_class video = s->classes[k];
        video.media = MEDIA_VIDEO;
        video.units = -1;
        plan->variants[k].setup = plan->variant_count;
        plan->has_setup = true;
        if (!add_variant(plan, k, &video, &video.via, errors))
            return false;
    }
    return true;
}

static bool add_trace_variants(struct plan *plan, struct errors *errors)
{
    const struct scenario *s = plan->scenario;
    plan->trace_variants = s->trace_count ? plan->variant_count : NONE;
    for (uint32_t t = 0; t < s->trace_count; t++)
        for (uint32_t k = 0; k < s->class_count; k++)
            for (int media = MEDIA_AUDIO; media <= MEDIA_VIDEO; media++) {
                struct call_class call = s->classes[k];
                call.media = (enum media)media;
                const struct via *via = s->traces[t].has_via ? &s->traces[t].via : &call.via;
                uint32_t setup = plan->variants[k].setup;
                if (!add_variant(plan, k, &call, via, errors))
                    return false;
                if (media == MEDIA_AUDIO)
                    plan->variants[plan->variant_count - 1].setup = setup;
            }
    return true;
}

uint32_t plan_trace_variant(const struct plan *plan, uint32_t trace, uint32_t class_index, int media)
{
    const struct scenario *s = plan->scenario;
    uint32_t medium = media >= 0 ? (uint32_t)media : (uint32_t)s->classes[class_index].media;
    return plan->trace_variants + (trace * s->class_count + class_index) * 2 + medium;
}

static void note_load(struct plan *plan)
{
    const struct scenario *s = plan->scenario;
    plan->varies = s->trace_count > 0;
    plan->has_endpoints = s->endpoints_count > 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        plan->varies = plan->varies || (call->arrivals.kind == ARRIVALS_RATE && call->arrivals.steps.count > 1);
        plan->has_sources = plan->has_sources || call->arrivals.kind == ARRIVALS_SOURCES;
        if (call->arrivals.kind != ARRIVALS_NONE && call->holding.mean > plan->longest_holding)
            plan->longest_holding = call->holding.mean;
    }
}

bool plan_init(struct plan *plan, const struct scenario *scenario, struct errors *errors)
{
    *plan = (struct plan){.scenario = scenario};
    size_t room = (size_t)scenario->class_count * (2 + 2 * (size_t)scenario->trace_count);
    plan->variants = calloc(room ? room : 1, sizeof *plan->variants);
    if (!plan->variants || room > UINT32_MAX / 4) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        plan_release(plan);
        return false;
    }
    bool ok = true;
    for (uint32_t k = 0; ok && k < scenario->class_count; k++)
        ok = add_variant(plan, k, &scenario->classes[k], &scenario->classes[k].via, errors);
    ok = ok && add_setup_variants(plan, errors) && add_trace_variants(plan, errors);
    if (ok)
        note_load(plan);
    else
        plan_release(plan);
    return ok;
}

void plan_release(struct plan *plan)
{
    free(plan->variants);
    free(plan->legs);
    free(plan->pipe_index);
    free(plan->pipe_bits);
    *plan = (struct plan){0};
}
