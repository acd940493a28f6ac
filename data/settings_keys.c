/* What settings there are: the places of a scenario that a setting can change. */
#include <stdio.h>
#include <string.h>

#include "data/settings.h"
#include "model/base/arena.h"

struct listing {
    struct arena *arena;
    struct setting_key *keys;
    size_t count, capacity;
    const char *prefix;
    bool starved;
};

/* Whether a path may still lead to one that begins with the prefix, or does so already. */
static bool wanted(const struct listing *l, const char *path)
{
    size_t length = strlen(path), prefix = strlen(l->prefix);
    return strncmp(path, l->prefix, length < prefix ? length : prefix) == 0;
}

static void add(struct listing *l, const char *path, const struct schema_row *row,
                const struct node *node)
{
    if (strncmp(path, l->prefix, strlen(l->prefix)) != 0)
        return;
    if (l->count == l->capacity) {
        size_t more = l->capacity ? l->capacity * 2 : 64;
        struct setting_key *grown = arena_alloc(l->arena, more, sizeof *grown);
        if (!grown) {
            l->starved = true;
            return;
        }
        if (l->count)
            memcpy(grown, l->keys, l->count * sizeof *grown);
        l->keys = grown;
        l->capacity = more;
    }
    bool scalar = node && node->kind == NODE_SCALAR && !node_absent(node);
    struct setting_key *key = &l->keys[l->count++];
    *key = (struct setting_key){
        .path = arena_strdup(l->arena, path), .row = row, .stated = node && !node_absent(node)};
    if (scalar)
        key->value = arena_strdup(l->arena, node->text);
    else if (row->type == TYPE_LIST && node)
        key->value = arena_printf(l->arena, "%u", node->kind == NODE_SEQUENCE ? node->count : 0);
    l->starved = l->starved || !key->path;
}

static void list_block(struct listing *l, enum schema_block block, const struct node *mapping,
                       const char *path);

static void list_items(struct listing *l, const struct schema_row *row, const struct node *list,
                       const char *path)
{
    uint32_t number = 0;
    bool named = schema_row(row->block, "name") != NULL;
    for (const struct node *n = list->first; n && !l->starved; n = n->next) {
        char quoted[SETTING_NAME_SIZE];
        const struct node *name = node_get(n, "name");
        char *item = NULL;
        number++;
        if (!named)
            item = arena_printf(l->arena, "%s.%u", path, number);
        else if (name)
            item = arena_printf(l->arena, "%s.%s", path, setting_name(name->text, quoted));
        if (item && wanted(l, item))
            list_block(l, row->block, n, item);
    }
}

static void list_row(struct listing *l, const struct schema_row *row, const struct node *node,
                     const char *path)
{
    if (row->type == TYPE_MAPPING) {
        list_block(l, row->block, node && node->kind == NODE_MAPPING ? node : NULL, path);
    } else if (row->type == TYPE_LIST) {
        if (row->block == BLOCK_PEER)
            add(l, path, row, node);
        if (node && node->kind == NODE_SEQUENCE)
            list_items(l, row, node, path);
    } else if (row->type != TYPE_NAME) {
        add(l, path, row, node);
    }
}

static void list_block(struct listing *l, enum schema_block block, const struct node *mapping,
                       const char *path)
{
    size_t count;
    const struct schema_row *rows = schema_rows(block, &count);
    for (size_t i = 0; i < count && !l->starved; i++) {
        const struct node *node = mapping ? node_get(mapping, rows[i].key) : NULL;
        if (mapping && !node && rows[i].alias)
            node = node_get(mapping, rows[i].alias);
        char *below = *path ? arena_printf(l->arena, "%s.%s", path, rows[i].key)
                            : arena_strdup(l->arena, rows[i].key);
        if (!below)
            l->starved = true;
        else if (wanted(l, below))
            list_row(l, &rows[i], node, below);
    }
}

const struct setting_key *settings_keys(const struct draft *draft, const char *prefix,
                                        struct arena *arena, size_t *count)
{
    struct listing l = {.arena = arena, .prefix = prefix ? prefix : ""};
    list_block(&l, BLOCK_SCENARIO, draft_tree(draft)->root, "");
    *count = l.starved ? 0 : l.count;
    return l.starved ? NULL : l.keys;
}

bool setting_is_number(const struct setting_key *key)
{
    switch (key->row->type) {
    case TYPE_DURATION:
    case TYPE_RATE:
    case TYPE_FRACTION:
    case TYPE_BITS:
    case TYPE_INTEGER:
    case TYPE_REAL:
    case TYPE_LIST:
        return true;
    default:
        return false;
    }
}
