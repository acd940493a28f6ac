/* The endpoints as registrations.c and its parts see them: groups of registrants, their state.
 * Private to sim/registrations*.c.
 *
 * A group is the registrants of one population with one protocol; registrants are numbered through
 * over all groups, endpoint by endpoint, its flows side by side. Peers are numbered within their
 * cluster (0..5), so that a set of peers is a byte.
 *
 * Devices with a fallback cluster have a second group there, their refuge, of as many registrants:
 * IDLE until a round ends at home with no peer there, and again once home holds theirs.
 *
 * A registrant is HELD by its peer (and, through an edge, by a core peer), LOST when that peer has
 * died and it has not noticed, or SEEKING. Each change of state makes a new version: an event of an
 * older one means nothing. An event that nothing but a change of a peer can make useful is parked
 * with its cluster instead of running, and goes on from where its waits have led when one changes.
 */
#ifndef PEERPLAN_SIM_REGISTRANTS_H
#define PEERPLAN_SIM_REGISTRANTS_H

#include "sim/engine/agenda.h"
#include "sim/engine/delays.h"
#include "sim/engine/random.h"
#include "sim/engine/registrar.h"

#define NO_PEER UINT8_MAX

enum registrant_state {
    REGISTRANT_HELD,
    REGISTRANT_LOST,
    REGISTRANT_SEEKING,
    REGISTRANT_IDLE /* of a refuge that is not needed */
};

/* Marks in `tried` beside the peers tried in this round. */
enum { TRIED_PEERS = 0x3f, TRIED_FULL = 0x40, TRIED_REJECTED = 0x80 };

struct registrant {
    uint32_t mark; /* held: phase of its refresh in 2^-32 of the interval; else: its incident */
    uint16_t version;
    uint8_t peer; /* that holds it or held it last, in its cluster */
    uint8_t core; /* that holds it behind an edge, in the core cluster; NO_PEER */
    uint8_t state;
    uint8_t failures; /* rounds without success */
    uint8_t tried;
    uint8_t alternate; /* the one alternate it stores, or NO_PEER */
};
_Static_assert(sizeof(struct registrant) == 12, "the state of an endpoint stays small");

struct registrant_group {
    uint32_t population, first; /* its first registrant */
    uint32_t flows;             /* registrants an endpoint */
    uint32_t cluster, core;     /* core: NONE unless MRA through an edge */
    uint32_t refuge, home;      /* groups: at the fallback cluster; of which it is that; or NONE */
    uint64_t identity;          /* index of its random draws */
    enum failover failover;
    bool fixed; /* refresh interval is one value */
    bool by_table;
    bool stores_one; /* alternates: 1 */
    bool rebalance;
    nanos low, high;           /* refresh interval (not by_table) */
    nanos keepalive, patience; /* patience: time-out of a try */
    double im;                 /* share with two encrypted sessions */
    struct claim claim;
};

struct registrant_population {
    uint32_t first_group, group_count;
    int64_t unregistered;
    nanos since;
    double area; /* unregistered endpoint-seconds */
    struct delays delays;
    uint64_t tries, rejected;
};

/* When a registrant lost its peer; shared by all that the same failure hit. */
struct incident {
    nanos at;
    uint32_t scripted; /* of the script that caused it, or NONE */
    uint32_t users;    /* 0: free */
    uint32_t next_free;
};

struct parked {
    nanos next; /* its next try if nothing had changed */
    uint32_t registrant;
    uint16_t version;
};

struct registrant_cluster {
    uint32_t *groups; /* borrowed: groups whose cluster or core this is */
    uint32_t group_count;
    struct parked *parked; /* owned */
    size_t parked_count, parked_room, parked_first;
    double credit[CLUSTER_PEERS_MAX]; /* of the even spread */
};

struct registrations {
    const struct scenario *scenario;
    struct registrar registrar;
    struct agenda agenda;
    struct registrant *registrants; /* owned */
    uint32_t registrant_count;
    struct registrant_group *groups; /* owned */
    uint32_t group_count;
    struct registrant_population *populations; /* owned */
    struct registrant_cluster *clusters;       /* owned */
    uint32_t *group_lists;                     /* owned: registrant_cluster.groups */
    struct incident *incidents;                /* owned */
    uint32_t incident_count, incident_room, incident_free;
    struct lost_devices *lost; /* owned: by scripted of the script */
    uint32_t lost_count, scripted;
    uint64_t seed, events;
    uint32_t replication;
    bool failed;
};

enum registration_event { EVENT_NOTICE, EVENT_SEEK, EVENT_SERVED, EVENT_CORE_SERVED };

/* A registrant's try at a peer of its group's cluster (NO_PEER: none in particular). */
struct registration_try {
    const struct registrant_group *group;
    uint32_t id;
    uint8_t peer;
    nanos since, now; /* it began, and goes on */
};

/* The group of a registrant; its cluster's first peer in the scenario. */
struct registrant_group *registrant_group(const struct registrations *r, uint32_t id);
static inline uint32_t registrant_peer_index(const struct registrations *r,
                                             const struct registrant_group *group, uint8_t local)
{
    return r->scenario->clusters[group->cluster].first_peer + local;
}

static inline uint32_t registrant_core_index(const struct registrations *r,
                                             const struct registrant_group *group, uint8_t local)
{
    return r->scenario->clusters[group->core].first_peer + local;
}

/* A draw of the registrant in its present state; `which` 0..7. */
uint64_t registrant_draw(const struct registrations *r, const struct registrant_group *group,
                         uint32_t id, unsigned which);
struct claim registrant_claim(const struct registrations *r, const struct registrant_group *group,
                              uint32_t id);
/* A further registrant of the same endpoint is held: of the same group only, or of any. */
bool registrant_flow_held(const struct registrations *r, const struct registrant_group *group,
                          uint32_t id);
bool registrant_endpoint_held(const struct registrations *r, const struct registrant_group *group,
                              uint32_t id);
uint8_t registrant_members(const struct registrations *r, uint32_t cluster, nanos now);
/* Nobody of the cluster is there, not even to refuse. */
bool registrant_nobody_there(const struct registrations *r, uint32_t cluster, nanos now);
/* The same registrant in another group of its population: its refuge, or its home. */
uint32_t registrant_twin(const struct registrations *r, const struct registrant_group *group,
                         uint32_t id, uint32_t other);
/* Of a device that is held neither at home nor at its refuge; counted at home. */
bool registrant_is_out(const struct registrations *r, const struct registrant_group *group,
                       uint32_t id);

/* Changes of state (registrants.c). */
void registrant_hold(struct registrations *r, uint32_t id, uint8_t peer, uint8_t core, nanos now);
/* incident NONE: a planned move, which is no failover. */
void registrant_lose(struct registrations *r, uint32_t id, uint32_t incident,
                     enum registrant_state state, nanos now);
uint32_t incident_begin(struct registrations *r, uint32_t scripted, nanos now);
void incident_end(struct registrations *r, uint32_t incident);
void registrant_event(struct registrations *r, nanos time, enum registration_event kind,
                      struct registration_try attempt);
nanos registrant_refresh_after(const struct registrations *r, const struct registrant_group *group,
                               uint32_t id, nanos now);
bool registrant_core_choose(const struct registrations *r, const struct registrant_group *group,
                            uint32_t id, nanos now, uint8_t *core);

/* Tries (registrations_seek.c). */
void registrant_seek(struct registrations *r, uint32_t id, nanos now);
void registrant_begin(struct registrations *r, uint32_t id, uint8_t tried, nanos now);
void registrant_leave_refuge(struct registrations *r, uint32_t id, nanos now);
void registrant_served(struct registrations *r, uint32_t id, uint8_t peer, nanos since, nanos now);
void registrant_core_served(struct registrations *r, uint32_t id, uint8_t peer, nanos since,
                            nanos now);
/* share: of the wait, 1 but at the start, when rounds are out of step. */
void registrant_rest(struct registrations *r, uint32_t id, nanos now, double share);
void registrations_wake(struct registrations *r, uint32_t cluster, nanos now);
void registrations_wake_one(struct registrations *r, uint32_t cluster, nanos now);

/* The start (registrations_spread.c). */
void registrations_spread(struct registrations *r, nanos now);

#endif
