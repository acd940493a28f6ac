/* Devices without a peer after theirs went by the script: how large a share of a population at most
 * and at least, and what that refuses of its calls.
 *
 * A device that lost its peer notices at its next refresh, keepalive or call, tries the peers in
 * turn, and is taken by the first that is there, where all have room and none is asked for more
 * than a part of the requests that it serves. Of a draining peer it stays until its next refresh,
 * and its calls are refused. Until then its own calls and calls to it are refused; others are drawn
 * at random.
 *
 * At least those wait that lost their peer first of all, refresh at a fixed interval, in phases
 * that are uniform, and have placed no call since. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_GAPS_H
#define PEERPLAN_MODEL_ESTIMATE_GAPS_H

#include "model/at_rest.h"

struct gaps {
    const struct scenario *scenario;
    const uint8_t *down, *away; /* by cluster: throughout (NULL: nobody), and now */
    const struct at_rest *rest; /* with these away */
    const double *placed;       /* by population: calls its devices place a second, at most */
    nanos from, to;             /* rates are constant meanwhile */
};

/* Does the script take any peer from devices that these calls are from or to? */
bool gaps_happen(const struct scenario *scenario, const struct call_class *call);

/* Share of the calls of the time that an end in this population refuses at most; 1: not known. */
double gaps_most(const struct gaps *gaps, uint32_t population);

/* Share of a population that is registered at a peer of its cluster at most. */
double gaps_share(const struct gaps *gaps, uint32_t population, uint32_t peer);

/* The same of a peer of the core behind it: devices register to the least loaded. */
double gaps_core_share(const struct gaps *gaps, uint32_t population, uint32_t core);

/* Share of the class's calls of the time that are refused at least. */
double gaps_least(const struct gaps *gaps, const struct call_class *call);

#endif
