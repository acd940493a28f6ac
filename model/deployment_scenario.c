/* A scenario as a deployment: what it says of clusters and peers, in the words of a dump. */
#include <string.h>
#include <strings.h>

#include "model/base/arena.h"
#include "model/deployment.h"

static const struct peer_stated nothing = {.primary = NONE, .latency = -1};
static const struct cluster_stated nothing_of_cluster = {.address_mapping = -1};

static const struct peer_stated *stated_of(const struct scenario *scenario, uint32_t peer)
{
    const struct peer_stated *stated = scenario->peers[peer].stated;
    return stated ? stated : &nothing;
}

static const char *address_of(const struct scenario *scenario, uint32_t peer)
{
    const char *address = stated_of(scenario, peer)->address;
    return address ? address : scenario->peers[peer].name;
}

static const char *either(const char *own, const char *of_cluster)
{
    return own ? own : of_cluster;
}

/* The peers of the cluster as this one lists them, and the number of the primary in that list. */
static void take_list(struct deployment_peer *peer, const struct scenario *scenario, uint32_t index)
{
    const struct cluster *cluster = &scenario->clusters[scenario->peers[index].cluster];
    const struct peer_stated *stated = stated_of(scenario, index);
    uint32_t primary = stated->primary == NONE ? cluster->primary : stated->primary;
    uint32_t count = stated->peer_order ? stated->peer_order_count : cluster->peer_count;
    if (cluster->peer_count < 2)
        return; /* a system by itself lists nobody */
    for (uint32_t i = 0; i < count && i < DEPLOYMENT_LIST; i++) {
        uint32_t other = stated->peer_order ? stated->peer_order[i] : cluster->first_peer + i;
        peer->list[i] = address_of(scenario, other);
        peer->list_count = i + 1;
        if (other == primary)
            peer->primary = i + 1;
    }
    peer->place = index - cluster->first_peer;
}

static void take_keys(struct deployment_peer *peer, const struct scenario *scenario, uint32_t index)
{
    const struct peer *from = &scenario->peers[index];
    const struct cluster *cluster = &scenario->clusters[from->cluster];
    const struct peer_stated *stated = stated_of(scenario, index);
    peer->features = stated->options.items;
    peer->feature_count = stated->options.count;
    peer->features_known = stated->options.stated;
    bool keys = cluster->licensing == LICENSING_PAK;
    for (int kind = 0; kind < LICENCE_COUNT; kind++)
        peer->licences[kind] = keys && cluster->licensed[kind] ? from->licences[kind] : -1;
    if (from->rms_key && peer->licences[LICENCE_RMS] == 0)
        peer->licences[LICENCE_RMS] = -1;
}

static void take_peer(struct deployment_peer *peer, const struct scenario *scenario, uint32_t index)
{
    const struct peer *from = &scenario->peers[index];
    const struct cluster_stated *cluster = scenario->clusters[from->cluster].stated;
    const struct peer_stated *stated = stated_of(scenario, index);
    cluster = cluster ? cluster : &nothing_of_cluster;
    *peer = (struct deployment_peer){
        .name = from->name,
        .cluster = from->cluster,
        .host = address_of(scenario, index),
        .cluster_name = either(stated->cluster_name, cluster->cluster_name),
        .system_name = stated->system_name,
        .version = stated->version,
        .platform = scenario->platforms[from->platform].name,
        .ip_protocol = either(stated->ip_version, cluster->ip_version),
        .tls_verification = either(stated->tls_verification, cluster->tls_verification),
        .certificate = stated->certificate,
        .address_mapping = cluster->address_mapping < 0    ? UNKNOWN
                           : cluster->address_mapping == 0 ? NO
                                                           : YES,
        .ntp = !stated->ntp.stated ? UNKNOWN
               : stated->ntp.count ? YES
                                   : NO,
        .latency = stated->latency,
        .syslog = stated->syslog.items,
        .syslog_count = stated->syslog.count,
    };
    peer->clustered_name = peer->cluster_name != NULL;
    if (deployment_is_ip(peer->host))
        peer->addresses[peer->address_count++] = peer->host;
    take_list(peer, scenario, index);
    take_keys(peer, scenario, index);
}

static void take_cluster(struct deployment_cluster *cluster, const struct scenario *scenario,
                         uint32_t index)
{
    const struct cluster *from = &scenario->clusters[index];
    *cluster = (struct deployment_cluster){
        .name = from->name,
        .first = from->first_peer,
        .count = from->peer_count,
        .reference = from->primary,
        .primary = from->primary - from->first_peer + 1,
        .primary_address = address_of(scenario, from->primary),
        .source = index,
        .findme = from->findme,
        .provisioning = from->provisioning,
        .phonebook = from->phonebook,
        .tms = from->tms,
    };
}

/* A zone lists names of peers; without a list it has all of the cluster. */
static void take_zone(struct deployment_zone *zone, const struct scenario *scenario, uint32_t index)
{
    const struct zone *from = &scenario->zones[index];
    *zone = (struct deployment_zone){
        .name = from->name, .kind = from->kind, .peer = NONE, .cluster = from->cluster};
    for (uint32_t i = 0; from->peers && i < from->peer_count && i < DEPLOYMENT_LIST; i++)
        zone->addresses[zone->address_count++] = address_of(scenario, from->peers[i]);
}

bool deployment_of_scenario(struct deployment *deployment, const struct scenario *scenario)
{
    struct arena *arena = arena_new();
    *deployment = (struct deployment){.arena = arena, .scenario = scenario};
    if (!arena)
        return false;
    deployment->clusters =
        arena_alloc(arena, scenario->cluster_count + 1, sizeof *deployment->clusters);
    deployment->peers = arena_alloc(arena, scenario->peer_count + 1, sizeof *deployment->peers);
    deployment->zones = arena_alloc(arena, scenario->zone_count + 1, sizeof *deployment->zones);
    if (!deployment->clusters || !deployment->peers || !deployment->zones)
        return false;
    deployment->cluster_count = scenario->cluster_count;
    deployment->peer_count = scenario->peer_count;
    deployment->zone_count = scenario->zone_count;
    for (uint32_t i = 0; i < scenario->cluster_count; i++)
        take_cluster(&deployment->clusters[i], scenario, i);
    for (uint32_t i = 0; i < scenario->peer_count; i++)
        take_peer(&deployment->peers[i], scenario, i);
    for (uint32_t i = 0; i < scenario->zone_count; i++)
        take_zone(&deployment->zones[i], scenario, i);
    return true;
}
