/* A point of a sweep as it is kept: recorded while its results are there, saved later.
 *
 * Rows: its settings as they were varied, metrics as metrics.csv has them, goals judged, notes,
 * and, for paired differences, what classes block in each replication. Series and alarms are for
 * `run` with the same settings.
 */
#ifndef PEERPLAN_CLI_KEPT_POINTS_H
#define PEERPLAN_CLI_KEPT_POINTS_H

#include "answer/grid.h"
#include "answer/points.h"
#include "data/store_sweep.h"

struct kept_point; /* what it points to is its own */

/* Of a point of the grid; reason: why it could not be built, where it has no answer. Owned; NULL
 * when out of memory. */
struct kept_point *kept_point_new(const struct grid *grid, const struct point_made *made,
                                  const char *reason);
void kept_point_free(struct kept_point *point); /* takes NULL */

/* One transaction. */
bool kept_point_save(struct store *store, int64_t run, const struct kept_point *point,
                     struct errors *errors);

#endif
