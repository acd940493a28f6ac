#include "answer/judge.h"

#include <math.h>

static const struct {
    const char *words, *name;
} verdicts[VERDICT_COUNT] = {
    [VERDICT_NOTHING] = {"NOTHING TO JUDGE", "nothing-to-judge"},
    [VERDICT_YES] = {"YES", "yes"},
    [VERDICT_UNDECIDED] = {"NOT YET DECIDED", "undecided"},
    [VERDICT_CANNOT_TELL] = {"CANNOT TELL", "cannot-tell"},
    [VERDICT_NO] = {"NO", "no"},
};

const char *verdict_words(enum verdict verdict)
{
    return verdicts[verdict].words;
}

const char *verdict_name(enum verdict verdict)
{
    return verdicts[verdict].name;
}

bool scenario_varies(const struct scenario *scenario)
{
    bool varies = scenario->trace_count > 0 || scenario->step_count > 0;
    for (uint32_t c = 0; c < scenario->class_count && !varies; c++)
        varies = scenario->classes[c].arrivals.steps.count > 1;
    return varies;
}

static double log_odds(double share)
{
    return log(share / (1 - share));
}

/* Replications in all for a bound of the shape 1 - c^(1/n): where none was refused, or every one.
 */
static double bound_needs(double count, double high, double goal)
{
    if (goal <= 0 || goal >= 1)
        return INFINITY;
    return ceil(count * log1p(-high) / log1p(-goal));
}

/* Replications until the interval, narrowing with their root, leaves the goal on one side. */
static double replications_missing(struct interval share, double goal, struct evidence evidence)
{
    double count = (double)evidence.replications;
    if (isnan(share.high))
        return fmax(10 - count, 1); /* an interval first */
    if (share.value <= 0)
        return bound_needs(count, share.high, goal) - count;
    if (share.value >= 1)
        return bound_needs(count, 1 - share.low, 1 - goal) - count;
    double half = (log_odds(fmin(share.high, 1 - 1e-12)) - log_odds(fmax(share.low, 1e-300))) / 2;
    double wanted = fabs(log_odds(share.value) - log_odds(goal));
    double needed = evidence.batches
                        ? ceil(statistics_count_needed(evidence.batches, half, wanted) /
                               (double)evidence.batches)
                        : statistics_count_needed(evidence.replications, half, wanted);
    return needed - count;
}

struct judgement judge_share(struct interval share, double goal, struct evidence evidence)
{
    if (isnan(share.value))
        return (struct judgement){VERDICT_NOTHING, 0};
    if (evidence.certain)
        return (struct judgement){share.value <= goal ? VERDICT_YES : VERDICT_NO, 0};
    if (share.low > goal)
        return (struct judgement){VERDICT_NO, 0};
    if (share.high <= goal)
        return (struct judgement){VERDICT_YES, 0};
    double more = replications_missing(share, goal, evidence);
    return (struct judgement){VERDICT_UNDECIDED, fmin(fmax(more, 1), 1e9)};
}
