/* Registrations in motion: which endpoint is registered where, what a lost, drained or restored
 * peer sets off.
 *
 * The simulation drives it: it asks for the time of the next event, does events with
 * registrations_step, and tells of every change of a peer. Refreshes that change nothing are no
 * events: their rate is known in closed form and the phase of an endpoint is kept, so that 200,000
 * endpoints that sit still cost nothing. Events exist only for what a change of a peer causes: the
 * notice at the next refresh, keepalive or call, tries at other peers, answers, waits, moves back.
 *
 * A registrant is one registration that an endpoint keeps: an endpoint has one, a SIP and H.323
 * device two, a SIP outbound device one per flow. Its state is 12 bytes. An endpoint is registered
 * while one of its registrants is held by a peer that lives; a loss not noticed yet counts as
 * unregistered.
 *
 * A try at a peer: a dead peer does not answer (`timeout` passes), a draining one refuses, one with
 * a registration-rate queues it (a full queue refuses at once) and serves it first come first
 * served at the rate that refreshes leave over. A client whose time-out passes first has gone, but
 * its work is done all the same, which is how congestion collapses. A peer that serves a try
 * admits it within the limits of peer and cluster: registrations, MRA registrations, encrypted
 * sessions of a capped image, pooled licences. When every peer in reach has failed the client waits
 * and starts again.
 *
 * Readings where the sources are silent: only local registrations take a licence (proxied and MRA
 * endpoints are registered elsewhere), outbound flows take one together; the registrations of a
 * dead peer are gone from all limits at once, and lost if it returns before the endpoint noticed;
 * outbound flows go back to their own peer; MRA switches between one and two keepalives after the
 * loss (the published 30 to 60 s; keepalive 0: at once, as a reset does), and after a return half
 * of what each peer holds above the mean moves at its next refresh; a draining peer's endpoints
 * move at their next refresh.
 *
 * Times are nanoseconds, peers and populations are indices of the scenario. After
 * registrations_new nothing fails except for want of memory, which registrations_failed tells.
 */
#ifndef PEERPLAN_SIM_REGISTRATIONS_H
#define PEERPLAN_SIM_REGISTRATIONS_H

#include "model/alarm.h"
#include "model/path.h"
#include "sim/engine/scripted.h"

struct registrations;

/* Owned; NULL when out of memory. The scenario must live longer. */
struct registrations *registrations_new(const struct scenario *scenario);
void registrations_free(struct registrations *registrations);

/* How a replication starts. */
struct registrations_start {
    uint64_t seed;
    uint32_t replication;
    nanos time;
    const uint32_t *down; /* peers away from the start; peers that join later are too */
    uint32_t down_count;
    struct alarm_sink alarms;
};

/* Starts a replication: endpoints spread over the peers that are up, within the limits and no more
 * than the peers can refresh; the others are refused and keep trying. */
void registrations_reset(struct registrations *registrations,
                         const struct registrations_start *start);

nanos registrations_next(const struct registrations *registrations); /* FOREVER: none pending */
void registrations_step(struct registrations *registrations);        /* does the next event */
bool registrations_failed(const struct registrations *registrations);

/* Told by the simulation, `now` at most registrations_next. A peer that joins comes up, one that
 * leaves goes down; up also ends a drain. Telling the state a peer is in already does nothing. */
void registrations_peer_down(struct registrations *registrations, uint32_t peer, nanos now);
void registrations_peer_up(struct registrations *registrations, uint32_t peer, nanos now);
void registrations_peer_drain(struct registrations *registrations, uint32_t peer, nanos now);

/* Licences of a lost peer have left the pools of its cluster: alarms and full times follow. */
void registrations_pool_changed(struct registrations *registrations, uint32_t cluster, nanos now);

/* Calls: which endpoint (uniform); the peer it is registered to, NONE when unregistered, of several
 * flows the first that lives; that a call of an endpoint whose peer is lost makes it notice. */
uint32_t registrations_pick(const struct registrations *registrations, uint32_t population,
                            uint64_t random);
uint32_t registrations_peer(const struct registrations *registrations, uint32_t population,
                            uint32_t endpoint);
/* The core peer behind it; NONE when unregistered. */
uint32_t registrations_core(const struct registrations *registrations, uint32_t population,
                            uint32_t endpoint);
void registrations_call_noticed(struct registrations *registrations, uint32_t population,
                                uint32_t endpoint, nanos now);

/* Encrypted sessions that calls hold on a peer, beside those of registrations. */
bool registrations_session_free(const struct registrations *registrations, uint32_t peer,
                                enum leg_session session);
void registrations_session(struct registrations *registrations, uint32_t peer,
                           enum leg_session session, int change, nanos now);

/* Now, for series. `served` counts requests since reset, refreshes included in closed form. */
int64_t registrations_count(const struct registrations *registrations, uint32_t peer);
double registrations_served(const struct registrations *registrations, uint32_t peer, nanos now);

/* Follows what the events of a script do to devices: how many of them there are (false: out of
 * memory), which one takes peers down from now on (NONE: none), devices that it cost their
 * registration. */
bool registrations_follow(struct registrations *registrations, uint32_t scripted);
void registrations_scripted(struct registrations *registrations, uint32_t scripted);
struct lost_devices registrations_lost(const struct registrations *registrations,
                                       uint32_t scripted);

/* The measured period: begins, and ends (integrals are brought up to `now`). */
void registrations_measure(struct registrations *registrations, nanos now);
void registrations_finish(struct registrations *registrations, nanos now);

struct registrations_peer_figures {
    double mean, peak; /* registrations held */
    double mean_mra, peak_mra;
    double mean_sessions, peak_sessions; /* encrypted: of registrations and calls */
    double served;                       /* requests, refreshes included */
    double peak_rate;                    /* requests served in the busiest second */
    double held_full, mra_full, flooded; /* shares of the time at the limit */
    double refresh_load; /* greatest share of registration-rate that refreshes took; > 1: flood */
    uint64_t refused_limit, refused_queue, timed_out; /* tries: limit, full queue, too late */
};

struct registrations_population_figures {
    double unregistered_fraction; /* of the endpoint-time measured */
    double unregistered_minutes;  /* endpoint-minutes */
    uint64_t failovers;           /* registrants lost and registered again */
    /* s, loss to new registration, of the devices that were out; NAN: none, or it would be that of
     * one who was not back at the end */
    double failover_p50, failover_p95, failover_max;
    uint64_t rejected;   /* registrants for which no peer in reach had room, once a loss */
    int64_t lost_at_end; /* registrants without a peer at the end */
    uint64_t tries;
};

struct registrations_cluster_figures {
    double mean, peak; /* registrations held */
    double mean_mra, peak_mra, mean_sessions, peak_sessions;
    double held_full, mra_full; /* shares of the time at the limit */
    double imbalance; /* at the end: fullest peer up / mean of the peers up; NAN when empty */
    double mean_licences[LICENCE_COUNT], peak_licences[LICENCE_COUNT];
    double mean_pool[LICENCE_COUNT], pool_start[LICENCE_COUNT], pool_end[LICENCE_COUNT];
    double full_fraction[LICENCE_COUNT]; /* of the time measured, no licence of the kind was free */
};

struct registrations_peer_figures
registrations_peer_result(const struct registrations *registrations, uint32_t peer);
struct registrations_population_figures
registrations_population_result(const struct registrations *registrations, uint32_t population);
struct registrations_cluster_figures
registrations_cluster_result(const struct registrations *registrations, uint32_t cluster);

#endif
