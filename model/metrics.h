/* The catalogue of metrics: every figure that a result carries, said once.
 *
 * A row is METRIC(scope, id, name, unit, kind, meaning). Simulation, estimate, CSV, text, TUI and
 * `peerplan help metrics` take names and units from here; a metric is known by its id, METRIC_ with
 * the scope and the id of its row (METRIC_CLASS_OFFERED), or by scope and name, as in metrics.csv.
 * The kind says how the figure comes about:
 *   COUNT       mean over replications of what was counted in the measured period
 *   RATE        a count by hour of the measured period
 *   AVERAGE     average over the measured period, mean over replications
 *   PEAK        highest value in the measured period, mean over replications
 *   SHARE       a count divided by another, both summed over replications
 *   TIME_SHARE  part of the measured period
 *   VALUE       a value of the replication, mean over replications
 *   LIMIT       what the scenario allows; the same in all replications
 *
 * The order is that of metrics.csv within a scope.
 */
#ifndef PEERPLAN_MODEL_METRICS_H
#define PEERPLAN_MODEL_METRICS_H

#include "model/traffic.h"

enum scope {
    SCOPE_RUN,
    SCOPE_CLASS,
    SCOPE_CLUSTER,
    SCOPE_PEER,
    SCOPE_POOL,
    SCOPE_PIPE,
    SCOPE_ENDPOINTS,
    SCOPE_LICENCE, /* what one class holds of one pool: "edge.rms/b2b-video" */
    SCOPE_EVENT,   /* an outage, upgrade or change of the script; in events.csv, not metrics.csv */
    SCOPE_COUNT
};

enum quantity {
    QUANTITY_COUNT,
    QUANTITY_RATE,
    QUANTITY_AVERAGE,
    QUANTITY_PEAK,
    QUANTITY_SHARE,
    QUANTITY_TIME_SHARE,
    QUANTITY_VALUE,
    QUANTITY_LIMIT,
};

/* The causes of a class's refusals, by the list of causes: all that held, and where it alone did.
 */
#define METRIC_OF_CAUSE(id, name, meaning)                                                         \
    METRIC(CLASS, BLOCKED_##id, "blocked_" name, "calls", COUNT, "refused, also: " meaning)        \
    METRIC(CLASS, BLOCKED_##id##_ONLY, "blocked_" name "_only", "calls", COUNT,                    \
           "refused, and nothing else held: " meaning)

#define METRICS                                                                                    \
    METRIC(CLASS, OFFERED, "offered", "calls", COUNT, "fresh calls offered")                       \
    METRIC(CLASS, BLOCKED, "blocked", "calls", COUNT, "fresh calls refused at the first attempt")  \
    METRIC(CLASS, BLOCKED_FRACTION, "blocked_fraction", "1", SHARE, "blocked / offered")           \
    CAUSES(METRIC_OF_CAUSE)                                                                        \
    METRIC(CLASS, CARRIED, "carried", "calls", COUNT, "calls admitted, also those cut later")      \
    METRIC(CLASS, DROPPED, "dropped", "calls", COUNT, "calls cut when a peer was lost")            \
    METRIC(CLASS, DROPPED_RATE, "dropped_rate", "1/h", RATE, "calls cut by hour")                  \
    METRIC(CLASS, ATTEMPTS, "attempts", "calls", COUNT, "attempts, redials among them")            \
    METRIC(CLASS, ATTEMPTS_BLOCKED, "attempts_blocked", "calls", COUNT, "attempts refused")        \
    METRIC(CLASS, LOST_FRACTION, "lost_fraction", "1", SHARE,                                      \
           "fresh calls that were never admitted / offered")                                       \
    METRIC(CLASS, MEAN_IN_PROGRESS, "mean_in_progress", "calls", AVERAGE, "calls in progress")     \
    METRIC(CLASS, PEAK_IN_PROGRESS, "peak_in_progress", "calls", PEAK, "most calls in progress")   \
    METRIC(CLASS, BLOCKED_LOAD_90, "blocked_fraction_load_90", "1", SHARE,                         \
           "blocked_fraction at 90 % of the load")                                                 \
    METRIC(CLASS, BLOCKED_LOAD_95, "blocked_fraction_load_95", "1", SHARE,                         \
           "blocked_fraction at 95 % of the load")                                                 \
    METRIC(CLASS, BLOCKED_LOAD_105, "blocked_fraction_load_105", "1", SHARE,                       \
           "blocked_fraction at 105 % of the load")                                                \
    METRIC(CLASS, BLOCKED_LOAD_110, "blocked_fraction_load_110", "1", SHARE,                       \
           "blocked_fraction at 110 % of the load")                                                \
    METRIC(CLASS, BUSIEST_HOUR_ERLANGS, "busiest_hour_erlangs", "erlangs", VALUE,                  \
           "traffic of the busiest hour of the records")                                           \
    METRIC(CLASS, PEAKEDNESS, "peakedness", "1", VALUE,                                            \
           "variance / mean of calls in progress on infinitely many servers; 1: Poisson arrivals") \
    METRIC(CLUSTER, MEAN_UNITS, "mean_units", "units", AVERAGE, "session units in use")            \
    METRIC(CLUSTER, PEAK_UNITS, "peak_units", "units", PEAK, "most session units in use")          \
    METRIC(CLUSTER, CAP, "cap", "units", VALUE, "session units that the cluster may use")          \
    METRIC(CLUSTER, CALLS_CUT, "calls_cut_per_failure", "calls", VALUE,                            \
           "calls on a peer, cut if it fails")                                                     \
    METRIC(CLUSTER, FULL_FRACTION, "full_fraction", "1", TIME_SHARE, "time at the cap")            \
    METRIC(CLUSTER, PEERS_UP_0, "peers_up_0_fraction", "1", TIME_SHARE,                            \
           "time with no peer up and not draining")                                                \
    METRIC(CLUSTER, PEERS_UP_1, "peers_up_1_fraction", "1", TIME_SHARE, "time with 1 peer up")     \
    METRIC(CLUSTER, PEERS_UP_2, "peers_up_2_fraction", "1", TIME_SHARE, "time with 2 peers up")    \
    METRIC(CLUSTER, PEERS_UP_3, "peers_up_3_fraction", "1", TIME_SHARE, "time with 3 peers up")    \
    METRIC(CLUSTER, PEERS_UP_4, "peers_up_4_fraction", "1", TIME_SHARE, "time with 4 peers up")    \
    METRIC(CLUSTER, PEERS_UP_5, "peers_up_5_fraction", "1", TIME_SHARE, "time with 5 peers up")    \
    METRIC(CLUSTER, PEERS_UP_6, "peers_up_6_fraction", "1", TIME_SHARE, "time with 6 peers up")    \
    METRIC(CLUSTER, PEERS_UP_0_MINUTES, "peers_up_0_minutes_a_year", "min", VALUE,                 \
           "minutes a year with no peer up")                                                       \
    METRIC(CLUSTER, PEERS_UP_1_MINUTES, "peers_up_1_minutes_a_year", "min", VALUE,                 \
           "minutes a year with 1 peer up")                                                        \
    METRIC(CLUSTER, PEERS_UP_2_MINUTES, "peers_up_2_minutes_a_year", "min", VALUE,                 \
           "minutes a year with 2 peers up")                                                       \
    METRIC(CLUSTER, PEERS_UP_3_MINUTES, "peers_up_3_minutes_a_year", "min", VALUE,                 \
           "minutes a year with 3 peers up")                                                       \
    METRIC(CLUSTER, PEERS_UP_4_MINUTES, "peers_up_4_minutes_a_year", "min", VALUE,                 \
           "minutes a year with 4 peers up")                                                       \
    METRIC(CLUSTER, PEERS_UP_5_MINUTES, "peers_up_5_minutes_a_year", "min", VALUE,                 \
           "minutes a year with 5 peers up")                                                       \
    METRIC(CLUSTER, PEERS_UP_6_MINUTES, "peers_up_6_minutes_a_year", "min", VALUE,                 \
           "minutes a year with 6 peers up")                                                       \
    METRIC(CLUSTER, MEAN_REGISTRATIONS, "mean_registrations", "registrations", AVERAGE,            \
           "registrations held")                                                                   \
    METRIC(CLUSTER, PEAK_REGISTRATIONS, "peak_registrations", "registrations", PEAK,               \
           "most registrations held")                                                              \
    METRIC(CLUSTER, REGISTRATION_IMBALANCE, "registration_imbalance", "1", SHARE,                  \
           "registrations of the peer with most / those of an even share")                         \
    METRIC(CLUSTER, REGISTRATIONS_LIMIT, "registrations_limit", "registrations", LIMIT,            \
           "registrations that the cluster allows")                                                \
    METRIC(CLUSTER, MEAN_MRA_REGISTRATIONS, "mean_mra_registrations", "registrations", AVERAGE,    \
           "MRA registrations held")                                                               \
    METRIC(CLUSTER, PEAK_MRA_REGISTRATIONS, "peak_mra_registrations", "registrations", PEAK,       \
           "most MRA registrations held")                                                          \
    METRIC(CLUSTER, MRA_REGISTRATIONS_LIMIT, "mra_registrations_limit", "registrations", LIMIT,    \
           "MRA registrations that the cluster allows")                                            \
    METRIC(CLUSTER, MEAN_ENCRYPTED_SESSIONS, "mean_encrypted_sessions", "sessions", AVERAGE,       \
           "encrypted signalling sessions of registrations and calls, WebRTC not among them")      \
    METRIC(CLUSTER, PEAK_ENCRYPTED_SESSIONS, "peak_encrypted_sessions", "sessions", PEAK,          \
           "most encrypted signalling sessions")                                                   \
    METRIC(CLUSTER, ENCRYPTED_SESSIONS_LIMIT, "encrypted_sessions_limit", "sessions", LIMIT,       \
           "encrypted signalling sessions that the images of its peers allow")                     \
    METRIC(CLUSTER, REGISTRATIONS_FULL, "registrations_full_fraction", "1", TIME_SHARE,            \
           "time with as many registrations as the cluster allows")                                \
    METRIC(CLUSTER, MRA_REGISTRATIONS_FULL, "mra_registrations_full_fraction", "1", TIME_SHARE,    \
           "time with as many MRA registrations as the cluster allows")                            \
    METRIC(CLUSTER, PROVISIONING, "provisioning", "devices", LIMIT, "provisioned devices")         \
    METRIC(CLUSTER, PROVISIONING_LIMIT, "provisioning_limit", "devices", LIMIT,                    \
           "provisioned devices that a cluster holds")                                             \
    METRIC(CLUSTER, FINDME, "findme", "accounts", LIMIT, "FindMe accounts")                        \
    METRIC(CLUSTER, FINDME_LIMIT, "findme_limit", "accounts", LIMIT,                               \
           "FindMe accounts that a cluster holds")                                                 \
    METRIC(CLUSTER, PHONEBOOK, "phonebook", "entries", LIMIT, "phone book entries")                \
    METRIC(CLUSTER, PHONEBOOK_LIMIT, "phonebook_limit", "entries", LIMIT,                          \
           "phone book entries that a cluster holds")                                              \
    METRIC(CLUSTER, MEAN_TURN_RELAYS, "mean_turn_relays", "relays", AVERAGE, "TURN relays in use") \
    METRIC(CLUSTER, PEAK_TURN_RELAYS, "peak_turn_relays", "relays", PEAK,                          \
           "most TURN relays in use")                                                              \
    METRIC(CLUSTER, TURN_RELAYS_LIMIT, "turn_relays_limit", "relays", LIMIT,                       \
           "TURN relays that the cluster allows")                                                  \
    METRIC(CLUSTER, BUSIEST_HOUR_UNITS, "busiest_hour_units", "units", VALUE,                      \
           "session units wanted in the busiest hour of the records")                              \
    METRIC(CLUSTER, PEAKEDNESS, "peakedness", "1", VALUE,                                          \
           "variance / mean of units in use on infinitely many servers, all recorded calls")       \
    METRIC(PEER, MEAN_UNITS, "mean_units", "units", AVERAGE, "session units in use")               \
    METRIC(PEER, PEAK_UNITS, "peak_units", "units", PEAK, "most session units in use")             \
    METRIC(PEER, UTILIZATION, "utilization", "1", AVERAGE,                                         \
           "mean_units / units of the node; time away counts as 0")                                \
    METRIC(PEER, ADMITTED_SHARE, "admitted_share", "1", SHARE,                                     \
           "calls admitted here / in the cluster")                                                 \
    METRIC(PEER, UP_FRACTION, "up_fraction", "1", TIME_SHARE, "time up, draining or not")          \
    METRIC(PEER, DRAINING_FRACTION, "draining_fraction", "1", TIME_SHARE, "time draining")         \
    METRIC(PEER, MEAN_REGISTRATIONS, "mean_registrations", "registrations", AVERAGE,               \
           "registrations held")                                                                   \
    METRIC(PEER, PEAK_REGISTRATIONS, "peak_registrations", "registrations", PEAK,                  \
           "most registrations held")                                                              \
    METRIC(PEER, PEAK_REGISTRATION_RATE, "peak_registration_rate", "1/s", PEAK,                    \
           "most registration requests served in a second")                                        \
    METRIC(PEER, REGISTRATIONS_SERVED, "registrations_served", "requests", COUNT,                  \
           "registration requests served")                                                         \
    METRIC(PEER, REGISTRATION_LOAD, "registration_load", "1", AVERAGE,                             \
           "refreshes / what the peer can serve")                                                  \
    METRIC(PEER, REGISTRATIONS_REFUSED_LIMIT, "registrations_refused_limit", "requests", COUNT,    \
           "registration requests refused: no room or no licence")                                 \
    METRIC(PEER, REGISTRATIONS_REFUSED_QUEUE, "registrations_refused_queue", "requests", COUNT,    \
           "registration requests refused: the queue was full")                                    \
    METRIC(PEER, REGISTRATIONS_TIMED_OUT, "registrations_timed_out", "requests", COUNT,            \
           "registration requests given up before they were served")                               \
    METRIC(PEER, MEAN_MRA_REGISTRATIONS, "mean_mra_registrations", "registrations", AVERAGE,       \
           "MRA registrations held")                                                               \
    METRIC(PEER, PEAK_MRA_REGISTRATIONS, "peak_mra_registrations", "registrations", PEAK,          \
           "most MRA registrations held")                                                          \
    METRIC(PEER, MEAN_ENCRYPTED_SESSIONS, "mean_encrypted_sessions", "sessions", AVERAGE,          \
           "encrypted signalling sessions of registrations and calls, WebRTC not among them")      \
    METRIC(PEER, PEAK_ENCRYPTED_SESSIONS, "peak_encrypted_sessions", "sessions", PEAK,             \
           "most encrypted signalling sessions held")                                              \
    METRIC(PEER, REGISTRATIONS_LIMIT, "registrations_limit", "registrations", LIMIT,               \
           "registrations that the platform allows")                                               \
    METRIC(PEER, MRA_REGISTRATIONS_LIMIT, "mra_registrations_limit", "registrations", LIMIT,       \
           "MRA registrations that the platform allows")                                           \
    METRIC(PEER, ENCRYPTED_SESSIONS_LIMIT, "encrypted_sessions_limit", "sessions", LIMIT,          \
           "encrypted signalling sessions that the image allows")                                  \
    METRIC(PEER, REGISTRATIONS_FULL, "registrations_full_fraction", "1", TIME_SHARE,               \
           "time with as many registrations as the platform allows")                               \
    METRIC(PEER, MRA_REGISTRATIONS_FULL, "mra_registrations_full_fraction", "1", TIME_SHARE,       \
           "time with as many MRA registrations as the platform allows")                           \
    METRIC(PEER, REFRESHES_FULL, "refreshes_full_fraction", "1", TIME_SHARE,                       \
           "time in which refreshes take all that the peer can serve")                             \
    METRIC(PEER, SETUP_RATE_FULL, "setup_rate_full_fraction", "1", TIME_SHARE,                     \
           "time in which a call would be refused for the set-up rate")                            \
    METRIC(PEER, MEAN_TURN_RELAYS, "mean_turn_relays", "relays", AVERAGE, "TURN relays in use")    \
    METRIC(PEER, PEAK_TURN_RELAYS, "peak_turn_relays", "relays", PEAK, "most TURN relays in use")  \
    METRIC(PEER, TURN_RELAYS_LIMIT, "turn_relays_limit", "relays", LIMIT,                          \
           "TURN relays that the platform allows")                                                 \
    METRIC(POOL, SIZE, "size", "licences", AVERAGE, "licences of the pool")                        \
    METRIC(POOL, SIZE_START, "size_start", "licences", VALUE, "licences of the pool at the start") \
    METRIC(POOL, SIZE_END, "size_end", "licences", VALUE, "licences of the pool at the end")       \
    METRIC(POOL, MEAN_IN_USE, "mean_in_use", "licences", AVERAGE, "licences in use")               \
    METRIC(POOL, PEAK_IN_USE, "peak_in_use", "licences", PEAK, "most licences in use")             \
    METRIC(POOL, FULL_FRACTION, "full_fraction", "1", TIME_SHARE, "time with all in use")          \
    METRIC(PIPE, MEAN_BANDWIDTH, "mean_bandwidth", "bit/s", AVERAGE, "bandwidth in use")           \
    METRIC(PIPE, PEAK_BANDWIDTH, "peak_bandwidth", "bit/s", PEAK, "most bandwidth in use")         \
    METRIC(PIPE, FULL_FRACTION, "full_fraction", "1", TIME_SHARE, "time with all in use")          \
    METRIC(PIPE, TOTAL, "total", "bit/s", LIMIT, "what the pipe carries")                          \
    METRIC(ENDPOINTS, UNREGISTERED_FRACTION, "unregistered_fraction", "1", AVERAGE,                \
           "share of devices not registered")                                                      \
    METRIC(ENDPOINTS, UNREGISTERED_MINUTES, "unregistered_minutes", "min", COUNT,                  \
           "minutes that devices were not registered, all added up")                               \
    METRIC(ENDPOINTS, FAILOVERS, "failovers", "registrations", COUNT,                              \
           "devices that lost their registration and found another")                               \
    METRIC(ENDPOINTS, FAILOVER_P50, "failover_p50", "s", SHARE, "median time to register again")   \
    METRIC(ENDPOINTS, FAILOVER_P95, "failover_p95", "s", SHARE,                                    \
           "time to register again, 95 of 100 devices are faster")                                 \
    METRIC(ENDPOINTS, FAILOVER_MAX, "failover_max", "s", SHARE, "longest time to register again")  \
    METRIC(ENDPOINTS, REJECTED, "rejected", "registrations", COUNT,                                \
           "registration requests refused")                                                        \
    METRIC(ENDPOINTS, LOST_AT_END, "lost_at_end", "registrations", VALUE,                          \
           "devices not registered at the end")                                                    \
    METRIC(LICENCE, MEAN_IN_USE, "mean_in_use", "licences", AVERAGE, "licences the class holds")   \
    METRIC(LICENCE, PEAK_IN_USE, "peak_in_use", "licences", PEAK, "most licences it held")         \
    METRIC(LICENCE, REFUSED, "refused", "calls", COUNT, "calls refused for lack of a licence")     \
    METRIC(LICENCE, REFUSED_ONLY, "refused_only", "calls", COUNT,                                  \
           "calls refused for lack of a licence alone")                                            \
    METRIC(EVENT, CALLS_CUT, "calls_cut", "calls", COUNT, "calls cut by it")                       \
    METRIC(EVENT, DEVICES_LOST, "devices_lost", "devices", COUNT,                                  \
           "devices that lost their registration")                                                 \
    METRIC(EVENT, DEVICES_NOT_BACK, "devices_not_back", "devices", COUNT,                          \
           "of these, not registered again when the run ended")                                    \
    METRIC(EVENT, BACK_25, "back_25", "s", SHARE, "time until 25 of 100 of them were back")        \
    METRIC(EVENT, BACK_50, "back_50", "s", SHARE, "time until 50 of 100 of them were back")        \
    METRIC(EVENT, BACK_75, "back_75", "s", SHARE, "time until 75 of 100 of them were back")        \
    METRIC(EVENT, BACK_95, "back_95", "s", SHARE, "time until 95 of 100 of them were back")        \
    METRIC(EVENT, BACK_ALL, "back_all", "s", SHARE, "time until all of them were back")            \
    METRIC(EVENT, SETTLED, "settled", "s", SHARE, "time until all were back and calls renewed")    \
    METRIC(EVENT, REFUSED_FRACTION, "refused_fraction", "1", SHARE,                                \
           "calls of all classes refused until settled / offered")                                 \
    METRIC(EVENT, OVERWRITTEN, "overwritten", "edits", COUNT, "edits that the next sync undid")    \
    METRIC(EVENT, REFUSED, "refused", "changes", COUNT, "changes and restores refused")            \
    METRIC(EVENT, PREVIOUS_SYNC, "previous_sync", "s", SHARE, "time since the sync before it")     \
    METRIC(EVENT, NEXT_SYNC, "next_sync", "s", SHARE, "time until the sync after it")              \
    METRIC(RUN, EVENTS, "events", "events", COUNT, "events simulated, warm-up included")           \
    METRIC(RUN, SPARE_ERLANGS, "spare_erlangs", "erlangs", VALUE,                                  \
           "traffic that could be added until a goal is missed")                                   \
    METRIC(RUN, SEED, "seed", "1", VALUE, "seed of the random streams")                            \
    METRIC(RUN, REPLICATIONS, "replications", "1", VALUE, "replications completed")                \
    METRIC(RUN, WARMUP, "warmup", "s", VALUE, "time simulated before the measured period")

#define METRIC(scope, id, name, unit, kind, meaning) METRIC_##scope##_##id,
enum metric_id { METRICS METRIC_COUNT };
#undef METRIC

struct metric_info {
    enum scope scope;
    const char *name, *unit, *meaning;
    enum quantity kind;
};

const struct metric_info *metric_info(enum metric_id id);

/* By scope and name; METRIC_COUNT when there is none. */
enum metric_id metric_find(enum scope scope, const char *name);

/* The series of timeseries.csv: what one interval holds, by scope. A share has two columns, what
 * was counted and what it is a share of. Their order within a scope is that of the file. */
#define SERIES_LIST                                                                                \
    SERIES(CLUSTER, UNITS, "units", "units", 1, "session units in use, average")                   \
    SERIES(CLUSTER, RMS_IN_USE, "rms_in_use", "licences", 1, "RMS in use, average")                \
    SERIES(PEER, UNITS, "units", "units", 1, "session units in use, average")                      \
    SERIES(PEER, REGISTRATIONS, "registrations", "registrations", 1,                               \
           "registrations held at the end of the interval")                                        \
    SERIES(PEER, REGISTRATION_RATE, "registration_rate", "1/s", 1,                                 \
           "registration requests served a second")                                                \
    SERIES(LICENCE, IN_USE, "in_use", "licences", 1, "licences the class holds, average")          \
    SERIES(LICENCE, REFUSED, "refused", "calls", 1, "calls refused for lack of a licence")         \
    SERIES(CLASS, IN_PROGRESS, "in_progress", "calls", 1, "calls in progress, average")            \
    SERIES(CLASS, BLOCKED_FRACTION, "blocked_fraction", "1", 2, "blocked / offered")

#define SERIES(scope, id, name, unit, columns, meaning) SERIES_##scope##_##id,
enum series_id { SERIES_LIST SERIES_COUNT };
#undef SERIES

struct series_info {
    enum scope scope;
    const char *name, *unit, *meaning;
    uint32_t columns;
};

const struct series_info *series_info(enum series_id id);

const char *scope_name(enum scope scope); /* "run", "class", "cluster", ... as in metrics.csv */

#endif
