/* Load that changes with time, as steps of constant rate.
 *
 * Exact for one group with one class of unit calls and exponential holding: the birth-death
 * equations are integrated by uniformization step by step (Grassmann 1977), all terms positive, so
 * that blocking of 1e-40 is as good as that of 1e-2; relative error below 1e-10. Cost: about (rate
 * + servers / hold) x time x width of the law; a day of 500 servers takes tens of milliseconds.
 *
 * For everything else the modified offered load: the mean calls in progress that nothing limits,
 * m(t), which is exact for every law of holding, is put into a stationary formula. Measured 0 to 30
 * % low (worst: 2000 servers, holding as long as the peak). Erlang's formula at the rate of the
 * busy hour is up to 73 times too high.
 *
 * Times in any one unit (hours, seconds), rates per that unit.
 */
#ifndef PEERPLAN_MODEL_DAY_LOAD_H
#define PEERPLAN_MODEL_DAY_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

struct load_step {
    double duration, rate;
};

struct day_step {
    double offered, blocked; /* calls in the step */
    double busy;             /* mean calls in progress over it */
    double busy_end, full_end;
};

/* state[0..servers]: the law of calls in progress, before and after; steps out: count results.
 * False when out of memory. */
bool day_load_exact(int64_t servers, double hold, const struct load_step *steps, int count,
                    double *state, struct day_step *out);

/* The integral of P(holding > v) for v from 0 to u, seconds: the mean load that calls of rate 1 of
 * the last u seconds leave. Tends to the mean holding time. */
double holding_integral(const struct holding *holding, double u);

/* The mean calls in progress without limits at time t (seconds): steps start one after another at
 * time `from`, nothing before, the last one does not end. */
double day_load_offered(const struct holding *holding, double from, const struct load_step *steps,
                        int count, double t);

#endif
