#include "model/formulas/reduced_load.h"

#include <math.h>
#include <stdlib.h>

#include "model/formulas/kaufman_roberts.h"

#define ROUNDS 10000

/* What the other groups let through of a route. */
static double passed(const double *blocking, int groups, int except)
{
    double pass = 1;
    for (int g = 0; g < groups; g++)
        if (g != except)
            pass *= 1 - blocking[g];
    return pass;
}

/* Where blocking stands, and what a round may do to it. */
struct state {
    double *blocking;         /* [route][group] */
    struct kr_class *classes; /* scratch */
    double step;              /* share of a change that is made: 1, or half where it swings */
};

/* One round over all groups; the largest change, or -1 when out of memory. */
static double improve(const int64_t *capacities, int groups, const struct loss_route *routes,
                      int count, struct state *s)
{
    double change = 0, *blocking = s->blocking;
    struct kr_class *classes = s->classes;
    for (int g = 0; g < groups; g++) {
        for (int k = 0; k < count; k++)
            classes[k] = (struct kr_class){.units = routes[k].units[g],
                                           .load = routes[k].load *
                                                   passed(blocking + k * groups, groups, g)};
        struct kr_result result;
        if (!kaufman_roberts(capacities[g], classes, count, &result))
            return -1;
        for (int k = 0; k < count; k++) {
            double *b = &blocking[k * groups + g], step = (classes[k].blocking - *b) * s->step;
            *b += step;
            change = fmax(change, fabs(step));
        }
    }
    return change;
}

bool reduced_load(const int64_t *capacities, int groups, struct loss_route *routes, int count,
                  double precision)
{
    double *blocking = calloc((size_t)(groups * count) + 1, sizeof *blocking);
    struct kr_class *classes = calloc((size_t)count + 1, sizeof *classes);
    struct state state = {blocking, classes, 1};
    double change = blocking && classes ? 1 : -1;
    for (int round = 0; round < ROUNDS && change > precision; round++) {
        double before = change;
        change = improve(capacities, groups, routes, count, &state);
        state.step = round > 0 && change > before / 2 ? 0.5 : state.step;
    }
    bool settled = change >= 0 && change <= precision;
    for (int k = 0; settled && k < count; k++) {
        routes[k].blocking = 1 - passed(blocking + k * groups, groups, -1);
        for (int g = 0; routes[k].lacks && g < groups; g++)
            routes[k].lacks[g] = blocking[k * groups + g];
    }
    free(blocking);
    free(classes);
    return settled;
}
