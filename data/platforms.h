/* The platforms that a scenario may be built of, in order of size: for those who choose one. */
#ifndef PEERPLAN_DATA_PLATFORMS_H
#define PEERPLAN_DATA_PLATFORMS_H

#include "data/settings.h"

/* Those of the scenario's table by size (small-vm, medium-vm, large-vm, ce1200, ce1300), then its
 * own in the order of the file; of a table of the user's own those that the scenario uses. Names
 * are in the arena; how many there are is returned, 0 with an error. */
struct platform_names {
    const char **names;
    size_t room;
    struct arena *arena;
};
size_t platforms_by_size(const struct draft *draft, const struct scenario *scenario,
                         const struct platform_names *into, struct errors *errors);

/* The file states a rule of redundancy for every cluster, or the release's default leaves no
 * choice: with 4+1, six peers of a cluster that states none may be 5+1. */
bool platforms_rule_stated(const struct draft *draft, const struct scenario *scenario);

#endif
