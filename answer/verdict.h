/* Does it carry the load? Goals judged by intervals, and where and when it hurts most.
 *
 * A goal is met when the upper limit of the 95 % interval is not above it, missed when the lower
 * limit is above it, and not yet decided between; then the number of replications that would decide
 * is predicted from how intervals narrow. One replication is judged by batch means where it is long
 * enough (sim/confidence.h). Without stated goals 1 % of blocked calls is the measure. A scenario
 * that only replays call records, without random outages, needs no interval: its result is what it
 * is.
 *
 * Ownership: a verdict borrows scenario and results.
 */
#ifndef PEERPLAN_REPORTS_VERDICT_H
#define PEERPLAN_REPORTS_VERDICT_H

#include "sim/study/results.h"
#include "sim/study/survival.h"

enum answer { ANSWER_YES, ANSWER_OPEN, ANSWER_NO };

/* One share against its goal. */
struct judgement {
    enum answer answer;
    uint32_t class_index; /* the class judged, NONE: no class had any call */
    struct interval blocked;
    double
        more; /* ANSWER_OPEN: further replications that would about decide; 1e9: beyond all reach */
    size_t batches;       /* of one replication, over which its interval was made; else 0 */
    const char *obstacle; /* why one replication has no interval; NULL: it has, or there are more */
};

struct verdict {
    enum answer answer; /* the worst of both below */
    struct judgement normal;
    struct judgement down;                /* of the worst set */
    const struct survival_set *worst_set; /* NULL without survival */
    bool failed_goal;                     /* the answer is no, and goals were stated: exit code 1 */
};

/* batches: over so many of one replication the interval was made; 0: over replications. */
struct judgement judge_share(struct interval blocked, double goal, size_t replications,
                             size_t batches, bool certain);
/* The class that comes off worst: undecided before met, missed before undecided, then by share. */
struct judgement judge_results(const struct scenario *scenario, const struct results *results);
struct verdict verdict_of(const struct scenario *scenario, const struct results *results,
                          const struct survival_set *sets, size_t set_count);

/* No interval needed: call records replayed, nothing random but ties. */
bool scenario_replays(const struct scenario *scenario);

/* Load or peers change with the time by plan, not by chance alone. */
bool scenario_varies(const struct scenario *scenario);

/* The hour in which a class blocks most, or a cluster carries most. */
struct worst_hour {
    bool found;
    nanos from, to;
    struct interval share;   /* of blocked calls, or units */
    struct interval one_day; /* where that of a single such hour will lie */
    const char *name;
};
struct worst_hour worst_hour_blocked(const struct results *results, uint32_t class_index);
struct worst_hour busiest_hour(const struct results *results);

/* The cause that held most often when a class was refused, and in which share of its refusals;
 * CAUSE_COUNT when there was none. NONE asks for all classes together. */
enum cause leading_cause(const struct results *results, uint32_t class_index, double *share);
const char *cause_words(enum cause cause); /* "RMS licences" */

/* The resource nearest to its limit at its peak. */
struct tightest {
    const char *name, *kind; /* "edge", "units of the cluster cap"; NULL: nothing is limited */
    double peak, limit;
};
struct tightest tightest_resource(const struct results *results);
/* Of those that registrations need; and how many registrations were refused, by a limit or a queue.
 */
struct tightest tightest_registration(const struct results *results, double *rejected);

#endif
