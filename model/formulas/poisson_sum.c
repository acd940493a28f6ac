#include "model/formulas/poisson_sum.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define LARGE   0x1p400
#define SHIFT   400
#define NO_MORE 1e-18 /* of the tail: what comes after is nothing */

void poisson_sum_release(struct poisson_sum *sum)
{
    free(sum->mantissa);
    free(sum->exponent);
    *sum = (struct poisson_sum){0};
}

static bool make_room(struct poisson_sum *sum, int64_t states)
{
    if (states <= sum->room)
        return true;
    if (states > POISSON_SUM_STATES)
        return false;
    int64_t room = states + states / 2 + 256;
    double *mantissa = realloc(sum->mantissa, (size_t)room * sizeof *mantissa);
    if (mantissa)
        sum->mantissa = mantissa;
    int32_t *exponent = mantissa ? realloc(sum->exponent, (size_t)room * sizeof *exponent) : NULL;
    if (!exponent)
        return false;
    sum->exponent = exponent;
    sum->room = room;
    return true;
}

/* q(n) in terms of 2^exponent. */
static inline double scaled(const struct poisson_sum *sum, int64_t n, int32_t exponent)
{
    return sum->exponent[n] == exponent ? sum->mantissa[n]
                                        : ldexp(sum->mantissa[n], sum->exponent[n] - exponent);
}

static double share_of(const struct poisson_sum *sum, uint32_t k, int64_t n, int32_t exponent)
{
    int64_t weight = sum->weights[k];
    return weight > 0 && weight <= n
               ? sum->means[k] * (double)weight * scaled(sum, n - weight, exponent)
               : 0;
}

static void next_state(struct poisson_sum *sum, int64_t n)
{
    int32_t exponent = sum->exponent[n - 1];
    double value = 0;
    for (uint32_t k = 0; k < sum->classes; k++)
        value += share_of(sum, k, n, exponent);
    value /= (double)n;
    if (value > LARGE) {
        value = ldexp(value, -SHIFT);
        exponent += SHIFT;
    } else if (value > 0 && value < 1 / LARGE) {
        value = ldexp(value, SHIFT);
        exponent -= SHIFT;
    }
    sum->mantissa[n] = value;
    sum->exponent[n] = exponent;
}

/* A bound for how far W goes on: beyond the mean and the threshold, and small. */
static bool is_end(const struct poisson_sum *sum, int64_t n, double mean, int64_t largest,
                   double tail)
{
    if (n < sum->threshold + largest || (double)n < mean)
        return false;
    for (int64_t i = n; i > n - largest && i >= 0; i--)
        if (scaled(sum, i, sum->exponent[sum->threshold]) > NO_MORE * tail)
            return false;
    return true;
}

bool poisson_sum_make(struct poisson_sum *sum, const double *means, const int64_t *weights,
                      uint32_t classes, int64_t threshold)
{
    double total = 0, mean = 0;
    int64_t largest = 1;
    assert(threshold >= 0);
    sum->classes = classes;
    sum->means = means;
    sum->weights = weights;
    sum->threshold = threshold;
    for (uint32_t k = 0; k < classes; k++) {
        if (weights[k] <= 0)
            continue;
        total += means[k];
        mean += means[k] * (double)weights[k];
        largest = weights[k] > largest ? weights[k] : largest;
    }
    if (!make_room(sum, threshold + 1))
        return false;
    sum->mantissa[0] = 1;
    sum->exponent[0] = 0;
    for (int64_t n = 1; n <= threshold; n++)
        next_state(sum, n);
    double tail = sum->mantissa[threshold];
    int64_t n = threshold;
    while (mean > 0 && !is_end(sum, n, mean, largest, tail)) {
        if (!make_room(sum, n + 2))
            return false;
        next_state(sum, ++n);
        tail += scaled(sum, n, sum->exponent[threshold]);
    }
    sum->top = n;
    sum->tail_mantissa = tail;
    sum->tail = fmin(tail * exp((double)sum->exponent[threshold] * M_LN2 - total), 1);
    return true;
}

static int64_t draw_total(const struct poisson_sum *sum, double u)
{
    double left = u * sum->tail_mantissa;
    int64_t n = sum->threshold;
    for (; n < sum->top; n++) {
        left -= scaled(sum, n, sum->exponent[sum->threshold]);
        if (left < 0)
            break;
    }
    while (n > sum->threshold && sum->mantissa[n] <= 0) /* u was 1 but for rounding */
        n--;
    return n;
}

void poisson_sum_draw(const struct poisson_sum *sum, uniform_source uniform, void *context,
                      int64_t *calls)
{
    assert(sum->tail_mantissa > 0);
    for (uint32_t k = 0; k < sum->classes; k++)
        calls[k] = 0;
    for (int64_t n = draw_total(sum, uniform(context)); n > 0;) {
        double left = uniform(context) * (double)n * sum->mantissa[n];
        uint32_t chosen = sum->classes;
        for (uint32_t k = 0; k < sum->classes && left >= 0; k++) {
            double share = share_of(sum, k, n, sum->exponent[n]);
            if (share <= 0)
                continue;
            chosen = k;
            left -= share;
        }
        assert(chosen < sum->classes);
        calls[chosen]++;
        n -= sum->weights[chosen];
    }
}
