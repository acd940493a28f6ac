/* How a registrant that lost its peer finds another: whom it tries, what comes back, how it waits.
 */
#include "sim/engine/registrants.h"

#include <stdlib.h>
#include <string.h>

#include "model/registration.h"

#define WAIT_MIN (SECOND / 1000) /* no client retries faster; keeps time moving */

/* ---- whom to try next ---- */

/* A member of the set drawn at random; the draw is used once per number of tried peers. */
static uint8_t draw_of(const struct registrations *r, const struct registrant_group *group,
                       uint32_t id, uint8_t set)
{
    if (!set)
        return NO_PEER;
    unsigned tried = (unsigned)__builtin_popcount(r->registrants[id].tried & TRIED_PEERS);
    uint64_t bits = registrant_draw(r, group, id, tried + 1); /* 1..6; the wait takes 0 */
    uint32_t pick = (uint32_t)((bits >> 32) * (unsigned)__builtin_popcount(set) >> 32);
    while (pick--)
        set = (uint8_t)(set & (set - 1));
    return (uint8_t)__builtin_ctz(set);
}

static uint8_t bit_of(uint8_t peer)
{
    return (uint8_t)(peer == NO_PEER ? 0 : 1u << peer);
}

/* The one alternate of an endpoint that stores no more, of the list in its last answer. */
static uint8_t stored_alternate(struct registrations *r, const struct registrant_group *group,
                                uint32_t id, uint8_t members)
{
    struct registrant *registrant = &r->registrants[id];
    if (registrant->alternate == NO_PEER) {
        uint8_t others = (uint8_t)(members & ~bit_of(registrant->peer));
        registrant->alternate = draw_of(r, group, id, others);
    }
    return registrant->alternate;
}

/* All peers this registrant can ever get to as things stand. */
static uint8_t reach(struct registrations *r, const struct registrant_group *group, uint32_t id,
                     uint8_t members)
{
    uint8_t own = (uint8_t)(bit_of(r->registrants[id].peer) & members);
    if (group->failover == FAILOVER_OUTBOUND && own)
        return own;
    if (group->stores_one)
        return (uint8_t)(own | (bit_of(stored_alternate(r, group, id, members)) & members));
    return members;
}

/* H.323 alternates and standard SIP: its own peer first (the refresh), then the others at random,
 * which is the random order of the list. */
static uint8_t choose_alternate(struct registrations *r, const struct registrant_group *group,
                                uint32_t id, uint8_t left)
{
    uint8_t own = bit_of(r->registrants[id].peer);
    if (left & own && r->registrants[id].failures == 0)
        return r->registrants[id].peer;
    return draw_of(r, group, id, left);
}

/* One draw from the whole record a round, the lost peer among them; at first its own refresh.
 * `alternate` remembers that the draw was made. */
static uint8_t choose_dns(struct registrations *r, const struct registrant_group *group,
                          uint32_t id, uint8_t left)
{
    struct registrant *registrant = &r->registrants[id];
    uint8_t own = bit_of(registrant->peer);
    if (registrant->alternate != NO_PEER)
        return NO_PEER;
    if (registrant->failures == 0 && left & own)
        return registrant->peer;
    registrant->alternate =
        draw_of(r, group, id, (uint8_t)(left | (registrant->tried & TRIED_PEERS)));
    return registrant->alternate;
}

/* Another peer than the one lost, while there is one; all SRV records weigh the same. */
static uint8_t choose_mra(struct registrations *r, const struct registrant_group *group,
                          uint32_t id, uint8_t left)
{
    uint8_t others = (uint8_t)(left & ~bit_of(r->registrants[id].peer));
    return draw_of(r, group, id, others && r->registrants[id].failures == 0 ? others : left);
}

static uint8_t choose(struct registrations *r, const struct registrant_group *group, uint32_t id,
                      nanos now)
{
    static uint8_t (*const choosers[])(struct registrations *, const struct registrant_group *,
                                       uint32_t, uint8_t) = {
        [FAILOVER_ALTERNATES] = choose_alternate,
        [FAILOVER_REFRESH] = choose_alternate,
        [FAILOVER_OUTBOUND] = choose_alternate,
        [FAILOVER_DNS] = choose_dns,
        [FAILOVER_MRA] = choose_mra,
    };
    uint8_t members = registrant_members(r, group->cluster, now);
    uint8_t left = (uint8_t)(reach(r, group, id, members) & ~r->registrants[id].tried);
    return choosers[group->failover](r, group, id, left);
}

/* The wait after a round without success. */
static nanos wait_after(struct registrations *r, const struct registrant_group *group, uint32_t id)
{
    const struct endpoints *endpoints = &r->scenario->endpoints[group->population];
    double seconds = registration_wait(endpoints, r->registrants[id].failures,
                                       !registrant_flow_held(r, group, id),
                                       random_unit(registrant_draw(r, group, id, 0)));
    nanos wait = (nanos)(seconds * SECOND);
    if (group->failover == FAILOVER_DNS && wait < endpoints->dns_ttl)
        wait = endpoints->dns_ttl; /* the answer is kept as long */
    return wait < WAIT_MIN ? WAIT_MIN : wait;
}

/* ---- what comes back ---- */

static void mark_full(struct registrations *r, uint32_t id, uint32_t peer)
{
    r->registrants[id].tried |= TRIED_FULL;
    r->registrar.peers[peer].refused_limit++;
}

/* What a served try leads to; false: refused, go on with the next. */
static bool admitted(struct registrations *r, const struct registration_try *a)
{
    uint32_t index = registrant_peer_index(r, a->group, a->peer);
    struct claim claim = registrant_claim(r, a->group, a->id);
    bool licensed = !registrant_flow_held(r, a->group, a->id);
    if (!registrar_up(&r->registrar, index))
        return false;
    if (registrar_admits(&r->registrar, index, &claim, licensed, a->now))
        return true;
    mark_full(r, a->id, index);
    return false;
}

/* The try is answered at `when`: at once, later, or after the client has gone. */
enum outcome { OUTCOME_REFUSED, OUTCOME_NOW, OUTCOME_PENDING };

/* To the peer of the scenario with this index: the one tried, or the core behind it. */
static enum outcome send(struct registrations *r, const struct registration_try *a, uint32_t index,
                         enum registration_event answer)
{
    nanos patience = a->group->patience;
    nanos gives_up = time_after(a->since, patience);
    nanos left = patience > 0 ? time_since(gives_up, a->now) : 0;
    nanos when = registrar_request(&r->registrar, index, a->now, left);
    if (when == REQUEST_REFUSED)
        return OUTCOME_REFUSED;
    if (when == a->now)
        return OUTCOME_NOW;
    if (patience > 0 && when - a->since > patience)
        registrant_event(r, gives_up, EVENT_SEEK, *a);
    else if (when == FOREVER)
        registrant_event(r, time_after(a->now, wait_after(r, a->group, a->id)), EVENT_SEEK, *a);
    else
        registrant_event(r, when, answer, *a);
    return OUTCOME_PENDING;
}

static bool core_admits(struct registrations *r, const struct registration_try *a, uint8_t core)
{
    uint32_t index = registrant_core_index(r, a->group, core);
    struct claim claim = registrant_claim(r, a->group, a->id);
    if (!registrar_up(&r->registrar, index))
        return false;
    if (registrar_admits(&r->registrar, index, &claim, false, a->now))
        return true;
    mark_full(r, a->id, index);
    return false;
}

/* The edge peer has served the try: on to the core, or held here. False: refused. */
static bool edge_served(struct registrations *r, const struct registration_try *a)
{
    uint8_t core = NO_PEER;
    if (!admitted(r, a))
        return false;
    if (a->group->core != NONE) {
        if (!registrant_core_choose(r, a->group, a->id, a->now, &core))
            return false;
        r->registrants[a->id].core = core;
        enum outcome outcome =
            send(r, a, registrant_core_index(r, a->group, core), EVENT_CORE_SERVED);
        if (outcome != OUTCOME_NOW)
            return outcome == OUTCOME_PENDING;
        if (!core_admits(r, a, core))
            return false;
    }
    registrant_hold(r, a->id, a->peer, core, a->now);
    return true;
}

/* A try at one peer; true: held, or an answer or time-out is pending. */
static bool try_peer(struct registrations *r, const struct registrant_group *group, uint32_t id,
                     uint8_t peer, nanos now)
{
    const struct registration_try attempt = {group, id, peer, now, now};
    uint32_t index = registrant_peer_index(r, group, peer);
    switch (r->registrar.peers[index].state) {
    case PEER_AWAY:
        if (group->patience <= 0)
            return false;
        registrant_event(r, time_after(now, group->patience), EVENT_SEEK, attempt);
        return true;
    case PEER_DRAINING:
        return false;
    case PEER_UP:
        break;
    }
    r->populations[group->population].tries++;
    enum outcome outcome = send(r, &attempt, index, EVENT_SERVED);
    if (outcome == OUTCOME_NOW)
        return edge_served(r, &attempt);
    return outcome == OUTCOME_PENDING;
}

void registrant_seek(struct registrations *r, uint32_t id, nanos now)
{
    struct registrant_group *group = registrant_group(r, id);
    for (;;) {
        uint8_t peer = choose(r, group, id, now);
        if (peer == NO_PEER) {
            registrant_rest(r, id, now, 1);
            return;
        }
        r->registrants[id].tried |= bit_of(peer);
        if (try_peer(r, group, id, peer, now))
            return;
    }
}

/* A new search, some peers counted as tried already. */
void registrant_begin(struct registrations *r, uint32_t id, uint8_t tried, nanos now)
{
    struct registrant *registrant = &r->registrants[id];
    registrant->state = REGISTRANT_SEEKING;
    registrant->version++;
    registrant->failures = 0;
    registrant->tried = tried;
    registrant_seek(r, id, now);
}

/* The peer died after the request had come: no answer, the client's time-out runs out. */
static bool lost_with_peer(struct registrations *r, const struct registration_try *a,
                           uint32_t index)
{
    const struct registrar_peer *own = &r->registrar.peers[index];
    if (own->changed < a->since || (own->state != PEER_AWAY && own->changed == a->since))
        return false;
    nanos until = time_after(a->since, a->group->patience);
    registrant_event(r, until > a->now ? until : a->now, EVENT_SEEK, *a);
    return true;
}

void registrant_served(struct registrations *r, uint32_t id, uint8_t peer, nanos since, nanos now)
{
    const struct registration_try a = {registrant_group(r, id), id, peer, since, now};
    if (lost_with_peer(r, &a, registrant_peer_index(r, a.group, peer)))
        return;
    if (!edge_served(r, &a))
        registrant_seek(r, id, now);
}

void registrant_core_served(struct registrations *r, uint32_t id, uint8_t peer, nanos since,
                            nanos now)
{
    const struct registration_try a = {registrant_group(r, id), id, peer, since, now};
    uint8_t core = r->registrants[id].core;
    if (lost_with_peer(r, &a, registrant_core_index(r, a.group, core)) ||
        lost_with_peer(r, &a, registrant_peer_index(r, a.group, peer)))
        return;
    if (admitted(r, &a) && core_admits(r, &a, core))
        registrant_hold(r, id, peer, core, now);
    else
        registrant_seek(r, id, now);
}

/* ---- waiting ---- */

static void next_round(struct registrations *r, const struct registrant_group *group, uint32_t id)
{
    struct registrant *registrant = &r->registrants[id];
    if (group->failover == FAILOVER_DNS)
        registrant->alternate = NO_PEER;
    registrant->tried &= TRIED_REJECTED;
    if (registrant->failures < UINT8_MAX)
        registrant->failures++;
    registrant->version++;
}

/* A try at this peer can change something: it may be admitted, or it takes service from others. */
static bool worth_trying(const struct registrations *r, uint32_t peer, const struct claim *claim,
                         bool licensed, nanos now)
{
    return registrar_up(&r->registrar, peer) &&
           (r->registrar.peers[peer].rate > 0 ||
            registrar_admits(&r->registrar, peer, claim, licensed, now));
}

static bool core_worth_trying(const struct registrations *r, const struct registrant_group *group,
                              const struct claim *claim, nanos now)
{
    if (group->core == NONE)
        return true;
    uint8_t set = registrant_members(r, group->core, now);
    for (; set; set = (uint8_t)(set & (set - 1))) {
        uint32_t peer = registrant_core_index(r, group, (uint8_t)__builtin_ctz(set));
        if (worth_trying(r, peer, claim, false, now))
            return true;
    }
    return false;
}

/* Nothing but a change of a peer can help: all in reach are away or draining, or refuse for want
 * of room at no cost to themselves. */
static bool hopeless(struct registrations *r, const struct registrant_group *group, uint32_t id,
                     nanos now)
{
    struct claim claim = registrant_claim(r, group, id);
    bool licensed = !registrant_flow_held(r, group, id);
    bool core = core_worth_trying(r, group, &claim, now);
    uint8_t set = reach(r, group, id, registrant_members(r, group->cluster, now));
    for (; set; set = (uint8_t)(set & (set - 1))) {
        uint32_t peer = registrant_peer_index(r, group, (uint8_t)__builtin_ctz(set));
        if (worth_trying(r, peer, &claim, licensed, now) &&
            (core || r->registrar.peers[peer].rate > 0))
            return false;
    }
    return true;
}

static void park(struct registrations *r, uint32_t cluster, struct parked parked)
{
    struct registrant_cluster *own = &r->clusters[cluster];
    if (own->parked_first > own->parked_count / 2) {
        own->parked_count -= own->parked_first;
        memmove(own->parked, own->parked + own->parked_first,
                own->parked_count * sizeof *own->parked);
        own->parked_first = 0;
    }
    if (own->parked_count == own->parked_room) {
        size_t room = own->parked_room ? own->parked_room * 2 : 64;
        struct parked *grown = realloc(own->parked, room * sizeof *grown);
        if (!grown) {
            r->failed = true;
            return;
        }
        own->parked = grown;
        own->parked_room = room;
    }
    own->parked[own->parked_count++] = parked;
}

/* ---- the refuge ---- */

/* No peer of their own is there: the device turns to its fallback cluster, each flow to a peer of
 * its own there. It still tries at home. */
static void seek_refuge(struct registrations *r, const struct registrant_group *group, uint32_t id,
                        nanos now)
{
    uint32_t twin = registrant_twin(r, group, id, group->refuge);
    struct registrant *other = &r->registrants[twin];
    const struct registrant_group *refuge = &r->groups[group->refuge];
    uint32_t peers = r->scenario->clusters[refuge->cluster].peer_count;
    if (other->state != REGISTRANT_IDLE || peers == 0 ||
        !registrant_nobody_there(r, group->cluster, now))
        return;
    uint32_t flow = (twin - refuge->first) % refuge->flows;
    uint64_t first = registrant_draw(r, refuge, twin - flow, 0) % peers;
    other->peer = (uint8_t)((first + flow) % peers);
    other->mark = r->registrants[id].mark;
    if (other->mark != NONE)
        r->incidents[other->mark].users++;
    registrant_begin(r, twin, 0, now);
}

/* Home holds it again. */
void registrant_leave_refuge(struct registrations *r, uint32_t id, nanos now)
{
    const struct registrant_group *group = registrant_group(r, id);
    uint32_t twin = registrant_twin(r, group, id, group->refuge);
    struct registrant *other = &r->registrants[twin];
    uint32_t cluster = r->groups[group->refuge].cluster;
    if (other->state == REGISTRANT_IDLE)
        return;
    if (other->state == REGISTRANT_HELD) {
        registrant_lose(r, twin, NONE, REGISTRANT_IDLE, now);
        registrations_wake_one(r, cluster, now);
    } else if (other->mark != NONE) {
        incident_end(r, other->mark);
    }
    *other = (struct registrant){.mark = NONE,
                                 .version = (uint16_t)(other->version + 1),
                                 .peer = NO_PEER,
                                 .core = NO_PEER,
                                 .state = REGISTRANT_IDLE,
                                 .alternate = NO_PEER};
}

/* A round is over without success. */
void registrant_rest(struct registrations *r, uint32_t id, nanos now, double share)
{
    struct registrant_group *group = registrant_group(r, id);
    struct registrant *registrant = &r->registrants[id];
    if ((registrant->tried & (TRIED_FULL | TRIED_REJECTED)) == TRIED_FULL) {
        registrant->tried |= TRIED_REJECTED;
        r->populations[group->population].rejected++;
    }
    next_round(r, group, id);
    nanos next = time_after(now, (nanos)((double)wait_after(r, group, id) * share));
    if (hopeless(r, group, id, now))
        park(r, group->cluster, (struct parked){next, id, registrant->version});
    else
        registrant_event(r, next, EVENT_SEEK,
                         (struct registration_try){group, id, NO_PEER, next, next});
    if (group->refuge != NONE)
        seek_refuge(r, group, id, now);
}

/* Takes a parked registrant up again, at the try its waits have led to by now. */
static bool unpark(struct registrations *r, struct parked parked, nanos now)
{
    uint32_t id = parked.registrant;
    if (r->registrants[id].version != parked.version)
        return false;
    struct registrant_group *group = registrant_group(r, id);
    const struct endpoints *endpoints = &r->scenario->endpoints[group->population];
    while (parked.next <= now) {
        next_round(r, group, id);
        nanos wait = wait_after(r, group, id);
        bool steady = endpoints->retry_law == RETRY_FIXED || wait == WAIT_MIN;
        parked.next = time_after(parked.next,
                                 steady ? (time_since(now, parked.next) / wait + 1) * wait : wait);
    }
    registrant_event(r, parked.next, EVENT_SEEK,
                     (struct registration_try){group, id, NO_PEER, parked.next, parked.next});
    return true;
}

void registrations_wake(struct registrations *r, uint32_t cluster, nanos now)
{
    struct registrant_cluster *own = &r->clusters[cluster];
    for (; own->parked_first < own->parked_count; own->parked_first++)
        unpark(r, own->parked[own->parked_first], now);
    own->parked_first = own->parked_count = 0;
}

void registrations_wake_one(struct registrations *r, uint32_t cluster, nanos now)
{
    struct registrant_cluster *own = &r->clusters[cluster];
    while (own->parked_first < own->parked_count)
        if (unpark(r, own->parked[own->parked_first++], now))
            return;
    own->parked_first = own->parked_count = 0;
}
