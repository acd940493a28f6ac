/* Which limits whoever judged looked at. Private to answer/. */
#ifndef PEERPLAN_ANSWER_LOOKED_H
#define PEERPLAN_ANSWER_LOOKED_H

#include "answer/answer.h"

/* Fills in answer->limits and answer->registrations; takes back a YES where a limit was not looked
 * at, and says which in a note. */
void looked_list(struct answer *answer, const struct scenario *scenario,
                 const struct answer_sources *sources);

#endif
