#include "tui/templates.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The table ---- */

static const struct template clusters[] = {
    {"two peers, as the first cluster's",
     "{name: $new:cluster, peers: [{name: $new:peer-a, platform: $platform}, {name: $new:peer-b, "
     "platform: $platform}]}"},
};

static const struct template peers[] = {
    {"peer of the same platform", "{name: $new:peer, platform: $platform}"},
};

static const struct template platforms[] = {
    {"custom platform",
     "{name: $new:platform, units: 200, audio-weight: 1, video-weight: 2, registrations: 2500}"},
};

static const struct template zones[] = {
    {"neighbour zone", "{name: $new:branch, kind: neighbour, cluster: $cluster}"},
    {"DNS zone", "{name: $new:internet, kind: dns, cluster: $cluster}"},
    {"traversal zone", "{name: $new:traversal, kind: traversal, cluster: $cluster}"},
};

static const struct template endpoints[] = {
    {"room systems, H.323",
     "{name: $new:rooms, cluster: $cluster, count: 100, device: room, protocol: h323}"},
    {"softphones over MRA",
     "{name: $new:softphones, cluster: $cluster, count: 500, device: desktop, access: mra}"},
    {"desktop systems, SIP",
     "{name: $new:desktops, cluster: $cluster, count: 500, device: desktop}"},
};

static const struct template classes[] = {
    {"audio calls, constant rate",
     "{name: $new:voice, media: audio, service: registered, via: {cluster: $cluster}, arrivals: "
     "{rate: 60/h}, holding: {mean: 3m}}"},
    {"video calls to other companies",
     "{name: $new:b2b, media: video, service: b2b, via: {cluster: $cluster}, arrivals: {rate: "
     "20/h}, holding: {mean: 35m}}"},
    {"meetings: batches of video calls",
     "{name: $new:meetings, media: video, service: registered, via: {cluster: $cluster}, arrivals: "
     "{rate: 4/h, batches: [[4, 0.5], [8, 0.5]]}, holding: {mean: 45m}}"},
    {"video calls of a finite population",
     "{name: $new:rooms-calls, media: video, service: registered, via: {cluster: $cluster}, "
     "arrivals: {sources: 50, idle: 2h}, holding: {mean: 30m}}"},
};

static const struct template pipes[] = {
    {"pipe", "{name: $new:wan, total: 100M, per-call: 4M}"},
};

static const struct template outages[] = {
    {"peer fails, and comes back", "{peer: $peer, at: $quarter, for: $eighth}"},
    {"peer fails for good", "{peer: $peer, at: $quarter, do: fail}"},
    {"maintenance: drains, then away",
     "{peer: $peer, at: $quarter, drain: 15m, for: $eighth, kind: maintenance}"},
    {"random failures of every peer", "{cluster: $cluster, mtbf: 90d, mttr: 4h}"},
};

static const struct template upgrades[] = {
    {"rolling upgrade", "{cluster: $cluster, at: $quarter, drain: 15m, away: 10m}"},
};

static const struct template arrivals[] = {
    {"constant rate", "{rate: 60/h}"},
    {"office day: a rate with steps",
     "{rate: 60/h, steps: [[0h, 0.05], [7h, 0.4], [9h, 1], [12h, 0.6], [14h, 0.9], [18h, 0.1]]}"},
    {"finite population", "{sources: 100, idle: 1h}"},
    {"erlangs in the busy hour", "{busy-hour-erlangs: 20}"},
    {"batches of calls", "{rate: 10/h, batches: [[1, 0.6], [8, 0.4]]}"},
};

static const struct template holdings[] = {
    {"exponential", "{mean: 3m}"},
    {"lognormal", "{distribution: lognormal, mean: 3m, cv: 1.4}"},
    {"gamma", "{distribution: gamma, mean: 45m, cv: 0.5}"},
    {"deterministic", "{distribution: deterministic, mean: 30m}"},
    {"hyperexponential", "{distribution: hyperexponential, mean: 5m, cv: 2}"},
};

static const struct template redials[] = {
    {"half the callers try again", "{probability: 50%, after: 30s}"},
};

#define ROWS(table)                                                                                \
    {                                                                                              \
        table, (int)(sizeof table / sizeof *table)                                                 \
    }
static const struct {
    const struct template *rows;
    int count;
} tables[BLOCK_COUNT] = {
    [BLOCK_CLUSTER] = ROWS(clusters),    [BLOCK_PEER] = ROWS(peers),
    [BLOCK_PLATFORM] = ROWS(platforms),  [BLOCK_ZONE] = ROWS(zones),
    [BLOCK_ENDPOINTS] = ROWS(endpoints), [BLOCK_CLASS] = ROWS(classes),
    [BLOCK_PIPE] = ROWS(pipes),          [BLOCK_OUTAGE] = ROWS(outages),
    [BLOCK_UPGRADE] = ROWS(upgrades),    [BLOCK_ARRIVALS] = ROWS(arrivals),
    [BLOCK_HOLDING] = ROWS(holdings),    [BLOCK_REDIAL] = ROWS(redials),
};

const struct template *templates_of(enum schema_block block, int *count)
{
    *count = tables[block].count;
    return tables[block].rows;
}

/* ---- Filling in ---- */

static bool taken(const struct scenario *s, const char *name)
{
#define LOOK(things, number)                                                                       \
    for (uint32_t i = 0; i < s->number; i++)                                                       \
        if (!strcmp(s->things[i].name, name))                                                      \
            return true;
    LOOK(clusters, cluster_count)
    LOOK(peers, peer_count)
    LOOK(platforms, platform_count)
    LOOK(zones, zone_count)
    LOOK(endpoints, endpoints_count)
    LOOK(classes, class_count)
    LOOK(pipes, pipe_count)
#undef LOOK
    return false;
}

static void put_new_name(FILE *out, const struct scenario *scenario, const char *stem,
                         size_t length)
{
    char name[64];
    for (int i = 1;; i++) {
        snprintf(name, sizeof name, i == 1 ? "%.*s" : "%.*s-%d", (int)length, stem, i);
        if (!taken(scenario, name))
            break;
    }
    fputs(name, out);
}

static void put_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/* A part of the run, in whole seconds. */
static void put_part(FILE *out, const struct scenario *scenario, int part)
{
    nanos at = scenario->run.length / part / SECOND;
    if (at >= 3600 && at % 3600 == 0)
        fprintf(out, "%" PRId64 "h", at / 3600);
    else if (at >= 60 && at % 60 == 0)
        fprintf(out, "%" PRId64 "m", at / 60);
    else
        fprintf(out, "%" PRId64 "s", at < 1 ? 1 : at);
}

static void put_word(FILE *out, const struct scenario *scenario, uint32_t near, const char *word,
                     size_t length)
{
    const struct cluster *cluster = &scenario->clusters[near];
    const struct peer *peer = &scenario->peers[cluster->first_peer];
    if (!strncmp(word, "new:", 4))
        put_new_name(out, scenario, word + 4, length - 4);
    else if (!strncmp(word, "cluster", length))
        put_quoted(out, cluster->name);
    else if (!strncmp(word, "peer", length))
        put_quoted(out, peer->name);
    else if (!strncmp(word, "platform", length))
        put_quoted(out, scenario->platforms[peer->platform].name);
    else
        put_part(out, scenario, !strncmp(word, "quarter", length) ? 4 : 8);
}

char *template_fill(const struct template *template, const struct scenario *scenario, uint32_t near)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    near = near < scenario->cluster_count ? near : 0;
    for (const char *at = template->yaml; *at;) {
        if (*at != '$') {
            fputc(*at++, out);
            continue;
        }
        size_t length = strspn(++at, "abcdefghijklmnopqrstuvwxyz:-");
        put_word(out, scenario, near, at, length);
        at += length;
    }
    fclose(out);
    return text;
}
