#include "data/settings_peers.h"

#include <stdio.h>
#include <string.h>

#include "data/names.h"
#include "model/base/arena.h"

#define GONE_MAX 64 /* a file may list more peers than a cluster may have, which is a mistake */

/* What changes: peers that are gone, or peers that are like the last one. */
struct resize {
    struct application *a;
    struct node_place place;
    const char *cluster;        /* its name */
    uint32_t before, after;     /* number of peers */
    const char *last;           /* the name of the last one before */
    const char *gone[GONE_MAX]; /* names */
    const char *added[CLUSTER_PEERS_MAX];
    uint32_t gone_count, added_count;
};

static const char *text_of(const struct node *mapping, const char *key)
{
    const struct node *node = node_get(mapping, key);
    return node && node->kind == NODE_SCALAR ? node->text : "";
}

static struct node *member(struct node *mapping, const char *key)
{
    for (struct node *n = mapping->kind == NODE_MAPPING ? mapping->first : NULL; n; n = n->next)
        if (strcmp(n->key->text, key) == 0)
            return n;
    return NULL;
}

static bool own(struct resize *r, struct node *node)
{
    bool owned = tree_edit_own(r->a->tree, node);
    r->a->starved = r->a->starved || !owned;
    return owned;
}

static bool is_gone(const struct resize *r, const char *name)
{
    for (uint32_t i = 0; i < r->gone_count; i++)
        if (strcmp(r->gone[i], name) == 0)
            return true;
    return false;
}

/* The peer that an item of a list of peers means: a name, or a mapping with more about it. */
static const char *peer_of(const struct node *item)
{
    return item->kind == NODE_SCALAR ? item->text : text_of(item, "peer");
}

/* ---- Peers ---- */

static void collect_names(const struct node *list, struct names *names, bool *good)
{
    bool fresh;
    for (const struct node *n = list->kind == NODE_SEQUENCE ? list->first : NULL; n; n = n->next) {
        const struct node *name = node_get(n, "name"), *peers = node_get(n, "peers");
        if (name && !names_add(names, (struct name){.text = name->text, .node = name}, &fresh))
            *good = false;
        if (peers)
            collect_names(peers, names, good);
    }
}

static bool add_peers(struct resize *r, struct node *list, struct names *names)
{
    struct application *a = r->a;
    const struct node *last = node_at(list, list->count - 1);
    bool good = true, fresh;
    for (const struct node *n = a->tree->root->first; n; n = n->next)
        collect_names(n, names, &good);
    while (good && list->count < r->after) {
        char name[SETTING_NAME_SIZE];
        struct node *copy = tree_edit_copy(a->tree, last, 0);
        struct node *old = copy ? member(copy, "name") : NULL;
        if (!old)
            return copy != NULL; /* the reader of the scenario misses the name */
        struct node *other = tree_edit_scalar(a->tree, r->place, "name",
                                              names_free_one(names, r->last, name, sizeof name));
        if (!other || !names_add(names, (struct name){.text = other->text, .node = other}, &fresh))
            return false;
        tree_edit_replace(copy, old, other);
        copy->origin = a->origin;
        copy->column = r->place.column;
        tree_edit_insert(list, copy, NULL);
        r->added[r->added_count++] = other->text;
    }
    return good;
}

static void remove_peers(struct resize *r, struct node *list)
{
    uint32_t i = 0;
    for (struct node *n = list->first, *next; n; n = next, i++) {
        next = n->next;
        if (i < r->after)
            continue;
        if (r->gone_count < GONE_MAX)
            r->gone[r->gone_count++] = text_of(n, "name");
        tree_edit_remove(list, n);
    }
}

/* ---- What names them ---- */

static void mend_list(struct resize *r, struct node *owner, const char *key)
{
    struct node *list = member(owner, key);
    bool last = false, changed = false;
    for (const struct node *n = list && list->kind == NODE_SEQUENCE ? list->first : NULL; n;
         n = n->next) {
        last = last || strcmp(peer_of(n), r->last) == 0;
        changed = changed || is_gone(r, peer_of(n));
    }
    if (!changed && !(last && r->added_count > 0))
        return;
    if (!own(r, owner) || !(list = member(owner, key)) || !own(r, list))
        return;
    for (struct node *n = list->first, *next; n; n = next) {
        next = n->next;
        if (is_gone(r, peer_of(n)))
            tree_edit_remove(list, n);
    }
    for (uint32_t i = 0; last && i < r->added_count; i++) {
        struct node *name = tree_edit_scalar(r->a->tree, r->place, NULL, r->added[i]);
        r->a->starved = r->a->starved || !name;
        if (name)
            tree_edit_insert(list, name, NULL);
    }
    if (list->count == 0)
        tree_edit_remove(owner, list);
}

/* Items about a peer that is gone go. */
static void mend_items(struct resize *r, const char *key)
{
    struct node *list = member(r->a->tree->root, key);
    if (!list || list->kind != NODE_SEQUENCE || !own(r, list))
        return;
    for (struct node *n = list->first, *next; n; n = next) {
        next = n->next;
        if (is_gone(r, text_of(n, "peer")))
            tree_edit_remove(list, n);
    }
}

static void mend_lists(struct resize *r, const char *key, const char *peers)
{
    struct node *list = member(r->a->tree->root, key);
    if (!list || list->kind != NODE_SEQUENCE || !own(r, list))
        return;
    for (struct node *n = list->first; n; n = n->next)
        mend_list(r, n, peers);
}

/* What entered at a peer that is gone enters its cluster. */
static void mend_origins(struct resize *r, const char *key)
{
    struct node *list = member(r->a->tree->root, key);
    if (!list || list->kind != NODE_SEQUENCE || !own(r, list))
        return;
    for (struct node *n = list->first; n; n = n->next) {
        const struct node *via = node_get(n, "via");
        if (!via || !is_gone(r, text_of(via, "peer")) || !own(r, n))
            continue;
        struct node *other = tree_edit_node(r->a->tree, NODE_MAPPING, r->place, "via");
        struct node *cluster = tree_edit_scalar(r->a->tree, r->place, "cluster", r->cluster);
        r->a->starved = r->a->starved || !other || !cluster;
        if (!other || !cluster)
            return;
        tree_edit_insert(other, cluster, NULL);
        tree_edit_replace(n, member(n, "via"), other);
    }
}

/* A weight for each peer; those added weigh like the last. */
static void resize_spread(struct resize *r, struct node *endpoints)
{
    struct node *spread = member(endpoints, "spread");
    if (!spread || spread->kind != NODE_SEQUENCE || spread->count != r->before ||
        !own(r, endpoints) || !(spread = member(endpoints, "spread")) || !own(r, spread))
        return;
    while (spread->count > r->after) {
        struct node *last = spread->first;
        while (last->next)
            last = last->next;
        tree_edit_remove(spread, last);
    }
    while (spread->count < r->after) {
        struct node *copy =
            tree_edit_copy(r->a->tree, node_at(spread, spread->count - 1), r->a->origin);
        r->a->starved = r->a->starved || !copy;
        if (!copy)
            return;
        tree_edit_insert(spread, copy, NULL);
    }
}

static void resize_spreads(struct resize *r)
{
    struct node *list = member(r->a->tree->root, "endpoints");
    if (!list || list->kind != NODE_SEQUENCE || !own(r, list))
        return;
    for (struct node *n = list->first; n; n = n->next)
        if (!node_get(n, "cluster") || strcmp(text_of(n, "cluster"), r->cluster) == 0)
            resize_spread(r, n);
}

void settings_resize_peers(struct application *a, struct node *cluster, struct node *list,
                           uint32_t count)
{
    struct resize r = {
        .a = a,
        .place = {a->origin, list->column},
        .cluster = text_of(cluster, "name"),
        .before = list->count,
        .after = count,
        .last = text_of(node_at(list, list->count - 1), "name"),
    };
    struct names *names = names_new();
    if (!names || !add_peers(&r, list, names))
        a->starved = true;
    names_free(names);
    remove_peers(&r, list);
    struct node *primary = member(cluster, "primary");
    if (primary && is_gone(&r, primary->text))
        tree_edit_remove(cluster, primary);
    mend_lists(&r, "zones", "peers");
    mend_lists(&r, "upgrades", "order");
    mend_items(&r, "outages");
    mend_items(&r, "changes");
    mend_origins(&r, "calls");
    mend_origins(&r, "traces");
    resize_spreads(&r);
}
