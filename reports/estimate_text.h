/* An estimate as text and as CSV: the answer first, then tables with a badge on every figure. */
#ifndef PEERPLAN_REPORTS_ESTIMATE_TEXT_H
#define PEERPLAN_REPORTS_ESTIMATE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "model/estimate/estimate.h"

/* The answer in a sentence or two, without a line end at the end. Returns buffer. */
#define ESTIMATE_ANSWER_SIZE 640
char *estimate_answer_text(const struct scenario *scenario, const struct estimate *estimate,
                           char buffer[static ESTIMATE_ANSWER_SIZE]);

void estimate_text(FILE *out, const struct scenario *scenario, const struct estimate *estimate,
                   bool colour);

/* hour,down,scope,name,metric,value,low,high,unit,badge,formula; hour empty: the whole run; down
 * "weighted": over the number of peers up. low and high empty where exact, or not known. */
void estimate_csv(FILE *out, const struct estimate *estimate);

#endif
