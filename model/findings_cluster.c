/* Lists of peers, the primary, the name of the cluster. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "model/base/arena.h"
#include "model/findings_rules.h"

static bool listed_in(const char *address, const struct deployment_peer *peer)
{
    for (uint32_t i = 0; i < peer->list_count; i++)
        if (peer->list[i] && finding_same(peer->list[i], address))
            return true;
    return false;
}

/* "10.0.0.1, e2.example.com" of what one list has and another has not; "" when there is nothing. */
static const char *only_in(const struct deployment_peer *a, const struct deployment_peer *b,
                           struct findings *findings)
{
    const char *text = "";
    for (uint32_t i = 0; i < a->list_count; i++)
        if (a->list[i] && !listed_in(a->list[i], b))
            text = finding_join(findings, text, a->list[i]);
    return text;
}

static bool same_set(const struct deployment_peer *a, const struct deployment_peer *b)
{
    for (uint32_t i = 0; i < a->list_count; i++)
        if (a->list[i] && !listed_in(a->list[i], b))
            return false;
    for (uint32_t i = 0; i < b->list_count; i++)
        if (b->list[i] && !listed_in(b->list[i], a))
            return false;
    return true;
}

static bool same_order(const struct deployment_peer *a, const struct deployment_peer *b)
{
    if (a->list_count != b->list_count)
        return false;
    for (uint32_t i = 0; i < a->list_count; i++)
        if (a->list[i] != b->list[i] && !finding_same(a->list[i], b->list[i]))
            return false;
    return true;
}

/* ---- Lists ---- */

/* A system that never was in a cluster has an empty list too: one that others list, or that still
 * has the cluster's name, was cleared. */
void check_peer_list_empty(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c) {
            bool named = p->cluster_name && *p->cluster_name;
            if (p->list_count == 0 && p->file && (c->count > 1 || named))
                findings_add(findings, finding_place(p, "Alternates Peer", findings),
                             "no peer address is set, though the system %s '%s'",
                             named ? "is of the cluster" : "is listed by the peers of",
                             named ? p->cluster_name : c->name);
        }
}

void check_peer_list_differs(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *reference = finding_reference(deployment, c);
        EACH_PEER(p, c) {
            if (p == reference || p->list_count == 0 || reference->list_count == 0 ||
                same_set(p, reference))
                continue;
            const char *more = only_in(p, reference, findings);
            const char *less = only_in(reference, p, findings);
            findings_add(findings, finding_place(p, "Alternates Peer", findings),
                         "against the list of %s it %s%s%s%s%s", reference->name,
                         *less ? "lacks " : "", less, *less && *more ? " and " : "",
                         *more ? "adds " : "", more);
        }
    }
}

void check_peer_list_order(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *reference = finding_reference(deployment, c);
        EACH_PEER(p, c)
            for (uint32_t i = 0; i < p->list_count; i++) {
                if (p == reference || !same_set(p, reference) || same_order(p, reference))
                    break;
                const char *other = i < reference->list_count ? reference->list[i] : NULL;
                if (p->list[i] == other || finding_same(p->list[i], other))
                    continue;
                findings_add(findings, finding_place(p, "Alternates Peer", findings),
                             "same addresses in another order: peer %u is %s here, %s on %s", i + 1,
                             p->list[i] ? p->list[i] : "empty", other ? other : "empty",
                             reference->name);
                break;
            }
    }
}

/* Two entries that mean one peer: the same text, or two addresses of a peer whose dump is here. */
static bool same_peer(const struct deployment *deployment, const struct deployment_cluster *cluster,
                      const char *a, const char *b)
{
    if (finding_same(a, b))
        return true;
    uint32_t index = (uint32_t)(cluster - deployment->clusters);
    uint32_t first = deployment_find(deployment, index, a);
    return first != NONE && deployment_peer_is(&deployment->peers[first], a) &&
           deployment_peer_is(&deployment->peers[first], b);
}

/* One of several peers with the same list stands for all. */
static bool list_seen(const struct deployment *deployment, const struct deployment_peer *peer)
{
    const struct deployment_cluster *cluster = &deployment->clusters[peer->cluster];
    for (const struct deployment_peer *p = deployment->peers + cluster->first; p < peer; p++)
        if (p->list_count && same_order(p, peer))
            return true;
    return false;
}

void check_peer_list_duplicate(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            for (uint32_t i = 0; i < p->list_count && !list_seen(deployment, p); i++)
                for (uint32_t k = 0; k < i; k++)
                    if (p->list[i] && p->list[k] &&
                        same_peer(deployment, c, p->list[k], p->list[i]))
                        findings_add(findings, finding_place(p, "Alternates Peer", findings),
                                     "peers %u and %u are the same: %s, %s", k + 1, i + 1,
                                     p->list[k], p->list[i]);
}

void check_own_address(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c) {
            bool found = p->list_count == 0;
            for (uint32_t i = 0; i < p->list_count && !found; i++)
                found = p->list[i] && deployment_peer_is(p, p->list[i]);
            bool known = p->host || p->address_count;
            if (!found && known)
                findings_add(findings, finding_place(p, "Alternates Peer", findings),
                             "neither %s nor an own IP address%s%s is in the list of peers",
                             p->host ? p->host : "a host name", p->address_count ? " such as " : "",
                             p->address_count ? p->addresses[0] : "");
        }
}

void check_too_many_peers(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        uint32_t most = 0;
        EACH_PEER(p, c) {
            uint32_t count = 0;
            for (uint32_t i = 0; i < p->list_count; i++)
                count += p->list[i] != NULL;
            most = count > most ? count : most;
        }
        if (most > CLUSTER_PEERS_MAX)
            findings_add(findings, c->name, "%u peers, a cluster has at most %d", most,
                         CLUSTER_PEERS_MAX);
    }
}

/* A note a listed peer without a dump. A dump that is in no list may be of any of them. */
void check_dump_missing(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *reference = finding_reference(deployment, c);
        bool stranger = false;
        EACH_PEER(p, c)
            stranger = stranger || p->place == NONE;
        for (uint32_t i = 0; i < reference->list_count && reference->file && !stranger; i++)
            if (reference->list[i] &&
                deployment_find(deployment, (uint32_t)(c - deployment->clusters),
                                reference->list[i]) == NONE)
                findings_add(findings, c->name, "no dump of peer %u, %s", i + 1,
                             reference->list[i]);
    }
}

/* ---- Primary ---- */

static const char *named(const struct deployment_peer *peer)
{
    return peer->primary && peer->primary <= peer->list_count ? peer->list[peer->primary - 1]
                                                              : NULL;
}

void check_primary_differs(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c) {
            const char *here = named(p);
            bool other = p->primary != c->primary ||
                         (here && c->primary_address && !finding_same(here, c->primary_address));
            if (p->primary == 0 || c->primary == 0 || !other)
                continue;
            findings_add(findings, finding_place(p, "Alternates ConfigurationPrimary", findings),
                         "names peer %u (%s) as primary, most name peer %u (%s)", p->primary,
                         here ? here : "no address", c->primary,
                         c->primary_address ? c->primary_address : "no address");
        }
}

void check_primary_empty(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            if (p->primary && p->list_count && !named(p))
                findings_add(findings,
                             finding_place(p, "Alternates ConfigurationPrimary", findings),
                             "names peer %u as primary, whose address is empty", p->primary);
}

/* ---- Name of the cluster ---- */

static bool label_good(const char *label, size_t length, bool last)
{
    if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isascii(label[i]) || (!isalnum((unsigned char)label[i]) && label[i] != '-'))
            return false;
    return !last || isalpha((unsigned char)label[0]);
}

/* NULL when the name keeps the rules of levels; else the level that does not, and its length. */
static const char *bad_label(const char *name, size_t *length)
{
    for (const char *label = name;; label += *length + 1) {
        *length = strcspn(label, ".");
        bool last = label[*length] == '\0';
        if (!label_good(label, *length, last))
            return label;
        if (last)
            return NULL;
    }
}

/* One of several peers with the same name stands for all. */
static bool name_seen(const struct deployment *deployment, const struct deployment_peer *peer)
{
    const struct deployment_cluster *cluster = &deployment->clusters[peer->cluster];
    for (const struct deployment_peer *p = deployment->peers + cluster->first; p < peer; p++)
        if (finding_same(p->cluster_name, peer->cluster_name))
            return true;
    return false;
}

void check_cluster_name_differs(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *reference = finding_reference(deployment, c);
        EACH_PEER(p, c)
            if (p->cluster_name && reference->cluster_name &&
                !finding_same(p->cluster_name, reference->cluster_name))
                findings_add(findings, finding_place(p, "Alternates Cluster Name", findings),
                             "'%s' here, '%s' on %s", p->cluster_name, reference->cluster_name,
                             reference->name);
    }
}

void check_cluster_name_invalid(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c) {
            size_t length = 0;
            if (!p->cluster_name || !*p->cluster_name || name_seen(deployment, p))
                continue;
            const char *label = bad_label(p->cluster_name, &length);
            if (label)
                findings_add(findings, finding_place(p, "Alternates Cluster Name", findings),
                             "'%s': the level '%.*s' breaks the rules", p->cluster_name,
                             (int)length, label);
        }
}

void check_cluster_name_fqdn(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c) {
            size_t length = 0;
            const char *name = p->cluster_name;
            if (name && *name && !strchr(name, '.') && !bad_label(name, &length) &&
                !name_seen(deployment, p))
                findings_add(findings, finding_place(p, "Alternates Cluster Name", findings),
                             "'%s' is a bare host name", name);
        }
}

void check_cluster_name_missing(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            if (p->findme == YES && p->clustered_name && (!p->cluster_name || !*p->cluster_name))
                findings_add(findings, finding_place(p, "Alternates Cluster Name", findings),
                             "FindMe is enabled and the cluster has no name");
}

/* Two clusters that go by one name. */
void check_cluster_name_shared(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        for (const struct deployment_cluster *d = deployment->clusters; d < c; d++) {
            const struct deployment_peer *p = finding_reference(deployment, c);
            const struct deployment_peer *q = finding_reference(deployment, d);
            if (p->cluster_name && *p->cluster_name &&
                finding_same(p->cluster_name, q->cluster_name))
                findings_add(findings, c->name, "the clusters of %s and %s have one name", q->name,
                             p->name);
        }
}
