#include "model/estimate/advice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/failures.h"

#define FACTOR_LOG   6.9 /* ln 1000 */
#define SPARE_ROUNDS 12
#define SPARE_STEP   0.05 /* ln of the first factor tried */
/* How closely: hours of changing load take their time, and are no exact figure anyway. */
#define SPARE_EXACT 1e-5
#define SPARE_DAY   1e-2

/* What the search may do: `close` is the relative error that is good enough, `first` and `next`
 * the steps it begins with. */
struct search {
    const struct run_request *request;
    bool preview;
    double close, first, next;
};

/* ln of the worst blocking over the goal; -INFINITY without blocking; NAN when out of memory. */
static double excess(const struct scenario *s, const struct search *search, double log_factor)
{
    struct totals run;
    uint32_t worst;
    struct run_request q = *search->request;
    q.scale = exp(log_factor);
    q.preview = search->preview;
    if (!failures_totals(s, &q, &run, NULL, NULL))
        return NAN;
    double b = run_worst(s, &run, &worst);
    totals_release(&run);
    return b > 0 ? log(b / s->goals.blocking) : -800;
}

/* ln of the factor; NAN. Blocking rises with the load, nearly as a power of it: regula falsi on
 * logarithms, Illinois variant. */
static double find_spare(const struct scenario *s, double at_one, struct search search)
{
    double a = 0, fa = at_one > 0 ? log(at_one / s->goals.blocking) : -800;
    double b = a, fb = fa, step = search.first, next = search.next;
    while ((fa < 0) == (fb < 0)) {
        if (fabs(b) > FACTOR_LOG || isnan(fb))
            return NAN;
        a = b;
        fa = fb;
        b += step;
        fb = excess(s, &search, b);
        step = next;
        next *= 1.5; /* far beyond its limits a system takes long to work out */
    }
    for (int i = 0; i < SPARE_ROUNDS && fabs(b - a) > search.close && fabs(fb) > search.close;
         i++) {
        double x = b - fb * (b - a) / (fb - fa), fx = excess(s, &search, x);
        if (isnan(fx))
            return NAN;
        if ((fx < 0) != (fb < 0)) {
            a = b;
            fa = fb;
        } else {
            fa /= 2;
        }
        b = x;
        fb = fx;
    }
    return b;
}

double advice_spare(const struct scenario *s, const struct run_request *request, bool changes,
                    double at_one)
{
    if (s->goals.blocking <= 0 || s->goals.blocking >= 1)
        return NAN;
    double step = at_one <= s->goals.blocking ? SPARE_STEP : -SPARE_STEP;
    if (request->preview || !changes)
        return exp(find_spare(s, at_one,
                              (struct search){request, request->preview,
                                              changes ? SPARE_DAY : SPARE_EXACT, step, 2 * step}));
    /* The coarser form says where to begin. */
    double about = find_spare(s, at_one, (struct search){request, true, SPARE_DAY, step, 2 * step});
    double first = about * step > 0 ? about : step;
    return exp(find_spare(s, at_one, (struct search){request, false, SPARE_DAY, first, step / 2}));
}

/* ---- further peers: a copy of the scenario with the cluster's peers moved to the end and some
 * added ---------------- */

struct wider {
    struct scenario s;
    struct cluster *clusters;
    struct peer *peers;
    struct call_class *classes;
    struct zone *zones;
    uint32_t *lists; /* of all zones together */
};

static uint32_t moved(const struct scenario *from, const struct cluster *c, uint32_t peer)
{
    return peer >= c->first_peer && peer < c->first_peer + c->peer_count
               ? from->peer_count + peer - c->first_peer
               : peer;
}

static bool wider_alloc(struct wider *w, const struct scenario *from, uint32_t cluster,
                        uint32_t more)
{
    size_t lists = 0;
    for (uint32_t z = 0; z < from->zone_count; z++)
        lists += from->zones[z].peer_count;
    *w = (struct wider){.s = *from};
    w->clusters = calloc((size_t)from->cluster_count + 1, sizeof *w->clusters);
    w->peers = calloc((size_t)from->peer_count + from->clusters[cluster].peer_count + more + 1,
                      sizeof *w->peers);
    w->classes = calloc((size_t)from->class_count + 1, sizeof *w->classes);
    w->zones = calloc((size_t)from->zone_count + 1, sizeof *w->zones);
    w->lists = calloc(lists + 1, sizeof *w->lists);
    return w->clusters && w->peers && w->classes && w->zones && w->lists;
}

static void wider_release(struct wider *w)
{
    free(w->clusters);
    free(w->peers);
    free(w->classes);
    free(w->zones);
    free(w->lists);
}

/* A zone that lists all peers of the cluster will list the new ones too. */
static void move_zones(struct wider *w, const struct scenario *from, const struct cluster *c)
{
    uint32_t *list = w->lists;
    for (uint32_t z = 0; z < from->zone_count; z++) {
        struct zone *zone = &w->zones[z];
        *zone = from->zones[z];
        if (!zone->peers)
            continue;
        for (uint32_t i = 0; i < zone->peer_count; i++)
            list[i] = moved(from, c, from->zones[z].peers[i]);
        bool all = from->zones[z].peer_count == c->peer_count &&
                   from->clusters[zone->cluster].first_peer == c->first_peer;
        zone->peers = all ? NULL : list;
        if (all) { /* what is stated peer by peer is not known of new ones */
            zone->weights = NULL;
            zone->priorities = NULL;
        }
        list += zone->peer_count;
    }
}

/* New peers are like the last one, without licences. Spreads over peers become even. */
static bool wider_init(struct wider *w, const struct scenario *from, uint32_t cluster,
                       uint32_t more)
{
    if (!wider_alloc(w, from, cluster, more)) {
        wider_release(w);
        return false;
    }
    const struct cluster *c = &from->clusters[cluster];
    memcpy(w->clusters, from->clusters, from->cluster_count * sizeof *w->clusters);
    memcpy(w->peers, from->peers, from->peer_count * sizeof *w->peers);
    memcpy(w->peers + from->peer_count, from->peers + c->first_peer,
           c->peer_count * sizeof *w->peers);
    struct peer *last = &w->peers[from->peer_count + c->peer_count - 1];
    for (uint32_t i = 1; i <= more; i++) {
        last[i] = last[0];
        memset(last[i].licences, 0, sizeof last[i].licences);
    }
    for (uint32_t k = 0; k < from->class_count; k++) {
        w->classes[k] = from->classes[k];
        w->classes[k].via.peer = moved(from, c, from->classes[k].via.peer);
    }
    move_zones(w, from, c);
    w->clusters[cluster].first_peer = from->peer_count;
    w->clusters[cluster].peer_count += more;
    w->s.clusters = w->clusters;
    w->s.peers = w->peers;
    w->s.peer_count += c->peer_count + more;
    w->s.classes = w->classes;
    w->s.zones = w->zones;
    w->s.steps = NULL;
    w->s.step_count = 0;
    return true;
}

/* Are the goals met, with everybody there and with `survive` away? -1: out of memory. */
static int meets(const struct scenario *s)
{
    uint8_t *away = calloc((size_t)s->cluster_count + 1, 1);
    int result = away ? 1 : -1;
    for (int i = 0; result == 1 && i < (s->goals.survive > 0 ? 2 : 1); i++) {
        struct totals run;
        uint32_t worst;
        struct run_request q = {.away = away, .scale = 1};
        if (i > 0 && !failures_worst_set(s, s->goals.survive, &q, NULL, away))
            result = -1;
        if (result < 0 || !failures_totals(s, &q, &run, NULL, NULL)) {
            result = -1;
            break;
        }
        result = run_worst(s, &run, &worst) <= s->goals.blocking;
        totals_release(&run);
    }
    free(away);
    return result;
}

/* Where endpoints with a stated spread over the peers would go is not known. */
static bool has_spread(const struct scenario *s, uint32_t cluster)
{
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        if (s->endpoints[e].cluster == cluster && s->endpoints[e].spread)
            return true;
    return false;
}

bool advice_more_peers(const struct scenario *s, uint32_t cluster, int *more)
{
    *more = 0;
    uint32_t present = s->clusters[cluster].peer_count;
    if (present == 0 || has_spread(s, cluster))
        return true;
    for (uint32_t n = 1; present + n <= CLUSTER_PEERS_MAX && *more == 0; n++) {
        struct wider w;
        if (!wider_init(&w, s, cluster, n))
            return false;
        int result = meets(&w.s);
        wider_release(&w);
        if (result < 0)
            return false;
        *more = result > 0 ? (int)n : 0;
    }
    return true;
}

static int meets_with_rms(const struct scenario *s, uint32_t cluster, int64_t more)
{
    struct wider w;
    if (!wider_init(&w, s, cluster, 0))
        return -1;
    w.clusters[cluster].licences[LICENCE_RMS] += more;
    int result = meets(&w.s);
    wider_release(&w);
    return result;
}

bool advice_more_rms(const struct scenario *s, uint32_t cluster, int64_t *more)
{
    const struct cluster *c = &s->clusters[cluster];
    int64_t low = 0, high = 0;
    *more = 0;
    if (!c->licensed[LICENCE_RMS])
        return true;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        int64_t rms = s->platforms[s->peers[c->first_peer + i].platform].rms;
        high += rms < 1000000 ? rms : 1000000;
    }
    int result = meets_with_rms(s, cluster, high);
    if (result <= 0) /* not even all that the platforms can use would do */
        return result == 0;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        int good = meets_with_rms(s, cluster, middle);
        if (good < 0)
            return false;
        if (good)
            high = middle;
        else
            low = middle;
    }
    *more = high;
    return true;
}
