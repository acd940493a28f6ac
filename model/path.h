/* The path of a call: the clusters and peers that it passes, one after the other, and what it takes
 * there. The only place that says so: `route` prints it, the simulation runs it, the estimate
 * weighs it.
 *
 * A path is a list of legs in the order in which the call passes them. A leg names a cluster and
 * how its peer is found: chosen by a policy, or the peer at which one end of the call is
 * registered. Readings (the chapter X14.2, "Clustering and Peers"; Mobile and Remote Access guide;
 * Administrator Guide X15.5, RMS consumption):
 *
 * - A call from a device enters at the peer that it is registered to; one from outside at the peer
 *   that the zone or cluster chooses. From an edge it goes on to the core (`traversal`).
 * - A device with remote access (MRA) is registered through an edge peer and a core peer. Calls
 * from it and to it pass both; MRA calls are not balanced, only registrations are.
 * - A path may come back to a cluster: a call between two MRA devices has two legs at the edge and
 *   two at the core, each held, also where both are on one peer; between MRA and the internet it
 *   crosses the edge twice, once as MRA and once as B2B, and the core once.
 * - A call to a device of another peer of a cluster is held where it entered, as the B2BUA is
 * there; the peer of the device passes signalling only, unless `units-on-both-peers`.
 * - With call signalling optimization an H.323 call from outside is not held where it was received
 *   but where the device is registered: the receiving peer drops out.
 * - What leaves for the internet (a dns zone, or b2b to the outside) from a core goes out through
 * an edge before it.
 * - The protocol follows from both ends: SIP and H.323 are interworked.
 * - RMS is taken once: on the cluster of the role that the table of services names which is nearest
 *   to the far side; where calls enter, if they are interworked or between peers of a cluster.
 */
#ifndef PEERPLAN_MODEL_PATH_H
#define PEERPLAN_MODEL_PATH_H

#include "model/scenario.h"

#define LEGS_MAX 8 /* a call passes at most so many legs */

enum leg_kind {
    LEG_CHOOSE,      /* the policy chooses among the candidates */
    LEG_ORIGIN,      /* the peer that the calling device is registered to */
    LEG_ORIGIN_CORE, /* the core peer behind it */
    LEG_TARGET_CORE, /* the core peer behind the called device's */
    LEG_TARGET,      /* the peer that the called device is registered to */
};

/* Encrypted signalling sessions that a leg counts as, on peers with a capped image. */
enum leg_session { SESSION_NONE, SESSION_ENCRYPTED, SESSION_WEBRTC };

_Static_assert(CLUSTER_PEERS_MAX <= 8, "a set of peers of a cluster is a byte");

struct leg {
    uint32_t cluster;
    enum leg_kind kind;
    uint32_t population; /* of a registered leg */
    bool mra;            /* the leg of an MRA device at its edge or core */

    /* LEG_CHOOSE: */
    enum selection policy;
    bool pinned;    /* the class states the peer */
    bool next;      /* a peer that cannot take the call is passed over */
    bool dead_next; /* so is one that is dead and not yet detected; else the call is lost there */
    bool several;   /* only peers that can take the call are candidates */
    bool keyed;     /* the peer with most available among all: nothing else to look at */
    uint8_t candidates;               /* bit i: peer i of the cluster */
    uint8_t tiers[CLUSTER_PEERS_MAX]; /* candidates by priority, the first ones first */
    uint8_t tier_count;               /* 0: all are alike */
    bool weighted;                    /* random choices: by weights, else all alike */
    double weights[CLUSTER_PEERS_MAX];

    bool takes;        /* holds anything; else it only asks for the peer */
    bool both_needed;  /* a registered leg that holds nothing where the leg of the same cluster
                          before  it is on the same peer */
    bool cut_by_drain; /* its calls are cut when the peer begins maintenance */
    enum leg_session session;
    int64_t units[CLUSTER_PEERS_MAX];
    int64_t wants[CLUSTER_PEERS_MAX]; /* units that must be free, with those reserved for others */
    int64_t drops[CLUSTER_PEERS_MAX]; /* by how much it drops what most-available compares: units,
                                         or one session */
    int64_t rms, rms_wants;           /* halves; with those reserved for others */
    int64_t turn;                     /* relays */
    uint32_t ledger;                  /* the simulation's: place in its ledger; NONE without RMS */
};

struct path {
    struct leg legs[LEGS_MAX + 1]; /* the last one is for what has no place */
    uint32_t count;
    enum protocol protocol; /* PROTOCOL_INTERWORKED where the ends differ */
    uint32_t turn_leg;      /* which takes the relays; NONE: none */
};

/* The path of a call of a class that comes in by `via` (mostly the class's own). False when it has
 * more legs than LEGS_MAX. */
bool path_make(struct path *path, const struct scenario *scenario, const struct call_class *call,
               const struct via *via);

/* Ends of a call whose devices are registered to their fallback cluster, for no peer of their own
 * is there: bits. */
enum path_away { PATH_ORIGIN_AWAY = 1, PATH_TARGET_AWAY = 2, PATH_AWAY_ALL = 3 };

/* The ends of a call that may be so: those of populations with a fallback. */
unsigned path_may_be_away(const struct scenario *scenario, const struct call_class *call,
                          const struct via *via);
/* The path of a call while its ends `away` (bits; of those that may be) are. */
bool path_make_away(struct path *path, const struct scenario *scenario,
                    const struct call_class *call, const struct via *via, unsigned away);

/* The same with media that go direct between two MRA devices (`ice`): it passes the same peers, and
 * holds no units and no relays. */
void path_go_direct(struct path *path);

/* Both ends are MRA devices: `ice` applies. */
bool path_between_mra(const struct scenario *scenario, const struct call_class *call,
                      const struct via *via);

/* The cluster that takes the calls instead when all peers of the way in are away; NONE: none. */
uint32_t path_fallback(const struct scenario *scenario, const struct via *via);

/* The cluster that devices register to while no peer of their own is there; NONE: none. */
uint32_t path_refuge(const struct endpoints *endpoints);

/* The core cluster behind the edge `cluster` through which devices register; NONE: they have none.
 */
uint32_t path_core(const struct scenario *scenario, const struct endpoints *endpoints,
                   uint32_t cluster);

#endif
