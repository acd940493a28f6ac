/* Alarms over all replications: how many of them raise each, when it comes first, and when
 * typically. */
#ifndef PEERPLAN_TUI_ALARMS_H
#define PEERPLAN_TUI_ALARMS_H

#include "sim/study/results.h"

struct alarm_seen {
    int id;
    uint32_t cluster, peer; /* indices; NONE: of no one in particular */
    size_t replications;    /* that raised it */
    double share;           /* of all replications */
    nanos first;            /* the earliest of all */
    nanos typical;          /* half of those that raised it had done so by then */
};

/* Those raised in the measured time, one entry an alarm and place, in order of these; of each
 * replication the first raise counts. Owned (free); NULL with *count 0 when there are none, or out
 * of memory. results may be NULL. */
struct alarm_seen *alarms_seen(const struct results *results, size_t *count);

#endif
