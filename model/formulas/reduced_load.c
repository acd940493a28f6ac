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

/* One round over all groups; the largest change, or -1 when out of memory. blocking[route][group]
 * is damped by half. */
static double improve(const int64_t *capacities, int groups, const struct loss_route *routes, int count,
                      double *blocking, struct kr_class *classes)
{
    double change = 0;
    for (int g = 0; g < groups; g++) {
        for (int k = 0; k < count; k++)
            classes[k] = (struct kr_class){.units = routes[k].units[g],
                                           .load = routes[k].load *
                                                   passed(blocking + k * groups, groups, g)};
        struct kr_result result;
        if (!kaufman_roberts(capacities[g], classes, count, &result))
            return -1;
        for (int k = 0; k < count; k++) {
            double *b = &blocking[k * groups + g], step = (classes[k].blocking - *b) / 2;
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
    double change = blocking && classes ? 1 : -1;
    for (int round = 0; round < ROUNDS && change > precision; round++)
        change = improve(capacities, groups, routes, count, blocking, classes);
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
