#include "model/estimate/pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/load.h"
#include "model/formulas/setup_rate.h"

#define NOTHING  1e-12 /* refused by other limits: the stream is whole */
#define FEW      0.1 /* refused by one while the other refuses too: beyond, they are not told apart */
#define STEEPEST 45   /* per cent of blocking for a per cent of load, about */
#define QUASI    0.05 /* error of taking the rate of the moment */
#define SETTLED  100  /* seconds for every call a second of the limit, after which that holds */

static const char not_told[] = "a peer sets up so many calls a second only";

/* What reaches a peer. */
struct stream {
    double rate, other; /* calls a second; the largest share that other limits refuse */
    bool poisson;
};

static bool comes_as_poisson(const struct call_class *call)
{
    return call->arrivals.kind == ARRIVALS_RATE && call->arrivals.batch_count == 0 &&
           call->redial_probability <= 0;
}

static void put(const struct scenario *s, const struct flow *flow, const struct stream *stream,
                struct flow_outcome *o)
{
    double own = o->blocking,
           paced = stream->rate > 0
                       ? setup_rate_refused(stream->rate, s->peers[flow->paced].setup_rate)
                       : 0;
    bool whole = stream->other < NOTHING;
    o->paced = paced;
    o->blocking = whole ? paced : own + paced - own * paced;
    for (int i = 0; whole && i < flow->need_count; i++)
        o->lacks[i] = o->only[i] = 0;
    if (o->badge == BADGE_SIMULATE || !stream->poisson || fmin(stream->other, paced) > FEW) {
        o->badge = BADGE_SIMULATE;
        o->reason = o->reason ? o->reason : not_told;
        return;
    }
    o->formula = "leaky bucket";
    if (whole)
        return;
    double surely = fmax(own * o->low, paced) * (1 - STEEPEST * fmin(own, paced));
    o->badge = BADGE_APPROXIMATE;
    o->high = (own * o->high + paced) / o->blocking;
    o->low = fmax(0, surely / o->blocking);
}

#define SELDOM                                                                                     \
    0.005         /* probability that a run is another because of it, up to which that counts      \
                   */
#define BEFORE 20 /* of the longest holding times before a run that it remembers */

/* Of a whole run at the highest load, the probability that any call is refused by a bucket that all
 * calls fill; 1 where that is not known. */
static double ever_refused(const struct scenario *s, double slowest, double scale)
{
    double rate = 0, hold = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        if (call->arrivals.kind == ARRIVALS_NONE)
            continue;
        if (!comes_as_poisson(call))
            return 1;
        rate += scale * load_highest(call) / load_hold(call);
        hold = fmax(hold, load_hold(call));
    }
    double seconds = (double)(s->run.length + s->run.warmup) / (double)SECOND + BEFORE * hold;
    return fmin(1, rate * seconds * setup_rate_over(rate, slowest));
}

/* A call that is not set up may let others in, and keep others out: what is refused differs by
 * twice the share of runs that differ at all, at most. Elsewhere only a simulation can tell, of all
 * that share a limit with such calls. */
static bool add_slowed(const struct scenario *s, const struct network *n, const struct span *span,
                       struct solution *solution)
{
    double off = 0, once = 2 * ever_refused(s, n->slowest, span->scale);
    bool *touched = calloc((size_t)n->resource_count + 1, sizeof *touched);
    for (uint32_t f = 0; touched && f < n->flow_count; f++) {
        off = fmax(off, n->flows[f].slowed * once);
        if (n->flows[f].slowed && solution->flows[f].component != NONE)
            touched[solution->flows[f].component] = true;
    }
    for (uint32_t f = 0; touched && f < n->flow_count; f++) {
        struct flow_outcome *o = &solution->flows[f];
        bool concerned = n->flows[f].slowed || (o->component != NONE && touched[o->component]);
        if (!concerned || n->flows[f].refused || o->badge == BADGE_SIMULATE)
            continue;
        o->left_out += off;
        o->low *= o->blocking > off ? 1 - off / o->blocking : 0;
        o->badge = off > 2 * SELDOM ? BADGE_SIMULATE : BADGE_APPROXIMATE;
        o->reason = off > 2 * SELDOM ? not_told : NULL;
    }
    free(touched);
    return touched != NULL;
}

bool pace_add(const struct scenario *s, const struct network *n, const struct span *span,
              const double *offered, struct solution *solution)
{
    if (n->slowest > 0 && !add_slowed(s, n, span, solution))
        return false;
    if (!n->paced)
        return true;
    double seconds = (double)(span->to - span->from) / (double)SECOND;
    struct stream *streams = calloc((size_t)s->peer_count + 1, sizeof *streams);
    for (uint32_t p = 0; streams && p < s->peer_count; p++)
        streams[p].poisson = true;
    for (uint32_t f = 0; streams && f < n->flow_count; f++) {
        const struct flow *flow = &n->flows[f];
        const struct call_class *call = &s->classes[flow->class_index];
        if (flow->paced == NONE)
            continue;
        struct stream *to = &streams[flow->paced];
        to->rate += offered[flow->class_index] * flow->share / seconds;
        to->other = fmax(to->other, solution->flows[f].blocking);
        to->poisson = to->poisson && comes_as_poisson(call);
    }
    for (uint32_t f = 0; streams && f < n->flow_count; f++)
        if (n->flows[f].paced != NONE)
            put(s, &n->flows[f], &streams[n->flows[f].paced], &solution->flows[f]);
    free(streams);
    return streams != NULL;
}

static bool settles(const struct scenario *s, uint32_t peer, nanos at)
{
    double limit = s->peers[peer].setup_rate, least = SETTLED * fmax(limit, 1 / limit);
    for (uint32_t k = 0; k < s->class_count; k++) {
        nanos begin, end;
        load_step(s, &s->classes[k], at, &begin, &end);
        if (s->classes[k].arrivals.steps.count > 1 &&
            (double)(end - begin) / (double)SECOND < least)
            return false;
    }
    return true;
}

struct trust trust_paced(const struct scenario *s, const struct flow *flow,
                         const struct flow_outcome *o, const struct span *span)
{
    struct trust t = {.low = o->low,
                      .high = o->high,
                      .more = o->left_out,
                      .badge = o->badge,
                      .formula = o->formula,
                      .reason = o->reason};
    enum doubt doubt = span->doubts ? span->doubts[flow->class_index] : DOUBT_NONE;
    if (!span->stationary && t.badge != BADGE_SIMULATE && o->paced > 0) {
        bool alone = o->blocking <= o->paced && settles(s, flow->paced, span->at);
        t.badge = alone ? BADGE_APPROXIMATE : BADGE_SIMULATE;
        t.reason = alone ? NULL : not_told;
        t.low *= 1 - QUASI;
        t.high *= 1 + QUASI;
    }
    trust_shares(&t, flow->uneven);
    if (doubt != DOUBT_NONE)
        trust_doubt(&t, doubt);
    trust_bound(&t, flow, o, span);
    return t;
}
