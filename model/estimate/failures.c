#include "model/estimate/failures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/groups.h"
#include "model/estimate/load.h"
#include "model/estimate/sets.h"
#include "model/formulas/availability.h"

#define STATES_MAX 4096 /* of the clusters of a group together */
#define UNLIKELY   1e-12
#define SAME       1e-9 /* relative difference of figures of sets that are equally bad */
#define SLICES     16   /* of the run, over which peers that start up begin to fail */

/* ---- how often peers are up ---- */

/* Does the outage take this peer? */
static bool takes(const struct scenario *s, const struct random_outage *o, uint32_t peer)
{
    return o->cluster == s->peers[peer].cluster && (o->peer == NONE || o->peer == peer);
}

static double away_mean(const struct random_outage *o)
{
    return o->down_mean + (o->maintenance ? o->drain_mean : 0);
}

/* Seconds since all peers were up, at a slice of the run; an automatic warm-up waits until that is
 * forgotten. */
static double age_at(const struct scenario *s, int slice)
{
    double length = (double)s->run.length / (double)SECOND;
    if (s->run.warmup_kind == WARMUP_AUTO && !load_varies(s))
        return INFINITY;
    double before =
        s->run.warmup_kind == WARMUP_STATED ? (double)s->run.warmup / (double)SECOND : 0;
    return before + length * (slice + 0.5) / SLICES;
}

static double up_share(const struct scenario *s, const struct random_outage *o, int slice)
{
    double up = o->up_mean, down = away_mean(o), always = up / (up + down);
    return always + (1 - always) * exp(-age_at(s, slice) * (1 / up + 1 / down));
}

static double peer_up(const struct scenario *s, uint32_t peer, int slice)
{
    double up = 1;
    for (uint32_t o = 0; o < s->outage_count; o++)
        if (takes(s, &s->outages[o], peer))
            up *= up_share(s, &s->outages[o], slice);
    return up;
}

static const struct random_outage *only_outage(const struct scenario *s, uint32_t cluster)
{
    const struct random_outage *found = NULL;
    for (uint32_t o = 0; o < s->outage_count; o++)
        if (s->outages[o].cluster == cluster) {
            if (found)
                return NULL;
            found = &s->outages[o];
        }
    return found;
}

/* Probabilities of all sets of a cluster's peers that fail, beside those of `away`. */
static void set_law(const struct scenario *s, uint32_t cluster, unsigned away, double *law)
{
    const struct cluster *c = &s->clusters[cluster];
    const struct random_outage *one = only_outage(s, cluster);
    int peers = (int)c->peer_count;
    unsigned sets = 1u << peers;
    memset(law, 0, sets * sizeof *law);
    if (one && one->crew > 0 && one->crew < peers && one->peer == NONE && !away) {
        double p[CLUSTER_PEERS_MAX + 1], ways[] = {1, 1, 1, 1, 1, 1, 1};
        availability_identical(peers, one->up_mean, away_mean(one), one->crew, p);
        for (int down = 1; down <= peers; down++)
            ways[down] = ways[down - 1] * (peers - down + 1) / down;
        for (unsigned set = 0; set < sets; set++)
            law[set] = p[peers - __builtin_popcount(set)] / ways[__builtin_popcount(set)];
        return;
    }
    for (int slice = 0; slice < SLICES; slice++) {
        double up[CLUSTER_PEERS_MAX];
        for (int i = 0; i < peers; i++)
            up[i] = away >> i & 1 ? 1 : peer_up(s, c->first_peer + (uint32_t)i, slice);
        for (unsigned set = 0; set < sets; set++) {
            double p = 1.0 / SLICES;
            for (int i = 0; i < peers; i++)
                p *= set >> i & 1 ? 1 - up[i] : up[i];
            law[set] += p;
        }
    }
}

static bool cluster_fails(const struct scenario *s, uint32_t cluster, const uint8_t *away)
{
    for (uint32_t i = 0; i < s->clusters[cluster].peer_count; i++)
        for (uint32_t o = 0; o < s->outage_count; o++)
            if (!(away && away[cluster] >> i & 1) && s->outages[o].up_mean > 0 &&
                takes(s, &s->outages[o], s->clusters[cluster].first_peer + i))
                return true;
    return false;
}

bool failures_happen(const struct scenario *s, const uint8_t *away)
{
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (cluster_fails(s, c, away))
            return true;
    return false;
}

/* Why weighting is no more than an orientation, or NULL. */
static const char *law_reason(const struct scenario *s, uint32_t cluster)
{
    const struct cluster *c = &s->clusters[cluster];
    const struct random_outage *one = only_outage(s, cluster);
    for (uint32_t o = 0; o < s->outage_count; o++) {
        const struct random_outage *r = &s->outages[o];
        if (r->cluster != cluster)
            continue;
        if (c->detect > 0 && !r->maintenance)
            return "calls still go to a peer that failed until that is detected";
        if (r->law != LAW_EXPONENTIAL)
            return "peers fail at stated intervals, and not independently";
        if (r->crew > 0 && r->crew < (int)c->peer_count && (!one || r->maintenance))
            return "a crew repairs peers of several kinds of outage";
        if (c->licensed[LICENCE_RMS] && c->licence_grace > 0 &&
            exp(-(double)c->licence_grace / (double)SECOND / r->down_mean) > 1e-4)
            return "licences leave the pool while peers are repaired";
    }
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        if (s->endpoints[e].cluster == cluster)
            for (uint32_t k = 0; k < s->class_count; k++)
                if ((s->classes[k].via.origin == ORIGIN_ENDPOINTS &&
                     s->classes[k].via.endpoints == e) ||
                    (s->classes[k].target == TARGET_ENDPOINTS &&
                     s->classes[k].target_endpoints == e))
                    return "devices register anew when a peer fails";
    return NULL;
}

static double shortest_repair(const struct scenario *s, uint32_t cluster)
{
    double least = INFINITY;
    for (uint32_t o = 0; o < s->outage_count; o++)
        if (s->outages[o].cluster == cluster)
            least = fmin(least, away_mean(&s->outages[o]));
    return least;
}

/* ---- states of a group ---- */

/* Sets of peers down in all clusters of a group, one of each kind. */
struct states {
    uint32_t clusters; /* of the scenario: length of a row of masks */
    uint8_t *masks;    /* owned */
    double *p;         /* owned */
    size_t count;
    double missing; /* probability of what was left out */
};

/* Combines what is there with the sets of one more cluster; NULL masks: out of memory. */
static bool states_multiply(struct states *st, const struct scenario *s, uint32_t cluster,
                            unsigned away)
{
    uint8_t kinds[CLUSTER_PEERS_MAX];
    double law[SETS_MAX] = {0}, own[SETS_MAX] = {0};
    int peers = (int)s->clusters[cluster].peer_count;
    sets_kinds(s, cluster, kinds);
    set_law(s, cluster, away, law);
    for (unsigned set = 0; set < 1u << peers; set++)
        own[away ? set : sets_standing_for(kinds, peers, set)] += law[set];
    uint8_t *masks = malloc(STATES_MAX * (size_t)st->clusters);
    double *p = malloc(STATES_MAX * sizeof *p);
    size_t count = 0;
    for (size_t i = 0; masks && p && i < st->count; i++)
        for (unsigned set = 0; set < 1u << peers; set++) {
            double both = st->p[i] * own[set];
            if (both > 0 && (both < UNLIKELY || count == STATES_MAX)) {
                st->missing += both;
            } else if (both > 0) {
                memcpy(masks + count * st->clusters, st->masks + i * st->clusters, st->clusters);
                masks[count * st->clusters + cluster] |= (uint8_t)set;
                p[count++] = both;
            }
        }
    free(st->masks);
    free(st->p);
    st->masks = masks;
    st->p = p;
    st->count = count;
    return masks && p;
}

static bool states_init(struct states *st, const struct scenario *s, const struct groups *g,
                        uint32_t group, const uint8_t *away)
{
    *st = (struct states){.clusters = s->cluster_count, .count = 1};
    st->masks = calloc((size_t)s->cluster_count + 1, 1);
    st->p = malloc(sizeof *st->p);
    bool done = st->masks && st->p;
    if (done)
        st->p[0] = 1;
    if (done && away)
        memcpy(st->masks, away, s->cluster_count);
    for (uint32_t c = 0; done && c < s->cluster_count; c++)
        if (g->clusters[c] == group && cluster_fails(s, c, away))
            done = states_multiply(st, s, c, away ? away[c] : 0);
    return done;
}

static void states_release(struct states *st)
{
    free(st->masks);
    free(st->p);
}

/* ---- weighting ---- */

struct weigher {
    const struct scenario *scenario;
    const struct run_request *request;
    struct groups groups;
    struct totals *run, *hours;
    int hour_count;
    double *cut;
};

static bool passes(const struct scenario *s, const struct call_class *call, uint32_t cluster)
{
    uint32_t starts[2] = {call->via.cluster, groups_target(s, call)};
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

static void add_cut(struct weigher *w, const struct totals *run, uint32_t group, double p)
{
    const struct scenario *s = w->scenario;
    for (uint32_t c = 0; w->cut && c < s->cluster_count; c++) {
        double rate = w->groups.clusters[c] == group ? failures_a_second(s, c) : 0;
        for (uint32_t k = 0; rate > 0 && k < s->class_count; k++)
            if (w->groups.classes[k] == group && passes(s, &s->classes[k], c))
                w->cut[k] += p * rate * run->classes[k].call_seconds;
    }
}

static void widen_class(struct class_total *t, double low, double high, double missing)
{
    t->blocked_low -= (1 - low) * t->blocked;
    t->blocked_high += (high - 1) * t->blocked + missing * t->offered;
    if (missing > 0 && missing < 1) { /* counts of the states that were looked at stand for all */
        t->offered /= 1 - missing;
        t->blocked /= 1 - missing;
    }
    t->blocked_high = fmin(t->offered, fmax(t->blocked, t->blocked_high));
    t->blocked_low = fmax(0, fmin(t->blocked, t->blocked_low));
}

/* Weighted figures are approximate at best, and how well depends on repairs against calls. */
static void widen(const struct weigher *w, uint32_t group, double missing)
{
    const struct scenario *s = w->scenario;
    double repair = INFINITY;
    const char *reason = NULL;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (w->groups.clusters[c] == group && cluster_fails(s, c, w->request->away)) {
            repair = fmin(repair, shortest_repair(s, c));
            reason = reason ? reason : law_reason(s, c);
        }
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (int h = -1; w->groups.clusters[c] == group && h < w->hour_count; h++) {
            struct totals *t = h < 0 ? w->run : &w->hours[h];
            t->clusters[c].badge = BADGE_SIMULATE;
            t->cut = true;
        }
    for (uint32_t k = 0; k < s->class_count; k++) {
        double low, high;
        if (w->groups.classes[k] != group)
            continue;
        availability_band(repair / load_hold(&s->classes[k]), &low, &high);
        const char *why = reason ? reason : low <= 0 ? "repairs are short against calls" : NULL;
        for (int h = -1; h < w->hour_count; h++) {
            struct class_total *t = h < 0 ? &w->run->classes[k] : &w->hours[h].classes[k];
            class_worsen(t, why ? BADGE_SIMULATE : BADGE_APPROXIMATE, "weighted over peers up",
                         why);
            if (t->badge == BADGE_APPROXIMATE)
                t->formula = "weighted over peers up";
            widen_class(t, low, high, missing);
        }
    }
}

static void release_hours(struct totals *hours, int count)
{
    for (int h = 0; hours && h < count; h++)
        totals_release(&hours[h]);
    free(hours);
}

static bool weigh_state(struct weigher *w, uint32_t group, const uint8_t *away, double p)
{
    const struct scenario *s = w->scenario;
    struct run_request q = *w->request;
    struct totals run, *hours = w->hours ? calloc((size_t)w->hour_count, sizeof *hours) : NULL;
    q.away = away;
    if ((w->hours && !hours) || !run_totals(s, &q, &run, hours)) {
        free(hours);
        return false;
    }
    struct weighing weighing = {p, group, w->groups.classes, w->groups.clusters};
    totals_weigh(w->run, &run, s, &weighing);
    w->run->seconds = run.seconds;
    for (int h = 0; h < w->hour_count; h++) {
        totals_weigh(&w->hours[h], &hours[h], s, &weighing);
        w->hours[h].seconds = hours[h].seconds;
    }
    add_cut(w, &run, group, p);
    totals_release(&run);
    release_hours(hours, w->hour_count);
    return true;
}

static bool weigh_group(struct weigher *w, uint32_t group)
{
    struct states states;
    bool done = states_init(&states, w->scenario, &w->groups, group, w->request->away);
    for (size_t i = 0; done && i < states.count; i++)
        done = weigh_state(w, group, states.masks + i * states.clusters, states.p[i]);
    if (done && (states.count > 1 || states.missing > 0))
        widen(w, group, states.missing);
    states_release(&states);
    return done;
}

bool failures_totals(const struct scenario *s, const struct run_request *q, struct totals *run,
                     struct totals *hours, double *cut)
{
    if (!failures_happen(s, q->away))
        return run_totals(s, q, run, hours);
    struct weigher w = {.scenario = s, .request = q, .run = run, .hours = hours, .cut = cut};
    int made = 0, count = hours ? run_hours(s) : 0;
    bool done = totals_init(run, s);
    while (done && made < count && totals_init(&hours[made], s))
        made++;
    w.hour_count = count;
    done = done && made == count && groups_init(&w.groups, s);
    for (uint32_t c = 0; done && c < s->cluster_count; c++)
        if (w.groups.clusters[c] == c)
            done = weigh_group(&w, c);
    groups_release(&w.groups);
    if (done)
        return true;
    for (int h = 0; h < made; h++)
        totals_release(&hours[h]);
    totals_release(run);
    return false;
}

/* How bad it is to lose a set: the worst class's share of refused calls, then all refused calls. */
struct loss {
    double worst, all;
};

static bool set_loss(const struct scenario *s, const uint8_t *mask,
                     const struct run_request *request, struct loss *loss)
{
    uint32_t worst;
    struct totals run;
    struct run_request q = {
        .away = mask, .scale = request->scale, .preview = true, .loads = request->loads};
    if (!run_totals(s, &q, &run, NULL))
        return false;
    *loss = (struct loss){.worst = run_excess(s, &run, &worst)};
    for (uint32_t k = 0; k < s->class_count; k++)
        loss->all += run.classes[k].blocked;
    totals_release(&run);
    return true;
}

/* Of the peers in which two sets differ, does the first by name belong to a? */
static bool named_first(const struct scenario *s, const uint8_t *a, const uint8_t *b)
{
    const char *first = NULL;
    bool in_a = false;
    for (uint32_t p = 0; p < s->peer_count; p++) {
        uint32_t c = s->peers[p].cluster;
        unsigned bit = 1u << (p - s->clusters[c].first_peer);
        if (((a[c] ^ b[c]) & bit) && (!first || strcmp(s->peers[p].name, first) < 0)) {
            first = s->peers[p].name;
            in_a = a[c] & bit;
        }
    }
    return in_a;
}

/* The order of the file decides nothing: where two sets are equally bad, names do. */
static bool worse(const struct scenario *s, const struct loss *x, const uint8_t *a,
                  const struct loss *y, const uint8_t *b)
{
    if (fabs(x->worst - y->worst) > SAME * fabs(y->worst))
        return x->worst > y->worst;
    if (fabs(x->all - y->all) > SAME * fabs(y->all))
        return x->all > y->all;
    return named_first(s, a, b);
}

bool failures_worst_set(const struct scenario *s, int down, const struct run_request *request,
                        const uint8_t *out, uint8_t *away)
{
    memset(away, 0, s->cluster_count);
    if (out && s->cluster_count)
        memcpy(away, out, s->cluster_count);
    if (down <= 0 || s->cluster_count == 0)
        return true;
    int room = SETS_OF_TWO + SETS_MAX * (int)s->cluster_count;
    uint8_t *masks = malloc((size_t)room * s->cluster_count);
    int count = masks ? sets_of(s, down, out, masks, room) : 0;
    struct loss highest = {-1, 0}, loss = {0, 0};
    bool done = masks != NULL;
    for (int i = 0; done && i < count; i++) {
        const uint8_t *mask = masks + (size_t)i * s->cluster_count;
        done = count == 1 || set_loss(s, mask, request, &loss);
        if (done && (i == 0 || worse(s, &loss, mask, &highest, away))) {
            highest = loss;
            memcpy(away, mask, s->cluster_count);
        }
    }
    free(masks);
    return done;
}

/* ---- rows ---- */

static void law_rows(struct maker *m, uint32_t cluster)
{
    const struct scenario *s = m->scenario;
    const char *name = s->clusters[cluster].name;
    double law[SETS_MAX] = {0}, p[CLUSTER_PEERS_MAX + 1] = {0};
    int peers = (int)s->clusters[cluster].peer_count;
    enum badge badge = law_reason(s, cluster) ? BADGE_SIMULATE : BADGE_APPROXIMATE;
    set_law(s, cluster, 0, law);
    for (unsigned set = 0; set < 1u << peers; set++)
        p[peers - __builtin_popcount(set)] += law[set];
    for (int up = 0; up <= peers; up++) {
        double minutes = p[up] * MINUTES_A_YEAR;
        row_add(m, (enum metric_id)(METRIC_CLUSTER_PEERS_UP_0 + up), name,
                (struct band){p[up], p[up], p[up]}, badge, "peers up");
        row_add(m, (enum metric_id)(METRIC_CLUSTER_PEERS_UP_0_MINUTES + up), name,
                (struct band){minutes, minutes, minutes}, badge, "peers up");
    }
}

static double shortest_repair_of(const struct scenario *s, const struct call_class *call)
{
    double least = INFINITY;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (passes(s, call, c))
            least = fmin(least, shortest_repair(s, c));
    return least;
}

void failures_rows(struct maker *m, const struct totals *run, const double *cut)
{
    const struct scenario *s = m->scenario;
    double hours = run->seconds / 3600;
    m->hour = WHOLE_RUN;
    m->down = WEIGHTED;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (cluster_fails(s, c, NULL))
            law_rows(m, c);
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct class_total *c = &run->classes[k];
        const char *name = s->classes[k].name, *formula = "weighted over peers up";
        if (c->offered <= 0)
            continue;
        double low, high;
        availability_band(shortest_repair_of(s, &s->classes[k]) / load_hold(&s->classes[k]), &low,
                          &high);
        struct band calls = {cut[k], cut[k] * low, cut[k] * high};
        row_add(m, METRIC_CLASS_DROPPED, name, calls, c->badge, formula);
        row_add(m, METRIC_CLASS_DROPPED_RATE, name,
                (struct band){calls.value / hours, calls.low / hours, calls.high / hours}, c->badge,
                formula);
    }
}
