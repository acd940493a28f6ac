#include "model/formulas/setup_rate.h"

#include <math.h>

#define TERMS      200     /* of a series over one gap */
#define STEEP      50      /* loads under which they suffice; beyond, H exceeds exp(50) */
#define PIECES_MAX 20000   /* gaps in a bucket that are integrated one by one */
#define TAIL_MAX   2000000 /* terms of the tail */
#define SMALL      1e-4    /* below, 1 - ... loses digits */
#define FADED      -745.0  /* exp of less is 0 */
#define NEAR       0.99    /* loads beyond take too many terms of the tail */

double setup_rate_bucket(double limit)
{
    return limit > 1 ? 1 - 1 / limit : 0;
}

/* H after `gaps` gaps and a part of one: over each gap H' = load (H - H a gap before), with time in
 * gaps, as a power series. Scaled so that it stays finite; log_scale: what was taken out. */
static double law_at(double load, double gaps, double *log_scale)
{
    double before[TERMS] = {0}, now[TERMS], start = 1;
    *log_scale = 0;
    for (double left = gaps;; left -= 1) {
        double length = left < 1 ? left : 1, value = 0;
        now[0] = start;
        for (int i = 0; i + 1 < TERMS; i++)
            now[i + 1] = load * (now[i] - before[i]) / (i + 1);
        for (int i = TERMS; i-- > 0;)
            value = value * length + now[i];
        if (left <= 1)
            return value;
        double scale = value > 1e100 ? value : 1;
        *log_scale += log(scale);
        start = value / scale;
        for (int i = 0; i < TERMS; i++)
            before[i] = now[i] / scale;
    }
}

/* P(wait > x) of the unbounded queue, time in gaps: (1 - load) times the sum over j > x of
 * (load (j - x))^j / j! exp(-load (j - x)). */
static double tail(double load, double x)
{
    double sum = 0, first = floor(x) + 1, last = -INFINITY;
    for (double j = first; j < first + TAIL_MAX; j++) { /* terms grow to a top, then fall */
        double y = load * (j - x), power = j * log(y) - lgamma(j + 1) - y;
        double term = power > FADED ? exp(power) : 0;
        sum += term;
        if (power < last && term <= 1e-13 * sum)
            break;
        last = power;
    }
    return fmin(1, (1 - load) * sum);
}

double setup_rate_over(double rate, double limit)
{
    double load = rate / limit, gaps = setup_rate_bucket(limit) * limit, scale;
    if (load >= 1 || load <= 0)
        return load > 0;
    if (load < NEAR)
        return tail(load, gaps);
    return gaps > PIECES_MAX ? 1 : fmax(0, 1 - (1 - load) * law_at(load, gaps, &scale));
}

double setup_rate_refused(double rate, double limit)
{
    double load = rate / limit, gaps = setup_rate_bucket(limit) * limit, scale;
    if (load <= 0)
        return 0;
    double over = setup_rate_over(rate, limit);
    if (load < NEAR && (over < SMALL || gaps > PIECES_MAX)) {
        /* refused = (1 - (1 - load) H) / (1 + load H), where (1 - load) H = 1 - over */
        double law = (1 - over) / (1 - load);
        return over / (1 + load * law);
    }
    if (gaps > PIECES_MAX || (gaps >= 1 && load > STEEP))
        return fmax(0, 1 - 1 / load); /* as a fluid */
    double law = law_at(load, gaps, &scale);
    if (scale > 0) /* H is huge: what is taken is the limit */
        return 1 - 1 / (load + exp(-log(law) - scale));
    return 1 - law / (1 + load * law);
}
