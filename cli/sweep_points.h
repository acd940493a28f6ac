/* The points of a sweep, written from the database that keeps them: points.csv and about.csv, the
 * table for the screen, JSON. The same bytes whoever has computed them, in whatever order. No more
 * than one point is in memory at a time, but for JSON.
 */
#ifndef PEERPLAN_CLI_SWEEP_POINTS_H
#define PEERPLAN_CLI_SWEEP_POINTS_H

#include <stdio.h>

#include "data/store.h"
#include "model/base/output.h"
#include "reports/table.h"

struct sweep_points {
    struct store *store; /* borrowed */
    int64_t run;
    uint64_t points, complete;
    struct errors *errors;
};

/* What there is of a run; false with an error, also where it is no sweep. */
bool sweep_points_open(struct sweep_points *points, struct store *store, int64_t run,
                       struct errors *errors);

/* `point,PATH...,verdict,scope,name,metric,value,low,high,unit`. Consumes the folder. */
bool sweep_points_folder(struct sweep_points *points, struct output_folder *folder);
/* A line a point, for people: `point,PATH...,verdict,worst class,refused %`. */
bool sweep_points_lines(struct sweep_points *points, struct table *table);
bool sweep_points_text(struct sweep_points *points, FILE *out);
/* The rows of points.csv, as a JSON document or as CSV. */
bool sweep_points_rows(struct sweep_points *points, FILE *out, bool json);

#endif
