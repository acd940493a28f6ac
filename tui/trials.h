/* Changes of the present state, tried: what a search over settings (answer/trial.h) is given by the
 * session. Killed peers are dead from the start, those in maintenance drain. May be used by several
 * threads at once. */
#ifndef PEERPLAN_TUI_TRIALS_H
#define PEERPLAN_TUI_TRIALS_H

#include "answer/trial.h"
#include "tui/session.h"

struct trials;

/* Owned; NULL when out of memory. */
struct trials *trials_new(const struct session *session);
/* The same without what the session took out: the cluster as it is planned. */
struct trials *trials_of_plan(const struct session *session);
void trials_free(struct trials *trials); /* takes NULL */
struct trial_maker trials_maker(struct trials *trials);
const struct draft *trials_draft(const struct trials *trials);

/* The row that decides, for a line on the screen; NULL: nothing was offered. */
const struct judged *trial_row(const struct answer *answer);

#endif
