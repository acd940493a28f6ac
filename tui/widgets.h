/* Small things that several screens draw alike. */
#ifndef PEERPLAN_TUI_WIDGETS_H
#define PEERPLAN_TUI_WIDGETS_H

#include "tui/app.h"

/* The sign of a peer's state: a glyph that differs, and a colour that repeats it. */
void widget_state(struct canvas *canvas, int x, int y, enum peer_state state);
const char *peer_state_name(enum peer_state state); /* "up", "maintenance", "down" */

/* Good below 90 % (where the product raises its alarms), a warning up to 100 %. */
enum ink widget_load_ink(double share);

/* "0.95 % - 1.12 %"; "..." before there is one, "< 0.02 %" when nothing was seen. */
void widget_interval(struct interval interval, char *buffer, size_t size);

/* The sentence on top: does it carry the load, and a second line on what gives out first. */
void widget_answer(struct canvas *canvas, struct area area, const struct session *session);

#endif
