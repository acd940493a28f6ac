#include "sim/study/refine.h"

#include <math.h>
#include <stdlib.h>

#include "sim/study/conditional.h"
#include "sim/study/confidence.h"
#include "sim/study/control.h"

#define NEGLIGIBLE       1e-12 /* shares up to it are not told apart */
#define NEGLIGIBLE_SET   1e-9  /* the same of a set of peers down, or a candidate */
#define AUTO_HITS        200   /* a relative half-width of about 14 % */
#define AUTO_SAMPLES     20000
#define AUTO_PRECISION   0.14
#define FINE             0.2  /* of a figure that a control has decided */
#define CLASSES_MOST     1000 /* scenarios with more are counted only */
#define UNDECIDED        2.0  /* weight from which on a wish is to decide */
#define EVENTS_TO_DECIDE 50000000
#define EVENTS_TO_TELL   20000000
#define EVENTS_OF_A_SET  1000000
#define VAGUE            3   /* an upper limit so many times the figure says little */
#define CONTRADICTION    4.5 /* standard errors */

const char *method_name(enum method method)
{
    static const char *const names[METHOD_COUNT] = {"plain", "auto", "conditional", "decide"};
    return names[method];
}

/* A class that asks to be refined, and how badly. */
struct wish {
    uint32_t class_index;
    size_t metric;
    double weight;
    struct interval counted;
};

/* 0: counting tells enough. */
static double weight_of(struct interval counted, double goal, enum method method)
{
    if (isnan(counted.value))
        return 0;
    bool undecided = isnan(counted.high) || (counted.low <= goal && counted.high > goal);
    if (undecided)
        return UNDECIDED + fmin(counted.value, 1);
    if (counted.value <= 0)
        return 1 + fmin(counted.high / fmax(goal, 1e-300), 1) / 2;
    if (method != METHOD_DECIDE && counted.high > VAGUE * counted.value)
        return 1;
    return method == METHOD_CONDITIONAL ? 1 : 0;
}

static int heavier(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->class_index < y->class_index ? -1 : x->class_index > y->class_index;
}

static size_t list_wishes(const struct scenario *scenario, const struct results *results,
                          enum method method, struct wish *wishes)
{
    size_t count = 0;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        size_t metric =
            results_find(results, SCOPE_CLASS, scenario->classes[k].name, "blocked_fraction");
        if (metric == SIZE_MAX)
            continue;
        struct interval counted = confidence_of(results, metric).interval;
        double weight = weight_of(counted, scenario_class_goal(scenario, k), method);
        if (weight > 0)
            wishes[count++] = (struct wish){k, metric, weight, counted};
    }
    qsort(wishes, count, sizeof *wishes, heavier);
    return count < REFINED_MOST ? count : REFINED_MOST;
}

/* Of what was counted in many replications; a single one says too little. */
static bool contradicts(struct interval counted, struct interval share)
{
    if (isnan(counted.high) || counted.value <= 0 || share.value <= 0)
        return share.low > counted.high;
    double a = (counted.high - counted.low) / 3.92, b = (share.high - share.low) / 3.92;
    return fabs(counted.value - share.value) > CONTRADICTION * sqrt(a * a + b * b);
}

/* What decides may cost more than what only tells how far from the goal it is; of the many sets of
 * peers down and candidates that is told no dearer than the counting was. Nothing may cost more
 * than counting on to the same precision would. Events, not seconds: the choice is to be the same
 * on every machine. */
static uint64_t events_allowed(const struct wish *wish, enum method method,
                               const struct results *results)
{
    struct interval counted = wish->counted;
    double most = wish->weight >= UNDECIDED ? EVENTS_TO_DECIDE
                  : method != METHOD_DECIDE ? EVENTS_TO_TELL
                                            : EVENTS_OF_A_SET;
    most = fmax(most, (double)results->events / 2);
    if (counted.value > 0 && !isnan(counted.high)) {
        double relative = (counted.high - counted.low) / 2 / counted.value;
        most = fmin(most, (double)results->events * pow(relative / AUTO_PRECISION, 2));
    }
    return (uint64_t)fmax(most, 1);
}

static void put(struct results *results, struct refined refined)
{
    for (size_t i = 0; i < results->refined_count; i++)
        if (results->refined[i].metric == refined.metric) {
            results->refined[i] = refined;
            return;
        }
    results->refined[results->refined_count++] = refined;
}

/* Of a class that does not redial what is refused is lost. */
static void put_both(const struct scenario *scenario, uint32_t k, struct results *results,
                     struct refined refined)
{
    size_t lost = results_find(results, SCOPE_CLASS, scenario->classes[k].name, "lost_fraction");
    bool same = lost != SIZE_MAX && !refined.obstacle &&
                results_interval(results, lost, 0).value ==
                    results_interval(results, refined.metric, 0).value;
    put(results, refined);
    refined.metric = lost;
    if (same)
        put(results, refined);
}

static bool refine_one(const struct plan *plan, const struct wish *wish,
                       const struct experiment_options *options, struct results *results,
                       struct errors *errors)
{
    bool quick = options->method != METHOD_CONDITIONAL;
    struct interval counted = results_interval(results, wish->metric, 0);
    struct conditional_figure figure;
    const struct conditional_options with = {
        .down = options->down,
        .down_count = options->down_count,
        .seed = results->seed,
        .warmup = results->warmup,
        .hits = quick ? AUTO_HITS : 0,
        .samples = quick ? AUTO_SAMPLES : 0,
        .events = quick ? events_allowed(wish, options->method, results) : 0,
        .negligible = options->method == METHOD_DECIDE ? NEGLIGIBLE_SET : NEGLIGIBLE,
        .jobs = options->jobs,
        .stop = options->stop,
    };
    if (!conditional_run(plan, wish->class_index, &with, &figure, errors))
        return false;
    results->events += figure.events;
    if (figure.interrupted || isnan(figure.share.value) != (figure.obstacle != NULL))
        return true;
    struct refined refined = {.metric = wish->metric,
                              .by = REFINED_CONDITIONAL,
                              .share = figure.share,
                              .samples = figure.samples,
                              .hits = figure.hits,
                              .obstacle = figure.obstacle};
    bool narrower =
        isnan(counted.high) || figure.share.high - figure.share.low < counted.high - counted.low;
    if (!narrower && !refined.obstacle)
        refined.obstacle = "conditioning would take longer than to count on";
    bool known = refined.obstacle && results_refined(results, wish->metric); /* by a control */
    if (!known && (refined.obstacle || !contradicts(counted, figure.share)))
        put_both(plan->scenario, wish->class_index, results, refined);
    return true;
}

static void refine_by_control(const struct scenario *scenario, struct results *results,
                              size_t metric)
{
    struct refined refined = {.metric = metric, .by = REFINED_CONTROL};
    if (control_interval(results, metric, &refined.share))
        put_both(scenario, results->metrics[metric].index, results, refined);
}

/* Where a precision was sought all have been looked at with their controls. */
static bool use_controls(const struct plan *plan, const struct experiment_options *options,
                         struct results *results, const struct wish *wishes, size_t count)
{
    const struct scenario *s = plan->scenario;
    if (options->method == METHOD_CONDITIONAL || (count == 0 && !(options->precision > 0)))
        return true;
    if (!controls_expect(plan, results))
        return false;
    for (size_t i = 0; i < count; i++)
        refine_by_control(s, results, wishes[i].metric);
    for (uint32_t k = 0; options->precision > 0 && k < s->class_count && k < CONTROLS_MOST; k++) {
        size_t metric = results_find(results, SCOPE_CLASS, s->classes[k].name, "blocked_fraction");
        if (metric != SIZE_MAX)
            refine_by_control(s, results, metric);
    }
    return true;
}

/* By a control: the goal is decided, and the figure about as narrow as conditioning makes it. */
static bool is_fulfilled(const struct scenario *scenario, const struct results *results,
                         const struct wish *wish)
{
    struct interval x = results_interval(results, wish->metric, 0);
    double goal = scenario_class_goal(scenario, wish->class_index);
    return results_refined(results, wish->metric) && (x.low > goal || x.high <= goal) &&
           (x.high - x.low) / 2 <= FINE * x.value;
}

static bool applies(const struct scenario *scenario, enum method method)
{
    return method != METHOD_PLAIN && scenario->class_count > 0 &&
           scenario->class_count <= CLASSES_MOST;
}

bool refine_results(const struct scenario *scenario, const struct experiment_options *options,
                    struct results *results, struct errors *errors)
{
    enum method method = options->method;
    struct plan plan = {0};
    results->refined_count = 0;
    if (!applies(scenario, method) || results->interrupted)
        return true;
    struct wish *wishes = calloc(scenario->class_count, sizeof *wishes);
    if (!results->refined)
        results->refined = calloc(2 * (REFINED_MOST + CONTROLS_MOST), sizeof *results->refined);
    bool ok = wishes && results->refined && plan_init(&plan, scenario, errors);
    size_t count = ok ? list_wishes(scenario, results, method, wishes) : 0;
    ok = ok && use_controls(&plan, options, results, wishes, count);
    if (!ok && errors->failures == 0)
        errors_no_memory(errors);
    for (size_t i = 0; i < count && ok; i++)
        ok = is_fulfilled(scenario, results, &wishes[i]) ||
             refine_one(&plan, &wishes[i], options, results, errors);
    plan_release(&plan);
    free(wishes);
    return ok;
}
