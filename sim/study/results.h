/* What an experiment measured: one row of tallies a replication, and how metrics are made from
 * tallies.
 *
 * A tally is a number that one replication counts or integrates over the measured period (calls
 * offered, unit-seconds). A metric is either a tally scaled (`METRIC_MEAN`: mean over replications
 * of tally * scale), or a ratio of two tallies
 * (`METRIC_RATIO`: sum of numerators * scale / sum of denominators, never the mean of per-run
 * ratios, which is biased). Rows are kept, in order of replication, so that intervals, quantiles,
 * paired differences and predictions are all made from the same data. The layout depends on the
 * scenario only, the values on scenario and seed only.
 *
 * Intervals are 95 %, Student t over replications (ratios by the delta method). low and high are
 * NAN where there is one replication only. What traces tell by themselves (peakedness, the busiest
 * hour) is a constant of the scenario.
 */
#ifndef PEERPLAN_SIM_RESULTS_H
#define PEERPLAN_SIM_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/alarm.h"
#include "model/scenario.h"
#include "sim/engine/surplus.h"
#include "sim/engine/tallies.h"
#include "sim/study/statistics.h"
#include "sim/study/traits.h"

/* What the system without limits is watched for (sim/study/control.h). */
struct control {
    struct surplus_limit limit;
    uint8_t live; /* peers that are there */
    double mean;  /* share of the measured time that it is expected to be reached; NAN: not asked */
};

/* How a share was estimated otherwise than by counting alone (sim/study/refine.h). */
enum refining { REFINED_CONDITIONAL, REFINED_CONTROL };

struct refined {
    size_t metric;
    enum refining by;
    struct interval share;
    uint64_t samples, hits;
    const char *obstacle; /* why it could not be, static: what was counted stays; NULL: it was */
};

/* What is called owned is from malloc, and freed by results_release. */
struct results {
    struct arena *arena; /* owned: names */
    size_t *index;
    size_t index_size; /* by results_index, in the arena */
    struct metric *metrics;
    size_t metric_count; /* owned */
    size_t tally_count;
    double **rows;
    size_t replications; /* rows[r][tally], owned; complete replications only, in order */
    struct series *series;
    size_t series_count;   /* owned */
    size_t series_columns; /* columns a replication and interval */
    struct scripted_event
        *scripted; /* owned: events of the script; metrics of scope event are theirs by index */
    size_t scripted_count;
    size_t intervals;
    nanos interval;        /* length of one; the last may be shorter */
    float **series_values; /* [r][interval * series_columns + column], owned */
    struct alarm *alarms;
    size_t alarm_count;      /* owned; sorted by (replication, time, order of happening) */
    uint64_t alarms_dropped; /* beyond the cap kept in memory, counted */
    uint64_t seed;
    nanos warmup; /* used */
    const char
        *warmup_reason; /* "stated", "MSER-5 over 5 pilot runs", "day profile", ... borrowed */
    const char *steady_obstacle; /* why a steady start that was asked for could not be had; NULL: it
                                    was not, or could */
    bool interrupted;            /* stopped early; rows are complete replications all the same */
    struct traits traits;        /* known before the run, owned; all 0: nothing is */
    size_t *away;
    size_t away_count; /* metrics up_fraction of the peers with random outages, by results_index */
    uint64_t events;   /* all replications, warm-up included */
    uint64_t bad_rows; /* of traces, per replication */
    struct control *controls; /* in the arena; their seconds follow the tallies of a row */
    uint32_t control_count;
    uint32_t *control_of;    /* by class, in the arena; NONE: it has none */
    double measured;         /* seconds of a replication */
    struct refined *refined; /* owned: shares that take the place of what was counted */
    size_t refined_count;
};

void results_release(struct results *results);

/* Adds a metric that does not come from tallies; its name is copied. False: out of memory. To be
 * indexed anew. */
bool results_add(struct results *results, struct metric metric);

/* Takes over the first `count` replications of `more`, which follow those of `results`, with what
 * belongs to them; `results` may be empty (all 0). Releases `more` in any case; events are those of
 * all that was run. False: out of memory, with `results` as before. */
bool results_append(struct results *results, struct results *more, size_t count);

/* Makes results_find fast, once the metrics are laid out; it goes through all of them without.
 * False: out of memory. */
bool results_index(struct results *results);

/* Finds a metric; NULL name matches the first of the scope. SIZE_MAX when absent. */
size_t results_find(const struct results *results, enum scope scope, const char *name,
                    const char *metric);

/* Mean or ratio with its 95 % interval over the first `replications` rows (0: all). Shares (unit
 * "1") get an interval within 0..1. Where no call, or every call was refused, or all replications
 * agree by chance, the interval counts calls in the clumps in which they are refused
 * (sim/traits.h): it is never empty; nor, where few replications refused any, is its upper limit
 * lower than if no call had been refused (sim/refusals.h). A constant has its own
 * interval, or none: low and high are NAN. What was refined is given as it was refined, for all
 * replications. */
struct interval results_interval(const struct results *results, size_t metric, size_t replications);
/* How a metric was refined, or why not; NULL: nobody tried. */
const struct refined *results_refined(const struct results *results, size_t metric);
/* The value of one replication; NAN for a ratio without denominator. */
double results_value(const struct results *results, size_t metric, size_t replication);
/* One value a replication whose mean is the estimate and whose spread is that of the estimator, for
 * paired comparisons; false when the ratio has no denominator, the metric is a constant or memory
 * ran out. */
bool results_linear(const struct results *results, size_t metric, size_t replications,
                    double *linear);
/* Where one more replication (one more such day) would lie. */
struct interval results_prediction(const struct results *results, size_t metric);

/* The share or mean of a series over its intervals first..last-1, with interval over replications.
 */
struct interval results_span(const struct results *results, size_t series, size_t first,
                             size_t last);
/* Where that of one more replication would lie. */
struct interval results_span_prediction(const struct results *results, size_t series, size_t first,
                                        size_t last);

#endif
