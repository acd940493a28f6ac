#include "model/licences.h"

#include <assert.h>

const char *licence_name(enum licence kind)
{
    static const char *const names[LICENCE_COUNT] = {
        [LICENCE_RMS] = "rms", [LICENCE_DESKTOP] = "desktop", [LICENCE_ROOM] = "room"};
    return names[kind];
}

static bool share_counts(const struct licence_share *share, nanos grace, nanos now)
{
    assert(share->away_since == FOREVER || share->away_since <= now);
    return share->away_since == FOREVER || grace == FOREVER || now - share->away_since < grace;
}

int64_t licence_pool_size(const struct licence_share *shares, uint32_t count, int64_t on_cluster,
                          nanos grace, nanos now)
{
    int64_t size = on_cluster;
    for (uint32_t i = 0; i < count; i++)
        if (share_counts(&shares[i], grace, now))
            size += shares[i].installed;
    return size;
}

int64_t licences_installed(const struct scenario *scenario, uint32_t cluster, enum licence kind)
{
    const struct cluster *c = &scenario->clusters[cluster];
    int64_t sum = c->licences[kind];
    for (uint32_t i = 0; i < c->peer_count; i++)
        sum += scenario->peers[c->first_peer + i].licences[kind];
    return sum;
}

bool licence_key_missing(const struct scenario *scenario, uint32_t peer, enum licence kind)
{
    const struct peer *p = &scenario->peers[peer];
    const struct cluster *c = &scenario->clusters[p->cluster];
    bool has = kind == LICENCE_RMS ? p->rms_key : p->licences[kind] > 0;
    return !has && c->licensed[kind] && c->licensing == LICENSING_PAK;
}

bool licence_holders_out(const struct scenario *scenario, uint32_t cluster, enum licence kind,
                         unsigned away)
{
    const struct cluster *c = &scenario->clusters[cluster];
    bool held = false;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        if (scenario->peers[c->first_peer + i].licences[kind] <= 0)
            continue;
        if (!(away >> i & 1))
            return false;
        held = true;
    }
    return held;
}

static const struct {
    int alarm;
    const char *texts[2]; /* the pool serves it; the holders are out */
} keys[LICENCE_COUNT] = {
    [LICENCE_RMS] = {30020,
                     {"no RMS key on this peer: the pool of the cluster serves its calls",
                      "no RMS key on this peer, and the peers that hold the licences are out"}},
    [LICENCE_DESKTOP] = {30031,
                         {"no desktop key on this peer: the pool of the cluster serves its devices",
                          "no desktop key on this peer, and the peers that hold the licences are "
                          "out"}},
    [LICENCE_ROOM] = {30028,
                      {"no room key on this peer: the pool of the cluster serves its devices",
                       "no room key on this peer, and the peers that hold the licences are out"}},
};

int licence_key_alarm(enum licence kind)
{
    return keys[kind].alarm;
}

const char *licence_key_text(enum licence kind, bool holders_out)
{
    return keys[kind].texts[holders_out];
}
