/* A scenario estimated over its whole run, as scripted or with a set of peers away throughout; and
 * which set of so many peers is the worst to lose. Private to the estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_RUN_H
#define PEERPLAN_MODEL_ESTIMATE_RUN_H

#include "model/estimate/totals.h"

#define HOURS_MAX 744 /* of a run that are looked at one by one */

struct run_request {
    const uint8_t *
        away; /* throughout: by cluster, bit i: its peer i; NULL: nobody. The script comes on top */
    double scale; /* of all loads */
    bool preview, exact_day;
};

/* Hours that are looked at one by one; 0 when nothing changes with time. */
int run_hours(const struct scenario *scenario);

/* run: initialized here. hours: run_hours() of them, initialized here, or NULL. False when out of
 * memory, and then nothing needs release. */
bool run_totals(const struct scenario *scenario, const struct run_request *request,
                struct totals *run, struct totals *hours);

/* The highest blocking of a class; the class in *worst (NONE without any). */
double run_worst(const struct scenario *scenario, const struct totals *run, uint32_t *worst);

/* Sets of `down` peers that may be the worst to lose, beside those of `out` (masks by cluster;
 * NULL: nobody), which are in every set: at most `room` rows of cluster_count masks are written. */
int run_sets(const struct scenario *scenario, int down, const uint8_t *out, uint8_t *masks,
             int room);

/* Fills `away` with the worst of these sets; false when out of memory. down 0: `out`. */
bool run_worst_set(const struct scenario *scenario, int down, double scale, bool preview,
                   const uint8_t *out, uint8_t *away);

int run_peers_present(const struct scenario *scenario, uint32_t cluster, const uint8_t *away);

#endif
