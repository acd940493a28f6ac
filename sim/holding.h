/* Holding times of a class, sampled.
 *
 * A fresh call draws its holding time from the class's own stream when it arrives, whether it is admitted or not, so
 * that two scenarios that differ elsewhere see the same calls.
 */
#ifndef PEERPLAN_SIM_HOLDING_H
#define PEERPLAN_SIM_HOLDING_H

#include "model/scenario.h"
#include "sim/random.h"

/* A law prepared for sampling: constants worked out once. */
struct sampler {
    const struct holding *holding; /* borrowed */
    enum law law;
    double scale;                  /* nanoseconds: what a standard variate is multiplied with */
    double a, b;                   /* law's own: shape; mu and sigma of ln */
};

void sampler_init(struct sampler *sampler, const struct holding *holding);
nanos sampler_draw_other(const struct sampler *sampler, struct stream *stream);

/* The rest of a holding time seen at a random moment (equilibrium residual life), for starts in a steady state. */
nanos sampler_draw_residual(const struct sampler *sampler, struct stream *stream);

/* Rounds to the nearest nanosecond, so that means are kept; never below 0 nor above TIME_MAX. */
static inline nanos nanos_round(double value)
{
    return value < (double)TIME_MAX ? (nanos)(value + 0.5) : TIME_MAX;
}

static inline nanos sampler_draw(const struct sampler *sampler, struct stream *stream)
{
    if (sampler->law == LAW_EXPONENTIAL)
        return nanos_round(stream_exponential(stream) * sampler->scale);
    return sampler_draw_other(sampler, stream);
}

#endif
