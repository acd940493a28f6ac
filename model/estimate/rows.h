/* The rows of an estimate: how figures of a run become lines of the table. Private to the estimate.
 */
#ifndef PEERPLAN_MODEL_ESTIMATE_ROWS_H
#define PEERPLAN_MODEL_ESTIMATE_ROWS_H

#include "model/metrics.h"
#include "model/estimate/estimate.h"
#include "model/estimate/loads.h"
#include "model/estimate/totals.h"

#define WHOLE_RUN (-1)
#define WEIGHTED  (-1)

struct band {
    double value, low, high;
};

/* What a row says. least: what is possible is never shown as 0; below this it is not told from it.
 * 0: it may be. */
struct row_value {
    struct band band;
    double least;
    enum badge badge;
    const char *formula; /* static; NULL: none */
};

/* What an estimate is made with. */
struct maker {
    const struct scenario *scenario;
    struct estimate *out;
    bool preview, judged_only, failed;
    int hours;
    uint8_t *away;       /* scratch, by cluster */
    uint8_t *nobody;     /* by cluster: none */
    uint8_t *gone;       /* peers out throughout, by cluster; NULL: none */
    struct loads *loads; /* owned; shared by all that is worked out */
    double excess;       /* of the deciding state: see run_excess() */
    int hour, down;      /* of the rows being written */
};

/* One row for the maker's hour and down; nothing when the value is not known (NAN). A band only
 * where approximate. */
void row_add(struct maker *m, enum metric_id metric, const char *name, struct row_value figure);
struct row_value row_plain(double value, enum badge badge,
                           const char *formula); /* without a band */
/* The share of a class's calls that is refused. */
struct row_value row_blocked(const struct class_total *total);
/* Static text, or in the estimate's arena; noted once. NULL: out of memory. */
void row_reason(struct maker *m, const char *reason);

/* All figures of a run, and those by hour (NULL: none), with `down` peers away, those of m->away.
 */
void rows_of_run(struct maker *m, const struct totals *run, int down, bool peers);
void rows_of_hours(struct maker *m, const struct totals *hours, int down);

#endif
