/* Work behind the screen: a thread that does the latest job it was given and hands over what it
 * finds.
 *
 * worker_start gives it a job and asks it to drop the one it has; the function of the worker does
 * the job and publishes reports on the way, of which only the latest is kept. Nothing is shared but
 * what the lock guards: a job never changes and is counted by those who use it; what a report holds
 * is owned by whoever took it. A byte is written to the descriptor `wake`, which must not block,
 * when there is something to take.
 */
#ifndef PEERPLAN_TUI_WORKER_H
#define PEERPLAN_TUI_WORKER_H

#include "sim/study/experiment.h"

struct worker;
struct outlook;

/* A state of the session to work on, with what it borrows. */
struct job {
    atomic_int users;
    struct scenario scenario;
    struct trace_source traces; /* used when the scenario has traces */
    uint32_t *down;             /* owned by the job: malloc; peers that are dead */
    uint32_t down_count;
    uint32_t *out; /* owned, the same: peers that take no new calls, those in maintenance too */
    uint32_t out_count;
    int threads;         /* of the simulation; 0: one a processor */
    int cap;             /* replications at most; 0: the default */
    unsigned generation; /* of the scenario; comes back with reports */
    void *context;
    void (*release)(
        struct job *job); /* frees everything the job holds but `down` and `out`; NULL: nothing */
};

struct job *job_use(struct job *job); /* one more user */
void job_done(struct job *job);       /* one fewer; the last one frees it; takes NULL */

/* What the thread has to say. */
struct report {
    struct results *results; /* owned by the taker; NULL: nothing new */
    struct outlook *answer;  /* the same */
    bool finished;           /* the job is done, or has failed */
    unsigned generation;
    char message[256]; /* of a failure, "" none */
};

void report_release(struct report *report);

typedef void worker_function(struct worker *worker, const struct job *job, void *context);

struct worker *worker_new(worker_function *function, void *context, int wake);
void worker_free(struct worker *worker); /* stops and waits; takes NULL */
/* worker_free for a program that is about to end: asks all to stop, and waits a moment. False when
 * one is still in the middle of something; it is left to the end of the process then. */
bool workers_end(struct worker *const *workers, int count);
void worker_start(struct worker *worker, struct job *job); /* uses the job */
bool worker_take(struct worker *worker, struct report *report);

/* --- For the worker's function ---------------------------------------------------------------- */

/* Hands over a report; consumes what it holds. Too late, it is dropped. */
void worker_publish(struct worker *worker, const struct job *job, struct report report);
/* Set when the job is to be dropped. */
const atomic_int *worker_stop(const struct worker *worker);

/* Frees results that were handed over; takes NULL. */
void worker_results_free(struct results *results);

#endif
