/* What makes one scenario of another, as settings PATH=VALUE (data/settings.h): applied in order to
 * the one they give the other, but for the order of items with a name. */
#ifndef PEERPLAN_TUI_CHANGES_H
#define PEERPLAN_TUI_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "data/node.h"

struct changes {
    char **items; /* owned, each */
    size_t count, room;
    bool failed; /* out of memory: some may be missing */
};

/* Adds what is different in the second tree. Release in any case. */
void changes_find(struct changes *changes, const struct node_tree *before,
                  const struct node_tree *after);
/* Adds one as it is, PATH=VALUE (consumed; NULL: out of memory). */
void changes_add(struct changes *changes, char *item);
void changes_release(struct changes *changes);

#endif
