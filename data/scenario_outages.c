/* Outages, upgrades and configuration changes: scripted ones become steps in order of time, random
 * ones laws. */
#include <stdlib.h>
#include <string.h>

#include "data/scenario_reader.h"

/* A step with its place in the file, for the order at equal times. */
struct placed {
    struct step step;
    uint32_t place;    /* byte offset of its entry */
    uint32_t sequence; /* within the entry */
};

/* A peer is taken from `from` to `to`, or at one point by a single step. */
struct window {
    uint32_t peer;
    nanos from, to;
    bool single;
    const struct node *node;
};

struct script {
    struct placed *steps; /* owned */
    size_t count, room;
    struct window *windows; /* owned */
    size_t window_count, window_room;
};

static bool grow(struct reader *r, void **items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t more = *room ? *room * 2 : 64;
    void *grown = realloc(*items, more * size);
    if (!grown) {
        r->starved = true;
        return false;
    }
    *items = grown;
    *room = more;
    return true;
}

static nanos later(nanos at, nanos wait)
{
    return at == FOREVER || wait == FOREVER || at > FOREVER - wait ? FOREVER : at + wait;
}

static void add_step(struct reader *r, struct script *script, const struct node *entry,
                     struct step step)
{
    void *items = script->steps;
    if (step.at == FOREVER || !grow(r, &items, script->count, &script->room, sizeof *script->steps))
        return;
    script->steps = items;
    script->steps[script->count] = (struct placed){
        .step = step,
        .place = entry->start,
        .sequence = (uint32_t)script->count,
    };
    script->count++;
}

static void add_window(struct reader *r, struct script *script, struct window window)
{
    void *items = script->windows;
    if (!grow(r, &items, script->window_count, &script->window_room, sizeof *script->windows))
        return;
    script->windows = items;
    script->windows[script->window_count++] = window;
}

/* ---- Whom an outage concerns ---- */

struct concerned {
    uint32_t cluster, peer; /* peer NONE: all of the cluster */
    uint32_t first, count;  /* peers */
};

static bool read_target(struct reader *r, const struct schema_record *record,
                        struct concerned *target)
{
    bool peer = record_stated(record, "peer"), cluster = record_stated(record, "cluster");
    *target = (struct concerned){.cluster = NONE, .peer = NONE};
    if (peer == cluster) {
        reader_error(r, record->node,
                     peer ? "an outage is of a peer or of a cluster, not both"
                          : "'peer' or 'cluster' is missing in outage");
        return false;
    }
    if (peer) {
        if (!reader_refer(r, record, "peer", &target->peer))
            return false;
        target->cluster = r->s->peers[target->peer].cluster;
        target->first = target->peer;
        target->count = 1;
        return true;
    }
    if (!reader_refer(r, record, "cluster", &target->cluster))
        return false;
    target->first = r->s->clusters[target->cluster].first_peer;
    target->count = r->s->clusters[target->cluster].peer_count;
    return true;
}

/* ---- Forms of an outage ---- */

struct entry {
    const struct schema_record *record;
    struct concerned target;
    bool maintenance;
};

static void read_single(struct reader *r, struct script *script, const struct entry *entry)
{
    static const enum step_kind kinds[] = {STEP_DRAIN, STEP_FAIL, STEP_UP};
    const struct node *node = entry->record->node;
    int what = record_choice(entry->record, "do", -1);
    nanos at;
    if (!reader_time(r, entry->record, "at", &at) || what < 0)
        return;
    bool planned = entry->maintenance || kinds[what] == STEP_DRAIN;
    for (uint32_t i = 0; i < entry->target.count; i++) {
        uint32_t peer = entry->target.first + i;
        add_step(r, script, node,
                 (struct step){.at = at, .kind = kinds[what], .peer = peer, .planned = planned});
        add_window(
            r, script,
            (struct window){.peer = peer, .from = at, .to = at, .single = true, .node = node});
    }
}

static void read_window(struct reader *r, struct script *script, const struct entry *entry)
{
    const struct schema_record *record = entry->record;
    nanos at, away = record_integer(record, "for", 0), drain = record_integer(record, "drain", 0);
    bool planned = entry->maintenance;
    if (record_stated(record, "drain") && !planned)
        reader_error(r, record_node(record, "drain")->key,
                     "a failure does not drain, that is 'kind: maintenance'");
    if (!reader_time(r, record, "at", &at))
        return;
    for (uint32_t i = 0; i < entry->target.count; i++) {
        uint32_t peer = entry->target.first + i;
        if (drain > 0)
            add_step(r, script, record->node,
                     (struct step){.at = at, .kind = STEP_DRAIN, .peer = peer, .planned = planned});
        add_step(r, script, record->node,
                 (struct step){
                     .at = later(at, drain), .kind = STEP_FAIL, .peer = peer, .planned = planned});
        add_step(r, script, record->node,
                 (struct step){.at = later(later(at, drain), away),
                               .kind = STEP_UP,
                               .peer = peer,
                               .planned = planned});
        add_window(r, script,
                   (struct window){.peer = peer,
                                   .from = at,
                                   .to = later(later(at, drain), away),
                                   .single = false,
                                   .node = record->node});
    }
}

static void read_random(struct reader *r, struct script *script, const struct entry *entry)
{
    const struct schema_record *record = entry->record;
    bool cycle = entry->maintenance;
    nanos down = record_integer(record, cycle ? "for" : "mttr", SECOND);
    (void)script;
    if (down == FOREVER)
        reader_error(r, record_node(record, "for"),
                     "a peer must come back from random maintenance");
    r->s->outages[r->s->outage_count++] = (struct random_outage){
        .cluster = entry->target.cluster,
        .peer = entry->target.peer,
        .maintenance = cycle,
        .up_mean =
            (double)record_integer(record, cycle ? "every" : "mtbf", SECOND) / (double)SECOND,
        .drain_mean = (double)record_integer(record, "drain", 0) / (double)SECOND,
        .down_mean = (double)down / (double)SECOND,
        .law = record_choice(record, "distribution", 0) == 1 ? LAW_DETERMINISTIC : LAW_EXPONENTIAL,
        .crew = (int)record_integer(record, "crew", 0),
    };
}

/* The first form whose sign is stated is the one meant. kind: -1 either, 0 failure, 1 maintenance
 * only. */
static const struct form {
    const char *sign, *need, *allow, *what;
    int kind;
    void (*read)(struct reader *r, struct script *script, const struct entry *entry);
} forms[] = {
    {"do", "at do", "peer cluster kind at do", "in a single step", -1, read_single},
    {"mtbf", "mtbf mttr", "peer cluster kind mtbf mttr distribution crew", "in random failures", 0,
     read_random},
    {"every", "every for", "peer cluster kind every drain for distribution crew",
     "in random maintenance", 1, read_random},
    {"at", "at for", "peer cluster kind at drain for", "in a scripted outage", -1, read_window},
};

static const struct form *find_form(const struct schema_record *record)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (record_stated(record, forms[i].sign))
            return &forms[i];
    return NULL;
}

static void read_outage(struct reader *r, struct script *script, const struct node *node)
{
    struct schema_record record;
    struct entry entry = {.record = &record};
    schema_read(BLOCK_OUTAGE, &r->tree, node, &record, NULL);
    if (node->kind != NODE_MAPPING)
        return;
    const struct form *form = find_form(&record);
    if (!form) {
        reader_error(r, node, "an outage needs 'at', or 'mtbf' and 'mttr', or 'every'");
        return;
    }
    bool cycle = form->kind == 1;
    entry.maintenance =
        record_choice(&record, "kind", cycle || record_stated(&record, "drain")) == 1;
    if (form->kind >= 0 && record_stated(&record, "kind") && entry.maintenance != cycle)
        reader_error(r, record_node(&record, "kind"), "'%s' belongs to %s", form->sign,
                     cycle ? "maintenance" : "failures");
    bool good = reader_need(r, &record, form->need, form->what);
    good = reader_only(r, &record, form->allow, form->what) && good;
    good = read_target(r, &record, &entry.target) && good;
    if (good)
        form->read(r, script, &entry);
}

/* ---- Upgrades ---- */

/* The order of the peers: as stated, or the primary and then the order of the file. */
static uint32_t upgrade_order(struct reader *r, const struct schema_record *record,
                              uint32_t cluster, uint32_t order[CLUSTER_PEERS_MAX])
{
    const struct cluster *c = &r->s->clusters[cluster];
    const struct node *list = record_node(record, "order");
    uint32_t count = 0, peer;
    if (!list || list->kind != NODE_SEQUENCE) {
        order[count++] = c->primary;
        for (uint32_t i = 0; i < c->peer_count && count < CLUSTER_PEERS_MAX; i++)
            if (c->first_peer + i != c->primary)
                order[count++] = c->first_peer + i;
        return c->peer_count ? count : 0;
    }
    if (list->count == 0)
        reader_error(r, list, "'order' is empty");
    for (const struct node *n = list->first; n; n = n->next) {
        bool twice = false;
        if (!reader_refer_node(r, BLOCK_PEER, n, &peer))
            continue;
        for (uint32_t i = 0; i < count; i++)
            twice = twice || order[i] == peer;
        if (r->s->peers[peer].cluster != cluster)
            reader_error(r, n, "peer '%s' is not of cluster '%s'", n->text, c->name);
        else if (twice)
            reader_error(r, n, "peer '%s' is listed twice", n->text);
        else if (count < CLUSTER_PEERS_MAX)
            order[count++] = peer;
    }
    return count;
}

static void keep_upgrade(struct reader *r, const struct schema_record *record, uint32_t cluster,
                         nanos at)
{
    struct upgrade *upgrade = &r->s->upgrades[r->s->upgrade_count++];
    const char *release = record_text(record, "release");
    *upgrade = (struct upgrade){.cluster = cluster, .at = at};
    if (!release)
        return;
    upgrade->release = reader_strdup(r, release);
    const struct capacity_table *table = capacity_tables_find_release(r->tables, release);
    if (!table)
        reader_unknown_release(r, record_node(record, "release"));
    else if (r->table && table != r->table)
        reader_note(r,
                    "the upgrade of cluster '%s' to %s does not change its figures here: they "
                    "are those of %s throughout",
                    r->s->clusters[cluster].name, release, r->s->table);
}

static void read_upgrade(struct reader *r, struct script *script, const struct node *node)
{
    struct schema_record record;
    uint32_t cluster, order[CLUSTER_PEERS_MAX];
    nanos at;
    schema_read(BLOCK_UPGRADE, &r->tree, node, &record, NULL);
    bool timed = reader_time(r, &record, "at", &at);
    if (!reader_refer(r, &record, "cluster", &cluster) || !timed)
        return;
    keep_upgrade(r, &record, cluster, at);
    nanos drain = record_integer(&record, "drain", HOUR),
          away = record_integer(&record, "away", 20 * MINUTE);
    nanos wait = record_integer(&record, "wait", 0);
    uint32_t count = upgrade_order(r, &record, cluster, order);
    if (count > 0)
        add_step(
            r, script, node,
            (struct step){.at = at, .kind = STEP_UPGRADE_BEGIN, .peer = order[0], .planned = true});
    for (uint32_t i = 0; i < count; i++) {
        nanos gone = later(at, drain), back = later(gone, away);
        add_window(r, script,
                   (struct window){
                       .peer = order[i], .from = at, .to = back, .single = false, .node = node});
        if (drain > 0)
            add_step(
                r, script, node,
                (struct step){.at = at, .kind = STEP_DRAIN, .peer = order[i], .planned = true});
        add_step(r, script, node,
                 (struct step){.at = gone, .kind = STEP_FAIL, .peer = order[i], .planned = true});
        add_step(r, script, node,
                 (struct step){.at = back, .kind = STEP_UP, .peer = order[i], .planned = true});
        at = later(back, i + 1 < count ? wait : 0);
    }
    if (count > 0)
        add_step(
            r, script, node,
            (struct step){
                .at = at, .kind = STEP_UPGRADE_END, .peer = order[count - 1], .planned = true});
}

/* ---- Times that contradict ---- */

static int compare_windows(const void *left, const void *right)
{
    const struct window *a = left, *b = right;
    if (a->peer != b->peer)
        return a->peer < b->peer ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->node->start < b->node->start ? -1 : a->node->start > b->node->start;
}

/* Sorted by peer and time: a window overlaps an earlier one when it begins before the last of them
 * ends. At the very moment when one ends another may begin, if the file has them in this order too.
 */
static void check_windows(struct reader *r, struct script *script)
{
    const struct window *open = NULL;
    if (script->window_count > 0)
        qsort(script->windows, script->window_count, sizeof *script->windows, compare_windows);
    for (size_t i = 0; i < script->window_count; i++) {
        const struct window *w = &script->windows[i];
        if (!open || open->peer != w->peer) {
            open = w->single ? NULL : w;
            continue;
        }
        bool reversed = w->from == open->to && !w->single && w->node->start < open->node->start;
        bool inside = w->single ? w->from > open->from && w->from < open->to : w->from < open->to;
        if (inside || reversed) {
            const struct node *at = node_get(w->node, "at");
            reader_error(r, at ? at : w->node,
                         "peer '%s' is taken at that time by the entry on line %u",
                         r->s->peers[w->peer].name, open->node->line);
        }
        if (!w->single && w->to > open->to)
            open = w;
    }
}

/* ---- All of them ---- */

static int compare_steps(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    if (a->step.at != b->step.at)
        return a->step.at < b->step.at ? -1 : 1;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static void keep_steps(struct reader *r, struct script *script)
{
    if (script->count > 0)
        qsort(script->steps, script->count, sizeof *script->steps, compare_steps);
    r->s->steps = reader_alloc(r, script->count, sizeof *r->s->steps);
    if (!r->s->steps)
        return;
    for (size_t i = 0; i < script->count; i++)
        r->s->steps[i] = script->steps[i].step;
    r->s->step_count = (uint32_t)script->count;
}

void reader_outages(struct reader *r)
{
    uint32_t count, upgrades;
    struct script script = {0};
    const struct node *list = reader_list(&r->root, "outages", &count);
    const struct node *rolling = reader_list(&r->root, "upgrades", &upgrades);
    r->s->outages = reader_alloc(r, count, sizeof *r->s->outages);
    for (const struct node *n = list && r->s->outages ? list->first : NULL; n; n = n->next)
        read_outage(r, &script, n);
    r->s->upgrades = reader_alloc(r, upgrades, sizeof *r->s->upgrades);
    for (const struct node *n = rolling && r->s->upgrades ? rolling->first : NULL; n; n = n->next)
        read_upgrade(r, &script, n);
    check_windows(r, &script);
    keep_steps(r, &script);
    free(script.steps);
    free(script.windows);
}

static int compare_changes(const void *left, const void *right)
{
    const struct change *const *a = left, *const *b = right;
    if ((*a)->at != (*b)->at)
        return (*a)->at < (*b)->at ? -1 : 1;
    return *a < *b ? -1 : *a > *b;
}

/* By time; in file order at equal times, which is the order of the addresses in the array that is
 * sorted from. */
static void sort_changes(struct reader *r, struct change *changes, uint32_t count)
{
    const struct change **order = reader_alloc(r, count, sizeof *order);
    r->s->changes = reader_alloc(r, count, sizeof *changes);
    if (!order || !r->s->changes || count == 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        order[i] = &changes[i];
    qsort(order, count, sizeof *order, compare_changes);
    for (uint32_t i = 0; i < count; i++)
        r->s->changes[i] = *order[i];
    r->s->change_count = count;
}

void reader_changes(struct reader *r)
{
    uint32_t count, index = 0;
    const struct node *list = reader_list(&r->root, "changes", &count);
    struct change *changes = reader_alloc(r, count, sizeof *changes);
    for (const struct node *n = list && changes ? list->first : NULL; n; n = n->next) {
        struct schema_record record;
        struct change *change = &changes[index++];
        schema_read(BLOCK_CHANGE, &r->tree, n, &record, NULL);
        reader_time(r, &record, "at", &change->at);
        reader_refer(r, &record, "peer", &change->peer);
        change->kind = (enum change_kind)record_choice(&record, "kind", CHANGE_CLUSTER_WIDE);
    }
    if (changes)
        sort_changes(r, changes, count);
}
