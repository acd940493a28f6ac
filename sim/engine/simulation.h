/* One replication of a plan at a time: the clock and the main loop.
 *
 * A simulation is a value that can be reused for replication after replication; two simulations
 * share nothing but the constant plan, so they give the same whether interleaved, on one thread or
 * on many. At equal times: calls end, then edges of intervals, peer steps in file order,
 * connections, redials, and then arrivals in file order (classes, then traces).
 */
#ifndef PEERPLAN_SIM_SIMULATION_H
#define PEERPLAN_SIM_SIMULATION_H

#include "sim/study/experiment.h"
#include "sim/engine/plan.h"

struct simulation;

/* Owned; NULL when out of memory. series_columns: of the layout (measures.h). Plan and options are
 * borrowed and must live longer. */
struct simulation *simulation_new(const struct plan *plan, const struct experiment_options *options,
                                  uint64_t seed, size_t series_columns);
void simulation_free(struct simulation *sim);

/* Runs a replication with this warm-up and measured length. Tallies (see measures.h) and series
 * (NULL: none) are filled in. False, with errors, when memory or a trace fails, or when
 * *options->stop was set meanwhile. */
struct replication_outcome {
    double *tallies;
    float *series;
    struct alarm *alarms; /* owned by the receiver */
    size_t alarm_count;
    uint64_t alarms_dropped, events;
};
bool simulation_run(struct simulation *sim, uint32_t replication, nanos warmup, nanos length,
                    nanos interval, struct replication_outcome *outcome, struct errors *errors);

#endif
