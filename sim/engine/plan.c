#include "sim/engine/plan.h"

#include <assert.h>
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

static void set_policy(struct leg *leg, const struct call_class *call,
                       const struct cluster *cluster, enum selection otherwise)
{
    leg->policy = call->selection != SELECT_DEFAULT ? call->selection : otherwise;
    leg->next = cluster->when_full == FULL_NEXT;
    leg->dead_next = cluster->when_dead == DEAD_NEXT ||
                     (cluster->when_dead == DEAD_DEFAULT && leg->policy == SELECT_SRV);
}

/* Both ends registered to Cisco infrastructure: an intracluster call then takes no RMS. */
static bool both_cisco(const struct scenario *s, const struct call_class *call,
                       const struct via *via)
{
    return via->origin == ORIGIN_ENDPOINTS && call->target == TARGET_ENDPOINTS &&
           s->endpoints[via->endpoints].cisco && s->endpoints[call->target_endpoints].cisco;
}

/* RMS halves that the table of services lists for a cluster of this role. */
static int64_t listed_rms(const struct scenario *s, const struct call_class *call,
                          const struct via *via, const struct cluster *cluster)
{
    struct demand demand = service_demand(call->service, call->media, call->protocol);
    if (call->service == SERVICE_INTRACLUSTER && both_cisco(s, call, via))
        return 0;
    if (cluster->role == ROLE_CORE)
        return demand.rms_core_halves;
    if (cluster->role == ROLE_EDGE || demand.rms_edge_halves > demand.rms_core_halves)
        return demand.rms_edge_halves;
    return demand.rms_core_halves;
}

/* A path takes RMS once: on the cluster of the role that the table names which is nearest to the
 * far side; calls that are interworked or between peers where they enter, as their B2BUA is there.
 * Where the class states a figure and the table has none, the entry takes it. Fills in RMS halves
 * by place on the path. */
static void spread_rms(const struct scenario *s, const struct call_class *call,
                       const struct via *via, const uint32_t *clusters, uint32_t count,
                       int64_t *rms)
{
    bool from_entry = via->origin != ORIGIN_ENDPOINTS || call->service == SERVICE_INTRACLUSTER ||
                      call->service == SERVICE_INTERWORKING;
    memset(rms, 0, count * sizeof *rms);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = from_entry ? i : count - 1 - i;
        int64_t listed = listed_rms(s, call, via, &s->clusters[clusters[place]]);
        if (listed > 0) {
            rms[place] = call->rms_halves >= 0 ? call->rms_halves : listed;
            return;
        }
    }
    rms[0] = call->rms_halves >= 0 ? call->rms_halves : 0;
}

static void set_demand(struct plan *plan, struct leg *leg, const struct call_class *call,
                       bool entry, int64_t rms)
{
    const struct scenario *s = plan->scenario;
    const struct cluster *c = &s->clusters[leg->cluster];
    for (uint32_t i = 0; i < c->peer_count; i++)
        leg->units[i] =
            call->units < 0 && !call->media_traverses
                ? 0
                : scenario_call_units(s, call, &s->platforms[s->peers[c->first_peer + i].platform]);
    leg->rms = rms;
    if (c->role != ROLE_CORE && entry)
        leg->turn = call->turn >= 0
                        ? call->turn
                        : service_demand(call->service, call->media, call->protocol).turn;
    leg->takes = true;
}

/* Clusters in the order in which a call through `first` needs them: itself, then along `traversal`.
 */
static uint32_t chain(const struct scenario *s, uint32_t first, uint32_t *clusters, uint32_t count,
                      uint32_t room)
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

static bool add_entry_leg(struct plan *plan, const struct call_class *call, const struct via *via,
                          int64_t rms)
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
    set_demand(plan, leg, call, true, rms);
    return true;
}

static bool add_further_leg(struct plan *plan, const struct call_class *call, uint32_t cluster,
                            int64_t rms)
{
    const struct cluster *c = &plan->scenario->clusters[cluster];
    struct leg *leg = add_leg(plan);
    if (!leg)
        return false;
    leg->cluster = cluster;
    leg->candidates = all_peers(c);
    set_policy(leg, call, c, c->selection != SELECT_DEFAULT ? c->selection : SELECT_MOST_AVAILABLE);
    leg->policy = c->selection != SELECT_DEFAULT ? c->selection : SELECT_MOST_AVAILABLE;
    set_demand(plan, leg, call, false, rms);
    return true;
}

/* The peer that the called endpoint is registered to: holds units only where the cluster says both
 * peers do. */
static bool add_target_leg(struct plan *plan, const struct call_class *call)
{
    const struct scenario *s = plan->scenario;
    uint32_t cluster = s->endpoints[call->target_endpoints].cluster;
    struct leg *leg = add_leg(plan);
    if (!leg)
        return false;
    leg->cluster = cluster;
    leg->kind = LEG_TARGET;
    leg->population = call->target_endpoints;
    if (s->clusters[cluster].units_on_both)
        set_demand(plan, leg, call, false, 0);
    return true;
}

/* What the rest says of how the choice goes. */
static void note_choice(const struct scenario *s, struct leg *leg)
{
    bool tries = leg->next || leg->policy == SELECT_FIRST_FIT || leg->policy == SELECT_BEST_FIT ||
                 leg->policy == SELECT_RANDOM_FIT;
    leg->several = tries && (leg->candidates & (leg->candidates - 1));
    leg->keyed = leg->kind == LEG_CHOOSE && leg->policy == SELECT_MOST_AVAILABLE && !leg->several &&
                 leg->candidates == all_peers(&s->clusters[leg->cluster]);
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
    return true;
}

static void note_legs(struct plan *plan, const struct variant *v, const struct call_class *call)
{
    for (uint32_t i = v->first_leg; i < v->first_leg + v->leg_count; i++) {
        struct leg *leg = &plan->legs[i];
        note_choice(plan->scenario, leg);
        unsigned carries = leg->rms > 0 ? CARRIES_RMS : 0;
        for (uint32_t p = 0; p < CLUSTER_PEERS_MAX; p++)
            if (leg->units[p] > 0)
                carries |= call->media_traverses ? CARRIES_TRAVERSAL : CARRIES_OTHER;
        plan->carries[leg->cluster] |= (uint8_t)carries;
        plan->has_turn = plan->has_turn || leg->turn > 0;
    }
}

static bool add_variant(struct plan *plan, uint32_t class_index, const struct call_class *call,
                        const struct via *via, struct errors *errors)
{
    const struct scenario *s = plan->scenario;
    struct variant *v = &plan->variants[plan->variant_count++];
    *v = (struct variant){.class_index = class_index,
                          .first_leg = plan->leg_count,
                          .setup = NONE,
                          .setup_time = call->setup};
    uint32_t clusters[LEGS_MAX], count = chain(s, via->cluster, clusters, 0, LEGS_MAX - 1);
    if (count != UINT32_MAX && call->target == TARGET_ENDPOINTS)
        count =
            chain(s, s->endpoints[call->target_endpoints].cluster, clusters, count, LEGS_MAX - 1);
    else if (count != UINT32_MAX && call->target == TARGET_ZONE &&
             s->zones[call->target_zone].cluster != NONE)
        count = chain(s, s->zones[call->target_zone].cluster, clusters, count, LEGS_MAX - 1);
    if (count == UINT32_MAX) {
        errors_add(errors, ERROR_DATA, NULL, 0, 0, "calls of class '%s' pass more than %d clusters",
                   call->name, LEGS_MAX - 1);
        return false;
    }
    int64_t rms[LEGS_MAX];
    spread_rms(s, call, via, clusters, count, rms);
    bool ok = add_entry_leg(plan, call, via, rms[0]);
    for (uint32_t i = 1; ok && i < count; i++)
        ok = add_further_leg(plan, call, clusters[i], rms[i]);
    if (ok && call->target == TARGET_ENDPOINTS)
        ok = add_target_leg(plan, call);
    ok = ok && add_pipes(plan, v, call);
    if (!ok) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        return false;
    }
    v->leg_count = plan->leg_count - v->first_leg;
    const struct leg *entry = &plan->legs[v->first_leg];
    v->holding_legs = v->leg_count - !plan->legs[plan->leg_count - 1].takes;
    v->sole =
        v->leg_count == 1 && entry->kind == LEG_CHOOSE && entry->turn == 0 && v->pipe_count == 0;
    if (v->leg_count > plan->legs_max)
        plan->legs_max = v->leg_count;
    note_legs(plan, v, call);
    return true;
}

/* An audio call that is set up as video where its cluster says so. */
static bool needs_setup_variant(const struct scenario *s, const struct call_class *call,
                                const struct via *via)
{
    return call->setup > 0 && call->media == MEDIA_AUDIO &&
           s->clusters[via->cluster].setup_as_video;
}

/* Gives a variant of a class, with its own way in, one that is held as video until the call
 * connects. */
static bool add_setup_variant(struct plan *plan, uint32_t variant, const struct call_class *call,
                              const struct via *via, struct errors *errors)
{
    struct call_class video = *call;
    video.media = MEDIA_VIDEO;
    video.units = -1;
    if (!needs_setup_variant(plan->scenario, call, via))
        return true;
    plan->variants[variant].setup = plan->variant_count;
    plan->has_setup = true;
    return add_variant(plan, plan->variants[variant].class_index, &video, via, errors);
}

static bool add_setup_variants(struct plan *plan, struct errors *errors)
{
    for (uint32_t k = 0; k < plan->scenario->class_count; k++) {
        const struct call_class *call = &plan->scenario->classes[k];
        if (!add_setup_variant(plan, k, call, &call->via, errors))
            return false;
    }
    return true;
}

static void trace_call(const struct scenario *s, uint32_t trace, uint32_t k, int media,
                       struct call_class *call, struct via *via)
{
    *call = s->classes[k];
    call->media = (enum media)media;
    *via = s->traces[trace].has_via ? s->traces[trace].via : call->via;
}

/* First the variants by trace, class and medium, then, behind them, what they are held as during
 * set-up. */
static bool add_trace_variants(struct plan *plan, struct errors *errors)
{
    const struct scenario *s = plan->scenario;
    struct call_class call;
    struct via via;
    plan->trace_variants = s->trace_count ? plan->variant_count : NONE;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t t = 0; t < s->trace_count; t++)
            for (uint32_t k = 0; k < s->class_count; k++)
                for (int media = MEDIA_AUDIO; media <= MEDIA_VIDEO; media++) {
                    trace_call(s, t, k, media, &call, &via);
                    bool ok = pass == 0
                                  ? add_variant(plan, k, &call, &via, errors)
                                  : add_setup_variant(plan, plan_trace_variant(plan, t, k, media),
                                                      &call, &via, errors);
                    if (!ok)
                        return false;
                }
    return true;
}

uint32_t plan_trace_variant(const struct plan *plan, uint32_t trace, uint32_t class_index,
                            int media)
{
    const struct scenario *s = plan->scenario;
    uint32_t medium = media >= 0 ? (uint32_t)media : (uint32_t)s->classes[class_index].media;
    return plan->trace_variants + (trace * s->class_count + class_index) * 2 + medium;
}

static int compare_entries(const void *a, const void *b)
{
    const struct ledger_entry *x = a, *y = b;
    if (x->class_index != y->class_index)
        return x->class_index < y->class_index ? -1 : 1;
    return x->cluster == y->cluster ? 0 : x->cluster < y->cluster ? -1 : 1;
}

static int64_t halves_in(const struct plan *plan, uint32_t class_index, uint32_t cluster)
{
    const struct variant *v = &plan->variants[class_index];
    int64_t halves = 0;
    for (uint32_t i = v->first_leg; i < v->first_leg + v->leg_count; i++)
        halves += plan->legs[i].cluster == cluster ? plan->legs[i].rms : 0;
    return halves;
}

static uint32_t ledger_entry(const struct plan *plan, uint32_t class_index, uint32_t cluster)
{
    uint32_t low = 0, high = plan->ledger_count;
    struct ledger_entry wanted = {class_index, cluster, 0};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_entries(&plan->ledger[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low < plan->ledger_count && compare_entries(&plan->ledger[low], &wanted) == 0);
    return low;
}

/* Every pair of class and cluster once. */
static bool make_ledger(struct plan *plan)
{
    plan->ledger = calloc(plan->leg_count + 1, sizeof *plan->ledger);
    if (!plan->ledger)
        return false;
    uint32_t pairs = 0;
    for (uint32_t v = 0; v < plan->variant_count; v++)
        for (uint32_t i = 0; i < plan->variants[v].leg_count; i++) {
            const struct leg *leg = &plan->legs[plan->variants[v].first_leg + i];
            if (leg->rms > 0)
                plan->ledger[pairs++] =
                    (struct ledger_entry){plan->variants[v].class_index, leg->cluster, 0};
        }
    qsort(plan->ledger, pairs, sizeof *plan->ledger, compare_entries);
    for (uint32_t i = 0; i < pairs; i++) {
        struct ledger_entry *last = &plan->ledger[plan->ledger_count - (plan->ledger_count > 0)];
        if (plan->ledger_count == 0 || compare_entries(last, &plan->ledger[i]) != 0)
            plan->ledger[plan->ledger_count++] = plan->ledger[i];
    }
    for (uint32_t i = 0; i < plan->ledger_count; i++)
        plan->ledger[i].halves =
            halves_in(plan, plan->ledger[i].class_index, plan->ledger[i].cluster);
    for (uint32_t v = 0; v < plan->variant_count; v++)
        for (uint32_t i = 0; i < plan->variants[v].leg_count; i++) {
            struct leg *leg = &plan->legs[plan->variants[v].first_leg + i];
            leg->ledger = leg->rms > 0
                              ? ledger_entry(plan, plan->variants[v].class_index, leg->cluster)
                              : NONE;
        }
    plan->ledger_moves =
        plan->ledger_count > 0 && plan->variant_count > plan->scenario->class_count;
    return true;
}

static void note_load(struct plan *plan)
{
    const struct scenario *s = plan->scenario;
    plan->varies = s->trace_count > 0;
    plan->has_endpoints = s->endpoints_count > 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        plan->varies = plan->varies ||
                       (call->arrivals.kind == ARRIVALS_RATE && call->arrivals.steps.count > 1);
        if (call->arrivals.kind != ARRIVALS_NONE && call->holding.mean > plan->longest_holding)
            plan->longest_holding = call->holding.mean;
    }
}

bool plan_init(struct plan *plan, const struct scenario *scenario, struct errors *errors)
{
    *plan = (struct plan){.scenario = scenario};
    size_t room = (size_t)scenario->class_count * (2 + 3 * (size_t)scenario->trace_count);
    plan->variants = calloc(room ? room : 1, sizeof *plan->variants);
    plan->carries = calloc(scenario->cluster_count + 1, sizeof *plan->carries);
    if (!plan->variants || !plan->carries || room > UINT32_MAX / 4) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        plan_release(plan);
        return false;
    }
    bool ok = true;
    for (uint32_t k = 0; ok && k < scenario->class_count; k++)
        ok = add_variant(plan, k, &scenario->classes[k], &scenario->classes[k].via, errors);
    ok = ok && add_setup_variants(plan, errors) && add_trace_variants(plan, errors);
    if (ok && !make_ledger(plan)) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        ok = false;
    }
    if (ok)
        note_load(plan);
    else
        plan_release(plan);
    return ok;
}

void plan_release(struct plan *plan)
{
    free(plan->variants);
    free(plan->carries);
    free(plan->ledger);
    free(plan->legs);
    free(plan->pipe_index);
    free(plan->pipe_bits);
    *plan = (struct plan){0};
}
