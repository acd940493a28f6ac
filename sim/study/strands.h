/* Classes split by the peers to which their calls are bound: a part of a Poisson process, taken at
 * random, is a Poisson process, and the parts are independent.
 *
 * A call of a registered device goes to the peer where the device is registered; a peer that is
 * chosen at random without a second try is such a part as well. A class whose peers are chosen
 * otherwise is one strand, placed nowhere. Where devices are registered is as the engine spreads
 * them at the start of a run (sim/engine/registrations.h), as long as no peer comes or goes.
 */
#ifndef PEERPLAN_SIM_STRANDS_H
#define PEERPLAN_SIM_STRANDS_H

#include "sim/engine/plan.h"
#include "sim/engine/replay.h"
#include "sim/study/failing.h"

#define STRANDS_MOST 600

struct strand {
    uint32_t class_index;
    double share;    /* of the calls of the class */
    uint32_t placed; /* the peer of each leg, four bits; LEG_UNUSED: chosen (sim/engine/replay.h) */
};

struct strands {
    struct strand *items; /* owned; those of a class follow one another */
    uint32_t count;
    uint32_t *first;      /* owned; by class, and one more */
    const char *obstacle; /* static; why a class cannot be split */
};

/* The strands of the classes that take part. False: out of memory, or an obstacle is set. Release
 * in any case. */
bool strands_make(struct strands *strands, const struct plan *plan, const bool *takes_part,
                  struct away_peers down, uint64_t seed);
void strands_release(struct strands *strands);

/* One of a class's strands by its share; u uniform in (0, 1). */
uint32_t strands_pick(const struct strands *strands, uint32_t class_index, double u);

/* The peers at which a leg (its number) of a strand may be held. */
uint8_t strand_peers(const struct strand *strand, const struct leg *leg, uint32_t number);

#endif
