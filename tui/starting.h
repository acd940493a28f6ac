/* Where a session starts from: another file, or a scenario from nothing. Unsaved changes are asked
 * about before they go. */
#ifndef PEERPLAN_TUI_STARTING_H
#define PEERPLAN_TUI_STARTING_H

#include "tui/app.h"

/* Names of what a scenario can begin as: a bare cluster, and the templates of `peerplan new`. NULL
 * behind the last. */
const char *starting_name(size_t index);

void starting_open(struct app *app, const char *path);
bool starting_new(struct app *app, const char *name); /* false: no such starting point */
/* The text of a file; owned, NULL with the reason in `why`. */
char *starting_read(const char *path, char *why, size_t size);
/* What a popup asked for by this file has returned; false when it was not one of them. */
bool starting_return(struct app *app, const struct event *event);

#endif
