/* One sample of what conditioning draws: a moment, the calls in progress there given that a limit
 * is reached, and all calls over a window of time before it.
 *
 * The moment has a density in proportion to rate(t) P(limit reached at t), bounded by cells; of
 * several limits one is drawn, and the sample kept with probability 1 over the number of limits
 * that are reached. Peers that fail are away as the limit says, others as it happens. Calls in
 * progress at the moment are as many as were drawn; those that ended before are Poisson and
 * independent of them (sim/study/unlimited.h).
 */
#ifndef PEERPLAN_SIM_PAST_H
#define PEERPLAN_SIM_PAST_H

#include "sim/study/reach.h"

/* Calls in the order in which they are offered. */
struct past_calls {
    struct past_call *items; /* owned */
    size_t count, room;
    bool failed; /* out of memory; sticky */
};

/* What one thread draws with. */
struct drawn_past {
    const struct reach *reach;
    struct poisson_sum sum;     /* of the moment, where the load varies */
    double *means;              /* owned, by strand */
    double *group_means;        /* owned, by group of a limit */
    int64_t *numbers;           /* owned, by strand: calls in progress at the moment */
    int64_t *group_numbers;     /* owned */
    struct past_calls standing; /* those in progress at the moment, by strand */
    struct past_calls calls, later;
    struct unlimited_moment moment;
    struct stream stream;
    uint8_t *away;               /* owned, by cluster: failing peers that are away at the moment */
    struct past_change *changes; /* owned: of peers, in order of time */
    uint32_t change_count, change_room;
    nanos lead;      /* those in progress when a window begins are followed so long before it, where
                        peers fail: who failed by then took calls along; else 0 */
    nanos t;         /* the moment */
    uint32_t strand; /* of the call that would be offered there */
};

/* An empty one; borrowed: reach. False: out of memory. Release in any case. */
bool past_init(struct drawn_past *past, const struct reach *reach);
void past_release(struct drawn_past *past);
bool past_failed(const struct drawn_past *past);

/* Draws a moment and who is in progress there. False: the sample is no success, or memory is out.
 * The stream is to be set before. */
bool past_draw_moment(struct drawn_past *past);
/* All calls since `from`, in `calls`, and the changes of peers. The replay begins `lead` earlier.
 */
void past_draw_calls(struct drawn_past *past, nanos from);
/* A course without a condition: the calls in progress at `from` and all that begin until `to`, in
 * `calls`, and the changes of peers until t that lead to who is away there. t is to be set, and who
 * is away. */
void past_draw_course(struct drawn_past *past, nanos from, nanos to);
/* Just these peers of a cluster, and none of others. */
void past_set_away(struct drawn_past *past, uint32_t cluster, uint8_t away);

/* Replays calls that begin until t, and the changes of peers before; at equal times those come
 * first. The replay was begun at `from`. How many calls; SIZE_MAX: out of memory. */
size_t past_replay(const struct drawn_past *past, const struct past_calls *calls,
                   struct simulation *sim, nanos from);

/* The same calls as seen from a later beginning of the window, in `later`. */
void past_shorten(struct drawn_past *past, nanos from);

#endif
