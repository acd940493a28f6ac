/* Random streams that never overlap.
 *
 * A stream is a counter-based generator (Philox 4x64-10, Salmon et al. 2011): draw n of a stream is a
 * function of (seed, replication, purpose, index, n) and of nothing else. Different words in the counter or key give
 * different blocks, so streams are disjoint by construction; adding a class, a peer or an outage shifts no other stream.
 * `index` is what the stream belongs to: random_name() of a class, peer or cluster, so that the order in a file does not
 * matter. A stream makes a few blocks ahead, which costs about 2 ns a draw.
 *
 * Exponential and normal variates by the ziggurat (Marsaglia & Tsang 2000, 256 layers; tables in ziggurat.h).
 */
#ifndef PEERPLAN_SIM_RANDOM_H
#define PEERPLAN_SIM_RANDOM_H

#include <stdint.h>

#include "sim/ziggurat.h"

enum purpose {
    PURPOSE_GAP = 1,      /* times between arrivals of a class */
    PURPOSE_HOLDING,      /* holding times of a class, one a fresh call, drawn even if it is refused */
    PURPOSE_BATCH,        /* batch sizes of a class */
    PURPOSE_REDIAL,       /* whether and when a refused or cut call of a class redials */
    PURPOSE_ORIGIN,       /* which endpoint calls */
    PURPOSE_TARGET,       /* which endpoint is called */
    PURPOSE_CHOICE,       /* which peer: ties and random policies of a cluster */
    PURPOSE_TURN,         /* TURN ports of a cluster */
    PURPOSE_OUTAGE,       /* failures and repairs of a peer */
    PURPOSE_START,        /* the state at the start */
    PURPOSE_REGISTRATION, /* registrations: phases, alternates, back-off */
    PURPOSE_COUNT
};

#define STREAM_AHEAD 16 /* draws made at once */

struct stream {
    uint64_t draws[STREAM_AHEAD];
    uint32_t left;              /* of draws, from the end */
    uint32_t replication;
    uint64_t seed, block;       /* the next block */
    uint64_t index, purpose;
};

void stream_init(struct stream *stream, uint64_t seed, uint32_t replication, enum purpose purpose, uint64_t index);
void stream_refill(struct stream *stream); /* makes the next STREAM_AHEAD draws */

/* Draw `draw` of the stream, without a stream: for populations too large to keep one each. */
uint64_t random_at(uint64_t seed, uint32_t replication, enum purpose purpose, uint64_t index, uint64_t draw);

/* The index of a thing with this name (FNV-1a with a final mix). */
uint64_t random_name(const char *name);

double stream_exponential_tail(struct stream *stream, uint64_t bits); /* the rare cases of the ziggurat */
double stream_normal(struct stream *stream);                          /* mean 0, variance 1 */
double stream_gamma(struct stream *stream, double shape);             /* scale 1; Marsaglia & Tsang 2000 */

static inline uint64_t stream_u64(struct stream *stream)
{
    if (__builtin_expect(stream->left == 0, 0))
        stream_refill(stream);
    return stream->draws[--stream->left];
}

/* Uniform in (0, 1): never 0 or 1. */
static inline double random_unit(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

static inline double stream_uniform(struct stream *stream)
{
    return random_unit(stream_u64(stream));
}

/* Uniform in 0..n-1, n > 0 (multiply-shift; bias below n / 2^64). */
static inline uint64_t stream_below(struct stream *stream, uint64_t n)
{
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)(((wide)stream_u64(stream) * n) >> 64);
}

/* Exponential with mean 1. */
static inline double stream_exponential(struct stream *stream)
{
    uint64_t bits = stream_u64(stream);
    uint32_t layer = bits & 255;
    double x = random_unit(bits) * ziggurat_exponential_x[layer];
    if (__builtin_expect(x < ziggurat_exponential_x[layer + 1], 1))
        return x;
    return stream_exponential_tail(stream, bits);
}

#endif
