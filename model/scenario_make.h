/* Parts of a scenario with their defaults: what a part is when a scenario says nothing of it but
 * its name. The reader of scenario files (data/) begins with these, so does a program that makes a
 * scenario without one (examples/erlang.c). Names are borrowed; lists of a scenario belong to
 * whoever made them, of a file to its arena.
 */
#ifndef PEERPLAN_MODEL_SCENARIO_MAKE_H
#define PEERPLAN_MODEL_SCENARIO_MAKE_H

#include "model/scenario.h"

/* Without units, which every own platform states; nothing else is limited. */
struct platform platform_make(const char *name);

/* Without peers, and under no redundancy rule. */
struct cluster cluster_make(const char *name, uint32_t first_peer);

/* Always a member, on platform 0, without licences. */
struct peer peer_make(const char *name, uint32_t cluster);

/* Without arrivals; video, through cluster 0 to the outside, exponential holding times. */
struct call_class class_make(const char *name);

/* One rate at all times, the warm-up included. Both are borrowed; *time must be 0. */
struct arrivals arrivals_make(nanos *time, double *per_second);

struct run run_make(void); /* a Monday, 30 replications, seed 1 */
struct goals goals_make(void);

#endif
