#include "model/estimate/span.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/causes.h"
#include "model/load.h"
#include "model/estimate/pace.h"
#include "model/estimate/part.h"
#include "model/estimate/solve.h"
#include "model/estimate/trust.h"

#define REDIAL_ROUNDS 200

/* ---- the solution, with redials ---- */

static double blocking_of_class(const struct network *n, const struct solution *s, uint32_t k,
                                uint32_t *first)
{
    double blocking = 0;
    for (; *first < n->flow_count && n->flows[*first].class_index == k; ++*first)
        blocking += n->flows[*first].share * s->flows[*first].blocking;
    return blocking;
}

#define REDIAL_MOST                                                                                \
    100.0 /* attempts a call: where all are refused and none gives up there is no end to them */

/* Loads with redials, one step of the fixed point; the largest relative change. */
static double add_redials(const struct scenario *s, const struct network *n,
                          const struct solution *solution, const double *fresh, double *loads)
{
    double change = 0;
    uint32_t flow = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        double b = blocking_of_class(n, solution, k, &flow), p = s->classes[k].redial_probability;
        double load = fresh[k] / fmax(1 / REDIAL_MOST, 1 - p * fmin(1, b));
        if (p <= 0 || !(fresh[k] > 0))
            continue;
        change = fmax(change, fabs(load - loads[k]) / load);
        loads[k] = (load + loads[k]) / 2;
    }
    return change;
}

bool span_redials(const struct scenario *s)
{
    for (uint32_t k = 0; k < s->class_count; k++)
        if (s->classes[k].redial_probability > 0)
            return true;
    return false;
}

/* loads: fresh ones before, with redials after. */
static bool solve(struct solution *solution, const struct scenario *s, const struct network *n,
                  double *loads, enum effort effort)
{
    if (!solution_init(solution, s, n, loads, effort))
        return false;
    if (!span_redials(s))
        return true;
    double *fresh = malloc(((size_t)s->class_count + 1) * sizeof *fresh);
    bool done = fresh != NULL;
    if (done)
        memcpy(fresh, loads, s->class_count * sizeof *fresh);
    int rounds = effort == EFFORT_PREVIEW || solution->heavy ? 4 : REDIAL_ROUNDS;
    double close = effort == EFFORT_EXACT ? 1e-10 : 1e-4;
    for (int i = 0; done && i < rounds && add_redials(s, n, solution, fresh, loads) > close; i++) {
        solution_release(solution);
        done = solution_init(solution, s, n, loads, effort);
    }
    free(fresh);
    if (!done)
        solution_release(solution);
    return done;
}
/* ---- classes ---- */

struct class_moment {
    double offered; /* fresh calls in the span */
    double load;    /* in progress without limits, redials included: at its moment */
    double mean;    /* and over the span */
};

/* A solution that is added up. */
struct adding {
    struct totals *totals;
    const struct scenario *scenario;
    const struct network *network;
    const struct solution *solution;
    const struct span *span;
    double seconds;
};

static void add_class_flow(const struct adding *a, uint32_t f, double calls, const struct trust *t)
{
    struct class_total *c = &a->totals->classes[a->network->flows[f].class_index];
    const struct flow_outcome *o = &a->solution->flows[f];
    class_worsen(c, t->badge, t->formula, t->reason);
    c->bounded = t->instead ? t->instead : c->bounded;
    c->blocked += calls * fmax(o->blocking, t->at_least);
    c->blocked_low += calls * fmin(1, fmax(o->blocking * t->low, t->at_least));
    c->blocked_high += calls * fmin(1, o->blocking * t->high + t->more);
    causes_add(c, a->network, a->solution, f, calls);
}

static void add_attempts(struct class_total *c, const struct call_class *call, double offered,
                         double blocking)
{
    double p = call->redial_probability, again = 1 - p * blocking;
    double attempts = again > 1 / REDIAL_MOST ? offered / again : NAN; /* nobody gives up */
    c->offered += offered;
    c->attempts += attempts;
    c->attempts_blocked += attempts * blocking;
    c->lost += attempts * blocking * (1 - p);
}

/* ---- clusters and peers ---- */

static bool alike(const struct resource *r)
{
    for (int i = 1; i < r->room_count; i++)
        if (r->rooms[i].units != r->rooms[0].units ||
            r->rooms[i].sessions != r->rooms[0].sessions || r->rooms[i].rms != r->rooms[0].rms)
            return false;
    return true;
}

/* A group's load falls evenly on peers that are alike, unless calls fill them in their order;
 * otherwise only the simulation knows. */
static void add_peers(struct totals *t, const struct scenario *s, const struct resource *r,
                      double unit_seconds, double calls)
{
    if (r->kind == RESOURCE_PEER) {
        t->peer_units[r->index] += unit_seconds;
        t->peer_calls[r->index] += calls;
        return;
    }
    const struct cluster *c = &s->clusters[r->index];
    bool even = alike(r) && c->ties == TIES_RANDOM && !r->first_fit && !r->weighted &&
                r->room_count == (int)c->peer_count && !r->reason;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        t->peer_units[c->first_peer + i] += even ? unit_seconds / r->room_count : NAN;
        t->peer_calls[c->first_peer + i] += even ? calls / r->room_count : NAN;
    }
}

static uint32_t cluster_of(const struct scenario *s, const struct resource *r)
{
    return r->kind == RESOURCE_PEER ? s->peers[r->index].cluster : r->index;
}

static void add_flow_use(const struct adding *a, uint32_t f, double call_seconds, double carried,
                         const struct trust *trust)
{
    struct totals *t = a->totals;
    const struct scenario *s = a->scenario;
    const struct network *n = a->network;
    const struct flow *flow = &n->flows[f];
    for (int i = 0; !flow->refused && i < flow->need_count; i++) {
        const struct resource *r = &n->resources[flow->needs[i].resource];
        double seconds = call_seconds * (double)flow->needs[i].amount;
        if (r->kind == RESOURCE_PIPE || r->kind == RESOURCE_CAP || r->kind == RESOURCE_TURN)
            continue;
        struct cluster_total *c = &t->clusters[cluster_of(s, r)];
        if (r->kind == RESOURCE_POOL) {
            c->rms_seconds += seconds;
        } else {
            c->unit_seconds += seconds;
            c->call_seconds += call_seconds;
            add_peers(t, s, r, seconds, carried);
        }
        if (!c->formula || trust->badge > c->badge) {
            c->badge = trust->badge;
            c->formula = trust->formula;
        }
    }
}

/* Licences that can be used: within the RMS of the platforms. */
static double pool_size(const struct resource *pool)
{
    bool limited = pool->capacity != CAPACITY_UNLIMITED && pool->capacity / 2 < pool->licences;
    return (double)(limited ? pool->capacity / 2 : pool->licences);
}

/* Time full is known where one resource is the whole cluster; never, where calls leave odd units
 * over. */
static void add_full(struct totals *t, const struct scenario *s, const struct network *n,
                     const struct solution *solution, double seconds)
{
    for (uint32_t r = 0; r < n->resource_count; r++) {
        const struct resource *x = &n->resources[r];
        if (x->kind == RESOURCE_GROUP && x->unitless)
            t->clusters[x->index].unitless = true;
        if (x->kind == RESOURCE_POOL)
            t->clusters[x->index].licence_seconds += seconds * pool_size(x);
        const struct resource_outcome *o = &solution->resources[r];
        if (!x->used || x->kind == RESOURCE_CAP || x->kind == RESOURCE_PIPE ||
            x->kind == RESOURCE_TURN)
            continue;
        uint32_t cluster = cluster_of(s, x);
        struct cluster_total *c = &t->clusters[cluster];
        bool whole = x->kind != RESOURCE_PEER || s->clusters[cluster].peer_count == 1;
        double full = !whole || x->slack || !o->active ? NAN
                      : o->covered < x->capacity       ? 0
                                                       : seconds * o->full;
        if (x->kind == RESOURCE_POOL) {
            c->pool_full += !x->slack && !o->active ? 0 : full;
            c->pool_may_fill = c->pool_may_fill || !x->slack;
        } else {
            c->full_seconds += full;
        }
    }
}

/* ---- a span ---- */

static bool class_moments(const struct scenario *s, const struct span *span, struct class_moment *m,
                          double *loads)
{
    double seconds = (double)(span->to - span->from) / (double)SECOND;
    const struct load *moving = NULL;
    if (!span->stationary)
        moving = loads_of(span->loads, span->from, span->to, span->at);
    if (!span->stationary && !moving)
        return false;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        bool steady = span->stationary || call->arrivals.kind == ARRIVALS_SOURCES;
        loads[k] = span->scale * (steady ? load_stationary(call) : moving[k].at);
        m[k].load = loads[k];
        m[k].mean = steady ? loads[k] : span->scale * moving[k].mean;
        m[k].offered = span->scale * (steady ? load_rate(call) * seconds : moving[k].offered);
    }
    return true;
}

/* The calls of a finite population: less than its idle rate times all of them, and more when it is
 * refused. */
static void settle_sources(const struct call_class *call, double seconds, double blocking,
                           struct class_moment *m)
{
    if (call->arrivals.kind != ARRIVALS_SOURCES || call->arrivals.sources == 0)
        return;
    double through = load_hold(call) / call->arrivals.idle_mean * (1 - blocking);
    double busy = (double)call->arrivals.sources * through / (1 + through);
    m->offered = ((double)call->arrivals.sources - busy) / call->arrivals.idle_mean * seconds;
    m->load = m->mean = blocking < 1 ? busy / (1 - blocking) : 0;
}

/* A flow over the span: its calls, and what they use. */
static void add_flow(const struct adding *a, uint32_t f, const struct class_moment *m)
{
    const struct scenario *s = a->scenario;
    const struct span *span = a->span;
    const struct flow *flow = &a->network->flows[f];
    const struct flow_outcome *o = &a->solution->flows[f];
    double through = flow->share * (1 - o->blocking);
    double call_seconds = m->mean * through * a->seconds;
    bool paced = flow->paced != NONE,
         exact = !paced && span->exact && !isnan(span->exact[f].blocking);
    struct trust trust = paced   ? trust_paced(s, flow, o, span)
                         : exact ? trust_exact(flow, o, span)
                                 : trust_of(s, flow, a->solution, o, span);
    if (exact)
        call_seconds = span->exact[f].busy * a->seconds;
    add_class_flow(a, f, m->offered * flow->share, &trust);
    add_flow_use(a, f, call_seconds, m->offered * through, &trust);
    a->totals->classes[flow->class_index].call_seconds += call_seconds;
}

static void add_solution(const struct adding *a, struct class_moment *m)
{
    const struct scenario *s = a->scenario;
    struct totals *t = a->totals;
    double load = 0;
    uint32_t first = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        uint32_t from = first;
        double blocking = blocking_of_class(a->network, a->solution, k, &first);
        settle_sources(call, a->seconds, blocking, &m[k]);
        load += m[k].load;
        for (uint32_t f = from; f < first; f++)
            add_flow(a, f, &m[k]);
        add_attempts(&t->classes[k], call, m[k].offered, blocking);
    }
    add_full(t, s, a->network, a->solution, a->seconds);
    t->seconds += a->seconds;
    t->busiest_load = fmax(t->busiest_load, load);
    t->heavy = t->heavy || a->solution->heavy;
}

/* Puts what exact flows met in the place of their formulas' figures: one limit refuses them. */
static void put_exact(const struct network *n, struct solution *solution, const struct span *span)
{
    for (uint32_t f = 0; span->exact && f < n->flow_count; f++) {
        struct flow_outcome *o = &solution->flows[f];
        if (isnan(span->exact[f].blocking))
            continue;
        solution_put(solution, n, f, &span->busiest->flows[f]);
        int need = need_index(&n->flows[f], o->component);
        o->blocking = span->exact[f].blocking;
        o->left_out = 0;
        if (need >= 0)
            o->lacks[need] = o->only[need] = o->blocking;
        solution->resources[o->component] = span->busiest->resources[o->component];
        solution->resources[o->component].full = o->blocking;
    }
}

static bool solve_once(struct solution *solution, const struct scenario *s, const struct network *n,
                       const struct span *span, double *loads)
{
    double fresh[MEMO_CLASSES];
    const double *with_redials;
    size_t size = s->class_count * sizeof *loads;
    if (!span->memo || s->class_count > MEMO_CLASSES)
        return solve(solution, s, n, loads, span->effort);
    const struct solution *known = memo_find(span->memo, loads, &with_redials);
    if (known) {
        memcpy(loads, with_redials, size);
        return solution_copy(solution, known, n);
    }
    memcpy(fresh, loads, size);
    if (!solve(solution, s, n, loads, span->effort))
        return false;
    memo_keep(span->memo, fresh, loads, solution);
    return true;
}

static bool solve_span(struct solution *solution, const struct scenario *s, const struct network *n,
                       const struct span *span, double *loads)
{
    if (span->all_exact ? !solution_copy(solution, span->busiest, n)
                        : !solve_once(solution, s, n, span, loads))
        return false;
    put_exact(n, solution, span);
    return true;
}

bool span_add(struct totals *t, const struct scenario *s, const struct network *n,
              const struct span *span)
{
    double *loads = malloc(((size_t)s->class_count + 1) * sizeof *loads);
    double *offered = malloc(((size_t)s->class_count + 1) * sizeof *offered);
    struct class_moment *m = malloc(((size_t)s->class_count + 1) * sizeof *m);
    struct solution solution = {0};
    bool done = loads && offered && m;
    if (done) {
        done = class_moments(s, span, m, loads) && solve_span(&solution, s, n, span, loads);
    }
    for (uint32_t k = 0; done && k < s->class_count; k++) { /* loads have redials now */
        m[k].mean *= m[k].load > 0 ? loads[k] / m[k].load : 1;
        m[k].load = loads[k];
        offered[k] = m[k].offered;
    }
    done = done && pace_add(s, n, span, offered, &solution);
    if (done)
        add_solution(&(struct adding){t, s, n, &solution, span,
                                      (double)(span->to - span->from) / (double)SECOND},
                     m);
    solution_release(&solution);
    free(loads);
    free(offered);
    free(m);
    return done;
}
