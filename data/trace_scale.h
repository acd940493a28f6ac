/* A trace with more or fewer calls than were recorded.
 *
 * Of every row so many copies are delivered that the scale is met in the mean: at 60 % two rows of
 * five are left out, at 130 % three of ten come twice. The first copy of a row stands where the row
 * does; further ones start later, by up to half the mean gap between the rows of the trace. Which
 * rows, and by how much, depends on the number of the trace and of the row alone: every replication
 * gets the same. Starts ascend. Memory: the copies that are due within half a gap.
 */
#ifndef PEERPLAN_DATA_TRACE_SCALE_H
#define PEERPLAN_DATA_TRACE_SCALE_H

#include "data/trace_store.h"

struct trace_scale;

/* What is scaled and how. */
struct trace_scaling {
    uint32_t trace; /* its number */
    double scale;
    nanos gap; /* the mean gap */
    nanos end; /* no copy starts there or later */
};

/* Rows come from `next` (context borrowed). Owned; NULL when out of memory. */
struct trace_scale *trace_scale_new(trace_next next, void *context,
                                    const struct trace_scaling *scaling);
void trace_scale_free(struct trace_scale *scaled); /* takes NULL */

/* As the rows it is made from: 1, 0 at the end, -1 with an error. */
int trace_scale_next(struct trace_scale *scaled, struct trace_row *row);

#endif
