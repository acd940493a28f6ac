/* Traffic as the engine takes it in and gives it out: rows of traces, records of calls, why a call
 * was refused. An interface of the domain: data/ delivers rows without knowing the simulator, and
 * the simulator takes them without knowing files.
 *
 * Units: times and durations in nanoseconds from the scenario's time 0, bandwidth in bit/s.
 */
#ifndef PEERPLAN_MODEL_TRAFFIC_H
#define PEERPLAN_MODEL_TRAFFIC_H

#include "model/base/error.h"
#include "model/scenario.h"

/* One row of a trace, as data/ delivers it: rows ascend in start. */
struct trace_row {
    nanos start, duration; /* from the scenario's time 0; duration >= 0 */
    uint32_t class_index;
    int media;         /* enum media, or -1: the class's */
    int64_t bandwidth; /* bit/s, or -1: the class's */
    const char *id;    /* borrowed until the next row; NULL: the row's number */
};

/* How sim/ gets traces without knowing about files. A cursor belongs to one replication and one
 * thread. The errors given to open() live until close(): next() appends its own to them. */
struct trace_source {
    void *context;
    void *(*open)(void *context, uint32_t trace, struct errors *errors); /* owned cursor, or NULL */
    int (*next)(void *cursor, struct trace_row *row); /* 1 a row, 0 the end, -1 error */
    void (*close)(void *cursor);
};

/* What became of one call, for calls.csv. */
enum outcome { OUTCOME_COMPLETED, OUTCOME_DROPPED, OUTCOME_BLOCKED, OUTCOME_IN_PROGRESS };

/* Why a call was refused, once for all: CAUSE(id, name, meaning), in the order of calls.csv. Causes
 * are evaluated independently of each other; a set of them has the bits 1 << cause. */
#define CAUSES(CAUSE)                                                                              \
    CAUSE(NO_PEER, "no_peer", "no peer is up and not draining")                                    \
    CAUSE(PEER_UNITS, "peer_units", "the chosen peer lacks units or sessions")                     \
    CAUSE(CLUSTER_CAP, "cluster_cap", "the cluster is at its cap")                                 \
    CAUSE(RMS, "rms", "no RMS left, in the pool or on the peer")                                   \
    CAUSE(BANDWIDTH, "bandwidth", "a pipe is full, or allows a call less")                         \
    CAUSE(TURN, "turn", "no TURN relays left")                                                     \
    CAUSE(SETUP_RATE, "setup_rate", "too many call set-ups a second")                              \
    CAUSE(UNREGISTERED, "unregistered", "an endpoint of the call is not registered")               \
    CAUSE(ENCRYPTED, "encrypted", "the capped image has no encrypted session left")

#define CAUSE_ID(id, name, meaning) CAUSE_##id,
enum cause { CAUSES(CAUSE_ID) CAUSE_COUNT };
#undef CAUSE_ID

const char *cause_name(enum cause cause); /* "no_peer", ... */

struct call_record {
    const char *id;  /* of the trace; NULL: use number */
    uint64_t number; /* order of arrival in the replication, from 1 */
    uint32_t class_index;
    nanos start, end; /* end == start when blocked; the end of the run when in progress */
    enum outcome outcome;
    uint32_t causes; /* bits */
    uint32_t peer;   /* where its media is; NONE when blocked */
};

/* Where call records go: one handle a replication, used by one thread at a time; rows come in order
 * of arrival. Replications end in any order: the sink puts them in order of replication. */
struct call_sink {
    void *context;
    void *(*open)(void *context, uint32_t replication); /* owned handle; NULL: the run fails */
    bool (*row)(void *handle, const struct call_record *record); /* false: the run fails */
    void (*close)(void *handle, bool complete); /* not complete: throw its rows away */
};

#endif
