/* What an ask for designs costs: all of 4 platforms, 1 to 6 peers, up to 8 clusters, one peer down,
 * RMS free, for a day of 24 hours and 3 classes; and where one formula is exact. Processor seconds
 * of the program, one at a time; the budget stands beside it. */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define STEPS                                                                                      \
    "steps: [[0h, 0.1], [1h, 0.11], [2h, 0.12], [3h, 0.1], [4h, 0.1], [5h, 0.1], [6h, 0.2], "      \
    "[7h, 0.4], [8h, 1], [9h, 0.9], [10h, 0.8], [11h, 0.7], [12h, 0.6], [13h, 0.5], [14h, 0.6], "  \
    "[15h, 0.7], [16h, 0.8], [17h, 0.9], [18h, 0.6], [19h, 0.5], [20h, 0.4], [21h, 0.3], "         \
    "[22h, 0.2], [23h, 0.1]]"
#define CLUSTERS                                                                                   \
    "release: X15.5\ngoals: {blocking: 1%, survive: 1}\n"                                          \
    "clusters: [{name: c, peers: [{name: p, platform: large-vm}]}]\ncalls:\n"

static const char day[] = CLUSTERS
    "  - {name: a, media: audio, service: registered, arrivals: {rate: 4000/h, " STEPS
    "}, holding: {mean: 3m}}\n"
    "  - {name: v, service: registered, arrivals: {rate: 1000/h, " STEPS "}, holding: {mean: 6m}}\n"
    "  - {name: b, service: b2b, arrivals: {rate: 3000/h, " STEPS "}, holding: {mean: 20m}}\n"
    "run: {length: 24h}\n";
static const char one[] = CLUSTERS
    "  - {name: v, service: registered, arrivals: {busy-hour-erlangs: 300}, holding: {mean: 3m}}\n"
    "run: {length: 1h, from: steady, warmup: none}\n";

static double seconds(void)
{
    struct rusage use;
    getrusage(RUSAGE_CHILDREN, &use);
    return (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec * 1e-6 +
           (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec * 1e-6;
}

static int measure(const char *program, const char *name, const char *scenario, const char *options,
                   double budget)
{
    char path[] = "/tmp/bench-design-XXXXXX", command[4096];
    int file = mkstemp(path);
    if (file < 0 || write(file, scenario, strlen(scenario)) != (ssize_t)strlen(scenario))
        return 1;
    close(file);
    snprintf(command, sizeof command, "'%s' size %s %s --csv >/dev/null", program, path, options);
    double before = seconds();
    int status = system(command);
    double cost = seconds() - before;
    printf("%-44s %7.3f s of %5.2f s%s\n", name, cost, budget, status ? "  FAILED" : "");
    unlink(path);
    return status != 0;
}

int main(int argc, char **argv)
{
    char here[1024], program[1100];
    (void)argc;
    snprintf(here, sizeof here, "%s", argv[0]);
    snprintf(program, sizeof program, "%s/../peerplan", dirname(here));
    int failed = measure(program, "designs of a day, 24 hours, 3 classes", day,
                         "--platforms small-vm,medium-vm,large-vm,ce1200", 2);
    failed += measure(program, "the same, dominated ones too", day,
                      "--platforms small-vm,medium-vm,large-vm,ce1200 --all", 10);
    failed += measure(program, "one formula is exact", one,
                      "--platforms small-vm,medium-vm,large-vm,ce1200", 0.1);
    return failed != 0;
}
