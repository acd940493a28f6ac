#include "sim/engine/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

/* Sessions are counted where some peer of the cluster has a capped image. */
static bool capped(const struct scenario *s, uint32_t cluster)
{
    const struct cluster *c = &s->clusters[cluster];
    for (uint32_t i = 0; i < c->peer_count; i++)
        if (s->peers[c->first_peer + i].image == IMAGE_UNRESTRICTED)
            return true;
    return false;
}

static void note_leg(struct plan *plan, struct leg *leg, const struct call_class *call)
{
    unsigned carries = leg->rms > 0 ? CARRIES_RMS : 0;
    for (uint32_t p = 0; p < CLUSTER_PEERS_MAX; p++)
        if (leg->units[p] > 0)
            carries |= call->media_traverses ? CARRIES_TRAVERSAL : CARRIES_OTHER;
    plan->carries[leg->cluster] |= (uint8_t)carries;
    plan->has_turn = plan->has_turn || leg->turn > 0;
    if (leg->session != SESSION_NONE && !capped(plan->scenario, leg->cluster))
        leg->session = SESSION_NONE;
    plan->counts_sessions = plan->counts_sessions || leg->session != SESSION_NONE;
    plan->cuts_by_drain = plan->cuts_by_drain || (leg->takes && leg->cut_by_drain);
}

static bool add_legs(struct plan *plan, const struct path *path, const struct call_class *call)
{
    if (plan->leg_count + path->count > plan->leg_capacity) {
        uint32_t capacity = 2 * plan->leg_capacity + 64;
        struct leg *legs = realloc(plan->legs, capacity * sizeof *legs);
        if (!legs)
            return false;
        plan->legs = legs;
        plan->leg_capacity = capacity;
    }
    for (uint32_t i = 0; i < path->count; i++) {
        plan->legs[plan->leg_count] = path->legs[i];
        note_leg(plan, &plan->legs[plan->leg_count++], call);
    }
    return true;
}

static void note_variant(struct plan *plan, struct variant *v, const struct path *path)
{
    const struct leg *legs = &plan->legs[v->first_leg];
    bool counts = false;
    v->leg_count = v->holding_legs = path->count;
    v->turn_leg = path->turn_leg;
    while (v->holding_legs > 0 && !legs[v->holding_legs - 1].takes)
        v->holding_legs--;
    for (uint32_t i = 0; i < v->leg_count; i++)
        counts = counts || legs[i].session != SESSION_NONE;
    v->sole = v->leg_count == 1 && legs[0].kind == LEG_CHOOSE && v->turn_leg == NONE && !counts &&
              v->pipe_count == 0;
    if (v->leg_count > plan->legs_max)
        plan->legs_max = v->leg_count;
}

static struct variant *new_variant(struct plan *plan)
{
    if (plan->variant_count == plan->variant_capacity) {
        uint32_t capacity = 2 * plan->variant_capacity + 16;
        struct variant *variants = realloc(plan->variants, capacity * sizeof *variants);
        if (!variants)
            return NULL;
        plan->variants = variants;
        plan->variant_capacity = capacity;
    }
    return &plan->variants[plan->variant_count++];
}

static bool add_path(struct plan *plan, uint32_t class_index, const struct call_class *call,
                     const struct path *path)
{
    struct variant *v = new_variant(plan);
    if (!v)
        return false;
    *v = (struct variant){.class_index = class_index,
                          .base = plan->variant_count - 1,
                          .first_leg = plan->leg_count,
                          .setup = NONE,
                          .setup_time = call->setup,
                          .direct = NONE,
                          .fallback = NONE,
                          .away = {NONE, NONE, NONE}};
    if (!add_legs(plan, path, call) || !add_pipes(plan, v, call))
        return false;
    note_variant(plan, v, path);
    return true;
}

/* away: ends whose devices are at their fallback cluster. */
static bool add_variant(struct plan *plan, uint32_t class_index, const struct call_class *call,
                        unsigned away, struct errors *errors)
{
    struct path path;
    if (!path_make_away(&path, plan->scenario, call, &call->via, away)) {
        errors_add(errors, ERROR_DATA, NULL, 0, 0, "calls of class '%s' pass more than %d clusters",
                   call->name, LEGS_MAX - 1);
        return false;
    }
    return add_path(plan, class_index, call, &path) || errors_no_memory(errors);
}

/* An audio call that is set up as video where its cluster says so. */
static bool needs_setup_variant(const struct scenario *s, const struct call_class *call)
{
    return call->setup > 0 && call->media == MEDIA_AUDIO &&
           s->clusters[call->via.cluster].setup_as_video;
}

/* Gives a variant of a class, with its own way in, one that is held as video until the call
 * connects. */
static bool add_setup_variant(struct plan *plan, uint32_t variant, const struct call_class *call,
                              unsigned away, struct errors *errors)
{
    struct call_class video = *call;
    video.media = MEDIA_VIDEO;
    video.units = -1;
    if (!needs_setup_variant(plan->scenario, call))
        return true;
    uint32_t number = plan->variant_count;
    plan->variants[variant].setup = number;
    plan->has_setup = true;
    if (!add_variant(plan, plan->variants[variant].class_index, &video, away, errors))
        return false;
    plan->variants[number].base = plan->variants[variant].base;
    return true;
}

/* Media go direct: nothing is taken of pipes either. */
static bool add_direct(struct plan *plan, uint32_t variant, const struct call_class *call,
                       unsigned away, struct errors *errors)
{
    uint32_t number = plan->variant_count;
    struct call_class direct = *call;
    struct path path;
    if (!(call->ice > 0) || !path_between_mra(plan->scenario, call, &call->via))
        return true;
    direct.pipe_count = 0;
    if (!path_make_away(&path, plan->scenario, call, &call->via, away))
        return false; /* as said for the variant itself */
    path_go_direct(&path);
    if (!add_path(plan, plan->variants[variant].class_index, &direct, &path))
        return errors_no_memory(errors);
    plan->variants[variant].direct = number;
    plan->has_alternatives = true;
    plan->variants[variant].ice = call->ice;
    plan->variants[number].base = plan->variants[variant].base;
    plan->has_setup = plan->has_setup || call->setup > 0;
    return true;
}

/* Between devices of which some are at their fallback cluster. */
static bool add_away(struct plan *plan, uint32_t variant, const struct call_class *call,
                     struct errors *errors)
{
    unsigned may = path_may_be_away(plan->scenario, call, &call->via);
    plan->variants[variant].may_be_away = may;
    plan->has_alternatives = plan->has_alternatives || may;
    for (unsigned away = 1; away <= PATH_AWAY_ALL; away++) {
        uint32_t number = plan->variant_count;
        if (away & ~may)
            continue;
        if (!add_variant(plan, plan->variants[variant].class_index, call, away, errors))
            return false;
        plan->variants[variant].away[away - 1] = number;
        plan->variants[number].base = plan->variants[variant].base;
        if (!add_setup_variant(plan, number, call, away, errors) ||
            !add_direct(plan, number, call, away, errors))
            return false;
    }
    return true;
}

/* By another cluster, when all peers of the way in are away. */
static bool add_fallback(struct plan *plan, uint32_t variant, const struct call_class *call,
                         struct errors *errors)
{
    uint32_t number = plan->variant_count;
    struct call_class other = *call;
    other.via.cluster = path_fallback(plan->scenario, &call->via);
    if (other.via.cluster == NONE || other.via.cluster == call->via.cluster)
        return true;
    if (!add_variant(plan, plan->variants[variant].class_index, &other, 0, errors))
        return false;
    plan->variants[variant].fallback = number;
    plan->has_alternatives = true;
    plan->variants[number].base = variant;
    return add_setup_variant(plan, number, &other, 0, errors) &&
           add_away(plan, number, &other, errors);
}

static bool add_companions(struct plan *plan, uint32_t variant, const struct call_class *call,
                           struct errors *errors)
{
    return add_setup_variant(plan, variant, call, 0, errors) &&
           add_direct(plan, variant, call, 0, errors) && add_away(plan, variant, call, errors) &&
           add_fallback(plan, variant, call, errors);
}

static bool add_class_companions(struct plan *plan, struct errors *errors)
{
    for (uint32_t k = 0; k < plan->scenario->class_count; k++) {
        const struct call_class *call = &plan->scenario->classes[k];
        if (!add_companions(plan, k, call, errors))
            return false;
    }
    return true;
}

static struct call_class trace_call(const struct scenario *s, uint32_t trace, uint32_t k, int media)
{
    struct call_class call = s->classes[k];
    call.media = (enum media)media;
    if (s->traces[trace].has_via)
        call.via = s->traces[trace].via;
    return call;
}

/* First the variants by trace, class and medium, then, behind them, what they are held as during
 * set-up, and what else they may be. */
static bool add_trace_variants(struct plan *plan, struct errors *errors)
{
    const struct scenario *s = plan->scenario;
    plan->trace_variants = s->trace_count ? plan->variant_count : NONE;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t t = 0; t < s->trace_count; t++)
            for (uint32_t k = 0; k < s->class_count; k++)
                for (int media = MEDIA_AUDIO; media <= MEDIA_VIDEO; media++) {
                    struct call_class call = trace_call(s, t, k, media);
                    bool ok = pass == 0
                                  ? add_variant(plan, k, &call, 0, errors)
                                  : add_companions(plan, plan_trace_variant(plan, t, k, media),
                                                   &call, errors);
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
    for (uint32_t p = 0; p < s->peer_count; p++)
        plan->paced = plan->paced || s->peers[p].setup_rate > 0;
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
    plan->carries = calloc(scenario->cluster_count + 1, sizeof *plan->carries);
    if (!plan->carries)
        return errors_no_memory(errors);
    bool ok = true;
    for (uint32_t k = 0; ok && k < scenario->class_count; k++)
        ok = add_variant(plan, k, &scenario->classes[k], 0, errors);
    ok = ok && add_class_companions(plan, errors) && add_trace_variants(plan, errors);
    if (ok && (!make_ledger(plan) || !scripted_make(&plan->script, scenario)))
        ok = errors_no_memory(errors);
    if (ok)
        note_load(plan);
    else
        plan_release(plan);
    return ok;
}

void plan_release(struct plan *plan)
{
    free(plan->variants);
    scripted_release(&plan->script);
    free(plan->carries);
    free(plan->ledger);
    free(plan->legs);
    free(plan->pipe_index);
    free(plan->pipe_bits);
    *plan = (struct plan){0};
}
