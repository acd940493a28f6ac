/* The answer in words: the verdict, then why, where and when, and what to do. The same for a
 * simulation and an estimate. */
#ifndef PEERPLAN_REPORTS_ANSWER_TEXT_H
#define PEERPLAN_REPORTS_ANSWER_TEXT_H

#include <stdio.h>

#include "answer/answer.h"

void answer_text_put(const struct scenario *scenario, const struct answer *answer, bool colour,
                     FILE *out);

/* A share in per cent with what is known of it: "2.31 % (2.10 to 2.54)", "0.4 % (exact)". */
void answer_share_put(const struct judged *row, FILE *out);

#endif
