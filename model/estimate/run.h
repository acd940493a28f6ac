/* A scenario estimated over its whole run, as scripted or with a set of peers away throughout.
 *
 * Where the load or who is there changes with time, the run falls into pieces over which rates are
 * constant and nobody comes or goes. In a piece exact solutions in time move on; what has none is
 * solved at moments of the piece that lie the closer the faster the load moves. Private to the
 * estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_RUN_H
#define PEERPLAN_MODEL_ESTIMATE_RUN_H

#include "model/estimate/loads.h"
#include "model/estimate/solve.h"
#include "model/estimate/totals.h"

#define HOURS_MAX 20000 /* of a run that are shown one by one; all are looked at */

struct run_request {
    const uint8_t *
        away; /* throughout: by cluster, bit i: its peer i; NULL: nobody. The script comes on top */
    double scale;        /* of all loads */
    bool preview;        /* nothing that takes more than a few milliseconds */
    bool figures_only;   /* no bounds where no formula is trusted and none says what is refused at
                            least: figures are the same */
    struct loads *loads; /* of this scenario, to be shared by requests; NULL: not shared */
};

/* Hours that are shown one by one; 0 when nothing changes with time. */
int run_hours(const struct scenario *scenario);

/* run: initialized here. hours: run_hours() of them, initialized here, or NULL. False when out of
 * memory, and then nothing needs release. */
bool run_totals(const struct scenario *scenario, const struct run_request *request,
                struct totals *run, struct totals *hours);

/* The blocking of the worst class over its goal: at most 1 where all meet theirs; -1 without any.
 * Verdict, spare and worst set of peers go by it. */
double run_excess(const struct scenario *scenario, const struct totals *run, uint32_t *worst);

#endif
