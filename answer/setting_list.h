/* Settings PATH=VALUE that are put together, by those who search for changes. */
#ifndef PEERPLAN_ANSWER_SETTING_LIST_H
#define PEERPLAN_ANSWER_SETTING_LIST_H

#include "model/base/arena.h"
#include "model/scenario.h"

struct setting_list {
    struct arena *arena; /* of the texts */
    const char **items;
    size_t count, room;
    bool failed; /* out of memory, or of room */
};

/* Appends it. NULL: out of memory. */
void setting_list_put(struct setting_list *list, const char *setting);

/* The licences of a kind that a cluster is to have, spread over its peers where they hold them. */
void setting_list_pool(struct setting_list *list, const struct scenario *scenario, uint32_t cluster,
                       enum licence kind, int64_t number);

#endif
