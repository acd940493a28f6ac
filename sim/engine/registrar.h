/* What the peers of all clusters hold: registrations against their limits, licences, request
 * queues.
 *
 * Every claim (one registration) must find room on its peer (registrations, MRA registrations,
 * encrypted sessions of the capped image), in its cluster (factor x node, see
 * scenario_cluster_limit) and in the pool of its licence. Licences of a peer that is away leave the
 * pool after the cluster's grace; registrations that hold one are not cut.
 *
 * A peer with a registration-rate serves requests first come first served, refreshes before others:
 * what they leave of the rate serves the queue. Alarms rise at 90 % and at the limit, and are
 * lowered below 85 % and 95 % of it.
 *
 * Peers and clusters are indices of the scenario, times nanoseconds.
 */
#ifndef PEERPLAN_SIM_REGISTRAR_H
#define PEERPLAN_SIM_REGISTRAR_H

#include "model/scenario.h"
#include "sim/engine/registrations.h"

enum registrar_state { PEER_UP, PEER_DRAINING, PEER_AWAY };

/* One registration as the limits see it. */
struct claim {
    bool mra;
    bool by_table;   /* its refresh interval depends on the peer's registrations */
    int8_t licence;  /* enum licence, or -1 */
    int8_t sessions; /* encrypted signalling sessions */
    uint64_t load;   /* refreshes in 2^32 seconds */
};

/* A number in motion: its value, peak and integral over time. */
struct level {
    int64_t value, peak;
    int64_t cap; /* of `full`; 0: not watched */
    nanos since;
    double area; /* value x seconds */
    double full; /* seconds at the cap */
};

/* An alarm on a level; it has a state and nothing else. */
struct gauge {
    bool raised;
};

enum peer_gauge { GAUGE_HELD, GAUGE_SESSIONS_NEAR, GAUGE_SESSIONS_FULL, PEER_GAUGES };
enum cluster_gauge {
    GAUGE_CLUSTER_HELD,
    GAUGE_ROOM_NEAR,
    GAUGE_ROOM_FULL,
    GAUGE_DESKTOP_NEAR,
    GAUGE_DESKTOP_FULL,
    CLUSTER_GAUGES
};

struct registrar_peer {
    enum registrar_state state;
    nanos changed; /* when it went down or came back last */
    int64_t cap, mra_cap, sessions_cap, webrtc_cap;
    struct level held, mra;
    struct level sessions, webrtc;       /* encrypted ones, of registrations and calls together */
    bool sessions_closed, webrtc_closed; /* were full, and are not yet below 99 % */
    uint64_t load;                       /* refreshes in 2^32 s of all with a fixed interval */
    int64_t by_table;                    /* held with an interval by the table */
    double refreshes;                    /* served refreshes, integrated up to refreshes_since */
    nanos refreshes_since;
    double flooded;         /* seconds in which refreshes took all of the rate */
    double refreshes_start; /* what `refreshes` was when measuring began */
    double refresh_load;    /* greatest share of the rate */
    double rate;            /* 0: serves at once */
    int64_t queue;          /* requests that may wait or be served */
    nanos busy_until;
    uint64_t requests, requests_start; /* served, refreshes not among them */
    int64_t second;                    /* the second that `in_second` counts */
    uint32_t in_second;
    double peak_rate;
    uint64_t refused_limit, refused_queue, timed_out;
    uint8_t keys_watched; /* bit enum licence: has no key of it, and nobody has needed one yet */
    uint8_t keyless;      /* bit enum licence: the alarm that it lacks one is up */
    struct gauge gauges[PEER_GAUGES];
};

struct registrar_cluster {
    int64_t cap, mra_cap;
    struct level held, mra, sessions;
    struct level licences[LICENCE_COUNT], pools[LICENCE_COUNT]; /* in use, and what there are */
    int64_t pool_start[LICENCE_COUNT];
    bool pool_moved[LICENCE_COUNT];  /* since measuring began */
    nanos full_since[LICENCE_COUNT]; /* no licence free since; FOREVER: there is one */
    double full[LICENCE_COUNT];      /* seconds without a free one */
    int full_peers;                  /* with GAUGE_HELD raised */
    uint8_t holders_out; /* bit enum licence: all peers that hold licences of it are away */
    struct gauge gauges[CLUSTER_GAUGES];
};

struct registrar {
    const struct scenario *scenario;
    struct registrar_peer *peers;       /* owned */
    struct registrar_cluster *clusters; /* owned */
    struct alarm_sink alarms;
    nanos measured_from, measured_to;
    bool repeating; /* standing alarms are being told again */
};

bool registrar_init(struct registrar *registrar, const struct scenario *scenario);
void registrar_release(struct registrar *registrar);
void registrar_reset(struct registrar *registrar, nanos start, struct alarm_sink alarms);

void registrar_set(struct registrar *registrar, uint32_t peer, enum registrar_state state,
                   nanos now);
bool registrar_up(const struct registrar *registrar, uint32_t peer); /* takes registrations */

/* licensed: the claim needs a licence of its own (the first flow of an endpoint). */
bool registrar_admits(const struct registrar *registrar, uint32_t peer, const struct claim *claim,
                      bool licensed, nanos now);
/* It serves the refreshes of all that it holds and of this claim; always so without a rate. */
bool registrar_keeps_up(const struct registrar *registrar, uint32_t peer,
                        const struct claim *claim);
void registrar_hold(struct registrar *registrar, uint32_t peer, const struct claim *claim,
                    nanos now);
void registrar_drop(struct registrar *registrar, uint32_t peer, const struct claim *claim,
                    nanos now);
/* Encrypted sessions of calls. */
bool registrar_session_free(const struct registrar *registrar, uint32_t peer, bool webrtc);
void registrar_session(struct registrar *registrar, uint32_t peer, bool webrtc, int change,
                       nanos now);

/* A licence of the cluster taken (1) or given back (-1). */
void registrar_licence(struct registrar *registrar, uint32_t cluster, int licence, int delta,
                       nanos now);

void registrar_pool_changed(struct registrar *registrar, uint32_t cluster, nanos now);

/* A request reaches a peer that lives: when it is served, or REQUEST_REFUSED (the queue is full).
 * A client that waits `patience` (0: for ever) has gone by then, but the work is done. */
#define REQUEST_REFUSED (-1)
nanos registrar_request(struct registrar *registrar, uint32_t peer, nanos now, nanos patience);

double registrar_served(const struct registrar *registrar, uint32_t peer, nanos now);

/* Standing alarms are raised again, for a listener that begins to listen now. */
void registrar_measure(struct registrar *registrar, nanos now);
void registrar_finish(struct registrar *registrar, nanos now);
double level_mean(const struct level *level, nanos from, nanos to);

#endif
