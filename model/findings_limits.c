/* What a cluster may hold, whatever its peers carry. */
#include <stdlib.h>
#include <string.h>

#include "model/findings_rules.h"

/* Administrator Guide X14.2, "Size limitations for clusters and provisioning". */
#define FINDME_MAX       10000
#define PROVISIONING_MAX 10000
#define PHONEBOOK_MAX    200000
#define WEBRTC_SESSIONS  2244 /* of an instance with WebRTC enabled (X14.2 notes) */

static void check_size(const struct deployment_cluster *cluster, int64_t count, int64_t most,
                       const char *what, struct findings *findings)
{
    if (count > most)
        findings_add(findings, cluster->name, "%lld %s, a cluster supports %lld", (long long)count,
                     what, (long long)most);
}

void check_findme_limit(const struct deployment *deployment, struct findings *findings)
{
    for
        EACH_CLUSTER(c)
    check_size(c, c->findme, FINDME_MAX, "FindMe accounts", findings);
}

void check_provisioning_limit(const struct deployment *deployment, struct findings *findings)
{
    for
        EACH_CLUSTER(c)
    check_size(c, c->provisioning, PROVISIONING_MAX, "users or devices provisioned", findings);
}

void check_phonebook_limit(const struct deployment *deployment, struct findings *findings)
{
    for
        EACH_CLUSTER(c)
    check_size(c, c->phonebook, PHONEBOOK_MAX, "phone book entries", findings);
}

/* Major and minor of "13.2", "14.6.1". False when it is none. */
static bool version_read(const char *text, long *major, long *minor)
{
    char *end;
    *major = strtol(text, &end, 10);
    *minor = 0;
    if (end == text)
        return false;
    if (*end == '.')
        *minor = strtol(end + 1, &end, 10);
    return true;
}

void check_tms(const struct deployment *deployment, struct findings *findings)
{
    for
        EACH_CLUSTER(c)
        {
            long major, minor;
            bool needed = c->findme > 0 || c->provisioning > 0;
            if (!needed || !c->tms || !version_read(c->tms, &major, &minor))
                continue;
            if (major < 13 || (major == 13 && minor < 2))
                findings_add(findings, c->name, "Cisco TMS %s with %s, 13.2 or later is mandatory",
                             c->tms, c->findme > 0 ? "FindMe" : "provisioning");
        }
}

/* --- Designs of a scenario ---- */

static double sessions_offered(const struct scenario *scenario, uint32_t cluster, bool *webrtc)
{
    double sessions = 0;
    for (uint32_t i = 0; i < scenario->endpoints_count; i++) {
        const struct endpoints *e = &scenario->endpoints[i];
        if (e->cluster == cluster && e->encrypted)
            sessions += (double)e->count * (1 + e->im);
    }
    *webrtc = false;
    for (uint32_t i = 0; i < scenario->class_count; i++) {
        const struct call_class *call = &scenario->classes[i];
        if (call->via.cluster != cluster)
            continue;
        sessions += call_erlangs(call);
        *webrtc = *webrtc || call->service == SERVICE_WEBRTC;
    }
    return sessions;
}

void check_encrypted_sessions(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    for
        EACH_CLUSTER(c)
        {
            bool webrtc, capped = s && s->peers[c->first].image == IMAGE_UNRESTRICTED;
            if (!capped || c->count == 0)
                continue;
            double each = sessions_offered(s, c->source, &webrtc) / (double)c->count;
            int most = webrtc ? WEBRTC_SESSIONS : ENCRYPTED_SESSIONS_MAX;
            if (each > most)
                findings_add(findings, c->name,
                             "about %.0f encrypted sessions on each peer in the busiest hour, the "
                             "unrestricted image holds %d%s",
                             each, most, webrtc ? " with WebRTC" : "");
        }
}

void check_edge_core(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    for
        EACH_CLUSTER(c)
        {
            uint32_t other = s ? s->clusters[c->source].traversal : NONE;
            if (other == NONE || c->count == 0 || s->clusters[other].peer_count == 0)
                continue;
            const struct deployment_cluster *core = &deployment->clusters[other];
            const char *mine = deployment->peers[c->first].platform;
            const char *its = deployment->peers[core->first].platform;
            if (c->count != core->count || !finding_same(mine, its))
                findings_add(findings, c->name, "%u x %s here, %u x %s in %s", c->count, mine,
                             core->count, its, core->name);
        }
}
