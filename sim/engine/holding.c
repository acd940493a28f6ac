#include "sim/engine/holding.h"

#include <math.h>

void sampler_init(struct sampler *sampler, const struct holding *holding, nanos *ahead,
                  uint32_t room)
{
    double mean = holding->mean * (double)SECOND, cv2 = holding->cv * holding->cv;
    *sampler = (struct sampler){.at = room,
                                .room = room,
                                .ahead = ahead,
                                .holding = holding,
                                .law = holding->law,
                                .scale = mean};
    switch (holding->law) {
    case LAW_GAMMA:
        sampler->a = 1 / cv2;
        sampler->scale = mean * cv2;
        break;
    case LAW_ERLANG:
        sampler->a = holding->k;
        sampler->scale = mean / holding->k;
        break;
    case LAW_LOGNORMAL:
        sampler->b = sqrt(log1p(cv2));
        sampler->a = -sampler->b * sampler->b / 2;
        break;
    case LAW_HYPEREXPONENTIAL:
    case LAW_EMPIRICAL:
        sampler->scale = (double)SECOND;
        break;
    default:
        break;
    }
}

static double erlang(struct stream *stream, int k)
{
    if (k > 16)
        return stream_gamma(stream, k);
    double sum = 0;
    for (int i = 0; i < k; i++)
        sum += stream_exponential(stream);
    return sum;
}

/* The branch of a hyperexponential law at the share u of the weights. */
static double branch_mean(const struct holding *holding, double u, bool by_length)
{
    double total = 0, sum = 0;
    for (uint32_t i = 0; i < holding->count; i++)
        total += holding->probabilities[i] * (by_length ? holding->means[i] : 1);
    for (uint32_t i = 0; i < holding->count; i++) {
        sum += holding->probabilities[i] * (by_length ? holding->means[i] : 1);
        if (u * total < sum)
            return holding->means[i];
    }
    return holding->means[holding->count - 1];
}

nanos sampler_draw(const struct sampler *sampler, struct stream *stream)
{
    const struct holding *h = sampler->holding;
    switch (sampler->law) {
    case LAW_EXPONENTIAL:
        return nanos_round(stream_exponential(stream) * sampler->scale);
    case LAW_DETERMINISTIC:
        return nanos_round(sampler->scale);
    case LAW_ERLANG:
        return nanos_round(erlang(stream, h->k) * sampler->scale);
    case LAW_GAMMA:
        return nanos_round(stream_gamma(stream, sampler->a) * sampler->scale);
    case LAW_LOGNORMAL:
        return nanos_round(exp(sampler->a + sampler->b * stream_normal(stream)) * sampler->scale);
    case LAW_HYPEREXPONENTIAL: {
        double mean = branch_mean(h, stream_uniform(stream), false);
        return nanos_round(stream_exponential(stream) * mean * sampler->scale);
    }
    case LAW_EMPIRICAL:
        return nanos_round(h->means[stream_below(stream, h->count)] * sampler->scale);
    }
    return 0;
}

void sampler_reset(struct sampler *sampler, uint64_t seed, uint32_t replication, uint64_t index)
{
    sampler->at = sampler->room;
    stream_init(&sampler->stream, seed, replication, PURPOSE_HOLDING, index);
}

void sampler_refill(struct sampler *sampler)
{
    if (sampler->law == LAW_EXPONENTIAL) {
        double values[DRAWS_AHEAD_MOST];
        stream_exponentials(&sampler->stream, values, sampler->room);
        for (uint32_t i = 0; i < sampler->room; i++)
            sampler->ahead[i] = nanos_round(values[i] * sampler->scale);
    } else {
        for (uint32_t i = 0; i < sampler->room; i++)
            sampler->ahead[i] = sampler_draw(sampler, &sampler->stream);
    }
    sampler->at = 0;
}

/* An empirical value drawn with weight proportional to itself, by rejection against the largest. */
static double empirical_by_length(const struct holding *h, struct stream *stream)
{
    double largest = h->means[h->count - 1];
    for (;;) {
        double value = h->means[stream_below(stream, h->count)];
        if (stream_uniform(stream) * largest <= value)
            return value;
    }
}

/* A holding time drawn with weight proportional to itself, of the laws that are not exponential in
 * branches. */
static double draw_by_length(const struct sampler *sampler, struct stream *stream)
{
    const struct holding *h = sampler->holding;
    switch (sampler->law) {
    case LAW_ERLANG:
        return erlang(stream, h->k + 1);
    case LAW_GAMMA:
        return stream_gamma(stream, sampler->a + 1);
    case LAW_LOGNORMAL: /* length bias moves the mean of the logarithm by sigma^2 */
        return exp(sampler->a + sampler->b * sampler->b + sampler->b * stream_normal(stream));
    case LAW_EMPIRICAL:
        return empirical_by_length(h, stream);
    default:
        return 1;
    }
}

/* The mean of the exponential that a call in progress follows; 0: it follows none. */
static double seen_mean(const struct sampler *sampler, struct stream *stream)
{
    if (sampler->law == LAW_EXPONENTIAL)
        return sampler->scale;
    if (sampler->law == LAW_HYPEREXPONENTIAL)
        return branch_mean(sampler->holding, stream_uniform(stream), true) * sampler->scale;
    return 0;
}

/* Of a length-biased holding time a uniform share is left. */
nanos sampler_draw_residual(const struct sampler *sampler, struct stream *stream)
{
    if (sampler->law == LAW_EXPONENTIAL)
        return nanos_round(stream_exponential(stream) * sampler->scale);
    if (sampler->law == LAW_HYPEREXPONENTIAL)
        return nanos_round(stream_exponential(stream) *
                           branch_mean(sampler->holding, stream_uniform(stream), true) *
                           sampler->scale);
    double whole = draw_by_length(sampler, stream);
    return nanos_round(whole * stream_uniform(stream) * sampler->scale);
}

/* Of an exponential holding time what is over and what is left are independent and alike (as long
 * as calls began at a constant rate). */
void sampler_draw_seen(const struct sampler *sampler, struct stream *stream, nanos *age,
                       nanos *rest)
{
    double mean = seen_mean(sampler, stream);
    if (mean > 0) {
        *age = nanos_round(stream_exponential(stream) * mean);
        *rest = nanos_round(stream_exponential(stream) * mean);
        return;
    }
    double whole = draw_by_length(sampler, stream) * sampler->scale;
    *age = nanos_round(whole * stream_uniform(stream));
    *rest = nanos_round(whole) - *age;
    if (*rest < 0)
        *rest = 0;
}
