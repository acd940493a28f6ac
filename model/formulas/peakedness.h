/* Do recorded calls come together? Peakedness is the variance over the mean of the calls that would
 * be in progress if nothing limited them: 1 for Poisson arrivals, more for calls that start
 * together. Where it is above 1.2 Erlang's formula promises far too much (Fredericks 1980;
 * model/batch.h).
 *
 * A record has the course of the day in it, so that its plain variance tells nothing. What is
 * measured is the variance within cells of 17 minutes about each cell's own straight line, over
 * what calls that know nothing of each other would show there. That is known call by call: write a
 * call as 1 while it lasts and 0 else, and take its constant and its straight part in the cell
 * away. The squares of what remains add up for independent calls, whatever the law of holding times
 * and wherever in the cell a call lies; calls that start together add their products as well. So
 * the ratio of the sums is 1 for Poisson arrivals of a rate that is straight within cells, and for
 * groups of X calls in a Poisson process with exponential holding 1 + E[X(X-1)] / (2 E[X]), at any
 * frequency and so in cells too. 17 minutes have no common part with the hour: where in a cell the
 * full hours lie goes round.
 *
 * What gathers more slowly than a quarter of an hour counts, in part, as the course of the day. A
 * rate that jumps is no straight line: its cells stand out in proportion to the load. They are few
 * and scatter, which widens the interval.
 *
 * Calls may weigh (units): 1 still is what independent calls of these weights would show, as the
 * sum of b^2 a over the sum of b a is taken out.
 *
 * The interval is 95 %, Student's t over cells as independent pairs of what is there and what would
 * be; degrees of freedom are cells of equal weight less one. Only cells that the record covers from
 * their start to their end count.
 *
 * One pass over rows in order of start; memory grows with the calls in progress, a row costs the
 * logarithm of them.
 */
#ifndef PEERPLAN_MODEL_PEAKEDNESS_H
#define PEERPLAN_MODEL_PEAKEDNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

#define PEAKEDNESS_MOST 1.2 /* above it no figure for Poisson arrivals goes without a warning */

struct peakedness; /* of several streams of calls, measured side by side */

/* Owned; NULL when out of memory. */
struct peakedness *peakedness_new(uint32_t streams);
void peakedness_free(struct peakedness *peakedness); /* takes NULL */

/* A call counts in two streams: those of its class and of its cluster. A weight of 0 leaves it out.
 */
struct peakedness_call {
    nanos start, duration; /* >= 0 */
    uint32_t stream[2];
    double weight[2]; /* >= 0 */
};

/* In order of start. False when out of memory. */
bool peakedness_add(struct peakedness *peakedness, const struct peakedness_call *call);

struct peakedness_figure {
    uint64_t calls;
    double value;     /* NAN: no calls, or none in a whole cell */
    double half;      /* of its interval; NAN: too few calls to tell how far it can be trusted */
    double low, high; /* value - half, not below 0, and value + half */
    double busiest;   /* mean weight in progress in the busiest clock hour, if nothing limited it:
                         erlangs or units */
};

/* Of the rows so far. */
struct peakedness_figure peakedness_of(const struct peakedness *peakedness, uint32_t stream);

enum peakedness_verdict {
    PEAKEDNESS_PLAIN,  /* nothing speaks against Poisson formulas */
    PEAKEDNESS_UNSURE, /* above 1.2, but chance could do that */
    PEAKEDNESS_HIGH,
};
enum peakedness_verdict peakedness_judge(double value, double low);

/* What Poisson arrivals of this load, alone on the units of the class's cluster, would meet:
 * Erlang's formula. */
double peakedness_erlang(const struct scenario *scenario, const struct call_class *call,
                         double erlangs);

/* The same for all calls of a cluster together: load and cap are units, size is sum b^2 a / sum b a
 * of the calls, by which both are divided (Hayward). */
double peakedness_erlang_units(const struct scenario *scenario, uint32_t cluster, double units,
                               double size);

#endif
