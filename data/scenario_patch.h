/* Changes to the text of a scenario, by path, in place: comments, order and everything else stay as
 * they are.
 *
 * Paths look like "clusters[0].peers[1].rms". A scalar is replaced where it stands and keeps its
 * quotes; a key that is missing is added at the end of its mapping, with the mappings above it as
 * far as they are missing too; items of lists are inserted, copied and removed. A value is written
 * with quotes when it needs them, except where the schema expects a list or a mapping: there it is
 * YAML itself, "[e1, e2]".
 *
 * A tree becomes a new text, which is again well-formed YAML; whether it is a scenario is for
 * others to say.
 */
#ifndef PEERPLAN_DATA_SCENARIO_PATCH_H
#define PEERPLAN_DATA_SCENARIO_PATCH_H

#include "data/node.h"

/* The node of a path; NULL when there is none. "" is the root. Borrowed from the tree. */
const struct node *patch_find(const struct node_tree *tree, const char *path);

/* Each returns the new text, owned, or NULL with errors. */
char *patch_set(const struct node_tree *tree, const char *path, const char *value,
                struct errors *errors);

/* Puts an item ("{name: e3, platform: large-vm}") into a list, before the item of that index or,
 * beyond, at its end. */
char *patch_insert(const struct node_tree *tree, const char *list, uint32_t index, const char *item,
                   struct errors *errors);

/* A copy of an item of a list, behind it; it and what is named inside it get names that are free:
 * "e1-2". */
char *patch_duplicate(const struct node_tree *tree, const char *item, struct errors *errors);

/* Removes an item of a list, or a key with its value. */
char *patch_remove(const struct node_tree *tree, const char *path, struct errors *errors);

#endif
