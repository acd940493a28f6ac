/* What is written beside the scenario: the page or the workbook of the present state, of the
 * findings, the session as Markdown or a page, results as CSV. The name says which: NAME.html,
 * NAME.xlsx, NAME.md, or a folder. */
#ifndef PEERPLAN_TUI_EXPORTING_H
#define PEERPLAN_TUI_EXPORTING_H

#include "tui/app.h"

/* Asks where what is on the screen should go. */
void exporting_ask(struct app *app);
/* Writes it there; asks before a file is overwritten. `path` "": the screen's usual name. */
void exporting_to(struct app *app, const char *path);
/* Like that, but always a page. */
void exporting_page(struct app *app, const char *path);
/* An answer to one of its questions; false: it was not. */
bool exporting_return(struct app *app, const struct event *event);

#endif
