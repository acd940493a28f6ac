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
#include "tui/found.h"

struct worker;

/* A state of the session to work on, with what it borrows. */
struct job {
    atomic_int users;
    struct scenario scenario;
    struct trace_source traces; /* used when the scenario has traces */
    uint32_t *down;             /* owned by the job: malloc; peers that are dead */
    uint32_t down_count;
    uint32_t *out; /* owned, the same: peers that take no new calls, those in maintenance too */
    uint32_t out_count;
    int threads;           /* of the simulation; 0: one a processor */
    int cap;               /* replications at most; 0: the default */
    unsigned generation;   /* of the scenario; comes back with reports */
    struct trials *trials; /* owned: changes of this state, tried; NULL: cannot be */
    struct found *found;   /* owned: what the workers have found out so far */
    void *context;
    void (*release)(struct job *job); /* frees what else the job holds; NULL: nothing */
};

/* A job that holds a context, which it takes in any case: out of memory it is released, and NULL
 * returned. One user. */
struct job *job_new(void *context, void (*release)(struct job *job), unsigned generation,
                    int threads);
struct job *job_use(struct job *job); /* one more user */
void job_done(struct job *job);       /* one fewer; the last one frees it; takes NULL */

/* What the thread has to say. */
struct news {
    struct standing *standing;     /* owned by the taker; NULL: nothing new */
    struct results *results;       /* the same, one use of shared ones; NULL: as before */
    struct standing *pin_standing; /* the same, of a pin: that of generation `subject` */
    struct pairing *pairing;       /* the same, of that pin with the present state */
    unsigned subject;
    struct seek_news *seek;      /* owned by the taker: of goal seek; NULL: nothing new */
    struct swings *swings;       /* the same: what moves the answer most */
    struct outlook *outlook;     /* the same: when growth reaches a limit */
    struct design_news *designs; /* the same: what was found so far */
    struct results *replay;      /* one use of shared ones, of the replay; NULL: nothing new */
    bool finished;               /* the job is done, or has failed */
    bool written;                /* the message says what was written, not why something failed */
    unsigned generation;
    char message[256]; /* "" none */
};

void news_release(struct news *report);

typedef void worker_function(struct worker *worker, const struct job *job, void *context);

/* nice: how far the thread steps back for the caller's, 0 to 19; its own threads inherit it. */
struct worker *worker_new(worker_function *function, void *context, int wake, int nice);
void worker_free(struct worker *worker); /* stops and waits; takes NULL */
/* worker_free for a program that is about to end: asks all to stop, and waits a moment. False when
 * one is still in the middle of something; it is left to the end of the process then. */
bool workers_end(struct worker *const *workers, int count);
void worker_start(struct worker *worker, struct job *job); /* uses the job */
void worker_halt(struct worker *worker);                   /* drops the job it has */
bool worker_take(struct worker *worker, struct news *report);

/* ---- For the worker's function ---- */

/* Hands over a report; consumes what it holds. Too late, it is dropped. */
void worker_publish(struct worker *worker, const struct job *job, struct news report);
/* Waits until what was published has been taken, or the job is to be dropped: of what comes next
 * nothing may be lost. */
void worker_wait_taken(struct worker *worker);
/* Sleeps a moment, less when the job is to be dropped. */
void worker_rest(struct worker *worker, int milliseconds);
/* Set when the job is to be dropped. */
const atomic_int *worker_stop(const struct worker *worker);

#endif
