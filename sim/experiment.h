/* An experiment: a scenario run in independent replications, on as many threads as wanted, reduced
 * in order.
 *
 * The same scenario and seed give the same results, byte for byte, for any number of jobs; and
 * whether run at once or in parts that follow each other (experiment_options.first,
 * results_append).
 */
#ifndef PEERPLAN_SIM_EXPERIMENT_H
#define PEERPLAN_SIM_EXPERIMENT_H

#include <stdatomic.h>

#include "model/error.h"
#include "model/scenario.h"
#include "sim/results.h"

/* One row of a trace, as data/ delivers it: rows ascend in start. */
struct trace_row {
    nanos start, duration;  /* from the scenario's time 0; duration >= 0 */
    uint32_t class_index;
    int media;              /* enum media, or -1: the class's */
    int64_t bandwidth;      /* bit/s, or -1: the class's */
    const char *id;         /* borrowed until the next row; NULL: the row's number */
};

/* How sim/ gets traces without knowing about files. A cursor belongs to one replication and one thread. The errors given
 * to open() live until close(): next() appends its own to them. */
struct trace_source {
    void *context;
    void *(*open)(void *context, uint32_t trace, struct errors *errors);       /* owned cursor, or NULL */
    int (*next)(void *cursor, struct trace_row *row);                          /* 1 a row, 0 the end, -1 error */
    void (*close)(void *cursor);
};

/* What became of one call, for calls.csv. */
enum outcome { OUTCOME_COMPLETED, OUTCOME_DROPPED, OUTCOME_BLOCKED, OUTCOME_IN_PROGRESS };

/* Why a call was refused: bits 1 << cause, in the order of calls.csv. */
enum cause {
    CAUSE_NO_PEER, CAUSE_PEER_UNITS, CAUSE_CLUSTER_CAP, CAUSE_RMS, CAUSE_BANDWIDTH, CAUSE_TURN, CAUSE_SETUP_RATE,
    CAUSE_UNREGISTERED, CAUSE_COUNT
};
const char *cause_name(enum cause cause); /* "no_peer", ... */

struct call_record {
    const char *id;         /* of the trace; NULL: use number */
    uint64_t number;        /* order of arrival in the replication, from 1 */
    uint32_t class_index;
    nanos start, end;       /* end == start when blocked; the end of the run when in progress */
    enum outcome outcome;
    uint32_t causes;        /* bits */
    uint32_t peer;          /* where its media is; NONE when blocked */
};

/* Where call records go: one handle a replication, used by one thread at a time; rows come in order of arrival.
 * Replications end in any order: the sink puts them in order of replication. */
struct call_sink {
    void *context;
    void *(*open)(void *context, uint32_t replication);             /* owned handle; NULL: the run fails */
    bool (*row)(void *handle, const struct call_record *record);    /* false: the run fails */
    void (*close)(void *handle, bool complete);                     /* not complete: throw its rows away */
};

struct progress {
    size_t replications, planned; /* done and wanted; a precision sought: the most allowed */
    uint64_t events;
    /* while a precision is sought, as of the last look; NONE and NAN before it: */
    uint32_t class_index; /* the class farthest from done */
    double relative;      /* its relative half-width; NAN where it blocked nothing yet */
    double needed;        /* replications in all that it will about take */
};

struct experiment_options {
    int jobs;                     /* threads; 0: one a processor */
    int replications;             /* 0: as the scenario says */
    uint32_t first;               /* number of the first one: those before are run by themselves */
    double precision;             /* relative half-width wanted, 0: fixed number of replications */
    int replications_max;         /* cap while a precision is sought; 0: 10000 */
    bool seed_given;              /* else the seed is the scenario's */
    uint64_t seed;
    const uint32_t *down;         /* peers (global indices) that are down from the start to the end */
    uint32_t down_count;
    const struct trace_source *traces; /* NULL when the scenario has none */
    const struct call_sink *calls; /* NULL: no record of single calls */
    void (*progress)(void *context, const struct progress *progress); /* called from the caller's thread or a worker,
                                                                         never two at once; NULL: none */
    void *progress_context;
    const atomic_int *stop;       /* set from elsewhere: finish early with what is complete; NULL: never */
};

/* Runs and fills results (release with results_release). False, with errors, when nothing usable came of it. */
bool experiment_run(const struct scenario *scenario, const struct experiment_options *options,
                    struct results *results, struct errors *errors);

#endif
