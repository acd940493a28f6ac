/* Statistics for simulation output: intervals that mean what they say.
 *
 * Everything works on one value a replication, in order of replication. Intervals are two-sided at
 * 95 % with Student's t unless a function says otherwise. A ratio such as blocked/offered is
 * estimated by the sum of numerators over the sum of denominators, never by the mean of ratios,
 * which is biased; its spread follows from the linearized values (delta method). Blocked calls come
 * in clumps, so that the binomial formula is too narrow by a factor of 2.5 to 8.6 (theory of loss
 * systems at 1 % blocking, 40 to 4000 servers): it is not offered here.
 *
 * NAN stands for "cannot be said": an interval from one value, a ratio without a denominator.
 *
 * Sources: Law, Simulation Modeling and Analysis (ratio estimator, batch means, paired t); White
 * 1997 (MSER-5); Chow and Robbins 1965 (sequential stopping); the variance of the blocking
 * estimator is derived at statistics_blocking_variance.
 */
#ifndef PEERPLAN_SIM_STATISTICS_H
#define PEERPLAN_SIM_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

struct interval {
    double value, low, high;
};

/* ---- Samples ---- */

/* The factor t of a two-sided interval: 95 %, `degrees` >= 1. */
double statistics_student(size_t degrees);
/* The same with a probability of `tail` beyond it on either side. */
double statistics_student_at(size_t degrees, double tail);
double statistics_mean(const double *values, size_t count);
/* Unbiased; NAN below two values. */
double statistics_variance(const double *values, size_t count);
/* Covariance of neighbours over the variance; 0 for a constant sequence, NAN below three values. */
double statistics_lag1(const double *values, size_t count);
/* Interpolated between order statistics, p in 0..1; values ascending. */
double statistics_quantile(const double *sorted, size_t count, double p);
void statistics_sort(double *values, size_t count);

/* ---- Intervals ---- */

struct interval statistics_interval(const double *values, size_t count);
/* Values with the mean `sum(numerators) / sum(denominators)` and the spread of that estimator:
 * ratio + (n - ratio d) / mean(d). Returns the ratio; NAN, and linear filled with NAN, when the
 * denominators add up to 0. */
double statistics_linearize(const double *numerators, const double *denominators, size_t count,
                            double *linear);
/* For a share between 0 and 1: the interval is made on the scale of log odds and mapped back, so
 * that it stays within 0..1 and covers small shares, whose estimates are skewed. `linear` as from
 * statistics_linearize. */
struct interval statistics_share_interval(const double *linear, size_t count);
/* The same from a share and the half-width of its interval on the plain scale. */
struct interval statistics_share_about(double share, double half);
/* Where one further value will lie. By order statistics, free of any assumption, from 39 values on;
 * by t before. */
struct interval statistics_prediction(const double *values, size_t count);

/* The mean difference a - b of replications paired by common random numbers. */
struct paired {
    struct interval difference;
    double
        saved; /* share of the variance saved against independent runs; below 0: pairing did harm */
};
struct paired statistics_paired(const double *a, const double *b, size_t count);

/* ---- One long run ---- */

/* Batch means over a stationary sequence: begins with `batches` batches and halves their number,
 * down to 10, while neighbouring batches are correlated. */
struct batch_means {
    struct interval interval;
    size_t batches;
    double lag1;
    bool independent; /* lag-1 correlation no longer significant; if false the interval is too
                         narrow */
};
struct batch_means statistics_batch_means(const double *values, size_t count, size_t batches);

/* MSER-5: how many values to drop from the start of a sequence; a multiple of 5. SIZE_MAX when the
 * best cut lies in the second half, so that the sequence is too short to say. */
size_t statistics_mser5(const double *values, size_t count);

/* ---- How long to run ---- */

/* Asymptotic variance of blocked/offered in M/M/c/c with load `erlangs`, times the run length in
 * holding times: a run of T holding times has a variance of this over T. Exact; O(servers). */
double statistics_blocking_variance(double erlangs, size_t servers);
/* By how much that exceeds the binomial variance: the clump in which blocked calls come. >= 1. */
double statistics_blocking_inflation(double erlangs, size_t servers);

/* Chow and Robbins with the usual correction: at least 10 values, and half-width <=
 * precision/(1+precision) * mean. */
#define STATISTICS_REPLICATIONS_MIN 10
/* Values needed in all so that a half-width seen with `count` shrinks to `wanted`; at most 1e9. */
double statistics_count_needed(size_t count, double half_width, double wanted);

#endif
