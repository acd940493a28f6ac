/* Which limits a refusal of a class implies to be reached in the system without limits, and how
 * probable that is over the time of a run: what sim/study/conditional.h conditions on.
 *
 * A limit is sum of w_k N_k >= threshold over the calls N_k that would be in progress. The units of
 * the peers that a call may go to: the chosen peer, the one with most available or one that fits,
 * refuses only if all of them lack the units of the call, so that less than that is free on each.
 * The cluster's cap, its RMS, and pipes as they are. Peers and licences are those of the scenario's
 * plan at each moment; the time is cut where they or a rate change, and into parts over which the
 * load moves little. Calls that are bound to peers are counted by strands (sim/study/strands.h):
 * each strand of the class needs limits of its own. Where peers fail at random each set of them
 * that may be away has limits of its own (sim/study/failing.h), as probable as the set.
 */
#ifndef PEERPLAN_SIM_REACH_H
#define PEERPLAN_SIM_REACH_H

#include "model/formulas/poisson_sum.h"
#include "sim/engine/replay.h"
#include "sim/study/failing.h"
#include "sim/study/strands.h"
#include "sim/study/unlimited.h"

/* Strands that weigh the same are a group: of the limit only their sum matters. */
struct reach_limit {
    int64_t threshold;
    int64_t *weights;       /* by strand; owned by the reach, as all of this */
    uint32_t *group;        /* by strand; NONE: it weighs nothing */
    int64_t *group_weights; /* by group */
    uint32_t group_count;
    double *group_means;    /* of the constant load, where it is */
    struct poisson_sum sum; /* likewise */
};

/* A call of a strand needs room under a limit; while just these peers of a cluster are away. */
struct reach_need {
    uint32_t strand, limit;
    uint32_t cluster; /* NONE: whoever is away */
    uint8_t away;
};

/* Between two changes of what is planned. */
struct reach_state {
    nanos from, to;
    struct reach_limit *limits; /* owned */
    uint32_t limit_count, limit_room;
    struct reach_need *needs; /* owned */
    uint32_t need_count, need_room;
};

/* A part of the time, with bounds of what is probable in it. */
struct reach_cell {
    nanos from, to;
    uint32_t state;
    double *bounds; /* by need: share of the strand x P(that state of the cluster) x P(limit
                       reached), at most; the reach's */
    double until;   /* sum over the cells up to this one of calls times bounds */
};

struct reach {
    const struct plan *plan;
    const char *obstacle; /* static; why it could not be made */
    uint32_t class_index;
    nanos start;                 /* of the run */
    bool *takes_part;            /* by class: can it matter to this one? owned */
    struct unlimited *unlimited; /* by class, owned */
    struct strands strands;
    struct failing failing;
    bool from_ever; /* rates held before the start: it never was empty */
    bool constant;  /* the load is the same at all times */
    double *means;  /* owned, where the load is constant: by strand */
    double offered; /* calls of the class in the measured time */
    struct reach_state *states;
    uint32_t state_count, state_room;
    struct reach_cell *cells;
    uint32_t cell_count, cell_room;
    double *bounds;     /* owned, of all cells */
    double most;        /* calls times bounds over all cells: more refusals than there can be */
    bool left_out[256]; /* by set of peers that are away: what happens then is known otherwise */
    uint32_t left_out_cluster;
    double pressed; /* P(limit reached) while the peers are so, in the mean over those */
};

/* Why a class's refusals do not imply such events; static, NULL: they do. */
const char *reach_obstacle(const struct plan *plan, uint32_t class_index);

/* Of the run. */
struct reach_setting {
    struct away_peers down;
    uint64_t seed;
    nanos warmup;
};

/* `sim`: to ask for the peers at each moment. False: out of memory, or (reach->obstacle set) beyond
 * what can be split or summed. Release in any case. */
bool reach_make(struct reach *reach, const struct plan *plan, uint32_t class_index,
                const struct reach_setting *setting, struct simulation *sim);
void reach_release(struct reach *reach);

/* Bounds and their sum once more, without the sets of peers that are left out; of a constant load.
 */
void reach_sum_up(struct reach *reach);

/* The means of all strands at t. */
void reach_means(const struct reach *reach, nanos t, double *means);
/* The same by group of a limit. */
void reach_group_means(const struct reach *reach, const struct reach_limit *limit,
                       const double *means, double *group_means);

/* The longest mean rest of a call in progress that takes part, seconds. */
double reach_longest_rest(const struct reach *reach);

#endif
