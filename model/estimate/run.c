#include "model/estimate/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/day.h"
#include "model/estimate/load.h"
#include "model/estimate/span.h"

#define SETS_MAX 64

int run_hours(const struct scenario *s)
{
    if (!load_varies(s))
        return 0;
    int64_t hours = (s->run.length + HOUR - 1) / HOUR;
    return hours < 1 ? 1 : hours < HOURS_MAX ? (int)hours : HOURS_MAX;
}

/* ---- who is away by the script
 * ---------------------------------------------------------------------------------- */

struct script {
    const struct scenario *scenario;
    const uint8_t *fixed; /* away throughout; NULL: nobody */
    uint8_t *away;        /* owned; with those away throughout */
    uint32_t next;
    nanos changed; /* last change of a peer, or -FOREVER */
    int count;     /* peers away */
    nanos settle;  /* how long after a change formulas are not to be trusted */
};

static bool script_init(struct script *script, const struct scenario *s, const uint8_t *fixed)
{
    double longest = 0;
    for (uint32_t k = 0; k < s->class_count; k++)
        longest = fmax(longest, load_hold(&s->classes[k]));
    *script = (struct script){.scenario = s, .changed = -FOREVER, .fixed = fixed};
    script->settle = (nanos)fmin(8 * longest * (double)SECOND, (double)TIME_MAX);
    script->away = calloc((size_t)s->cluster_count + 1, 1);
    if (script->away && fixed)
        memcpy(script->away, fixed, s->cluster_count);
    return script->away != NULL;
}

/* Moves to time t; true when somebody came or went. */
static bool script_advance(struct script *script, nanos t)
{
    const struct scenario *s = script->scenario;
    bool changed = false;
    for (; script->next < s->step_count && s->steps[script->next].at <= t; script->next++) {
        const struct step *step = &s->steps[script->next];
        if (step->kind != STEP_DRAIN && step->kind != STEP_FAIL && step->kind != STEP_UP)
            continue;
        uint32_t cluster = s->peers[step->peer].cluster;
        uint8_t bit = (uint8_t)(1u << (step->peer - s->clusters[cluster].first_peer)),
                before = script->away[cluster];
        script->away[cluster] = step->kind == STEP_UP ? before & (uint8_t)~bit : before | bit;
        if (script->fixed)
            script->away[cluster] |= script->fixed[cluster];
        if (before == script->away[cluster])
            continue;
        script->count += step->kind == STEP_UP ? -1 : 1;
        script->changed = step->at;
        changed = true;
    }
    return changed;
}

static const char *script_unsettled(const struct script *script, nanos t)
{
    bool settled = script->changed == -FOREVER || t - script->changed > script->settle;
    return script->count == 0 && settled ? NULL : "peers come and go by the script";
}

/* ---- the run
 * ----------------------------------------------------------------------------------------------------
 */

static bool stationary_run(const struct scenario *s, const struct run_request *q,
                           struct totals *run)
{
    struct network network;
    uint8_t *nobody = calloc((size_t)s->cluster_count + 1, 1);
    struct span span = {0, s->run.length, true, q->scale, q->preview, NULL};
    bool done = nobody && network_init(&network, s, q->away ? q->away : nobody);
    if (done) {
        done = span_add(run, s, &network, &span);
        network_release(&network);
    }
    free(nobody);
    return done;
}

/* One hour in two spans, or one for a preview. */
static bool add_hour(const struct scenario *s, const struct run_request *q, struct script *script,
                     struct network *network, nanos from, nanos to, struct totals *hour)
{
    int parts = q->preview ? 1 : 2;
    for (int i = 0; i < parts; i++) {
        nanos begin = from + (to - from) / parts * i,
              end = i + 1 < parts ? begin + (to - from) / parts : to;
        struct span span = {begin, end, false, q->scale, q->preview, NULL};
        nanos middle = begin + (end - begin) / 2;
        if (script_advance(script, middle)) {
            network_release(network);
            if (!network_init(network, s, script->away))
                return false;
        }
        span.unsettled = script_unsettled(script, middle);
        if (!span_add(hour, s, network, &span))
            return false;
    }
    return true;
}

/* hours: one for each, or NULL; all are merged into the run. */
static bool all_hours(const struct scenario *s, const struct run_request *q, int count,
                      struct totals *run, struct totals *hours)
{
    struct script script;
    struct network network = {0};
    if (!script_init(&script, s, q->away))
        return false;
    bool done = network_init(&network, s, script.away);
    for (int h = 0; done && h < count; h++) {
        nanos from = h * HOUR, to = from + HOUR < s->run.length ? from + HOUR : s->run.length;
        struct totals own = {0}, *hour = hours ? &hours[h] : &own;
        done = (hours || totals_init(&own, s)) &&
               add_hour(s, q, &script, &network, from, to > from ? to : from + 1, hour);
        if (done && !hours)
            totals_merge(run, &own, s);
        totals_release(&own);
    }
    bool whole = hours && s->run.length % HOUR == 0 && s->step_count == 0;
    if (done && q->exact_day && whole && q->scale == 1)
        done = day_exact(hours, count, s, &network, 0, HOUR);
    for (int h = 0; done && hours && h < count; h++)
        totals_merge(run, &hours[h], s);
    network_release(&network);
    free(script.away);
    return done;
}

bool run_totals(const struct scenario *s, const struct run_request *q, struct totals *run,
                struct totals *hours)
{
    int count = run_hours(s), made = 0;
    if (!totals_init(run, s))
        return false;
    while (hours && made < count && totals_init(&hours[made], s))
        made++;
    bool done = !hours || made == count;
    if (done)
        done = count == 0 ? stationary_run(s, q, run) : all_hours(s, q, count, run, hours);
    if (done)
        return true;
    for (int h = 0; h < made; h++)
        totals_release(&hours[h]);
    totals_release(run);
    return false;
}

double run_worst(const struct scenario *s, const struct totals *run, uint32_t *worst)
{
    double highest = -1;
    *worst = NONE;
    for (uint32_t k = 0; k < s->class_count; k++) {
        double b = class_blocking(&run->classes[k]);
        if (b > highest) {
            highest = b;
            *worst = k;
        }
    }
    return highest;
}

/* ---- the worst peers to lose
 * ------------------------------------------------------------------------------------ */

int run_peers_present(const struct scenario *s, uint32_t cluster, const uint8_t *away)
{
    return (int)s->clusters[cluster].peer_count - (away ? __builtin_popcount(away[cluster]) : 0);
}

static bool interchangeable(const struct scenario *s, uint32_t cluster)
{
    const struct cluster *c = &s->clusters[cluster];
    const struct peer *first = &s->peers[c->first_peer];
    for (uint32_t i = 1; i < c->peer_count; i++) {
        const struct peer *p = &s->peers[c->first_peer + i];
        if (p->platform != first->platform || p->max_sessions != first->max_sessions)
            return false;
        if (c->licence_grace == 0 && p->licences[LICENCE_RMS] != first->licences[LICENCE_RMS])
            return false;
    }
    for (uint32_t k = 0; k < s->class_count; k++)
        if (s->classes[k].via.cluster == cluster && s->classes[k].via.origin == ORIGIN_PEER)
            return false;
    for (uint32_t z = 0; z < s->zone_count; z++)
        if (s->zones[z].cluster == cluster && s->zones[z].peers)
            return false;
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        if (s->endpoints[e].cluster == cluster && s->endpoints[e].spread)
            return false;
    return true;
}

/* So many of peers that are alike: first those that the script does not take away anyway. */
static uint8_t spare_the_scripted(const struct scenario *s, uint32_t cluster, int down,
                                  unsigned out)
{
    unsigned scripted = 0, mask = 0;
    for (uint32_t i = 0; i < s->step_count; i++)
        if (s->peers[s->steps[i].peer].cluster == cluster)
            scripted |= 1u << (s->steps[i].peer - s->clusters[cluster].first_peer);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < s->clusters[cluster].peer_count; i++)
            if (down > 0 && !(out >> i & 1) && (scripted >> i & 1) == (unsigned)pass) {
                mask |= 1u << i;
                down--;
            }
    return (uint8_t)mask;
}

/* All sets of `down` peers of a cluster, or one of them when its peers are alike; those that are
 * out anyway are in every set and not counted. */
static int cluster_sets(const struct scenario *s, uint32_t cluster, int down, const uint8_t *away,
                        uint8_t *masks, int room)
{
    unsigned out = away ? away[cluster] : 0;
    int peers = (int)s->clusters[cluster].peer_count, count = 0;
    if (down > peers - __builtin_popcount(out))
        return 0;
    if (interchangeable(s, cluster)) {
        masks[0] = (uint8_t)(out | spare_the_scripted(s, cluster, down, out));
        return 1;
    }
    for (unsigned mask = 0; mask < 1u << peers && count < room; mask++)
        if (__builtin_popcount(mask) == down && !(mask & out))
            masks[count++] = (uint8_t)(mask | out);
    return count;
}

/* Two clusters: every split. More: all in one cluster, which is the worst for the calls of that
 * cluster alone. */
int run_sets(const struct scenario *s, int down, const uint8_t *out, uint8_t *masks, int room)
{
    uint8_t first[SETS_MAX], second[SETS_MAX];
    int count = 0;
    memset(masks, 0, (size_t)room * s->cluster_count);
    if (s->cluster_count == 2) {
        for (int here = 0; here <= down; here++) {
            int a = cluster_sets(s, 0, here, out, first, SETS_MAX),
                b = cluster_sets(s, 1, down - here, out, second, SETS_MAX);
            for (int i = 0; i < a * b && count < room; i++, count++) {
                masks[2 * count] = first[i / b];
                masks[2 * count + 1] = second[i % b];
            }
        }
        return count;
    }
    for (uint32_t c = 0; c < s->cluster_count && count < room; c++) {
        int sets = cluster_sets(s, c, down, out, first, SETS_MAX);
        for (int i = 0; i < sets && count < room; i++, count++) {
            uint8_t *mask = masks + (size_t)count * s->cluster_count;
            if (out)
                memcpy(mask, out, s->cluster_count);
            mask[c] = first[i];
        }
    }
    return count;
}

bool run_worst_set(const struct scenario *s, int down, double scale, bool preview,
                   const uint8_t *out, uint8_t *away)
{
    memset(away, 0, s->cluster_count);
    if (out && s->cluster_count)
        memcpy(away, out, s->cluster_count);
    if (down <= 0 || s->cluster_count == 0)
        return true;
    uint8_t *masks = malloc((size_t)SETS_MAX * s->cluster_count);
    int count = masks ? run_sets(s, down, out, masks, SETS_MAX) : 0;
    double highest = -1;
    bool done = masks != NULL;
    for (int i = 0; done && i < count; i++) {
        const uint8_t *mask = masks + (size_t)i * s->cluster_count;
        uint32_t worst;
        struct totals run;
        if (count == 1) {
            memcpy(away, mask, s->cluster_count);
            break;
        }
        struct run_request q = {.away = mask, .scale = scale, .preview = preview};
        done = run_totals(s, &q, &run, NULL);
        if (!done)
            break;
        double b = run_worst(s, &run, &worst);
        if (b > highest) {
            highest = b;
            memcpy(away, mask, s->cluster_count);
        }
        totals_release(&run);
    }
    free(masks);
    return done;
}
