/* Admission of a call: every leg asked for its peer and for every limit, none hiding another; all
 * is taken, or nothing.
 */
#ifndef PEERPLAN_SIM_ADMISSION_H
#define PEERPLAN_SIM_ADMISSION_H

#include "sim/engine/state.h"

/* What an admitted call holds. */
struct holdings {
    uint32_t peers; /* as in struct call */
    uint8_t turn_place;
    int64_t *pipe_use; /* bits on each pipe of the variant: scratch, or the slot's own */
};

/* Ends of a call of the variant whose devices are at their fallback cluster (enum path_away, bits).
 * Draws the devices, for the attempt that follows. */
unsigned admission_ends_away(struct simulation *sim, const struct variant *v);

/* Tries to admit a call; the causes of refusal, 0 when admitted: then it holds all. */
uint32_t admission_try(struct simulation *sim, const struct variant *v, int64_t bandwidth,
                       struct holdings *out);

/* The same on this peer, chosen before, for a variant of one leg without relays and pipes. */
uint32_t admission_try_at(struct simulation *sim, const struct leg *leg, uint32_t local,
                          struct holdings *out);

/* Gives back the relays of a call that has some. */
void admission_give_relays(struct simulation *sim, const struct variant *v, uint8_t turn_place);

/* The same with bandwidth. */
void admission_give_pipes(struct simulation *sim, const struct variant *v, const int64_t *use);

#endif
