/* Fragmentation: one- and two-unit calls over several peers. Free units are spread over the peers,
 * so that a two-unit call can be refused although two units are free: routing to the peer with most
 * available is worst-fit packing.
 *
 * The approximation is Kaufman and Roberts' recursion on the sum of the peers, in which a two-unit
 * call is accepted with probability 1 - phi_N(f) when f units are free. phi is 1 for f < 2 and, by
 * the pigeonhole principle, exactly 0 for f > N; between them it comes from a table by number of
 * peers and share of video among the calls.
 *
 * Range and error, measured against exact chains and simulations: identical peers of 10 units and
 * more, most-available routing, equal mean holding times: two-unit calls within -3..+3 %, one-unit
 * calls -14..+4 %. With means 5 times apart one-unit calls are 24 % low, 10 times apart 56 %
 * (two-unit calls 17 %); peers of 2 or 3 units are off by 10-30 %. Plain recursion and the worst
 * case (phi = 1 to N) bracket the truth with equal means.
 */
#ifndef PEERPLAN_MODEL_FRAGMENTATION_H
#define PEERPLAN_MODEL_FRAGMENTATION_H

#include <stdbool.h>
#include <stdint.h>

#define FRAGMENTATION_PEERS_MAX 6

/* Fills the acceptance of a two-unit call by free units 0 .. peers, for kr_class.acceptance;
 * returns how many. `share` is the share of two-unit calls among all calls, clamped to what the
 * table covers (0.01 .. 0.99). peers 1 .. 6. */
int fragmentation_acceptance(int peers, double share,
                             double acceptance[FRAGMENTATION_PEERS_MAX + 1]);

/* True when a call that fits under `cap` always finds a peer with room, whatever the spread: the
 * peers have `sum` units, calls take up to `largest`. Then the cap alone decides and
 * Kaufman-Roberts on the cap is exact. */
bool fragmentation_never(int64_t sum, int64_t cap, int peers, int64_t largest);

#endif
