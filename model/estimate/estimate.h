/* What the formulas say about a scenario: a value in, a value out, in well under a millisecond
 * where one recursion does.
 *
 * Every figure carries a badge. Exact: the formula is a theorem for what the scenario states
 * (product forms, insensitive to the law of holding times), worked out to within 1e-9 of itself; 0
 * only where refusal is impossible. What is possible and was found below ESTIMATE_NEGLIGIBLE by
 * leaving its limit out is approximate, from 0 to that. Approximate: a formula with a measured
 * band; low and high hold it. Simulate: no formula of known error applies; the value is the nearest
 * formula's, an orientation only, and the simulation decides.
 *
 * Figures are those of the simulator's metrics.csv, by hour where the load changes with time, and
 * by number of peers down from the start to the end (the worst choice of them), those of scripted
 * outages on top. Hour -1 is the whole run. Where peers fail at random, the rows with down -1 are
 * weighted over all sets of peers that fail, and those with peers down over failures of the rest;
 * down 0 is with all peers up.
 *
 * The scenario is not changed and may be shared between threads. Names in rows are borrowed from
 * the scenario or the estimate's arena; formulas and metrics are static.
 */
#ifndef PEERPLAN_MODEL_ESTIMATE_H
#define PEERPLAN_MODEL_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/formulas/peakedness.h"
#include "model/scenario.h"

enum badge {
    BADGE_EXACT,
    BADGE_APPROXIMATE,
    BADGE_SIMULATE,
    BADGE_SIMULATED /* what answer/confirm.h put in the place of it */
};

const char *badge_name(enum badge badge); /* "exact", "approximate", "simulate", "simulated" */

#define ESTIMATE_NEGLIGIBLE 1e-12 /* a share that formulas give below it is not told from 0 */

struct estimate_options {
    bool preview; /* bounds instead of what takes tens of milliseconds (a binding pool, the exact
                     day), no advice, no other loads */
    bool judged_only;    /* what a verdict needs: no head room, no other loads */
    const uint32_t *out; /* peers that are out throughout; NULL: none. Rows and answer are then of
                            the others, `down` counts from there, and no advice is given */
    uint32_t out_count;
    const struct peakedness_figure *class_records,
        *cluster_records; /* what was measured on traces, an entry each; both
                             or neither (NULL) */
};

struct estimate_row {
    int hour; /* of the run; -1: the whole of it */
    int down; /* peers down; -1: weighted over failures */
    const char *scope, *name, *metric;
    double value, low, high; /* low and high NAN where exact or unknown */
    const char *unit;
    enum badge badge;
    const char *formula;
};

/* The figure that decides, and what binds there; whether that meets the goals is judged by
 * answer/judge.h. */
struct estimate_answer {
    bool known; /* there is one to judge by; else, as with traces, only a simulation can tell */
    enum badge badge;
    uint32_t worst_class; /* its blocking is furthest from the goal; NONE without classes */
    int worst_down;       /* peers down there */
    const char
        *gives_out; /* "peer units of edge", ...: what refuses most of its calls, or would first */
    double spare_factor;  /* the whole load times this just meets the goal; NAN when unknown */
    double spare_erlangs; /* (spare_factor - 1) x busiest load; negative: too much by so much */
};

struct estimate {
    struct estimate_row *rows; /* owned */
    size_t count;
    struct estimate_answer answer;
    const char **reasons; /* why figures say simulate; static, or in the arena; the array owned */
    size_t reason_count;
    struct arena *arena; /* owned */
    size_t room;
};

/* False when out of memory. Release in any case. */
bool estimate_make(const struct scenario *scenario, const struct estimate_options *options,
                   struct estimate *estimate);
void estimate_release(struct estimate *estimate);

/* The first row that fits, or NULL. name NULL: any. */
const struct estimate_row *estimate_find(const struct estimate *estimate, int hour, int down,
                                         const char *scope, const char *name, const char *metric);

#endif
