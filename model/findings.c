#include "model/findings_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/base/arena.h"

const char *severity_name(enum severity severity)
{
    static const char *const names[SEVERITY_COUNT] = {
        [SEVERITY_NOTE] = "note", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error"};
    return names[severity];
}

int finding_of_word(const char *word)
{
    for (int i = 0; i < FINDING_COUNT; i++)
        if (strcmp(finding_word((enum finding)i), word) == 0)
            return i;
    return -1;
}

static bool make_place(struct findings *findings)
{
    if (findings->count < findings->capacity)
        return true;
    uint32_t capacity = findings->capacity ? findings->capacity * 2 : 16;
    struct finding_item *items = realloc(findings->items, capacity * sizeof *items);
    if (!items)
        return false;
    findings->items = items;
    findings->capacity = capacity;
    return true;
}

void findings_add(struct findings *findings, const char *place, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = length < 0 ? NULL : arena_alloc(findings->arena, (size_t)length + 1, 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    char *where = arena_strdup(findings->arena, place);
    if (!text || !where || !make_place(findings)) {
        findings->starved = true;
        return;
    }
    findings->items[findings->count++] =
        (struct finding_item){.finding = findings->current, .place = where, .text = text};
}

/* Errors first; the order of the table, and of finding, is kept within a severity. */
static void sort_by_severity(struct findings *findings)
{
    struct finding_item *sorted = malloc((findings->count + 1) * sizeof *sorted);
    uint32_t count = 0;
    if (!sorted) {
        findings->starved = true;
        return;
    }
    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--)
        for (uint32_t i = 0; i < findings->count; i++)
            if ((int)finding_rule(findings->items[i].finding)->severity == severity)
                sorted[count++] = findings->items[i];
    free(findings->items);
    findings->items = sorted;
    findings->capacity = findings->count + 1;
}

bool findings_make(struct findings *findings, const struct deployment *deployment)
{
    *findings = (struct findings){.arena = arena_new()};
    if (!findings->arena)
        return false;
    for (int i = 0; i < FINDING_COUNT; i++) {
        findings->current = (enum finding)i;
        finding_rule(findings->current)->check(deployment, findings);
    }
    sort_by_severity(findings);
    return !findings->starved;
}

void findings_release(struct findings *findings)
{
    free(findings->items);
    arena_free(findings->arena);
    *findings = (struct findings){0};
}

void findings_leave_out(struct findings *findings,
                        bool (*known)(const struct finding_item *item, const void *context),
                        const void *context)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < findings->count; i++)
        if (!known(&findings->items[i], context))
            findings->items[kept++] = findings->items[i];
    findings->count = kept;
}

bool findings_at_least(const struct findings *findings, enum severity severity)
{
    for (uint32_t i = 0; i < findings->count; i++)
        if (finding_rule(findings->items[i].finding)->severity >= severity)
            return true;
    return false;
}

/* ---- What the rules share ---- */

bool finding_same(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

/* What a path of a dump is called in a scenario. */
static const char *key_of(const char *path)
{
    static const struct {
        const char *path, *key;
    } keys[] = {
        {"Alternates Cluster Name", "cluster-name"},
        {"Alternates ConfigurationPrimary", "primary"},
        {"Alternates Peer", "peer-order"},
        {"SystemUnit Name", "system-name"},
        {"Ethernet", "address"},
        {"NTP Server", "ntp"},
        {"Option", "options"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].path, path) == 0)
            return keys[i].key;
    return path;
}

const char *finding_place(const struct deployment_peer *peer, const char *path,
                          struct findings *findings)
{
    const char *place =
        arena_printf(findings->arena, "%s: %s", peer->name, peer->file ? path : key_of(path));
    if (!place)
        findings->starved = true;
    return place ? place : peer->name;
}

const struct deployment_peer *finding_reference(const struct deployment *deployment,
                                                const struct deployment_cluster *cluster)
{
    return &deployment->peers[cluster->reference];
}

void finding_differences(const struct deployment *deployment, struct findings *findings,
                         peer_text *text, const char *path)
{
    EACH_CLUSTER(c) {
        const struct deployment_peer *reference = finding_reference(deployment, c);
        EACH_PEER(p, c)
            if (text(p) && text(reference) && !finding_same(text(p), text(reference)))
                findings_add(findings, finding_place(p, path, findings), "%s here, %s on %s",
                             text(p), text(reference), reference->name);
    }
}

const char *finding_join(struct findings *findings, const char *text, const char *more)
{
    const char *longer = arena_printf(findings->arena, "%s%s%s", text, *text ? ", " : "", more);
    if (!longer)
        findings->starved = true;
    return longer ? longer : text;
}
