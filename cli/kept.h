/* Answers that are kept in a database: --db FILE, or $PEERPLAN_DB.
 *
 * One answer is one transaction (data/store.h): its scenario, run and point, the tables of its
 * report (reports/files.h), its notes, headline figures by replication, and the text as it was
 * printed, so that `peerplan runs` can show it again.
 */
#ifndef PEERPLAN_CLI_KEPT_H
#define PEERPLAN_CLI_KEPT_H

#include <stdio.h>

#include "cli/loaded.h"
#include "data/store.h"
#include "reports/files.h"

/* The database to use: as the option says, else as the environment does; NULL: none. */
const char *kept_path(const char *option);

struct kept {
    const char *command;         /* the command line */
    const struct loaded *loaded; /* with its settings; NULL: dumps */
    const struct report *report; /* with a fingerprint; its text is kept as the screen shows it */
    const char *started;         /* UTC */
};

/* False with an error; then nothing of it is in the database. */
bool kept_save(const char *path, const struct kept *kept, struct errors *errors);

/* A what-if session: a run of kind `tui`, each answer a point of it with its changes as settings.
 * Each point is there as soon as it is added, whatever ends the session. */
struct kept_session;

/* loaded: draft and scenario as the session began. The command line and loaded are borrowed until
 * it returns. Owned; NULL with an error. */
struct kept_session *kept_session_new(const char *path, const char *command,
                                      const struct loaded *loaded, struct errors *errors);
/* The report of the scenario with these settings. False with an error. */
bool kept_session_add(struct kept_session *session, const struct report *report,
                      const struct settings *settings, struct errors *errors);
/* Frees; takes NULL. A session without a point leaves no run. */
bool kept_session_end(struct kept_session *session, struct errors *errors);

/* The time now, in UTC. Returns buffer. */
#define KEPT_TIME_SIZE 32
char *kept_now(char buffer[static KEPT_TIME_SIZE]);
/* The words of a command line, as a shell takes them; owned, NULL when out of memory. */
char *kept_command(int argc, char **argv);
void kept_word(FILE *out, const char *word); /* one of them */

/* The scenario of that hash in the database, added unless it is there, in an open transaction; 0
 * where nothing was loaded. */
bool kept_scenario(struct store *store, const struct loaded *loaded, const char *sha256,
                   int64_t *id, struct errors *errors);

#endif
