/* Pieces of a text to be replaced so that its tree changes as wanted, everything else staying.
 *
 * Each function makes the splice for one change of the tree it is given; several can be applied to
 * the text at once as long as they concern different nodes. A text of NULL: it cannot be done, or
 * out of memory.
 */
#ifndef PEERPLAN_DATA_SPLICE_H
#define PEERPLAN_DATA_SPLICE_H

#include "data/node.h"

struct splice {
    size_t start, end; /* byte offsets in the source */
    char *text;        /* owned; what stands there instead */
};

struct splice splice_make(size_t start, size_t end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct splice splice_none(void);

/* The source with splices applied, which are in order of their start; at equal places the earlier
 * one comes first. They do not overlap. Owned; NULL when out of memory. */
char *splice_apply(const struct source *source, const struct splice *splices, size_t count);

/* A value in place of another, "key: value" at the end of a mapping, an item before another (NULL:
 * at the end of a list that is not empty). */
struct splice splice_replace(const struct node_tree *tree, const struct node *node,
                             const char *value);
struct splice splice_append(const struct node_tree *tree, const struct node *mapping,
                            const char *member);
struct splice splice_insert(const struct node_tree *tree, const struct node *list,
                            const struct node *before, const char *item);
/* Takes a child out with what belongs to it. */
struct splice splice_remove(const struct node_tree *tree, const struct node *parent,
                            const struct node *child);

/* ---- Places ---- */

/* Of a child with its key and, in a list, its dash. */
size_t splice_child_start(const struct node *child);
size_t splice_child_end(const struct node_tree *tree, const struct node *child);
/* The dash of an item of a block list. */
bool splice_dash(const struct node_tree *tree, const struct node *list, const struct node *item,
                 size_t *dash);

/* Where a node ends, without the line ends that belong to a block scalar. */
size_t splice_node_end(const struct node_tree *tree, const struct node *node);
/* The start of the line that holds an offset, its end before the line end, and the next line. */
size_t splice_line_start(const struct node_tree *tree, size_t at);
size_t splice_line_end(const struct node_tree *tree, size_t at);
size_t splice_next_line(const struct node_tree *tree, size_t at);
bool splice_only_spaces(const struct node_tree *tree, size_t from, size_t to);
/* "\n" or "\r\n", as the text has it. */
const char *splice_line_break(const struct node_tree *tree);

/* ---- Values ---- */

/* A text as a YAML scalar; mark: the quotes it is to keep, or NUL. Owned. */
char *splice_scalar(const char *value, char mark);

#endif
