/* What a number of independent Poisson classes take together: W = sum of w_k N_k, N_k ~
 * Poisson(a_k).
 *
 *     n q(n) = sum over classes of a_k w_k q(n - w_k),   q(0) = exp(-sum a_k)
 *
 * (Panjer 1981; the recursion of Kaufman and Roberts without an end). Of a system without limits
 * this is the distribution of units, RMS or bandwidth in use. All terms are positive: the relative
 * error of q(n) and of the tail is about n times 1e-16, however small they are; terms carry an
 * exponent of their own, so that nothing underflows before 1e-300.
 *
 * The classes given W >= threshold are drawn exactly: W from its tail, then one call after another:
 * of W = n one is of class k with probability a_k w_k q(n - w_k) / (n q(n)), and without it the
 * rest is distributed as if it had never been (Palm, Mecke).
 */
#ifndef PEERPLAN_MODEL_POISSON_SUM_H
#define PEERPLAN_MODEL_POISSON_SUM_H

#include <stdbool.h>
#include <stdint.h>

#define POISSON_SUM_STATES 4000000 /* at most so many values of W are looked at */

struct poisson_sum {
    uint32_t classes;
    const double *means;    /* borrowed; a class of weight 0 takes no part */
    const int64_t *weights; /* borrowed, >= 0, a common divisor taken out */
    int64_t threshold;      /* >= 0, in the same measure */
    int64_t top;            /* beyond it there is nothing */
    int64_t room;           /* of the arrays */
    double *mantissa;       /* owned: q(n) = mantissa x 2^exponent x exp(-sum of means) */
    int32_t *exponent;      /* owned */
    double tail;            /* P(W >= threshold) */
    double tail_mantissa;   /* the same, in terms of exponent[threshold] */
};

/* An empty one is all 0. May be made again and again: memory is kept. False: out of memory, or more
 * states than POISSON_SUM_STATES. */
bool poisson_sum_make(struct poisson_sum *sum, const double *means, const int64_t *weights,
                      uint32_t classes, int64_t threshold);
void poisson_sum_release(struct poisson_sum *sum);

/* A source of uniform numbers in (0, 1). */
typedef double (*uniform_source)(void *context);

/* Calls in progress by class given W >= threshold; classes of weight 0 get 0. tail > 0. */
void poisson_sum_draw(const struct poisson_sum *sum, uniform_source uniform, void *context,
                      int64_t *calls);

#endif
