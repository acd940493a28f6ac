/* An estimate as text: the answer first, then tables with a badge on every figure. */
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

/* The answer alone. */
void estimate_answer_put(FILE *out, const struct scenario *scenario,
                         const struct estimate *estimate);

#endif
