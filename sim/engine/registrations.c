#include "sim/engine/registrations.h"

#include <math.h>
#include <stdlib.h>

#include "model/registration.h"
#include "sim/engine/registrants.h"

#define REBALANCE_SHARE 0.5 /* of what a peer holds above the mean moves after a return */

/* ---- life ---- */

static bool h323_group(const struct endpoints *endpoints, uint32_t part)
{
    return endpoints->protocol == PROTOCOL_H323 ||
           (endpoints->protocol == PROTOCOL_BOTH && part == 1);
}

static uint32_t parts(const struct endpoints *endpoints)
{
    return endpoints->protocol == PROTOCOL_BOTH ? 2 : 1;
}

/* How this part of a population fails over: H.323 knows alternates only, SIP anything else. */
static enum failover failover_of(const struct endpoints *endpoints, bool h323)
{
    if (h323)
        return endpoints->failover == FAILOVER_MRA ? FAILOVER_MRA : FAILOVER_ALTERNATES;
    return endpoints->failover == FAILOVER_ALTERNATES && endpoints->protocol == PROTOCOL_BOTH
               ? FAILOVER_REFRESH
               : endpoints->failover;
}

static uint32_t flows_of(const struct scenario *scenario, const struct endpoints *endpoints,
                         bool h323)
{
    if (h323 || endpoints->failover != FAILOVER_OUTBOUND || endpoints->flows < 1)
        return 1;
    uint32_t peers = scenario->clusters[endpoints->cluster].peer_count;
    return (uint32_t)endpoints->flows < peers ? (uint32_t)endpoints->flows : peers ? peers : 1;
}

static struct claim claim_of(const struct endpoints *endpoints, bool h323, nanos mean)
{
    bool room = h323 || endpoints->device == DEVICE_ROOM;
    struct claim claim = {.mra = endpoints->access == ACCESS_MRA,
                          .licence = room ? LICENCE_ROOM : LICENCE_DESKTOP,
                          .sessions = endpoints->encrypted && !h323,
                          .by_table = !h323 && registration_by_table(endpoints)};
    if (endpoints->access != ACCESS_LOCAL)
        claim.licence = -1;
    if (!claim.by_table)
        claim.load = (uint64_t)llround(ldexp((double)SECOND / (double)mean, 32));
    return claim;
}

/* refuge: at the fallback cluster. */
static void set_group(struct registrant_group *group, const struct scenario *scenario,
                      uint32_t population, uint32_t part, bool refuge)
{
    const struct endpoints *endpoints = &scenario->endpoints[population];
    uint32_t cluster = refuge ? path_refuge(endpoints) : endpoints->cluster;
    bool h323 = h323_group(endpoints, part);
    struct endpoints as = *endpoints;
    as.protocol = h323 ? PROTOCOL_H323 : PROTOCOL_SIP;
    struct refresh_range range = registration_interval(&as, 0);
    nanos low = (nanos)(range.low * SECOND), high = (nanos)(range.high * SECOND);
    low = low > 0 ? low : 1;
    *group = (struct registrant_group){
        .population = population,
        .flows = flows_of(scenario, endpoints, h323),
        .cluster = cluster,
        .core = path_core(scenario, endpoints, cluster),
        .refuge = NONE,
        .home = NONE,
        .identity = random_name(endpoints->name) + ((uint64_t)(part + (refuge ? 2 : 0)) << 40),
        .failover = failover_of(endpoints, h323),
        .by_table = !h323 && registration_by_table(endpoints),
        .stores_one = endpoints->alternates == 1,
        .rebalance = endpoints->rebalance,
        .low = low,
        .high = high > low ? high : low,
        .keepalive = endpoints->keepalive,
        .patience = endpoints->timeout,
        .im = endpoints->im,
        .claim = claim_of(endpoints, h323, (low + high) / 2),
    };
    group->stores_one = group->stores_one && group->failover == FAILOVER_ALTERNATES;
    group->fixed = !group->by_table && group->low == group->high;
}

/* Groups in order of populations; false when the registrants cannot be numbered. */
static bool make_groups(struct registrations *r)
{
    const struct scenario *scenario = r->scenario;
    uint64_t next = 0;
    for (uint32_t p = 0; p < scenario->endpoints_count; p++) {
        const struct endpoints *endpoints = &scenario->endpoints[p];
        uint32_t kinds = parts(endpoints), first = r->group_count;
        uint64_t count = endpoints->count > 0 ? (uint64_t)endpoints->count : 0;
        r->populations[p].first_group = first;
        r->populations[p].group_count = path_refuge(endpoints) != NONE ? 2 * kinds : kinds;
        for (uint32_t g = 0; g < r->populations[p].group_count; g++) {
            struct registrant_group *group = &r->groups[r->group_count++];
            set_group(group, scenario, p, g % kinds, g >= kinds);
            group->first = (uint32_t)next;
            if (count > NONE || (next += count * group->flows) >= NONE)
                return false;
            if (g < kinds)
                continue;
            group->home = first + g - kinds;
            r->groups[group->home].refuge = first + g;
        }
    }
    r->registrant_count = (uint32_t)next;
    return true;
}

/* Which groups a cluster's peers concern: counted, then filed. */
static bool list_groups(struct registrations *r)
{
    uint64_t total = 0;
    for (uint32_t g = 0; g < r->group_count; g++) {
        r->clusters[r->groups[g].cluster].group_count++;
        total++;
        if (r->groups[g].core != NONE && ++total)
            r->clusters[r->groups[g].core].group_count++;
    }
    r->group_lists = calloc(total + 1, sizeof *r->group_lists);
    if (!r->group_lists)
        return false;
    uint32_t *next = r->group_lists;
    for (uint32_t c = 0; c < r->scenario->cluster_count; c++) {
        r->clusters[c].groups = next;
        next += r->clusters[c].group_count;
        r->clusters[c].group_count = 0;
    }
    for (uint32_t g = 0; g < r->group_count; g++) {
        struct registrant_cluster *cluster = &r->clusters[r->groups[g].cluster];
        cluster->groups[cluster->group_count++] = g;
        if (r->groups[g].core == NONE)
            continue;
        cluster = &r->clusters[r->groups[g].core];
        cluster->groups[cluster->group_count++] = g;
    }
    return true;
}

struct registrations *registrations_new(const struct scenario *scenario)
{
    struct registrations *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->scenario = scenario;
    agenda_init(&r->agenda);
    r->populations = calloc(scenario->endpoints_count + 1, sizeof *r->populations);
    r->groups = calloc((size_t)scenario->endpoints_count * 4 + 1, sizeof *r->groups);
    r->clusters = calloc(scenario->cluster_count + 1, sizeof *r->clusters);
    r->scripted = NONE;
    if (!r->populations || !r->groups || !r->clusters || !registrar_init(&r->registrar, scenario) ||
        !make_groups(r) || !list_groups(r))
        goto failed;
    r->registrants = calloc((size_t)r->registrant_count + 1, sizeof *r->registrants);
    if (r->registrants)
        return r;
failed:
    registrations_free(r);
    return NULL;
}

void registrations_free(struct registrations *r)
{
    if (!r)
        return;
    for (uint32_t p = 0; r->populations && p < r->scenario->endpoints_count; p++)
        delays_release(&r->populations[p].delays);
    for (uint32_t c = 0; r->clusters && c < r->scenario->cluster_count; c++)
        free(r->clusters[c].parked);
    agenda_release(&r->agenda);
    registrar_release(&r->registrar);
    free(r->registrants);
    free(r->groups);
    free(r->populations);
    free(r->clusters);
    free(r->group_lists);
    free(r->incidents);
    free(r->lost);
    free(r);
}

static uint32_t end_of_group(const struct registrations *r, uint32_t group)
{
    return group + 1 < r->group_count ? r->groups[group + 1].first : r->registrant_count;
}

void registrations_reset(struct registrations *r, const struct registrations_start *start)
{
    r->seed = start->seed;
    r->replication = start->replication;
    r->events = 0;
    r->failed = false;
    r->incident_count = 0;
    r->incident_free = NONE;
    for (uint32_t i = 0; i < r->lost_count; i++)
        r->lost[i] = NOBODY_LOST;
    agenda_clear(&r->agenda);
    registrar_reset(&r->registrar, start->time, start->alarms);
    for (uint32_t c = 0; c < r->scenario->cluster_count; c++) {
        struct registrant_cluster *cluster = &r->clusters[c];
        cluster->parked_count = cluster->parked_first = 0;
        for (int i = 0; i < CLUSTER_PEERS_MAX; i++)
            cluster->credit[i] = 0;
    }
    for (uint32_t i = 0; i < r->registrant_count; i++)
        r->registrants[i] = (struct registrant){.mark = NONE,
                                                .peer = NO_PEER,
                                                .core = NO_PEER,
                                                .state = REGISTRANT_SEEKING,
                                                .alternate = NO_PEER};
    for (uint32_t g = 0; g < r->group_count; g++)
        for (uint32_t id = r->groups[g].first; r->groups[g].home != NONE && id < end_of_group(r, g);
             id++)
            r->registrants[id].state = REGISTRANT_IDLE;
    for (uint32_t p = 0; p < r->scenario->endpoints_count; p++) {
        r->populations[p].unregistered = r->scenario->endpoints[p].count;
        r->populations[p].rejected = 0;
    }
    registrations_measure(r, start->time);
    for (uint32_t i = 0; i < r->scenario->peer_count; i++)
        if (r->scenario->peers[i].joins > start->time ||
            r->scenario->peers[i].leaves <= start->time)
            registrar_set(&r->registrar, i, PEER_AWAY, start->time);
    for (uint32_t i = 0; i < start->down_count; i++)
        registrar_set(&r->registrar, start->down[i], PEER_AWAY, start->time);
    registrations_spread(r, start->time);
}

/* ---- events ---- */

nanos registrations_next(const struct registrations *r)
{
    return agenda_next(&r->agenda);
}

bool registrations_failed(const struct registrations *r)
{
    return r->failed;
}

static uint8_t bit_of(uint8_t peer)
{
    return (uint8_t)(1u << peer);
}

static double mean_held(const struct registrations *r, uint32_t cluster, uint32_t *least)
{
    const struct cluster *c = &r->scenario->clusters[cluster];
    double sum = 0;
    int up = 0;
    *least = NONE;
    for (uint32_t i = c->first_peer; i < c->first_peer + c->peer_count; i++) {
        if (!registrar_up(&r->registrar, i))
            continue;
        sum += (double)registrations_count(r, i);
        up++;
        if (*least == NONE || registrations_count(r, i) < registrations_count(r, *least))
            *least = i;
    }
    return up ? sum / up : 0;
}

/* A refresh that leaves a peer above the mean for the emptiest one, without a gap. */
static void rebalance(struct registrations *r, const struct registrant_group *group, uint32_t id,
                      nanos now)
{
    struct registrant *registrant = &r->registrants[id];
    uint8_t from = registrant->peer, core = registrant->core;
    uint32_t own = registrant_peer_index(r, group, from), to;
    double mean = mean_held(r, group->cluster, &to);
    if (to == NONE || to == own || (double)registrations_count(r, own) <= mean)
        return;
    if (registrar_request(&r->registrar, to, now, 0) == REQUEST_REFUSED)
        return;
    struct claim claim = registrant_claim(r, group, id);
    registrant_lose(r, id, NONE, REGISTRANT_SEEKING, now);
    bool room =
        registrar_admits(&r->registrar, to, &claim, !registrant_flow_held(r, group, id), now);
    uint32_t first = r->scenario->clusters[group->cluster].first_peer;
    registrant_hold(r, id, room ? (uint8_t)(to - first) : from, core, now);
    registrations_wake_one(r, group->cluster, now);
}

static bool draining(const struct registrations *r, uint32_t peer)
{
    return r->registrar.peers[peer].state == PEER_DRAINING;
}

/* A draining peer answers the refresh with a refusal: the endpoint moves. */
static void move_away(struct registrations *r, const struct registrant_group *group, uint32_t id,
                      uint8_t tried, nanos now)
{
    registrant_lose(r, id, NONE, REGISTRANT_SEEKING, now);
    registrant_begin(r, id, tried, now);
    registrations_wake_one(r, group->cluster, now);
}

static void notice(struct registrations *r, uint32_t id, uint8_t peer, nanos since, nanos now)
{
    struct registrant_group *group = registrant_group(r, id);
    struct registrant *registrant = &r->registrants[id];
    (void)peer;
    (void)since;
    if (registrant->state == REGISTRANT_LOST)
        registrant_begin(r, id, 0, now);
    else if (draining(r, registrant_peer_index(r, group, registrant->peer)))
        move_away(r, group, id, bit_of(registrant->peer), now);
    else if (registrant->core != NO_PEER &&
             draining(r, registrant_core_index(r, group, registrant->core)))
        move_away(r, group, id, 0, now);
    else if (group->rebalance)
        rebalance(r, group, id, now);
}

static void seek(struct registrations *r, uint32_t id, uint8_t peer, nanos since, nanos now)
{
    (void)peer;
    (void)since;
    registrant_seek(r, id, now);
}

void registrations_step(struct registrations *r)
{
    static void (*const handlers[])(struct registrations *, uint32_t, uint8_t, nanos, nanos) = {
        [EVENT_NOTICE] = notice,
        [EVENT_SEEK] = seek,
        [EVENT_SERVED] = registrant_served,
        [EVENT_CORE_SERVED] = registrant_core_served,
    };
    struct agenda_event event = agenda_take(&r->agenda);
    uint16_t version = (uint16_t)(event.kind >> 16);
    r->events++;
    if (r->registrants[event.subject].version == version)
        handlers[event.kind & 0xff](r, event.subject, (uint8_t)(event.kind >> 8 & 0xff),
                                    (nanos)event.argument, event.time);
}

/* ---- changes of peers ---- */

/* When a registrant whose peer has just died will know. */
static nanos notice_after(const struct registrations *r, const struct registrant_group *group,
                          uint32_t id, nanos now)
{
    bool mra = group->failover == FAILOVER_MRA;
    bool kept = mra || group->failover == FAILOVER_OUTBOUND;
    if (!kept || (group->keepalive <= 0 && !mra))
        return registrant_refresh_after(r, group, id, now);
    double share = random_unit(registrant_draw(r, group, id, 0)) + mra;
    return group->keepalive > 0 ? (nanos)(share * (double)group->keepalive) : 0;
}

typedef void visitor(struct registrations *, const struct registrant_group *, uint32_t id,
                     uint32_t argument, nanos now);

/* Calls the visitor for every registrant that the peer holds, as edge or as core. */
static void visit_held(struct registrations *r, uint32_t peer, visitor *visit, uint32_t argument,
                       nanos now)
{
    uint32_t in = r->scenario->peers[peer].cluster;
    uint8_t local = (uint8_t)(peer - r->scenario->clusters[in].first_peer);
    const struct registrant_cluster *cluster = &r->clusters[in];
    for (uint32_t k = 0; k < cluster->group_count; k++) {
        uint32_t g = cluster->groups[k];
        const struct registrant_group *group = &r->groups[g];
        bool core = group->cluster != in;
        for (uint32_t id = group->first; id < end_of_group(r, g); id++) {
            const struct registrant *registrant = &r->registrants[id];
            if (registrant->state == REGISTRANT_HELD &&
                (core ? registrant->core : registrant->peer) == local)
                visit(r, group, id, argument, now);
        }
    }
}

/* Those that wait for a change in this cluster, or in the core behind them. */
static void wake(struct registrations *r, uint32_t cluster, nanos now)
{
    const struct registrant_cluster *own = &r->clusters[cluster];
    for (uint32_t k = 0; k < own->group_count; k++)
        registrations_wake(r, r->groups[own->groups[k]].cluster, now);
}

static void orphan(struct registrations *r, const struct registrant_group *group, uint32_t id,
                   uint32_t incident, nanos now)
{
    nanos after = notice_after(r, group, id, now);
    registrant_lose(r, id, incident, REGISTRANT_LOST, now);
    registrant_event(r, time_after(now, after), EVENT_NOTICE,
                     (struct registration_try){group, id, NO_PEER, now, now});
}

void registrations_peer_down(struct registrations *r, uint32_t peer, nanos now)
{
    if (r->registrar.peers[peer].state == PEER_AWAY)
        return;
    registrar_set(&r->registrar, peer, PEER_AWAY, now);
    uint32_t incident = incident_begin(r, r->scripted, now);
    if (r->failed)
        return;
    visit_held(r, peer, orphan, incident, now);
    incident_end(r, incident);
    wake(r, r->scenario->peers[peer].cluster, now);
}

static void leave_at_refresh(struct registrations *r, const struct registrant_group *group,
                             uint32_t id, uint32_t unused, nanos now)
{
    (void)unused;
    nanos after = registrant_refresh_after(r, group, id, now);
    r->registrants[id].version++;
    registrant_event(r, time_after(now, after), EVENT_NOTICE,
                     (struct registration_try){group, id, NO_PEER, now, now});
}

void registrations_peer_drain(struct registrations *r, uint32_t peer, nanos now)
{
    if (r->registrar.peers[peer].state != PEER_UP)
        return;
    registrar_set(&r->registrar, peer, PEER_DRAINING, now);
    visit_held(r, peer, leave_at_refresh, 0, now);
    wake(r, r->scenario->peers[peer].cluster, now);
}

/* The endpoint may move at its next refresh: `threshold` in 2^-32 is the chance. */
static void consider_moving(struct registrations *r, const struct registrant_group *group,
                            uint32_t id, uint32_t threshold, nanos now)
{
    if (group->rebalance && registrant_draw(r, group, id, 7) >> 32 < threshold)
        leave_at_refresh(r, group, id, 0, now);
}

static void rebalance_cluster(struct registrations *r, uint32_t cluster, nanos now)
{
    const struct cluster *c = &r->scenario->clusters[cluster];
    uint32_t least;
    double mean = mean_held(r, cluster, &least);
    for (uint32_t i = c->first_peer; i < c->first_peer + c->peer_count; i++) {
        double held = (double)registrations_count(r, i), excess = held - mean;
        if (excess > 0 && registrar_up(&r->registrar, i))
            visit_held(r, i, consider_moving, (uint32_t)ldexp(REBALANCE_SHARE * excess / held, 32),
                       now);
    }
}

bool registrations_follow(struct registrations *r, uint32_t scripted)
{
    r->lost = calloc((size_t)scripted + 1, sizeof *r->lost);
    r->lost_count = r->lost ? scripted : 0;
    return r->lost;
}

void registrations_scripted(struct registrations *r, uint32_t scripted)
{
    r->scripted = scripted;
}

struct lost_devices registrations_lost(const struct registrations *r, uint32_t scripted)
{
    return r->lost[scripted];
}

void registrations_peer_up(struct registrations *r, uint32_t peer, nanos now)
{
    if (r->registrar.peers[peer].state == PEER_UP)
        return;
    registrar_set(&r->registrar, peer, PEER_UP, now);
    uint32_t cluster = r->scenario->peers[peer].cluster;
    wake(r, cluster, now);
    rebalance_cluster(r, cluster, now);
}

void registrations_pool_changed(struct registrations *r, uint32_t cluster, nanos now)
{
    registrar_pool_changed(&r->registrar, cluster, now);
}

/* ---- calls ---- */

uint32_t registrations_pick(const struct registrations *r, uint32_t population, uint64_t random)
{
    __extension__ typedef unsigned __int128 wide;
    return (uint32_t)((wide)random * (uint64_t)r->scenario->endpoints[population].count >> 64);
}

/* The first registrant of an endpoint that a peer holds; NONE when unregistered. */
static uint32_t held_registrant(const struct registrations *r, uint32_t population,
                                uint32_t endpoint, const struct registrant_group **group)
{
    const struct registrant_population *own = &r->populations[population];
    for (uint32_t g = 0; g < own->group_count; g++) {
        *group = &r->groups[own->first_group + g];
        uint32_t first = (*group)->first + endpoint * (*group)->flows;
        for (uint32_t id = first; id < first + (*group)->flows; id++)
            if (r->registrants[id].state == REGISTRANT_HELD)
                return id;
    }
    return NONE;
}

uint32_t registrations_peer(const struct registrations *r, uint32_t population, uint32_t endpoint)
{
    const struct registrant_group *group;
    uint32_t id = held_registrant(r, population, endpoint, &group);
    return id == NONE ? NONE : registrant_peer_index(r, group, r->registrants[id].peer);
}

uint32_t registrations_core(const struct registrations *r, uint32_t population, uint32_t endpoint)
{
    const struct registrant_group *group;
    uint32_t id = held_registrant(r, population, endpoint, &group);
    return id == NONE || r->registrants[id].core == NO_PEER
               ? NONE
               : registrant_core_index(r, group, r->registrants[id].core);
}

bool registrations_session_free(const struct registrations *r, uint32_t peer,
                                enum leg_session session)
{
    return registrar_session_free(&r->registrar, peer, session == SESSION_WEBRTC);
}

void registrations_session(struct registrations *r, uint32_t peer, enum leg_session session,
                           int change, nanos now)
{
    registrar_session(&r->registrar, peer, session == SESSION_WEBRTC, change, now);
    if (change < 0 && registrar_session_free(&r->registrar, peer, false))
        registrations_wake_one(r, r->scenario->peers[peer].cluster, now);
}

void registrations_call_noticed(struct registrations *r, uint32_t population, uint32_t endpoint,
                                nanos now)
{
    const struct registrant_population *own = &r->populations[population];
    for (uint32_t g = 0; g < own->group_count; g++) {
        const struct registrant_group *group = &r->groups[own->first_group + g];
        uint32_t first = group->first + endpoint * group->flows;
        for (uint32_t id = first; id < first + group->flows; id++) {
            const struct registrant *registrant = &r->registrants[id];
            if (registrant->state != REGISTRANT_LOST)
                continue;
            uint32_t peer = registrant_peer_index(r, group, registrant->peer);
            bool back = registrar_up(&r->registrar, peer);
            registrant_begin(r, id, back ? 0 : bit_of(registrant->peer), now);
        }
    }
}

/* ---- figures ---- */

int64_t registrations_count(const struct registrations *r, uint32_t peer)
{
    return r->registrar.peers[peer].held.value;
}

double registrations_served(const struct registrations *r, uint32_t peer, nanos now)
{
    return registrar_served(&r->registrar, peer, now);
}

/* Those refused before the measured period begins are still refused in it. */
static uint64_t still_rejected(const struct registrations *r,
                               const struct registrant_population *population)
{
    if (population->rejected == 0)
        return 0;
    uint64_t count = 0;
    for (uint32_t g = population->first_group;
         g < population->first_group + population->group_count; g++)
        for (uint32_t id = r->groups[g].first; id < end_of_group(r, g); id++)
            count += registrant_is_out(r, &r->groups[g], id) &&
                     r->registrants[id].tried & TRIED_REJECTED;
    return count;
}

void registrations_measure(struct registrations *r, nanos now)
{
    registrar_measure(&r->registrar, now);
    for (uint32_t p = 0; p < r->scenario->endpoints_count; p++) {
        struct registrant_population *population = &r->populations[p];
        population->since = now;
        population->area = 0;
        population->tries = 0;
        population->rejected = still_rejected(r, population);
        delays_clear(&population->delays);
    }
}

void registrations_finish(struct registrations *r, nanos now)
{
    registrar_finish(&r->registrar, now);
    for (uint32_t p = 0; p < r->scenario->endpoints_count; p++) {
        struct registrant_population *population = &r->populations[p];
        double seconds = (double)(time_since(now, population->since)) / SECOND;
        population->area += (double)population->unregistered * seconds;
        population->since = now;
    }
}

static double share_full(double seconds, nanos from, nanos to)
{
    return to > from ? seconds / ((double)(to - from) / SECOND) : 0;
}

struct registrations_peer_figures registrations_peer_result(const struct registrations *r,
                                                            uint32_t index)
{
    const struct registrar_peer *peer = &r->registrar.peers[index];
    nanos from = r->registrar.measured_from, to = r->registrar.measured_to;
    return (struct registrations_peer_figures){
        .mean = level_mean(&peer->held, from, to),
        .peak = (double)peer->held.peak,
        .mean_mra = level_mean(&peer->mra, from, to),
        .peak_mra = (double)peer->mra.peak,
        .mean_sessions = level_mean(&peer->sessions, from, to),
        .peak_sessions = (double)peer->sessions.peak,
        .held_full = share_full(peer->held.full, from, to),
        .mra_full = share_full(peer->mra.full, from, to),
        .flooded = share_full(peer->flooded, from, to),
        .served = (double)(peer->requests - peer->requests_start) + peer->refreshes -
                  peer->refreshes_start,
        .peak_rate = peer->peak_rate,
        .refresh_load = peer->refresh_load,
        .refused_limit = peer->refused_limit,
        .refused_queue = peer->refused_queue,
        .timed_out = peer->timed_out,
    };
}

static int64_t without_peer(const struct registrations *r,
                            const struct registrant_population *population)
{
    int64_t count = 0;
    for (uint32_t g = population->first_group;
         g < population->first_group + population->group_count; g++)
        for (uint32_t id = r->groups[g].first; id < end_of_group(r, g); id++)
            count += registrant_is_out(r, &r->groups[g], id);
    return count;
}

/* Lost, and not registered again by now. */
static uint64_t still_out(const struct registrations *r,
                          const struct registrant_population *population)
{
    uint64_t count = 0;
    for (uint32_t g = population->first_group;
         g < population->first_group + population->group_count; g++) {
        const struct registrant_group *group = &r->groups[g];
        for (uint32_t id = group->first; id < end_of_group(r, g); id++)
            count += registrant_is_out(r, group, id) && r->registrants[id].mark != NONE &&
                     !registrant_endpoint_held(r, group, id);
    }
    return count;
}

static double failover(const struct delays *delays, uint64_t out, double p)
{
    double share = out ? p * (double)(delays->count + out) / (double)delays->count : p;
    return share <= 1 ? delays_quantile(delays, share) : NAN;
}

struct registrations_population_figures
registrations_population_result(const struct registrations *r, uint32_t index)
{
    const struct registrant_population *population = &r->populations[index];
    double seconds = (double)(r->registrar.measured_to - r->registrar.measured_from) / SECOND;
    double endpoints = (double)r->scenario->endpoints[index].count;
    bool some = seconds > 0 && endpoints > 0;
    uint64_t out = population->delays.count ? still_out(r, population) : 0;
    return (struct registrations_population_figures){
        .unregistered_fraction = some ? population->area / (seconds * endpoints) : 0,
        .unregistered_minutes = population->area / 60,
        .failovers = population->delays.count,
        .failover_p50 = failover(&population->delays, out, 0.5),
        .failover_p95 = failover(&population->delays, out, 0.95),
        .failover_max = failover(&population->delays, out, 1),
        .rejected = population->rejected,
        .lost_at_end = without_peer(r, population),
        .tries = population->tries,
    };
}

static double imbalance(const struct registrations *r, uint32_t cluster)
{
    const struct cluster *c = &r->scenario->clusters[cluster];
    uint32_t least;
    double mean = mean_held(r, cluster, &least), most = 0;
    for (uint32_t i = c->first_peer; i < c->first_peer + c->peer_count; i++)
        if (registrar_up(&r->registrar, i))
            most = fmax(most, (double)registrations_count(r, i));
    return mean > 0 ? most / mean : NAN;
}

struct registrations_cluster_figures registrations_cluster_result(const struct registrations *r,
                                                                  uint32_t index)
{
    const struct registrar_cluster *cluster = &r->registrar.clusters[index];
    nanos from = r->registrar.measured_from, to = r->registrar.measured_to;
    struct registrations_cluster_figures figures = {
        .mean = level_mean(&cluster->held, from, to),
        .peak = (double)cluster->held.peak,
        .imbalance = imbalance(r, index),
        .mean_mra = level_mean(&cluster->mra, from, to),
        .peak_mra = (double)cluster->mra.peak,
        .mean_sessions = level_mean(&cluster->sessions, from, to),
        .peak_sessions = (double)cluster->sessions.peak,
        .held_full = share_full(cluster->held.full, from, to),
        .mra_full = share_full(cluster->mra.full, from, to),
    };
    for (int k = 0; k < LICENCE_COUNT; k++) {
        figures.mean_licences[k] = level_mean(&cluster->licences[k], from, to);
        figures.peak_licences[k] = (double)cluster->licences[k].peak;
        const struct level *size = &cluster->pools[k];
        figures.pool_start[k] = (double)cluster->pool_start[k];
        figures.pool_end[k] = (double)size->value;
        figures.mean_pool[k] =
            cluster->pool_moved[k] ? level_mean(size, from, to) : (double)size->value;
        figures.full_fraction[k] =
            to > from ? cluster->full[k] / ((double)(to - from) / SECOND) : 0;
    }
    return figures;
}
