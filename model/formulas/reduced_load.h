/* Calls that need several groups of units at once, by the reduced-load fixed point: each group is
 * solved by itself with the loads that the other groups let through (Kelly 1986; Chung and Ross
 * 1993). An approximation: 0 to +12 % for the groups that bind together, useless for a class that
 * another group protects; use model/licence_pool.h for two groups and model/pinned_pool.h for peers
 * under a pool, which are exact. */
#ifndef PEERPLAN_MODEL_REDUCED_LOAD_H
#define PEERPLAN_MODEL_REDUCED_LOAD_H

#include <stdbool.h>
#include <stdint.h>

struct loss_route {
    double load;
    const int64_t *units; /* by group; borrowed */
    double blocking;      /* out */
    double *lacks; /* out, by group: share of calls that find too little room there; borrowed, may
                      be NULL */
};

/* Until no blocking changes by more than `precision` in a round. False when out of memory or when
 * it does not settle. */
bool reduced_load(const int64_t *capacities, int groups, struct loss_route *routes, int count,
                  double precision);

#endif
