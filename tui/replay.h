/* The seconds around a moment: one replication again, with a series of seconds. */
#ifndef PEERPLAN_TUI_REPLAY_H
#define PEERPLAN_TUI_REPLAY_H

#include "tui/session.h"
#include "tui/worker.h"

#define REPLAY_BEFORE 5   /* seconds shown before the moment */
#define REPLAY_AFTER  600 /* and after it */

/* A job for background_replay: the present state up to some minutes after a moment; NULL when out
 * of memory. Its report holds the results, of one replication. */
struct job *replay_job(struct session *session, nanos moment);
void background_replay(struct worker *worker, const struct job *job, void *context);

#endif
