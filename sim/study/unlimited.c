#include "sim/study/unlimited.h"

#include <math.h>
#include <stdlib.h>

#include "model/holding.h"
#include "sim/engine/source.h"

#define LONGEST_MEMORY 1000.0 /* mean holding times */

/* ---- Rates ---- */

static bool piece_add(struct unlimited *class, struct rate_piece piece, uint32_t *room)
{
    struct rate_piece *last = class->count ? &class->pieces[class->count - 1] : NULL;
    if (last && last->rate == piece.rate) {
        last->to = piece.to;
        return true;
    }
    if (class->count == *room) {
        uint32_t more = *room ? 2 * *room : 64;
        struct rate_piece *pieces = realloc(class->pieces, more * sizeof *pieces);
        if (!pieces)
            return false;
        class->pieces = pieces;
        *room = more;
    }
    class->pieces[class->count++] = piece;
    return true;
}

static double memory_of(const struct holding *holding)
{
    double mean = holding->mean, age = mean;
    while (age < LONGEST_MEMORY * mean && 1 - holding_integral(holding, age) / mean > FORGOTTEN)
        age *= 1.25;
    return age;
}

bool unlimited_init(struct unlimited *class, const struct call_class *call, nanos day_offset,
                    const struct unlimited_span *span)
{
    nanos start = span->start, end = span->end;
    bool held = span->held;
    struct arrivals_source source = {.arrivals = &call->arrivals, .day_offset = day_offset};
    uint32_t room = 0;
    *class = (struct unlimited){.holding = &call->holding};
    sampler_init(&class->sampler, &call->holding, NULL, 0);
    class->memory = memory_of(&call->holding);
    nanos until, far = end + SECOND;
    if (held) {
        double rate = source_rate_until(&source, 0, &until);
        if (!piece_add(class, (struct rate_piece){-FOREVER / 4, 0, rate}, &room))
            return false;
        start = 0;
    }
    for (nanos t = start; t < far; t = until) {
        double rate = source_rate_until(&source, t, &until);
        if (until > far)
            until = far;
        if (!piece_add(class, (struct rate_piece){t, until, rate}, &room))
            return false;
    }
    class->stationary = held && class->count == 1;
    return true;
}

void unlimited_release(struct unlimited *class)
{
    free(class->pieces);
    class->pieces = NULL;
}

/* The piece in which t lies, or the last one before it; count: t is before them all. */
static uint32_t piece_at(const struct unlimited *class, nanos t)
{
    uint32_t low = 0, high = class->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (class->pieces[middle].from <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : class->count;
}

double unlimited_rate(const struct unlimited *class, nanos t)
{
    uint32_t at = piece_at(class, t);
    return at < class->count && t < class->pieces[at].to ? class->pieces[at].rate : 0;
}

/* ---- In progress ---- */

static double seconds(nanos time)
{
    return (double)time / (double)SECOND;
}

/* The mean of those that began in a piece. */
static double mean_of(const struct unlimited *class, const struct rate_piece *piece, nanos t,
                      struct unlimited_share *share)
{
    share->youngest = piece->to < t ? seconds(t - piece->to) : 0;
    share->oldest = fmin(seconds(t - piece->from), class->memory);
    if (share->oldest <= share->youngest || piece->rate <= 0)
        return 0;
    return piece->rate * (holding_integral(class->holding, share->oldest) -
                          holding_integral(class->holding, share->youngest));
}

/* The first piece from which calls may be in progress at t. */
static uint32_t oldest_piece(const struct unlimited *class, uint32_t last, nanos t)
{
    while (last > 0 && class->pieces[last - 1].to > t - nanos_round(class->memory * (double)SECOND))
        last--;
    return last;
}

double unlimited_mean(const struct unlimited *class, nanos t)
{
    struct unlimited_share share;
    double sum = 0;
    if (class->stationary)
        return class->pieces[0].rate * class->holding->mean;
    uint32_t last = piece_at(class, t);
    if (last == class->count)
        return 0;
    for (uint32_t i = oldest_piece(class, last, t); i <= last; i++)
        sum += mean_of(class, &class->pieces[i], t, &share);
    return sum;
}

static bool make_room(struct unlimited_moment *moment, uint32_t shares)
{
    if (shares <= moment->room)
        return true;
    struct unlimited_share *more = realloc(moment->shares, 2 * (size_t)shares * sizeof *more);
    if (!more)
        return false;
    moment->shares = more;
    moment->room = 2 * shares;
    return true;
}

bool unlimited_at(struct unlimited_moment *moment, const struct unlimited *class, nanos t)
{
    moment->class = class;
    moment->t = t;
    moment->count = 0;
    moment->mean = 0;
    if (class->stationary) {
        moment->mean = class->pieces[0].rate * class->holding->mean;
        return true;
    }
    uint32_t last = piece_at(class, t);
    if (last == class->count)
        return true;
    uint32_t first = oldest_piece(class, last, t);
    if (!make_room(moment, last - first + 1))
        return false;
    for (uint32_t i = first; i <= last; i++) {
        struct unlimited_share *share = &moment->shares[moment->count];
        double mean = mean_of(class, &class->pieces[i], t, share);
        share->until = moment->mean += mean;
        if (class->holding->law == LAW_EXPONENTIAL)
            share->shrink = expm1((share->youngest - share->oldest) / class->holding->mean);
        moment->count += mean > 0;
    }
    return true;
}

void unlimited_moment_release(struct unlimited_moment *moment)
{
    free(moment->shares);
    *moment = (struct unlimited_moment){0};
}

/* A call that is so old: of the exponential the age by inversion, of others a call that began at
 * random and happened to last. */
static struct unlimited_call draw_between(const struct unlimited *class, nanos t,
                                          const struct unlimited_share *share,
                                          struct stream *stream)
{
    double mean = class->holding->mean, width = share->oldest - share->youngest;
    nanos age, rest;
    if (class->holding->law == LAW_EXPONENTIAL) {
        double u = stream_uniform(stream);
        double past = share->youngest - mean * log1p(u * share->shrink);
        age = nanos_round(past * (double)SECOND);
        rest = sampler_draw(&class->sampler, stream);
    } else if (width < mean) {
        double past;
        do {
            past = (share->youngest + width * stream_uniform(stream)) * (double)SECOND;
            rest = sampler_draw(&class->sampler, stream) - nanos_round(past);
        } while (rest < 0);
        age = nanos_round(past);
    } else {
        nanos least = nanos_round(share->youngest * (double)SECOND),
              most = nanos_round(share->oldest * (double)SECOND);
        do
            sampler_draw_seen(&class->sampler, stream, &age, &rest);
        while (age < least || age > most);
    }
    return (struct unlimited_call){.start = t - age, .end = t + rest + 1};
}

struct unlimited_call unlimited_draw(const struct unlimited_moment *moment, struct stream *stream)
{
    const struct unlimited *class = moment->class;
    if (class->stationary) {
        nanos age, rest;
        sampler_draw_seen(&class->sampler, stream, &age, &rest);
        return (struct unlimited_call){.start = moment->t - age, .end = moment->t + rest + 1};
    }
    double u = stream_uniform(stream) * moment->mean;
    uint32_t low = 0, high = moment->count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (moment->shares[middle].until <= u)
            low = middle + 1;
        else
            high = middle;
    }
    return draw_between(class, moment->t, &moment->shares[low], stream);
}

/* ---- New calls ---- */

nanos unlimited_next(const struct unlimited *class, nanos from, nanos to, struct stream *stream)
{
    double hazard = stream_exponential(stream);
    uint32_t i = piece_at(class, from);
    if (i == class->count)
        i = 0;
    for (; i < class->count && class->pieces[i].from < to; i++) {
        const struct rate_piece *piece = &class->pieces[i];
        nanos begin = piece->from > from ? piece->from : from;
        double length = seconds(piece->to - begin);
        if (hazard < piece->rate * length) {
            nanos start = begin + nanos_round(hazard / piece->rate * (double)SECOND);
            return start < to ? start : FOREVER;
        }
        hazard -= piece->rate * (length > 0 ? length : 0);
    }
    return FOREVER;
}
