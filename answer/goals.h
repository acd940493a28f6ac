/* The goals of an answer judged, row by row. Private to answer/. */
#ifndef PEERPLAN_ANSWER_GOALS_H
#define PEERPLAN_ANSWER_GOALS_H

#include "answer/answer.h"

/* Fills in answer->rows. */
void goals_judge(struct answer *answer, const struct scenario *scenario,
                 const struct answer_sources *sources);

/* What an estimate claims of a class over the run with all peers up: value and basis; false when it
 * says nothing. */
bool goals_claim(const struct scenario *scenario, const struct estimate *estimate,
                 uint32_t class_index, struct judged *claim);
struct worst_hour goals_worst_hour_estimated(const struct scenario *scenario,
                                             const struct estimate *estimate, uint32_t class_index);

/* A class with a set of peers down; VERDICT_NOTHING: it offered nothing. away:
 * results->traits.away. */
struct judged goals_judge_class(const struct scenario *scenario, const struct survival_set *set,
                                double away, uint32_t class_index);
/* More replications of this set may decide. */
bool goals_set_open(const struct scenario *scenario, const struct survival_set *set, double away);

/* Text that the answer owns; "" when memory is out (answer->failed). */
const char *answer_text(struct answer *answer, const char *text);

#endif
