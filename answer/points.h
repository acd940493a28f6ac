/* The points of a sweep, judged: each is the scenario with settings of its own.
 *
 * Points are tried by threads in any order; what a point says depends on its settings and the
 * options alone. All have the same seed, so that they differ by what is varied and not by chance.
 */
#ifndef PEERPLAN_ANSWER_POINTS_H
#define PEERPLAN_ANSWER_POINTS_H

#include "answer/trial.h"

struct point_figure {
    enum scope scope;
    char *name, *metric; /* owned; "voice", "blocked_fraction" or "blocked_fraction_down_e1" */
    struct interval value;
};

struct point {
    bool done; /* else it was stopped before */
    bool failed;
    char *reason; /* owned; of a failed one */
    enum verdict verdict;
    char *worst; /* owned; class with all peers up; NULL: nothing was offered */
    double blocking;
    struct point_figure *figures; /* owned; one a goal, thing and set of peers down */
    size_t figure_count;
};

struct points_job {
    const struct trial_maker *maker;
    struct trial_options options; /* jobs: threads in all, at least 1; seed stated */
    uint64_t count;
    /* The settings of a point, owned by the caller of it, the list and each item; NULL: out of
     * memory. Any thread may. */
    char **(*settings)(void *context, uint64_t point, size_t *count);
    /* Why it cannot be built; owned. Any thread may. */
    char *(*reason)(void *context, const char *const *settings, size_t count);
    void (*progress)(void *context, uint64_t done); /* one thread at a time */
    void *context;
};

/* Fills job->count points (zeroed before). False: out of memory. Release in any case. */
bool points_run(const struct points_job *job, struct point *points);
void points_release(struct point *points, uint64_t count);

#endif
