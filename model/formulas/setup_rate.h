/* Call set-ups that a peer takes at a limited rate: a leaky bucket.
 *
 * A call that is taken adds 1/limit seconds to the bucket, which leaks one second a second; a call
 * is taken when the bucket holds at most 1 - 1/limit seconds (nothing, where the limit is below one
 * a second): never more than a second's calls at once. That is the wait of a queue M/D/1 whose
 * calls turn away where they would wait longer than that, with Poisson calls; its law up to there
 * is the one of the unbounded queue (Daley 1964; Takacs 1955 of the unbounded one):
 *
 *   H(x) = sum over j <= x/g of (-rate (x - jg))^j / j! exp(rate (x - jg)),   g = 1/limit,
 *   refused = 1 - H(K) / (1 + rate g H(K)),                                    K = bucket.
 *
 * H is integrated piece by piece, which has no cancellation; the tail of the unbounded queue is a
 * sum of positive terms. Rates in calls a second, both > 0; relative error below 1e-9.
 */
#ifndef PEERPLAN_MODEL_SETUP_RATE_H
#define PEERPLAN_MODEL_SETUP_RATE_H

double setup_rate_bucket(double limit); /* seconds that it may hold when a call comes */

/* Share of Poisson calls that are refused. */
double setup_rate_refused(double rate, double limit);

/* Share of time that the bucket would hold too much if every call were taken, of which those that
 * are taken are a part: an upper bound for calls that are a part of a Poisson stream of this rate.
 * 1 where the rate reaches the limit. */
double setup_rate_over(double rate, double limit);

#endif
