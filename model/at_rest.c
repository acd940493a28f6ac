#include "model/at_rest.h"

#include <math.h>
#include <stdlib.h>

#include "model/licences.h"
#include "model/path.h"
#include "model/registration.h"

/* Registrants of one kind of a population: SIP and H.323 of a device register by themselves. */
struct group {
    const struct endpoints *endpoints;
    uint32_t cluster, core; /* core: NONE unless MRA through an edge */
    int64_t count;          /* devices */
    int64_t flows;          /* registrations of a device, each at another peer */
    bool mra, by_table;
    double sessions; /* encrypted sessions of a registration, in the mean */
    double interval; /* s between its refreshes, where it does not go by the table */
    int licence;     /* enum licence, or -1 */
};

/* A bound of how many more find room, and what makes it. */
struct bound {
    int64_t room;
    enum limit limit;
    enum limit_holder holder;
    uint32_t index;
};

struct counting {
    const struct scenario *scenario;
    struct at_rest *rest;
    uint8_t *open;     /* by cluster, bit i: its peer i is there */
    int64_t *by_table; /* by peer: registrations that refresh by the table */
    double *load;      /* by peer: refreshes a second of the others */
};

static void tighten(struct bound *bound, int64_t room, enum limit limit, enum limit_holder holder,
                    uint32_t index)
{
    if (room < bound->room)
        *bound = (struct bound){room < 0 ? 0 : room, limit, holder, index};
}

/* ---- What a population asks for ---- */

static bool is_h323(const struct endpoints *e, int part)
{
    return e->protocol == PROTOCOL_H323 || (e->protocol == PROTOCOL_BOTH && part == 1);
}

static int64_t flows_of(const struct scenario *s, const struct endpoints *e, bool h323)
{
    int64_t peers = s->clusters[e->cluster].peer_count;
    if (h323 || e->failover != FAILOVER_OUTBOUND || e->flows < 1)
        return 1;
    return e->flows < peers ? e->flows : peers ? peers : 1;
}

/* at: the cluster that it registers to. */
static struct group group_of(const struct scenario *s, const struct endpoints *e, int part,
                             uint32_t at)
{
    bool h323 = is_h323(e, part);
    struct endpoints as = *e;
    as.protocol = h323 ? PROTOCOL_H323 : PROTOCOL_SIP;
    struct refresh_range range = registration_interval(&as, 0);
    bool room = h323 || e->device == DEVICE_ROOM;
    return (struct group){
        .endpoints = e,
        .cluster = at,
        .core = e->access == ACCESS_MRA ? s->clusters[at].traversal : NONE,
        .count = e->count > 0 ? e->count : 0,
        .flows = flows_of(s, e, h323),
        .mra = e->access == ACCESS_MRA,
        .by_table = !h323 && registration_by_table(e),
        .sessions = e->encrypted && !h323 ? 1 + e->im : 0,
        .interval = (range.low + range.high) / 2,
        .licence = e->access == ACCESS_LOCAL ? (room ? LICENCE_ROOM : LICENCE_DESKTOP) : -1,
    };
}

/* ---- Room ---- */

static double refresh_rate(const struct counting *c, uint32_t peer, const struct group *g,
                           int64_t more)
{
    int64_t held = c->rest->peers[peer].registrations + more;
    int64_t by_table = c->by_table[peer] + (g->by_table ? more : 0);
    struct refresh_range range = registration_refresh(held);
    double rate = c->load[peer];
    if (!g->by_table && g->interval > 0)
        rate += (double)more / g->interval;
    return rate + (by_table > 0 ? (double)by_table * 2 / (range.low + range.high) : 0);
}

/* How many more of the group a peer serves the refreshes of: the number at which they take all of
 * its rate. */
static int64_t refresh_room(const struct counting *c, uint32_t peer, const struct group *g,
                            int64_t most)
{
    double rate = c->scenario->peers[peer].registration_rate;
    if (rate <= 0 || refresh_rate(c, peer, g, most) <= rate)
        return most;
    int64_t low = 0, high = most;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (refresh_rate(c, peer, g, middle) <= rate)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static struct bound peer_room(const struct counting *c, uint32_t peer, const struct group *g)
{
    const struct scenario *s = c->scenario;
    const struct at_rest_node *held = &c->rest->peers[peer];
    struct bound bound = {g->count, LIMIT_COUNT, HELD_BY_PEER, peer};
    tighten(&bound, limit_of_peer(s, peer, LIMIT_REGISTRATIONS) - held->registrations,
            LIMIT_REGISTRATIONS, HELD_BY_PEER, peer);
    if (g->mra)
        tighten(&bound, limit_of_peer(s, peer, LIMIT_MRA_REGISTRATIONS) - held->mra,
                LIMIT_MRA_REGISTRATIONS, HELD_BY_PEER, peer);
    int64_t sessions = limit_of_peer(s, peer, LIMIT_ENCRYPTED_SESSIONS);
    if (g->sessions > 0 && sessions < CAPACITY_UNLIMITED)
        tighten(&bound, (int64_t)floor(((double)sessions - held->sessions) / g->sessions + 1e-9),
                LIMIT_ENCRYPTED_SESSIONS, HELD_BY_PEER, peer);
    tighten(&bound, refresh_room(c, peer, g, bound.room), LIMIT_REFRESHES, HELD_BY_PEER, peer);
    return bound;
}

static int64_t cluster_room(const struct counting *c, uint32_t cluster, const struct group *g,
                            struct bound *bound)
{
    const struct scenario *s = c->scenario;
    const struct at_rest_node *held = &c->rest->clusters[cluster];
    tighten(bound, limit_of_cluster(s, cluster, LIMIT_REGISTRATIONS) - held->registrations,
            LIMIT_REGISTRATIONS, HELD_BY_CLUSTER, cluster);
    if (g->mra)
        tighten(bound, limit_of_cluster(s, cluster, LIMIT_MRA_REGISTRATIONS) - held->mra,
                LIMIT_MRA_REGISTRATIONS, HELD_BY_CLUSTER, cluster);
    return bound->room;
}

static int64_t pool_of(const struct counting *c, uint32_t cluster, enum licence kind)
{
    const struct cluster *cl = &c->scenario->clusters[cluster];
    int64_t size = cl->licences[kind];
    for (uint32_t i = 0; i < cl->peer_count; i++)
        if (c->open[cluster] >> i & 1 || cl->licence_grace > 0)
            size += c->scenario->peers[cl->first_peer + i].licences[kind];
    return size;
}

/* Of the peers that are there together; in rooms[] of each. */
static struct bound open_room(const struct counting *c, uint32_t cluster, const struct group *g,
                              int64_t rooms[CLUSTER_PEERS_MAX])
{
    const struct cluster *cl = &c->scenario->clusters[cluster];
    struct bound all = {0, LIMIT_COUNT, HELD_BY_CLUSTER, cluster}, fullest = all;
    int64_t sum = 0, least = INT64_MAX;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++) {
        rooms[i] = 0;
        if (i >= cl->peer_count || !(c->open[cluster] >> i & 1))
            continue;
        struct bound own = peer_room(c, cl->first_peer + i, g);
        rooms[i] = own.room;
        sum += own.room;
        if (own.room < least && own.limit != LIMIT_COUNT) {
            least = own.room;
            fullest = own;
        }
    }
    all = fullest;
    all.room = sum;
    return all;
}

/* ---- Placing ---- */

static void hold(struct counting *c, uint32_t cluster, uint32_t local, const struct group *g,
                 int64_t count)
{
    if (count <= 0)
        return;
    uint32_t peer = c->scenario->clusters[cluster].first_peer + local;
    struct at_rest_node *nodes[] = {&c->rest->peers[peer], &c->rest->clusters[cluster]};
    for (int i = 0; i < 2; i++) {
        nodes[i]->registrations += count;
        nodes[i]->mra += g->mra ? count : 0;
        nodes[i]->sessions += g->sessions * (double)count;
    }
    if (g->by_table)
        c->by_table[peer] += count;
    else if (g->interval > 0)
        c->load[peer] += (double)count / g->interval;
}

/* The emptiest peers with room: a bit each, the level of all of them, and how far they can rise
 * together. */
static unsigned emptiest(const struct counting *c, uint32_t first, const int64_t *rooms,
                         int64_t *rise)
{
    int64_t level = INT64_MAX;
    unsigned set = 0;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        if (rooms[i] > 0 && c->rest->peers[first + i].registrations < level)
            level = c->rest->peers[first + i].registrations;
    *rise = INT64_MAX;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++) {
        if (rooms[i] <= 0)
            continue;
        int64_t above = c->rest->peers[first + i].registrations - level;
        int64_t most = above > 0 ? above : rooms[i];
        set |= above > 0 ? 0 : 1u << i;
        *rise = most < *rise ? most : *rise;
    }
    return set;
}

/* The emptiest gets the next, as if one came after the other. */
static void pour(struct counting *c, uint32_t cluster, const struct group *g, int64_t *rooms,
                 int64_t left)
{
    while (left > 0) {
        int64_t rise;
        unsigned set = emptiest(c, c->scenario->clusters[cluster].first_peer, rooms, &rise);
        int64_t peers = __builtin_popcount(set);
        if (peers == 0)
            return;
        rise = rise < left / peers ? rise : left / peers;
        for (uint32_t i = 0; i < CLUSTER_PEERS_MAX && left > 0; i++) {
            if (!(set >> i & 1))
                continue;
            int64_t here = rise > 0 ? rise : 1;
            hold(c, cluster, i, g, here);
            rooms[i] -= here;
            left -= here;
        }
    }
}

/* As stated where a peer of some weight is there, else even; their sum. */
static double weights_of(const struct counting *c, const struct group *g,
                         double weights[CLUSTER_PEERS_MAX])
{
    const double *stated = g->cluster == g->endpoints->cluster ? g->endpoints->spread : NULL;
    uint32_t peers = c->scenario->clusters[g->cluster].peer_count;
    double sum = 0;
    for (int pass = 0; pass < 2 && sum <= 0; pass++)
        for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++) {
            bool open = i < peers && c->open[g->cluster] >> i & 1;
            sum += weights[i] = !open ? 0 : pass ? 1 : stated ? stated[i] : 0;
        }
    return sum;
}

/* How many are dealt by these weights until the next peer is full. */
static int64_t until_full(const double *weights, double sum, const int64_t *rooms, int64_t left)
{
    double most = (double)left;
    bool some = false;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        if (rooms[i] > 0 && weights[i] > 0) {
            most = fmin(most, ceil((double)rooms[i] * sum / weights[i]));
            some = true;
        }
    return some ? (int64_t)fmax(most, 1) : 0;
}

/* Dealt by weight; what a full peer was to get goes to the emptiest meanwhile. */
static void spread(struct counting *c, const struct group *g, int64_t *rooms, int64_t left)
{
    double weights[CLUSTER_PEERS_MAX], sum = weights_of(c, g, weights);
    while (left > 0) {
        int64_t dealt = until_full(weights, sum, rooms, left), over = dealt;
        if (dealt == 0)
            break;
        for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++) {
            int64_t share = (int64_t)llround((double)dealt * weights[i] / sum);
            share = share < rooms[i] ? share : rooms[i];
            share = share < over ? share : over;
            hold(c, g->cluster, i, g, share);
            rooms[i] -= share;
            over -= share;
        }
        pour(c, g->cluster, g, rooms, over);
        left -= dealt;
    }
    pour(c, g->cluster, g, rooms, left);
}

/* Devices of several flows: as long as k peers have room a device takes one place at up to `flows`
 * of them. Returns the devices that got one at least; *places taken in all. */
static int64_t devices_of_flows(const struct group *g, const int64_t *stated, int64_t most,
                                int64_t *places)
{
    int64_t rooms[CLUSTER_PEERS_MAX], devices = 0, taken = 0;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        rooms[i] = stated[i];
    while (devices < g->count && taken < most) {
        int64_t with = 0, least = INT64_MAX;
        for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++) {
            with += rooms[i] > 0;
            least = rooms[i] > 0 && rooms[i] < least ? rooms[i] : least;
        }
        if (with == 0)
            break;
        int64_t each = g->flows < with ? g->flows : with;
        int64_t now = least * with / each, left = (most - taken + each - 1) / each;
        now = now < g->count - devices ? now : g->count - devices;
        now = now < left ? now : left;
        now = now < 1 ? 1 : now;
        int64_t down = (now * each + with - 1) / with;
        for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
            rooms[i] = rooms[i] > down ? rooms[i] - down : 0;
        devices += now;
        taken += now * each;
    }
    *places = taken < most ? taken : most;
    return devices;
}

/* Places a group; the devices that found a place, and what kept the others out. */
static int64_t place(struct counting *c, const struct group *g, struct bound *bound)
{
    int64_t rooms[CLUSTER_PEERS_MAX], core_rooms[CLUSTER_PEERS_MAX], places;
    *bound = (struct bound){g->count * g->flows, LIMIT_COUNT, HELD_BY_CLUSTER, g->cluster};
    struct bound here = open_room(c, g->cluster, g, rooms);
    tighten(bound, here.room, here.limit, here.holder, here.index);
    cluster_room(c, g->cluster, g, bound);
    if (g->core != NONE) {
        struct bound behind = open_room(c, g->core, g, core_rooms);
        tighten(bound, behind.room, behind.limit, behind.holder, behind.index);
        cluster_room(c, g->core, g, bound);
    }
    int64_t *licences =
        g->licence >= 0 ? &c->rest->clusters[g->cluster].licences[g->licence] : NULL;
    if (licences && c->scenario->clusters[g->cluster].licensed[g->licence]) {
        int64_t free_licences = pool_of(c, g->cluster, (enum licence)g->licence) - *licences;
        if (free_licences < (bound->room + g->flows - 1) / g->flows)
            tighten(bound, free_licences * g->flows, limit_of_licence((enum licence)g->licence),
                    HELD_BY_POOL, g->cluster);
    }
    int64_t devices = places = bound->room;
    if (g->flows > 1)
        devices = devices_of_flows(g, rooms, bound->room, &places);
    spread(c, g, rooms, places);
    if (g->core != NONE)
        pour(c, g->core, g, core_rooms, places);
    if (licences)
        *licences += devices;
    return devices;
}

static void count_population(struct counting *c, uint32_t population)
{
    const struct endpoints *e = &c->scenario->endpoints[population];
    struct at_rest_population *p = &c->rest->populations[population];
    int64_t most = 0;
    p->devices = e->count > 0 ? e->count : 0;
    p->limit = LIMIT_COUNT;
    p->at = path_refuge(e) != NONE && !c->open[e->cluster] ? path_refuge(e) : e->cluster;
    for (int part = 0; part < (e->protocol == PROTOCOL_BOTH ? 2 : 1); part++) {
        struct group g = group_of(c->scenario, e, part, p->at);
        struct bound bound;
        int64_t in = place(c, &g, &bound);
        if (in < p->devices && (part == 0 || in > most)) {
            p->limit = bound.limit;
            p->holder = bound.holder;
            p->index = bound.index;
        }
        p->chance =
            p->chance || (bound.limit == LIMIT_ENCRYPTED_SESSIONS && e->im > 0 && e->im < 1);
        most = in > most ? in : most;
    }
    p->out = p->devices - most;
}

static void open_peers(struct counting *c, const uint32_t *down, uint32_t down_count)
{
    const struct scenario *s = c->scenario;
    for (uint32_t k = 0; k < s->cluster_count; k++)
        for (uint32_t i = 0; i < s->clusters[k].peer_count; i++) {
            const struct peer *peer = &s->peers[s->clusters[k].first_peer + i];
            if (peer->joins <= 0 && peer->leaves > 0)
                c->open[k] = (uint8_t)(c->open[k] | 1u << i);
        }
    for (uint32_t i = 0; i < down_count; i++) {
        uint32_t k = s->peers[down[i]].cluster;
        c->open[k] = (uint8_t)(c->open[k] & ~(1u << (down[i] - s->clusters[k].first_peer)));
    }
}

/* They share a cluster, or one behind it. */
static bool meet(const struct scenario *s, uint32_t a, uint32_t b)
{
    uint32_t behind_a = s->clusters[a].traversal, behind_b = s->clusters[b].traversal;
    return a == b || behind_a == b || behind_b == a || (behind_a != NONE && behind_a == behind_b);
}

bool at_rest_count(const struct scenario *s, const uint32_t *down, uint32_t down_count,
                   uint32_t around, struct at_rest *rest)
{
    *rest = (struct at_rest){
        .populations = calloc((size_t)s->endpoints_count + 1, sizeof *rest->populations),
        .peers = calloc((size_t)s->peer_count + 1, sizeof *rest->peers),
        .clusters = calloc((size_t)s->cluster_count + 1, sizeof *rest->clusters)};
    struct counting c = {.scenario = s,
                         .rest = rest,
                         .open = calloc((size_t)s->cluster_count + 1, 1),
                         .by_table = calloc((size_t)s->peer_count + 1, sizeof *c.by_table),
                         .load = calloc((size_t)s->peer_count + 1, sizeof *c.load)};
    bool ok = rest->populations && rest->peers && rest->clusters && c.open && c.by_table && c.load;
    if (ok)
        open_peers(&c, down, down_count);
    for (uint32_t p = 0; ok && p < s->endpoints_count; p++)
        if (around == NONE || meet(s, s->endpoints[p].cluster, around) ||
            (path_refuge(&s->endpoints[p]) != NONE && meet(s, s->endpoints[p].fallback, around)))
            count_population(&c, p);
    for (uint32_t i = 0; ok && i < s->cluster_count; i++) {
        rest->clusters[i].provisioning = limit_accounts(&s->clusters[i], LIMIT_PROVISIONING);
        rest->clusters[i].findme = limit_accounts(&s->clusters[i], LIMIT_FINDME);
        rest->clusters[i].phonebook = limit_accounts(&s->clusters[i], LIMIT_PHONEBOOK);
    }
    struct group none = {.interval = 0};
    for (uint32_t p = 0; ok && p < s->peer_count; p++)
        rest->peers[p].refreshes = refresh_rate(&c, p, &none, 0);
    free(c.open);
    free(c.by_table);
    free(c.load);
    return ok;
}

void at_rest_release(struct at_rest *rest)
{
    free(rest->populations);
    free(rest->peers);
    free(rest->clusters);
    *rest = (struct at_rest){0};
}

double at_rest_use(const struct at_rest *rest, const struct limit_entry *entry)
{
    if (entry->holder == HELD_BY_PIPE)
        return NAN;
    const struct at_rest_node *node =
        entry->holder == HELD_BY_PEER ? &rest->peers[entry->index] : &rest->clusters[entry->index];
    switch (entry->limit) {
    case LIMIT_REGISTRATIONS:
        return (double)node->registrations;
    case LIMIT_MRA_REGISTRATIONS:
        return (double)node->mra;
    case LIMIT_ENCRYPTED_SESSIONS:
        return node->sessions;
    case LIMIT_REFRESHES:
        return node->refreshes;
    case LIMIT_DESKTOP:
        return (double)node->licences[LICENCE_DESKTOP];
    case LIMIT_ROOM:
        return (double)node->licences[LICENCE_ROOM];
    case LIMIT_PROVISIONING:
        return (double)node->provisioning;
    case LIMIT_FINDME:
        return (double)node->findme;
    case LIMIT_PHONEBOOK:
        return (double)node->phonebook;
    default:
        return NAN;
    }
}
