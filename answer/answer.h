/* The answer: does the cluster carry its load, and how do we know? One value, from which text,
 * files and screens print; they derive nothing.
 *
 * It is made from the results of a simulation (with its survival sets), from an estimate, or from
 * both. Once a simulation exists it decides; where the estimate claims otherwise that is noted as a
 * disagreement. Devices at rest against limits and licences are counted exactly in any case
 * (model/at_rest.h).
 *
 * YES only when every goal was judged by figures that may decide it (simulated, replayed, counted,
 * exact, or approximate with the whole band on one side) and every limit that the scenario can draw
 * on was looked at by whoever judged. A limit that was not makes YES into CANNOT TELL.
 *
 * An answer owns all that it points to: scenario, results and estimate may go.
 */
#ifndef PEERPLAN_ANSWER_ANSWER_H
#define PEERPLAN_ANSWER_ANSWER_H

#include "answer/hours.h"
#include "answer/judge.h"
#include "model/estimate/estimate.h"
#include "model/limits.h"
#include "sim/study/survival.h"

/* How a figure came about. */
enum basis {
    BASIS_NONE,
    BASIS_COUNTED,     /* devices at rest */
    BASIS_EXACT,       /* by a formula that is a theorem here */
    BASIS_APPROXIMATE, /* by a formula, within its band */
    BASIS_ORIENTATION, /* by a formula of unknown error: decides nothing */
    BASIS_SIMULATED,
    BASIS_REPLAYED, /* call records, nothing left to chance */
};
const char *basis_name(enum basis basis); /* "counted", "exact", ... "" for none */

/* A ceiling is no goal that is stated: what a cluster cannot hold by any means, judged where it is
 * asked for more. */
enum goal { GOAL_BLOCKING, GOAL_WORST_HOUR, GOAL_REGISTRATIONS, GOAL_CEILING, GOAL_COUNT };
const char *goal_name(enum goal goal); /* "blocking", "worst-hour", "registrations", "ceiling" */

/* A goal judged for one thing with one set of peers down: a row of answer.csv. */
struct judged {
    enum goal goal;
    enum scope scope; /* SCOPE_CLASS, SCOPE_ENDPOINTS; SCOPE_CLUSTER of a ceiling */
    uint32_t index;
    const char *name;
    const char *down; /* "e1+e2"; "" with all peers up; "1 peer" where the set has no names */
    uint32_t down_count;
    bool hourly;
    nanos from, to; /* of the hour, where hourly */
    struct interval value;
    double limit; /* the goal */
    enum verdict verdict;
    enum basis basis;
    const char *cause; /* name of the cause or limit that stood in the way most, "" for none */
    unsigned causes; /* of refused calls, those at 1 % of the refusals or more: bits by enum cause;
                        0: not known */
    double more;     /* VERDICT_UNDECIDED: further replications that would about decide */
    size_t batches;  /* of one replication, over which its interval was made */
    const char *obstacle; /* why there is no interval, or no number `more`; NULL: there is */
};

/* A limit that the scenario can draw on, and whether whoever judged looked at it. */
struct looked {
    enum limit limit;
    enum scope scope; /* SCOPE_PEER, SCOPE_CLUSTER, SCOPE_POOL, SCOPE_PIPE */
    const char *name; /* "e1", "edge", "edge.rms", "wan" */
    double size, use; /* use: peak simulated, or held at rest; NAN: not known */
    enum basis basis; /* BASIS_NONE: not modelled */
    const char *down; /* the peers down with which `use` holds; "" for none */
};

/* What binds first. */
struct binding {
    const char *what; /* "RMS licences", "the cluster cap of edge"; NULL: not known, or nothing */
    double refusals;  /* share of the worst class's refusals at which it was lacking; NAN */
    const char *nearest, *kind; /* nothing was refused: nearest to its limit is; NULL: nothing */
    double peak, limit;         /* of the nearest */
    double spare_factor;        /* the load times this just meets the goal; NAN: not known */
    double spare_erlangs;       /* NAN: not known */
    bool spare_exact;           /* else both are an orientation by formula */
};

struct answer_note {
    bool warning; /* else a note */
    const char *text;
};

struct answer {
    enum verdict verdict;
    bool goals_stated; /* a missed goal is then worth exit code 1 */
    const char *title;
    bool simulated; /* a simulation decided; else an estimate */
    bool preview;   /* of an estimate that left out what takes long */
    bool interrupted;
    struct judged *rows; /* owned */
    size_t row_count;
    const struct judged *worst;      /* with all peers up; NULL: nothing was offered */
    const struct judged *worst_down; /* with peers down; NULL: not asked for */
    const struct judged *deciding;   /* the row that made the verdict; NULL */
    uint32_t survive;                /* peers down that the goal speaks of */
    struct looked *limits;           /* owned */
    size_t limit_count;
    bool varies;            /* hours differ by plan, not by chance alone */
    struct worst_hour hour; /* of the worst class */
    struct worst_hour busiest;
    struct binding binding;
    const char *registrations; /* "core: 2500 of 2500 registrations"; NULL: all devices fit */
    const char *untold;        /* of CANNOT TELL: what the formulas do not know, or why their figure
                                  does not decide; "" for none */
    bool disagree;             /* simulation and estimate */
    const char *next_step;     /* "" for none */
    const char *settings;      /* that it is made of, "--set PATH=VALUE" each; "" for none */
    struct answer_note *notes; /* owned */
    size_t note_count;
    struct arena *arena; /* owned */
    bool failed;         /* memory ran out while it was added to */
};

/* The peers down that the goals speak of; 0: none. */
uint32_t answer_peers_down(const struct scenario *scenario);

/* What an answer is made from: results, an estimate, or both. */
struct answer_sources {
    const struct results *results;
    const struct survival *survival; /* NULL without */
    const struct estimate *estimate;
    bool preview;
    const uint32_t *down; /* peers that are out in all of this (what-if); NULL: none */
    uint32_t down_count;
};

/* False when out of memory; release in any case. */
bool answer_make(struct answer *answer, const struct scenario *scenario,
                 const struct answer_sources *sources);
void answer_release(struct answer *answer);

/* What is known elsewhere: copied. */
void answer_set_next_step(struct answer *answer, const char *words, const char *const *settings,
                          size_t setting_count);
void answer_add_note(struct answer *answer, bool warning, const char *text);

/* The worst row of a goal, with all peers up or with some down; NULL: none. */
/* Asked for more provisioned devices, FindMe accounts or phone book entries than a cluster holds.
 */
bool looked_beyond_ceiling(const struct looked *looked);
const struct judged *answer_worst(const struct answer *answer, enum goal goal, bool down);

/* The simulated set of peers down that worst_down is of; NULL: there is none. Borrowed. */
const struct survival_set *answer_worst_set(const struct answer *answer,
                                            const struct scenario *scenario,
                                            const struct survival *survival);

/* 0, 1 where a stated goal is missed, 65 with nothing to judge, 2 where undecided or cannot-tell
 * and exit_undecided. */
int answer_exit_code(const struct answer *answer, bool exit_undecided);

/* More replications can decide it: about how many; 0: none can, or it is decided. */
double answer_more_replications(const struct answer *answer);

#endif
