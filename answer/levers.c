#include "answer/levers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/arena.h"
#include "model/base/number.h"
#include "model/base/setting.h"
#include "model/licences.h"

#define LICENCES_MOST 100000
#define PIPE_STEPS    1000
#define RATE_STEPS    128
#define DOUBLINGS     6

/* ---- Which ones ---- */

struct listing {
    const struct scenario *scenario;
    const struct trial_maker *maker;
    struct levers *levers;
    uint32_t *clusters; /* bits of lever kinds by cluster */
    uint8_t *pipes, *populations;
    bool refreshes, notices, all;
    bool failed;
};

#define BIT(kind) (1u << (kind))

static const uint32_t by_cause[CAUSE_COUNT] = {
    [CAUSE_NO_PEER] = BIT(LEVER_PEERS),
    [CAUSE_PEER_UNITS] = BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM) | BIT(LEVER_SESSIONS),
    [CAUSE_CLUSTER_CAP] = BIT(LEVER_CAP) | BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM),
    [CAUSE_RMS] = BIT(LEVER_RMS) | BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM),
    [CAUSE_BANDWIDTH] = BIT(LEVER_PIPE),
    [CAUSE_TURN] = BIT(LEVER_MULTIPLEXING) | BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM),
    [CAUSE_UNREGISTERED] = BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM) | BIT(LEVER_NOTICE),
    [CAUSE_SETUP_RATE] = BIT(LEVER_SETUP_RATE) | BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM),
};

static const uint32_t by_limit[LIMIT_COUNT + 1] = {
    [LIMIT_DESKTOP] = BIT(LEVER_DESKTOP),
    [LIMIT_ROOM] = BIT(LEVER_ROOM),
    [LIMIT_REGISTRATIONS] = BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM),
    [LIMIT_MRA_REGISTRATIONS] = BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM),
    [LIMIT_ENCRYPTED_SESSIONS] = BIT(LEVER_IMAGE) | BIT(LEVER_PEERS),
    [LIMIT_REFRESHES] = BIT(LEVER_REFRESH) | BIT(LEVER_PEERS),
    [LIMIT_COUNT] = BIT(LEVER_PEERS),
};

/* Devices that were without a peer when called, or when they would have called. */
static void want_notice(struct listing *l, const struct call_class *call)
{
    l->notices = true;
    if (call->via.origin == ORIGIN_ENDPOINTS)
        l->populations[call->via.endpoints] |= 2;
    if (call->target == TARGET_ENDPOINTS)
        l->populations[call->target_endpoints] |= 2;
}

static void want_for_class(struct listing *l, const struct judged *row)
{
    const struct call_class *call = &l->scenario->classes[row->index];
    for (uint32_t cause = 0; cause < CAUSE_COUNT; cause++) {
        if (!l->all && row->causes && !(row->causes >> cause & 1))
            continue;
        for (uint32_t c = 0; c < l->scenario->cluster_count; c++)
            if (limits_class_crosses(l->scenario, call, c))
                l->clusters[c] |= by_cause[cause] & ~BIT(LEVER_PIPE);
        if (by_cause[cause] & BIT(LEVER_NOTICE))
            want_notice(l, call);
        for (uint32_t i = 0; i < call->pipe_count && by_cause[cause] & BIT(LEVER_PIPE); i++)
            l->pipes[call->pipes[i]] = 1;
    }
}

/* More of one limit may show the next: what devices ask for in all is wanted. */
static void want_for_devices(struct listing *l, const struct judged *row)
{
    const struct endpoints *e = &l->scenario->endpoints[row->index];
    uint32_t core = l->scenario->clusters[e->cluster].traversal;
    uint32_t wanted = by_limit[limit_called(row->cause)];
    l->populations[row->index] |= 1;
    l->refreshes = l->refreshes || wanted & BIT(LEVER_REFRESH);
    wanted |= BIT(LEVER_PEERS) | BIT(LEVER_PLATFORM) | BIT(LEVER_IMAGE);
    if (e->access == ACCESS_LOCAL)
        wanted |= BIT(LEVER_DESKTOP) | BIT(LEVER_ROOM);
    l->clusters[e->cluster] |= wanted;
    if (e->access == ACCESS_MRA && core != NONE)
        l->clusters[core] |= wanted;
}

static struct lever *add(struct listing *l, struct lever lever)
{
    struct levers *levers = l->levers;
    if ((levers->count & (levers->count - 1)) == 0) {
        size_t room = levers->count ? 2 * levers->count : 1;
        struct lever *items = realloc(levers->items, room * sizeof *items);
        if (!items) {
            l->failed = true;
            return NULL;
        }
        levers->items = items;
    }
    levers->items[levers->count] = lever;
    return &levers->items[levers->count++];
}

/* ---- One by one ---- */

static bool any_peer(const struct scenario *s, uint32_t cluster,
                     bool (*is)(const struct scenario *s, const struct peer *peer))
{
    const struct cluster *c = &s->clusters[cluster];
    for (uint32_t i = 0; i < c->peer_count; i++)
        if (is(s, &s->peers[c->first_peer + i]))
            return true;
    return false;
}

static bool is_port_bound(const struct scenario *s, const struct peer *peer)
{
    return s->platforms[peer->platform].turn_ports && !peer->turn_multiplexing;
}

static bool is_capped(const struct scenario *s, const struct peer *peer)
{
    (void)s;
    return peer->image == IMAGE_UNRESTRICTED;
}

static bool has_sessions_cap(const struct scenario *s, const struct peer *peer)
{
    (void)s;
    return peer->max_sessions < CAPACITY_UNLIMITED;
}

static bool has_setup_rate(const struct scenario *s, const struct peer *peer)
{
    (void)s;
    return peer->setup_rate > 0;
}

static void add_switches(struct listing *l, uint32_t c)
{
    const struct scenario *s = l->scenario;
    if (l->clusters[c] & BIT(LEVER_MULTIPLEXING) && any_peer(s, c, is_port_bound))
        add(l, (struct lever){.kind = LEVER_MULTIPLEXING, .index = c, .most = 1});
    if (l->clusters[c] & BIT(LEVER_IMAGE) && any_peer(s, c, is_capped))
        add(l, (struct lever){.kind = LEVER_IMAGE, .index = c, .most = 1});
}

static void add_own_caps(struct listing *l, uint32_t c)
{
    const struct scenario *s = l->scenario;
    const struct cluster *cluster = &s->clusters[c];
    const struct peer *first = &s->peers[cluster->first_peer];
    if (l->clusters[c] & BIT(LEVER_CAP) && cluster->cap_stated >= 0) {
        int64_t sum = 0;
        for (uint32_t i = 0; i < cluster->peer_count; i++)
            sum += s->platforms[s->peers[cluster->first_peer + i].platform].units;
        sum *= CLUSTER_PEERS_MAX; /* with further or larger ones */
        if (sum > cluster->cap_stated)
            add(l, (struct lever){.kind = LEVER_CAP,
                                  .index = c,
                                  .most = sum - cluster->cap_stated,
                                  .now = (double)cluster->cap_stated,
                                  .step = 1});
    }
    if (l->clusters[c] & BIT(LEVER_SESSIONS) && any_peer(s, c, has_sessions_cap))
        add(l, (struct lever){.kind = LEVER_SESSIONS,
                              .index = c,
                              .most = LICENCES_MOST,
                              .now = (double)first->max_sessions,
                              .step = 1});
    if (l->clusters[c] & BIT(LEVER_SETUP_RATE) && any_peer(s, c, has_setup_rate))
        add(l, (struct lever){.kind = LEVER_SETUP_RATE,
                              .index = c,
                              .most = RATE_STEPS,
                              .now = first->setup_rate,
                              .step = 1});
}

/* Of the peers that stay, one that has licences already. */
static uint32_t peer_that_stays(const struct scenario *s, uint32_t cluster, enum licence kind)
{
    const struct cluster *c = &s->clusters[cluster];
    uint32_t stays = NONE;
    for (uint32_t p = c->first_peer; p < c->first_peer + c->peer_count; p++) {
        bool leaves = s->peers[p].leaves < s->run.length || s->peers[p].joins > 0;
        for (uint32_t i = 0; i < s->step_count && !leaves; i++)
            leaves = s->steps[i].peer == p && s->steps[i].kind == STEP_FAIL;
        if (!leaves && (stays == NONE ||
                        (s->peers[p].licences[kind] > 0 && s->peers[stays].licences[kind] == 0)))
            stays = p;
    }
    return stays == NONE ? c->first_peer : stays;
}

static void add_licences(struct listing *l, uint32_t c)
{
    static const enum lever_kind kinds[LICENCE_COUNT] = {
        [LICENCE_RMS] = LEVER_RMS, [LICENCE_DESKTOP] = LEVER_DESKTOP, [LICENCE_ROOM] = LEVER_ROOM};
    const struct scenario *s = l->scenario;
    const struct cluster *cluster = &s->clusters[c];
    for (enum licence kind = 0; kind < LICENCE_COUNT; kind++) {
        if (!(l->clusters[c] & BIT(kinds[kind])) || !cluster->licensed[kind] ||
            cluster->peer_count == 0)
            continue;
        struct lever lever = {.kind = kinds[kind], .index = c, .most = LICENCES_MOST, .step = 1};
        bool lost = s->goals.survive > 0 || s->outage_count > 0;
        lever.each = cluster->licensing == LICENSING_PAK && lost &&
                     cluster->licence_grace < s->run.length && cluster->peer_count > 1;
        lever.peer =
            cluster->licensing == LICENSING_SMART || cluster->licences[kind] > 0 || lever.each
                ? NONE
                : peer_that_stays(s, c, kind);
        add(l, lever);
    }
}

static void add_peers(struct listing *l, uint32_t c)
{
    const struct scenario *s = l->scenario;
    const struct cluster *cluster = &s->clusters[c];
    char name[SETTING_NAME_SIZE];
    struct lever lever = {
        .kind = LEVER_PEERS, .index = c, .most = CLUSTER_PEERS_MAX - (int64_t)cluster->peer_count};
    if (lever.most <= 0 || cluster->peer_count == 0)
        return;
    const char *setting = arena_printf(l->levers->arena, "clusters.%s.peers=%d",
                                       setting_name(cluster->name, name), CLUSTER_PEERS_MAX);
    struct trial_scenario made;
    if (!setting || !l->maker->make(l->maker->context, &setting, 1, &made)) {
        l->failed = l->failed || !setting;
        return;
    }
    const struct cluster *larger = &made.scenario.clusters[c];
    for (uint32_t i = cluster->peer_count; i < larger->peer_count; i++)
        lever.names[lever.name_count++] =
            arena_strdup(l->levers->arena, made.scenario.peers[larger->first_peer + i].name);
    lever.most = lever.name_count;
    l->maker->release(l->maker->context, &made);
    if (lever.most > 0)
        add(l, lever);
}

static bool is_larger(const struct platform *a, const struct platform *b)
{
    if (a->units != b->units)
        return a->units > b->units;
    if (a->registrations != b->registrations)
        return a->registrations > b->registrations;
    return a->mra_registrations > b->mra_registrations;
}

static const char *platform_setting(struct listing *l, uint32_t c, const char *platform)
{
    char cluster[SETTING_NAME_SIZE];
    return arena_printf(l->levers->arena, "clusters.%s.peers.*.platform=%s",
                        setting_name(l->scenario->clusters[c].name, cluster), platform);
}

/* Whether it can be built so, and what a node has then. */
static bool node_with(struct listing *l, uint32_t c, const char *platform, struct platform *node)
{
    const char *setting = platform_setting(l, c, platform);
    struct trial_scenario made;
    if (!setting || !l->maker->make(l->maker->context, &setting, 1, &made))
        return false;
    *node = scenario_cluster_node(&made.scenario, c);
    l->maker->release(l->maker->context, &made);
    return true;
}

static void add_platforms(struct listing *l, uint32_t c)
{
    static const char *const known[] = {"small-vm", "medium-vm", "large-vm", "ce1200", "ce1300"};
    const struct scenario *s = l->scenario;
    struct platform now = scenario_cluster_node(s, c), nodes[LEVER_PLATFORMS_MOST];
    struct lever lever = {.kind = LEVER_PLATFORM, .index = c};
    size_t candidates = sizeof known / sizeof *known + s->platform_count;
    for (size_t i = 0; i < candidates && lever.name_count < LEVER_PLATFORMS_MOST; i++) {
        bool own = i >= sizeof known / sizeof *known;
        const char *name = own ? s->platforms[i - sizeof known / sizeof *known].name : known[i];
        struct platform node;
        int at = 0;
        for (int k = 0; k < lever.name_count; k++)
            at = strcmp(lever.names[k], name) == 0 ? -1 : at;
        if (at < 0 || strcmp(name, now.name) == 0 || !node_with(l, c, name, &node) ||
            !is_larger(&node, &now))
            continue;
        for (at = lever.name_count++; at > 0 && is_larger(&nodes[at - 1], &node); at--) {
            nodes[at] = nodes[at - 1];
            lever.names[at] = lever.names[at - 1];
        }
        nodes[at] = node;
        lever.names[at] = arena_strdup(l->levers->arena, name);
    }
    lever.most = lever.name_count;
    if (lever.most > 0)
        add(l, lever);
}

static void add_pipes(struct listing *l)
{
    for (uint32_t p = 0; p < l->scenario->pipe_count; p++) {
        double total = (double)l->scenario->pipes[p].total;
        if (!l->pipes[p] || total <= 0)
            continue;
        double step = pow(10, floor(log10(total / 5)));
        add(l, (struct lever){.kind = LEVER_PIPE,
                              .index = p,
                              .most = PIPE_STEPS,
                              .now = total,
                              .step = fmax(step, 1)});
    }
}

static void add_populations(struct listing *l, enum lever_kind kind)
{
    for (uint32_t e = 0; e < l->scenario->endpoints_count; e++) {
        const struct endpoints *endpoints = &l->scenario->endpoints[e];
        bool kept_out = l->populations[e] & 1, lost = l->populations[e] & 2;
        if (kind == LEVER_DEVICES && kept_out && endpoints->count > 1)
            add(l, (struct lever){.kind = kind,
                                  .index = e,
                                  .most = endpoints->count - 1,
                                  .now = (double)endpoints->count,
                                  .step = -1});
        bool refresh = kind == LEVER_REFRESH && l->refreshes && kept_out;
        bool notice = kind == LEVER_NOTICE && l->notices && lost;
        if ((refresh || notice) && endpoints->ttl > 0)
            add(l, (struct lever){.kind = kind,
                                  .index = e,
                                  .most = DOUBLINGS,
                                  .now = (double)endpoints->ttl / (double)SECOND});
    }
}

/* ---- Wide ones ---- */

static void add_rule(struct listing *l, uint32_t c)
{
    const struct cluster *cluster = &l->scenario->clusters[c];
    if (cluster->redundancy == REDUNDANCY_4_1 && cluster->peer_count == CLUSTER_PEERS_MAX)
        add(l, (struct lever){.kind = LEVER_RULE, .index = c, .most = 1});
}

/* Whether the scenario can be made with a setting; its table is then copied to where it is wanted.
 */
static bool table_with(struct listing *l, const char *setting, char *table, size_t size)
{
    struct trial_scenario made;
    if (!setting || !l->maker->make(l->maker->context, &setting, 1, &made))
        return false;
    snprintf(table, size, "%s", made.scenario.table);
    l->maker->release(l->maker->context, &made);
    return true;
}

static void add_releases(struct listing *l)
{
    static const char *const known[] = {"X8",    "X14.0", "X14.2", "X14.3", "X15.0",
                                        "X15.2", "X15.3", "X15.4", "X15.5"};
    struct lever lever = {.kind = LEVER_RELEASE};
    char table[128];
    bool newer = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *setting = arena_printf(l->levers->arena, "release=%s", known[i]);
        l->failed = l->failed || !setting;
        if (!table_with(l, setting, table, sizeof table))
            continue;
        if (newer && lever.name_count < LEVER_PLATFORMS_MOST)
            lever.names[lever.name_count++] = known[i];
        newer = newer || strcmp(table, l->scenario->table) == 0 ||
                strncmp(l->scenario->table, known[i], strlen(known[i])) == 0;
    }
    lever.most = lever.name_count;
    if (lever.most > 0)
        add(l, lever);
}

/* The load that a class has now, in hundredths of what it states. NAN: it has no rate. */
static double load_now(struct listing *l, uint32_t class_index)
{
    char name[SETTING_NAME_SIZE];
    const struct rate_steps *now = &l->scenario->classes[class_index].arrivals.steps;
    const char *setting = arena_printf(l->levers->arena, "calls.%s.arrivals.scale=100%%",
                                       setting_name(l->scenario->classes[class_index].name, name));
    struct trial_scenario made;
    double load = NAN;
    if (!setting || !l->maker->make(l->maker->context, &setting, 1, &made))
        return NAN;
    const struct rate_steps *whole = &made.scenario.classes[class_index].arrivals.steps;
    for (uint32_t i = 0; i < now->count && i < whole->count && isnan(load); i++)
        if (whole->rates[i] > 0)
            load = 100 * now->rates[i] / whole->rates[i];
    l->maker->release(l->maker->context, &made);
    return load;
}

static void add_loads(struct listing *l, const struct answer *answer)
{
    for (uint32_t k = 0; k < l->scenario->class_count; k++) {
        bool missed = false;
        for (size_t i = 0; i < answer->row_count; i++)
            missed = missed || (answer->rows[i].verdict == VERDICT_NO &&
                                answer->rows[i].scope == SCOPE_CLASS && answer->rows[i].index == k);
        if (!missed || l->scenario->classes[k].arrivals.kind != ARRIVALS_RATE)
            continue;
        double now = load_now(l, k);
        if (now > 1)
            add(l, (struct lever){
                       .kind = LEVER_LOAD, .index = k, .most = 99, .now = now, .step = -now / 100});
    }
}

bool levers_list(const struct scenario *s, const struct answer *answer,
                 const struct trial_maker *maker, enum levers_reach reach, struct levers *levers)
{
    bool wide = reach == LEVERS_WIDE;
    *levers = (struct levers){.arena = arena_new()};
    struct listing l = {.scenario = s,
                        .maker = maker,
                        .all = reach == LEVERS_ALL,
                        .levers = levers,
                        .clusters = calloc((size_t)s->cluster_count + 1, sizeof *l.clusters),
                        .pipes = calloc((size_t)s->pipe_count + 1, 1),
                        .populations = calloc((size_t)s->endpoints_count + 1, 1)};
    l.failed = !levers->arena || !l.clusters || !l.pipes || !l.populations;
    for (size_t i = 0; !l.failed && i < answer->row_count; i++) {
        if (answer->rows[i].verdict != VERDICT_NO)
            continue;
        if (answer->rows[i].scope == SCOPE_CLASS)
            want_for_class(&l, &answer->rows[i]);
        else if (answer->rows[i].scope == SCOPE_ENDPOINTS)
            want_for_devices(&l, &answer->rows[i]);
    }
    for (uint32_t c = 0; !l.failed && c < s->cluster_count; c++)
        add_switches(&l, c);
    for (uint32_t c = 0; !l.failed && c < s->cluster_count; c++)
        add_own_caps(&l, c);
    if (!l.failed)
        add_populations(&l, LEVER_REFRESH);
    if (!l.failed)
        add_populations(&l, LEVER_NOTICE);
    for (uint32_t c = 0; !l.failed && c < s->cluster_count; c++)
        add_licences(&l, c);
    if (!l.failed)
        add_pipes(&l);
    for (uint32_t c = 0; !l.failed && c < s->cluster_count; c++)
        if (l.clusters[c] & BIT(LEVER_PEERS))
            add_peers(&l, c);
    for (uint32_t c = 0; !l.failed && c < s->cluster_count; c++)
        if (l.clusters[c] & BIT(LEVER_PLATFORM))
            add_platforms(&l, c);
    if (!l.failed)
        add_populations(&l, LEVER_DEVICES);
    for (uint32_t c = 0; !l.failed && wide && c < s->cluster_count; c++)
        add_rule(&l, c);
    if (!l.failed && wide)
        add_releases(&l);
    if (!l.failed && wide)
        add_loads(&l, answer);
    free(l.clusters);
    free(l.pipes);
    free(l.populations);
    return !l.failed;
}

void levers_release(struct levers *levers)
{
    free(levers->items);
    arena_free(levers->arena);
    *levers = (struct levers){0};
}

/* ---- As settings ---- */

static const char *const licence_keys[] = {
    [LEVER_RMS] = "rms", [LEVER_DESKTOP] = "desktop", [LEVER_ROOM] = "room"};

static enum licence licence_of(enum lever_kind kind)
{
    return kind == LEVER_RMS ? LICENCE_RMS : kind == LEVER_DESKTOP ? LICENCE_DESKTOP : LICENCE_ROOM;
}

static void put_licences(struct setting_list *w, const struct lever *lever,
                         const struct scenario *s, const char *cluster, int64_t amount)
{
    const struct cluster *c = &s->clusters[lever->index];
    enum licence kind = licence_of(lever->kind);
    const char *key = licence_keys[lever->kind];
    char name[SETTING_NAME_SIZE];
    if (!lever->each && lever->peer == NONE) {
        setting_list_put(w, arena_printf(w->arena, "clusters.%s.licences.%s=%lld", cluster, key,
                                         (long long)(c->licences[kind] + amount)));
        return;
    }
    for (uint32_t p = c->first_peer; p < c->first_peer + c->peer_count; p++)
        if (lever->each || p == lever->peer)
            setting_list_put(w, arena_printf(w->arena, "clusters.%s.peers.%s.%s=%lld", cluster,
                                             setting_name(s->peers[p].name, name), key,
                                             (long long)(s->peers[p].licences[kind] + amount)));
}

/* Further peers bring no licences where the one that they are like has some. */
static void put_peers(struct setting_list *w, const struct lever *lever, const struct scenario *s,
                      const char *cluster, int64_t amount)
{
    const struct cluster *c = &s->clusters[lever->index];
    const struct peer *last = &s->peers[c->first_peer + c->peer_count - 1];
    char name[SETTING_NAME_SIZE];
    setting_list_put(w, arena_printf(w->arena, "clusters.%s.peers=%lld", cluster,
                                     (long long)c->peer_count + (long long)amount));
    for (int64_t i = 0; i < amount && i < lever->name_count; i++)
        for (enum lever_kind kind = LEVER_RMS; kind <= LEVER_ROOM; kind++)
            if (last->licences[licence_of(kind)] > 0)
                setting_list_put(w, arena_printf(w->arena, "clusters.%s.peers.%s.%s=", cluster,
                                                 setting_name(lever->names[i], name),
                                                 licence_keys[kind]));
}

static void put_all_peers(struct setting_list *w, const char *cluster, const char *key,
                          const char *value)
{
    setting_list_put(w, arena_printf(w->arena, "clusters.%s.peers.*.%s=%s", cluster, key, value));
}

static bool of_population(const struct lever *lever)
{
    return lever->kind == LEVER_DEVICES || lever->kind == LEVER_REFRESH ||
           lever->kind == LEVER_NOTICE;
}

/* Seconds; longer by doublings, shorter by halvings. */
static double interval_at(const struct lever *lever, int64_t amount)
{
    int power = lever->kind == LEVER_REFRESH ? (int)amount : -(int)amount;
    return ceil(lever->now * ldexp(1, power));
}

void lever_settings(const struct lever *lever, const struct scenario *s, int64_t amount,
                    struct setting_list *list)
{
    struct arena *arena = list->arena;
    char name[SETTING_NAME_SIZE], number[NUMBER_SIZE];
    const char *of = of_population(lever)        ? s->endpoints[lever->index].name
                     : lever->kind == LEVER_LOAD ? s->classes[lever->index].name
                     : lever->kind == LEVER_PIPE ? s->pipes[lever->index].name
                                                 : s->clusters[lever->index].name;
    setting_name(of, name);
    number_format(lever->now + lever->step * (double)amount, number);
    switch (lever->kind) {
    case LEVER_MULTIPLEXING:
        put_all_peers(list, name, "turn-multiplexing", "yes");
        break;
    case LEVER_IMAGE:
        put_all_peers(list, name, "image", "select");
        break;
    case LEVER_CAP:
        setting_list_put(list, arena_printf(arena, "clusters.%s.cluster-cap=%s", name, number));
        break;
    case LEVER_SESSIONS:
        put_all_peers(list, name, "max-sessions", number);
        break;
    case LEVER_SETUP_RATE:
        setting_list_put(list,
                         arena_printf(arena, "clusters.%s.peers.*.setup-rate=%s/s", name, number));
        break;
    case LEVER_REFRESH:
    case LEVER_NOTICE:
        number_format(interval_at(lever, amount), number);
        setting_list_put(list, arena_printf(arena, "endpoints.%s.ttl=%ss", name, number));
        break;
    case LEVER_RMS:
    case LEVER_DESKTOP:
    case LEVER_ROOM:
        put_licences(list, lever, s, name, amount);
        break;
    case LEVER_PIPE:
        setting_list_put(list, arena_printf(arena, "pipes.%s.total=%s", name, number));
        break;
    case LEVER_PEERS:
        put_peers(list, lever, s, name, amount);
        break;
    case LEVER_RULE:
        setting_list_put(list, arena_printf(arena, "clusters.%s.redundancy=5+1", name));
        break;
    case LEVER_RELEASE:
        setting_list_put(list, arena_printf(arena, "release=%s", lever->names[amount - 1]));
        break;
    case LEVER_LOAD:
        setting_list_put(list, arena_printf(arena, "calls.%s.arrivals.scale=%s%%", name, number));
        break;
    case LEVER_PLATFORM:
        put_all_peers(list, name, "platform", lever->names[amount - 1]);
        break;
    default:
        setting_list_put(list, arena_printf(arena, "endpoints.%s.count=%s", name, number));
    }
}

/* ---- In words ---- */

static char *bits_words(double bits, struct arena *arena)
{
    return bits >= 1e6 ? arena_printf(arena, "%.4g Mbit/s", bits / 1e6)
                       : arena_printf(arena, "%.4g kbit/s", bits / 1e3);
}

static char *licence_words(const struct lever *lever, const struct scenario *s, int64_t amount,
                           struct arena *arena)
{
    static const char *const nouns[] = {
        [LEVER_RMS] = "RMS", [LEVER_DESKTOP] = "desktop licence", [LEVER_ROOM] = "room licence"};
    const struct cluster *c = &s->clusters[lever->index];
    const char *plural = lever->kind != LEVER_RMS && amount != 1 ? "s" : "";
    const char *on = lever->each ? " on each peer of " : " in ";
    bool named = !lever->each && lever->peer != NONE && c->peer_count > 1;
    return arena_printf(arena, "%lld more %s%s%s%s%s%s", (long long)amount, nouns[lever->kind],
                        plural, on, c->name, named ? ", on " : "",
                        named ? s->peers[lever->peer].name : "");
}

char *lever_words(const struct lever *lever, const struct scenario *s, int64_t amount,
                  struct arena *arena)
{
    double value = lever->now + lever->step * (double)amount;
    const char *cluster = lever->kind == LEVER_PIPE || lever->kind == LEVER_LOAD ||
                                  lever->kind == LEVER_RELEASE || of_population(lever)
                              ? ""
                              : s->clusters[lever->index].name;
    char *bits;
    switch (lever->kind) {
    case LEVER_MULTIPLEXING:
        return arena_printf(arena, "TURN port multiplexing on the peers of %s", cluster);
    case LEVER_IMAGE:
        return arena_printf(arena, "the Select image on the peers of %s", cluster);
    case LEVER_CAP:
        return arena_printf(arena, "a cluster-cap of %.0f for %s, %lld units more", value, cluster,
                            (long long)amount);
    case LEVER_SESSIONS:
        return arena_printf(arena, "max-sessions of %.0f on the peers of %s", value, cluster);
    case LEVER_SETUP_RATE:
        return arena_printf(arena, "a setup-rate of %.4g/s on the peers of %s", value, cluster);
    case LEVER_REFRESH:
    case LEVER_NOTICE:
        return arena_printf(arena, "a refresh interval of %.0f s for %s",
                            interval_at(lever, amount), s->endpoints[lever->index].name);
    case LEVER_RMS:
    case LEVER_DESKTOP:
    case LEVER_ROOM:
        return licence_words(lever, s, amount, arena);
    case LEVER_PIPE:
        bits = bits_words(value, arena);
        return bits ? arena_printf(arena, "%s on pipe %s", bits, s->pipes[lever->index].name)
                    : NULL;
    case LEVER_PEERS:
        return arena_printf(arena, "%lld more peer%s in %s", (long long)amount,
                            amount == 1 ? "" : "s", cluster);
    case LEVER_RULE:
        return arena_printf(arena, "rule 5+1 in %s", cluster);
    case LEVER_RELEASE:
        return arena_printf(arena, "release %s", lever->names[amount - 1]);
    case LEVER_LOAD:
        return arena_printf(arena, "%lld %% fewer calls of %s", (long long)amount,
                            s->classes[lever->index].name);
    case LEVER_PLATFORM:
        return arena_printf(arena, "platform %s in %s", lever->names[amount - 1], cluster);
    default:
        return arena_printf(arena, "at most %.0f devices of %s", value,
                            s->endpoints[lever->index].name);
    }
}

char *lever_short(const struct lever *lever, const struct scenario *s, int64_t amount,
                  struct arena *arena)
{
    (void)s;
    switch (lever->kind) {
    case LEVER_RMS:
        return arena_printf(arena, "%lld RMS more", (long long)amount);
    case LEVER_PEERS:
        return arena_printf(arena, "%lld peer%s more", (long long)amount, amount == 1 ? "" : "s");
    default:
        return arena_strdup(arena, "it");
    }
}
