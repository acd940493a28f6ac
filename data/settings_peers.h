/* One setting being applied, and the number of a cluster's peers. For data/settings_*.c only. */
#ifndef PEERPLAN_DATA_SETTINGS_PEERS_H
#define PEERPLAN_DATA_SETTINGS_PEERS_H

#include "data/settings_apply.h"
#include "data/tree_edit.h"

#define PATH_SEGMENTS NODE_DEPTH

/* A part of a path, with its place in the setting. */
struct segment {
    const char *name;     /* without quotes */
    const char *at, *end; /* with them */
    bool any;             /* a star */
};

struct application {
    struct node_tree *tree;
    const struct source *source; /* the setting */
    uint16_t origin;
    struct segment segments[PATH_SEGMENTS];
    size_t count;
    const char *value; /* within the source */
    struct errors *errors;
    bool any;  /* a star has been passed */
    bool done; /* a place has been reached */
    bool failed, starved;
};

/* Takes the last peers of a cluster away, or adds peers that are like its last one, and mends what
 * names them. The list, of at least one peer, is owned. */
void settings_resize_peers(struct application *a, struct node *cluster, struct node *list,
                           uint32_t count);

#endif
