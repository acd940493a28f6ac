/* Which limits a refusal of a class implies to be reached in the system without limits, and how
 * probable that is over the time of a run: what sim/study/conditional.h conditions on.
 *
 * A limit is sum of w_k N_k >= threshold over the calls N_k that would be in progress. The units of
 * the peers that a call may go to: the chosen peer, the one with most available or one that fits,
 * refuses only if all of them lack the units of the call, so that less than that is free on each.
 * The cluster's cap, its RMS, and pipes as they are. Peers and licences are those of the scenario's
 * plan at each moment; the time is cut where they or a rate change, and into parts over which the
 * load moves little.
 */
#ifndef PEERPLAN_SIM_REACH_H
#define PEERPLAN_SIM_REACH_H

#include "model/formulas/poisson_sum.h"
#include "sim/engine/replay.h"
#include "sim/study/unlimited.h"

#define REACH_LIMITS 24

struct reach_limit {
    int64_t threshold;
    int64_t *weights;       /* by class; owned by the reach */
    struct poisson_sum sum; /* of the constant load, where it is */
};

/* Between two changes of what is planned. */
struct reach_state {
    nanos from, to;
    struct reach_limit limits[REACH_LIMITS];
    uint32_t limit_count;
};

/* A part of the time, with bounds of what is probable in it. */
struct reach_cell {
    nanos from, to;
    uint32_t state;
    double bounds[REACH_LIMITS]; /* P(limit reached), at most */
    double until;                /* sum over the cells up to this one of calls times bounds */
};

struct reach {
    const struct plan *plan;
    uint32_t class_index;
    nanos start;                 /* of the run */
    bool *takes_part;            /* by class: can it matter to this one? owned */
    struct unlimited *unlimited; /* by class, owned */
    bool from_ever;              /* rates held before the start: it never was empty */
    bool constant;               /* the load is the same at all times */
    double *means;               /* owned, where the load is constant: by class */
    double offered;              /* calls of the class in the measured time */
    struct reach_state *states;
    uint32_t state_count, state_room;
    struct reach_cell *cells;
    uint32_t cell_count, cell_room;
    double most; /* calls times bounds over all cells: more refusals than there can be */
};

/* Why a class's refusals do not imply such events; static, NULL: they do. */
const char *reach_obstacle(const struct plan *plan, uint32_t class_index);

/* `sim`: to ask for the peers at each moment. False: out of memory, or (obstacle set) beyond what
 * can be summed. Release in any case. */
bool reach_make(struct reach *reach, const struct plan *plan, uint32_t class_index,
                struct simulation *sim, nanos warmup, const char **obstacle);
void reach_release(struct reach *reach);

/* The means of all classes that take part at t; 0 of the others. */
void reach_means(const struct reach *reach, nanos t, double *means);

#endif
