/* One replication of a plan at a time: the clock and the main loop.
 *
 * A simulation is a value that can be reused for replication after replication; two simulations
 * share nothing but the constant plan, so they give the same whether interleaved, on one thread or
 * on many. At equal times: calls end, then edges of intervals, peer steps in file order,
 * connections, redials, and then arrivals in file order (classes, then traces).
 */
#ifndef PEERPLAN_SIM_SIMULATION_H
#define PEERPLAN_SIM_SIMULATION_H

#include <stdatomic.h>

#include "model/alarm.h"
#include "model/traffic.h"
#include "sim/engine/plan.h"
#include "sim/engine/surplus.h"

struct simulation;

/* What a simulation runs with besides its scenario. All borrowed. */
struct simulation_options {
    const uint32_t *down; /* peers (global indices) that are down from the start to the end */
    uint32_t down_count;
    const struct trace_source *traces;          /* NULL when the scenario has none */
    const struct call_sink *calls;              /* NULL: no record of single calls */
    const atomic_int *stop;                     /* set from elsewhere: finish early; NULL: never */
    const struct surplus_limit *surplus_limits; /* thresholds that are looked at; at most one a
                                                   meter */
    uint32_t surplus_count;
    bool calls_only; /* without registrations: for replays of calls that ask for none */
};

/* Owned; NULL when out of memory. series_columns: of the layout (tallies.h). Plan and options are
 * borrowed and must live longer. */
struct simulation *simulation_new(const struct plan *plan, const struct simulation_options *options,
                                  uint64_t seed, size_t series_columns);
void simulation_free(struct simulation *sim);

/* Which replication, its warm-up and measured length, and the intervals of its series. */
struct replication_span {
    uint32_t replication;
    nanos warmup, length, interval;
};

/* Runs a replication. Tallies (zeroed, see tallies.h) and
 * series (NULL: none) are filled in. False, with errors, when memory or a trace fails, or when
 * *options->stop was set meanwhile. */
struct replication_outcome {
    double *tallies;
    float *series;
    double *over;         /* seconds over each surplus limit; NULL where there are none */
    struct alarm *alarms; /* owned by the receiver */
    size_t alarm_count;
    uint64_t alarms_dropped, events;
};
bool simulation_run(struct simulation *sim, const struct replication_span *span,
                    struct replication_outcome *outcome, struct errors *errors);

#endif
