/* The load of a scenario over its run: what each class offers in a span of time, and the calls that
 * would be in progress at a moment if nothing limited them (the modified offered load).
 *
 * A load whose rates are all constant is stationary unless the run starts empty without a warm-up.
 * Otherwise nothing precedes the start of the run (its warm-up included); `from: steady` continues
 * daily rates into the past. */
#ifndef PEERPLAN_MODEL_LOAD_H
#define PEERPLAN_MODEL_LOAD_H

#include "model/scenario.h"

/* Does the load, or who is there by the script, change with time? */
bool load_varies(const struct scenario *scenario);

/* Seconds a call holds what it takes, set-up included. */
double load_hold(const struct call_class *call);
double load_residual(const struct call_class *call); /* mean rest of a call in progress */

/* Fresh calls a second while stationary; finite populations: while none is busy. */
double load_rate(const struct call_class *call);

/* Mean calls in progress without limits, stationary. */
double load_stationary(const struct call_class *call);

double load_highest(const struct call_class *call); /* what it never exceeds; with a rate only */

struct age;
struct ages {          /* of a class: remembers what ages leave in progress; zero: empty */
    struct age *table; /* owned */
};
void ages_release(struct ages *ages);

/* The same at time t, and the mean over a time. */
double load_at(const struct scenario *scenario, const struct call_class *call, nanos t,
               struct ages *ages);
double load_mean(const struct scenario *scenario, const struct call_class *call, nanos from,
                 nanos to, struct ages *ages);

/* What it does not exceed over a time in which its rate is one; with a rate only. */
double load_top(const struct scenario *scenario, const struct call_class *call, nanos from,
                nanos to, struct ages *ages);

/* Calls offered between two times (finite populations: NAN). */
double load_offered(const struct scenario *scenario, const struct call_class *call, nanos from,
                    nanos to);

/* The rate that holds at t, calls a second, and when it ends. */
double load_step(const struct scenario *scenario, const struct call_class *call, nanos t,
                 nanos *begin, nanos *end);

#endif
