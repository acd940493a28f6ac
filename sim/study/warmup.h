/* How long a run warms up before it is measured.
 *
 * As stated; for `auto`, none where the load depends on the time (such a run is a day from a stated
 * start) or the start is steady. Else the longest of three times:
 *
 * 1. What theory asks for. Without limits the calls of a class in progress at time t after an empty
 * start are a share F_e(t) = (1/mean) * integral_0^t P(holding > u) du of those in the steady state
 * (Eick, Massey and Whitt 1993), for every law of holding times. What is missing must be below
 * 0.005 / sqrt(A), A the erlangs of all classes: d ln B / d ln A = c - A (1-B) is about sqrt(A)
 * near the useful range, so blocking is then right within about half a per cent of itself. And not
 * less than 5 mean holding times: nearly equal holding times send what was not refused while the
 * system filled back as an echo. Pilot runs alone cannot see this: MSER-5 balances the bias against
 * the noise of its own run, and chose 5 h where 30 are needed (lognormal, cv 1.4, mean 1 h). Beyond
 * 1000 mean holding times it is capped, and the result says so.
 * 2. MSER-5 (White 1997) on the calls in progress of pilot runs, the longest truncation of five.
 * 3. Ten relaxation times of random outages.
 *
 * Set-up time is added; transients of registrations are not part of it.
 */
#ifndef PEERPLAN_SIM_WARMUP_H
#define PEERPLAN_SIM_WARMUP_H

#include "sim/study/experiment.h"
#include "sim/engine/plan.h"

struct warmup {
    nanos length;
    const char *reason; /* static */
};

/* False, with errors, when a pilot run fails. */
bool warmup_choose(const struct plan *plan, const struct experiment_options *options, uint64_t seed,
                   struct warmup *warmup, struct errors *errors);

/* Seconds until the calls still to come of an empty start are a `share` (0..1) of the steady
 * state's; at most `longest`. */
double warmup_residual_time(const struct holding *holding, double share, double longest);

#endif
