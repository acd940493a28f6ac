/* The points of a sweep, judged: each is the scenario with settings of its own.
 *
 * Points are tried by threads in any order; what a point says depends on its settings and the
 * options alone. All have the same seed, so that they differ by what is varied and not by chance.
 *
 * Whoever runs them says which points are to be done, makes of each, on the thread that tried it
 * and while results are there, whatever is to be kept, and gets these one at a time on the thread
 * that called. So trials do not wait for a disk; and no more is held in memory than threads are at
 * work and a few points wait to be kept.
 */
#ifndef PEERPLAN_ANSWER_POINTS_H
#define PEERPLAN_ANSWER_POINTS_H

#include "answer/trial.h"

/* A point that was tried. */
struct point_made {
    uint64_t number;
    const char *const *settings; /* PATH=VALUE, borrowed */
    size_t setting_count;
    const struct answer *answer; /* NULL: it could not be built */
    struct trial_sources sources;
};

struct points_job {
    const struct trial_maker *maker;
    struct trial_options options; /* jobs: threads in all, at least 1; seed stated */
    uint64_t count;               /* of the points that are to be done */
    /* The next of them; false: there is none. One thread at a time. */
    bool (*next)(void *context, uint64_t *number);
    /* The settings of a point, owned by the caller of it, the list and each item; NULL: out of
     * memory. Any thread may. */
    char **(*settings)(void *context, uint64_t number, size_t *count);
    /* What is to be kept of it; NULL: out of memory. Any thread may. */
    void *(*make)(void *context, const struct point_made *point);
    /* Takes over what was made; false: no more of them. On the thread of points_run. */
    bool (*keep)(void *context, uint64_t number, void *made);
    void (*drop)(void *made); /* it was made, and is not kept any more */
    void *context;
};

enum points_outcome { POINTS_DONE, POINTS_STOPPED, POINTS_NOT_KEPT, POINTS_FAILED };

/* POINTS_STOPPED: options.stop was set; POINTS_NOT_KEPT: `keep` said so; POINTS_FAILED: out of
 * memory, or no thread could be had. */
enum points_outcome points_run(const struct points_job *job);

#endif
