/* The state at the start of a replication, and, apart from it, what is scheduled to happen. */
#ifndef PEERPLAN_SIM_RESET_H
#define PEERPLAN_SIM_RESET_H

#include "sim/engine/state.h"

/* An empty system with the peers as they are at the start; no call has arrived, nothing is in the
 * agenda but what registrations and outages put there themselves. */
void reset_state(struct simulation *sim, nanos warmup, nanos length);
/* The measured period, its intervals, outages, joins. */
void reset_schedule(struct simulation *sim, nanos interval);

#endif
