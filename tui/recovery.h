/* A copy of unsaved changes, for the case that the program ends without having been asked to.
 *
 * It lies beside the scenario, ".office.yaml.recovery", or where that folder cannot be written, its
 * disk is full, or the scenario has no file, in $XDG_STATE_HOME/peerplan. Its first line names the
 * process that keeps it, so that two sessions with one scenario do not share a copy, and a copy
 * whose process is gone is offered at the next start. Written without waiting for the disk: it is
 * for the program's death, not for the machine's.
 */
#ifndef PEERPLAN_TUI_RECOVERY_H
#define PEERPLAN_TUI_RECOVERY_H

#include <stdbool.h>

struct recovery {
    char *scenario; /* owned; the scenario's path, NULL: none */
    char *place;    /* owned; of the copy, once it was written */
    bool away;      /* that is not beside the scenario */
    char *left;     /* owned; place of a copy that another session has left, NULL: none */
};

/* Takes a path, copied; NULL for a scenario without a file. */
void recovery_init(struct recovery *recovery, const char *scenario);
void recovery_release(struct recovery *recovery); /* leaves the copies alone */

/* The text that an earlier session has left; owned, NULL when there is none. */
char *recovery_find(struct recovery *recovery);
/* Keeps a text (of a scenario that may have got another path); NULL: there is nothing to keep, and
 * the copy is removed. False when it could not be written. */
bool recovery_keep(struct recovery *recovery, const char *scenario, const char *text);
/* What was left is this session's now, or is removed. */
void recovery_adopt(struct recovery *recovery);
void recovery_forget(struct recovery *recovery);

#endif
