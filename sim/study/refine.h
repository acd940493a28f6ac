/* The figure instead of "below": refusals too rare to be counted, or too near to a goal, estimated
 * by conditioning (sim/study/conditional.h) after a run; where enough were counted their control
 * (sim/study/control.h) may do, and wherever a precision was sought it is used.
 *
 * A class's blocked_fraction is refined where nothing was refused, or where its goal lies inside
 * its interval, and where the class allows it; the refined share then takes the place of the
 * counted one in everything that is made of the results (results_interval). Counts stay counts.
 * Where the two contradict each other the counted one stays. The choice depends on scenario and
 * seed only, never on the time that it takes.
 */
#ifndef PEERPLAN_SIM_REFINE_H
#define PEERPLAN_SIM_REFINE_H

#include "sim/study/experiment.h"

#define REFINED_MOST 16 /* classes, those that matter most */

/* By options->method, after a run with these options: experiment_run does it itself; to be done
 * again where results were appended. False, with errors, when memory is out. */
bool refine_results(const struct scenario *scenario, const struct experiment_options *options,
                    struct results *results, struct errors *errors);

#endif
