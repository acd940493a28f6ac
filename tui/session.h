/* A what-if session: the scenario as text and as a value, what was undone, which peers are taken
 * out, what was found.
 *
 * The text is the truth: an edit makes a new text, which is read; if it is no scenario the edit is
 * refused and nothing changes. Peers that are killed or put in maintenance are part of the session,
 * not of the text: they are not saved. Every state is kept for undo, up to SESSION_UNDO of them.
 * Files are read (the scenario's profiles), none is written.
 */
#ifndef PEERPLAN_TUI_SESSION_H
#define PEERPLAN_TUI_SESSION_H

#include "data/node.h"
#include "data/settings.h"
#include "model/base/error.h"
#include "model/scenario.h"
#include "sim/study/results.h"
#include "tui/pins.h"
#include "tui/standing.h"
#include "tui/worker.h"

#define SESSION_UNDO 200

/* A state to come back to. */
struct past {
    char *text;              /* owned */
    char *what;              /* owned; what led away from it: "e1.platform large-vm" */
    enum peer_state *states; /* owned; one a peer */
    uint32_t peers;
};

struct session {
    char *path;         /* owned; NULL: not saved to a file yet */
    char *name;         /* owned; for messages */
    char *folder;       /* owned; where its files are */
    char *text, *saved; /* owned */
    struct scenario scenario;
    struct source source;      /* of text */
    struct node_tree tree;     /* of text, for the editor */
    enum peer_state *states;   /* owned; one a peer of the scenario */
    struct standing *standing; /* owned; what is known of the present state; while `stale`, of the
                                  one before; NULL at first */
    bool stale;
    struct job *job; /* one use; the present state, made when it is first asked for */
    struct pin pins[PINS_MAX];
    int pin_count;
    struct results
        *results;        /* one use of shared ones; of the present state, NULL before the first */
    char lasts[96];      /* until when, where growth is stated; "": not known */
    unsigned generation; /* counts states */
    int threads;         /* of simulations; 0: one a processor */
    struct past undo[SESSION_UNDO], redo[SESSION_UNDO];
    int undo_count, redo_count;
};

/* Where a scenario comes from. */
struct session_origin {
    const char *path;   /* NULL: it has no file */
    const char *name;   /* in messages */
    const char *folder; /* where the files lie that it names */
};

/* All is copied. NULL with errors when it is no scenario. Owned. */
struct session *session_new(const char *text, size_t length, const struct session_origin *origin,
                            struct errors *errors);
void session_free(struct session *session); /* takes NULL */

/* A new text (consumed) in place of the present one; what: for the undo list. False, with errors,
 * when it is no scenario: then nothing has changed. */
bool session_replace(struct session *session, char *text, const char *what, struct errors *errors);
/* Sets a scalar by its path, "clusters[0].peers[1].rms". */
bool session_set(struct session *session, const char *path, const char *value,
                 struct errors *errors);

/* Settings as one change; what: for the undo list. */
bool session_apply(struct session *session, const struct settings *settings, const char *what,
                   struct errors *errors);
/* A new item (YAML, consumed) at the end of a list, which may be missing; or a whole mapping in
 * place of another. */
bool session_append(struct session *session, const char *list, char *item, struct errors *errors);

/* One more item like the one at a path, with a name of its own, after it. */
bool session_duplicate(struct session *session, const char *path, struct errors *errors);
/* Removes an item of a list, or a key. */
bool session_remove(struct session *session, const char *path, struct errors *errors);

void session_set_peer(struct session *session, uint32_t peer, enum peer_state state);
/* Peers that take no new calls, those that are down first; room for scenario.peer_count. Returns
 * how many. */
uint32_t session_out(const struct session *session, uint32_t *peers);

/* To a state from before, as a change that can be undone. False: its files have changed. */
bool session_go_to(struct session *session, const char *text, const enum peer_state *states,
                   uint32_t peers, const char *what);

bool session_can_undo(const struct session *session);
bool session_can_redo(const struct session *session);
const char *
session_undo(struct session *session); /* what was undone; borrowed until the next change */
const char *session_redo(struct session *session);

bool session_modified(const struct session *session);
/* The text of the scenario's file as it is now; owned, NULL when there is none. */
char *session_file_now(const struct session *session);
/* The file is no longer what was read or saved last. One that is gone has not changed. */
bool session_changed_outside(const struct session *session);
/* The file was read again; its text (consumed) counts as saved. */
void session_read_again(struct session *session, char *text);
void session_saved(struct session *session, const char *path);

/* What was found out about the present state. The standing is consumed, unless it knows less than
 * the one here; results NULL: as before. */
void session_take(struct session *session, struct standing *standing, struct results *results);

struct outlook;
/* When growth reaches a goal, if it is of the present state; the outlook is borrowed for the call.
 */
void session_take_outlook(struct session *session, const struct outlook *outlook);

/* The present state as a job for workers: one use of it; NULL when out of memory. */
struct job *session_job(struct session *session);

/* A peer that is taken out at time 0, killed or in maintenance. */
struct session_step {
    uint32_t peer;
    enum peer_state state;
};
/* Adds steps to a scenario. False when out of memory. */
bool session_add_steps(struct scenario *scenario, const struct session_step *steps, size_t count);

/* Keeps the present state as a pin, or lets go of it when it is one. The letter of the pin, 0 when
 * it was let go or there is no room. */
char session_pin(struct session *session);
void session_unpin(struct session *session, int number);
/* Number of the pin that is the present state; -1: it is none. */
int session_pinned(const struct session *session);
/* What was found about a pin, or of it and the present state (both consumed, may be NULL). */
void session_take_pin(struct session *session, unsigned pin, struct standing *standing,
                      struct pairing *pairing);
/* The job of comparing; NULL when there is nothing to compare. */
struct job *session_pins_job(struct session *session);
/* What led to the present state: "as found", "k: peer1 killed". Borrowed. */
const char *session_label(const struct session *session);

#endif
