#include "model/formulas/chernoff.h"

#include <math.h>
#include <stdint.h>

#include "model/base/divisor.h"

#define NEWTON_STEPS 6
#define WHOLE_MOST   1e15
#define WIDE         1.5 /* standard deviations in sizes of the largest call, of a lattice that is fine */
#define CAUTIOUS                                                                                   \
    1.1 /* more than the leading term, which is above the sum but for a few per cent               \
         */

static double exponent_at(const struct chernoff_size *sizes, size_t count, double room, double t)
{
    double e = -t * room;
    for (size_t i = 0; i < count; i++)
        e += sizes[i].load * expm1(t * sizes[i].amount);
    return e;
}

/* Where the exponent is least, by Newton's method on its derivative, from where it would be if all
 * were of the largest size; any t gives a bound. */
static double best_slope(const struct chernoff_size *sizes, size_t count, double room, double mean,
                         double largest)
{
    double t = log(room / mean) / largest;
    for (int step = 0; step < NEWTON_STEPS; step++) {
        double first = -room, second = 0;
        for (size_t i = 0; i < count; i++) {
            double rise = sizes[i].load * sizes[i].amount * exp(t * sizes[i].amount);
            first += rise;
            second += rise * sizes[i].amount;
        }
        t -= first / second;
    }
    return fmax(0, t);
}

double chernoff_over(const struct chernoff_size *sizes, size_t count, double room)
{
    double mean = 0, largest = 0;
    for (size_t i = 0; i < count; i++) {
        mean += sizes[i].load * sizes[i].amount;
        largest = fmax(largest, sizes[i].amount);
    }
    if (!(room > mean))
        return mean > 0 || room < 0 ? 1 : 0;
    double exponent =
        mean > 0 ? exponent_at(sizes, count, room, best_slope(sizes, count, room, mean, largest))
                 : -INFINITY;
    return exponent < 0 ? exp(exponent) : 1;
}

/* What all sizes are multiples of; 0: they are no whole numbers. */
static int64_t divisor_of_sizes(const struct chernoff_size *sizes, size_t count)
{
    int64_t divisor = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(sizes[i].amount < WHOLE_MOST) || floor(sizes[i].amount) != sizes[i].amount)
            return 0;
        divisor = common_divisor((int64_t)sizes[i].amount, divisor);
    }
    return divisor;
}

double chernoff_close(const struct chernoff_size *sizes, size_t count, double room)
{
    double bound = chernoff_over(sizes, count, room), mean = 0, largest = 0, spread = 0;
    int64_t divisor = bound < 1 && bound > 0 ? divisor_of_sizes(sizes, count) : 0;
    if (divisor <= 0)
        return bound;
    double step = (double)divisor, first = (floor(room / step) + 1) * step;
    for (size_t i = 0; i < count; i++) {
        mean += sizes[i].load * sizes[i].amount;
        largest = fmax(largest, sizes[i].amount);
    }
    double t = best_slope(sizes, count, first, mean, largest);
    for (size_t i = 0; i < count; i++)
        spread += sizes[i].load * sizes[i].amount * sizes[i].amount * exp(t * sizes[i].amount);
    spread = sqrt(spread);
    if (spread < WIDE * largest)
        return bound;
    double above = exp(exponent_at(sizes, count, first, t)) * step /
                   (-expm1(-t * step) * spread * sqrt(2 * M_PI));
    return fmin(bound, CAUTIOUS * above);
}
