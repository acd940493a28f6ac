/* A YAML text as a tree of nodes, each with its place.
 *
 * A subset of YAML: one document of mappings, sequences and scalars; keys are scalars and appear
 * once in their mapping; no anchors, aliases or tags; at most NODE_DEPTH levels. Made from
 * libyaml's events, in time proportional to the text.
 *
 * Lines and columns count from 1, columns in code points. `start` and `end` are byte offsets of
 * what stands in the text: of a scalar with its quotes, of a flow collection with its brackets, of
 * a block collection from its first entry to the end of its last one. So any scalar can be replaced
 * in place. Nodes live as long as the tree and are borrowed.
 */
#ifndef PEERPLAN_DATA_NODE_H
#define PEERPLAN_DATA_NODE_H

#include "data/source.h"

#define NODE_DEPTH 16

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };

struct node {
    enum node_kind kind;
    bool quoted;     /* scalar: in quotes, or a block scalar */
    bool flow;       /* collection: in brackets */
    bool own;        /* collection: the children may be changed (data/tree_edit.h) */
    uint16_t origin; /* 0: stands in the file; n: in the n-th setting */
    uint32_t line, column;
    uint32_t start, end;
    uint32_t length;        /* scalar: bytes of text */
    uint32_t count;         /* collection: children */
    const char *text;       /* scalar: its value, no NUL inside; "" when absent (`key:`) */
    const struct node *key; /* in a mapping: the key; a scalar */
    struct node *first;     /* children, in order of the text */
    struct node *next;      /* sibling */
};

struct node_tree {
    const struct source *source;   /* borrowed */
    const struct source *settings; /* borrowed; where nodes of an origin above 0 stand */
    struct node *root;             /* NULL when the text could not be read to its end */
    struct arena *arena;           /* owns the nodes */
};

/* False, with errors, unless the text is well-formed; release in any case. When duplicate keys are
 * all that is wrong, the root is there all the same, so that a reader can look for further
 * mistakes. */
bool node_tree_read(struct node_tree *tree, const struct source *source, struct errors *errors);
void node_tree_release(struct node_tree *tree);

/* The value of a key of a mapping, NULL when absent or when the node is no mapping. */
const struct node *node_get(const struct node *mapping, const char *key);
const struct node *node_at(const struct node *collection, uint32_t index);

/* Nothing was written where a value could stand. */
bool node_absent(const struct node *node);

/* The text in which a node stands, for messages. Borrowed. */
const struct source *node_source(const struct node_tree *tree, const struct node *node);

/* "a list", "a mapping", "text": for messages. */
const char *node_kind_name(const struct node *node);

#endif
