/* What every screen has in common: the title on top, the line of hints or messages, and the bar of
 * F-keys. */
#ifndef PEERPLAN_TUI_FRAME_H
#define PEERPLAN_TUI_FRAME_H

#include "tui/app.h"

void frame_draw(struct canvas *canvas, const struct app *app);
void frame_too_small(struct canvas *canvas);

#endif
