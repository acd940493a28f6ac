#include "tui/found.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "tui/worker.h"

/* ---- Shared results ---- */

struct shared {
    struct results results; /* first: its address is that of the whole */
    atomic_int users;
};

struct results *results_shared_new(void)
{
    struct shared *shared = calloc(1, sizeof *shared);
    if (!shared)
        return NULL;
    atomic_init(&shared->users, 1);
    return &shared->results;
}

struct results *results_use(struct results *results)
{
    if (results)
        atomic_fetch_add(&((struct shared *)results)->users, 1);
    return results;
}

void results_let_go(struct results *results)
{
    struct shared *shared = (struct shared *)results;
    if (!shared || atomic_fetch_sub(&shared->users, 1) != 1)
        return;
    results_release(&shared->results);
    free(shared);
}

/* ---- Parts ---- */

struct found {
    pthread_mutex_t lock; /* guards all below; held while a standing is made of them */
    struct estimate estimate;
    bool estimated, preview;
    struct results *results;
    bool settled;
    struct survival survival;
    size_t sets;
    char *step;      /* owned; words of the next step, NULL: not known */
    char **settings; /* owned */
    size_t settings_count;
    unsigned sequence;
};

struct found *found_new(void)
{
    struct found *found = calloc(1, sizeof *found);
    if (found)
        pthread_mutex_init(&found->lock, NULL);
    return found;
}

static void forget_step(struct found *found)
{
    for (size_t i = 0; i < found->settings_count; i++)
        free(found->settings[i]);
    free(found->settings);
    free(found->step);
    found->settings = NULL;
    found->settings_count = 0;
    found->step = NULL;
}

void found_free(struct found *found)
{
    if (!found)
        return;
    estimate_release(&found->estimate);
    results_let_go(found->results);
    survival_release(&found->survival);
    forget_step(found);
    pthread_mutex_destroy(&found->lock);
    free(found);
}

static struct standing *stand(const struct job *job)
{
    struct found *found = job->found;
    struct standing_sources sources = {.estimate = found->estimated ? &found->estimate : NULL,
                                       .preview = found->preview,
                                       .results = found->results,
                                       .settled = found->settled,
                                       .survival = &found->survival,
                                       .sets = found->sets,
                                       .out = job->out,
                                       .out_count = job->out_count};
    struct standing *standing = standing_new(&job->scenario, &sources);
    if (standing && found->step && standing->answer.verdict == VERDICT_NO)
        answer_set_next_step(&standing->answer, found->step, (const char *const *)found->settings,
                             found->settings_count);
    if (standing)
        standing->sequence = ++found->sequence;
    return standing;
}

struct standing *found_estimate(const struct job *job, struct estimate *estimate, bool preview)
{
    struct found *found = job->found;
    struct standing *standing = NULL;
    pthread_mutex_lock(&found->lock);
    if (preview && found->estimated) {
        estimate_release(estimate);
    } else {
        estimate_release(&found->estimate);
        found->estimate = *estimate;
        found->estimated = true;
        found->preview = preview;
        standing = stand(job);
    }
    pthread_mutex_unlock(&found->lock);
    return standing;
}

struct standing *found_results(const struct job *job, struct results *results, bool settled)
{
    struct found *found = job->found;
    pthread_mutex_lock(&found->lock);
    results_let_go(found->results);
    found->results = results;
    found->settled = settled;
    struct standing *standing = stand(job);
    pthread_mutex_unlock(&found->lock);
    return standing;
}

static void set_free(struct survival_set *set)
{
    free(set->down);
    free(set->blocked);
}

static struct survival_set *same_set(struct survival *survival, const struct survival_set *set)
{
    for (size_t i = 0; i < survival->count; i++)
        if (survival->sets[i].down_count == set->down_count &&
            !memcmp(survival->sets[i].down, set->down, set->down_count * sizeof *set->down))
            return &survival->sets[i];
    return NULL;
}

static void put_set(struct found *found, struct survival_set set)
{
    struct survival_set *same = same_set(&found->survival, &set);
    if (same) {
        set_free(same);
        *same = set;
        return;
    }
    struct survival_set *grown =
        realloc(found->survival.sets, (found->survival.count + 1) * sizeof *grown);
    if (!grown) {
        set_free(&set);
        return;
    }
    found->survival.sets = grown;
    grown[found->survival.count++] = set;
}

struct standing *found_set(const struct job *job, struct survival_set set, size_t sets)
{
    struct found *found = job->found;
    pthread_mutex_lock(&found->lock);
    put_set(found, set);
    found->sets = sets;
    struct standing *standing = stand(job);
    pthread_mutex_unlock(&found->lock);
    return standing;
}

static bool keep_step(struct found *found, const struct next_step *step)
{
    forget_step(found);
    found->step = strdup(step->words ? step->words : "");
    found->settings = calloc(step->count + 1, sizeof *found->settings);
    for (size_t i = 0; found->settings && i < step->count; i++)
        if ((found->settings[i] = strdup(step->settings[i])))
            found->settings_count++;
    return found->step && found->settings && found->settings_count == step->count;
}

struct standing *found_next_step(const struct job *job, const struct next_step *step)
{
    struct found *found = job->found;
    pthread_mutex_lock(&found->lock);
    struct standing *standing = keep_step(found, step) ? stand(job) : NULL;
    pthread_mutex_unlock(&found->lock);
    return standing;
}

bool found_report(const struct job *job, found_writer *write, void *context)
{
    struct found *found = job->found;
    pthread_mutex_lock(&found->lock);
    struct standing *standing = found->estimated || found->results ? stand(job) : NULL;
    struct report report = {
        .kind = found->results ? REPORT_RUN : REPORT_ESTIMATE,
        .scenario = &job->scenario,
        .results = found->results,
        .survival = found->survival.count ? &found->survival : NULL,
        .estimate = found->estimated ? &found->estimate : NULL,
        .answer = standing ? &standing->answer : NULL,
    };
    bool ok = standing && write(context, &report);
    standing_free(standing);
    pthread_mutex_unlock(&found->lock);
    return ok;
}

bool found_anything(const struct job *job)
{
    struct found *found = job->found;
    pthread_mutex_lock(&found->lock);
    bool anything = found->estimated || found->results;
    pthread_mutex_unlock(&found->lock);
    return anything;
}

bool found_finished(const struct job *job)
{
    struct found *found = job->found;
    pthread_mutex_lock(&found->lock);
    bool finished = found->settled && found->survival.count >= found->sets &&
                    (found->sets > 0 || job->scenario.peer_count < job->out_count + 2);
    pthread_mutex_unlock(&found->lock);
    return finished;
}

struct standing *found_now(const struct job *job)
{
    struct found *found = job->found;
    pthread_mutex_lock(&found->lock);
    struct standing *standing = found->estimated || found->results ? stand(job) : NULL;
    pthread_mutex_unlock(&found->lock);
    return standing;
}

struct results *found_latest(const struct job *job)
{
    pthread_mutex_lock(&job->found->lock);
    struct results *results = results_use(job->found->results);
    pthread_mutex_unlock(&job->found->lock);
    return results;
}
