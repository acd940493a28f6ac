#include "model/licences.h"

#include <assert.h>
#include <stdbool.h>

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

nanos licence_pool_next_change(const struct licence_share *shares, uint32_t count, nanos grace,
                               nanos now)
{
    nanos next = FOREVER;
    for (uint32_t i = 0; i < count; i++) {
        const struct licence_share *share = &shares[i];
        if (share->installed == 0 || share->away_since == FOREVER ||
            !share_counts(share, grace, now))
            continue;
        nanos leaves = grace > FOREVER - share->away_since ? FOREVER : share->away_since + grace;
        if (leaves < next)
            next = leaves;
    }
    return next;
}
