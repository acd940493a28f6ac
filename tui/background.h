/* What the workers of the tui do: estimate a state, and simulate it in growing batches of
 * replications.
 *
 * The estimate comes twice: the quick one, which never takes long, and the full one. The simulation
 * runs 2, 4, 8 ... replications and publishes after each batch, until every class is known well
 * enough or the cap is reached.
 */
#ifndef PEERPLAN_TUI_BACKGROUND_H
#define PEERPLAN_TUI_BACKGROUND_H

#include "tui/worker.h"

/* Simulates; experiment_run, or a test's own. */
typedef bool simulate_run(const struct scenario *scenario, const struct experiment_options *options,
                          struct results *results, struct errors *errors);

struct simulation {
    simulate_run *run;
};

/* Workers' functions; the context of background_simulate is a struct simulation
 * that outlives the worker, the others need
 * none. */
void background_simulate(struct worker *worker, const struct job *job, void *context);
void background_preview(struct worker *worker, const struct job *job, void *context);
void background_estimate(struct worker *worker, const struct job *job, void *context);

/* Every class's blocking is known to 5 % of itself, or is surely below a tenth of the goal. */
bool background_good_enough(const struct scenario *scenario, const struct results *results);

#endif
