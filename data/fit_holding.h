/* Holding times fitted by maximum likelihood: exponential, lognormal, gamma, hyperexponential of
 * two branches, deterministic. Which of them is best says Akaike's criterion; whether it fits at
 * all the test of Anderson and Darling, its distribution under the fitted one found by parametric
 * bootstrap.
 *
 * In a large sample every simple distribution is refused for differences that do not matter, so the
 * test looks at FIT_TESTED values of it, drawn at random. Values that were recorded in whole units
 * are spread evenly over their unit for it; zeros count as half a unit. Special functions,
 * distributions and random numbers are those of GSL; the seed is fixed.
 */
#ifndef PEERPLAN_DATA_FIT_HOLDING_H
#define PEERPLAN_DATA_FIT_HOLDING_H

#include <stdbool.h>
#include <stddef.h>

#define FIT_TESTED     400
#define FIT_BOOTSTRAPS 199
#define FIT_LEVEL      0.01 /* of the test */

/* id, its name in a scenario */
#define FIT_KINDS_LIST(ROW)                                                                        \
    ROW(EXPONENTIAL, "exponential")                                                                \
    ROW(LOGNORMAL, "lognormal")                                                                    \
    ROW(GAMMA, "gamma")                                                                            \
    ROW(HYPEREXPONENTIAL, "hyperexponential")                                                      \
    ROW(DETERMINISTIC, "deterministic")

enum fit_kind {
#define KIND(id, name) FIT_##id,
    FIT_KINDS_LIST(KIND)
#undef KIND
        FIT_KINDS
};

const char *fit_kind_name(enum fit_kind kind);

struct fit_distribution {
    bool usable;                       /* it can be fitted to these values at all */
    double mean, cv;                   /* of the fitted distribution */
    double a, b;                       /* lognormal: mu, sigma; gamma: shape, scale */
    double probabilities[2], means[2]; /* hyperexponential */
    int parameters;
    double log_likelihood, aic;
    double anderson, p; /* statistic and probability of a larger one; NAN: not tested */
};

struct fit_holding {
    size_t count;
    double mean, cv;
    struct fit_distribution distributions[FIT_KINDS];
    int best; /* the one of the smallest AIC that is not refused; -1: none fits */
};

/* Values in seconds, >= 0, in any order; they are sorted and zeros among them raised. False when
 * out of memory; without values nothing is usable. */
bool fit_holding(double *values, size_t count, struct fit_holding *fit);

#endif
