/* Platforms, clusters, peers, zones, endpoints and pipes of a scenario. */
#include <string.h>

#include "data/scenario_reader.h"
#include "model/base/similar.h"
#include "model/scenario_make.h"

/* ---- Platforms ---- */

static void read_platform(struct reader *r, const struct node *node, struct platform *platform)
{
    struct schema_record record;
    schema_read(BLOCK_PLATFORM, &r->tree, node, &record, NULL);
    const char *name = record_text(&record, "name");
    struct platform same;
    if (name && r->table && capacity_table_platform(r->table, name, &same))
        reader_error(r, record_node(&record, "name"), "the table '%s' has a platform '%s' already",
                     r->s->table, name);
    struct platform p = platform_make(reader_strdup(r, name ? name : ""));
    p.registrations = record_integer(&record, "registrations", p.registrations);
    p.units = record_integer(&record, "units", p.units);
    p.audio_weight = record_integer(&record, "audio-weight", p.audio_weight);
    p.video_weight = record_integer(&record, "video-weight", p.video_weight);
    p.mra_video_weight = record_integer(&record, "mra-video-weight", p.video_weight);
    p.rms = record_integer(&record, "rms", p.rms);
    p.mra_registrations = record_integer(&record, "mra-registrations", p.mra_registrations);
    p.turn = record_integer(&record, "turn", p.turn);
    p.no_gain = record_yes(&record, "no-gain", p.no_gain);
    p.turn_ports = record_yes(&record, "turn-ports", p.turn_ports);
    p.setup_rate = record_integer(&record, "setup-rate", p.setup_rate);
    *platform = p;
}

void reader_platforms(struct reader *r)
{
    uint32_t count;
    const struct node *list = reader_list(&r->root, "platforms", &count);
    size_t rows = r->table ? r->table->row_count : 0;
    r->s->platforms = reader_alloc(r, count + rows + 1, sizeof *r->s->platforms);
    if (!r->s->platforms)
        return;
    for (const struct node *n = list ? list->first : NULL; n; n = n->next)
        read_platform(r, n, &r->s->platforms[r->s->platform_count++]);
}

static void report_platform(struct reader *r, const struct node *node)
{
    enum { ROOM = 512 };
    const char *list[ROOM];
    char quoted[QUOTED_MAX], known[512];
    size_t count = names_list(r->names, BLOCK_PLATFORM, list, ROOM / 2);
    for (size_t i = 0; i < r->table->row_count && count < ROOM; i++)
        if (r->table->rows[i].peers == 1)
            list[count++] = r->table->rows[i].platform;
    const char *near = similar_find(node->text, list, count);
    schema_words(list, count, known, sizeof known);
    reader_error(r, node, "unknown platform '%s'%s%s%s, in %s there are %s",
                 schema_quote(node->text, quoted), near ? ", did you mean '" : "", near ? near : "",
                 near ? "'" : "", r->s->table, known);
}

/* An own platform, or one of the table, which is copied when it is used for the first time. */
static uint32_t refer_platform(struct reader *r, const struct schema_record *record)
{
    const struct schema_value *value = record_get(record, "platform");
    if (!value->node || !value->good || !r->s->platforms)
        return 0;
    const struct name *own = names_find(r->names, value->text);
    if (own && own->kind == BLOCK_PLATFORM)
        return own->index;
    const struct name *used = names_find(r->platforms, value->text);
    if (used)
        return used->index;
    if (!r->table)
        return 0; /* the table itself was reported */
    uint32_t index = r->s->platform_count;
    struct platform *platform = &r->s->platforms[index];
    if (!capacity_table_platform(r->table, value->text, platform)) {
        report_platform(r, value->node);
        return 0;
    }
    platform->name = reader_strdup(r, value->text);
    platform->source = reader_strdup(r, platform->source ? platform->source : "");
    r->s->platform_count++;
    bool fresh;
    if (!names_add(r->platforms, (struct name){.text = platform->name, .index = index}, &fresh))
        r->starved = true;
    return index;
}

/* ---- Peers ---- */

static const char *const licence_keys[LICENCE_COUNT] = {
    [LICENCE_RMS] = "rms", [LICENCE_DESKTOP] = "desktop", [LICENCE_ROOM] = "room"};

static void read_membership(struct reader *r, const struct schema_record *record, struct peer *peer)
{
    reader_time(r, record, "joins", &peer->joins);
    if (reader_time(r, record, "leaves", &peer->leaves) && peer->leaves <= peer->joins)
        reader_error(r, record_node(record, "leaves"), "the peer leaves before it joins");
}

static void read_peer(struct reader *r, const struct node *node, uint32_t cluster,
                      struct peer *peer)
{
    struct schema_record record;
    struct cluster *owner = &r->s->clusters[cluster];
    schema_read(BLOCK_PEER, &r->tree, node, &record, NULL);
    const char *name = record_text(&record, "name");
    struct peer p = peer_make(reader_strdup(r, name ? name : ""), cluster);
    p.platform = refer_platform(r, &record);
    p.max_sessions = record_integer(&record, "max-sessions", p.max_sessions);
    p.setup_rate = record_real(&record, "setup-rate", p.setup_rate);
    p.turn_multiplexing = record_yes(&record, "turn-multiplexing", p.turn_multiplexing);
    p.image = (enum image)record_choice(&record, "image", (int)p.image);
    p.image_stated = record_stated(&record, "image");
    p.registration_rate = record_real(&record, "registration-rate", p.registration_rate);
    p.registration_queue = record_integer(&record, "registration-queue", p.registration_queue);
    p.rms_key = record_yes(&record, "rms-key", p.rms_key);
    *peer = p;
    for (int kind = 0; kind < LICENCE_COUNT; kind++) {
        peer->licences[kind] = record_integer(&record, licence_keys[kind], 0);
        owner->licensed[kind] = owner->licensed[kind] || record_stated(&record, licence_keys[kind]);
    }
    const struct platform *platform = &r->s->platforms[peer->platform];
    if (!record_stated(&record, "setup-rate") && platform->setup_rate != CAPACITY_UNLIMITED)
        peer->setup_rate = (double)platform->setup_rate;
    read_membership(r, &record, peer);
    reader_peer_stated(r, &record, peer);
}

/* A peer that does not say holds a key where it has licences, or where nobody states any. */
static void settle_keys(struct reader *r, const struct node *list, const struct cluster *cluster)
{
    uint32_t i = 0;
    bool smart = cluster->licensing == LICENSING_SMART;
    for (const struct node *n = list->first; n; n = n->next, i++) {
        struct peer *peer = &r->s->peers[cluster->first_peer + i];
        if (!node_get(n, "rms-key") && cluster->licensed[LICENCE_RMS] && !smart)
            peer->rms_key = peer->licences[LICENCE_RMS] > 0;
    }
}

/* ---- Clusters ---- */

static void read_cluster_licences(struct reader *r, const struct schema_record *record,
                                  struct cluster *cluster)
{
    struct schema_record licences;
    const struct node *node = record_node(record, "licences");
    if (!node)
        return;
    if (cluster->licensing != LICENSING_SMART)
        reader_error(r, node->key,
                     "'licences' needs 'licensing: smart', option keys are stated on peers");
    schema_read(BLOCK_LICENCES, &r->tree, node, &licences, NULL);
    for (int kind = 0; kind < LICENCE_COUNT; kind++) {
        cluster->licences[kind] = record_integer(&licences, licence_keys[kind], 0);
        if (record_stated(&licences, licence_keys[kind]))
            cluster->licensed[kind] = true;
    }
}

static void read_peers(struct reader *r, const struct schema_record *record, uint32_t index)
{
    struct cluster *cluster = &r->s->clusters[index];
    const struct node *node = record_node(record, "peers");
    const struct node *list = reader_list(record, "peers", &cluster->peer_count);
    uint32_t i = 0;
    if (node && cluster->peer_count == 0 && (list || node_absent(node)))
        reader_error(r, node, "a cluster needs at least one peer");
    if (!list)
        return;
    for (const struct node *n = list->first; n; n = n->next, i++) {
        if (i == CLUSTER_PEERS_MAX)
            reader_error(r, n, "a cluster has at most six peers");
        read_peer(r, n, index, &r->s->peers[cluster->first_peer + i]);
    }
    settle_keys(r, list, cluster);
}

static void read_primary(struct reader *r, const struct schema_record *record, uint32_t index)
{
    struct cluster *cluster = &r->s->clusters[index];
    uint32_t primary;
    cluster->primary = cluster->first_peer;
    if (!reader_refer(r, record, "primary", &primary))
        return;
    if (primary - cluster->first_peer < cluster->peer_count)
        cluster->primary = primary;
    else
        reader_error(r, record_node(record, "primary"), "peer '%s' is not of this cluster",
                     record_text(record, "primary"));
}

static void read_cluster(struct reader *r, const struct node *node, uint32_t index)
{
    struct cluster *cluster = &r->s->clusters[index];
    struct schema_record record;
    schema_read(BLOCK_CLUSTER, &r->tree, node, &record, NULL);
    const char *name = record_text(&record, "name");
    enum redundancy rule = capacity_release_rule(r->table ? r->table->release : "");
    struct cluster c = cluster_make(reader_strdup(r, name ? name : ""), cluster->first_peer);
    int implied = record_stated(&record, "licences") ? LICENSING_SMART : (int)c.licensing;
    c.role = (enum role)record_choice(&record, "role", (int)c.role);
    c.redundancy = (enum redundancy)record_choice(&record, "redundancy", (int)rule);
    c.cap_stated = record_integer(&record, "cluster-cap", c.cap_stated);
    c.selection = (enum selection)(record_choice(&record, "selection", -1) + 1);
    c.available = (enum available)record_choice(&record, "available", (int)c.available);
    c.when_full = (enum when_full)record_choice(&record, "when-full", (int)c.when_full);
    c.when_dead = (enum when_dead)(record_choice(&record, "dead-peer", -1) + 1);
    c.ties = (enum ties)record_choice(&record, "ties", (int)c.ties);
    c.licensing = (enum licensing)record_choice(&record, "licensing", implied);
    c.caps_printed = record_choice(&record, "cluster-caps", 0) == 1;
    c.phonebook = record_integer(&record, "phonebook", c.phonebook);
    c.detect = record_integer(&record, "detect", c.detect);
    c.setup_as_video = record_yes(&record, "setup-as-video", c.setup_as_video);
    c.units_on_both = record_yes(&record, "units-on-both-peers", c.units_on_both);
    c.signalling_optimization =
        record_yes(&record, "call-signalling-optimization", c.signalling_optimization);
    nanos grace = c.licensing == LICENSING_SMART ? FOREVER : c.licence_grace;
    c.licence_grace = record_integer(&record, "licence-grace", grace);
    *cluster = c;
    reader_refer(r, &record, "traversal", &cluster->traversal);
    if (record_text(&record, "tms"))
        cluster->tms = reader_strdup(r, record_text(&record, "tms"));
    read_cluster_licences(r, &record, cluster);
    read_peers(r, &record, index);
    read_primary(r, &record, index);
    reader_cluster_stated(r, &record, cluster);
}

/* Marks every cluster with the walk that met it first: a walk that meets its own mark goes round in
 * a circle. */
static void check_traversal(struct reader *r, const struct node *list)
{
    uint32_t *walk = reader_alloc(r, r->s->cluster_count + 1, sizeof *walk);
    uint32_t index = 0;
    if (!walk)
        return;
    for (const struct node *n = list->first; n; n = n->next, index++) {
        uint32_t at = index;
        while (at != NONE && walk[at] == 0) {
            walk[at] = index + 1;
            at = r->s->clusters[at].traversal;
        }
        if (at == NONE || walk[at] != index + 1)
            continue;
        bool kept = r->errors->count < ERRORS_KEPT; /* else the place is not worth a search */
        const struct node *key = node_get(kept ? node_at(list, at) : n, "traversal");
        reader_error(r, key ? key : n, "traversal goes round in a circle at cluster '%s'",
                     r->s->clusters[at].name);
    }
}

/* What the document prints for a cluster of so many peers, or for as many as its rule counts. */
static void read_printed(struct reader *r, struct cluster *cluster)
{
    struct cluster_figures *printed = &cluster->printed;
    const struct peer *first = &r->s->peers[cluster->first_peer];
    if (!r->table || cluster->peer_count < 2 || first->platform >= r->s->platform_count)
        return; /* an unknown platform, reported */
    const struct platform *platform = &r->s->platforms[first->platform];
    for (uint32_t i = 1; i < cluster->peer_count; i++)
        if (first[i].platform != first->platform)
            return;
    if (!platform->name) /* one that is not known: told already */
        return;
    int peers = (int)cluster->peer_count;
    const struct capacity_row *row = capacity_table_row(r->table, platform->name, peers);
    if (!row)
        row = capacity_table_row(
            r->table, platform->name,
            capacity_factor(cluster->redundancy, peers > CLUSTER_PEERS_MAX ? 0 : peers, false));
    if (!row || row->peers < 2)
        return;
    *printed = (struct cluster_figures){
        .units = row->figures[CAPACITY_AUDIO_CALLS],
        .registrations = row->figures[CAPACITY_REGISTRATIONS],
        .rms = row->figures[CAPACITY_RMS],
        .mra_registrations = row->figures[CAPACITY_MRA_REGISTRATIONS],
        .turn = row->figures[CAPACITY_TURN_RELAYS],
    };
}

static bool release_sells_keys(const char *release)
{
    return strncmp(release, "X14.0", 5) == 0 || strncmp(release, "X14.1", 5) == 0 ||
           strncmp(release, "X14", 3) < 0 || strncmp(release, "X8", 2) == 0 || !*release;
}

static void note_cluster(struct reader *r, const struct cluster *cluster)
{
    bool mixed = false, images = false;
    const struct peer *peers = &r->s->peers[cluster->first_peer];
    for (uint32_t i = 1; i < cluster->peer_count; i++) {
        mixed = mixed || peers[i].platform != peers[0].platform;
        images = images || peers[i].image != peers[0].image;
    }
    if (images)
        reader_note(r, "cluster '%s' mixes images, which the product does not allow",
                    cluster->name);
    if (mixed && cluster->cap_stated < 0)
        reader_note(r, "cluster '%s' mixes platforms: its cap is made from the smallest node",
                    cluster->name);
    bool keys = cluster->licensing == LICENSING_PAK &&
                (cluster->licensed[LICENCE_RMS] || cluster->licensed[LICENCE_DESKTOP] ||
                 cluster->licensed[LICENCE_ROOM]);
    if (keys && r->table && !release_sells_keys(r->table->release))
        reader_note(r,
                    "cluster '%s' has option keys (licensing: pak), release %s is sold with smart "
                    "licensing only",
                    cluster->name, r->table->release);
    if (cluster->caps_printed && cluster->printed.units == CAPACITY_UNLIMITED &&
        cluster->printed.registrations == CAPACITY_UNLIMITED)
        reader_note(r,
                    "cluster '%s': %s prints no figures for a cluster like it, its caps are "
                    "factor times node",
                    cluster->name, r->s->table);
    if (capacity_outside_rule(cluster->redundancy, (int)cluster->peer_count))
        reader_note(r,
                    "cluster '%s' has %u peers, more than the rule %s covers: a further peer adds "
                    "no capacity",
                    cluster->name, cluster->peer_count, redundancy_name(cluster->redundancy));
}

void reader_clusters(struct reader *r)
{
    uint32_t count, peers = 0, index = 0;
    struct scenario *s = r->s;
    const struct node *node = record_node(&r->root, "clusters");
    const struct node *list = reader_list(&r->root, "clusters", &count);
    if (node && count == 0 && (list || node_absent(node)))
        reader_error(r, node, "a scenario needs at least one cluster");
    s->clusters = reader_alloc(r, count, sizeof *s->clusters);
    if (!list || !s->clusters)
        return;
    for (const struct node *n = list->first; n; n = n->next, index++) {
        const struct node *of = node_get(n, "peers");
        s->clusters[index].first_peer = peers;
        peers += of && of->kind == NODE_SEQUENCE ? of->count : 0;
    }
    s->peers = reader_alloc(r, peers, sizeof *s->peers);
    if (!s->peers)
        return;
    s->cluster_count = count;
    s->peer_count = peers;
    index = 0;
    for (const struct node *n = list->first; n; n = n->next)
        read_cluster(r, n, index++);
    check_traversal(r, list);
    for (uint32_t i = 0; i < count; i++) {
        read_printed(r, &s->clusters[i]);
        note_cluster(r, &s->clusters[i]);
    }
}

/* ---- Zones ---- */

/* True when a peer is listed twice; lists are short, or wrong anyway. */
static bool listed_before(const uint32_t *peers, uint32_t count, uint32_t peer)
{
    for (uint32_t i = 0; i < count; i++)
        if (peers[i] == peer)
            return true;
    return false;
}

/* A peer of a zone's list, by name or with its share of the calls. */
static void add_zone_peer(struct reader *r, const struct node *node, struct zone *zone)
{
    struct schema_record record = {0};
    const struct node *name = node;
    uint32_t peer;
    if (node->kind == NODE_MAPPING) {
        schema_read(BLOCK_ZONE_PEER, &r->tree, node, &record, NULL);
        name = record_node(&record, "peer");
    }
    if (!name || !reader_refer_node(r, BLOCK_PEER, name, &peer) || zone->cluster == NONE)
        return;
    if (r->s->peers[peer].cluster != zone->cluster)
        reader_error(r, name, "peer '%s' is not of cluster '%s'", name->text,
                     r->s->clusters[zone->cluster].name);
    else if (listed_before(zone->peers, zone->peer_count, peer))
        reader_error(r, name, "peer '%s' is listed twice", name->text);
    else if (zone->peer_count < CLUSTER_PEERS_MAX) {
        bool stated = node->kind == NODE_MAPPING;
        zone->weights[zone->peer_count] = stated ? (double)record_integer(&record, "weight", 1) : 1;
        zone->priorities[zone->peer_count] =
            stated ? (int)record_integer(&record, "priority", 0) : 0;
        zone->peers[zone->peer_count++] = peer;
    }
}

/* Peers that are all alike need no weights. */
static void settle_shares(struct reader *r, const struct node *list, struct zone *zone)
{
    bool weights = false, priorities = false;
    for (uint32_t i = 0; i < zone->peer_count; i++) {
        double sum = 0;
        weights = weights || zone->weights[i] != zone->weights[0];
        priorities = priorities || zone->priorities[i] != zone->priorities[0];
        for (uint32_t j = 0; j < zone->peer_count; j++)
            if (zone->priorities[j] == zone->priorities[i])
                sum += zone->weights[j];
        if (sum > 0)
            continue;
        reader_error(r, list, "all weights of a priority are 0");
        return;
    }
    if (!weights)
        zone->weights = NULL;
    if (!priorities)
        zone->priorities = NULL;
}

static void read_zone_peers(struct reader *r, const struct node *list, struct zone *zone)
{
    zone->peers = reader_alloc(r, CLUSTER_PEERS_MAX, sizeof *zone->peers);
    zone->weights = reader_alloc(r, CLUSTER_PEERS_MAX, sizeof *zone->weights);
    zone->priorities = reader_alloc(r, CLUSTER_PEERS_MAX, sizeof *zone->priorities);
    if (!zone->peers || !zone->weights || !zone->priorities)
        return;
    for (const struct node *n = list->first; n; n = n->next)
        add_zone_peer(r, n, zone);
    settle_shares(r, list, zone);
}

static void read_zone(struct reader *r, const struct node *node, struct zone *zone)
{
    struct schema_record record;
    schema_read(BLOCK_ZONE, &r->tree, node, &record, NULL);
    const char *name = record_text(&record, "name");
    *zone = (struct zone){
        .name = reader_strdup(r, name ? name : ""),
        .kind = (enum zone_kind)record_choice(&record, "kind", ZONE_DNS),
        .choose = (enum selection)(record_choice(&record, "choose", -1) + 1),
    };
    reader_refer(r, &record, "cluster", &zone->cluster);
    if (reader_refer(r, &record, "fallback", &zone->fallback) && zone->fallback == zone->cluster)
        reader_error(r, record_node(&record, "fallback"), "a cluster is no fallback for itself");
    const struct node *list = record_node(&record, "peers");
    if (!list || list->kind != NODE_SEQUENCE)
        return;
    if (!record_stated(&record, "cluster"))
        reader_error(r, list->key, "a zone that lists peers must name their cluster");
    if (list->count == 0)
        reader_error(r, list, "a zone that lists no peer gets no call through");
    read_zone_peers(r, list, zone);
}

void reader_zones(struct reader *r)
{
    struct scenario *s = r->s;
    const struct node *list = reader_list(&r->root, "zones", &s->zone_count);
    s->zones = reader_alloc(r, s->zone_count, sizeof *s->zones);
    uint32_t index = 0;
    for (const struct node *n = list && s->zones ? list->first : NULL; n; n = n->next)
        read_zone(r, n, &s->zones[index++]);
}

/* ---- Endpoints ---- */

static enum failover default_failover(enum access access, enum protocol protocol)
{
    if (access == ACCESS_MRA)
        return FAILOVER_MRA;
    return protocol == PROTOCOL_H323 ? FAILOVER_ALTERNATES : FAILOVER_REFRESH;
}

static void read_retry(struct reader *r, const struct schema_record *record,
                       struct endpoints *endpoints)
{
    struct schema_record retry;
    static const struct node none = {.kind = NODE_MAPPING, .text = ""};
    const struct node *node = record_node(record, "retry");
    bool outbound = endpoints->failover == FAILOVER_OUTBOUND;
    schema_read(BLOCK_RETRY, &r->tree, node ? node : &none, &retry, NULL);
    endpoints->retry_wait = record_integer(&retry, "wait", 30 * SECOND);
    endpoints->retry_max = record_integer(&retry, "max", 30 * MINUTE);
    endpoints->retry_law = (enum retry_law)record_choice(
        &retry, "growth", outbound ? RETRY_RFC5626 : RETRY_EXPONENTIAL);
    if (endpoints->retry_max >= endpoints->retry_wait)
        return;
    if (record_stated(&retry, "max"))
        reader_error(r, record_node(&retry, "max"), "the longest wait is shorter than the first");
    endpoints->retry_max = endpoints->retry_wait;
}

static void read_spread(struct reader *r, const struct schema_record *record,
                        struct endpoints *endpoints)
{
    const struct node *list = record_node(record, "spread");
    double sum = 0;
    uint32_t i = 0;
    if (!list || list->kind != NODE_SEQUENCE || endpoints->cluster == NONE)
        return;
    if (list->count != r->s->clusters[endpoints->cluster].peer_count) {
        reader_error(r, list, "'spread' has %u weights for %u peers", list->count,
                     r->s->clusters[endpoints->cluster].peer_count);
        return;
    }
    endpoints->spread = reader_alloc(r, list->count, sizeof *endpoints->spread);
    struct schema_row item = {.key = "spread", .type = TYPE_REAL};
    for (const struct node *n = list->first; n && endpoints->spread; n = n->next) {
        struct schema_value value;
        schema_read_scalar(&item, &r->tree, n, &value, NULL);
        endpoints->spread[i++] = value.real;
        sum += value.good ? value.real : 1;
    }
    if (!(sum > 0))
        reader_error(r, list, "all weights are 0");
}

static uint32_t endpoints_cluster(struct reader *r, const struct schema_record *record)
{
    uint32_t cluster;
    if (reader_refer(r, record, "cluster", &cluster) || record_stated(record, "cluster"))
        return cluster;
    if (r->s->cluster_count == 1)
        return 0;
    if (r->s->cluster_count > 1)
        reader_error(r, record->node, "'cluster' is missing: there are several");
    return NONE;
}

static void read_endpoints(struct reader *r, const struct node *node, struct endpoints *endpoints)
{
    static const enum protocol protocols[] = {PROTOCOL_SIP, PROTOCOL_H323, PROTOCOL_BOTH};
    struct schema_record record;
    schema_read(BLOCK_ENDPOINTS, &r->tree, node, &record, NULL);
    const char *name = record_text(&record, "name");
    enum protocol protocol = protocols[record_choice(&record, "protocol", 0)];
    enum access access = (enum access)record_choice(&record, "access", ACCESS_LOCAL);
    int failover = (int)default_failover(access, protocol);
    bool mra = access == ACCESS_MRA;
    *endpoints = (struct endpoints){
        .name = reader_strdup(r, name ? name : ""),
        .cluster = endpoints_cluster(r, &record),
        .count = record_integer(&record, "count", 0),
        .device = (enum device)record_choice(&record, "device", DEVICE_DESKTOP),
        .protocol = protocol,
        .access = access,
        .failover = (enum failover)record_choice(&record, "failover", failover),
        .cisco = record_yes(&record, "cisco", true),
        .im = record_real(&record, "im", 0),
        .encrypted = record_yes(&record, "encrypted", mra),
        .ttl = record_integer(&record, "ttl", protocol == PROTOCOL_H323 ? 30 * MINUTE : 0),
        .alternates = record_choice(&record, "alternates", 1) == 0 ? 1 : INT32_MAX,
        .flows = (int)record_integer(&record, "flows", 2),
        .keepalive = record_integer(&record, "keepalive", 30 * SECOND),
        .timeout = record_integer(&record, "timeout", 3 * SECOND),
        .dns_ttl = record_integer(&record, "dns-ttl", MINUTE),
        .rebalance = record_yes(&record, "rebalance", mra),
    };
    bool rooms = endpoints->device == DEVICE_ROOM && mra;
    endpoints->maintenance_cut = record_choice(&record, "maintenance", rooms) == 1;
    if (reader_refer(r, &record, "fallback", &endpoints->fallback) &&
        endpoints->fallback == endpoints->cluster)
        reader_error(r, record_node(&record, "fallback"), "a cluster is no fallback for itself");
    if (reader_refer(r, &record, "subzone", &endpoints->subzone) && r->s->subzones &&
        r->s->subzones[endpoints->subzone].cluster != endpoints->cluster)
        reader_error(r, record_node(&record, "subzone"), "subzone '%s' is of cluster '%s'",
                     r->s->subzones[endpoints->subzone].name,
                     r->s->clusters[r->s->subzones[endpoints->subzone].cluster].name);
    read_retry(r, &record, endpoints);
    read_spread(r, &record, endpoints);
}

/* `yes` means every device of the cluster, which is known when endpoints are. */
static int64_t count_accounts(struct reader *r, const struct node *cluster, const char *key,
                              uint32_t index)
{
    struct schema_value value;
    const struct node *node = node_get(cluster, key);
    int64_t devices = 0;
    if (!node || !schema_read_scalar(schema_row(BLOCK_CLUSTER, key), &r->tree, node, &value, NULL))
        return 0;
    if (value.word < 0)
        return value.integer;
    for (uint32_t i = 0; value.word == 1 && i < r->s->endpoints_count; i++)
        devices += r->s->endpoints[i].cluster == index ? r->s->endpoints[i].count : 0;
    return devices;
}

static void read_accounts(struct reader *r)
{
    uint32_t count, index = 0;
    const struct node *list = reader_list(&r->root, "clusters", &count);
    for (const struct node *n = list ? list->first : NULL; n && index < r->s->cluster_count;
         n = n->next, index++) {
        r->s->clusters[index].provisioning = count_accounts(r, n, "provisioning", index);
        r->s->clusters[index].findme = count_accounts(r, n, "findme", index);
    }
}

void reader_endpoints(struct reader *r)
{
    struct scenario *s = r->s;
    const struct node *list = reader_list(&r->root, "endpoints", &s->endpoints_count);
    s->endpoints = reader_alloc(r, s->endpoints_count, sizeof *s->endpoints);
    uint32_t index = 0;
    for (const struct node *n = list && s->endpoints ? list->first : NULL; n; n = n->next)
        read_endpoints(r, n, &s->endpoints[index++]);
    read_accounts(r);
}
