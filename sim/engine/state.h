/* What a simulation remembers: the state of one replication. Shared by the .c files of the
 * simulation only.
 *
 * Areas: the time integral of a number n is kept as a wrapping sum. A change of n by d at time t
 * subtracts d * (t - base); when the books are closed at T the integral since base is area + n * (T
 * - base), exact modulo 2^64, then area = 0 and base = T. They are closed often enough
 * (BOOKS_LONGEST) that it never exceeds 64 bits. A change costs one multiplication and one
 * subtraction, and sums are exact.
 */
#ifndef PEERPLAN_SIM_STATE_H
#define PEERPLAN_SIM_STATE_H

#include "model/configuration.h"
#include "sim/engine/agenda.h"
#include "sim/engine/call_log.h"
#include "sim/engine/holding.h"
#include "sim/engine/order.h"
#include "sim/engine/plan.h"
#include "sim/engine/registrations.h"
#include "sim/engine/simulation.h"
#include "sim/engine/source.h"
#include "sim/engine/tournament.h"

#define BOOKS_LONGEST HOUR
#define TURN_PORTS    6
#define LEG_UNUSED    15u /* in the nibbles of struct call */

/* What a watch looks at: the product's alarms tell traversal calls (their media cross the peers)
 * from others, and what is licensed from what a unit or cluster can carry. */
enum watched {
    WATCH_NOTHING,
    WATCH_TRAVERSAL,
    WATCH_NON_TRAVERSAL,
    WATCH_RMS_LICENCES,
    WATCH_RMS_CAPACITY,
    WATCH_TURN,
    WATCHED_COUNT
};

/* Alarms at 90 % and at the limit, lowered below 85 % and 90 %. `up` and `down` are the next levels
 * that matter. */
struct watch {
    int64_t up, down;
    int64_t limit;
    enum watched what;
    bool near, full;
    bool armed; /* of a peer without an RMS key: every change counts until a call needs one */
};

/* A number with a limit: how much of it is used over time. alert_up and alert_down are the levels
 * at which anything else than the area changes (a new peak, full or no longer, an alarm), so that a
 * call usually compares once; alert_up is at most limit + 1, so that what stays below it is within
 * the limit too. */
struct meter {
    int64_t used;
    uint64_t area; /* since the base of the books; of a cluster's units the sum over its peers,
                      taken then */
    int64_t alert_up, alert_down;
    int64_t limit; /* AMPLE: none */
    int64_t peak;
    double integral;  /* closed books of the measured period, unit-nanoseconds */
    double interval;  /* of the present interval */
    bool counts_full; /* how long it is full is asked for: used >= limit */
    nanos full_since, full_time;
    nanos changed; /* pipes: integrals are kept up to here */
    struct watch watch;
};

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

struct peer_state {
    struct meter units;
    int64_t sessions, sessions_limit;
    int64_t rms, rms_limit; /* halves */
    struct meter turn;
    int64_t ports[TURN_PORTS]; /* relays in use; one port only with multiplexing */
    uint32_t port_count;
    int64_t port_limit;
    nanos setup_gap, setup_burst, setup_due; /* set-up rate as a leaky bucket; gap 0: no limit */
    uint64_t admitted;
    uint8_t state;                        /* peer_state_bits */
    uint32_t random_drains, random_aways; /* random outages that drain it, that have it away */
    bool ghost;                           /* dead, not yet detected */
    uint32_t generation;                  /* of its outages: late events are recognised */
    double interval_served;               /* registrations served when the present interval began */
    bool keyless;                         /* the alarm that it lacks an RMS key is up */
    int lost_alarm;                       /* of its licences, while it is away; 0: none */
    const char *lost_text;
    nanos lost_since; /* FOREVER: here */
    nanos state_since, up_time, drain_time;
};

/* What most-available compares: what is available, times KEY_STEP, so that there is room for a rank
 * (sim/order.h). A peer that is not choosable has NOT_CHOOSABLE taken off: its key is negative. */
#define KEY_STEP      8
#define NOT_CHOOSABLE (INT64_C(1) << 60)

struct cluster_state {
    int64_t keys[CLUSTER_PEERS_MAX]; /* of the places without a peer: never the greatest */
    uint8_t choosable;               /* peers that the choice considers: live ones and ghosts */
    uint8_t live;                    /* up and not draining */
    uint8_t ghosts;
    uint8_t turn_next; /* round robin */
    bool sessions;     /* available counts sessions */
    bool counts_more;  /* sessions or set-ups are limited too */
    bool random_ties;
    bool straight; /* nobody dead is taken for alive, and somebody is there to choose */
    uint32_t peer_count;
    struct peer_state peers[CLUSTER_PEERS_MAX];
    struct meter units, rms,
        turn;             /* rms in halves; its limit is the smaller of pool and capacity */
    int64_t cap;          /* units; AMPLE where the peers' sum is no more */
    int64_t rms_capacity; /* halves: factor x node */
    struct stream choice;
    struct lots ties;    /* a random order of the peers */
    struct order lowest; /* the lowest place wins */
    nanos up_since, up_time[CLUSTER_PEERS_MAX + 1];
};

struct class_streams {
    struct stream batch, redial, origin, target;
};

struct class_state {
    bool plain;  /* Poisson calls, no set-up, no redial, no finite population */
    bool quick;  /* plain, one most-available choice: the short way (sim/quick.h) serves */
    bool single; /* quick, and calls come one by one */
    bool finite; /* a finite population does */
    struct cluster_state *cluster; /* of a quick class, and what its calls take there: */
    int64_t units;
    int64_t rms; /* halves; 0 where nothing limits them */
    int64_t in_progress, peak;
    uint64_t area;
    uint64_t offered;
    struct source source;
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
    bool fresh;         /* never admitted so far */
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

struct simulation {
    const struct plan *plan;
    const struct scenario *scenario;
    const struct simulation_options *options;
    nanos now, base; /* base of the books */
    nanos start, length;
    bool measuring, finished, failed;
    bool steady; /* starts in the steady state */
    struct tournament ends, arrivals;
    struct agenda agenda;
    nanos next_other;   /* first of agenda and registrations */
    struct call *calls; /* by slot */
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
    uint32_t waiting_count, waiting_room, waiting_free;
    struct repair_shop *shops;
    uint32_t next_step;
    struct registrations *registrations;
    struct configurations configurations;
    nanos configuration_due; /* of the agenda entry that drives them; FOREVER: none */
    struct call_log log;
    bool logging;
    struct alarm *alarms; /* owned until handed over */
    size_t alarm_count, alarm_room;
    uint64_t alarms_dropped;
    uint32_t replication;
    uint64_t seed;
    uint64_t events;
    float *series; /* where the replication's series go; NULL: none */
    size_t series_columns, series_index;
    struct errors *errors;
};

/* Agenda: ranks are the order among simultaneous events. */
enum agenda_rank { RANK_EDGE, RANK_PEER, RANK_REDIAL };
enum agenda_kind {
    EVENT_BOOKS,
    EVENT_MEASURE,
    EVENT_INTERVAL,
    EVENT_END,
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
    EVENT_REDIAL,
    EVENT_CONFIGURATION,
    EVENT_KIND_COUNT
};

void simulation_schedule(struct simulation *sim, nanos time, enum agenda_rank rank,
                         enum agenda_kind kind, uint32_t subject, uint64_t argument);

/* calls.c */
void call_offer(struct simulation *sim, uint32_t variant, nanos holding, int64_t bandwidth,
                const char *id);
/* The same for a class as stated that is quick, once this peer (its place in the cluster) was
 * chosen. */
void call_offer_at(struct simulation *sim, uint32_t variant, uint32_t local, nanos holding);
void call_end(struct simulation *sim,
              uint32_t slot); /* the winner of `ends`: it ends, or its set-up does */
void call_redial(struct simulation *sim, uint64_t place);
void calls_cut(struct simulation *sim, uint32_t cluster, uint32_t local);
bool calls_init(struct simulation *sim);
void calls_release(struct simulation *sim);
void calls_reset(struct simulation *sim);
void calls_close_log(struct simulation *sim);
void calls_note_quick(struct simulation *sim); /* which classes may take the short way */
void calls_note_fall(struct simulation *sim, struct cluster_state *cluster,
                     uint32_t local); /* of its meters, a peer's */

/* outages.c */
bool outages_init(struct simulation *sim);
void outages_release(struct simulation *sim);
void outages_reset(struct simulation *sim);
/* Whom the choice considers, and the keys it compares: a ghost keeps what others last knew of it.
 */
void outages_set_choosable(struct simulation *sim, uint32_t cluster);
void outages_event(struct simulation *sim, const struct agenda_event *event);
void outages_configure(struct simulation *sim); /* does what is due, and schedules what is next */

/* The alarms of a peer that stand. */
void outages_repeat(struct simulation *sim, uint32_t peer);
/* A peer that lacks an RMS key although its calls need RMS: says so once it is asked for one, and
 * again after a return. */
void outages_watch_key(struct simulation *sim, uint32_t peer);
void outages_check_key(struct simulation *sim, uint32_t peer);

/* watch.c */
void watch_init(struct watch *watch, int64_t limit, enum watched what);
/* Another limit, or another reason for it. */
void watch_move(struct simulation *sim, struct watch *watch, int64_t limit, enum watched what,
                int64_t used, uint32_t cluster);
void watch_repeat(struct simulation *sim, const struct watch *watch, uint32_t cluster,
                  uint32_t peer);
void watch_check(struct simulation *sim, struct watch *watch, int64_t used, uint32_t cluster,
                 uint32_t peer);
void alarm_raise(struct simulation *sim, int id, bool raised, uint32_t cluster, uint32_t peer,
                 const char *text);

/* Bits times nanoseconds have no room in 64 bits: pipes integrate at every change. */
static inline void pipe_change(struct meter *pipe, int64_t change, nanos now)
{
    double area = (double)pipe->used * (double)(now - pipe->changed);
    pipe->integral += area;
    pipe->interval += area;
    pipe->changed = now;
    pipe->used += change;
}

/* Meters: `used` changes; since_base is the time since the base of the books. meter_rose or _fell
 * afterwards, once what was changed stays so. */
static inline void meter_change(struct meter *meter, int64_t change, uint64_t since_base)
{
    meter->used += change;
    meter->area -= (uint64_t)change * since_base;
}

void meter_alert(struct simulation *sim, struct meter *meter, uint32_t cluster,
                 uint32_t peer); /* calls.c */
void meter_aim(
    struct meter *meter); /* sets the alert levels after limit, peak or watch were changed */

static inline void meter_rose(struct simulation *sim, struct meter *meter, uint32_t cluster,
                              uint32_t peer)
{
    if (__builtin_expect(meter->used >= meter->alert_up, 0))
        meter_alert(sim, meter, cluster, peer);
}

static inline void meter_fell(struct simulation *sim, struct meter *meter, uint32_t cluster,
                              uint32_t peer)
{
    if (__builtin_expect(meter->used < meter->alert_down, 0))
        meter_alert(sim, meter, cluster, peer);
}

#endif
