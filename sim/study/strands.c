#include "sim/study/strands.h"

#include <stdlib.h>
#include <string.h>

#include "sim/engine/registrations.h"

#define PLACES (CLUSTER_PEERS_MAX * CLUSTER_PEERS_MAX)

/* Ways in which something about a call is settled, each with its share. */
struct settled {
    uint32_t placed[PLACES]; /* legs that are not concerned: PLACED_NOWHERE */
    double shares[PLACES];
    uint32_t count;
};

/* What is known while strands are made. */
struct making {
    struct strands *strands;
    const struct plan *plan;
    struct registrations *registrations; /* owned; NULL: nobody asked yet */
    const uint32_t *down;
    uint32_t down_count;
    uint64_t seed;
    uint32_t room;
    const char *obstacle;
    bool failed;
};

static bool is_down(const struct making *m, uint32_t peer)
{
    for (uint32_t i = 0; i < m->down_count; i++)
        if (m->down[i] == peer)
            return true;
    return false;
}

/* Do peers come or go during the run? */
static bool peers_move(const struct scenario *s)
{
    bool moves = s->step_count > 0 || s->outage_count > 0;
    for (uint32_t p = 0; p < s->peer_count; p++)
        moves = moves || s->peers[p].joins != -FOREVER || s->peers[p].leaves != FOREVER;
    return moves;
}

static uint32_t place(uint32_t placed, uint32_t number, uint32_t local)
{
    return (placed & ~(15u << (4 * number))) | local << (4 * number);
}

/* ---- A peer chosen at random ---- */

static bool one_try_at_random(const struct leg *leg)
{
    return leg->kind == LEG_CHOOSE && !leg->several && (leg->candidates & (leg->candidates - 1)) &&
           (leg->policy == SELECT_RANDOM || leg->policy == SELECT_SRV);
}

/* The peers among which is chosen: those of the first priority that has any. */
static uint8_t chosen_from(const struct making *m, const struct leg *leg)
{
    const struct cluster *cluster = &m->plan->scenario->clusters[leg->cluster];
    uint8_t up = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        up |= (uint8_t)(!is_down(m, cluster->first_peer + i) << i);
    up &= leg->candidates;
    for (uint32_t t = 0; t < leg->tier_count; t++)
        if (up & leg->tiers[t])
            return up & leg->tiers[t];
    return up;
}

static void settle_choice(struct making *m, const struct leg *leg, uint32_t number,
                          struct settled *out)
{
    uint8_t mask = chosen_from(m, leg);
    double sum = 0;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        sum += mask >> i & 1 ? leg->weights[i] : 0;
    bool weighted = leg->weighted && sum > 0;
    if (peers_move(m->plan->scenario))
        m->obstacle = "peers that are chosen at random come and go";
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++) {
        if (!(mask >> i & 1) || (weighted && !(leg->weights[i] > 0)))
            continue;
        double share = weighted ? leg->weights[i] / sum : 1.0 / __builtin_popcount(mask);
        out->placed[out->count] = place(PLACED_NOWHERE, number, i);
        out->shares[out->count++] = share;
    }
}

/* ---- Where devices are registered ---- */

static bool ask_registrations(struct making *m)
{
    if (peers_move(m->plan->scenario))
        m->obstacle = "registered devices move when peers come and go";
    if (m->registrations || m->obstacle)
        return !m->obstacle;
    m->registrations = registrations_new(m->plan->scenario);
    if (!m->registrations) {
        m->failed = true;
        return false;
    }
    registrations_reset(m->registrations,
                        &(struct registrations_start){
                            .seed = m->seed, .down = m->down, .down_count = m->down_count});
    return true;
}

/* Legs of one end of a call: the peer of its device, the core peer behind it. */
struct end {
    enum leg_kind at, core;
    uint32_t at_number, core_number, population; /* NONE: no such leg, or it holds nothing */
};

static struct end end_of(const struct plan *plan, const struct variant *v, bool origin)
{
    struct end end = {.at = origin ? LEG_ORIGIN : LEG_TARGET,
                      .core = origin ? LEG_ORIGIN_CORE : LEG_TARGET_CORE,
                      .at_number = NONE,
                      .core_number = NONE,
                      .population = NONE};
    for (uint32_t i = 0; i < v->leg_count; i++) {
        const struct leg *leg = &plan->legs[v->first_leg + i];
        if (leg->kind != end.at && leg->kind != end.core)
            continue;
        end.population = leg->population;
        if (leg->takes && leg->kind == end.at)
            end.at_number = i;
        else if (leg->takes)
            end.core_number = i;
    }
    return end;
}

/* Shares of a population by the peers of its devices that matter. */
static void settle_devices(struct making *m, const struct variant *v, const struct end *end,
                           struct settled *out)
{
    const struct scenario *s = m->plan->scenario;
    int64_t devices = s->endpoints[end->population].count;
    uint32_t counts[PLACES] = {0};
    if (!ask_registrations(m))
        return;
    for (int64_t d = 0; d < devices && !m->obstacle; d++) {
        uint32_t at = registrations_peer(m->registrations, end->population, (uint32_t)d),
                 core = NONE;
        if (end->core_number != NONE)
            core = registrations_core(m->registrations, end->population, (uint32_t)d);
        if (at == NONE || (end->core_number != NONE && core == NONE)) {
            m->obstacle = "some devices are not registered";
            break;
        }
        uint32_t i = 0, j = 0;
        if (end->at_number != NONE)
            i = at - s->clusters[m->plan->legs[v->first_leg + end->at_number].cluster].first_peer;
        if (end->core_number != NONE)
            j = core -
                s->clusters[m->plan->legs[v->first_leg + end->core_number].cluster].first_peer;
        counts[i * CLUSTER_PEERS_MAX + j]++;
    }
    for (uint32_t p = 0; p < PLACES && devices > 0; p++) {
        uint32_t placed = PLACED_NOWHERE;
        if (counts[p] == 0)
            continue;
        if (end->at_number != NONE)
            placed = place(placed, end->at_number, p / CLUSTER_PEERS_MAX);
        if (end->core_number != NONE)
            placed = place(placed, end->core_number, p % CLUSTER_PEERS_MAX);
        out->placed[out->count] = placed;
        out->shares[out->count++] = counts[p] / (double)devices;
    }
}

/* ---- Strands ---- */

static void add(struct making *m, struct strand strand)
{
    struct strands *strands = m->strands;
    if (strands->count == STRANDS_MOST)
        m->obstacle = "calls are spread over too many combinations of peers";
    if (m->obstacle)
        return;
    if (strands->count == m->room) {
        uint32_t room = m->room ? 2 * m->room : 16;
        struct strand *items = realloc(strands->items, room * sizeof *items);
        if (!items) {
            m->failed = true;
            return;
        }
        strands->items = items;
        m->room = room;
    }
    strands->items[strands->count++] = strand;
}

/* Every strand of the class from `first` on, in each of these ways. */
static void multiply(struct making *m, uint32_t first, const struct settled *ways)
{
    uint32_t before = m->strands->count;
    for (uint32_t w = 1; w < ways->count; w++)
        for (uint32_t i = first; i < before && !m->failed; i++) {
            struct strand strand = m->strands->items[i];
            strand.placed &= ways->placed[w];
            strand.share *= ways->shares[w];
            add(m, strand);
        }
    for (uint32_t i = first; i < before && ways->count; i++) {
        m->strands->items[i].placed &= ways->placed[0];
        m->strands->items[i].share *= ways->shares[0];
    }
}

/* Legs that hold nothing are somewhere, whatever. */
static uint32_t nowhere_but_asked(const struct plan *plan, const struct variant *v)
{
    uint32_t placed = PLACED_NOWHERE;
    for (uint32_t i = 0; i < v->leg_count; i++)
        if (plan->legs[v->first_leg + i].kind != LEG_CHOOSE && !plan->legs[v->first_leg + i].takes)
            placed = place(placed, i, 0);
    return placed;
}

static void split(struct making *m, uint32_t k)
{
    const struct variant *v = &m->plan->variants[k];
    uint32_t first = m->strands->count;
    add(m, (struct strand){k, 1, nowhere_but_asked(m->plan, v)});
    for (uint32_t i = 0; i < v->leg_count && !m->obstacle && !m->failed; i++) {
        const struct leg *leg = &m->plan->legs[v->first_leg + i];
        struct settled ways = {.count = 0};
        if (one_try_at_random(leg)) {
            settle_choice(m, leg, i, &ways);
            multiply(m, first, &ways);
        }
    }
    for (int origin = 0; origin < 2 && !m->obstacle && !m->failed; origin++) {
        struct end end = end_of(m->plan, v, origin);
        struct settled ways = {.count = 0};
        if (end.population == NONE)
            continue;
        settle_devices(m, v, &end, &ways);
        multiply(m, first, &ways);
    }
}

bool strands_make(struct strands *strands, const struct plan *plan, const bool *takes_part,
                  struct away_peers down, uint64_t seed)
{
    uint32_t classes = plan->scenario->class_count;
    *strands = (struct strands){.first = calloc((size_t)classes + 2, sizeof *strands->first)};
    struct making m = {.strands = strands,
                       .plan = plan,
                       .down = down.peers,
                       .down_count = down.count,
                       .seed = seed,
                       .failed = !strands->first};
    for (uint32_t k = 0; k < classes && !m.failed && !m.obstacle; k++) {
        strands->first[k] = strands->count;
        if (takes_part[k])
            split(&m, k);
        strands->first[k + 1] = strands->count;
    }
    registrations_free(m.registrations);
    strands->obstacle = m.obstacle;
    return !m.failed && !m.obstacle;
}

void strands_release(struct strands *strands)
{
    free(strands->items);
    free(strands->first);
    *strands = (struct strands){0};
}

uint32_t strands_pick(const struct strands *strands, uint32_t class_index, double u)
{
    uint32_t first = strands->first[class_index], last = strands->first[class_index + 1];
    for (; first + 1 < last; first++) {
        u -= strands->items[first].share;
        if (u < 0)
            break;
    }
    return first;
}

uint8_t strand_peers(const struct strand *strand, const struct leg *leg, uint32_t number)
{
    uint32_t local = strand->placed >> (4 * number) & 15;
    return local == PLACED_CHOSEN ? leg->candidates : (uint8_t)(1u << local);
}
