#include "sim/precision.h"

#include <math.h>

struct precision_state precision_reached(const struct scenario *scenario, const struct results *results,
                                         double precision)
{
    struct precision_state state = {.reached = results->replications >= STATISTICS_REPLICATIONS_MIN, .worst = NAN};
    double little = (scenario->goals.stated ? scenario->goals.blocking : 0.01) / 10;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        size_t metric = results_find(results, SCOPE_CLASS, scenario->classes[k].name, "blocked_fraction");
        struct interval blocked = results_interval(results, metric, 0);
        if (isnan(blocked.value)) /* no call of this class was offered */
            continue;
        if (blocked.value <= little) {
            state.reached = state.reached && blocked.high < little;
            continue;
        }
        double half = (blocked.high - blocked.low) / 2, relative = half / blocked.value;
        state.worst = isnan(state.worst) || relative > state.worst ? relative : state.worst;
        state.reached = state.reached && statistics_precise(blocked.value, half, results->replications, precision);
    }
    return state;
}
