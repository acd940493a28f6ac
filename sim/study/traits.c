#include "sim/study/traits.h"

#include <math.h>
#include <stdlib.h>

#include "model/formulas/availability.h"
#include "sim/study/statistics.h"

#define NONE_SEEN 2.995732273553991 /* -ln 0.05 */

/* ---- Load ---- */

static double largest_batch(const struct arrivals *arrivals)
{
    double largest = 1;
    for (uint32_t i = 0; i < arrivals->batch_count; i++)
        if (arrivals->batch_probabilities[i] > 0)
            largest = fmax(largest, (double)arrivals->batch_sizes[i]);
    return largest;
}

static double size_of(const struct scenario *scenario, const struct call_class *call)
{
    struct platform node = scenario_cluster_node(scenario, call->via.cluster);
    return fmax((double)scenario_call_units(scenario, call, &node), 1);
}

double traits_mean_rest(const struct holding *h)
{
    double squares = 0;
    switch (h->law) {
    case LAW_GAMMA:
    case LAW_LOGNORMAL:
        squares = h->mean * h->mean * (1 + h->cv * h->cv);
        break;
    case LAW_HYPEREXPONENTIAL:
        for (uint32_t i = 0; i < h->count; i++)
            squares += 2 * h->probabilities[i] * h->means[i] * h->means[i];
        break;
    case LAW_EMPIRICAL:
        for (uint32_t i = 0; i < h->count; i++)
            squares += h->means[i] * h->means[i] / h->count;
        break;
    case LAW_EXPONENTIAL:
    case LAW_DETERMINISTIC:
    case LAW_ERLANG:
        break;
    }
    return h->mean > 0 ? fmax(squares / (2 * h->mean), h->mean) : 0;
}

/* ---- Clumps ---- */

/* For ever larger systems clumps at 1 % tend to 2 / 0.01 - 1 calls: 171 at 100,000 erlangs, 195 at
 * a million. */
#define CLUMP_MOST      199
#define CLUMP_LOAD_MOST 1e6

double traits_clump(double erlangs)
{
    double load = fmax(erlangs, 1), inverse = 1;
    size_t servers = 0;
    if (load > CLUMP_LOAD_MOST)
        return CLUMP_MOST;
    do
        inverse = 1 + (double)++servers / load * inverse;
    while (inverse < 100);
    return fmax(statistics_blocking_inflation(load, servers), 1);
}

/* A cluster as calls of its largest size. */
struct crowd {
    double units, seconds; /* erlangs x units, and those x holding time */
    double largest;        /* units of the largest batch */
    double longest;        /* holding time of what comes in batches */
    double excess;         /* clump - 1 for each of such calls in progress */
};

static void crowd_add(struct crowd *crowd, const struct scenario *scenario,
                      const struct call_class *call)
{
    double erlangs = call_erlangs(call), size = size_of(scenario, call),
           batch = largest_batch(&call->arrivals);
    if (erlangs <= 0)
        return;
    crowd->units += erlangs * size;
    crowd->seconds += erlangs * size * call->holding.mean;
    crowd->largest = fmax(crowd->largest, size * batch);
    if (batch > 1)
        crowd->longest = fmax(crowd->longest, call->holding.mean);
}

static void crowd_finish(struct crowd *crowd)
{
    double calls = crowd->units > 0 ? fmax(crowd->units / crowd->largest, 1) : 1;
    crowd->excess = (traits_clump(calls) - 1) / calls;
}

static double class_clump(const struct call_class *call, const struct crowd *crowd)
{
    double erlangs = call_erlangs(call), batch = largest_batch(&call->arrivals);
    double again = 1 + call->redial_probability;
    double lasting = traits_mean_rest(&call->holding) / call->holding.mean; /* 1: exponential */
    if (erlangs <= 0 || call->holding.mean <= 0)
        return 0;
    double alone = batch * traits_clump(erlangs / batch);
    double holds = fmax(crowd->seconds / crowd->units, crowd->longest) / call->holding.mean;
    double among = batch + erlangs * holds * crowd->excess;
    return fmax(alone, among) * again * lasting;
}

static bool find_clumps(const struct scenario *scenario, struct traits *traits)
{
    struct crowd *crowds = calloc((size_t)scenario->cluster_count + 1, sizeof *crowds);
    traits->clumps = calloc((size_t)scenario->class_count + 1, sizeof *traits->clumps);
    bool made = crowds && traits->clumps;
    for (uint32_t k = 0; made && k < scenario->class_count; k++)
        crowd_add(&crowds[scenario->classes[k].via.cluster], scenario, &scenario->classes[k]);
    for (uint32_t c = 0; made && c < scenario->cluster_count; c++)
        crowd_finish(&crowds[c]);
    for (uint32_t k = 0; made && k < scenario->class_count; k++)
        traits->clumps[k] =
            class_clump(&scenario->classes[k], &crowds[scenario->classes[k].via.cluster]);
    free(crowds);
    return made;
}

double traits_none_bound(double calls, double clump, double away, double seen)
{
    if (!(calls > 0))
        return NAN;
    double left = NONE_SEEN,
           blocking = 0; /* of the likelihood's exponent; share of outages that block */
    if (away * calls > seen * clump) { /* q is bounded by less than p is */
        blocking = seen > 0 ? fmin(1, left / seen) : 1;
        left -= blocking * seen;
    }
    double up = left > 0 ? -expm1(-left * clump / calls) : 0;
    return fmin(up + away * blocking, 1);
}

/* ---- Outages ---- */

static bool is_down(uint32_t peer, const uint32_t *down, uint32_t down_count)
{
    for (uint32_t i = 0; i < down_count; i++)
        if (down[i] == peer)
            return true;
    return false;
}

/* The share of time that one of so many peers is away. */
static double away_share(const struct random_outage *outage, int peers)
{
    double p[CLUSTER_PEERS_MAX + 1];
    availability_identical(peers, outage->up_mean, outage->drain_mean + outage->down_mean,
                           outage->crew, p);
    return 1 - p[peers];
}

/* Endpoints notice late, and register again later still. */
static double recovery(const struct scenario *scenario)
{
    nanos longest = 0;
    for (uint32_t e = 0; e < scenario->endpoints_count; e++)
        longest = scenario->endpoints[e].ttl > longest ? scenario->endpoints[e].ttl : longest;
    return (double)longest / (double)SECOND;
}

static void add_outage(const struct scenario *scenario, const struct random_outage *outage,
                       const uint32_t *down, uint32_t down_count, struct traits *traits)
{
    const struct cluster *cluster = &scenario->clusters[outage->cluster];
    uint32_t first = outage->peer == NONE ? cluster->first_peer : outage->peer;
    uint32_t count = outage->peer == NONE ? cluster->peer_count : 1;
    double gone = outage->drain_mean + outage->down_mean, after = recovery(scenario);
    int peers = 0;
    for (uint32_t p = first; p < first + count; p++) {
        if (is_down(p, down, down_count))
            continue;
        traits->away_peers[traits->away_peer_count++] = p;
        peers++;
    }
    if (peers == 0 || !(gone > 0) || !(outage->up_mean > 0))
        return;
    traits->away += away_share(outage, peers) * (gone + after) / gone;
    traits->away_mean = fmax(traits->away_mean, gone);
    traits->memory = fmax(traits->memory, (outage->up_mean + gone) / peers + after);
}

static bool find_outages(const struct scenario *scenario, const uint32_t *down, uint32_t down_count,
                         struct traits *traits)
{
    size_t room = 1;
    for (uint32_t o = 0; o < scenario->outage_count; o++)
        room += CLUSTER_PEERS_MAX;
    traits->away_peers = calloc(room, sizeof *traits->away_peers);
    if (!traits->away_peers)
        return false;
    for (uint32_t o = 0; o < scenario->outage_count; o++)
        add_outage(scenario, &scenario->outages[o], down, down_count, traits);
    traits->away = fmin(traits->away, 1);
    traits->away_counts = scenario->step_count == 0 && scenario->change_count == 0;
    return true;
}

/* ---- Time ---- */

static void find_times(const struct scenario *scenario, struct traits *traits)
{
    traits->constant =
        scenario->trace_count == 0 && scenario->step_count == 0 && scenario->change_count == 0;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        const struct call_class *call = &scenario->classes[k];
        double memory = traits_mean_rest(&call->holding) + call->redial_after +
                        (double)call->setup / (double)SECOND;
        traits->memory = fmax(traits->memory, memory);
        traits->constant = traits->constant && call->arrivals.steps.count <= 1;
    }
    for (uint32_t p = 0; p < scenario->peer_count; p++)
        traits->constant = traits->constant && scenario->peers[p].joins <= -FOREVER &&
                           scenario->peers[p].leaves >= FOREVER;
}

bool scenario_replays(const struct scenario *scenario)
{
    if (scenario->trace_count == 0 || scenario->outage_count > 0)
        return false;
    for (uint32_t c = 0; c < scenario->class_count; c++)
        if (scenario->classes[c].arrivals.kind != ARRIVALS_NONE)
            return false;
    return true;
}

bool traits_make(const struct scenario *scenario, const uint32_t *down, uint32_t down_count,
                 struct traits *traits)
{
    *traits = (struct traits){.replayed = scenario_replays(scenario)};
    find_times(scenario, traits);
    if (find_clumps(scenario, traits) && find_outages(scenario, down, down_count, traits))
        return true;
    traits_release(traits);
    return false;
}

void traits_release(struct traits *traits)
{
    free(traits->clumps);
    free(traits->away_peers);
    *traits = (struct traits){0};
}
