/* Seconds of processor time that the program took, of all its threads. */
#ifndef PEERPLAN_BENCH_CLOCK_H
#define PEERPLAN_BENCH_CLOCK_H

#include <time.h>

static inline double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

#endif
