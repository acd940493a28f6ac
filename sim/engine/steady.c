#include "sim/engine/steady.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "model/base/divisor.h"
#include "sim/engine/calls.h"

#define TRIES       INT64_C(100000000) /* to draw a state within the limits; a thousand are many */
#define TILT_SWEEPS 200
#define SETTLED     20 /* mean rests of a call: e^-20 of the start is left where it decays evenly */

static uint32_t cluster_of(const struct plan *plan, uint32_t k)
{
    return plan->legs[plan->variants[k].first_leg].cluster;
}

static const struct leg *leg_of(const struct plan *plan, uint32_t k)
{
    return &plan->legs[plan->variants[k].first_leg];
}

/* Whether a call is refused only when no peer has room: then a total of calls of one size is
 * Erlang's. */
static bool uses_all_room(const struct cluster *cluster, const struct leg *leg)
{
    if (cluster->peer_count == 1 || leg->next)
        return true;
    if (leg->policy == SELECT_MOST_AVAILABLE)
        return cluster->available == AVAILABLE_UNITS;
    return leg->policy == SELECT_FIRST_FIT || leg->policy == SELECT_BEST_FIT ||
           leg->policy == SELECT_RANDOM_FIT;
}

/* Whether every peer takes the same of a call, and none is short of licensed calls before it is
 * short of units. */
static bool peers_alike(const struct scenario *s, const struct cluster *cluster,
                        const struct leg *leg)
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
    if (call->arrivals.kind == ARRIVALS_SOURCES)
        return "calls come from a finite population";
    if (call->arrivals.batch_count)
        return "calls come in batches";
    if (call->redial_probability > 0 || call->setup > 0)
        return "calls redial or are set up";
    if (!v->sole)
        return "calls need more than one chosen peer";
    const struct cluster *cluster = &plan->scenario->clusters[cluster_of(plan, k)];
    const struct leg *leg = leg_of(plan, k);
    if (!uses_all_room(cluster, leg))
        return "calls are refused although another peer has room";
    if (cluster->peer_count > 1 && !peers_alike(plan->scenario, cluster, leg))
        return "peers differ in more than units";
    if (leg->tier_count > 1)
        return "calls take peers by priority";
    if (leg->wants[0] > leg->units[0] || leg->rms_wants > leg->rms)
        return "units or licences are kept free for other calls";
    uint8_t all = (uint8_t)((1u << cluster->peer_count) - 1);
    return leg->candidates == all ? NULL : "calls are pinned to some of the peers";
}

static const char *peer_obstacle(const struct peer *peer)
{
    if (peer->max_sessions < AMPLE)
        return "sessions are limited";
    return peer->setup_rate > 0 ? "set-up rates are limited" : NULL;
}

/* Calls of one size that share several peers leave no gaps; those that take no unit fit in any. */
static const char *size_obstacle(const struct plan *plan, uint32_t k, int64_t *size)
{
    int64_t units = leg_of(plan, k)->units[0];
    if (plan->scenario->clusters[cluster_of(plan, k)].peer_count == 1 || units == 0)
        return NULL;
    bool same = *size == 0 || *size == units;
    *size = units;
    return same ? NULL : "calls of several sizes share several peers";
}

const char *steady_obstacle(const struct plan *plan)
{
    const struct scenario *s = plan->scenario;
    const char *obstacle = s->outage_count  ? "peers fail at random"
                           : s->trace_count ? "calls come from a trace"
                                            : NULL;
    int64_t *sizes = calloc(s->cluster_count + 1, sizeof *sizes);
    if (!sizes)
        return "out of memory";
    for (uint32_t k = 0; !obstacle && k < s->class_count; k++) {
        obstacle = class_obstacle(plan, k);
        if (!obstacle)
            obstacle = size_obstacle(plan, k, &sizes[cluster_of(plan, k)]);
    }
    for (uint32_t p = 0; !obstacle && p < s->peer_count; p++)
        obstacle = peer_obstacle(&s->peers[p]);
    free(sizes);
    return obstacle;
}

/* The mean of what is left of a call in progress, or of the longest branch. */
static double longest_rest(const struct holding *holding)
{
    double rest = holding->mean * (1 + holding->cv * holding->cv) / 2;
    for (uint32_t i = 0; holding->law == LAW_HYPEREXPONENTIAL && i < holding->count; i++)
        rest = fmax(rest, holding->means[i]);
    return fmax(rest, holding->mean);
}

double steady_settling(const struct plan *plan)
{
    double longest = 0;
    for (uint32_t k = 0; k < plan->scenario->class_count; k++) {
        const struct call_class *call = &plan->scenario->classes[k];
        double redials = call->redial_probability > 0
                             ? call->redial_after / fmax(1 - call->redial_probability, 0.05)
                             : 0;
        if (call->arrivals.kind != ARRIVALS_NONE)
            longest = fmax(longest, longest_rest(&call->holding) + redials);
    }
    return SETTLED * longest;
}

bool steady_holds_rates(const struct plan *plan)
{
    return plan->scenario->run.steady && plan->scenario->run.warmup_kind != WARMUP_STATED;
}

static nanos steady_moment(const struct plan *plan, nanos start)
{
    return steady_holds_rates(plan) ? 0 : start;
}

/* One cluster's classes, what they may take together, and the tilt they are drawn with. */
struct product_form {
    struct simulation *sim;
    uint32_t cluster;
    const uint32_t *classes;
    uint32_t class_count;
    int64_t units, rms;  /* limits, RMS in halves */
    double log_x, log_y; /* <= 0: of the tilt by a unit, by half an RMS */
    double *load;        /* erlangs by place in classes; 0: does not fit at all */
    double *mean;        /* tilted */
    int64_t *calls;      /* drawn */
};

static int64_t units_of(const struct product_form *form, uint32_t place)
{
    return leg_of(form->sim->plan, form->classes[place])->units[0];
}

static int64_t rms_of(const struct product_form *form, uint32_t place)
{
    return leg_of(form->sim->plan, form->classes[place])->rms;
}

/* Loads at the start; limits in whole numbers of what all calls take a multiple of. */
static void set_loads(struct product_form *form)
{
    const struct simulation *sim = form->sim;
    bool empty = sim->clusters[form->cluster].live == 0;
    int64_t units = 0, rms = 0;
    for (uint32_t i = 0; i < form->class_count; i++) {
        uint32_t k = form->classes[i];
        bool fits = !empty && units_of(form, i) <= form->units && rms_of(form, i) <= form->rms;
        double rate = source_rate_at(&sim->classes[k].source, steady_moment(sim->plan, sim->start));
        form->load[i] = fits ? rate * sim->scenario->classes[k].holding.mean : 0;
        units = fits ? common_divisor(units, units_of(form, i)) : units;
        rms = fits ? common_divisor(rms, rms_of(form, i)) : rms;
    }
    form->units -= units ? form->units % units : 0;
    form->rms -= rms ? form->rms % rms : 0;
}

/* Units (or RMS) in use on average, by the tilt. */
static double tilted_use(const struct product_form *form, double log_x, double log_y, bool of_rms)
{
    double sum = 0;
    for (uint32_t i = 0; i < form->class_count; i++) {
        double units = (double)units_of(form, i), rms = (double)rms_of(form, i);
        sum += form->load[i] * exp(units * log_x + rms * log_y) * (of_rms ? rms : units);
    }
    return sum;
}

/* The largest tilt of one resource, the other given, by which the calls fit on average. */
static double fitting_tilt(const struct product_form *form, bool of_rms)
{
    double limit = (double)(of_rms ? form->rms : form->units), high = 0;
    double use =
        of_rms ? tilted_use(form, form->log_x, 0, true) : tilted_use(form, 0, form->log_y, false);
    if (use <= limit)
        return 0;
    double low = log(limit / use); /* a call takes one at least */
    while (high - low > 1e-12 - 1e-9 * low) {
        double middle = (low + high) / 2;
        use = of_rms ? tilted_use(form, form->log_x, middle, true)
                     : tilted_use(form, middle, form->log_y, false);
        if (use > limit)
            high = middle;
        else
            low = middle;
    }
    return low;
}

/* One resource after the other until neither moves. Any tilt is right; this one makes few draws in
 * vain. */
static void set_tilt(struct product_form *form)
{
    for (int sweep = 0; sweep < TILT_SWEEPS; sweep++) {
        double x = form->log_x, y = form->log_y;
        form->log_x = fitting_tilt(form, false);
        form->log_y = fitting_tilt(form, true);
        if (fabs(form->log_x - x) + fabs(form->log_y - y) < 1e-9)
            break;
    }
    for (uint32_t i = 0; i < form->class_count; i++)
        form->mean[i] = form->load[i] * exp((double)units_of(form, i) * form->log_x +
                                            (double)rms_of(form, i) * form->log_y);
}

/* One try: the calls by the tilted law, taken with the probability that undoes the tilt. */
static bool draw_calls(struct product_form *form, struct stream *stream)
{
    int64_t units = form->units, rms = form->rms; /* left */
    for (uint32_t i = 0; i < form->class_count; i++) {
        form->calls[i] = form->mean[i] > 0 ? stream_poisson(stream, form->mean[i]) : 0;
        units -= form->calls[i] * units_of(form, i);
        rms -= form->calls[i] * rms_of(form, i);
        if (units < 0 || rms < 0)
            return false;
    }
    double log_share = form->log_x * (double)units + form->log_y * (double)rms;
    return log_share >= 0 || stream_uniform(stream) < exp(log_share);
}

static void place_calls(const struct product_form *form)
{
    struct simulation *sim = form->sim;
    for (uint32_t i = 0; i < form->class_count; i++) {
        uint32_t k = form->classes[i];
        struct stream lives;
        stream_init(&lives, sim->seed, sim->replication, PURPOSE_START,
                    random_name(sim->scenario->classes[k].name));
        for (int64_t n = 0; n < form->calls[i]; n++)
            call_offer(sim, k, sampler_draw_residual(&sim->classes[k].sampler, &lives), -1, NULL);
        assert(sim->classes[k].blocked == 0);
    }
}

/* Units of the live peers that calls can use: over several peers, whole calls on each. */
static int64_t usable_units(const struct product_form *form)
{
    const struct cluster_state *cluster = &form->sim->clusters[form->cluster];
    int64_t sum = 0, size = 0;
    for (uint32_t i = 0; i < form->class_count; i++)
        size = units_of(form, i) > size ? units_of(form, i) : size;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        int64_t units = cluster->peers[i].units.limit;
        if (cluster->live >> i & 1)
            sum += cluster->peer_count > 1 && size > 0 ? units - units % size : units;
    }
    return sum < cluster->cap ? sum : cluster->cap;
}

static bool draw_state(struct product_form *form)
{
    struct simulation *sim = form->sim;
    const char *name = sim->scenario->clusters[form->cluster].name;
    struct stream stream;
    stream_init(&stream, sim->seed, sim->replication, PURPOSE_START, random_name(name) + 1);
    for (int64_t tries = 0; tries < TRIES; tries++)
        if (draw_calls(form, &stream))
            return true;
    errors_add(sim->errors, ERROR_DATA, NULL, 0, 0,
               "cluster '%s' is overloaded too far to start in the steady state: start it empty",
               name);
    return false;
}

static bool fill_cluster(struct simulation *sim, uint32_t c, const uint32_t *classes,
                         uint32_t class_count)
{
    struct product_form form = {
        .sim = sim,
        .cluster = c,
        .classes = classes,
        .class_count = class_count,
        .load = calloc(class_count + 1, sizeof *form.load),
        .mean = calloc(class_count + 1, sizeof *form.mean),
        .calls = calloc(class_count + 1, sizeof *form.calls),
    };
    bool ok = form.load && form.mean && form.calls;
    if (ok) {
        form.units = usable_units(&form);
        form.rms = sim->clusters[c].rms.limit;
        set_loads(&form);
        set_tilt(&form);
        ok = draw_state(&form);
    }
    if (ok)
        place_calls(&form);
    free(form.load);
    free(form.mean);
    free(form.calls);
    return ok;
}

bool steady_fill(struct simulation *sim)
{
    const struct scenario *s = sim->scenario;
    uint32_t *first = calloc(s->cluster_count + 1, sizeof *first),
             *classes = calloc(s->class_count + 1, sizeof *classes);
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
        ok = first[c] == first[c + 1] ||
             fill_cluster(sim, c, classes + first[c], first[c + 1] - first[c]);
    free(first);
    free(classes);
    return ok;
}
