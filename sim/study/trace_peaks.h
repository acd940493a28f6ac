/* What the rows of traces tell about calls that come together (model/peakedness.h), for every class
 * and for every cluster where calls of traces enter, there all classes together and weighed by
 * their units.
 *
 * Either rows are watched as they pass: a source that stands before another gives on its rows and
 * counts each as it arrives, when its cursor is asked for the next, so that the rows of several
 * traces are counted in order of time. Or the traces are read for their own sake.
 */
#ifndef PEERPLAN_SIM_TRACE_PEAKS_H
#define PEERPLAN_SIM_TRACE_PEAKS_H

#include "model/formulas/peakedness.h"
#include "sim/study/experiment.h"

struct trace_weight {
    uint32_t cluster; /* NONE: no row yet */
    enum media media;
    double units;
};

struct trace_peaks {
    const struct scenario *scenario;   /* borrowed */
    const struct trace_source *traces; /* borrowed */
    struct peakedness *rows;           /* owned; streams: the classes, then the clusters */
    struct trace_weight *weights;      /* owned; of each class, as its last row had it */
    bool watching;                     /* cursors that are opened now count their rows */
};

/* False when out of memory. Release in any case. */
bool trace_peaks_init(struct trace_peaks *peaks, const struct scenario *scenario,
                      const struct trace_source *traces);
void trace_peaks_release(struct trace_peaks *peaks);

/* The traces behind it, for one replication at a time; its context is `peaks`. */
struct trace_source trace_peaks_source(struct trace_peaks *peaks);

/* Reads all traces to their end. False, with errors, when one cannot be read. */
bool trace_peaks_read(struct trace_peaks *peaks, struct errors *errors);

struct peakedness_figure trace_peaks_class(const struct trace_peaks *peaks, uint32_t class_index);
struct peakedness_figure trace_peaks_cluster(const struct trace_peaks *peaks, uint32_t cluster);

#endif
