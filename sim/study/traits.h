/* What is known of a run before it begins, as far as intervals need it.
 *
 * Refusals come in clumps, and where none was seen the clump is all that an upper bound has to go
 * by: if refusals come as independent clumps of S calls in the mean, and none came among n calls,
 * then 3 S / n is a 95 % bound of their share (-ln 0.05 is 3). For S stands what is about the most
 * that a system of this kind and size refuses together:
 *
 * - by chance: E[S^2]/E[S] of the loss system M/M/c/c with the class's load at 1 % blocking
 *   (statistics_blocking_inflation), where it is greatest and about twice the mean;
 * - calls that start together are refused together: with batches of up to b calls the system counts
 *   in batches, each of which weighs b; to the other classes of the cluster such a clump lasts as
 *   long, and takes all they offer meanwhile (weighed by how long the calls hold that stand in the
 *   way);
 * - calls that vary in length free their places later: by the mean residual holding time over the
 *   mean, where that is more than 1, as it is where they vary more than exponential ones;
 * - callers who try again with probability r keep the system full for longer: 1 + r times as many,
 *   for a queue (r = 1) at such loads delays about twice as many in a row as a loss system refuses.
 *
 * Random outages are another kind of clump, as long as a repair, and the rarest of all: a run may
 * well have seen none. Their share of time U is known beforehand, and the outages seen can be
 * counted. With p blocked while all peers are up and a share q of the outages that block all calls,
 * no refusal among n calls and m outages has a likelihood of exp(-n p / S - m q); the bound is the
 * greatest p + U q for which that is 5 % (q at most 1). Having seen no outage, all of U stands.
 *
 * Each bound is a convention about S, not a theorem; bench/check_bounds.c measures that it
 * covers.
 */
#ifndef PEERPLAN_SIM_TRAITS_H
#define PEERPLAN_SIM_TRAITS_H

#include "model/scenario.h"

struct traits {
    bool replayed;  /* call records, without random outages: what all replications agree on is so */
    bool constant;  /* load and peers do not change by plan: hours differ by chance alone */
    double memory;  /* seconds in which a run forgets: the longest mean residual holding time, or
                       failure cycle */
    double *clumps; /* by class, calls refused together; 0: not known beforehand. Owned; NULL: of no
                       class */
    double away;    /* share of time that random outages keep some peer away; 0: there are none */
    double away_mean; /* seconds that such a time lasts */
    bool away_counts; /* nothing else takes these peers away, so that being away tells of one: */
    uint32_t *away_peers; /* scenario indices, owned */
    uint32_t away_peer_count;
};

/* Only call records are replayed, without random outages: nothing is left to chance but ties. */
bool scenario_replays(const struct scenario *scenario);

/* For a scenario with the peers `down` (scenario indices) forced down throughout. False: out of
 * memory. */
bool traits_make(const struct scenario *scenario, const uint32_t *down, uint32_t down_count,
                 struct traits *traits);
void traits_release(struct traits *traits);

/* What is left of a call in progress in the mean, E[S^2] / (2 E[S]); the mean holding time where
 * that is more. Seconds. */
double traits_mean_rest(const struct holding *holding);

/* Calls refused together by chance when so many (erlangs) are in progress. >= 1. */
double traits_clump(double erlangs);

/* 95 % upper bound of the share refused when none of `calls` was, with clumps of `clump`, an outage
 * share `away` of which `seen` outages were seen. In 0..1; NAN without calls. */
double traits_none_bound(double calls, double clump, double away, double seen);

#endif
