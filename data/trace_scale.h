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

#include "data/trace_reader.h"

struct trace_scale;

/* Takes over the reader. `gap`: the mean gap; `end`: no copy starts there or later. Owned; NULL
 * when out of memory, then the reader is freed. */
struct trace_scale *trace_scale_new(struct trace_reader *reader, uint32_t trace, double scale,
                                    nanos gap, nanos end);
void trace_scale_free(struct trace_scale *scaled); /* takes NULL */

/* As trace_reader_next. */
int trace_scale_next(struct trace_scale *scaled, struct trace_row *row);

/* Borrowed. */
struct trace_reader *trace_scale_reader(struct trace_scale *scaled);

#endif
