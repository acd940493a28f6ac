/* Load that changes with time, as steps of constant rate.
 *
 * Exact for one group with one class of unit calls and exponential holding: the birth-death
 * equations are integrated step by step. Where few jumps happen, by uniformization (Grassmann
 * 1977), all terms positive, so that blocking of 1e-40 is as good as that of 1e-2: relative error
 * below 1e-10. Elsewhere by a rational approximation of the matrix exponential (Cody, Meinardus and
 * Varga 1969): absolute error below 1e-11, whatever the length of the step; a day of 500 servers
 * takes some milliseconds, one of 6000 tens of them.
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

struct load_step {
    double duration, rate;
};

struct day_step {
    double offered, blocked; /* calls in the step */
    double busy;             /* mean calls in progress over it */
    double busy_end, full_end;
};

/* The law of calls in progress on so many servers, which moves on step by step. */
struct day_law {
    int64_t servers, low, high; /* low .. high: the states that have weight */
    double *now, *next, *sum;   /* owned; state n at n + 1 */
    void *rows;                 /* owned scratch */
    double poisson;             /* its mean, where the law is Poisson's; -1: the limit was felt */
    double rest;                /* then: what is left of a call that was there when it was */
    double goal, lasted; /* load of the last step; for so many holding times it was the same */
};

/* Nothing in progress. False when out of memory; release in any case. */
bool day_law_init(struct day_law *law, int64_t servers);
void day_law_release(struct day_law *law);
/* False when out of memory. */
bool day_law_advance(struct day_law *law, double hold, const struct load_step *step,
                     struct day_step *out);
/* Each call goes on with probability `stay`, 0 .. 1 (exclusive), by itself. */
void day_law_thin(struct day_law *law, double stay);
/* Further servers, or fewer: calls beyond them are cut. False when out of memory, nothing done. */
bool day_law_resize(struct day_law *law, int64_t servers);
double day_law_mean(const struct day_law *law);
double day_law_full(const struct day_law *law); /* probability that no server is free */

#endif
