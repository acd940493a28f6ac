/* Text of random scenarios, for programs that hold one way of answering against another: the same
 * seed makes the same text. */
#ifndef PEERPLAN_BENCH_DRAFT_TEXT_H
#define PEERPLAN_BENCH_DRAFT_TEXT_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_SIZE 8192

struct draft_text {
    char text[TEXT_SIZE];
    size_t used;
    uint64_t state;
    double factor; /* of all loads, for who uses it */
};

static inline double uniform(struct draft_text *d)
{
    d->state += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    uint64_t z = d->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static inline int pick(struct draft_text *d, int low, int high)
{
    return low + (int)(uniform(d) * (high - low + 1));
}

__attribute__((format(printf, 2, 3))) static inline void say(struct draft_text *d,
                                                             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    d->used += (size_t)vsnprintf(d->text + d->used, TEXT_SIZE - d->used, format, args);
    va_end(args);
}

#endif
