/* What a sweep costs beside its simulations, and what keeping an answer costs beside the answer.
 *
 * Processor time of the program itself, as the system counts it; ratios come from one run of this
 * bench. 2,000 points of ten replications of examples/small-pair.yaml. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct cost {
    double elapsed, processor; /* s */
};

static const char *program;
static char folder[] = "/tmp/peerplan-bench-XXXXXX";

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static pid_t start(const char *arguments)
{
    pid_t child = fork();
    if (child == 0) {
        char *command;
        if (asprintf(&command, "exec %s %s -q >/dev/null 2>&1", program, arguments) < 0)
            _exit(127);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return child;
}

static double finish(pid_t child)
{
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) > 1) { /* 1: the answer is no */
        fprintf(stderr, "bench_sweep: %s failed\n", program);
        exit(1);
    }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/* words, then --db or whatever takes a file of its own; NULL: nothing is written. */
static struct cost run(const char *words, const char *file, int jobs)
{
    static int number;
    char arguments[1024];
    if (file)
        snprintf(arguments, sizeof arguments, "%s -j %d %s %s/%d", words, jobs, file, folder,
                 number++);
    else
        snprintf(arguments, sizeof arguments, "%s -j %d", words, jobs);
    double begun = now();
    struct cost cost = {.processor = finish(start(arguments))};
    cost.elapsed = now() - begun;
    return cost;
}

#define SWEEP(count)                                                                               \
    "sweep examples/small-pair.yaml --vary calls.video.arrivals.scale=80%..120%:" count            \
    " --vary clusters.branch.peers=1,2 "

#define RUN "run examples/head-office.yaml"

static double two_processes(void)
{
    double begun = now();
    pid_t both[2];
    for (int i = 0; i < 2; i++) {
        char arguments[1024];
        snprintf(arguments, sizeof arguments, "%s -r 10 --shard %d/2 -j 1 --db %s/part%d",
                 SWEEP("1000"), i, folder, i);
        both[i] = start(arguments);
    }
    finish(both[0]);
    finish(both[1]);
    return now() - begun;
}

static double least(const char *words, const char *file)
{
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        struct cost cost = run(words, file, 1);
        best = cost.processor < best ? cost.processor : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    char *remove;
    program = argc > 1 ? argv[1] : "build/peerplan";
    if (!mkdtemp(folder) || asprintf(&remove, "rm -rf %s", folder) < 0)
        return 1;
    struct cost one = run(SWEEP("1000") "-r 10", "--db", 1),
                two = run(SWEEP("1000") "-r 10", "--db", 2);
    double apart = two_processes();
    printf(
        "2000 points of 10 replications: %.1f s with 1 job, %.1f s with 2 (%.2f times as fast; two "
        "processes that share nothing: %.2f times)\n",
        one.elapsed, two.elapsed, one.elapsed / two.elapsed, one.elapsed / apart);
    double ten = least(SWEEP("100") "-r 10", "--db"), twenty = least(SWEEP("100") "-r 20", "--db");
    printf("a point beyond its simulation: %.3f ms of %.2f ms\n", 1e3 * (2 * ten - twenty) / 200,
           1e3 * ten / 200);
    double kept = least(RUN, "--db"), alone = least(RUN, NULL);
    printf("keeping the answer of a run of %.2f s: %+.1f %%\n", alone, 100 * (kept / alone - 1));
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", remove, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    free(remove);
    return 0;
}
