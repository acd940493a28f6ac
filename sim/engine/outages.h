/* Peers come and go: scripted steps, random failures and maintenance, joining and leaving,
 * detection, and what becomes of the licences of a lost peer. */
#ifndef PEERPLAN_SIM_OUTAGES_H
#define PEERPLAN_SIM_OUTAGES_H

#include "sim/engine/state.h"

bool outages_init(struct simulation *sim); /* false: out of memory */
void outages_release(struct simulation *sim);
/* The peers as they are at the start, and, apart from it, what is to become of them. */
void outages_reset(struct simulation *sim);
void outages_schedule(struct simulation *sim);
void outages_event(struct simulation *sim, const struct agenda_event *event);
/* A peer fails, or is back, by somebody else's will: what is drawn for outages does not change. */
void outages_set_away(struct simulation *sim, uint32_t peer, bool away);

/* Whom the choice considers, and the keys it compares: a peer whose failure is not detected yet
 * keeps what others last knew of it. */
void outages_set_choosable(struct simulation *sim, uint32_t cluster);

/* The alarms of a peer that stand. */
void outages_repeat(struct simulation *sim, uint32_t peer);
/* A peer that lacks an RMS key although its calls need RMS: says so once it is asked for one, and
 * again after a return. */
void outages_check_key(struct simulation *sim, uint32_t peer);

#endif
