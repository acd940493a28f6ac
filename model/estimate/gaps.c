#include "model/estimate/gaps.h"

#include <math.h>

#include "model/path.h"
#include "model/registration.h"

#define STEPS_MAX 1000 /* of a script that are followed */
#define SLICES    64   /* of a time in which devices come back */
#define SLACK     1.0  /* seconds, for what takes no time */
#define SERVED    10   /* seconds in which requests are, of peers that have little to do */

static bool steps_concern(const struct scenario *s, uint32_t population)
{
    const struct endpoints *e = &s->endpoints[population];
    uint32_t core = path_core(s, e, e->cluster);
    for (uint32_t i = 0; i < s->step_count; i++) {
        uint32_t cluster = s->peers[s->steps[i].peer].cluster;
        if (cluster == e->cluster || cluster == core)
            return true;
    }
    return false;
}

bool gaps_happen(const struct scenario *s, const struct call_class *call)
{
    return s->step_count > 0 &&
           ((call->via.origin == ORIGIN_ENDPOINTS && steps_concern(s, call->via.endpoints)) ||
            (call->target == TARGET_ENDPOINTS && steps_concern(s, call->target_endpoints)));
}

static bool is_down(const struct gaps *g, uint32_t peer)
{
    uint32_t c = g->scenario->peers[peer].cluster;
    return g->down && g->down[c] >> (peer - g->scenario->clusters[c].first_peer) & 1;
}

static bool some_down(const struct gaps *g, uint32_t cluster)
{
    return cluster != NONE && g->down && g->down[cluster];
}

/* The longest interval between two refreshes, seconds. */
static double refresh_most(const struct endpoints *e)
{
    struct endpoints as = *e;
    double most = 0;
    for (int part = 0; part < 2; part++) {
        as.protocol = part ? PROTOCOL_H323 : PROTOCOL_SIP;
        if (e->protocol == as.protocol || e->protocol == PROTOCOL_BOTH)
            most = fmax(most, registration_interval(&as, e->count).high);
    }
    return most;
}

/* Until a device that lost its peer knows, seconds, at most; INFINITY: there is no bound. */
static double notice_most(const struct endpoints *e)
{
    double keepalive = (double)e->keepalive / (double)SECOND;
    if (e->failover == FAILOVER_DNS || e->alternates == 1)
        return INFINITY;
    if (e->failover == FAILOVER_MRA)
        return 2 * keepalive;
    return fmax(refresh_most(e), e->failover == FAILOVER_OUTBOUND ? keepalive : 0);
}

/* What a peer serves beside refreshes waits for seconds where it is little: with a load of 0.3 that
 * comes one by one, 50 wait less than once in 1e20. All who notice may come to one peer. */
#define LITTLE 0.3
#define QUEUE  50

static bool at_once(const struct gaps *g, const struct endpoints *e, uint32_t cluster)
{
    const struct scenario *s = g->scenario;
    bool apart = e->failover == FAILOVER_ALTERNATES || e->failover == FAILOVER_REFRESH;
    double come = apart ? (double)e->count / registration_interval(e, e->count).low : INFINITY;
    for (uint32_t i = 0; cluster != NONE && i < s->clusters[cluster].peer_count; i++) {
        uint32_t p = s->clusters[cluster].first_peer + i;
        double rate = s->peers[p].registration_rate;
        if (rate > 0 && (come + g->rest->peers[p].refreshes > LITTLE * rate ||
                         s->peers[p].registration_queue < QUEUE || rate * SERVED < QUEUE))
            return false;
    }
    return true;
}

/* The share of a population that a peer has at the start. */
static double share_at(const struct scenario *s, const struct endpoints *e, uint32_t peer)
{
    const struct cluster *c = &s->clusters[e->cluster];
    double sum = 0, own = 0;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        double weight = e->spread ? e->spread[i] : 1;
        sum += weight;
        own = c->first_peer + i == peer ? weight : own;
    }
    return sum > 0 ? own / sum : 0;
}

static double overlap(const struct gaps *g, nanos begin, double seconds)
{
    double from = fmax(0, (double)(begin - g->from)),
           to = fmin((double)(g->to - g->from),
                     (double)(begin - g->from) + seconds * (double)SECOND);
    return to > from ? (to - from) / (double)(g->to - g->from) : 0;
}

double gaps_most(const struct gaps *g, uint32_t population)
{
    const struct scenario *s = g->scenario;
    const struct endpoints *e = &s->endpoints[population];
    const struct at_rest_population *rest = &g->rest->populations[population];
    uint32_t core = path_core(s, e, e->cluster);
    double tries =
               (double)e->timeout / (double)SECOND * (__builtin_popcount(g->away[e->cluster]) + 1),
           share = 0;
    bool before = some_down(g, e->cluster) || some_down(g, core);
    if (g->to <= g->from || s->step_count > STEPS_MAX || rest->out > 0 || rest->at != e->cluster ||
        !at_once(g, e, e->cluster) || !at_once(g, e, core))
        return 1;
    for (uint32_t i = 0; i < s->step_count && s->steps[i].at < g->to; i++) {
        const struct step *step = &s->steps[i];
        uint32_t cluster = s->peers[step->peer].cluster;
        if (cluster != e->cluster && cluster != core)
            continue;
        double most = step->kind == STEP_DRAIN  ? refresh_most(e)
                      : step->kind == STEP_FAIL ? notice_most(e) + tries + SLACK + SERVED
                                                : 0;
        double concerned =
            before || cluster == core ? 1 : share_at(s, e, step->peer) + 1.0 / (double)e->count;
        if (most > 0)
            share += concerned * overlap(g, step->at, most);
        before = true;
    }
    return fmin(1, share);
}

/* Of what happened so far, peers that came back aside: nothing, one loss, or more. Those who lost
 * their peer choose among the others by chance: six standard deviations. */
double gaps_share(const struct gaps *g, uint32_t population, uint32_t peer)
{
    const struct scenario *s = g->scenario;
    const struct endpoints *e = &s->endpoints[population];
    double count = (double)e->count, own = share_at(s, e, peer), more = 1 / count;
    const struct step *first = NULL;
    if (s->step_count > STEPS_MAX || some_down(g, e->cluster) ||
        s->peers[peer].cluster != e->cluster)
        return 1;
    for (uint32_t i = 0; i < s->step_count && s->steps[i].at < g->to; i++) {
        const struct step *step = &s->steps[i];
        if (s->peers[step->peer].cluster != e->cluster || step->kind == STEP_UP)
            continue;
        if (first || step->kind != STEP_FAIL)
            return 1;
        first = step;
    }
    if (first && first->peer != peer) {
        double lost = share_at(s, e, first->peer),
               part = 1.0 / (s->clusters[e->cluster].peer_count - 1);
        more += lost * part + 6 * sqrt((lost * count + 1) * part * (1 - part) + 1) / count;
    }
    return fmin(1, own + more);
}

/* Where all are spread evenly, each population is, but for a device or two of each: whoever comes
 * again goes where least are, and so fills up what the loss of an edge peer has left. */
double gaps_core_share(const struct gaps *g, uint32_t population, uint32_t core)
{
    const struct scenario *s = g->scenario;
    double populations = 0, count = (double)s->endpoints[population].count;
    if (s->step_count > STEPS_MAX || some_down(g, core))
        return 1;
    for (uint32_t i = 0; i < s->step_count && s->steps[i].at < g->to; i++)
        if (s->peers[s->steps[i].peer].cluster == core)
            return 1;
    for (uint32_t e = 0; e < s->endpoints_count; e++) {
        const struct endpoints *other = &s->endpoints[e];
        bool here = other->cluster == core || path_core(s, other, other->cluster) == core;
        if (here && (other->spread || g->rest->populations[e].out > 0))
            return 1;
        populations += here;
    }
    return fmin(1, 1.0 / s->clusters[core].peer_count + 2 * (populations + 1) / count);
}

/* The first step that concerns a population, if it is a loss of a peer that some are at; NULL. */
static const struct step *first_loss(const struct gaps *g, uint32_t population)
{
    const struct scenario *s = g->scenario;
    const struct endpoints *e = &s->endpoints[population];
    for (uint32_t i = 0; i < s->step_count && s->steps[i].at < g->to; i++) {
        const struct step *step = &s->steps[i];
        if (s->peers[step->peer].cluster == e->cluster)
            return step->kind == STEP_FAIL && step->at > 0 && !is_down(g, step->peer) ? step : NULL;
    }
    return NULL;
}

/* Which share of a population is without a peer at `time`, at least. Falls once it has risen. */
static double out_at(const struct gaps *g, uint32_t population, nanos time)
{
    const struct scenario *s = g->scenario;
    const struct endpoints *e = &s->endpoints[population];
    bool single = e->protocol != PROTOCOL_BOTH && e->access != ACCESS_MRA &&
                  (e->failover == FAILOVER_ALTERNATES || e->failover == FAILOVER_REFRESH);
    struct refresh_range range = registration_interval(e, e->count);
    const struct step *loss = single && range.low == range.high ? first_loss(g, population) : NULL;
    double age = loss ? (double)(time - loss->at) / (double)SECOND : 0;
    if (!loss || age < 0 || age >= range.low || e->count < 1)
        return 0;
    double left = (1 - age / range.low) * exp(-g->placed[population] / (double)e->count * age);
    double share = share_at(s, e, loss->peer) - 1.0 / (double)e->count;
    return fmax(0, share * left);
}

/* Sums over slices, by what holds at the end of each; the scatter of the share lowers the square.
 */
double gaps_least(const struct gaps *g, const struct call_class *call)
{
    uint32_t ends[2] = {call->via.origin == ORIGIN_ENDPOINTS ? call->via.endpoints : NONE,
                        call->target == TARGET_ENDPOINTS ? call->target_endpoints : NONE};
    double sum = 0, seconds = (double)(g->to - g->from);
    if (seconds <= 0 || !gaps_happen(g->scenario, call))
        return 0;
    for (int i = 0; i < SLICES; i++) {
        double reached = 1, scatter = 0;
        nanos begin = g->from + (nanos)(seconds / SLICES * i),
              end = g->from + (nanos)(seconds / SLICES * (i + 1));
        for (int k = 0; k < 2; k++) {
            if (ends[k] == NONE)
                continue;
            double out = fmin(out_at(g, ends[k], begin) > 0 ? 1 : 0, out_at(g, ends[k], end));
            reached *= 1 - out;
            scatter += 0.25 / fmax(1, (double)g->scenario->endpoints[ends[k]].count);
        }
        sum += fmax(0, 1 - reached - scatter) / SLICES;
    }
    return sum;
}
