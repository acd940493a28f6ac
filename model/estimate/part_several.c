#include "model/estimate/part.h"

#include <math.h>
#include <stdlib.h>

#include "model/formulas/kaufman_roberts.h"
#include "model/formulas/licence_pool.h"
#include "model/formulas/pinned_pool.h"
#include "model/formulas/reduced_load.h"

#define CELLS_QUICK 3e5 /* of a two-resource recursion: a millisecond or two */

/* Cells of a two-resource recursion that are worth the while. */
static const double cells_max[] = {
    [EFFORT_EXACT] = 4e8, [EFFORT_ROUGH] = 2e6, [EFFORT_PREVIEW] = CELLS_QUICK};

/* ---- two resources, and peers under a hub ---- */

/* Calls that lack one thing, or the other, or both: shares that may overlap. */
struct overlap {
    const struct lane *a, *b; /* a NULL: no such need */
    double lacks_a, lacks_b, blocking;
};

static void refuse_two(const struct part *p, int flow, const struct overlap *both)
{
    const struct lane *a = both->a, *b = both->b;
    double lacks_a = both->lacks_a, lacks_b = both->lacks_b, blocking = both->blocking;
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
                                   .units = part_places(p, i, first),
                                   .licences = part_places(p, i, second)};
        if (first->fragmented && c[i].units == 2) {
            c[i].acceptance = first->acceptance;
            c[i].acceptance_count = first->acceptance_count;
        }
    }
    struct pool_result r;
    bool done = c && licence_pool(first->places, second->places, c, p->flow_count, &r);
    for (int i = 0; done && i < p->flow_count; i++)
        refuse_two(
            p, i,
            &(struct overlap){first, second, c[i].lacks_units, c[i].lacks_licences, c[i].blocking});
    if (done) {
        p->out->resources[first->resource].full = first->fragmented ? NAN : r.units_full;
        p->out->resources[second->resource].full = first->fragmented ? NAN : r.licences_full;
        part_set_all(p, first->fragmented ? "two resources with fragmentation" : "two resources",
                     first->fragmented ? BADGE_APPROXIMATE : BADGE_EXACT, NULL);
        if (first->fragmented)
            part_fragment(p, first);
        if (second->fragmented)
            part_simulate(p, "two clusters fragment calls of several sizes");
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
                others += l != hub && part_places(p, i, &p->lanes[l]) > 0;
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
            .peer = hub, .load = part_load(p, i), .licences = part_places(p, i, &p->lanes[hub])};
        for (int l = 0; l < p->lane_count; l++)
            if (l != hub && part_places(p, i, &p->lanes[l]) > 0) {
                c[i].peer = l;
                c[i].units = part_places(p, i, &p->lanes[l]);
            }
    }
    struct pinned_result r;
    bool done = c && units &&
                pinned_pool(&(struct pinned_peers){units, p->lane_count, p->lanes[hub].places}, c,
                            p->flow_count, &r);
    for (int i = 0; done && i < p->flow_count; i++)
        refuse_two(p, i,
                   &(struct overlap){c[i].peer == hub ? NULL : &p->lanes[c[i].peer], &p->lanes[hub],
                                     c[i].lacks_units, c[i].lacks_licences, c[i].blocking});
    if (done) {
        p->out->resources[p->lanes[hub].resource].full = r.pool_full;
        part_set_all(p, "pinned peers with a pool", BADGE_EXACT, NULL);
    }
    free(c);
    free(units);
    return done;
}

/* ---- anything else ---- */

/* Places that the load may come to; those beyond cost a recursion its time and are never taken: 40
 * standard deviations. */
static int64_t places_in_reach(const struct part *p, const struct lane *lane)
{
    double mean = 0, variance = 0, largest = 1;
    for (int i = 0; i < p->flow_count; i++) {
        double size = (double)part_places(p, i, lane), load = part_load(p, i);
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
        struct kr_class *c = part_sizes(p, &p->lanes[l]);
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
    double close = p->effort == EFFORT_PREVIEW ? 1e-4 : 1e-6;
    size_t flows = (size_t)(unsigned)p->flow_count, lanes = (size_t)(unsigned)p->lane_count;
    struct loss_route *routes = calloc(flows, sizeof *routes);
    int64_t *units = calloc(flows * lanes, sizeof *units),
            *capacities = calloc(lanes, sizeof *capacities);
    bool done = routes && units && capacities;
    for (int l = 0; done && l < p->lane_count; l++) {
        capacities[l] = places_in_reach(p, &p->lanes[l]);
        done = capacities[l] <= PLACES_MAX;
    }
    for (int i = 0; done && i < p->flow_count; i++) {
        for (int l = 0; l < p->lane_count; l++)
            units[(size_t)i * lanes + (size_t)l] = part_places(p, i, &p->lanes[l]);
        routes[i] =
            (struct loss_route){.load = part_load(p, i), .units = &units[(size_t)i * lanes]};
    }
    done = done && reduced_load(capacities, p->lane_count, routes, p->flow_count, close);
    for (int i = 0; i < p->flow_count; i++)
        part_out(p, i)->blocking = done ? routes[i].blocking : NAN;
    part_set_all(p, "reduced load", BADGE_SIMULATE, "several limits are coupled");
    for (int i = 0; i < p->flow_count; i++)
        for (int n = 0; n < part_flow(p, i)->need_count; n++)
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

bool part_solve_several(struct part *p)
{
    bool divided = part_divide(p), done;
    int hub = p->lane_count == 2 ? 1 : hub_of(p);
    if (hub < 0 || cells(p, hub) > cells_max[p->effort]) {
        done = solve_reduced(p);
    } else {
        p->out->heavy = p->out->heavy || cells(p, hub) > CELLS_QUICK;
        done = p->lane_count == 2 ? solve_pair(p) : solve_star(p, hub);
    }
    if (done && !part_poisson(p))
        part_undivide(p, divided);
    if (done && part_reserves(p))
        part_simulate(p, "units or licences are kept free for some calls");
    return done;
}
