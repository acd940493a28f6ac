/* Who is there when: scripted steps, peers that join and leave, licences that leave the pool some
 * time after their peer. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_SCRIPT_H
#define PEERPLAN_MODEL_ESTIMATE_SCRIPT_H

#include "model/scenario.h"

struct script_event; /* private to script.c */

struct script {
    const struct scenario *scenario;
    struct script_event *events; /* owned, by time */
    size_t count, next;
    uint8_t *states;     /* owned, by peer */
    nanos *since;        /* owned, by peer: when it was lost */
    uint8_t *away;       /* owned, by cluster: bit i: its peer i takes no new call */
    uint8_t *unlicensed; /* owned, by cluster: bit i: its peer's licences are not in the pool */
    nanos *changed;      /* owned, by cluster: when somebody last came or went, or -FOREVER */
    nanos *thinned;      /* owned: the last time when calls were cut, could no longer be taken, or
                            went to a peer not yet known to be dead */
    nanos settle;        /* how long formulas for a settled load are not to be trusted afterwards */
};

/* down: away throughout, by cluster; NULL: nobody. Begins before `start`. False when out of memory;
 * release in any case. */
bool script_init(struct script *script, const struct scenario *scenario, const uint8_t *down,
                 nanos start);
void script_release(struct script *script);

nanos script_next(const struct script *script); /* when something changes, or FOREVER */
void script_advance(struct script *script, nanos time);

/* Takes what was as if it had been so for ever: no call was there yet. */
void script_forget(struct script *script);

/* Is the load of a cluster not settled after somebody came or went? thinned: count only those who
 * went. */
bool script_unsettled(const struct script *script, uint32_t cluster, nanos time, bool thinned);

#endif
