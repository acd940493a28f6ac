/* A scenario: clusters, where calls come from, what fails, and how long to look. A value without
 * globals.
 *
 * This is the resolved form: names are indices, durations nanoseconds, rates per second, defaults
 * filled in. data/ makes it from YAML and checks it against the schema; sim/ runs it; model/
 * estimates it. Everything reachable from a scenario is owned by it and lives in its arena:
 * scenario_release frees all at once.
 *
 * "NONE" as an index means absent.
 */
#ifndef PEERPLAN_MODEL_SCENARIO_H
#define PEERPLAN_MODEL_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/time.h"
#include "model/capacity.h"
#include "model/stated.h"

#define NONE UINT32_MAX

enum media { MEDIA_AUDIO, MEDIA_VIDEO };
enum protocol {
    PROTOCOL_SIP,
    PROTOCOL_H323,
    PROTOCOL_INTERWORKED,
    PROTOCOL_BOTH /* endpoints only: registers twice */
};

/* How a peer is chosen: POLICY(id, name in scenario files, tries several: chooses among the peers
 * that can take the call, else the call is refused if the chosen one cannot). Those for zones only
 * come last. To add one: a row here, and what it does in sim/engine/choice.c (and
 * model/exact/markov.c for the exact solver). */
#define POLICIES(POLICY)                                                                           \
    /* the peer with most available; ties as the cluster says */                                   \
    POLICY(MOST_AVAILABLE, "most-available", false)                                                \
    POLICY(FIRST_FIT, "first-fit", true)   /* the first in file order */                           \
    POLICY(BEST_FIT, "best-fit", true)     /* the one with least available */                      \
    POLICY(RANDOM, "random", false)        /* any of the eligible, or by weight */                 \
    POLICY(RANDOM_FIT, "random-fit", true) /* any that can take it, or by weight */
#define ZONE_POLICIES(POLICY)                                                                      \
    POLICY(SRV, "srv", false)                 /* any of the record, or by weight */                \
    POLICY(ROUND_ROBIN, "round-robin", false) /* the next eligible one in turn */

#define POLICY_ID(id, name, several) SELECT_##id,
enum selection {
    SELECT_DEFAULT, /* not stated: what the zone or cluster says */
    POLICIES(POLICY_ID) ZONE_POLICIES(POLICY_ID) SELECT_COUNT
};
#undef POLICY_ID

enum available { AVAILABLE_UNITS, AVAILABLE_SESSIONS };
enum when_full { FULL_REFUSE, FULL_NEXT };
enum when_dead {
    DEAD_DEFAULT,
    DEAD_LOST,
    DEAD_NEXT
}; /* a call sent to a peer that is dead but not yet detected */
enum ties { TIES_RANDOM, TIES_LOWEST };
enum licensing { LICENSING_PAK, LICENSING_SMART };
enum role { ROLE_BOTH, ROLE_EDGE, ROLE_CORE };
enum image { IMAGE_SELECT, IMAGE_UNRESTRICTED };
#define WEBRTC_SESSIONS_MAX 256 /* of these, kept for WebRTC where it is enabled */
#define ENCRYPTED_SESSIONS_MAX                                                                     \
    2500 /* signalling sessions of an instance with the unrestricted image (X14.2 notes) */

/* Kinds of pooled licence. */
enum licence { LICENCE_RMS, LICENCE_DESKTOP, LICENCE_ROOM, LICENCE_COUNT };

struct peer {
    const char *name;
    uint32_t cluster;
    uint32_t platform;
    int64_t licences[LICENCE_COUNT]; /* installed here; pooled over the cluster */
    int64_t max_sessions;            /* CAPACITY_UNLIMITED unless stated */
    double setup_rate;               /* call set-ups per second; 0: no limit */
    bool turn_multiplexing;
    enum image image;
    bool image_stated;          /* else IMAGE_SELECT is a default that a result has to mention */
    double registration_rate;   /* registrations served per second; 0: at once */
    int64_t registration_queue; /* requests that may wait; CAPACITY_UNLIMITED unless stated */
    bool rms_key;               /* holds an RMS option key (alarm of a peer without one) */
    nanos joins,
        leaves; /* the peer is part of the cluster from .. to; default -FOREVER.. FOREVER */
    const struct peer_stated *stated; /* for check; NULL: nothing */
};

/* Figures of a whole cluster; CAPACITY_UNLIMITED where a document states none. */
struct cluster_figures {
    int64_t units, registrations, rms, mra_registrations, turn;
};

struct cluster {
    const char *name;
    enum role role;
    uint32_t traversal; /* cluster that calls through this one also need, or NONE */
    enum redundancy redundancy;
    int64_t cap_stated;       /* cluster-cap in units, or -1 */
    enum selection selection; /* SELECT_DEFAULT when not stated */
    enum available available;
    enum when_full when_full;
    enum when_dead when_dead;
    enum ties ties;
    enum licensing licensing;
    bool licensed[LICENCE_COUNT];    /* this kind is limited by licences (some peer, or the cluster,
                                        states it) */
    int64_t licences[LICENCE_COUNT]; /* on the cluster as a whole (smart licensing); 0 otherwise */
    nanos licence_grace; /* licences of a lost peer leave the pool after it; FOREVER: never */
    nanos detect;        /* how long a dead peer is still chosen */
    bool setup_as_video;
    bool units_on_both; /* media over two peers holds units on both, not only where the B2BUA is */
    bool signalling_optimization;    /* H.323 call signalling optimization: the receiving peer drops
                                        out */
    uint32_t first_peer, peer_count; /* its peers are consecutive in scenario.peers */
    uint32_t primary;                /* configuration primary (peer index) */
    bool caps_printed;               /* cluster-caps: printed figures instead of factor x node */
    struct cluster_figures printed;  /* what the table prints for so many peers of this platform */
    int64_t provisioning, findme;    /* provisioned devices, FindMe accounts; 0: not used */
    int64_t phonebook;               /* entries; 0: not used */
    const char *tms;                 /* version of TMS as stated, NULL: not stated */
    uint32_t first_subzone, subzone_count; /* consecutive in scenario.subzones */
    uint32_t first_link, link_count;       /* consecutive in scenario.links */
    const struct cluster_stated *stated;   /* for check; NULL: nothing */
};

enum zone_kind { ZONE_DNS, ZONE_NEIGHBOUR, ZONE_TRAVERSAL, ZONE_OTHER };

struct zone {
    const char *name;
    enum zone_kind kind;
    uint32_t cluster;      /* the cluster this zone leads to, or NONE */
    enum selection choose; /* SELECT_DEFAULT: by kind */
    uint32_t *peers;       /* peers listed (global indices); NULL: all of the cluster */
    uint32_t peer_count;
    int *priorities;   /* of each of `peers`: lower numbers first; NULL: all alike */
    double *weights;   /* of each of `peers` among those of its priority; NULL: all alike */
    uint32_t fallback; /* cluster that calls go to when none of its peers answers, or NONE */
};

/* A place whose calls share bandwidth, on all peers of its cluster alike. bit/s;
 * CAPACITY_UNLIMITED: no limit. Classes already list the pipes of the subzones and links that their
 * calls pass (call_class.pipes), which are appended to scenario.pipes. */
struct subzone {
    const char *name;
    uint32_t cluster;
    int64_t within, from;            /* calls inside it; calls in and out of it: all together */
    int64_t per_call;                /* one call, inside or in and out */
    uint32_t within_pipe, from_pipe; /* the pipes that hold `within` and `from`, or NONE */
};

/* A way between two ends, with the pipes that calls over it pass. */
enum link_end { LINK_DEFAULT /* the default subzone */, LINK_TRAVERSAL, LINK_SUBZONE, LINK_ZONE };
#define LINK_PIPES_MAX 2

struct link {
    uint32_t cluster;
    enum link_end kinds[2];
    uint32_t ends[2]; /* subzone or zone; NONE for the built-in subzones */
    uint32_t pipes[LINK_PIPES_MAX];
    uint32_t pipe_count;
};

enum device { DEVICE_DESKTOP, DEVICE_ROOM };
enum access { ACCESS_LOCAL, ACCESS_PROXIED, ACCESS_MRA };
enum failover {
    FAILOVER_ALTERNATES, /* H.323: alternates in the order of the last registration answer */
    FAILOVER_REFRESH,  /* SIP standard: notices at its next refresh, then tries the others in random
                          order */
    FAILOVER_OUTBOUND, /* RFC 5626: several flows */
    FAILOVER_DNS, /* re-registers to a random peer of the record, a dead one may be drawn again */
    FAILOVER_MRA, /* keepalive and time-out, equal SRV */
};
enum retry_law { RETRY_FIXED, RETRY_JITTER, RETRY_EXPONENTIAL, RETRY_RFC5626 };

struct endpoints {
    const char *name;
    uint32_t cluster;
    int64_t count;
    enum device device;
    enum protocol protocol;
    enum access access;
    enum failover failover;
    bool cisco;     /* registered to Cisco infrastructure (for the intracluster licence rule) */
    double im;      /* share of softphones with phone and IM: counts two encrypted sessions */
    bool encrypted; /* its signalling is encrypted (counts against the capped image) */
    double *spread; /* weight per peer of the cluster (peer_count values), NULL: even */
    nanos ttl;      /* H.323 time to live or SIP refresh; 0: SIP refresh by the table */
    int alternates; /* alternates an endpoint stores: 1, or INT32_MAX for all */
    int flows;      /* outbound flows */
    nanos keepalive, timeout; /* MRA and outbound detection */
    nanos dns_ttl;
    nanos retry_wait; /* first wait after a refused or unanswered try */
    nanos retry_max;  /* upper bound of the wait for exponential back-off */
    enum retry_law retry_law;
    bool rebalance;       /* MRA: moves back moderately after a peer returns */
    uint32_t fallback;    /* cluster registered to when no peer of their own answers, or NONE */
    uint32_t subzone;     /* where their calls count, or NONE: the default subzone */
    bool maintenance_cut; /* maintenance mode cuts their calls when it begins (MRA rooms) */
};

/* What a call is for; decides units, RMS and TURN by service_demand(). */
enum service {
    SERVICE_B2B,
    SERVICE_MRA,
    SERVICE_REGISTERED,
    SERVICE_INTRACLUSTER,
    SERVICE_INTERWORKING,
    SERVICE_LYNC,
    SERVICE_THIRD_PARTY,
    SERVICE_WEBRTC,
    SERVICE_WEBEX,
    SERVICE_MEETING_SERVER,
    SERVICE_COUNT
};

enum law {
    LAW_EXPONENTIAL,
    LAW_DETERMINISTIC,
    LAW_ERLANG,
    LAW_GAMMA,
    LAW_LOGNORMAL,
    LAW_HYPEREXPONENTIAL,
    LAW_EMPIRICAL
};

struct holding {
    enum law law;
    double mean; /* seconds, > 0 */
    double cv;   /* coefficient of variation (gamma, lognormal) */
    int k;       /* Erlang phases */
    double *probabilities,
        *means; /* hyperexponential: branches; empirical: means are the sorted values, seconds */
    uint32_t count;
};

/* A piecewise constant rate. Step i holds from times[i] to times[i+1]; before the first and after
 * the last see `daily`. The times of daily steps count from midnight of the wall clock
 * (run.start_unix says where in the day time 0 lies), others from time 0. */
struct rate_steps {
    nanos *times;  /* ascending */
    double *rates; /* arrivals (or batches) per second */
    uint32_t count;
    bool daily; /* repeats every day of the scenario's clock; else 0 before, last rate after */
};

enum arrivals_kind { ARRIVALS_NONE /* trace only */, ARRIVALS_RATE, ARRIVALS_SOURCES };

struct arrivals {
    enum arrivals_kind kind;
    struct rate_steps steps;     /* ARRIVALS_RATE; one step for a constant rate */
    int64_t sources;             /* ARRIVALS_SOURCES: population */
    double idle_mean;            /* seconds an idle source waits */
    int64_t *batch_sizes;        /* NULL: single calls */
    double *batch_probabilities; /* sum 1 */
    uint32_t batch_count;
    bool per_endpoint; /* stated for each endpoint of its population */
};

enum origin { ORIGIN_ZONE, ORIGIN_CLUSTER, ORIGIN_ENDPOINTS, ORIGIN_PEER };
enum target { TARGET_OUTSIDE, TARGET_ZONE, TARGET_ENDPOINTS };

/* Where calls come from and go to. */
struct via {
    enum origin origin;
    uint32_t zone;      /* ORIGIN_ZONE */
    uint32_t cluster;   /* always set: where the call enters */
    uint32_t endpoints; /* ORIGIN_ENDPOINTS */
    uint32_t peer;      /* ORIGIN_PEER */
};

struct call_class {
    const char *name;
    enum media media;
    enum service service;
    enum protocol protocol;
    struct via via;
    enum target target;
    uint32_t target_zone, target_endpoints;
    struct arrivals arrivals;
    struct holding holding;
    enum selection selection; /* SELECT_DEFAULT: as zone or cluster says */
    bool goal_stated;
    double goal;          /* share of its calls blocked; not stated: the scenario's */
    int64_t units;        /* stated units, or -1: by platform, media and service */
    int64_t rms_halves;   /* stated RMS in halves, or -1: by service */
    int64_t turn;         /* stated relays, or -1: by service */
    int64_t bandwidth;    /* bit/s wanted on pipes without a figure of their own; 0: none */
    bool media_traverses; /* media crosses the peers (intracluster rule) */
    nanos setup;          /* set-up time before the call connects */
    double redial_probability;
    double redial_after; /* mean seconds */
    enum law redial_law; /* exponential or deterministic */
    bool redial_dropped; /* calls cut redial too */
    uint32_t *pipes;     /* pipe indices */
    int64_t *pipe_bits;  /* bit/s on each */
    uint32_t pipe_count;
    double ice;          /* share of calls between two MRA devices whose media go direct */
    int64_t reserve;     /* trunk reservation: admitted if free units >= units + reserve */
    int64_t reserve_rms; /* and RMS used + rms + reserve <= size of the pool; licences */
};

struct trace {
    const char *file; /* as in the scenario; relative to the scenario's folder */
    bool has_via;
    struct via via; /* overrides the class's own */
    double scale;   /* of its calls: 1 as they are; applied by the trace source */
};

enum pipe_full { PIPE_REFUSE, PIPE_DOWNSPEED };

struct pipe {
    const char *name;
    int64_t total;    /* bit/s */
    int64_t per_call; /* bit/s a call may take, CAPACITY_UNLIMITED: no limit */
    int64_t floor;    /* downspeeding goes no lower, bit/s */
    enum pipe_full when_full;
};

/* Scripted steps, in file order: the order at equal times. A rolling upgrade is BEGIN, then DRAIN,
 * FAIL and UP of one peer after another, then END: BEGIN and END concern the whole cluster of their
 * `peer` (configuration sync pauses in between) and change nothing about that peer itself. */
enum step_kind { STEP_DRAIN, STEP_FAIL, STEP_UP, STEP_UPGRADE_BEGIN, STEP_UPGRADE_END };

struct step {
    nanos at;
    enum step_kind kind;
    uint32_t peer;
    bool planned; /* maintenance or upgrade, not a failure */
};

/* Random outages: of one peer, or of each peer of a cluster by itself. */
struct random_outage {
    uint32_t cluster, peer; /* peer NONE: every peer of the cluster */
    bool maintenance;  /* up Exp(every), draining for drain, then away: a cycle; else mtbf/mttr */
    double up_mean;    /* seconds: mtbf, or every */
    double drain_mean; /* seconds; maintenance only */
    double down_mean;  /* seconds: mttr, or for */
    enum law law;      /* exponential or deterministic */
    int crew;          /* at most that many under repair at once; 0: no limit */
};

/* A change of configuration in time (design of issue "operations in motion"). */
enum change_kind {
    CHANGE_CLUSTER_WIDE,
    CHANGE_PEER_SPECIFIC,
    CHANGE_PRIMARY,
    CHANGE_FORCE_UPDATE,
    CHANGE_RESTORE
};

struct change {
    nanos at;
    enum change_kind kind;
    uint32_t peer; /* where it is made */
};

enum warmup_kind { WARMUP_AUTO, WARMUP_NONE, WARMUP_STATED };

struct run {
    int64_t
        start_unix; /* seconds since 1970 of time 0, as local wall-clock time; default a Monday */
    nanos length;   /* measured time */
    enum warmup_kind warmup_kind;
    nanos warmup;
    int replications;
    uint64_t seed;
    bool steady;           /* from: steady */
    nanos interval;        /* of the series */
    bool calls;            /* write calls.csv for generated calls too */
    const char *time_zone; /* "Europe/Berlin"; NULL: the wall clock has no offset changes */
};

struct goals {
    bool stated;
    double blocking;      /* 0..1; default 0.01 */
    int survive;          /* default 0 */
    double registrations; /* largest share of a population's devices kept out at rest; default 0 */
    bool worst_hour_stated;
    double worst_hour; /* share of calls blocked in the worst hour */
};

/* What an upgrade brings, beside its steps. */
struct upgrade {
    uint32_t cluster;
    nanos at;
    const char *release; /* NULL: not stated */
};

/* Growth of load in time, for forecasts: load(t) = load x (1 + rate)^(t / period). */
struct growth {
    uint32_t class_index; /* or NONE */
    uint32_t endpoints;   /* or NONE; both NONE: all load that has no growth of its own */
    double rate, band;    /* of a period; the band is plus or minus */
    int months;           /* in a period: 1, 3 or 12 */
};

struct scenario {
    const char *title;
    const char *table;        /* "X14.2-cluster-chapter" */
    const char *table_source; /* its document */
    struct goals goals;
    struct run run;
    struct platform *platforms;
    uint32_t platform_count;
    struct cluster *clusters;
    uint32_t cluster_count;
    struct peer *peers;
    uint32_t peer_count;
    struct zone *zones;
    uint32_t zone_count;
    struct endpoints *endpoints;
    uint32_t endpoints_count;
    struct call_class *classes;
    uint32_t class_count;
    struct trace *traces;
    uint32_t trace_count;
    struct pipe *pipes;
    uint32_t pipe_count;
    struct step *steps;
    uint32_t step_count; /* sorted by (at, file order) */
    struct random_outage *outages;
    uint32_t outage_count;
    struct change *changes;
    uint32_t change_count;
    struct subzone *subzones;
    uint32_t subzone_count;
    struct link *links;
    uint32_t link_count;
    struct upgrade *upgrades;
    uint32_t upgrade_count; /* in file order */
    struct growth *growths;
    uint32_t growth_count;
    const char **inputs; /* files read beside the scenario, in order of first mention, each once */
    uint32_t input_count;
    const char **notes;
    uint32_t note_count; /* warnings and notes every result carries */
    struct arena *arena; /* owns all of the above */
};

void scenario_release(struct scenario *scenario);

/* ---- Derived figures ---- */

/* The figures of a cluster's smallest node (mixed platforms: the smallest of each). */
struct platform scenario_cluster_node(const struct scenario *scenario, uint32_t cluster);

/* Cluster caps: factor x node; CAPACITY_UNLIMITED for REDUNDANCY_NONE. `cluster_units` honours
 * cluster-cap and never exceeds the sum over the configured peers, so that it is always the figure
 * to show. */
int64_t scenario_cluster_units(const struct scenario *scenario, uint32_t cluster);
int64_t scenario_cluster_limit(const struct scenario *scenario, uint32_t cluster,
                               int64_t node_figure, int64_t sum);

/* Units that one call of a class takes on a peer of the given platform. */
int64_t scenario_call_units(const struct scenario *scenario, const struct call_class *call,
                            const struct platform *platform);

/* What a service takes by media and protocol, in RMS halves on the core and on the edge cluster,
 * and TURN relays. Source: Administrator Guide X15.5, RMS consumption; an audio SIP call takes a
 * half, H.323 and interworked audio one. */
struct demand {
    int64_t rms_core_halves, rms_edge_halves;
    int64_t turn;
    bool mra;
};
struct demand service_demand(enum service service, enum media media, enum protocol protocol);

/* Encrypted signalling sessions of a peer with the unrestricted image, registrations and calls
 * together, WebRTC not among them; CAPACITY_UNLIMITED for another image. Source: Administrator
 * Guide X14.2, "Export control limit": 2500, and 2244 where WebRTC is enabled, which has 256 of its
 * own; once full, new ones are let in again below 99 %. */
int64_t scenario_encrypted_sessions(const struct scenario *scenario, uint32_t peer);
#define ENCRYPTED_REOPEN 0.99

const char *service_name(enum service service);
bool selection_tries_several(enum selection selection);

double arrivals_mean_batch(const struct arrivals *arrivals); /* 1 without batches */

/* The step with the latest beginning at or before `time`; -1 when all begin later. */
int64_t rate_steps_find(const struct rate_steps *steps, nanos time);

/* Erlangs that a class offers by its own arrivals if nothing limited it, in its busiest step; 0
 * where only a trace knows. */
double call_erlangs(const struct call_class *call);

/* The share of its calls that a class may have blocked: its own goal, else the scenario's. */
double scenario_class_goal(const struct scenario *scenario, uint32_t class_index);

#endif
