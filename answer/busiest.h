/* The time of day at which most is offered, all classes together, and what each offers then. */
#ifndef PEERPLAN_ANSWER_BUSIEST_H
#define PEERPLAN_ANSWER_BUSIEST_H

#include "model/scenario.h"

/* The beginning of the step of a rate at which most erlangs are offered; 0 where none varies. */
nanos busiest_time(const struct scenario *scenario);

/* Calls in progress that a class has on average while the rates of a time hold; *rate: of its
 * arrivals then, 0 for classes that state none. */
double busiest_erlangs(const struct call_class *call, nanos at, double *rate);

#endif
