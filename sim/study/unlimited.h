/* The calls of a class if nothing limited them: how many are in progress at a moment, when they
 * began, when they end.
 *
 * Of a Poisson process of any rate, and any distribution of holding times, the numbers in progress
 * of several classes are independent Poissons of mean m(t) = integral of rate(s) P(holding > t - s)
 * ds (Eick, Massey and Whitt 1993); given their number the calls are independent, each with a start
 * of density rate(s) P(holding > t - s), and those that ended before t are Poisson and independent
 * of them. All of it can therefore be drawn exactly.
 *
 * Rates are those of the engine's sources, from the start of a run on, or from ever where they do
 * not change. Of calls that began long ago a share of FORGOTTEN is left out.
 */
#ifndef PEERPLAN_SIM_UNLIMITED_H
#define PEERPLAN_SIM_UNLIMITED_H

#include "model/scenario.h"
#include "sim/engine/holding.h"

#define FORGOTTEN 1e-7 /* of m(t), at most */

/* A rate that holds for a while. */
struct rate_piece {
    nanos from, to;
    double rate; /* calls a second */
};

struct unlimited {
    const struct holding *holding; /* borrowed */
    struct sampler sampler;
    struct rate_piece *pieces; /* owned, ascending, without gaps */
    uint32_t count;
    bool stationary; /* one rate, from ever */
    double memory;   /* seconds after which a call is forgotten */
};

/* A call of the unlimited system. */
struct unlimited_call {
    nanos start, end;
    uint32_t class_index;
};

/* The time of a run; held: the rates of time 0 are those from ever until then. */
struct unlimited_span {
    nanos start, end;
    bool held;
};

/* Rates over a span. False: out of memory. */
bool unlimited_init(struct unlimited *class, const struct call_class *call, nanos day_offset,
                    const struct unlimited_span *span);
void unlimited_release(struct unlimited *class);

double unlimited_rate(const struct unlimited *class, nanos t); /* calls a second */
double unlimited_mean(const struct unlimited *class, nanos t); /* m(t) */

/* Calls in progress at a moment that began in one piece, and the ages in seconds between which that
 * was. */
struct unlimited_share {
    double until; /* sum of the means up to this one */
    double youngest, oldest;
    double shrink; /* exp(-(oldest - youngest) / mean) - 1, of exponential holding times */
};

/* A class at a moment, ready to draw many calls. Memory is kept from one moment to the next. */
struct unlimited_moment {
    const struct unlimited *class;
    nanos t;
    double mean;                    /* m(t) */
    struct unlimited_share *shares; /* owned */
    uint32_t count, room;
};

/* An empty moment is all 0. False: out of memory. */
bool unlimited_at(struct unlimited_moment *moment, const struct unlimited *class, nanos t);
void unlimited_moment_release(struct unlimited_moment *moment);

/* A call in progress at the moment (where its mean is above 0): its start and its end, which is
 * later. */
struct unlimited_call unlimited_draw(const struct unlimited_moment *moment, struct stream *stream);

/* The start of the first call after `from`, before `to`; FOREVER: there is none. */
nanos unlimited_next(const struct unlimited *class, nanos from, nanos to, struct stream *stream);

#endif
