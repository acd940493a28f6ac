#include "model/estimate/active.h"

#include <math.h>
#include <stdlib.h>

#include "model/estimate/part.h"
#include "model/formulas/chernoff.h"

/* Probability below which a resource is left out, by effort. */
static const double never[] = {
    [EFFORT_EXACT] = 1e-15, [EFFORT_ROUGH] = 1e-9, [EFFORT_PREVIEW] = 1e-12};

#define PEERS_NEVER 1e-12 /* the same of peers, where figures are approximate anyway */

#define SIZES_MAX 32 /* of calls that are told apart; others are kept as they come */

static size_t collect(const struct network *n, uint32_t resource, const double *loads,
                      struct chernoff_size *sizes)
{
    size_t used = 0;
    for (uint32_t i = n->first_user[resource]; i < n->first_user[resource + 1]; i++) {
        const struct flow *f = &n->flows[n->users[i]];
        int k = need_index(f, resource);
        if (k < 0)
            continue;
        double amount = (double)f->needs[k].amount, load = loads[f->class_index] * f->share;
        size_t at = 0;
        while (at < used && at < SIZES_MAX && sizes[at].amount != amount)
            at++;
        at = at < SIZES_MAX ? at : used;
        if (at == used)
            sizes[used++] = (struct chernoff_size){amount, 0};
        sizes[at].load += load;
    }
    return used;
}

static double kept_free(const struct network *n, uint32_t resource)
{
    double most = 0;
    for (uint32_t i = n->first_user[resource]; i < n->first_user[resource + 1]; i++) {
        const struct flow *f = &n->flows[n->users[i]];
        int k = need_index(f, resource);
        most = k < 0 ? most : fmax(most, (double)f->needs[k].reserve);
    }
    return most;
}

/* An upper bound of the probability that a call finds less than it needs, `room` being all there
 * is. 1 where memory ran out: nothing is left out then. */
static double short_of(const struct network *n, uint32_t resource, double room, const double *loads)
{
    size_t count = n->first_user[resource + 1] - n->first_user[resource];
    struct chernoff_size *sizes = malloc((count + 1) * sizeof *sizes);
    size_t used = sizes ? collect(n, resource, loads, sizes) : 0;
    double largest = 1;
    for (size_t i = 0; i < used; i++)
        largest = fmax(largest, sizes[i].amount);
    room -= largest + kept_free(n, resource);
    double over = sizes && room > 0 ? chernoff_over(sizes, used, room) : 1;
    free(sizes);
    return over;
}

/* Units of peers that calls find whatever the order in which they fill: of a group a tenth, and two
 * calls a peer, are kept back. 0 where more than units may be short. */
static double room_of(const struct resource *x)
{
    double room = 0;
    for (int i = 0; i < x->room_count; i++) {
        room += (double)x->rooms[i].units;
        if (x->rooms[i].sessions != CAPACITY_UNLIMITED || x->reason)
            return 0;
    }
    return fmin(room, (double)x->cap) * (x->room_count > 1 ? 0.9 : 1) - 2.0 * x->room_count;
}

/* Pools, caps and pipes that can hardly refuse are left out: they always come on top of another
 * limit. */
static void find_active(const struct scenario *s, const struct network *n, const double *loads,
                        enum effort effort, struct resource_outcome *out)
{
    for (uint32_t r = 0; r < n->resource_count; r++) {
        const struct resource *x = &n->resources[r];
        uint32_t from = n->first_user[r], count = n->first_user[r + 1] - from;
        out[r] = (struct resource_outcome){
            .active = x->used && !x->slack && count > 0, .full = NAN, .component = r};
        bool peers = x->kind == RESOURCE_GROUP || x->kind == RESOURCE_PEER;
        double room = peers ? room_of(x) : (double)x->capacity;
        if (!out[r].active || (peers && (effort == EFFORT_EXACT || room <= 0)))
            continue;
        bool groups = false;
        for (uint32_t i = 0; i < count; i++)
            groups = groups ||
                     s->classes[n->flows[n->users[from + i]].class_index].arrivals.batch_count > 0;
        double refuse = short_of(n, r, room, loads);
        out[r].active = groups || refuse > (peers ? PEERS_NEVER : never[effort]);
        out[r].left_out = out[r].active ? 0 : refuse;
    }
}

/* A group or peer is left out as well where every call of it is judged by another limit. */
static void drop_redundant(const struct scenario *s, const struct network *n, const double *loads,
                           double least, struct resource_outcome *out)
{
    for (uint32_t r = 0; r < n->resource_count; r++) {
        const struct resource *x = &n->resources[r];
        uint32_t from = n->first_user[r], count = n->first_user[r + 1] - from;
        bool redundant = out[r].active && (x->kind == RESOURCE_GROUP || x->kind == RESOURCE_PEER);
        for (uint32_t i = 0; redundant && i < count; i++) {
            const struct flow *f = &n->flows[n->users[from + i]];
            bool other = false;
            for (int k = 0; k < f->need_count; k++)
                other = other || (f->needs[k].resource != r && out[f->needs[k].resource].active);
            redundant = other && s->classes[f->class_index].arrivals.batch_count == 0;
        }
        double room = room_of(x);
        if (!redundant || room <= 0)
            continue;
        double refuse = short_of(n, r, room, loads);
        out[r].active = refuse >= least;
        out[r].left_out = out[r].active ? 0 : refuse;
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

void active_find(const struct scenario *s, const struct network *n, const double *loads,
                 enum effort effort, struct resource_outcome *out)
{
    find_active(s, n, loads, effort, out);
    drop_redundant(s, n, loads, never[effort], out);
    join_components(n, out);
}
