/* Two scenarios on common random numbers: the difference of every metric that both have, with its
 * interval.
 *
 * Replication r of both had the same arrivals and holding times where classes have the same names,
 * so that most of what is chance cancels in the difference: intervals are those of paired
 * differences (ratios by the delta method). `saved` is the share of the variance that pairing took
 * away; below 0 it did harm. Differences are B - A.
 */
#ifndef PEERPLAN_REPORTS_COMPARISON_H
#define PEERPLAN_REPORTS_COMPARISON_H

#include <stdio.h>

#include "reports/table.h"
#include "sim/study/results.h"

enum seen {
    SEEN_SAME,    /* equal in every replication */
    SEEN_CHANGE,  /* the interval leaves 0 out */
    SEEN_NOT_YET, /* it does not */
};

struct difference {
    size_t a, b; /* metrics of either side */
    double value_a, value_b;
    struct paired paired; /* B - A */
    enum seen seen;
    double more; /* SEEN_NOT_YET: replications that would about show a difference of the size now
                    seen */
};

struct comparison {
    const struct results *a, *b; /* borrowed; the same number of replications is used of both */
    size_t replications;
    struct difference *differences; /* owned; in the order of A's metrics */
    size_t count;
};

/* False when out of memory. Release in any case. */
bool comparison_make(const struct results *a, const struct results *b,
                     struct comparison *comparison);
void comparison_release(struct comparison *comparison);

/* `scope,name,metric,a,b,difference,low,high,saved,unit`. False when out of memory. */
bool comparison_table(struct table *table, const struct comparison *comparison);

/* What changes for whom, then the figures; names as the user gave them. */
void comparison_text(const struct comparison *comparison, const char *name_a, const char *name_b,
                     bool colour, FILE *out);

#endif
