#include "model/formulas/engset.h"

#include <assert.h>
#include <math.h>

#define RESCALE     1e270
#define RESCALE_LOG (270 * M_LN10)

/* 1/E summed from the state with all servers busy down, all terms positive, rescaled. */
double engset_log(int64_t sources, int64_t servers, double alpha)
{
    assert(sources >= 0 && servers >= 0 && alpha >= 0 && isfinite(alpha));
    if (servers == 0)
        return 0;
    if (sources < servers || alpha <= 0)
        return -INFINITY;
    double sum = 1, term = 1, scale = 0;
    for (int64_t k = servers; k > 0; k--) {
        double ratio = (double)k / (alpha * (double)(sources - k + 1));
        term *= ratio;
        sum += term;
        if (ratio < 1 && term < 1e-18 * sum)
            break;
        if (term > RESCALE) {
            term /= RESCALE;
            sum /= RESCALE;
            scale += RESCALE_LOG;
        }
    }
    return -(log(sum) + scale);
}

struct engset engset(int64_t sources, int64_t servers, double alpha)
{
    struct engset out = {.time_congestion = exp(engset_log(sources, servers, alpha))};
    if (sources == 0)
        return out;
    out.call_congestion = exp(engset_log(sources - 1, servers, alpha));
    double through = alpha * (1 - out.call_congestion);
    out.busy = (double)sources * through / (1 + through);
    out.offered = alpha * ((double)sources - out.busy);
    return out;
}
