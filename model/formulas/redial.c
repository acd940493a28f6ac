#include "model/formulas/redial.h"

#include <math.h>

#include "model/formulas/erlang.h"

struct redial redial_fixed_point(double servers, double load, double probability)
{
    if (load <= 0)
        return (struct redial){0};
    if (probability >= 1 && load >= servers)
        return (struct redial){INFINITY, 1, 0};
    double low = load, high = load;
    while (high * (1 - probability * erlang_b(servers, high)) < load)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
        double x = (low + high) / 2;
        if (x * (1 - probability * erlang_b(servers, x)) < load)
            low = x;
        else
            high = x;
    }
    double x = (low + high) / 2, blocking = erlang_b(servers, x);
    return (struct redial){x, blocking, x * blocking * (1 - probability) / load};
}

void redial_band(double wait_in_holds, double *low, double *high)
{
    *low = 1;
    *high = wait_in_holds >= 10    ? 1.05
            : wait_in_holds >= 5   ? 1.08
            : wait_in_holds >= 0.5 ? 1.4
                                   : INFINITY;
}
