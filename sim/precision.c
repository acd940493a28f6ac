#include "sim/precision.h"

#include <math.h>

#include "model/batch.h"
#include "model/erlang.h"

struct precision_state precision_reached(const struct scenario *scenario,
                                         const struct results *results, double precision)
{
    struct precision_state state = {.reached = results->replications >= STATISTICS_REPLICATIONS_MIN,
                                    .worst = NAN};
    double little = (scenario->goals.stated ? scenario->goals.blocking : 0.01) / 10;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        size_t metric =
            results_find(results, SCOPE_CLASS, scenario->classes[k].name, "blocked_fraction");
        struct interval blocked = results_interval(results, metric, 0);
        if (isnan(blocked.value)) /* no call of this class was offered */
            continue;
        if (blocked.value <= little) {
            state.reached = state.reached && blocked.high < little;
            continue;
        }
        double half = (blocked.high - blocked.low) / 2, relative = half / blocked.value;
        state.worst = isnan(state.worst) || relative > state.worst ? relative : state.worst;
        state.reached = state.reached &&
                        statistics_precise(blocked.value, half, results->replications, precision);
    }
    return state;
}

/* --- Beforehand ---------- */

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

/* Replications for one class, whose calls are a share of the cluster's and so of every clump of
 * blocked ones. */
static double class_plan(const struct scenario *scenario, const struct call_class *call,
                         double precision)
{
    struct equivalent e = equivalent_of(scenario, call->via.cluster);
    if (!(e.load > 0) || e.servers < 1 || e.servers > 1e6)
        return NAN;
    struct platform node = scenario_cluster_node(scenario, call->via.cluster);
    double goal = scenario->goals.stated ? scenario->goals.blocking : 0.01;
    double z = arrivals_peakedness(&call->arrivals);
    double blocking =
        erlang_b(e.servers, e.load) * z * (double)scenario_call_units(scenario, call, &node) / e.size;
    double clump = z * statistics_blocking_inflation(e.load, (size_t)e.servers);
    double inflation = 1 + (clump - 1) * call_rate(call) / e.rate;
    double factor = 1.96 * (1 + precision) / precision;
    double calls =
        blocking > goal / 10 ? factor * factor * inflation / blocking : 3 * inflation / (goal / 10);
    return calls / (call_rate(call) * (double)scenario->run.length / (double)SECOND);
}

double precision_plan(const struct scenario *scenario, double precision)
{
    double most = 0;
    if (scenario->trace_count > 0 || scenario->step_count > 0 || scenario->outage_count > 0)
        return NAN;
    for (uint32_t k = 0; k < scenario->class_count; k++)
        if (!constant_rate(&scenario->classes[k]))
            return NAN;
    /* equivalent_of is a pass over all classes: with very many of them the first few speak for the
     * others */
    for (uint32_t k = 0; k < scenario->class_count && k < 100; k++) {
        if (call_rate(&scenario->classes[k]) <= 0)
            continue;
        double plan = class_plan(scenario, &scenario->classes[k], precision);
        if (isnan(plan))
            return NAN;
        most = fmax(most, plan);
    }
    return most > 0 ? fmax(ceil(most), STATISTICS_REPLICATIONS_MIN) : NAN;
}
