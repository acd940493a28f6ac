/* An estimate as text: the answer first, then tables with a badge on every figure. */
#ifndef PEERPLAN_REPORTS_ESTIMATE_TEXT_H
#define PEERPLAN_REPORTS_ESTIMATE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "answer/answer.h"

/* seconds: that simulating took what no formula could tell; 0: it was not. */
void estimate_text(FILE *out, const struct scenario *scenario, const struct estimate *estimate,
                   const struct answer *answer, double seconds, bool colour);

#endif
