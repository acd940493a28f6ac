/* Blocking too rare to be seen: what a simulation without a single refusal can and cannot say.
 *
 * Where a formula is exact its figure is given, and called so; one of known band is called
 * approximate and given with it. Where peers fail at random it is the one weighted over the number
 * of peers up, never that for all peers up alone, which is said to be just that. Without a formula
 * the upper bound stands, with the number of replications that would bring it to a tenth of the
 * goal. A bare 0 is never the answer.
 */
#ifndef PEERPLAN_REPORTS_RARE_H
#define PEERPLAN_REPORTS_RARE_H

#include <stdio.h>

#include "model/scenario.h"
#include "sim/study/results.h"

/* Lines of the report's last part; nothing where all classes were refused now and then. */
void rare_put(const struct scenario *scenario, const struct results *results, FILE *out);

#endif
