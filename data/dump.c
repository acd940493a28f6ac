#include "data/dump.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/dump_files.h"
#include "data/dump_parse.h"

struct dumps {
    struct dump_texts texts;
    struct dump_kinds kinds;
    struct arena *arena;
};

static bool starved(struct errors *errors)
{
    return errors_no_memory(errors);
}

struct dumps *dumps_new(struct errors *errors)
{
    struct dumps *dumps = calloc(1, sizeof *dumps);
    if (dumps)
        dumps->arena = arena_new();
    if (!dumps || !dumps->arena || !dump_kinds_read(&dumps->kinds, dumps->arena, errors)) {
        dumps_free(dumps);
        if (errors_code(errors) == ERROR_NONE)
            starved(errors);
        return NULL;
    }
    return dumps;
}

void dumps_free(struct dumps *dumps)
{
    if (!dumps)
        return;
    dump_texts_release(&dumps->texts);
    arena_free(dumps->arena);
    free(dumps);
}

const char *dumps_other(const struct dumps *dumps, size_t *length)
{
    *length = dumps->texts.other_length;
    return dumps->texts.other;
}

/* A text that was named outright is a dump whatever it is called, if it looks like one. */
static enum dump_result take_other(struct dumps *dumps, const char *path, struct errors *errors)
{
    struct dump_texts *texts = &dumps->texts;
    if (!dump_looks_like(texts->other, texts->other_length)) {
        if (!dump_is_archive(path))
            return DUMP_OTHER;
        errors_add(errors, ERROR_DATA, path, 0, 0, "is no archive, nor a dump");
        return DUMP_FAILED;
    }
    char *text = texts->other;
    texts->other = NULL;
    if (dump_texts_add(texts, path, text, texts->other_length, DUMP_CONFIGURATION))
        return DUMP_ADDED;
    starved(errors);
    return DUMP_FAILED;
}

enum dump_result dumps_add(struct dumps *dumps, const char *path, struct errors *errors)
{
    size_t before = dumps->texts.count, found = 0;
    if (!dump_texts_read(&dumps->texts, path, errors))
        return DUMP_FAILED;
    if (dumps->texts.other)
        return take_other(dumps, path, errors);
    for (size_t i = before; i < dumps->texts.count; i++)
        found += dumps->texts.items[i].part == DUMP_CONFIGURATION;
    if (found)
        return DUMP_ADDED;
    errors_add(errors, ERROR_DATA, path, 0, 0, "no xconf_dump.txt in it");
    return DUMP_FAILED;
}

/* ---- The deployment ---- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcasecmp(a, b) == 0);
}

/* Two dumps of one system, perhaps of different days. */
static bool same_system(const struct deployment_peer *a, const struct deployment_peer *b)
{
    if (!a->host || !same_text(a->host, b->host) || !same_text(a->system_name, b->system_name) ||
        a->address_count != b->address_count)
        return false;
    for (uint32_t i = 0; i < a->address_count; i++)
        if (!same_text(a->addresses[i], b->addresses[i]))
            return false;
    return true;
}

/* The status that lies beside a configuration. */
static const struct dump_text *status_of(const struct dump_texts *texts,
                                         const struct dump_text *configuration)
{
    for (size_t i = 0; i < texts->count; i++) {
        const struct dump_text *text = &texts->items[i];
        if (text->part == DUMP_STATUS && text->folder == configuration->folder &&
            strncmp(text->name, configuration->name, text->folder) == 0)
            return text;
    }
    return NULL;
}

static bool add_peer(struct dumps *dumps, struct deployment *deployment,
                     const struct dump_text *text, struct errors *errors)
{
    struct deployment_peer *peer = &deployment->peers[deployment->peer_count];
    const struct dump_text *status = status_of(&dumps->texts, text);
    if (!dump_parse(peer, text, &dumps->kinds, deployment->arena, errors))
        return starved(errors);
    /* a dump may hold what other commands said */
    if (!dump_parse_status(peer, text->text, text->length, deployment->arena) ||
        (status && !dump_parse_status(peer, status->text, status->length, deployment->arena)))
        return starved(errors);
    for (uint32_t i = 0; i < deployment->peer_count; i++)
        if (same_system(&deployment->peers[i], peer)) {
            errors_warn(errors, text->name, 0, 0, "a second dump of %s (the first is %s), left out",
                        peer->name, deployment->peers[i].file);
            return true;
        }
    deployment->peer_count++;
    return true;
}

/* Peers of one name are told apart by their files. */
static bool name_peers(struct deployment *deployment)
{
    for (uint32_t i = 0; i < deployment->peer_count; i++)
        for (uint32_t k = 0; k < i; k++) {
            struct deployment_peer *peer = &deployment->peers[i];
            if (!same_text(peer->name, deployment->peers[k].name) || peer->name == peer->file)
                continue;
            peer->name = arena_printf(deployment->arena, "%s (%s)", peer->name, peer->file);
            if (!peer->name)
                return false;
        }
    return true;
}

/* ---- Zones ---- */

static bool is_zone(const struct setting *setting)
{
    static const char family[] = "Zones Zone";
    return setting->family == sizeof family - 1 &&
           strncasecmp(setting->path, family, sizeof family - 1) == 0;
}

/* "Neighbor Peer 3 Address", "TraversalClient Peer 1 Address" */
static bool is_peer_address(const char *field)
{
    const char *word = strchr(field, ' ');
    return word && strncasecmp(word, " Peer ", 6) == 0 && strcasestr(word, " Address") != NULL;
}

static void take_zone_setting(struct deployment_zone *zone, const struct setting *setting)
{
    const char *field = setting_field(setting), *value = setting->value;
    size_t length = strlen(field);
    static const char verify[] = "TLS Verify Mode";
    if (strcasecmp(field, "Name") == 0) {
        zone->name = value;
    } else if (strcasecmp(field, "Type") == 0) {
        zone->kind = strncasecmp(value, "Traversal", 9) == 0 ? ZONE_TRAVERSAL
                     : strncasecmp(value, "Neighbo", 7) == 0 ? ZONE_NEIGHBOUR
                     : strcasecmp(value, "DNS") == 0         ? ZONE_DNS
                                                             : ZONE_OTHER;
    } else if (is_peer_address(field)) {
        if (*value && zone->address_count < DEPLOYMENT_LIST)
            zone->addresses[zone->address_count++] = value;
    } else if (length >= sizeof verify - 1 &&
               strcasecmp(field + length - (sizeof verify - 1), verify) == 0) {
        zone->tls_verify = zone->tls_verify || strcasecmp(value, "On") == 0;
    }
}

static bool take_zones(struct deployment *deployment)
{
    uint32_t most = 0;
    for (uint32_t p = 0; p < deployment->peer_count; p++) {
        uint32_t index = NONE;
        for (uint32_t i = 0; i < deployment->peers[p].setting_count; i++) {
            const struct setting *s = &deployment->peers[p].settings[i];
            most += is_zone(s) && s->index != index;
            index = is_zone(s) ? s->index : index;
        }
    }
    deployment->zones = arena_alloc(deployment->arena, most + 1, sizeof *deployment->zones);
    if (!deployment->zones)
        return false;
    for (uint32_t p = 0; p < deployment->peer_count; p++) {
        struct deployment_zone *zone = NULL;
        uint32_t index = NONE;
        for (uint32_t i = 0; i < deployment->peers[p].setting_count; i++) {
            const struct setting *s = &deployment->peers[p].settings[i];
            if (!is_zone(s))
                continue;
            if (s->index != index) {
                zone = &deployment->zones[deployment->zone_count++];
                *zone = (struct deployment_zone){
                    .name = "", .kind = ZONE_OTHER, .peer = p, .cluster = NONE};
                index = s->index;
            }
            take_zone_setting(zone, s);
        }
    }
    return true;
}

bool dumps_deploy(struct dumps *dumps, struct deployment *deployment, struct errors *errors)
{
    *deployment = (struct deployment){
        .arena = arena_new(), .kinds = dumps->kinds.items, .kind_count = dumps->kinds.count};
    if (!deployment->arena)
        return starved(errors);
    deployment->peers =
        arena_alloc(deployment->arena, dumps->texts.count + 1, sizeof *deployment->peers);
    if (!deployment->peers)
        return starved(errors);
    for (size_t i = 0; i < dumps->texts.count; i++)
        if (dumps->texts.items[i].part == DUMP_CONFIGURATION &&
            !add_peer(dumps, deployment, &dumps->texts.items[i], errors))
            return false;
    if (!name_peers(deployment) || !deployment_group(deployment) || !take_zones(deployment))
        return starved(errors);
    return true;
}
