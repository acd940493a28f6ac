/* What a replication leaves: tallies, and the metrics and series that are made of them.
 *
 * A tally is a number that one replication counts or integrates over the measured period. One table
 * says for every scope which things it has, which metrics are made of its tallies, how these are
 * collected, and which series an interval has; laying out and collecting both follow it, so that
 * they cannot disagree. The layout depends on the scenario only.
 */
#ifndef PEERPLAN_SIM_TALLIES_H
#define PEERPLAN_SIM_TALLIES_H

#include "model/metrics.h"
#include "sim/engine/plan.h"

/* How a metric is made of tallies: METRIC_MEAN is numerator * scale, METRIC_RATIO the sum of
 * numerators * scale / the sum of denominators, METRIC_CONSTANT a value of the scenario. */
enum metric_kind { METRIC_MEAN, METRIC_RATIO, METRIC_CONSTANT };

struct metric {
    enum scope scope;
    uint32_t index;   /* which class, cluster, peer (scenario index) */
    const char *name; /* name of the thing: "b2b-video", "edge.rms"; borrowed from results->arena */
    const char *metric; /* "blocked_fraction"; of the catalogue */
    const char *unit;   /* "calls", "1", "units", "1/h", "s"; of the catalogue */
    enum metric_kind kind;
    uint32_t numerator, denominator; /* tally indices */
    double scale;                    /* METRIC_CONSTANT: the value */
    double half; /* METRIC_CONSTANT: half the width of its interval, where it was measured; 0: it
                    has none */
};

/* One line of timeseries.csv for every interval: values by replication. */
struct series {
    enum scope scope;
    uint32_t index;
    const char *name, *metric;
    bool ratio;      /* value = numerator / denominator per replication and interval */
    uint32_t column; /* first of its columns in series_values; a ratio has two */
};

/* What a metric of scope event is about, by its index. */
struct scripted_event {
    enum scripted_kind kind;
    nanos at;
    const char *cluster, *peer; /* names, in the arena */
};

/* Zeroed but for the arena, which owns the names. */
struct layout {
    struct arena *arena;    /* borrowed */
    struct metric *metrics; /* owned by the receiver */
    size_t metric_count, metric_capacity;
    size_t tally_count;
    struct series *series; /* owned by the receiver */
    size_t series_count, series_capacity;
    size_t series_columns;         /* columns a replication and interval */
    struct scripted_event *events; /* owned by the receiver */
    size_t event_count;
    double seconds; /* measured */
    bool failed;    /* out of memory; sticky */
};

/* For a plan and a measured length. False: out of memory; what was made is to be freed all the
 * same. */
bool layout_make(struct layout *layout, const struct plan *plan, nanos length);

/* A metric of the catalogue as it stands in results; its name is borrowed. */
struct metric metric_of(enum metric_id id, uint32_t index, const char *name);

struct simulation;

/* The tallies of the replication just finished, in the order of the layout. */
void tallies_collect(const struct simulation *sim, double *tallies);

/* The series of the interval that ends now (its length given); to the columns of one interval. */
void tallies_interval(struct simulation *sim, nanos length, float *columns);

#endif
