/* Is an upper bound where nothing was refused above the truth, and an interval right where
 * replications agree?
 *
 * Systems of known blocking in runs so short that many see no refusal at all, or nothing else. Each
 * is run with many seeds; of the runs without a refusal (or without spread) 95 % must have an
 * interval that contains the truth, and so must 93 % of all runs where a run has refusals enough to
 * say anything (`all`).
 *
 * Usage: check_bounds [RUNS]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_file.h"
#include "sim/study/experiment.h"

#define SYSTEM(units, peers, call, more)                                                           \
    "scenario: x\nplatforms: [{name: u, units: " units "}]\n"                                      \
    "clusters: [{name: c, redundancy: none, peers: [" peers "]}]\n"                                \
    "calls: [{name: a, media: audio, units: 1, rms: 0, " call "}]\n" more
#define ONE "{name: p, platform: u}"
#define TWO "{name: p, platform: u}, {name: q, platform: u}"

static const struct bounded {
    const char *name, *text;
    double truth;
    const char *source;
} systems[] = {
    {"meetings of 50, 3 an hour for 1 h on 500 units",
     SYSTEM("500", ONE,
            "arrivals: {rate: 3/h, batches: [[50, 1]]}, holding: {distribution: deterministic, "
            "mean: 1h}",
            "run: {length: 24h, interval: 24h, warmup: 5h, replications: 30}\n"),
     0.000810, "Erlang B, 3 on 10"},
    {"two peers of 100 units, 100 erlangs, one away 4 h in 30 d",
     SYSTEM("100", TWO, "arrivals: {rate: 100/h}, holding: {mean: 1h}",
            "outages: [{cluster: c, mtbf: 30d, mttr: 4h}]\n"
            "run: {length: 24h, interval: 24h, replications: 30}\n"),
     0.00068, "4000 days of simulation"},
    {"100 erlangs on 130 units, single calls",
     SYSTEM("130", ONE, "arrivals: {rate: 100/h}, holding: {mean: 1h}",
            "run: {length: 24h, interval: 24h, warmup: 8h, replications: 10}\n"),
     0.000712, "Erlang B"},
    {"the same, lognormal holding times",
     SYSTEM("130", ONE,
            "arrivals: {rate: 100/h}, holding: {distribution: lognormal, cv: 1.4, mean: 1h}",
            "run: {length: 24h, interval: 24h, from: steady, replications: 10}\n"),
     0.000712, "Erlang B"},
    {"half an erlang on one unit, three hours in all",
     SYSTEM("1", ONE, "arrivals: {rate: 0.5/h}, holding: {mean: 1h}",
            "run: {length: 1h, interval: 1h, from: steady, replications: 3}\n"),
     1.0 / 3, "Erlang B"},
    {"two erlangs on one unit, six hours in all",
     SYSTEM("1", ONE, "arrivals: {rate: 2/h}, holding: {mean: 1h}",
            "run: {length: 1h, interval: 1h, from: steady, replications: 6}\n"),
     2.0 / 3, "Erlang B"},
};

struct counts {
    int runs, agree, agree_good, good;
};

static bool agree(const struct results *results, size_t metric)
{
    double first = results_interval(results, metric, 0).value;
    for (size_t r = 0; r < results->replications; r++) {
        double value = results_value(results, metric, r);
        if (!isnan(value) && fabs(value - first) > 1e-12)
            return false;
    }
    return true;
}

static bool run_once(const struct bounded *system, const struct scenario *scenario, uint64_t seed,
                     struct counts *counts)
{
    struct experiment_options options = {.seed_given = true, .seed = seed, .jobs = 1};
    struct results results = {0};
    struct errors errors;
    errors_init(&errors);
    bool done = experiment_run(scenario, &options, &results, &errors);
    if (done) {
        size_t metric = results_find(&results, SCOPE_CLASS, "a", "blocked_fraction");
        struct interval i = results_interval(&results, metric, 0);
        bool said = !isnan(i.value), good = i.low <= system->truth && system->truth <= i.high;
        bool same = said && agree(&results, metric);
        counts->runs += said;
        counts->good += said && good;
        counts->agree += same;
        counts->agree_good += same && good;
    }
    results_release(&results);
    errors_release(&errors);
    return done;
}

static bool check(const struct bounded *system, int runs)
{
    struct scenario scenario = {0};
    struct counts counts = {0};
    struct errors errors;
    errors_init(&errors);
    bool ok =
        scenario_read_text(system->text, strlen(system->text), "bench", ".", &scenario, &errors);
    for (int i = 0; ok && i < runs; i++)
        ok = run_once(system, &scenario, (uint64_t)i + 1, &counts);
    if (!ok)
        fprintf(stderr, "%s: the run failed\n", system->name);
    printf("%s (truth %.3g %%, %s):\n    %d of %d runs without spread, of which %.1f %% contain "
           "the truth; of all %.1f %%\n",
           system->name, 100 * system->truth, system->source, counts.agree, counts.runs,
           100.0 * counts.agree_good / (counts.agree ? counts.agree : 1),
           100.0 * counts.good / (counts.runs ? counts.runs : 1));
    fflush(stdout);
    scenario_release(&scenario);
    errors_release(&errors);
    return ok && counts.agree_good >= 0.95 * counts.agree - 1;
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 400;
    bool good = true;
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
        good = check(&systems[i], runs) && good;
    puts(good ? "good" : "bounds below the truth in more than 5 %");
    return good ? 0 : 1;
}
