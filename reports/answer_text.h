/* The answer in words: the verdict, then why, where and when, and what to do. The same for a
 * simulation and an estimate. */
#ifndef PEERPLAN_REPORTS_ANSWER_TEXT_H
#define PEERPLAN_REPORTS_ANSWER_TEXT_H

#include <stdio.h>

#include "answer/answer.h"

void answer_text_put(const struct scenario *scenario, const struct answer *answer, bool colour,
                     FILE *out);

#endif
