/* What a scenario plans: changes of the configuration, of the cluster, upgrades. */
#include <stdlib.h>

#include "model/base/arena.h"
#include "model/findings_rules.h"

/* The state of the clusters as time goes by. */
struct sweep {
    const struct deployment *deployment;
    const struct scenario *scenario;
    struct findings *findings;
    uint32_t step;     /* the next of the scenario's */
    bool *away;        /* of each peer */
    bool *upgrading;   /* of each cluster */
    uint32_t *primary; /* of each cluster */
};

struct planned {
    nanos at;
    uint32_t change;
};

static int by_time(const void *left, const void *right)
{
    const struct planned *a = left, *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->change > b->change) - (a->change < b->change);
}

static bool sweep_init(struct sweep *sweep, const struct deployment *deployment,
                       struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    struct arena *arena = findings->arena;
    *sweep = (struct sweep){
        .deployment = deployment,
        .scenario = s,
        .findings = findings,
        .away = arena_alloc(arena, s->peer_count + 1, sizeof *sweep->away),
        .upgrading = arena_alloc(arena, s->cluster_count + 1, sizeof *sweep->upgrading),
        .primary = arena_alloc(arena, s->cluster_count + 1, sizeof *sweep->primary),
    };
    if (!sweep->away || !sweep->upgrading || !sweep->primary)
        return false;
    for (uint32_t i = 0; i < s->cluster_count; i++)
        sweep->primary[i] = s->clusters[i].primary;
    return true;
}

static void sweep_to(struct sweep *sweep, nanos at)
{
    const struct scenario *s = sweep->scenario;
    for (; sweep->step < s->step_count && s->steps[sweep->step].at <= at; sweep->step++) {
        const struct step *step = &s->steps[sweep->step];
        bool *upgrading = &sweep->upgrading[s->peers[step->peer].cluster];
        switch (step->kind) {
        case STEP_FAIL:
            sweep->away[step->peer] = true;
            break;
        case STEP_UP:
            sweep->away[step->peer] = false;
            break;
        case STEP_UPGRADE_BEGIN:
            *upgrading = true;
            break;
        case STEP_UPGRADE_END:
            *upgrading = false;
            break;
        case STEP_DRAIN:
            break;
        }
    }
}

static bool is_member(const struct peer *peer, nanos at)
{
    return peer->joins <= at && at < peer->leaves;
}

static uint32_t members(const struct scenario *scenario, const struct cluster *cluster, nanos at)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        count += is_member(&scenario->peers[cluster->first_peer + i], at);
    return count;
}

/* Calls visit with each change in order of time, the state being that of the moment before it. */
static void each_change(const struct deployment *deployment, struct findings *findings,
                        void (*visit)(struct sweep *sweep, const struct change *change))
{
    const struct scenario *s = deployment->scenario;
    struct sweep sweep;
    if (!s || !s->change_count)
        return;
    struct planned *order = arena_alloc(findings->arena, s->change_count, sizeof *order);
    if (!order || !sweep_init(&sweep, deployment, findings)) {
        findings->starved = true;
        return;
    }
    for (uint32_t i = 0; i < s->change_count; i++)
        order[i] = (struct planned){.at = s->changes[i].at, .change = i};
    qsort(order, s->change_count, sizeof *order, by_time);
    for (uint32_t i = 0; i < s->change_count; i++) {
        const struct change *change = &s->changes[order[i].change];
        sweep_to(&sweep, change->at);
        visit(&sweep, change);
        if (change->kind == CHANGE_PRIMARY)
            sweep.primary[s->peers[change->peer].cluster] = change->peer;
    }
}

/* "e1: change 3". Changes are counted from 1, as in paths. */
static const char *place_of(const struct sweep *sweep, const struct change *change)
{
    const char *text = arena_printf(sweep->findings->arena, "change %u",
                                    (unsigned)(change - sweep->scenario->changes) + 1);
    return finding_place(&sweep->deployment->peers[change->peer], text ? text : "change",
                         sweep->findings);
}

/* ---- Mistakes ---- */

static void visit_restore(struct sweep *sweep, const struct change *change)
{
    const struct scenario *s = sweep->scenario;
    const struct peer *peer = &s->peers[change->peer];
    if (change->kind == CHANGE_RESTORE && is_member(peer, change->at) &&
        members(s, &s->clusters[peer->cluster], change->at) > 1)
        findings_add(sweep->findings, place_of(sweep, change),
                     "a restore is planned on a peer that is in the cluster %s",
                     s->clusters[peer->cluster].name);
}

void check_restore_in_cluster(const struct deployment *deployment, struct findings *findings)
{
    each_change(deployment, findings, visit_restore);
}

static void visit_force(struct sweep *sweep, const struct change *change)
{
    uint32_t cluster = sweep->scenario->peers[change->peer].cluster;
    if (change->kind == CHANGE_FORCE_UPDATE && sweep->primary[cluster] == change->peer)
        findings_add(sweep->findings, place_of(sweep, change),
                     "a forced update is planned on the primary");
}

void check_force_update_primary(const struct deployment *deployment, struct findings *findings)
{
    each_change(deployment, findings, visit_force);
}

static void visit_edit(struct sweep *sweep, const struct change *change)
{
    uint32_t cluster = sweep->scenario->peers[change->peer].cluster;
    if (change->kind == CHANGE_CLUSTER_WIDE && sweep->primary[cluster] != change->peer &&
        is_member(&sweep->scenario->peers[change->peer], change->at))
        findings_add(sweep->findings, place_of(sweep, change),
                     "a cluster-wide change on this peer, the primary is %s",
                     sweep->scenario->peers[sweep->primary[cluster]].name);
}

void check_edit_on_subordinate(const struct deployment *deployment, struct findings *findings)
{
    each_change(deployment, findings, visit_edit);
}

static void visit_away(struct sweep *sweep, const struct change *change)
{
    const struct scenario *s = sweep->scenario;
    uint32_t index = s->peers[change->peer].cluster;
    const struct cluster *cluster = &s->clusters[index];
    if (change->kind != CHANGE_CLUSTER_WIDE && change->kind != CHANGE_PRIMARY)
        return;
    /* a primary that is lost is what one moves it for */
    uint32_t replaced = change->kind == CHANGE_PRIMARY ? sweep->primary[index] : NONE;
    const char *missing = NULL;
    for (uint32_t i = cluster->first_peer; i < cluster->first_peer + cluster->peer_count; i++)
        if (is_member(&s->peers[i], change->at) && sweep->away[i] && i != replaced)
            missing = missing ? missing : s->peers[i].name;
    bool upgrading = sweep->upgrading[index];
    if (missing || upgrading)
        findings_add(sweep->findings, place_of(sweep, change),
                     "a change for the whole cluster while %s is %s",
                     missing ? missing : cluster->name, missing ? "away" : "being upgraded");
}

void check_change_while_away(const struct deployment *deployment, struct findings *findings)
{
    each_change(deployment, findings, visit_away);
}

/* The first time that a second peer of a cluster is taken out by plan. */
static void find_planned_together(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    bool *out = arena_alloc(findings->arena, s->peer_count + 1, sizeof *out);
    bool *told = arena_alloc(findings->arena, s->cluster_count + 1, sizeof *told);
    if (!out || !told) {
        findings->starved = true;
        return;
    }
    for (uint32_t i = 0; i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        uint32_t c = s->peers[step->peer].cluster;
        if (step->kind == STEP_UP)
            out[step->peer] = false;
        bool leaves = (step->kind == STEP_DRAIN || step->kind == STEP_FAIL) && step->planned;
        if (!leaves)
            continue;
        for (uint32_t k = 0; k < s->clusters[c].peer_count && !told[c]; k++) {
            uint32_t other = s->clusters[c].first_peer + k;
            if (other == step->peer || !out[other])
                continue;
            findings_add(findings, s->clusters[c].name,
                         "%s is taken out while %s is in maintenance", s->peers[step->peer].name,
                         s->peers[other].name);
            told[c] = true;
        }
        out[step->peer] = true;
    }
}

void check_maintenance_several(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c) {
        const char *names = "";
        uint32_t count = 0;
        EACH_PEER(p, c)
            if (p->maintenance == YES) {
                names = finding_join(findings, names, p->name);
                count++;
            }
        if (count > 1)
            findings_add(findings, c->name, "in maintenance mode at once: %s", names);
    }
    if (deployment->scenario)
        find_planned_together(deployment, findings);
}

/* ---- Plans, with their steps ---- */

static void visit_primary(struct sweep *sweep, const struct change *change)
{
    uint32_t before = sweep->primary[sweep->scenario->peers[change->peer].cluster];
    if (change->kind == CHANGE_PRIMARY && before != change->peer)
        findings_add(sweep->findings, place_of(sweep, change), "becomes primary instead of %s",
                     sweep->scenario->peers[before].name);
}

void check_changing_primary(const struct deployment *deployment, struct findings *findings)
{
    each_change(deployment, findings, visit_primary);
}

static void visit_restoring(struct sweep *sweep, const struct change *change)
{
    if (change->kind == CHANGE_RESTORE)
        findings_add(sweep->findings, place_of(sweep, change), "a backup is restored here");
}

void check_restoring(const struct deployment *deployment, struct findings *findings)
{
    each_change(deployment, findings, visit_restoring);
}

static void visit_forcing(struct sweep *sweep, const struct change *change)
{
    uint32_t cluster = sweep->scenario->peers[change->peer].cluster;
    if (change->kind == CHANGE_FORCE_UPDATE && sweep->primary[cluster] != change->peer)
        findings_add(sweep->findings, place_of(sweep, change),
                     "its configuration is replaced by that of %s",
                     sweep->scenario->peers[sweep->primary[cluster]].name);
}

void check_forcing_update(const struct deployment *deployment, struct findings *findings)
{
    each_change(deployment, findings, visit_forcing);
}

/* A cluster forms when several peers join it and at most one was there from the start. */
static bool forms(const struct scenario *scenario, const struct cluster *cluster)
{
    uint32_t there = 0, join = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        nanos joins = scenario->peers[cluster->first_peer + i].joins;
        there += joins == -FOREVER;
        join += joins > -FOREVER;
    }
    return join > 0 && there <= 1;
}

void check_forming(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c)
        if (s && forms(s, &s->clusters[c->source]))
            findings_add(findings, c->name, "the cluster is formed, peers join it one by one");
}

void check_adding(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c)
        for (uint32_t i = c->first; s && i < c->first + c->count; i++)
            if (s->peers[i].joins > -FOREVER && !forms(s, &s->clusters[c->source]))
                findings_add(findings, finding_place(&deployment->peers[i], "joins", findings),
                             "the peer is added to %s", c->name);
}

void check_removing(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    EACH_CLUSTER(c)
        for (uint32_t i = c->first; s && i < c->first + c->count; i++)
            if (s->peers[i].leaves < FOREVER)
                findings_add(findings, finding_place(&deployment->peers[i], "leaves", findings),
                             "the peer leaves %s", c->name);
}

void check_upgrading(const struct deployment *deployment, struct findings *findings)
{
    const struct scenario *s = deployment->scenario;
    for (uint32_t i = 0; s && i < s->step_count; i++)
        if (s->steps[i].kind == STEP_UPGRADE_BEGIN)
            findings_add(findings, s->clusters[s->peers[s->steps[i].peer].cluster].name,
                         "the cluster is upgraded, peer after peer");
}
