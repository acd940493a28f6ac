#include "model/deployment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/base/arena.h"

void deployment_release(struct deployment *deployment)
{
    arena_free(deployment->arena);
    *deployment = (struct deployment){0};
}

const char *setting_field(const struct setting *setting)
{
    const char *end = setting->path + setting->object;
    return *end ? end + 1 : end;
}

bool deployment_is_ip(const char *address)
{
    if (strchr(address, ':'))
        return true;
    size_t length = strspn(address, "0123456789.");
    return length > 0 && !address[length] && strchr(address, '.');
}

bool deployment_peer_is(const struct deployment_peer *peer, const char *address)
{
    if (peer->host && strcasecmp(peer->host, address) == 0)
        return true;
    if (peer->hostname && strcasecmp(peer->hostname, address) == 0)
        return true;
    for (uint32_t i = 0; i < peer->address_count; i++)
        if (strcasecmp(peer->addresses[i], address) == 0)
            return true;
    return false;
}

uint32_t deployment_find(const struct deployment *deployment, uint32_t cluster, const char *address)
{
    const struct deployment_cluster *c = &deployment->clusters[cluster];
    for (uint32_t i = c->first; i < c->first + c->count; i++)
        if (deployment_peer_is(&deployment->peers[i], address))
            return i;
    return NONE;
}

/* ---- Clusters ---- */

static bool lists(const struct deployment_peer *lister, const struct deployment_peer *peer)
{
    for (uint32_t i = 0; i < lister->list_count; i++)
        if (lister->list[i] && deployment_peer_is(peer, lister->list[i]))
            return true;
    return false;
}

static bool share_entry(const struct deployment_peer *a, const struct deployment_peer *b)
{
    for (uint32_t i = 0; i < a->list_count; i++)
        for (uint32_t k = 0; a->list[i] && k < b->list_count; k++)
            if (b->list[k] && strcasecmp(a->list[i], b->list[k]) == 0)
                return true;
    return false;
}

static bool share_name(const struct deployment_peer *a, const struct deployment_peer *b)
{
    return a->cluster_name && b->cluster_name && *a->cluster_name &&
           strcasecmp(a->cluster_name, b->cluster_name) == 0 &&
           (a->list_count == 0 || b->list_count == 0);
}

static bool belong_together(const struct deployment_peer *a, const struct deployment_peer *b)
{
    return share_entry(a, b) || lists(a, b) || lists(b, a) || share_name(a, b);
}

/* Whoever belongs to a member of the cluster becomes one; `members` holds them as they are found.
 */
static void gather(struct deployment *deployment, uint32_t first, uint32_t cluster,
                   uint32_t *members)
{
    struct deployment_peer *peers = deployment->peers;
    uint32_t count = 0;
    peers[first].cluster = cluster;
    members[count++] = first;
    for (uint32_t next = 0; next < count; next++)
        for (uint32_t i = first + 1; i < deployment->peer_count; i++)
            if (peers[i].cluster == NONE && belong_together(&peers[members[next]], &peers[i])) {
                peers[i].cluster = cluster;
                members[count++] = i;
            }
}

/* Numbers the clusters in order of their first peer. */
static bool number_clusters(struct deployment *deployment)
{
    struct deployment_peer *peers = deployment->peers;
    uint32_t *members = arena_alloc(deployment->arena, deployment->peer_count + 1, sizeof *members);
    if (!members)
        return false;
    for (uint32_t i = 0; i < deployment->peer_count; i++)
        peers[i].cluster = NONE;
    for (uint32_t i = 0; i < deployment->peer_count; i++)
        if (peers[i].cluster == NONE)
            gather(deployment, i, deployment->cluster_count++, members);
    return true;
}

/* The place in the list of a peer, the first that knows it; its own list counts first. */
static uint32_t find_place(const struct deployment *deployment, uint32_t cluster,
                           const struct deployment_peer *peer)
{
    for (uint32_t i = 0; i < peer->list_count; i++)
        if (peer->list[i] && deployment_peer_is(peer, peer->list[i]))
            return i;
    for (uint32_t k = 0; k < deployment->peer_count; k++) {
        const struct deployment_peer *other = &deployment->peers[k];
        for (uint32_t i = 0; other->cluster == cluster && i < other->list_count; i++)
            if (other->list[i] && deployment_peer_is(peer, other->list[i]))
                return i;
    }
    return NONE;
}

static int by_place(const void *left, const void *right)
{
    const struct deployment_peer *a = left, *b = right;
    if (a->cluster != b->cluster)
        return a->cluster < b->cluster ? -1 : 1;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    int order = strcmp(a->name, b->name);
    return order ? order : strcmp(a->file ? a->file : "", b->file ? b->file : "");
}

/* What a peer names as primary: the address in its list, or NULL. */
static const char *named_primary(const struct deployment_peer *peer)
{
    return peer->primary > 0 && peer->primary <= peer->list_count ? peer->list[peer->primary - 1]
                                                                  : NULL;
}

/* The number that most peers name, the lowest of equals, with an address if anybody has one. */
static void settle_primary(struct deployment *deployment, struct deployment_cluster *cluster)
{
    const struct deployment_peer *peers = &deployment->peers[cluster->first];
    uint32_t best = 0;
    for (uint32_t i = 0; i < cluster->count; i++) {
        uint32_t votes = 0;
        for (uint32_t k = 0; k < cluster->count; k++)
            votes += peers[k].primary == peers[i].primary;
        bool better = votes > best || (votes == best && peers[i].primary < cluster->primary);
        if (peers[i].primary == 0 || !better)
            continue;
        best = votes;
        cluster->primary = peers[i].primary;
    }
    for (uint32_t i = 0; i < cluster->count && !cluster->primary_address; i++)
        if (peers[i].primary == cluster->primary)
            cluster->primary_address = named_primary(&peers[i]);
    uint32_t found = NONE;
    if (cluster->primary_address)
        found = deployment_find(deployment, (uint32_t)(cluster - deployment->clusters),
                                cluster->primary_address);
    cluster->reference = found == NONE ? cluster->first : found;
}

static const char *cluster_label(struct deployment *deployment,
                                 const struct deployment_cluster *cluster)
{
    for (uint32_t i = 0; i < cluster->count; i++) {
        const struct deployment_peer *peer = &deployment->peers[cluster->first + i];
        if (peer->cluster_name && *peer->cluster_name)
            return peer->cluster_name;
    }
    const char *first = deployment->peers[cluster->first].name;
    return cluster->count > 1 ? arena_printf(deployment->arena, "cluster of %s", first) : first;
}

bool deployment_group(struct deployment *deployment)
{
    deployment->cluster_count = 0;
    if (!number_clusters(deployment))
        return false;
    uint32_t count = deployment->cluster_count;
    deployment->clusters = arena_alloc(deployment->arena, count + 1, sizeof *deployment->clusters);
    if (!deployment->clusters)
        return false;
    for (uint32_t i = 0; i < deployment->peer_count; i++) {
        struct deployment_peer *peer = &deployment->peers[i];
        peer->place = find_place(deployment, peer->cluster, peer);
    }
    if (deployment->peer_count)
        qsort(deployment->peers, deployment->peer_count, sizeof *deployment->peers, by_place);
    for (uint32_t i = 0; i < count; i++)
        deployment->clusters[i] = (struct deployment_cluster){
            .source = NONE, .findme = -1, .provisioning = -1, .phonebook = -1};
    for (uint32_t i = deployment->peer_count; i-- > 0;) {
        struct deployment_cluster *cluster = &deployment->clusters[deployment->peers[i].cluster];
        cluster->first = i;
        cluster->count++;
    }
    for (uint32_t i = 0; i < count; i++) {
        settle_primary(deployment, &deployment->clusters[i]);
        deployment->clusters[i].name = cluster_label(deployment, &deployment->clusters[i]);
        if (!deployment->clusters[i].name)
            return false;
    }
    return true;
}
