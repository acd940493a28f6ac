/* The simulator as a library: a cluster of two peers of five calls each under seven erlangs, which
 * Erlang's formula B says refuses 7.874 %. Needs model/ and sim/ only:
 *   cc -std=c17 -I. examples/erlang.c build/libpeerplan.a -lgsl -lgslcblas -lm -lpthread */
#include <stdio.h>

#include "model/scenario_make.h"
#include "sim/study/experiment.h"

int main(void)
{
    struct platform node = platform_make("node");
    struct cluster cluster = cluster_make("c", 0);
    struct peer peers[] = {peer_make("p1", 0), peer_make("p2", 0)};
    struct call_class audio = class_make("audio");
    nanos always = 0;
    double per_second = 7;
    node.units = 5;
    cluster.peer_count = 2;
    audio.media = MEDIA_AUDIO;
    audio.arrivals = arrivals_make(&always, &per_second);
    struct scenario scenario = {.run = run_make(),
                                .goals = goals_make(),
                                .platforms = &node,
                                .platform_count = 1,
                                .clusters = &cluster,
                                .cluster_count = 1,
                                .peers = peers,
                                .peer_count = 2,
                                .classes = &audio,
                                .class_count = 1};
    scenario.run.length = HOUR;
    struct errors errors;
    struct results results;
    errors_init(&errors);
    if (!experiment_run(&scenario, &(struct experiment_options){0}, &results, &errors))
        return 1;
    size_t blocked = results_find(&results, SCOPE_CLASS, "audio", "blocked_fraction");
    struct interval share = results_interval(&results, blocked, 0);
    printf("refused %.3f %% (%.3f to %.3f)\n", 100 * share.value, 100 * share.low,
           100 * share.high);
    results_release(&results);
    errors_release(&errors);
    return 0;
}
