#include "data/tree_edit.h"

#include <string.h>

#include "model/base/arena.h"

static struct node *duplicate(struct node_tree *tree, const struct node *node)
{
    struct node *copy = arena_alloc(tree->arena, 1, sizeof *copy);
    if (copy)
        *copy = *node;
    return copy;
}

bool tree_edit_begin(struct node_tree *tree, const struct node_tree *original)
{
    *tree = (struct node_tree){.source = original->source, .arena = arena_new()};
    if (tree->arena)
        tree->root = duplicate(tree, original->root);
    return tree->root != NULL;
}

bool tree_edit_own(struct node_tree *tree, struct node *node)
{
    struct node **end = &node->first;
    if (node->own)
        return true;
    for (const struct node *n = node->first; n; n = n->next) {
        struct node *copy = duplicate(tree, n);
        if (!copy)
            return false;
        copy->own = false;
        *end = copy;
        end = &copy->next;
    }
    *end = NULL;
    node->own = true;
    return true;
}

struct node *tree_edit_node(struct node_tree *tree, enum node_kind kind, struct node_place place,
                            const char *key)
{
    struct node *node = arena_alloc(tree->arena, 1, sizeof *node);
    struct node *name = NULL;
    if (node && key && !(name = tree_edit_scalar(tree, place, NULL, key)))
        return NULL;
    if (!node)
        return NULL;
    *node = (struct node){.kind = kind,
                          .flow = true,
                          .own = true,
                          .origin = place.origin,
                          .line = 1,
                          .column = place.column,
                          .text = "",
                          .key = name};
    return node;
}

struct node *tree_edit_scalar(struct node_tree *tree, struct node_place place, const char *key,
                              const char *text)
{
    struct node *node = tree_edit_node(tree, NODE_SCALAR, place, key);
    char *copy = node ? arena_strdup(tree->arena, text) : NULL;
    if (!copy)
        return NULL;
    node->text = copy;
    node->length = (uint32_t)strlen(text);
    return node;
}

struct node *tree_edit_copy(struct node_tree *tree, const struct node *node, uint16_t origin)
{
    struct node *copy = duplicate(tree, node);
    if (!copy)
        return NULL;
    copy->own = true;
    copy->next = NULL;
    if (origin) {
        copy->origin = origin;
        copy->text = arena_strdup(tree->arena, node->text);
        if (!copy->text || (node->key && !(copy->key = tree_edit_copy(tree, node->key, origin))))
            return NULL;
    }
    struct node **end = &copy->first;
    for (const struct node *n = node->first; n; n = n->next) {
        struct node *child = tree_edit_copy(tree, n, origin);
        if (!child)
            return NULL;
        *end = child;
        end = &child->next;
    }
    return copy;
}

/* ---- Children ---- */

/* What points to a child; the end of the list for NULL. */
static struct node **link_to(struct node *parent, const struct node *child)
{
    struct node **link = &parent->first;
    while (*link && *link != child)
        link = &(*link)->next;
    return link;
}

/* What is new has no place in the file: it comes behind what stands before it, in the order of
 * things that happen at the same time too. */
static void order(struct node *parent, struct node *child)
{
    uint32_t at = parent->start;
    for (const struct node *n = parent->first; n && n != child; n = n->next)
        at = n->end > at ? n->end : at;
    child->start = child->end = at;
}

void tree_edit_insert(struct node *parent, struct node *child, struct node *before)
{
    struct node **link = link_to(parent, before);
    child->next = *link;
    *link = child;
    parent->count++;
    order(parent, child);
}

void tree_edit_remove(struct node *parent, struct node *child)
{
    *link_to(parent, child) = child->next;
    parent->count--;
}

void tree_edit_replace(struct node *parent, struct node *old, struct node *child)
{
    struct node **link = link_to(parent, old);
    child->next = old->next;
    child->start = old->start;
    child->end = old->end;
    *link = child;
}
