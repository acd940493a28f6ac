/* Holding times of a class, sampled.
 *
 * A fresh call draws its holding time from the class's own stream when it arrives, whether it is
 * admitted or not, so that two scenarios that differ elsewhere see the same calls.
 */
#ifndef PEERPLAN_SIM_HOLDING_H
#define PEERPLAN_SIM_HOLDING_H

#include "model/scenario.h"
#include "sim/engine/random.h"

/* A law prepared for sampling, with the stream it samples: holding times are made ahead, a few at a
 * time. */
struct sampler {
    uint32_t at, room; /* of ahead */
    nanos *ahead;      /* borrowed */
    enum law law;
    double scale;                  /* nanoseconds: what a standard variate is multiplied with */
    double a, b;                   /* law's own: shape; mu and sigma of ln */
    const struct holding *holding; /* borrowed */
    struct stream stream;
};

/* `ahead` has room for so many, a multiple of 4, at most DRAWS_AHEAD_MOST; what is given does not
 * depend on how many. */
void sampler_init(struct sampler *sampler, const struct holding *holding, nanos *ahead,
                  uint32_t room);
void sampler_reset(struct sampler *sampler, uint64_t seed, uint32_t replication, uint64_t index);
void sampler_refill(struct sampler *sampler);

/* The rest of a holding time seen at a random moment (equilibrium residual life), for starts in a
 * steady state. */
nanos sampler_draw_residual(const struct sampler *sampler, struct stream *stream);

/* A holding time from another stream. */
nanos sampler_draw(const struct sampler *sampler, struct stream *stream);

/* A holding time seen at a random moment: how much of it is over, and how much is left. */
void sampler_draw_seen(const struct sampler *sampler, struct stream *stream, nanos *age,
                       nanos *rest);

static inline nanos sampler_next(struct sampler *sampler)
{
    if (__builtin_expect(sampler->at == sampler->room, 0))
        sampler_refill(sampler);
    return sampler->ahead[sampler->at++];
}

/* Rounds to the nearest nanosecond, so that means are kept; never below 0 nor above TIME_MAX. */
static inline nanos nanos_round(double value)
{
    return value < (double)TIME_MAX ? (nanos)(value + 0.5) : TIME_MAX;
}

#endif
