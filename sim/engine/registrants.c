#include "sim/engine/registrants.h"

#include <math.h>
#include <stdlib.h>

#include "model/registration.h"

/* Groups ascend by their first registrant. */
struct registrant_group *registrant_group(const struct registrations *r, uint32_t id)
{
    uint32_t low = 0, high = r->group_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (r->groups[middle].first <= id)
            low = middle;
        else
            high = middle;
    }
    return &r->groups[low];
}

uint64_t registrant_draw(const struct registrations *r, const struct registrant_group *group,
                         uint32_t id, unsigned which)
{
    uint64_t draw = (uint64_t)r->registrants[id].version * 8 + which;
    return random_at(r->seed, r->replication, PURPOSE_REGISTRATION,
                     group->identity + (id - group->first), draw);
}

struct claim registrant_claim(const struct registrations *r, const struct registrant_group *group,
                              uint32_t id)
{
    struct claim claim = group->claim;
    if (claim.sessions && group->im > 0) {
        uint64_t bits = random_at(r->seed, 0, PURPOSE_REGISTRATION,
                                  ~(group->identity + (id - group->first)), 0);
        claim.sessions = random_unit(bits) < group->im ? 2 : 1;
    }
    return claim;
}

bool registrant_flow_held(const struct registrations *r, const struct registrant_group *group,
                          uint32_t id)
{
    uint32_t first = id - (id - group->first) % group->flows;
    for (uint32_t i = first; i < first + group->flows; i++)
        if (i != id && r->registrants[i].state == REGISTRANT_HELD)
            return true;
    return false;
}

bool registrant_endpoint_held(const struct registrations *r, const struct registrant_group *group,
                              uint32_t id)
{
    const struct registrant_population *population = &r->populations[group->population];
    uint32_t endpoint = (id - group->first) / group->flows;
    for (uint32_t g = 0; g < population->group_count; g++) {
        const struct registrant_group *other = &r->groups[population->first_group + g];
        uint32_t first = other->first + endpoint * other->flows;
        for (uint32_t i = first; i < first + other->flows; i++)
            if (i != id && r->registrants[i].state == REGISTRANT_HELD)
                return true;
    }
    return false;
}

uint8_t registrant_members(const struct registrations *r, uint32_t cluster, nanos now)
{
    const struct cluster *c = &r->scenario->clusters[cluster];
    unsigned members = 0;
    for (uint32_t i = 0; i < c->peer_count && i < CLUSTER_PEERS_MAX; i++) {
        const struct peer *peer = &r->scenario->peers[c->first_peer + i];
        if (peer->joins <= now && now < peer->leaves)
            members |= 1u << i;
    }
    return (uint8_t)members;
}

bool registrant_nobody_there(const struct registrations *r, uint32_t cluster, nanos now)
{
    uint8_t members = registrant_members(r, cluster, now);
    for (; members; members = (uint8_t)(members & (members - 1))) {
        uint32_t peer =
            r->scenario->clusters[cluster].first_peer + (uint32_t)__builtin_ctz(members);
        if (r->registrar.peers[peer].state != PEER_AWAY)
            return false;
    }
    return true;
}

uint32_t registrant_twin(const struct registrations *r, const struct registrant_group *group,
                         uint32_t id, uint32_t other)
{
    return r->groups[other].first + (id - group->first);
}

bool registrant_is_out(const struct registrations *r, const struct registrant_group *group,
                       uint32_t id)
{
    if (group->home != NONE || r->registrants[id].state == REGISTRANT_HELD)
        return false;
    return group->refuge == NONE ||
           r->registrants[registrant_twin(r, group, id, group->refuge)].state != REGISTRANT_HELD;
}

void registrant_event(struct registrations *r, nanos time, enum registration_event kind,
                      struct registration_try attempt)
{
    uint32_t packed = (uint32_t)kind | (uint32_t)attempt.peer << 8 |
                      (uint32_t)r->registrants[attempt.id].version << 16;
    if (!agenda_add(&r->agenda, 0,
                    (struct agenda_event){.time = time,
                                          .kind = packed,
                                          .subject = attempt.id,
                                          .argument = (uint64_t)attempt.since}))
        r->failed = true;
}

/* ---- incidents ---- */

uint32_t incident_begin(struct registrations *r, uint32_t scripted, nanos now)
{
    uint32_t index = r->incident_free;
    if (index != NONE) {
        r->incident_free = r->incidents[index].next_free;
    } else {
        if (r->incident_count == r->incident_room) {
            uint32_t room = r->incident_room ? r->incident_room * 2 : 16;
            struct incident *grown = realloc(r->incidents, room * sizeof *grown);
            if (!grown) {
                r->failed = true;
                return 0; /* times are wrong from here, which the caller learns */
            }
            r->incidents = grown;
            r->incident_room = room;
        }
        index = r->incident_count++;
    }
    r->incidents[index] = (struct incident){.at = now, .scripted = scripted, .users = 1};
    return index;
}

void incident_end(struct registrations *r, uint32_t incident)
{
    if (--r->incidents[incident].users > 0)
        return;
    r->incidents[incident].next_free = r->incident_free;
    r->incident_free = incident;
}

/* ---- state ---- */

static void population_add(struct registrations *r, uint32_t index, int delta, nanos now)
{
    struct registrant_population *population = &r->populations[index];
    population->area +=
        (double)population->unregistered * ((double)(time_since(now, population->since)) / SECOND);
    population->since = now;
    population->unregistered += delta;
}

static uint32_t phase(const struct registrant_group *group, nanos now)
{
    if (!group->fixed)
        return 0;
    nanos into = now % group->low;
    into = into < 0 ? into + group->low : into;
    return (uint32_t)fmin(ldexp((double)into / (double)group->low, 32), UINT32_MAX);
}

static void device_back(struct lost_devices *devices, nanos passed)
{
    devices->back++;
    for (int i = 0; i < BACK_ALL; i++)
        if (devices->after[i] == FOREVER &&
            (uint64_t)devices->back * 100 >= (uint64_t)devices->lost * back_shares[i])
            devices->after[i] = passed;
    if (devices->back == devices->lost)
        devices->after[BACK_ALL] = passed;
}

/* A registrant seen for the first time has no incident: it was nowhere before. A failover is that
 * of a device which was out: `out`, it has no other registration. */
static void recovered(struct registrations *r, struct registrant *registrant, uint32_t population,
                      bool out, nanos now)
{
    if (registrant->mark == NONE)
        return;
    const struct incident *incident = &r->incidents[registrant->mark];
    nanos passed = time_since(now, incident->at);
    if (out && !delays_add(&r->populations[population].delays, passed))
        r->failed = true;
    if (out && incident->scripted != NONE)
        device_back(&r->lost[incident->scripted], passed);
    incident_end(r, registrant->mark);
}

void registrant_hold(struct registrations *r, uint32_t id, uint8_t peer, uint8_t core, nanos now)
{
    struct registrant_group *group = registrant_group(r, id);
    struct registrant *registrant = &r->registrants[id];
    struct claim claim = registrant_claim(r, group, id);
    if (!registrant_flow_held(r, group, id))
        registrar_licence(&r->registrar, group->cluster, claim.licence, 1, now);
    bool out = !registrant_endpoint_held(r, group, id);
    if (out)
        population_add(r, group->population, -1, now);
    registrar_hold(&r->registrar, registrant_peer_index(r, group, peer), &claim, now);
    if (core != NO_PEER)
        registrar_hold(&r->registrar, registrant_core_index(r, group, core), &claim, now);
    recovered(r, registrant, group->population, out, now);
    *registrant = (struct registrant){.mark = phase(group, now),
                                      .version = (uint16_t)(registrant->version + 1),
                                      .peer = peer,
                                      .core = core,
                                      .state = REGISTRANT_HELD,
                                      .alternate = NO_PEER};
    if (group->refuge != NONE)
        registrant_leave_refuge(r, id, now);
}

void registrant_lose(struct registrations *r, uint32_t id, uint32_t incident,
                     enum registrant_state state, nanos now)
{
    struct registrant_group *group = registrant_group(r, id);
    struct registrant *registrant = &r->registrants[id];
    struct claim claim = registrant_claim(r, group, id);
    registrar_drop(&r->registrar, registrant_peer_index(r, group, registrant->peer), &claim, now);
    if (registrant->core != NO_PEER)
        registrar_drop(&r->registrar, registrant_core_index(r, group, registrant->core), &claim,
                       now);
    registrant->state = (uint8_t)state;
    registrant->core = NO_PEER;
    registrant->version++;
    registrant->mark = incident;
    if (incident != NONE)
        r->incidents[incident].users++;
    if (!registrant_flow_held(r, group, id))
        registrar_licence(&r->registrar, group->cluster, claim.licence, -1, now);
    if (registrant_endpoint_held(r, group, id))
        return;
    population_add(r, group->population, 1, now);
    if (incident != NONE && r->incidents[incident].scripted != NONE)
        r->lost[r->incidents[incident].scripted].lost++;
}

/* ---- time to the next refresh ---- */

/* Intervals uniform in [low, high]: one seen at random is chosen by length, and the moment falls
 * anywhere in it. */
static nanos residual(nanos low, nanos high, uint64_t length_bits, uint64_t place_bits)
{
    double a = (double)low, b = (double)high;
    double length = sqrt(a * a + random_unit(length_bits) * (b * b - a * a));
    return (nanos)(length * random_unit(place_bits));
}

nanos registrant_refresh_after(const struct registrations *r, const struct registrant_group *group,
                               uint32_t id, nanos now)
{
    const struct registrant *registrant = &r->registrants[id];
    if (group->fixed) {
        nanos at = (nanos)ldexp((double)registrant->mark * (double)group->low, -32);
        nanos after = (at - now % group->low) % group->low;
        return after < 0 ? after + group->low : after;
    }
    nanos low = group->low, high = group->high;
    if (group->by_table) {
        uint32_t peer = registrant_peer_index(r, group, registrant->peer);
        struct refresh_range range = registration_refresh(registrations_count(r, peer));
        low = (nanos)(range.low * SECOND);
        high = (nanos)(range.high * SECOND);
    }
    return residual(low, high, registrant_draw(r, group, id, 0), registrant_draw(r, group, id, 1));
}

/* ---- the core behind an edge ---- */

/* The edge sends REGISTERs to the least loaded core peer; ties to the first drawn. */
bool registrant_core_choose(const struct registrations *r, const struct registrant_group *group,
                            uint32_t id, nanos now, uint8_t *core)
{
    uint8_t members = registrant_members(r, group->core, now);
    uint32_t count = r->scenario->clusters[group->core].peer_count;
    uint32_t turn = (uint32_t)(registrant_draw(r, group, id, 2) % (count ? count : 1));
    int64_t least = INT64_MAX;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t i = (turn + k) % count, peer = registrant_core_index(r, group, (uint8_t)i);
        int64_t held = registrations_count(r, peer);
        if (!(members >> i & 1) || !registrar_up(&r->registrar, peer) || held >= least)
            continue;
        least = held;
        *core = (uint8_t)i;
    }
    return least != INT64_MAX;
}
