#include "sim/engine/delays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FINE = 128, FINE_BITS = 7, CLASSES = FINE * 50 }; /* 2^63 ns / 1 us has 54 octaves - 7 + 1 */

/* Durations below 128 us have a class a microsecond; above, the leading 8 bits name the class. */
static uint32_t class_of(nanos duration)
{
    uint64_t micros = (uint64_t)duration / 1000;
    if (micros < FINE)
        return (uint32_t)micros;
    int shift = 63 - __builtin_clzll(micros) - FINE_BITS;
    return (uint32_t)(shift + 1) * FINE + (uint32_t)((micros >> shift) - FINE);
}

static double middle(uint32_t class)
{
    if (class < FINE)
        return class * 1e-6;
    int shift = (int)(class / FINE) - 1;
    return ldexp((double)(class % FINE + FINE) + 0.5, shift) * 1e-6;
}

void delays_release(struct delays *delays)
{
    free(delays->counts);
    *delays = (struct delays){0};
}

void delays_clear(struct delays *delays)
{
    if (delays->counts)
        memset(delays->counts, 0, CLASSES * sizeof *delays->counts);
    delays->count = 0;
    delays->min = delays->max = 0;
}

bool delays_add(struct delays *delays, nanos duration)
{
    if (!delays->counts && !(delays->counts = calloc(CLASSES, sizeof *delays->counts)))
        return false;
    delays->counts[class_of(duration)]++;
    if (delays->count++ == 0)
        delays->min = delays->max = duration;
    if (duration < delays->min)
        delays->min = duration;
    if (duration > delays->max)
        delays->max = duration;
    return true;
}

double delays_quantile(const struct delays *delays, double p)
{
    if (delays->count == 0)
        return NAN;
    uint64_t rank = (uint64_t)ceil(p * (double)delays->count), seen = 0;
    uint32_t class = 0;
    for (; class < CLASSES - 1; class ++)
        if ((seen += delays->counts[class]) >= (rank ? rank : 1))
            break;
    double low = (double)delays->min / SECOND, high = (double)delays->max / SECOND;
    return p >= 1 ? high : fmin(fmax(middle(class), low), high);
}
