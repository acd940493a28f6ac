/* How many replications a precision will take, said before the first one.
 *
 * From what the estimate says of each class's blocking, whichever limit it is that binds, and the
 * variance of such a loss system (statistics_blocking_variance). Good to a factor of two; where the
 * load changes with the time or peers fail only the run itself can tell (sim/study/precision.h).
 */
#ifndef PEERPLAN_ANSWER_RUN_LENGTH_H
#define PEERPLAN_ANSWER_RUN_LENGTH_H

#include "model/scenario.h"

/* What is known beforehand of how long it will take. */
struct run_length {
    double replications;  /* of the scenario's length; NAN: no formula applies */
    uint32_t class_index; /* the class that takes longest */
    bool rare;            /* for it is to be shown to block less than a tenth of the goal */
};

struct run_length run_length_plan(const struct scenario *scenario, double precision);

/* What `replications` will give instead of those planned: the relative half-width, or where the
 * class is rare the upper bound of its blocking. */
double run_length_given(const struct scenario *scenario, const struct run_length *plan,
                        double precision, double replications);

/* Events of one replication, about: arrivals and ends of calls by their rates, as if none were
 * refused or tried again; without those of records, registrations and outages. */
double run_length_events(const struct scenario *scenario);

#endif
