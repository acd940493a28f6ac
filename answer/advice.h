/* The next step when the answer is no: the smallest number of further peers or RMS licences that
 * would do, by formula.
 *
 * The estimate of the whole scenario (model/estimate.h) says it where it can. Where it cannot, as
 * for call records, the load is what the simulation measured in the worst hour: calls in progress
 * over the share that was not refused, for every class that enters the cluster. It is made into one
 * stream of equal calls (Hayward: units C and load A over the peakedness Z = sum z b^2 a / sum b a,
 * where z is that of a class whose calls come together, else 1) and sized by Erlang B, with the
 * peers down that the goal asks for. An estimate to start the next run from, not a promise.
 */
#ifndef PEERPLAN_REPORTS_ADVICE_H
#define PEERPLAN_REPORTS_ADVICE_H

#include "answer/answer.h"

#define ADVICE_SIZE 256

/* A sentence, or "" when the answer is not no or no formula helps. Returns buffer. */
char *advice_next_step(const struct scenario *scenario, const struct results *results,
                       const struct answer *answer, char buffer[static ADVICE_SIZE]);

#endif
