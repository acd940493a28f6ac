/* The configuration of clusters in time: a small state machine for each cluster, alarms as events.
 *
 * Facts (Administrator Guide X14.2, "Clustering and Peers"): configuration is changed on the
 * primary and reaches the others within a minute; a change on another peer is overwritten at the
 * next synchronization, peer-specific items are not; when the primary is lost the rest go on but
 * may drift apart; cluster-wide changes while a peer is away or being upgraded harm replication;
 * ForceConfigUpdate makes a peer take the primary's configuration, on the primary it loses all;
 * a backup is restored only on a peer outside the cluster.
 *
 * Readings: rounds are on the minute of the scenario's clock and are events only when there is
 * something to do. A peer that missed a cluster-wide change while it was away needs a forced update
 * (alarm 20011), one that still names another primary too (20017), a restored one until it is made
 * primary or updated (20012); such peers take part in no round. No round runs during an upgrade
 * (20008). A running peer in maintenance replicates. A change on a peer that is away, a move of the
 * primary to a peer with such an alarm, and a restore inside a cluster of several are refused.
 * Nothing here affects traffic.
 *
 * A version stands for a configuration: peers with the same number have the same one.
 */
#ifndef PEERPLAN_MODEL_CONFIGURATION_H
#define PEERPLAN_MODEL_CONFIGURATION_H

#include "model/alarm.h"

enum configuration_state {
    CONFIGURATION_RUNNING,
    CONFIGURATION_MAINTENANCE,
    CONFIGURATION_AWAY,    /* member of the cluster, but does not answer */
    CONFIGURATION_OUTSIDE, /* not joined yet, or left */
};

enum configuration_outcome {
    CONFIGURATION_DONE,
    CONFIGURATION_LOCAL, /* on a subordinate: will be overwritten */
    CONFIGURATION_REFUSED,
    CONFIGURATION_WIPED, /* forced update on the primary */
};

/* Alarms a peer can have raised, in the order of the table in configuration.c. */
enum configuration_alarm {
    ALARM_MAINTENANCE,    /* 15015 */
    ALARM_COMMUNICATION,  /* 20004 */
    ALARM_ROUND_FAILED,   /* 20009 */
    ALARM_MISSED_CHANGE,  /* 20011 */
    ALARM_OTHER_SETTINGS, /* 20012 */
    ALARM_FILE_MISSING,   /* 20014 */
    ALARM_NO_PRIMARY,     /* 20016 */
    ALARM_OTHER_PRIMARY,  /* 20017 */
    ALARM_NOT_REPLICATED, /* 20006, the cluster's */
    ALARM_UPGRADE,        /* 20008, the cluster's */
    CONFIGURATION_ALARMS
};

struct configuration_peer {
    enum configuration_state state;
    uint64_t version;
    uint32_t primary;     /* whom it takes for the primary (place in the cluster) */
    bool edited;          /* changed by itself since the last round */
    bool missed;          /* a cluster-wide change was made while it was away */
    bool restored;        /* from a backup, outside the cluster */
    uint32_t raised;      /* alarms, a bit each */
    uint64_t own_changes; /* of peer-specific items, which stay */
};

struct configuration {
    uint32_t cluster;
    uint32_t count, first_peer;
    uint32_t primary; /* place in the cluster */
    uint64_t last_version;
    bool upgrading;
    bool wiped;           /* the configuration was lost and not restored since */
    uint32_t raised;      /* the cluster's alarms */
    nanos synchronized;   /* the previous round that had something to do; -1: none yet */
    bool waiting;         /* for the next round */
    uint64_t overwritten; /* changes that a round undid */
    struct configuration_peer peers[CLUSTER_PEERS_MAX];
};

/* What became of a scripted change. */
struct change_fate {
    bool made;
    enum configuration_outcome outcome;
    bool overwritten; /* by a later round */
    nanos previous;   /* the round before it that had something to do; -1: none */
    nanos next;       /* the next round of its cluster; FOREVER: none yet */
};

/* All clusters of a scenario, and its scripted changes. */
struct configurations {
    const struct scenario *scenario;
    struct configuration *clusters; /* owned */
    uint32_t *order;                /* owned: changes by time, then place in the file */
    struct change_fate *fates;      /* owned: by change */
    nanos now;                      /* of what is told, or done */
    uint32_t next_change;
    uint32_t *waiting; /* owned: clusters with something to do in the next round */
    uint32_t waiting_count;
    nanos round; /* the next round, FOREVER when nobody waits */
    struct alarm_sink alarms;
};

bool configurations_init(struct configurations *configurations, const struct scenario *scenario);
void configurations_release(struct configurations *configurations);
void configurations_reset(struct configurations *configurations, nanos start,
                          struct alarm_sink alarms);
void configurations_repeat(struct configurations *configurations, nanos now); /* standing alarms */
nanos configurations_next(const struct configurations *configurations);       /* change or round */
void configurations_step(struct configurations *configurations);

/* Told by the simulation. Peers are scenario indices; a peer that joins or leaves at `now` is told
 * up or down as well. planned: nobody wonders that it does not answer. */
void configurations_peer_down(struct configurations *configurations, uint32_t peer, bool planned,
                              nanos now);
void configurations_peer_up(struct configurations *configurations, uint32_t peer, nanos now);
void configurations_peer_drain(struct configurations *configurations, uint32_t peer, nanos now);
void configurations_upgrade(struct configurations *configurations, uint32_t cluster, bool begins,
                            nanos now);

enum configuration_outcome configurations_change(struct configurations *configurations,
                                                 enum change_kind kind, uint32_t peer, nanos now);

const struct change_fate *configurations_fate(const struct configurations *configurations,
                                              uint32_t change);

/* The peer has the primary's configuration. */
bool configuration_in_sync(const struct configuration *configuration, uint32_t place);

#endif
