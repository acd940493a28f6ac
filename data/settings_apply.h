/* Settings on a tree of nodes: what a draft's scenario and its text are both made from. */
#ifndef PEERPLAN_DATA_SETTINGS_APPLY_H
#define PEERPLAN_DATA_SETTINGS_APPLY_H

#include "data/node.h"
#include "data/settings.h"

/* A tree with settings applied. Its sources are the settings, in order. */
struct variant_tree {
    struct node_tree tree;
    struct source *sources; /* owned */
    size_t count;
};

/* False, with errors; release in any case. The original must outlive it. */
bool variant_make(struct variant_tree *variant, const struct node_tree *original,
                  const struct settings *settings, struct errors *errors);
void variant_release(struct variant_tree *variant);

#endif
