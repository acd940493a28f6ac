/* An estimate confirmed: where the formulas say `simulate`, the figures of a simulation.
 *
 * The scenario is simulated as `run` does it, sets of peers down included, until it is decided or
 * as many replications were spent as decide (answer/decide.h) allows. Rows of the whole run whose
 * badge was `simulate` take over what was simulated, with its interval, and the badge `simulated`;
 * with N peers down that is the worst set of N. What the simulation does not tell (single hours,
 * other loads) keeps its badge.
 */
#ifndef PEERPLAN_ANSWER_CONFIRM_H
#define PEERPLAN_ANSWER_CONFIRM_H

#include "answer/decide.h"

/* Does any figure of the whole run ask for it? */
bool confirm_wanted(const struct estimate *estimate);

/* Fills results and survival of the run (released by the caller in any case), mends the estimate's
 * rows, makes the answer anew of all three; what it was of the estimate alone goes. False with an
 * error. */
bool confirm_estimate(const struct scenario *scenario, const struct experiment_options *options,
                      struct estimate *estimate, struct judged_run *run, struct errors *errors);

#endif
