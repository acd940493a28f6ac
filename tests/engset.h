/* Engset's formula: calls from a finite number of sources, one unit each, on a full-availability
 * group.
 *
 * An idle source calls at a constant rate; a refused source is idle again at once. `alpha` is the
 * rate of an idle source times the mean holding time. Holds for every law of holding and of idle
 * time (Engset 1918). Time congestion is the share of time all servers are busy; call congestion
 * the share of calls refused, which is what a user meets: the time congestion that one source less
 * would see. Error below 1e-13 relative; 0 sources never block.
 */
#ifndef PEERPLAN_TESTS_ENGSET_H
#define PEERPLAN_TESTS_ENGSET_H

#include <assert.h>
#include <math.h>
#include <stdint.h>

struct engset {
    double time_congestion, call_congestion;
    double busy;    /* mean calls in progress */
    double offered; /* calls a mean holding time, refused ones included */
};

#define ENGSET_RESCALE     1e270
#define ENGSET_RESCALE_LOG (270 * M_LN10)

/* 1/E summed from the state with all servers busy down, all terms positive, rescaled. */
static inline double engset_log(int64_t sources, int64_t servers, double alpha)
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
        if (term > ENGSET_RESCALE) {
            term /= ENGSET_RESCALE;
            sum /= ENGSET_RESCALE;
            scale += ENGSET_RESCALE_LOG;
        }
    }
    return -(log(sum) + scale);
}

static inline struct engset engset(int64_t sources, int64_t servers, double alpha)
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

#endif
