/* The goals as judged, as a table:
 * `goal,scope,name,down,hour,value,low,high,limit,verdict,cause`: a row a goal, thing and set of
 * peers down. hour counts from the start of the measured time, empty for the whole of it; verdict
 * is one of `yes no undecided cannot-tell nothing-to-judge`. False when out of memory. */
#ifndef PEERPLAN_REPORTS_ANSWER_TABLE_H
#define PEERPLAN_REPORTS_ANSWER_TABLE_H

#include "answer/answer.h"
#include "reports/table.h"

bool answer_table(struct table *table, const struct answer *answer);

#endif
