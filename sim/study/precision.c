#include "sim/study/precision.h"

#include <math.h>

#include "sim/study/control.h"

#define LOOK_TAIL   0.001 /* beyond the upper limit that a look asks for */
#define COARSE      0.2
#define NEEDED_MOST 1e9

double precision_little(const struct scenario *scenario)
{
    return (scenario->goals.stated ? scenario->goals.blocking : 0.01) / 10;
}

static double log_odds(double share)
{
    return log(share / (1 - share));
}

/* The half-width on the scale of log odds of one look, from the interval made at 95 %. */
static double look_shift(struct interval blocked, size_t replications)
{
    double shift = log_odds(fmin(blocked.high, 1 - 1e-12)) - log_odds(blocked.value);
    size_t degrees = replications > 1 ? replications - 1 : 1;
    return shift * statistics_student_at(degrees, LOOK_TAIL) / statistics_student(degrees);
}

/* Replications that would show a class to block little; NAN when they never would. */
static double rare_needed(struct interval blocked, double little, size_t replications)
{
    double count = (double)replications;
    if (blocked.value >= little)
        return NAN;
    if (blocked.value <= 0)
        return count * blocked.high / little;
    double factor =
        look_shift(blocked, replications) / (log_odds(little) - log_odds(blocked.value));
    return count * fmax(factor * factor, blocked.high >= little ? 1.0001 : 0);
}

static double narrow_needed(struct interval blocked, double precision, size_t replications)
{
    double half = (blocked.high - blocked.low) / 2,
           wanted = precision / (1 + precision) * blocked.value;
    return blocked.value > 0 ? (double)replications * (half / wanted) * (half / wanted) : NAN;
}

/* What is asked for, after so many replications. */
struct asked {
    double precision, little;
    size_t replications;
};

static void consider_class(struct precision_state *state, uint32_t k, struct interval blocked,
                           const struct asked *asked)
{
    size_t replications = asked->replications;
    double narrow = narrow_needed(blocked, asked->precision, replications);
    double rare = rare_needed(blocked, asked->little, replications);
    double needed = fmin(fmin(narrow, rare), NEEDED_MOST); /* NAN is never the lesser */
    double relative = blocked.value > 0 ? (blocked.high - blocked.low) / 2 / blocked.value : NAN;
    if (needed <= (double)replications) { /* done */
        state->coarse = state->coarse || relative > COARSE;
        return;
    }
    state->reached = false;
    if (state->class_index != NONE && needed <= state->needed)
        return;
    state->class_index = k;
    state->needed = needed;
    state->relative = relative;
}

struct precision_state precision_reached(const struct scenario *scenario,
                                         const struct results *results, double precision)
{
    struct precision_state state = {true, false, NONE, NAN, (double)results->replications};
    const struct asked asked = {precision, precision_little(scenario), results->replications};
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        size_t metric =
            results_find(results, SCOPE_CLASS, scenario->classes[k].name, "blocked_fraction");
        struct interval blocked = results_interval(results, metric, 0);
        control_interval(results, metric, &blocked);
        if (!isnan(blocked.value)) /* else no call of this class was offered */
            consider_class(&state, k, blocked, &asked);
    }
    if (results->replications < STATISTICS_REPLICATIONS_MIN) {
        state.reached = false;
        state.needed = fmax(state.needed, STATISTICS_REPLICATIONS_MIN);
    }
    return state;
}

static bool is_decided(struct interval blocked, double goal, size_t replications)
{
    if (isnan(blocked.value))
        return true; /* no call of this class was offered */
    if (isnan(blocked.high))
        return false;
    if (blocked.value <= 0) /* looks do not add up */
        return blocked.high <= goal;
    if (blocked.value >= 1 || goal <= 0 || goal >= 1)
        return blocked.low > goal;
    return fabs(log_odds(blocked.value) - log_odds(goal)) >= look_shift(blocked, replications);
}

bool precision_decided(const struct scenario *scenario, const struct results *results)
{
    bool decided = results->replications >= STATISTICS_REPLICATIONS_MIN;
    for (uint32_t k = 0; k < scenario->class_count && decided; k++) {
        const struct call_class *call = &scenario->classes[k];
        size_t metric = results_find(results, SCOPE_CLASS, call->name, "blocked_fraction");
        double goal = call->goal_stated ? call->goal : scenario->goals.blocking;
        decided = is_decided(results_interval(results, metric, 0), goal, results->replications);
    }
    return decided;
}

size_t precision_next_look(const struct precision_state *state, size_t replications)
{
    size_t more = state->reached ? replications / 2 : (replications + 3) / 4;
    size_t soonest = replications + more, latest = 2 * replications;
    double needed = ceil(state->needed);
    return needed <= (double)soonest ? soonest : needed >= (double)latest ? latest : (size_t)needed;
}
