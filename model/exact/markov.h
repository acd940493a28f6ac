/* Exact answers for small systems: a scenario as a continuous-time Markov chain.
 *
 * The chain is built from the same struct scenario that the simulator runs, but by rules written a
 * second time: states are counts of calls by class, phase of the holding time and the peers they
 * are on, what each peer is doing (up, draining, down), and callers waiting to redial. It shares no
 * code with sim/, so that each can convict the other.
 *
 * What it covers: constant rates, batches, finite sources; exponential, Erlang and hyperexponential
 * holding times; every selection but round robin, both meanings of available and when-full, ties;
 * peer units and sessions, cluster cap, RMS pools (kept or lost with the peer), pipes that refuse;
 * a cluster and its traversal partner; exponential failures with or without a crew, exponential
 * maintenance cycles; exponential redial of refused and cut calls. Everything else is an error:
 * markov_solve never answers a question it was not asked.
 *
 * Rates are per hour, units and calls means over time. With redial the number of waiting callers is
 * cut off at redial_max a class; `truncated` is the probability to be there, and bounds the error
 * that makes.
 */
#ifndef PEERPLAN_MODEL_MARKOV_H
#define PEERPLAN_MODEL_MARKOV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/error.h"
#include "model/traffic.h"

#define MARKOV_CAUSES (CAUSE_BANDWIDTH + 1) /* those that the solver knows, the first ones */

struct markov_class {
    double offered, blocked; /* fresh calls an hour, and those refused at the first attempt */
    double cause[MARKOV_CAUSES],
        only[MARKOV_CAUSES]; /* blocked fresh calls an hour: the cause held; no other did */
    double carried;          /* calls admitted an hour, at whichever attempt */
    double dropped;          /* calls cut an hour */
    double attempts, attempts_blocked; /* fresh and repeated, an hour */
    double given_up;                   /* refused and not trying again, an hour */
    double in_progress;
};

struct markov_cluster {
    double units, full;                     /* mean in use; time share with the cap in use */
    double rms;                             /* mean in use */
    double peers_up[CLUSTER_PEERS_MAX + 1]; /* law of the peers up and not draining */
};

struct markov_peer {
    double units, up, draining; /* mean in use; time shares */
    double admitted;            /* calls an hour */
};

struct markov {
    size_t states;
    double residual; /* largest flow imbalance, relative to the largest flow */
    double truncated;
    bool lumped;                  /* peers were exchangeable: figures of peers are their average */
    struct markov_class *classes; /* owned, as many as the scenario has; likewise the others */
    struct markov_cluster *clusters;
    struct markov_peer *peers;
    double *pipes; /* mean bit/s */
};

struct markov_options {
    size_t states_max; /* 0: one million */
    int redial_max;    /* 0: 100 */
};

/* Fills `result` (release with markov_release). False, with errors, when the scenario is outside
 * what is covered or the chain is too large. `options` may be NULL. */
bool markov_solve(const struct scenario *scenario, const struct markov_options *options,
                  struct markov *result, struct errors *errors);
void markov_release(struct markov *result);

#endif
