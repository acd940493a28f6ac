#include "tui/worker.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tui/designing.h"
#include "tui/outlook.h"
#include "tui/pins.h"
#include "tui/swings.h"
#include "tui/trials.h"

#define PATIENCE_MS 100

struct worker {
    worker_function *function;
    void *context;
    int wake, nice;
    atomic_int stop; /* the present job is to end */
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    struct job *next; /* waits to be taken */
    bool quit, news;
    unsigned generation; /* of the job started last: reports of others are late */
    struct news report;
};

/* ---- Jobs and reports ---- */

struct job *job_new(void *context, void (*release)(struct job *job), unsigned generation,
                    int threads)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job) {
        release(&(struct job){.context = context});
        return NULL;
    }
    atomic_init(&job->users, 1);
    job->context = context;
    job->release = release;
    job->generation = generation;
    job->threads = threads;
    return job;
}

struct job *job_use(struct job *job)
{
    atomic_fetch_add(&job->users, 1);
    return job;
}

void job_done(struct job *job)
{
    if (!job || atomic_fetch_sub(&job->users, 1) != 1)
        return;
    if (job->release)
        job->release(job);
    found_free(job->found);
    trials_free(job->trials);
    free(job->down);
    free(job->out);
    free(job);
}

void news_release(struct news *report)
{
    results_let_go(report->results);
    standing_free(report->standing);
    standing_free(report->pin_standing);
    pairing_free(report->pairing);
    free(report->seek);
    swings_free(report->swings);
    design_news_free(report->designs);
    outlook_free(report->outlook);
    results_let_go(report->replay);
    *report = (struct news){0};
}

/* ---- The thread ---- */

static struct job *wait_for_job(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    while (!w->next && !w->quit)
        pthread_cond_wait(&w->changed, &w->lock);
    struct job *job = w->quit ? NULL : w->next;
    if (job) {
        w->next = NULL;
        atomic_store(&w->stop, 0);
    }
    pthread_mutex_unlock(&w->lock);
    return job;
}

static void *worker_main(void *argument)
{
    struct worker *w = argument;
    id_t self = (id_t)gettid(); /* on Linux a thread has a priority of its own */
    setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + w->nice);
    for (struct job *job; (job = wait_for_job(w)); job_done(job))
        w->function(w, job, w->context);
    return NULL;
}

/* The pipe does not block: when it is full, there is a byte in it. */
void worker_publish(struct worker *w, const struct job *job, struct news report)
{
    pthread_mutex_lock(&w->lock);
    bool late = job->generation != w->generation;
    struct news old = late ? report : w->report;
    if (!late) {
        w->report = report;
        w->report.generation = job->generation;
        w->news = true;
        ssize_t written = write(w->wake, "", 1);
        (void)written;
    }
    pthread_mutex_unlock(&w->lock);
    news_release(&old);
}

void worker_wait_taken(struct worker *w)
{
    bool news = true;
    while (news && !atomic_load(&w->stop)) {
        pthread_mutex_lock(&w->lock);
        news = w->news;
        pthread_mutex_unlock(&w->lock);
        if (news)
            usleep(1000);
    }
}

void worker_rest(struct worker *w, int milliseconds)
{
    for (int i = 0; i < milliseconds && !atomic_load(&w->stop); i++)
        usleep(1000);
}

const atomic_int *worker_stop(const struct worker *w)
{
    return &w->stop;
}

/* ---- The caller's side ---- */

/* Signals are for the thread that has the terminal. */
static bool start_thread(struct worker *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&w->thread, NULL, worker_main, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

struct worker *worker_new(worker_function *function, void *context, int wake, int nice)
{
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->function = function;
    w->context = context;
    w->wake = wake;
    w->nice = nice;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    if (start_thread(w))
        return w;
    free(w);
    return NULL;
}

static void ask_to_end(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    w->quit = true;
    atomic_store(&w->stop, 1);
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

/* When its thread has ended. */
static void release(struct worker *w)
{
    job_done(w->next);
    news_release(&w->report);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->changed);
    free(w);
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    ask_to_end(w);
    pthread_join(w->thread, NULL);
    release(w);
}

bool workers_end(struct worker *const *workers, int count)
{
    struct timespec until;
    bool all = true;
    for (int i = 0; i < count; i++)
        if (workers[i])
            ask_to_end(workers[i]);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += PATIENCE_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    for (int i = 0; i < count; i++) {
        if (!workers[i])
            continue;
        if (pthread_timedjoin_np(workers[i]->thread, NULL, &until) == 0) {
            release(workers[i]);
        } else {
            pthread_detach(workers[i]->thread);
            all = false;
        }
    }
    return all;
}

void worker_start(struct worker *w, struct job *job)
{
    pthread_mutex_lock(&w->lock);
    struct job *before = w->next;
    struct news old = w->report;
    w->next = job_use(job);
    w->generation = job->generation;
    w->report = (struct news){0};
    w->news = false;
    atomic_store(&w->stop, 1);
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    job_done(before);
    news_release(&old);
}

void worker_halt(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    struct job *before = w->next;
    w->next = NULL;
    w->generation = UINT_MAX; /* of no job: what still comes is late */
    atomic_store(&w->stop, 1);
    pthread_mutex_unlock(&w->lock);
    job_done(before);
}

bool worker_take(struct worker *w, struct news *report)
{
    pthread_mutex_lock(&w->lock);
    bool news = w->news;
    *report = w->report;
    w->report.results = NULL;
    w->report.standing = w->report.pin_standing = NULL;
    w->report.pairing = NULL;
    w->report.seek = NULL;
    w->report.swings = NULL;
    w->report.designs = NULL;
    w->report.outlook = NULL;
    w->report.replay = NULL;
    w->news = false;
    pthread_mutex_unlock(&w->lock);
    return news;
}
