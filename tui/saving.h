/* Saving, and what must be asked before something is lost: an existing file, a file that was
 * changed by others since it was read, unsaved changes at the end, and changes that an earlier
 * session could not save. */
#ifndef PEERPLAN_TUI_SAVING_H
#define PEERPLAN_TUI_SAVING_H

#include "tui/app.h"

void saving_save(struct app *app);    /* to the scenario's file, or to one that is asked for */
void saving_save_as(struct app *app); /* asks for the file */
void saving_save_to(struct app *app, const char *path); /* asks when it exists */
void saving_quit(struct app *app);                      /* asks when there are unsaved changes */
/* Offers unsaved changes that an earlier session has left (consumed). */
void saving_offer(struct app *app, char *text);
/* What a popup asked for by this file has returned; false when it was not one of them. */
bool saving_return(struct app *app, const struct event *event);

#endif
