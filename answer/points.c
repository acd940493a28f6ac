#include "answer/points.h"

#include <pthread.h>
#include <stdlib.h>

#define WAITING_MAX 64 /* points that are made and not kept yet */

struct waiting {
    uint64_t number;
    void *made; /* owned */
};

struct shared {
    const struct points_job *job;
    struct trial_options each;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* whatever follows; all of it under the lock */
    struct waiting waiting[WAITING_MAX];
    size_t first, count; /* a ring */
    size_t working;      /* threads */
    bool closed;         /* no further points are begun */
    bool failed;         /* out of memory */
};

/* ---- One point ---- */

struct trying {
    const struct points_job *job;
    struct point_made point;
    void *made; /* owned; NULL: nothing yet */
    bool failed;
};

static void seen(void *context, const struct trial_sources *sources, const struct answer *answer)
{
    struct trying *trying = context;
    trying->point.sources = *sources;
    trying->point.answer = answer;
    trying->made = trying->job->make(trying->job->context, &trying->point);
    trying->failed = !trying->made;
}

static void try_settings(const struct shared *shared, struct trying *trying)
{
    struct answer answer;
    struct trial_options options = shared->each;
    options.seen = seen;
    options.seen_context = trying;
    switch (trial_judge(shared->job->maker, trying->point.settings, trying->point.setting_count,
                        &options, &answer)) {
    case TRIAL_JUDGED:
        answer_release(&answer);
        break;
    case TRIAL_NOT_BUILT:
        trying->made = shared->job->make(shared->job->context, &trying->point);
        trying->failed = !trying->made;
        break;
    case TRIAL_STOPPED:
        break;
    case TRIAL_FAILED:
        trying->failed = true;
        break;
    }
}

/* What is to be kept; NULL: nothing, or out of memory. */
static void *try_point(const struct shared *shared, uint64_t number, bool *failed)
{
    size_t count = 0;
    char **settings = shared->job->settings(shared->job->context, number, &count);
    struct trying trying = {
        .job = shared->job,
        .point = {.number = number,
                  .settings = (const char *const *)settings,
                  .setting_count = count},
        .failed = !settings,
    };
    if (settings)
        try_settings(shared, &trying);
    for (size_t i = 0; i < count; i++)
        free(settings[i]);
    free(settings);
    *failed = trying.failed;
    return trying.made;
}

/* ---- Threads that try ---- */

static bool stopped(const struct shared *shared)
{
    const atomic_int *stop = shared->job->options.stop;
    return stop && atomic_load(stop) != 0;
}

/* Under the lock, which is given up while the point is tried. */
static void try_next(struct shared *shared, uint64_t number)
{
    bool failed;
    pthread_mutex_unlock(&shared->lock);
    void *made = try_point(shared, number, &failed);
    pthread_mutex_lock(&shared->lock);
    while (made && shared->count == WAITING_MAX)
        pthread_cond_wait(&shared->changed, &shared->lock);
    if (made) {
        size_t at = (shared->first + shared->count++) % WAITING_MAX;
        shared->waiting[at] = (struct waiting){number, made};
    }
    shared->failed = shared->failed || failed;
    shared->closed = shared->closed || failed;
    pthread_cond_broadcast(&shared->changed);
}

static void *work(void *context)
{
    struct shared *shared = context;
    uint64_t number;
    pthread_mutex_lock(&shared->lock);
    while (!shared->closed && !stopped(shared) && shared->job->next(shared->job->context, &number))
        try_next(shared, number);
    shared->working--;
    pthread_cond_broadcast(&shared->changed);
    pthread_mutex_unlock(&shared->lock);
    return NULL;
}

/* ---- The thread that keeps ---- */

/* False: `keep` wants no more. */
static bool keep_all(struct shared *shared)
{
    bool kept = true;
    pthread_mutex_lock(&shared->lock);
    while (shared->working > 0 || shared->count > 0) {
        if (shared->count == 0) {
            pthread_cond_wait(&shared->changed, &shared->lock);
            continue;
        }
        struct waiting one = shared->waiting[shared->first];
        shared->first = (shared->first + 1) % WAITING_MAX;
        shared->count--;
        pthread_cond_broadcast(&shared->changed);
        pthread_mutex_unlock(&shared->lock);
        if (kept)
            kept = shared->job->keep(shared->job->context, one.number, one.made);
        else
            shared->job->drop(one.made);
        pthread_mutex_lock(&shared->lock);
        shared->closed = shared->closed || !kept;
    }
    pthread_mutex_unlock(&shared->lock);
    return kept;
}

enum points_outcome points_run(const struct points_job *job)
{
    struct shared shared = {.job = job, .each = job->options};
    size_t jobs = (size_t)job->options.jobs, begun = 0;
    size_t threads = job->count < jobs ? (size_t)job->count : jobs;
    pthread_t *others = calloc(threads + 1, sizeof *others);
    if (!others)
        return POINTS_FAILED;
    /* few points: their replications share the rest */
    shared.each.jobs = threads ? (int)(jobs / threads) : 1;
    pthread_mutex_init(&shared.lock, NULL);
    pthread_cond_init(&shared.changed, NULL);
    pthread_mutex_lock(&shared.lock);
    while (begun < threads && pthread_create(&others[begun], NULL, work, &shared) == 0)
        shared.working = ++begun;
    pthread_mutex_unlock(&shared.lock);
    bool kept = keep_all(&shared);
    for (size_t i = 0; i < begun; i++)
        pthread_join(others[i], NULL);
    pthread_cond_destroy(&shared.changed);
    pthread_mutex_destroy(&shared.lock);
    free(others);
    if (!kept)
        return POINTS_NOT_KEPT;
    if (shared.failed || (threads > 0 && begun == 0))
        return POINTS_FAILED;
    return stopped(&shared) ? POINTS_STOPPED : POINTS_DONE;
}
