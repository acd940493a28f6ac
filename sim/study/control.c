#include "sim/study/control.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/arena.h"
#include "model/base/divisor.h"
#include "model/formulas/poisson_sum.h"
#include "sim/engine/replay.h"
#include "sim/study/reach.h"
#include "sim/study/unlimited.h"

#define LOOKS_MOST   2000 /* changes of rates */
#define NEAR_LEAST   (-1) /* standard deviations from the greatest mean load to the threshold: */
#define NEAR_MOST    7    /* nearer everything is refused, farther nothing ever is */
#define CELL_OF_HOLD 16   /* the first cell after a change is so small a part of a holding time */
#define CELL_GROWTH  1.5
#define SAME_MEAN    1e-7
#define GAIN_LEAST   0.8 /* of the variance counted: else the control is left alone */

/* ---- Where it holds ---- */

static const struct leg *legs_of(const struct plan *plan, uint32_t k, uint32_t *count)
{
    *count = plan->variants[k].leg_count;
    return &plan->legs[plan->variants[k].first_leg];
}

static uint32_t first_of(uint8_t live)
{
    return (uint32_t)__builtin_ctz(live);
}

static int64_t weight_of(const struct plan *plan, uint32_t k, const struct surplus_limit *limit,
                         uint8_t live)
{
    uint32_t count;
    const struct leg *leg = legs_of(plan, k, &count);
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        if (leg[i].takes && leg[i].cluster == limit->cluster)
            sum += limit->of_rms ? leg[i].rms : leg[i].units[first_of(live)];
    return sum;
}

/* A call takes the same wherever it goes. */
static bool takes_alike(const struct leg *leg, uint8_t live)
{
    for (uint32_t i = 0; i < CLUSTER_PEERS_MAX; i++)
        if (live >> i & 1 && leg->units[i] != leg->units[first_of(live)])
            return false;
    return !leg->both_needed;
}

static bool class_holds(const struct plan *plan, uint32_t k, const struct simulation *sim)
{
    uint32_t count;
    const struct leg *leg = legs_of(plan, k, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t live = replay_limits(sim, leg[i].cluster).live;
        if (leg[i].takes && (live == 0 || !takes_alike(&leg[i], live)))
            return false;
    }
    return reach_obstacle(plan, k) == NULL;
}

static bool scenario_holds(const struct scenario *s)
{
    return s->class_count > 0 && s->class_count <= CONTROLS_MOST && !s->run.steady &&
           s->outage_count == 0 && s->trace_count == 0;
}

/* ---- Which threshold ---- */

/* What controls are made with. */
struct making {
    const struct plan *plan;
    const struct simulation *sim;
    struct unlimited *unlimited; /* by class, owned */
    nanos *looks;                /* 0, changes of rates and the end, in order; owned */
    uint32_t look_count;
};

static int by_time(const void *a, const void *b)
{
    const nanos *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static bool list_looks(struct making *m)
{
    const struct scenario *s = m->plan->scenario;
    size_t count = 2;
    for (uint32_t k = 0; k < s->class_count; k++)
        count += m->unlimited[k].count;
    m->looks = count <= LOOKS_MOST ? calloc(count, sizeof *m->looks) : NULL;
    if (!m->looks)
        return count > LOOKS_MOST;
    m->looks[m->look_count++] = 0;
    m->looks[m->look_count++] = s->run.length;
    for (uint32_t k = 0; k < s->class_count; k++)
        for (uint32_t i = 0; i < m->unlimited[k].count; i++) {
            nanos from = m->unlimited[k].pieces[i].from;
            if (from > 0 && from < s->run.length)
                m->looks[m->look_count++] = from;
        }
    qsort(m->looks, m->look_count, sizeof *m->looks, by_time);
    return true;
}

static void making_release(struct making *m)
{
    for (uint32_t k = 0; m->unlimited && k < m->plan->scenario->class_count; k++)
        unlimited_release(&m->unlimited[k]);
    free(m->unlimited);
    free(m->looks);
}

static bool making_init(struct making *m, const struct plan *plan, const struct simulation *sim,
                        nanos warmup)
{
    const struct scenario *s = plan->scenario;
    nanos offset = ((s->run.start_unix % 86400) + 86400) % 86400 * SECOND;
    const struct unlimited_span span = {-warmup, s->run.length, false};
    *m = (struct making){.plan = plan, .sim = sim};
    m->unlimited = calloc(s->class_count, sizeof *m->unlimited);
    bool ok = m->unlimited != NULL;
    for (uint32_t k = 0; k < s->class_count && ok; k++)
        ok = unlimited_init(&m->unlimited[k], &s->classes[k], offset, &span);
    return ok && list_looks(m);
}

/* Standard deviations from the greatest mean use to the threshold. */
static double distance_of(const struct making *m, const struct surplus_limit *limit, uint8_t live)
{
    double nearest = INFINITY;
    for (uint32_t i = 1; i < m->look_count; i++) {
        double mean = 0, variance = 0;
        for (uint32_t k = 0; k < m->plan->scenario->class_count; k++) {
            double w = (double)weight_of(m->plan, k, limit, live);
            double calls = w > 0 ? unlimited_mean(&m->unlimited[k], m->looks[i]) : 0;
            mean += w * calls;
            variance += w * w * calls;
        }
        if (variance > 0)
            nearest = fmin(nearest, ((double)limit->threshold - mean) / sqrt(variance));
    }
    return nearest;
}

/* Free units on each of the peers are less than a call takes, or the cluster's are. */
static int64_t units_threshold(const struct plan *plan, const struct leg *leg,
                               struct cluster_limits now)
{
    const struct scenario *s = plan->scenario;
    const struct cluster *cluster = &s->clusters[leg->cluster];
    int64_t sum = 0, cap;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        int64_t units = s->platforms[s->peers[cluster->first_peer + i].platform].units;
        if (now.live >> i & 1)
            sum += units >= AMPLE ? AMPLE : units >= leg->wants[i] ? units - leg->wants[i] + 1 : 0;
    }
    cap = now.cap < AMPLE ? now.cap - leg->units[first_of(now.live)] + 1 : AMPLE;
    return sum < cap ? sum : cap;
}

/* The limit that a class comes nearest to; false: it is near none. */
static bool nearest_limit(const struct making *m, uint32_t k, struct surplus_limit *nearest)
{
    uint32_t count;
    const struct leg *leg = legs_of(m->plan, k, &count);
    double distance = INFINITY;
    for (uint32_t i = 0; i < 2 * count; i++) {
        const struct leg *own = &leg[i / 2];
        struct cluster_limits now = replay_limits(m->sim, own->cluster);
        struct surplus_limit limit = {.cluster = own->cluster, .of_rms = i % 2};
        if (!own->takes)
            continue;
        limit.threshold = !limit.of_rms                     ? units_threshold(m->plan, own, now)
                          : own->rms > 0 && now.rms < AMPLE ? now.rms - own->rms_wants + 1
                                                            : AMPLE;
        if (limit.threshold >= AMPLE || weight_of(m->plan, k, &limit, now.live) == 0)
            continue;
        double near = distance_of(m, &limit, now.live);
        if (near < distance) {
            distance = near;
            *nearest = limit;
        }
    }
    return distance >= NEAR_LEAST && distance <= NEAR_MOST;
}

/* One threshold a meter: the lowest. */
static uint32_t control_place(struct results *results, const struct surplus_limit *limit)
{
    for (uint32_t i = 0; i < results->control_count; i++) {
        struct surplus_limit *have = &results->controls[i].limit;
        if (have->cluster == limit->cluster && have->of_rms == limit->of_rms) {
            have->threshold =
                limit->threshold < have->threshold ? limit->threshold : have->threshold;
            return i;
        }
    }
    results->controls[results->control_count] = (struct control){.limit = *limit, .mean = NAN};
    return results->control_count++;
}

static bool make_all(const struct plan *plan, struct simulation *sim, nanos warmup,
                     struct results *results)
{
    uint32_t count = plan->scenario->class_count;
    struct making m;
    replay_begin(sim, 0, -warmup, 0);
    if (replay_next_change(sim) < plan->scenario->run.length)
        return true; /* peers come or go */
    bool ok = making_init(&m, plan, sim, warmup), holds = m.looks != NULL;
    for (uint32_t k = 0; k < count; k++)
        holds = holds && class_holds(plan, k, sim);
    for (uint32_t k = 0; k < count && ok; k++) {
        struct surplus_limit limit = {0};
        results->control_of[k] =
            holds && nearest_limit(&m, k, &limit) ? control_place(results, &limit) : NONE;
    }
    making_release(&m);
    return ok;
}

bool controls_make(const struct plan *plan, const struct control_setting *setting,
                   struct results *results)
{
    const struct scenario *s = plan->scenario;
    struct simulation_options quiet = {
        .down = setting->down, .down_count = setting->down_count, .calls_only = true};
    if (!scenario_holds(s))
        return true;
    results->controls = arena_alloc(results->arena, s->class_count, sizeof *results->controls);
    results->control_of = arena_alloc(results->arena, s->class_count, sizeof *results->control_of);
    struct simulation *sim = simulation_new(plan, &quiet, results->seed, 0);
    bool ok = results->controls && results->control_of && sim;
    for (uint32_t k = 0; k < s->class_count && ok; k++)
        results->control_of[k] = NONE;
    ok = ok && make_all(plan, sim, setting->warmup, results);
    for (uint32_t i = 0; i < results->control_count; i++)
        results->controls[i].live = replay_limits(sim, results->controls[i].limit.cluster).live;
    simulation_free(sim);
    return ok;
}

/* ---- What is expected ---- */

/* Weights by class, alike ones together, in their greatest common measure. */
struct weighing {
    int64_t weights[CONTROLS_MOST];
    uint32_t group[CONTROLS_MOST]; /* by class; NONE: it weighs nothing */
    double means[CONTROLS_MOST];   /* by group */
    uint32_t groups;
    int64_t threshold;
    struct poisson_sum sum;
};

static void weighing_init(struct weighing *w, const struct plan *plan,
                          const struct control *control)
{
    int64_t common = 0;
    *w = (struct weighing){.threshold = control->limit.threshold};
    for (uint32_t k = 0; k < plan->scenario->class_count; k++) {
        int64_t weight = weight_of(plan, k, &control->limit, control->live);
        uint32_t g = 0;
        while (g < w->groups && w->weights[g] != weight)
            g++;
        w->group[k] = weight > 0 ? g : NONE;
        if (weight > 0 && g == w->groups)
            w->weights[w->groups++] = weight;
        common = common_divisor(common, weight);
    }
    for (uint32_t g = 0; g < w->groups; g++)
        w->weights[g] /= common;
    w->threshold = w->threshold > 0 ? (w->threshold + common - 1) / common : 0;
}

/* P(threshold reached at t); NAN: it cannot be summed. */
static double reached_at(const struct making *m, struct weighing *w, nanos t, double *mean)
{
    *mean = 0;
    for (uint32_t g = 0; g < w->groups; g++)
        w->means[g] = 0;
    for (uint32_t k = 0; k < m->plan->scenario->class_count; k++)
        if (w->group[k] != NONE) {
            double calls = unlimited_mean(&m->unlimited[k], t);
            w->means[w->group[k]] += calls;
            *mean += calls * (double)w->weights[w->group[k]];
        }
    bool ok = poisson_sum_make(&w->sum, w->means, w->weights, w->groups, w->threshold);
    return ok ? w->sum.tail : NAN;
}

/* Gauss and Legendre's rule of four points: the integral over a cell, in seconds. */
static double over_cell(const struct making *m, struct weighing *w, nanos from, nanos to)
{
    static const double places[] = {0.0694318442029737, 0.3300094782075719},
                        shares[] = {0.1739274225687269, 0.3260725774312731};
    double length = (double)(to - from), sum = 0, mean;
    for (int i = 0; i < 2; i++)
        sum += shares[i] * (reached_at(m, w, from + nanos_round(places[i] * length), &mean) +
                            reached_at(m, w, from + nanos_round((1 - places[i]) * length), &mean));
    return sum * length / (double)SECOND;
}

static double shortest_hold(const struct making *m, const struct weighing *w)
{
    double shortest = INFINITY;
    for (uint32_t k = 0; k < m->plan->scenario->class_count; k++)
        if (w->group[k] != NONE)
            shortest = fmin(shortest, m->unlimited[k].holding->mean * (double)SECOND);
    return shortest;
}

/* Between two changes: short cells at first, longer ones the nearer the load has come to where it
 * goes. */
static double over_piece(const struct making *m, struct weighing *w, nanos from, nanos to)
{
    double first, last, length = shortest_hold(m, w) / CELL_OF_HOLD, sum = 0;
    double reached = reached_at(m, w, from, &first);
    reached_at(m, w, to - 1, &last);
    if (fabs(last - first) <= SAME_MEAN * first)
        return reached * (double)(to - from) / (double)SECOND;
    for (nanos t = from, next; t < to; t = next, length *= CELL_GROWTH) {
        next = length < (double)(to - t) ? t + nanos_round(length) : to;
        sum += over_cell(m, w, t, next);
    }
    return sum;
}

/* The share of the measured time. */
static double expected(const struct making *m, const struct control *control)
{
    struct weighing w;
    double sum = 0;
    weighing_init(&w, m->plan, control);
    for (uint32_t i = 0; i + 1 < m->look_count; i++)
        if (m->looks[i + 1] > m->looks[i])
            sum += over_piece(m, &w, m->looks[i], m->looks[i + 1]);
    poisson_sum_release(&w.sum);
    return sum / ((double)m->plan->scenario->run.length / (double)SECOND);
}

bool controls_expect(const struct plan *plan, struct results *results)
{
    struct making m;
    if (results->control_count == 0 || !isnan(results->controls[0].mean))
        return true;
    bool ok = making_init(&m, plan, NULL, results->warmup);
    for (uint32_t i = 0; i < results->control_count && ok; i++)
        results->controls[i].mean = expected(&m, &results->controls[i]);
    making_release(&m);
    return ok;
}

/* ---- The share with its control ---- */

/* Sums over replications, so that those of all but one are at hand. */
struct moments {
    double n, y, c, cc, cy;
};

static struct moments moments_without(struct moments all, double y, double c)
{
    return (struct moments){all.n - 1, all.y - y, all.c - c, all.cc - c * c, all.cy - c * y};
}

static double slope(struct moments m)
{
    double below = m.cc - m.c * m.c / m.n;
    return below > 0 ? (m.cy - m.c * m.y / m.n) / below : 0;
}

/* Takes what is chance of the control off each value. */
static void take_off(double *values, const double *over, size_t count)
{
    struct moments all = {.n = (double)count};
    for (size_t r = 0; r < count; r++) {
        all.y += values[r];
        all.c += over[r];
        all.cc += over[r] * over[r];
        all.cy += over[r] * values[r];
    }
    for (size_t r = 0; r < count; r++) {
        struct moments others = moments_without(all, values[r], over[r]);
        values[r] -= slope(others) * over[r];
    }
}

/* The control of a class's share of refused calls; NULL: it has none of use. */
static const struct control *control_for(const struct results *results, size_t metric)
{
    const struct metric *m = &results->metrics[metric];
    if (results->control_count == 0 || m->scope != SCOPE_CLASS || m->kind != METRIC_RATIO ||
        strcmp(m->metric, "blocked_fraction") != 0 || results->control_of[m->index] == NONE)
        return NULL;
    const struct control *control = &results->controls[results->control_of[m->index]];
    size_t refusing = 0;
    for (size_t r = 0; r < results->replications; r++)
        refusing += results->rows[r][m->numerator] > 0;
    return refusing >= CONTROL_REPLICATIONS && control->mean > 0 && control->mean < 1 ? control
                                                                                      : NULL;
}

bool control_values(const struct results *results, size_t metric, double *values)
{
    size_t count = results->replications;
    const struct control *control = control_for(results, metric);
    double *over = control ? calloc(count, sizeof *over) : NULL;
    bool ok = over && results_linear(results, metric, 0, values);
    if (ok) {
        double counted = statistics_variance(values, count);
        size_t column = results->tally_count + (size_t)(control - results->controls);
        for (size_t r = 0; r < count; r++)
            over[r] = results->rows[r][column] / results->measured - control->mean;
        take_off(values, over, count);
        double share = statistics_mean(values, count);
        ok = statistics_variance(values, count) < GAIN_LEAST * counted && share > 0 && share < 1;
    }
    free(over);
    return ok;
}

bool control_interval(const struct results *results, size_t metric, struct interval *interval)
{
    double *values = calloc(results->replications + 1, sizeof *values);
    bool ok = values && control_values(results, metric, values);
    if (ok)
        *interval = statistics_share_interval(values, results->replications);
    free(values);
    return ok;
}
