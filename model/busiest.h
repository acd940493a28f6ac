/* The busiest hour: what classes offer in it, as load to size for.
 *
 * A class that does not vary offers its constant load. One that does offers what the hour brings on
 * average, the busy-hour load of the trade, or, where it comes in bursts, the calls that are in
 * progress at the fullest moment of that hour if nothing limits them, whichever is more: a burst of
 * a minute never fills a system as its rate would that went on. Daily rates are taken as those of a
 * day that was preceded by another one.
 */
#ifndef PEERPLAN_MODEL_BUSIEST_H
#define PEERPLAN_MODEL_BUSIEST_H

#include <stdbool.h>

#include "model/scenario.h"

/* Its beginning, as a time from midnight of the first day; 0 where nothing varies. erlangs (may be
 * NULL): of each class in that hour; 0 for classes that state no rate. False when out of memory. */
bool busiest_load(const struct scenario *scenario, nanos *at, double *erlangs);

/* Erlangs of a class in the hour that is its own busiest. */
double busiest_erlangs(const struct scenario *scenario, const struct call_class *call);

#endif
