/* The scenario as a tree to edit: the rows of the schema, filled in from the text where it says
 * something.
 *
 * A twig is a line on the screen: a value, a mapping, a list or an item of a list. Mappings, lists
 * and items open. Keys that the text does not state show their default. Which branches are open is
 * kept by path, over edits.
 */
#ifndef PEERPLAN_TUI_TREE_H
#define PEERPLAN_TUI_TREE_H

#include "data/schema.h"

struct twig {
    char *path;  /* owned: "clusters[0].peers[1].rms" */
    char *label; /* owned: the key, or what an item is called */
    int depth;
    const struct schema_row *row; /* of the key; of an item: of its list */
    const struct node *node;      /* NULL: not stated; borrowed from the tree given to tree_build */
    enum schema_block block;      /* of what opens */
    bool branch, open, item;
    uint32_t count; /* of a list: its items */
};

struct tree {
    struct twig *twigs; /* owned */
    int count, room;
    struct branch_state *branches; /* owned; by path */
    bool stated_only;
    bool everything; /* every branch counts as open */
};

/* Makes the twigs anew. The nodes are borrowed until the next call. False when out of memory. */
bool tree_build(struct tree *tree, const struct node *root);
void tree_release(struct tree *tree);

bool tree_is_open(const struct tree *tree, const char *path);
void tree_open(struct tree *tree, const char *path, bool open);
/* Opens the branches that a path lies in. */
void tree_open_to(struct tree *tree, const char *path);
/* The twig of a path, -1 when it is not shown. */
int tree_find(const struct tree *tree, const char *path);

/* What stands in the text for a node, on one line; the default when node is NULL. */
void twig_value(const struct twig *twig, const struct node_tree *nodes, char *buffer, size_t size);
/* The value one step up or down: numbers by one of their second digit, choices and yes/no by one.
 * False: it has none. */
bool twig_step(const struct twig *twig, const char *value, int direction, char *buffer,
               size_t size);

#endif
