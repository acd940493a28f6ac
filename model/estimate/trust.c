#include "model/estimate/trust.h"

#include <math.h>

#include "model/load.h"
#include "model/formulas/redial.h"

#define REDIALS_SETTLE 4   /* waits until about as many redial as always will */
#define REDIALS_VANISH 200 /* waits of a run in which that does not matter */
/* Measured: the modified offered load is 0 to 30 % low against exact solutions. */
#define MOL_LOW  0.98
#define MOL_HIGH 1.46
#define MOL_MOST 2.5 /* with other holding times and sizes */

static const char *const doubt_texts[] = {
    [DOUBT_UNSETTLED] = "peers come and go by the script",
    [DOUBT_THINNED] = "calls are cut, or run out, on peers that go by the script",
    [DOUBT_MOVED] = "devices stay where they went when their peer was gone",
    [DOUBT_COARSE] = "the load changes too often to be followed",
};

void trust_doubt(struct trust *t, enum doubt doubt)
{
    if (t->badge == BADGE_SIMULATE)
        return;
    t->badge = BADGE_SIMULATE;
    t->reason = doubt_texts[doubt];
}

static void doubt(struct trust *t, const char *reason)
{
    if (t->badge == BADGE_SIMULATE)
        return;
    t->badge = BADGE_SIMULATE;
    t->reason = reason;
}

/* Rates that hold for less than a call does: the modified offered load was not measured there. */
static bool changes_quickly(const struct scenario *s, const struct call_class *call, nanos at)
{
    nanos begin, end;
    load_step(s, call, at, &begin, &end);
    return call->arrivals.steps.count > 1 &&
           (double)(end - begin) / (double)SECOND < load_hold(call);
}

static void trust_changing_load(struct trust *t, const struct flow_outcome *o, bool quickly)
{
    if (t->badge == BADGE_SIMULATE)
        return;
    if (o->servers <= 0) {
        doubt(t, "load of several sizes, limits or holding times changes with time");
        return;
    }
    t->badge = BADGE_APPROXIMATE;
    t->formula = "Erlang B on the modified offered load";
    if (quickly)
        doubt(t, "the load changes within a holding time");
    t->low *= MOL_LOW;
    t->high *= MOL_HIGH;
}

/* Redials that wait long are still to come when the measured time begins. */
static bool redials_settle(const struct run *run, const struct call_class *call)
{
    double wait = call->redial_after / fmax(1 - call->redial_probability, 0.01);
    double before = run->warmup_kind == WARMUP_STATED ? (double)run->warmup / (double)SECOND : 0;
    return run->warmup_kind == WARMUP_AUTO || before > REDIALS_SETTLE * wait ||
           (double)run->length / (double)SECOND > REDIALS_VANISH * wait;
}

static void trust_redials(struct trust *t, const struct run *run, const struct call_class *call)
{
    double less, more;
    if (t->badge == BADGE_SIMULATE)
        return;
    redial_band(call->redial_after / load_hold(call), &less, &more);
    t->formula = "redial fixed point";
    t->low *= less;
    t->high *= isinf(more) ? 2 : more;
    t->badge = BADGE_APPROXIMATE;
    if (isinf(more) || more > 1.1)
        doubt(t, "refused calls are dialled again soon");
    if (!redials_settle(run, call))
        doubt(t, "redials wait longer than the warm-up");
}

#define STEEPEST  40  /* per cent of blocking for a per cent of load, about */
#define MOST_BAND 0.5 /* beyond, a band says nothing */

void trust_shares(struct trust *t, double uneven)
{
    double error = STEEPEST * uneven;
    if (t->badge == BADGE_SIMULATE || uneven <= 0)
        return;
    t->badge = BADGE_APPROXIMATE;
    t->low *= fmax(0, 1 - error);
    t->high *= 1 + error;
    if (error > MOST_BAND)
        doubt(t, "few devices are registered at each peer");
}

/* Where no formula is trusted, what the load without limits would exceed still holds. */
void trust_bound(struct trust *t, const struct flow *flow, const struct flow_outcome *o,
                 const struct span *span)
{
    enum doubt doubt = span->doubts ? span->doubts[flow->class_index] : DOUBT_NONE;
    if (t->badge != BADGE_SIMULATE || flow->refused || !span->bound || doubt == DOUBT_COARSE)
        return;
    double most = bound_of(span->bound, flow->class_index, doubt != DOUBT_NONE);
    most = t->at_most > 0 ? fmin(most, t->at_most) : most;
    *t = (struct trust){.more = fmax(most, o->blocking),
                        .at_least = bound_least(span->bound, flow->class_index),
                        .badge = BADGE_APPROXIMATE,
                        .formula = t->formula,
                        .instead = t->reason};
}

/* Of calls without redials that one limit refuses by a known formula, the modified offered load
 * tells the order: more than was ever measured is promised as the most. Peers that went have taken
 * calls with them, and those that came back are empty: both only leave more room, unless calls are
 * bound to peers. */
static double most_of(const struct scenario *s, const struct flow *flow,
                      const struct solution *solution, const struct flow_outcome *o,
                      const struct span *span)
{
    const struct call_class *call = &s->classes[flow->class_index];
    enum doubt doubt = span->doubts ? span->doubts[flow->class_index] : DOUBT_NONE;
    bool known = o->badge != BADGE_SIMULATE && o->blocking > 0 && call->redial_probability <= 0 &&
                 !(o->component != NONE && solution->resources[o->component].redialled) &&
                 call->arrivals.kind == ARRIVALS_RATE && call->arrivals.batch_count == 0 &&
                 !(doubt != DOUBT_NONE && (flow->bound || bound_sent_to_the_dead(s)));
    return known && doubt != DOUBT_COARSE ? o->blocking * o->high * MOL_MOST + o->left_out : 0;
}

struct trust trust_of(const struct scenario *s, const struct flow *flow,
                      const struct solution *solution, const struct flow_outcome *o,
                      const struct span *span)
{
    const struct call_class *call = &s->classes[flow->class_index];
    struct trust t = {.low = o->low,
                      .high = o->high,
                      .more = o->left_out,
                      .badge = o->badge,
                      .formula = o->formula,
                      .reason = o->reason};
    bool limited = o->blocking > 0 && !flow->refused;
    bool quickly = !span->stationary && limited && changes_quickly(s, call, span->at);
    if (!span->stationary && limited)
        trust_changing_load(&t, o, quickly);
    if (call->redial_probability > 0 && limited)
        trust_redials(&t, &s->run, call);
    else if (limited && solution->resources[o->component].redialled)
        doubt(&t, "calls that share limits with others are dialled again");
    if (limited)
        trust_shares(&t, flow->uneven);
    if (span->doubts && span->doubts[flow->class_index] != DOUBT_NONE)
        trust_doubt(&t, span->doubts[flow->class_index]);
    if (!span->stationary && !quickly)
        t.at_most = most_of(s, flow, solution, o, span);
    trust_bound(&t, flow, o, span);
    return t;
}

struct trust trust_exact(const struct flow *flow, const struct flow_outcome *o,
                         const struct span *span)
{
    struct trust t = {.low = o->low,
                      .high = o->high,
                      .more = o->left_out,
                      .badge = o->badge,
                      .formula = "birth-death equations in time",
                      .reason = o->reason};
    if (o->blocking > 0)
        trust_shares(&t, flow->uneven);
    if (span->doubts && span->doubts[flow->class_index] >= DOUBT_THINNED)
        trust_doubt(&t, span->doubts[flow->class_index]);
    trust_bound(&t, flow, o, span);
    return t;
}
