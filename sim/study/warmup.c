#include "sim/study/warmup.h"

#include <math.h>
#include <stdlib.h>

#include "model/base/arena.h"
#include "model/holding.h"
#include "sim/engine/holding.h"
#include "sim/engine/simulation.h"
#include "sim/study/statistics.h"
#include "sim/engine/steady.h"

#define SETTLE          5 /* mean holding times in which calls in progress are replaced often enough */
#define FLOOR_LONGEST   1000 /* mean holding times */
#define MISSING         0.005
#define PILOT_RUNS      5
#define PILOT_INTERVALS 500
#define PILOT_FIRST     0x80000000u /* their replications: never those of the experiment */

/* An interval of a fifth of the longest mean holding time: 100 holding times in all. */
static nanos pilot_interval(const struct plan *plan)
{
    double interval = plan->longest_holding * (double)SECOND / 5;
    return interval < 1                                      ? 1
           : interval > (double)(TIME_MAX / PILOT_INTERVALS) ? TIME_MAX / PILOT_INTERVALS
                                                             : (nanos)interval;
}

/* Units in use over all clusters, interval by interval; where no class holds units, calls in
 * progress. */
static void concurrency(const struct layout *layout, const float *series, double *values)
{
    for (size_t i = 0; i < PILOT_INTERVALS; i++) {
        values[i] = 0;
        for (size_t s = 0; s < layout->series_count; s++)
            if (layout->series[s].scope == SCOPE_CLASS && !layout->series[s].ratio)
                values[i] += (double)series[i * layout->series_columns + layout->series[s].column];
    }
}

/* Time for the number of peers up to forget its start: a few times 1 / (rate down + rate up). */
static double outage_relaxation(const struct scenario *scenario)
{
    double longest = 0;
    for (uint32_t o = 0; o < scenario->outage_count; o++) {
        const struct random_outage *outage = &scenario->outages[o];
        double up = outage->up_mean + outage->drain_mean, down = outage->down_mean;
        double relaxation = outage->crew > 0 ? down * CLUSTER_PEERS_MAX : up * down / (up + down);
        longest = relaxation > longest ? relaxation : longest;
    }
    return 10 * longest;
}

/* ---- What theory asks for ---- */

double warmup_residual_time(const struct holding *holding, double share, double longest)
{
    double low = 0, high = holding->mean, missing = share * holding->mean;
    while (holding->mean - holding_integral(holding, high) > missing) {
        if (high >= longest)
            return longest;
        low = high;
        high = fmin(2 * high, longest);
    }
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (holding->mean - holding_integral(holding, middle) > missing)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static double warmup_floor(const struct scenario *scenario, bool *capped)
{
    double erlangs = 0, floor = 0;
    *capped = false;
    for (uint32_t k = 0; k < scenario->class_count; k++)
        erlangs += call_erlangs(&scenario->classes[k]);
    double share = MISSING / sqrt(fmax(erlangs, 1));
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        const struct call_class *call = &scenario->classes[k];
        double hold = call->holding.mean, longest = FLOOR_LONGEST * hold;
        if (!(hold > 0) || call_erlangs(call) <= 0)
            continue;
        double filled = warmup_residual_time(&call->holding, share, longest);
        *capped = *capped || filled >= longest;
        floor = fmax(floor, fmax(filled, SETTLE * hold) + (double)call->setup / (double)SECOND);
    }
    return floor;
}

/* ---- What pilot runs ask for ---- */

static bool pilot(const struct plan *plan, const struct experiment_options *options, uint64_t seed,
                  const struct layout *layout, nanos interval, size_t *cut, struct errors *errors)
{
    struct simulation_options quiet = experiment_simulation(options);
    quiet.calls = NULL;
    struct simulation *sim = simulation_new(plan, &quiet, seed, layout->series_columns);
    float *series = calloc(PILOT_INTERVALS * layout->series_columns + 1, sizeof *series);
    double *values = calloc(PILOT_INTERVALS, sizeof *values);
    bool ok = sim && series && values;
    if (!ok)
        errors_no_memory(errors);
    for (uint32_t run = 0; ok && run < PILOT_RUNS; run++) {
        struct replication_outcome outcome = {.series = series};
        const struct replication_span span = {.replication = PILOT_FIRST + run,
                                              .length = interval * PILOT_INTERVALS,
                                              .interval = interval};
        ok = simulation_run(sim, &span, &outcome, errors);
        free(outcome.alarms);
        concurrency(layout, series, values);
        size_t n = statistics_mser5(values, PILOT_INTERVALS);
        n = n > PILOT_INTERVALS / 2 ? PILOT_INTERVALS / 2
                                    : n; /* too short to say: half of it is 50 holding times */
        *cut = n > *cut ? n : *cut;
    }
    simulation_free(sim);
    free(series);
    free(values);
    return ok;
}

/* The product form says how many calls there are, not which peers they are on. */
static bool several_peers(const struct scenario *scenario)
{
    for (uint32_t c = 0; c < scenario->cluster_count; c++)
        if (scenario->clusters[c].peer_count > 1)
            return true;
    return false;
}

/* Each part of the system needs its time; the longest serves all. `pilots` in nanoseconds. */
static struct warmup longest_of(const struct scenario *scenario, double pilots)
{
    bool capped;
    double peers = outage_relaxation(scenario) * (double)SECOND;
    double floor = warmup_floor(scenario, &capped) * (double)SECOND;
    struct warmup warmup = {nanos_round(pilots),
                            "MSER-5 on calls in progress, longest of 5 pilot runs"};
    if (floor >= pilots)
        warmup = (struct warmup){nanos_round(floor),
                                 "until calls in progress have filled up, by their holding times"};
    if (capped)
        warmup.reason = "1000 mean holding times, and still too short: holding times vary so much "
                        "that calls are yet to "
                        "fill up; state a warm-up, or a steady start";
    if (peers > floor && peers > pilots)
        warmup = (struct warmup){nanos_round(peers), "ten relaxation times of the random outages"};
    if (scenario->run.steady && !capped)
        warmup.reason =
            "from empty until filled up, for a steady start is not known in closed form here";
    return warmup;
}

bool warmup_choose(const struct plan *plan, const struct experiment_options *options, uint64_t seed,
                   struct warmup *warmup, struct errors *errors)
{
    const struct run *run = &plan->scenario->run;
    bool steady = run->steady && !steady_obstacle(plan);
    bool in_vain = run->steady && !steady &&
                   run->warmup_kind == WARMUP_NONE; /* asks for a start that cannot be had */
    if (run->warmup_kind != WARMUP_AUTO && !in_vain) {
        *warmup = (struct warmup){run->warmup_kind == WARMUP_NONE ? 0 : run->warmup,
                                  steady ? "stated, from the steady state" : "stated"};
        return true;
    }
    if (steady) {
        bool split = several_peers(plan->scenario);
        double settle = split ? SETTLE * plan->longest_holding * (double)SECOND : 0;
        *warmup = (struct warmup){
            nanos_round(settle),
            split ? "starts in the steady state; how calls are split over peers settles"
                  : "none: starts in the steady state"};
        return true;
    }
    if (run->steady && plan->longest_holding > 0 && !plan->scenario->trace_count) {
        double settle = steady_settling(plan) + outage_relaxation(plan->scenario);
        *warmup = (struct warmup){nanos_round(settle * (double)SECOND),
                                  "from empty, twenty of the longest times that calls go on"};
        return true;
    }
    if (plan->varies || plan->longest_holding <= 0) {
        *warmup = (struct warmup){0, "none: the load depends on the time of day"};
        return true;
    }
    nanos interval = pilot_interval(plan);
    struct layout layout = {.arena = arena_new()};
    size_t cut = 0;
    bool ok = layout.arena && layout_make(&layout, plan, SECOND);
    if (!ok)
        errors_no_memory(errors);
    ok = ok && pilot(plan, options, seed, &layout, interval, &cut, errors);
    free(layout.metrics);
    free(layout.series);
    free(layout.events);
    arena_free(layout.arena);
    *warmup = longest_of(plan->scenario, (double)interval * (double)(cut + 5));
    return ok;
}
