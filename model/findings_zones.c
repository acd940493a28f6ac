/* Zones to other clusters: whom they list. */
#include <string.h>
#include <strings.h>

#include "model/findings_rules.h"

#define EACH_ZONE(z)                                                                               \
    for (const struct deployment_zone *z = deployment->zones;                                      \
         z < deployment->zones + deployment->zone_count; z++)

/* "e1: zone 'Branch'". */
static const char *place_of(const struct deployment *deployment, const struct deployment_zone *zone,
                            struct findings *findings)
{
    const char *text = finding_join(findings, "", zone->name);
    return zone->peer == NONE ? text
                              : finding_place(&deployment->peers[zone->peer], text, findings);
}

static bool same_zone(const struct deployment_zone *a, const struct deployment_zone *b)
{
    if (strcasecmp(a->name, b->name) != 0 || a->address_count != b->address_count)
        return false;
    for (uint32_t i = 0; i < a->address_count; i++)
        if (!finding_same(a->addresses[i], b->addresses[i]))
            return false;
    return true;
}

/* Peers of a cluster have the same zones: the first that has it stands for all. It goes through
 * those before: to be asked last, of a zone with a fault. */
static bool zone_seen(const struct deployment *deployment, const struct deployment_zone *zone)
{
    for (const struct deployment_zone *z = deployment->zones; z < zone; z++)
        if (z->peer != NONE && zone->peer != NONE &&
            deployment->peers[z->peer].cluster == deployment->peers[zone->peer].cluster &&
            same_zone(z, zone))
            return true;
    return false;
}

/* The address means a peer of the zone's own cluster. */
static bool is_own(const struct deployment *deployment, const struct deployment_zone *zone,
                   const char *address)
{
    const struct deployment_peer *owner =
        zone->peer == NONE ? NULL : &deployment->peers[zone->peer];
    bool own = owner && deployment_find(deployment, owner->cluster, address) != NONE;
    for (uint32_t k = 0; owner && k < owner->list_count && !own; k++)
        own = finding_same(owner->list[k], address);
    return own;
}

void check_neighbour_own_peer(const struct deployment *deployment, struct findings *findings)
{
    EACH_ZONE(z) {
        for (uint32_t i = 0; i < z->address_count; i++) {
            if (!is_own(deployment, z, z->addresses[i]))
                continue;
            if (zone_seen(deployment, z))
                break;
            findings_add(findings, place_of(deployment, z, findings),
                         "zone '%s' lists %s, a peer of its own cluster", z->name, z->addresses[i]);
            break;
        }
    }
}

static bool zone_lists(const struct deployment_zone *zone, const struct deployment_peer *peer)
{
    for (uint32_t i = 0; i < zone->address_count; i++)
        if (deployment_peer_is(peer, zone->addresses[i]))
            return true;
    return false;
}

/* Peers of a cluster that the zone lists; `missing` is the first that it does not. */
static uint32_t zone_covers(const struct deployment *deployment, const struct deployment_zone *zone,
                            const struct deployment_cluster *cluster, const char **missing)
{
    uint32_t listed = 0;
    *missing = NULL;
    for (uint32_t i = cluster->first; i < cluster->first + cluster->count; i++) {
        const struct deployment_peer *peer = &deployment->peers[i];
        if (zone_lists(zone, peer))
            listed++;
        else if (!*missing)
            *missing = peer->name;
    }
    return listed;
}

/* Peers that only the list of the other cluster knows, without a dump. */
static const char *listed_missing(const struct deployment *deployment,
                                  const struct deployment_zone *zone,
                                  const struct deployment_cluster *cluster)
{
    const struct deployment_peer *reference = finding_reference(deployment, cluster);
    uint32_t index = (uint32_t)(cluster - deployment->clusters);
    for (uint32_t i = 0; i < reference->list_count; i++) {
        bool found = !reference->list[i];
        if (!found && deployment_find(deployment, index, reference->list[i]) != NONE)
            continue;
        for (uint32_t k = 0; k < zone->address_count && !found; k++)
            found = finding_same(zone->addresses[k], reference->list[i]);
        if (!found)
            return reference->list[i];
    }
    return NULL;
}

void check_neighbour_peer_missing(const struct deployment *deployment, struct findings *findings)
{
    EACH_ZONE(z) {
        EACH_CLUSTER(c) {
            uint32_t index = (uint32_t)(c - deployment->clusters);
            bool own = z->peer != NONE && deployment->peers[z->peer].cluster == index;
            const char *missing;
            uint32_t listed = zone_covers(deployment, z, c, &missing);
            bool leads = z->cluster == index || (z->peer != NONE && listed > 0);
            if (own || !leads || listed == 0 || z->address_count == 0)
                continue;
            if (!missing)
                missing = listed_missing(deployment, z, c);
            if (missing && !zone_seen(deployment, z))
                findings_add(findings, place_of(deployment, z, findings),
                             "zone '%s' leads to %s and does not list %s", z->name, c->name,
                             missing);
        }
    }
}

void check_neighbour_address_twice(const struct deployment *deployment, struct findings *findings)
{
    EACH_ZONE(z)
        for (uint32_t i = 0; i < z->address_count; i++)
            for (uint32_t k = 0; k < i; k++)
                if (finding_same(z->addresses[k], z->addresses[i])) {
                    if (zone_seen(deployment, z))
                        break;
                    findings_add(findings, place_of(deployment, z, findings),
                                 "zone '%s' lists %s twice", z->name, z->addresses[i]);
                    break;
                }
}

void check_neighbour_ip_address(const struct deployment *deployment, struct findings *findings)
{
    EACH_ZONE(z) {
        uint32_t figures = 0;
        const char *first = NULL;
        for (uint32_t i = 0; i < z->address_count; i++)
            if (deployment_is_ip(z->addresses[i]) && !is_own(deployment, z, z->addresses[i])) {
                first = first ? first : z->addresses[i];
                figures++;
            }
        if (z->tls_verify && figures && !zone_seen(deployment, z))
            findings_add(findings, place_of(deployment, z, findings),
                         "zone '%s' verifies TLS and lists %u peer%s by IP address, such as %s",
                         z->name, figures, figures == 1 ? "" : "s", first);
    }
}
