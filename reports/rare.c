#include "reports/rare.h"

#include <math.h>
#include <string.h>

#include "model/estimate/estimate.h"
#include "model/base/safe_text.h"

#define CLASSES_MOST                                                                               \
    20 /* of a scenario that is asked about: for more it would be a table of its own */

/* Formulas are asked where they are quick: constant rates. */
static bool quick_to_estimate(const struct scenario *scenario)
{
    bool quick = scenario->class_count <= CLASSES_MOST && scenario->trace_count == 0;
    for (uint32_t k = 0; quick && k < scenario->class_count; k++)
        quick = scenario->classes[k].arrivals.steps.count <= 1;
    return quick;
}

static bool never_refused(const struct scenario *scenario, const struct results *results,
                          uint32_t k, struct interval *blocked)
{
    size_t metric =
        results_find(results, SCOPE_CLASS, scenario->classes[k].name, "blocked_fraction");
    if (metric == SIZE_MAX)
        return false;
    *blocked = results_interval(results, metric, 0);
    return blocked->value == 0;
}

static const struct estimate_row *blocked_row(const struct estimate *estimate, int down,
                                              const char *name)
{
    return estimate_find(estimate, -1, down, "class", name, "blocked_fraction");
}

static void put_formula(const struct estimate_row *row, FILE *out)
{
    if (row->badge == BADGE_EXACT) {
        fprintf(out, "exactly %.2g %% by formula (%s)", 100 * row->value, row->formula);
        return;
    }
    fprintf(out, "about %.2g %% by formula (%s, approximate", 100 * row->value, row->formula);
    if (row->high > row->low)
        fprintf(out, ": %.2g to %.2g %%", 100 * row->low, 100 * row->high);
    putc(')', out);
}

static void put_class(const struct scenario *scenario, const struct results *results, uint32_t k,
                      struct interval blocked, const struct estimate *estimate, FILE *out)
{
    const char *name = scenario->classes[k].name;
    double little = scenario->goals.blocking / 10;
    bool fail = scenario->outage_count > 0;
    const struct estimate_row *up = blocked_row(estimate, 0, name);
    const struct estimate_row *row = fail ? blocked_row(estimate, -1, name) : up;
    bool known = row && row->badge != BADGE_SIMULATE,
         known_up = fail && up && up->badge == BADGE_EXACT;
    bool open = blocked.high > little;
    if (!known && !known_up && !open)
        return;
    fputs("  rare     ", out);
    safe_text_put(out, name, strlen(name));
    fputs(": never refused here", out);
    if (known) {
        fputs("; ", out);
        put_formula(row, out);
    }
    if (known_up) {
        fputs("; while all peers are up ", out);
        put_formula(up, out);
    }
    if (!known && open)
        fprintf(out, "; about %.0f replications would show that it is below %.2g %%",
                ceil((double)results->replications * blocked.high / little), 100 * little);
    putc('\n', out);
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
        if (!asked &&
            !estimate_make(scenario, &(struct estimate_options){.preview = true}, &estimate))
            break;
        asked = true;
        put_class(scenario, results, k, blocked, &estimate, out);
    }
    estimate_release(&estimate);
}
