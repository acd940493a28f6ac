#include "reports/rare.h"

#include <math.h>
#include <string.h>

#include "model/estimate.h"
#include "reports/safe_text.h"

#define CLASSES_MOST 20 /* of a scenario that is asked about: for more it would be a table of its own */

/* Formulas are asked where they are quick: constant rates. */
static bool quick_to_estimate(const struct scenario *scenario)
{
    bool quick = scenario->class_count <= CLASSES_MOST && scenario->trace_count == 0;
    for (uint32_t k = 0; quick && k < scenario->class_count; k++)
        quick = scenario->classes[k].arrivals.steps.count <= 1;
    return quick;
}

static bool never_refused(const struct scenario *scenario, const struct results *results, uint32_t k,
                          struct interval *blocked)
{
    size_t metric = results_find(results, SCOPE_CLASS, scenario->classes[k].name, "blocked_fraction");
    if (metric == SIZE_MAX)
        return false;
    *blocked = results_interval(results, metric, 0);
    return blocked->value == 0;
}

static void put_class(const struct scenario *scenario, const struct results *results, uint32_t k, struct interval blocked,
                      const struct estimate *estimate, FILE *out)
{
    const char *name = scenario->classes[k].name;
    double little = scenario->goals.blocking / 10;
    const struct estimate_row *row = estimate_find(estimate, -1, 0, "class", name, "blocked_fraction");
    bool exact = row && row->badge == BADGE_EXACT;
    if (!exact && !(blocked.high > little))
        return;
    fputs("  rare     ", out);
    safe_text_put(out, name, strlen(name));
    if (exact)
        fprintf(out, ": never refused here; exactly %.2g %% by formula (%s)\n", 100 * row->value, row->formula);
    else
        fprintf(out, ": never refused here; about %.0f replications would show that it is below %.2g %%\n",
                ceil((double)results->replications * blocked.high / little), 100 * little);
}

void rare_put(const struct scenario *scenario, const struct results *results, FILE *out)
{
    struct estimate estimate = {0};
    bool asked = false;
    if (!quick_to_estimate(scenario))
        return;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        struct interval blocked;
        if (!never_refused(scenario, results, k, &blocked))
            continue;
        if (!asked && !estimate_make(scenario, &(struct estimate_options){.preview = true}, &estimate))
            break;
        asked = true;
        put_class(scenario, results, k, blocked, &estimate, out);
    }
    estimate_release(&estimate);
}
