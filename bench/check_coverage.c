/* Do the 95 % intervals contain the truth in 95 % of runs?
 *
 * Small clusters whose blocking is known exactly (one class of calls over equal peers: Erlang's
 * formula). Each is run many times with different seeds, for a fixed number of replications or
 * until a precision is reached, also around a tenth of the goal, where a run may end for either
 * reason; the share of intervals of blocked_fraction that contain the exact value must lie in 93.5
 * to 96.5 % (93 % where a precision ends the run). With 2,000 runs that share has a standard error
 * of 0.5 %. Bounds where nothing was refused: check_bounds.c.
 *
 * Usage: check_coverage [RUNS [REPLICATIONS [FIRST SYSTEM]]]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/study/experiment.h"
#include "sim/study/results.h"

#define PEERS 4
#define UNITS 5 /* a peer */

struct coverage {
    double blocking; /* wanted; the load is found for it */
    nanos length;
    double precision; /* relative half-width that ends a run; 0: a fixed number of replications */
    int inside, below, above;
};

/* A scenario without a file: an hour is the mean holding time. */
struct lab {
    struct platform platform;
    struct cluster cluster;
    struct peer peers[PEERS];
    struct call_class class;
    nanos time;
    double rate;
    struct scenario scenario;
};

static double erlang_b(double load, int servers)
{
    double b = 1;
    for (int n = 1; n <= servers; n++)
        b = load * b / (n + load * b);
    return b;
}

static double load_for(double blocking, int servers)
{
    double low = 0, high = servers;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (erlang_b(middle, servers) < blocking)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void lab_peers(struct lab *lab)
{
    static const char *const names[PEERS] = {"p", "q", "r", "s"};
    lab->platform = (struct platform){.name = "small",
                                      .registrations = 10,
                                      .units = UNITS,
                                      .audio_weight = 1,
                                      .video_weight = 2,
                                      .mra_video_weight = 2,
                                      .rms = CAPACITY_UNLIMITED,
                                      .mra_registrations = 10,
                                      .turn = 10,
                                      .setup_rate = CAPACITY_UNLIMITED,
                                      .source = ""};
    lab->cluster = (struct cluster){.name = "c",
                                    .traversal = NONE,
                                    .cap_stated = -1,
                                    .redundancy = REDUNDANCY_NONE,
                                    .licence_grace = FOREVER,
                                    .peer_count = PEERS};
    for (int i = 0; i < PEERS; i++)
        lab->peers[i] = (struct peer){.name = names[i],
                                      .max_sessions = CAPACITY_UNLIMITED,
                                      .registration_queue = CAPACITY_UNLIMITED,
                                      .joins = -FOREVER,
                                      .leaves = FOREVER};
}

static void lab_init(struct lab *lab, double load, nanos length, int replications)
{
    *lab = (struct lab){.rate = load / 3600};
    lab_peers(lab);
    lab->class = (struct call_class){
        .name = "calls",
        .units = 1,
        .media_traverses = true,
        .rms_halves = 0,
        .turn = 0,
        .via = {.origin = ORIGIN_CLUSTER, .zone = NONE, .endpoints = NONE, .peer = NONE},
        .target_zone = NONE,
        .target_endpoints = NONE,
        .arrivals = {.kind = ARRIVALS_RATE,
                     .steps = {.times = &lab->time, .rates = &lab->rate, .count = 1}},
        .holding = {.law = LAW_EXPONENTIAL, .mean = 3600},
    };
    lab->scenario = (struct scenario){
        .title = "coverage",
        .table = "",
        .table_source = "",
        .goals = {.blocking = 0.01},
        .run = {.length = length,
                .warmup_kind = WARMUP_STATED,
                .warmup = 20 * HOUR,
                .replications = replications,
                .interval = length},
        .platforms = &lab->platform,
        .platform_count = 1,
        .clusters = &lab->cluster,
        .cluster_count = 1,
        .peers = lab->peers,
        .peer_count = PEERS,
        .classes = &lab->class,
        .class_count = 1,
    };
}

static bool run_once(struct coverage *c, const struct scenario *scenario)
{
    struct experiment_options options = {.precision = c->precision};
    struct results results = {0};
    struct errors errors;
    errors_init(&errors);
    bool done = experiment_run(scenario, &options, &results, &errors);
    if (done) {
        size_t metric = results_find(&results, SCOPE_CLASS, "calls", "blocked_fraction");
        struct interval x = results_interval(&results, metric, 0);
        c->below += x.high < c->blocking;
        c->above += x.low > c->blocking;
        c->inside += x.low <= c->blocking && c->blocking <= x.high;
    } else {
        fprintf(stderr, "%s\n", errors.count ? errors.items[0].message : "the run failed");
    }
    results_release(&results);
    errors_release(&errors);
    return done;
}

static bool cover(struct coverage *c, int runs, int replications)
{
    struct lab lab;
    lab_init(&lab, load_for(c->blocking, PEERS * UNITS), c->length, replications);
    for (int i = 0; i < runs; i++) {
        lab.scenario.run.seed = (uint64_t)i + 1;
        if (!run_once(c, &lab.scenario))
            return false;
    }
    double share = 100.0 * c->inside / runs;
    char rule[60];
    snprintf(rule, sizeof rule, c->precision > 0 ? "until +-%g %%" : "%g replications",
             c->precision > 0 ? 100 * c->precision : (double)replications);
    printf("blocking %g, %s of %g h: %.2f %% of %d intervals contain it "
           "(%d too low, %d too high)\n",
           c->blocking, rule, (double)c->length / (double)HOUR, share, runs, c->below, c->above);
    return share >= (c->precision > 0 ? 93 : 93.5) && share <= 96.5;
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 2000;
    int replications = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 30;
    struct coverage systems[] = {{.blocking = 0.01, .length = 100 * HOUR},
                                 {.blocking = 0.001, .length = 500 * HOUR},
                                 {.blocking = 0.01, .length = 100 * HOUR, .precision = 0.1},
                                 /* around a tenth of the goal, where a run may end either way */
                                 {.blocking = 0.0005, .length = 20 * HOUR, .precision = 0.5},
                                 {.blocking = 0.001, .length = 20 * HOUR, .precision = 0.5},
                                 {.blocking = 0.001, .length = 20 * HOUR, .precision = 0.2},
                                 {.blocking = 0.002, .length = 20 * HOUR, .precision = 0.5}};
    bool good = true;
    for (size_t i = argc > 3 ? (size_t)strtol(argv[3], NULL, 10) : 0;
         i < sizeof systems / sizeof *systems; i++)
        good = cover(&systems[i], runs, replications) && good;
    puts(good ? "good" : "outside 93.5 (93) to 96.5 %");
    return good ? 0 : 1;
}
