#include "model/estimate/passage.h"

#define AMPLE (INT64_C(1) << 50)

static int64_t ample(int64_t limit)
{
    return limit > AMPLE ? AMPLE : limit;
}

bool passage_tries_several(const struct passage *p)
{
    return p->leg->next || selection_tries_several(p->policy);
}

/* A chosen peer: of the first priority of which some are there. */
static void set_choice(struct passage *p)
{
    const struct leg *leg = p->leg;
    bool drawn = leg->policy == SELECT_RANDOM || leg->policy == SELECT_SRV ||
                 leg->policy == SELECT_ROUND_ROBIN;
    for (uint32_t t = 0; t < leg->tier_count; t++)
        if (p->peers & leg->tiers[t]) {
            p->peers &= leg->tiers[t];
            break;
        }
    p->policy = leg->policy;
    p->spread = (drawn && !passage_tries_several(p)) || leg->pinned ? SPREAD_EVEN : SPREAD_GROUP;
    if (leg->policy == SELECT_ROUND_ROBIN && p->spread == SPREAD_EVEN && !leg->pinned)
        p->reason = "round robin deals calls out more evenly than chance";
}

/* Devices are whole: even shares are right only where one population divides by the peers. */
static double unevenness(const struct scenario *s, const struct leg *leg, int peers)
{
    const struct endpoints *own = &s->endpoints[leg->population];
    int populations = 0;
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        populations += s->endpoints[e].cluster == leg->cluster ||
                       path_core(s, &s->endpoints[e], s->endpoints[e].cluster) == leg->cluster;
    bool even = populations == 1 && !own->spread && own->protocol != PROTOCOL_BOTH && peers > 0 &&
                own->count % peers == 0;
    return even ? 0 : own->count > 0 ? (double)peers / (double)own->count : 1;
}

static struct passage passage_of(const struct scenario *s, const struct leg *leg, uint8_t away)
{
    const struct cluster *c = &s->clusters[leg->cluster];
    uint8_t here = (uint8_t)(((1u << c->peer_count) - 1) & ~(unsigned)away);
    struct passage p = {.leg = leg, .cluster = leg->cluster, .peers = here};
    if (leg->kind == LEG_CHOOSE) {
        p.peers &= leg->candidates;
        set_choice(&p);
    } else {
        bool core = leg->kind == LEG_ORIGIN_CORE || leg->kind == LEG_TARGET_CORE;
        p.spread = core ? SPREAD_EVEN : SPREAD_WEIGHTED;
        p.uneven = unevenness(s, leg, __builtin_popcount(here));
    }
    for (uint32_t i = 0; i < c->peer_count; i++) {
        if (i > 0 && leg->units[i] != p.units)
            p.reason = "a call takes different units on different peers";
        p.units = leg->units[i] > p.units ? leg->units[i] : p.units;
    }
    p.reserve = leg->wants[0] - leg->units[0];
    p.reserve_rms = leg->rms_wants - leg->rms;
    return p;
}

static bool entry_is_away(const struct scenario *s, const struct path *path, const uint8_t *away)
{
    const struct leg *entry = &path->legs[0];
    const struct cluster *c = &s->clusters[entry->cluster];
    return entry->kind == LEG_CHOOSE &&
           !(entry->candidates & ((1u << c->peer_count) - 1) & ~(unsigned)away[entry->cluster]);
}

static bool all_away(const struct scenario *s, uint32_t cluster, const uint8_t *away)
{
    unsigned all = (1u << s->clusters[cluster].peer_count) - 1;
    return (away[cluster] & all) == all;
}

/* Ends whose devices are at their fallback cluster. */
static unsigned ends_away(const struct scenario *s, const struct call_class *call,
                          const uint8_t *away)
{
    unsigned may = path_may_be_away(s, call, &call->via), ends = 0;
    if (may & PATH_ORIGIN_AWAY && all_away(s, s->endpoints[call->via.endpoints].cluster, away))
        ends |= PATH_ORIGIN_AWAY;
    if (may & PATH_TARGET_AWAY && all_away(s, s->endpoints[call->target_endpoints].cluster, away))
        ends |= PATH_TARGET_AWAY;
    return ends;
}

/* The path of the class's calls with these peers away; its legs that take something. */
int passages_of(const struct scenario *s, const struct call_class *call, const uint8_t *away,
                struct path *path, struct passage *passages)
{
    struct via via = call->via;
    unsigned ends = ends_away(s, call, away);
    int count = 0;
    if (!path_make_away(path, s, call, &via, ends))
        return -1;
    if (path_fallback(s, &via) != NONE && entry_is_away(s, path, away)) {
        via.cluster = path_fallback(s, &via);
        if (!path_make_away(path, s, call, &via, ends))
            return -1;
    }
    for (uint32_t i = 0; i < path->count; i++)
        if (path->legs[i].takes && !path->legs[i].both_needed)
            passages[count++] = passage_of(s, &path->legs[i], away[path->legs[i].cluster]);
    return count;
}

/* ---- what stands in the way of a formula ---- */

/* A peer that is full of registrations sends devices elsewhere, whatever the stated shares. */
static bool some_peer_full(const struct scenario *s, uint32_t population,
                           const struct at_rest *rest)
{
    const struct cluster *c = &s->clusters[rest->populations[population].at];
    for (uint32_t i = 0; i < c->peer_count; i++) {
        const struct platform *p = &s->platforms[s->peers[c->first_peer + i].platform];
        const struct at_rest_node *node = &rest->peers[c->first_peer + i];
        if (node->registrations >= p->registrations || node->mra >= p->mra_registrations)
            return true;
    }
    return false;
}

static bool moved(const struct scenario *s, uint32_t population, const struct at_rest *rest)
{
    return rest->populations[population].out > 0 || some_peer_full(s, population, rest);
}

bool passages_moved(const struct scenario *s, const struct call_class *call,
                    const struct at_rest *rest)
{
    return (call->via.origin == ORIGIN_ENDPOINTS && moved(s, call->via.endpoints, rest)) ||
           (call->target == TARGET_ENDPOINTS && moved(s, call->target_endpoints, rest));
}

const char *passages_reason(const struct scenario *s, const struct call_class *call,
                            const struct at_rest *rest)
{
    if (s->trace_count > 0)
        return "calls come from a trace";
    if (call->setup > 0 && s->clusters[call->via.cluster].setup_as_video &&
        call->media == MEDIA_AUDIO)
        return "calls are held as video while they are set up";
    if (call->via.origin == ORIGIN_ENDPOINTS && rest->populations[call->via.endpoints].out > 0)
        return "not all endpoints can register";
    if (call->via.origin == ORIGIN_ENDPOINTS && some_peer_full(s, call->via.endpoints, rest))
        return "devices are not registered in the stated shares";
    if (call->target == TARGET_ENDPOINTS) {
        if (some_peer_full(s, call->target_endpoints, rest))
            return "devices are not registered in the stated shares";
        if (s->clusters[rest->populations[call->target_endpoints].at].units_on_both)
            return "calls take units on two peers of a cluster";
        if (rest->populations[call->target_endpoints].out > 0)
            return "not all endpoints can register";
    }
    for (uint32_t i = 0; i < call->pipe_count; i++)
        if (s->pipes[call->pipes[i]].when_full == PIPE_DOWNSPEED ||
            s->pipes[call->pipes[i]].per_call < call->pipe_bits[i])
            return "a pipe downspeeds or limits calls";
    return NULL;
}

const char *passage_reason(const struct scenario *s, const struct passage *leg)
{
    const struct cluster *c = &s->clusters[leg->cluster];
    int64_t turn_room = AMPLE, pool = limit_of_cluster(s, leg->cluster, LIMIT_RMS),
            licences = limit_of_pool(s, leg->cluster, LICENCE_RMS);
    pool = licences < pool ? licences : pool;
    bool encrypted = leg->leg->session != SESSION_NONE;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        const struct peer *p = &s->peers[c->first_peer + i];
        if (!(leg->peers >> i & 1))
            continue;
        if (leg->units == 0 && p->max_sessions != CAPACITY_UNLIMITED)
            return "calls without units are limited by sessions";
        if (leg->units == 0 && leg->leg->rms > 0 && s->platforms[p->platform].rms < pool)
            return "calls without units are limited by the RMS of a peer";
        if (encrypted && scenario_encrypted_sessions(s, c->first_peer + i) < AMPLE)
            return "encrypted sessions of the capped image can run out";
        const struct platform *platform = &s->platforms[p->platform];
        int64_t calls = leg->units > 0 ? platform->units / leg->units : AMPLE;
        bool ports = leg->leg->turn > 0 && platform->turn_ports && !p->turn_multiplexing;
        if (ports && (calls == AMPLE || calls * leg->leg->turn > ample(platform->turn) / 6))
            turn_room = 0;
    }
    if (turn_room == 0)
        return "TURN relays of a port can run out";
    return leg->reason;
}

double passage_weight(const struct scenario *s, const struct passage *leg, uint32_t local)
{
    if (!(leg->peers >> local & 1))
        return 0;
    if (leg->spread == SPREAD_WEIGHTED) {
        const struct endpoints *devices = &s->endpoints[leg->leg->population];
        return devices->spread && devices->cluster == leg->cluster ? devices->spread[local] : 1;
    }
    return leg->leg->weighted ? leg->leg->weights[local] : 1;
}
