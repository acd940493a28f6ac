/* The palette: commands that are typed, with completion of their names, paths, values and files.
 *
 * Every command is a row of one table, which also writes its part of the help and the manual. */
#ifndef PEERPLAN_TUI_PALETTE_H
#define PEERPLAN_TUI_PALETTE_H

#include "tui/app.h"

void palette_open(struct app *app, const char *text);            /* with a text to go on from */
bool palette_return(struct app *app, const struct event *event); /* what a popup of it has said */
void palette_print(FILE *out);

#endif
