/* What is set on each peer: names, addresses, versions, keys, maintenance. */
#include <string.h>
#include <strings.h>

#include "model/base/arena.h"
#include "model/findings_rules.h"

#define LATENCY_MAX (80 * SECOND / 1000) /* Cluster Creation and Maintenance Guide X15.4 */

/* A peer's own text of some kind. */

/* A finding for each peer that has the text of an earlier one. */
static void find_same(const struct deployment *deployment, struct findings *findings,
                      peer_text *text, const char *path, const char *what)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            for (const struct deployment_peer *q = deployment->peers + c->first; q < p; q++)
                if (text(p) && *text(p) && finding_same(text(p), text(q))) {
                    findings_add(findings, finding_place(p, path, findings),
                                 "%s and %s have the %s '%s'", q->name, p->name, what, text(p));
                    break;
                }
}

static const char *system_name(const struct deployment_peer *peer)
{
    return peer->system_name;
}

void check_system_name(const struct deployment *deployment, struct findings *findings)
{
    find_same(deployment, findings, system_name, "SystemUnit Name", "system name");
}

static const char *template_in_use(const struct deployment_peer *peer)
{
    return peer->conference_factory == YES ? peer->conference_template : NULL;
}

void check_conference_template(const struct deployment *deployment, struct findings *findings)
{
    find_same(deployment, findings, template_in_use, "Applications ConferenceFactory Template",
              "conference factory template");
}

static const char *version(const struct deployment_peer *peer)
{
    return peer->version;
}

void check_versions(const struct deployment *deployment, struct findings *findings)
{
    finding_differences(deployment, findings, version, "version");
}

static const char *platform(const struct deployment_peer *peer)
{
    return peer->platform;
}

void check_platforms(const struct deployment *deployment, struct findings *findings)
{
    finding_differences(deployment, findings, platform, "platform");
}

static bool has_address(const struct deployment_peer *peer, const char *address)
{
    for (uint32_t i = 0; i < peer->address_count; i++)
        if (finding_same(peer->addresses[i], address))
            return true;
    return false;
}

void check_ip_address(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            for (const struct deployment_peer *q = deployment->peers + c->first; q < p; q++)
                for (uint32_t i = 0; i < p->address_count; i++)
                    if (has_address(q, p->addresses[i]))
                        findings_add(findings, finding_place(p, "Ethernet", findings),
                                     "%s and %s have the IP address %s", q->name, p->name,
                                     p->addresses[i]);
}

void check_tls_not_enforced(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *reference = finding_reference(deployment, c);
        if (finding_same(reference->tls_verification, "permissive"))
            findings_add(findings, c->name, "TLS verification between the peers is not enforced");
    }
}

void check_certificate(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            if (p->certificate && !finding_same(p->certificate, "valid") &&
                finding_same(p->tls_verification, "enforce"))
                findings_add(findings, finding_place(p, "certificate", findings),
                             "the certificate is %s while TLS verification is enforced",
                             p->certificate);
}

void check_address_mapping(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *reference = finding_reference(deployment, c);
        uint32_t figures = 0;
        for (uint32_t i = 0; i < reference->list_count; i++)
            figures += reference->list[i] && deployment_is_ip(reference->list[i]);
        if (reference->address_mapping == YES && figures)
            findings_add(findings, c->name,
                         "addresses are mapped, but %u peer%s listed by IP address", figures,
                         figures == 1 ? " is" : "s are");
    }
}

/* ---- Images and keys ---- */

void check_images(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c)
        for (uint32_t i = 1; s && i < c->count; i++)
            if (s->peers[c->first + i].image != s->peers[c->first].image)
                findings_add(findings,
                             finding_place(&deployment->peers[c->first + i], "image", findings),
                             "another image than that of %s", deployment->peers[c->first].name);
}

static const char *features_only_in(const struct deployment_peer *a,
                                    const struct deployment_peer *b, struct findings *findings)
{
    const char *text = "";
    for (uint32_t i = 0; i < a->feature_count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < b->feature_count && !found; k++)
            found = finding_same(a->features[i], b->features[k]);
        if (!found)
            text = finding_join(findings, text, a->features[i]);
    }
    return text;
}

void check_feature_keys(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *reference = finding_reference(deployment, c);
        EACH_PEER(p, c) {
            if (!p->features_known || !reference->features_known)
                continue;
            const char *less = features_only_in(reference, p, findings);
            const char *more = features_only_in(p, reference, findings);
            if (*less || *more)
                findings_add(findings, finding_place(p, "Option", findings),
                             "against %s it %s%s%s%s%s", reference->name, *less ? "lacks " : "",
                             less, *less && *more ? " and " : "", *more ? "adds " : "", more);
        }
    }
}

void check_licence_alarm(const struct deployment *deployment, struct findings *findings)
{
    static const char *const kinds[LICENCE_COUNT] = {
        [LICENCE_RMS] = "rich media session",
        [LICENCE_DESKTOP] = "desktop system",
        [LICENCE_ROOM] = "room system",
    };
    EACH_CLUSTER(c)
        for (int kind = 0; kind < LICENCE_COUNT; kind++) {
            const struct deployment_peer *holder = NULL;
            EACH_PEER(p, c)
                if (p->licences[kind] > 0 && !holder)
                    holder = p;
            EACH_PEER(p, c)
                if (holder && p->licences[kind] == 0)
                    findings_add(findings, finding_place(p, "Option", findings),
                                 "no key for %s licences, %s holds %lld", kinds[kind], holder->name,
                                 (long long)holder->licences[kind]);
        }
}

void check_option_keys(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c) {
        if (!s || s->clusters[c->source].licensing != LICENSING_SMART)
            continue;
        EACH_PEER(p, c)
            if (p->feature_count)
                findings_add(findings, finding_place(p, "options", findings),
                             "option keys with smart licensing, such as %s", p->features[0]);
    }
}

/* ---- Services ---- */

void check_h323_off(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            if (p->h323 == NO && p->list_count > 1)
                findings_add(findings, finding_place(p, "H323 Mode", findings),
                             "H.323 is off on a peer of a cluster");
}

void check_ntp(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            if (p->ntp == NO)
                findings_add(findings, finding_place(p, "NTP Server", findings),
                             "no NTP server is set");
}

static bool sends_to(const struct deployment_peer *peer, const char *server)
{
    for (uint32_t i = 0; i < peer->syslog_count; i++)
        if (finding_same(peer->syslog[i], server))
            return true;
    return false;
}

void check_syslog(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *first = &deployment->peers[c->first];
        bool stated = c->count > 1, common = false;
        EACH_PEER(p, c)
            stated = stated && p->syslog_count;
        for (uint32_t i = 0; stated && i < first->syslog_count && !common; i++) {
            common = true;
            EACH_PEER(p, c)
                common = common && sends_to(p, first->syslog[i]);
        }
        if (stated && !common)
            findings_add(findings, c->name, "no syslog server gets the logs of all peers");
    }
}

void check_latency(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            if (p->latency > LATENCY_MAX)
                findings_add(findings, finding_place(p, "latency", findings),
                             "round trip of %lld ms to its peers, at most 80 ms",
                             (long long)(p->latency / (SECOND / 1000)));
}

/* ---- Maintenance and alarms ---- */

static uint32_t in_maintenance(const struct deployment *deployment,
                               const struct deployment_cluster *c)
{
    uint32_t count = 0;
    EACH_PEER(p, c)
        count += p->maintenance == YES;
    return count;
}

void check_maintenance(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c)
            if (p->maintenance == YES && in_maintenance(deployment, c) == 1)
                findings_add(findings, finding_place(p, "SystemUnit Maintenance Mode", findings),
                             "the peer is in maintenance mode");
}

void check_system_key(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        uint32_t failed = 0;
        EACH_PEER(p, c)
            failed += p->key_update_failed == YES;
        const char *remedy = c->count == 1 ? "a single system: run the update on it"
                             : failed < c->count
                                 ? "others are well: run the update on one of those"
                                 : "all peers have failed: the cluster must be made again";
        EACH_PEER(p, c)
            if (p->key_update_failed == YES)
                findings_add(findings, finding_place(p, "alarm", findings),
                             "the key file could not be updated (%s)", remedy);
    }
}
