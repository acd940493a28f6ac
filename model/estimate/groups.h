/* Clusters that calls connect: what happens in one of a group may be felt in the others, and
 * nowhere else. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_GROUPS_H
#define PEERPLAN_MODEL_ESTIMATE_GROUPS_H

#include <stdbool.h>

#include "model/scenario.h"

struct groups {
    uint32_t *clusters, *classes; /* owned: the group of each, the index of its first cluster */
};

/* False when out of memory; release in any case. */
bool groups_init(struct groups *groups, const struct scenario *scenario);
void groups_release(struct groups *groups);

/* The cluster that a call is for, or NONE. */
uint32_t groups_target(const struct scenario *scenario, const struct call_class *call);

#endif
