#include "model/estimate/peers_up.h"

#include <math.h>
#include <string.h>

#include "model/load.h"
#include "model/formulas/availability.h"

#define SLICES 16 /* of the run, over which peers that start up begin to fail */

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
void peers_up_law(const struct scenario *s, uint32_t cluster, unsigned away, double *law)
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

bool peers_up_fail(const struct scenario *s, uint32_t cluster, const uint8_t *away)
{
    for (uint32_t i = 0; i < s->clusters[cluster].peer_count; i++)
        for (uint32_t o = 0; o < s->outage_count; o++)
            if (!(away && away[cluster] >> i & 1) && s->outages[o].up_mean > 0 &&
                takes(s, &s->outages[o], s->clusters[cluster].first_peer + i))
                return true;
    return false;
}

/* Why weighting is no more than an orientation, or NULL. */
const char *peers_up_reason(const struct scenario *s, uint32_t cluster)
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

double peers_up_repair(const struct scenario *s, uint32_t cluster)
{
    double least = INFINITY;
    for (uint32_t o = 0; o < s->outage_count; o++)
        if (s->outages[o].cluster == cluster)
            least = fmin(least, away_mean(&s->outages[o]));
    return least;
}
