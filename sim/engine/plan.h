/* A scenario made ready to run: for every kind of call the legs it takes, in small numbers only.
 *
 * A plan is constant while simulations run and shared between threads. A call has a variant: its
 * class as stated, or the class in another medium (a trace row says so), with another way in (the
 * trace says so), or during set-up (held as video). A variant is a short list of legs; a leg takes
 * units, RMS and relays on one peer of one cluster.
 */
#ifndef PEERPLAN_SIM_PLAN_H
#define PEERPLAN_SIM_PLAN_H

#include "model/base/error.h"
#include "model/path.h"
#include "sim/engine/scripted.h"

#define AMPLE (INT64_C(1) << 50) /* stands for "no limit" in sums and comparisons */

struct variant {
    uint32_t class_index;
    uint32_t base; /* the variant that the call was offered as: itself, or what this one is held or
                      goes on instead of */
    uint32_t first_leg, leg_count;
    uint32_t holding_legs;           /* all but those at the end that only ask for a peer */
    uint32_t first_pipe, pipe_count; /* in pipe_index, pipe_bits */
    uint32_t setup;                  /* variant held during set-up, or NONE */
    nanos setup_time;
    uint32_t turn_leg; /* which takes relays; NONE */
    uint32_t direct;   /* variant of the share of calls (ice) whose media go direct, or NONE */
    double ice;
    uint32_t
        fallback; /* variant by another cluster, when all peers of the entry are away, or NONE */
    unsigned may_be_away;         /* ends whose devices may be at their fallback cluster, bits */
    uint32_t away[PATH_AWAY_ALL]; /* variant while the ends of these bits (from 1) are, or NONE */
    bool sole; /* one LEG_CHOOSE leg without relays, sessions and pipes: the common case */
};

/* The ledger of licences: an entry for every class that takes RMS in a cluster, ordered by class.
 */
struct ledger_entry {
    uint32_t class_index, cluster;
    int64_t halves; /* that a call of the class as stated takes there */
};

/* What a cluster gets to carry, by what is stated: bits. */
enum carries {
    CARRIES_TRAVERSAL = 1,
    CARRIES_OTHER = 2 /* sessions whose media do not cross the peers */,
    CARRIES_RMS = 4
};

struct plan {
    const struct scenario *scenario; /* borrowed */
    struct variant *variants;        /* owned; the first class_count are the classes as stated */
    uint32_t variant_count, variant_capacity;
    struct leg *legs; /* owned */
    uint32_t leg_count, leg_capacity;
    uint32_t *pipe_index; /* owned */
    int64_t *pipe_bits;
    uint32_t pipe_entries;
    uint32_t legs_max;           /* most legs of a variant */
    uint32_t trace_variants;     /* first variant made for traces: [trace][class][media], or NONE */
    struct ledger_entry *ledger; /* owned */
    uint32_t ledger_count;
    bool ledger_moves; /* variants may take other than their class as stated: entries are counted by
                          call */
    uint8_t *carries;  /* by cluster, enum carries; owned */
    bool has_turn, has_setup, has_endpoints;
    bool has_alternatives; /* some variant has a direct one, a fallback or ends that are away */
    bool cuts_by_drain;    /* maintenance cuts some calls at once */
    bool paced;            /* some peer has a set-up rate */
    bool counts_sessions;  /* some call takes an encrypted session of a capped image */
    bool varies;           /* load depends on the time: profiles, steps, traces */
    struct scripted_list script;
    double longest_holding; /* seconds, mean of the longest class */
};

/* False, with errors, when a call would need more than LEGS_MAX legs or memory is out. */
bool plan_init(struct plan *plan, const struct scenario *scenario, struct errors *errors);
void plan_release(struct plan *plan);

/* The variant of a trace row. */
uint32_t plan_trace_variant(const struct plan *plan, uint32_t trace, uint32_t class_index,
                            int media);

#endif
