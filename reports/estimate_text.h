/* An estimate as text: the answer first, then tables with a badge on every figure. */
#ifndef PEERPLAN_REPORTS_ESTIMATE_TEXT_H
#define PEERPLAN_REPORTS_ESTIMATE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "answer/answer.h"

void estimate_text(FILE *out, const struct scenario *scenario, const struct estimate *estimate,
                   const struct answer *answer, bool colour);

#endif
