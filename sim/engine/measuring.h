/* The measured period: integrals closed from time to time, begun, cut into intervals, finished. */
#ifndef PEERPLAN_SIM_MEASURING_H
#define PEERPLAN_SIM_MEASURING_H

#include "sim/engine/state.h"

/* The time since the base goes into all integrals; now is the base. */
void measuring_close(struct simulation *sim);
/* Whatever was counted so far is forgotten, what is in progress stays. */
void measuring_begin(struct simulation *sim);
/* An interval of the series, of this length, ends. */
void measuring_interval(struct simulation *sim, nanos length);
/* The size of the pool of RMS is about to change, or the measured period is over. */
void measuring_pool(struct cluster_state *cluster, nanos now);
void measuring_finish(struct simulation *sim);

#endif
