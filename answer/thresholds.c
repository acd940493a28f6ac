#include "answer/thresholds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/divisor.h"
#include "model/busiest.h"
#include "answer/design.h"
#include "model/at_rest.h"
#include "model/base/arena.h"
#include "model/formulas/poisson_sum.h"
#include "model/load.h"
#include "model/path.h"

#define STATES_MOST 200000 /* of what calls hold; coarser beyond */

/* ---- Which ones ---- */

static bool is_counted(enum limit limit)
{
    return limit == LIMIT_REGISTRATIONS || limit == LIMIT_MRA_REGISTRATIONS ||
           limit == LIMIT_ENCRYPTED_SESSIONS || limit == LIMIT_DESKTOP || limit == LIMIT_ROOM ||
           limit == LIMIT_PROVISIONING || limit == LIMIT_FINDME || limit == LIMIT_PHONEBOOK ||
           limit == LIMIT_REFRESHES;
}

static bool is_carried(enum limit limit)
{
    return limit == LIMIT_UNITS || limit == LIMIT_RMS || limit == LIMIT_TURN_RELAYS ||
           limit == LIMIT_SETUP_RATE;
}

/* What a cluster holds of a limit, and its peers together; the smaller. INFINITY: none. */
static double size_of(const struct limits *limits, const struct scenario *s, enum limit limit,
                      uint32_t cluster, bool *used)
{
    double whole = INFINITY, sum = 0;
    bool peers = false;
    *used = false;
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit_entry *e = &limits->entries[i];
        bool of_peer = e->holder == HELD_BY_PEER && s->peers[e->index].cluster == cluster;
        bool of_cluster =
            (e->holder == HELD_BY_CLUSTER || e->holder == HELD_BY_POOL) && e->index == cluster;
        bool same = e->limit == limit || (limit == LIMIT_UNITS && e->limit == LIMIT_CLUSTER_CAP);
        if (!same || (!of_peer && !of_cluster))
            continue;
        *used = *used || e->used;
        if (of_cluster)
            whole = fmin(whole, e->size);
        else
            sum += e->size;
        peers = peers || of_peer;
    }
    return fmin(whole, peers ? sum : INFINITY);
}

static bool is_limited(double size)
{
    return size > 0 && size < (double)CAPACITY_UNLIMITED / 2;
}

static size_t list_clusters(const struct scenario *s, const struct limits *limits,
                            struct threshold *list)
{
    size_t count = 0;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (int l = 0; l < LIMIT_COUNT; l++) {
            bool used, counted = is_counted((enum limit)l);
            if (!counted && (!is_carried((enum limit)l) || s->trace_count > 0))
                continue;
            double size = size_of(limits, s, (enum limit)l, c, &used);
            if (l == LIMIT_SETUP_RATE) /* a second's calls fall on one peer or the other */
                size /= s->clusters[c].peer_count;
            if (used && is_limited(size))
                list[count++] =
                    (struct threshold){.kind = counted ? THRESHOLD_COUNTED : THRESHOLD_CARRIED,
                                       .limit = (enum limit)l,
                                       .index = c,
                                       .name = s->clusters[c].name,
                                       .size = size,
                                       .rate = l == LIMIT_REFRESHES};
        }
    return count;
}

struct threshold *thresholds_list(const struct scenario *s, struct arena *arena, size_t *count)
{
    struct limits limits = {0};
    size_t room = (size_t)s->cluster_count * LIMIT_COUNT + s->pipe_count + 2, used = 0;
    struct threshold *list = arena_alloc(arena, room, sizeof *list);
    bool ok = list && limits_list(s, &limits);
    if (ok)
        used = list_clusters(s, &limits, list);
    for (size_t i = 0; ok && i < limits.count; i++) {
        const struct limit_entry *e = &limits.entries[i];
        if (e->holder == HELD_BY_PIPE && e->used && is_limited(e->size) && s->trace_count == 0)
            list[used++] = (struct threshold){.kind = THRESHOLD_CARRIED,
                                              .limit = e->limit,
                                              .pipe = true,
                                              .index = e->index,
                                              .name = s->pipes[e->index].name,
                                              .size = e->size};
    }
    for (int down = 0; ok && down <= (s->goals.survive > 0); down++)
        list[used++] =
            (struct threshold){.kind = THRESHOLD_GOAL, .index = NONE, .name = "", .down = down};
    limits_release(&limits);
    *count = used;
    return ok ? list : NULL;
}

/* ---- What calls hold ---- */

/* RMS in halves. */
static int64_t held_by_call(const struct threshold *t, const struct scenario *s,
                            const struct call_class *call)
{
    struct path path;
    int64_t held = 0;
    if (t->pipe) {
        for (uint32_t i = 0; i < call->pipe_count; i++)
            held += call->pipes[i] == t->index ? call->pipe_bits[i] : 0;
        return held;
    }
    if (!path_make(&path, s, call, &call->via))
        return 0;
    for (uint32_t l = 0; l < path.count; l++) {
        const struct leg *leg = &path.legs[l];
        int64_t units = 0;
        if (leg->cluster != t->index || !leg->takes)
            continue;
        held += t->limit == LIMIT_SETUP_RATE;
        for (int i = 0; i < CLUSTER_PEERS_MAX; i++)
            units = leg->units[i] > units ? leg->units[i] : units;
        held += t->limit == LIMIT_UNITS ? units
                : t->limit == LIMIT_RMS ? leg->rms
                : l == path.turn_leg    ? leg->turn
                                        : 0;
    }
    return held;
}

/* What is in use without any limit, by class. */
struct use {
    double *means;    /* owned */
    int64_t *weights; /* owned; in grains */
    double grain;
    uint32_t classes;
    struct poisson_sum sum;
    bool failed;
};

static void use_init(struct use *use, const struct threshold *t, const struct scenario *s)
{
    nanos at;
    int64_t common = 0;
    double halves = t->limit == LIMIT_RMS ? 0.5 : 1;
    *use = (struct use){.means = calloc(s->class_count + (size_t)1, sizeof(double)),
                        .weights = calloc(s->class_count + (size_t)1, sizeof(int64_t)),
                        .classes = s->class_count};
    use->failed = !use->means || !use->weights || !busiest_load(s, &at, use->means);
    for (uint32_t k = 0; t->limit == LIMIT_SETUP_RATE && k < s->class_count; k++)
        use->means[k] /= load_hold(&s->classes[k]) * s->clusters[t->index].peer_count;
    for (uint32_t k = 0; !use->failed && k < s->class_count; k++) {
        use->weights[k] = held_by_call(t, s, &s->classes[k]);
        common = common_divisor(common, use->weights[k]);
    }
    int64_t grain = common > 0 ? common : 1;
    double states = t->size / halves / (double)grain;
    if (states > STATES_MOST)
        grain = (int64_t)((double)grain * ceil(states / STATES_MOST));
    for (uint32_t k = 0; !use->failed && k < s->class_count; k++)
        use->weights[k] = (use->weights[k] + grain - 1) / grain;
    use->grain = (double)grain * halves;
}

static void use_release(struct use *use)
{
    poisson_sum_release(&use->sum);
    free(use->means);
    free(use->weights);
}

/* How likely at least so much is in use. */
static double use_tail(struct use *use, double amount)
{
    int64_t threshold = (int64_t)ceil(amount / use->grain - 1e-9);
    if (use->failed || threshold <= 0)
        return 1;
    use->failed = !poisson_sum_make(&use->sum, use->means, use->weights, use->classes, threshold);
    return use->failed ? 0 : use->sum.tail;
}

/* The least number of grains that no more is in use with this probability. */
static double use_quantile(struct use *use, double size)
{
    double low = -1, high = fmax(ceil(size / use->grain), 1);
    while (use_tail(use, (high + 1) * use->grain) > 1 - QUANTILE && !use->failed && high < 1e7) {
        low = high;
        high *= 2;
    }
    while (high - low > 1 && !use->failed) {
        double middle = floor((low + high) / 2);
        *(use_tail(use, (middle + 1) * use->grain) > 1 - QUANTILE ? &low : &high) = middle;
    }
    return high * use->grain;
}

static bool read_carried(const struct threshold *t, const struct threshold_look *look,
                         struct reading *reading)
{
    struct use use;
    double amount = look->share * t->size;
    use_init(&use, t, look->scenario);
    reading->reached = use_tail(&use, amount) >= 1 - QUANTILE;
    reading->value = look->exact ? use_quantile(&use, t->size) : amount;
    reading->limit = limit_name(t->limit);
    reading->basis = BASIS_APPROXIMATE;
    bool ok = !use.failed;
    use_release(&use);
    return ok;
}

/* ---- Devices and goals ---- */

/* Of peers that serve so many a second only. */
static double refreshes_of(const struct at_rest *rest, const struct scenario *s, uint32_t cluster)
{
    const struct cluster *c = &s->clusters[cluster];
    double sum = 0;
    for (uint32_t p = c->first_peer; p < c->first_peer + c->peer_count; p++)
        sum += s->peers[p].registration_rate > 0 ? rest->peers[p].refreshes : 0;
    return sum;
}

static bool read_counted(const struct threshold *t, const struct scenario *s, double share,
                         struct reading *reading)
{
    struct at_rest rest = {0};
    struct limit_entry entry = {.limit = t->limit, .holder = HELD_BY_CLUSTER, .index = t->index};
    bool ok = at_rest_count(s, NULL, 0, NONE, &rest);
    if (ok)
        reading->value = t->rate ? refreshes_of(&rest, s, t->index) : at_rest_use(&rest, &entry);
    reading->reached = reading->value >= share * t->size;
    reading->limit = limit_name(t->limit);
    reading->basis = BASIS_COUNTED;
    at_rest_release(&rest);
    return ok;
}

static bool judge(const struct scenario *s, const struct forecast_options *options,
                  struct answer *answer)
{
    bool replay = s->trace_count > 0 && options->traces;
    struct trial_options how = {.simulate = replay,
                                .preview = true,
                                .jobs = options->jobs,
                                .replications = replay,
                                .stop = options->stop};
    struct trial_scenario made = {.scenario = *s};
    if (replay)
        made.traces = *options->traces;
    return trial_judge_made(&made, &how, answer) == TRIAL_JUDGED;
}

/* Erlangs at the busiest, or devices; NAN: recorded. False when out of memory. */
static bool load_of(const struct scenario *s, enum goal goal, double *load)
{
    nanos at;
    double *erlangs = calloc(s->class_count + (size_t)1, sizeof *erlangs);
    bool ok = erlangs && busiest_load(s, &at, erlangs);
    *load = goal == GOAL_BLOCKING && s->trace_count > 0 ? NAN : 0;
    for (uint32_t k = 0; ok && goal == GOAL_BLOCKING && k < s->class_count; k++)
        *load += erlangs[k];
    for (uint32_t e = 0; goal == GOAL_REGISTRATIONS && e < s->endpoints_count; e++)
        *load += (double)s->endpoints[e].count;
    free(erlangs);
    return ok;
}

static bool read_goal(const struct threshold *t, const struct scenario *s,
                      const struct forecast_options *options, struct reading *reading)
{
    struct answer answer;
    const enum goal goals[] = {GOAL_BLOCKING, GOAL_REGISTRATIONS};
    if (!judge(s, options, &answer))
        return false;
    const struct judged *calls = answer_worst(&answer, GOAL_BLOCKING, t->down);
    reading->blocked = calls ? calls->value.value : NAN;
    reading->nothing = answer.verdict == VERDICT_NOTHING;
    bool ok = true;
    for (int g = 0; g < 2 && !reading->reached; g++) {
        const struct judged *row = answer_worst(&answer, goals[g], t->down);
        if (!row)
            continue;
        reading->reached = row->value.value > row->limit || row->verdict == VERDICT_NO;
        reading->basis = row->basis;
        reading->limit = goals[g] == GOAL_BLOCKING ? design_binding(&answer)
                                                   : limit_name(limit_called(row->cause));
        ok = ok && load_of(s, goals[g], &reading->value);
    }
    answer_release(&answer);
    return ok;
}

bool threshold_read(const struct threshold *t, const struct threshold_look *look,
                    struct reading *reading)
{
    const struct forecast_options *options = look->options;
    *reading = (struct reading){.limit = "", .value = NAN, .blocked = NAN};
    if (options->stop && atomic_load(options->stop))
        return false;
    switch (t->kind) {
    case THRESHOLD_COUNTED:
        return read_counted(t, look->scenario, look->share, reading);
    case THRESHOLD_CARRIED:
        return read_carried(t, look, reading);
    default:
        return read_goal(t, look->scenario, options, reading);
    }
}
