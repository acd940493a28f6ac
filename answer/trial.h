/* A changed scenario, tried: settings in, answer out.
 *
 * Whoever searches for a change (next step, size, advise, goal seek) writes it as settings
 * PATH=VALUE and asks for the answer, by the estimate or by simulation. Settings become a scenario
 * through a maker, which those who read scenarios provide, for this layer reads no files.
 *
 * A trial is a function of settings and options: the same give the same answer, and the answer that
 * a user gets who makes the change and runs it again with the same seed and replications.
 */
#ifndef PEERPLAN_ANSWER_TRIAL_H
#define PEERPLAN_ANSWER_TRIAL_H

#include <stdatomic.h>

#include "answer/answer.h"
#include "model/traffic.h"

/* A scenario as a maker hands it over. */
struct trial_scenario {
    struct scenario scenario;
    struct trace_source traces; /* context NULL: there are none */
    void *own;                  /* the maker's */
};

struct trial_maker {
    /* The scenario with these settings on top of all that it is made with already. False: it cannot
     * be built so, and nothing needs release. Any thread may, several at once. */
    bool (*make)(void *context, const char *const *settings, size_t count,
                 struct trial_scenario *out);
    void (*release)(void *context, struct trial_scenario *scenario);
    void *context;
};

/* What an answer was made from, while it is there; NULL: it was made otherwise. */
struct trial_sources {
    const struct scenario *scenario;
    const struct results *results;
    const struct survival *survival;
    const struct estimate *estimate;
};

struct trial_options {
    bool simulate; /* else by the estimate */
    bool preview;  /* the estimate leaves to bounds what takes long */
    bool plain;    /* a simulation counts what is refused, and refines nothing: much quicker */
    int jobs;
    int replications; /* 0: as the scenario says */
    size_t most;      /* one that is not decided goes on up to so many; 0: it does not */
    bool seed_given;
    uint64_t seed;
    /* Not NULL: only whether it is a yes matters, so that it ends as soon as a set of peers down
     * says otherwise, with the sets seen so far; that set's number, to be tried first the next
     * time. 0 at first. */
    size_t *telling_set;
    uint64_t spent; /* events of the run that is to be mended: the measure of how long to search */
    uint64_t *events;       /* added to, what it cost to simulate; NULL: nobody asks */
    const atomic_int *stop; /* NULL: never */
    /* Shown what was judged, on the thread that asked; NULL: nobody looks. */
    void (*seen)(void *context, const struct trial_sources *sources, const struct answer *answer);
    void *seen_context;
};

enum trial_outcome {
    TRIAL_JUDGED,
    TRIAL_NOT_BUILT, /* no such scenario: a setting does not fit, or nothing could be run */
    TRIAL_STOPPED,   /* options->stop was set meanwhile */
    TRIAL_FAILED,    /* out of memory */
};

/* The same of a scenario that is made already. */
enum trial_outcome trial_judge_made(const struct trial_scenario *made,
                                    const struct trial_options *options, struct answer *answer);

/* Release the answer where judged. */
enum trial_outcome trial_judge(const struct trial_maker *maker, const char *const *settings,
                               size_t count, const struct trial_options *options,
                               struct answer *answer);

#endif
