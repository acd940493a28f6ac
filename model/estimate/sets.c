#include "model/estimate/sets.h"

#include <string.h>

static bool named_by_class(const struct scenario *s, uint32_t peer)
{
    for (uint32_t k = 0; k < s->class_count; k++)
        if (s->classes[k].via.origin == ORIGIN_PEER && s->classes[k].via.peer == peer)
            return true;
    return false;
}

static bool listed(const struct zone *zone, uint32_t peer)
{
    for (uint32_t i = 0; i < zone->peer_count; i++)
        if (zone->peers[i] == peer)
            return true;
    return false;
}

static bool named_by_script(const struct scenario *s, uint32_t peer)
{
    for (uint32_t i = 0; i < s->step_count; i++)
        if (s->steps[i].peer == peer)
            return true;
    for (uint32_t o = 0; o < s->outage_count; o++)
        if (s->outages[o].peer == peer)
            return true;
    return s->peers[peer].joins > -FOREVER || s->peers[peer].leaves < FOREVER;
}

/* Would any figure change if the two changed places? */
static bool alike(const struct scenario *s, uint32_t a, uint32_t b)
{
    const struct peer *x = &s->peers[a], *y = &s->peers[b];
    const struct cluster *c = &s->clusters[x->cluster];
    bool same = x->platform == y->platform && x->max_sessions == y->max_sessions &&
                x->setup_rate == y->setup_rate && x->turn_multiplexing == y->turn_multiplexing &&
                (c->licence_grace == FOREVER ||
                 memcmp(x->licences, y->licences, sizeof x->licences) == 0) &&
                !named_by_class(s, a) && !named_by_class(s, b) && !named_by_script(s, a) &&
                !named_by_script(s, b);
    for (uint32_t z = 0; same && z < s->zone_count; z++)
        if (s->zones[z].cluster == x->cluster && s->zones[z].peers)
            same = listed(&s->zones[z], a) == listed(&s->zones[z], b);
    for (uint32_t e = 0; same && e < s->endpoints_count; e++)
        if (s->endpoints[e].cluster == x->cluster && s->endpoints[e].spread)
            same = s->endpoints[e].spread[a - c->first_peer] ==
                   s->endpoints[e].spread[b - c->first_peer];
    return same;
}

void sets_kinds(const struct scenario *s, uint32_t cluster, uint8_t *kinds)
{
    const struct cluster *c = &s->clusters[cluster];
    for (uint32_t i = 0; i < c->peer_count; i++) {
        kinds[i] = (uint8_t)i;
        for (uint32_t j = 0; j < i && kinds[i] == i; j++)
            if (kinds[j] == j && alike(s, c->first_peer + j, c->first_peer + i))
                kinds[i] = (uint8_t)j;
    }
}

unsigned sets_standing_for(const uint8_t *kinds, int peers, unsigned mask)
{
    unsigned first = 0;
    for (int kind = 0; kind < peers; kind++) {
        int count = 0;
        for (int i = kind; i < peers; i++)
            count += kinds[i] == kind && mask >> i & 1;
        for (int i = kind; i < peers && count > 0; i++)
            if (kinds[i] == kind) {
                first |= 1u << i;
                count--;
            }
    }
    return first;
}

/* One of each kind of set of `down` peers of a cluster; those that are out anyway are in every set
 * and not counted. */
static int cluster_sets(const struct scenario *s, uint32_t cluster, int down, unsigned out,
                        uint8_t *masks)
{
    uint8_t kinds[CLUSTER_PEERS_MAX];
    int peers = (int)s->clusters[cluster].peer_count, count = 0;
    sets_kinds(s, cluster, kinds);
    for (int i = 0; i < peers; i++) /* who is out is no longer like those who are there */
        for (int j = 0; j < i && out; j++)
            if (kinds[i] == kinds[j] && (out >> i & 1) != (out >> j & 1))
                kinds[i] = (uint8_t)i;
    for (unsigned mask = 0; mask < 1u << peers; mask++)
        if (__builtin_popcount(mask) == down && !(mask & out) &&
            sets_standing_for(kinds, peers, mask) == mask)
            masks[count++] = (uint8_t)(mask | out);
    return count;
}

/* Two clusters: every split. More: all in one cluster, which is the worst for the calls of that
 * cluster alone. */
int sets_of(const struct scenario *s, int down, const uint8_t *out, uint8_t *masks, int room)
{
    uint8_t first[SETS_MAX], second[SETS_MAX];
    int count = 0;
    memset(masks, 0, (size_t)room * s->cluster_count);
    if (s->cluster_count == 2) {
        for (int here = 0; here <= down; here++) {
            int a = cluster_sets(s, 0, here, out ? out[0] : 0, first),
                b = cluster_sets(s, 1, down - here, out ? out[1] : 0, second);
            for (int i = 0; i < a * b && count < room; i++, count++) {
                masks[2 * count] = first[i / b];
                masks[2 * count + 1] = second[i % b];
            }
        }
        return count;
    }
    for (uint32_t c = 0; c < s->cluster_count && count < room; c++) {
        int sets = cluster_sets(s, c, down, out ? out[c] : 0, first);
        for (int i = 0; i < sets && count < room; i++, count++) {
            uint8_t *mask = masks + (size_t)count * s->cluster_count;
            if (out)
                memcpy(mask, out, s->cluster_count);
            mask[c] = first[i];
        }
    }
    return count;
}
