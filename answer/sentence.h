/* The verdict as one sentence for people: the same on screens and pages. */
#ifndef PEERPLAN_ANSWER_SENTENCE_H
#define PEERPLAN_ANSWER_SENTENCE_H

#include "answer/answer.h"

#define SENTENCE_SIZE 256

/* "It carries the load, also with 1 more peer down." Returns buffer. */
char *answer_sentence(const struct answer *answer, char buffer[static SENTENCE_SIZE]);

/* A row as a share with its limits: "2.31 % (2.10 to 2.54)", "0 % (below 0.18)", "0.2 % (exact)",
 * "not known". Returns buffer. */
char *judged_share(const struct judged *row, char buffer[static SENTENCE_SIZE]);
/* The same with what it is a share of after the per cent sign: of " refused", "". */
char *judged_share_of(const struct judged *row, const char *of, char buffer[static SENTENCE_SIZE]);

#endif
