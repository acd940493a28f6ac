/* What the workers have found out about a state so far, put together.
 *
 * A job holds one; workers add their parts from any thread and get a standing of all that is known
 * then. Results are shared: counted, never changed, freed by the last who lets go. */
#ifndef PEERPLAN_TUI_FOUND_H
#define PEERPLAN_TUI_FOUND_H

#include "answer/next_step.h"
#include "reports/files.h"
#include "tui/standing.h"

struct job;
struct found;

struct found *found_new(void);        /* owned; NULL: out of memory */
void found_free(struct found *found); /* takes NULL */

/* Each takes its part over (also when it fails) and returns a standing, owned; NULL: out of memory,
 * or nothing new: a preview after the full estimate. */
struct standing *found_estimate(const struct job *job, struct estimate *estimate, bool preview);
struct standing *found_results(const struct job *job, struct results *results, bool settled);
/* A set in place of the one with the same peers, or a further one of `sets`. */
struct standing *found_set(const struct job *job, struct survival_set set, size_t sets);

/* The smallest change that mends it; its words and settings are copied. */
struct standing *found_next_step(const struct job *job, const struct next_step *step);
/* What is known now, as reports take it (reports/files.h), handed to a function while nobody adds
 * to it. False when nothing is known, out of memory, or the function said so. */
typedef bool found_writer(void *context, const struct report *report);
bool found_report(const struct job *job, found_writer *write, void *context);
/* Something is known. */
bool found_anything(const struct job *job);
/* The simulation is at its end, and every set of peers down was simulated. */
bool found_finished(const struct job *job);

/* A standing of what is known now; NULL when nothing is, or out of memory. */
struct standing *found_now(const struct job *job);
/* The results known now, used once more; NULL: none. */
struct results *found_latest(const struct job *job);

/* ---- Shared results ---- */
struct results *results_shared_new(void); /* empty, with one user; NULL: out of memory */
struct results *results_use(struct results *results);
void results_let_go(struct results *results); /* takes NULL */

#endif
