/* What a simulation remembers: the state of one replication. Shared by the .c files of the
 * simulation only.
 */
#ifndef PEERPLAN_SIM_STATE_H
#define PEERPLAN_SIM_STATE_H

#include "model/configuration.h"
#include "sim/engine/agenda.h"
#include "sim/engine/call_log.h"
#include "sim/engine/holding.h"
#include "sim/engine/meter.h"
#include "sim/engine/order.h"
#include "sim/engine/plan.h"
#include "sim/engine/registrations.h"
#include "sim/engine/simulation.h"
#include "sim/engine/source.h"
#include "sim/engine/surplus.h"
#include "sim/engine/tournament.h"

#define TURN_PORTS 6
#define LEG_UNUSED 15u /* in the 4-bit indices of struct call */

/* Why a peer takes no part: any bit. */
enum peer_state_bits {
    AWAY_SCRIPT = 1,
    AWAY_RANDOM = 2,
    AWAY_FORCED = 4,
    AWAY_ABSENT = 8, /* down, or not (yet) in the cluster */
    DRAIN_SCRIPT = 16,
    DRAIN_RANDOM = 32,
};
#define AWAY_ANY  (AWAY_SCRIPT | AWAY_RANDOM | AWAY_FORCED | AWAY_ABSENT)
#define DRAIN_ANY (DRAIN_SCRIPT | DRAIN_RANDOM)

struct peer_load {
    struct meter units;
    int64_t sessions, sessions_limit;
    int64_t rms, rms_limit; /* halves */
    struct meter turn;
    int64_t ports[TURN_PORTS]; /* relays in use; one port only with multiplexing */
    uint32_t port_count;
    int64_t port_limit;
    nanos setup_gap, setup_burst, setup_due; /* set-up rate as a leaky bucket; gap 0: no limit */
    nanos setup_full; /* time in which it refuses calls for its set-up rate */
    uint64_t admitted;
    uint8_t state;                        /* peer_state_bits */
    uint32_t random_drains, random_aways; /* random outages that drain it, that have it away */
    uint32_t generation;                  /* of its outages: late events are recognised */
    double interval_served;               /* registrations served when the present interval began */
    bool keyless;                         /* the alarm that it lacks an RMS key is up */
    uint8_t lost_stage;                   /* of lost_alarm */
    int lost_alarm;                       /* of its licences, while it is away; 0: none */
    const char *lost_text;
    nanos lost_since; /* FOREVER: here */
    nanos state_since, up_time, drain_time;
};

/* What most-available compares: what is available, times KEY_STEP, so that there is room for a rank
 * (sim/order.h). A peer that is not choosable has NOT_CHOOSABLE taken off: its key is negative. */
#define KEY_STEP      8
#define NOT_CHOOSABLE (INT64_C(1) << 60)

/* The size of a pool of RMS over the measured period, halves; at present it is the meter's limit.
 */
struct pool_size {
    int64_t start;
    double area; /* halves x seconds, up to `since` */
    nanos since;
    bool changed;
};

struct cluster_state {
    int64_t keys[CLUSTER_PEERS_MAX]; /* of the places without a peer: never the greatest */
    uint8_t choosable;               /* peers that the choice considers: live and undetected ones */
    uint8_t live;                    /* up and not draining */
    uint8_t undetected;              /* dead, and others do not know it yet */
    uint8_t turn_next;               /* round robin */
    bool sessions;                   /* available counts sessions */
    bool counts_more;                /* sessions or set-ups are limited too */
    bool random_ties;
    bool settled; /* nobody dead is taken for alive, and somebody is there to choose */
    uint32_t peer_count;
    struct peer_load peers[CLUSTER_PEERS_MAX];
    struct meter units, rms,
        turn; /* rms in halves; its limit is the smaller of pool and capacity */
    struct pool_size pool;
    bool holders_out;     /* the peers that hold its RMS licences are all away */
    int64_t cap;          /* units; AMPLE where the peers' sum is no more */
    int64_t rms_capacity; /* halves: factor x node */
    struct stream choice;
    struct tie_draws ties; /* a random order of the peers */
    struct order lowest;   /* the lowest place wins */
    nanos up_since, up_time[CLUSTER_PEERS_MAX + 1];
};

struct class_streams {
    struct stream batch, redial, origin, target, ice;
};

/* Which way the calls of a class as stated take through admission: each is allowed to do less than
 * the one before, and is faster for it (calls.c says which classes are allowed to). */
enum call_path {
    CALL_PATH_FULL,          /* with set-up, redials, a finite population, or a record of calls */
    CALL_PATH_PLAIN,         /* attempts and ends only */
    CALL_PATH_QUICK_BATCHES, /* one most-available choice: quick.h serves, several at a time */
    CALL_PATH_QUICK,         /* one by one */
};

struct class_state {
    enum call_path path;
    bool finite;                   /* a finite population calls */
    struct cluster_state *cluster; /* of a quick class, and what its calls take there: */
    int64_t units;
    int64_t rms; /* halves; 0 where nothing limits them */
    int64_t in_progress, peak;
    uint64_t area;
    uint64_t offered;
    struct arrivals_source source;
    struct sampler sampler;
    double integral, interval;
    uint64_t blocked, dropped, redials, redials_blocked,
        lost; /* redials: attempts that are not the first */
    uint64_t cause[CAUSE_COUNT], cause_only[CAUSE_COUNT];
    uint64_t interval_offered, interval_blocked,
        interval_no_rms;           /* as of the start of the present interval */
    struct class_streams *streams; /* kept apart: most classes never draw from them */
};

/* A call in progress: its variant, and for every leg the peer's place in its cluster, four bits
 * each. */
struct call {
    uint32_t variant;
    uint32_t peers;
};

_Static_assert(CLUSTER_PEERS_MAX < LEG_UNUSED, "the place of a peer fits into four bits");
_Static_assert(TURN_PORTS <= 16, "the server and the port of relays fit into a byte");
_Static_assert(LEGS_MAX * 4 <= 32, "the peers of all legs fit into a call");
_Static_assert(CLUSTER_PEERS_MAX <= KEY_STEP, "a key has room for the rank of every peer");

/* What a class holds of a pool of RMS, in halves; only counted where it does not follow from its
 * calls in progress. */
struct ledger_use {
    int64_t used, peak;
    uint64_t area;
    double integral, interval;
};

/* A call in set-up that is held as another variant: what it becomes once it connects, which is then
 * the next thing to happen to it. variant NONE: it is not in set-up. */
struct connecting {
    uint32_t variant;
    nanos end; /* of the call */
};

/* An attempt to call, and what it is to be repeated with. */
struct offer {
    uint32_t variant;
    nanos holding;
    int64_t bandwidth; /* that a trace states; -1: the class's */
    const char *id;    /* in a record of calls; NULL: none */
};

struct waiting {        /* a redial in waiting */
    struct offer offer; /* its id owned */
    bool fresh;         /* never admitted, and offered since measuring began */
    uint32_t next_free;
};

struct repair_shop { /* random outages of one entry */
    int busy;        /* under repair */
    uint32_t *queue; /* peers (local) waiting for the crew, in order */
    uint32_t queue_length;
    uint64_t stream_offset; /* to the name of a peer: what kind of outage it is */
    struct stream streams[CLUSTER_PEERS_MAX];
};

struct trace_state {
    void *cursor;         /* owned through the source of traces */
    struct trace_row row; /* the next one */
    bool ended;
};

/* Devices at the ends of a call, within their populations; NONE: not drawn yet, or no device. */
struct call_ends {
    uint32_t origin, target;
};
#define NO_ENDS ((struct call_ends){NONE, NONE})

struct simulation {
    const struct plan *plan;
    const struct scenario *scenario;
    const struct simulation_options *options;
    nanos now, base; /* the base of integrals: they are closed up to then */
    nanos start, length;
    bool measuring, finished, failed;
    bool steady; /* starts in the steady state */
    struct tournament ends, arrivals;
    struct agenda agenda;
    nanos next_other;         /* first of agenda and registrations */
    uint32_t fetched_classes; /* so many that the next one is fetched ahead; 0: few */
    struct call *calls;       /* by slot */
    uint32_t *free_slots, free_count;
    struct connecting *connecting; /* by slot, with set-up variants */
    uint8_t *turn_place;           /* by slot, with TURN: peer | port << 4 */
    int64_t
        *pipe_use; /* by slot and pipe of the class, with pipes; last, what the call asked for */
    int64_t *pipe_scratch; /* an admission being tried */
    uint64_t *log_place;   /* by slot, when calls are recorded */
    uint32_t pipes_max;
    struct cluster_state *clusters;
    struct orders orders[CLUSTER_PEERS_MAX + 1]; /* by number of peers */
    struct class_state *classes;
    struct class_streams *class_streams;
    double *gaps_ahead; /* of all classes */
    nanos *holdings_ahead;
    struct meter *pipes;
    struct ledger_use *ledger; /* by entry of the plan's; NULL: follows from the classes */
    struct trace_state *traces;
    struct waiting *waiting;
    uint32_t waiting_count, waiting_capacity, waiting_free;
    struct repair_shop *shops;
    struct surplus *surpluses;              /* by limit of the options; NULL: none is asked for */
    struct scripted_state *scripted_states; /* by scripted of the plan */
    uint32_t scripted;                      /* that is scripted now, or NONE */
    uint32_t next_step;
    struct registrations *registrations;
    struct configurations configurations;
    nanos configuration_due; /* of the agenda entry that drives them; FOREVER: none */
    struct call_log log;
    bool logging;
    struct alarm *alarms; /* owned until handed over */
    size_t alarm_count, alarm_capacity;
    uint64_t alarms_dropped;
    uint32_t replication;
    struct call_ends ends_drawn; /* of the call that is offered; NONE: not yet */
    uint32_t placed; /* where the legs of the call that is offered are (sim/engine/replay.h) */
    uint64_t seed;
    uint64_t events;
    float *series; /* where the replication's series go; NULL: none */
    size_t series_columns, series_index;
    struct errors *errors;
};

/* Time since the base of the integrals: never long, so that it needs no saturation. */
static inline uint64_t since_base(const struct simulation *sim)
{
    return (uint64_t)(sim->now - sim->base);
}

/* When a call that begins now ends: holding times and the clock are both far below half of FOREVER.
 */
static inline nanos end_of_call(const struct simulation *sim, nanos holding)
{
    return sim->now + holding;
}

/* Agenda: of simultaneous events edges of intervals come first, then what happens to peers, then
 * redials. */
enum agenda_kind {
    EVENT_CLOSE,
    EVENT_MEASURE,
    EVENT_INTERVAL,
    EVENT_END,
    EVENT_SURPLUS_END,
    EVENT_SETTLED,
    EVENT_LAST_EDGE = EVENT_SETTLED,
    EVENT_STEP,
    EVENT_OUTAGE_FAIL,
    EVENT_OUTAGE_DRAIN,
    EVENT_OUTAGE_REPAIR,
    EVENT_DETECTED,
    EVENT_GRACE,
    EVENT_LOST_HOURS,
    EVENT_LOST_DAYS,
    EVENT_JOIN,
    EVENT_LEAVE,
    EVENT_CONFIGURATION,
    EVENT_LAST_PEER = EVENT_CONFIGURATION,
    EVENT_REDIAL,
    EVENT_KIND_COUNT
};

void simulation_schedule(struct simulation *sim, nanos time, enum agenda_kind kind,
                         uint32_t subject, uint64_t argument);

#endif
