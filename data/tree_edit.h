/* Changes to a tree of nodes that leave the tree it came from as it is.
 *
 * A changed tree shares with the original what is the same in both: only the children along a
 * changed path are copied, so that a change costs the same in a file of ten classes and of 100,000
 * as long as it concerns one. A copied node keeps its place in the file; a node that a setting
 * makes has the setting's number as its origin and its place there.
 *
 * Functions return NULL, or false, when out of memory.
 */
#ifndef PEERPLAN_DATA_TREE_EDIT_H
#define PEERPLAN_DATA_TREE_EDIT_H

#include "data/node.h"

/* Where a new node stands. */
struct node_place {
    uint16_t origin;
    uint32_t column;
};

/* A tree with a root of its own in an arena of its own, the rest shared with the original, which
 * must outlive it. Release with node_tree_release. */
bool tree_edit_begin(struct node_tree *tree, const struct node_tree *original);

/* Makes the children of a node its own: only those of a node that is itself owned (the root is) may
 * be changed. */
bool tree_edit_own(struct node_tree *tree, struct node *node);

/* A new node; key NULL for an item. Text is copied. */
struct node *tree_edit_node(struct node_tree *tree, enum node_kind kind, struct node_place place,
                            const char *key);
struct node *tree_edit_scalar(struct node_tree *tree, struct node_place place, const char *key,
                              const char *text);

/* A copy with everything below it. origin 0: nodes keep their origin and places. */
struct node *tree_edit_copy(struct node_tree *tree, const struct node *node, uint16_t origin);

/* Of an owned parent. `before` NULL: at the end. */
void tree_edit_insert(struct node *parent, struct node *child, struct node *before);
void tree_edit_remove(struct node *parent, struct node *child);
void tree_edit_replace(struct node *parent, struct node *old, struct node *child);

#endif
