#include "answer/peaks.h"

#include <math.h>

#include "model/formulas/batch.h"

struct interval peaks_measured(const struct results *results, enum scope scope, const char *name)
{
    size_t at = results_find(results, scope, name, "peakedness");
    return at == SIZE_MAX ? (struct interval){NAN, NAN, NAN} : results_interval(results, at, 0);
}

enum peakedness_verdict peaks_judge(struct interval measured)
{
    return peakedness_judge(measured.value, measured.low);
}

double peaks_of_class(const struct scenario *scenario, const struct results *results,
                      uint32_t class_index)
{
    const struct call_class *call = &scenario->classes[class_index];
    if (call->arrivals.batch_count > 0)
        return arrivals_peakedness(&call->arrivals);
    struct interval measured = peaks_measured(results, SCOPE_CLASS, call->name);
    return peaks_judge(measured) == PEAKEDNESS_HIGH ? measured.value : 1;
}

double peaks_of_cluster(const struct scenario *scenario, const struct results *results,
                        uint32_t cluster)
{
    struct interval measured =
        peaks_measured(results, SCOPE_CLUSTER, scenario->clusters[cluster].name);
    return peaks_judge(measured) == PEAKEDNESS_HIGH ? measured.value : 1;
}
