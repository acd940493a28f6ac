/* The greatest common divisor of two numbers that are not negative; of 0 and b it is b. */
#ifndef PEERPLAN_MODEL_DIVISOR_H
#define PEERPLAN_MODEL_DIVISOR_H

#include <stdint.h>

static inline int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
