#include "model/estimate/solve.h"

#include <stdlib.h>
#include <string.h>

#include "model/estimate/active.h"
#include "model/estimate/part.h"

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
    int64_t most = 0;
    p->lanes = calloc((size_t)resource_count + 1, sizeof *p->lanes);
    bool done = p->lanes != NULL;
    for (int i = 0; done && i < resource_count; i++)
        done = make_lane(p, resources[i]);
    for (int l = 0; done && l < p->lane_count && part_reserves(p); l++)
        most = p->lanes[l].places > most && p->lanes[l].places <= PLACES_MAX ? p->lanes[l].places
                                                                             : most;
    p->none = done ? calloc((size_t)most + 2, sizeof *p->none) : NULL;
    done = done && p->none;
    if (done)
        done = p->lane_count == 1 ? part_solve_one(p) : part_solve_several(p);
    for (int l = 0; done && l < p->lane_count; l++)
        if (p->lanes[l].reason)
            part_simulate(p, p->lanes[l].reason);
    for (int i = 0; done && i < p->flow_count; i++)
        if (part_flow(p, i)->reason) {
            /* What one flow does to shared limits concerns all that share them. */
            part_simulate(p, part_flow(p, i)->reason);
        }
    free(p->lanes);
    free(p->none);
    return done;
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

static void note_left_out(const struct network *n, struct solution *solution)
{
    for (uint32_t f = 0; f < n->flow_count; f++)
        for (int i = 0; !n->flows[f].refused && i < n->flows[f].need_count; i++)
            solution->flows[f].left_out +=
                solution->resources[n->flows[f].needs[i].resource].left_out;
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
        active_find(scenario, network, &users, loads, effort, solution->resources);
        struct part part = {.scenario = scenario,
                            .network = network,
                            .loads = loads,
                            .effort = effort,
                            .divisor = 1,
                            .out = solution};
        done = solve_components(&part, &users);
        note_left_out(network, solution);
    }
    users_release(&users);
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

bool solution_copy(struct solution *to, const struct solution *from, const struct network *n)
{
    *to = (struct solution){.heavy = from->heavy};
    to->flows = malloc(((size_t)n->flow_count + 1) * sizeof *to->flows);
    to->resources = malloc(((size_t)n->resource_count + 1) * sizeof *to->resources);
    if (!to->flows || !to->resources) {
        solution_release(to);
        return false;
    }
    memcpy(to->flows, from->flows, n->flow_count * sizeof *to->flows);
    memcpy(to->resources, from->resources, n->resource_count * sizeof *to->resources);
    return true;
}
