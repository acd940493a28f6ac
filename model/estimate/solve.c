#include "model/estimate/solve.h"

#include <math.h>
#include <stdlib.h>

#include "model/formulas/batch.h"
#include "model/formulas/engset.h"
#include "model/formulas/erlang.h"
#include "model/estimate/lane.h"
#include "model/formulas/kaufman_roberts.h"
#include "model/formulas/licence_pool.h"
#include "model/formulas/pinned_pool.h"
#include "model/formulas/reduced_load.h"

#define HOLDS_ALIKE                                                                                \
    1.2 /* ratio of mean holding times up to which the fragmentation table is trusted */
#define PLACES_MAX  2000000 /* beyond, a recursion over places is too long */
#define CELLS_QUICK 3e5     /* of a two-resource recursion: a millisecond or two */

/* Probability below which a resource is left out, by effort. */
static const double never[] = {
    [EFFORT_EXACT] = 1e-15, [EFFORT_ROUGH] = 1e-5, [EFFORT_PREVIEW] = 1e-12};

/* Cells of a two-resource recursion that are worth the while. */
static const double cells_max[] = {
    [EFFORT_EXACT] = 4e8, [EFFORT_ROUGH] = 2e6, [EFFORT_PREVIEW] = CELLS_QUICK};

static const char *const not_poisson =
    "calls of finite populations or in groups share limits with others";

/* What is being solved: a component of resources and flows, with the lanes of its resources. */
struct part {
    const struct scenario *scenario;
    const struct network *network;
    const double *loads; /* by class */
    enum effort effort;
    struct solution *out;
    uint32_t *flows; /* borrowed */
    int flow_count;
    struct lane *lanes; /* owned by part_solve */
    int lane_count;
    double divisor; /* of loads and places: 1, or the peakedness of groups among others */
};

static const struct flow *part_flow(const struct part *p, int i)
{
    return &p->network->flows[p->flows[i]];
}

static const struct call_class *part_class(const struct part *p, int i)
{
    return &p->scenario->classes[part_flow(p, i)->class_index];
}

static struct flow_outcome *part_out(const struct part *p, int i)
{
    return &p->out->flows[p->flows[i]];
}

static double part_load(const struct part *p, int i)
{
    return p->loads[part_flow(p, i)->class_index] * part_flow(p, i)->share / p->divisor;
}

/* The flow's index of its need of a resource, or -1. */
static int need_index(const struct flow *flow, uint32_t resource)
{
    for (int i = 0; i < flow->need_count; i++)
        if (flow->needs[i].resource == resource)
            return i;
    return -1;
}

/* Places that a flow takes in a lane. */
static int64_t places(const struct part *p, int flow, const struct lane *lane)
{
    int i = need_index(part_flow(p, flow), lane->resource);
    if (i < 0)
        return 0;
    int64_t amount = part_flow(p, flow)->needs[i].amount;
    return lane->one_size ? 1 : (amount + lane->divisor - 1) / lane->divisor;
}

static bool poisson(const struct part *p)
{
    for (int i = 0; i < p->flow_count; i++) {
        const struct arrivals *a = &part_class(p, i)->arrivals;
        if (a->kind == ARRIVALS_SOURCES || a->batch_count > 0)
            return false;
    }
    return true;
}

static bool one_exponential(const struct part *p)
{
    for (int i = 0; i < p->flow_count; i++) {
        const struct call_class *c = part_class(p, i);
        if (c->holding.law != LAW_EXPONENTIAL || c->setup > 0 ||
            c->holding.mean != part_class(p, 0)->holding.mean)
            return false;
    }
    return true;
}

static void set_all(const struct part *p, const char *formula, enum badge badge, const char *reason)
{
    for (int i = 0; i < p->flow_count; i++) {
        struct flow_outcome *o = part_out(p, i);
        o->formula = formula;
        o->badge = badge;
        o->reason = badge == BADGE_SIMULATE ? reason : NULL;
    }
}

static void simulate_all(const struct part *p, const char *reason)
{
    for (int i = 0; i < p->flow_count; i++) {
        part_out(p, i)->badge = BADGE_SIMULATE;
        part_out(p, i)->reason = part_out(p, i)->reason ? part_out(p, i)->reason : reason;
    }
}

/* Records that the flow's calls are refused by one resource only. */
static void refuse_by(const struct part *p, int flow, const struct lane *lane, double blocking)
{
    struct flow_outcome *o = part_out(p, flow);
    int i = need_index(part_flow(p, flow), lane->resource);
    o->blocking = blocking;
    if (i >= 0)
        o->lacks[i] = o->only[i] = blocking;
}

/* ---- one resource
 * -----------------------------------------------------------------------------------------------
 */

static void solve_erlang(struct part *p)
{
    const struct lane *lane = &p->lanes[0];
    double load = 0, b;
    for (int i = 0; i < p->flow_count; i++)
        load += part_load(p, i);
    double servers = (double)lane->places;
    b = servers > PLACES_MAX && load < servers - 40 * sqrt(servers) ? 0 : erlang_b(servers, load);
    for (int i = 0; i < p->flow_count; i++)
        refuse_by(p, i, lane, b);
    bool known = one_exponential(p);
    for (int i = 0; known && i < p->flow_count; i++)
        part_out(p, i)->servers = lane->places;
    p->out->resources[lane->resource].full = b;
    set_all(p, "Erlang B", BADGE_EXACT, NULL);
}

static void solve_engset(struct part *p)
{
    const struct call_class *c = part_class(p, 0);
    double hold = c->holding.mean + (double)c->setup / (double)SECOND;
    struct engset e = engset(c->arrivals.sources, p->lanes[0].places, hold / c->arrivals.idle_mean);
    refuse_by(p, 0, &p->lanes[0], e.call_congestion);
    p->out->resources[p->lanes[0].resource].full = e.time_congestion;
    set_all(p, "Engset", BADGE_EXACT, NULL);
}

/* Groups: the exact chain where it holds, else Fredericks and Hayward for orientation. */
static bool solve_groups(struct part *p)
{
    static const int64_t one[] = {1};
    static const double certain[] = {1};
    const struct lane *lane = &p->lanes[0];
    struct batch_class *b = calloc((size_t)p->flow_count, sizeof *b);
    if (!b)
        return false;
    bool whole = true;
    double load = 0, variance = 0;
    for (int i = 0; i < p->flow_count; i++) {
        const struct arrivals *a = &part_class(p, i)->arrivals;
        b[i] = (struct batch_class){.sizes = one, .probabilities = certain, .count = 1};
        if (a->batch_count > 0)
            b[i] = (struct batch_class){.sizes = a->batch_sizes,
                                        .probabilities = a->batch_probabilities,
                                        .count = a->batch_count};
        b[i].groups = part_load(p, i) / batch_mean(&b[i]);
        whole = whole && (a->batch_count == 0 || part_flow(p, i)->share >= 1);
        load += part_load(p, i);
        variance += part_load(p, i) * batch_peakedness(&b[i]);
    }
    double busy, full, z = load > 0 ? variance / load : 1;
    bool exact = whole && one_exponential(p), done = true;
    if (exact && lane->places <= PLACES_MAX) {
        done = batch_blocking(lane->places, b, p->flow_count, &busy, &full);
        p->out->resources[lane->resource].full = full;
        set_all(p, "groups, exact chain", BADGE_EXACT, NULL);
    } else {
        for (int i = 0; i < p->flow_count; i++)
            b[i].blocking = hayward_blocking((double)lane->places, load, z);
        set_all(p, "Fredericks-Hayward", BADGE_SIMULATE,
                "calls come in groups and do not all hold exponentially with one mean");
    }
    for (int i = 0; done && i < p->flow_count; i++)
        refuse_by(p, i, lane, b[i].blocking);
    free(b);
    return done;
}

static struct kr_class *kr_classes(const struct part *p, const struct lane *lane)
{
    struct kr_class *c = calloc((size_t)p->flow_count, sizeof *c);
    for (int i = 0; c && i < p->flow_count; i++) {
        c[i] = (struct kr_class){.load = part_load(p, i), .units = places(p, i, lane)};
        if (lane->fragmented && c[i].units == 2) {
            c[i].acceptance = lane->acceptance;
            c[i].acceptance_count = lane->acceptance_count;
        }
    }
    return c;
}

/* The ratio of the longest to the shortest mean holding time. */
static double hold_ratio(const struct part *p)
{
    double low = INFINITY, high = 0;
    for (int i = 0; i < p->flow_count; i++) {
        double mean = part_class(p, i)->holding.mean;
        low = fmin(low, mean);
        high = fmax(high, mean);
    }
    return high / low;
}

/* Measured with equal means: one-place calls -14..+4 %, two-place calls -3..+3 %. At a ratio of 1.8
 * one-place calls were found 26 % low on five peers of 10, so that the band is widened up to 1.2
 * and nothing is promised beyond. */
static void fragmentation_bands(const struct part *p, const struct lane *lane)
{
    double ratio = hold_ratio(p), wider = 0.4 * (ratio - 1);
    for (int i = 0; i < p->flow_count; i++) {
        struct flow_outcome *o = part_out(p, i);
        bool one = places(p, i, lane) <= 1;
        o->low = one ? 1 / 1.045 : 1 / 1.035;
        o->high = one ? 1 / (0.855 - wider) : 1 / (0.965 - wider);
        if (ratio > HOLDS_ALIKE) {
            o->badge = BADGE_SIMULATE;
            o->reason = "calls of several sizes hold for very different times";
        }
    }
}

/* Groups that share limits with other calls: formulas for Poisson arrivals would promise far too
 * much, unless load and places are divided by the peakedness, as Fredericks and Hayward do. An
 * orientation all the same. */
static bool divide_by_peakedness(struct part *p)
{
    double variance = 0, squares = 0;
    for (int i = 0; i < p->flow_count; i++) {
        double size = (double)places(p, i, &p->lanes[0]),
               square = part_load(p, i) * (size > 0 ? size * size : 1);
        squares += square;
        variance += square * arrivals_peakedness(&part_class(p, i)->arrivals);
    }
    if (!(variance > PEAKEDNESS_MOST * squares))
        return false;
    p->divisor = variance / squares;
    for (int l = 0; l < p->lane_count; l++) {
        p->lanes[l].places = (int64_t)((double)p->lanes[l].places / p->divisor);
        p->lanes[l].fragmented = false;
    }
    return true;
}

/* Who comes in groups is refused more often than the single calls beside: in proportion to the
 * peakedness of a class. */
static void simulate_groups(const struct part *p, bool divided)
{
    simulate_all(p, not_poisson);
    for (int i = 0; divided && i < p->flow_count; i++) {
        struct flow_outcome *o = part_out(p, i);
        double part = arrivals_peakedness(&part_class(p, i)->arrivals) / p->divisor;
        part = fmin(part, o->blocking > 0 ? 1 / o->blocking : 1);
        o->formula = "Fredericks-Hayward";
        o->blocking *= part;
        for (int n = 0; n < NEEDS_MAX; n++) {
            o->lacks[n] *= part;
            o->only[n] *= part;
        }
    }
}

static bool solve_sizes(struct part *p)
{
    const struct lane *lane = &p->lanes[0];
    if (lane->places > PLACES_MAX) {
        set_all(p, "none", BADGE_SIMULATE, "there are too many units for a recursion");
        return true;
    }
    struct kr_class *c = kr_classes(p, lane);
    struct kr_result r;
    bool done = c && kaufman_roberts(lane->places, c, p->flow_count, &r);
    for (int i = 0; done && i < p->flow_count; i++)
        refuse_by(p, i, lane, c[i].blocking);
    if (done) {
        p->out->resources[lane->resource].full = lane->fragmented ? NAN : r.full_fraction;
        set_all(p, lane->fragmented ? "Kaufman-Roberts with fragmentation" : "Kaufman-Roberts",
                lane->fragmented ? BADGE_APPROXIMATE : BADGE_EXACT, NULL);
        if (lane->fragmented)
            fragmentation_bands(p, lane);
    }
    free(c);
    return done;
}

static bool solve_single(struct part *p)
{
    const struct lane *lane = &p->lanes[0];
    bool plain = poisson(p), sources = false, done = true;
    for (int i = 0; i < p->flow_count; i++)
        sources = sources || part_class(p, i)->arrivals.kind == ARRIVALS_SOURCES;
    bool alone = p->flow_count == 1 && part_flow(p, 0)->share >= 1;
    if (lane->one_size && plain) {
        solve_erlang(p);
    } else if (lane->one_size && sources && alone && part_class(p, 0)->arrivals.batch_count == 0) {
        solve_engset(p);
    } else if (lane->one_size && !sources) {
        done = solve_groups(p);
    } else {
        bool divided = divide_by_peakedness(p);
        done = solve_sizes(p);
        if (!plain)
            simulate_groups(p, divided);
    }
    return done;
}

/* ---- two resources, and peers under a hub
 * ----------------------------------------------------------------------- */

/* lacks of two needs from shares that may overlap. */
static void refuse_two(const struct part *p, int flow, const struct lane *a, const struct lane *b,
                       double lacks_a, double lacks_b, double blocking)
{
    struct flow_outcome *o = part_out(p, flow);
    int i = a ? need_index(part_flow(p, flow), a->resource) : -1,
        j = b ? need_index(part_flow(p, flow), b->resource) : -1;
    o->blocking = blocking;
    if (i >= 0) {
        o->lacks[i] = lacks_a;
        o->only[i] = fmax(0, blocking - (j >= 0 ? lacks_b : 0));
    }
    if (j >= 0) {
        o->lacks[j] = lacks_b;
        o->only[j] = fmax(0, blocking - (i >= 0 ? lacks_a : 0));
    }
}

static bool solve_pair(struct part *p)
{
    const struct lane *first = &p->lanes[p->lanes[1].fragmented ? 1 : 0],
                      *second = &p->lanes[p->lanes[1].fragmented ? 0 : 1];
    struct pool_class *c = calloc((size_t)p->flow_count, sizeof *c);
    for (int i = 0; c && i < p->flow_count; i++) {
        c[i] = (struct pool_class){.load = part_load(p, i),
                                   .units = places(p, i, first),
                                   .licences = places(p, i, second)};
        if (first->fragmented && c[i].units == 2) {
            c[i].acceptance = first->acceptance;
            c[i].acceptance_count = first->acceptance_count;
        }
    }
    struct pool_result r;
    bool done = c && licence_pool(first->places, second->places, c, p->flow_count, &r);
    for (int i = 0; done && i < p->flow_count; i++)
        refuse_two(p, i, first, second, c[i].lacks_units, c[i].lacks_licences, c[i].blocking);
    if (done) {
        p->out->resources[first->resource].full = first->fragmented ? NAN : r.units_full;
        p->out->resources[second->resource].full = first->fragmented ? NAN : r.licences_full;
        set_all(p, first->fragmented ? "two resources with fragmentation" : "two resources",
                first->fragmented ? BADGE_APPROXIMATE : BADGE_EXACT, NULL);
        if (first->fragmented)
            fragmentation_bands(p, first);
        if (second->fragmented)
            simulate_all(p, "two clusters fragment calls of several sizes");
    }
    free(c);
    return done;
}

/* The lane that every flow with two needs shares, when no flow needs more than one other; else -1.
 */
static int hub_of(const struct part *p)
{
    for (int hub = 0; hub < p->lane_count; hub++) {
        bool fits = !p->lanes[hub].fragmented;
        for (int i = 0; fits && i < p->flow_count; i++) {
            int others = 0;
            for (int l = 0; l < p->lane_count; l++)
                others += l != hub && places(p, i, &p->lanes[l]) > 0;
            fits = others <= 1;
        }
        if (fits)
            return hub;
    }
    return -1;
}

/* Peer lane_count stands for no peer: its calls need the hub only. */
static bool solve_star(struct part *p, int hub)
{
    struct pinned_class *c = calloc((size_t)p->flow_count, sizeof *c);
    int64_t *units = calloc((size_t)p->lane_count + 1, sizeof *units);
    for (int l = 0; units && l < p->lane_count; l++)
        units[l] = l == hub ? 0 : p->lanes[l].places;
    for (int i = 0; c && i < p->flow_count; i++) {
        c[i] = (struct pinned_class){
            .peer = hub, .load = part_load(p, i), .licences = places(p, i, &p->lanes[hub])};
        for (int l = 0; l < p->lane_count; l++)
            if (l != hub && places(p, i, &p->lanes[l]) > 0) {
                c[i].peer = l;
                c[i].units = places(p, i, &p->lanes[l]);
            }
    }
    struct pinned_result r;
    bool done =
        c && units && pinned_pool(units, p->lane_count, p->lanes[hub].places, c, p->flow_count, &r);
    for (int i = 0; done && i < p->flow_count; i++)
        refuse_two(p, i, c[i].peer == hub ? NULL : &p->lanes[c[i].peer], &p->lanes[hub],
                   c[i].lacks_units, c[i].lacks_licences, c[i].blocking);
    if (done) {
        p->out->resources[p->lanes[hub].resource].full = r.pool_full;
        set_all(p, "pinned peers with a pool", BADGE_EXACT, NULL);
    }
    free(c);
    free(units);
    return done;
}

/* ---- anything else
 * ---------------------------------------------------------------------------------------------- */

/* Places that the load may come to; those beyond cost a recursion its time and are never taken: 40
 * standard deviations. */
static int64_t places_in_reach(const struct part *p, const struct lane *lane)
{
    double mean = 0, variance = 0, largest = 1;
    for (int i = 0; i < p->flow_count; i++) {
        double size = (double)places(p, i, lane), load = part_load(p, i);
        mean += load * size;
        variance += load * size * size;
        largest = fmax(largest, size);
    }
    double reach = mean + 40 * (sqrt(variance) + largest);
    return reach < (double)lane->places ? (int64_t)reach : lane->places;
}

/* A call is refused at most as often as its resources would refuse it one by one, each left alone.
 */
static bool bound_by_each(const struct part *p)
{
    for (int i = 0; i < p->flow_count; i++)
        part_out(p, i)->high = 0;
    for (int l = 0; l < p->lane_count; l++) {
        struct kr_class *c = kr_classes(p, &p->lanes[l]);
        struct kr_result r;
        bool done = c && kaufman_roberts(places_in_reach(p, &p->lanes[l]), c, p->flow_count, &r);
        for (int i = 0; done && i < p->flow_count; i++)
            part_out(p, i)->high += c[i].blocking;
        free(c);
        if (!done)
            return false;
    }
    return true;
}

static bool solve_reduced(struct part *p)
{
    size_t flows = (size_t)(unsigned)p->flow_count, lanes = (size_t)(unsigned)p->lane_count;
    struct route *routes = calloc(flows, sizeof *routes);
    int64_t *units = calloc(flows * lanes, sizeof *units),
            *capacities = calloc(lanes, sizeof *capacities);
    bool done = routes && units && capacities;
    for (int l = 0; done && l < p->lane_count; l++) {
        capacities[l] = places_in_reach(p, &p->lanes[l]);
        done = capacities[l] <= PLACES_MAX;
    }
    for (int i = 0; done && i < p->flow_count; i++) {
        for (int l = 0; l < p->lane_count; l++)
            units[(size_t)i * lanes + (size_t)l] = places(p, i, &p->lanes[l]);
        routes[i] = (struct route){.load = part_load(p, i), .units = &units[(size_t)i * lanes]};
    }
    done = done && reduced_load(capacities, p->lane_count, routes, p->flow_count, 1e-6);
    for (int i = 0; i < p->flow_count; i++)
        part_out(p, i)->blocking = done ? routes[i].blocking : NAN;
    set_all(p, "reduced load", BADGE_SIMULATE, "several limits are coupled");
    for (int i = 0; i < p->flow_count; i++)
        for (int n = 0; n < NEEDS_MAX; n++)
            part_out(p, i)->lacks[n] = part_out(p, i)->only[n] = NAN;
    if (done && p->effort == EFFORT_PREVIEW && bound_by_each(p))
        for (int i = 0; i < p->flow_count; i++) {
            struct flow_outcome *o = part_out(p, i);
            o->badge = BADGE_APPROXIMATE;
            o->formula = "reduced load, bounds only";
            o->reason = NULL;
            o->low = 0;
            o->high = o->blocking > 0 ? fmax(1, fmin(1, o->high) / o->blocking) : 1;
        }
    free(routes);
    free(units);
    free(capacities);
    return true;
}

static double cells(const struct part *p, int hub)
{
    double sum = 0, width = (double)p->lanes[hub].places + 1;
    for (int l = 0; l < p->lane_count; l++)
        if (l != hub)
            sum += (double)p->lanes[l].places + 1 + (p->lane_count > 2 ? width : 0);
    return sum * width;
}

static bool solve_coupled(struct part *p)
{
    bool divided = divide_by_peakedness(p), done;
    int hub = p->lane_count == 2 ? 1 : hub_of(p);
    if (hub < 0 || cells(p, hub) > cells_max[p->effort]) {
        done = solve_reduced(p);
    } else {
        p->out->heavy = p->out->heavy || cells(p, hub) > CELLS_QUICK;
        done = p->lane_count == 2 ? solve_pair(p) : solve_star(p, hub);
    }
    if (done && !poisson(p))
        simulate_groups(p, divided);
    return done;
}

static bool make_lane(struct part *p, uint32_t resource)
{
    struct need *needs = calloc((size_t)p->flow_count, sizeof *needs);
    double *loads = calloc((size_t)p->flow_count, sizeof *loads);
    int count = 0;
    for (int i = 0; needs && loads && i < p->flow_count; i++) {
        int n = need_index(part_flow(p, i), resource);
        if (n < 0)
            continue;
        /* The share of two-place calls is that of arrivals: load over holding. */
        loads[count] = part_load(p, i) / part_class(p, i)->holding.mean;
        needs[count++] = part_flow(p, i)->needs[n];
    }
    if (needs && loads) {
        struct lane lane =
            lane_make(&p->network->resources[resource], resource, needs, count, loads);
        p->lanes[p->lane_count++] = lane;
        p->out->resources[resource].peers = lane.peers;
        p->out->resources[resource].cap = lane.cap;
        p->out->resources[resource].rms = lane.rms;
        p->out->resources[resource].covered = lane.places * lane.divisor;
    }
    bool done = needs && loads;
    free(needs);
    free(loads);
    return done;
}

static bool part_solve(struct part *p, const uint32_t *resources, int resource_count)
{
    p->divisor = 1;
    p->lanes = calloc((size_t)resource_count + 1, sizeof *p->lanes);
    bool done = p->lanes != NULL;
    for (int i = 0; done && i < resource_count; i++)
        done = make_lane(p, resources[i]);
    if (done)
        done = p->lane_count == 1 ? solve_single(p) : solve_coupled(p);
    for (int l = 0; done && l < p->lane_count; l++)
        if (p->lanes[l].reason)
            simulate_all(p, p->lanes[l].reason);
    for (int i = 0; done && i < p->flow_count; i++)
        if (part_flow(p, i)->reason) {
            /* What one flow does to shared limits concerns all that share them. */
            simulate_all(p, part_flow(p, i)->reason);
        }
    free(p->lanes);
    return done;
}

/* ---- components
 * -------------------------------------------------------------------------------------------------
 */

/* An upper bound of the probability that more than `room` is asked for at once: min over t of E
 * exp(t use) / exp(t room). The exponent is convex in t; ternary search. */
static double chernoff(const struct network *n, const uint32_t *flows, uint32_t count,
                       uint32_t resource, double room, const double *loads)
{
    double mean = 0, largest = 1;
    for (uint32_t i = 0; i < count; i++) {
        const struct flow *f = &n->flows[flows[i]];
        int k = need_index(f, resource);
        mean += k < 0 ? 0 : loads[f->class_index] * f->share * (double)f->needs[k].amount;
        largest = k < 0 ? largest : fmax(largest, (double)f->needs[k].amount);
    }
    room -= largest;
    if (room <= mean)
        return 1;
    double low = 0, high = 20 / largest, exponent = 0;
    for (int step = 0; step < 40; step++) {
        double t[2] = {low + (high - low) / 3, high - (high - low) / 3}, e[2];
        for (int s = 0; s < 2; s++) {
            e[s] = -t[s] * room;
            for (uint32_t i = 0; i < count; i++) {
                const struct flow *f = &n->flows[flows[i]];
                int k = need_index(f, resource);
                if (k >= 0)
                    e[s] +=
                        loads[f->class_index] * f->share * expm1(t[s] * (double)f->needs[k].amount);
            }
        }
        exponent = fmin(e[0], e[1]);
        if (e[0] < e[1])
            high = t[1];
        else
            low = t[0];
    }
    return exp(fmin(0, exponent));
}

/* Lists of the flows of every resource: first[r] .. first[r + 1] - 1 of `list`. */
struct users {
    uint32_t *first, *list;
};

static bool users_init(struct users *u, const struct network *n)
{
    size_t total = 0;
    for (uint32_t f = 0; f < n->flow_count; f++)
        total += (size_t)n->flows[f].need_count;
    u->first = calloc((size_t)n->resource_count + 2, sizeof *u->first);
    u->list = calloc(total + 1, sizeof *u->list);
    if (!u->first || !u->list)
        return false;
    for (uint32_t f = 0; f < n->flow_count; f++)
        for (int i = 0; !n->flows[f].refused && i < n->flows[f].need_count; i++)
            u->first[n->flows[f].needs[i].resource + 2]++;
    for (uint32_t r = 0; r < n->resource_count; r++)
        u->first[r + 2] += u->first[r + 1];
    for (uint32_t f = 0; f < n->flow_count; f++)
        for (int i = 0; !n->flows[f].refused && i < n->flows[f].need_count; i++)
            u->list[u->first[n->flows[f].needs[i].resource + 1]++] = f;
    return true;
}

/* Pools, caps and pipes that can hardly refuse are left out: they always come on top of another
 * limit. */
static void find_active(const struct scenario *s, const struct network *n, const struct users *u,
                        const double *loads, double least, struct resource_outcome *out)
{
    for (uint32_t r = 0; r < n->resource_count; r++) {
        const struct resource *x = &n->resources[r];
        uint32_t from = u->first[r], count = u->first[r + 1] - from;
        out[r] = (struct resource_outcome){
            .active = x->used && !x->slack && count > 0, .full = NAN, .component = r};
        if (!out[r].active || x->kind == RESOURCE_GROUP || x->kind == RESOURCE_PEER)
            continue;
        bool groups = false;
        for (uint32_t i = 0; i < count; i++)
            groups = groups ||
                     s->classes[n->flows[u->list[from + i]].class_index].arrivals.batch_count > 0;
        out[r].active =
            groups || chernoff(n, u->list + from, count, r, (double)x->capacity, loads) > least;
    }
}

/* A group or peer is left out as well where every call of it is judged by another limit. */
static void drop_redundant(const struct scenario *s, const struct network *n, const struct users *u,
                           const double *loads, double least, struct resource_outcome *out)
{
    for (uint32_t r = 0; r < n->resource_count; r++) {
        const struct resource *x = &n->resources[r];
        uint32_t from = u->first[r], count = u->first[r + 1] - from;
        bool redundant = out[r].active && (x->kind == RESOURCE_GROUP || x->kind == RESOURCE_PEER);
        double room = 0;
        for (int i = 0; i < x->room_count; i++)
            room += (double)x->rooms[i].units;
        for (uint32_t i = 0; redundant && i < count; i++) {
            const struct flow *f = &n->flows[u->list[from + i]];
            bool other = false;
            for (int k = 0; k < f->need_count; k++)
                other = other || (f->needs[k].resource != r && out[f->needs[k].resource].active);
            redundant = other && s->classes[f->class_index].arrivals.batch_count == 0;
        }
        /* Peers of a group fill unevenly: a tenth, and two calls a peer, are kept as a reserve. */
        room = fmin(room, (double)x->cap) * (x->room_count > 1 ? 0.9 : 1) - 2.0 * x->room_count;
        if (redundant && x->room_count > 0 && x->rooms[0].sessions == CAPACITY_UNLIMITED &&
            chernoff(n, u->list + from, count, r, room, loads) < least)
            out[r].active = false;
    }
}

static uint32_t find(struct resource_outcome *out, uint32_t r)
{
    while (out[r].component != r)
        r = out[r].component = out[out[r].component].component;
    return r;
}

static void join_components(const struct network *n, struct resource_outcome *out)
{
    for (uint32_t f = 0; f < n->flow_count; f++) {
        uint32_t first = NONE;
        for (int i = 0; !n->flows[f].refused && i < n->flows[f].need_count; i++) {
            uint32_t r = n->flows[f].needs[i].resource;
            if (!out[r].active)
                continue;
            if (first == NONE)
                first = find(out, r);
            else
                out[find(out, r)].component = first;
        }
    }
    for (uint32_t r = 0; r < n->resource_count; r++)
        out[r].component = find(out, r);
}

static void preset(const struct network *n, struct solution *solution)
{
    for (uint32_t f = 0; f < n->flow_count; f++) {
        struct flow_outcome *o = &solution->flows[f];
        *o = (struct flow_outcome){.blocking = n->flows[f].refused ? 1 : 0,
                                   .low = 1,
                                   .high = 1,
                                   .formula = n->flows[f].refused ? "no peer" : "no limit",
                                   .reason = n->flows[f].reason,
                                   .component = NONE};
        o->badge = o->reason ? BADGE_SIMULATE : BADGE_EXACT;
    }
}

static bool redials(const struct part *p, uint32_t flow)
{
    return p->scenario->classes[p->network->flows[flow].class_index].redial_probability > 0;
}

/* Components one after another: resources and flows sorted by component, each range solved. */
static bool solve_components(struct part *p, const struct users *u)
{
    const struct network *n = p->network;
    struct resource_outcome *out = p->out->resources;
    uint32_t *resources = calloc((size_t)n->resource_count + 1, sizeof *resources);
    uint32_t *seen = calloc((size_t)n->flow_count + 1, sizeof *seen),
             *members = calloc((size_t)n->flow_count + 1, sizeof *members);
    uint32_t *next = calloc((size_t)n->resource_count + 1, sizeof *next),
             *head = calloc((size_t)n->resource_count + 1, sizeof *head);
    bool done = resources && seen && members && next && head;
    for (uint32_t r = n->resource_count; done && r-- > 0;)
        if (out[r].active) { /* lists by component, lowest resource first; 0 ends */
            next[r] = head[out[r].component];
            head[out[r].component] = r + 1;
        }
    for (uint32_t c = 0; done && c < n->resource_count; c++) {
        int count = 0;
        p->flow_count = p->lane_count = 0;
        p->flows = members;
        for (uint32_t r = head[c]; r; r = next[r - 1]) {
            resources[count++] = r - 1;
            for (uint32_t i = u->first[r - 1]; i < u->first[r]; i++)
                if (!seen[u->list[i]]) {
                    seen[u->list[i]] = 1;
                    members[p->flow_count++] = u->list[i];
                    p->out->flows[u->list[i]].component = c;
                    out[c].redialled = out[c].redialled || redials(p, u->list[i]);
                }
        }
        done = count == 0 || part_solve(p, resources, count);
    }
    free(resources);
    free(seen);
    free(members);
    free(next);
    free(head);
    return done;
}

bool solution_init(struct solution *solution, const struct scenario *scenario,
                   const struct network *network, const double *loads, enum effort effort)
{
    *solution = (struct solution){0};
    solution->flows = calloc((size_t)network->flow_count + 1, sizeof *solution->flows);
    solution->resources = calloc((size_t)network->resource_count + 1, sizeof *solution->resources);
    struct users users = {0};
    bool done = solution->flows && solution->resources && users_init(&users, network);
    if (done) {
        preset(network, solution);
        find_active(scenario, network, &users, loads, never[effort], solution->resources);
        drop_redundant(scenario, network, &users, loads, never[effort], solution->resources);
        join_components(network, solution->resources);
        struct part part = {.scenario = scenario,
                            .network = network,
                            .loads = loads,
                            .effort = effort,
                            .divisor = 1,
                            .out = solution};
        done = solve_components(&part, &users);
    }
    free(users.first);
    free(users.list);
    if (!done)
        solution_release(solution);
    return done;
}

void solution_release(struct solution *solution)
{
    free(solution->flows);
    free(solution->resources);
    *solution = (struct solution){0};
}
