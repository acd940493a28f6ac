/* Random streams that never overlap.
 *
 * A stream is a counter-based generator (Philox 4x64-10, Salmon et al. 2011): draw n of a stream is
 * a function of (seed, replication, purpose, index, n) and of nothing else. Different words in the
 * counter or key give different blocks, so streams are disjoint by construction; adding a class, a
 * peer or an outage shifts no other stream. `index` is what the stream belongs to: random_name() of
 * a class, peer or cluster, so that the order in a file does not matter. What a class draws call
 * after call is made ahead, a few at a time: the call finds it ready.
 *
 * Exponential and normal variates by the ziggurat (Marsaglia & Tsang 2000, 256 layers; tables in
 * ziggurat.h).
 */
#ifndef PEERPLAN_SIM_RANDOM_H
#define PEERPLAN_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sim/engine/ziggurat.h"

enum purpose {
    PURPOSE_GAP = 1, /* times between arrivals of a class */
    PURPOSE_HOLDING, /* holding times of a class, one a fresh call, drawn even if it is refused */
    PURPOSE_BATCH,   /* batch sizes of a class */
    PURPOSE_REDIAL,  /* whether and when a refused or cut call of a class redials */
    PURPOSE_ORIGIN,  /* which endpoint calls */
    PURPOSE_TARGET,  /* which endpoint is called */
    PURPOSE_CHOICE,  /* which peer: random policies of a cluster */
    PURPOSE_TURN,    /* TURN ports of a cluster */
    PURPOSE_OUTAGE,  /* failures and repairs of a peer */
    PURPOSE_START,   /* the state at the start */
    PURPOSE_REGISTRATION, /* registrations: phases, alternates, back-off */
    PURPOSE_TIES,         /* which of the peers of a cluster that tie */
    PURPOSE_CONDITIONAL,  /* samples of rare refusals */
    PURPOSE_SAMPLE,       /* points of a sweep */
    PURPOSE_ICE,          /* which calls between MRA devices go direct */
    PURPOSE_COUNT
};
#define PURPOSE_BITS 8

#define STREAM_AHEAD     4 /* the draws of a block */
#define DRAWS_AHEAD_MOST 128

struct stream {
    uint64_t draws[STREAM_AHEAD];
    uint32_t left; /* of draws, from the end */
    uint32_t replication;
    uint64_t seed, block; /* the next block */
    uint64_t index, purpose;
};

void stream_init(struct stream *stream, uint64_t seed, uint32_t replication, enum purpose purpose,
                 uint64_t index);
void stream_refill(struct stream *stream); /* makes the next block */

/* The next draws at once, of a stream whose draws are taken in no other way; count is a multiple
 * of 4. */
void stream_draws(struct stream *stream, uint64_t *draws, uint32_t count);

/* Draw `draw` of the stream, without a stream: for populations too large to keep one each. */
uint64_t random_at(uint64_t seed, uint32_t replication, enum purpose purpose, uint64_t index,
                   uint64_t draw);

/* The index of a thing with this name (FNV-1a with a final mix). */
uint64_t random_name(const char *name);

double stream_exponential_tail(struct stream *stream,
                               uint64_t bits);            /* the rare cases of the ziggurat */
double stream_normal(struct stream *stream);              /* mean 0, variance 1 */
double stream_gamma(struct stream *stream, double shape); /* scale 1; Marsaglia & Tsang 2000 */
int64_t stream_poisson(struct stream *stream, double mean);

static inline uint64_t stream_u64(struct stream *stream)
{
    if (__builtin_expect(stream->left == 0, 0))
        stream_refill(stream);
    return stream->draws[--stream->left];
}

/* Uniform in (0, 1): never 0 or 1. The 52 bits are put behind the point of 1, which is quicker than
 * to convert them. */
static inline double random_unit(uint64_t bits)
{
    uint64_t above_one = bits >> 12 | UINT64_C(0x3ff) << 52;
    double value;
    memcpy(&value, &above_one, sizeof value);
    return value - (1 - 0x1p-53);
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

/* What the ziggurat makes of a draw in 99 of 100 cases; false: stream_exponential_tail has to. */
static inline bool exponential_at_once(uint64_t bits, double *value)
{
    uint32_t layer = bits & 255;
    *value = random_unit(bits) * ziggurat_exponential_x[layer];
    return *value < ziggurat_exponential_x[layer + 1];
}

/* Exponential with mean 1. */
static inline double stream_exponential(struct stream *stream)
{
    uint64_t bits = stream_u64(stream);
    double value;
    return __builtin_expect(exponential_at_once(bits, &value), 1)
               ? value
               : stream_exponential_tail(stream, bits);
}

/* The next exponentials of a stream that gives nothing else; count is a multiple of 4, at most
 * DRAWS_AHEAD_MOST. Number n is made of draw n and, where the ziggurat rejects that, of a stream of
 * its own. */
void stream_exponentials(struct stream *stream, double *values, uint32_t count);

/* Such a stream, whose exponentials are taken one by one. */
struct exponentials {
    uint32_t at, room; /* of ahead */
    double *ahead;     /* borrowed */
    struct stream stream;
};

/* `ahead` has room for so many, as stream_exponentials asks; what is given does not depend on how
 * many they are. */
void exponentials_init(struct exponentials *exponentials, double *ahead, uint32_t room);
void exponentials_reset(struct exponentials *exponentials, uint64_t seed, uint32_t replication,
                        enum purpose purpose, uint64_t index);
void exponentials_refill(struct exponentials *exponentials);

static inline double exponentials_next(struct exponentials *exponentials)
{
    if (__builtin_expect(exponentials->at == exponentials->room, 0))
        exponentials_refill(exponentials);
    return exponentials->ahead[exponentials->at++];
}

#endif
