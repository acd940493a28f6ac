#include "model/estimate/day.h"

#include <math.h>
#include <stdlib.h>

#include "model/load.h"
#include "model/formulas/day_load.h"

#define MILLISECONDS 2e-4 /* of a step, for each server */

struct track {
    bool there;   /* the law below is that of now */
    bool used;    /* by the network of now */
    uint64_t who; /* which classes use it, and in which shares */
    double hold;
    struct day_law law;
    double *mine; /* owned: calls in progress of each flow, in their order */
    uint32_t flows, next;
    double rate, blocking; /* of the last step, */
    double stay,
        fresh; /* and what is left at its end of a call that was there, of a call a second */
};

static void track_release(struct track *t)
{
    day_law_release(&t->law);
    free(t->mine);
    t->mine = NULL;
    t->there = false;
}

bool day_init(struct day *day, const struct scenario *s, double scale, double most)
{
    *day = (struct day){.scenario = s, .scale = scale, .most = most};
    day->exact = calloc((size_t)s->class_count + 1, sizeof *day->exact);
    return day->exact != NULL;
}

void day_release(struct day *day)
{
    for (uint32_t r = 0; day->tracks && r < day->count; r++)
        track_release(&day->tracks[r]);
    free(day->tracks);
    free(day->exact);
    *day = (struct day){0};
}

static void find_exact(struct day *day, const struct network *n, const struct solution *solution)
{
    for (uint32_t k = 0; k < day->scenario->class_count; k++)
        day->exact[k] = false;
    for (uint32_t f = 0; f < n->flow_count; f++)
        day->exact[n->flows[f].class_index] = true;
    for (uint32_t f = 0; f < n->flow_count; f++) {
        const struct flow_outcome *o = &solution->flows[f];
        bool free = o->component == NONE && !n->flows[f].reason && !n->flows[f].refused;
        if (n->flows[f].refused || (o->servers <= 0 && !free))
            day->exact[n->flows[f].class_index] = false;
    }
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15) ^ hash >> 29;
}

/* Who uses what, and what it takes to follow it. */
static double note_users(struct day *day, const struct network *n, const struct solution *solution)
{
    double servers = 0;
    for (uint32_t r = 0; r < day->count; r++)
        day->tracks[r].used = false;
    for (uint32_t f = 0; f < n->flow_count; f++) {
        const struct flow_outcome *o = &solution->flows[f];
        if (o->component == NONE || o->servers <= 0)
            continue;
        struct track *t = &day->tracks[o->component];
        union {
            double value;
            uint64_t bits;
        } share = {n->flows[f].share};
        if (!t->used) {
            servers += (double)o->servers;
            t->who = 1;
            t->flows = 0;
        }
        t->flows++;
        t->used = true;
        t->who = mix(mix(t->who, n->flows[f].class_index), share.bits);
        t->hold = day->scenario->classes[n->flows[f].class_index].holding.mean;
    }
    return servers;
}

/* Fewer servers: the calls on those that went are cut, each with the same probability. */
static bool fit(struct track *t, int64_t servers)
{
    double stay = (double)servers / (double)t->law.servers;
    if (servers < t->law.servers) {
        day_law_thin(&t->law, stay);
        for (uint32_t i = 0; i < t->flows; i++)
            t->mine[i] *= stay;
    }
    return servers == t->law.servers || day_law_resize(&t->law, servers);
}

static bool take_over(struct day *day, const struct network *n, const struct solution *solution,
                      bool first)
{
    for (uint32_t f = 0; f < n->flow_count; f++) {
        const struct flow_outcome *o = &solution->flows[f];
        struct track *t = o->component == NONE ? NULL : &day->tracks[o->component];
        if (!t || !t->used || o->servers <= 0)
            continue;
        if (first && !t->there) {
            t->mine = calloc((size_t)t->flows + 1, sizeof *t->mine);
            t->there = day_law_init(&t->law, o->servers) && t->mine;
            if (!t->there) {
                track_release(t);
                return false;
            }
        }
        if (t->there && !fit(t, o->servers))
            return false;
    }
    return true;
}

bool day_enter(struct day *day, const struct network *n, const struct solution *solution,
               bool first, double steps)
{
    if (!day->tracks) {
        day->count = n->resource_count;
        day->tracks = calloc((size_t)day->count + 1, sizeof *day->tracks);
        if (!day->tracks)
            return false;
    }
    day->network = n;
    day->solution = solution;
    uint64_t *who = calloc((size_t)day->count + 1, sizeof *who);
    if (!who)
        return false;
    for (uint32_t r = 0; r < day->count; r++)
        who[r] = day->tracks[r].who;
    find_exact(day, n, solution);
    double cost = note_users(day, n, solution) * MILLISECONDS * steps;
    bool many = day->work + cost > day->most;
    for (uint32_t r = 0; r < day->count; r++)
        if (day->tracks[r].there &&
            (many || !day->tracks[r].used || day->tracks[r].who != who[r])) {
            track_release(&day->tracks[r]);
        }
    free(who);
    bool done = many || take_over(day, n, solution, first);
    day->work += many ? 0 : cost;
    for (uint32_t f = 0; f < n->flow_count; f++) {
        uint32_t c = solution->flows[f].component;
        if (c != NONE && !day->tracks[c].there)
            day->exact[n->flows[f].class_index] = false;
    }
    day->all = done;
    for (uint32_t k = 0; k < day->scenario->class_count; k++)
        day->all =
            day->all && (day->exact[k] || day->scenario->classes[k].arrivals.kind == ARRIVALS_NONE);
    return done;
}

/* What is refused in a step, and what it leaves of the calls of a flow: by the balance
 * m' = rate (1 - full) - m / hold, which holds for each flow and for all of them alike. */
static bool move_on(struct track *t, double seconds)
{
    struct day_step out;
    double before = day_law_mean(&t->law), x = seconds / t->hold;
    if (!day_law_advance(&t->law, t->hold, &(struct load_step){seconds, t->rate}, &out))
        return false;
    t->blocking = out.offered > 0 ? out.blocked / out.offered : 0;
    t->stay = exp(-x);
    t->fresh = t->rate > 0 ? (out.busy_end - before * t->stay) / t->rate : -t->hold * expm1(-x);
    t->next = 0;
    return true;
}

static void put_flow(struct track *t, double rate, double seconds, struct day_flow *flow)
{
    double before = t->mine[t->next], after = before * t->stay + rate * t->fresh;
    double carried = rate * seconds * (1 - t->blocking);
    t->mine[t->next++] = after;
    *flow = (struct day_flow){t->blocking, (carried - (after - before)) * t->hold / seconds};
}

bool day_step(struct day *day, nanos from, nanos to, struct day_flow *flows)
{
    const struct network *n = day->network;
    const struct solution *solution = day->solution;
    const struct scenario *s = day->scenario;
    double seconds = (double)(to - from) / (double)SECOND;
    bool done = true;
    for (uint32_t r = 0; r < day->count; r++)
        day->tracks[r].rate = 0;
    for (uint32_t f = 0; f < n->flow_count; f++) {
        nanos begin, end;
        const struct call_class *call = &s->classes[n->flows[f].class_index];
        uint32_t c = solution->flows[f].component;
        if (c == NONE || !day->tracks[c].there)
            continue;
        flows[f].busy = day->scale * n->flows[f].share * load_step(s, call, from, &begin, &end);
        day->tracks[c].rate += flows[f].busy;
    }
    for (uint32_t r = 0; done && r < day->count; r++)
        if (day->tracks[r].there)
            done = move_on(&day->tracks[r], seconds);
    for (uint32_t f = 0; done && f < n->flow_count; f++) {
        uint32_t c = solution->flows[f].component;
        if (c != NONE && day->tracks[c].there)
            put_flow(&day->tracks[c], flows[f].busy, seconds, &flows[f]);
        else
            flows[f] = (struct day_flow){NAN, NAN};
    }
    return done;
}
