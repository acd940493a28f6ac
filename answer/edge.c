#include "answer/edge.h"

#include <math.h>

/* Between the highest that is known not to be good and the lowest that is; NAN: not known. */
struct between {
    double bad, good;
};

static bool look(const struct edge *e, double place, struct between *b)
{
    bool good;
    if (!e->judge(e->context, place, &good))
        return false;
    *(good ? &b->good : &b->bad) = place;
    return true;
}

double edge_find(const struct edge *e)
{
    struct between b = {NAN, NAN};
    double step = e->step;
    if (e->low > e->high || !look(e, fmin(fmax(e->from, e->low), e->high), &b))
        return NAN;
    for (; isnan(b.good); step *= 2)
        if (b.bad >= e->high || !look(e, fmin(b.bad + step, e->high), &b))
            return NAN;
    for (; isnan(b.bad) && b.good > e->low; step *= 2)
        if (!look(e, fmax(b.good - step, e->low), &b))
            return NAN;
    while (b.good - b.bad > 1) /* false where nothing was bad */
        if (!look(e, floor((b.good + b.bad) / 2), &b))
            return NAN;
    return b.good;
}
