#include "sim/random.h"

#include <math.h>
#include <Random123/philox.h>

static philox4x64_ctr_t block_at(uint64_t seed, uint32_t replication, uint64_t purpose, uint64_t index, uint64_t block)
{
    philox4x64_ctr_t counter = {{block, index, purpose, 0}};
    philox4x64_key_t key = {{seed, replication}};
    return philox4x64_R(10, counter, key);
}

void stream_init(struct stream *stream, uint64_t seed, uint32_t replication, enum purpose purpose, uint64_t index)
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
    for (int i = STREAM_AHEAD / 4 - 1; i >= 0; i--) {
        philox4x64_ctr_t four =
            block_at(stream->seed, stream->replication, stream->purpose, stream->index, stream->block++);
        for (int j = 0; j < 4; j++)
            stream->draws[4 * i + 3 - j] = four.v[j];
    }
    stream->left = STREAM_AHEAD;
}

uint64_t random_at(uint64_t seed, uint32_t replication, enum purpose purpose, uint64_t index, uint64_t draw)
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
