/* Small things that several screens draw alike. */
#ifndef PEERPLAN_TUI_WIDGETS_H
#define PEERPLAN_TUI_WIDGETS_H

#include "tui/app.h"

/* The sign of a peer's state: a glyph that differs, and a colour that repeats it. */
void widget_state(struct canvas *canvas, int x, int y, enum peer_state state);
const char *peer_state_name(enum peer_state state); /* "up", "maintenance", "down" */

/* Good below 90 % (where the product raises its alarms), a warning up to 100 %. */
enum ink widget_load_ink(double share);

/* An area for rows of a name and its figures: no wider than that they are read together. */
struct area widget_readable(struct area area);

#endif
