#include "answer/run_length.h"

#include <math.h>

#include "model/estimate/estimate.h"
#include "model/formulas/batch.h"
#include "model/formulas/erlang.h"
#include "sim/study/precision.h"
#include "sim/study/statistics.h"
#include "sim/study/traits.h"

static bool constant_rate(const struct call_class *call)
{
    return call->arrivals.kind == ARRIVALS_RATE && call->arrivals.steps.count == 1;
}

/* Calls of a class per second. */
static double call_rate(const struct call_class *call)
{
    return call->arrivals.steps.rates[0] * arrivals_mean_batch(&call->arrivals);
}

/* One cluster, as a system of equal calls. */
struct equivalent {
    double rate;          /* calls a second, all classes */
    double load, servers; /* erlangs and servers of equal calls */
    double size;          /* units of such a call: the peakedness, that of groups in it */
};

static struct equivalent equivalent_of(const struct scenario *scenario, uint32_t cluster)
{
    struct equivalent e = {0};
    struct platform node = scenario_cluster_node(scenario, cluster);
    double units = 0, squares = 0;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        const struct call_class *call = &scenario->classes[k];
        if (call->via.cluster != cluster)
            continue;
        double erlangs = call_rate(call) * call->holding.mean;
        double size = (double)scenario_call_units(scenario, call, &node);
        units += erlangs * size;
        squares += erlangs * size * size * arrivals_peakedness(&call->arrivals);
        e.rate += call_rate(call);
    }
    e.size = units > 0 ? squares / units : 1;
    e.load = units / e.size;
    e.servers = (double)scenario_cluster_units(scenario, cluster) / e.size;
    return e;
}

/* The clump in which refusals of a class come that blocks so much of its calls: of all calls of its
 * cluster together, of which it has its share, unless a limit of its own (licences, a pipe) is what
 * blocks it. */
static double class_inflation(const struct call_class *call, const struct equivalent *e,
                              double size, double blocking)
{
    double z = arrivals_peakedness(&call->arrivals), own = blocking;
    double shared = erlang_b(e->servers, e->load) * z * size / e->size;
    double load = e->load, share = call_rate(call) / e->rate;
    if (blocking > 2 * shared) {
        load = call_rate(call) * call->holding.mean / z;
        share = 1;
    } else {
        own = blocking * e->size / (z * size);
    }
    double servers = erlang_servers_real(load, fmin(fmax(own, 1e-12), 0.99));
    double clump = z * statistics_blocking_inflation(load, (size_t)fmax(servers, 1));
    return 1 + (clump - 1) * share;
}

/* Calls of a class that show that it blocks little. */
static double rare_calls(const struct scenario *scenario, uint32_t k)
{
    struct traits traits;
    if (!traits_make(scenario, NULL, 0, &traits))
        return NAN;
    double calls = -log(0.05) * traits.clumps[k] / precision_little(scenario);
    traits_release(&traits);
    return calls;
}

/* By the estimate where there is one, else as if all calls of the cluster were alike. */
static double class_blocking(const struct call_class *call, const struct estimate *estimate,
                             const struct equivalent *e, double size)
{
    const struct estimate_row *row =
        call->name ? estimate_find(estimate, -1, 0, "class", call->name, "blocked_fraction") : NULL;
    return row ? row->value
               : erlang_b(e->servers, e->load) * arrivals_peakedness(&call->arrivals) * size /
                     e->size;
}

static struct run_length class_plan(const struct scenario *scenario, uint32_t k,
                                    const struct estimate *estimate, double precision)
{
    struct run_length plan = {NAN, k, false};
    const struct call_class *call = &scenario->classes[k];
    struct equivalent e = equivalent_of(scenario, call->via.cluster);
    struct platform node = scenario_cluster_node(scenario, call->via.cluster);
    double size = fmax((double)scenario_call_units(scenario, call, &node), 1);
    if (!(e.load > 0) || e.servers < 1 || e.servers > 1e6)
        return plan;
    double blocking = class_blocking(call, estimate, &e, size),
           factor = 1.96 * (1 + precision) / precision;
    double narrow = factor * factor * class_inflation(call, &e, size, blocking) / blocking;
    double rare = blocking < precision_little(scenario) ? rare_calls(scenario, k) : NAN;
    plan.rare = rare < narrow || !(blocking > 0);
    plan.replications =
        fmin(narrow, rare) / (call_rate(call) * (double)scenario->run.length / (double)SECOND);
    return plan;
}

/* Formulas of known precision: constant loads, peers that stay. */
static bool can_plan(const struct scenario *scenario)
{
    bool can =
        scenario->trace_count == 0 && scenario->step_count == 0 && scenario->outage_count == 0;
    for (uint32_t k = 0; can && k < scenario->class_count; k++)
        can = constant_rate(&scenario->classes[k]);
    return can;
}

struct run_length run_length_plan(const struct scenario *scenario, double precision)
{
    enum {
        CLASSES_ESTIMATED = 20,
        CLASSES_PLANNED = 100
    }; /* with very many the first few speak for the others */
    struct run_length longest = {NAN, NONE, false};
    struct estimate estimate = {0};
    bool known = can_plan(scenario);
    if (known && scenario->class_count <= CLASSES_ESTIMATED)
        known = estimate_make(scenario, &(struct estimate_options){.preview = false}, &estimate);
    for (uint32_t k = 0; known && k < scenario->class_count && k < CLASSES_PLANNED; k++) {
        if (call_rate(&scenario->classes[k]) <= 0)
            continue;
        struct run_length plan = class_plan(scenario, k, &estimate, precision);
        known = !isnan(plan.replications);
        if (known && !(plan.replications <= longest.replications))
            longest = plan;
    }
    estimate_release(&estimate);
    if (!known)
        return (struct run_length){NAN, NONE, false};
    longest.replications = fmax(ceil(longest.replications), STATISTICS_REPLICATIONS_MIN);
    if (longest.class_index == NONE)
        longest.replications = NAN;
    return longest;
}

double run_length_given(const struct scenario *scenario, const struct run_length *plan,
                        double precision, double replications)
{
    double ratio = plan->replications / replications;
    if (plan->rare)
        return precision_little(scenario) * ratio;
    double half = precision / (1 + precision) * sqrt(ratio); /* half-width p/(1+p) of the figure */
    return half < 1 ? half / (1 - half) : INFINITY;
}

/* ---- Events ---- */

/* Arrivals (or batches) in the measured time. */
static double arrivals_within(const struct rate_steps *steps, nanos length)
{
    double sum = 0, span = (double)(steps->daily ? DAY : length);
    for (uint32_t i = 0; i < steps->count; i++) {
        double from = (double)steps->times[i];
        double to = i + 1 < steps->count ? (double)steps->times[i + 1] : span;
        if (steps->count == 1)
            from = 0;
        sum += steps->rates[i] * fmax(fmin(to, span) - fmin(from, span), 0);
    }
    /* before its first step a day goes on with the last one */
    if (steps->daily && steps->count > 1)
        sum += steps->rates[steps->count - 1] * (double)steps->times[0];
    return sum / (double)SECOND * (double)length / span;
}

double run_length_events(const struct scenario *scenario)
{
    double calls = 0;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        const struct call_class *call = &scenario->classes[k];
        const struct arrivals *arrivals = &call->arrivals;
        double seconds = (double)scenario->run.length / (double)SECOND;
        if (arrivals->kind == ARRIVALS_RATE)
            calls += arrivals_within(&arrivals->steps, scenario->run.length) *
                     arrivals_mean_batch(arrivals);
        else if (arrivals->kind == ARRIVALS_SOURCES)
            calls +=
                (double)arrivals->sources * seconds / (arrivals->idle_mean + call->holding.mean);
    }
    return 2 * calls;
}
