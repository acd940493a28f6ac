#include "model/estimate/failures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/groups.h"
#include "model/load.h"
#include "model/estimate/peers_up.h"
#include "model/estimate/sets.h"
#include "model/formulas/availability.h"

#define STATES_MAX 4096 /* of the clusters of a group together */
#define UNLIKELY   1e-12

bool failures_happen(const struct scenario *s, const uint8_t *away)
{
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (peers_up_fail(s, c, away))
            return true;
    return false;
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
    peers_up_law(s, cluster, away, law);
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
        if (g->clusters[c] == group && peers_up_fail(s, c, away))
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

#define FEW 0.01 /* share of the calls of a group from which on it matters how long they last */

/* What the band of a group depends on. */
static struct availability filling(const struct scenario *s, const struct totals *run,
                                   const struct groups *g, uint32_t group, double repair)
{
    struct availability a = {.load = 0};
    double longest = 0;
    for (uint32_t k = 0; k < s->class_count; k++)
        a.load += g->classes[k] == group ? run->classes[k].call_seconds / run->seconds : 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        bool some = run->classes[k].call_seconds / run->seconds >= FEW * a.load;
        if (g->classes[k] == group && some)
            longest = fmax(longest, fmax(load_hold(call), load_residual(call)));
    }
    a.repairs = longest > 0 ? repair / longest : INFINITY;
    return a;
}

/* Weighted figures are approximate at best, and how well depends on repairs against calls. */
static void widen(const struct weigher *w, uint32_t group, double missing)
{
    const struct scenario *s = w->scenario;
    double repair = INFINITY;
    const char *reason = NULL;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (w->groups.clusters[c] == group && peers_up_fail(s, c, w->request->away)) {
            repair = fmin(repair, peers_up_repair(s, c));
            reason = reason ? reason : peers_up_reason(s, c);
        }
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (int h = -1; w->groups.clusters[c] == group && h < w->hour_count; h++) {
            struct totals *t = h < 0 ? w->run : &w->hours[h];
            t->clusters[c].badge = BADGE_SIMULATE;
            t->cut = true;
        }
    struct availability a = filling(s, w->run, &w->groups, group, repair);
    for (uint32_t k = 0; k < s->class_count; k++) {
        double low, high;
        if (w->groups.classes[k] != group)
            continue;
        a.refused = class_blocking(&w->run->classes[k]);
        availability_band(&a, &low, &high);
        const char *why = reason     ? reason
                          : low <= 0 ? "repairs are short against calls"
                          : s->classes[k].redial_probability > 0
                              ? "calls are dialled again when peers fail"
                              : NULL;
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

/* ---- rows ---- */

static void law_rows(struct maker *m, uint32_t cluster)
{
    const struct scenario *s = m->scenario;
    const char *name = s->clusters[cluster].name;
    double law[SETS_MAX] = {0}, p[CLUSTER_PEERS_MAX + 1] = {0};
    int peers = (int)s->clusters[cluster].peer_count;
    enum badge badge = peers_up_reason(s, cluster) ? BADGE_SIMULATE : BADGE_APPROXIMATE;
    peers_up_law(s, cluster, 0, law);
    for (unsigned set = 0; set < 1u << peers; set++)
        p[peers - __builtin_popcount(set)] += law[set];
    for (int up = 0; up <= peers; up++) {
        double minutes = p[up] * MINUTES_A_YEAR;
        row_add(m, (enum metric_id)(METRIC_CLUSTER_PEERS_UP_0 + up), name,
                (struct row_value){{p[up], p[up], p[up]}, 0, badge, "peers up"});
        row_add(m, (enum metric_id)(METRIC_CLUSTER_PEERS_UP_0_MINUTES + up), name,
                (struct row_value){{minutes, minutes, minutes}, 0, badge, "peers up"});
    }
}

static double shortest_repair_of(const struct scenario *s, const struct call_class *call)
{
    double least = INFINITY;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (passes(s, call, c))
            least = fmin(least, peers_up_repair(s, c));
    return least;
}

/* Peers that fail one as often as the other cut calls in proportion to all of them, however these
 * are spread. What maintenance leaves to be cut is not counted. */
static bool cuts_are_known(const struct scenario *s, const struct call_class *call)
{
    for (uint32_t o = 0; o < s->outage_count; o++) {
        const struct random_outage *out = &s->outages[o];
        bool one_of_several = out->peer != NONE && s->clusters[out->cluster].peer_count > 1;
        if ((out->maintenance || one_of_several) && passes(s, call, out->cluster))
            return false;
    }
    return true;
}

void failures_rows(struct maker *m, const struct totals *run, const double *cut)
{
    const struct scenario *s = m->scenario;
    double hours = run->seconds / 3600;
    m->hour = WHOLE_RUN;
    m->down = WEIGHTED;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (peers_up_fail(s, c, NULL))
            law_rows(m, c);
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct class_total *c = &run->classes[k];
        const char *name = s->classes[k].name, *formula = "weighted over peers up";
        if (c->offered <= 0)
            continue;
        double low, high;
        struct availability a = {.repairs = shortest_repair_of(s, &s->classes[k]) /
                                            load_hold(&s->classes[k]),
                                 .refused = 1};
        availability_band(&a, &low, &high);
        low *= c->bounded ? fmax(0, 1 - c->blocked_high / c->offered) : 1;
        struct band calls = {cut[k], cut[k] * low, cut[k] * high};
        enum badge badge = cuts_are_known(s, &s->classes[k]) ? class_badge(c) : BADGE_SIMULATE;
        row_add(m, METRIC_CLASS_DROPPED, name, (struct row_value){calls, 0, badge, formula});
        row_add(
            m, METRIC_CLASS_DROPPED_RATE, name,
            (struct row_value){
                {calls.value / hours, calls.low / hours, calls.high / hours}, 0, badge, formula});
    }
}
