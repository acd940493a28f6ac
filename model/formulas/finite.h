/* Calls of finite populations and of Poisson streams, of several sizes, that share one group of
 * units completely: the product form.
 *
 * The numbers in progress of the classes are independent, cut where units run out: binomial for a
 * population whose idle sources call at a constant rate, Poisson for a stream. Insensitive to the
 * laws of holding and idle times. A class's calls meet the system with one source less of its own
 * (arrival theorem), which makes call congestion. Convolution over units (Iversen 1987); all terms
 * positive, relative error below 1e-11. One class of one unit is Engset's formula.
 */
#ifndef PEERPLAN_MODEL_FINITE_H
#define PEERPLAN_MODEL_FINITE_H

#include <stdbool.h>
#include <stdint.h>

struct finite_class {
    double sources; /* population, >= 0, may be a fraction; INFINITY: a Poisson stream */
    double load;   /* erlangs of a stream; rate of an idle source x holding time, of a population */
    int64_t units; /* of one call, >= 1 */
    double blocking; /* out: share of calls refused */
};

/* full: share of time no unit is free. False when out of memory. capacity >= 0. */
bool finite_blocking(int64_t capacity, struct finite_class *classes, int count, double *full);

/* Multiplications that it takes, about. */
double finite_work(int64_t capacity, const struct finite_class *classes, int count);

#endif
