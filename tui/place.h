/* Places of the scenario as people and settings name them: "clusters.office.peers.p1.rms" for the
 * tree's "clusters[0].peers[1].rms". */
#ifndef PEERPLAN_TUI_PLACE_H
#define PEERPLAN_TUI_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "data/node.h"

enum place_stars {
    PLACE_NAMED,     /* every item by its name, or its number */
    PLACE_ALL_ITEMS, /* a star for the innermost item */
};

/* The path of a setting for a path of the tree; cut when it does not fit. Returns buffer. */
char *place_setting(const struct node_tree *tree, const char *path, enum place_stars stars,
                    char *buffer, size_t size);

/* What stands at a path of the tree; NULL when it is not stated. Borrowed from the tree. */
const char *place_value(const struct node_tree *tree, const char *path);

/* The cluster or class that a path of the tree lies in: its index in that list; -1: in none. */
int place_index(const char *path, const char *list);

#endif
