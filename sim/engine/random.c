#include "sim/engine/random.h"

#include <assert.h>
#include <math.h>

/* Philox 4x64-10 (Salmon et al. 2011), written out: inlined and unrolled it costs half of what the
 * library's does, and a draw is the dearest part of a call. test_random holds it against Random123.
 */
struct block {
    uint64_t v[4];
};

static inline struct block block_at(uint64_t seed, uint64_t replication, uint64_t purpose,
                                    uint64_t index, uint64_t block)
{
    __extension__ typedef unsigned __int128 wide;
    uint64_t a = block, b = index, c = purpose, d = 0, k0 = seed, k1 = replication;
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        wide p = (wide)UINT64_C(0xD2E7470EE14C6C93) * a, q = (wide)UINT64_C(0xCA5A826395121157) * c;
        a = (uint64_t)(q >> 64) ^ b ^ k0;
        c = (uint64_t)(p >> 64) ^ d ^ k1;
        b = (uint64_t)q;
        d = (uint64_t)p;
        k0 += UINT64_C(0x9E3779B97F4A7C15);
        k1 += UINT64_C(0xBB67AE8584CAA73B);
    }
    return (struct block){{a, b, c, d}};
}

void stream_init(struct stream *stream, uint64_t seed, uint32_t replication, enum purpose purpose,
                 uint64_t index)
{
    stream->left = 0;
    stream->replication = replication;
    stream->seed = seed;
    stream->block = 0;
    stream->index = index;
    stream->purpose = purpose;
}

void stream_refill(struct stream *stream)
{
    struct block four = block_at(stream->seed, stream->replication, stream->purpose, stream->index,
                                 stream->block++);
    for (int i = 0; i < STREAM_AHEAD; i++)
        stream->draws[STREAM_AHEAD - 1 - i] = four.v[i];
    stream->left = STREAM_AHEAD;
}

/* Exponential n, whose draw the ziggurat has not taken at once. Its stream has n in a word where
 * others have 0. */
static double exponential_rejected(const struct stream *stream, uint64_t n, uint64_t bits)
{
    struct stream own = *stream;
    own.left = 0;
    own.block = 0;
    own.purpose |= (n + 1) << PURPOSE_BITS;
    return stream_exponential_tail(&own, bits);
}

void stream_draws(struct stream *stream, uint64_t *draws, uint32_t count)
{
    const struct stream key = *stream; /* so that no store is feared to change it */
    for (uint64_t i = 0; i < count / 4; i++) {
        struct block four =
            block_at(key.seed, key.replication, key.purpose, key.index, key.block + i);
        memcpy(draws + 4 * i, four.v, sizeof four.v);
    }
    stream->block += count / 4;
}

void stream_exponentials(struct stream *stream, double *values, uint32_t count)
{
    uint64_t draws[DRAWS_AHEAD_MOST], first = 4 * stream->block;
    assert(count % 4 == 0 && count <= DRAWS_AHEAD_MOST);
    stream_draws(stream, draws, count);
    for (uint32_t i = 0; i < count; i++)
        if (!exponential_at_once(draws[i], &values[i]))
            values[i] = exponential_rejected(stream, first + i, draws[i]);
}

void exponentials_init(struct exponentials *exponentials, double *ahead, uint32_t room)
{
    *exponentials = (struct exponentials){.at = room, .room = room, .ahead = ahead};
}

void exponentials_reset(struct exponentials *exponentials, uint64_t seed, uint32_t replication,
                        enum purpose purpose, uint64_t index)
{
    exponentials->at = exponentials->room;
    stream_init(&exponentials->stream, seed, replication, purpose, index);
}

void exponentials_refill(struct exponentials *exponentials)
{
    stream_exponentials(&exponentials->stream, exponentials->ahead, exponentials->room);
    exponentials->at = 0;
}

uint64_t random_at(uint64_t seed, uint32_t replication, enum purpose purpose, uint64_t index,
                   uint64_t draw)
{
    return block_at(seed, replication, (uint64_t)purpose, index, draw / 4).v[draw % 4];
}

uint64_t random_name(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        hash = (hash ^ *c) * UINT64_C(0x100000001b3);
    hash ^= hash >> 31;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 29);
}

double stream_exponential_tail(struct stream *stream, uint64_t bits)
{
    double shift = 0;
    for (;;) {
        uint32_t layer = bits & 255;
        double x = random_unit(bits) * ziggurat_exponential_x[layer];
        if (x < ziggurat_exponential_x[layer + 1])
            return shift + x;
        if (layer == 0) { /* the tail is an exponential again */
            shift += ziggurat_exponential_x[1];
        } else {
            double low = ziggurat_exponential_y[layer], high = ziggurat_exponential_y[layer + 1];
            if (low + stream_uniform(stream) * (high - low) < exp(-x))
                return shift + x;
        }
        bits = stream_u64(stream);
    }
}

/* Marsaglia's tail method beyond r. */
static double normal_tail(struct stream *stream, double r)
{
    for (;;) {
        double x = -log(stream_uniform(stream)) / r;
        double y = -log(stream_uniform(stream));
        if (2 * y > x * x)
            return r + x;
    }
}

double stream_normal(struct stream *stream)
{
    for (;;) {
        uint64_t bits = stream_u64(stream);
        uint32_t layer = bits & 255;
        double sign = bits & 256 ? -1 : 1;
        double x = random_unit(bits) * ziggurat_normal_x[layer];
        if (x < ziggurat_normal_x[layer + 1])
            return sign * x;
        if (layer == 0)
            return sign * normal_tail(stream, ziggurat_normal_x[1]);
        double low = ziggurat_normal_y[layer], high = ziggurat_normal_y[layer + 1];
        if (low + stream_uniform(stream) * (high - low) < exp(-x * x / 2))
            return sign * x;
    }
}

double stream_gamma(struct stream *stream, double shape)
{
    if (shape < 1) { /* boost: gamma(a) = gamma(a+1) * U^(1/a) */
        double boost = pow(stream_uniform(stream), 1 / shape);
        return stream_gamma(stream, shape + 1) * boost;
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = stream_normal(stream), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        double u = stream_uniform(stream);
        if (log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

/* Poisson by transformed rejection with squeeze (Hoermann 1993, PTRS), for means of 10 and more. */
static int64_t large_poisson(struct stream *stream, double mean)
{
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = stream_uniform(stream) - 0.5, v = stream_uniform(stream), centre = 0.5 - fabs(u);
        double k = floor((2 * a / centre + b) * u + mean + 0.43);
        if (centre >= 0.07 && v <= squeeze)
            return (int64_t)k;
        if (k < 0 || k > 1e15 || (centre < 0.013 && v > centre))
            continue;
        int sign;
        if (log(v * inverse_alpha / (a / (centre * centre) + b)) <=
            k * log(mean) - mean - lgamma_r(k + 1, &sign))
            return (int64_t)k;
    }
}

int64_t stream_poisson(struct stream *stream, double mean)
{
    if (mean >= 10)
        return large_poisson(stream, mean);
    int64_t count = -1;
    for (double sum = 0; sum < mean; count++)
        sum += stream_exponential(stream);
    return count < 0 ? 0 : count;
}
