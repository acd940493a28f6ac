/* An estimate as text and as CSV: the answer first, then tables with a badge on every figure. */
#ifndef PEERPLAN_REPORTS_ESTIMATE_TEXT_H
#define PEERPLAN_REPORTS_ESTIMATE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "answer/answer.h"

void estimate_text(FILE *out, const struct scenario *scenario, const struct estimate *estimate,
                   const struct answer *answer, bool colour);

/* hour,down,scope,name,metric,value,low,high,unit,badge,formula; hour empty: the whole run; down
 * "weighted": over the number of peers up. low and high empty where exact, or not known. */
void estimate_csv(FILE *out, const struct estimate *estimate);

#endif
