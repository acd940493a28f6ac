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

#include "model/base/error.h"
#include "model/scenario.h"
#include "model/traffic.h"
#include "sim/engine/simulation.h"
#include "sim/study/results.h"

struct progress {
    size_t replications, planned; /* done and wanted; a precision sought: the most allowed */
    uint64_t events;
    /* while a precision is sought, as of the last look; NONE and NAN before it: */
    uint32_t class_index; /* the class farthest from done */
    double relative;      /* its relative half-width; NAN where it blocked nothing yet */
    double needed;        /* replications in all that it will about take */
};

/* How rare refusals are estimated (sim/study/refine.h). */
enum method {
    METHOD_PLAIN,       /* counted */
    METHOD_AUTO,        /* by conditioning where counting does not decide */
    METHOD_CONDITIONAL, /* wherever it can be had */
    METHOD_DECIDE,      /* as auto, but only what a goal hangs on: sets of peers down, candidates */
    METHOD_COUNT
};
const char *method_name(enum method method); /* "plain", "auto", "conditional", "decide" */

struct experiment_options {
    enum method method;
    bool part;            /* of a run that is put together (results_append): rare refusals are for
                             refine_results then */
    int jobs;             /* threads; 0: one a processor */
    int replications;     /* 0: as the scenario says */
    uint32_t first;       /* number of the first one: those before are run by themselves */
    double precision;     /* relative half-width wanted, 0: fixed number of replications */
    int replications_max; /* cap while a precision is sought; 0: 10000 */
    bool seed_given;      /* else the seed is the scenario's */
    uint64_t seed;
    const uint32_t *down; /* peers (global indices) that are down from the start to the end */
    uint32_t down_count;
    const struct trace_source *traces; /* NULL when the scenario has none */
    const struct call_sink *calls;     /* NULL: no record of single calls */
    void (*progress)(void *context,
                     const struct progress *progress); /* called from the caller's thread or a
                                                          worker, never two at once; NULL: none */
    void (*part_begun)(void *context, size_t part); /* with the context of progress; NULL: none */
    void *progress_context;
    const atomic_int
        *stop; /* set from elsewhere: finish early with what is complete; NULL: never */
};

/* What of it a single replication needs. */
struct simulation_options experiment_simulation(const struct experiment_options *options);

/* Runs and fills results (release with results_release). False, with errors, when nothing usable
 * came of it. */
bool experiment_run(const struct scenario *scenario, const struct experiment_options *options,
                    struct results *results, struct errors *errors);

#endif
