#include "model/limits.h"

#include <stdlib.h>
#include <string.h>

#include "model/licences.h"
#include "model/path.h"

static const struct {
    const char *name, *words;
} limit_texts[LIMIT_COUNT + 1] = {
    [LIMIT_UNITS] = {"units", "units"},
    [LIMIT_CLUSTER_CAP] = {"cluster_cap", "units of the cluster cap"},
    [LIMIT_RMS] = {"rms", "RMS licences"},
    [LIMIT_DESKTOP] = {"desktop", "desktop licences"},
    [LIMIT_ROOM] = {"room", "room licences"},
    [LIMIT_REGISTRATIONS] = {"registrations", "registrations"},
    [LIMIT_MRA_REGISTRATIONS] = {"mra_registrations", "MRA registrations"},
    [LIMIT_ENCRYPTED_SESSIONS] = {"encrypted_sessions", "encrypted sessions"},
    [LIMIT_TURN_RELAYS] = {"turn_relays", "TURN relays"},
    [LIMIT_SETUP_RATE] = {"setup_rate", "call set-ups a second"},
    [LIMIT_REFRESHES] = {"refreshes", "registration requests a second"},
    [LIMIT_BANDWIDTH] = {"bandwidth", "bit/s"},
    [LIMIT_PROVISIONING] = {"provisioning", "provisioned devices"},
    [LIMIT_FINDME] = {"findme", "FindMe accounts"},
    [LIMIT_PHONEBOOK] = {"phonebook", "phone book entries"},
    [LIMIT_COUNT] = {"", ""},
};

const char *limit_name(enum limit limit)
{
    return limit_texts[limit].name;
}

const char *limit_words(enum limit limit)
{
    return limit_texts[limit].words;
}

enum limit limit_called(const char *name)
{
    for (enum limit limit = 0; limit < LIMIT_COUNT; limit++)
        if (strcmp(limit_texts[limit].name, name) == 0)
            return limit;
    return LIMIT_COUNT;
}

enum limit limit_of_licence(enum licence kind)
{
    static const enum limit limits[LICENCE_COUNT] = {
        [LICENCE_RMS] = LIMIT_RMS, [LICENCE_DESKTOP] = LIMIT_DESKTOP, [LICENCE_ROOM] = LIMIT_ROOM};
    return limits[kind];
}

/* ---- Single figures ---- */

static int64_t platform_figure(const struct platform *platform, enum limit limit)
{
    switch (limit) {
    case LIMIT_UNITS:
    case LIMIT_CLUSTER_CAP:
        return platform->units;
    case LIMIT_RMS:
        return platform->rms;
    case LIMIT_REGISTRATIONS:
        return platform->registrations;
    case LIMIT_MRA_REGISTRATIONS:
        return platform->mra_registrations;
    case LIMIT_TURN_RELAYS:
        return platform->turn;
    default:
        return CAPACITY_UNLIMITED;
    }
}

int64_t limit_of_peer(const struct scenario *scenario, uint32_t peer, enum limit limit)
{
    if (limit == LIMIT_CLUSTER_CAP)
        return CAPACITY_UNLIMITED;
    if (limit == LIMIT_ENCRYPTED_SESSIONS)
        return scenario_encrypted_sessions(scenario, peer);
    return platform_figure(&scenario->platforms[scenario->peers[peer].platform], limit);
}

static int64_t saturated(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? CAPACITY_UNLIMITED : sum;
}

/* What the document prints for the cluster, where its figures are asked for. */
static int64_t printed_figure(const struct cluster *c, enum limit limit)
{
    if (!c->caps_printed)
        return CAPACITY_UNLIMITED;
    switch (limit) {
    case LIMIT_RMS:
        return c->printed.rms;
    case LIMIT_REGISTRATIONS:
        return c->printed.registrations;
    case LIMIT_MRA_REGISTRATIONS:
        return c->printed.mra_registrations;
    case LIMIT_TURN_RELAYS:
        return c->printed.turn;
    default:
        return CAPACITY_UNLIMITED;
    }
}

int64_t limit_accounts(const struct cluster *cluster, enum limit limit)
{
    return limit == LIMIT_PROVISIONING ? cluster->provisioning
           : limit == LIMIT_FINDME     ? cluster->findme
           : limit == LIMIT_PHONEBOOK  ? cluster->phonebook
                                       : 0;
}

bool limit_tms_new_enough(const char *version)
{
    char *end;
    long major = strtol(version, &end, 10), minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return end == version || major > 13 || (major == 13 && minor >= 2);
}

static int64_t accounts_most(enum limit limit)
{
    return limit == LIMIT_PROVISIONING ? PROVISIONING_MAX
           : limit == LIMIT_FINDME     ? FINDME_MAX
           : limit == LIMIT_PHONEBOOK  ? PHONEBOOK_MAX
                                       : CAPACITY_UNLIMITED;
}

int64_t limit_of_cluster(const struct scenario *scenario, uint32_t cluster, enum limit limit)
{
    const struct cluster *c = &scenario->clusters[cluster];
    if (limit == LIMIT_CLUSTER_CAP || limit == LIMIT_UNITS)
        return scenario_cluster_units(scenario, cluster);
    if (accounts_most(limit) < CAPACITY_UNLIMITED)
        return accounts_most(limit);
    struct platform node = scenario_cluster_node(scenario, cluster);
    int64_t sum = 0;
    for (uint32_t i = 0; i < c->peer_count; i++)
        sum = saturated(
            sum, platform_figure(&scenario->platforms[scenario->peers[c->first_peer + i].platform],
                                 limit));
    int64_t printed = printed_figure(c, limit);
    if (printed < CAPACITY_UNLIMITED)
        return printed < sum ? printed : sum;
    return scenario_cluster_limit(scenario, cluster, platform_figure(&node, limit), sum);
}

int64_t limit_of_pool(const struct scenario *scenario, uint32_t cluster, enum licence kind)
{
    return scenario->clusters[cluster].licensed[kind] ? licences_installed(scenario, cluster, kind)
                                                      : CAPACITY_UNLIMITED;
}

/* ---- Who draws on what ---- */

bool limits_class_crosses(const struct scenario *scenario, const struct call_class *call,
                          uint32_t cluster)
{
    unsigned may = path_may_be_away(scenario, call, &call->via);
    bool crosses = false;
    for (unsigned away = 0; away <= PATH_AWAY_ALL && !crosses; away++) {
        struct path path;
        if (away & ~may)
            continue;
        /* too long: nobody knows */
        crosses = !path_make_away(&path, scenario, call, &call->via, away);
        for (uint32_t i = 0; i < path.count && !crosses; i++)
            crosses = path.legs[i].cluster == cluster;
    }
    return crosses;
}

/* What the devices and calls of a scenario ask of one cluster. */
struct draw {
    bool calls, rms, turn, devices, mra, licence[LICENCE_COUNT], encrypted;
};

/* Registered to this cluster. */
static void draw_population(struct draw *draws, const struct scenario *s, const struct endpoints *e,
                            uint32_t cluster)
{
    struct draw *d = &draws[cluster];
    d->devices = true;
    d->mra = d->mra || e->access == ACCESS_MRA;
    d->encrypted = d->encrypted || e->encrypted;
    d->licence[e->device == DEVICE_ROOM ? LICENCE_ROOM : LICENCE_DESKTOP] |=
        e->access == ACCESS_LOCAL;
    d->licence[LICENCE_ROOM] |=
        e->access == ACCESS_LOCAL && (e->protocol == PROTOCOL_H323 || e->protocol == PROTOCOL_BOTH);
    uint32_t core = path_core(s, e, cluster);
    if (core != NONE) {
        draws[core].devices = draws[core].mra = true;
        draws[core].encrypted = draws[core].encrypted || e->encrypted;
    }
}

static void draw_devices(struct draw *draws, const struct scenario *s)
{
    for (uint32_t i = 0; i < s->endpoints_count; i++) {
        const struct endpoints *e = &s->endpoints[i];
        if (e->count <= 0)
            continue;
        draw_population(draws, s, e, e->cluster);
        if (path_refuge(e) != NONE)
            draw_population(draws, s, e, path_refuge(e));
    }
}

static void draw_path(struct draw *draws, const struct path *path)
{
    for (uint32_t i = 0; i < path->count; i++) {
        const struct leg *leg = &path->legs[i];
        struct draw *d = &draws[leg->cluster];
        d->calls = d->calls || leg->takes;
        d->rms = d->rms || leg->rms > 0;
        d->turn = d->turn || leg->turn > 0;
        d->encrypted = d->encrypted || leg->session != SESSION_NONE;
    }
}

static void draw_calls(struct draw *draws, const struct scenario *s)
{
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        unsigned may = path_may_be_away(s, call, &call->via);
        for (unsigned away = 0; away <= PATH_AWAY_ALL; away++) {
            struct path path;
            if (away & ~may)
                continue;
            path_make_away(&path, s, call, &call->via, away);
            draw_path(draws, &path);
        }
    }
}

/* ---- The list ---- */

static void add(struct limits *limits, struct limit_entry entry)
{
    if (entry.size < (double)CAPACITY_UNLIMITED)
        limits->entries[limits->count++] = entry;
}

static void add_cluster(struct limits *limits, const struct scenario *s, uint32_t c,
                        const struct draw *d)
{
    static const enum limit caps[] = {LIMIT_CLUSTER_CAP, LIMIT_RMS, LIMIT_REGISTRATIONS,
                                      LIMIT_MRA_REGISTRATIONS, LIMIT_TURN_RELAYS};
    const bool used[] = {d->calls, d->rms, d->devices, d->mra, d->turn};
    for (size_t i = 0; i < sizeof caps / sizeof *caps; i++)
        add(limits, (struct limit_entry){caps[i], HELD_BY_CLUSTER, c,
                                         (double)limit_of_cluster(s, c, caps[i]), used[i]});
    for (enum licence kind = 0; kind < LICENCE_COUNT; kind++)
        add(limits, (struct limit_entry){limit_of_licence(kind), HELD_BY_POOL, c,
                                         (double)limit_of_pool(s, c, kind),
                                         kind == LICENCE_RMS ? d->rms : d->licence[kind]});
    for (enum limit limit = LIMIT_PROVISIONING; limit <= LIMIT_PHONEBOOK; limit++)
        add(limits,
            (struct limit_entry){limit, HELD_BY_CLUSTER, c, (double)limit_of_cluster(s, c, limit),
                                 limit_accounts(&s->clusters[c], limit) > 0});
}

static void add_peer(struct limits *limits, const struct scenario *s, uint32_t p,
                     const struct draw *d)
{
    static const enum limit figures[] = {LIMIT_UNITS,         LIMIT_RMS,
                                         LIMIT_REGISTRATIONS, LIMIT_MRA_REGISTRATIONS,
                                         LIMIT_TURN_RELAYS,   LIMIT_ENCRYPTED_SESSIONS};
    const bool used[] = {d->calls, d->rms, d->devices, d->mra, d->turn, d->encrypted};
    const struct peer *peer = &s->peers[p];
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        add(limits, (struct limit_entry){figures[i], HELD_BY_PEER, p,
                                         (double)limit_of_peer(s, p, figures[i]), used[i]});
    if (peer->setup_rate > 0)
        add(limits,
            (struct limit_entry){LIMIT_SETUP_RATE, HELD_BY_PEER, p, peer->setup_rate, d->calls});
    if (peer->registration_rate > 0)
        add(limits, (struct limit_entry){LIMIT_REFRESHES, HELD_BY_PEER, p, peer->registration_rate,
                                         d->devices});
}

static bool pipe_used(const struct scenario *s, uint32_t pipe)
{
    for (uint32_t k = 0; k < s->class_count; k++)
        for (uint32_t i = 0; i < s->classes[k].pipe_count; i++)
            if (s->classes[k].pipes[i] == pipe)
                return true;
    return false;
}

bool limits_list(const struct scenario *s, struct limits *limits)
{
    size_t room =
        (size_t)s->cluster_count * (8 + LICENCE_COUNT) + (size_t)s->peer_count * 8 + s->pipe_count;
    *limits = (struct limits){.entries = calloc(room + 1, sizeof *limits->entries)};
    struct draw *draws = calloc((size_t)s->cluster_count + 1, sizeof *draws);
    bool ok = limits->entries && draws;
    if (ok) {
        draw_devices(draws, s);
        draw_calls(draws, s);
    }
    for (uint32_t c = 0; ok && c < s->cluster_count; c++) {
        add_cluster(limits, s, c, &draws[c]);
        for (uint32_t i = 0; i < s->clusters[c].peer_count; i++)
            add_peer(limits, s, s->clusters[c].first_peer + i, &draws[c]);
    }
    for (uint32_t p = 0; ok && p < s->pipe_count; p++)
        add(limits, (struct limit_entry){LIMIT_BANDWIDTH, HELD_BY_PIPE, p,
                                         (double)s->pipes[p].total, pipe_used(s, p)});
    free(draws);
    return ok;
}

void limits_release(struct limits *limits)
{
    free(limits->entries);
    *limits = (struct limits){0};
}
