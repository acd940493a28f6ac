#include "model/capacity.h"

#include <string.h>

/* Peers 0..6; sources: Administrator Guides X8 to X14.1 (legacy), X14.2 (4+1, 5+1), X14.3 to X15.5
 * (n+1). */
static const int factors[REDUNDANCY_COUNT][CLUSTER_PEERS_MAX + 1] = {
    [REDUNDANCY_NONE] = {0, 1, 2, 3, 4, 5, 6}, [REDUNDANCY_LEGACY] = {0, 1, 2, 3, 4, 4, 4},
    [REDUNDANCY_4_1] = {0, 1, 2, 3, 4, 4, 4},  [REDUNDANCY_5_1] = {0, 1, 2, 3, 4, 5, 5},
    [REDUNDANCY_N_1] = {0, 1, 1, 2, 3, 4, 5},
};

int capacity_factor(enum redundancy rule, int peers, bool no_gain)
{
    if (peers <= 0)
        return 0;
    if (peers > CLUSTER_PEERS_MAX)
        peers = CLUSTER_PEERS_MAX;
    return no_gain ? 1 : factors[rule][peers];
}

bool capacity_outside_rule(enum redundancy rule, int peers)
{
    return peers > (rule == REDUNDANCY_4_1 ? 5 : CLUSTER_PEERS_MAX);
}

static const char *const names[REDUNDANCY_COUNT] = {"none", "legacy", "4+1", "5+1", "n+1"};

const char *redundancy_name(enum redundancy rule)
{
    return names[rule];
}

bool redundancy_parse(const char *name, enum redundancy *rule)
{
    for (int i = 0; i < REDUNDANCY_COUNT; i++)
        if (strcmp(name, names[i]) == 0) {
            *rule = (enum redundancy)i;
            return true;
        }
    return false;
}
