/* What the workers of the tui do: estimate a state, simulate it in growing batches of replications,
 * and simulate it with peers down.
 *
 * The estimate comes twice: the quick one, which never takes long, and the full one. The simulation
 * runs 2, 4, 8 ... replications and publishes after each batch, until every class is known well
 * enough and its goal is decided, or the cap is reached. Sets of peers down are simulated in turn,
 * with more replications every time round, the worst first from the second time on, until each is
 * decided. Whoever is asked first steps back least: preview, estimate, simulation, sets; until the
 * preview is there the others wait, up to a seventh of a second.
 */
#ifndef PEERPLAN_TUI_BACKGROUND_H
#define PEERPLAN_TUI_BACKGROUND_H

#include "tui/worker.h"

/* Simulates; experiment_run, or a test's own. */
typedef bool simulate_run(const struct scenario *scenario, const struct experiment_options *options,
                          struct results *results, struct errors *errors);

struct simulator {
    simulate_run *run;
};

/* Workers' functions; the context of the last two is a struct simulator that outlives the worker,
 * the others need none. */
void background_preview(struct worker *worker, const struct job *job, void *context);
void background_estimate(struct worker *worker, const struct job *job, void *context);
void background_simulate(struct worker *worker, const struct job *job, void *context);
void background_sets(struct worker *worker, const struct job *job, void *context);

/* Where the answer is no: the smallest change that mends it, tried by simulation. */
void background_next_step(struct worker *worker, const struct job *job, void *context);

/* Every class's share of refused calls is known to 5 % of itself or surely below a tenth of its
 * goal, and no goal is undecided. */
bool background_good_enough(const struct answer *answer);

#endif
