/* Clusters, zones and pipes as dumps say. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/new_page.h"
#include "data/schema.h"
#include "model/base/arena.h"

/* ---- Looking things up ---- */

static const char *value_of(const struct deployment_peer *peer, const char *path)
{
    for (uint32_t i = 0; i < peer->setting_count; i++)
        if (strcasecmp(peer->settings[i].path, path) == 0)
            return peer->settings[i].value;
    return NULL;
}

/* Digits of a whole number from 1 to 999,999,999. */
static bool is_count(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return length > 0 && length < 10 && strspn(text, "0123456789") == length &&
           strspn(text, "0") < length;
}

static bool is_on(const struct deployment_peer *peer, const char *path)
{
    const char *value = value_of(peer, path);
    return value && strcasecmp(value, "On") == 0;
}

static const struct deployment_peer *reference_of(const struct new_page *page, uint32_t cluster)
{
    return &page->running->peers[page->running->clusters[cluster].reference];
}

/* Peers of the cluster: those of the list, and those that are in none. */
static uint32_t listed(const struct new_page *page, uint32_t cluster)
{
    uint32_t count = reference_of(page, cluster)->list_count;
    return count ? count : 1;
}

/* The dump of a listed peer, NULL when it was not given. */
static const struct deployment_peer *dump_of(const struct new_page *page, uint32_t cluster,
                                             uint32_t place)
{
    const struct deployment_peer *reference = reference_of(page, cluster);
    if (reference->list_count == 0)
        return reference;
    if (!reference->list[place])
        return NULL;
    uint32_t found = deployment_find(page->running, cluster, reference->list[place]);
    return found == NONE ? NULL : &page->running->peers[found];
}

static bool has_zone(const struct new_page *page, uint32_t cluster, const char *type)
{
    const struct deployment_peer *peer = reference_of(page, cluster);
    for (uint32_t i = 0; i < peer->setting_count; i++)
        if (strncasecmp(peer->settings[i].path, "Zones Zone ", 11) == 0 &&
            strcasecmp(setting_field(&peer->settings[i]), "Type") == 0 &&
            strcasecmp(peer->settings[i].value, type) == 0)
            return true;
    return false;
}

static enum role role_of(const struct new_page *page, uint32_t cluster)
{
    bool serves = has_zone(page, cluster, "TraversalServer");
    bool calls = has_zone(page, cluster, "TraversalClient");
    return serves == calls ? ROLE_BOTH : serves ? ROLE_EDGE : ROLE_CORE;
}

/* The cluster whose peers a zone lists, or NONE. */
static uint32_t zone_cluster(const struct new_page *page, const struct deployment_zone *zone)
{
    for (uint32_t c = 0; c < page->running->cluster_count; c++) {
        const struct deployment_peer *peer = reference_of(page, c);
        for (uint32_t i = 0; i < zone->address_count; i++) {
            if (deployment_find(page->running, c, zone->addresses[i]) != NONE)
                return c;
            for (uint32_t k = 0; k < peer->list_count; k++)
                if (peer->list[k] && strcasecmp(peer->list[k], zone->addresses[i]) == 0)
                    return c;
        }
    }
    return NONE;
}

/* Zones are told once for each cluster: those of its reference. */
static bool zone_counts(const struct new_page *page, const struct deployment_zone *zone)
{
    const struct deployment_peer *peer = &page->running->peers[zone->peer];
    return peer == reference_of(page, peer->cluster) && *zone->name;
}

/* The core behind an edge: its traversal client zone lists peers of the edge. */
static uint32_t core_of(const struct new_page *page, uint32_t edge)
{
    const struct deployment *d = page->running;
    for (uint32_t i = 0; i < d->zone_count; i++)
        if (d->zones[i].kind == ZONE_TRAVERSAL && d->zones[i].address_count &&
            d->peers[d->zones[i].peer].cluster != edge && zone_cluster(page, &d->zones[i]) == edge)
            return d->peers[d->zones[i].peer].cluster;
    return NONE;
}

/* The next object of a family that has a name, from *at on; its name's setting, or NULL. */
static const struct setting *next_object(const struct deployment_peer *peer, const char *family,
                                         uint32_t *at)
{
    for (; *at < peer->setting_count; (*at)++) {
        const struct setting *s = &peer->settings[*at];
        if (s->family == strlen(family) && strncasecmp(s->path, family, s->family) == 0 &&
            strcasecmp(setting_field(s), "Name") == 0 && *s->value) {
            (*at)++;
            return s;
        }
    }
    return NULL;
}

/* ---- Names ---- */

/* Clusters and peers stand without quotes: the first level of a domain name. */
static bool add_host(struct new_names *names, struct new_named wanted, const char *otherwise)
{
    bool figures = deployment_is_ip(wanted.from) || !isalpha((unsigned char)*wanted.from);
    const char *text = figures ? otherwise : wanted.from;
    char *plain = arena_strndup(names->arena, text, strcspn(text, "."));
    for (char *c = plain; c && *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            *c = '-';
    return plain && new_names_add(names, &wanted, plain, strlen(plain));
}

static bool add_reserved(struct new_names *names)
{
    static const char *const words[] = {
        "rooms",     "softphones",       "inside",           "internet",     "default",
        "traversal", "softphones-audio", "softphones-video", "inside-audio", "inside-video",
        "b2b",       "between-rooms"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!new_names_add(names, &(struct new_named){.kind = NAME_RESERVED, .from = ""}, words[i],
                           strlen(words[i])))
            return false;
    return true;
}

static const char *cluster_text(const struct new_page *page, uint32_t cluster)
{
    const struct deployment_peer *peer = reference_of(page, cluster);
    if (peer->cluster_name && *peer->cluster_name)
        return peer->cluster_name;
    enum role role = role_of(page, cluster);
    return role == ROLE_EDGE ? "edge" : role == ROLE_CORE ? "core" : "expressway";
}

static bool name_peers(const struct new_page *page, struct new_names *names, uint32_t cluster)
{
    for (uint32_t place = 0; place < listed(page, cluster); place++) {
        const struct deployment_peer *reference = reference_of(page, cluster);
        const struct deployment_peer *dump = dump_of(page, cluster, place);
        const char *entry = reference->list_count ? reference->list[place] : reference->name;
        char other[32];
        if (!entry)
            continue;
        snprintf(other, sizeof other, "peer-%u", place + 1);
        if (!add_host(names,
                      (struct new_named){
                          .kind = NAME_PEER,
                          .cluster = cluster,
                          .place = place,
                          .from = deployment_is_ip(entry) && dump ? dump->name : entry,
                      },
                      other))
            return false;
    }
    return true;
}

/* Objects of a family that have a name. */
static bool name_objects(const struct new_page *page, struct new_names *names, uint32_t cluster,
                         enum new_kind kind, const char *family)
{
    const struct setting *s;
    uint32_t at = 0;
    while ((s = next_object(reference_of(page, cluster), family, &at)) != NULL)
        if (!new_name_of(names, kind, cluster, s->value) &&
            !new_names_add(names,
                           &(struct new_named){
                               .kind = kind, .cluster = cluster, .from = s->value, .setting = s},
                           s->value, strlen(s->value)))
            return false;
    return true;
}

static bool name_all(const struct new_page *page, struct new_names *names)
{
    uint32_t clusters = page->running->cluster_count;
    for (uint32_t c = 0; c < clusters; c++)
        if (!add_host(names,
                      (struct new_named){
                          .kind = NAME_CLUSTER, .cluster = c, .from = cluster_text(page, c)},
                      "cluster"))
            return false;
    for (uint32_t c = 0; c < clusters; c++)
        if (!name_peers(page, names, c) ||
            !name_objects(page, names, c, NAME_SUBZONE, "Zones LocalZone SubZones SubZone") ||
            !name_objects(page, names, c, NAME_PIPE, "Bandwidth Pipe") ||
            !name_objects(page, names, c, NAME_ZONE, "Zones Zone"))
            return false;
    return true;
}

uint32_t new_running_peers(const struct new_page *page)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < page->running->cluster_count; c++) {
        const struct deployment_peer *reference = reference_of(page, c);
        for (uint32_t i = 0; i < reference->list_count; i++)
            count += reference->list[i] != NULL;
        count += reference->list_count == 0;
    }
    return count;
}

bool new_name_running(struct new_page *page, struct new_names *names)
{
    const struct deployment *d = page->running;
    enum { RESERVED = 16 };
    size_t capacity = RESERVED + (size_t)d->cluster_count * (DEPLOYMENT_LIST + 1);
    for (uint32_t c = 0; c < d->cluster_count; c++)
        capacity += reference_of(page, c)->setting_count;
    if (!new_names_init(names, d->cluster_count, capacity) || !add_reserved(names) ||
        !name_all(page, names))
        return false;
    page->front = page->home = new_name_of_cluster(names, 0);
    for (uint32_t c = d->cluster_count; c-- > 0;) {
        enum role role = role_of(page, c);
        if (role == ROLE_EDGE)
            page->front = new_name_of_cluster(names, c);
        if (role == ROLE_CORE)
            page->home = new_name_of_cluster(names, c);
    }
    const char *ttl = value_of(reference_of(page, 0), "H323 Gatekeeper TimeToLive");
    if (is_count(ttl))
        page->ttl = arena_printf(names->arena, "%ss", ttl);
    return page->ttl != NULL;
}

/* ---- Text ---- */

/* A text in double quotes, as YAML has them. */
static void put_quoted(FILE *out, const char *text)
{
    putc('"', out);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            putc('\\', out);
        putc(*c, out);
    }
    putc('"', out);
}

/* Whether a scenario takes the text. */
static bool fits(const char *text)
{
    return *text && strlen(text) <= TEXT_CHARACTERS_MAX;
}

static void put_key(FILE *out, const char *key, const char *text)
{
    if (!text || !fits(text))
        return;
    fprintf(out, "        %s: ", key);
    put_quoted(out, text);
    putc('\n', out);
}

/* "ntp: [a, b]": the servers of a family of settings. */
static void put_servers(FILE *out, const char *key, const struct deployment_peer *peer,
                        const char *family)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < peer->setting_count; i++) {
        const struct setting *s = &peer->settings[i];
        if (s->family != strlen(family) || strncasecmp(s->path, family, s->family) != 0 ||
            strcasecmp(setting_field(s), "Address") != 0 || !fits(s->value))
            continue;
        fprintf(out, count++ ? ", " : "        %s: [", key);
        put_quoted(out, s->value);
    }
    if (count)
        fputs("]\n", out);
}

static const char *const licence_words[LICENCE_COUNT] = {
    [LICENCE_RMS] = "rms", [LICENCE_DESKTOP] = "desktop", [LICENCE_ROOM] = "room"};

/* Any peer of the cluster has a key for this kind. */
static bool has_key(const struct new_page *page, uint32_t cluster, int kind)
{
    const struct deployment_cluster *c = &page->running->clusters[cluster];
    for (uint32_t i = c->first; i < c->first + c->count; i++)
        if (page->running->peers[i].licences[kind] > 0)
            return true;
    return false;
}

static void put_licences(const struct new_page *page, uint32_t cluster,
                         const struct deployment_peer *peer)
{
    for (int kind = 0; kind < LICENCE_COUNT; kind++)
        if (has_key(page, cluster, kind))
            fprintf(page->out, "        %s: %lld\n", licence_words[kind],
                    peer->licences[kind] > 0 ? (long long)peer->licences[kind] : 0LL);
    for (uint32_t i = 0; i < peer->feature_count; i++) {
        fputs(i ? ", " : "        options: [", page->out);
        put_quoted(page->out, peer->features[i]);
    }
    if (peer->feature_count)
        fputs("]\n", page->out);
}

/* What the option keys grant, and what they do not. */
static void put_licensing(const struct new_page *page, uint32_t cluster)
{
    int kinds = 0;
    for (int kind = 0; kind < LICENCE_COUNT; kind++)
        kinds += has_key(page, cluster, kind);
    if (kinds == 0) {
        new_put(page, ASK_COUNT, "no option keys: smart licensing?",
                "    # licences: {rms: ?, desktop: ?, room: ?}");
        return;
    }
    new_put(page, ASK_COUNT, "option keys", "    licensing: pak");
    for (int kind = 0; kind < LICENCE_COUNT; kind++)
        if (!has_key(page, cluster, kind))
            new_put(page, ASK_COUNT, "no key for these: none, or not limited?", "    # %s: ?",
                    licence_words[kind]);
}

/* ---- Clusters ---- */

static void put_peer(const struct new_page *page, const struct new_names *names, uint32_t cluster,
                     uint32_t place, bool first)
{
    FILE *out = page->out;
    const struct deployment_peer *dump = dump_of(page, cluster, place);
    const struct deployment_peer *reference = reference_of(page, cluster);
    new_put(page, ASK_COUNT, dump ? "" : "no dump of this peer", "      - name: %s",
            new_name_of_peer(names, cluster, place));
    new_put(page, first ? ASK_PLATFORM : ASK_COUNT,
            first ? "which? no dump says; for all peers" : "", "        platform: %s",
            page->ask->text[ASK_PLATFORM]);
    if (reference->list_count)
        put_key(out, "address", reference->list[place]);
    if (!dump)
        return;
    put_key(out, "system-name", dump->system_name);
    put_key(out, "version", dump->version);
    put_licences(page, cluster, dump);
    put_key(out, "time-zone", value_of(dump, "TimeZone Name"));
    put_servers(out, "ntp", dump, "NTP Server");
    put_servers(out, "dns", dump, "DNS Server");
    put_servers(out, "syslog", dump, "Remote Syslog");
}

static bool same_object(const struct setting *a, const struct setting *b)
{
    return a->family == b->family && a->index == b->index &&
           strncasecmp(a->path, b->path, b->family) == 0;
}

/* The value of a field of the same object, whose settings stand together. */
static const char *beside(const struct deployment_peer *peer, const struct setting *setting,
                          const char *field)
{
    const struct setting *end = peer->settings + peer->setting_count, *s = setting;
    while (s > peer->settings && same_object(s - 1, setting))
        s--;
    for (; s < end && same_object(s, setting); s++)
        if (strcasecmp(setting_field(s), field) == 0)
            return s->value;
    return NULL;
}

#define TOTAL_DEFAULT "500000" /* kbit/s; command reference X15.5 */

/* kbit/s of a limit that holds ("Bandwidth Total": its Mode says Limited), NULL when there is none;
 * one that is not stated has the product's default. */
static const char *limit_of(const struct deployment_peer *peer, const struct setting *object,
                            const char *what, const char *fallback)
{
    char field[64];
    snprintf(field, sizeof field, "%s Mode", what);
    const char *mode = beside(peer, object, field);
    snprintf(field, sizeof field, "%s Limit", what);
    const char *limit = beside(peer, object, field);
    limit = limit && *limit ? limit : fallback;
    return mode && strcasecmp(mode, "Limited") == 0 && is_count(limit) ? limit : NULL;
}

static bool put_rate(FILE *out, const char *key, const char *kilobits)
{
    if (kilobits)
        fprintf(out, ", %s: %sk", key, kilobits);
    return kilobits != NULL;
}

/* Of two objects of one name the first has it; the second stays as a comment. */
static bool is_first(const struct new_names *names, enum new_kind kind, uint32_t cluster,
                     const char *name)
{
    const struct setting *first = new_name_setting(names, kind, cluster, name);
    return first && first->value == name;
}

#define SAME_NAME " # a second one of this name"

static void put_subzones(const struct new_page *page, const struct new_names *names,
                         uint32_t cluster)
{
    const struct deployment_peer *peer = reference_of(page, cluster);
    uint32_t at = 0, count = 0;
    const struct setting *s;
    while ((s = next_object(peer, "Zones LocalZone SubZones SubZone", &at)) != NULL) {
        const char *total = limit_of(peer, s, "Bandwidth Total", TOTAL_DEFAULT);
        if (count++ == 0)
            new_put(page, ASK_COUNT, "the product has one total for within and from",
                    "    subzones:");
        bool first = is_first(names, NAME_SUBZONE, cluster, s->value);
        fprintf(page->out, "      %s- {name: ", first ? "" : "# ");
        put_quoted(page->out, new_name_of(names, NAME_SUBZONE, cluster, s->value));
        put_rate(page->out, "within", total);
        put_rate(page->out, "from", total);
        put_rate(page->out, "per-call", limit_of(peer, s, "Bandwidth PerCall Inter", "1920"));
        fprintf(page->out, "}%s\n", first ? "" : SAME_NAME);
    }
}

/* An end of a link as the scenario names it, NULL when it is none that it knows. */
static const char *end_of_link(const struct new_names *names, uint32_t cluster, const char *node)
{
    if (!node || !*node)
        return NULL;
    if (strcasecmp(node, "DefaultSZ") == 0 || strcasecmp(node, "DefaultSubZone") == 0)
        return "default";
    if (strcasecmp(node, "TraversalSZ") == 0 || strcasecmp(node, "TraversalSubZone") == 0)
        return "traversal";
    const char *subzone = new_name_of(names, NAME_SUBZONE, cluster, node);
    return subzone ? subzone : new_name_of(names, NAME_ZONE, cluster, node);
}

static const char *pipe_total(const struct deployment_peer *peer, const struct setting *pipe)
{
    return limit_of(peer, pipe, "Bandwidth Total", TOTAL_DEFAULT);
}

/* A pipe of this name is in the file. */
static bool pipe_limits(const struct deployment_peer *peer, const struct new_names *names,
                        uint32_t cluster, const char *name)
{
    const struct setting *pipe =
        name && *name ? new_name_setting(names, NAME_PIPE, cluster, name) : NULL;
    return pipe && pipe_total(peer, pipe) != NULL;
}

static void put_link(const struct new_page *page, const struct new_names *names, uint32_t cluster,
                     const struct setting *name)
{
    const struct deployment_peer *peer = reference_of(page, cluster);
    const char *pipes[2] = {beside(peer, name, "Pipe1 Name"), beside(peer, name, "Pipe2 Name")};
    const char *nodes[2] = {beside(peer, name, "Node1 Name"), beside(peer, name, "Node2 Name")};
    const char *ends[2] = {end_of_link(names, cluster, nodes[0]),
                           end_of_link(names, cluster, nodes[1])};
    bool known = ends[0] && ends[1];
    for (int i = 0; i < 2; i++) {
        const char *end = known ? ends[i] : nodes[i] ? nodes[i] : "?";
        fprintf(page->out, i ? ", b: " : known ? "      - {a: " : "      # - {a: ");
        put_quoted(page->out, end);
    }
    int count = 0;
    for (int i = 0; i < 2; i++)
        if (pipe_limits(peer, names, cluster, pipes[i])) {
            fputs(count++ ? ", " : ", pipes: [", page->out);
            put_quoted(page->out, new_name_of(names, NAME_PIPE, cluster, pipes[i]));
        }
    fprintf(page->out, "%s} # %s%s\n", count ? "]" : "", name->value,
            known ? "" : ": an end that a scenario does not have");
}

/* Links as they are; a zone that is added for the calls asked for needs one too. */
static void put_links(const struct new_page *page, const struct new_names *names, uint32_t cluster)
{
    bool front = strcmp(page->front, new_name_of_cluster(names, cluster)) == 0;
    const struct deployment_peer *peer = reference_of(page, cluster);
    uint32_t at = 0, count = 0;
    const struct setting *s;
    while ((s = next_object(peer, "Bandwidth Link", &at)) != NULL) {
        fputs(count++ ? "" : "    links:\n", page->out);
        put_link(page, names, cluster, s);
    }
    if (count && front && page->load.b2b > 0)
        fputs("      - {a: internet, b: default} # assumed: no dump has it\n", page->out);
}

static void put_cluster(const struct new_page *page, const struct new_names *names,
                        uint32_t cluster)
{
    static const char *const roles[] = {
        [ROLE_BOTH] = "both", [ROLE_EDGE] = "edge", [ROLE_CORE] = "core"};
    FILE *out = page->out;
    const struct deployment_peer *reference = reference_of(page, cluster);
    uint32_t primary = page->running->clusters[cluster].primary, core = core_of(page, cluster);
    fprintf(out, "  - name: %s\n", new_name_of_cluster(names, cluster));
    new_put(page, ASK_COUNT, "from its traversal zones", "    role: %s",
            roles[role_of(page, cluster)]);
    if (core != NONE && role_of(page, cluster) == ROLE_EDGE)
        fprintf(out, "    traversal: %s\n", new_name_of_cluster(names, core));
    else if (role_of(page, cluster) == ROLE_EDGE)
        fputs(
            "    # traversal: ?                        # the core behind it: give its dumps too\n",
            out);
    if (reference->cluster_name && fits(reference->cluster_name)) {
        fputs("    cluster-name: ", out);
        put_quoted(out, reference->cluster_name);
        putc('\n', out);
    }
    if (primary && primary <= listed(page, cluster) &&
        new_name_of_peer(names, cluster, primary - 1))
        fprintf(out, "    primary: %s\n", new_name_of_peer(names, cluster, primary - 1));
    if (reference->findme == YES)
        new_put(page, ASK_COUNT, "how many accounts? one a device", "    findme: yes");
    if (is_on(reference, "Administration DeviceProvisioning"))
        new_put(page, ASK_COUNT, "how many devices? all", "    provisioning: yes");
    put_licensing(page, cluster);
    new_put(page, ASK_COUNT, "permissive or enforce: no dump says", "    # tls-verification: ?");
    put_subzones(page, names, cluster);
    put_links(page, names, cluster);
    fputs("    peers:\n", out);
    new_put(page, ASK_COUNT, "select or unrestricted: no dump says", "      # image: ?");
    bool first = true;
    for (uint32_t place = 0; place < listed(page, cluster); place++)
        if (new_name_of_peer(names, cluster, place)) {
            put_peer(page, names, cluster, place, first);
            first = false;
        }
}

/* ---- Pipes and zones ---- */

static void put_pipes(const struct new_page *page, const struct new_names *names)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < page->running->cluster_count; c++) {
        const struct deployment_peer *peer = reference_of(page, c);
        const char *downspeed = value_of(peer, "Bandwidth Downspeed Total Mode");
        bool refuses = downspeed && strcasecmp(downspeed, "Off") == 0;
        uint32_t at = 0;
        const struct setting *s;
        while ((s = next_object(peer, "Bandwidth Pipe", &at)) != NULL) {
            bool limited = pipe_total(peer, s) != NULL;
            bool first = is_first(names, NAME_PIPE, c, s->value);
            fprintf(page->out, "%s  %s- {name: ", count++ ? "" : "\npipes:\n",
                    limited && first ? "" : "# ");
            put_quoted(page->out, new_name_of(names, NAME_PIPE, c, s->value));
            if (!put_rate(page->out, "total", pipe_total(peer, s)))
                fputs(", total: ?", page->out);
            put_rate(page->out, "per-call", limit_of(peer, s, "Bandwidth PerCall", NULL));
            fprintf(page->out, ", when-full: %s}%s\n", refuses ? "refuse" : "downspeed",
                    !first    ? SAME_NAME
                    : limited ? ""
                              : " # not limited");
        }
    }
}

/* "peers: [c1, c2]" of the own clusters that a zone lists. */
static void put_zone_peers(const struct new_page *page, const struct new_names *names,
                           const struct deployment_zone *zone, uint32_t cluster)
{
    uint32_t count = 0;
    const struct deployment_peer *reference = reference_of(page, cluster);
    for (uint32_t place = 0; place < listed(page, cluster); place++) {
        const struct deployment_peer *dump = dump_of(page, cluster, place);
        bool found = false;
        for (uint32_t i = 0; i < zone->address_count && !found; i++)
            found = (dump && deployment_peer_is(dump, zone->addresses[i])) ||
                    (place < reference->list_count && reference->list[place] &&
                     strcasecmp(reference->list[place], zone->addresses[i]) == 0);
        if (found)
            fprintf(page->out, count++ ? ", %s" : ", peers: [%s",
                    new_name_of_peer(names, cluster, place));
    }
    if (count)
        putc(']', page->out);
}

static void put_zone(const struct new_page *page, const struct new_names *names,
                     const struct deployment_zone *zone)
{
    static const char *const kinds[] = {[ZONE_DNS] = "dns",
                                        [ZONE_NEIGHBOUR] = "neighbour",
                                        [ZONE_TRAVERSAL] = "traversal",
                                        [ZONE_OTHER] = "other"};
    uint32_t cluster = zone_cluster(page, zone);
    uint32_t own = page->running->peers[zone->peer].cluster;
    bool first = is_first(names, NAME_ZONE, own, zone->name);
    fprintf(page->out, "  %s- {name: ", first ? "" : "# ");
    put_quoted(page->out, new_name_of(names, NAME_ZONE, own, zone->name));
    fprintf(page->out, ", kind: %s", kinds[zone->kind]);
    if (cluster != NONE) {
        fprintf(page->out, ", cluster: %s", new_name_of_cluster(names, cluster));
        put_zone_peers(page, names, zone, cluster);
    }
    fprintf(page->out, "}%s", first ? "" : SAME_NAME);
    if (zone->address_count && cluster == NONE) {
        fputs(" # lists", page->out);
        for (uint32_t i = 0; i < zone->address_count; i++)
            fprintf(page->out, "%s %s", i ? "," : "", zone->addresses[i]);
    }
    putc('\n', page->out);
}

static void put_zones(const struct new_page *page, const struct new_names *names)
{
    const struct deployment *d = page->running;
    uint32_t count = 0;
    if (page->load.b2b > 0) {
        fprintf(page->out, "\nzones:\n  - {name: internet, kind: dns, cluster: %s}\n", page->front);
        count++;
    }
    for (uint32_t i = 0; i < d->zone_count; i++) {
        if (!zone_counts(page, &d->zones[i]))
            continue;
        fputs(count++ ? "" : "\nzones:\n", page->out);
        put_zone(page, names, &d->zones[i]);
    }
}

void new_put_running(const struct new_page *page, const struct new_names *names)
{
    fputs("\nclusters:\n", page->out);
    for (uint32_t c = 0; c < page->running->cluster_count; c++)
        put_cluster(page, names, c);
    put_pipes(page, names);
    put_zones(page, names);
}

void new_ask_endpoints(const struct new_page *page)
{
    const struct deployment_peer *peer = reference_of(page, 0);
    const char *least = value_of(peer, "SIP Registration Standard Refresh Minimum");
    const char *most = value_of(peer, "SIP Registration Standard Refresh Maximum");
    fprintf(
        page->out,
        "\n# How many devices? H.323 time to live %s, SIP refresh %s to %s s as the dumps say.\n"
        "# endpoints:\n"
        "#   - {name: rooms, cluster: %s, count: ?, device: room, protocol: h323, ttl: %s}\n"
        "#   - {name: desktops, cluster: %s, count: ?, protocol: sip, ttl: %ss}\n"
        "#   - {name: softphones, cluster: %s, count: ?, access: mra}\n",
        page->ttl, least ? least : "45", most ? most : "60", page->home, page->ttl, page->home,
        most ? most : "60", page->front);
}
