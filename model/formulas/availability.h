/* How many peers are up, and what that makes of blocking.
 *
 * Each peer fails after a mean time up and is back after a mean time down; at most `crew` are
 * repaired at once. The law of peers up is exact for independent peers and every law of the times,
 * and with a limited crew for exponential ones (birth and death). Weighting the blocking of each
 * number of peers up with it ("quasi-stationary") is an approximation that assumes calls short
 * against repairs: measured +0.2 % at repairs of 100 holding times, +2 % at 20, +4 % at 10, +20 %
 * at 2, never low without redialling.
 */
#ifndef PEERPLAN_MODEL_AVAILABILITY_H
#define PEERPLAN_MODEL_AVAILABILITY_H

#define MINUTES_A_YEAR 525960.0 /* of 365.25 days */

/* p[0..peers]: share of time that so many are up. Identical peers; crew 0: no limit. Means > 0. */
void availability_identical(int peers, double up_mean, double down_mean, int crew, double *p);

/* Relative error band of the weighting for repairs of so many holding times: the truth is between
 * low and high times the weighted figure. The smaller the share of calls refused, the wider. */
void availability_band(double repairs_in_holds, double refused, double *low, double *high);

#endif
