#include "tui/swings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/settings.h"
#include "model/base/arena.h"
#include "model/busiest.h"

#define ITEMS_MOST    200
#define SIMULATE_MOST 8 /* sides that are simulated */

/* ---- Values ---- */

void swings_free(struct swings *swings)
{
    if (!swings)
        return;
    for (size_t i = 0; i < swings->count; i++) {
        free(swings->items[i].name);
        free(swings->items[i].path);
    }
    free(swings->items);
    free(swings);
}

static struct swings *swings_copy(const struct swings *from)
{
    struct swings *to = malloc(sizeof *to);
    if (!to)
        return NULL;
    *to = *from;
    to->count = 0;
    to->items = calloc(from->count + 1, sizeof *to->items);
    for (size_t i = 0; to->items && i < from->count; i++) {
        struct swing item = from->items[i];
        item.name = strdup(item.name);
        item.path = strdup(item.path);
        to->items[to->count++] = item;
        if (item.name && item.path)
            continue;
        swings_free(to);
        return NULL;
    }
    return to;
}

double swing_width(const struct swing *swing)
{
    return swing->less.known && swing->more.known ? fabs(swing->more.share - swing->less.share)
                                                  : NAN;
}

static int by_width(const void *a, const void *b)
{
    double x = swing_width(a), y = swing_width(b);
    if (isnan(x) != isnan(y))
        return isnan(x) ? 1 : -1;
    if (x != y && !isnan(x))
        return x > y ? -1 : 1;
    return strcmp(((const struct swing *)a)->path, ((const struct swing *)b)->path);
}

/* ---- What is varied ---- */

struct range {
    double now, less, more;
    const char *unit;
};

static void add(struct swings *swings, const char *name, const char *path, struct range range)
{
    if (swings->count == ITEMS_MOST)
        return;
    struct swing swing = {.name = strdup(name), .path = strdup(path)};
    snprintf(swing.now, sizeof swing.now, "%.10g%s", range.now, range.unit);
    snprintf(swing.less.value, sizeof swing.less.value, "%.10g%s", range.less, range.unit);
    snprintf(swing.more.value, sizeof swing.more.value, "%.10g%s", range.more, range.unit);
    if (swing.name && swing.path)
        swings->items[swings->count++] = swing;
    else
        free(swing.name), free(swing.path);
}

/* The calls and the holding time of a class. */
static void add_class(struct swings *swings, const struct call_class *class, double factor)
{
    char quoted[SETTING_NAME_SIZE], path[SETTING_NAME_SIZE + 64], name[320];
    if (class->arrivals.kind == ARRIVALS_NONE)
        return;
    setting_name(class->name, quoted);
    snprintf(path, sizeof path, "calls.%s.arrivals.scale", quoted);
    snprintf(name, sizeof name, "%s: calls", class->name);
    add(swings, name, path, (struct range){100 * factor, 90 * factor, 110 * factor, "%"});
    if (class->holding.law == LAW_EMPIRICAL || class->holding.count > 0)
        return;
    double mean = class->holding.mean;
    snprintf(path, sizeof path, "calls.%s.holding.mean", quoted);
    snprintf(name, sizeof name, "%s: holding time", class->name);
    add(swings, name, path, (struct range){mean, 0.9 * mean, 1.1 * mean, "s"});
}

/* A class and what it offers in the busiest hour. */
struct rank {
    double erlangs;
    uint32_t index;
};

static int by_load(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    if (x->erlangs != y->erlangs)
        return x->erlangs > y->erlangs ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

/* All of them; where that is too many to look at, those that offer most. */
static void add_classes(struct swings *swings, const struct scenario *s, const double *factors)
{
    size_t most = (ITEMS_MOST - swings->count) / 2;
    struct rank *ranks = calloc(s->class_count + 1, sizeof *ranks);
    double *erlangs = calloc(s->class_count + 1, sizeof *erlangs);
    nanos at;
    bool choose = s->class_count > most && erlangs && busiest_load(s, &at, erlangs);
    for (uint32_t i = 0; ranks && i < s->class_count; i++)
        ranks[i] = (struct rank){choose ? erlangs[i] : 0, i};
    if (choose && ranks)
        qsort(ranks, s->class_count, sizeof *ranks, by_load);
    for (uint32_t i = 0; ranks && i < s->class_count && i < most; i++)
        add_class(swings, &s->classes[ranks[i].index], factors[ranks[i].index]);
    swings->classes = s->class_count < most ? s->class_count : (uint32_t)most;
    free(erlangs);
    free(ranks);
}

/* Of each cluster a peer more and fewer, and its licences where they are stated on peers alike. */
static void add_clusters(struct swings *swings, const struct scenario *s)
{
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        const struct cluster *cluster = &s->clusters[c];
        char quoted[SETTING_NAME_SIZE], path[SETTING_NAME_SIZE + 64], name[320];
        double peers = cluster->peer_count;
        int64_t rms = s->peers[cluster->first_peer].licences[LICENCE_RMS];
        bool alike = cluster->licensed[LICENCE_RMS] && rms > 0;
        for (uint32_t p = 0; p < cluster->peer_count; p++)
            alike = alike && s->peers[cluster->first_peer + p].licences[LICENCE_RMS] == rms;
        setting_name(cluster->name, quoted);
        snprintf(path, sizeof path, "clusters.%s.peers", quoted);
        snprintf(name, sizeof name, "%s: peers", cluster->name);
        add(swings, name, path,
            (struct range){peers, fmax(peers - 1, 1), fmin(peers + 1, CLUSTER_PEERS_MAX), ""});
        if (!alike)
            continue;
        snprintf(path, sizeof path, "clusters.%s.peers.*.rms", quoted);
        snprintf(name, sizeof name, "%s: RMS of each peer", cluster->name);
        add(swings, name, path,
            (struct range){(double)rms, floor(0.9 * (double)rms), ceil(1.1 * (double)rms), ""});
    }
}

/* ---- The worker ---- */

struct swings_work {
    struct trials *trials;
    struct swings *swings; /* as they begin; never changed */
};

static void work_release(struct job *job)
{
    struct swings_work *work = job->context;
    trials_free(work->trials);
    swings_free(work->swings);
    free(work);
}

struct job *swings_job(const struct session *session, const double *factors)
{
    struct swings_work *work = calloc(1, sizeof *work);
    struct trials *trials = trials_new(session);
    struct swings *swings = calloc(1, sizeof *swings);
    if (!work || !trials || !swings ||
        !(swings->items = calloc(ITEMS_MOST, sizeof *swings->items))) {
        free(work);
        trials_free(trials);
        swings_free(swings);
        return NULL;
    }
    swings->generation = session->generation;
    add_clusters(swings, &session->scenario);
    add_classes(swings, &session->scenario, factors);
    *work = (struct swings_work){trials, swings};
    return job_new(work, work_release, session->generation, session->threads);
}

/* One trial; false when the job is to be dropped. */
static bool try(struct worker *worker, const struct job *job, const char *path, bool simulate,
                struct swing_side *side)
{
    const struct swings_work *work = job->context;
    struct trial_maker maker = trials_maker(work->trials);
    struct trial_options options = {
        .simulate = simulate, .preview = true, .jobs = job->threads, .stop = worker_stop(worker)};
    char setting[640];
    const char *items[] = {setting};
    struct answer answer;
    snprintf(setting, sizeof setting, "%s=%s", path, side->value);
    enum trial_outcome outcome = trial_judge(&maker, items, *path ? 1 : 0, &options, &answer);
    if (outcome == TRIAL_STOPPED || outcome == TRIAL_FAILED)
        return false;
    if (outcome != TRIAL_JUDGED)
        return true;
    const struct judged *row = trial_row(&answer);
    if (row) {
        side->known = true;
        side->simulated = simulate;
        side->verdict = answer.verdict;
        side->share = row->value.value;
    }
    answer_release(&answer);
    return true;
}

static void publish(struct worker *worker, const struct job *job, const struct swings *swings)
{
    struct swings *copy = swings_copy(swings);
    if (!copy)
        return;
    qsort(copy->items, copy->count, sizeof *copy->items, by_width);
    worker_publish(worker, job, (struct news){.swings = copy});
}

static bool estimate_all(struct worker *worker, const struct job *job, struct swings *swings)
{
    struct swing_side present = {.value = ""};
    if (!try(worker, job, "", false, &present))
        return false;
    swings->known = present.known;
    swings->share = present.share;
    swings->verdict = present.verdict;
    for (size_t i = 0; i < swings->count; i++) {
        struct swing *item = &swings->items[i];
        if (!try(worker, job, item->path, false, &item->less) ||
            !try(worker, job, item->path, false, &item->more))
            return false;
        swings->done = i + 1;
        publish(worker, job, swings);
    }
    return true;
}

/* Where a side would change the verdict, the simulation says whether it does. */
static bool confirm(struct worker *worker, const struct job *job, struct swings *swings)
{
    int left = SIMULATE_MOST;
    qsort(swings->items, swings->count, sizeof *swings->items, by_width);
    for (size_t i = 0; i < swings->count; i++) {
        struct swing_side *sides[] = {&swings->items[i].less, &swings->items[i].more};
        for (int k = 0; k < 2 && left > 0; k++) {
            if (!sides[k]->known || sides[k]->verdict == swings->verdict)
                continue;
            left--;
            if (!try(worker, job, swings->items[i].path, true, sides[k]))
                return false;
            publish(worker, job, swings);
        }
    }
    return true;
}

void background_swings(struct worker *worker, const struct job *job, void *context)
{
    const struct swings_work *work = job->context;
    struct swings *swings = swings_copy(work->swings);
    (void)context;
    if (swings && estimate_all(worker, job, swings) && confirm(worker, job, swings)) {
        swings->finished = true;
        publish(worker, job, swings);
    }
    swings_free(swings);
}
