#include "reports/peaks_text.h"

#include <math.h>
#include <string.h>

#include "model/formulas/batch.h"
#include "answer/figures.h"
#include "answer/peaks.h"
#include "model/base/safe_text.h"

#define CLASSES_SHOWN 40  /* of those that stand out; metrics.csv has all */
#define SMOOTH        0.9 /* below it calls were kept apart */
#define ERLANG        "; Erlang's formula for Poisson arrivals would say %.2g %% blocked in the busiest "

static void put_head(const char *name, FILE *out)
{
    fputs("  peaks    ", out);
    safe_text_put(out, name, strlen(name));
}

static void put_groups(const struct scenario *scenario, const struct call_class *call, FILE *out)
{
    double peakedness = arrivals_peakedness(&call->arrivals);
    put_head(call->name, out);
    fprintf(out, ": calls start together, peakedness %.3g", peakedness);
    if (peakedness > PEAKEDNESS_MOST)
        fprintf(out, ERLANG "step, wrongly, for it knows no meetings",
                100 * peakedness_erlang(scenario, call, call_erlangs(call)));
    putc('\n', out);
}

/* ---- Records ---- */

static double constant(const struct results *results, enum scope scope, const char *name,
                       const char *metric)
{
    size_t at = results_find(results, scope, name, metric);
    return at == SIZE_MAX ? NAN : results_interval(results, at, 0).value;
}

static double busiest_load(const struct scenario *scenario, const struct results *results,
                           uint32_t k)
{
    return constant(results, SCOPE_CLASS, scenario->classes[k].name, "busiest_hour_erlangs");
}

/* "peakedness 4.1 (3.2 to 5.0)", and what follows from it. erlang: share blocked by the formula. */
static void put_measured(struct interval measured, double erlang, FILE *out)
{
    char value[FIGURE_SIZE], range[FIGURE_SIZE];
    enum peakedness_verdict verdict = peaks_judge(measured);
    if (isnan(measured.value)) {
        fputs("too few to measure their peakedness\n", out);
        return;
    }
    fprintf(out, "peakedness %s", figure_value(measured, 1, value));
    if (*figure_range(measured, 1, range))
        fprintf(out, " (%s)", range);
    if (verdict == PEAKEDNESS_HIGH)
        fprintf(out, ERLANG "hour, wrongly, for these calls come together", 100 * erlang);
    else if (verdict == PEAKEDNESS_UNSURE)
        fprintf(out,
                ", too few calls to tell whether they come together" ERLANG
                "hour, wrongly if they do",
                100 * erlang);
    else if (isnan(measured.low))
        fputs(", too few calls to tell more", out);
    else if (measured.high < SMOOTH)
        fputs(", less than free calls have: something limited them when they were recorded", out);
    putc('\n', out);
}

static void put_class(const struct scenario *scenario, const struct results *results, uint32_t k,
                      FILE *out)
{
    const struct call_class *call = &scenario->classes[k];
    put_head(call->name, out);
    fputs(": recorded calls, ", out);
    put_measured(peaks_measured(results, SCOPE_CLASS, call->name),
                 peakedness_erlang(scenario, call, busiest_load(scenario, results, k)), out);
}

static double erlang_of_cluster(const struct scenario *scenario, const struct results *results,
                                uint32_t cluster, double units)
{
    struct platform node = scenario_cluster_node(scenario, cluster);
    double load = 0, squares = 0;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        double erlangs = busiest_load(scenario, results, k);
        double size = (double)scenario_call_units(scenario, &scenario->classes[k], &node);
        load += isnan(erlangs) ? 0 : erlangs * size;
        squares += isnan(erlangs) ? 0 : erlangs * size * size;
    }
    return peakedness_erlang_units(scenario, cluster, units, load > 0 ? squares / load : 0);
}

static void put_cluster(const struct scenario *scenario, const struct results *results, uint32_t c,
                        FILE *out)
{
    const char *name = scenario->clusters[c].name;
    double units = constant(results, SCOPE_CLUSTER, name, "busiest_hour_units");
    if (isnan(units))
        return;
    put_head(name, out);
    fputs(": all recorded calls, ", out);
    put_measured(peaks_measured(results, SCOPE_CLUSTER, name),
                 erlang_of_cluster(scenario, results, c, units), out);
}

void peaks_put(const struct scenario *scenario, const struct results *results, FILE *out)
{
    uint32_t recorded = 0, only = NONE, shown = 0;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        const struct call_class *call = &scenario->classes[k];
        if (call->arrivals.batch_count > 0)
            put_groups(scenario, call, out);
        if (!isnan(busiest_load(scenario, results, k))) {
            recorded++;
            only = k;
        }
    }
    if (recorded == 1) {
        put_class(scenario, results, only, out);
        return;
    }
    for (uint32_t c = 0; c < scenario->cluster_count; c++)
        put_cluster(scenario, results, c, out);
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        struct interval measured = peaks_measured(results, SCOPE_CLASS, scenario->classes[k].name);
        bool record = !isnan(busiest_load(scenario, results, k));
        if (record && peaks_judge(measured) != PEAKEDNESS_PLAIN && shown++ < CLASSES_SHOWN)
            put_class(scenario, results, k, out);
    }
}
