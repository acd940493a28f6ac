/* What a cluster may hold, whatever its peers carry. */
#include <stdlib.h>
#include <string.h>

#include "model/busiest.h"
#include "model/findings_rules.h"
#include "model/limits.h"

static void check_size(const struct deployment_cluster *cluster, int64_t count, int64_t most,
                       const char *what, struct findings *findings)
{
    if (count > most)
        findings_add(findings, cluster->name, "%lld %s, a cluster supports %lld", (long long)count,
                     what, (long long)most);
}

void check_findme_limit(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        check_size(c, c->findme, FINDME_MAX, "FindMe accounts", findings);
}

void check_provisioning_limit(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        check_size(c, c->provisioning, PROVISIONING_MAX, "users or devices provisioned", findings);
}

void check_phonebook_limit(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        check_size(c, c->phonebook, PHONEBOOK_MAX, "phone book entries", findings);
}

void check_tms(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        bool needed = c->findme > 0 || c->provisioning > 0;
        if (!needed || !c->tms || limit_tms_new_enough(c->tms))
            continue;
        findings_add(findings, c->name, "Cisco TMS %s with %s, 13.2 or later is mandatory", c->tms,
                     c->findme > 0 ? "FindMe" : "provisioning");
    }
}

/* ---- Designs of a scenario ---- */

/* What a scenario asks of a cluster in the busiest hour, nothing refused. */
struct demand_of_cluster {
    double calls, units; /* erlangs */
    double registrations, mra_registrations;
    double encrypted; /* signalling sessions */
};

static struct demand_of_cluster ask(const struct scenario *scenario, uint32_t cluster)
{
    struct demand_of_cluster asked = {0};
    const struct platform node = scenario_cluster_node(scenario, cluster);
    for (uint32_t i = 0; i < scenario->endpoints_count; i++) {
        const struct endpoints *e = &scenario->endpoints[i];
        double devices = e->cluster == cluster ? (double)e->count : 0;
        asked.registrations += devices * (e->protocol == PROTOCOL_BOTH ? 2 : 1);
        asked.mra_registrations += e->access == ACCESS_MRA ? devices : 0;
        asked.encrypted += e->encrypted ? devices * (1 + e->im) : 0;
    }
    for (uint32_t i = 0; i < scenario->class_count; i++) {
        const struct call_class *call = &scenario->classes[i];
        if (!limits_class_crosses(scenario, call, cluster))
            continue;
        double erlangs = busiest_erlangs(scenario, call);
        asked.calls += erlangs;
        asked.units += erlangs * (double)scenario_call_units(scenario, call, &node);
    }
    asked.encrypted += asked.calls;
    return asked;
}

void check_encrypted_sessions(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c) {
        int64_t most = s && c->count ? limit_of_peer(s, c->first, LIMIT_ENCRYPTED_SESSIONS)
                                     : CAPACITY_UNLIMITED;
        if (most == CAPACITY_UNLIMITED)
            continue;
        double each = ask(s, c->source).encrypted / (double)c->count;
        if (each > (double)most)
            findings_add(
                findings, c->name,
                "about %.0f encrypted sessions on each peer in the busiest hour, its image "
                "holds %lld",
                each, (long long)most);
    }
}

/* What is asked of a cluster, against what the document prints and what its factor gives. */
struct printed_figure {
    const char *what;
    double asked;
    int64_t printed, by_rule;
};

static void check_printed(const struct deployment_cluster *cluster, struct printed_figure f,
                          struct findings *findings)
{
    if (f.printed != CAPACITY_UNLIMITED && f.by_rule > f.printed && f.asked > (double)f.printed)
        findings_add(findings, cluster->name,
                     "%.0f %s asked for; the document prints %lld for such a cluster, its factor "
                     "gives %lld",
                     f.asked, f.what, (long long)f.printed, (long long)f.by_rule);
}

void check_printed_figure(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c) {
        if (!s || c->count < 2 || s->clusters[c->source].caps_printed)
            continue;
        const struct cluster_figures *printed = &s->clusters[c->source].printed;
        struct demand_of_cluster asked = ask(s, c->source);
        const struct printed_figure figures[] = {
            {"units", asked.units, printed->units, scenario_cluster_units(s, c->source)},
            {"registrations", asked.registrations, printed->registrations,
             limit_of_cluster(s, c->source, LIMIT_REGISTRATIONS)},
            {"MRA registrations", asked.mra_registrations, printed->mra_registrations,
             limit_of_cluster(s, c->source, LIMIT_MRA_REGISTRATIONS)}};
        for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
            check_printed(c, figures[i], findings);
    }
}

void check_edge_core(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c) {
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

void check_redundancy_rule(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c) {
        enum redundancy rule = s ? s->clusters[c->source].redundancy : REDUNDANCY_NONE;
        if (s && capacity_outside_rule(rule, (int)c->count))
            findings_add(findings, c->name, "%u peers, more than the rule %s covers", c->count,
                         redundancy_name(rule));
    }
}
