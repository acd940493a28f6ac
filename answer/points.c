#include "answer/points.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shared {
    const struct points_job *job;
    struct point *points;
    struct trial_options each;
    pthread_mutex_t lock;
    uint64_t next, done; /* under the lock */
    bool failed;         /* out of memory; under the lock */
};

/* --- One point ---------- */

static char *metric_name(const struct judged *row)
{
    const char *metric = row->goal == GOAL_BLOCKING     ? "blocked_fraction"
                         : row->goal == GOAL_WORST_HOUR ? "blocked_fraction_worst_hour"
                                                        : goal_name(row->goal);
    char *name = NULL;
    if (asprintf(&name, "%s%s%s", metric, row->down_count ? "_down_" : "", row->down) < 0)
        return NULL;
    return name;
}

static bool keep(struct point *point, const struct answer *answer)
{
    point->verdict = answer->verdict;
    point->figures = calloc(answer->row_count + 1, sizeof *point->figures);
    if (!point->figures)
        return false;
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        struct point_figure *figure = &point->figures[point->figure_count++];
        *figure = (struct point_figure){row->scope, strdup(row->name ? row->name : ""),
                                        metric_name(row), row->value};
        if (!figure->name || !figure->metric)
            return false;
    }
    if (answer->worst) {
        point->blocking = answer->worst->value.value;
        point->worst = strdup(answer->worst->name);
        if (!point->worst)
            return false;
    }
    return true;
}

static bool judge(const struct shared *shared, uint64_t number, struct point *point)
{
    const struct points_job *job = shared->job;
    struct answer answer;
    size_t count = 0;
    char **settings = job->settings(job->context, number, &count);
    if (!settings)
        return false;
    const char *const *borrowed = (const char *const *)settings;
    bool ok = true;
    switch (trial_judge(job->maker, borrowed, count, &shared->each, &answer, NULL)) {
    case TRIAL_JUDGED:
        ok = keep(point, &answer);
        answer_release(&answer);
        point->done = ok;
        break;
    case TRIAL_NOT_BUILT:
        point->reason = job->reason(job->context, borrowed, count);
        point->done = point->failed = true;
        ok = point->reason;
        break;
    case TRIAL_STOPPED:
        break;
    case TRIAL_FAILED:
        ok = false;
        break;
    }
    for (size_t i = 0; i < count; i++)
        free(settings[i]);
    free(settings);
    return ok;
}

/* --- All ---------- */

static void *work(void *context)
{
    struct shared *shared = context;
    const struct points_job *job = shared->job;
    pthread_mutex_lock(&shared->lock);
    while (!shared->failed && shared->next < job->count &&
           !(job->options.stop && atomic_load(job->options.stop))) {
        uint64_t number = shared->next++;
        pthread_mutex_unlock(&shared->lock);
        bool ok = judge(shared, number, &shared->points[number]);
        pthread_mutex_lock(&shared->lock);
        shared->failed = shared->failed || !ok;
        shared->done++;
        job->progress(job->context, shared->done);
    }
    pthread_mutex_unlock(&shared->lock);
    return NULL;
}

bool points_run(const struct points_job *job, struct point *points)
{
    struct shared shared = {.job = job, .points = points, .each = job->options};
    size_t jobs = (size_t)job->options.jobs, begun = 0;
    size_t threads = job->count < jobs ? (size_t)job->count : jobs;
    pthread_t *others = calloc(threads + 1, sizeof *others);
    if (!others)
        return false;
    /* few points: their replications share the rest */
    shared.each.jobs = threads ? (int)(jobs / threads) : 1;
    pthread_mutex_init(&shared.lock, NULL);
    while (begun + 1 < threads && pthread_create(&others[begun], NULL, work, &shared) == 0)
        begun++;
    work(&shared);
    for (size_t i = 0; i < begun; i++)
        pthread_join(others[i], NULL);
    pthread_mutex_destroy(&shared.lock);
    free(others);
    return !shared.failed;
}

void points_release(struct point *points, uint64_t count)
{
    for (uint64_t i = 0; i < count && points; i++) {
        for (size_t k = 0; k < points[i].figure_count; k++) {
            free(points[i].figures[k].name);
            free(points[i].figures[k].metric);
        }
        free(points[i].figures);
        free(points[i].worst);
        free(points[i].reason);
    }
    free(points);
}
