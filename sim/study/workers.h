/* Threads that draw samples: each has a past to draw and a simulation to replay it with.
 *
 * Samples are numbered, and what one is depends on seed and number only: whoever draws it, the
 * results are the same.
 */
#ifndef PEERPLAN_SIM_WORKERS_H
#define PEERPLAN_SIM_WORKERS_H

#include <stdatomic.h>

#include "sim/study/past.h"

#define WORKERS_MOST 64

struct worker {
    struct drawn_past past;
    struct simulation *sim; /* owned */
    uint64_t seed;
};

struct workers {
    struct worker *items; /* owned */
    uint32_t count;
    const atomic_int *stop; /* NULL: never */
};

/* jobs 0: one a processor. Borrowed: reach, options, stop. False: out of memory. Release in any
 * case. */
struct workers_setting {
    const struct reach *reach;
    const struct simulation_options *options;
    uint64_t seed;
    int jobs;
    const atomic_int *stop;
};
bool workers_init(struct workers *workers, const struct workers_setting *setting);
void workers_release(struct workers *workers);

/* Draws the samples first..first + count - 1; ends early when stopped. */
typedef void (*worker_task)(struct worker *worker, uint32_t sample, void *context);
void workers_run(struct workers *workers, uint32_t first, uint32_t count, worker_task task,
                 void *context);

bool workers_stopped(const struct workers *workers);
/* Of the engine, since they were made. */
uint64_t workers_events(const struct workers *workers);

#endif
