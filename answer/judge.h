/* One share against its goal.
 *
 * Met when the upper limit of the 95 % interval is not above the goal, missed when the lower limit
 * is above it, and not yet decided between; then the number of replications that would decide is
 * predicted from how intervals narrow (where nothing was refused: log(1 - high) / log(1 - goal)
 * times as many). One replication is judged by batch means where it is long enough
 * (sim/study/confidence.h). A scenario that only replays call records, without random outages,
 * needs no interval: its result is what it is.
 */
#ifndef PEERPLAN_ANSWER_JUDGE_H
#define PEERPLAN_ANSWER_JUDGE_H

#include "sim/study/results.h"

/* In order of how much they weigh in a verdict over several goals. */
enum verdict {
    VERDICT_NOTHING, /* no call and no device to judge */
    VERDICT_YES,
    VERDICT_UNDECIDED,   /* more replications may decide */
    VERDICT_CANNOT_TELL, /* whoever judged does not know a limit, or has no formula */
    VERDICT_NO,
    VERDICT_COUNT
};

const char *verdict_words(enum verdict verdict); /* "NOT YET DECIDED", as on screens */
const char *verdict_name(enum verdict verdict);  /* "undecided", as in files */

struct judgement {
    enum verdict verdict;
    double more; /* VERDICT_UNDECIDED: further replications that would about decide; >= 1e6: beyond
                    reach */
};

/* What a share is judged from. */
struct evidence {
    size_t replications;
    size_t batches; /* of one replication, over which the interval was made; 0: over replications */
    bool certain;   /* it is what it is: no interval needed */
};

struct judgement judge_share(struct interval share, double goal, struct evidence evidence);

/* Load or peers change with the time by plan, not by chance alone. */
bool scenario_varies(const struct scenario *scenario);

#endif
