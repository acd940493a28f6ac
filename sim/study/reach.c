#include "sim/study/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/steady.h"

#define CELLS_MOST   20000
#define CELL_OF_HOLD 8    /* a cell is at most so small a part of the shortest holding time */
#define SLACK        1e-9 /* relative, of bounds of means */

/* --- Obstacles ---------- */

static const struct leg *legs_of(const struct plan *plan, uint32_t k, uint32_t *count)
{
    *count = plan->variants[k].leg_count;
    return &plan->legs[plan->variants[k].first_leg];
}

/* A refusal means that no peer which the call may go to has the units. */
static bool tries_all(const struct cluster *cluster, const struct leg *leg)
{
    if (cluster->peer_count == 1 || leg->several || (leg->candidates & (leg->candidates - 1)) == 0)
        return true;
    return leg->policy == SELECT_MOST_AVAILABLE && cluster->available == AVAILABLE_UNITS;
}

static const char *leg_obstacle(const struct plan *plan, const struct leg *leg)
{
    const struct scenario *s = plan->scenario;
    const struct cluster *cluster = &s->clusters[leg->cluster];
    if (leg->kind != LEG_CHOOSE)
        return "calls belong to registered endpoints";
    if (leg->session != SESSION_NONE)
        return "encrypted sessions are limited";
    if (!tries_all(cluster, leg))
        return "calls are refused although another peer has room";
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        const struct peer *peer = &s->peers[cluster->first_peer + i];
        if (peer->max_sessions < AMPLE)
            return "sessions are limited";
        if (peer->setup_rate > 0)
            return "set-up rates are limited";
        if (leg->turn > 0 && s->platforms[peer->platform].turn < AMPLE)
            return "calls take TURN relays";
    }
    return NULL;
}

static const char *class_obstacle(const struct plan *plan, uint32_t k)
{
    const struct call_class *call = &plan->scenario->classes[k];
    const struct variant *v = &plan->variants[k];
    const char *obstacle = NULL;
    uint32_t legs;
    const struct leg *leg = legs_of(plan, k, &legs);
    if (call->arrivals.kind == ARRIVALS_SOURCES)
        return "calls come from a finite population";
    if (call->arrivals.kind == ARRIVALS_NONE)
        return "calls come from a trace";
    if (call->arrivals.batch_count)
        return "calls come in batches";
    if (call->redial_probability > 0)
        return "calls redial";
    if (call->setup > 0)
        return "calls are set up";
    if (v->direct != NONE)
        return "media of some calls go direct";
    if (v->fallback != NONE)
        return "calls go on to a fallback cluster";
    for (uint32_t i = 0; i < v->pipe_count; i++)
        if (plan->scenario->pipes[plan->pipe_index[v->first_pipe + i]].when_full == PIPE_DOWNSPEED)
            return "calls are downspeeded";
    for (uint32_t i = 0; i < legs && !obstacle; i++)
        obstacle = leg_obstacle(plan, &leg[i]);
    return obstacle;
}

static const char *scenario_obstacle(const struct scenario *s)
{
    bool fails = false;
    if (s->trace_count)
        return "calls come from a trace";
    if (s->outage_count)
        return "peers fail at random";
    for (uint32_t i = 0; i < s->step_count; i++)
        fails = fails || s->steps[i].kind == STEP_FAIL;
    for (uint32_t c = 0; c < s->cluster_count && fails; c++)
        if (s->clusters[c].detect > 0)
            return "dead peers stay chosen until they are detected";
    return NULL;
}

/* --- Who takes part ---------- */

static bool shares(const struct plan *plan, uint32_t a, uint32_t b)
{
    const struct variant *v = &plan->variants[a], *w = &plan->variants[b];
    for (uint32_t i = 0; i < v->leg_count; i++)
        for (uint32_t j = 0; j < w->leg_count; j++)
            if (plan->legs[v->first_leg + i].cluster == plan->legs[w->first_leg + j].cluster)
                return true;
    for (uint32_t i = 0; i < v->pipe_count; i++)
        for (uint32_t j = 0; j < w->pipe_count; j++)
            if (plan->pipe_index[v->first_pipe + i] == plan->pipe_index[w->first_pipe + j])
                return true;
    return false;
}

/* All classes that share a cluster or a pipe with one that takes part. */
static bool *take_part(const struct plan *plan, uint32_t class_index)
{
    uint32_t count = plan->scenario->class_count;
    bool *takes = calloc(count + 1, sizeof *takes), more = takes != NULL;
    if (takes)
        takes[class_index] = true;
    while (more) {
        more = false;
        for (uint32_t k = 0; k < count; k++)
            for (uint32_t j = 0; j < count && !takes[k]; j++)
                if (takes[j] && shares(plan, k, j))
                    takes[k] = more = true;
    }
    return takes;
}

const char *reach_obstacle(const struct plan *plan, uint32_t class_index)
{
    const char *obstacle = scenario_obstacle(plan->scenario);
    bool *takes = obstacle ? NULL : take_part(plan, class_index);
    if (!obstacle && !takes)
        return "out of memory";
    for (uint32_t k = 0; k < plan->scenario->class_count && !obstacle; k++)
        if (takes[k])
            obstacle = class_obstacle(plan, k);
    free(takes);
    return obstacle;
}

/* --- Limits ---------- */

static int64_t divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Takes over the weights. A limit that is no limit is left out. */
static bool limit_add(struct reach *reach, struct reach_state *state, int64_t threshold,
                      int64_t *weights)
{
    int64_t common = 0;
    if (!weights)
        return false;
    for (uint32_t k = 0; k < reach->plan->scenario->class_count; k++)
        common = divisor(common, weights[k]);
    if (threshold >= AMPLE || state->limit_count == REACH_LIMITS ||
        (common == 0 && threshold > 0)) {
        bool lost = state->limit_count == REACH_LIMITS;
        free(weights);
        return !lost;
    }
    for (uint32_t k = 0; common > 1 && k < reach->plan->scenario->class_count; k++)
        weights[k] /= common;
    if (threshold > 0 && common > 1)
        threshold = (threshold + common - 1) / common;
    state->limits[state->limit_count++] =
        (struct reach_limit){.threshold = threshold > 0 ? threshold : 0, .weights = weights};
    return true;
}

static int64_t most_units(const struct leg *leg, uint8_t peers)
{
    int64_t most = 0;
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        if (peers >> i & 1 && leg->units[i] > most)
            most = leg->units[i];
    return most;
}

/* What a call of each class takes of something. */
enum taken { TAKES_UNITS, TAKES_RMS };

static int64_t *weights_of(const struct reach *reach, uint32_t cluster, uint8_t peers,
                           enum taken what)
{
    const struct plan *plan = reach->plan;
    int64_t *weights = calloc(plan->scenario->class_count + 1, sizeof *weights);
    for (uint32_t k = 0; weights && k < plan->scenario->class_count; k++) {
        uint32_t legs;
        const struct leg *leg = legs_of(plan, k, &legs);
        for (uint32_t i = 0; i < legs && reach->takes_part[k]; i++)
            if (leg[i].cluster == cluster)
                weights[k] +=
                    what == TAKES_RMS ? leg[i].rms : most_units(&leg[i], leg[i].candidates & peers);
    }
    return weights;
}

/* Free units on each of the peers are less than a call takes. */
static int64_t units_threshold(const struct plan *plan, const struct leg *leg, uint8_t peers)
{
    const struct scenario *s = plan->scenario;
    int64_t sum = 0;
    for (uint32_t i = 0; i < s->clusters[leg->cluster].peer_count; i++) {
        const struct peer *peer = &s->peers[s->clusters[leg->cluster].first_peer + i];
        int64_t units = s->platforms[peer->platform].units;
        if (!(peers >> i & 1))
            continue;
        if (units >= AMPLE || leg->wants[i] == 0)
            return AMPLE;
        sum += units >= leg->wants[i] ? units - leg->wants[i] + 1 : 0;
    }
    return sum;
}

/* Whether a peer that is short of the RMS it may use is short of units as well, whatever calls it
 * has; else the least number of half RMS that it may use. */
static int64_t rms_of_peers(const struct reach *reach, uint32_t cluster)
{
    const struct scenario *s = reach->plan->scenario;
    int64_t least = AMPLE;
    for (uint32_t k = 0; k < s->class_count; k++) {
        uint32_t legs;
        const struct leg *leg = legs_of(reach->plan, k, &legs);
        for (uint32_t l = 0; l < legs && reach->takes_part[k]; l++)
            for (uint32_t i = 0; i < s->clusters[cluster].peer_count; i++) {
                const struct platform *p =
                    &s->platforms[s->peers[s->clusters[cluster].first_peer + i].platform];
                if (leg[l].cluster == cluster && leg[l].rms > 0 && p->rms < AMPLE &&
                    (p->units >= AMPLE || leg[l].rms * p->units > leg[l].units[i] * 2 * p->rms) &&
                    2 * p->rms < least)
                    least = 2 * p->rms;
            }
    }
    return least;
}

/* The peers among which a call chooses: of several priorities the first that has any. */
static uint8_t chosen_from(const struct leg *leg, uint8_t live)
{
    uint8_t peers = leg->candidates & live;
    for (uint32_t t = 0; t < leg->tier_count; t++)
        if (peers & leg->tiers[t])
            return peers & leg->tiers[t];
    return peers;
}

static bool leg_limits(struct reach *reach, struct reach_state *state, const struct leg *leg,
                       struct cluster_limits now)
{
    uint8_t peers = chosen_from(leg, now.live), all = 0xff;
    int64_t units = most_units(leg, leg->candidates), own = rms_of_peers(reach, leg->cluster);
    bool ok = limit_add(reach, state, units_threshold(reach->plan, leg, peers),
                        weights_of(reach, leg->cluster, peers, TAKES_UNITS));
    if (ok && units > 0 && now.cap < AMPLE)
        ok = limit_add(reach, state, now.cap - units + 1,
                       weights_of(reach, leg->cluster, all, TAKES_UNITS));
    if (ok && leg->rms > 0 && now.rms < AMPLE)
        ok = limit_add(reach, state, now.rms - leg->rms_wants + 1,
                       weights_of(reach, leg->cluster, all, TAKES_RMS));
    if (ok && leg->rms > 0 && own < now.rms)
        ok = limit_add(reach, state, own - leg->rms_wants + 1,
                       weights_of(reach, leg->cluster, all, TAKES_RMS));
    return ok;
}

static bool pipe_limit(struct reach *reach, struct reach_state *state, uint32_t pipe, int64_t bits)
{
    const struct plan *plan = reach->plan;
    const struct pipe *p = &plan->scenario->pipes[pipe];
    int64_t *weights = calloc(plan->scenario->class_count + 1, sizeof *weights);
    for (uint32_t k = 0; weights && k < plan->scenario->class_count; k++) {
        const struct variant *v = &plan->variants[k];
        for (uint32_t i = 0; i < v->pipe_count && reach->takes_part[k]; i++)
            if (plan->pipe_index[v->first_pipe + i] == pipe)
                weights[k] += plan->pipe_bits[v->first_pipe + i];
    }
    int64_t threshold = bits > p->per_call ? 0 : p->total >= AMPLE ? AMPLE : p->total - bits + 1;
    return limit_add(reach, state, threshold, weights);
}

static bool state_limits(struct reach *reach, struct reach_state *state,
                         const struct simulation *sim)
{
    const struct plan *plan = reach->plan;
    const struct variant *v = &plan->variants[reach->class_index];
    bool ok = true;
    for (uint32_t i = 0; i < v->leg_count && ok; i++) {
        const struct leg *leg = &plan->legs[v->first_leg + i];
        ok = leg_limits(reach, state, leg, replay_limits(sim, leg->cluster));
    }
    for (uint32_t i = 0; i < v->pipe_count && ok; i++)
        ok = pipe_limit(reach, state, plan->pipe_index[v->first_pipe + i],
                        plan->pipe_bits[v->first_pipe + i]);
    return ok;
}

/* --- Time ---------- */

static bool state_add(struct reach *reach, nanos from, const struct simulation *sim)
{
    if (reach->state_count == reach->state_room) {
        uint32_t room = reach->state_room ? 2 * reach->state_room : 8;
        struct reach_state *states = realloc(reach->states, room * sizeof *states);
        if (!states)
            return false;
        reach->states = states;
        reach->state_room = room;
    }
    struct reach_state *state = &reach->states[reach->state_count++];
    *state = (struct reach_state){.from = from};
    return state_limits(reach, state, sim);
}

/* Goes through what is planned, without a call. */
static bool make_states(struct reach *reach, struct simulation *sim, nanos end)
{
    replay_begin(sim, 0, reach->start, 0);
    bool ok = true;
    for (nanos t = 0; t < end && ok;) {
        nanos next = replay_next_change(sim);
        ok = replay_run(sim, NULL, 0, t < next ? t : t + 1) && state_add(reach, t, sim);
        next = replay_next_change(sim);
        if (next <= t)
            next = t + 1;
        t = next < end ? next : end;
        reach->states[reach->state_count - 1].to = t;
    }
    return ok;
}

void reach_means(const struct reach *reach, nanos t, double *means)
{
    for (uint32_t k = 0; k < reach->plan->scenario->class_count; k++)
        means[k] = reach->takes_part[k] ? unlimited_mean(&reach->unlimited[k], t) : 0;
}

static nanos rate_changes(const struct reach *reach, nanos t)
{
    nanos next = FOREVER;
    for (uint32_t k = 0; k < reach->plan->scenario->class_count; k++)
        for (uint32_t i = 0; reach->takes_part[k] && i < reach->unlimited[k].count; i++)
            if (reach->unlimited[k].pieces[i].to > t) {
                next = reach->unlimited[k].pieces[i].to < next ? reach->unlimited[k].pieces[i].to
                                                               : next;
                break;
            }
    return next;
}

static nanos shortest_hold(const struct reach *reach, nanos span)
{
    double shortest = (double)span;
    for (uint32_t k = 0; k < reach->plan->scenario->class_count; k++)
        if (reach->takes_part[k])
            shortest = fmin(shortest, reach->unlimited[k].holding->mean * (double)SECOND);
    return nanos_round(fmax(shortest, (double)span / CELLS_MOST)) + 1;
}

static bool cell_add(struct reach *reach, struct reach_cell cell)
{
    if (reach->cell_count == reach->cell_room) {
        uint32_t room = reach->cell_room ? 2 * reach->cell_room : 256;
        struct reach_cell *cells = realloc(reach->cells, room * sizeof *cells);
        if (!cells)
            return false;
        reach->cells = cells;
        reach->cell_room = room;
    }
    reach->cells[reach->cell_count++] = cell;
    return true;
}

/* Short after a change of rates, longer the nearer the load has come to where it goes. */
static bool make_cells(struct reach *reach, nanos end)
{
    nanos first = reach->constant ? end : shortest_hold(reach, end) / CELL_OF_HOLD + 1;
    nanos length = first, change = 0;
    bool ok = true;
    for (uint32_t s = 0; s < reach->state_count && ok; s++)
        for (nanos t = reach->states[s].from, next; t < reach->states[s].to && ok; t = next) {
            if (t >= change) {
                change = rate_changes(reach, t);
                length = first;
            }
            next = change < t + length ? change : t + length;
            next = next < reach->states[s].to ? next : reach->states[s].to;
            length += length / 2;
            ok = cell_add(reach, (struct reach_cell){.from = t, .to = next, .state = s});
        }
    return ok;
}

/* --- Bounds ---------- */

/* Of means over a cell: at its ends and inside; what rises and falls in between moves little. */
static void cell_means(const struct reach *reach, const struct reach_cell *cell, double *most,
                       double *scratch)
{
    uint32_t count = reach->plan->scenario->class_count;
    memset(most, 0, count * sizeof *most);
    for (int i = 0; i <= (reach->constant ? 0 : 4); i++) {
        reach_means(reach, cell->from + (cell->to - cell->from) / 4 * i, scratch);
        for (uint32_t k = 0; k < count; k++)
            most[k] = fmax(most[k], scratch[k] * (1 + SLACK));
    }
}

static bool make_bounds(struct reach *reach, const char **obstacle)
{
    uint32_t count = reach->plan->scenario->class_count;
    double *most = calloc(2 * ((size_t)count + 1), sizeof *most);
    struct poisson_sum sum = {0};
    bool ok = most != NULL;
    for (uint32_t c = 0; c < reach->cell_count && ok; c++) {
        struct reach_cell *cell = &reach->cells[c];
        struct reach_state *state = &reach->states[cell->state];
        double calls = unlimited_rate(&reach->unlimited[reach->class_index], cell->from) *
                       (double)(cell->to - cell->from) / (double)SECOND;
        double bounds = 0;
        cell_means(reach, cell, most, most + count);
        for (uint32_t l = 0; l < state->limit_count && ok; l++) {
            ok = poisson_sum_make(&sum, most, state->limits[l].weights, count,
                                  state->limits[l].threshold);
            if (!ok)
                *obstacle = "a limit has too many states to be summed";
            cell->bounds[l] = fmin(sum.tail * (1 + 1e-6), 1);
            bounds += cell->bounds[l];
        }
        reach->offered += calls;
        reach->most += calls * bounds;
        cell->until = reach->most;
    }
    poisson_sum_release(&sum);
    free(most);
    return ok;
}

/* At a constant load the sums are made once. */
static bool make_sums(struct reach *reach)
{
    uint32_t count = reach->plan->scenario->class_count;
    reach->means = calloc(count + 1, sizeof *reach->means);
    bool ok = reach->means != NULL;
    if (ok)
        reach_means(reach, 0, reach->means);
    for (uint32_t s = 0; s < reach->state_count && ok; s++)
        for (uint32_t l = 0; l < reach->states[s].limit_count && ok; l++) {
            struct reach_limit *limit = &reach->states[s].limits[l];
            ok = poisson_sum_make(&limit->sum, reach->means, limit->weights, count,
                                  limit->threshold);
        }
    return ok;
}

/* --- Life cycle ---------- */

static bool make_unlimited(struct reach *reach, nanos end)
{
    const struct scenario *s = reach->plan->scenario;
    nanos offset = ((s->run.start_unix % 86400) + 86400) % 86400 * SECOND;
    reach->unlimited = calloc(s->class_count + 1, sizeof *reach->unlimited);
    if (!reach->unlimited)
        return false;
    reach->constant = true;
    for (uint32_t k = 0; k < s->class_count; k++) {
        if (!reach->takes_part[k])
            continue;
        if (!unlimited_init(&reach->unlimited[k], &s->classes[k], offset, reach->start, end,
                            reach->from_ever))
            return false;
        reach->constant = reach->constant && reach->unlimited[k].stationary;
    }
    return true;
}

/* Rates that never change have warmed up, unless a warm-up was stated. */
static bool from_ever(const struct plan *plan, nanos warmup)
{
    if (steady_holds_rates(plan))
        return true;
    for (uint32_t k = 0; k < plan->scenario->class_count; k++)
        if (plan->scenario->classes[k].arrivals.steps.count > 1)
            return false;
    return warmup > 0 && plan->scenario->run.warmup_kind == WARMUP_AUTO;
}

bool reach_make(struct reach *reach, const struct plan *plan, uint32_t class_index,
                struct simulation *sim, nanos warmup, const char **obstacle)
{
    nanos end = plan->scenario->run.length;
    *reach = (struct reach){.plan = plan,
                            .class_index = class_index,
                            .start = -warmup,
                            .from_ever = from_ever(plan, warmup)};
    reach->takes_part = take_part(plan, class_index);
    return reach->takes_part && make_unlimited(reach, end) && make_states(reach, sim, end) &&
           make_cells(reach, end) && make_bounds(reach, obstacle) &&
           (!reach->constant || make_sums(reach));
}

void reach_release(struct reach *reach)
{
    for (uint32_t k = 0; reach->unlimited && k < reach->plan->scenario->class_count; k++)
        unlimited_release(&reach->unlimited[k]);
    for (uint32_t s = 0; s < reach->state_count; s++)
        for (uint32_t l = 0; l < reach->states[s].limit_count; l++) {
            free(reach->states[s].limits[l].weights);
            poisson_sum_release(&reach->states[s].limits[l].sum);
        }
    free(reach->takes_part);
    free(reach->unlimited);
    free(reach->means);
    free(reach->states);
    free(reach->cells);
    *reach = (struct reach){0};
}
