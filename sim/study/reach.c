#include "sim/study/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/divisor.h"
#include "sim/engine/steady.h"
#include "sim/study/traits.h"

#define CELLS_MOST      20000
#define CELL_OF_HOLD    8    /* a cell is at most so small a part of the shortest holding time */
#define SLACK           1e-9 /* relative, of bounds of means */
#define NOT_WORTH_A_SUM 1e-18

/* ---- Obstacles ---- */

static const struct leg *legs_of(const struct plan *plan, uint32_t k, uint32_t *count)
{
    *count = plan->variants[k].leg_count;
    return &plan->legs[plan->variants[k].first_leg];
}

/* A refusal means that no peer which the call may go to has the units; where it goes to one at
 * random that is one (sim/study/strands.h). */
static bool tries_all(const struct cluster *cluster, const struct leg *leg)
{
    if (leg->kind != LEG_CHOOSE || leg->policy == SELECT_RANDOM || leg->policy == SELECT_SRV ||
        cluster->peer_count == 1 || leg->several || (leg->candidates & (leg->candidates - 1)) == 0)
        return true;
    return leg->policy == SELECT_MOST_AVAILABLE && cluster->available == AVAILABLE_UNITS;
}

static const char *leg_obstacle(const struct plan *plan, const struct leg *leg)
{
    const struct scenario *s = plan->scenario;
    const struct cluster *cluster = &s->clusters[leg->cluster];
    if (!leg->takes)
        return NULL;
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
    if (v->may_be_away)
        return "devices go on to a fallback cluster";
    for (uint32_t i = 0; i < v->pipe_count; i++)
        if (plan->scenario->pipes[plan->pipe_index[v->first_pipe + i]].when_full == PIPE_DOWNSPEED)
            return "calls are downspeeded";
    for (uint32_t i = 0; i < legs && !obstacle; i++)
        obstacle = leg_obstacle(plan, &leg[i]);
    return obstacle;
}

static const char *scenario_obstacle(const struct plan *plan)
{
    const struct scenario *s = plan->scenario;
    bool fails = false;
    if (s->trace_count)
        return "calls come from a trace";
    fails = s->outage_count > 0;
    for (uint32_t i = 0; i < s->step_count; i++)
        fails = fails || s->steps[i].kind == STEP_FAIL;
    for (uint32_t c = 0; c < s->cluster_count && fails; c++)
        if (s->clusters[c].detect > 0)
            return "dead peers stay chosen until they are detected";
    return failing_obstacle(plan);
}

/* ---- Who takes part ---- */

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
    const char *obstacle = scenario_obstacle(plan);
    bool *takes = obstacle ? NULL : take_part(plan, class_index);
    if (!obstacle && !takes)
        return "out of memory";
    for (uint32_t k = 0; k < plan->scenario->class_count && !obstacle; k++)
        if (takes[k])
            obstacle = class_obstacle(plan, k);
    free(takes);
    return obstacle;
}

/* ---- Limits ---- */

/* The array, with room for one more; NULL: out of memory, and it is as it was. */
static void *grow(void *items, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return items;
    uint32_t wanted = *room ? 2 * *room : 8;
    void *more = realloc(items, wanted * size);
    *room = more ? wanted : *room;
    return more;
}

static void limit_release(struct reach_limit *limit)
{
    free(limit->weights);
    free(limit->group);
    free(limit->group_weights);
    free(limit->group_means);
    poisson_sum_release(&limit->sum);
}

/* Strands of one weight are a group. */
static bool limit_group(const struct reach *reach, struct reach_limit *limit)
{
    uint32_t strands = reach->strands.count;
    limit->group = calloc((size_t)strands + 1, sizeof *limit->group);
    limit->group_weights = calloc((size_t)strands + 1, sizeof *limit->group_weights);
    if (!limit->group || !limit->group_weights)
        return false;
    for (uint32_t s = 0; s < strands; s++) {
        uint32_t g = 0;
        while (g < limit->group_count && limit->group_weights[g] != limit->weights[s])
            g++;
        limit->group[s] = limit->weights[s] > 0 ? g : NONE;
        if (limit->weights[s] > 0 && g == limit->group_count)
            limit->group_weights[limit->group_count++] = limit->weights[s];
    }
    return true;
}

static bool same_limit(const struct reach *reach, const struct reach_limit *a,
                       const struct reach_limit *b)
{
    return a->threshold == b->threshold &&
           memcmp(a->weights, b->weights, reach->strands.count * sizeof *a->weights) == 0;
}

/* The place of a limit in the state's list, which takes it over; NONE: out of memory. */
static uint32_t limit_place(struct reach *reach, struct reach_state *state,
                            struct reach_limit *limit)
{
    for (uint32_t l = 0; l < state->limit_count; l++)
        if (same_limit(reach, &state->limits[l], limit)) {
            limit_release(limit);
            return l;
        }
    struct reach_limit *more = limit_group(reach, limit) ? grow(state->limits, state->limit_count,
                                                                &state->limit_room, sizeof *more)
                                                         : NULL;
    if (!more) {
        limit_release(limit);
        return NONE;
    }
    state->limits = more;
    state->limits[state->limit_count] = *limit;
    return state->limit_count++;
}

/* A limit that calls of the strand need; takes over the weights. One that is no limit is left out.
 */
static bool need_add(struct reach *reach, struct reach_state *state, struct reach_need need,
                     int64_t threshold, int64_t *weights)
{
    int64_t common = 0;
    if (!weights)
        return false;
    for (uint32_t s = 0; s < reach->strands.count; s++)
        common = common_divisor(common, weights[s]);
    if (threshold >= AMPLE || (common == 0 && threshold > 0)) {
        free(weights);
        return true;
    }
    for (uint32_t s = 0; common > 1 && s < reach->strands.count; s++)
        weights[s] /= common;
    if (threshold > 0 && common > 1)
        threshold = (threshold + common - 1) / common;
    struct reach_limit limit = {.threshold = threshold > 0 ? threshold : 0, .weights = weights};
    need.limit = limit_place(reach, state, &limit);
    for (uint32_t n = 0; need.limit != NONE && n < state->need_count; n++)
        if (state->needs[n].strand == need.strand && state->needs[n].limit == need.limit &&
            state->needs[n].cluster == need.cluster && state->needs[n].away == need.away)
            return true;
    struct reach_need *more =
        need.limit != NONE ? grow(state->needs, state->need_count, &state->need_room, sizeof *more)
                           : NULL;
    if (!more)
        return false;
    state->needs = more;
    state->needs[state->need_count++] = need;
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

/* What a call of each strand takes of something on these peers of a cluster, at most. */
enum taken { TAKES_UNITS, TAKES_RMS };

static int64_t *weights_of(const struct reach *reach, uint32_t cluster, uint8_t peers,
                           enum taken what)
{
    const struct strands *strands = &reach->strands;
    int64_t *weights = calloc((size_t)strands->count + 1, sizeof *weights);
    for (uint32_t s = 0; weights && s < strands->count; s++) {
        uint32_t legs;
        const struct leg *leg = legs_of(reach->plan, strands->items[s].class_index, &legs);
        for (uint32_t i = 0; i < legs; i++) {
            uint8_t held = leg[i].cluster == cluster && leg[i].takes
                               ? strand_peers(&strands->items[s], &leg[i], i) & peers
                               : 0;
            weights[s] += !held ? 0 : what == TAKES_RMS ? leg[i].rms : most_units(&leg[i], held);
        }
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
static int64_t rms_of_peers(const struct reach *reach, uint32_t cluster, uint8_t peers)
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
                if (leg[l].cluster == cluster && peers >> i & 1 && leg[l].rms > 0 &&
                    p->rms < AMPLE &&
                    (p->units >= AMPLE || leg[l].rms * p->units > leg[l].units[i] * 2 * p->rms) &&
                    2 * p->rms < least)
                    least = 2 * p->rms;
            }
    }
    return least;
}

/* The peers among which a call chooses: of several priorities the first that has any. */
static uint8_t chosen_from(const struct leg *leg, uint8_t peers)
{
    for (uint32_t t = 0; t < leg->tier_count; t++)
        if (peers & leg->tiers[t])
            return peers & leg->tiers[t];
    return peers;
}

/* On the peers that are up, be it while some that fail are away. */
static bool peer_limits(struct reach *reach, struct reach_state *state, struct reach_need need,
                        const struct leg *leg, struct cluster_limits now)
{
    uint8_t peers = now.live;
    int64_t rms = rms_of_peers(reach, leg->cluster, peers);
    bool ok = need_add(reach, state, need, units_threshold(reach->plan, leg, peers),
                       weights_of(reach, leg->cluster, peers, TAKES_UNITS));
    if (ok && leg->rms > 0 && rms < now.rms)
        ok = need_add(reach, state, need, rms - leg->rms_wants + 1,
                      weights_of(reach, leg->cluster, peers, TAKES_RMS));
    return ok;
}

static bool leg_limits(struct reach *reach, struct reach_state *state, uint32_t strand,
                       uint32_t number, struct cluster_limits now)
{
    const struct strand *own = &reach->strands.items[strand];
    const struct leg *leg =
        &reach->plan->legs[reach->plan->variants[own->class_index].first_leg + number];
    uint8_t listed = strand_peers(own, leg, number), all = 0xff;
    uint8_t failing = failing_peers(&reach->failing, leg->cluster) & now.live;
    int64_t units = most_units(leg, listed);
    struct reach_need need = {.strand = strand, .cluster = NONE};
    bool ok = true;
    if (units > 0 && now.cap < AMPLE)
        ok = need_add(reach, state, need, now.cap - units + 1,
                      weights_of(reach, leg->cluster, all, TAKES_UNITS));
    if (ok && leg->rms > 0 && now.rms < AMPLE)
        ok = need_add(reach, state, need, now.rms - leg->rms_wants + 1,
                      weights_of(reach, leg->cluster, all, TAKES_RMS));
    if (failing)
        need.cluster = leg->cluster;
    for (uint32_t away = 0; away <= failing && ok; away++)
        if ((away & failing) == away) {
            need.away = (uint8_t)away;
            struct cluster_limits left = now;
            left.live = chosen_from(leg, listed & (uint8_t)(now.live & ~away));
            ok = peer_limits(reach, state, need, leg, left);
        }
    return ok;
}

static bool pipe_limit(struct reach *reach, struct reach_state *state, uint32_t strand,
                       uint32_t pipe, int64_t bits)
{
    const struct plan *plan = reach->plan;
    const struct pipe *p = &plan->scenario->pipes[pipe];
    int64_t *weights = calloc((size_t)reach->strands.count + 1, sizeof *weights);
    for (uint32_t s = 0; weights && s < reach->strands.count; s++) {
        const struct variant *v = &plan->variants[reach->strands.items[s].class_index];
        for (uint32_t i = 0; i < v->pipe_count; i++)
            if (plan->pipe_index[v->first_pipe + i] == pipe)
                weights[s] += plan->pipe_bits[v->first_pipe + i];
    }
    int64_t threshold = bits > p->per_call ? 0 : p->total >= AMPLE ? AMPLE : p->total - bits + 1;
    return need_add(reach, state, (struct reach_need){.strand = strand, .cluster = NONE}, threshold,
                    weights);
}

static bool strand_limits(struct reach *reach, struct reach_state *state, uint32_t strand,
                          const struct simulation *sim)
{
    const struct plan *plan = reach->plan;
    const struct variant *v = &plan->variants[reach->class_index];
    bool ok = true;
    for (uint32_t i = 0; i < v->leg_count && ok; i++)
        if (plan->legs[v->first_leg + i].takes)
            ok = leg_limits(reach, state, strand, i,
                            replay_limits(sim, plan->legs[v->first_leg + i].cluster));
    for (uint32_t i = 0; i < v->pipe_count && ok; i++)
        ok = pipe_limit(reach, state, strand, plan->pipe_index[v->first_pipe + i],
                        plan->pipe_bits[v->first_pipe + i]);
    return ok;
}

static bool state_limits(struct reach *reach, struct reach_state *state,
                         const struct simulation *sim)
{
    uint32_t first = reach->strands.first[reach->class_index];
    uint32_t last = reach->strands.first[reach->class_index + 1];
    bool ok = true;
    for (uint32_t s = first; s < last && ok; s++)
        ok = strand_limits(reach, state, s, sim);
    return ok;
}

/* ---- Time ---- */

static bool state_add(struct reach *reach, nanos from, const struct simulation *sim)
{
    struct reach_state *more =
        grow(reach->states, reach->state_count, &reach->state_room, sizeof *more);
    if (!more)
        return false;
    reach->states = more;
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
        if (ok)
            reach->states[reach->state_count - 1].to = t;
    }
    return ok;
}

void reach_means(const struct reach *reach, nanos t, double *means)
{
    const struct strands *strands = &reach->strands;
    for (uint32_t k = 0; k < reach->plan->scenario->class_count; k++) {
        double mean = reach->takes_part[k] ? unlimited_mean(&reach->unlimited[k], t) : 0;
        for (uint32_t s = strands->first[k]; s < strands->first[k + 1]; s++)
            means[s] = mean * strands->items[s].share;
    }
}

void reach_group_means(const struct reach *reach, const struct reach_limit *limit,
                       const double *means, double *group_means)
{
    for (uint32_t g = 0; g < limit->group_count; g++)
        group_means[g] = 0;
    for (uint32_t s = 0; s < reach->strands.count; s++)
        if (limit->group[s] != NONE)
            group_means[limit->group[s]] += means[s];
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
    struct reach_cell *more =
        grow(reach->cells, reach->cell_count, &reach->cell_room, sizeof *more);
    if (!more)
        return false;
    reach->cells = more;
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

/* ---- Bounds ---- */

/* Of means over a cell: at its ends and inside; what rises and falls in between moves little. */
static void cell_means(const struct reach *reach, const struct reach_cell *cell, double *most,
                       double *scratch)
{
    uint32_t count = reach->strands.count;
    memset(most, 0, count * sizeof *most);
    for (int i = 0; i <= (reach->constant ? 0 : 4); i++) {
        reach_means(reach, cell->from + (cell->to - cell->from) / 4 * i, scratch);
        for (uint32_t s = 0; s < count; s++)
            most[s] = fmax(most[s], scratch[s] * (1 + SLACK));
    }
}

/* Chernoff's bound of P(sum of w N >= threshold). Any tilt gives one; Newton's steps lead to the
 * least. */
static double chernoff(const double *means, const int64_t *weights, uint32_t count,
                       int64_t threshold)
{
    double mean = 0, largest = 1, tilt = 0;
    for (uint32_t g = 0; g < count; g++) {
        mean += means[g] * (double)weights[g];
        largest = fmax(largest, (double)weights[g]);
    }
    if ((double)threshold <= mean || mean <= 0)
        return threshold > 0 && mean <= 0 ? 0 : 1;
    for (int i = 0; i < 40; i++) {
        double first = 0, second = 0;
        for (uint32_t g = 0; g < count; g++) {
            double w = (double)weights[g], m = means[g] * w * exp(tilt * w);
            first += m;
            second += m * w;
        }
        double step = log((double)threshold / first) * first / second;
        tilt = fmin(fmax(tilt + step, 0), 600 / largest);
        if (fabs(step) < 1e-6 * tilt)
            break;
    }
    double exponent = -tilt * (double)threshold;
    for (uint32_t g = 0; g < count; g++)
        exponent += means[g] * expm1(tilt * (double)weights[g]);
    return fmin(exp(exponent), 1);
}

/* Of the share of a strand's calls that need it: the peers are so, and the limit is reached. */
static double need_bound(const struct reach *reach, const struct reach_cell *cell,
                         const struct reach_need *need, const double *limit_bounds)
{
    double bound = reach->strands.items[need->strand].share * limit_bounds[need->limit];
    if (need->cluster != NONE)
        bound *= failing_mask(&reach->failing, need->cluster, need->away, cell->from, cell->to);
    return bound;
}

/* The bounds of all cells in one piece. */
static bool make_room_for_bounds(struct reach *reach)
{
    size_t sum = 0;
    for (uint32_t c = 0; c < reach->cell_count; c++)
        sum += reach->states[reach->cells[c].state].need_count;
    reach->bounds = calloc(sum + 1, sizeof *reach->bounds);
    sum = 0;
    for (uint32_t c = 0; reach->bounds && c < reach->cell_count; c++) {
        reach->cells[c].bounds = reach->bounds + sum;
        sum += reach->states[reach->cells[c].state].need_count;
    }
    return reach->bounds;
}

/* What the bounds of cells are made with. */
struct bounding {
    double *most, *scratch, *groups; /* by strand, owned with `most` */
    double *limits;                  /* by limit, owned */
    uint32_t room;
    struct poisson_sum sum;
};

/* What is not worth a sum has Chernoff's bound: a sample is kept by what is right at its moment. */
static bool limit_bound(const struct reach *reach, const struct reach_limit *limit,
                        struct bounding *b, double *bound)
{
    reach_group_means(reach, limit, b->most, b->groups);
    *bound = reach->constant
                 ? 1
                 : chernoff(b->groups, limit->group_weights, limit->group_count, limit->threshold);
    if (*bound < NOT_WORTH_A_SUM)
        return true;
    if (!poisson_sum_make(&b->sum, b->groups, limit->group_weights, limit->group_count,
                          limit->threshold))
        return false;
    *bound = fmin(b->sum.tail * (1 + 1e-6), 1);
    return true;
}

static bool bound_limits(const struct reach *reach, const struct reach_cell *cell,
                         struct bounding *b)
{
    const struct reach_state *state = &reach->states[cell->state];
    cell_means(reach, cell, b->most, b->scratch);
    if (b->room < state->limit_count) {
        double *limits = realloc(b->limits, state->limit_count * sizeof *limits);
        if (!limits)
            return false;
        b->limits = limits;
        b->room = state->limit_count;
    }
    for (uint32_t l = 0; l < state->limit_count; l++)
        if (!limit_bound(reach, &state->limits[l], b, &b->limits[l]))
            return false;
    return true;
}

static bool make_bounds(struct reach *reach)
{
    size_t count = (size_t)reach->strands.count + 1;
    double *means = calloc(3 * count, sizeof *means);
    struct bounding b = {.most = means, .scratch = means + count, .groups = means + 2 * count};
    bool ok = means && make_room_for_bounds(reach);
    for (uint32_t c = 0; c < reach->cell_count && ok; c++) {
        struct reach_cell *cell = &reach->cells[c];
        const struct reach_state *state = &reach->states[cell->state];
        double calls = unlimited_rate(&reach->unlimited[reach->class_index], cell->from) *
                       (double)(cell->to - cell->from) / (double)SECOND;
        ok = calls <= 0 || bound_limits(reach, cell, &b);
        if (!ok)
            reach->obstacle = "a limit has too many states to be summed";
        for (uint32_t n = 0; n < state->need_count && ok && calls > 0; n++) {
            cell->bounds[n] = need_bound(reach, cell, &state->needs[n], b.limits);
            reach->most += calls * cell->bounds[n];
            reach->pressed += calls * cell->bounds[n] * b.limits[state->needs[n].limit];
        }
        reach->offered += calls;
        cell->until = reach->most;
    }
    reach->pressed = reach->most > 0 ? reach->pressed / reach->most : 0;
    poisson_sum_release(&b.sum);
    free(b.limits);
    free(means);
    return ok;
}

void reach_sum_up(struct reach *reach)
{
    reach->most = reach->pressed = 0;
    for (uint32_t c = 0; c < reach->cell_count; c++) {
        struct reach_cell *cell = &reach->cells[c];
        const struct reach_state *state = &reach->states[cell->state];
        double calls = unlimited_rate(&reach->unlimited[reach->class_index], cell->from) *
                       (double)(cell->to - cell->from) / (double)SECOND;
        for (uint32_t n = 0; n < state->need_count; n++) {
            const struct reach_need *need = &state->needs[n];
            if (need->cluster == reach->left_out_cluster && reach->left_out[need->away])
                cell->bounds[n] = 0;
            reach->most += calls * cell->bounds[n];
            reach->pressed += calls * cell->bounds[n] * state->limits[need->limit].sum.tail;
        }
        cell->until = reach->most;
    }
    reach->pressed = reach->most > 0 ? reach->pressed / reach->most : 0;
}

/* At a constant load the sums are made once. */
static bool make_sums(struct reach *reach)
{
    size_t count = (size_t)reach->strands.count + 1;
    reach->means = calloc(count, sizeof *reach->means);
    bool ok = reach->means != NULL;
    if (ok)
        reach_means(reach, 0, reach->means);
    for (uint32_t s = 0; s < reach->state_count && ok; s++)
        for (uint32_t l = 0; l < reach->states[s].limit_count && ok; l++) {
            struct reach_limit *limit = &reach->states[s].limits[l];
            limit->group_means = calloc(count, sizeof *limit->group_means);
            ok = limit->group_means != NULL;
            if (!ok)
                break;
            reach_group_means(reach, limit, reach->means, limit->group_means);
            ok = poisson_sum_make(&limit->sum, limit->group_means, limit->group_weights,
                                  limit->group_count, limit->threshold);
        }
    return ok;
}

/* ---- Life cycle ---- */

static bool make_unlimited(struct reach *reach, nanos end)
{
    const struct scenario *s = reach->plan->scenario;
    nanos offset = ((s->run.start_unix % 86400) + 86400) % 86400 * SECOND;
    reach->unlimited = calloc(s->class_count + 1, sizeof *reach->unlimited);
    if (!reach->unlimited)
        return false;
    const struct unlimited_span span = {reach->start, end, reach->from_ever};
    reach->constant = true;
    for (uint32_t k = 0; k < s->class_count; k++) {
        if (!reach->takes_part[k])
            continue;
        if (!unlimited_init(&reach->unlimited[k], &s->classes[k], offset, &span))
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

static bool make_strands(struct reach *reach, const struct reach_setting *setting)
{
    bool ok =
        strands_make(&reach->strands, reach->plan, reach->takes_part, setting->down, setting->seed);
    reach->obstacle = reach->strands.obstacle;
    return ok;
}

bool reach_make(struct reach *reach, const struct plan *plan, uint32_t class_index,
                const struct reach_setting *setting, struct simulation *sim)
{
    nanos end = plan->scenario->run.length;
    *reach = (struct reach){.plan = plan,
                            .class_index = class_index,
                            .left_out_cluster = NONE,
                            .start = -setting->warmup,
                            .from_ever = from_ever(plan, setting->warmup)};
    reach->takes_part = take_part(plan, class_index);
    return reach->takes_part &&
           failing_make(&reach->failing, plan->scenario, setting->down, reach->start,
                        reach->from_ever) &&
           make_strands(reach, setting) && make_unlimited(reach, end) &&
           make_states(reach, sim, end) && make_cells(reach, end) && make_bounds(reach) &&
           (!reach->constant || make_sums(reach));
}

void reach_release(struct reach *reach)
{
    for (uint32_t k = 0; reach->unlimited && k < reach->plan->scenario->class_count; k++)
        unlimited_release(&reach->unlimited[k]);
    for (uint32_t s = 0; s < reach->state_count; s++) {
        for (uint32_t l = 0; l < reach->states[s].limit_count; l++)
            limit_release(&reach->states[s].limits[l]);
        free(reach->states[s].limits);
        free(reach->states[s].needs);
    }
    strands_release(&reach->strands);
    failing_release(&reach->failing);
    free(reach->takes_part);
    free(reach->unlimited);
    free(reach->means);
    free(reach->states);
    free(reach->cells);
    free(reach->bounds);
    *reach = (struct reach){0};
}

double reach_longest_rest(const struct reach *reach)
{
    double longest = 0;
    for (uint32_t k = 0; k < reach->plan->scenario->class_count; k++)
        if (reach->takes_part[k])
            longest = fmax(longest, traits_mean_rest(reach->unlimited[k].holding));
    return longest;
}
