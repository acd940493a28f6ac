#include "model/path.h"

#include <string.h>

/* What is being put together. */
struct making {
    const struct scenario *s;
    const struct call_class *call;
    const struct via *via;
    struct path *path;
    unsigned away; /* enum path_away, bits */
    bool full;     /* no more legs */
};

uint32_t path_core(const struct scenario *s, const struct endpoints *endpoints, uint32_t cluster)
{
    return endpoints->access == ACCESS_MRA ? s->clusters[cluster].traversal : NONE;
}

uint32_t path_refuge(const struct endpoints *endpoints)
{
    return endpoints->fallback != endpoints->cluster ? endpoints->fallback : NONE;
}

/* Where the devices of a population are registered. */
static uint32_t home_of(const struct making *m, const struct endpoints *endpoints,
                        enum path_away end)
{
    return m->away & end ? path_refuge(endpoints) : endpoints->cluster;
}

/* A zone that the scenario has: one made by hand may leave it out. */
static bool by_zone(const struct scenario *s, const struct via *via)
{
    return via->origin == ORIGIN_ZONE && via->zone < s->zone_count;
}

uint32_t path_fallback(const struct scenario *s, const struct via *via)
{
    return by_zone(s, via) ? s->zones[via->zone].fallback : NONE;
}

static const struct endpoints *origin_of(const struct making *m)
{
    return m->via->origin == ORIGIN_ENDPOINTS ? &m->s->endpoints[m->via->endpoints] : NULL;
}

static const struct endpoints *target_of(const struct making *m)
{
    return m->call->target == TARGET_ENDPOINTS ? &m->s->endpoints[m->call->target_endpoints] : NULL;
}

static bool is_mra(const struct endpoints *endpoints)
{
    return endpoints && endpoints->access == ACCESS_MRA;
}

bool path_between_mra(const struct scenario *s, const struct call_class *call,
                      const struct via *via)
{
    const struct making m = {.s = s, .call = call, .via = via};
    return is_mra(origin_of(&m)) && is_mra(target_of(&m));
}

/* ---- protocol ---- */

static bool speaks(enum protocol end, enum protocol protocol)
{
    return end == protocol || end == PROTOCOL_BOTH;
}

/* An end that is no population of the scenario speaks what the class says. */
static enum protocol protocol_of(const struct making *m)
{
    const struct endpoints *from = origin_of(m), *to = target_of(m);
    enum protocol a = from ? from->protocol : m->call->protocol;
    enum protocol b = to ? to->protocol : m->call->protocol;
    if (!from && !to)
        return m->call->protocol;
    if (m->call->protocol == PROTOCOL_INTERWORKED)
        return PROTOCOL_INTERWORKED;
    if (speaks(a, PROTOCOL_SIP) && speaks(b, PROTOCOL_SIP) &&
        !(m->call->protocol == PROTOCOL_H323 && speaks(a, PROTOCOL_H323) &&
          speaks(b, PROTOCOL_H323)))
        return PROTOCOL_SIP;
    return speaks(a, PROTOCOL_H323) && speaks(b, PROTOCOL_H323) ? PROTOCOL_H323
                                                                : PROTOCOL_INTERWORKED;
}

/* ---- choice of a peer ---- */

static uint8_t all_peers(const struct cluster *cluster)
{
    return (uint8_t)((1u << cluster->peer_count) - 1);
}

static enum selection own_policy(const struct cluster *cluster)
{
    return cluster->selection != SELECT_DEFAULT ? cluster->selection : SELECT_MOST_AVAILABLE;
}

/* What a zone does when neither it nor the class says: by the kind of what is on the far side. */
static enum selection zone_policy(const struct zone *zone, const struct cluster *cluster)
{
    if (zone->choose != SELECT_DEFAULT)
        return zone->choose;
    return zone->kind == ZONE_DNS     ? SELECT_SRV
           : zone->kind == ZONE_OTHER ? SELECT_ROUND_ROBIN
                                      : own_policy(cluster);
}

static void set_policy(struct leg *leg, const struct cluster *cluster, enum selection policy)
{
    leg->policy = policy;
    leg->next = cluster->when_full == FULL_NEXT;
    leg->dead_next = cluster->when_dead == DEAD_NEXT ||
                     (cluster->when_dead == DEAD_DEFAULT && policy == SELECT_SRV);
}

/* The peers that a zone lists, by priority, with their weights. */
static void set_zone_peers(struct leg *leg, const struct scenario *s, const struct zone *zone)
{
    const struct cluster *c = &s->clusters[leg->cluster];
    int64_t done = INT64_MIN; /* priorities up to here have their tier */
    leg->candidates = zone->peers ? 0 : all_peers(c);
    for (uint32_t i = 0; zone->peers && i < zone->peer_count; i++) {
        uint32_t local = zone->peers[i] - c->first_peer; /* wraps, and is too great, for others */
        if (local >= c->peer_count)
            continue;
        leg->candidates |= (uint8_t)(1u << local);
        leg->weights[local] = zone->weights ? zone->weights[i] : 0;
        leg->weighted = leg->weighted || leg->weights[local] > 0;
    }
    while (zone->priorities && leg->tier_count < CLUSTER_PEERS_MAX) {
        int64_t next = INT64_MAX;
        uint8_t mask = 0;
        for (uint32_t i = 0; i < zone->peer_count; i++) {
            uint32_t local = zone->peers[i] - c->first_peer;
            if (local >= c->peer_count || zone->priorities[i] <= done || zone->priorities[i] > next)
                continue;
            mask = (uint8_t)((zone->priorities[i] < next ? 0 : mask) | 1u << local);
            next = zone->priorities[i];
        }
        if (!mask)
            break;
        leg->tiers[leg->tier_count++] = mask;
        done = next;
    }
    leg->tier_count = leg->tier_count > 1 ? leg->tier_count : 0;
}

static void note_choice(struct leg *leg, const struct cluster *cluster)
{
    bool tries = leg->next || selection_tries_several(leg->policy);
    leg->several = tries && (leg->candidates & (leg->candidates - 1));
    leg->keyed = leg->kind == LEG_CHOOSE && leg->policy == SELECT_MOST_AVAILABLE && !leg->several &&
                 !leg->tier_count && leg->candidates == all_peers(cluster);
}

/* ---- legs ---- */

static struct leg *add_leg(struct making *m, enum leg_kind kind, uint32_t cluster)
{
    struct leg *leg = &m->path->legs[m->path->count];
    m->full = m->full || m->path->count == LEGS_MAX;
    m->path->count += !m->full;
    *leg = (struct leg){.kind = kind, .cluster = cluster, .takes = true, .ledger = NONE};
    return leg;
}

static const struct cluster *cluster_of(const struct making *m, const struct leg *leg)
{
    return &m->s->clusters[leg->cluster];
}

static struct leg *last_leg(struct making *m)
{
    return &m->path->legs[m->path->count - 1];
}

static struct leg *add_registered(struct making *m, enum leg_kind kind, uint32_t cluster,
                                  uint32_t population)
{
    const struct endpoints *endpoints = &m->s->endpoints[population];
    struct leg *leg = add_leg(m, kind, cluster);
    leg->population = population;
    leg->mra = is_mra(endpoints);
    leg->cut_by_drain = endpoints->maintenance_cut;
    return leg;
}

static struct leg *add_choice(struct making *m, uint32_t cluster)
{
    struct leg *leg = add_leg(m, LEG_CHOOSE, cluster);
    leg->candidates = all_peers(&m->s->clusters[cluster]);
    set_policy(leg, &m->s->clusters[cluster], own_policy(&m->s->clusters[cluster]));
    return leg;
}

static bool passes(const struct making *m, uint32_t cluster)
{
    for (uint32_t i = 0; i < m->path->count; i++)
        if (m->path->legs[i].cluster == cluster)
            return true;
    return false;
}

/* Clusters in the order in which a call through `first` needs them: itself, then along `traversal`,
 * up to one that it passes already. */
static void add_chain(struct making *m, uint32_t first)
{
    for (uint32_t c = first; c != NONE && !passes(m, c) && !m->full;
         c = m->s->clusters[c].traversal)
        add_choice(m, c);
}

/* ---- the way in ---- */

static void add_way_in(struct making *m)
{
    const struct scenario *s = m->s;
    const struct via *via = m->via;
    const struct cluster *c = &s->clusters[via->cluster];
    enum selection stated = m->call->selection;
    if (via->origin == ORIGIN_ENDPOINTS) {
        uint32_t home = home_of(m, origin_of(m), PATH_ORIGIN_AWAY);
        uint32_t core = path_core(s, origin_of(m), home);
        add_registered(m, LEG_ORIGIN, home, via->endpoints);
        if (core != NONE)
            add_registered(m, LEG_ORIGIN_CORE, core, via->endpoints);
    } else {
        struct leg *leg = add_choice(m, via->cluster);
        enum selection otherwise = leg->policy;
        if (by_zone(s, via)) {
            if (via->cluster != path_fallback(s, via)) /* which takes calls at any peer */
                set_zone_peers(leg, s, &s->zones[via->zone]);
            otherwise = zone_policy(&s->zones[via->zone], c);
        }
        set_policy(leg, c, stated != SELECT_DEFAULT ? stated : otherwise);
        if (via->origin == ORIGIN_PEER) {
            leg->policy = SELECT_FIRST_FIT;
            leg->pinned = true;
            leg->candidates = (uint8_t)(1u << (via->peer - c->first_peer));
        }
    }
    add_chain(m, s->clusters[last_leg(m)->cluster].traversal);
}

/* ---- the way out ---- */

/* The call is held at the peer of the device, not where it was received. */
static bool drops_out(const struct making *m, const struct leg *received, const struct leg *target)
{
    return m->path->protocol == PROTOCOL_H323 && received->kind == LEG_CHOOSE &&
           received->cluster == target->cluster &&
           m->s->clusters[target->cluster].signalling_optimization;
}

static void add_way_to_device(struct making *m)
{
    const struct endpoints *to = target_of(m);
    uint32_t population = m->call->target_endpoints, at = home_of(m, to, PATH_TARGET_AWAY);
    uint32_t core = path_core(m->s, to, at), home = core != NONE ? core : at;
    bool from_mra = is_mra(origin_of(m)), outside = m->via->origin != ORIGIN_ENDPOINTS;
    bool there = passes(m, home);
    if (!is_mra(to))
        add_chain(m, home);
    if (core != NONE) {
        struct leg *leg = add_registered(m, LEG_TARGET_CORE, core, population);
        leg->both_needed = there && !from_mra;
        leg->takes = !leg->both_needed || m->s->clusters[core].units_on_both;
    }
    struct leg *leg = add_registered(m, LEG_TARGET, at, population);
    if (core != NONE || (is_mra(to) && (from_mra || outside || !there)))
        return; /* a leg of its own, whatever peer the others are on */
    leg->both_needed = true;
    leg->takes = m->s->clusters[at].units_on_both;
    for (uint32_t i = 0; i + 1 < m->path->count; i++)
        if (drops_out(m, &m->path->legs[i], leg)) {
            m->path->legs[i].takes = false;
            leg->takes = true;
            leg->both_needed = false;
        }
}

/* The edge through which calls of a core reach the internet: the one they came by, else the first
 * that leads to it; NONE: there is none. */
static uint32_t edge_of(const struct making *m, uint32_t core)
{
    if (m->path->legs[0].cluster != core &&
        m->s->clusters[m->path->legs[0].cluster].traversal == core)
        return m->path->legs[0].cluster;
    for (uint32_t c = 0; c < m->s->cluster_count; c++)
        if (m->s->clusters[c].traversal == core)
            return c;
    return NONE;
}

static void add_way_to_zone(struct making *m, const struct zone *zone)
{
    bool comes_back = is_mra(origin_of(m)) && last_leg(m)->cluster != zone->cluster;
    if (passes(m, zone->cluster) && !comes_back)
        return;
    struct leg *leg = add_choice(m, zone->cluster);
    if (zone->kind != ZONE_DNS && !comes_back) {
        set_policy(leg, cluster_of(m, leg), zone_policy(zone, cluster_of(m, leg)));
        set_zone_peers(leg, m->s, zone);
    }
    add_chain(m, m->s->clusters[zone->cluster].traversal);
}

static void add_way_out(struct making *m)
{
    const struct call_class *call = m->call;
    const struct zone *zone = call->target == TARGET_ZONE ? &m->s->zones[call->target_zone] : NULL;
    if (call->target == TARGET_ENDPOINTS) {
        add_way_to_device(m);
    } else if (zone && zone->cluster != NONE) {
        add_way_to_zone(m, zone);
    } else if (m->via->origin == ORIGIN_ENDPOINTS &&
               (zone ? zone->kind == ZONE_DNS : call->service == SERVICE_B2B)) {
        uint32_t edge = edge_of(m, last_leg(m)->cluster);
        if (edge != NONE)
            add_choice(m, edge);
    }
}

/* ---- what a call takes ---- */

/* Both ends registered to Cisco infrastructure: an intracluster call then takes no RMS. */
static bool both_cisco(const struct making *m)
{
    return origin_of(m) && target_of(m) && origin_of(m)->cisco && target_of(m)->cisco;
}

/* RMS halves that the table of services lists for a cluster of this role. */
static int64_t listed_rms(const struct making *m, const struct cluster *cluster)
{
    struct demand demand = service_demand(m->call->service, m->call->media, m->path->protocol);
    if (m->call->service == SERVICE_INTRACLUSTER && both_cisco(m))
        return 0;
    if (cluster->role == ROLE_CORE)
        return demand.rms_core_halves;
    if (cluster->role == ROLE_EDGE || demand.rms_edge_halves > demand.rms_core_halves)
        return demand.rms_edge_halves;
    return demand.rms_core_halves;
}

/* Where the class states a figure and the table has none, the entry takes it. */
static void set_rms(struct making *m)
{
    struct path *path = m->path;
    enum service service = m->call->service;
    bool from_entry = m->via->origin != ORIGIN_ENDPOINTS || service == SERVICE_INTRACLUSTER ||
                      service == SERVICE_INTERWORKING;
    uint32_t payer = NONE, first = NONE;
    for (uint32_t i = 0; i < path->count; i++) {
        if (!path->legs[i].takes || path->legs[i].both_needed)
            continue;
        first = first == NONE ? i : first;
        if (listed_rms(m, cluster_of(m, &path->legs[i])) > 0 && (payer == NONE || !from_entry))
            payer = i;
    }
    if (first == NONE)
        return;
    struct leg *leg = &path->legs[payer != NONE ? payer : first];
    leg->rms = m->call->rms_halves >= 0 ? m->call->rms_halves
               : payer != NONE          ? listed_rms(m, cluster_of(m, leg))
                                        : 0;
    leg->rms_wants = leg->rms > 0 ? leg->rms + 2 * m->call->reserve_rms : 0;
}

static void set_units(const struct making *m, struct leg *leg)
{
    const struct cluster *c = cluster_of(m, leg);
    struct call_class call = *m->call;
    if (leg->mra && call.service != SERVICE_WEBRTC)
        call.service = SERVICE_MRA; /* its weight of video is that of the remote leg */
    for (uint32_t i = 0; leg->takes && i < c->peer_count; i++) {
        const struct platform *node = &m->s->platforms[m->s->peers[c->first_peer + i].platform];
        leg->units[i] =
            call.units < 0 && !call.media_traverses ? 0 : scenario_call_units(m->s, &call, node);
        leg->wants[i] = leg->units[i] + call.reserve;
        leg->drops[i] = c->available == AVAILABLE_SESSIONS ? 1 : leg->units[i];
    }
}

/* Relays are taken at the first leg on an Expressway-E. */
static void set_turn(struct making *m)
{
    struct path *path = m->path;
    int64_t turn = m->call->turn >= 0
                       ? m->call->turn
                       : service_demand(m->call->service, m->call->media, path->protocol).turn;
    path->turn_leg = NONE;
    for (uint32_t i = 0; turn > 0 && i < path->count && path->turn_leg == NONE; i++)
        if (path->legs[i].takes && !path->legs[i].both_needed &&
            cluster_of(m, &path->legs[i])->role != ROLE_CORE) {
            path->turn_leg = i;
            path->legs[i].turn = turn;
        }
}

/* Signalling of a leg is encrypted unless it is H.323, or that of devices without encryption. */
static void set_session(const struct making *m, struct leg *leg)
{
    bool device = leg->kind != LEG_CHOOSE && !leg->both_needed;
    if (!leg->takes || m->path->protocol == PROTOCOL_H323)
        return;
    if (device && !m->s->endpoints[leg->population].encrypted)
        return;
    leg->session = m->call->service == SERVICE_WEBRTC ? SESSION_WEBRTC : SESSION_ENCRYPTED;
}

unsigned path_may_be_away(const struct scenario *s, const struct call_class *call,
                          const struct via *via)
{
    const struct making m = {.s = s, .call = call, .via = via};
    const struct endpoints *from = origin_of(&m), *to = target_of(&m);
    return (from && path_refuge(from) != NONE ? PATH_ORIGIN_AWAY : 0u) |
           (to && path_refuge(to) != NONE ? PATH_TARGET_AWAY : 0u);
}

bool path_make(struct path *path, const struct scenario *scenario, const struct call_class *call,
               const struct via *via)
{
    return path_make_away(path, scenario, call, via, 0);
}

bool path_make_away(struct path *path, const struct scenario *scenario,
                    const struct call_class *call, const struct via *via, unsigned away)
{
    struct making m = {.s = scenario, .call = call, .via = via, .path = path, .away = away};
    *path = (struct path){.turn_leg = NONE};
    path->protocol = protocol_of(&m);
    add_way_in(&m);
    if (!m.full)
        add_way_out(&m);
    if (m.full)
        return false;
    for (uint32_t i = 0; i < path->count; i++) {
        struct leg *leg = &path->legs[i];
        set_units(&m, leg);
        set_session(&m, leg);
        note_choice(leg, cluster_of(&m, leg));
    }
    set_rms(&m);
    set_turn(&m);
    return true;
}

void path_go_direct(struct path *path)
{
    for (uint32_t i = 0; i < path->count; i++) {
        memset(path->legs[i].units, 0, sizeof path->legs[i].units);
        memset(path->legs[i].wants, 0, sizeof path->legs[i].wants);
        path->legs[i].turn = 0;
    }
    path->turn_leg = NONE;
}
