/* A scenario estimated over its whole run, weighted over the sets of peers that fail at random:
 * what its users meet on average. Private to the estimate.
 *
 * Each peer is up for its own share of the time, whatever the others do; every set of peers of a
 * cluster counts with the product of its peers' shares, every combination over the clusters that
 * calls connect with the product over them. What is so unlikely that it is left out makes the upper
 * bound of the band. */
#ifndef PEERPLAN_MODEL_ESTIMATE_FAILURES_H
#define PEERPLAN_MODEL_ESTIMATE_FAILURES_H

#include "model/estimate/rows.h"
#include "model/estimate/run.h"

bool failures_happen(const struct scenario *scenario, const uint8_t *away);

/* As run_totals, weighted where peers fail at random that are not away already. cut: by class,
 * expected number of calls cut by failures over the run; zeroed by the caller; NULL: not asked. */
bool failures_totals(const struct scenario *scenario, const struct run_request *request,
                     struct totals *run, struct totals *hours, double *cut);

/* Rows of the weighted run: blocking, calls cut, and how many peers are up. */
void failures_rows(struct maker *m, const struct totals *run, const double *cut);

#endif
