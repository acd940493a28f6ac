/* A scenario as a loss network: resources with a capacity, and flows of calls that need some of
 * each.
 *
 * Made for one set of peers that are away. Calls that choose among peers use the group of these
 * peers as one resource; calls that are bound to a peer, or drawn at random over peers, become one
 * flow a peer. The cluster cap, the RMS pool and pipes are resources of their own where they can
 * bind at all. What the formulas do not cover is noted as a reason with the flow or the resource.
 * Private to the estimate.
 */
#ifndef PEERPLAN_MODEL_ESTIMATE_NETWORK_H
#define PEERPLAN_MODEL_ESTIMATE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

#define NEEDS_MAX 20

enum resource_kind {
    RESOURCE_GROUP,
    RESOURCE_PEER,
    RESOURCE_CAP,
    RESOURCE_POOL,
    RESOURCE_TURN, /* relays of a cluster's peers: a full server sends the client to another */
    RESOURCE_PIPE
};

/* What one peer of a group has. */
struct room {
    int64_t units, sessions, rms; /* rms in halves; CAPACITY_UNLIMITED: no limit */
};

struct resource {
    enum resource_kind kind;
    uint32_t index;       /* cluster, peer (RESOURCE_PEER) or pipe */
    bool used, slack;     /* some flow needs it; it can never refuse */
    int64_t capacity;     /* cap, pool (halves), pipe (bit/s); of groups and peers: the cap */
    int64_t licences;     /* of a pool: installed and not gone with their peers */
    double most, largest; /* of a pool: in use at most, where units bind; by a call */
    struct room rooms[CLUSTER_PEERS_MAX]; /* of groups and peers */
    int room_count;
    uint8_t peers; /* of a group: bit i: its cluster's peer i */
    int64_t cap; /* of a group: the cluster cap where only this group takes units, else unlimited */
    bool cap_is_cause;   /* the cap is below the sum of the configured peers */
    bool most_available; /* every flow takes the peer with most units, or sessions, free */
    bool tries_several;  /* every flow passes over peers that cannot take it */
    bool by_sessions;    /* most available counts sessions */
    bool first_fit;      /* some flow fills the peers in their order */
    bool weighted;       /* some flow takes peers by weights */
    bool unitless;       /* of a group: some calls of the cluster hold no units */
    bool tight;          /* slack, yet it may be short whenever another resource is */
    const char *reason;  /* why only a simulation can tell, or NULL */
};

struct need {
    uint32_t resource;
    int64_t amount;
    int64_t rms;     /* halves that the call holds on the same peer */
    int64_t reserve; /* that must be left free for other calls */
};

struct flow {
    uint32_t class_index;
    double share;        /* of the class */
    bool refused;        /* no peer is there for it */
    bool bound;          /* to peers, or drawn over them */
    double uneven;       /* relative error of its share, at most about */
    bool rms_together;   /* where units of a peer run out, its RMS may have run out too */
    uint32_t paced;      /* peer at which so many calls a second are set up only; NONE: none */
    bool comes_back;     /* to a cluster that it chose a peer of before */
    uint32_t slowed;     /* legs that choose among several peers of which some are so limited */
    uint32_t first_need; /* of all needs of the network: where its own begin */
    int need_count;
    const struct need *needs; /* borrowed of the network; at most NEEDS_MAX */
    const char *reason;
};

struct network {
    struct resource *resources; /* owned */
    uint32_t resource_count;
    struct flow *flows; /* owned; ordered by class */
    uint32_t flow_count, flow_room;
    struct arena *needs; /* owned: of all flows */
    uint32_t need_count;
    uint32_t *first_user, *users; /* owned: users[first_user[r]] .. users[first_user[r + 1] - 1] are
                                     the flows that need resource r */
    bool paced;                   /* some flow is */
    double slowest; /* set-up rate of the slowest peer that flows choose among others; 0: none */
};

/* away[i], unlicensed[i]: bit j set: peer j of cluster i takes no part, its licences are not in the
 * pool. False when out of memory. */
bool network_init(struct network *network, const struct scenario *scenario, const uint8_t *away,
                  const uint8_t *unlicensed);
void network_release(struct network *network);

#endif
