#include "sim/study/measures.h"

#include <math.h>
#include <stdlib.h>

#include "model/base/arena.h"
#include "model/licences.h"
#include "sim/engine/state.h"

/* How a metric's scale is made from the measured length (seconds). */
enum scale { AS_IS, PER_LENGTH, PER_HOUR };

struct measure {
    const char *metric, *unit;
    enum metric_kind kind;
    uint32_t numerator, denominator; /* within the block of tallies */
    enum scale scale;
};

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

#define CAUSE_ROWS(name, cause)                                                                    \
    {"blocked_" name, "calls", METRIC_MEAN, CLASS_CAUSE + cause, 0, AS_IS},                        \
    {                                                                                              \
        "blocked_" name "_only", "calls", METRIC_MEAN, CLASS_CAUSE_ONLY + cause, 0, AS_IS          \
    }

static const struct measure class_measures[] = {
    {"offered", "calls", METRIC_MEAN, CLASS_OFFERED, 0, AS_IS},
    {"blocked", "calls", METRIC_MEAN, CLASS_BLOCKED, 0, AS_IS},
    {"blocked_fraction", "1", METRIC_RATIO, CLASS_BLOCKED, CLASS_OFFERED, AS_IS},
    CAUSE_ROWS("no_peer", CAUSE_NO_PEER),
    CAUSE_ROWS("peer_units", CAUSE_PEER_UNITS),
    CAUSE_ROWS("cluster_cap", CAUSE_CLUSTER_CAP),
    CAUSE_ROWS("rms", CAUSE_RMS),
    CAUSE_ROWS("bandwidth", CAUSE_BANDWIDTH),
    CAUSE_ROWS("turn", CAUSE_TURN),
    CAUSE_ROWS("setup_rate", CAUSE_SETUP_RATE),
    CAUSE_ROWS("unregistered", CAUSE_UNREGISTERED),
    {"carried", "calls", METRIC_MEAN, CLASS_CARRIED, 0, AS_IS},
    {"dropped", "calls", METRIC_MEAN, CLASS_DROPPED, 0, AS_IS},
    {"dropped_rate", "1/h", METRIC_MEAN, CLASS_DROPPED, 0, PER_HOUR},
    {"attempts", "calls", METRIC_MEAN, CLASS_ATTEMPTS, 0, AS_IS},
    {"attempts_blocked", "calls", METRIC_MEAN, CLASS_ATTEMPTS_BLOCKED, 0, AS_IS},
    {"lost_fraction", "1", METRIC_RATIO, CLASS_LOST, CLASS_OFFERED, AS_IS},
    {"mean_in_progress", "calls", METRIC_MEAN, CLASS_IN_PROGRESS, 0, PER_LENGTH},
    {"peak_in_progress", "calls", METRIC_MEAN, CLASS_PEAK, 0, AS_IS},
    {0},
};

enum cluster_tally {
    CLUSTER_UNITS,
    CLUSTER_PEAK,
    CLUSTER_CAP,
    CLUSTER_FULL,
    CLUSTER_UP,
    CLUSTER_TALLIES = CLUSTER_UP + CLUSTER_PEERS_MAX + 1
};

static const struct measure cluster_measures[] = {
    {"mean_units", "units", METRIC_MEAN, CLUSTER_UNITS, 0, PER_LENGTH},
    {"peak_units", "units", METRIC_MEAN, CLUSTER_PEAK, 0, AS_IS},
    {"cap", "units", METRIC_MEAN, CLUSTER_CAP, 0, AS_IS},
    {"full_fraction", "1", METRIC_MEAN, CLUSTER_FULL, 0, PER_LENGTH},
    {"peers_up_0_fraction", "1", METRIC_MEAN, CLUSTER_UP, 0, PER_LENGTH},
    {"peers_up_1_fraction", "1", METRIC_MEAN, CLUSTER_UP + 1, 0, PER_LENGTH},
    {"peers_up_2_fraction", "1", METRIC_MEAN, CLUSTER_UP + 2, 0, PER_LENGTH},
    {"peers_up_3_fraction", "1", METRIC_MEAN, CLUSTER_UP + 3, 0, PER_LENGTH},
    {"peers_up_4_fraction", "1", METRIC_MEAN, CLUSTER_UP + 4, 0, PER_LENGTH},
    {"peers_up_5_fraction", "1", METRIC_MEAN, CLUSTER_UP + 5, 0, PER_LENGTH},
    {"peers_up_6_fraction", "1", METRIC_MEAN, CLUSTER_UP + 6, 0, PER_LENGTH},
    {0},
};

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
    PEER_TALLIES
};

static const struct measure peer_measures[] = {
    {"mean_units", "units", METRIC_MEAN, PEER_UNITS, 0, PER_LENGTH},
    {"peak_units", "units", METRIC_MEAN, PEER_PEAK, 0, AS_IS},
    {"utilization", "1", METRIC_MEAN, PEER_UTILIZATION, 0, PER_LENGTH},
    {"admitted_share", "1", METRIC_RATIO, PEER_ADMITTED, PEER_CLUSTER_ADMITTED, AS_IS},
    {"up_fraction", "1", METRIC_MEAN, PEER_UP, 0, PER_LENGTH},
    {"draining_fraction", "1", METRIC_MEAN, PEER_DRAINING, 0, PER_LENGTH},
    {"mean_registrations", "registrations", METRIC_MEAN, PEER_REGISTRATIONS, 0, AS_IS},
    {"peak_registrations", "registrations", METRIC_MEAN, PEER_REGISTRATIONS_PEAK, 0, AS_IS},
    {"peak_registration_rate", "1/s", METRIC_MEAN, PEER_RATE_PEAK, 0, AS_IS},
    {0},
};

/* Further ones of clusters and peers where endpoints register. */
enum registrations_tally {
    CLUSTER_HELD,
    CLUSTER_HELD_PEAK,
    CLUSTER_IMBALANCE,
    CLUSTER_BALANCED,
    CLUSTER_REGISTRATION_TALLIES,
    PEER_SERVED = 0,
    PEER_REFRESH_LOAD,
    PEER_REFUSED_LIMIT,
    PEER_REFUSED_QUEUE,
    PEER_TIMED_OUT,
    PEER_MRA_PEAK,
    PEER_SESSIONS_PEAK,
    PEER_REGISTRATION_TALLIES
};

static const struct measure cluster_registration_measures[] = {
    {"mean_registrations", "registrations", METRIC_MEAN, CLUSTER_HELD, 0, AS_IS},
    {"peak_registrations", "registrations", METRIC_MEAN, CLUSTER_HELD_PEAK, 0, AS_IS},
    {"registration_imbalance", "1", METRIC_RATIO, CLUSTER_IMBALANCE, CLUSTER_BALANCED, AS_IS},
    {0},
};

static const struct measure peer_registration_measures[] = {
    {"registrations_served", "requests", METRIC_MEAN, PEER_SERVED, 0, AS_IS},
    {"registration_load", "1", METRIC_MEAN, PEER_REFRESH_LOAD, 0, AS_IS},
    {"registrations_refused_limit", "requests", METRIC_MEAN, PEER_REFUSED_LIMIT, 0, AS_IS},
    {"registrations_refused_queue", "requests", METRIC_MEAN, PEER_REFUSED_QUEUE, 0, AS_IS},
    {"registrations_timed_out", "requests", METRIC_MEAN, PEER_TIMED_OUT, 0, AS_IS},
    {"peak_mra_registrations", "registrations", METRIC_MEAN, PEER_MRA_PEAK, 0, AS_IS},
    {"peak_encrypted_sessions", "sessions", METRIC_MEAN, PEER_SESSIONS_PEAK, 0, AS_IS},
    {0},
};

enum pool_tally { POOL_SIZE, POOL_USE, POOL_PEAK, POOL_FULL, POOL_TALLIES };

static const struct measure pool_measures[] = {
    {"size", "licences", METRIC_MEAN, POOL_SIZE, 0, AS_IS},
    {"mean_in_use", "licences", METRIC_MEAN, POOL_USE, 0, PER_LENGTH},
    {"peak_in_use", "licences", METRIC_MEAN, POOL_PEAK, 0, AS_IS},
    {"full_fraction", "1", METRIC_MEAN, POOL_FULL, 0, PER_LENGTH},
    {0},
};

enum pipe_tally { PIPE_BITS, PIPE_PEAK, PIPE_FULL, PIPE_TALLIES };

static const struct measure pipe_measures[] = {
    {"mean_bandwidth", "bit/s", METRIC_MEAN, PIPE_BITS, 0, PER_LENGTH},
    {"peak_bandwidth", "bit/s", METRIC_MEAN, PIPE_PEAK, 0, AS_IS},
    {"full_fraction", "1", METRIC_MEAN, PIPE_FULL, 0, PER_LENGTH},
    {0},
};

enum endpoints_tally {
    ENDPOINTS_UNREGISTERED,
    ENDPOINTS_MINUTES,
    ENDPOINTS_FAILOVERS,
    ENDPOINTS_SOME,
    ENDPOINTS_P50,
    ENDPOINTS_P95,
    ENDPOINTS_MAX,
    ENDPOINTS_REJECTED,
    ENDPOINTS_LEFT,
    ENDPOINTS_TALLIES
};

static const struct measure endpoints_measures[] = {
    {"unregistered_fraction", "1", METRIC_MEAN, ENDPOINTS_UNREGISTERED, 0, AS_IS},
    {"unregistered_minutes", "min", METRIC_MEAN, ENDPOINTS_MINUTES, 0, AS_IS},
    {"failovers", "registrations", METRIC_MEAN, ENDPOINTS_FAILOVERS, 0, AS_IS},
    {"failover_p50", "s", METRIC_RATIO, ENDPOINTS_P50, ENDPOINTS_SOME,
     AS_IS}, /* mean over runs that have one */
    {"failover_p95", "s", METRIC_RATIO, ENDPOINTS_P95, ENDPOINTS_SOME, AS_IS},
    {"failover_max", "s", METRIC_RATIO, ENDPOINTS_MAX, ENDPOINTS_SOME, AS_IS},
    {"rejected", "registrations", METRIC_MEAN, ENDPOINTS_REJECTED, 0, AS_IS},
    {"lost_at_end", "registrations", METRIC_MEAN, ENDPOINTS_LEFT, 0, AS_IS},
    {0},
};

enum licence_tally {
    LICENCE_USE,
    LICENCE_PEAK,
    LICENCE_REFUSED,
    LICENCE_REFUSED_ONLY,
    LICENCE_TALLIES
};

static const struct measure licence_measures[] = {
    {"mean_in_use", "licences", METRIC_MEAN, LICENCE_USE, 0, PER_LENGTH},
    {"peak_in_use", "licences", METRIC_MEAN, LICENCE_PEAK, 0, AS_IS},
    {"refused", "calls", METRIC_MEAN, LICENCE_REFUSED, 0, AS_IS},
    {"refused_only", "calls", METRIC_MEAN, LICENCE_REFUSED_ONLY, 0, AS_IS},
    {0},
};

/* --- Layout
 * ------------------------------------------------------------------------------------------------------
 */

struct layout {
    struct results *results;
    double seconds;
    size_t room, series_room;
    bool failed;
};

static void add_metric(struct layout *layout, struct metric metric)
{
    struct results *r = layout->results;
    if (r->metric_count < layout->room)
        r->metrics[r->metric_count] = metric;
    r->metric_count++;
}

/* Results outlive the scenario: names are copied, when the layout is filled in. */
static const char *own_name(struct layout *layout, const char *name)
{
    if (!layout->room)
        return name;
    const char *copy = arena_strdup(layout->results->arena, name);
    layout->failed = layout->failed || !copy;
    return copy;
}

/* A block of tallies for one thing, and the metrics of its table. */
static void add_block(struct layout *layout, enum scope scope, uint32_t index, const char *stated,
                      const struct measure *table, uint32_t tallies)
{
    const char *name = own_name(layout, stated);
    uint32_t base = (uint32_t)layout->results->tally_count;
    for (const struct measure *m = table; m->metric; m++)
        add_metric(layout, (struct metric){
                               .scope = scope,
                               .index = index,
                               .name = name,
                               .metric = m->metric,
                               .unit = m->unit,
                               .kind = m->kind,
                               .numerator = base + m->numerator,
                               .denominator = base + m->denominator,
                               .scale = m->scale == AS_IS        ? 1
                                        : m->scale == PER_LENGTH ? 1 / layout->seconds
                                                                 : 3600 / layout->seconds,
                           });
    layout->results->tally_count += tallies;
}

/* What does not depend on the run; nothing where there is no limit. */
static void add_limit(struct layout *layout, enum scope scope, uint32_t index, const char *stated,
                      const char *metric, const char *unit, int64_t value)
{
    if (value < AMPLE)
        add_metric(layout, (struct metric){.scope = scope,
                                           .index = index,
                                           .name = own_name(layout, stated),
                                           .metric = metric,
                                           .unit = unit,
                                           .kind = METRIC_CONSTANT,
                                           .scale = (double)value});
}

/* Ceilings of registration, beside the peaks they bound. */
static void add_registration_limits(struct layout *layout, const struct scenario *s, uint32_t p)
{
    const struct peer *peer = &s->peers[p];
    const struct platform *platform = &s->platforms[peer->platform];
    add_limit(layout, SCOPE_PEER, p, peer->name, "registrations_limit", "registrations",
              platform->registrations);
    add_limit(layout, SCOPE_PEER, p, peer->name, "mra_registrations_limit", "registrations",
              platform->mra_registrations);
    if (peer->image == IMAGE_UNRESTRICTED)
        add_limit(layout, SCOPE_PEER, p, peer->name, "encrypted_sessions_limit", "sessions",
                  ENCRYPTED_SESSIONS_MAX);
}

static void add_series(struct layout *layout, enum scope scope, uint32_t index, const char *stated,
                       const char *metric, bool ratio)
{
    struct results *r = layout->results;
    const char *name = own_name(layout, stated);
    if (r->series_count < layout->series_room)
        r->series[r->series_count] =
            (struct series){scope, index, name, metric, ratio, (uint32_t)r->series_columns};
    r->series_count++;
    r->series_columns += ratio ? 2 : 1;
}

static const char *const pool_names[LICENCE_COUNT] = {"rms", "desktop", "room"};

/* The pool of RMS is shown where licences or the platform limit it; room and desktop licences where
 * they are stated. */
static bool pool_shown(const struct plan *plan, uint32_t c, enum licence kind)
{
    const struct scenario *s = plan->scenario;
    if (s->clusters[c].licensed[kind])
        return true;
    return kind == LICENCE_RMS && scenario_cluster_node(s, c).rms < AMPLE;
}

/* "edge.rms/b2b-video" */
static const char *ledger_name(const struct plan *plan, uint32_t entry, struct layout *layout)
{
    const struct ledger_entry *e = &plan->ledger[entry];
    const struct scenario *s = plan->scenario;
    const char *name =
        arena_printf(layout->results->arena, "%s.%s/%s", s->clusters[e->cluster].name,
                     pool_names[LICENCE_RMS], s->classes[e->class_index].name);
    layout->failed = layout->failed || !name;
    return name ? name : "";
}

static void lay_out(const struct plan *plan, struct layout *layout)
{
    const struct scenario *s = plan->scenario;
    for (uint32_t k = 0; k < s->class_count; k++)
        add_block(layout, SCOPE_CLASS, k, s->classes[k].name, class_measures, CLASS_TALLIES);
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        add_block(layout, SCOPE_CLUSTER, c, s->clusters[c].name, cluster_measures, CLUSTER_TALLIES);
        if (plan->has_endpoints)
            add_block(layout, SCOPE_CLUSTER, c, s->clusters[c].name, cluster_registration_measures,
                      CLUSTER_REGISTRATION_TALLIES);
    }
    for (uint32_t p = 0; p < s->peer_count; p++) {
        add_block(layout, SCOPE_PEER, p, s->peers[p].name, peer_measures, PEER_TALLIES);
        if (plan->has_endpoints) {
            add_block(layout, SCOPE_PEER, p, s->peers[p].name, peer_registration_measures,
                      PEER_REGISTRATION_TALLIES);
            add_registration_limits(layout, s, p);
        }
    }
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (enum licence kind = 0; kind < LICENCE_COUNT; kind++)
            if (pool_shown(plan, c, kind)) {
                const char *name = arena_printf(layout->results->arena, "%s.%s",
                                                s->clusters[c].name, pool_names[kind]);
                layout->failed = layout->failed || !name;
                add_block(layout, SCOPE_POOL, c * LICENCE_COUNT + kind, name ? name : "",
                          pool_measures, POOL_TALLIES);
            }
    for (uint32_t p = 0; p < s->pipe_count; p++) {
        add_block(layout, SCOPE_PIPE, p, s->pipes[p].name, pipe_measures, PIPE_TALLIES);
        add_limit(layout, SCOPE_PIPE, p, s->pipes[p].name, "total", "bit/s", s->pipes[p].total);
    }
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        add_block(layout, SCOPE_ENDPOINTS, e, s->endpoints[e].name, endpoints_measures,
                  ENDPOINTS_TALLIES);
    for (uint32_t e = 0; e < plan->ledger_count; e++) {
        const char *name = ledger_name(plan, e, layout);
        add_block(layout, SCOPE_LICENCE, plan->ledger[e].class_index, name, licence_measures,
                  LICENCE_TALLIES);
    }
    add_metric(layout, (struct metric){.scope = SCOPE_RUN,
                                       .name = "run",
                                       .metric = "events",
                                       .unit = "events",
                                       .kind = METRIC_MEAN,
                                       .numerator = (uint32_t)layout->results->tally_count++,
                                       .scale = 1});
}

static void lay_out_series(const struct plan *plan, struct layout *layout)
{
    const struct scenario *s = plan->scenario;
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        add_series(layout, SCOPE_CLUSTER, c, s->clusters[c].name, "units", false);
        if (pool_shown(plan, c, LICENCE_RMS))
            add_series(layout, SCOPE_CLUSTER, c, s->clusters[c].name, "rms_in_use", false);
    }
    for (uint32_t p = 0; p < s->peer_count; p++) {
        add_series(layout, SCOPE_PEER, p, s->peers[p].name, "units", false);
        if (plan->has_endpoints) {
            add_series(layout, SCOPE_PEER, p, s->peers[p].name, "registrations", false);
            add_series(layout, SCOPE_PEER, p, s->peers[p].name, "registration_rate", false);
        }
    }
    for (uint32_t e = 0; e < plan->ledger_count; e++) {
        const char *name = ledger_name(plan, e, layout);
        add_series(layout, SCOPE_LICENCE, plan->ledger[e].class_index, name, "in_use", false);
        add_series(layout, SCOPE_LICENCE, plan->ledger[e].class_index, name, "refused", false);
    }
    for (uint32_t k = 0; k < s->class_count; k++) {
        add_series(layout, SCOPE_CLASS, k, s->classes[k].name, "in_progress", false);
        add_series(layout, SCOPE_CLASS, k, s->classes[k].name, "blocked_fraction", true);
    }
}

bool measures_layout(const struct plan *plan, nanos length, struct results *results)
{
    struct layout layout = {.results = results, .seconds = (double)length / (double)SECOND};
    lay_out(plan, &layout); /* once to count, once to fill in */
    lay_out_series(plan, &layout);
    layout.room = results->metric_count;
    layout.series_room = results->series_count;
    results->metrics = calloc(layout.room + 1, sizeof *results->metrics);
    results->series = calloc(layout.series_room + 1, sizeof *results->series);
    if (!results->metrics || !results->series || layout.failed)
        return false;
    results->metric_count = results->tally_count = results->series_count = results->series_columns =
        0;
    lay_out(plan, &layout);
    lay_out_series(plan, &layout);
    return !layout.failed;
}

/* --- Collecting: the same order as the layout
 * -------------------------------------------------------------------- */

static double seconds(nanos time)
{
    return (double)time / (double)SECOND;
}

static double *collect_class(const struct class_state *class, double *t)
{
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
    return t + CLASS_TALLIES;
}

static double *collect_cluster(const struct cluster_state *cluster, double *t)
{
    t[CLUSTER_UNITS] = cluster->units.integral / (double)SECOND;
    t[CLUSTER_PEAK] = (double)cluster->units.peak;
    t[CLUSTER_CAP] = cluster->units.limit == AMPLE ? INFINITY : (double)cluster->units.limit;
    t[CLUSTER_FULL] = seconds(cluster->units.full_time);
    for (uint32_t i = 0; i <= CLUSTER_PEERS_MAX; i++)
        t[CLUSTER_UP + i] = seconds(cluster->up_time[i]);
    return t + CLUSTER_TALLIES;
}

static double *collect_peer(const struct simulation *sim, uint32_t p, double *t)
{
    uint32_t c = sim->scenario->peers[p].cluster;
    const struct cluster_state *cluster = &sim->clusters[c];
    const struct peer_state *peer = &cluster->peers[p - sim->scenario->clusters[c].first_peer];
    t[PEER_UNITS] = peer->units.integral / (double)SECOND;
    t[PEER_PEAK] = (double)peer->units.peak;
    t[PEER_UTILIZATION] = peer->units.limit > 0 ? t[PEER_UNITS] / (double)peer->units.limit : 0;
    t[PEER_ADMITTED] = (double)peer->admitted;
    t[PEER_CLUSTER_ADMITTED] = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        t[PEER_CLUSTER_ADMITTED] += (double)cluster->peers[i].admitted;
    t[PEER_UP] = seconds(peer->up_time);
    t[PEER_DRAINING] = seconds(peer->drain_time);
    t[PEER_REGISTRATIONS] = t[PEER_REGISTRATIONS_PEAK] = t[PEER_RATE_PEAK] = 0;
    if (sim->registrations) {
        struct registrations_peer_figures figures =
            registrations_peer_result(sim->registrations, p);
        t[PEER_REGISTRATIONS] = figures.mean;
        t[PEER_REGISTRATIONS_PEAK] = figures.peak;
        t[PEER_RATE_PEAK] = figures.peak_rate;
    }
    return t + PEER_TALLIES;
}

static double *collect_cluster_registrations(const struct simulation *sim, uint32_t c, double *t)
{
    struct registrations_cluster_figures f = registrations_cluster_result(sim->registrations, c);
    t[CLUSTER_HELD] = f.mean;
    t[CLUSTER_HELD_PEAK] = f.peak;
    t[CLUSTER_BALANCED] = !isnan(f.imbalance);
    t[CLUSTER_IMBALANCE] = isnan(f.imbalance) ? 0 : f.imbalance;
    return t + CLUSTER_REGISTRATION_TALLIES;
}

static double *collect_peer_registrations(const struct simulation *sim, uint32_t p, double *t)
{
    struct registrations_peer_figures f = registrations_peer_result(sim->registrations, p);
    t[PEER_SERVED] = f.served;
    t[PEER_REFRESH_LOAD] = f.refresh_load;
    t[PEER_REFUSED_LIMIT] = (double)f.refused_limit;
    t[PEER_REFUSED_QUEUE] = (double)f.refused_queue;
    t[PEER_TIMED_OUT] = (double)f.timed_out;
    t[PEER_MRA_PEAK] = f.peak_mra;
    t[PEER_SESSIONS_PEAK] = f.peak_sessions;
    return t + PEER_REGISTRATION_TALLIES;
}

static double *collect_pool(const struct simulation *sim, uint32_t c, enum licence kind, double *t)
{
    const struct cluster *cluster = &sim->scenario->clusters[c];
    double size = (double)licences_installed(sim->scenario, c, kind);
    if (kind == LICENCE_RMS) {
        const struct meter *rms = &sim->clusters[c].rms;
        double capacity = (double)sim->clusters[c].rms_capacity / 2;
        t[POOL_SIZE] = cluster->licensed[kind] && size < capacity ? size : capacity;
        t[POOL_USE] = rms->integral / 2 / (double)SECOND;
        t[POOL_PEAK] = (double)rms->peak / 2;
        t[POOL_FULL] = seconds(rms->full_time);
    } else {
        t[POOL_SIZE] = size;
        t[POOL_USE] = t[POOL_PEAK] = t[POOL_FULL] = 0;
        if (sim->registrations) {
            struct registrations_cluster_figures f =
                registrations_cluster_result(sim->registrations, c);
            t[POOL_USE] = f.mean_licences[kind] * seconds(sim->length);
            t[POOL_PEAK] = f.peak_licences[kind];
            t[POOL_FULL] = f.full_fraction[kind] * seconds(sim->length);
        }
    }
    return t + POOL_TALLIES;
}

static double *collect_pipe(const struct meter *pipe, double *t)
{
    t[PIPE_BITS] = pipe->integral / (double)SECOND;
    t[PIPE_PEAK] = (double)pipe->peak;
    t[PIPE_FULL] = seconds(pipe->full_time);
    return t + PIPE_TALLIES;
}

static double *collect_endpoints(const struct simulation *sim, uint32_t e, double *t)
{
    struct registrations_population_figures f =
        registrations_population_result(sim->registrations, e);
    t[ENDPOINTS_UNREGISTERED] = f.unregistered_fraction;
    t[ENDPOINTS_MINUTES] = f.unregistered_minutes;
    t[ENDPOINTS_FAILOVERS] = (double)f.failovers;
    t[ENDPOINTS_SOME] = f.failovers > 0;
    t[ENDPOINTS_P50] = f.failovers ? f.failover_p50 : 0;
    t[ENDPOINTS_P95] = f.failovers ? f.failover_p95 : 0;
    t[ENDPOINTS_MAX] = f.failovers ? f.failover_max : 0;
    t[ENDPOINTS_REJECTED] = (double)f.rejected;
    t[ENDPOINTS_LEFT] = (double)f.lost_at_end;
    return t + ENDPOINTS_TALLIES;
}

static double *collect_licence(const struct simulation *sim, uint32_t entry, double *t)
{
    const struct ledger_entry *e = &sim->plan->ledger[entry];
    const struct class_state *class = &sim->classes[e->class_index];
    const struct ledger_use *use = sim->ledger ? &sim->ledger[entry] : NULL;
    double halves = (double)e->halves;
    t[LICENCE_USE] = (use ? use->integral : halves * class->integral) / 2 / (double)SECOND;
    t[LICENCE_PEAK] = (use ? (double)use->peak : halves * (double)class->peak) / 2;
    t[LICENCE_REFUSED] = (double)class->cause[CAUSE_RMS];
    t[LICENCE_REFUSED_ONLY] = (double)class->cause_only[CAUSE_RMS];
    return t + LICENCE_TALLIES;
}

void measures_collect(const struct simulation *sim, double *tallies)
{
    const struct scenario *s = sim->scenario;
    double *t = tallies;
    for (uint32_t k = 0; k < s->class_count; k++)
        t = collect_class(&sim->classes[k], t);
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        t = collect_cluster(&sim->clusters[c], t);
        if (sim->registrations)
            t = collect_cluster_registrations(sim, c, t);
    }
    for (uint32_t p = 0; p < s->peer_count; p++) {
        t = collect_peer(sim, p, t);
        if (sim->registrations)
            t = collect_peer_registrations(sim, p, t);
    }
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (enum licence kind = 0; kind < LICENCE_COUNT; kind++)
            if (pool_shown(sim->plan, c, kind))
                t = collect_pool(sim, c, kind, t);
    for (uint32_t p = 0; p < s->pipe_count; p++)
        t = collect_pipe(&sim->pipes[p], t);
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        t = collect_endpoints(sim, e, t);
    for (uint32_t e = 0; e < sim->plan->ledger_count; e++)
        t = collect_licence(sim, e, t);
    *t = (double)sim->events;
}

static float interval_mean(double *area, nanos length)
{
    double mean = *area / (double)length;
    *area = 0;
    return (float)mean;
}

void measures_interval(struct simulation *sim, nanos length, float *columns)
{
    const struct scenario *s = sim->scenario;
    float *column = columns;
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        struct cluster_state *cluster = &sim->clusters[c];
        *column++ = interval_mean(&cluster->units.interval, length);
        if (pool_shown(sim->plan, c, LICENCE_RMS))
            *column++ = interval_mean(&cluster->rms.interval, length) / 2;
    }
    for (uint32_t p = 0; p < s->peer_count; p++) {
        uint32_t c = s->peers[p].cluster;
        struct peer_state *peer = &sim->clusters[c].peers[p - s->clusters[c].first_peer];
        *column++ = interval_mean(&peer->units.interval, length);
        if (sim->registrations) {
            double served = registrations_served(sim->registrations, p, sim->now);
            *column++ = (float)registrations_count(sim->registrations, p);
            *column++ = (float)((served - peer->interval_served) / seconds(length));
            peer->interval_served = served;
        }
    }
    for (uint32_t e = 0; e < sim->plan->ledger_count; e++) {
        const struct ledger_entry *entry = &sim->plan->ledger[e];
        const struct class_state *class = &sim->classes[entry->class_index];
        double area =
            sim->ledger ? sim->ledger[e].interval : (double)entry->halves * class->interval;
        if (sim->ledger)
            sim->ledger[e].interval = 0;
        *column++ = (float)(area / (double)length / 2);
        *column++ = (float)(class->cause[CAUSE_RMS] - class->interval_no_rms);
    }
    for (uint32_t k = 0; k < s->class_count; k++) {
        struct class_state *class = &sim->classes[k];
        class->interval_no_rms = class->cause[CAUSE_RMS];
        *column++ = interval_mean(&class->interval, length);
        *column++ = (float)(class->blocked - class->interval_blocked);
        *column++ = (float)(class->offered - class->interval_offered);
        class->interval_blocked = class->blocked;
        class->interval_offered = class->offered;
    }
}
