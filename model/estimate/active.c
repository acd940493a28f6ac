#include "model/estimate/active.h"

#include <math.h>
#include <stdlib.h>

#include "model/estimate/part.h"

/* Probability below which a resource is left out, by effort. */
static const double never[] = {
    [EFFORT_EXACT] = 1e-15, [EFFORT_ROUGH] = 1e-5, [EFFORT_PREVIEW] = 1e-12};

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

bool users_init(struct users *u, const struct network *n)
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

void users_release(struct users *u)
{
    free(u->first);
    free(u->list);
    *u = (struct users){0};
}

void active_find(const struct scenario *s, const struct network *n, const struct users *u,
                 const double *loads, enum effort effort, struct resource_outcome *out)
{
    find_active(s, n, u, loads, never[effort], out);
    drop_redundant(s, n, u, loads, never[effort], out);
    join_components(n, out);
}
