#include "sim/engine/tallies.h"

#include <math.h>
#include <stdlib.h>

#include "model/base/arena.h"
#include "model/licences.h"
#include "model/limits.h"
#include "sim/engine/state.h"

/* Where a metric is of use. */
enum shown {
    SHOWN_ALWAYS,
    SHOWN_REGISTERING, /* endpoints register */
    SHOWN_SESSIONS,    /* they do, or calls count encrypted sessions */
    SHOWN_RELAYS,      /* some call takes TURN relays */
    SHOWN_SETUP,       /* a peer has a set-up rate */
};

/* A metric made of the block of tallies of one thing. */
struct measure {
    enum metric_id id;
    uint32_t numerator, denominator; /* within the block */
    bool figure;                     /* the tally is an average already, not yet to be divided */
    enum shown shown;
    int64_t (*limit)(const struct plan *plan, uint32_t index); /* what allows it; AMPLE: nothing */
};

/* A series: what it collects goes to its columns, one or, of a share, two. */
struct interval_measure {
    enum series_id id;
    bool (*shown)(const struct plan *plan, uint32_t index); /* NULL: always */
    void (*collect)(struct simulation *sim, uint32_t index, nanos length, float *columns);
};

#define SCOPE_SERIES_MAX 3

/* All that is to be known of a scope. */
struct rows {
    uint32_t (*count)(const struct plan *plan);
    const char *(*name)(const struct plan *plan, uint32_t index, struct layout *layout);
    bool (*shown)(const struct plan *plan, uint32_t index);        /* NULL: always */
    uint32_t (*index)(const struct plan *plan, uint32_t position); /* NULL: its position */
    const struct measure *measures;
    uint32_t measure_count, tallies;
    void (*collect)(const struct simulation *sim, uint32_t index, double *tallies);
    struct interval_measure series[SCOPE_SERIES_MAX];
    uint32_t series_count;
};

#define MEASURES(table) .measures = (table), .measure_count = sizeof(table) / sizeof *(table)

static double seconds(nanos time)
{
    return (double)time / (double)SECOND;
}

/* The mean of an interval, which begins anew. */
static float interval_mean(double *area, nanos length)
{
    double mean = *area / (double)length;
    *area = 0;
    return (float)mean;
}

/* Results outlive the scenario: names are copied. */
static const char *own_name(struct layout *layout, const char *name)
{
    const char *copy = arena_strdup(layout->arena, name);
    layout->failed = layout->failed || !copy;
    return copy;
}

static bool is_shown(enum shown shown, const struct plan *plan)
{
    switch (shown) {
    case SHOWN_REGISTERING:
        return plan->has_endpoints;
    case SHOWN_SESSIONS:
        return plan->has_endpoints || plan->counts_sessions;
    case SHOWN_RELAYS:
        return plan->has_turn;
    case SHOWN_SETUP:
        return plan->paced;
    default:
        return true;
    }
}

static bool registering(const struct plan *plan, uint32_t index)
{
    (void)index;
    return plan->has_endpoints;
}

/* ---- classes ---- */

enum class_tally {
    CLASS_OFFERED,
    CLASS_BLOCKED,
    CLASS_CARRIED,
    CLASS_DROPPED,
    CLASS_ATTEMPTS,
    CLASS_ATTEMPTS_BLOCKED,
    CLASS_LOST,
    CLASS_IN_PROGRESS,
    CLASS_PEAK,
    CLASS_CAUSE,
    CLASS_CAUSE_ONLY = CLASS_CAUSE + CAUSE_COUNT,
    CLASS_TALLIES = CLASS_CAUSE_ONLY + CAUSE_COUNT
};

#define CAUSE_MEASURES(id, name, meaning)                                                          \
    {METRIC_CLASS_BLOCKED_##id, CLASS_CAUSE + CAUSE_##id, 0, false, SHOWN_ALWAYS, NULL},           \
        {METRIC_CLASS_BLOCKED_##id##_ONLY,                                                         \
         CLASS_CAUSE_ONLY + CAUSE_##id,                                                            \
         0,                                                                                        \
         false,                                                                                    \
         SHOWN_ALWAYS,                                                                             \
         NULL},

static const struct measure class_measures[] = {
    {.id = METRIC_CLASS_OFFERED, .numerator = CLASS_OFFERED},
    {.id = METRIC_CLASS_BLOCKED, .numerator = CLASS_BLOCKED},
    {.id = METRIC_CLASS_BLOCKED_FRACTION, .numerator = CLASS_BLOCKED, .denominator = CLASS_OFFERED},
    CAUSES(CAUSE_MEASURES) /* a row or two each */
    {.id = METRIC_CLASS_CARRIED, .numerator = CLASS_CARRIED},
    {.id = METRIC_CLASS_DROPPED, .numerator = CLASS_DROPPED},
    {.id = METRIC_CLASS_DROPPED_RATE, .numerator = CLASS_DROPPED},
    {.id = METRIC_CLASS_ATTEMPTS, .numerator = CLASS_ATTEMPTS},
    {.id = METRIC_CLASS_ATTEMPTS_BLOCKED, .numerator = CLASS_ATTEMPTS_BLOCKED},
    {.id = METRIC_CLASS_LOST_FRACTION, .numerator = CLASS_LOST, .denominator = CLASS_OFFERED},
    {.id = METRIC_CLASS_MEAN_IN_PROGRESS, .numerator = CLASS_IN_PROGRESS},
    {.id = METRIC_CLASS_PEAK_IN_PROGRESS, .numerator = CLASS_PEAK},
};

static uint32_t class_count(const struct plan *plan)
{
    return plan->scenario->class_count;
}

static const char *class_name(const struct plan *plan, uint32_t k, struct layout *layout)
{
    return own_name(layout, plan->scenario->classes[k].name);
}

static void collect_class(const struct simulation *sim, uint32_t k, double *t)
{
    const struct class_state *class = &sim->classes[k];
    t[CLASS_OFFERED] = (double)class->offered;
    t[CLASS_BLOCKED] = (double)class->blocked;
    t[CLASS_CARRIED] =
        (double)(class->offered + class->redials - class->blocked - class->redials_blocked);
    t[CLASS_DROPPED] = (double)class->dropped;
    t[CLASS_ATTEMPTS] = (double)(class->offered + class->redials);
    t[CLASS_ATTEMPTS_BLOCKED] = (double)(class->blocked + class->redials_blocked);
    t[CLASS_LOST] = (double)class->lost;
    t[CLASS_IN_PROGRESS] = class->integral / (double)SECOND;
    t[CLASS_PEAK] = (double)class->peak;
    for (uint32_t cause = 0; cause < CAUSE_COUNT; cause++) {
        t[CLASS_CAUSE + cause] = (double)class->cause[cause];
        t[CLASS_CAUSE_ONLY + cause] = (double)class->cause_only[cause];
    }
}

static void class_in_progress(struct simulation *sim, uint32_t k, nanos length, float *columns)
{
    *columns = interval_mean(&sim->classes[k].interval, length);
}

static void class_blocked(struct simulation *sim, uint32_t k, nanos length, float *columns)
{
    struct class_state *class = &sim->classes[k];
    (void)length;
    columns[0] = (float)(class->blocked - class->interval_blocked);
    columns[1] = (float)(class->offered - class->interval_offered);
    class->interval_no_rms = class->cause[CAUSE_RMS]; /* its licences were collected before */
    class->interval_blocked = class->blocked;
    class->interval_offered = class->offered;
}

/* ---- clusters ---- */

enum cluster_tally {
    CLUSTER_UNITS,
    CLUSTER_PEAK,
    CLUSTER_CAP,
    CLUSTER_FULL,
    CLUSTER_UP,
    CLUSTER_HELD = CLUSTER_UP + CLUSTER_PEERS_MAX + 1,
    CLUSTER_HELD_PEAK,
    CLUSTER_IMBALANCE,
    CLUSTER_BALANCED,
    CLUSTER_MRA,
    CLUSTER_MRA_PEAK,
    CLUSTER_SESSIONS,
    CLUSTER_SESSIONS_PEAK,
    CLUSTER_TURN,
    CLUSTER_TURN_PEAK,
    CLUSTER_HELD_FULL,
    CLUSTER_MRA_FULL,
    CLUSTER_TALLIES
};

static int64_t cluster_limit(const struct plan *plan, uint32_t c, enum limit limit)
{
    return limit_of_cluster(plan->scenario, c, limit);
}

static int64_t cluster_registrations_limit(const struct plan *plan, uint32_t c)
{
    return cluster_limit(plan, c, LIMIT_REGISTRATIONS);
}

static int64_t cluster_mra_limit(const struct plan *plan, uint32_t c)
{
    return cluster_limit(plan, c, LIMIT_MRA_REGISTRATIONS);
}

static int64_t cluster_turn_limit(const struct plan *plan, uint32_t c)
{
    return cluster_limit(plan, c, LIMIT_TURN_RELAYS);
}

static int64_t cluster_sessions_limit(const struct plan *plan, uint32_t c)
{
    const struct cluster *cluster = &plan->scenario->clusters[c];
    int64_t sum = 0;
    for (uint32_t i = 0; i < cluster->peer_count && sum < AMPLE; i++) {
        int64_t own = scenario_encrypted_sessions(plan->scenario, cluster->first_peer + i);
        sum = own < AMPLE ? sum + own : AMPLE;
    }
    return sum;
}

/* Accounts and what a cluster holds of them, where it has any; else nothing is shown. */
static int64_t accounts(const struct plan *plan, uint32_t c, enum limit limit, bool most)
{
    int64_t own = limit_accounts(&plan->scenario->clusters[c], limit);
    return own <= 0 ? CAPACITY_UNLIMITED : most ? cluster_limit(plan, c, limit) : own;
}

#define ACCOUNTS(name, limit)                                                                      \
    static int64_t name##_used(const struct plan *plan, uint32_t c)                                \
    {                                                                                              \
        return accounts(plan, c, limit, false);                                                    \
    }                                                                                              \
    static int64_t name##_most(const struct plan *plan, uint32_t c)                                \
    {                                                                                              \
        return accounts(plan, c, limit, true);                                                     \
    }
ACCOUNTS(provisioning, LIMIT_PROVISIONING)
ACCOUNTS(findme, LIMIT_FINDME)
ACCOUNTS(phonebook, LIMIT_PHONEBOOK)

static const struct measure cluster_measures[] = {
    {.id = METRIC_CLUSTER_MEAN_UNITS, .numerator = CLUSTER_UNITS},
    {.id = METRIC_CLUSTER_PEAK_UNITS, .numerator = CLUSTER_PEAK},
    {.id = METRIC_CLUSTER_CAP, .numerator = CLUSTER_CAP},
    {.id = METRIC_CLUSTER_FULL_FRACTION, .numerator = CLUSTER_FULL},
    {.id = METRIC_CLUSTER_PEERS_UP_0, .numerator = CLUSTER_UP},
    {.id = METRIC_CLUSTER_PEERS_UP_1, .numerator = CLUSTER_UP + 1},
    {.id = METRIC_CLUSTER_PEERS_UP_2, .numerator = CLUSTER_UP + 2},
    {.id = METRIC_CLUSTER_PEERS_UP_3, .numerator = CLUSTER_UP + 3},
    {.id = METRIC_CLUSTER_PEERS_UP_4, .numerator = CLUSTER_UP + 4},
    {.id = METRIC_CLUSTER_PEERS_UP_5, .numerator = CLUSTER_UP + 5},
    {.id = METRIC_CLUSTER_PEERS_UP_6, .numerator = CLUSTER_UP + 6},
    {.id = METRIC_CLUSTER_MEAN_REGISTRATIONS,
     .numerator = CLUSTER_HELD,
     .figure = true,
     .shown = SHOWN_REGISTERING},
    {.id = METRIC_CLUSTER_PEAK_REGISTRATIONS,
     .numerator = CLUSTER_HELD_PEAK,
     .shown = SHOWN_REGISTERING},
    {.id = METRIC_CLUSTER_REGISTRATION_IMBALANCE,
     .numerator = CLUSTER_IMBALANCE,
     .denominator = CLUSTER_BALANCED,
     .shown = SHOWN_REGISTERING},
    {.id = METRIC_CLUSTER_REGISTRATIONS_LIMIT,
     .shown = SHOWN_REGISTERING,
     .limit = cluster_registrations_limit},
    {.id = METRIC_CLUSTER_MEAN_MRA_REGISTRATIONS,
     .numerator = CLUSTER_MRA,
     .figure = true,
     .shown = SHOWN_REGISTERING},
    {.id = METRIC_CLUSTER_PEAK_MRA_REGISTRATIONS,
     .numerator = CLUSTER_MRA_PEAK,
     .shown = SHOWN_REGISTERING},
    {.id = METRIC_CLUSTER_MRA_REGISTRATIONS_LIMIT,
     .shown = SHOWN_REGISTERING,
     .limit = cluster_mra_limit},
    {.id = METRIC_CLUSTER_MEAN_ENCRYPTED_SESSIONS,
     .numerator = CLUSTER_SESSIONS,
     .figure = true,
     .shown = SHOWN_SESSIONS},
    {.id = METRIC_CLUSTER_PEAK_ENCRYPTED_SESSIONS,
     .numerator = CLUSTER_SESSIONS_PEAK,
     .shown = SHOWN_SESSIONS},
    {.id = METRIC_CLUSTER_ENCRYPTED_SESSIONS_LIMIT,
     .shown = SHOWN_SESSIONS,
     .limit = cluster_sessions_limit},
    {.id = METRIC_CLUSTER_REGISTRATIONS_FULL,
     .numerator = CLUSTER_HELD_FULL,
     .shown = SHOWN_REGISTERING},
    {.id = METRIC_CLUSTER_MRA_REGISTRATIONS_FULL,
     .numerator = CLUSTER_MRA_FULL,
     .shown = SHOWN_REGISTERING},
    {.id = METRIC_CLUSTER_PROVISIONING, .limit = provisioning_used},
    {.id = METRIC_CLUSTER_PROVISIONING_LIMIT, .limit = provisioning_most},
    {.id = METRIC_CLUSTER_FINDME, .limit = findme_used},
    {.id = METRIC_CLUSTER_FINDME_LIMIT, .limit = findme_most},
    {.id = METRIC_CLUSTER_PHONEBOOK, .limit = phonebook_used},
    {.id = METRIC_CLUSTER_PHONEBOOK_LIMIT, .limit = phonebook_most},
    {.id = METRIC_CLUSTER_MEAN_TURN_RELAYS, .numerator = CLUSTER_TURN, .shown = SHOWN_RELAYS},
    {.id = METRIC_CLUSTER_PEAK_TURN_RELAYS, .numerator = CLUSTER_TURN_PEAK, .shown = SHOWN_RELAYS},
    {.id = METRIC_CLUSTER_TURN_RELAYS_LIMIT, .shown = SHOWN_RELAYS, .limit = cluster_turn_limit},
};
_Static_assert(CLUSTER_PEERS_MAX == 6, "peers_up_0_fraction to peers_up_6_fraction");

static uint32_t cluster_count(const struct plan *plan)
{
    return plan->scenario->cluster_count;
}

static const char *cluster_name(const struct plan *plan, uint32_t c, struct layout *layout)
{
    return own_name(layout, plan->scenario->clusters[c].name);
}

static void collect_cluster(const struct simulation *sim, uint32_t c, double *t)
{
    const struct cluster_state *cluster = &sim->clusters[c];
    t[CLUSTER_UNITS] = cluster->units.integral / (double)SECOND;
    t[CLUSTER_PEAK] = (double)cluster->units.peak;
    t[CLUSTER_CAP] = cluster->units.limit == AMPLE ? INFINITY : (double)cluster->units.limit;
    t[CLUSTER_FULL] = seconds(cluster->units.full_time);
    for (uint32_t i = 0; i <= CLUSTER_PEERS_MAX; i++)
        t[CLUSTER_UP + i] = seconds(cluster->up_time[i]);
    t[CLUSTER_TURN] = cluster->turn.integral / (double)SECOND;
    t[CLUSTER_TURN_PEAK] = (double)cluster->turn.peak;
    if (!sim->registrations)
        return;
    struct registrations_cluster_figures f = registrations_cluster_result(sim->registrations, c);
    t[CLUSTER_HELD] = f.mean;
    t[CLUSTER_HELD_PEAK] = f.peak;
    t[CLUSTER_BALANCED] = !isnan(f.imbalance);
    t[CLUSTER_IMBALANCE] = isnan(f.imbalance) ? 0 : f.imbalance;
    t[CLUSTER_MRA] = f.mean_mra;
    t[CLUSTER_MRA_PEAK] = f.peak_mra;
    t[CLUSTER_SESSIONS] = f.mean_sessions;
    t[CLUSTER_SESSIONS_PEAK] = f.peak_sessions;
    t[CLUSTER_HELD_FULL] = f.held_full * seconds(sim->length);
    t[CLUSTER_MRA_FULL] = f.mra_full * seconds(sim->length);
}

static void cluster_units(struct simulation *sim, uint32_t c, nanos length, float *columns)
{
    *columns = interval_mean(&sim->clusters[c].units.interval, length);
}

static void cluster_rms(struct simulation *sim, uint32_t c, nanos length, float *columns)
{
    *columns = interval_mean(&sim->clusters[c].rms.interval, length) / 2;
}

/* ---- peers ---- */

enum peer_tally {
    PEER_UNITS,
    PEER_PEAK,
    PEER_UTILIZATION,
    PEER_ADMITTED,
    PEER_CLUSTER_ADMITTED,
    PEER_UP,
    PEER_DRAINING,
    PEER_REGISTRATIONS,
    PEER_REGISTRATIONS_PEAK,
    PEER_RATE_PEAK,
    PEER_SERVED,
    PEER_REFRESH_LOAD,
    PEER_REFUSED_LIMIT,
    PEER_REFUSED_QUEUE,
    PEER_TIMED_OUT,
    PEER_MRA_PEAK,
    PEER_SESSIONS_PEAK,
    PEER_MRA,
    PEER_SESSIONS,
    PEER_TURN,
    PEER_TURN_PEAK,
    PEER_HELD_FULL,
    PEER_MRA_FULL,
    PEER_FLOODED,
    PEER_SETUP_FULL,
    PEER_TALLIES
};

static const struct platform *platform_of(const struct plan *plan, uint32_t p)
{
    return &plan->scenario->platforms[plan->scenario->peers[p].platform];
}

static int64_t registrations_limit(const struct plan *plan, uint32_t p)
{
    return platform_of(plan, p)->registrations;
}

static int64_t mra_registrations_limit(const struct plan *plan, uint32_t p)
{
    return platform_of(plan, p)->mra_registrations;
}

static int64_t turn_limit(const struct plan *plan, uint32_t p)
{
    return platform_of(plan, p)->turn;
}

static int64_t encrypted_sessions_limit(const struct plan *plan, uint32_t p)
{
    return scenario_encrypted_sessions(plan->scenario, p);
}

#define REGISTERING(metric, tally)                                                                 \
    {                                                                                              \
        .id = METRIC_PEER_##metric, .numerator = (tally), .shown = SHOWN_REGISTERING               \
    }
#define REGISTERING_LIMIT(metric, allowed)                                                         \
    {                                                                                              \
        .id = METRIC_PEER_##metric, .shown = SHOWN_REGISTERING, .limit = (allowed)                 \
    }

static const struct measure peer_measures[] = {
    {.id = METRIC_PEER_MEAN_UNITS, .numerator = PEER_UNITS},
    {.id = METRIC_PEER_PEAK_UNITS, .numerator = PEER_PEAK},
    {.id = METRIC_PEER_UTILIZATION, .numerator = PEER_UTILIZATION},
    {.id = METRIC_PEER_ADMITTED_SHARE,
     .numerator = PEER_ADMITTED,
     .denominator = PEER_CLUSTER_ADMITTED},
    {.id = METRIC_PEER_UP_FRACTION, .numerator = PEER_UP},
    {.id = METRIC_PEER_DRAINING_FRACTION, .numerator = PEER_DRAINING},
    {.id = METRIC_PEER_MEAN_REGISTRATIONS, .numerator = PEER_REGISTRATIONS, .figure = true},
    {.id = METRIC_PEER_PEAK_REGISTRATIONS, .numerator = PEER_REGISTRATIONS_PEAK},
    {.id = METRIC_PEER_PEAK_REGISTRATION_RATE, .numerator = PEER_RATE_PEAK},
    REGISTERING(REGISTRATIONS_SERVED, PEER_SERVED),
    {.id = METRIC_PEER_REGISTRATION_LOAD,
     .numerator = PEER_REFRESH_LOAD,
     .figure = true,
     .shown = SHOWN_REGISTERING},
    REGISTERING(REGISTRATIONS_REFUSED_LIMIT, PEER_REFUSED_LIMIT),
    REGISTERING(REGISTRATIONS_REFUSED_QUEUE, PEER_REFUSED_QUEUE),
    REGISTERING(REGISTRATIONS_TIMED_OUT, PEER_TIMED_OUT),
    {.id = METRIC_PEER_MEAN_MRA_REGISTRATIONS,
     .numerator = PEER_MRA,
     .figure = true,
     .shown = SHOWN_REGISTERING},
    REGISTERING(PEAK_MRA_REGISTRATIONS, PEER_MRA_PEAK),
    {.id = METRIC_PEER_MEAN_ENCRYPTED_SESSIONS,
     .numerator = PEER_SESSIONS,
     .figure = true,
     .shown = SHOWN_SESSIONS},
    {.id = METRIC_PEER_PEAK_ENCRYPTED_SESSIONS,
     .numerator = PEER_SESSIONS_PEAK,
     .shown = SHOWN_SESSIONS},
    REGISTERING_LIMIT(REGISTRATIONS_LIMIT, registrations_limit),
    REGISTERING_LIMIT(MRA_REGISTRATIONS_LIMIT, mra_registrations_limit),
    {.id = METRIC_PEER_ENCRYPTED_SESSIONS_LIMIT,
     .shown = SHOWN_SESSIONS,
     .limit = encrypted_sessions_limit},
    REGISTERING(REGISTRATIONS_FULL, PEER_HELD_FULL),
    REGISTERING(MRA_REGISTRATIONS_FULL, PEER_MRA_FULL),
    REGISTERING(REFRESHES_FULL, PEER_FLOODED),
    {.id = METRIC_PEER_SETUP_RATE_FULL, .numerator = PEER_SETUP_FULL, .shown = SHOWN_SETUP},
    {.id = METRIC_PEER_MEAN_TURN_RELAYS, .numerator = PEER_TURN, .shown = SHOWN_RELAYS},
    {.id = METRIC_PEER_PEAK_TURN_RELAYS, .numerator = PEER_TURN_PEAK, .shown = SHOWN_RELAYS},
    {.id = METRIC_PEER_TURN_RELAYS_LIMIT, .shown = SHOWN_RELAYS, .limit = turn_limit},
};

static uint32_t peer_count(const struct plan *plan)
{
    return plan->scenario->peer_count;
}

static const char *peer_name(const struct plan *plan, uint32_t p, struct layout *layout)
{
    return own_name(layout, plan->scenario->peers[p].name);
}

static struct peer_load *peer_of(const struct simulation *sim, uint32_t p)
{
    uint32_t c = sim->scenario->peers[p].cluster;
    return &sim->clusters[c].peers[p - sim->scenario->clusters[c].first_peer];
}

static void collect_peer_registrations(const struct simulation *sim, uint32_t p, double *t)
{
    struct registrations_peer_figures f = registrations_peer_result(sim->registrations, p);
    t[PEER_REGISTRATIONS] = f.mean;
    t[PEER_REGISTRATIONS_PEAK] = f.peak;
    t[PEER_RATE_PEAK] = f.peak_rate;
    t[PEER_SERVED] = f.served;
    t[PEER_REFRESH_LOAD] = f.refresh_load;
    t[PEER_REFUSED_LIMIT] = (double)f.refused_limit;
    t[PEER_REFUSED_QUEUE] = (double)f.refused_queue;
    t[PEER_TIMED_OUT] = (double)f.timed_out;
    t[PEER_MRA_PEAK] = f.peak_mra;
    t[PEER_SESSIONS_PEAK] = f.peak_sessions;
    t[PEER_MRA] = f.mean_mra;
    t[PEER_SESSIONS] = f.mean_sessions;
    t[PEER_HELD_FULL] = f.held_full * seconds(sim->length);
    t[PEER_MRA_FULL] = f.mra_full * seconds(sim->length);
    t[PEER_FLOODED] = f.flooded * seconds(sim->length);
}

static void collect_peer(const struct simulation *sim, uint32_t p, double *t)
{
    const struct cluster_state *cluster = &sim->clusters[sim->scenario->peers[p].cluster];
    const struct peer_load *peer = peer_of(sim, p);
    t[PEER_UNITS] = peer->units.integral / (double)SECOND;
    t[PEER_PEAK] = (double)peer->units.peak;
    t[PEER_UTILIZATION] = peer->units.limit > 0 ? t[PEER_UNITS] / (double)peer->units.limit : 0;
    t[PEER_ADMITTED] = (double)peer->admitted;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        t[PEER_CLUSTER_ADMITTED] += (double)cluster->peers[i].admitted;
    t[PEER_UP] = seconds(peer->up_time);
    t[PEER_DRAINING] = seconds(peer->drain_time);
    t[PEER_TURN] = peer->turn.integral / (double)SECOND;
    t[PEER_TURN_PEAK] = (double)peer->turn.peak;
    t[PEER_SETUP_FULL] = fmin(seconds(peer->setup_full), seconds(sim->length));
    if (sim->registrations)
        collect_peer_registrations(sim, p, t);
}

static void peer_units(struct simulation *sim, uint32_t p, nanos length, float *columns)
{
    *columns = interval_mean(&peer_of(sim, p)->units.interval, length);
}

static void peer_registrations(struct simulation *sim, uint32_t p, nanos length, float *columns)
{
    (void)length;
    *columns = (float)registrations_count(sim->registrations, p);
}

static void peer_rate(struct simulation *sim, uint32_t p, nanos length, float *columns)
{
    struct peer_load *peer = peer_of(sim, p);
    double served = registrations_served(sim->registrations, p, sim->now);
    *columns = (float)((served - peer->interval_served) / seconds(length));
    peer->interval_served = served;
}

/* ---- pools ---- */

enum pool_tally { POOL_SIZE, POOL_START, POOL_END, POOL_USE, POOL_PEAK, POOL_FULL, POOL_TALLIES };

static const struct measure pool_measures[] = {
    {.id = METRIC_POOL_SIZE, .numerator = POOL_SIZE, .figure = true},
    {.id = METRIC_POOL_SIZE_START, .numerator = POOL_START},
    {.id = METRIC_POOL_SIZE_END, .numerator = POOL_END},
    {.id = METRIC_POOL_MEAN_IN_USE, .numerator = POOL_USE},
    {.id = METRIC_POOL_PEAK_IN_USE, .numerator = POOL_PEAK},
    {.id = METRIC_POOL_FULL_FRACTION, .numerator = POOL_FULL},
};

static uint32_t pool_count(const struct plan *plan)
{
    return plan->scenario->cluster_count * LICENCE_COUNT;
}

static const char *pool_name(const struct plan *plan, uint32_t index, struct layout *layout)
{
    const char *name =
        arena_printf(layout->arena, "%s.%s", plan->scenario->clusters[index / LICENCE_COUNT].name,
                     licence_name((enum licence)(index % LICENCE_COUNT)));
    layout->failed = layout->failed || !name;
    return name ? name : "";
}

/* The pool of RMS is shown where licences or the platform limit it; room and desktop licences where
 * they are stated. */
static bool pool_shown(const struct plan *plan, uint32_t index)
{
    const struct scenario *s = plan->scenario;
    uint32_t c = index / LICENCE_COUNT;
    enum licence kind = (enum licence)(index % LICENCE_COUNT);
    if (s->clusters[c].licensed[kind])
        return true;
    return kind == LICENCE_RMS && scenario_cluster_node(s, c).rms < AMPLE;
}

static bool rms_shown(const struct plan *plan, uint32_t c)
{
    return pool_shown(plan, c * LICENCE_COUNT + LICENCE_RMS);
}

static void collect_rms(const struct simulation *sim, uint32_t c, double *t)
{
    const struct cluster_state *cluster = &sim->clusters[c];
    const struct pool_size *size = &cluster->pool;
    t[POOL_START] = (double)size->start / 2;
    t[POOL_END] = (double)cluster->rms.limit / 2;
    t[POOL_SIZE] = size->changed ? size->area / seconds(sim->length) / 2 : t[POOL_START];
    t[POOL_USE] = cluster->rms.integral / 2 / (double)SECOND;
    t[POOL_PEAK] = (double)cluster->rms.peak / 2;
    t[POOL_FULL] = seconds(cluster->rms.full_time);
}

static void collect_pool(const struct simulation *sim, uint32_t index, double *t)
{
    uint32_t c = index / LICENCE_COUNT;
    enum licence kind = (enum licence)(index % LICENCE_COUNT);
    if (kind == LICENCE_RMS) {
        collect_rms(sim, c, t);
        return;
    }
    t[POOL_SIZE] = t[POOL_START] = t[POOL_END] = (double)licences_installed(sim->scenario, c, kind);
    if (!sim->registrations)
        return;
    struct registrations_cluster_figures f = registrations_cluster_result(sim->registrations, c);
    t[POOL_SIZE] = f.mean_pool[kind];
    t[POOL_START] = f.pool_start[kind];
    t[POOL_END] = f.pool_end[kind];
    t[POOL_USE] = f.mean_licences[kind] * seconds(sim->length);
    t[POOL_PEAK] = f.peak_licences[kind];
    t[POOL_FULL] = f.full_fraction[kind] * seconds(sim->length);
}

/* ---- pipes ---- */

enum pipe_tally { PIPE_BITS, PIPE_PEAK, PIPE_FULL, PIPE_TALLIES };

static int64_t pipe_total(const struct plan *plan, uint32_t p)
{
    return plan->scenario->pipes[p].total;
}

static const struct measure pipe_measures[] = {
    {.id = METRIC_PIPE_MEAN_BANDWIDTH, .numerator = PIPE_BITS},
    {.id = METRIC_PIPE_PEAK_BANDWIDTH, .numerator = PIPE_PEAK},
    {.id = METRIC_PIPE_FULL_FRACTION, .numerator = PIPE_FULL},
    {.id = METRIC_PIPE_TOTAL, .limit = pipe_total},
};

static uint32_t pipe_count(const struct plan *plan)
{
    return plan->scenario->pipe_count;
}

static const char *pipe_name(const struct plan *plan, uint32_t p, struct layout *layout)
{
    return own_name(layout, plan->scenario->pipes[p].name);
}

static void collect_pipe(const struct simulation *sim, uint32_t p, double *t)
{
    const struct meter *pipe = &sim->pipes[p];
    t[PIPE_BITS] = pipe->integral / (double)SECOND;
    t[PIPE_PEAK] = (double)pipe->peak;
    t[PIPE_FULL] = seconds(pipe->full_time);
}

/* ---- endpoints ---- */

enum endpoints_tally {
    ENDPOINTS_UNREGISTERED,
    ENDPOINTS_MINUTES,
    ENDPOINTS_FAILOVERS,
    ENDPOINTS_P50, /* each with how many replications have it behind it */
    ENDPOINTS_HAS_P50,
    ENDPOINTS_P95,
    ENDPOINTS_HAS_P95,
    ENDPOINTS_MAX,
    ENDPOINTS_HAS_MAX,
    ENDPOINTS_REJECTED,
    ENDPOINTS_LEFT,
    ENDPOINTS_TALLIES
};

static const struct measure endpoints_measures[] = {
    {.id = METRIC_ENDPOINTS_UNREGISTERED_FRACTION,
     .numerator = ENDPOINTS_UNREGISTERED,
     .figure = true},
    {.id = METRIC_ENDPOINTS_UNREGISTERED_MINUTES, .numerator = ENDPOINTS_MINUTES},
    {.id = METRIC_ENDPOINTS_FAILOVERS, .numerator = ENDPOINTS_FAILOVERS},
    /* means over the replications that have one */
    {.id = METRIC_ENDPOINTS_FAILOVER_P50,
     .numerator = ENDPOINTS_P50,
     .denominator = ENDPOINTS_HAS_P50},
    {.id = METRIC_ENDPOINTS_FAILOVER_P95,
     .numerator = ENDPOINTS_P95,
     .denominator = ENDPOINTS_HAS_P95},
    {.id = METRIC_ENDPOINTS_FAILOVER_MAX,
     .numerator = ENDPOINTS_MAX,
     .denominator = ENDPOINTS_HAS_MAX},
    {.id = METRIC_ENDPOINTS_REJECTED, .numerator = ENDPOINTS_REJECTED},
    {.id = METRIC_ENDPOINTS_LOST_AT_END, .numerator = ENDPOINTS_LEFT},
};

static uint32_t endpoints_count(const struct plan *plan)
{
    return plan->scenario->endpoints_count;
}

static const char *endpoints_name(const struct plan *plan, uint32_t e, struct layout *layout)
{
    return own_name(layout, plan->scenario->endpoints[e].name);
}

static void collect_quantile(double *t, uint32_t tally, double value)
{
    t[tally + 1] = !isnan(value);
    t[tally] = isnan(value) ? 0 : value;
}

static void collect_endpoints(const struct simulation *sim, uint32_t e, double *t)
{
    struct registrations_population_figures f =
        registrations_population_result(sim->registrations, e);
    t[ENDPOINTS_UNREGISTERED] = f.unregistered_fraction;
    t[ENDPOINTS_MINUTES] = f.unregistered_minutes;
    t[ENDPOINTS_FAILOVERS] = (double)f.failovers;
    collect_quantile(t, ENDPOINTS_P50, f.failover_p50);
    collect_quantile(t, ENDPOINTS_P95, f.failover_p95);
    collect_quantile(t, ENDPOINTS_MAX, f.failover_max);
    t[ENDPOINTS_REJECTED] = (double)f.rejected;
    t[ENDPOINTS_LEFT] = (double)f.lost_at_end;
}

/* ---- licences that a class holds ---- */

enum licence_tally {
    LICENCE_USE,
    LICENCE_PEAK,
    LICENCE_REFUSED,
    LICENCE_REFUSED_ONLY,
    LICENCE_TALLIES
};

static const struct measure licence_measures[] = {
    {.id = METRIC_LICENCE_MEAN_IN_USE, .numerator = LICENCE_USE},
    {.id = METRIC_LICENCE_PEAK_IN_USE, .numerator = LICENCE_PEAK},
    {.id = METRIC_LICENCE_REFUSED, .numerator = LICENCE_REFUSED},
    {.id = METRIC_LICENCE_REFUSED_ONLY, .numerator = LICENCE_REFUSED_ONLY},
};

static uint32_t ledger_count(const struct plan *plan)
{
    return plan->ledger_count;
}

static uint32_t ledger_class(const struct plan *plan, uint32_t entry)
{
    return plan->ledger[entry].class_index;
}

/* "edge.rms/b2b-video" */
static const char *ledger_name(const struct plan *plan, uint32_t entry, struct layout *layout)
{
    const struct ledger_entry *e = &plan->ledger[entry];
    const struct scenario *s = plan->scenario;
    const char *name = arena_printf(layout->arena, "%s.%s/%s", s->clusters[e->cluster].name,
                                    licence_name(LICENCE_RMS), s->classes[e->class_index].name);
    layout->failed = layout->failed || !name;
    return name ? name : "";
}

static void collect_licence(const struct simulation *sim, uint32_t entry, double *t)
{
    const struct ledger_entry *e = &sim->plan->ledger[entry];
    const struct class_state *class = &sim->classes[e->class_index];
    const struct ledger_use *use = sim->ledger ? &sim->ledger[entry] : NULL;
    double halves = (double)e->halves;
    t[LICENCE_USE] = (use ? use->integral : halves * class->integral) / 2 / (double)SECOND;
    t[LICENCE_PEAK] = (use ? (double)use->peak : halves * (double)class->peak) / 2;
    t[LICENCE_REFUSED] = (double)class->cause[CAUSE_RMS];
    t[LICENCE_REFUSED_ONLY] = (double)class->cause_only[CAUSE_RMS];
}

static void licence_in_use(struct simulation *sim, uint32_t e, nanos length, float *columns)
{
    const struct ledger_entry *entry = &sim->plan->ledger[e];
    double area = sim->ledger ? sim->ledger[e].interval
                              : (double)entry->halves * sim->classes[entry->class_index].interval;
    if (sim->ledger)
        sim->ledger[e].interval = 0;
    *columns = (float)(area / (double)length / 2);
}

static void licence_refused(struct simulation *sim, uint32_t e, nanos length, float *columns)
{
    const struct class_state *class = &sim->classes[sim->plan->ledger[e].class_index];
    (void)length;
    *columns = (float)(class->cause[CAUSE_RMS] - class->interval_no_rms);
}

/* ---- events of the script ---- */

enum event_tally {
    EVENT_CUT,
    EVENT_LOST,
    EVENT_NOT_BACK,
    EVENT_BACK_25,
    EVENT_SOME_25,
    EVENT_BACK_50,
    EVENT_SOME_50,
    EVENT_BACK_75,
    EVENT_SOME_75,
    EVENT_BACK_95,
    EVENT_SOME_95,
    EVENT_BACK_ALL,
    EVENT_SOME_ALL,
    EVENT_SETTLED_AFTER,
    EVENT_IS_SETTLED,
    EVENT_REFUSED,
    EVENT_OFFERED,
    EVENT_OVERWRITTEN,
    EVENT_NOT_DONE,
    EVENT_PREVIOUS,
    EVENT_HAS_PREVIOUS,
    EVENT_NEXT,
    EVENT_HAS_NEXT,
    EVENT_TALLIES
};

static const struct measure event_measures[] = {
    {.id = METRIC_EVENT_CALLS_CUT, .numerator = EVENT_CUT},
    {.id = METRIC_EVENT_DEVICES_LOST, .numerator = EVENT_LOST},
    {.id = METRIC_EVENT_DEVICES_NOT_BACK, .numerator = EVENT_NOT_BACK},
    {.id = METRIC_EVENT_BACK_25, .numerator = EVENT_BACK_25, .denominator = EVENT_SOME_25},
    {.id = METRIC_EVENT_BACK_50, .numerator = EVENT_BACK_50, .denominator = EVENT_SOME_50},
    {.id = METRIC_EVENT_BACK_75, .numerator = EVENT_BACK_75, .denominator = EVENT_SOME_75},
    {.id = METRIC_EVENT_BACK_95, .numerator = EVENT_BACK_95, .denominator = EVENT_SOME_95},
    {.id = METRIC_EVENT_BACK_ALL, .numerator = EVENT_BACK_ALL, .denominator = EVENT_SOME_ALL},
    {.id = METRIC_EVENT_SETTLED, .numerator = EVENT_SETTLED_AFTER, .denominator = EVENT_IS_SETTLED},
    {.id = METRIC_EVENT_REFUSED_FRACTION, .numerator = EVENT_REFUSED, .denominator = EVENT_OFFERED},
};

static const struct measure change_measures[] = {
    {.id = METRIC_EVENT_OVERWRITTEN, .numerator = EVENT_OVERWRITTEN},
    {.id = METRIC_EVENT_REFUSED, .numerator = EVENT_NOT_DONE},
    {.id = METRIC_EVENT_PREVIOUS_SYNC,
     .numerator = EVENT_PREVIOUS,
     .denominator = EVENT_HAS_PREVIOUS},
    {.id = METRIC_EVENT_NEXT_SYNC, .numerator = EVENT_NEXT, .denominator = EVENT_HAS_NEXT},
};

static uint32_t event_count(const struct plan *plan)
{
    return plan->script.count;
}

static bool is_outage(const struct plan *plan, uint32_t e)
{
    return plan->script.items[e].kind != SCRIPTED_CHANGE;
}

static bool is_change(const struct plan *plan, uint32_t e)
{
    return !is_outage(plan, e);
}

static const char *event_name(const struct plan *plan, uint32_t e, struct layout *layout)
{
    (void)layout;
    return scripted_name(plan->script.items[e].kind);
}

static void collect_time(double *t, uint32_t tally, nanos passed)
{
    t[tally + 1] = passed != FOREVER && passed != -FOREVER;
    t[tally] = t[tally + 1] > 0 ? seconds(passed) : 0;
}

static void collect_outage(const struct simulation *sim, uint32_t e, double *t)
{
    const struct scripted_state *state = &sim->scripted_states[e];
    struct lost_devices devices = NOBODY_LOST;
    if (sim->registrations)
        devices = registrations_lost(sim->registrations, e);
    t[EVENT_CUT] = (double)state->cut;
    t[EVENT_LOST] = devices.lost;
    t[EVENT_NOT_BACK] = devices.lost - devices.back;
    for (uint32_t i = 0; i < BACK_COUNT; i++)
        collect_time(t, EVENT_BACK_25 + 2 * i, devices.after[i]);
    collect_time(t, EVENT_SETTLED_AFTER,
                 state->settled == FOREVER
                     ? FOREVER
                     : time_since(state->settled, sim->plan->script.items[e].at));
    t[EVENT_REFUSED] = state->begun ? (double)state->refused : 0;
    t[EVENT_OFFERED] = state->begun ? (double)state->offered : 0;
}

static void collect_change(const struct simulation *sim, uint32_t e, double *t)
{
    const struct change_fate *fate =
        configurations_fate(&sim->configurations, sim->plan->script.items[e].change);
    nanos at = sim->plan->script.items[e].at;
    t[EVENT_OVERWRITTEN] = fate->overwritten;
    t[EVENT_NOT_DONE] = fate->made && fate->outcome == CONFIGURATION_REFUSED;
    collect_time(t, EVENT_PREVIOUS, fate->previous < 0 ? FOREVER : time_since(at, fate->previous));
    collect_time(t, EVENT_NEXT, fate->next == FOREVER ? FOREVER : time_since(fate->next, at));
}

/* ---- the run ---- */

static const struct measure run_measures[] = {{.id = METRIC_RUN_EVENTS}};

static uint32_t run_count(const struct plan *plan)
{
    (void)plan;
    return 1;
}

static const char *run_name(const struct plan *plan, uint32_t index, struct layout *layout)
{
    (void)plan, (void)index, (void)layout;
    return "run";
}

static void collect_run(const struct simulation *sim, uint32_t index, double *t)
{
    (void)index;
    t[0] = (double)sim->events;
}

/* ---- the table ---- */

static const struct rows table[SCOPE_COUNT] = {
    [SCOPE_CLASS] = {.count = class_count,
                     .name = class_name,
                     MEASURES(class_measures),
                     .tallies = CLASS_TALLIES,
                     .collect = collect_class,
                     .series = {{SERIES_CLASS_IN_PROGRESS, NULL, class_in_progress},
                                {SERIES_CLASS_BLOCKED_FRACTION, NULL, class_blocked}},
                     .series_count = 2},
    [SCOPE_CLUSTER] = {.count = cluster_count,
                       .name = cluster_name,
                       MEASURES(cluster_measures),
                       .tallies = CLUSTER_TALLIES,
                       .collect = collect_cluster,
                       .series = {{SERIES_CLUSTER_UNITS, NULL, cluster_units},
                                  {SERIES_CLUSTER_RMS_IN_USE, rms_shown, cluster_rms}},
                       .series_count = 2},
    [SCOPE_PEER] = {.count = peer_count,
                    .name = peer_name,
                    MEASURES(peer_measures),
                    .tallies = PEER_TALLIES,
                    .collect = collect_peer,
                    .series = {{SERIES_PEER_UNITS, NULL, peer_units},
                               {SERIES_PEER_REGISTRATIONS, registering, peer_registrations},
                               {SERIES_PEER_REGISTRATION_RATE, registering, peer_rate}},
                    .series_count = 3},
    [SCOPE_POOL] = {.count = pool_count,
                    .name = pool_name,
                    .shown = pool_shown,
                    MEASURES(pool_measures),
                    .tallies = POOL_TALLIES,
                    .collect = collect_pool},
    [SCOPE_PIPE] = {.count = pipe_count,
                    .name = pipe_name,
                    MEASURES(pipe_measures),
                    .tallies = PIPE_TALLIES,
                    .collect = collect_pipe},
    [SCOPE_ENDPOINTS] = {.count = endpoints_count,
                         .name = endpoints_name,
                         MEASURES(endpoints_measures),
                         .tallies = ENDPOINTS_TALLIES,
                         .collect = collect_endpoints},
    [SCOPE_LICENCE] = {.count = ledger_count,
                       .name = ledger_name,
                       .index = ledger_class,
                       MEASURES(licence_measures),
                       .tallies = LICENCE_TALLIES,
                       .collect = collect_licence,
                       .series = {{SERIES_LICENCE_IN_USE, NULL, licence_in_use},
                                  {SERIES_LICENCE_REFUSED, NULL, licence_refused}},
                       .series_count = 2},
    [SCOPE_RUN] = {.count = run_count,
                   .name = run_name,
                   MEASURES(run_measures),
                   .tallies = 1,
                   .collect = collect_run},
};

/* Outages and changes of the script are both events, of which other things are to be told. */
static const struct rows event_rows[] = {
    {.count = event_count,
     .name = event_name,
     .shown = is_outage,
     MEASURES(event_measures),
     .tallies = EVENT_TALLIES,
     .collect = collect_outage},
    {.count = event_count,
     .name = event_name,
     .shown = is_change,
     MEASURES(change_measures),
     .tallies = EVENT_TALLIES,
     .collect = collect_change},
};

/* The order of the files. What a class's licences were refused is collected before the class. */
static const struct rows *const metrics_order[] = {
    &table[SCOPE_CLASS], &table[SCOPE_CLUSTER],   &table[SCOPE_PEER],    &table[SCOPE_POOL],
    &table[SCOPE_PIPE],  &table[SCOPE_ENDPOINTS], &table[SCOPE_LICENCE], &table[SCOPE_RUN],
    &event_rows[0],      &event_rows[1]};
#define METRICS_BLOCKS (sizeof metrics_order / sizeof *metrics_order)
static const enum scope series_order[] = {SCOPE_CLUSTER, SCOPE_PEER, SCOPE_LICENCE, SCOPE_CLASS};
#define SERIES_SCOPES (sizeof series_order / sizeof *series_order)

/* ---- laying out ---- */

/* Room for one more of these; NULL: out of memory. */
static void *grown(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    size_t more = *capacity ? 2 * *capacity : 256;
    void *moved = realloc(array, more * size);
    if (moved)
        *capacity = more;
    return moved;
}

static void add_metric(struct layout *layout, struct metric metric)
{
    struct metric *metrics =
        grown(layout->metrics, layout->metric_count, &layout->metric_capacity, sizeof *metrics);
    if (!metrics) {
        layout->failed = true;
        return;
    }
    layout->metrics = metrics;
    metrics[layout->metric_count++] = metric;
}

static void add_series(struct layout *layout, enum series_id id, uint32_t index, const char *name)
{
    const struct series_info *info = series_info(id);
    struct series *series =
        grown(layout->series, layout->series_count, &layout->series_capacity, sizeof *series);
    if (!series) {
        layout->failed = true;
        return;
    }
    layout->series = series;
    series[layout->series_count++] = (struct series){
        info->scope, index, name, info->name, info->columns == 2, (uint32_t)layout->series_columns};
    layout->series_columns += info->columns;
}

struct metric metric_of(enum metric_id id, uint32_t index, const char *name)
{
    const struct metric_info *info = metric_info(id);
    return (struct metric){
        .scope = info->scope,
        .index = index,
        .name = name,
        .metric = info->name,
        .unit = info->unit,
        .kind = info->kind == QUANTITY_SHARE   ? METRIC_RATIO
                : info->kind == QUANTITY_LIMIT ? METRIC_CONSTANT
                                               : METRIC_MEAN,
        .scale = 1,
    };
}

/* What a tally is to be multiplied with. */
static double scale_of(const struct measure *measure, double length)
{
    switch (metric_info(measure->id)->kind) {
    case QUANTITY_RATE:
        return 3600 / length;
    case QUANTITY_AVERAGE:
    case QUANTITY_TIME_SHARE:
        return measure->figure ? 1 : 1 / length;
    default:
        return 1;
    }
}

static void lay_out_measure(struct layout *layout, const struct plan *plan,
                            const struct measure *measure, uint32_t position, struct metric metric)
{
    if (!is_shown(measure->shown, plan))
        return;
    if (measure->limit) {
        int64_t limit = measure->limit(plan, position);
        if (limit >= AMPLE)
            return;
        metric.scale = (double)limit;
    } else {
        metric.numerator = (uint32_t)layout->tally_count + measure->numerator;
        metric.denominator = (uint32_t)layout->tally_count + measure->denominator;
        metric.scale = scale_of(measure, layout->seconds);
    }
    add_metric(layout, metric);
}

static void lay_out_scope(struct layout *layout, const struct plan *plan, const struct rows *rows)
{
    uint32_t count = rows->count(plan);
    for (uint32_t i = 0; i < count; i++) {
        if (rows->shown && !rows->shown(plan, i))
            continue;
        const char *name = rows->name(plan, i, layout);
        uint32_t index = rows->index ? rows->index(plan, i) : i;
        for (uint32_t m = 0; m < rows->measure_count; m++)
            lay_out_measure(layout, plan, &rows->measures[m], i,
                            metric_of(rows->measures[m].id, index, name));
        layout->tally_count += rows->tallies;
    }
}

static void lay_out_series(struct layout *layout, const struct plan *plan, const struct rows *rows)
{
    uint32_t count = rows->count(plan);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = rows->name(plan, i, layout);
        for (uint32_t s = 0; s < rows->series_count; s++)
            if (!rows->series[s].shown || rows->series[s].shown(plan, i))
                add_series(layout, rows->series[s].id, rows->index ? rows->index(plan, i) : i,
                           name);
    }
}

static void lay_out_events(struct layout *layout, const struct plan *plan)
{
    const struct scenario *s = plan->scenario;
    layout->events = calloc((size_t)plan->script.count + 1, sizeof *layout->events);
    layout->failed = layout->failed || !layout->events;
    for (uint32_t e = 0; layout->events && e < plan->script.count; e++) {
        const struct scripted *h = &plan->script.items[e];
        layout->events[layout->event_count++] =
            (struct scripted_event){h->kind, h->at, own_name(layout, s->clusters[h->cluster].name),
                                    own_name(layout, s->peers[h->peer].name)};
    }
}

bool layout_make(struct layout *layout, const struct plan *plan, nanos length)
{
    layout->seconds = seconds(length);
    for (size_t i = 0; i < METRICS_BLOCKS; i++)
        lay_out_scope(layout, plan, metrics_order[i]);
    lay_out_events(layout, plan);
    for (size_t i = 0; i < SERIES_SCOPES; i++)
        lay_out_series(layout, plan, &table[series_order[i]]);
    return !layout->failed;
}

/* ---- collecting ---- */

void tallies_collect(const struct simulation *sim, double *tallies)
{
    double *t = tallies;
    for (size_t i = 0; i < METRICS_BLOCKS; i++) {
        const struct rows *rows = metrics_order[i];
        uint32_t count = rows->count(sim->plan);
        for (uint32_t j = 0; j < count; j++) {
            if (rows->shown && !rows->shown(sim->plan, j))
                continue;
            rows->collect(sim, j, t);
            t += rows->tallies;
        }
    }
}

void tallies_interval(struct simulation *sim, nanos length, float *columns)
{
    float *column = columns;
    for (size_t i = 0; i < SERIES_SCOPES; i++) {
        const struct rows *rows = &table[series_order[i]];
        uint32_t count = rows->count(sim->plan);
        for (uint32_t j = 0; j < count; j++)
            for (uint32_t s = 0; s < rows->series_count; s++) {
                const struct interval_measure *series = &rows->series[s];
                if (series->shown && !series->shown(sim->plan, j))
                    continue;
                series->collect(sim, j, length, column);
                column += series_info(series->id)->columns;
            }
    }
}
