/* How many peers are up, and what that makes of blocking.
 *
 * Each peer fails after a mean time up and is back after a mean time down; at most `crew` are
 * repaired at once. The law of peers up is exact for independent peers and every law of the times,
 * and with a limited crew for exponential ones (birth and death). Weighting the blocking of each
 * number of peers up with it ("quasi-stationary") is an approximation that assumes calls short
 * against repairs: too high, by what is not refused while the peers that are left fill up. That
 * takes one to five holding times, the longer the more calls there are, and the rarer they are
 * refused.
 */
#ifndef PEERPLAN_MODEL_AVAILABILITY_H
#define PEERPLAN_MODEL_AVAILABILITY_H

#define MINUTES_A_YEAR 525960.0 /* of 365.25 days */

/* p[0..peers]: share of time that so many are up. Identical peers; crew 0: no limit. Means > 0. */
void availability_identical(int peers, double up_mean, double down_mean, int crew, double *p);

struct availability {
    double repairs; /* mean time down, in holding times of the calls that last longest */
    double refused; /* share of calls; the smaller, the wider the band */
    double load;    /* calls in progress, of all that share the peers */
};

/* Relative error band of the weighting, without redialling: the truth is between low and high times
 * the weighted figure. low is 0 where repairs are too short for it. */
void availability_band(const struct availability *a, double *low, double *high);

#endif
