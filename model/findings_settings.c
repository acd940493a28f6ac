/* Dumps compared with each other: every setting of a peer with that of its reference.
 *
 * Objects (pipes, links, zones) are paired by name, those left by number; a setting that is absent
 * has its default, and where that is not known, absence is no difference. An object that one peer
 * lacks is compared with one that is empty.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/base/arena.h"
#include "model/findings_rules.h"

/* Settings of one object of one peer, consecutive in its list. */
struct object {
    const struct setting *settings;
    uint32_t count;
    const char *name; /* "" when it has none */
    bool paired;
};

struct objects {
    struct object *items;
    uint32_t count;
};

/* One comparison: a peer with the reference of its cluster. */
struct comparison {
    const struct deployment *deployment;
    struct findings *findings;
    const struct deployment_peer *peer, *reference;
    enum finding wanted;
};

/* ---- Objects ---- */

static int compare_families(const struct setting *a, const struct setting *b)
{
    const char *x = a->family ? a->path : "", *y = b->family ? b->path : "";
    int order = strncasecmp(x, y, a->family < b->family ? a->family : b->family);
    return order ? order : (a->family > b->family) - (a->family < b->family);
}

/* Settings without a number are objects of their own, in the family "". */
static bool same_object(const struct setting *a, const struct setting *b)
{
    return a->family && compare_families(a, b) == 0 && a->index == b->index;
}

static int compare_keys(const struct object *a, const struct object *b, bool names)
{
    int order = compare_families(a->settings, b->settings);
    if (order)
        return order;
    if (a->settings->family == 0)
        return strcasecmp(a->settings->path, b->settings->path);
    if (names && (order = strcasecmp(a->name, b->name)) != 0)
        return order;
    uint32_t x = a->settings->index, y = b->settings->index;
    return names ? 0 : (x > y) - (x < y);
}

static int by_name(const void *left, const void *right)
{
    const struct object *a = left, *b = right;
    int order = compare_keys(a, b, true);
    return order ? order : compare_keys(a, b, false);
}

static int by_number(const void *left, const void *right)
{
    return compare_keys(left, right, false);
}

static struct objects collect(const struct comparison *c, const struct deployment_peer *peer)
{
    struct objects objects = {
        .items = arena_alloc(c->findings->arena, peer->setting_count + 1, sizeof *objects.items)};
    if (!objects.items) {
        c->findings->starved = true;
        return objects;
    }
    for (uint32_t i = 0; i < peer->setting_count; i++) {
        const struct setting *s = &peer->settings[i];
        struct object *last = objects.count ? &objects.items[objects.count - 1] : NULL;
        if (!last || !same_object(last->settings, s)) {
            last = &objects.items[objects.count++];
            *last = (struct object){.settings = s, .name = ""};
        }
        last->count++;
        if (strcasecmp(setting_field(s), "Name") == 0)
            last->name = s->value;
    }
    return objects;
}

/* ---- Values ---- */

static bool same_value(const struct setting_kind *kind, const char *a, const char *b)
{
    enum setting_type type = kind ? kind->type : SETTING_TEXT;
    if (type == SETTING_INTEGER) {
        char *end_a, *end_b;
        long long x = strtoll(a, &end_a, 10), y = strtoll(b, &end_b, 10);
        if (*a && *b && !*end_a && !*end_b)
            return x == y;
    }
    return type == SETTING_TEXT || type == SETTING_SECRET ? strcmp(a, b) == 0
                                                          : strcasecmp(a, b) == 0;
}

static int by_field(const void *left, const void *right)
{
    return strcasecmp(setting_field(left), setting_field(right));
}

static const struct setting *field_of(const struct object *object, const struct setting *like)
{
    if (!object)
        return NULL;
    return bsearch(like, object->settings, object->count, sizeof *like, by_field);
}

/* The value of an absent setting, NULL when it is not known. */
static const char *fallback(const struct setting *setting)
{
    return setting->kind ? setting->kind->fallback : "";
}

/* An address of a zone counts wherever it stands among the zone's addresses. */
static bool is_zone_address(const struct setting *setting)
{
    const char *field = setting_field(setting);
    size_t length = strlen(field);
    return setting->family && strncasecmp(setting->path, "Zones Zone ", 11) == 0 &&
           strstr(field, " Peer ") && length > 8 && strcasecmp(field + length - 8, " Address") == 0;
}

static bool address_elsewhere(const struct object *object, const char *address)
{
    for (uint32_t i = 0; object && i < object->count; i++)
        if (is_zone_address(&object->settings[i]) &&
            strcasecmp(object->settings[i].value, address) == 0)
            return true;
    return false;
}

static int finding_of(const struct setting *setting)
{
    if (setting->kind)
        return setting->kind->peer_specific ? -1 : setting->kind->finding;
    static const struct {
        const char *prefix;
        enum finding finding;
    } unknown[] = {
        {"Bandwidth Pipe ", FINDING_PIPES_DIFFER},
        {"Bandwidth Link ", FINDING_LINKS_DIFFER},
        {"Bandwidth ", FINDING_BANDWIDTH_DIFFERS},
        {"Zones Zone ", FINDING_ZONES_DIFFER},
        {"Zones DefaultZone ", FINDING_ZONES_DIFFER},
        {"Zones LocalZone SubZones ", FINDING_SUBZONES_DIFFER},
        {"Zones LocalZone DefaultSubZone ", FINDING_SUBZONES_DIFFER},
        {"Zones LocalZone TraversalSubZone ", FINDING_SUBZONES_DIFFER},
        {"", FINDING_SETTING_DIFFERS},
    };
    size_t i = 0;
    while (strncasecmp(setting->path, unknown[i].prefix, strlen(unknown[i].prefix)) != 0)
        i++;
    return (int)unknown[i].finding;
}

/* What an object as a whole is: its name's finding, else that of the first setting that has one. */
static int finding_of_object(const struct object *object)
{
    int first = -1;
    for (uint32_t i = 0; i < object->count; i++) {
        int finding = finding_of(&object->settings[i]);
        if (strcasecmp(setting_field(&object->settings[i]), "Name") == 0)
            return finding;
        first = first < 0 ? finding : first;
    }
    return first;
}

/* ---- Comparing ---- */

static const char *shown(const char *value)
{
    return *value ? value : "(empty)";
}

/* The same object of both; NULL where one has none. */
struct object_pair {
    const struct object *peer, *reference;
};

/* What differs in one setting of the two objects, added to the text; `here` is the peer's. */
static const char *compare_field(const struct comparison *c, const struct setting *here,
                                 const struct setting *there, struct object_pair pair,
                                 const char *text)
{
    const struct object *peer = pair.peer, *reference = pair.reference;
    const struct setting *either = there ? there : here;
    bool alone = !peer || !reference; /* the object is there once: one finding says so */
    if (finding_of(either) < 0 || (!alone && finding_of(either) != (int)c->wanted))
        return text;
    const char *mine = here ? here->value : fallback(either);
    const char *other = there ? there->value : fallback(either);
    if (!mine || !other || same_value(either->kind, mine, other))
        return text;
    if (is_zone_address(either) && (!*mine || address_elsewhere(reference, mine)) &&
        (!*other || address_elsewhere(peer, other)))
        return text;
    const char *field = setting_field(either);
    const char *more =
        arena_printf(c->findings->arena, "%s%s%s here, %s on %s", field, *field ? " " : "",
                     shown(mine), shown(other), c->reference->name);
    return more ? finding_join(c->findings, text, more) : text;
}

static void compare_objects(const struct comparison *c, const struct object *peer,
                            const struct object *reference)
{
    const char *text = "";
    const struct object *either = reference ? reference : peer;
    if ((!peer || !reference) && finding_of_object(either) != (int)c->wanted)
        return;
    for (uint32_t i = 0; reference && i < reference->count; i++)
        text = compare_field(c, field_of(peer, &reference->settings[i]), &reference->settings[i],
                             (struct object_pair){peer, reference}, text);
    for (uint32_t i = 0; peer && i < peer->count; i++)
        if (!field_of(reference, &peer->settings[i]))
            text = compare_field(c, &peer->settings[i], NULL, (struct object_pair){peer, reference},
                                 text);
    if (!*text)
        return;
    const char *path =
        arena_strndup(c->findings->arena, either->settings->path, either->settings->object);
    if (!path) {
        c->findings->starved = true;
        return;
    }
    const char *place = finding_place(c->peer, path, c->findings);
    const char *name = either->name;
    const char *quote = *name ? "'" : "", *gap = *name ? ": " : "";
    if (peer && reference)
        findings_add(c->findings, place, "%s%s%s%s%s", quote, name, quote, gap, text);
    else
        findings_add(c->findings, place, "%s%s%s%sonly on %s: %s", quote, name, quote, gap,
                     peer ? c->peer->name : c->reference->name, text);
}

/* Pairs objects of equal keys; both lists are sorted by them. */
static void pair(const struct comparison *c, struct objects *peer, struct objects *reference,
                 bool names)
{
    uint32_t i = 0, k = 0;
    while (i < peer->count && k < reference->count) {
        struct object *a = &peer->items[i], *b = &reference->items[k];
        int order = compare_keys(a, b, names);
        bool named = a->settings->family == 0 || !names || *a->name;
        if (order == 0 && named && !a->paired && !b->paired) {
            compare_objects(c, a, b);
            a->paired = b->paired = true;
        }
        i += order <= 0 ? 1 : 0;
        k += order >= 0 ? 1 : 0;
    }
}

static void drop_paired(struct objects *objects)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < objects->count; i++)
        if (!objects->items[i].paired)
            objects->items[kept++] = objects->items[i];
    objects->count = kept;
}

static void compare_peers(const struct comparison *c)
{
    struct objects peer = collect(c, c->peer), reference = collect(c, c->reference);
    if (!peer.items || !reference.items)
        return;
    qsort(peer.items, peer.count, sizeof *peer.items, by_name);
    qsort(reference.items, reference.count, sizeof *reference.items, by_name);
    pair(c, &peer, &reference, true);
    drop_paired(&peer);
    drop_paired(&reference);
    qsort(peer.items, peer.count, sizeof *peer.items, by_number);
    qsort(reference.items, reference.count, sizeof *reference.items, by_number);
    pair(c, &peer, &reference, false);
    for (uint32_t i = 0; i < peer.count; i++)
        if (!peer.items[i].paired)
            compare_objects(c, &peer.items[i], NULL);
    for (uint32_t i = 0; i < reference.count; i++)
        if (!reference.items[i].paired)
            compare_objects(c, NULL, &reference.items[i]);
}

void check_settings(const struct deployment *deployment, struct findings *findings)
{
    EACH_CLUSTER(c)
        EACH_PEER(p, c) {
            struct comparison comparison = {.deployment = deployment,
                                            .findings = findings,
                                            .peer = p,
                                            .reference = finding_reference(deployment, c),
                                            .wanted = findings->current};
            if (p != comparison.reference && p->file && comparison.reference->file)
                compare_peers(&comparison);
        }
}

/* ---- What a scenario states of both kinds ---- */

static const char *ip_protocol(const struct deployment_peer *peer)
{
    return peer->ip_protocol;
}

static const char *tls_verification(const struct deployment_peer *peer)
{
    return peer->tls_verification;
}

void check_ip_protocol(const struct deployment *deployment, struct findings *findings)
{
    finding_differences(deployment, findings, ip_protocol, "ip-version");
    check_settings(deployment, findings);
}

void check_tls_verify(const struct deployment *deployment, struct findings *findings)
{
    finding_differences(deployment, findings, tls_verification, "tls-verification");
    check_settings(deployment, findings);
}

/* ---- Ranges ---- */

void check_range(const struct deployment *deployment, struct findings *findings)
{
    for (uint32_t i = 0; i < deployment->peer_count; i++) {
        const struct deployment_peer *peer = &deployment->peers[i];
        for (uint32_t k = 0; k < peer->setting_count; k++) {
            const struct setting *s = &peer->settings[k];
            char *end;
            long long value = strtoll(s->value, &end, 10);
            bool number = *s->value && !*end && s->kind && s->kind->type == SETTING_INTEGER;
            bool range = number && (s->kind->low || s->kind->high);
            if (range && (value < s->kind->low || value > s->kind->high))
                findings_add(findings, finding_place(peer, s->path, findings),
                             "%lld is outside %lld to %lld", value, (long long)s->kind->low,
                             (long long)s->kind->high);
        }
    }
}
