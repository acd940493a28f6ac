/* A result as text: the answer first, then why, then the figures with their intervals, then what
 * they rest on.
 *
 * The text is for people and may change; scripts read the CSV files. Every report ends with the
 * capacity table and its document, the seed, replications and warm-up, and the notes of the
 * scenario.
 */
#ifndef PEERPLAN_REPORTS_TEXT_H
#define PEERPLAN_REPORTS_TEXT_H

#include <stdio.h>

#include "answer/answer.h"

struct text_report {
    const struct scenario *scenario;
    const struct results *results;
    const struct answer *answer;
    bool colour;
};

void text_report(const struct text_report *report, FILE *out);
/* The parts after the answer (reports/answer_text.h) by themselves. */
void text_tables(const struct text_report *report, FILE *out);
void text_basis(const struct text_report *report, FILE *out);

/* What the figures of its table take for granted, a line each; nothing where there is none. */
void text_assumed(const struct scenario *scenario, const char *label, FILE *out);

#endif
