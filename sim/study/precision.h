/* When a run has become precise enough; where refusals have a control (sim/study/control.h), with
 * that.
 *
 * A class is done when the half-width of its interval is at most the wanted share P of it (Chow and
 * Robbins, with the usual correction: P/(1+P)), or when it is known to block less than a tenth of
 * its goal. The run ends when all are.
 *
 * A rule that looks often and stops at the first good look is biased: it stops when chance
 * flatters. So the results are looked at rarely (precision_next_look: where they are predicted to
 * be enough, at least a quarter and at most twice as many replications after the last look), and
 * "less than a tenth" is asked of an upper limit at 99.9 % on that side, not 97.5 %: twenty-five
 * such looks together err in at most one run of forty. Where nothing at all was refused looks do
 * not add up (none now means none before), and the 95 % bound serves. bench/check_coverage.c
 * measures that the intervals at the end cover.
 * How many replications that will take is said beforehand by answer/run_length.h.
 */
#ifndef PEERPLAN_SIM_PRECISION_H
#define PEERPLAN_SIM_PRECISION_H

#include "sim/study/results.h"

struct precision_state {
    bool reached;
    bool coarse; /* by few clumps of refused calls: to be confirmed by the next look */
    uint32_t
        class_index; /* farthest from being done, by replications still needed; NONE: all are */
    double relative; /* its half-width, relative; NAN where it blocked nothing */
    double needed;   /* replications in all that will about do, from what was seen; at most 1e9 */
};

/* A tenth of the goal: what a class that blocks less is known to block little by. */
double precision_little(const struct scenario *scenario);

struct precision_state precision_reached(const struct scenario *scenario,
                                         const struct results *results, double precision);

/* Whether the goal of every class is decided by so much that an early look may end a run: at 99.9 %
 * on that side, where 97.5 % decides at its end. */
bool precision_decided(const struct scenario *scenario, const struct results *results);

/* After how many replications to look again. */
size_t precision_next_look(const struct precision_state *state, size_t replications);

#endif
