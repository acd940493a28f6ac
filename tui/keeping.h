/* The states of a session, kept: each is handed to a keeper, whatever that does with it, when the
 * next one takes its place or the session ends, with what was known of it by then and with its
 * changes as settings.
 *
 * A keeper may take its time: a thread calls it, one state after the other, and no key waits. What
 * it could not keep is said once; the session goes on. */
#ifndef PEERPLAN_TUI_KEEPING_H
#define PEERPLAN_TUI_KEEPING_H

#include "data/settings.h"
#include "reports/files.h"
#include "tui/session.h"

/* Called by one thread at a time. */
struct keeper {
    /* Another scenario was opened: states are changes of it from now on. All borrowed. False with
     * an error. */
    bool (*begin)(void *context, const char *text, const char *name, const char *folder,
                  struct errors *errors);
    bool (*keep)(void *context, const struct report *report, const struct settings *settings,
                 struct errors *errors); /* the same; NULL: nothing is kept */
    void *context;
};

struct keeping;

/* The keeper is copied, with its context borrowed; it has begun with the session's text already. A
 * byte is written to `wake` when there is something to say. Owned; NULL when nothing is to be
 * kept, or when out of memory. */
struct keeping *keeping_new(const struct keeper *keeper, const struct session *session, int wake);

/* The session is in another state: the one before is handed on. Takes NULL. */
void keeping_state(struct keeping *keeping, struct session *session);
/* The session is another one, of another scenario. Takes NULL. */
void keeping_opened(struct keeping *keeping, struct session *session);

/* Why something could not be kept, to be said; false when there is nothing, or it was said. */
bool keeping_trouble(struct keeping *keeping, char *message, size_t size);

/* Hands the last state on, waits until all are kept, and frees; takes NULL. Trouble that was not
 * said becomes an error. */
void keeping_end(struct keeping *keeping, struct errors *errors);

#endif
