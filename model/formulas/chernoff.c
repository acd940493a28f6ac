#include "model/formulas/chernoff.h"

#include <math.h>

#define NEWTON_STEPS 6

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
