#include "sim/study/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static bool worker_init(struct worker *worker, const struct workers_setting *setting)
{
    bool ok = past_init(&worker->past, setting->reach);
    worker->seed = setting->seed;
    worker->sim = simulation_new(setting->reach->plan, setting->options, setting->seed, 0);
    return ok && worker->sim;
}

bool workers_init(struct workers *workers, const struct workers_setting *setting)
{
    long jobs = setting->jobs > 0 ? setting->jobs : sysconf(_SC_NPROCESSORS_ONLN);
    jobs = jobs < 1 ? 1 : jobs > WORKERS_MOST ? WORKERS_MOST : jobs;
    *workers = (struct workers){.count = (uint32_t)jobs, .stop = setting->stop};
    workers->items = calloc(workers->count, sizeof *workers->items);
    bool ok = workers->items != NULL;
    for (uint32_t i = 0; i < workers->count && ok; i++)
        ok = worker_init(&workers->items[i], setting);
    return ok;
}

void workers_release(struct workers *workers)
{
    for (uint32_t i = 0; workers->items && i < workers->count; i++) {
        simulation_free(workers->items[i].sim);
        past_release(&workers->items[i].past);
    }
    free(workers->items);
}

bool workers_stopped(const struct workers *workers)
{
    return workers->stop && atomic_load_explicit(workers->stop, memory_order_relaxed);
}

uint64_t workers_events(const struct workers *workers)
{
    uint64_t events = 0;
    for (uint32_t i = 0; i < workers->count; i++)
        events += replay_events(workers->items[i].sim);
    return events;
}

/* ---- Many at a time ---- */

struct round {
    struct workers *workers;
    uint32_t first, count;
    atomic_uint next;
    worker_task task;
    void *context;
};

struct thread {
    struct round *round;
    struct worker *worker;
};

static void *work(void *context)
{
    struct thread *thread = context;
    struct round *round = thread->round;
    for (;;) {
        uint32_t i = atomic_fetch_add(&round->next, 1);
        if (i >= round->count || workers_stopped(round->workers))
            return NULL;
        round->task(thread->worker, round->first + i, round->context);
    }
}

void workers_run(struct workers *workers, uint32_t first, uint32_t count, worker_task task,
                 void *context)
{
    struct round round = {workers, first, count, 0, task, context};
    pthread_t ids[WORKERS_MOST];
    struct thread threads[WORKERS_MOST];
    uint32_t started = 0;
    for (; started + 1 < workers->count; started++) {
        threads[started] = (struct thread){&round, &workers->items[started + 1]};
        if (pthread_create(&ids[started], NULL, work, &threads[started]) != 0)
            break;
    }
    work(&(struct thread){&round, &workers->items[0]});
    for (uint32_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
}
