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
        double *shares = solution->shares + 2 * n->flows[f].first_need;
        *o = (struct flow_outcome){.lacks = shares,
                                   .only = shares + n->flows[f].need_count,
                                   .blocking = n->flows[f].refused ? 1 : 0,
                                   .low = 1,
                                   .high = 1,
                                   .formula = n->flows[f].refused ? "no peer" : "no limit",
                                   .reason = n->flows[f].refused ? NULL : n->flows[f].reason,
                                   .component = NONE};
        o->badge = o->reason ? BADGE_SIMULATE : BADGE_EXACT;
    }
}

static bool redials(const struct part *p, uint32_t flow)
{
    return p->scenario->classes[p->network->flows[flow].class_index].redial_probability > 0;
}

/* Components one after another: resources and flows sorted by component, each range solved. */
static bool solve_components(struct part *p)
{
    const struct network *n = p->network;
    struct resource_outcome *out = p->out->resources;
    uint32_t *scratch =
        calloc(3 * (size_t)n->resource_count + 2 * (size_t)n->flow_count + 1, sizeof *scratch);
    if (!scratch)
        return false;
    uint32_t *resources = scratch, *next = resources + n->resource_count,
             *head = next + n->resource_count, *seen = head + n->resource_count,
             *members = seen + n->flow_count;
    bool done = true;
    for (uint32_t r = n->resource_count; r-- > 0;)
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
            for (uint32_t i = n->first_user[r - 1]; i < n->first_user[r]; i++)
                if (!seen[n->users[i]]) {
                    seen[n->users[i]] = 1;
                    members[p->flow_count++] = n->users[i];
                    p->out->flows[n->users[i]].component = c;
                    out[c].redialled = out[c].redialled || redials(p, n->users[i]);
                }
        }
        done = count == 0 || part_solve(p, resources, count);
    }
    free(scratch);
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
    solution->shares = calloc(2 * (size_t)network->need_count + 1, sizeof *solution->shares);
    solution->resources = calloc((size_t)network->resource_count + 1, sizeof *solution->resources);
    bool done = solution->flows && solution->shares && solution->resources;
    if (done) {
        preset(network, solution);
        active_find(scenario, network, loads, effort, solution->resources);
        struct part part = {.scenario = scenario,
                            .network = network,
                            .loads = loads,
                            .effort = effort,
                            .divisor = 1,
                            .out = solution};
        done = solve_components(&part);
        note_left_out(network, solution);
    }
    if (!done)
        solution_release(solution);
    return done;
}

void solution_release(struct solution *solution)
{
    free(solution->flows);
    free(solution->shares);
    free(solution->resources);
    *solution = (struct solution){0};
}

void solution_put(struct solution *solution, const struct network *n, uint32_t flow,
                  const struct flow_outcome *outcome)
{
    struct flow_outcome *to = &solution->flows[flow];
    size_t needs = (size_t)n->flows[flow].need_count;
    double *shares = solution->shares + 2 * n->flows[flow].first_need;
    *to = *outcome;
    to->lacks = shares;
    to->only = shares + needs;
    memcpy(to->lacks, outcome->lacks, needs * sizeof *shares);
    memcpy(to->only, outcome->only, needs * sizeof *shares);
}

bool solution_copy(struct solution *to, const struct solution *from, const struct network *n)
{
    *to = (struct solution){.heavy = from->heavy};
    to->flows = malloc(((size_t)n->flow_count + 1) * sizeof *to->flows);
    to->shares = malloc((2 * (size_t)n->need_count + 1) * sizeof *to->shares);
    to->resources = malloc(((size_t)n->resource_count + 1) * sizeof *to->resources);
    if (!to->flows || !to->shares || !to->resources) {
        solution_release(to);
        return false;
    }
    for (uint32_t f = 0; f < n->flow_count; f++)
        solution_put(to, n, f, &from->flows[f]);
    memcpy(to->resources, from->resources, n->resource_count * sizeof *to->resources);
    return true;
}
