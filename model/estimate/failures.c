#include "model/estimate/failures.h"

#include <math.h>
#include <stdlib.h>

#include "model/formulas/availability.h"
#include "model/estimate/load.h"

/* ---- peers that fail at random
 * ---------------------------------------------------------------------------------- */

/* Shares of time that each peer of a cluster is up, by all random outages that concern it; false
 * when there are none. */
static bool up_fractions(const struct scenario *s, uint32_t cluster, double *up, double *repair,
                         int *crew, int *entries)
{
    *repair = INFINITY;
    *crew = *entries = 0;
    for (int i = 0; i < CLUSTER_PEERS_MAX; i++)
        up[i] = 1;
    for (uint32_t o = 0; o < s->outage_count; o++) {
        const struct random_outage *r = &s->outages[o];
        if (r->cluster != cluster)
            continue;
        double away = r->down_mean + (r->maintenance ? r->drain_mean : 0), all = r->up_mean + away;
        for (uint32_t i = 0; all > 0 && i < s->clusters[cluster].peer_count; i++)
            if (r->peer == NONE || r->peer == s->clusters[cluster].first_peer + i)
                up[i] *= r->up_mean / all;
        *repair = fmin(*repair, away);
        *crew = r->crew;
        ++*entries;
    }
    return *entries > 0;
}

static void peers_up_law(const struct scenario *s, uint32_t cluster, double *p, double *repair,
                         enum badge *badge)
{
    double up[CLUSTER_PEERS_MAX];
    int crew, entries, peers = (int)s->clusters[cluster].peer_count;
    up_fractions(s, cluster, up, repair, &crew, &entries);
    *badge = BADGE_EXACT;
    if (entries == 1 && crew > 0 && crew < peers)
        for (uint32_t o = 0; o < s->outage_count; o++) {
            const struct random_outage *r = &s->outages[o];
            if (r->cluster != cluster)
                continue;
            availability_identical(peers, r->up_mean, r->down_mean, crew, p);
            if (r->law != LAW_EXPONENTIAL || r->maintenance || r->peer != NONE)
                *badge = BADGE_SIMULATE;
            return;
        }
    if (entries > 1 || crew > 0)
        *badge = crew > 0 && crew < peers ? BADGE_SIMULATE : BADGE_APPROXIMATE;
    availability_independent(up, peers, p);
}

/* The weighted blocked, and calls cut, of each class so far. */
struct weighted {
    double blocked, low, high, cut;
    enum badge badge;
};

/* Does a call of the class hold anything in the cluster? Calls of other clusters are not cut by its
 * failures. */
static bool passes(const struct scenario *s, const struct call_class *call, uint32_t cluster)
{
    uint32_t starts[2] = {call->via.cluster, NONE};
    if (call->target == TARGET_ENDPOINTS)
        starts[1] = s->endpoints[call->target_endpoints].cluster;
    else if (call->target == TARGET_ZONE)
        starts[1] = s->zones[call->target_zone].cluster;
    for (int i = 0; i < 2; i++) {
        uint32_t c = starts[i];
        for (uint32_t steps = 0; c != NONE && steps <= s->cluster_count;
             steps++, c = s->clusters[c].traversal)
            if (c == cluster)
                return true;
    }
    return false;
}

static double failures_a_second(const struct scenario *s, uint32_t cluster)
{
    double rate = 0;
    for (uint32_t o = 0; o < s->outage_count; o++)
        if (s->outages[o].cluster == cluster && !s->outages[o].maintenance &&
            s->outages[o].up_mean > 0)
            rate += 1 / s->outages[o].up_mean /
                    (s->outages[o].peer == NONE ? 1 : (double)s->clusters[cluster].peer_count);
    return rate;
}

static void weigh(const struct scenario *s, uint32_t cluster, struct weighted *w,
                  const struct totals *run, const struct totals *base, double p)
{
    double rate = failures_a_second(s, cluster);
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct class_total *c = &run->classes[k], *b = &base->classes[k];
        w[k].blocked += p * (c->blocked - b->blocked);
        w[k].low += p * (c->blocked_low - b->blocked_low);
        w[k].high += p * (c->blocked_high - b->blocked_high);
        w[k].cut += passes(s, &s->classes[k], cluster) ? p * rate * c->call_seconds : 0;
        if (p > 1e-12 && c->badge > w[k].badge)
            w[k].badge = c->badge;
    }
}

static void widen(const struct scenario *s, struct weighted *w, const struct totals *base,
                  double repair, enum badge law)
{
    for (uint32_t k = 0; k < s->class_count; k++) {
        double low, high, all = base->classes[k].blocked + w[k].blocked;
        availability_band(repair / load_hold(&s->classes[k]), &low, &high);
        enum badge badge = low <= 0 || law == BADGE_SIMULATE ? BADGE_SIMULATE : BADGE_APPROXIMATE;
        w[k].badge = badge > w[k].badge ? badge : w[k].badge;
        w[k].low -= (1 - low) * all;
        w[k].high += (high - 1) * all;
    }
}

static void law_rows(struct maker *m, uint32_t cluster, const double *p, enum badge badge)
{
    const char *name = m->scenario->clusters[cluster].name;
    int peers = (int)m->scenario->clusters[cluster].peer_count;
    m->hour = WHOLE_RUN;
    m->down = WEIGHTED;
    for (int up = 0; up <= peers; up++) {
        double minutes = p[up] * MINUTES_A_YEAR;
        row_add(m, (enum metric_id)(METRIC_CLUSTER_PEERS_UP_0 + up), name,
                (struct band){p[up], p[up], p[up]}, badge, "peers up");
        row_add(m, (enum metric_id)(METRIC_CLUSTER_PEERS_UP_0_MINUTES + up), name,
                (struct band){minutes, minutes, minutes}, badge, "peers up");
    }
}

static bool weigh_cluster(struct maker *m, uint32_t cluster, const struct totals *base,
                          struct weighted *w)
{
    const struct scenario *s = m->scenario;
    double p[CLUSTER_PEERS_MAX + 1], repair;
    enum badge law;
    int peers = (int)s->clusters[cluster].peer_count;
    peers_up_law(s, cluster, p, &repair, &law);
    law_rows(m, cluster, p, law);
    uint8_t *away = calloc((size_t)s->cluster_count + 1, 1);
    bool done = away != NULL;
    for (int down = 0; done && down <= peers; down++) {
        struct totals run;
        away[cluster] = (uint8_t)((1u << down) - 1);
        struct run_request q = {.away = away, .scale = 1, .preview = m->preview};
        done = run_totals(s, &q, &run, NULL);
        if (!done)
            break;
        weigh(s, cluster, w, &run, base, p[peers - down]);
        totals_release(&run);
    }
    free(away);
    if (done)
        widen(s, w, base, repair, law);
    return done;
}

static void class_rows(struct maker *m, struct totals *run, const struct weighted *w)
{
    double hours = run->seconds / 3600;
    m->hour = WHOLE_RUN;
    m->down = WEIGHTED;
    for (uint32_t k = 0; k < m->scenario->class_count; k++) {
        struct class_total *c = &run->classes[k];
        const char *name = m->scenario->classes[k].name, *formula = "weighted over peers up";
        if (c->offered <= 0)
            continue;
        c->blocked = fmin(c->offered, fmax(0, c->blocked + w[k].blocked));
        c->blocked_low = fmax(0, c->blocked_low + w[k].low);
        c->blocked_high = fmin(c->offered, c->blocked_high + w[k].high);
        c->badge = w[k].badge;
        c->formula = formula;
        c->reason = "repairs are short against calls, or share a crew";
        row_add(m, METRIC_CLASS_BLOCKED_FRACTION, name,
                (struct band){c->blocked / c->offered, c->blocked_low / c->offered,
                              c->blocked_high / c->offered},
                c->badge, formula);
        struct band cut = {w[k].cut, w[k].cut * 0.95, w[k].cut * 1.05};
        row_add(m, METRIC_CLASS_DROPPED, name, cut, c->badge, formula);
        row_add(m, METRIC_CLASS_DROPPED_RATE, name,
                (struct band){cut.value / hours, cut.low / hours, cut.high / hours}, c->badge,
                formula);
    }
}

bool failures_weigh(struct maker *m, struct totals *run)
{
    const struct scenario *s = m->scenario;
    double up[CLUSTER_PEERS_MAX], repair;
    int crew, entries;
    bool any = false, done = true;
    struct weighted *w = s->outage_count ? calloc((size_t)s->class_count + 1, sizeof *w) : NULL;
    if (s->outage_count && !w)
        return false;
    for (uint32_t c = 0; done && w && c < s->cluster_count; c++)
        if (up_fractions(s, c, up, &repair, &crew, &entries)) {
            any = true;
            done = weigh_cluster(m, c, run, w);
        }
    if (done && any)
        class_rows(m, run, w);
    free(w);
    return done;
}
