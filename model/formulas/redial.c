#include "model/formulas/redial.h"

#include <math.h>

void redial_band(double wait_in_holds, double *low, double *high)
{
    *low = 1;
    *high = wait_in_holds >= 10    ? 1.05
            : wait_in_holds >= 5   ? 1.08
            : wait_in_holds >= 0.5 ? 1.4
                                   : INFINITY;
}
