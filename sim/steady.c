#include "sim/steady.h"

#include <stdlib.h>

#include "sim/state.h"

#define TRIES 10000 /* to draw a state that the pool allows; beyond, the cluster starts empty */

static int64_t call_units(const struct plan *plan, uint32_t k)
{
    return plan->legs[plan->variants[k].first_leg].units[0];
}

static uint32_t cluster_of(const struct plan *plan, uint32_t k)
{
    return plan->legs[plan->variants[k].first_leg].cluster;
}

static const struct leg *leg_of(const struct plan *plan, uint32_t k)
{
    return &plan->legs[plan->variants[k].first_leg];
}

/* Whether a call is refused only when no peer has room: then a total of calls of one size is Erlang's. */
static bool uses_all_room(const struct cluster *cluster, const struct leg *leg)
{
    if (cluster->peer_count == 1 || leg->next)
        return true;
    if (leg->policy == SELECT_MOST_AVAILABLE)
        return cluster->available == AVAILABLE_UNITS;
    return leg->policy == SELECT_FIRST_FIT || leg->policy == SELECT_BEST_FIT || leg->policy == SELECT_RANDOM_FIT;
}

/* Whether every peer takes the same of a call, and none is short of licensed calls before it is short of units. */
static bool peers_alike(const struct scenario *s, const struct cluster *cluster, const struct leg *leg)
{
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        const struct platform *p = &s->platforms[s->peers[cluster->first_peer + i].platform];
        if (leg->units[i] != leg->units[0])
            return false;
        if (leg->rms > 0 && p->rms < AMPLE &&
            (leg->units[0] == 0 || 2 * p->rms < p->units / leg->units[0] * leg->rms))
            return false;
    }
    return true;
}

static const char *class_obstacle(const struct plan *plan, uint32_t k)
{
    const struct call_class *call = &plan->scenario->classes[k];
    const struct variant *v = &plan->variants[k];
    if (call->arrivals.kind != ARRIVALS_RATE || call->arrivals.steps.count > 1 || call->arrivals.batch_count)
        return "arrivals are not Poisson of constant rate";
    if (call->redial_probability > 0 || call->setup > 0)
        return "calls redial or are set up";
    if (!v->simple)
        return "calls need more than one chosen peer";
    const struct cluster *cluster = &plan->scenario->clusters[cluster_of(plan, k)];
    const struct leg *leg = leg_of(plan, k);
    if (!uses_all_room(cluster, leg))
        return "calls are refused although another peer has room";
    if (cluster->peer_count > 1 && !peers_alike(plan->scenario, cluster, leg))
        return "peers differ in more than units";
    uint8_t all = (uint8_t)((1u << cluster->peer_count) - 1);
    return leg->candidates == all ? NULL : "calls are pinned to some of the peers";
}

static const char *peer_obstacle(const struct peer *peer)
{
    if (peer->max_sessions < AMPLE)
        return "sessions are limited";
    return peer->setup_rate > 0 ? "set-up rates are limited" : NULL;
}

const char *steady_obstacle(const struct plan *plan)
{
    const struct scenario *s = plan->scenario;
    const char *obstacle = s->outage_count ? "peers fail at random" : s->trace_count ? "calls come from a trace" : NULL;
    int64_t *sizes = calloc(s->cluster_count + 1, sizeof *sizes);
    if (!sizes)
        return "out of memory";
    for (uint32_t k = 0; !obstacle && k < s->class_count; k++) {
        uint32_t c = cluster_of(plan, k);
        obstacle = class_obstacle(plan, k);
        if (s->clusters[c].peer_count > 1 && sizes[c] && sizes[c] != call_units(plan, k))
            obstacle = "calls of several sizes share several peers";
        sizes[c] = call_units(plan, k);
    }
    for (uint32_t p = 0; !obstacle && p < s->peer_count; p++)
        obstacle = peer_obstacle(&s->peers[p]);
    free(sizes);
    return obstacle;
}

/* One cluster's classes, and the relative probabilities q(n) of n units in use. */
struct product_form {
    const struct simulation *sim;
    uint32_t cluster;
    uint32_t *classes, class_count;
    int64_t *calls;              /* drawn, by place in classes */
    double *q;
    int64_t capacity;
};

static double load(const struct product_form *form, uint32_t place)
{
    const struct call_class *call = &form->sim->scenario->classes[form->classes[place]];
    return call->arrivals.steps.rates[0] * call->holding.mean;
}

/* Kaufman and Roberts, kept within range by dividing all by the newest when it grows large. */
static void recur(struct product_form *form)
{
    form->q[0] = 1;
    for (int64_t n = 1; n <= form->capacity; n++) {
        double sum = 0;
        for (uint32_t i = 0; i < form->class_count; i++) {
            int64_t units = call_units(form->sim->plan, form->classes[i]);
            if (units > 0 && units <= n)
                sum += load(form, i) * (double)units * form->q[n - units];
        }
        form->q[n] = sum / (double)n;
        for (int64_t m = 0; form->q[n] > 1e250 && m <= n; m++)
            form->q[m] /= 1e250;
    }
}

static int64_t draw_units(const struct product_form *form, struct stream *stream)
{
    double total = 0;
    for (int64_t n = 0; n <= form->capacity; n++)
        total += form->q[n];
    double left = stream_uniform(stream) * total;
    int64_t n = 0;
    while (n < form->capacity && (left -= form->q[n]) >= 0)
        n++;
    while (n > 0 && form->q[n] <= 0) /* units that no combination of calls makes */
        n--;
    return n;
}

/* Poisson by exponential gaps: for calls that take no unit. */
static int64_t draw_poisson(double mean, struct stream *stream)
{
    int64_t count = -1;
    for (double sum = 0; sum < mean; count++)
        sum += stream_exponential(stream);
    return count < 0 ? 0 : count;
}

/* Which calls make up n units: the last one is of class i with probability a_i b_i q(n - b_i) / (n q(n)). */
static void draw_calls(struct product_form *form, struct stream *stream)
{
    const struct plan *plan = form->sim->plan;
    for (uint32_t i = 0; i < form->class_count; i++)
        form->calls[i] = call_units(plan, form->classes[i]) == 0 ? draw_poisson(load(form, i), stream) : 0;
    for (int64_t n = draw_units(form, stream); n > 0;) {
        double left = stream_uniform(stream) * form->q[n] * (double)n;
        uint32_t chosen = NONE;
        for (uint32_t i = 0; i < form->class_count && left >= 0; i++) {
            int64_t units = call_units(plan, form->classes[i]);
            if (units == 0 || units > n || form->q[n - units] <= 0)
                continue;
            chosen = i;
            left -= load(form, i) * (double)units * form->q[n - units];
        }
        if (chosen == NONE)
            break;
        form->calls[chosen]++;
        n -= call_units(plan, form->classes[chosen]);
    }
}

static bool pool_allows(const struct product_form *form)
{
    const struct plan *plan = form->sim->plan;
    int64_t rms = 0;
    for (uint32_t i = 0; i < form->class_count; i++)
        rms += form->calls[i] * plan->legs[plan->variants[form->classes[i]].first_leg].rms;
    return rms <= form->sim->clusters[form->cluster].rms.limit;
}

static void place_calls(struct simulation *sim, const struct product_form *form)
{
    for (uint32_t i = 0; i < form->class_count; i++) {
        uint32_t k = form->classes[i];
        struct stream lives;
        stream_init(&lives, sim->seed, sim->replication, PURPOSE_START, random_name(sim->scenario->classes[k].name));
        for (int64_t n = 0; n < form->calls[i]; n++)
            call_offer(sim, k, sampler_draw_residual(&sim->classes[k].sampler, &lives), -1, NULL);
    }
}

/* Units of the live peers that calls can use: over several peers, whole calls on each. */
static int64_t usable_units(const struct simulation *sim, uint32_t c, int64_t size)
{
    const struct cluster_state *cluster = &sim->clusters[c];
    int64_t sum = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        int64_t units = cluster->peers[i].units.limit;
        if (cluster->live >> i & 1)
            sum += cluster->peer_count > 1 && size > 0 ? units - units % size : units;
    }
    return sum < cluster->cap ? sum : cluster->cap;
}

static bool fill_cluster(struct simulation *sim, uint32_t c, uint32_t *classes, uint32_t class_count)
{
    int64_t capacity = usable_units(sim, c, call_units(sim->plan, classes[0]));
    int64_t most = 0; /* far more units than ever in use need no recursion of their own */
    for (uint32_t i = 0; i < class_count; i++) {
        const struct call_class *call = &sim->scenario->classes[classes[i]];
        double mean = call->arrivals.steps.rates[0] * call->holding.mean;
        most += (int64_t)((2 * mean + 100) * (double)call_units(sim->plan, classes[i]));
    }
    capacity = capacity < most ? capacity : most;
    struct product_form form = {
        .sim = sim, .cluster = c, .classes = classes, .class_count = class_count, .capacity = capacity,
        .calls = calloc(class_count + 1, sizeof *form.calls),
        .q = calloc((size_t)capacity + 1, sizeof *form.q),
    };
    struct stream stream;
    stream_init(&stream, sim->seed, sim->replication, PURPOSE_START, random_name(sim->scenario->clusters[c].name) + 1);
    bool ok = form.calls && form.q;
    if (ok) {
        recur(&form);
        for (int tries = 0; tries < TRIES; tries++) {
            draw_calls(&form, &stream);
            if (pool_allows(&form)) {
                place_calls(sim, &form);
                break;
            }
        }
    }
    free(form.calls);
    free(form.q);
    return ok;
}

bool steady_fill(struct simulation *sim)
{
    const struct scenario *s = sim->scenario;
    uint32_t *first = calloc(s->cluster_count + 1, sizeof *first), *classes = calloc(s->class_count + 1, sizeof *classes);
    bool ok = first && classes;
    for (uint32_t k = 0; ok && k < s->class_count; k++) /* classes by cluster: a counting sort */
        first[cluster_of(sim->plan, k)]++;
    for (uint32_t c = 0, sum = 0; ok && c <= s->cluster_count; c++) {
        sum += first[c];
        first[c] = sum; /* the end of the cluster's classes, until they are put in */
    }
    for (uint32_t k = s->class_count; ok && k-- > 0;)
        classes[--first[cluster_of(sim->plan, k)]] = k;
    for (uint32_t c = 0; ok && c < s->cluster_count; c++)
        ok = first[c] == first[c + 1] || fill_cluster(sim, c, classes + first[c], first[c + 1] - first[c]);
    free(first);
    free(classes);
    return ok;
}
