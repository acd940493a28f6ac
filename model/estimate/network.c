#include "model/estimate/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/at_rest.h"
#include "model/base/arena.h"
#include "model/estimate/passage.h"

#define PER_CLUSTER (CLUSTER_PEERS_MAX + 4) /* group, peers, cap, pool, relays */
#define AMPLE       (INT64_C(1) << 50)

static uint32_t group_of(uint32_t cluster)
{
    return cluster * PER_CLUSTER;
}

static uint32_t peer_of(uint32_t cluster, uint32_t local)
{
    return cluster * PER_CLUSTER + 1 + local;
}

static uint32_t cap_of(uint32_t cluster)
{
    return cluster * PER_CLUSTER + 1 + CLUSTER_PEERS_MAX;
}

static uint32_t pool_of(uint32_t cluster)
{
    return cap_of(cluster) + 1;
}

static uint32_t turn_of(uint32_t cluster)
{
    return pool_of(cluster) + 1;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t ample(int64_t limit)
{
    return limit > AMPLE ? AMPLE : limit;
}

/* ---- resources ---- */

static struct room peer_room(const struct scenario *s, uint32_t peer)
{
    const struct platform *p = &s->platforms[s->peers[peer].platform];
    int64_t rms = p->rms > AMPLE ? CAPACITY_UNLIMITED : 2 * p->rms;
    return (struct room){p->units, s->peers[peer].max_sessions, rms};
}

static int64_t installed(const struct scenario *s, uint32_t cluster, uint8_t unlicensed)
{
    const struct cluster *c = &s->clusters[cluster];
    int64_t sum = c->licences[LICENCE_RMS];
    for (uint32_t i = 0; i < c->peer_count; i++)
        if (!(unlicensed >> i & 1))
            sum += s->peers[c->first_peer + i].licences[LICENCE_RMS];
    return sum;
}

static int64_t pool_halves(const struct scenario *s, uint32_t cluster, int64_t licences)
{
    int64_t limit = ample(limit_of_cluster(s, cluster, LIMIT_RMS));
    if (s->clusters[cluster].licensed[LICENCE_RMS])
        limit = least(limit, licences);
    return limit >= AMPLE ? CAPACITY_UNLIMITED : 2 * limit;
}

/* Relays of the peers that are there, within what the cluster may use. Where calls take one number
 * of them, what is left over on a peer serves nobody. */
static void turn_resource(struct network *n, const struct scenario *s, uint32_t cluster,
                          uint8_t away)
{
    const struct cluster *c = &s->clusters[cluster];
    struct resource *turn = &n->resources[turn_of(cluster)];
    *turn = (struct resource){.kind = RESOURCE_TURN, .index = cluster, .cap = CAPACITY_UNLIMITED};
    for (uint32_t i = 0; i < c->peer_count; i++) {
        int64_t relays = ample(s->platforms[s->peers[c->first_peer + i].platform].turn);
        if (!(away >> i & 1))
            turn->rooms[turn->room_count++].units = relays;
    }
    turn->capacity = ample(limit_of_cluster(s, cluster, LIMIT_TURN_RELAYS));
    for (int i = 0; i < turn->room_count; i++)
        turn->capacity = turn->rooms[i].units >= AMPLE ? AMPLE : turn->capacity;
}

static void cluster_resources(struct network *n, const struct scenario *s, uint32_t cluster,
                              uint8_t unlicensed)
{
    const struct cluster *c = &s->clusters[cluster];
    struct resource *group = &n->resources[group_of(cluster)];
    int64_t configured = 0, cap = scenario_cluster_units(s, cluster),
            licences = installed(s, cluster, unlicensed);
    *group = (struct resource){.kind = RESOURCE_GROUP,
                               .index = cluster,
                               .capacity = cap,
                               .cap = CAPACITY_UNLIMITED,
                               .most_available = true,
                               .tries_several = true};
    for (uint32_t i = 0; i < c->peer_count; i++) {
        struct room room = peer_room(s, c->first_peer + i);
        configured += room.units;
        n->resources[peer_of(cluster, i)] = (struct resource){.kind = RESOURCE_PEER,
                                                              .index = c->first_peer + i,
                                                              .capacity = cap,
                                                              .rooms = {room},
                                                              .room_count = 1,
                                                              .cap = CAPACITY_UNLIMITED,
                                                              .most_available = true,
                                                              .tries_several = true};
    }
    n->resources[cap_of(cluster)] = (struct resource){
        .kind = RESOURCE_CAP, .index = cluster, .capacity = cap, .cap_is_cause = cap < configured};
    n->resources[pool_of(cluster)] =
        (struct resource){.kind = RESOURCE_POOL,
                          .index = cluster,
                          .licences = licences,
                          .capacity = pool_halves(s, cluster, licences)};
}

/* ---- flows ---- */

/* A flow that is being made. */
struct draft {
    struct flow flow;
    struct need needs[NEEDS_MAX];
};

static bool same_needs(const struct flow *flow, const struct draft *d)
{
    int same = 0;
    while (same < flow->need_count && same < d->flow.need_count &&
           flow->needs[same].resource == d->needs[same].resource &&
           flow->needs[same].amount == d->needs[same].amount &&
           flow->needs[same].rms == d->needs[same].rms &&
           flow->needs[same].reserve == d->needs[same].reserve)
        same++;
    return same == d->flow.need_count && same == flow->need_count;
}

/* Most flows are limited by what the one before is limited by. */
static const struct need *keep_needs(struct network *n, const struct draft *d)
{
    size_t count = (size_t)d->flow.need_count;
    const struct flow *last = n->flow_count > 0 ? &n->flows[n->flow_count - 1] : NULL;
    if (last && same_needs(last, d))
        return last->needs;
    struct need *needs = arena_alloc(n->needs, count + 1, sizeof *needs);
    if (needs)
        memcpy(needs, d->needs, count * sizeof *needs);
    return needs;
}

static bool add_flow(struct network *n, const struct draft *d)
{
    if (n->flow_count == n->flow_room) {
        uint32_t room = n->flow_room ? 2 * n->flow_room : 16;
        struct flow *flows = realloc(n->flows, room * sizeof *flows);
        if (!flows)
            return false;
        n->flows = flows;
        n->flow_room = room;
    }
    const struct need *needs = keep_needs(n, d);
    struct flow *flow = &n->flows[n->flow_count];
    if (!needs)
        return false;
    *flow = d->flow;
    flow->needs = needs;
    flow->first_need = n->need_count;
    n->need_count += (uint32_t)flow->need_count;
    n->flow_count++;
    return true;
}

static void add_need(struct network *n, struct draft *d, uint32_t resource, struct need need)
{
    struct flow *flow = &d->flow;
    if (need.amount <= 0)
        return;
    for (int i = 0; i < flow->need_count; i++) /* a path that comes back */
        if (d->needs[i].resource == resource) {
            d->needs[i].amount += need.amount;
            d->needs[i].rms += need.rms;
            return;
        }
    if (flow->need_count == NEEDS_MAX) {
        flow->reason = "calls need more than formulas follow";
        return;
    }
    need.resource = resource;
    d->needs[flow->need_count++] = need;
    n->resources[resource].used = true;
}

static void add_cluster_needs(struct network *n, struct draft *d, const struct passage *leg)
{
    if (n->resources[cap_of(leg->cluster)].cap_is_cause)
        add_need(n, d, cap_of(leg->cluster), (struct need){.amount = leg->units});
    if (n->resources[turn_of(leg->cluster)].capacity < AMPLE)
        add_need(n, d, turn_of(leg->cluster), (struct need){.amount = leg->leg->turn});
    if (n->resources[pool_of(leg->cluster)].capacity != CAPACITY_UNLIMITED)
        add_need(n, d, pool_of(leg->cluster),
                 (struct need){.amount = leg->leg->rms, .reserve = leg->reserve_rms});
}

static struct need units_of(const struct passage *leg)
{
    return (struct need){.amount = leg->units, .rms = leg->leg->rms, .reserve = leg->reserve};
}

/* The peers of a group are those of all flows that use it. */
static void join_group(struct network *n, const struct scenario *s, struct draft *d,
                       const struct passage *leg)
{
    const struct cluster *c = &s->clusters[leg->cluster];
    struct resource *group = &n->resources[group_of(leg->cluster)];
    if (group->peers && group->peers != leg->peers)
        group->reason = "calls choose among different peers of a cluster";
    group->peers |= leg->peers;
    group->room_count = 0;
    for (uint32_t i = 0; i < c->peer_count; i++)
        if (group->peers >> i & 1)
            group->rooms[group->room_count++] = n->resources[peer_of(leg->cluster, i)].rooms[0];
    group->most_available = group->most_available && leg->policy == SELECT_MOST_AVAILABLE;
    group->tries_several = group->tries_several && passage_tries_several(leg);
    group->by_sessions = c->available == AVAILABLE_SESSIONS;
    group->weighted = group->weighted || leg->leg->weighted;
    group->first_fit = group->first_fit || leg->policy == SELECT_FIRST_FIT;
    add_need(n, d, group_of(leg->cluster), units_of(leg));
}

/* Does a peer that is full of such calls hold all its RMS as well? */
static bool rms_together(const struct scenario *s, const struct passage *leg)
{
    const struct cluster *c = &s->clusters[leg->cluster];
    for (uint32_t i = 0; leg->leg->rms > 0 && leg->units > 0 && i < c->peer_count; i++) {
        struct room room = peer_room(s, c->first_peer + i);
        if (room.rms / leg->leg->rms <= room.units / leg->units)
            return true;
    }
    return false;
}

/* Calls that are set up at a peer of a limited rate; two such limits thin each other's calls. */
static void note_pace(struct network *n, const struct scenario *s, struct flow *flow,
                      const struct passage *leg, uint32_t local)
{
    uint32_t peer = s->clusters[leg->cluster].first_peer + local;
    if (s->peers[peer].setup_rate <= 0)
        return;
    if (flow->paced != NONE)
        flow->reason = flow->reason ? flow->reason : "calls are set up at several limited rates";
    flow->paced = peer;
    n->paced = true;
}

/* Of several peers that calls choose from, none gets a Poisson stream. */
static void note_pace_of_group(struct network *n, const struct scenario *s, struct flow *flow,
                               const struct passage *leg)
{
    const struct cluster *c = &s->clusters[leg->cluster];
    bool several = leg->peers & (leg->peers - 1), slowed = false;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        double limit = s->peers[c->first_peer + i].setup_rate;
        if (!(leg->peers >> i & 1) || limit <= 0)
            continue;
        slowed = several;
        if (several)
            n->slowest = n->slowest > 0 ? fmin(n->slowest, limit) : limit;
        else
            note_pace(n, s, flow, leg, i);
    }
    flow->slowed += slowed;
    if (slowed && flow->comes_back && !flow->reason)
        flow->reason = "calls are set up twice in a cluster of limited set-up rates";
}

static void give_reason(struct network *n, uint32_t cluster, const char *reason)
{
    for (uint32_t r = group_of(cluster); r < cap_of(cluster); r++)
        n->resources[r].reason = reason;
}

/* Calls that hold no units hold sessions all the same, which those with units then lack; and may
 * hold units while they are set up. */
static void note_unitless(struct network *n, const struct scenario *s, const struct passage *leg,
                          uint32_t class_index)
{
    const struct call_class *call = &s->classes[class_index];
    const struct cluster *c = &s->clusters[leg->cluster];
    struct resource *group = &n->resources[group_of(leg->cluster)];
    group->unitless = true;
    if (call->setup > 0 && call->media == MEDIA_AUDIO &&
        s->clusters[call->via.cluster].setup_as_video)
        give_reason(n, leg->cluster, "calls are held as video while they are set up");
    for (uint32_t i = 0; i < c->peer_count; i++)
        if (leg->peers >> i & 1 && s->peers[c->first_peer + i].max_sessions != CAPACITY_UNLIMITED) {
            static const char reason[] = "calls without units are limited by sessions";
            group->reason = reason;
            n->resources[peer_of(leg->cluster, i)].reason = reason;
        }
}

/* Appends the flows of a class: one for every way its legs can fall on peers. The draft has the
 * needs of the legs so far. */
static bool spread_flow(struct network *n, const struct scenario *s, const struct passage *legs,
                        int count, struct draft d)
{
    struct flow *flow = &d.flow;
    if (count == 0)
        return add_flow(n, &d);
    const struct cluster *c = &s->clusters[legs->cluster];
    flow->reason = flow->reason ? flow->reason : passage_reason(s, legs);
    double total = 0;
    for (uint32_t i = 0; i < c->peer_count; i++)
        total += passage_weight(s, legs, i);
    if (total <= 0) {
        flow->refused = true;
        return spread_flow(n, s, legs + 1, count - 1, d);
    }
    add_cluster_needs(n, &d, legs);
    if (legs->units == 0)
        note_unitless(n, s, legs, flow->class_index);
    flow->uneven = fmax(flow->uneven, legs->uneven);
    flow->rms_together = flow->rms_together || rms_together(s, legs);
    if (legs->spread == SPREAD_GROUP) {
        join_group(n, s, &d, legs);
        note_pace_of_group(n, s, flow, legs);
        return spread_flow(n, s, legs + 1, count - 1, d);
    }
    for (uint32_t i = 0; i < c->peer_count; i++) {
        struct draft part = d;
        if (passage_weight(s, legs, i) <= 0)
            continue;
        part.flow.share *= passage_weight(s, legs, i) / total;
        part.flow.bound = true;
        add_need(n, &part, peer_of(legs->cluster, i), units_of(legs));
        note_pace(n, s, &part.flow, legs, i);
        if (!spread_flow(n, s, legs + 1, count - 1, part))
            return false;
    }
    return true;
}

/* What flows are made on: who is away, clusters in which some calls choose a peer and others are
 * bound to one, devices that find no place. */
struct ground {
    const uint8_t *away;
    bool *mixed; /* owned, by cluster */
    struct at_rest rest;
};

static bool class_flows(struct network *n, const struct scenario *s, uint32_t k,
                        const struct ground *g)
{
    const struct call_class *call = &s->classes[k];
    struct passage legs[LEGS_MAX];
    struct path path;
    int count = passages_of(s, call, g->away, &path, legs);
    struct draft d = {.flow = {.class_index = k,
                               .share = 1,
                               .paced = NONE,
                               .reason = passages_reason(s, call, &g->rest)}};
    if (count < 0)
        d.flow.reason = "calls pass more clusters than are followed";
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i; j++)
            d.flow.comes_back = d.flow.comes_back || legs[i].cluster == legs[j].cluster;
    for (int i = 0; i < count; i++)
        if (g->mixed[legs[i].cluster] && legs[i].units > 0) {
            legs[i].spread = SPREAD_GROUP;
            legs[i].policy = SELECT_MOST_AVAILABLE;
            legs[i].reason = "calls bound to a peer share it with calls that choose";
        }
    uint32_t pipes = s->cluster_count * PER_CLUSTER;
    for (uint32_t i = 0; i < call->pipe_count; i++)
        add_need(n, &d, pipes + call->pipes[i], (struct need){.amount = call->pipe_bits[i]});
    if (call->ice > 0 && path_between_mra(s, call, &call->via)) { /* direct: nothing is held */
        struct draft direct = d;
        direct.flow.share = call->ice;
        direct.flow.need_count = 0;
        d.flow.share = 1 - call->ice;
        if (!add_flow(n, &direct))
            return false;
    }
    return spread_flow(n, s, legs, count < 0 ? 0 : count, d);
}

static bool find_mixed(const struct scenario *s, struct ground *g)
{
    uint8_t *seen = calloc((size_t)s->cluster_count + 1, 1);
    g->mixed = calloc((size_t)s->cluster_count + 1, sizeof *g->mixed);
    if (!seen || !g->mixed) {
        free(seen);
        return false;
    }
    for (uint32_t k = 0; k < s->class_count; k++) {
        struct passage legs[LEGS_MAX];
        struct path path;
        int count = passages_of(s, &s->classes[k], g->away, &path, legs);
        for (int i = 0; i < count; i++)
            if (legs[i].units > 0 && legs[i].peers)
                seen[legs[i].cluster] |= legs[i].spread == SPREAD_GROUP ? 1 : 2;
    }
    for (uint32_t c = 0; c < s->cluster_count; c++)
        g->mixed[c] = seen[c] == 3;
    free(seen);
    return true;
}

static bool ground_init(struct ground *g, const struct scenario *s, const uint8_t *away)
{
    uint32_t *down = malloc(((size_t)s->peer_count + 1) * sizeof *down), count = 0;
    *g = (struct ground){.away = away};
    for (uint32_t p = 0; down && p < s->peer_count; p++) {
        uint32_t c = s->peers[p].cluster;
        if (away[c] >> (p - s->clusters[c].first_peer) & 1)
            down[count++] = p;
    }
    bool done = down && at_rest_count(s, down, count, NONE, &g->rest) && find_mixed(s, g);
    free(down);
    return done;
}

static void ground_release(struct ground *g)
{
    at_rest_release(&g->rest);
    free(g->mixed);
}

/* ---- what can never bind ---- */

static int64_t rooms_sum(const struct resource *r)
{
    int64_t sum = 0;
    for (int i = 0; i < r->room_count; i++)
        sum += r->rooms[i].units;
    return sum;
}

/* The cap belongs to the group when only the group takes units; else it is a resource of its own,
 * which may be slack. */
static void settle_cap(struct network *n, uint32_t cluster)
{
    struct resource *cap = &n->resources[cap_of(cluster)],
                    *group = &n->resources[group_of(cluster)];
    int64_t most = 0;
    bool bound = false;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        if (n->resources[peer_of(cluster, i)].used) {
            most += rooms_sum(&n->resources[peer_of(cluster, i)]);
            bound = true;
        }
    if (group->used && !bound) {
        group->cap = cap->capacity;
        group->cap_is_cause = cap->cap_is_cause;
        cap->slack = true;
    } else {
        cap->slack = !group->used && most <= cap->capacity;
        cap->tight = cap->slack && cap->cap_is_cause;
    }
}

static void settle_turn(struct network *n, uint32_t index)
{
    struct resource *turn = &n->resources[index];
    int64_t amount = 0, whole = 0;
    bool same = true;
    for (uint32_t f = 0; turn->used && f < n->flow_count; f++)
        for (int i = 0; i < n->flows[f].need_count; i++)
            if (n->flows[f].needs[i].resource == index) {
                int64_t own = n->flows[f].needs[i].amount;
                same = same && (amount == 0 || amount == own);
                amount = own;
            }
    if (!turn->used)
        return;
    for (int i = 0; i < turn->room_count; i++)
        whole += same ? turn->rooms[i].units / amount * amount : turn->rooms[i].units;
    turn->capacity = least(turn->capacity, whole);
    if (!same && turn->room_count > 1)
        turn->reason = "calls take different numbers of TURN relays on several peers";
}

/* RMS that can be in use at most, while each of them comes with units; CAPACITY_UNLIMITED when some
 * come without. */
static void settle_pools(struct network *n)
{
    for (uint32_t r = 0; r < n->resource_count; r++)
        if (n->resources[r].kind == RESOURCE_POOL)
            n->resources[r].slack = true;
    for (uint32_t f = 0; f < n->flow_count; f++) {
        struct flow *flow = &n->flows[f];
        for (int i = 0; i < flow->need_count; i++) {
            struct resource *pool = &n->resources[flow->needs[i].resource];
            if (pool->kind != RESOURCE_POOL)
                continue;
            uint32_t cluster = pool->index;
            const struct resource *cap = &n->resources[cap_of(cluster)];
            double units = (double)cap->capacity, each = 0;
            for (int j = 0; j < flow->need_count; j++)
                if (flow->needs[j].resource >= group_of(cluster) &&
                    flow->needs[j].resource < cap_of(cluster))
                    each = (double)flow->needs[j].amount;
            double need = (double)flow->needs[i].amount,
                   most = each > 0 ? units / each * need : INFINITY;
            pool->slack =
                pool->slack && most + (double)flow->needs[i].reserve <= (double)pool->capacity;
            pool->most = fmax(pool->most, most);
            pool->largest = fmax(pool->largest, need);
            pool->tight = pool->most + pool->largest > (double)pool->capacity;
        }
    }
}

/* Who needs what, counted and then listed. Calls that no peer is there for need nothing. */
static bool find_users(struct network *n)
{
    n->first_user = calloc((size_t)n->resource_count + 2, sizeof *n->first_user);
    n->users = calloc((size_t)n->need_count + 1, sizeof *n->users);
    if (!n->first_user || !n->users)
        return false;
    for (uint32_t f = 0; f < n->flow_count; f++)
        for (int i = 0; !n->flows[f].refused && i < n->flows[f].need_count; i++)
            n->first_user[n->flows[f].needs[i].resource + 2]++;
    for (uint32_t r = 0; r < n->resource_count; r++)
        n->first_user[r + 2] += n->first_user[r + 1];
    for (uint32_t f = 0; f < n->flow_count; f++)
        for (int i = 0; !n->flows[f].refused && i < n->flows[f].need_count; i++)
            n->users[n->first_user[n->flows[f].needs[i].resource + 1]++] = f;
    return true;
}

bool network_init(struct network *n, const struct scenario *s, const uint8_t *away,
                  const uint8_t *unlicensed)
{
    *n = (struct network){.resource_count = s->cluster_count * PER_CLUSTER + s->pipe_count};
    n->resources = calloc((size_t)n->resource_count + 1, sizeof *n->resources);
    n->needs = arena_new();
    struct ground ground = {0};
    bool done = n->resources && n->needs && ground_init(&ground, s, away);
    for (uint32_t c = 0; done && c < s->cluster_count; c++)
        cluster_resources(n, s, c, unlicensed[c]), turn_resource(n, s, c, away[c]);
    for (uint32_t i = 0; done && i < s->pipe_count; i++)
        n->resources[s->cluster_count * PER_CLUSTER + i] =
            (struct resource){.kind = RESOURCE_PIPE,
                              .index = i,
                              .capacity = s->pipes[i].total,
                              .slack = s->pipes[i].total == CAPACITY_UNLIMITED};
    for (uint32_t k = 0; done && k < s->class_count; k++)
        done = class_flows(n, s, k, &ground);
    done = done && find_users(n);
    for (uint32_t c = 0; done && c < s->cluster_count; c++) {
        settle_cap(n, c);
        settle_turn(n, turn_of(c));
    }
    if (done)
        settle_pools(n);
    ground_release(&ground);
    return done;
}

void network_release(struct network *n)
{
    free(n->resources);
    free(n->flows);
    free(n->first_user);
    free(n->users);
    arena_free(n->needs);
    *n = (struct network){0};
}
